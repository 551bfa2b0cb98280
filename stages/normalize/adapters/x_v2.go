package adapters

import (
	"bytes"
	"io"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// XV2 reads what the API of X, version 2, answers.
var XV2 = Adapter{
	Name: "x_v2", Tables: []string{"posts", "account_snapshots"}, Version: 3,
	Doc: "Posts and users of X as API v2 gives them and twarc2 writes them: raw pages, flattened posts or users, one a line, as single documents or in a list. " +
		"Reposts have no counts of their own; where the file holds the original, they have its text. Posts that are only referred to are no records, users that are only mentioned are account snapshots. An edited post keeps its first id. A post without created_at was posted when its id says, to the second, from 4 November 2010 on. " +
		"Of a page that the file ends inside, the posts before the cut are read; what stands behind them is lost: the time of collection, handles, originals.",
	Lacks:  "Impressions and bookmarks where the file was collected before 2023; handles and followers where users were not asked for (twarc2 always does).",
	Detect: detectXV2,
	Split: func(r io.Reader, yield func(Record, error) bool) {
		(&jsonSplitter{blocks: blocks{r: r}, line: 1, lists: []string{"data"}}).run(yield)
	},
	New: func(f File) (Decoder, error) {
		x := &xV2{file: f}
		return func(rec Record, into *Batch) error {
			return eachPage(&x.parsers, rec, into, func(v jsontape.Value, rec Record) error { return x.record(v, rec, into) })
		}, nil
	},
}

func detectXV2(head []byte, name string) bool {
	p := jsonPaths(head)
	page := p["__twarc.retrieved_at"] || p["meta.result_count"] || p["meta.newest_id"] ||
		p["includes.users.public_metrics"] || p["includes.tweets.author_id"] || p["errors.resource_type"]
	for _, in := range []string{"data.", ""} {
		switch {
		case p[in+"id"] && p[in+"text"] && (p[in+"author_id"] || p[in+"edit_history_tweet_ids"] || p[in+"public_metrics.retweet_count"]),
			p[in+"id"] && p[in+"author_id"] && p[in+"public_metrics.retweet_count"],
			p[in+"id"] && p[in+"username"] && p[in+"public_metrics.tweet_count"],
			p[in+"start"] && p[in+"end"] && p[in+"tweet_count"],
			p[in+"id"] && p[in+"name"] && p[in+"member_count"] && p[in+"follower_count"],
			p[in+"id"] && p[in+"action"] && p[in+"redacted_at"] && p[in+"reason"]:
			return true
		}
	}
	return page
}

type xV2 struct {
	file    File
	parsers jsontape.Pool
}

// page is what encloses a post: when it was collected and what it refers to.
type page struct {
	observation
	cut                  bool           // the file ends inside it
	twarc                jsontape.Value // what twarc says of it
	users, tweets, media map[string]jsontape.Value
	err                  *RecordError // makes every record of the page a reject
}

// What is read of a document, a post or another item. Of a post that another
// refers to, the first are.
const (
	inAuthor = iota
	inAnswered
	inEntities
	inReferenced
	inTwarc
	inID
	inData
	inIncludes
	inErrors
	inMeta
	inTitle
	inDetail
	inText
	inAuthorID
	inHistory
	inUsername
	inCreatedAt
	inNote
	inLang
	inAttachments
	inMetrics
)

var itemNames = []string{
	inAuthor: "author", inAnswered: "in_reply_to_user", inEntities: "entities", inReferenced: "referenced_tweets",
	inTwarc: "__twarc", inID: "id", inData: "data", inIncludes: "includes", inErrors: "errors", inMeta: "meta", inTitle: "title", inDetail: "detail",
	inText: "text", inAuthorID: "author_id", inHistory: "edit_history_tweet_ids", inUsername: "username", inCreatedAt: "created_at",
	inNote: "note_tweet", inLang: "lang", inAttachments: "attachments", inMetrics: "public_metrics",
}

var (
	itemKeys     = jsontape.KeysOf(itemNames...)
	referredKeys = jsontape.KeysOf(itemNames[:inReferenced+1]...)
)

// What is read of the counts of a post.
const (
	ofLikes = iota
	ofReplies
	ofReposts
	ofQuotes
	ofViews
	ofSaves
)

var postMetricKeys = jsontape.KeysOf([]string{ofLikes: "like_count", ofReplies: "reply_count", ofReposts: "retweet_count", ofQuotes: "quote_count",
	ofViews: "impression_count", ofSaves: "bookmark_count"}...)

func (x *xV2) page(twarc jsontape.Value, line int64) page {
	f := jsonFields{line: line}
	twarc = f.object(twarc, "__twarc")
	at := f.time(twarc.Get("retrieved_at"), "__twarc.retrieved_at", time.RFC3339Nano)
	return page{observation: observed(at, x.file), twarc: twarc, err: f.err}
}

// asked tells whether the collector asked for attachments: what has none shows
// none then.
func (p *page) asked() bool {
	return bytes.Contains(p.twarc.GetStringBytes("url"), []byte("attachments"))
}

func (x *xV2) record(v jsontape.Value, rec Record, into *Batch) error {
	if v.Type() != jsontape.Object {
		return &RecordError{Line: rec.Line, Found: shorten(v.String(), 80), Want: notJSON}
	}
	m := v.Members(itemKeys)
	p := x.page(m[inTwarc], rec.Line)
	p.cut = rec.Cut
	if m[inID].Type() == jsontape.Null {
		switch {
		case m[inData].Exists() || m[inIncludes].Exists() || m[inErrors].Exists() || m[inMeta].Exists():
			return x.pageRecords(m, &p, rec.Line, into)
		case m[inTitle].Type() != jsontape.Null && m[inDetail].Type() != jsontape.Null:
			into.Filter(errorTitle(v))
			return nil
		}
	}
	return x.item(v, m, &p, rec.Line, rec.Raw, into)
}

// pageRecords takes each post or user of a page, and each of its errors.
func (x *xV2) pageRecords(m []jsontape.Value, p *page, line int64, into *Batch) error {
	f := jsonFields{line: line, err: p.err}
	includes := f.object(m[inIncludes], "includes")
	p.users = byKey(f.list(includes.Get("users"), "includes.users"), "id")
	p.tweets = byKey(f.list(includes.Get("tweets"), "includes.tweets"), "id")
	p.media = byKey(f.list(includes.Get("media"), "includes.media"), "media_key")
	errs := f.list(m[inErrors], "errors")
	p.err = f.err
	for _, u := range includes.GetArray("users") {
		p.account(u, line, into)
	}
	items := m[inData].GetArray()
	if d := m[inData]; d.Type() != jsontape.Array && d.Type() != jsontape.Null {
		items = []jsontape.Value{d}
	}
	var raw []byte
	for _, item := range items {
		raw = item.AppendTo(raw[:0])
		if err := x.item(item, item.Members(itemKeys), p, line, raw, into); err != nil {
			return err
		}
	}
	for _, e := range errs {
		into.Filter(errorTitle(e))
	}
	if p.err != nil && len(items)+len(errs) == 0 {
		return p.err
	}
	return nil
}

// errorTitle is the reason for which the API left something out.
func errorTitle(e jsontape.Value) string {
	if t := head(e.GetStringBytes("title")); t != "" {
		return shorten(t, 80)
	}
	return "error without a title"
}

func byKey(values []jsontape.Value, key string) map[string]jsontape.Value {
	m := make(map[string]jsontape.Value, len(values))
	for _, v := range values {
		if k := v.Text(key); k != "" {
			m[k] = v
		}
	}
	return m
}

// item decodes one record: a post or a user, with its members m. Kinds of files
// that hold neither are refused by name.
func (x *xV2) item(v jsontape.Value, m []jsontape.Value, p *page, line int64, raw []byte, into *Batch) error {
	f := jsonFields{line: line, err: p.err}
	switch {
	case v.Type() != jsontape.Object:
		f.fail("data", shorten(v.String(), 80), "expected a post or a user")
	case m[inText].Exists() || m[inAuthorID].Exists() || m[inHistory].Exists():
		x.tweet(m, p, &f, raw, into)
	case m[inUsername].Exists():
		switch {
		case p.at.OK || p.err != nil:
		case p.cut:
			f.fail("__twarc.retrieved_at", "", "the file is cut before it says when this page was collected; copy or collect it again, or give observed_at beside the file in study.toml")
		default:
			return noTime
		}
		p.user(v, &f, into)
	case v.Exists("tweet_count") && v.Exists("start"):
		return &Refused{Reason: "it holds counts of posts by time (twarc2 counts), not posts; collect the posts with twarc2 search or timeline"}
	case v.Exists("redacted_at") && v.Exists("action"):
		return &Refused{Reason: "it is the answer of a compliance check (twarc2 compliance-job): it says which posts were deleted, and holds none"}
	case v.Exists("name") && (v.Exists("member_count") || v.Exists("follower_count") || v.Exists("owner_id") || v.Exists("private")):
		return &Refused{Reason: "it holds lists of accounts as X names them, neither posts nor accounts; collect the members with twarc2 list-members"}
	default:
		f.fail("", shorten(v.String(), 80), "expected a post or a user of X, API v2")
	}
	if f.err != nil {
		into.Reject(line, f.err.Field, f.err.reason(), head(raw))
	}
	return nil
}

// xV2ID returns an id, which API v2 writes as text.
func xV2ID(f *jsonFields, v jsontape.Value, field string) string {
	if v.Type() == jsontape.Number {
		f.fail(field, v.String(), "expected the id as text; a program that makes it a number may have rounded it")
		return ""
	}
	id := f.text(v, field)
	if want := xID(id); id != "" && want != "" {
		f.fail(field, id, want)
	}
	return id
}

// What is read of a user.
const (
	ofID = iota
	ofUsername
	ofName
	ofMetrics
)

var userKeys = jsontape.KeysOf([]string{ofID: "id", ofUsername: "username", ofName: "name", ofMetrics: "public_metrics"}...)

const (
	ofFollowers = iota
	ofFollowing
	ofPosts
)

var userMetricKeys = jsontape.KeysOf([]string{ofFollowers: "followers_count", ofFollowing: "following_count", ofPosts: "tweet_count"}...)

// xUser decodes a user with the members u, and the counts of it.
func xUser(f *jsonFields, u []jsontape.Value) (ref Ref, followers, following, posts datasets.Opt[int64]) {
	ref = Ref{Platform: "x", ID: xV2ID(f, u[ofID], "id"), Handle: f.text(u[ofUsername], "username"), Name: nameIn(u[ofName])}
	followers, following, posts = xCounts(f, u)
	return ref, followers, following, posts
}

func xCounts(f *jsonFields, u []jsontape.Value) (followers, following, posts datasets.Opt[int64]) {
	m := f.object(u[ofMetrics], "public_metrics").Members(userMetricKeys)
	return f.count(m[ofFollowers], "public_metrics.followers_count"),
		f.count(m[ofFollowing], "public_metrics.following_count"),
		f.count(m[ofPosts], "public_metrics.tweet_count")
}

// user decodes a user that is a record, of a page with a time.
func (p *page) user(u jsontape.Value, f *jsonFields, into *Batch) {
	ref, followers, following, posts := xUser(f, u.Members(userKeys))
	if ref.ID == "" {
		f.fail("id", "", "expected the id of the account")
	}
	if f.err == nil {
		into.Snapshots = append(into.Snapshots, p.snapshot(f.line, ref, followers, following, posts))
	}
}

// account notes a user that stands beside posts; one without an id, counts or
// time says nothing.
func (p *page) account(u jsontape.Value, line int64, into *Batch) {
	if p.at.OK && u.Exists("public_metrics") {
		f := jsonFields{line: line}
		ref, followers, following, posts := xUser(&f, u.Members(userKeys))
		p.seen(ref, followers, following, posts, &f, into)
	}
}

// author notes the author of a post, who has the members u. The post was read as
// one of that reference, whose id is what the post says.
func (p *page) author(u []jsontape.Value, ref Ref, line int64, into *Batch) {
	if p.at.OK && u[ofMetrics].Exists() {
		f := jsonFields{line: line}
		if id := u[ofID]; ref.ID == "" || string(id.GetStringBytes()) != ref.ID {
			ref.ID = xV2ID(&f, id, "id")
		}
		followers, following, posts := xCounts(&f, u)
		p.seen(ref, followers, following, posts, &f, into)
	}
}

func (p *page) seen(ref Ref, followers, following, posts datasets.Opt[int64], f *jsonFields, into *Batch) {
	if f.err == nil && ref.ID != "" && (followers.OK || following.OK || posts.OK) {
		into.seen(p.snapshot(f.line, ref, followers, following, posts))
	}
}

// embedded notes the users inside a flattened post beside its author.
func (p *page) embedded(t []jsontape.Value, line int64, into *Batch) {
	if !p.at.OK {
		return
	}
	p.account(t[inAnswered], line, into)
	for _, m := range t[inEntities].GetArray("mentions") {
		p.account(m, line, into)
	}
	for _, r := range t[inReferenced].GetArray() {
		m := r.Members(referredKeys)
		p.account(m[inAuthor], line, into)
		p.embedded(m, line, into)
	}
}

func (x *xV2) tweet(t []jsontape.Value, p *page, f *jsonFields, raw []byte, into *Batch) {
	id := xV2ID(f, t[inID], "id")
	if id == "" {
		f.fail("id", "", "expected the id of the post")
	}
	author := f.object(t[inAuthor], "author")
	named := author.Members(userKeys)
	ref := Ref{Platform: "x", ID: xV2ID(f, t[inAuthorID], "author_id")}
	if !author.Exists() {
		named = p.users[ref.ID].Members(userKeys)
	}
	authorID := ref.ID
	handle, name := f.text(named[ofUsername], "author.username"), nameIn(named[ofName])
	ref.Handle, ref.Name = handle, name
	if ref.ID == "" {
		ref.ID = xV2ID(f, named[ofID], "author.id")
	}
	if ref.ID == "" && ref.Handle == "" {
		ref = x.file.Account
		ref.Platform = "x"
	}
	if ref.ID == "" && ref.Handle == "" {
		f.fail("author_id", "", "the post does not name its author; ask the API for author_id, or name the account in study.toml")
	}

	// The row is large: it is made where it stays.
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: f.line})
	post := &into.Posts[len(into.Posts)-1].Row
	post.Platform, post.PostID, post.Parts, post.Digest = "x", id, 1, xxh3.Hash(raw)
	p.of(&post.Post)
	post.CreatedAt = f.time(t[inCreatedAt], "created_at", time.RFC3339Nano)
	if history := f.list(t[inHistory], "edit_history_tweet_ids"); len(history) > 0 && string(history[0].GetStringBytes()) != id {
		if first := xV2ID(f, history[0], "edit_history_tweet_ids"); first != "" && first != id {
			post.PostID, post.EditedAt, post.CreatedAt = first, post.CreatedAt, xCreated(first)
		}
	}
	if !post.CreatedAt.OK {
		post.CreatedAt = xCreated(post.PostID)
	}
	post.URL = into.xURL(ref.Handle, post.PostID)
	original := p.references(t[inReferenced], f, post)
	post.PostType = postType(&post.Post)

	shown := t // whose text and media the post shows
	if original.Exists() {
		shown = original.Members(itemKeys)
	}
	long := f.object(shown[inNote], "note_tweet")
	if post.Text = optString(f.text(long.Get("text"), "note_tweet.text")); !post.Text.OK {
		post.Text = optString(f.text(shown[inText], "text"))
	}
	post.LanguageGiven = optString(f.text(t[inLang], "lang"))
	post.MediaType = p.mediaType(shown, f, post.PostType == datasets.Repost && !original.Exists())
	if post.PostType != datasets.Repost {
		m := f.object(t[inMetrics], "public_metrics").Members(postMetricKeys)
		post.Counts = datasets.Counts{
			Like:    f.count(m[ofLikes], "public_metrics.like_count"),
			Comment: f.count(m[ofReplies], "public_metrics.reply_count"),
			Share:   f.count(m[ofReposts], "public_metrics.retweet_count"),
			Quote:   f.count(m[ofQuotes], "public_metrics.quote_count"),
			View:    f.count(m[ofViews], "public_metrics.impression_count"),
			Save:    f.count(m[ofSaves], "public_metrics.bookmark_count"),
		}
	}
	if f.err != nil {
		into.Posts = into.Posts[:len(into.Posts)-1]
		return
	}
	if author.Exists() {
		p.author(named, Ref{Platform: "x", ID: authorID, Handle: handle, Name: name}, f.line, into)
	}
	p.embedded(t, f.line, into)
}

