package simulate

import (
	"bufio"
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"diplometrics/datasets"

	"github.com/zeebo/xxh3"
)

// Truth is what a simulation knows: every parameter, and what every file has to
// come to. truth/ holds the rows.
type Truth struct {
	Note       string      `json:"note"`
	Version    int         `json:"version"` // of the simulator
	Seed       uint64      `json:"seed"`
	Window     [2]string   `json:"window"`
	Collected  string      `json:"collected_until"`
	Gap        []string    `json:"gap,omitempty"` // days on which the collection of embassies on x stood still: first, and the day after
	Scale      float64     `json:"scale"`         // times which all posting rates were set to get the number of posts asked for
	Parameters *Parameters `json:"parameters"`
	Accounts   []*Account  `json:"accounts"`
	Files      []FileTruth `json:"files"` // by name
	Effects    []Effect    `json:"effects"`
	Posts      int64       `json:"posts"`      // in the tables
	Never      int64       `json:"never_seen"` // made, but in no file: deleted, beyond a cap, or in the gap
}

// FileTruth is what becomes of the records of a file.
type FileTruth struct {
	File     string           `json:"file"`
	Adapter  string           `json:"adapter"`
	Records  int64            `json:"records"`
	Kept     int64            `json:"kept"`
	Merged   int64            `json:"merged"`
	Filtered map[string]int64 `json:"filtered,omitempty"`
	Rejected int64            `json:"rejected"`

	broken int64 // of those rejected
}

func (f *FileTruth) filter(reason string) {
	f.Filtered[reason]++
	f.Records++
}

// Tables of the truth folder, and their columns. Times are RFC 3339 in UTC,
// absent values empty cells.
var truthTables = map[string][]string{
	"posts": {"platform", "account_id", "post_id", "country", "created_at", "post_type", "text_xxh3", "language_given", "media_type", "url", "reply_to_id", "repost_of_id",
		"quote_of_id", "edited_at", "parts", "like_count", "comment_count", "share_count", "quote_count", "view_count", "save_count", "followers_at_posting", "observed_at",
		"time_source", "observations", "source", "topic", "language"},
	"post_snapshots": {"platform", "account_id", "post_id", "observation", "created_at", "observed_at", "time_source", "like_count", "comment_count", "share_count",
		"quote_count", "view_count", "save_count", "source"},
	"account_snapshots": {"platform", "account_id", "observed_at", "observed_precision", "time_source", "followers", "followers_text", "followers_low", "followers_high",
		"following", "posts_total", "source"},
	"account_windows": {"platform", "account_id", "window_from", "window_to", "retrieved_on", "posts", "posts_per_month", "posts_per_month_text", "months_stated", "likes",
		"likes_n", "comments", "counted_by", "source"},
	"rejects": {"file", "record", "field", "why"},
}

// truth writes the rows of one platform, or of the sheets.
type truth struct {
	rows  map[string]*bufio.Writer
	files []*os.File
	buf   []byte
	err   error
}

// newTruth makes the files of a part of the truth.
func newTruth(dir, part string) *truth {
	t := &truth{rows: map[string]*bufio.Writer{}}
	for table, columns := range truthTables {
		if t.err != nil {
			break
		}
		var f *os.File
		if f, t.err = os.Create(filepath.Join(dir, "truth", table+"."+part+".csv")); t.err == nil {
			t.files = append(t.files, f)
			t.rows[table] = bufio.NewWriterSize(f, 1<<16)
			t.rows[table].WriteString(strings.Join(columns, ",") + "\n") // the writer keeps the error for Flush
		}
	}
	return t
}

func (t *truth) close() error {
	for _, w := range t.rows {
		t.err = cmp.Or(t.err, w.Flush())
	}
	for _, f := range t.files {
		t.err = cmp.Or(t.err, f.Close())
	}
	return t.err
}

// cells of the row at hand.

func (t *truth) str(s string) {
	if len(t.buf) > 0 {
		t.buf = append(t.buf, ',')
	}
	t.buf = append(t.buf, s...)
}

// first begins a row.
func (t *truth) first(s string) { t.buf = append(t.buf[:0], s...) }

func (t *truth) num(n int64)                   { t.str(strconv.FormatInt(n, 10)) }
func (t *truth) opt(n datasets.Opt[int64])     { t.str(count(n)) }
func (t *truth) optStr(s datasets.Opt[string]) { t.str(s.V) }

func (t *truth) time(at int64) {
	if at == 0 {
		t.str("")
		return
	}
	t.str("")
	t.buf = time.Unix(at, 0).UTC().AppendFormat(t.buf, time.RFC3339)
}

func (t *truth) counts(c datasets.Counts) {
	for _, n := range []datasets.Opt[int64]{c.Like, c.Comment, c.Share, c.Quote, c.View, c.Save} {
		t.opt(n)
	}
}

func (t *truth) end(table string) {
	if t.err == nil {
		t.buf = append(t.buf, '\n')
		t.rows[table].Write(t.buf) // the writer keeps the error for Flush
	}
}

