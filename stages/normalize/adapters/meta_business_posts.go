package adapters

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diplometrics/datasets"
)

// MetaBusinessPosts reads the tables of posts that Meta Business Suite exports.
var MetaBusinessPosts = Adapter{
	Name: "meta_business_posts", Tables: []string{"posts"}, Version: 1,
	Doc: "Posts of pages of Facebook and accounts of Instagram as Meta Business Suite exports them, CSV, in English, each with the counts of its life (Date is Lifetime). The columns differ from month to month. " +
		"Publish time has no zone: give that of the account, which the page's settings show, in study.toml. A time that a program wrote with its offset, such as 2024-01-31 18:12:45+00:00, is read by that. Whether it begins with the month or the day is decided by those of the file's times of which one part is above 12. " +
		"like_count is Reactions on Facebook and Likes on Instagram. view_count is Views of videos and reels; Meta counts the showings of other posts under the same name, which are left out. Shares on Instagram are messages, and are no share_count. " +
		"The text is the longer of Title and Description. The id is Post ID on Facebook, and on Instagram the short code in the address, as elsewhere. " +
		"A share without a text of its own is a repost, one with a text a quote. Stories are left out. Posts that were paid for are ordinary posts.",
	Lacks: "When it was exported: give observed_at in study.toml. What a share shares. Followers: add a sheet of account snapshots; the exports of a page's followers count new ones a day. " +
		"In another language than English the columns have other names, and the file is refused.",
	Detect: detectMetaBusiness,
	Split:  splitMetaBusiness,
	New: func(f File) (Decoder, error) {
		m, err := newMetaBusiness(f)
		if err != nil {
			return nil, err
		}
		return m.post, nil
	},
}

// metaColumns are the columns that are read; a file has some of them.
var metaColumns = []string{"Post ID", "Page ID", "Page name", "Account username", "Account name", "Title", "Description", "Publish time", "Permalink",
	"Is share", "Post type", "Date", "Views", "Reactions", "Likes", "Comments", "Shares", "Saves"}

func detectMetaBusiness(head []byte, _ string) bool {
	h := headerCells(head)
	has := func(names ...string) bool {
		return !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(h, n) })
	}
	return has("Post ID", "Publish time", "Permalink") || has("Video asset ID", "Page ID") || has("Beitrags-ID") || metaDays.Match(head)
}

// metaDays is the beginning of a table of one number a day.
var metaDays = regexp.MustCompile(`^(?:"?sep=,"?\r?\n)?"?[^",\r\n]+"?\r?\n"?Date"?,"?Primary"?\r?\n`)

const metaAgain = "; export the posts again: Insights, Content, Export data, with Lifetime chosen and the language set to English (US)"

// refuseMeta says why a file with a header is not read; "" where nothing is
// wrong.
func refuseMeta(header []string) string {
	has := func(name string) bool { return slices.Contains(header, name) }
	for i, h := range header {
		if slices.Contains(metaColumns, h) && slices.Contains(header[i+1:], h) {
			return fmt.Sprintf("the column %s stands twice; keep one", h)
		}
	}
	switch {
	case has("Video asset ID"):
		return "it is a list of videos, whose ids are not those of the posts that show them" + metaAgain
	case len(header) == 1:
		return "it has one number of a whole page or account for each day (" + shorten(header[0], 40) + "), not posts. Views of a day are those of all posts, also of earlier ones, and follows are new ones, not how many there are, so that no table of the study can hold them; count followers by hand (diplometrics template snapshots)"
	case !has("Post ID"):
		return "its columns have no names in English" + metaAgain
	}
	for _, name := range []string{"Publish time", "Permalink", "Date"} {
		if !has(name) {
			return "it has no column " + name + metaAgain
		}
	}
	if !has("Page ID") && !has("Account username") {
		return "it has neither Page ID nor Account username" + metaAgain
	}
	return ""
}

// Orders of the parts of a date.
var (
	monthFirst = []byte("month")
	dayFirst   = []byte("day")
)

// heldRows bounds the rows that wait for one that tells the order of their
// dates; an export has at most some thousand.
const heldRows = 1 << 14

// splitMetaBusiness yields the rows, each with the order of the dates of the
// file in Head. Rows wait until one tells the order: at most heldRows of them,
// and as much text as a record may have.
func splitMetaBusiness(r io.Reader, yield func(Record, error) bool) {
	type row struct {
		rec Record
		err error
	}
	var (
		held  []row
		size  int
		at    = -1
		order []byte
		first = true
		more  = true
	)
	release := func() {
		for _, h := range held {
			h.rec.Head = order
			if more = more && yield(h.rec, h.err); !more {
				break
			}
		}
		held, size = nil, 0
	}
	splitTable(r, func(rec Record, err error) bool {
		switch {
		case first && err == nil:
			first, at = false, slices.Index(rec.Cells, "Publish time")
			more = yield(rec, nil)
			return more
		case order == nil && err == nil && at >= 0:
			order = dateOrder(rec.Cells[at])
		}
		for _, c := range rec.Cells {
			size += len(c)
		}
		if held = append(held, row{rec, err}); order != nil || at < 0 || len(held) >= heldRows || size > MaxRecord {
			release()
		}
		return more
	})
	if more {
		release()
	}
}

