package adapters

import (
	"regexp"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// xScrape reads posts and users of X under the names that snscrape gave them
// and twscrape kept.
type xScrape struct {
	file    File
	parsers jsontape.Pool
}

func newXScrape(f File) (Decoder, error) {
	x := &xScrape{file: f}
	return func(rec Record, into *Batch) error {
		return eachJSON(&x.parsers, rec, into, func(v jsontape.Value, rec Record) error { return x.record(v, rec, into) })
	}, nil
}

// scrapedKind is what a line calls itself, such as Tweet; "" where it does not.
func scrapedKind(v jsontape.Value) string {
	kind := v.Text("_type")
	return kind[strings.LastIndexByte(kind, '.')+1:]
}

func (x *xScrape) record(v jsontape.Value, rec Record, into *Batch) error {
	if v.Type() != jsontape.Object {
		return &RecordError{Line: rec.Line, Found: shorten(v.String(), 80), Want: notJSON}
	}
	post := has(v, "rawContent") || has(v, "content") || has(v, "user")
	switch kind := scrapedKind(v); {
	case kind == "Tombstone":
		into.Filter("tombstone of a post")
	case kind == "TweetRef":
		into.Filter("reference to a post that was not collected")
	case kind == "Trend":
		return &Refused{Reason: "it lists trends, neither posts nor accounts"}
	case kind == "Tweet" || kind == "" && post:
		return x.post(v, rec, into)
	case kind == "User" || kind == "" && has(v, "followersCount"):
		return x.user(v, rec, into)
	default:
		return &RecordError{Line: rec.Line, Field: "_type", Found: v.Text("_type"), Want: "expected a post or a user of X as snscrape or twscrape writes them"}
	}
	return nil
}

// scrapedUser reads a user; of many only the id or the handle is known.
func scrapedUser(f *jsonFields, u jsontape.Value, count countReader) (ref Ref, followers, following, posts datasets.Opt[int64]) {
	ref = Ref{Platform: "x", ID: f.xIDOf(u, "id_str", "id"), Handle: f.textOf(u, "username")}
	ref.Name = nameIn(u.Get("displayname"))
	return ref, count(f, u, "followersCount"), count(f, u, "friendsCount"), count(f, u, "statusesCount")
}

// user decodes a line that is an account.
func (x *xScrape) user(v jsontape.Value, rec Record, into *Batch) error {
	f := jsonFields{line: rec.Line}
	o := observed(datasets.None[datasets.Micros](), x.file)
	ref, followers, following, posts := scrapedUser(&f, v, (*jsonFields).countOf)
	switch {
	case f.err != nil:
		return f.err
	case ref.ID == "" && ref.Handle == "":
		return &RecordError{Line: rec.Line, Field: "id", Want: "expected the id of the account"}
	case !followers.OK && !following.OK && !posts.OK:
		return &RecordError{Line: rec.Line, Field: "followersCount", Want: "expected the counts of the account"}
	case !o.at.OK:
		return &RecordError{Line: rec.Line, Field: "observed_at", Want: "the line does not say when the account was counted; give observed_at beside the file in study.toml", All: noTime}
	}
	into.Snapshots = append(into.Snapshots, o.snapshot(rec.Line, ref, followers, following, posts))
	return nil
}

// seenIn notes the users inside a post.
func (x *xScrape) seenIn(t jsontape.Value, line int64, o observation, into *Batch) {
	if !t.Exists() || !o.at.OK {
		return
	}
	f := jsonFields{line: line}
	ref, followers, following, posts := scrapedUser(&f, t.Get("user"), (*jsonFields).besideOf)
	if f.err == nil && ref.ID != "" && (followers.OK || following.OK || posts.OK) {
		into.seen(o.snapshot(line, ref, followers, following, posts))
	}
	x.seenIn(t.Get("retweetedTweet"), line, o, into)
	x.seenIn(t.Get("quotedTweet"), line, o, into)
}

func (x *xScrape) post(t jsontape.Value, rec Record, into *Batch) error {
	f := &jsonFields{line: rec.Line}
	o := observed(datasets.None[datasets.Micros](), x.file)
	id := f.xIDOf(t, "id_str", "id")
	if id == "" {
		f.fail("id", "", "expected the id of the post")
	}
	post := Post{Digest: xxh3.Hash(rec.Raw)}
	post.Platform, post.PostID, post.Parts = "x", id, 1
	o.of(&post.Post)
	if date := t.Get("date"); date.Type() == jsontape.Number { // after pandas
		post.CreatedAt = f.epoch(f.count(date, "date"), milliseconds, "date")
	} else {
		post.CreatedAt = f.time(date, "date", time.RFC3339Nano, "2006-01-02 15:04:05Z07:00")
	}
	list, field := firstOf(t, "editState.editTweetIds", "editControl.edit_tweet_ids")
	if history := f.list(list, field); len(history) > 0 {
		if first := f.xIDAt(history[0], field); first != "" && first != id {
			post.PostID, post.EditedAt, post.CreatedAt = first, post.CreatedAt, xCreated(first)
		}
	}
	if !post.CreatedAt.OK {
		post.CreatedAt = xCreated(post.PostID)
	}
	ref := x.author(t, f)
	post.URL = into.xURL(ref.Handle, post.PostID)
	post.LanguageGiven = optString(f.textOf(t, "lang"))
	shown := x.refers(t, f, &post)
	post.Text = optString(f.textOf(shown, "rawContent", "content"))
	post.MediaType = scrapedMedia(f, shown)
	if f.err != nil {
		return f.err
	}
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: rec.Line, Row: post})
	x.seenIn(t, rec.Line, o, into)
	return nil
}

