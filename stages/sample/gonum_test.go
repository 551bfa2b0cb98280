package sample

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// What gonum's statistics do that their names do not tell, and what this
// package does instead. A test that fails here after an update of gonum means
// that a function of gonum may have come into reach.

// The linear quantile of gonum is type 4 of Hyndman and Fan: its median of an
// even number of values is the lower of the middle two.
func TestGonumQuantileIsNotType7(t *testing.T) {
	x := []float64{1, 2, 3, 4}
	near(t, "gonum", stat.Quantile(0.5, stat.LinInterp, x, nil), 2, 0)
	near(t, "ours", Median(x).V, 2.5, 0)
	var cases []struct {
		Name                string
		Tolerance           float64
		X, P                []float64
		Type1, Type4, Type7 []float64
	}
	described(t, "quantile", &cases)
	for _, c := range cases {
		for i, p := range c.P {
			near(t, c.Name+" type 1", stat.Quantile(p, stat.Empirical, c.X, nil), c.Type1[i], c.Tolerance)
			near(t, c.Name+" type 4", stat.Quantile(p, stat.LinInterp, c.X, nil), c.Type4[i], c.Tolerance)
		}
	}
}

// Kendall of gonum takes a pair equal in one variable for concordant where the
// other rises: a constant series correlates perfectly with a growing one. Tied
// pairs carry nothing here: the slope is 0, and there is no interval.
func TestGonumKendallCountsTiesAsConcordant(t *testing.T) {
	x, constant := []float64{1, 2, 3, 4, 5}, []float64{7, 7, 7, 7, 7}
	near(t, "gonum", stat.Kendall(x, constant, nil), 1, 0)
	slope, interval, _ := TheilSen(x, constant, 0.95)
	near(t, "ours", slope.V, 0, 0)
	if !slope.OK || interval.Low.OK || interval.High.OK {
		t.Errorf("a constant has the slope %v and the interval %v, want 0 and none", slope, interval)
	}
}

// ChiSquare and KolmogorovSmirnov of gonum return statistics, not p values:
// here 72 and 1 for data that are far from uniform. Tests here return p.
func TestGonumTestsReturnNoP(t *testing.T) {
	bins := []int64{12, 0, 0, 0, 0, 0, 0, 12}
	observed, expected := make([]float64, 8), make([]float64, 8)
	for i, k := range bins {
		observed[i], expected[i] = float64(k), 3
	}
	statistic := stat.ChiSquare(observed, expected)
	near(t, "gonum's chi square", statistic, 2*81.0/3+6*3, 0)
	near(t, "gonum's Kolmogorov-Smirnov", stat.KolmogorovSmirnov([]float64{1, 2, 3}, nil, []float64{4, 5, 6}, nil), 1, 0)
	if p := HourBins(bins, false).RayleighP; !p.OK || p.V > 1e-6 || p.V < 0 {
		t.Errorf("p of posts around midnight only: %v", p)
	}
	// The p belonging to the statistic: scipy 1.17.1 chi2.sf(72, 7).
	near(t, "p of chi square", distuv.ChiSquared{K: 7}.Survival(statistic)/5.820046232961799e-13, 1, 1e-9)
}

// CircularMean of gonum is between -pi and pi: 13 h comes out negative. It
// also gives opposite hours a direction.
func TestGonumCircularMeanIsSigned(t *testing.T) {
	const hour = 2 * math.Pi / 24
	near(t, "gonum", stat.CircularMean([]float64{12 * hour, 14 * hour}, nil)/hour, -11, 1e-12)
	near(t, "ours", HoursOfDay([]float64{12, 14}, nil).Direction.V, 13, 1e-12)
	if h := stat.CircularMean([]float64{6 * hour, 18 * hour}, nil) / hour; math.Abs(h) > 24 || math.IsNaN(h) {
		t.Errorf("gonum's mean of 6 h and 18 h is %v", h)
	}
	if d := HoursOfDay([]float64{6, 18}, nil).Direction; d.OK {
		t.Errorf("our mean of 6 h and 18 h is %v, want none", d.V)
	}
}
