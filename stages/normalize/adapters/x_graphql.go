package adapters

import (
	"bytes"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// XGraphQL reads what X answers its own pages.
var XGraphQL = Adapter{
	Name: "x_graphql", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Answers of X to its own pages (GraphQL), one a file, one a line or in a list, as twscrape --raw and the network tab of a browser keep them: timelines, searches, conversations, single posts, and accounts. " +
		"Every post of a timeline is a record, also in a conversation or pinned; promoted posts, tombstones and accounts that X suggests are left out and counted, the marks between pages are none. Posts that are only repeated or quoted are no records. Accounts are account snapshots. " +
		"Reposts have no counts of their own, and the text of their original. An edited post keeps its first id and has the counts of the version shown. A file that ends inside an answer loses all of it.",
	Lacks:  "When it was collected: give observed_at in study.toml, or followers cannot be dated. Views where X does not show them.",
	Detect: detectXGraphQL,
	Split:  splitJSON,
	New: func(f File) (Decoder, error) {
		x := &xWeb{file: f}
		return func(rec Record, into *Batch) error {
			return eachPage(&x.parsers, rec, into, func(v jsontape.Value, rec Record) error { return x.answer(v, rec, into) })
		}, nil
	},
}

func detectXGraphQL(head []byte, _ string) bool {
	p := jsonPaths(head)
	if !p["data"] || p["source_platform"] || p["item_id"] || p["data.rest_id"] {
		return false
	}
	if p["errors.message"] && (p["errors.code"] || p["errors.kind"] || p["errors.extensions"]) && noData(firstJSON(head).Get("data")) {
		return true
	}
	has := func(s string) bool { return bytes.Contains(head, []byte(s)) }
	return has(`"__typename"`) && (has(`"instructions"`) && (has(`"Timeline`) || has(`"tweet_results"`)) || has(`"rest_id"`) && (p["data.user.result"] || p["data.users.result"] || p["data.tweetResult.result"] || p["data.tweetResults"]))
}

// noData tells whether an answer has only errors.
func noData(data jsontape.Value) bool {
	return data.Exists() && (data.Type() == jsontape.Null || data.Type() == jsontape.Object && data.Len() == 0)
}

// answer decodes one answer.
func (x *xWeb) answer(v jsontape.Value, rec Record, into *Batch) error {
	if v.Type() != jsontape.Object || !v.Exists("data") && !v.Exists("errors") {
		return &RecordError{Line: rec.Line, Found: shorten(head(rec.Raw), 80), Want: "expected an answer of X to its pages, with data"}
	}
	a := &webAnswer{xWeb: x, at: observed(datasets.None[datasets.Micros](), x.file), line: rec.Line, into: into}
	for _, e := range v.GetArray("errors") {
		a.found = true
		into.Filter("error: " + shorten(head(e.GetStringBytes("message")), 80))
	}
	if err := a.look(v.Get("data")); err != nil {
		return err
	}
	if !a.found {
		into.Filter("answer without posts and accounts")
	}
	return nil
}

// webAnswer is what is known while an answer is read.
type webAnswer struct {
	*xWeb
	at    observation
	line  int64
	into  *Batch
	found bool // something stood in it
	raw   []byte
}

// look finds the timelines, posts and accounts of an answer. Its outer part is
// different for each kind of page.
func (a *webAnswer) look(v jsontape.Value) error {
	if !v.Exists() {
		return nil
	}
	if v.Type() == jsontape.Array {
		for _, e := range v.GetArray() {
			if err := a.look(e); err != nil {
				return err
			}
		}
		return nil
	}
	if v.Type() != jsontape.Object {
		return nil
	}
	switch kind := v.Text("__typename"); {
	case strings.HasPrefix(kind, "Tweet"):
		a.tweet(v)
		return nil
	case kind == "UserUnavailable":
		a.filter("account not available")
		return nil
	case kind == "User" && (has(v, "core") || has(v, "legacy") || has(v, "relationship_counts")):
		if err := a.user(v); err != nil {
			return err
		}
		if err := a.look(v.Get("timeline_v2")); err != nil {
			return err
		}
		return a.look(v.Get("timeline"))
	case v.Exists("instructions"):
		return a.timeline(v.GetArray("instructions"))
	}
	var err error
	v.Visit(func(key []byte, e jsontape.Value) {
		if list := e.GetArray(); err == nil && string(key) == "tweetResults" {
			for _, r := range list {
				if r.Type() == jsontape.Object && r.Len() == 0 {
					a.filter("post without content")
				}
			}
		}
		if err == nil {
			err = a.look(e)
		}
	})
	return err
}

// timeline reads what the instructions put on the page.
func (a *webAnswer) timeline(instructions []jsontape.Value) error {
	a.found = true
	for _, in := range instructions {
		entries := in.GetArray("entries")
		if e := in.Get("entry"); e.Exists() {
			entries = append([]jsontape.Value{e}, entries...)
		}
		for _, e := range entries {
			c := e.Get("content")
			if items := c.Get("items"); items.Exists() {
				if err := a.module(items.GetArray()); err != nil {
					return err
				}
				continue
			}
			i := c.Get("itemContent")
			if !i.Exists() {
				i = c
			}
			if err := a.item(i, false); err != nil {
				return err
			}
		}
		if err := a.module(in.GetArray("moduleItems")); err != nil {
			return err
		}
	}
	return nil
}

// module reads items that stand together, such as a conversation.
func (a *webAnswer) module(items []jsontape.Value) error {
	for _, i := range items {
		if err := a.item(i.Get("item", "itemContent"), true); err != nil {
			return err
		}
	}
	return nil
}

// item reads one item of a page: a post, an account, or what X puts between.
func (a *webAnswer) item(i jsontape.Value, inModule bool) error {
	name, _ := firstOf(i, "itemType", "__typename", "entryType")
	kind := name.Text()
	switch {
	case strings.Contains(kind, "Cursor"):
	case has(i, "promotedMetadata"):
		a.filter("advertisement")
	case i.Exists("tweet_results"):
		a.tweet(i.Get("tweet_results", "result"))
	case i.Exists("user_results") && inModule:
		a.filter("account that X suggests")
	case i.Exists("user_results"):
		return a.user(i.Get("user_results", "result"))
	default:
		a.filter("no post: " + shorten(head([]byte(kind)), 80))
	}
	return nil
}

func (a *webAnswer) filter(reason string) {
	a.found = true
	a.into.Filter(reason)
}

// tweet reads one post.
func (a *webAnswer) tweet(result jsontape.Value) {
	t, missing := webResult(result)
	if !t.Exists() {
		a.filter(missing)
		return
	}
	a.found = true
	a.raw = t.AppendTo(a.raw[:0])
	if err := a.post(t, a.at, a.line, a.raw, a.into); err != nil {
		wrong := err.(*RecordError)
		a.into.Reject(a.line, wrong.Field, wrong.reason(), head(a.raw))
	}
}

// user reads one account.
func (a *webAnswer) user(u jsontape.Value) error {
	a.found = true
	f := jsonFields{line: a.line}
	ref, followers, following, posts := webUser(&f, u, (*jsonFields).countOf)
	switch {
	case f.err != nil:
	case ref.ID == "" && ref.Handle == "":
		a.filter("account not available")
		return nil
	case !a.at.at.OK:
		return noTime
	case !followers.OK && !following.OK && !posts.OK:
		f.fail("relationship_counts", "", "expected the counts of the account")
	}
	if f.err != nil {
		a.raw = u.AppendTo(a.raw[:0])
		a.into.Reject(a.line, f.err.Field, f.err.reason(), head(a.raw))
		return nil
	}
	a.into.Snapshots = append(a.into.Snapshots, a.at.snapshot(a.line, ref, followers, following, posts))
	return nil
}
