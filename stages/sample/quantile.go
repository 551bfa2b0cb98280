package sample

import (
	"math"
	"slices"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// Quantile returns the quantile of type 7 of Hyndman and Fan (1996), the
// default of R and NumPy: linear between the order statistics at (n-1)p.
// Absent for an empty sample. gonum's stat.Quantile has types 1 and 4 only.
func Quantile(x []float64, p float64) datasets.Opt[float64] {
	return Quantiles(x, p)[0]
}

// Quantiles returns what Quantile returns of each p. It looks at an unsorted sample
// once for all.
func Quantiles(x []float64, ps ...float64) []datasets.Opt[float64] {
	s := x
	if len(x) > 0 && !slices.IsSorted(x) {
		var ranks []int
		for _, p := range ps {
			if p >= 0 && p <= 1 {
				i := int(math.Floor(float64(len(x)-1) * p))
				ranks = append(ranks, i, min(i+1, len(x)-1))
			}
		}
		s = slices.Clone(x)
		settle(s, ranks...)
	}
	out := make([]datasets.Opt[float64], len(ps))
	for i, p := range ps {
		out[i] = settled(s, p)
	}
	return out
}

// settled is Quantile of values of which those that it takes are where sorting
// would put them.
func settled(s []float64, p float64) datasets.Opt[float64] {
	if len(s) == 0 || !(p >= 0 && p <= 1) {
		return datasets.None[float64]()
	}
	h := float64(len(s)-1) * p
	i := int(math.Floor(h))
	if i == len(s)-1 {
		return datasets.Some(s[i])
	}
	return datasets.Some(s[i] + (h-float64(i))*(s[i+1]-s[i]))
}

// Median returns the median, the mean of the two middle values where n is even.
func Median(x []float64) datasets.Opt[float64] { return Quantile(x, 0.5) }

// MedianInterval returns the interval between two order statistics that holds
// the median with at least the given confidence whatever the distribution
// (the sign test inverted; Conover 1999, section 3.2), and the confidence that
// it has. It is absent below six observations at 95 %: two values cannot be
// far enough apart in so small a sample.
func MedianInterval(x []float64, confidence float64) (Interval, datasets.Opt[float64]) {
	n := len(x)
	if n == 0 {
		return Interval{}, datasets.None[float64]()
	}
	b := distuv.Binomial{N: float64(n), P: 0.5}
	r := -1
	for k := 0; k < n/2; k++ {
		if 1-2*b.CDF(float64(k)) < confidence {
			break
		}
		r = k
	}
	if r < 0 {
		return Interval{}, datasets.None[float64]()
	}
	s := ascending(x)
	return Interval{datasets.Some(s[r]), datasets.Some(s[n-1-r])}, datasets.Some(1 - 2*b.CDF(float64(r)))
}
