package sample

import (
	"math"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Trend is a straight line through a series, by ordinary least squares.
type Trend struct {
	Slope    datasets.Opt[float64] // y per unit of x
	Interval Interval              // of the slope, by Student's t with n-2 degrees of freedom
	Serial   datasets.Opt[float64] // correlation of each residual with the next
	N        int
}

// LinearTrend fits y on x. The slope is absent below two different x, the
// interval below three points. The interval assumes errors that are
// independent and of equal spread, which a national series hardly has: Serial,
// the lag-1 autocorrelation of the residuals in the order of x as given
// (sum of e(i)e(i-1) by sum of e(i)^2), tells how far off that is.
func LinearTrend(x, y []float64, confidence float64) Trend {
	if len(x) != len(y) {
		panic("sample: x and y differ in length")
	}
	t := Trend{N: len(x)}
	mean := stat.Mean(x, nil)
	var sxx float64
	for _, v := range x {
		sxx += (v - mean) * (v - mean)
	}
	if len(x) < 2 || sxx == 0 {
		return t
	}
	alpha, beta := stat.LinearRegression(x, y, nil, false)
	t.Slope = datasets.Some(beta)
	if len(x) < 3 {
		return t
	}
	e := make([]float64, len(x))
	var rss, serial float64
	for i := range x {
		e[i] = y[i] - alpha - beta*x[i]
		rss += e[i] * e[i]
		if i > 0 {
			serial += e[i] * e[i-1]
		}
	}
	if rss > 0 {
		t.Serial = datasets.Some(serial / rss)
	}
	df := float64(len(x) - 2)
	se := math.Sqrt(rss / df / sxx)
	q := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(1 - (1-confidence)/2)
	t.Interval = Interval{datasets.Some(beta - q*se), datasets.Some(beta + q*se)}
	return t
}
