package adapters

import (
	"strings"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// TikTokZeeschuimer reads what Zeeschuimer captured on TikTok.
var TikTokZeeschuimer = Adapter{
	Name: "tiktok_zeeschuimer", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts of TikTok as Zeeschuimer captured them, NDJSON, from Zeeschuimer itself or after 4CAT. Each showing of a post is a record, observed when it was last captured; authorStats are account snapshots of that moment. " +
		"Captures of a feed hold the posts of others too, which accounts.csv sorts out; advertisements and live streams are left out. A duet quotes the post that it answers. " +
		"TikTok's pages round: from 10 000 on to hundreds, from a million on to hundreds of thousands. Counts of posts are taken as shown, from statsV2 where it has them; the snapshots have the bounds of the rounding.",
	Lacks:  "What nobody scrolled past: posts per month and shares of types need a complete list of the account's posts. The last digits of counts from 10 000 on. Stitches look like original posts.",
	Detect: func(head []byte, _ string) bool { return detectZeeschuimer(head, "tiktok.com") },
	Split:  splitJSON,
	New: func(f File) (Decoder, error) {
		x := &tikTok{file: f}
		return func(rec Record, into *Batch) error {
			return eachJSON(&x.parsers, rec, into, func(v jsontape.Value, rec Record) error { return x.captured(v, rec, into) })
		}, nil
	},
}

type tikTok struct {
	file    File
	parsers jsontape.Pool
}

func (x *tikTok) captured(v jsontape.Value, rec Record, into *Batch) error {
	if v.Type() != jsontape.Object {
		return &RecordError{Line: rec.Line, Found: shorten(v.String(), 80), Want: notJSON}
	}
	f := &jsonFields{line: rec.Line}
	c := zeeschuimerItem(v, f, x.file, "tiktok.com")
	switch {
	case f.err != nil:
		return f.err
	case c.item.GetBool("isAd"):
		into.Filter("advertisement")
		return nil
	case has(c.item, "liveRoomInfo"):
		into.Filter("live stream")
		return nil
	}
	return x.post(c, f, rec, into)
}

func (x *tikTok) post(c captured, f *jsonFields, rec Record, into *Batch) error {
	item := c.item
	post := Post{Digest: xxh3.Hash(rec.Raw)}
	post.Platform, post.PostID, post.Parts = "tiktok", f.xIDOf(item, "id"), 1
	if post.PostID == "" {
		f.fail("id", "", "expected the id of the post")
	}
	c.at.of(&post.Post)
	if at := f.countOf(item, "createTime"); at.V > 0 {
		post.CreatedAt = f.epoch(at, seconds, "createTime")
	}
	ref := x.author(item, f)
	images := item.GetArray("imagePost", "images")
	kind := "video"
	switch {
	case len(images) > 1:
		post.MediaType, kind = datasets.Some("album"), "photo"
	case has(item, "imagePost"):
		post.MediaType, kind = datasets.Some("photo"), "photo"
	case has(item, "video"):
		post.MediaType = datasets.Some("video")
	}
	post.URL = tikTokURL(ref.Handle, kind, post.PostID)
	post.Text = optString(f.textOf(item, "desc"))
	post.LanguageGiven = optString(f.textOf(item, "textLanguage"))
	post.PostType = datasets.Original
	if of := f.xIDOf(item, "duetInfo.duetFromId"); of != "" && of != "0" {
		post.PostType, post.QuoteOfID = datasets.Quoted, datasets.Some(of)
	}
	count := func(name string) datasets.Opt[int64] { return f.countOf(item, "statsV2."+name, "stats."+name) }
	post.Counts = datasets.Counts{Like: count("diggCount"), Comment: count("commentCount"), Share: count("shareCount"),
		View: count("playCount"), Save: count("collectCount")}
	if f.err != nil {
		return c.reject(f, into)
	}
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: rec.Line, Row: post})
	x.seen(item, rec.Line, ref, c.at, into)
	return nil
}

// author is the account of a post: an object, or in what is embedded in a page
// its handle alone.
func (x *tikTok) author(item jsontape.Value, f *jsonFields) (ref Ref) {
	ref.Platform = "tiktok"
	name := item.Get("nickname")
	if a := item.Get("author"); a.Type() == jsontape.String {
		ref.ID, ref.Handle = f.xIDOf(item, "authorId"), f.text(a, "author")
	} else if a = f.object(a, "author"); a.Exists() {
		ref.ID, ref.Handle, name = f.xIDOf(a, "id"), f.textOf(a, "uniqueId"), a.Get("nickname")
	}
	ref.Name = nameIn(name)
	if ref.ID == "" && ref.Handle == "" {
		ref = Ref{Platform: "tiktok", ID: x.file.Account.ID, Handle: x.file.Account.Handle}
	}
	if ref.ID == "" && ref.Handle == "" {
		f.fail("author", "", "the post does not name its author; name the account in study.toml")
	}
	return ref
}

// seen notes what the account of a post showed.
func (x *tikTok) seen(item jsontape.Value, line int64, ref Ref, o observation, into *Batch) {
	var f jsonFields
	count := func(name string) datasets.Shown {
		return roundedTo(f.besideOf(item, "authorStatsV2."+name, "authorStats."+name), tikTokRounds)
	}
	row := datasets.AccountSnapshot{Platform: "tiktok", ObservedAt: o.at.V, ObservedPrecision: o.precision, TimeSource: o.source,
		Followers: count("followerCount"), Following: count("followingCount"), PostsTotal: count("videoCount"), LikesTotal: count("heartCount")}
	none := datasets.Shown{}
	if o.at.OK && (row.Followers != none || row.Following != none || row.PostsTotal != none || row.LikesTotal != none) {
		into.seen(Row[datasets.AccountSnapshot]{Ref: ref, Line: line, Row: row})
	}
}

// tikTokRounds is how TikTok's pages round.
var tikTokRounds = [][2]int64{{10_000, 100}, {1_000_000, 100_000}}

// tikTokURL is the address of a post; absent where the handle is not known.
func tikTokURL(handle, kind, id string) datasets.Opt[string] {
	if handle == "" || strings.Trim(handle, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._") != "" {
		return datasets.None[string]()
	}
	return datasets.Some("https://www.tiktok.com/@" + handle + "/" + kind + "/" + id)
}
