package metrics

import (
	"fmt"

	"diplometrics/stages/sample"
)

// Burstiness tells bursts of posts from a steady rhythm.
var Burstiness = Metric{
	Name: "burstiness", Unit: "1", Version: 1, Shortest: Month,
	Formula: "B = (r − 1) / (r + 1);  A = (√(n+1) · r − √(n−1)) / ((√(n+1) − 2) · r + √(n−1));  M = corr(τ_k, τ_{k+1})",
	Doc: "How far the intervals τ between consecutive posts are from a clock (-1) and from independent posts at a constant rate (0) towards bursts (1). " +
		"r is the coefficient of variation of the intervals (standard deviation with divisor n by mean), n their number. " +
		"B cannot come near 1 for few intervals; A, which corrects for that, reaches 1 at every n and is the one to compare, below 100 intervals above all. " +
		"The memory M is the correlation of each interval with the next: above 0 where long silences follow long ones. " +
		"Intervals are those of inter_post_interval, within stretches of observed time, posts of any type, threads not merged; where no coverage is stated, all known posts are one stretch, flagged. " +
		"M looks at the stretch with the most intervals only, since the intervals before and after a gap do not follow each other. " +
		"B and A are null below two intervals or where all are 0, M below ten or where they do not differ. " +
		"Day and night alone make posting bursty: A of an account with office hours is above 0 without any campaign. " +
		"The column n is the number of posts, n_observed that of intervals.",
	Source: "Goh and Barabási (2008), EPL 81:48002 (B and M); Kim and Jo (2016), Physical Review E 94:032311 (A)",
	Parts: []Part{
		{Name: "b", Doc: "B, for any number of intervals"},
		{Name: "finite", Doc: "A, corrected for the number of intervals", Scale: Difference},
		{Name: "memory", Doc: "M, correlation of consecutive intervals"},
	},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if len(p.Posts) == 0 && p.Kind != Whole {
			return
		}
		hours, longest, flag := intervals(p)
		v := Value{N: int64(len(p.Posts)), NObserved: int64(len(hours)), Uncertainty: noIntervalPosts, Flag: flag}
		b, finite := sample.Burstiness(hours)
		emit("b", filled(v, b, fewIntervals(hours)))
		emit("finite", filled(v, finite, fewIntervals(hours)))
		if rest := len(hours) - len(longest); rest > 0 {
			v.Flag = join(v.Flag, plural(int64(rest), "interval")+" of other stretches of observed time left out")
		}
		v.NObserved = int64(len(longest))
		emit("memory", filled(v, sample.Memory(longest), fmt.Sprintf("fewer than 10 intervals in one stretch of observed time, or equal ones: there are %d", len(longest))))
	},
}
