package compare

import (
	"math"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// Newton's method only spares the halving what it knows already: the variance is
// that of halving alone, to the bit.
func TestVarianceOfMeanByHalving(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var counts []datasets.InteractionCount
		next, n := int64(0), 0.0
		for range rapid.IntRange(1, 40).Draw(t, "counts") {
			c := datasets.InteractionCount{Interactions: next + rapid.Int64Range(0, 1_000_000).Draw(t, "interactions"), Posts: rapid.Int64Range(1, 1000).Draw(t, "posts")}
			next, n = c.Interactions+1, n+float64(c.Posts)
			counts = append(counts, c)
		}
		mean := rapid.Float64Range(0, 30).Draw(t, "mean")
		at := func(c float64) (m float64) {
			for _, k := range counts {
				m += float64(k.Posts) * math.Log1p(float64(k.Interactions)*c) / n
			}
			return m
		}
		low, high, want := math.Log(1e-12), math.Log(1e12), 0.0
		if n >= 2 && at(math.Exp(low)) < mean && at(math.Exp(high)) > mean {
			for range 60 {
				if mid := (low + high) / 2; at(math.Exp(mid)) < mean {
					low = mid
				} else {
					high = mid
				}
			}
			for _, k := range counts {
				d := math.Log1p(float64(k.Interactions)*math.Exp(low)) - mean
				want += float64(k.Posts) * d * d
			}
			want = want / (n - 1) / n
		}
		if got := varianceOfMean(counts, mean); got != want {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}