// author is the account of a post.
func (x *xScrape) author(t jsontape.Value, f *jsonFields) Ref {
	ref, _, _, _ := scrapedUser(f, t.Get("user"), (*jsonFields).besideOf)
	if ref.Handle == "" {
		ref.Handle = f.textOf(t, "username")
	}
	if ref.ID == "" && ref.Handle == "" {
		ref = Ref{Platform: "x", ID: x.file.Account.ID, Handle: x.file.Account.Handle}
	}
	if ref.ID == "" && ref.Handle == "" {
		f.fail("user", "", "the post does not name its author; name the account in study.toml")
	}
	return ref
}

// refers fills in what the post answers, repeats or quotes, and its counts
// where they are its own. It returns the post whose text and media it shows.
func (x *xScrape) refers(t jsontape.Value, f *jsonFields, post *Post) (shown jsontape.Value) {
	post.ReplyToID = optString(f.xIDOf(t, "inReplyToTweetIdStr", "inReplyToTweetId"))
	if original := f.object(t.Get("retweetedTweet"), "retweetedTweet"); original.Exists() {
		post.PostType, post.RepostOfID = datasets.Repost, optString(f.xIDOf(original, "id_str", "id"))
		if has(original, "rawContent") || has(original, "content") {
			return original
		}
		return t
	}
	// twscrape gives one whose original X withheld as RT @handle: and its beginning.
	if has(t, "id_str") && oldRepost.MatchString(f.textOf(t, "rawContent")) {
		post.PostType = datasets.Repost
		return t
	}
	quoted := f.object(t.Get("quotedTweet"), "quotedTweet")
	post.QuoteOfID = optString(f.xIDOf(quoted, "id_str", "id"))
	// What is answered or quoted may be gone.
	switch post.PostType = postType(&post.Post); {
	case has(t, "inReplyToUser") || has(t, "inReplyToScreenName"):
		post.PostType = datasets.Reply
	case post.PostType == datasets.Original && (quoted.Exists() || t.GetBool("isQuoteStatus")):
		post.PostType = datasets.Quoted
	}
	post.Counts = datasets.Counts{
		Like: f.countOf(t, "likeCount"), Comment: f.countOf(t, "replyCount"), Share: f.countOf(t, "retweetCount"),
		Quote: f.countOf(t, "quoteCount"), View: f.countOf(t, "viewCount"), Save: f.countOf(t, "bookmarkCount"),
	}
	// twscrape writes 0 where X gave no bookmarks.
	if n := f.countOf(t, "bookmarkedCount"); n.V > 0 {
		post.Counts.Save = n
	}
	return t
}

var oldRepost = regexp.MustCompile(`^RT @\w+: `)

// scrapedMedia tells what a post shows.
func scrapedMedia(f *jsonFields, t jsontape.Value) datasets.Opt[string] {
	media := t.Get("media")
	if !media.Exists() {
		return datasets.None[string]()
	}
	switch media.Type() {
	case jsontape.Array:
		if list := media.GetArray(); len(list) > 0 {
			return xMedia(len(list), mediumKind(list[0]))
		}
	case jsontape.Object:
		photos, videos, gifs := media.GetArray("photos"), media.GetArray("videos"), media.GetArray("animated")
		if n := len(photos) + len(videos) + len(gifs); n > 0 {
			first := "video"
			if len(photos) > 0 {
				first = "photo"
			}
			return xMedia(n, first)
		}
	}
	for _, u := range t.GetArray("links") {
		if xLink(u.Text("url")) {
			return datasets.Some("link")
		}
	}
	for _, u := range t.GetArray("outlinks") {
		if xLink(u.Text()) {
			return datasets.Some("link")
		}
	}
	return datasets.Some("text")
}

// mediumKind is the type of a medium as X calls it; "" where it is not known.
func mediumKind(m jsontape.Value) string {
	kind := scrapedKind(m)
	if kind == "" {
		kind = m.Text("type")
	}
	switch strings.ToLower(kind) {
	case "photo":
		return "photo"
	case "video", "gif":
		return "video"
	}
	return ""
}