// metaTime is a time as Business Suite writes it: 09/28/2026 18:12, or
// 28.09.2026 18:12 in some languages, and as spreadsheets change it.
var metaTime = regexp.MustCompile(`^(\d{1,2})([/.])(\d{1,2})[/.](\d{4}),? (\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?(AM|PM|am|pm))?$`)

// dateOrder tells which part of a date comes first, nil where it may be either.
func dateOrder(s string) []byte {
	m := metaTime.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || m[2] == "." {
		return nil
	}
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[3])
	switch {
	case a > 12 && a <= 31 && b <= 12:
		return dayFirst
	case b > 12 && b <= 31 && a <= 12:
		return monthFirst
	}
	return nil
}

type metaBusiness struct {
	file      File
	at        map[string]int
	instagram bool
}

func newMetaBusiness(f File) (*metaBusiness, error) {
	if why := refuseMeta(f.Header); why != "" {
		return nil, &Refused{Reason: why}
	}
	if f.Zone == nil {
		return nil, &Refused{Reason: "its times have no time zone; write the zone of the page or account beside the file in study.toml, for instance zone = \"Asia/Almaty\""}
	}
	m := &metaBusiness{file: f, at: map[string]int{}, instagram: slices.Contains(f.Header, "Account username")}
	for i, name := range f.Header {
		m.at[name] = i
	}
	return m, nil
}

func (m *metaBusiness) post(rec Record, into *Batch) error {
	c := &cells{rec: rec, at: m.at}
	if date := strings.TrimSpace(c.raw("Date")); !strings.EqualFold(date, "Lifetime") {
		if date == "" {
			return &RecordError{Line: rec.Line, Field: "Date", Want: "expected Lifetime"}
		}
		return &Refused{Reason: "it counts each post day by day, so that no row has what a post got altogether" + metaAgain}
	}
	kind := strings.ToLower(strings.TrimSpace(c.raw("Post type")))
	if slices.Contains([]string{"ig story", "story", "stories"}, kind) {
		into.Filter("story")
		return nil
	}
	created, err := m.created(c)
	if err != nil {
		return err
	}
	p := datasets.Post{Parts: 1, PostType: datasets.Original, CreatedAt: created, MediaType: metaMedia(kind), Text: longer(c.exportText(columnAt(m.at, "Title")), c.exportText(columnAt(m.at, "Description")))}
	observed(datasets.None[datasets.Micros](), m.file).of(&p)
	p.Counts.Comment = c.groupedCount("Comments")
	if p.MediaType.V == "video" {
		p.Counts.View = c.groupedCount("Views")
	}
	var ref Ref
	if m.instagram {
		ref = m.onInstagram(c, &p)
	} else {
		ref = m.onFacebook(c, &p)
	}
	if c.err != nil {
		return c.err
	}
	if p.Platform = ref.Platform; p.PostType == datasets.Repost {
		p.Counts = datasets.Counts{}
	}
	into.Posts = append(into.Posts, Row[Post]{Ref: ref, Line: rec.Line, Row: Post{Post: p, Digest: rec.cellsDigest()}})
	return nil
}

func (m *metaBusiness) onFacebook(c *cells, p *datasets.Post) Ref {
	address, _ := facebookPost(c.raw("Permalink"))
	p.PostID, p.URL = c.wholeID("Post ID"), address.url
	p.Counts.Like, p.Counts.Share = c.groupedCount("Reactions"), c.groupedCount("Shares")
	switch share := strings.TrimSpace(c.raw("Is share")); {
	case share == "1" && p.Text.OK:
		p.PostType = datasets.Quoted
	case share == "1":
		p.PostType = datasets.Repost
	case share != "0" && share != "":
		c.fail("Is share", share, "expected 0 or 1")
	}
	ref := Ref{Platform: "facebook", ID: c.wholeID("Page ID"), Name: strings.TrimSpace(c.raw("Page name"))}
	if !isDigits(address.owner) {
		ref.Handle = address.owner
	}
	if ref.ID == "" {
		c.fail("Page ID", "", "expected the id of the page")
	}
	if p.PostID == "" {
		c.fail("Post ID", "", "expected the id of the post")
	}
	return ref
}

