package simulate

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/study"

	"github.com/BurntSushi/toml"
)

// DefaultParameters is parameters.toml, which explains every key.
//
//go:embed parameters.toml
var DefaultParameters []byte

// Parameters are the numbers of the process. parameters.toml explains each.
type Parameters struct {
	Ends          string              `toml:"ends" json:"ends"`
	Hosts         [][2]string         `toml:"hosts" json:"hosts"` // code and name
	Countries     []Country           `toml:"country" json:"countries"`
	Organizations []Organization      `toml:"organization" json:"organizations"`
	Medians       []Median            `toml:"account" json:"accounts"`
	Spread        Spread              `toml:"spread" json:"spread"`
	Growth        Growth              `toml:"growth" json:"growth"`
	Platforms     map[string]Platform `toml:"platform" json:"platforms"`
	Rhythm        Rhythm              `toml:"rhythm" json:"rhythm"`
	Events        []Event             `toml:"event" json:"events"`
	Holidays      []Holiday           `toml:"holiday" json:"holidays"`
	Collection    Collection          `toml:"collection" json:"collection"`
	Topics        map[string]float64  `toml:"topics" json:"topics"`
}

// Country is a country with its effects, times those of the medians.
type Country struct {
	Code       string             `toml:"code" json:"code"`
	Name       string             `toml:"name" json:"name"`
	Zone       string             `toml:"zone" json:"zone"`
	Share      float64            `toml:"share" json:"share"`
	Followers  float64            `toml:"followers" json:"followers"`
	Posting    float64            `toml:"posting" json:"posting"`
	Engagement float64            `toml:"engagement" json:"engagement"`
	ZeroOdds   float64            `toml:"zero_odds" json:"zero_odds"`
	Languages  map[string]float64 `toml:"languages" json:"languages"`
}

// Organization is a kind of institution with its chance of an account on each
// platform.
type Organization struct {
	Type      string             `toml:"type" json:"type"`
	Name      string             `toml:"name" json:"name"`
	Short     string             `toml:"short" json:"short"`
	Platforms map[string]float64 `toml:"platforms" json:"platforms"`
}

// Median is the median account of a kind on a platform.
type Median struct {
	Type      string  `toml:"type" json:"type"`
	Platform  string  `toml:"platform" json:"platform"`
	Followers float64 `toml:"followers" json:"followers"`
	Posts     float64 `toml:"posts" json:"posts"` // in Days
	Days      float64 `toml:"days" json:"days"`
	Likes     float64 `toml:"likes" json:"likes"` // mean of its posts
	Source    string  `toml:"source" json:"source"`
}

// Spread holds standard deviations of logarithms and logits.
type Spread struct {
	Followers  float64 `toml:"followers" json:"followers"`
	Posting    float64 `toml:"posting" json:"posting"`
	Engagement float64 `toml:"engagement" json:"engagement"`
	Post       float64 `toml:"post" json:"post"`
	Zero       float64 `toml:"zero" json:"zero"`
	ZeroShare  float64 `toml:"zero_share" json:"zero_share"`
}

// Growth is how followers change.
type Growth struct {
	Mean    float64 `toml:"mean" json:"mean"`
	Spread  float64 `toml:"spread" json:"spread"`
	Dips    float64 `toml:"dips" json:"dips"`
	DipFrom float64 `toml:"dip_from" json:"dip_from"`
	DipTo   float64 `toml:"dip_to" json:"dip_to"`
}

// Platform is what posts of a platform are like.
type Platform struct {
	Like        float64 `toml:"like" json:"like"`
	Comment     float64 `toml:"comment" json:"comment"`
	Share       float64 `toml:"share" json:"share"`
	Quote       float64 `toml:"quote" json:"quote"`
	Repost      float64 `toml:"repost" json:"repost"`
	Reply       float64 `toml:"reply" json:"reply"`
	Quoting     float64 `toml:"quoting" json:"quoting"`
	Photo       float64 `toml:"photo" json:"photo"`
	Video       float64 `toml:"video" json:"video"`
	Album       float64 `toml:"album" json:"album"`
	Link        float64 `toml:"link" json:"link"`
	Poll        float64 `toml:"poll" json:"poll"`
	Views       float64 `toml:"views" json:"views"`
	LagMinutes  float64 `toml:"lag_minutes" json:"lag_minutes"`
	HiddenLikes float64 `toml:"hidden_likes" json:"hidden_likes"`
	Joint       float64 `toml:"joint" json:"joint"`
}

// Rhythm is when accounts post.
type Rhythm struct {
	Hours       []float64 `toml:"hours" json:"hours"`
	Weekdays    []float64 `toml:"weekdays" json:"weekdays"`
	Holiday     float64   `toml:"holiday" json:"holiday"`
	Greetings   float64   `toml:"greetings" json:"greetings"`
	Cross       float64   `toml:"cross" json:"cross"`
	MaturesDays float64   `toml:"matures_days" json:"matures_days"`
}

