package measure

import (
	"fmt"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"
)

// place is a platform on which posts of an organization were collected, and the
// days on which they were posted, in order.
type place struct {
	platform string
	days     []datasets.Day
}

// collection is what is known of all posts before any account is measured, and
// what no account by itself can tell.
type collection struct {
	places map[string][]place         // of each organization
	lists  map[string]map[account]int // posts of each account that each source holds
}

// A source seems cut at a number of posts, at least cutPosts, that many of its
// accounts on a platform have exactly: three of them where no account has more,
// else five, and four times as many as have about that number (three posts more
// or less, on average). Collectors stop at the last 20, 200 or 3,200 posts of an
// account; where nothing stops them, numbers are hardly ever so shared.
const (
	cutPosts    = 20
	cutMost     = 3
	cutAccounts = 5
	cutTimes    = 4
	cutAbout    = 3
)

// cut returns the doubt about a source that is said to be whole and that holds
// of the account as many posts as its collector seems to have taken at most; ""
// where there is none.
func (c *collection) cut(source string, of account) string {
	n := c.lists[source][of]
	same, about, more := 0, 0, false
	for other, posts := range c.lists[source] {
		switch d := posts - n; {
		case other.platform != of.platform:
		case d == 0:
			same++
		case -cutAbout <= d && d <= cutAbout:
			about++
			more = more || d > 0
		default:
			more = more || d > 0
		}
	}
	if n < cutPosts || same < cutMost || more && (same < cutAccounts || same*2*cutAbout < cutTimes*about) {
		return ""
	}
	return fmt.Sprintf("%s at %d posts, which is just what the source holds of other accounts too: rates are lower bounds (if it is whole, name the account in [[source.coverage]])", datasets.SeemsCut, n)
}

// survey learns on which platforms each organization was collected, and which
// accounts each source holds.
func (m *measuring) survey() error {
	m.all = collection{map[string][]place{}, map[string]map[account]int{}}
	for _, partitions := range m.in.Countries {
		for _, p := range partitions {
			for batch, err := range p.Collected {
				if err != nil {
					return err
				}
				var w *metrics.Window // of the row before: posts of an account stand together
				for i := range batch {
					r := &batch[i]
					id := account{r.Platform, r.AccountID}
					if w == nil || w.Account.Platform != id.platform || w.Account.AccountID != id.id {
						if w = m.windows[id]; w == nil {
							continue // said when the account is measured
						}
					}
					list := m.all.lists[r.Source]
					if list == nil {
						list = map[account]int{}
						m.all.lists[r.Source] = list
					}
					list[account{w.Account.Platform, w.Account.AccountID}]++
					if r.CreatedAt.OK {
						m.all.places[w.Account.Organization] = extend(m.all.places[w.Account.Organization], w.Account.Platform, r.CreatedAt.V.Day())
					}
				}
			}
		}
	}
	for _, places := range m.all.places {
		for i := range places {
			slices.Sort(places[i].days)
			places[i].days = slices.Compact(places[i].days)
		}
	}
	return nil
}

func extend(places []place, platform string, day datasets.Day) []place {
	i := slices.IndexFunc(places, func(p place) bool { return p.platform == platform })
	if i < 0 {
		return append(places, place{platform, []datasets.Day{day}})
	}
	if days := places[i].days; days[len(days)-1] != day {
		places[i].days = append(days, day)
	}
	return places
}

// elsewhere returns the other platforms on which the organization posted from
// two days before these posts, which are sorted by time, to two days after.
func (m *measuring) elsewhere(a *datasets.Account, posts []*metrics.Post) []string {
	if len(posts) == 0 {
		return nil
	}
	from, to := posts[0].At.Day()-2, posts[len(posts)-1].At.Day()+2
	var out []string
	for _, p := range m.all.places[a.Organization] {
		if i, _ := slices.BinarySearch(p.days, from); p.platform != a.Platform && i < len(p.days) && p.days[i] <= to {
			out = append(out, p.platform)
		}
	}
	slices.Sort(out)
	return out
}

// sisters returns the sources that hold no post of an account and yet watched
// it, as far as one can tell: they hold another account that a source of its
// posts holds too. A list of pages that is exported month by month is so; files
// of one account each are not.
func (c *collection) sisters(held map[string]*study.Capture) map[string]bool {
	out := map[string]bool{}
	for name, list := range c.lists {
		if held[name] != nil {
			continue
		}
		for own := range held {
			for id := range c.lists[own] {
				if _, ok := list[id]; ok {
					out[name] = true
				}
			}
		}
	}
	return out
}
