package metrics

import (
	"diplometrics/stages/sample"
)

// Gini is the inequality of interactions between posts.
var Gini = Metric{
	Name: "gini", Unit: "1", Version: 1, Shortest: Month,
	Formula: "G = Σ(2i − n − 1) · I₍ᵢ₎ / (n · ΣI);  G* = G · n / (n − 1)",
	Doc: "Gini's coefficient of the interactions of own posts: 0 where all have as many, (n-1)/n where one has all; G*, without that bias, from 0 to 1. " +
		"I₍₁₎ ≤ … ≤ I₍ₙ₎ are the interactions (likes, comments and what else the platform counts) of the n posts of which all of them are known; reposts are left out, because their counts belong to somebody else. " +
		"Null where the sum is 0, which is no equality; G* also for one post. " +
		"For heavy tails both still grow with n: countries are not compared by them, and accounts only at a similar n. " +
		"The column n is the number of own posts, n_observed that of those with interactions.",
	Source: "Gini (1912), Variabilità e mutabilità; Deltas (2003), Review of Economics and Statistics 85:226-234 (G*)",
	Parts: []Part{
		{Name: "g", Doc: "G"},
		{Name: "unbiased", Doc: "G*, corrected for n"},
	},
	OfPosts: func(p *Period, emit func(string, Value)) {
		x, v, why, ok := spread(p)
		if !ok {
			return
		}
		g, unbiased := sample.Gini(x)
		emit("g", filled(v, g, why))
		if why == "" && len(x) == 1 {
			why = "1 post, and it takes 2"
		}
		emit("unbiased", filled(v, unbiased, why))
	},
}

// spread returns the interactions of own posts, sorted, with the beginning of a
// value that tells how they are spread over the posts, and why they have no
// shares, "" where they have. Not ok is a platform that counts none, and a
// period, other than the study window, without own posts.
func spread(p *Period) (x []float64, v Value, why string, ok bool) {
	names, chosen := p.components()
	if len(names) == 0 || len(p.Own) == 0 && p.Kind != Whole {
		return nil, v, "", false
	}
	x = p.Interactions()
	v = Value{N: int64(len(p.Own)), NObserved: int64(len(x)), Uncertainty: noIntervalPosts}
	hidden := ""
	if unknown := v.N - v.NObserved; unknown > 0 {
		hidden = plural(unknown, "post") + " left out: a count that makes up the interactions is not known"
	}
	v.Flag = join(hidden, chosen, p.immature(p.Own))
	switch {
	case v.N == 0:
		why = "no own post"
	case len(x) == 0:
		why = "the interactions of no own post are known"
	case x[0] < 0:
		why = "a count is negative"
	case x[len(x)-1] == 0:
		why = "no post has an interaction: a sum of 0 has no shares"
	}
	return x, v, why, true
}
