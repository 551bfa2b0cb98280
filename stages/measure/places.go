package measure

import (
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
)

// place is a platform on which posts of an organization were collected, and the
// time from the first to the last of them.
type place struct {
	platform    string
	first, last datasets.Micros
}

// margin is how far cross-posts may lie apart.
const margin = 48 * 3600 * 1_000_000

// findPlaces learns on which platforms each organization was collected, which
// no account by itself can tell.
func (m *measuring) findPlaces() error {
	all := map[string][]place{}
	for _, partitions := range m.in.Countries {
		for _, p := range partitions {
			for batch, err := range p.Collected {
				if err != nil {
					return err
				}
				var w *metrics.Window // of the row before: posts of an account stand together
				for i := range batch {
					r := &batch[i]
					if !r.CreatedAt.OK {
						continue
					}
					if w == nil || w.Account.Platform != r.Platform || w.Account.AccountID != r.AccountID {
						if w = m.windows[account{r.Platform, r.AccountID}]; w == nil {
							continue // said when the account is measured
						}
					}
					all[w.Account.Organization] = extend(all[w.Account.Organization], r.Platform, r.CreatedAt.V)
				}
			}
		}
	}
	m.places = all
	return nil
}

func extend(places []place, platform string, at datasets.Micros) []place {
	i := slices.IndexFunc(places, func(p place) bool { return p.platform == platform })
	if i < 0 {
		return append(places, place{platform, at, at})
	}
	places[i].first, places[i].last = min(places[i].first, at), max(places[i].last, at)
	return places
}

// elsewhere returns the other platforms of which posts of the organization were
// collected around these, which are sorted by time.
func (m *measuring) elsewhere(a *datasets.Account, posts []*metrics.Post) []string {
	if len(posts) == 0 {
		return nil
	}
	from, to := posts[0].At-margin, posts[len(posts)-1].At+margin
	var out []string
	for _, p := range m.places[a.Organization] {
		if p.platform != a.Platform && p.first <= to && p.last >= from {
			out = append(out, p.platform)
		}
	}
	slices.Sort(out)
	return out
}
