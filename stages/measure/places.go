package measure

import (
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
	places map[string][]place              // of each organization
	lists  map[string]map[account]struct{} // accounts of which each source holds posts
}

// survey learns on which platforms each organization was collected, and which
// accounts each source holds.
func (m *measuring) survey() error {
	m.all = collection{map[string][]place{}, map[string]map[account]struct{}{}}
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
					if list := m.all.lists[r.Source]; list == nil {
						m.all.lists[r.Source] = map[account]struct{}{{w.Account.Platform, w.Account.AccountID}: {}}
					} else if _, ok := list[id]; !ok {
						list[account{w.Account.Platform, w.Account.AccountID}] = struct{}{}
					}
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
func (m *measuring) sisters(held map[string]*study.Capture) map[string]bool {
	out := map[string]bool{}
	for name, list := range m.all.lists {
		if held[name] != nil {
			continue
		}
		for own := range held {
			for id := range m.all.lists[own] {
				if _, ok := list[id]; ok {
					out[name] = true
				}
			}
		}
	}
	return out
}
