package metrics

import (
	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// HIndex is the h-index of posts.
var HIndex = Metric{
	Name: "h_index", Unit: "posts", Version: 1, Shortest: Month,
	Formula: "h = max{k : #{i : Iᵢ ≥ k} ≥ k}",
	Doc: "The greatest h such that h of the own posts have at least h interactions each; Iᵢ are the interactions of the posts of which all are known, without reposts. " +
		"One post that everybody saw does not move it. 0 where no post has an interaction; null without a post whose interactions are known. " +
		"It grows with the number of posts and with time: countries are not compared by it. " +
		"Posts whose interactions are hidden can only raise it. The column n is the number of own posts, n_observed that of those with interactions.",
	Source: "Hirsch (2005), PNAS 102:16569-16572",
	Parts:  []Part{{Name: "h", Doc: "h"}},
	OfPosts: func(p *Period, emit func(string, Value)) {
		x, v, why, ok := spread(p)
		if !ok {
			return
		}
		if len(x) == 0 || x[0] < 0 {
			emit("h", filled(v, datasets.None[float64](), why))
			return
		}
		counts := make([]int64, len(x))
		for i, k := range x {
			counts[i] = int64(k)
		}
		v.V = datasets.Some(float64(sample.HIndex(counts)))
		emit("h", v)
	},
}
