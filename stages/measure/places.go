package measure

import (
	"fmt"
	"slices"
	"strings"

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
	places map[string][]*place        // of each organization
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
	m.all = collection{map[string][]*place{}, map[string]map[account]int{}}
	for _, partitions := range m.in.Countries {
		for _, p := range partitions {
			// Posts of an account stand together, and mostly those of a source.
			var a *datasets.Account
			var at *place
			var source string
			var posts int
			count := func() {
				if posts == 0 {
					return
				}
				list := m.all.lists[source]
				if list == nil {
					list = map[account]int{}
					m.all.lists[strings.Clone(source)] = list // which would hold the rows of the file
				}
				list[account{a.Platform, a.AccountID}] += posts
				posts = 0
			}
			for batch, err := range p.Collected {
				if err != nil {
					return err
				}
				for i := range batch {
					r := &batch[i]
					if a == nil || a.AccountID != r.AccountID || a.Platform != r.Platform {
						count()
						n, ok := m.number[account{r.Platform, r.AccountID}]
						if !ok {
							a = nil
							continue // said when the account is measured
						}
						a, at = &m.accounts[n].Account, nil
					}
					if posts > 0 && source != r.Source {
						count()
					}
					source = r.Source
					posts++
					if r.CreatedAt.OK {
						if at == nil {
							at = m.all.place(a)
						}
						at.add(r.CreatedAt.V.Day())
					}
				}
			}
			count()
		}
	}
	for _, places := range m.all.places {
		for _, p := range places {
			p.tidy()
		}
	}
	return nil
}

// place returns the platform of an account as a place of its organization.
func (c *collection) place(a *datasets.Account) *place {
	places := c.places[a.Organization]
	i := slices.IndexFunc(places, func(p *place) bool { return p.platform == a.Platform })
	if i < 0 {
		i = len(places)
		c.places[a.Organization] = append(places, &place{platform: a.Platform})
	}
	return c.places[a.Organization][i]
}

// add adds a day. Days that come in any order take no more room than twice those
// that there are.
func (p *place) add(day datasets.Day) {
	n := len(p.days)
	if n > 0 && p.days[n-1] == day {
		return
	}
	if n == cap(p.days) {
		p.tidy()
		p.days = slices.Grow(p.days, max(64, len(p.days)))
	}
	p.days = append(p.days, day)
}

func (p *place) tidy() {
	slices.Sort(p.days)
	p.days = slices.Compact(p.days)
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
