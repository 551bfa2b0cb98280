package adapters

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// xWeb reads posts and users as X sends them to its own pages. A post keeps
// most in an object called legacy; users kept everything there until 2024, then
// moved piece by piece to objects beside it.
type xWeb struct {
	file    File
	parsers jsontape.Pool
}

// firstOf is the first of several paths, with points between their keys, that
// has a value; field is the path, the first one where none has.
func firstOf(v jsontape.Value, paths ...string) (value jsontape.Value, field string) {
	for _, path := range paths {
		if w := v.Get(strings.Split(path, ".")...); w.Type() != jsontape.Null {
			return w, path
		}
	}
	return jsontape.Value{}, paths[0]
}

// textOf is the text at the first of several paths.
func (f *jsonFields) textOf(v jsontape.Value, paths ...string) string {
	w, field := firstOf(v, paths...)
	return f.text(w, field)
}

// countOf is the whole number from 0 at the first of several paths, written as
// a number or as its digits.
func (f *jsonFields) countOf(v jsontape.Value, paths ...string) datasets.Opt[int64] {
	w, field := firstOf(v, paths...)
	if w.Type() != jsontape.String {
		return f.count(w, field)
	}
	s := f.text(w, field)
	n, err := strconv.ParseInt(s, 10, 64)
	if s != "" && (err != nil || n < 0) {
		f.fail(field, s, "expected a whole number from 0")
	}
	return datasets.Opt[int64]{V: n, OK: s != ""}
}

// besideOf is countOf for what a post tells of its account: a count that cannot
// be read is missing, and costs neither the post nor the other counts.
func (f *jsonFields) besideOf(v jsontape.Value, paths ...string) datasets.Opt[int64] {
	g := jsonFields{}
	if n := g.countOf(v, paths...); g.err == nil {
		return n
	}
	return datasets.None[int64]()
}

// countReader is countOf or besideOf.
type countReader func(f *jsonFields, v jsontape.Value, paths ...string) datasets.Opt[int64]

// xIDOf is the id of a post or an account of X at the first of several paths,
// written as text or as a number.
func (f *jsonFields) xIDOf(v jsontape.Value, paths ...string) string {
	w, field := firstOf(v, paths...)
	return f.xIDAt(w, field)
}

// xIDAt is xIDOf for a value.
func (f *jsonFields) xIDAt(v jsontape.Value, field string) (id string) {
	if v.Type() == jsontape.Number {
		id = v.String()
	} else {
		id = f.text(v, field)
	}
	if want := xID(id); id != "" && want != "" {
		f.fail(field, id, want)
	}
	return id
}

// webResult is the post inside a result of X's pages; where it holds none, why.
func webResult(r jsontape.Value) (post jsontape.Value, missing string) {
	if r.Type() != jsontape.Object || r.Len() == 0 {
		return jsontape.Value{}, "post without content"
	}
	switch kind := r.Text("__typename"); {
	case kind == "TweetTombstone" || r.Exists("tombstone"):
		return jsontape.Value{}, "tombstone of a post"
	case kind == "TweetUnavailable":
		return jsontape.Value{}, "post not available"
	case kind == "TweetPreviewDisplay":
		return jsontape.Value{}, "preview of a post for subscribers"
	}
	if inner := r.Get("tweet"); inner.Exists() && !r.Exists("legacy") {
		return webResult(inner) // TweetWithVisibilityResults
	}
	return r, ""
}

// webUser reads a user.
func webUser(f *jsonFields, u jsontape.Value, count countReader) (ref Ref, followers, following, posts datasets.Opt[int64]) {
	ref = Ref{Platform: "x", ID: f.xIDOf(u, "rest_id", "id_str"), Handle: f.textOf(u, "core.screen_name", "legacy.screen_name", "screen_name")}
	name, _ := firstOf(u, "core.name", "legacy.name", "name")
	ref.Name = nameIn(name)
	return ref, count(f, u, "relationship_counts.followers", "legacy.followers_count", "followers_count"),
		count(f, u, "relationship_counts.following", "legacy.friends_count", "friends_count"),
		count(f, u, "tweet_counts.tweets", "legacy.statuses_count", "statuses_count")
}

