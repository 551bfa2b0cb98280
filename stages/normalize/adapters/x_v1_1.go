package adapters

import (
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// XV11 reads what the API of Twitter, version 1.1, answered.
var XV11 = Adapter{
	Name: "x_v1_1", Tables: []string{"posts", "account_snapshots"}, Version: 3,
	Doc: "Posts and users of Twitter as API v1.1 gave them: one a line, in a list, or as the answer of a search; raw, or in the compact shape of python-twitter, which leaves out every field that is zero. " +
		"Only in that shape an absent count is 0. Reposts have no counts of their own, and the text of their original. The time of collection is read from _fetch_timestamp, UTC where it names no zone, else taken from study.toml. A post without created_at was posted when its id says, to the second, from 4 November 2010 on.",
	Lacks:  "Views and bookmarks; replies and quotes except from the premium and streaming API: interactions on x need those. The rest of posts over 140 characters, where they were not asked for in extended mode. When it was collected, unless _fetch_timestamp says so: give observed_at in study.toml, or followers cannot be dated.",
	Detect: detectXV11,
	Split:  splitJSON,
	New: func(f File) (Decoder, error) {
		x := &xV11{file: f}
		return func(rec Record, into *Batch) error {
			return eachPage(&x.parsers, rec, into, func(v jsontape.Value, rec Record) error { return x.record(v, rec, into) })
		}, nil
	},
}

func detectXV11(head []byte, name string) bool {
	p := jsonPaths(head)
	for _, in := range []string{"", "statuses."} {
		if p[in+"created_at"] && (p[in+"id"] || p[in+"id_str"]) && (p[in+"text"] || p[in+"full_text"]) &&
			(p[in+"user.id"] || p[in+"user.id_str"] || p[in+"user.screen_name"] || p[in+"in_reply_to_status_id"]) {
			return true
		}
	}
	for _, in := range []string{"", "users."} {
		if (p[in+"id"] || p[in+"id_str"]) && p[in+"screen_name"] && (p[in+"followers_count"] || p[in+"friends_count"] || p[in+"statuses_count"]) {
			return true
		}
	}
	return p["ids"] && p["next_cursor_str"] || p["delete.status"] || p["limit.track"] || p["search_metadata.max_id_str"]
}

type xV11 struct {
	file    File
	parsers jsontape.Pool
}

// What a stream says between the posts.
var streamNotices = []string{"delete", "limit", "scrub_geo", "status_withheld", "user_withheld", "disconnect", "warning", "friends", "event"}

func (x *xV11) record(v jsontape.Value, rec Record, into *Batch) error {
	if v.Type() != jsontape.Object {
		return &RecordError{Line: rec.Line, Found: shorten(v.String(), 80), Want: notJSON}
	}
	f := jsonFields{line: rec.Line}
	if !has(v, "id") && !has(v, "id_str") {
		if statuses := f.list(v.Get("statuses"), "statuses"); v.Exists("statuses") && f.err == nil {
			var raw []byte
			for _, s := range statuses {
				raw = s.AppendTo(raw[:0])
				if err := x.item(s, rec.Line, raw, into); err != nil {
					return err
				}
			}
			return nil
		}
		if errs := f.list(v.Get("errors"), "errors"); len(errs) > 0 {
			for _, e := range errs {
				into.Filter("error: " + shorten(head(e.GetStringBytes("message")), 80))
			}
			return nil
		}
		if v.Exists("next_cursor") && (v.Exists("users") || v.Exists("ids")) {
			return &Refused{Reason: "it lists who follows an account or whom it follows, not posts; the number of followers comes from users/lookup or users/show"}
		}
		for _, notice := range streamNotices {
			if v.Exists(notice) {
				into.Filter("stream notice: " + notice)
				return nil
			}
		}
	}
	if f.err != nil {
		return f.err
	}
	return x.item(v, rec.Line, rec.Raw, into)
}

// item decodes one post or user.
func (x *xV11) item(v jsontape.Value, line int64, raw []byte, into *Batch) error {
	f := jsonFields{line: line}
	switch {
	case v.Type() != jsontape.Object:
		f.fail("", shorten(v.String(), 80), "expected a post or a user")
	case v.Exists("text") || v.Exists("full_text") || v.Exists("extended_tweet") || v.Exists("user"):
		x.tweet(v, &f, raw, into)
	case v.Exists("screen_name"):
		o := x.observed(v, &f)
		if !o.at.OK && f.err == nil {
			return noTime
		}
		row, ok := xV11User(v, &f, o, false)
		if !ok {
			f.fail("id", "", "expected the id of the account and its counts")
		}
		if f.err == nil {
			into.Snapshots = append(into.Snapshots, row)
		}
	default:
		f.fail("", shorten(v.String(), 80), "expected a post or a user of Twitter, API v1.1")
	}
	if f.err != nil {
		into.Reject(line, f.err.Field, f.err.reason(), head(raw))
	}
	return nil
}

func (x *xV11) observed(v jsontape.Value, f *jsonFields) observation {
	at := f.time(v.Get("_fetch_timestamp"), "_fetch_timestamp",
		"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", time.RFC3339, "2006-01-02T15:04:05")
	return observed(at, x.file)
}

// xV11ID returns an id: its text, or the number where there is no text.
func xV11ID(f *jsonFields, v jsontape.Value, field string) string {
	id := f.text(v.Get(field+"_str"), field+"_str")
	if n := v.Get(field); id == "" && f.is(n, jsontape.Number, field) {
		id = n.String()
	}
	if want := xID(id); id != "" && want != "" {
		f.fail(field, id, want)
	}
	return id
}

// xV11User is what a user showed; false where it has no id or no counts. In the
// compact shape a count that is not there is 0.
func xV11User(u jsontape.Value, f *jsonFields, o observation, compact bool) (Row[datasets.AccountSnapshot], bool) {
	ref := Ref{Platform: "x", ID: xV11ID(f, u, "id"), Handle: f.text(u.Get("screen_name"), "screen_name"), Name: shownName(u)}
	count := func(field string) datasets.Opt[int64] {
		n := f.count(u.Get(field), field)
		n.OK = n.OK || compact && !u.Exists(field)
		return n
	}
	compact = compact && ref.Handle != "" // else only the id was asked for
	followers, following, posts := count("followers_count"), count("friends_count"), count("statuses_count")
	return o.snapshot(f.line, ref, followers, following, posts), ref.ID != "" && (followers.OK || following.OK || posts.OK)
}

// compactShape tells whether python-twitter wrote the post without its zeros.
func compactShape(t jsontape.Value) bool {
	return !t.Exists("entities") && (t.Exists("hashtags") || t.Exists("urls") || t.Exists("user_mentions"))
}

// embedded notes the users inside a post.
func (x *xV11) embedded(t jsontape.Value, line int64, o observation, into *Batch) {
	if u := t.Get("user"); u.Exists() && o.at.OK {
		f := jsonFields{line: line}
		if row, ok := xV11User(u, &f, o, compactShape(t)); ok && f.err == nil {
			into.seen(row)
		}
	}
	for _, inside := range []string{"retweeted_status", "quoted_status"} {
		if i := t.Get(inside); i.Exists() {
			x.embedded(i, line, o, into)
		}
	}
}

func (x *xV11) tweet(t jsontape.Value, f *jsonFields, raw []byte, into *Batch) {
	id := xV11ID(f, t, "id")
	if id == "" {
		f.fail("id", "", "expected the id of the post")
	}
	user := f.object(t.Get("user"), "user")
	ref := Ref{Platform: "x", ID: xV11ID(f, user, "id"), Handle: f.text(user.Get("screen_name"), "user.screen_name"), Name: shownName(user)}
	if ref.ID == "" && ref.Handle == "" {
		ref = x.file.Account
		ref.Platform = "x"
	}
	if ref.ID == "" && ref.Handle == "" {
		f.fail("user", "", "the post does not name its author; name the account in study.toml")
	}
	o := x.observed(t, f)
	post := Post{Digest: xxh3.Hash(raw)}
	post.Platform, post.PostID, post.Parts = "x", id, 1
	o.of(&post.Post)
	if post.CreatedAt = f.time(t.Get("created_at"), "created_at", time.RubyDate); !post.CreatedAt.OK {
		post.CreatedAt = xCreated(id)
	}
	post.URL = into.xURL(ref.Handle, id)
	post.LanguageGiven = optString(f.text(t.Get("lang"), "lang"))

	shown := t // whose text and media the post shows
	post.ReplyToID = optString(xV11ID(f, t, "in_reply_to_status_id"))
	original := f.object(t.Get("retweeted_status"), "retweeted_status")
	if original.Exists() {
		post.PostType, shown = datasets.Repost, original
		post.RepostOfID = optString(xV11ID(f, original, "id"))
	} else {
		post.QuoteOfID = optString(xV11ID(f, t, "quoted_status_id"))
		// The post that is answered or quoted may be gone, or never have been:
		// what begins with a handle answers the account.
		quotes := post.QuoteOfID.OK || t.GetBool("is_quote_status") || has(t, "quoted_status")
		switch post.PostType = postType(&post.Post); {
		case has(t, "in_reply_to_user_id"):
			post.PostType = datasets.Reply
		case quotes && post.PostType == datasets.Original:
			post.PostType = datasets.Quoted
		}
		compact := compactShape(t)
		count := func(field string) datasets.Opt[int64] { return f.count(t.Get(field), field) }
		post.Counts = datasets.Counts{
			Like: count("favorite_count"), Share: count("retweet_count"),
			Comment: count("reply_count"), Quote: count("quote_count"),
		}
		post.Counts.Like.OK = post.Counts.Like.OK || compact && !t.Exists("favorite_count")
		post.Counts.Share.OK = post.Counts.Share.OK || compact && !t.Exists("retweet_count")
	}
	post.Text = optString(xV11Text(f, shown))
	post.MediaType = xV11Media(f, shown)
	if f.err != nil {
		return
	}
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: f.line, Row: post})
	x.embedded(t, f.line, o, into)
}

