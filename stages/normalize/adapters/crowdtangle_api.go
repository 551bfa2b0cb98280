package adapters

import (
	"cmp"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// CrowdTangleAPI reads what the API of CrowdTangle answered.
var CrowdTangleAPI = Adapter{
	Name: "crowdtangle_api", Tables: []string{"posts", "account_snapshots"}, Version: 1,
	Doc: "Posts of Facebook and Instagram as the API of CrowdTangle gave them, JSON: pages with result.posts, one or many a file, a list of posts, or one a line. " + crowdTangleAPIDoc +
		" followers_at_posting is subscriberCount of the post. What history gives beside a post is not read.",
	Lacks:  crowdTangleAPILacks,
	Detect: detectCrowdTangleAPI,
	Split: func(r io.Reader, yield func(Record, error) bool) {
		(&jsonSplitter{blocks: blocks{r: r}, line: 1, lists: []string{"posts", "result.posts"}}).run(yield)
	},
	New: func(f File) (Decoder, error) {
		c := &crowdTangleAPI{file: f}
		return func(rec Record, into *Batch) error {
			return eachPage(&c.parsers, rec, into, func(v jsontape.Value, rec Record) error { return c.page(v, rec, into) })
		}, nil
	},
}

const (
	crowdTangleAPIDoc = "Times are UTC. The counts are those of statistics.actual, never of statistics.expected, and were observed at updated, when CrowdTangle last read them. like_count is the sum of all reactions on Facebook, and favoriteCount on Instagram. " +
		"The id of a post is what follows the page in platformId on Facebook, and the short code in the address on Instagram, as in exports of the dashboard. A post whose link is a post of another page is a quote, or a repost where it has no message of its own. " +
		"subscriberCount of the account is what it had when the API was asked, which is not updated: it dates by observed_at in study.toml."
	crowdTangleAPILacks = "Deleted posts, views and, on Instagram, shares are not there. Until 26 January 2021 CrowdTangle counted who likes a Facebook page instead of its followers: of posts last updated before, subscriberCount is left out, unless observed_at in study.toml is later. " +
		"A dashboard could be set to go on counting likes; the file does not say so. A subscriberCount of 0 stands for none. When the API was asked is not in it: give observed_at in study.toml, or account.subscriberCount cannot be dated and is left out."
)

func detectCrowdTangleAPI(head []byte, _ string) bool {
	p := jsonPaths(head)
	for _, in := range []string{"", "posts.", "result.posts."} {
		if p[in+"platformId"] && p[in+"date"] && (p[in+"statistics"] || p[in+"postUrl"] && p[in+"account"]) {
			return true
		}
	}
	return p["result.posts"] && p["status"]
}

type crowdTangleAPI struct {
	file    File
	parsers jsontape.Pool
}

// page reads an answer, or one post.
func (c *crowdTangleAPI) page(v jsontape.Value, rec Record, into *Batch) error {
	if v.Type() != jsontape.Object {
		return &RecordError{Line: rec.Line, Found: shorten(v.String(), 80), Want: notJSON}
	}
	if has(v, "platformId") || has(v, "postUrl") {
		c.item(v, rec.Line, xxh3.Hash(rec.Raw), head(rec.Raw), into)
		return nil
	}
	f := jsonFields{line: rec.Line}
	result := f.object(v.Get("result"), "result")
	if !result.Exists() {
		result = v
	}
	for _, other := range []string{"accountStatistics", "lists", "accounts", "summary"} {
		if has(result, other) && !has(result, "posts") {
			return &Refused{Reason: "it is an answer of CrowdTangle without posts (" + other + "); ask the API for posts"}
		}
	}
	posts := f.list(result.Get("posts"), "posts")
	if f.err != nil {
		return f.err
	}
	if posts == nil && !has(result, "posts") {
		if has(v, "message") {
			into.Filter("error: " + shorten(head(v.GetStringBytes("message")), 80))
			return nil
		}
		return &RecordError{Line: rec.Line, Found: head(rec.Raw), Want: "expected a post, or an answer with result.posts"}
	}
	var raw []byte
	for _, p := range posts {
		raw = p.AppendTo(raw[:0])
		c.item(p, rec.Line, xxh3.Hash(raw), head(raw), into)
	}
	return nil
}

// item decodes one post.
func (c *crowdTangleAPI) item(v jsontape.Value, line int64, digest uint64, shown string, into *Batch) {
	f := jsonFields{line: line}
	if v.Type() != jsontape.Object {
		f.fail("", shorten(v.String(), 80), "expected a post")
	}
	account := f.object(v.Get("account"), "account")
	platform := strings.ToLower(cmp.Or(f.text(v.Get("platform"), "platform"), f.text(account.Get("platform"), "account.platform"), c.file.Platform))
	if f.err == nil && platform == "reddit" {
		into.Filter("post on reddit")
		return
	}
	p := Post{Digest: digest}
	p.Platform, p.Parts, p.PostType = platform, 1, datasets.Original
	p.CreatedAt = f.time(v.Get("date"), "date", crowdTangleTimes...)
	p.LanguageGiven = optString(strings.TrimPrefix(f.text(v.Get("languageCode"), "languageCode"), "und"))
	updated := f.time(v.Get("updated"), "updated", crowdTangleTimes...)
	observed(updated, c.file).of(&p.Post)
	p.MediaType = crowdTangleMedia(crowdTangleAPITypes[f.text(v.Get("type"), "type")])
	if kind := f.text(v.Get("type"), "type"); kind != "" && !p.MediaType.OK {
		p.MediaType = datasets.Some("other")
	}
	ref := Ref{Platform: platform, ID: wholeID(&f, account.Get("platformId"), "account.platformId"),
		Handle: strings.TrimPrefix(f.text(account.Get("handle"), "account.handle"), "@"), Name: f.text(account.Get("name"), "account.name")}
	switch platform {
	case "facebook":
		c.facebook(v, &f, &p.Post, &ref)
	case "instagram":
		c.instagram(v, &f, &p.Post)
	default:
		f.fail("platform", platform, "expected facebook or instagram; give platform in study.toml where the file does not say")
	}
	if ref.ID == "" && ref.Handle == "" {
		ref = c.file.Account
		ref.Platform = platform
	}
	if ref.ID == "" && ref.Handle == "" {
		f.fail("account", "", "the post does not name its account; name it in study.toml")
	}
	followers := platform != "facebook" || max(updated.V, c.file.Observed.V) >= followersSince
	if followers {
		p.FollowersAtPosting = someSubscribers(&f, v.Get("subscriberCount"), "subscriberCount")
	}
	now := someSubscribers(&f, account.Get("subscriberCount"), "account.subscriberCount")
	if f.err != nil {
		into.Reject(line, f.err.Field, f.err.reason(), shown)
		return
	}
	if p.PostType == datasets.Repost {
		p.Counts = datasets.Counts{}
	}
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: line, Row: p})
	into.followersAtPosting(&ref, line, &p.Post)
	if o := observed(datasets.None[datasets.Micros](), c.file); o.at.OK && now.OK && followers {
		row := o.snapshot(line, ref, now, datasets.None[int64](), datasets.None[int64]())
		row.Row.Platform = platform
		into.seen(row)
	}
}