// Event is something that accounts respond to.
type Event struct {
	ID      string  `toml:"id" json:"id"`
	Word    string  `toml:"word" json:"word"`
	Day     float64 `toml:"day" json:"day"`
	Hour    int     `toml:"hour" json:"hour"`
	Country string  `toml:"country" json:"country"`
	Hours   float64 `toml:"hours" json:"hours"`
	Factor  float64 `toml:"factor" json:"factor"`
	Chance  float64 `toml:"chance" json:"chance"`
}

// Holiday is a holiday of fixed date.
type Holiday struct {
	First     string            `toml:"first" json:"first"`
	Days      int               `toml:"days" json:"days"`
	Countries []string          `toml:"countries" json:"countries"`
	Names     map[string]string `toml:"names" json:"names"` // by language
}

// Collection is how the posts were collected, and what went wrong.
type Collection struct {
	MonthEndsDays int     `toml:"month_ends_days" json:"month_ends_days"`
	FinalDays     int     `toml:"final_days" json:"final_days"`
	SheetDays     int     `toml:"sheet_days" json:"sheet_days"`
	Capped        int     `toml:"capped" json:"capped"`
	GapFrom       float64 `toml:"gap_from" json:"gap_from"`
	GapDays       int     `toml:"gap_days" json:"gap_days"`
	Deleted       float64 `toml:"deleted" json:"deleted"`
	DeletedDays   float64 `toml:"deleted_days" json:"deleted_days"`
	Edited        float64 `toml:"edited" json:"edited"`
	Repeated      float64 `toml:"repeated" json:"repeated"`
	Malformed     float64 `toml:"malformed" json:"malformed"`
	Unlisted      float64 `toml:"unlisted" json:"unlisted"`
	Coded         int     `toml:"coded" json:"coded"`
}

// Platforms that have a simulator, in the order of everything that is written.
var platforms = []string{"x", "facebook", "instagram", "telegram"}

// Languages of phrases.csv.
var languages = []string{"en", "kk", "ky", "ru", "uz", "uz-Cyrl"}

// ReadParameters reads parameters of the form of parameters.toml. Name is the
// file's, for errors, which name the key, what was found and what was expected.
func ReadParameters(name string, text []byte) (*Parameters, error) {
	p := &Parameters{}
	md, err := toml.Decode(string(text), p)
	if err != nil {
		var pe toml.ParseError
		if errors.As(err, &pe) {
			return nil, fmt.Errorf("%s:%d: %s", name, pe.Position.Line, strings.TrimPrefix(pe.Message, "toml: "))
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	for _, k := range md.Undecoded() {
		return nil, fmt.Errorf("%s: %s: unknown key; see the parameters that ship with the program", name, k)
	}
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// checker notes the first number that is out of its range.
type checker struct{ err error }

func (c *checker) fail(key, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...))
	}
}

func (c *checker) number(key string, v, low, high float64) {
	if !(v >= low && v <= high) {
		c.fail(key, "found %v, expected a number from %v to %v", v, low, high)
	}
}

func (c *checker) share(key string, v float64) { c.number(key, v, 0, 1) }

// sum checks shares that add up to at most one, or exactly.
func (c *checker) sum(key string, exact bool, shares ...float64) {
	var sum float64
	for _, s := range shares {
		c.share(key, s)
		sum += s
	}
	if sum > 1+1e-9 || exact && sum < 1-1e-9 {
		c.fail(key, "found shares that add up to %.6g, expected 1%s", sum, map[bool]string{false: " at most"}[exact])
	}
}

// large bounds what is multiplied with something else.
const large = 1e9

