package enrich

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold returns what two posts of the same text have in common whatever their
// platforms did to it, and the links in it, see [linkOf].
//
//   - &amp;, &lt; and &gt;, which X writes for three characters, are those.
//   - Characters are in Unicode's form NFKC: й is one character however it was
//     typed, bold letters are letters. What is not seen (zero-width characters,
//     soft hyphens, variation selectors) is dropped.
//   - Addresses are dropped: from http:// or https:// to the next white space,
//     and words that begin with www. or with a domain and a slash, as
//     pic.twitter.com/x.
//   - Hashtags that close the text are dropped; others stay as words.
//   - Letters are lower case; white space is one space, and none at the ends.
func fold(text string) (folded string, links []string) {
	text = unescape(text)
	text = strings.Map(visible, norm.NFKC.String(text))
	var words []string
	for word := range strings.FieldsSeq(text) {
		before, address := cutAddress(word)
		if address == "" {
			words = append(words, word)
			continue
		}
		if link := linkOf(address); link != "" {
			links = append(links, link)
		}
		if strings.ContainsFunc(before, inWord) {
			words = append(words, before)
		}
	}
	for len(words) > 0 && words[len(words)-1][0] == '#' {
		words = words[:len(words)-1]
	}
	return strings.ToLower(strings.Join(words, " ")), links
}

// unescape writes &amp;, &lt; and &gt; as the characters that they stand for.
func unescape(text string) string {
	var b strings.Builder
	done := 0
	for at := 0; ; {
		i := strings.IndexByte(text[at:], '&')
		if i < 0 {
			break
		}
		at += i
		sign, width := byte('&'), 1
		switch rest := text[at+1:]; {
		case strings.HasPrefix(rest, "amp;"):
			width = len("&amp;")
		case strings.HasPrefix(rest, "lt;"):
			sign, width = '<', len("&lt;")
		case strings.HasPrefix(rest, "gt;"):
			sign, width = '>', len("&gt;")
		}
		if width > 1 {
			if done == 0 {
				b.Grow(len(text))
			}
			b.WriteString(text[done:at])
			b.WriteByte(sign)
			done = at + width
		}
		at += width
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// visible drops characters that are not seen.
func visible(r rune) rune {
	if r < 0x500 && r != 0xAD {
		return r
	}
	if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) {
		return -1
	}
	return r
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// cutAddress splits a word where an address begins in it; address is "" where
// none does.
func cutAddress(word string) (before, address string) {
	if i := strings.Index(word, "://"); i >= 0 {
		for _, scheme := range []string{"https", "http"} {
			if from := i - len(scheme); from >= 0 && strings.EqualFold(word[from:i], scheme) {
				return word[:from], word[from:]
			}
		}
	}
	from := strings.IndexFunc(word, inWord)
	if from < 0 {
		return word, ""
	}
	host, _, slash := strings.Cut(word[from:], "/")
	if slash && isDomain(host) || len(host) > 4 && strings.EqualFold(host[:4], "www.") {
		return word[:from], word[from:]
	}
	return word, ""
}

// isDomain reports whether s is labels with dots between them, the last of at
// least two letters: 24.03 and и.о are none.
func isDomain(s string) bool {
	last := strings.LastIndexByte(s, '.')
	if last <= 0 || len(s)-last-1 < 2 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i] | 0x20
		letter := 'a' <= c && c <= 'z'
		if !letter && (i > last || s[i] != '.' && s[i] != '-' && (s[i] < '0' || s[i] > '9')) {
			return false
		}
	}
	return true
}

// linkOf returns an address as two posts share it: without scheme, www. or m.,
// fragment, closing punctuation and slash, and what only says where a click
// came from. It is "" for a site without a path, which says nothing about a
// post, and for an address that was cut short by dots.
func linkOf(address string) string {
	if strings.HasSuffix(address, "...") { // NFKC writes … so
		return ""
	}
	address = strings.TrimRight(address, ".,;:!?)]}>»”’\"'*_")
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	address, _, _ = strings.Cut(address, "#")
	address, query, _ := strings.Cut(address, "?")
	host, path, _ := strings.Cut(address, "/")
	host = strings.ToLower(host)
	for _, prefix := range []string{"www.", "m."} {
		host = strings.TrimPrefix(host, prefix)
	}
	link := host
	if path = strings.TrimRight(path, "/"); path != "" {
		link += "/" + path
	}
	separator := "?"
	for param := range strings.SplitSeq(query, "&") {
		name, _, _ := strings.Cut(param, "=")
		if name != "" && !tracks(strings.ToLower(name)) {
			link += separator + param
			separator = "&"
		}
	}
	if link == host {
		return ""
	}
	return link
}

// tracks reports whether a parameter of an address only says where a click
// came from.
func tracks(name string) bool {
	switch name {
	case "fbclid", "gclid", "yclid", "dclid", "igsh", "igshid", "mc_cid", "mc_eid", "si", "feature", "mibextid", "_openstat", "ref_src", "twclid", "ttclid":
		return true
	}
	return strings.HasPrefix(name, "utm_")
}
