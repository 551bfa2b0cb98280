package adapters

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
)

// crowdTangleColumns are the columns that are read from any table of
// CrowdTangle; all others are left alone.
var crowdTangleColumns = []string{
	"Page Name", "Group Name", "Name", "Account", "User Name", "Facebook Id", "Followers at Posting",
	"Post Created", "Created", "Post Created Date", "Post Created Time", "Type", "Total Interactions",
	"Likes", "Comments", "Shares", "Love", "Wow", "Haha", "Sad", "Angry", "Care", "Thankful",
	"Post Views", "Views", "URL", "Message", "Link", "Final Link", "Description",
	"ID", "Score Date (GMT)", "Post Date (GMT)",
}

// headerOf returns the cells of the header of a table of CrowdTangle, for
// detection.
func headerOf(head []byte) []string {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for {
		line, rest, _ := bytes.Cut(head, []byte("\n"))
		if header, _ := separate(line); header != nil {
			return header
		}
		head = rest
	}
}

// crowdTangle reads the rows of one file.
type crowdTangle struct {
	file     File
	zones    *zoneClock
	at       map[string]int // where each column that is read stands
	observed observation

	// The columns that every row is asked for. posted is Post Created, or Created.
	page, group, name, account, user, facebookID, followers,
	posted, postedDate, postedTime, kind, likes, comments, shares,
	postViews, views, url, message, link, finalLink, description column
	reacted []column // kinds of reactions; nil where one that all tables have is missing
}

func newCrowdTangle(f File) (*crowdTangle, error) {
	zones := newZoneClock(f.Zone)
	t := &crowdTangle{file: f, zones: zones, at: map[string]int{}, observed: observed(datasets.None[datasets.Micros](), f)}
	for i, name := range f.Header {
		if !slices.Contains(crowdTangleColumns, name) {
			continue
		}
		if _, twice := t.at[name]; twice {
			return nil, &Refused{Reason: fmt.Sprintf("the column %s stands twice; keep one", name)}
		}
		t.at[name] = i
	}
	for name, to := range map[string]*column{
		"Page Name": &t.page, "Group Name": &t.group, "Name": &t.name, "Account": &t.account, "User Name": &t.user, "Facebook Id": &t.facebookID,
		"Followers at Posting": &t.followers, "Post Created": &t.posted, "Post Created Date": &t.postedDate, "Post Created Time": &t.postedTime,
		"Type": &t.kind, "Likes": &t.likes, "Comments": &t.comments, "Shares": &t.shares, "Post Views": &t.postViews, "Views": &t.views,
		"URL": &t.url, "Message": &t.message, "Link": &t.link, "Final Link": &t.finalLink, "Description": &t.description,
	} {
		*to = columnAt(t.at, name)
	}
	if !t.has("Post Created") {
		t.posted = columnAt(t.at, "Created")
	}
	if t.has("Likes", "Love", "Wow", "Haha", "Sad", "Angry") {
		for _, name := range []string{"Likes", "Love", "Wow", "Haha", "Sad", "Angry", "Care", "Thankful"} {
			t.reacted = append(t.reacted, columnAt(t.at, name))
		}
	}
	if m := exportTime.FindStringSubmatch(f.Name); m != nil && !t.observed.at.OK {
		if wall, err := time.Parse("2006-01-02-15-04-05", m[1]); err == nil {
			if at, err := zones.moment(wall, m[2]); err == nil {
				t.observed = observation{datasets.Some(at), "second", "file name"}
			}
		}
	}
	return t, nil
}

// exportTime is how the name of an export starts: when it was made, in the
// zone of the dashboard.
var exportTime = regexp.MustCompile(`(\d{4}-\d{2}-\d{2}-\d{2}-\d{2}-\d{2})-([A-Z]{1,5}|[+-]\d{2,4})-`)

func (t *crowdTangle) has(names ...string) bool {
	for _, n := range names {
		if _, ok := t.at[n]; !ok {
			return false
		}
	}
	return true
}

// row starts reading a record; one that is not as wide as the header is an
// error.
func (t *crowdTangle) row(rec Record) (cells, error) {
	if len(rec.Cells) != len(t.file.Header) {
		return cells{}, &RecordError{Line: rec.Line, Found: fmt.Sprintf("%d cells", len(rec.Cells)), Want: fmt.Sprintf("expected the %d of the header", len(t.file.Header))}
	}
	return cells{rec: rec, at: t.at}, nil
}

