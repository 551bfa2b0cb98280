package adapters

import (
	"bytes"
	"cmp"
	"html"
	"io"
	"regexp"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// YouTubeAPI reads videos and channels as the YouTube Data API gives them.
var YouTubeAPI = Adapter{
	Name: "youtube_api", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "What the YouTube Data API v3 answers to videos, channels, search and playlistItems: pages, lists of pages or of items, or one a line; counts as texts or numbers. " +
		"The text of a video is its title; language_given is defaultLanguage, that of title and description. An item of a playlist was posted when its video was published, and is a post of the channel that owns the video; deleted and private videos are left out. " +
		"A video without likeCount hides it, one without commentCount has no comments; what a search or a playlist found has no counts. " +
		"A channel is an account snapshot at the time that study.toml gives: subscriberCount, missing where the channel hides it, and videoCount. YouTube rounds subscriberCount down to three digits: 15100 is at least 15100 and less than 15200. A handle is customUrl with its @; older names without it are none.",
	Lacks: "When it was collected: give observed_at in study.toml, or views cannot be dated and channels are not read. Shares, which YouTube does not tell. The exact number of subscribers.",
	Detect: func(head []byte, _ string) bool {
		first := bytes.TrimSpace(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))
		if len(first) == 0 || first[0] != '{' && first[0] != '[' {
			return false
		}
		p := jsonPaths(head)
		return youtubeKind.Match(head) && (p["kind"] || p["id.kind"] || p["items.kind"]) || bareStatistics(func(k string) bool { return p[k] }) ||
			p["error.errors.domain"] && p["error.errors.reason"]
	},
	Split: func(r io.Reader, yield func(Record, error) bool) {
		(&jsonSplitter{blocks: blocks{r: r}, line: 1, lists: []string{"items"}}).run(yield)
	},
	New: func(f File) (Decoder, error) {
		y := &youtube{file: f, observed: observed(datasets.None[datasets.Micros](), f)}
		return func(rec Record, into *Batch) error {
			return eachPage(&y.parsers, rec, into, func(v jsontape.Value, rec Record) error {
				p := newPage(into, rec.Line)
				y.answer(v, &p)
				return p.err()
			})
		}, nil
	},
}

var youtubeKind = regexp.MustCompile(`"kind"\s*:\s*"youtube#`)

// bareStatistics tells whether an object is the counts of a video or channel and
// does not say of which.
func bareStatistics(has func(key string) bool) bool {
	return has("viewCount") && (has("hiddenSubscriberCount") || has("favoriteCount")) && !has("id") && !has("kind")
}

type youtube struct {
	file     File
	observed observation
	parsers  jsontape.Pool
}

// youtubeOthers are lists of the API that are not read, in words.
var youtubeOthers = map[string]string{
	"commentThread": "comments", "comment": "comments", "playlist": "playlists, without their videos", "subscription": "subscriptions", "activity": "activities",
	"caption": "captions", "videoCategory": "categories of videos", "channelSection": "sections of a channel", "member": "members of a channel",
}

// answer decodes a page, or an item.
func (y *youtube) answer(v jsontape.Value, p *inPage) {
	f := jsonFields{line: p.line}
	items := v.Get("items")
	switch {
	case v.Type() == jsontape.Array:
		for _, e := range v.GetArray() {
			y.answer(e, p)
		}
		return
	case v.Type() == jsontape.Object && items.Exists():
		list, _, _ := strings.Cut(strings.TrimPrefix(stringField(v, "kind"), "youtube#"), "ListResponse")
		for _, e := range f.list(items, "items") {
			y.item(e, list, p)
		}
	case v.Exists("error", "code"):
		said := strings.TrimRight(shorten(stringField(v.Get("error"), "message"), 120), ".")
		f.fail("error", said, "expected an answer; ask YouTube again")
		f.err.All = &Refused{Reason: "it is no answer but an error of YouTube's API: " + withoutTokens(said) + "; ask YouTube again"}
	case strings.HasSuffix(stringField(v, "kind"), "ListResponse"): // nothing was found
	default:
		y.item(v, "", p)
	}
	p.reject(f.err, []byte(v.String()))
}

