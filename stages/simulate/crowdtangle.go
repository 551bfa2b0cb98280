package simulate

import (
	"encoding/base64"
	"encoding/binary"
	"strconv"
	"time"

	"diplometrics/datasets"
)

// crowdTangle writes the tables that CrowdTangle's dashboards exported, in the
// time zone of New York and the numbers of English.
type crowdTangle struct {
	s         *simulation
	instagram bool
	buf       []byte
}

const (
	facebookHeader = "Page Name,User Name,Facebook Id,Page Category,Page Admin Top Country,Page Description,Page Created,Likes at Posting,Followers at Posting,Post Created,Post Created Date,Post Created Time,Type,Total Interactions,Likes,Comments,Shares,Love,Wow,Haha,Sad,Angry,Care,Video Share Status,Is Video Owner?,Post Views,Total Views,Total Views For All Crossposts,Video Length,URL,Message,Link,Final Link,Image Text,Link Text,Description,Sponsor Id,Sponsor Name,Sponsor Category,Total Interactions (weighted  —  Likes 1x Shares 1x Comments 1x Love 1x Wow 1x Haha 1x Sad 1x Angry 1x Care 1x ),Overperforming Score\n"
	instaHeader    = "Account,User Name,Followers at Posting,Post Created,Post Created Date,Post Created Time,Type,Total Interactions,Likes,Comments,Views,URL,Link,Photo,Title,Description,Image Text,Sponsor Id,Sponsor Name,Overperforming Score (weighted  —  Likes 1x Comments 1x )\n"
)

func (f *crowdTangle) adapter() string {
	if f.instagram {
		return "crowdtangle_instagram"
	}
	return "crowdtangle_facebook"
}

func (f *crowdTangle) open(o *output, _ *truth) {
	header := facebookHeader
	if f.instagram {
		header = instaHeader
	}
	o.text("\ufeff" + header)
}

func (f *crowdTangle) account(*output, *collection, *Account, int64) {}
func (f *crowdTangle) end(*output, *collection)                      {}
func (f *crowdTangle) close(*output)                                 {}

func (f *crowdTangle) field(r *record) string {
	if r.a.Platform == "instagram" && !r.counts.Like.OK {
		return r.harm("Post Created", "")
	}
	return r.harm("Likes", "Post Created", "")
}

// facebookID is the id of a post of a moment.
func (a *Account) facebookID(p *post) string {
	return strconv.FormatInt((p.made-1_000_000_000)*1_000_000+int64(a.index), 10)
}

// shortCode is the id that Instagram shows of a post of a moment.
func (a *Account) shortCode(p *post) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], mix(uint64(a.index)<<36|uint64(p.made)))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// maker is the account that made a post.
func (p *post) maker(a *Account) *Account {
	if p.joint != nil {
		return p.joint
	}
	return a
}

func (f *crowdTangle) post(o *output, c *collection, r *record) (at, line int64) {
	line = o.line
	if f.instagram {
		f.rowInstagram(r)
	} else {
		f.rowFacebook(r)
	}
	for range r.times {
		o.write(f.buf)
	}
	return c.at, line
}

// cell ends the cell before, if any, and begins one.
func (f *crowdTangle) cell(s string) {
	if len(f.buf) > 0 {
		f.buf = append(f.buf, ',')
	}
	f.buf = appendCell(f.buf, s)
}

func (f *crowdTangle) cells(cells ...string) {
	for _, s := range cells {
		f.cell(s)
	}
}

func count(n datasets.Opt[int64]) string {
	if !n.OK {
		return ""
	}
	return strconv.FormatInt(n.V, 10)
}

// created are the cells that say when a post was posted.
func (f *crowdTangle) created(r *record, broken string) {
	local := time.Unix(r.p.at, 0).In(f.s.dashboard).Format("2006-01-02 15:04:05 MST")
	if broken == "Post Created" {
		f.cells("some time ago", "", "")
		return
	}
	f.cells(local, local[:10], local[11:19])
}

// ends takes the last cell off a row that is broken so, and ends the row.
func (f *crowdTangle) ends(broken bool, last string) {
	if !broken {
		f.cell(last)
	}
	f.buf = append(f.buf, '\n')
}

func (f *crowdTangle) harmed(r *record) string {
	if r.broken == 0 {
		return "none"
	}
	return f.field(r)
}

var facebookTypes = map[string]string{"photo": "Photo", "video": "Native Video", "album": "Album", "link": "Link", "text": "Status"}

// reactions are the shares of reactions that are no likes, by their columns.
var reactions = [...]int64{9, 60, 70, 80, 200, 40} // Love, Wow, Haha, Sad, Angry, Care: one in so many

func (f *crowdTangle) rowFacebook(r *record) {
	p, a, broken := r.p, r.a, f.harmed(r)
	f.buf = f.buf[:0]
	f.cells(a.Organization, a.Handle, a.ID, "GOVERNMENT_ORGANIZATION", a.Country, "An invented page.", "2012-05-04 10:11:12",
		strconv.FormatInt(p.followers*9/10, 10), strconv.FormatInt(p.followers, 10))
	f.created(r, broken)
	var parts [len(reactions)]string
	likes := r.counts.Like.V
	for i, one := range reactions {
		n := r.counts.Like.V / one
		likes -= n
		parts[i] = strconv.FormatInt(n, 10)
	}
	n := r.counts
	if p.kind == datasets.Repost {
		n = datasets.Counts{Comment: datasets.Some[int64](0), Share: datasets.Some[int64](0)}
	}
	shown := strconv.FormatInt(likes, 10)
	if broken == "Likes" {
		shown = "many"
	}
	total := group(n.Like.V + n.Comment.V + n.Share.V)
	views := "0"
	if n.View.OK {
		views = count(n.View)
	}
	kind := facebookTypes[p.media]
	shared := ""
	if p.kind == datasets.Repost || p.kind == datasets.Quoted {
		_, handle := other(p)
		kind, shared = "Link", "https://www.facebook.com/"+handle+"/posts/"+strconv.FormatInt(otherID(p), 10)
	}
	f.cells(kind, total, shown, count(n.Comment), count(n.Share))
	f.cells(parts[:]...)
	owner := "-"
	if kind == "Native Video" {
		owner = "Yes"
	}
	address := "https://www.facebook.com/" + a.Handle + "/posts/" + a.facebookID(p)
	text := r.text
	if p.kind == datasets.Repost {
		text = ""
	}
	if shared == "" {
		shared = r.link
	}
	f.cells("", owner, views, views, views, "N/A", address, text, shared, "", "", "", "", "", "", "", total)
	f.ends(broken == "", "-1.2")
}

var instagramTypes = map[string]string{"photo": "Photo", "video": "Video", "album": "Album"}

func (f *crowdTangle) rowInstagram(r *record) {
	p, a, n, broken := r.p, r.a, r.counts, f.harmed(r)
	f.buf = f.buf[:0]
	f.cells(a.Organization, a.Handle, strconv.FormatInt(p.followers, 10))
	f.created(r, broken)
	likes := count(n.Like)
	if broken == "Likes" {
		likes = "many"
	}
	views := "0"
	if n.View.OK {
		views = count(n.View)
	}
	kind := instagramTypes[p.media]
	if kind == "" {
		kind = "Photo"
	}
	address := "https://www.instagram.com/p/" + p.maker(a).shortCode(p) + "/"
	f.cells(kind, group(n.Like.V+n.Comment.V), likes, count(n.Comment), views, address, address, "https://cdn.example/1.jpg", "", r.text, "", "", "")
	f.ends(broken == "", "1.1")
}
