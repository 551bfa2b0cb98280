package compare

import (
	"fmt"

	"diplometrics/datasets"
)

// voice returns the share of each country in the posts and in the interactions
// of the study's countries on a platform.
func (s *study) voice() []datasets.Estimate {
	accounts, platforms := s.byCell()
	var out []datasets.Estimate
	for _, platform := range platforms {
		type total struct{ accounts, posts, interactions int64 }
		of := make([]total, len(s.p.Countries))
		var all total
		speaking := 0
		for i, country := range s.p.Countries {
			for _, a := range accounts[cell{country, platform}] {
				if len(s.counts[a]) == 0 {
					continue
				}
				of[i].accounts++
				for _, c := range s.counts[a] {
					of[i].posts += c.Posts
					of[i].interactions += c.Posts * c.Interactions
				}
			}
			if of[i].accounts > 0 {
				speaking++
			}
			all.posts += of[i].posts
			all.interactions += of[i].interactions
		}
		for i, country := range s.p.Countries {
			census := len(accounts[cell{country, platform}])
			if census == 0 {
				continue
			}
			for _, m := range []struct {
				part    string
				own, of int64
			}{{"posts", of[i].posts, all.posts}, {"interactions", of[i].interactions, all.interactions}} {
				e := datasets.Estimate{Metric: "share_of_voice", Part: m.part, Country: country, Platform: platform, Method: "share_of_voice", Unit: "share",
					NAccounts: datasets.Some(of[i].accounts), N: of[i].posts}
				tell(&e, fmt.Sprintf("of the posts with known interactions of %d of the %d accounts in accounts.csv, among %s of the study", of[i].accounts, census, countries(speaking)))
				switch {
				case of[i].accounts == 0:
					tell(&e, "no value: no post with known interactions")
				case speaking < 2:
					tell(&e, "no value: no other country has posts on this platform")
				case m.of == 0:
					tell(&e, "no value: no post had an interaction")
				default:
					e.Value = datasets.Some(float64(m.own) / float64(m.of))
				}
				e.Uncertainty = "none: a count of the accounts that are in the study, no sample of others"
				if !e.Value.OK {
					e.Uncertainty = noValue
				}
				out = append(out, e)
			}
		}
	}
	return out
}

func countries(n int) string {
	if n == 1 {
		return "1 country"
	}
	return fmt.Sprintf("%d countries", n)
}