// item makes a row of an item of a list of that kind, or leaves it out.
func (y *youtube) item(v jsontape.Value, list string, p *inPage) {
	raw := v.AppendTo(nil)
	f := jsonFields{line: p.line}
	found := v.Get("id", "kind")
	kind := strings.TrimPrefix(cmp.Or(stringField(v, "kind"), list), "youtube#")
	switch {
	case v.Type() != jsontape.Object:
		f.fail("", shorten(head(raw), 80), "expected a video or a channel of YouTube's API")
	case found.Exists(): // by a search
		switch kind := strings.TrimPrefix(found.Text(), "youtube#"); kind {
		case "video":
			y.video(v, v.Get("id", "videoId"), raw, &f, p.into)
		case "channel", "playlist":
			p.into.Filter(kind + " that a search found, without counts")
		default:
			f.fail("id.kind", kind, "expected a video, channel or playlist")
		}
	case kind == "video":
		y.video(v, v.Get("id"), raw, &f, p.into)
	case kind == "channel":
		y.channel(v, &f, p.into)
	case kind == "playlistItem":
		y.playlistItem(v, raw, &f, p.into)
	case youtubeOthers[kind] != "":
		f.fail("kind", kind, "expected a video or a channel")
		f.err.All = &Refused{Reason: "it holds " + youtubeOthers[kind] + " of YouTube, not videos or channels; ask YouTube's API for videos and channels"}
	case bareStatistics(func(k string) bool { return v.Exists(k) }):
		f.fail("id", "", "expected the video or channel whose counts these are")
		f.err.All = &Refused{Reason: "it is the statistics of a video or channel alone, and does not say of which; keep the whole answer of YouTube's API, with ids and part=snippet,statistics"}
	default:
		f.fail("kind", kind, "expected youtube#video, youtube#channel, youtube#searchResult or youtube#playlistItem")
	}
	p.reject(f.err, raw)
}

// post is a video as far as all kinds of items tell it.
func (y *youtube) post(id string, ref Ref, title string, raw []byte, f *jsonFields) Post {
	post := Post{Digest: xxh3.Hash(raw)}
	post.Platform, post.PostID, post.Parts, post.PostType = "youtube", id, 1, datasets.Original
	y.observed.of(&post.Post)
	post.MediaType, post.Text = datasets.Some("video"), optString(title)
	if id == "" {
		f.fail("id", "", "expected the id of the video")
	} else if !youtubeID.MatchString(id) {
		f.fail("id", id, youtubeRuined(id, "expected the id of a video, such as a1B2c3D4e5F"))
	}
	if ref.ID == "" && ref.Handle == "" {
		f.fail("snippet.channelId", "", "expected the channel of the video; ask YouTube again with part=snippet")
	} else if ref.ID != "" && !youtubeChannel.MatchString(ref.ID) {
		f.fail("snippet.channelId", ref.ID, youtubeRuined(ref.ID, "expected the id of a channel, which begins with UC"))
	}
	post.URL = datasets.Some("https://youtu.be/" + id)
	return post
}

// account is whose videos are in a file that does not say so.
func (y *youtube) account() Ref {
	return Ref{Platform: "youtube", ID: y.file.Account.ID, Handle: strings.TrimPrefix(y.file.Account.Handle, "@")}
}

var (
	youtubeID      = regexp.MustCompile(`^[A-Za-z0-9_-]{5,20}$`)
	youtubeChannel = regexp.MustCompile(`^UC[A-Za-z0-9_-]{5,30}$`)
)

// youtubeRuined is what to do about an id that is none.
func youtubeRuined(id, want string) string {
	if isRuined(id) {
		return ruined
	}
	return want
}