// crowdTangleTimes are how times are written; they are UTC.
var crowdTangleTimes = []string{"2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", time.RFC3339, "2006-01-02T15:04:05"}

// followersSince is when CrowdTangle began to give the followers of Facebook
// pages as subscriberCount: 26 January 2021. (Its API's documentation of Account.)
var followersSince = datasets.MicrosOf(time.Date(2021, 1, 26, 0, 0, 0, 0, time.UTC))

// crowdTangleAPITypes are the types of posts as dashboards call them.
var crowdTangleAPITypes = map[string]string{
	"photo": "Photo", "link": "Link", "status": "Status", "album": "Album", "video": "Video", "native_video": "Native Video",
	"live_video": "Live Video", "live_video_complete": "Live Video Complete", "live_video_scheduled": "Live Video Scheduled",
	"youtube": "YouTube", "vine": "Video", "igtv": "IGTV", "reel": "Reel", "trailer": "Video", "episode": "Video", "extra_clip": "Video",
}

func (c *crowdTangleAPI) facebook(v jsontape.Value, f *jsonFields, p *datasets.Post, ref *Ref) {
	id := wholeID(f, v.Get("platformId"), "platformId")
	address, ok := facebookPost(f.text(v.Get("postUrl"), "postUrl"))
	p.URL = address.url
	page, post, both := strings.Cut(id, "_")
	switch {
	case both && isDigits(page) && isDigits(post):
		p.PostID = post
		if ref.ID == "" && ref.Handle == "" {
			ref.ID = page
		}
	case isDigits(id):
		p.PostID = id
	case id == "" && ok:
		p.PostID = address.id
	default:
		f.fail("platformId", id, "expected the ids of the page and of the post, such as 123_456")
	}
	p.Text = ownText(f.text(v.Get("message"), "message"))
	count := func(name string) datasets.Opt[int64] {
		return plainCount(f, v.Get("statistics", "actual", name), "statistics.actual."+name)
	}
	p.Counts = datasets.Counts{Like: crowdTangleReactions(count), Comment: count("commentCount"), Share: count("shareCount")}
	links := []string{f.text(v.Get("link"), "link")}
	for _, l := range v.GetArray("expandedLinks") {
		links = append(links, l.Text("expanded"))
	}
	shareOf(p, links, ref.Handle, address.owner, ref.ID, page)
}

