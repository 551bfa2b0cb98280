package sample

import (
	"math"
	"slices"

	"diplometrics/datasets"
)

// TrimmedMean returns the mean of what is left when the floor(share*n) least
// and as many greatest values are dropped (Tukey 1962, Ann. Math. Statist.
// 33:1-67; SciPy's trim_mean). A share of 0 is the mean. It is absent for an
// empty sample, a share outside of [0, 0.5), and values that are NaN or
// infinite.
func TrimmedMean(x []float64, share float64) datasets.Opt[float64] {
	s := ascending(x)
	if !finiteSorted(s) || !(share >= 0 && share < 0.5) {
		return datasets.None[float64]()
	}
	// 0.29*100 is 28.999..., and means 29. Below a half some value is left.
	cut := min(int(math.Floor(share*float64(len(s))*(1+1e-12))), (len(s)-1)/2)
	mean, _ := meanSD(s[cut : len(s)-cut])
	return present(mean)
}

// ascending returns x itself where it is sorted, else a sorted copy: whoever
// asks for several statistics of one large sample sorts it once.
func ascending(x []float64) []float64 {
	if slices.IsSorted(x) {
		return x
	}
	s := slices.Clone(x)
	slices.Sort(s)
	return s
}

// finiteSorted reports whether a sorted sample has values and all are finite;
// NaN sorts first.
func finiteSorted(s []float64) bool {
	return len(s) > 0 && !math.IsNaN(s[0]) && !math.IsInf(s[0], -1) && !math.IsInf(s[len(s)-1], 1)
}

// present returns v, absent where rounding or overflow left no finite number.
func present(v float64) datasets.Opt[float64] {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return datasets.None[float64]()
	}
	return datasets.Some(v)
}

// meanSD returns the mean and the standard deviation with divisor n. The
// deviation of equal values is exactly 0, whatever the rounding of their mean.
func meanSD(x []float64) (mean, sd float64) {
	n := float64(len(x))
	first, varied := x[0], false
	var sum float64
	for _, v := range x {
		sum += v
		varied = varied || v != first
	}
	if !varied {
		return first, 0
	}
	mean = sum / n
	var squares float64
	for _, v := range x {
		squares += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(squares / n)
}