// created reads when a post was posted; absent where no column says.
func (t *crowdTangle) created(c *cells) (none datasets.Opt[datasets.Micros], err error) {
	field, s := t.posted.name, strings.TrimSpace(c.cell(t.posted))
	if t.posted.at < 0 {
		if t.postedDate.at < 0 || t.postedTime.at < 0 {
			return none, nil
		}
		field, s = t.postedDate.name, strings.TrimSpace(c.cell(t.postedDate)+" "+c.cell(t.postedTime))
	}
	wall, err := wallClock(s[:min(len(s), len(time.DateTime))])
	if err != nil || len(s) < len(time.DateTime) {
		c.fail(field, s, "expected a time like 2021-07-05 18:02:45 EST")
		return none, nil
	}
	at, err := t.zones.moment(wall, strings.TrimSpace(s[len(time.DateTime):]))
	if err == errNoZone {
		const zone = "write the zone of the dashboard beside the file in study.toml, for instance zone = \"Asia/Almaty\""
		c.fail(field, s, "the time has no time zone; "+zone)
		var wrong *RecordError
		if errors.As(c.err, &wrong) && wrong.Field == field {
			wrong.All = &Refused{Reason: "its times have no time zone; " + zone}
		}
		return none, nil
	}
	if err != nil {
		c.fail(field, s, err.Error())
		return none, nil
	}
	return datasets.Some(at), nil
}

// add adds the next post, and the followers that its account had then.
func (t *crowdTangle) add(c *cells, post *Row[Post], into *Batch) error {
	if c.err != nil {
		return c.err
	}
	p := &post.Row.Post
	p.Platform, p.Parts = post.Ref.Platform, 1
	if !p.ObservedAt.OK {
		t.observed.of(p)
	}
	if p.PostType == datasets.Repost {
		p.Counts = datasets.Counts{}
	}
	post.Line, post.Row.Digest = c.rec.Line, c.rec.cellsDigest()
	into.Posts = into.Posts[:len(into.Posts)+1]
	into.followersAtPosting(&post.Ref, c.rec.Line, p)
	return nil
}

// cellsDigest is the digest of a record of cells.
func (r *Record) cellsDigest() uint64 {
	if r.text != "" {
		return xxh3.HashString(r.text)
	}
	var h xxh3.Hasher
	for _, cell := range r.Cells {
		h.WriteString(cell)
		h.WriteString(string(cellEnd))
	}
	return h.Sum64()
}

// followersAtPosting notes the followers that the account of a post had then.
func (b *Batch) followersAtPosting(ref *Ref, line int64, p *datasets.Post) {
	f := p.FollowersAtPosting
	if !f.OK || !p.CreatedAt.OK {
		return
	}
	n := len(b.Accounts)
	b.Accounts = slices.Grow(b.Accounts, 1)[:n+1]
	s := &b.Accounts[n]
	*s = Row[datasets.AccountSnapshot]{}
	s.Ref, s.Line = *ref, line
	s.Row.Platform, s.Row.ObservedAt, s.Row.ObservedPrecision, s.Row.TimeSource = ref.Platform, p.CreatedAt.V, "second", "field"
	s.Row.Followers = exactly(f)
}

// noCount are the marks of CrowdTangle, and of programs that cut its tables,
// for a count that it does not know.
var noCount = []string{"", "-", "N/A", "NA", "NaN", "nan", "null"}

// exportCount reads a plain count. A count with the decimal zero that programs
// give to a column with gaps is the same count.
func (c *cells) exportCount(of column) datasets.Opt[int64] {
	s := c.cell(of)
	if n, ok := fewDigits(s); ok {
		return datasets.Some(n)
	}
	if s = strings.TrimSpace(s); slices.Contains(noCount, s) {
		return datasets.None[int64]()
	}
	v, err := strconv.ParseInt(strings.TrimSuffix(s, ".0"), 10, 64)
	if err != nil || v < 0 {
		c.fail(of.name, s, "expected a whole number from 0")
		return datasets.None[int64]()
	}
	return datasets.Some(v)
}

// fewDigits reads a number of digits alone, so few that any fits.
func fewDigits(s string) (n int64, ok bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return n, true
}

// exportText reads a text, absent where there is none.
func (c *cells) exportText(of column) datasets.Opt[string] {
	if s := c.cell(of); strings.TrimSpace(s) != "" {
		return datasets.Some(s)
	}
	return datasets.None[string]()
}

// exportID reads an id of digits, "" where there is none.
func (c *cells) exportID(of column) string {
	s := strings.TrimSpace(c.cell(of))
	switch {
	case s == "" || isDigits(s):
	case roundedID.MatchString(s):
		c.fail(of.name, s, "a spreadsheet rounded this id; use the file as it was downloaded")
	default:
		c.fail(of.name, s, "expected an id of digits")
	}
	return s
}

// exportViews reads the views of a video. CrowdTangle writes 0 for what is no
// video of the account, which is no count.
func (c *cells) exportViews(of column, video bool) datasets.Opt[int64] {
	v := c.exportCount(of)
	if v.OK && v.V == 0 && !video {
		return datasets.None[int64]()
	}
	return v
}

// postAddress is what the address of a post says.
type postAddress struct {
	owner, id string               // as they stand in it; owner is "" where it names none
	url       datasets.Opt[string] // without query and fragment
}

