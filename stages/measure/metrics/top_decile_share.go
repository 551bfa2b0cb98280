package metrics

import (
	"diplometrics/stages/sample"
)

// TopDecileShare is what the most successful tenth of posts gathers.
var TopDecileShare = Metric{
	Name: "top_decile_share", Unit: "share", Version: 1, Shortest: Month,
	Formula: "Q = Σ of the ⌈n/10⌉ greatest Iᵢ / ΣIᵢ",
	Doc: "Share of all interactions that the tenth of own posts with the most of them has; Iᵢ are the interactions of the n posts of which all are known, without reposts. " +
		"A tenth is rounded up to whole posts: below eleven posts it is one post, and Q at least 1/n. Posts with equal counts at the edge count in part, which gives the same sum as taking any of them. " +
		"Null where the sum is 0. Q depends on n: countries are not compared by it, and accounts only at a similar n. " +
		"The column n is the number of own posts, n_observed that of those with interactions.",
	Source: "Share of the upper tail of a Lorenz curve: Lorenz (1905), Publications of the American Statistical Association 9:209-219",
	Parts:  []Part{{Name: "share", Doc: "share of the upper tenth of posts in all interactions"}},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if x, v, why, ok := spread(p); ok {
			emit("share", filled(v, sample.TopShare(x, 0.1), why))
		}
	},
}
