package metrics

import (
	"diplometrics/stages/sample"
)

// Herfindahl is the concentration of interactions on posts.
var Herfindahl = Metric{
	Name: "herfindahl", Unit: "1", Version: 1, Shortest: Month,
	Formula: "H = Σ(Iᵢ / ΣI)²",
	Doc: "Herfindahl-Hirschman index of the interactions of own posts: the chance that two interactions drawn at random, the first put back, are of the same post. " +
		"Iᵢ are the interactions of the n posts of which all are known, without reposts. From 1/n where all posts have as many to 1 where one has all; 1/H is the number of equally successful posts with the same index. " +
		"Null where the sum is 0. H falls with n: countries are not compared by it, and accounts only at a similar n. " +
		"The column n is the number of own posts, n_observed that of those with interactions.",
	Source: "Herfindahl (1950); Hirschman (1964), American Economic Review 54:761",
	Parts:  []Part{{Name: "h", Doc: "H"}},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if x, v, why, ok := spread(p); ok {
			emit("h", filled(v, sample.Herfindahl(x), why))
		}
	},
}
