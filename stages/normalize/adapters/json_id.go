package adapters

import (
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// id returns an id of digits, as the text or the number that it is; "" where it
// is absent.
func (f *jsonFields) id(v jsontape.Value, field string) string {
	s := f.signedID(v, field)
	if strings.HasPrefix(s, "-") {
		f.fail(field, s, "expected an id of digits")
	}
	return s
}

// signedID is id for platforms where a minus stands before ids of some accounts.
func (f *jsonFields) signedID(v jsontape.Value, field string) string {
	s := plainID(v)
	if s == "" {
		return ""
	}
	if want := xID(strings.TrimPrefix(s, "-")); want != "" {
		f.fail(field, shorten(s, 80), want)
	}
	return s
}

// plainID is the text of an id, or of whatever stands there; "" where it is
// absent.
func plainID(v jsontape.Value) string {
	switch {
	case v.Type() == jsontape.Null:
		return ""
	case v.Type() == jsontape.String:
		return v.Text()
	}
	return v.String()
}

// oneHandle takes a handle from the posts of accounts that share it: study.toml
// gave it to a file that holds several.
func oneHandle(posts []Row[Post]) {
	ids := map[string]string{} // by handle; "" where there are several
	for _, p := range posts {
		if id, seen := ids[p.Ref.Handle]; !seen {
			ids[p.Ref.Handle] = p.Ref.ID
		} else if id != p.Ref.ID {
			ids[p.Ref.Handle] = ""
		}
	}
	for i := range posts {
		if p := &posts[i]; p.Ref.Handle != "" && ids[p.Ref.Handle] == "" {
			p.Ref.Handle = ""
			if p.Row.Platform == "telegram" {
				p.Row.URL = datasets.None[string]()
			}
		}
	}
}
