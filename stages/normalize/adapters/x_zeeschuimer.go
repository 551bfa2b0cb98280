package adapters

import "diplometrics/stages/normalize/adapters/jsontape"

// XZeeschuimer reads what Zeeschuimer captured on X.
var XZeeschuimer = Adapter{
	Name: "x_zeeschuimer", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts of X as Zeeschuimer captured them on twitter.com or x.com, NDJSON, from Zeeschuimer itself or after 4CAT; of every layout of X's pages since 2022. Each showing of a post is a record, observed when it was last captured; authors, and those of posts that are repeated or quoted, are account snapshots of that moment. " +
		"Captures of a feed hold the posts of others too, which accounts.csv sorts out; promoted posts and tombstones are left out. Reposts have no counts of their own, and the text of their original. An edited post keeps its first id and has the counts of the version shown. A post whose author X left out has the handle that the address of its media has.",
	Lacks:  "What nobody scrolled past: posts per month and shares of types need a complete list of the account's posts. Views where X does not show them.",
	Detect: func(head []byte, _ string) bool { return detectZeeschuimer(head, xSites...) },
	Split:  splitJSON,
	New: func(f File) (Decoder, error) {
		x := &xWeb{file: f}
		return func(rec Record, into *Batch) error {
			return eachJSON(&x.parsers, rec, into, func(v jsontape.Value, rec Record) error { return x.captured(v, rec, into) })
		}, nil
	},
}

// xSites are the domains of X.
var xSites = []string{"x.com", "twitter.com"}

// captured decodes one line.
func (x *xWeb) captured(v jsontape.Value, rec Record, into *Batch) error {
	if v.Type() != jsontape.Object {
		return &RecordError{Line: rec.Line, Found: shorten(v.String(), 80), Want: notJSON}
	}
	f := jsonFields{line: rec.Line}
	c := zeeschuimerItem(v, &f, x.file, xSites...)
	if f.err != nil {
		return f.err
	}
	if c.item.GetBool("promoted") {
		into.Filter("advertisement")
		return nil
	}
	t, missing := webResult(c.item)
	if !t.Exists() {
		into.Filter(missing)
		return nil
	}
	if err := x.post(t, c.at, rec.Line, rec.Raw, into); err != nil {
		f.err = err.(*RecordError)
		return c.reject(&f, into)
	}
	return nil
}