// webAuthor is the user who wrote a post; old answers kept it beside the post.
func webAuthor(t jsontape.Value) jsontape.Value {
	u, _ := firstOf(t, "core.user_results.result", "user")
	return u
}

// webOriginal is the post that a repost repeats, nil where the answer lacks it;
// repost tells whether t is one.
func webOriginal(t jsontape.Value) (original jsontape.Value, repost bool) {
	box, _ := firstOf(t, "legacy.retweeted_status_result", "retweeted_status_result")
	original, _ = webResult(box.Get("result"))
	return original, box.Exists() || has(t.Get("legacy"), "retweeted_status_id_str")
}

// seenIn notes the users inside a post: who wrote it, and what it repeats or quotes.
func (x *xWeb) seenIn(t jsontape.Value, line int64, o observation, into *Batch) {
	if !t.Exists() || !o.at.OK {
		return
	}
	f := jsonFields{line: line}
	ref, followers, following, posts := webUser(&f, webAuthor(t), (*jsonFields).besideOf)
	if f.err == nil && ref.ID != "" && (followers.OK || following.OK || posts.OK) {
		into.seen(o.snapshot(line, ref, followers, following, posts))
	}
	original, _ := webOriginal(t)
	x.seenIn(original, line, o, into)
	quoted, _ := webResult(t.Get("quoted_status_result", "result"))
	x.seenIn(quoted, line, o, into)
}

// post decodes one post; raw are the bytes of its record. An error rejects it.
func (x *xWeb) post(t jsontape.Value, o observation, line int64, raw []byte, into *Batch) error {
	f := &jsonFields{line: line}
	legacy := f.object(t.Get("legacy"), "legacy")
	id := f.xIDOf(t, "rest_id", "legacy.id_str")
	switch {
	case f.err != nil:
	case !legacy.Exists():
		f.fail("legacy", "", "expected a post as X's pages get it, whose text and counts stand in legacy")
	case id == "":
		f.fail("rest_id", "", "expected the id of the post")
	}
	post := Post{Digest: xxh3.Hash(raw)}
	post.Platform, post.PostID, post.Parts = "x", id, 1
	o.of(&post.Post)
	post.CreatedAt = f.time(legacy.Get("created_at"), "legacy.created_at", time.RubyDate)
	x.edits(t, f, &post)
	if !post.CreatedAt.OK {
		post.CreatedAt = xCreated(post.PostID)
	}
	ref := x.author(t, f, id)
	post.URL = into.xURL(ref.Handle, post.PostID)
	post.LanguageGiven = optString(f.text(legacy.Get("lang"), "legacy.lang"))
	shown := x.refers(t, f, &post)
	post.Text = optString(webText(f, shown))
	post.MediaType = webMedia(f, shown)
	if f.err != nil {
		return f.err
	}
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: line, Row: post})
	x.seenIn(t, line, o, into)
	return nil
}

// edits gives an edited post its first id, and when that was made.
func (x *xWeb) edits(t jsontape.Value, f *jsonFields, post *Post) {
	list, field := firstOf(t, "edit_control.edit_control_initial.edit_tweet_ids", "edit_control.edit_tweet_ids")
	history := f.list(list, field)
	if len(history) == 0 {
		return
	}
	if first := f.xIDAt(history[0], field); first != "" && first != post.PostID {
		post.PostID, post.EditedAt, post.CreatedAt = first, post.CreatedAt, xCreated(first)
	}
}

// mediaOwner reads who posted a medium, and in which post.
var mediaOwner = regexp.MustCompile(`^https?://(?:www\.)?(?:twitter|x)\.com/([A-Za-z0-9_]+)/status/([0-9]+)/`)

