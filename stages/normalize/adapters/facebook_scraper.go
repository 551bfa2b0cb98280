package adapters

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// FacebookScraper reads the JSON of facebook-scraper.
var FacebookScraper = Adapter{
	Name: "facebook_scraper", Tables: []string{"posts"}, Version: 1,
	Doc:    "Posts of pages and groups of Facebook as facebook-scraper (kevinzg) wrote them, JSON: a list, also one with holes or without its end, or one post a line. " + facebookScraperDoc,
	Lacks:  facebookScraperLacks,
	Detect: detectFacebookScraper,
	Split:  splitJSON,
	New: func(f File) (Decoder, error) {
		s := &facebookScraper{file: f}
		return func(rec Record, into *Batch) error {
			return eachJSON(&s.parsers, rec, into, func(v jsontape.Value, rec Record) error {
				if v.Type() != jsontape.Object {
					return &RecordError{Line: rec.Line, Found: shorten(v.String(), 80), Want: notJSON}
				}
				return s.post(v, rec.Line, xxh3.Hash(rec.Raw), into)
			})
		}, nil
	},
}

const (
	facebookScraperDoc = "The time is timestamp; time and fetched_time, when the post was collected, are those of the computer's clock, whose zone study.toml gives. The text is what the account wrote itself (post_text). " +
		"like_count is reaction_count, else the larger of likes and the sum of reactions: likes alone are sometimes only those of the kind like. view_count is video_watches. " +
		"A post that shares another is a quote, or a repost where it has no text of its own. A post that was deleted or closed (available: False) is left out, and so is one of which nothing could be read."
	facebookScraperLacks = "A count of 0 stands also for one that was not found, so that it is left out, but for reaction_count. Large counts can be rounded as the page shows them (1.2K), which the file does not tell. " +
		"Without the option for reactions there is no fetched_time: give observed_at in study.toml. The language, the followers: add a sheet of account snapshots."
)

func detectFacebookScraper(head []byte, _ string) bool {
	p := jsonPaths(head)
	return p["post_id"] && p["post_text"] && p["shared_text"]
}

type facebookScraper struct {
	file    File
	parsers jsontape.Pool
}

// post decodes one post.
func (s *facebookScraper) post(v jsontape.Value, line int64, digest uint64, into *Batch) error {
	f := jsonFields{line: line}
	text := func(key string) string { return f.text(v.Get(key), key) }
	if a := v.Get("available"); a.Type() == jsontape.False || a.Text() == "False" {
		into.Filter("not available when it was collected")
		return nil
	}
	address, addressed := facebookPost(text("post_url"))
	p := datasets.Post{Platform: "facebook", PostID: wholeID(&f, v.Get("post_id"), "post_id"), Parts: 1, URL: address.url, PostType: datasets.Original}
	if p.PostID == "" && addressed {
		p.PostID = address.id
	}
	if p.PostID == "" && f.err == nil && !has(v, "timestamp") && !has(v, "time") && text("text") == "" {
		into.Filter("nothing of the post could be read")
		return nil
	}
	if !isDigits(p.PostID) && !strings.HasPrefix(p.PostID, "pfbid") {
		f.fail("post_id", p.PostID, "expected the id of the post")
	}
	if sec := plainCount(&f, v.Get("timestamp"), "timestamp"); sec.OK {
		p.CreatedAt = f.epoch(sec, seconds, "timestamp")
	} else {
		p.CreatedAt = s.local(&f, text("time"), "time", true)
	}
	observed(s.local(&f, text("fetched_time"), "fetched_time", !s.file.Observed.OK), s.file).of(&p)
	s.texts(v, &f, &p)
	p.MediaType = facebookScraperMedia(v)
	p.Counts = facebookScraperCounts(v, &f)
	if p.PostType == datasets.Repost {
		p.Counts = datasets.Counts{}
	}
	ref := s.account(v, &f, address)
	if f.err != nil {
		return f.err
	}
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: line, Row: Post{Post: p, Digest: digest}})
	return nil
}