// references fills in which posts the post answers, repeats and quotes, and
// returns the one that it repeats where the file holds it.
func (p *page) references(list jsontape.Value, f *jsonFields, post *Post) (original jsontape.Value) {
	for _, r := range f.list(list, "referenced_tweets") {
		id := xV2ID(f, r.Get("id"), "referenced_tweets.id")
		if id == "" {
			f.fail("referenced_tweets.id", "", "expected the id of the post that is referred to")
		}
		kind := r.Get("type")
		switch string(kind.GetStringBytes()) {
		case "retweeted":
			post.RepostOfID = datasets.Some(id)
			if original = p.tweets[id]; r.Exists("text") {
				original = r
			}
		case "replied_to":
			post.ReplyToID = datasets.Some(id)
		case "quoted":
			post.QuoteOfID = datasets.Some(id)
		default:
			f.fail("referenced_tweets.type", f.text(kind, "referenced_tweets.type"), "expected retweeted, replied_to or quoted")
		}
	}
	return original
}

// postType is the type by what a post refers to.
func postType(p *datasets.Post) string {
	switch {
	case p.RepostOfID.OK:
		return datasets.Repost
	case p.ReplyToID.OK:
		return datasets.Reply
	case p.QuoteOfID.OK:
		return datasets.Quoted
	}
	return datasets.Original
}

// mediaType tells what a post shows. A repost without its original shows what
// the original does, which only attachments can tell.
func (p *page) mediaType(t []jsontape.Value, f *jsonFields, blind bool) datasets.Opt[string] {
	at := f.object(t[inAttachments], "attachments")
	if media := f.list(at.Get("media"), "attachments.media"); len(media) > 0 {
		return xMedia(len(media), f.text(media[0].Get("type"), "attachments.media.type"))
	}
	if keys := f.list(at.Get("media_keys"), "attachments.media_keys"); len(keys) > 0 {
		first := p.media[string(keys[0].GetStringBytes())]
		return xMedia(len(keys), f.text(first.Get("type"), "includes.media.type"))
	}
	if at.Exists("poll_ids") || at.Exists("poll") {
		return datasets.Some("poll")
	}
	if blind {
		return datasets.None[string]()
	}
	media := false
	for _, u := range t[inEntities].GetArray("urls") {
		if u.Exists("media_key") {
			media = true
		} else if xLink(u.Text("expanded_url")) {
			return datasets.Some("link")
		}
	}
	if !media && p.asked() {
		return datasets.Some("text")
	}
	return datasets.None[string]()
}
