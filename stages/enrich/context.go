package enrich

import (
	"iter"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/enrich/language"
)

// Contexts finds the contexts of posts that come in the order of their table. It
// holds the snapshots of one account, in 56 bytes each, and nothing of the posts.
type Contexts struct {
	of        map[account]*about
	snapshots *snapshots
	at        account // whose posts came last
	followers series  // its readings
	rows      []datasets.PostContext
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

// SnapshotColumns are the columns of account_snapshots that contexts are found
// from.
var SnapshotColumns = []string{"platform", "account_id", "observed_at", "observed_precision", "followers", "followers_low", "followers_high"}

// NewContexts takes snapshots in the order of their table, of any accounts, and
// the accounts that posts may be of. Zones are the zones of [zones] in
// study.toml, by country. A snapshot counts where it shows followers and its time
// is known to the month or better; followers_precision of post_context says how
// such times are taken. The caller closes it.
func NewContexts(all iter.Seq2[[]datasets.AccountSnapshot, error], accounts []datasets.Account, zones map[string]*time.Location) *Contexts {
	c := &Contexts{of: make(map[account]*about, len(accounts))}
	for i := range accounts {
		a := &accounts[i]
		c.of[account{a.Platform, a.AccountID}] = zoned(a, zones)
	}
	c.snapshots = newSnapshots(all, c.of)
	return c
}

// Close ends the reading of snapshots.
func (c *Contexts) Close() { c.snapshots.stop() }

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

// Of returns the contexts of the next posts, in their order, which is that of
// the table over all calls. They are valid until the next call. The strings that
// name a post are its own. Errors are those of reading snapshots.
//
// Followers that the export gives with the post stand before snapshots. Where
// the time of the post is not known, nothing else is.
func (c *Contexts) Of(posts []datasets.Post) ([]datasets.PostContext, error) {
	if cap(c.rows) < len(posts) {
		c.rows = make([]datasets.PostContext, len(posts))
	}
	rows := c.rows[:len(posts)]
	for i := range posts {
		p := &posts[i]
		rows[i] = datasets.PostContext{Platform: p.Platform, AccountID: p.AccountID, PostID: p.PostID}
		if err := c.count(p, &rows[i]); err != nil {
			return nil, err
		}
	}
	share(workers(), len(posts), func(_, from, to int) {
		for i := from; i < to; i++ {
			c.clock(&posts[i], &rows[i])
			speech(&posts[i], &rows[i])
		}
	})
	return rows, nil
}

// count sets the followers.
func (c *Contexts) count(p *datasets.Post, x *datasets.PostContext) (err error) {
	if c.at.platform != p.Platform || c.at.id != p.AccountID {
		c.at = account{strings.Clone(p.Platform), strings.Clone(p.AccountID)}
		if c.followers, err = c.snapshots.of(c.at, c.followers[:0]); err != nil {
			return err
		}
	}
	switch {
	case p.FollowersAtPosting.OK:
		n := datasets.Some(float64(p.FollowersAtPosting.V))
		x.Followers, x.FollowersLow, x.FollowersHigh = n, n, n
		x.FollowersMethod = datasets.Some(datasets.FollowersGiven)
	case c.of[c.at] == nil:
		x.FollowersAbsent = datasets.Some(noAccount)
	case len(c.followers) == 0 && c.snapshots.vague:
		x.FollowersAbsent = datasets.Some(onlyVague)
	case len(c.followers) == 0:
		x.FollowersAbsent = datasets.Some(noSnapshot)
	case !p.CreatedAt.OK:
		x.FollowersAbsent = datasets.Some(noTime)
	default:
		c.followers.at(p.CreatedAt.V, x)
	}
	return nil
}

// clock sets the local time.
func (c *Contexts) clock(p *datasets.Post, x *datasets.PostContext) {
	a := c.of[account{p.Platform, p.AccountID}]
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
