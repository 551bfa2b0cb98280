package metrics

import (
	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// LongestSilence is the longest observed time without a post.
var LongestSilence = Metric{
	Name: "longest_silence", Unit: "days", Version: 1, Shortest: Month,
	Formula: "S = max over k of (t_{k+1} − t_k), with t_0 the beginning and t_{n+1} the end of each stretch of observed time",
	Doc: "Longest time without a post of any type, in days of 24 hours. t_1 ≤ … ≤ t_n are the posts of one stretch of observed time; S is the greatest over all stretches. " +
		"The time from the beginning of a stretch to its first post and from its last post to its end count too: " +
		"such a silence may have begun before, or go on after, what was observed, is flagged, and is then the least that the silence can be. " +
		"Without a post S is the longest stretch, flagged on both sides. A gap between two stretches is no silence: nobody looked. " +
		"S grows with the time observed: compare accounts of similar exposure_days only. " +
		"The ends of a month cut a silence as the ends of observed time do. Null where no coverage is stated. " +
		"The column n is the number of posts, n_observed that of posts in observed time.",
	Source: "Definition of this program; exposure as in posts_per_month",
	Parts:  []Part{{Name: "longest", Doc: "longest time without a post", Scale: Ratio}},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if uncovered(p, p.Posts, emit, "longest") {
			return
		}
		var times []datasets.Micros
		for _, q := range p.Posts {
			if q.Covered {
				times = append(times, q.At)
			}
		}
		v := Value{N: int64(len(p.Posts)), NObserved: int64(len(times)), Uncertainty: noIntervalPosts}
		var start, end bool
		for _, s := range p.Covered {
			longest, before, after := sample.LongestSilence(times, s.From, s.To)
			switch {
			case !longest.OK || v.V.OK && longest.V < v.V.V:
			case v.V.OK && longest.V == v.V.V:
				start, end = start || before, end || after
			default:
				v.V, start, end = longest, before, after
			}
		}
		if start {
			v.Flag = "may have begun before observed time: at least so long"
		}
		if end {
			v.Flag = join(v.Flag, "may go on after observed time: at least so long")
		}
		v.Flag = join(v.Flag, p.Coverage, outside(v.N, v.NObserved))
		emit("longest", v)
	},
}