func (p *Parameters) check() error {
	c := &checker{}
	if _, err := study.ParseDay(p.Ends); err != nil {
		c.fail("ends", "%v", err)
	}
	for _, h := range p.Hosts {
		if err := study.CheckCountry(h[0]); err != nil {
			c.fail("hosts", "%v", err)
		}
	}
	if len(p.Hosts) == 0 {
		c.fail("hosts", "expected at least one")
	}
	if len(p.Countries) < 2 {
		c.fail("country", "found %d, expected at least two", len(p.Countries))
	}
	for i, x := range p.Countries {
		key := "country " + x.Code
		if err := study.CheckCountry(x.Code); err != nil {
			c.fail("country: code", "%v", err)
		}
		if slices.ContainsFunc(p.Countries[:i], func(y Country) bool { return y.Code == x.Code }) {
			c.fail(key, "stands twice; name each country once")
		}
		if err := study.CheckZone(x.Zone); err != nil {
			c.fail(key+": zone", "%v", err)
		}
		c.number(key+": share", x.Share, 1e-6, large)
		for name, v := range map[string]float64{"followers": x.Followers, "posting": x.Posting, "engagement": x.Engagement, "zero_odds": x.ZeroOdds} {
			c.number(key+": "+name, v, 1e-3, 1e3)
		}
		for l := range x.Languages {
			if !slices.Contains(languages, l) {
				c.fail(key+": languages", "found %q, expected some of %s", l, strings.Join(languages, ", "))
			}
		}
		c.sum(key+": languages", true, slices.Collect(maps.Values(x.Languages))...)
	}
	for _, name := range platforms {
		x, ok := p.Platforms[name]
		key := "platform." + name
		if !ok {
			c.fail(key, "missing")
		}
		c.sum(key+": like, comment, share, quote", true, x.Like, x.Comment, x.Share, x.Quote)
		c.sum(key+": repost, reply, quoting", false, x.Repost, x.Reply, x.Quoting)
		c.sum(key+": photo, video, album, link, poll", false, x.Photo, x.Video, x.Album, x.Link, x.Poll)
		c.share(key+": hidden_likes", x.HiddenLikes)
		c.number(key+": joint", x.Joint, 0, 0.5)
		c.number(key+": views", x.Views, 0, 1e4)
		c.number(key+": lag_minutes", x.LagMinutes, 0, 600)
		if x.Like < 0.01 {
			c.fail(key+": like", "found %v, expected at least 0.01", x.Like)
		}
		c.shows(key, name, &x)
	}
	for name := range p.Platforms {
		if !slices.Contains(platforms, name) {
			c.fail("platform."+name, "expected one of %s", strings.Join(platforms, ", "))
		}
	}
	if len(p.Organizations) == 0 {
		c.fail("organization", "expected at least one")
	}
	shorts := map[string]bool{}
	for _, o := range p.Organizations {
		key := "organization " + o.Type
		if !shortName.MatchString(o.Short) || shorts[o.Short] {
			c.fail(key+": short", "found %q, expected small letters, digits and _ that no other organization has", o.Short)
		}
		shorts[o.Short] = true
		if len(o.Platforms) == 0 {
			c.fail(key+": platforms", "expected at least one")
		}
		for name, chance := range o.Platforms {
			c.share(key+": platforms."+name, chance)
			if p.median(o.Type, name) == nil {
				c.fail(key+": platforms."+name, "there is no [[account]] of this type and platform")
			}
		}
	}
	for _, m := range p.Medians {
		key := fmt.Sprintf("account %s %s", m.Type, m.Platform)
		c.number(key+": followers", m.Followers, 1, 1e8)
		c.number(key+": days", m.Days, 1, 1e5)
		c.number(key+": posts", m.Posts, 1e-3, m.Days*1000)
		c.number(key+": likes", m.Likes, 1e-6, 1e6)
	}
	s := p.Spread
	for name, v := range map[string]float64{"followers": s.Followers, "posting": s.Posting, "engagement": s.Engagement, "post": s.Post, "zero": s.Zero} {
		c.number("spread: "+name, v, 0, 2)
	}
	c.number("spread: zero_share", s.ZeroShare, 0, 0.95)
	c.number("growth: mean", p.Growth.Mean, -1, 1)
	c.number("growth: spread", p.Growth.Spread, 0, 1)
	c.share("growth: dips", p.Growth.Dips)
	c.number("growth: dip_from", p.Growth.DipFrom, 0, 0.9)
	c.number("growth: dip_to", p.Growth.DipTo, p.Growth.DipFrom, 0.9)
	c.rhythm(&p.Rhythm)
	ids := map[string]bool{}
	for _, e := range p.Events {
		key := "event " + e.ID
		if !shortName.MatchString(e.ID) || ids[e.ID] {
			c.fail("event: id", "found %q, expected small letters, digits and _ that no other event has", e.ID)
		}
		ids[e.ID] = true
		if e.Country != "" && p.Country(e.Country) == nil {
			c.fail(key+": country", "found %q, expected one of the countries", e.Country)
		}
		c.share(key+": day", e.Day)
		c.number(key+": hour", float64(e.Hour), 0, 23)
		c.number(key+": hours", e.Hours, 1, 1000)
		c.number(key+": factor", e.Factor, 0, 100)
		c.share(key+": chance", e.Chance)
		if !hashtag.MatchString(e.Word) {
			c.fail(key+": word", "found %q, expected letters and digits, to be a hashtag", e.Word)
		}
	}
	for _, h := range p.Holidays {
		if _, err := time.Parse("01-02", h.First); err != nil {
			c.fail("holiday: first", "found %q, expected month and day such as 03-21", h.First)
		}
		c.number("holiday "+h.First+": days", float64(h.Days), 1, 31)
	}
	c.collection(&p.Collection)
	stock, err := readStock()
	if err != nil {
		return err
	}
	var sum float64
	for name, v := range p.Topics {
		c.number("topics: "+name, v, 0, large)
		for _, l := range languages {
			if len(stock[l][name]) == 0 {
				c.fail("topics: "+name, "unknown topic; there are no sentences on it")
			}
		}
		sum += v
	}
	if !(sum > 0) {
		c.fail("topics", "expected at least one above 0")
	}
	return c.err
}

