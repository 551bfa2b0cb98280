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
	if len(x) == 0 || p < 0 || p > 1 {
		return datasets.None[float64]()
	}
	h := float64(len(x)-1) * p
	i := int(math.Floor(h))
	s := x
	if !slices.IsSorted(s) {
		s = slices.Clone(x)
		settle(s, i, min(i+1, len(s)-1))
	}
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