func (y *youtube) video(v, id jsontape.Value, raw []byte, f *jsonFields, into *Batch) {
	s := f.object(v.Get("snippet"), "snippet")
	ref := Ref{Platform: "youtube", ID: f.text(s.Get("channelId"), "snippet.channelId"), Name: stringField(s, "channelTitle")}
	if !s.Exists() {
		ref = y.account()
	}
	title := f.text(s.Get("title"), "snippet.title")
	if v.Exists("id", "kind") { // a search writes HTML
		title = html.UnescapeString(title)
	}
	post := y.post(f.text(id, "id"), ref, title, raw, f)
	post.CreatedAt = f.time(s.Get("publishedAt"), "snippet.publishedAt", time.RFC3339)
	post.LanguageGiven = optString(f.text(s.Get("defaultLanguage"), "snippet.defaultLanguage"))
	f.object(v.Get("statistics"), "statistics")
	post.Counts = datasets.Counts{View: f.countOf(v, "statistics.viewCount"), Like: f.countOf(v, "statistics.likeCount"), Comment: f.countOf(v, "statistics.commentCount")}
	if f.err == nil {
		into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: f.line, Row: post})
	}
}

// playlistItem makes a post of the video that stands in a playlist.
func (y *youtube) playlistItem(v jsontape.Value, raw []byte, f *jsonFields, into *Batch) {
	s, c := f.object(v.Get("snippet"), "snippet"), f.object(v.Get("contentDetails"), "contentDetails")
	title := f.text(s.Get("title"), "snippet.title")
	if title == "Deleted video" || title == "Private video" || v.Text("status", "privacyStatus") == "private" {
		into.Filter("deleted or private video")
		return
	}
	ref := Ref{Platform: "youtube", ID: f.text(s.Get("videoOwnerChannelId"), "snippet.videoOwnerChannelId"), Name: stringField(s, "videoOwnerChannelTitle")}
	// The uploads of channel UC… are the playlist UU…, and hold nobody else's.
	list, channel := stringField(s, "playlistId"), f.text(s.Get("channelId"), "snippet.channelId")
	if ref.ID == "" && strings.HasPrefix(list, "UU") && "UC"+list[2:] == channel {
		ref.ID, ref.Name = channel, stringField(s, "channelTitle")
	}
	if !s.Exists() {
		ref = y.account()
	}
	id := f.text(c.Get("videoId"), "contentDetails.videoId")
	if id == "" {
		id = f.text(s.Get("resourceId", "videoId"), "snippet.resourceId.videoId")
	}
	if s.Exists() && ref.ID == "" {
		f.fail("snippet.videoOwnerChannelId", "", "expected the channel that owns the video; ask YouTube for the video itself")
	}
	post := y.post(id, ref, title, raw, f)
	post.CreatedAt = f.time(c.Get("videoPublishedAt"), "contentDetails.videoPublishedAt", time.RFC3339)
	if f.err == nil {
		into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: f.line, Row: post})
	}
}

// noStatistics is why a file of channels is not read.
var noStatistics = &Refused{Reason: "it does not say how many subscribers and videos its channels have: YouTube says so only where it is asked for; ask channels again with part=snippet,statistics"}

// channel makes an account snapshot of a channel.
func (y *youtube) channel(v jsontape.Value, f *jsonFields, into *Batch) {
	ref := Ref{Platform: "youtube", ID: f.text(v.Get("id"), "id"), Name: v.Text("snippet", "title")}
	if handle, ok := strings.CutPrefix(v.Text("snippet", "customUrl"), "@"); ok {
		ref.Handle = handle
	}
	st := f.object(v.Get("statistics"), "statistics")
	subscribers, videos := f.countOf(v, "statistics.subscriberCount"), f.countOf(v, "statistics.videoCount")
	if hidden := st.Get("hiddenSubscriberCount"); hidden.GetBool() || strings.EqualFold(hidden.Text(), "true") {
		subscribers.OK = false
	}
	switch {
	case f.err != nil:
	case !youtubeChannel.MatchString(ref.ID):
		f.fail("id", ref.ID, youtubeRuined(ref.ID, "expected the id of a channel, which begins with UC"))
	case !st.Exists() || !subscribers.OK && !videos.OK:
		f.fail("statistics", "", "expected the counts of the channel; ask YouTube again with part=statistics")
		f.err.All = noStatistics
	case !y.observed.at.OK:
		f.fail("", ref.String(), noTime.Reason)
		f.err.All = noTime
	default:
		row := y.observed.snapshot(f.line, ref, subscribers, datasets.None[int64](), videos)
		row.Row.Platform, row.Row.Followers = "youtube", roundedDown(subscribers, 3)
		into.Snapshots = append(into.Snapshots, row)
	}
}