// badAddress notes that a cell is no address of a post, without what may be
// secret in it.
func (c *cells) badAddress(field, site string) {
	found, _, _ := strings.Cut(c.raw(field), "?")
	found, _, _ = strings.Cut(found, "#")
	want := "expected the address of a post on " + site
	if roundedID.MatchString(found[strings.LastIndex(found, "/")+1:]) {
		want = "a spreadsheet rounded the id in this address; use the file as it was downloaded"
	}
	c.fail(field, found, want)
}

// facebookPost reads the address of a post on Facebook.
func facebookPost(address string) (a postAddress, ok bool) {
	const site = "https://www.facebook.com/"
	if address == "" {
		return a, false
	}
	host, whole, plain := plainHost(address)
	if plain && !inDomain(host, "facebook.com") {
		return a, false
	}
	u := &url.URL{}
	if !plain || !plainPath(whole) {
		var err error
		if u, err = url.Parse(strings.TrimSpace(address)); err != nil || !onSite(u, "facebook.com") {
			return a, false
		}
		whole, plain = u.EscapedPath(), false
	}
	whole = strings.Trim(whole, "/")
	path := make([]string, 0, 8)
	for part := range strings.SplitSeq(whole, "/") {
		path = append(path, part)
	}
	last := path[len(path)-1]
	clean := address
	if !plain || !strings.HasPrefix(address, site) || len(address) != len(site)+len(whole) {
		clean = site + whole
	}
	switch {
	case last == "permalink.php" || last == "story.php":
		a.owner, a.id = u.Query().Get("id"), u.Query().Get("story_fbid")
		clean = "https://www.facebook.com/" + a.owner + "/posts/" + a.id
	case last == "photo.php" || last == "photo" || last == "watch" || last == "video.php":
		a.id = u.Query().Get("fbid") + u.Query().Get("v")
		clean = ""
	case len(path) == 2 && (path[0] == "reel" || path[0] == "watch"):
		a.id = last
	case len(path) > 2 && (path[0] == "groups" || path[0] == "pg"):
		a.owner, a.id = path[1], last
	case len(path) > 3 && (path[0] == "people" || path[0] == "pages"):
		a.owner, a.id = path[2], last
	case len(path) > 2 && (path[1] == "posts" || path[1] == "videos" || path[1] == "photos" || path[1] == "permalink"):
		a.owner, a.id = path[0], last
	case len(path) == 1 && strings.Contains(last, "_"):
		a.id = last
	}
	if page, post, both := strings.Cut(a.id, "_"); both && isDigits(page) {
		a.id = post
		if a.owner == "" {
			a.owner = page
		}
	}
	if !isDigits(a.id) && !strings.HasPrefix(a.id, "pfbid") {
		return a, false
	}
	if clean != "" {
		a.url = datasets.Some(clean)
	}
	return a, true
}

// instagramPost reads the address of a post on Instagram, whose id is its short
// code.
func instagramPost(address string) (a postAddress, ok bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || !onSite(u, "instagram.com") {
		return a, false
	}
	path := strings.Split(strings.Trim(u.EscapedPath(), "/"), "/")
	if len(path) == 3 {
		a.owner, path = path[0], path[1:]
	}
	if len(path) != 2 || !slices.Contains([]string{"p", "reel", "reels", "tv"}, path[0]) || !shortCode.MatchString(path[1]) {
		return a, false
	}
	a.id = path[1]
	a.url = datasets.Some("https://www.instagram.com/" + path[0] + "/" + a.id + "/")
	return a, true
}

var shortCode = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func onSite(u *url.URL, site string) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && inDomain(strings.ToLower(u.Hostname()), site)
}

func inDomain(host, site string) bool {
	rest, ok := strings.CutSuffix(host, site)
	return ok && (rest == "" || rest[len(rest)-1] == '.')
}

// plainHost takes an address apart that is written as browsers show it. Where ok
// is false, url.Parse has to read it; where plainPath tells so of what follows
// the host, url.Parse would give the same.
func plainHost(address string) (host, rest string, ok bool) {
	rest, ok = strings.CutPrefix(address, "https://")
	if !ok {
		if rest, ok = strings.CutPrefix(address, "http://"); !ok {
			return "", "", false
		}
	}
	for i, c := range []byte(rest) {
		switch {
		case c == '/':
			return rest[:i], rest[i:], true
		case c < 'a' || c > 'z':
			if c != '.' && c != '-' && (c < '0' || c > '9') {
				return "", "", false
			}
		}
	}
	return rest, "", true
}

func plainPath(path string) bool {
	for _, c := range []byte(path) {
		if c|0x20 < 'a' || c|0x20 > 'z' {
			if (c < '-' || c > '9') && c != '_' { // - . / and digits
				return false
			}
		}
	}
	return true
}

func isDigits(s string) bool {
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return false
		}
	}
	return s != ""
}
