package metrics

import (
	"iter"

	"diplometrics/datasets"
)

// ActiveDaysShare is the share of observed days with a post.
var ActiveDaysShare = Metric{
	Name: "active_days_share", Unit: "share", Version: 1, Shortest: Week,
	Formula: "A = Σ_d c_d · [n_d > 0] / Σ_d c_d",
	Doc: "Share of the observed days on which the account posted at least once, posts of any type counted. " +
		"d runs over the days of the UTC calendar that observed time touches, c_d is the share of the day that was observed, n_d the number of posts in that share: " +
		"a day that was observed for six hours counts as a quarter, above and below the line, so that A lies in [0, 1]. " +
		"0 where the account was observed and did not post; null where no coverage is stated. " +
		"A says how steadily an account posts, whatever the number of posts; it grows with the posting rate all the same. " +
		"The column n is the number of posts, n_observed that of posts in observed time; n_observed and exposure_days are what A is made of.",
	Source: "Definition of this program; exposure as in posts_per_month",
	Parts:  []Part{{Name: "share", Doc: "share of observed days with a post", Scale: Difference}},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if uncovered(p, p.Posts, emit, "share") {
			return
		}
		v := Value{N: int64(len(p.Posts)), Uncertainty: noIntervalPosts}
		var active, observed datasets.Micros
		next := 0
		for d, length := range days(p.Covered) {
			observed += length
			found := false
			for ; next < len(p.Posts) && p.Posts[next].At < (d+1).Micros(); next++ {
				if p.Posts[next].Covered {
					v.NObserved++
					found = true
				}
			}
			if found {
				active += length
			}
		}
		v.Flag = join(p.Coverage, outside(v.N, v.NObserved))
		v.V = datasets.Some(float64(active) / float64(observed))
		emit("share", v)
	},
}

// days yields the days of the UTC calendar that spans touch, in order, each
// with how much of it they cover. Spans are disjoint and in order.
func days(spans []Span) iter.Seq2[datasets.Day, datasets.Micros] {
	return func(yield func(datasets.Day, datasets.Micros) bool) {
		var day datasets.Day
		var length datasets.Micros
		for _, s := range spans {
			for at := s.From; at < s.To; {
				d := at.Day()
				if length > 0 && d != day {
					if !yield(day, length) {
						return
					}
					length = 0
				}
				end := min(s.To, (d + 1).Micros())
				day, length = d, length+end-at
				at = end
			}
		}
		if length > 0 {
			yield(day, length)
		}
	}
}
