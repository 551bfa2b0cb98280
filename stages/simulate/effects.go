package simulate

import (
	"math"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Effect is what a contrast of two countries of the primary family comes to, by
// the parameters alone: the mean over the accounts of the study, by their kind,
// of what is expected of such an account, A less B. Joint posts, counts that
// were seen before they were ripe, and followers that had to be interpolated are
// no part of it.
type Effect struct {
	Metric   string  `json:"metric"`
	CountryA string  `json:"country_a"`
	CountryB string  `json:"country_b"`
	Platform string  `json:"platform"` // or standardised: the mean over the platforms that all countries have
	Effect   float64 `json:"effect"`   // of posts_per_month a ratio, else a difference
}

// Metrics of the primary family.
const (
	PostingRate = "posts_per_month"
	Engagement  = "log_interactions_per_1000_followers"
	ZeroShare   = "zero_share"
)

// TellsInteractions tells whether the exports of a platform tell all that
// interactions are made of.
func TellsInteractions(platform string) bool { return platform != "telegram" }

// effects returns every effect, in the order of metrics, countries and platforms.
func (s *simulation) effects() []Effect {
	type cell struct{ metric, country, platform string }
	sums, n := map[cell]float64{}, map[[2]string]float64{}
	growth := math.Exp(s.p.Growth.Mean * float64(s.to-s.from) / 2 / sample.DaysPerMonth)
	type kind struct{ country, kind, platform string }
	expected := map[kind][3]float64{}
	for _, a := range s.accounts {
		if a.Country == "" {
			continue
		}
		n[[2]string{a.Country, a.Platform}]++
		k := kind{a.Country, a.kind, a.Platform}
		v, ok := expected[k]
		if !ok {
			p := s.p.Process(a.Country, a.kind, a.Platform)
			p.Rate *= s.scale
			v = [3]float64{p.LogRate(s.factor(a)), p.LogEngagement(growth), p.ZeroShare(growth)}
			expected[k] = v
		}
		for i, m := range []string{PostingRate, Engagement, ZeroShare} {
			sums[cell{m, a.Country, a.Platform}] += v[i]
		}
	}
	var out []Effect
	for _, m := range []string{PostingRate, Engagement, ZeroShare} {
		var shared []string
		for _, platform := range platforms {
			if m != PostingRate && !TellsInteractions(platform) {
				continue
			}
			if !slices.ContainsFunc(s.p.Countries, func(c Country) bool { return n[[2]string{c.Code, platform}] == 0 }) {
				shared = append(shared, platform)
			}
		}
		for i, a := range s.p.Countries {
			for _, b := range s.p.Countries[i+1:] {
				var all float64
				add := func(platform string, v float64) {
					if m == PostingRate {
						v = math.Exp(v)
					}
					out = append(out, Effect{m, a.Code, b.Code, platform, v})
				}
				for _, platform := range shared {
					v := sums[cell{m, a.Code, platform}]/n[[2]string{a.Code, platform}] - sums[cell{m, b.Code, platform}]/n[[2]string{b.Code, platform}]
					add(platform, v)
					all += v / float64(len(shared))
				}
				if len(shared) > 0 {
					add("standardised", all)
				}
			}
		}
	}
	return out
}

// factor is what the rhythm multiplies the rate of an account by over the days
// of the window that are covered.
func (s *simulation) factor(a *Account) float64 {
	return s.rhythms[a.Country].mean(s.from, s.to, func(d datasets.Day) bool {
		return a.family() == fromFlat && d >= s.gap[0] && d < s.gap[1]
	})
}