var (
	shortName = regexp.MustCompile(`^[a-z0-9_]{1,30}$`)
	hashtag   = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9]{2,40}$`)
)

// shows checks that a platform is given only what its export can show.
func (c *checker) shows(key, platform string, x *Platform) {
	none := func(what string, v float64) {
		if v != 0 {
			c.fail(key+": "+what, "found %v, but the exports of %s do not show it; expected 0", v, platform)
		}
	}
	if platform != "instagram" {
		none("hidden_likes", x.HiddenLikes)
		none("joint", x.Joint)
	}
	switch platform {
	case "facebook":
		none("quote", x.Quote)
		none("reply", x.Reply)
		none("poll", x.Poll)
	case "instagram":
		for _, n := range []struct {
			name string
			v    float64
		}{{"share", x.Share}, {"quote", x.Quote}, {"repost", x.Repost}, {"reply", x.Reply}, {"quoting", x.Quoting}, {"link", x.Link}, {"poll", x.Poll}} {
			none(n.name, n.v)
		}
		c.sum(key+": photo, video, album", true, x.Photo, x.Video, x.Album)
	case "telegram":
		for _, n := range []struct {
			name string
			v    float64
		}{{"comment", x.Comment}, {"share", x.Share}, {"quote", x.Quote}, {"quoting", x.Quoting}, {"link", x.Link}, {"poll", x.Poll}} {
			none(n.name, n.v)
		}
	}
}

func (c *checker) rhythm(r *Rhythm) {
	for _, x := range []struct {
		key     string
		weights []float64
		want    int
	}{{"rhythm: hours", r.Hours, 24}, {"rhythm: weekdays", r.Weekdays, 7}} {
		if len(x.weights) != x.want {
			c.fail(x.key, "found %d numbers, expected %d", len(x.weights), x.want)
		}
		var sum float64
		for _, w := range x.weights {
			c.number(x.key, w, 0, large)
			sum += w
		}
		if !(sum > 0) {
			c.fail(x.key, "expected at least one above 0")
		}
	}
	c.number("rhythm: holiday", r.Holiday, 0, 100)
	c.share("rhythm: greetings", r.Greetings)
	c.share("rhythm: cross", r.Cross)
	c.number("rhythm: matures_days", r.MaturesDays, 0.01, 7)
}

func (c *checker) collection(x *Collection) {
	c.number("collection: month_ends_days", float64(x.MonthEndsDays), 0, 25)
	c.number("collection: final_days", float64(x.FinalDays), float64(max(8, x.MonthEndsDays+1)), 60)
	c.number("collection: sheet_days", float64(x.SheetDays), 1, 365)
	c.number("collection: capped", float64(x.Capped), 2, 1e6)
	c.share("collection: gap_from", x.GapFrom)
	c.number("collection: gap_days", float64(x.GapDays), 0, 60)
	c.number("collection: deleted_days", x.DeletedDays, 0.01, 1000)
	for name, v := range map[string]float64{"deleted": x.Deleted, "edited": x.Edited, "repeated": x.Repeated, "unlisted": x.Unlisted} {
		c.number("collection: "+name, v, 0, 0.5)
	}
	// Past one record in a hundred a study fails.
	c.number("collection: malformed", x.Malformed, 0, 0.008)
	c.number("collection: coded", float64(x.Coded), 0, 1e5)
}

// median returns the median account of a kind, nil where there is none.
func (p *Parameters) median(kind, platform string) *Median {
	for i := range p.Medians {
		if p.Medians[i].Type == kind && p.Medians[i].Platform == platform {
			return &p.Medians[i]
		}
	}
	return nil
}

// Country returns a country by its code, nil where there is none.
func (p *Parameters) Country(code string) *Country {
	for i := range p.Countries {
		if p.Countries[i].Code == code {
			return &p.Countries[i]
		}
	}
	return nil
}

// end is the day after the last of the study window.
func (p *Parameters) end() datasets.Day {
	d, err := study.ParseDay(p.Ends)
	if err != nil {
		panic("simulate: unchecked parameters: " + err.Error())
	}
	return d
}

// logit of a share.
func logit(share float64) float64 { return math.Log(share / (1 - share)) }