func (m *metaBusiness) onInstagram(c *cells, p *datasets.Post) Ref {
	address, ok := instagramPost(c.raw("Permalink"))
	if !ok {
		c.badAddress("Permalink", "Instagram")
	}
	p.PostID, p.URL = address.id, address.url
	p.Counts.Like, p.Counts.Save = c.groupedCount("Likes"), c.groupedCount("Saves")
	// The id of the account is one of Business Suite's own.
	ref := Ref{Platform: "instagram", Handle: strings.TrimPrefix(strings.TrimSpace(c.raw("Account username")), "@"), Name: strings.TrimSpace(c.raw("Account name"))}
	if ref.Handle == "" {
		c.fail("Account username", "", "expected the name of the account")
	}
	return ref
}

// isoOffset are layouts of times with their offset, as programs write them.
var isoOffset = []string{"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00", time.RFC3339}

// isoWall reads a time with the year first, as spreadsheets and programs write
// it: 2024-01-31 18:12, with seconds or not, or 2024-01-31 06:12 PM.
func isoWall(s string) (wall time.Time, ok bool) {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02 3:04:05 PM", "2006-01-02 3:04 PM", "2006-01-02T15:04:05"} {
		if wall, err := time.Parse(layout, strings.ToUpper(s)); err == nil {
			return wall, true
		}
	}
	return wall, false
}

// created reads Publish time.
func (m *metaBusiness) created(c *cells) (none datasets.Opt[datasets.Micros], err error) {
	s := strings.TrimSpace(c.raw("Publish time"))
	for _, layout := range isoOffset {
		if at, isoErr := time.Parse(layout, s); isoErr == nil {
			return datasets.Some(datasets.MicrosOf(at)), nil
		}
	}
	wall, iso := isoWall(s)
	if !iso {
		d := metaTime.FindStringSubmatch(s)
		if d == nil {
			c.fail("Publish time", s, "expected a time like 09/28/2026 18:12")
			return none, nil
		}
		day, month := d[3], d[1]
		switch order := string(c.rec.Head); {
		case d[2] == "." || order == "day":
			day, month = d[1], d[3]
		case dateOrder(s) != nil && string(dateOrder(s)) != order:
			return none, &Refused{Reason: "some of its times begin with the month and some with the day: a program that opened it changed them; use the file as it was downloaded"}
		case order == "" && d[1] != d[3]:
			return none, &Refused{Reason: "its times may begin with the month or with the day, and none tells which; export more days, so that one is after the 12th of its month, or write the times as 2024-01-31 18:12"}
		}
		text := fmt.Sprintf("%s-%s-%s %s:%s:%s %s", d[4], month, day, d[5], d[6], cmp.Or(d[7], "00"), strings.ToUpper(d[8]))
		layout := "2006-1-2 15:04:05 "
		if d[8] != "" {
			layout = "2006-1-2 3:04:05 PM"
		}
		if wall, err = time.Parse(layout, text); err != nil {
			c.fail("Publish time", s, "expected a day and an hour that there are")
			return none, nil
		}
	}
	at, err := wallTime(wall, m.file.Zone, "")
	if err != nil {
		c.fail("Publish time", s, err.Error())
	}
	return datasets.Some(datasets.MicrosOf(at)), nil
}

// metaTypes are the media of types of posts, in lower case.
var metaTypes = map[string]string{"photos": "photo", "photo": "photo", "ig image": "photo", "ig carousel": "album", "album": "album", "links": "link", "link": "link",
	"videos": "video", "video": "video", "reels": "video", "reel": "video", "ig reel": "video", "ig video": "video", "live": "video", "text": "text", "status": "text"}

func metaMedia(kind string) datasets.Opt[string] {
	if kind == "" {
		return datasets.None[string]()
	}
	return datasets.Some(cmp.Or(metaTypes[kind], "other"))
}

// longer is the longer of two texts.
func longer(a, b datasets.Opt[string]) datasets.Opt[string] {
	if utf8.RuneCountInString(b.V) > utf8.RuneCountInString(a.V) {
		return b
	}
	return a
}

// groupedCount reads a count that may have marks between thousands, or the
// decimal zero that programs give to a column with gaps.
func (c *cells) groupedCount(field string) (none datasets.Opt[int64]) {
	s := strings.TrimSpace(c.raw(field))
	if slices.Contains(noCount, s) {
		return none
	}
	digits, err := ungroup(spaces.ReplaceAllString(strings.TrimSuffix(s, ".0"), " "))
	n, tooLarge := strconv.ParseInt(digits, 10, 64)
	if err != nil || tooLarge != nil {
		c.fail(field, s, "expected a count")
		return none
	}
	return datasets.Some(n)
}

// wholeID reads an id of digits, "" where there is none.
func (c *cells) wholeID(field string) string {
	if s := strings.TrimSpace(c.raw(field)); isRuined(s) {
		c.fail(field, s, ruined)
	}
	return c.exportID(columnAt(c.at, field))
}
