package enrich

import (
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/enrich/language"
)

// Contexts finds the contexts of posts. It holds nothing of them.
type Contexts struct {
	of        map[account]*about
	followers *Followers
	lookups   []lookup // by worker
	rows      []datasets.PostContext
}

// lookup is what a worker knows of the account whose post came last: the next
// one's is mostly the same.
type lookup struct {
	at     account
	about  *about // nil where the account is unknown
	series series
	vague  bool // see Followers.of
}

// about is what is known of an account without its snapshots.
type about struct {
	zone       *time.Location
	zoneOf     string
	zoneAbsent string // why zone is nil
}

// Why a column of a context is absent.
const (
	noTime     = "the time of the post is not known"
	noAccount  = "unknown account"
	noSnapshot = "no snapshot of the account's followers"
	onlyVague  = "snapshots known only to the year"
	noZoneFor  = "study.toml gives no zone for "
	noCountry  = "the account has no country"
)

// NewContexts takes the followers of accounts, and the accounts that posts may be
// of. Zones are the zones of [zones] in study.toml, by country.
func NewContexts(followers *Followers, accounts []datasets.Account, zones map[string]*time.Location) *Contexts {
	c := &Contexts{of: make(map[account]*about, len(accounts)), followers: followers, lookups: make([]lookup, workers())}
	for i := range accounts {
		a := &accounts[i]
		c.of[account{a.Platform, a.AccountID}] = zoned(a, zones)
	}
	return c
}

// zoned finds the zone of an account.
func zoned(a *datasets.Account, zones map[string]*time.Location) *about {
	x := &about{}
	var asked []string
	for _, of := range []struct {
		name    string
		country datasets.Opt[string]
	}{{"host_country", a.HostCountry}, {"country", a.Country}} {
		if !of.country.OK {
			continue
		}
		if z := zones[of.country.V]; z != nil {
			x.zone, x.zoneOf = z, of.name
			return x
		}
		if !slices.Contains(asked, of.country.V) {
			asked = append(asked, of.country.V)
		}
	}
	x.zoneAbsent = noCountry
	if asked != nil {
		x.zoneAbsent = noZoneFor + strings.Join(asked, " or ")
	}
	return x
}

// Of returns the contexts of posts, in their order. They are valid until the next
// call. The strings that name a post are its own. It is fastest where the posts
// of an account follow one another.
//
// Followers that the export gives with the post stand before snapshots. Where
// the time of the post is not known, nothing else is.
func (c *Contexts) Of(posts []datasets.Post) []datasets.PostContext {
	if cap(c.rows) < len(posts) {
		c.rows = make([]datasets.PostContext, len(posts))
	}
	rows := c.rows[:len(posts)]
	share(len(c.lookups), len(posts), func(worker, from, to int) {
		k := &c.lookups[worker]
		for i := from; i < to; i++ {
			p, x := &posts[i], &rows[i]
			*x = datasets.PostContext{Platform: p.Platform, AccountID: p.AccountID, PostID: p.PostID}
			if k.at.id != p.AccountID || k.at.platform != p.Platform {
				c.look(k, p)
			}
			k.count(p, x)
			k.clock(p, x)
			speech(p, x)
		}
	})
	return rows
}

// look finds what is known of the account of a post.
func (c *Contexts) look(k *lookup, p *datasets.Post) {
	k.at = account{strings.Clone(p.Platform), strings.Clone(p.AccountID)}
	k.about = c.of[k.at]
	k.series, k.vague = c.followers.of(k.at, k.series[:0])
}

// count sets the followers.
func (k *lookup) count(p *datasets.Post, x *datasets.PostContext) {
	switch {
	case p.FollowersAtPosting.OK:
		n := datasets.Some(float64(p.FollowersAtPosting.V))
		x.Followers, x.FollowersLow, x.FollowersHigh = n, n, n
		x.FollowersMethod = datasets.Some(datasets.FollowersGiven)
	case k.about == nil:
		x.FollowersAbsent = datasets.Some(noAccount)
	case len(k.series) == 0 && k.vague:
		x.FollowersAbsent = datasets.Some(onlyVague)
	case len(k.series) == 0:
		x.FollowersAbsent = datasets.Some(noSnapshot)
	case !p.CreatedAt.OK:
		x.FollowersAbsent = datasets.Some(noTime)
	default:
		k.series.at(p.CreatedAt.V, x)
	}
}

// clock sets the local time.
func (k *lookup) clock(p *datasets.Post, x *datasets.PostContext) {
	switch a := k.about; {
	case a == nil:
		x.LocalAbsent = datasets.Some(noAccount)
	case !p.CreatedAt.OK:
		x.LocalAbsent = datasets.Some(noTime)
	case a.zone == nil:
		x.LocalAbsent = datasets.Some(a.zoneAbsent)
	default:
		t := p.CreatedAt.V.Time().In(a.zone)
		x.LocalDate = datasets.Some(datasets.DayOf(t))
		x.LocalHour = datasets.Some(int64(t.Hour()))
		x.LocalWeekday = datasets.Some(int64(t.Weekday()+6)%7 + 1)
		x.Zone = datasets.Some(a.zone.String())
		x.ZoneOf = datasets.Some(a.zoneOf)
	}
}

// speech sets the language.
func speech(p *datasets.Post, x *datasets.PostContext) {
	if !p.Text.OK {
		return
	}
	told := language.Identify(p.Text.V)
	x.Language = datasets.Some(told.Language)
	for i, share := range told.Shares {
		x.LanguageShares[i] = datasets.Some(share)
	}
}