func (c *crowdTangleAPI) instagram(v jsontape.Value, f *jsonFields, p *datasets.Post) {
	found := f.text(v.Get("postUrl"), "postUrl")
	address, ok := instagramPost(found)
	if !ok {
		found, _, _ = strings.Cut(found, "?")
		f.fail("postUrl", found, "expected the address of a post on Instagram")
	}
	p.PostID, p.URL = address.id, address.url
	p.Text = optString(cmp.Or(f.text(v.Get("description"), "description"), f.text(v.Get("message"), "message")))
	p.Counts.Like = plainCount(f, v.Get("statistics", "actual", "favoriteCount"), "statistics.actual.favoriteCount")
	p.Counts.Comment = plainCount(f, v.Get("statistics", "actual", "commentCount"), "statistics.actual.commentCount")
}

// crowdTangleReactions is the sum of all reactions; absent where one is missing that
// there always was.
func crowdTangleReactions(count func(name string) datasets.Opt[int64]) datasets.Opt[int64] {
	var sum int64
	for _, kind := range []string{"like", "love", "wow", "haha", "sad", "angry", "thankful", "care"} {
		n := count(kind + "Count")
		if !n.OK && !slices.Contains([]string{"thankful", "care"}, kind) {
			return datasets.None[int64]()
		}
		sum += n.V
	}
	return datasets.Some(sum)
}

// someSubscribers is a number of subscribers; 0 stands for none.
func someSubscribers(f *jsonFields, v jsontape.Value, field string) datasets.Opt[int64] {
	n := plainCount(f, v, field)
	n.OK = n.OK && n.V > 0
	return n
}

// plainNumber is a whole number, which programs write as 12.0 too.
var plainNumber = regexp.MustCompile(`^([0-9]+)(?:\.0+)?$`)

// plainCount reads a count that is a number, or the text of one, as tables have.
func plainCount(f *jsonFields, v jsontape.Value, field string) (none datasets.Opt[int64]) {
	var s string
	switch {
	case v.Type() == jsontape.Null:
		return none
	case v.Type() == jsontape.String:
		s = strings.TrimSpace(v.Text())
	default:
		s = v.String()
	}
	m := plainNumber.FindStringSubmatch(s)
	if m == nil {
		f.fail(field, shorten(s, 80), "expected a whole number from 0")
		return none
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		f.fail(field, s, "expected a count below 9 223 372 036 854 775 807")
		return none
	}
	return datasets.Some(n)
}

// wholeID reads an id that is a text or a number.
func wholeID(f *jsonFields, v jsontape.Value, field string) string {
	if v.Type() == jsontape.Null {
		return ""
	}
	s := v.String()
	if v.Type() == jsontape.String {
		s = strings.TrimSpace(f.text(v, field))
	} else if v.Type() != jsontape.Number {
		f.fail(field, shorten(s, 80), "expected an id")
	}
	if isRuined(s) {
		f.fail(field, s, ruined)
	}
	return s
}
