package adapters

import (
	"regexp"
	"strings"

	"diplometrics/datasets"
)

var (
	// query is what follows the path of an address, with or without its scheme.
	query = regexp.MustCompile(`(https?:[^\s"'<>?#]*)[?#][^\s"'<>]*|[?&#][\w.-]+=[^\s"'<>]*`)
	// token is a part of a query, plain or encoded, that opens a session or an
	// API to whoever has it.
	token = regexp.MustCompile(`(?i)((?:[?&#;]|%3F|%26)(?:[\w.-]*token|[\w.-]*secret|api[_-]?key|session[_-]?id|password|signature|sig)(?:=|%3D))[^\s&#;%"'<>]+`)
	// bare is a token after a name that stands in no prose, wherever it is, and
	// a key of Google's.
	bare = regexp.MustCompile(`(?i)((?:(?:access|auth|oauth|refresh|bearer|session|service|client|app|user|page|group|csrf|xsrf|id)[_-]?token(?:[_-]?secret)?|` +
		`(?:client|app|api|consumer)[_-]?secret|(?:api|consumer)[_-]?key|session[_-]id)(?:=|%3D)|key(?:=|%3D)(?-i:AIza))[^\s&#;%"'<>]+`)
	// parameter is such a token in JSON, as a member or as the value beside its name
	// in a list of parameters; the quotes can be escaped.
	parameter = regexp.MustCompile(`(?i)(\\*"(?:[\w.-]*token|[\w.-]*secret|[\w.-]*password|(?:api|consumer|session|secret|private|access)[_-]?key)\\*"\s*:\s*\\*"|` +
		`\\*"key\\*"\s*:\s*\\*"[^"\\]*(?:token|secret|password|key)[^"\\]*\\*"\s*,\s*\\*"value\\*"\s*:\s*\\*")(?:[^"\\]|\\+[^"\\])*`)
)

// browser is how a capture names the browser of whoever made it.
var browser = regexp.MustCompile(`("user_agent"\s*:\s*")(?:[^"\\]|\\.)*`)

// withoutQueries takes query and fragment off every address in a text that is
// only there to be looked at, and the browser of whoever captured it.
func withoutQueries(text string) string {
	return browser.ReplaceAllString(query.ReplaceAllString(text, "$1"), "${1}…")
}

// withoutTokens takes the values of tokens out of the addresses in a text, and
// leaves the rest as it is.
func withoutTokens(text string) string {
	if !strings.Contains(text, "=") && !strings.Contains(text, "%3") {
		return text
	}
	text = token.ReplaceAllString(text, "${1}…")
	if !namesToken(text, "=%") {
		return text
	}
	return bare.ReplaceAllString(text, "${1}…")
}

// withoutSecrets takes them out of a piece of a file too, which can be JSON.
func withoutSecrets(text string) string {
	if text = withoutTokens(text); !namesToken(text, `"\`) {
		return text
	}
	return parameter.ReplaceAllString(text, "${1}…")
}

// namesToken tells whether the name of a token can end before one of the marks:
// bare and parameter are slow.
func namesToken(text, marks string) bool {
	for i, c := range []byte(text) {
		if strings.IndexByte(marks, c) >= 0 {
			before := strings.ToLower(text[max(0, i-8):i])
			for _, end := range []string{"token", "secret", "password", "key", "sion_id", "sion-id"} {
				if strings.HasSuffix(before, end) {
					return true
				}
			}
		}
	}
	return false
}

// withoutTokens takes them out of every column that holds free text.
func (b *Batch) withoutTokens() {
	free := func(texts ...*datasets.Opt[string]) {
		for _, t := range texts {
			t.V = withoutTokens(t.V)
		}
	}
	for i := range b.Posts {
		p := &b.Posts[i]
		p.Ref.Handle = withoutTokens(p.Ref.Handle)
		free(&p.Row.Text)
	}
	for i := range b.Snapshots {
		s := &b.Snapshots[i]
		s.Ref.Handle = withoutTokens(s.Ref.Handle)
		free(&s.Row.Locator)
	}
	for i := range b.Windows {
		w := &b.Windows[i]
		w.Ref.Handle = withoutTokens(w.Ref.Handle)
		free(&w.Row.Evidence, &w.Row.Locator)
	}
	for i := range b.Published {
		v := &b.Published[i].Row
		v.Locator, v.ValueText = withoutTokens(v.Locator), withoutTokens(v.ValueText)
		free(&v.Note)
	}
}
