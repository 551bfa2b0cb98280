package enrich

import (
	"iter"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/enrich/language"
)

// Contexts finds the context of a post. It holds the snapshots of its accounts
// in 56 bytes each, and nothing of the posts.
type Contexts struct {
	of map[account]*about
}

// about is what is known of an account.
type about struct {
	followers       series
	followersAbsent string // why the series is empty
	zone            *time.Location
	zoneOf          string
	zoneAbsent      string // why zone is nil
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

// NewContexts reads the snapshots of the accounts, in any order; those of other
// accounts are passed over. Zones are the zones of [zones] in study.toml, by
// country. A snapshot counts where it shows followers and its time is known to
// the month or better; followers_precision of post_context says how such times
// are taken. The only error is one of reading the snapshots.
func NewContexts(snapshots iter.Seq2[[]datasets.AccountSnapshot, error], accounts []datasets.Account, zones map[string]*time.Location) (*Contexts, error) {
	c := &Contexts{of: make(map[account]*about, len(accounts))}
	for i := range accounts {
		a := &accounts[i]
		c.of[account{a.Platform, a.AccountID}] = zoned(a, zones)
	}
	for batch, err := range snapshots {
		if err != nil {
			return nil, err
		}
		for i := range batch {
			s := &batch[i]
			a := c.of[account{s.Platform, s.AccountID}]
			if a == nil || !s.Followers.V.OK {
				continue
			}
			p, ok := precisionOf(s.ObservedPrecision)
			if !ok {
				a.followersAbsent = onlyVague
				continue
			}
			a.followers = append(a.followers, reading{s.ObservedAt, p, s.Followers.V.V, s.Followers.Low, s.Followers.High})
		}
	}
	for _, a := range c.of {
		a.followers = newSeries(a.followers)
	}
	return c, nil
}

// zoned finds the zone of an account.
func zoned(a *datasets.Account, zones map[string]*time.Location) *about {
	x := &about{followersAbsent: noSnapshot}
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

// Of returns the context of a post. The strings that name the post are the
// post's own.
//
// Followers that the export gives with the post stand before snapshots. Where
// the time of the post is not known, nothing else is.
func (c *Contexts) Of(p *datasets.Post) datasets.PostContext {
	x := datasets.PostContext{Platform: p.Platform, AccountID: p.AccountID, PostID: p.PostID}
	a := c.of[account{p.Platform, p.AccountID}]
	switch {
	case p.FollowersAtPosting.OK:
		n := datasets.Some(float64(p.FollowersAtPosting.V))
		x.Followers, x.FollowersLow, x.FollowersHigh = n, n, n
		x.FollowersMethod = datasets.Some(datasets.FollowersGiven)
	case a == nil:
		x.FollowersAbsent = datasets.Some(noAccount)
	case len(a.followers) == 0:
		x.FollowersAbsent = datasets.Some(a.followersAbsent)
	case !p.CreatedAt.OK:
		x.FollowersAbsent = datasets.Some(noTime)
	default:
		a.followers.at(p.CreatedAt.V, &x)
	}
	switch {
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
	if p.Text.OK {
		told := language.Identify(p.Text.V)
		x.Language = datasets.Some(told.Language)
		for i, share := range told.Shares {
			x.LanguageShares[i] = datasets.Some(share)
		}
	}
	return x
}

// Context returns the contexts of posts that are all at hand, sorted by key.
func Context(posts []datasets.Post, snapshots []datasets.AccountSnapshot, accounts []datasets.Account, zones map[string]*time.Location) []datasets.PostContext {
	c, _ := NewContexts(func(yield func([]datasets.AccountSnapshot, error) bool) { yield(snapshots, nil) }, accounts, zones)
	out := make([]datasets.PostContext, len(posts))
	for i := range posts {
		out[i] = c.Of(&posts[i])
	}
	slices.SortFunc(out, func(a, b datasets.PostContext) int { return datasets.PostContexts.Compare(&a, &b) })
	return out
}