// author is the account of a post. Where X left the author out, the address of
// a medium of the same post has the handle.
func (x *xWeb) author(t jsontape.Value, f *jsonFields, id string) Ref {
	ref, _, _, _ := webUser(f, webAuthor(t), (*jsonFields).besideOf)
	if ref.ID == "" {
		ref.ID = f.xIDOf(t, "legacy.user_id_str")
	}
	if ref.Handle == "" {
		for _, m := range webMediaOf(t) {
			if owner := mediaOwner.FindSubmatch(m.GetStringBytes("expanded_url")); owner != nil && string(owner[2]) == id {
				ref.Handle = string(owner[1])
			}
		}
	}
	if ref.ID == "" && ref.Handle == "" {
		ref = Ref{Platform: "x", ID: x.file.Account.ID, Handle: x.file.Account.Handle}
	}
	if ref.ID == "" && ref.Handle == "" {
		f.fail("core.user_results", "", "the post does not name its author; name the account in study.toml")
	}
	return ref
}

// refers fills in what the post answers, repeats or quotes, and its counts
// where they are its own. It returns the post whose text and media it shows.
func (x *xWeb) refers(t jsontape.Value, f *jsonFields, post *Post) (shown jsontape.Value) {
	original, repost := webOriginal(t)
	post.ReplyToID = optString(f.xIDOf(t, "legacy.in_reply_to_status_id_str"))
	if repost {
		post.PostType, post.RepostOfID = datasets.Repost, optString(f.xIDOf(t, "legacy.retweeted_status_id_str"))
		if !original.Exists() {
			return t
		}
		post.RepostOfID = optString(f.xIDOf(original, "rest_id", "legacy.id_str"))
		return original
	}
	legacy := t.Get("legacy")
	quoted, _ := webResult(t.Get("quoted_status_result", "result"))
	if post.QuoteOfID = optString(f.xIDOf(t, "legacy.quoted_status_id_str")); !post.QuoteOfID.OK {
		post.QuoteOfID = optString(f.xIDOf(quoted, "rest_id"))
	}
	// What is answered or quoted may be gone.
	switch post.PostType = postType(&post.Post); {
	case has(legacy, "in_reply_to_user_id_str") || has(legacy, "in_reply_to_screen_name"):
		post.PostType = datasets.Reply
	case post.PostType == datasets.Original && (legacy.GetBool("is_quote_status") || has(t, "quoted_status_result")):
		post.PostType = datasets.Quoted
	}
	post.Counts = datasets.Counts{
		Like: f.countOf(t, "legacy.favorite_count"), Comment: f.countOf(t, "legacy.reply_count"),
		Share: f.countOf(t, "legacy.retweet_count"), Quote: f.countOf(t, "legacy.quote_count"),
		View: f.countOf(t, "views.count", "ext_views.count", "legacy.ext_views.count"),
		Save: f.countOf(t, "legacy.bookmark_count"),
	}
	return t
}

// webText is the longest text that a post has.
func webText(f *jsonFields, t jsontape.Value) string {
	if long := f.textOf(t, "note_tweet.note_tweet_results.result.text"); long != "" {
		return long
	}
	return f.textOf(t, "legacy.full_text", "legacy.text")
}

// webMediaOf are the media of a post.
func webMediaOf(t jsontape.Value) []jsontape.Value {
	if media := t.GetArray("legacy", "extended_entities", "media"); len(media) > 0 {
		return media
	}
	return t.GetArray("legacy", "entities", "media")
}

// webMedia tells what a post shows.
func webMedia(f *jsonFields, t jsontape.Value) datasets.Opt[string] {
	if media := webMediaOf(t); len(media) > 0 {
		return xMedia(len(media), f.text(media[0].Get("type"), "media.type"))
	}
	if !has(t.Get("legacy"), "entities") {
		return datasets.None[string]()
	}
	for _, u := range append(t.GetArray("legacy", "entities", "urls"), t.GetArray("note_tweet", "note_tweet_results", "result", "entity_set", "urls")...) {
		if xLink(u.Text("expanded_url")) {
			return datasets.Some("link")
		}
	}
	return datasets.Some("text")
}