// exactly is a count that is stated in full.
func exactly(n int64) datasets.Shown {
	return datasets.Shown{V: datasets.Some(n), Low: datasets.Some(n), High: datasets.Some(n)}
}

// snapshot is an account as a file shows it at a moment.
func (t *truth) snapshot(a *Account, source string, at int64, precision, timeSource string, followers, following, posts datasets.Shown) {
	t.first(a.Platform)
	t.str(a.ID)
	t.time(at)
	t.str(precision)
	t.str(timeSource)
	t.opt(followers.V)
	t.optStr(followers.Text)
	t.opt(followers.Low)
	t.opt(followers.High)
	t.opt(following.V)
	t.opt(posts.V)
	t.str(source)
	t.end("account_snapshots")
}

// reject is a record that cannot be used.
func (t *truth) reject(file string, line int64, field, why string) {
	t.first(file)
	t.num(line)
	t.str(field)
	t.str(why)
	t.end("rejects")
}

// sight is a post as one collection saw it.
type sight struct {
	at     int64
	counts datasets.Counts
	source string
	edited bool
	file   *FileTruth
}

// post writes a post that was seen, and what was seen of it, in the order of
// time. The last sight stands.
func (t *truth) post(a *Account, p *post, sights []sight, text string, link bool) {
	last := sights[len(sights)-1]
	last.file.Kept++
	id, timeSource := a.postID(p), map[string]string{"x": "field"}[a.Platform]
	if timeSource == "" {
		timeSource = "file name"
	}
	t.first(a.Platform)
	t.str(a.ID)
	t.str(id)
	t.str(a.Country)
	t.time(p.at)
	t.str(p.kind)
	if text == "" {
		t.str("")
	} else {
		t.str(strconv.FormatUint(xxh3.HashString(text), 16))
	}
	if a.Platform == "x" {
		t.str(languageOnX(p))
	} else {
		t.str("")
	}
	t.str(mediaOf(a, p, link))
	t.str(a.address(p, id))
	reply, repost, quote := references(a, p)
	t.str(reply)
	t.str(repost)
	t.str(quote)
	if slices.ContainsFunc(sights, func(s sight) bool { return s.edited }) {
		t.time(p.edited)
	} else {
		t.str("")
	}
	t.num(int64(p.parts))
	t.counts(last.counts)
	if a.Platform == "facebook" || a.Platform == "instagram" {
		t.num(p.followers)
	} else {
		t.str("")
	}
	t.time(last.at)
	t.str(timeSource)
	t.num(int64(len(sights)))
	t.str(last.source)
	t.str(p.topic)
	t.str(p.language)
	t.end("posts")
	if p.kind == datasets.Repost {
		return
	}
	for i, s := range sights {
		t.first(a.Platform)
		t.str(a.ID)
		t.str(id)
		t.num(int64(i + 1))
		t.time(p.at)
		t.time(s.at)
		t.str(timeSource)
		t.counts(s.counts)
		t.str(s.source)
		t.end("post_snapshots")
	}
}

// postID is the id of a post in the tables.
func (a *Account) postID(p *post) string {
	switch a.Platform {
	case "x":
		return strconv.FormatInt(a.tweetID(p, false), 10)
	case "facebook":
		return a.facebookID(p)
	case "instagram":
		return p.maker(a).shortCode(p)
	}
	return strconv.FormatInt(p.message, 10)
}

// address is that of a post.
func (a *Account) address(p *post, id string) string {
	switch a.Platform {
	case "x":
		return "https://x.com/" + a.Handle + "/status/" + id
	case "facebook":
		return "https://www.facebook.com/" + a.Handle + "/posts/" + id
	case "instagram":
		return "https://www.instagram.com/p/" + id + "/"
	}
	return "https://t.me/" + a.Handle + "/" + id
}

// references are the ids of the posts that a post answers, repeats and quotes,
// where its export says so.
func references(a *Account, p *post) (reply, repost, quote string) {
	switch {
	case a.Platform == "telegram" && p.kind == datasets.Reply:
		return strconv.FormatInt(max(1, p.message-1-int64(p.seed%5)), 10), "", ""
	case a.Platform == "telegram" || p.kind == datasets.Original:
		return "", "", ""
	}
	id := strconv.FormatInt(otherID(p), 10)
	switch p.kind {
	case datasets.Repost:
		return "", id, ""
	case datasets.Reply:
		return id, "", ""
	}
	return "", "", id
}

// mediaOf is the medium of a post as its export shows it.
func mediaOf(a *Account, p *post, link bool) string {
	switch {
	case a.Platform == "x" && p.kind == datasets.Repost:
		return "text" // of the original, which has none
	case a.Platform == "x" && p.media == "text" && link:
		return "link"
	case a.Platform == "facebook" && (p.kind == datasets.Repost || p.kind == datasets.Quoted):
		return "link"
	}
	return p.media
}
