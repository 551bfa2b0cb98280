package adapters

import (
	"github.com/zeebo/xxh3"

	"diplometrics/stages/normalize/adapters/jsontape"
)

// InstagramZeeschuimer reads what Zeeschuimer captured on instagram.com.
var InstagramZeeschuimer = Adapter{
	Name: "instagram_zeeschuimer", Tables: []string{"posts"}, Version: 1,
	Doc: "Posts of Instagram that Zeeschuimer captured while somebody scrolled, NDJSON, as it was saved or after 4CAT took it up (__import_meta). " +
		"Each showing of a post is an observation at its own time; posts have their short code as id. Where the post says that its likes and views are hidden they are missing: the 3 likes that stand there are made up. " +
		"A joint post (coauthor_producers) is one post of the account above it, user. Advertisements and stories are left out. " +
		"What was captured in part (_zs_partial), without time, text or counts, is a post with what is known; another showing of it, in any file, supplies the time. " +
		"Posts of accounts that the study does not name are captured too, and are rejected as such.",
	Lacks:  "Followers: add a sheet of account snapshots. Shares and the language. The time of partly captured posts: open them once while capturing. Which posts of an account were not scrolled past: say in study.toml what the capture covers.",
	Detect: func(head []byte, _ string) bool { return detectZeeschuimer(head, "instagram.com") },
	Split:  splitJSON,
	New: func(f File) (Decoder, error) {
		var parsers jsontape.Pool
		return func(rec Record, into *Batch) error {
			return eachJSON(&parsers, rec, into, func(v jsontape.Value, rec Record) error { return zeeschuimerInstagram(v, rec, f, into) })
		}, nil
	},
}

func zeeschuimerInstagram(v jsontape.Value, rec Record, file File, into *Batch) error {
	f := jsonFields{line: rec.Line}
	c := zeeschuimerItem(v, &f, file, "instagram.com")
	if f.err != nil {
		return f.err
	}
	p := igPost{&f, []jsontape.Value{c.item}}
	if why := p.left(); why != "" {
		into.Filter(why)
		return nil
	}
	row := p.row(file, c.at, xxh3.Hash(rec.Raw))
	if f.err != nil {
		return c.reject(&f, into)
	}
	into.Posts = append(into.Posts, row)
	return nil
}