// local reads a time of the collecting computer's clock; without its zone it is
// an error where it is needed.
func (s *facebookScraper) local(f *jsonFields, text, field string, needed bool) (none datasets.Opt[datasets.Micros]) {
	text = strings.TrimSpace(text)
	if text == "" {
		return none
	}
	wall, err := time.Parse("2006-01-02 15:04:05", strings.Replace(text, "T", " ", 1))
	switch {
	case err != nil:
		f.fail(field, text, "expected a time like 2024-01-31 09:30:00")
		return none
	case s.file.Zone == nil && !needed:
		return none
	case s.file.Zone == nil:
		const zone = "write the zone of the computer that collected the posts beside the file in study.toml, for instance zone = \"Asia/Almaty\""
		if f.err == nil {
			f.fail(field, text, "the time has no time zone; "+zone)
			f.err.All = &Refused{Reason: "its times have no time zone; " + zone}
		}
		return none
	}
	at, err := wallTime(wall, s.file.Zone, "")
	if err != nil {
		f.fail(field, text, err.Error())
	}
	return datasets.Some(datasets.MicrosOf(at))
}

// texts reads what the account wrote, and what it shares.
func (s *facebookScraper) texts(v jsontape.Value, f *jsonFields, p *datasets.Post) {
	own := f.text(v.Get("post_text"), "post_text")
	shared := wholeID(f, v.Get("shared_post_id"), "shared_post_id")
	other := shared != "" || f.text(v.Get("shared_post_url"), "shared_post_url") != "" || f.text(v.Get("shared_username"), "shared_username") != ""
	if own == "" && !other && !has(v, "shared_text") {
		own = f.text(v.Get("text"), "text")
	}
	if p.Text = optString(own); !other {
		return
	}
	if p.Text.OK {
		p.PostType, p.QuoteOfID = datasets.Quoted, optString(shared)
	} else {
		p.PostType, p.RepostOfID = datasets.Repost, optString(shared)
	}
}

// facebookScraperCounts reads the counts; 0 stands for what was not found.
func facebookScraperCounts(v jsontape.Value, f *jsonFields) datasets.Counts {
	some := func(field string) datasets.Opt[int64] {
		n := plainCount(f, v.Get(field), field)
		n.OK = n.OK && n.V > 0
		return n
	}
	c := datasets.Counts{Like: plainCount(f, v.Get("reaction_count"), "reaction_count"), Comment: some("comments"), Share: some("shares"), View: some("video_watches")}
	if c.Like.OK {
		return c
	}
	c.Like = some("likes")
	if kinds := f.object(v.Get("reactions"), "reactions"); kinds.Exists() {
		var sum int64
		kinds.Visit(func(kind []byte, n jsontape.Value) { sum += plainCount(f, n, "reactions").V })
		if sum > c.Like.V {
			c.Like = datasets.Some(sum)
		}
	}
	return c
}

// facebookScraperMedia tells what a post shows. Of a picture beside a link it
// cannot be told whose it is, unless the picture has an id on Facebook.
func facebookScraperMedia(v jsontape.Value) (none datasets.Opt[string]) {
	text := func(key string) bool { return len(v.GetStringBytes(key)) > 0 }
	pictures := len(v.GetArray("images"))
	switch {
	case text("video") || text("video_id") || has(v, "video_id"):
		return datasets.Some("video")
	case pictures > 1:
		return datasets.Some("album")
	case has(v, "image_id"):
		return datasets.Some("photo")
	case (pictures > 0 || text("image")) && text("link"):
		return none
	case pictures > 0 || text("image"):
		return datasets.Some("photo")
	case text("link"):
		return datasets.Some("link")
	case text("image_lowquality"):
		return none
	}
	return datasets.Some("text")
}

// account is who posted: username is the name above the post, and the handle
// stands in the address of its page.
func (s *facebookScraper) account(v jsontape.Value, f *jsonFields, address postAddress) Ref {
	ref := Ref{Platform: "facebook", ID: wholeID(f, v.Get("user_id"), "user_id"), Name: f.text(v.Get("username"), "username")}
	if u, err := url.Parse(f.text(v.Get("user_url"), "user_url")); err == nil && onSite(u, "facebook.com") {
		path := strings.Trim(u.EscapedPath(), "/")
		if path != "" && !strings.ContainsAny(path, "/%") && !strings.HasSuffix(path, ".php") && !isDigits(path) {
			ref.Handle = path
		}
	}
	group := strings.Contains(address.url.V, "/groups/")
	if owner := address.owner; ref.Handle == "" && !isDigits(owner) && !group {
		ref.Handle = owner
	}
	if ref.ID == "" && ref.Handle == "" && !group {
		ref.ID = cmp.Or(address.owner, wholeID(f, v.Get("page_id"), "page_id"))
	}
	if ref.ID == "" && ref.Handle == "" {
		ref = s.file.Account
		ref.Platform = "facebook"
	}
	if ref.ID == "" && ref.Handle == "" {
		f.fail("user_id", "", "the post does not name its account; name it in study.toml")
	}
	return ref
}
