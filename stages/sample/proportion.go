package sample

import (
	"math"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// Wilson returns the score interval of a proportion of k among n independent
// trials (Wilson 1927, J. Am. Statist. Ass. 22:209-212), without continuity
// correction. It lies in [0,1], its lower end is 0 at k = 0 and its upper end
// 1 at k = n. Posts of one account are not independent: for them it is too
// narrow. Absent where n < 1, k is not in [0,n], or the confidence not in (0,1).
func Wilson(k, n int64, confidence float64) Interval {
	if n < 1 || k < 0 || k > n || !(confidence > 0 && confidence < 1) {
		return Interval{}
	}
	z := distuv.UnitNormal.Quantile(1 - (1-confidence)/2)
	trials, share := float64(n), float64(k)/float64(n)
	centre := (share + z*z/(2*trials)) / (1 + z*z/trials)
	half := z * math.Sqrt(share*(1-share)/trials+z*z/(4*trials*trials)) / (1 + z*z/trials)
	low, high := math.Max(0, centre-half), math.Min(1, centre+half)
	// Rounding leaves 1e-17 where the formula gives 0, and the same below 1.
	if k == 0 {
		low = 0
	}
	if k == n {
		high = 1
	}
	return Interval{datasets.Some(low), datasets.Some(high)}
}
