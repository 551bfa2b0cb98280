package adapters

import (
	"io"
	"slices"
	"strings"

	"diplometrics/stages/normalize/adapters/jsontape"
)

// What VK's API answers is kept in many shapes: the whole answer, with the
// records in its response, in a list there, or in several answers of one
// execute; the response alone, as libraries give it; or the records alone, in a
// list or one a line. An old API puts their number before them into the list.

// splitVK yields answers, or records.
func splitVK(r io.Reader, yield func(Record, error) bool) {
	(&jsonSplitter{blocks: blocks{r: r}, line: 1, lists: []string{"response", "items", "wall", "groups", "response.items", "response.wall", "response.groups"}}).run(yield)
}

// vkPlaces are where the keys of records stand.
var vkPlaces = []string{"", "response.", "response.items.", "response.wall.", "response.groups.", "items.", "wall.", "groups."}

// vkHas tells whether there is a place with one key of each group.
func vkHas(head []byte, groups ...[]string) bool {
	paths := jsonPaths(head)
	return slices.ContainsFunc(vkPlaces, func(place string) bool {
		return !slices.ContainsFunc(groups, func(keys []string) bool {
			return !slices.ContainsFunc(keys, func(k string) bool { return paths[place+k] })
		})
	})
}

// vkWalk goes through an answer and decodes each record in it.
type vkWalk struct {
	inPage
	failed int                        // calls inside execute without an answer
	lists  []string                   // keys of the lists of records
	seen   func(group jsontape.Value) // what becomes of a community beside the records; nil for nothing
	decode func(v jsontape.Value, raw []byte, f *jsonFields, beside map[string]Ref)
}

// answer decodes what an answer holds. Beside are the communities and people
// that it describes beside its records, by their ids.
func (w *vkWalk) answer(v jsontape.Value, beside map[string]Ref) {
	switch v.Type() {
	case jsontape.Number: // how many there are
		return
	case jsontape.False:
		w.failed++
		w.into.Filter("answer that failed inside execute")
		return
	case jsontape.Array:
		for _, e := range v.GetArray() {
			w.answer(e, beside)
		}
		return
	}
	if e := v.Get("error", "error_msg"); e.Exists() {
		said := strings.TrimRight(shorten(stringField(v.Get("error"), "error_msg"), 80), ".")
		w.reject(&RecordError{Line: w.line, Field: "error", Found: said, Want: "expected an answer; ask VK again",
			All: &Refused{Reason: "it is no answer but an error of VK's API: " + withoutTokens(said) + "; ask VK again"}}, nil)
		return
	}
	if r := v.Get("response"); r.Exists() {
		before := w.failed
		w.answer(r, beside)
		// A call that failed is false in the response, and has its error beside it.
		for range len(v.GetArray("execute_errors")) - (w.failed - before) {
			w.into.Filter("error inside execute")
		}
		return
	}
	for _, list := range w.lists {
		if l := v.Get(list); l.Type() == jsontape.Array {
			for _, g := range v.GetArray("groups") {
				if w.seen != nil {
					w.seen(g)
				}
			}
			w.answer(l, vkBeside(v))
			return
		}
	}
	raw := v.AppendTo(nil)
	f := jsonFields{line: w.line}
	w.decode(v, raw, &f, beside)
	w.reject(f.err, raw)
}

// vkBeside are the communities and people of an extended answer.
func vkBeside(v jsontape.Value) map[string]Ref {
	beside := map[string]Ref{}
	for _, g := range v.GetArray("groups") {
		if id := plainID(g.Get("id")) + plainID(g.Get("gid")); id != "" {
			beside["-"+id] = Ref{Handle: stringField(g, "screen_name"), Name: shownName(g)}
		}
	}
	for _, p := range v.GetArray("profiles") {
		if id := plainID(p.Get("id")) + plainID(p.Get("uid")); id != "" {
			beside[id] = Ref{Handle: stringField(p, "screen_name")}
		}
	}
	return beside
}