// xV11Text is the longest text that a post has.
func xV11Text(f *jsonFields, t jsontape.Value) string {
	extended := f.object(t.Get("extended_tweet"), "extended_tweet")
	for _, s := range []string{f.text(extended.Get("full_text"), "extended_tweet.full_text"), f.text(t.Get("full_text"), "full_text")} {
		if s != "" {
			return s
		}
	}
	return f.text(t.Get("text"), "text")
}

// xV11Media tells what a post shows; a post that was cut at 140 characters does
// not say.
func xV11Media(f *jsonFields, t jsontape.Value) datasets.Opt[string] {
	whole := t
	if e := t.Get("extended_tweet"); e.Exists() {
		whole = e
	}
	for _, media := range [][]jsontape.Value{
		whole.GetArray("extended_entities", "media"), t.GetArray("extended_entities", "media"),
		whole.GetArray("entities", "media"), t.GetArray("media"),
	} {
		if len(media) == 0 {
			continue
		}
		kind := f.text(media[0].Get("type"), "media.type")
		if kind == "photo" && strings.Contains(string(media[0].GetStringBytes("expanded_url")), "/video/") {
			kind = "video" // entities show the first picture of a video
		}
		return xMedia(len(media), kind)
	}
	if whole == t && t.GetBool("truncated") || !whole.Exists("entities") && !compactShape(t) {
		return datasets.None[string]()
	}
	for _, u := range append(whole.GetArray("entities", "urls"), t.GetArray("urls")...) {
		if xLink(u.Text("expanded_url")) {
			return datasets.Some("link")
		}
	}
	return datasets.Some("text")
}
