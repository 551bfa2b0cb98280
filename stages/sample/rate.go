package sample

import (
	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// GarwoodAssumption states what Garwood's interval takes for granted.
const GarwoodAssumption = "garwood_95: exact interval of a Poisson count (Garwood 1936); assumes that posts come independently at a constant rate, so bursts make it too narrow"

// Garwood returns the exact interval of the mean of a Poisson count at the
// given confidence (Garwood 1936, Biometrika 28:437-442):
// chi2(a/2; 2k)/2 and chi2(1-a/2; 2k+2)/2 with a = 1 - confidence. The lower
// end of a count of 0 is 0. Absent for a negative count.
func Garwood(count int64, confidence float64) Interval {
	if count < 0 {
		return Interval{}
	}
	a := 1 - confidence
	k := float64(count)
	low := 0.0
	if count > 0 {
		low = distuv.ChiSquared{K: 2 * k}.Quantile(a/2) / 2
	}
	high := distuv.ChiSquared{K: 2*k + 2}.Quantile(1-a/2) / 2
	return Interval{datasets.Some(low), datasets.Some(high)}
}
