package sample

import (
	"math"
	"slices"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if math.IsNaN(got) || math.Abs(got-want) > tol {
		t.Errorf("%s: got %.12g, want %.12g", what, got, want)
	}
}

// Half a unit of the last place either way; checked by hand.
func TestPrintedKeepsDecimals(t *testing.T) {
	for _, c := range []struct {
		text      string
		v, lo, hi float64
	}{
		{"17", 17, 16.5, 17.5}, {"0,1", 0.1, 0.05, 0.15}, {"0.10", 0.1, 0.095, 0.105},
		{"50 800", 50800, 50799.5, 50800.5}, {"0", 0, 0, 0.5}, {"1\u00a0396\u00a0986", 1396986, 1396985.5, 1396986.5},
	} {
		p, err := ParsePrinted(c.text, true)
		if err != nil {
			t.Fatal(err)
		}
		near(t, c.text, p.Value, c.v, 0)
		near(t, c.text+" low", p.Low, c.lo, 1e-12)
		near(t, c.text+" high", p.High, c.hi, 1e-12)
	}
	for _, bad := range []string{"", "about 20", "1.234.567", "12x", "NaN", "1/2", "1e5"} {
		if p, err := ParsePrinted(bad, true); err == nil {
			t.Errorf("%q parsed as %v", bad, p)
		}
	}
}

// By the definition (NumPy's default): the median of 1, 2, 3, 4 is 2.5, where
// gonum's stat.Quantile says 2; (5-1)*0.4 = 1.6, so 20 + 0.6*15 = 29.
func TestQuantileIsType7(t *testing.T) {
	near(t, "median", Median([]float64{4, 1, 3, 2}).V, 2.5, 0)
	near(t, "0.4", Quantile([]float64{15, 20, 35, 40, 50}, .4).V, 29, 1e-12)
	if Median(nil).OK {
		t.Error("the median of nothing is absent")
	}
}

// SciPy 1.17.1: chi2.ppf(.025, 2*k)/2 and chi2.ppf(.975, 2*k+2)/2, the interval
// that R's poisson.test prints.
func TestGarwoodAgainstPoissonTest(t *testing.T) {
	for _, c := range []struct {
		k      int64
		lo, hi float64
	}{
		{0, 0, 3.6888794541139354}, {1, 0.025317807984289876, 5.571643390938898},
		{10, 4.7953886961324335, 18.39035604201778}, {630, 581.759188149809, 681.1739349519268},
	} {
		i := Garwood(c.k, 0.95)
		near(t, "low", i.Low.V, c.lo, 1e-9*c.lo)
		near(t, "high", i.High.V, c.hi, 1e-9*c.hi)
	}
	if i := Garwood(-1, 0.95); i.Low.OK || i.High.OK {
		t.Error("a negative count has no interval")
	}
}

// The interval (x1, x6) of six values has confidence 1 - 2/64.
func TestMedianIntervalNeedsSix(t *testing.T) {
	if i, c := MedianInterval([]float64{1, 2, 3, 4, 5}, 0.95); i.Low.OK || c.OK {
		t.Error("five values cannot give 95 %")
	}
	i, c := MedianInterval([]float64{6, 1, 5, 2, 4, 3}, 0.95)
	near(t, "low", i.Low.V, 1, 0)
	near(t, "high", i.High.V, 6, 0)
	near(t, "confidence", c.V, 1-2.0/64, 1e-12)
	// n = 10: the second and ninth, confidence 1 - 2*11/1024.
	i, c = MedianInterval([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.95)
	near(t, "low", i.Low.V, 2, 0)
	near(t, "confidence", c.V, 1-22.0/1024, 1e-12)
}

// SciPy 1.17.1: r = linregress(x, y); r.slope, r.slope -+ t.ppf(.975, 3)*r.stderr.
func TestLinearTrendAgainstSciPy(t *testing.T) {
	tr := LinearTrend([]float64{1, 2, 3, 4, 5}, []float64{2.1, 3.9, 6.2, 7.8, 10.1}, 0.95)
	near(t, "slope", tr.Slope.V, 1.99, 1e-12)
	near(t, "low", tr.Interval.Low.V, 1.7999392904005371, 1e-9)
	near(t, "high", tr.Interval.High.V, 2.180060709599463, 1e-9)
	// By hand: the residuals are .06, -.13, .18, -.21, .1; their neighbours give -.09 by .107.
	near(t, "serial", tr.Serial.V, -0.0900/0.1070, 1e-9)
	if tr := LinearTrend([]float64{1, 1}, []float64{1, 2}, 0.95); tr.Slope.OK {
		t.Error("one x has no slope")
	}
	if tr := LinearTrend([]float64{1, 2}, []float64{1, 2}, 0.95); !tr.Slope.OK || tr.Interval.Low.OK {
		t.Error("two points have a slope and no interval")
	}
}

// By the definition: sorted .005*4, .01*3, .03*2, .04*1, then the running
// maximum: .02 .03 .06 .06 (R's p.adjust gives the same).
func TestHolm(t *testing.T) {
	in := []datasets.Opt[float64]{datasets.Some(.01), datasets.None[float64](), datasets.Some(.04), datasets.Some(.03), datasets.Some(.005)}
	got := Holm(in)
	for i, want := range []float64{.03, -1, .06, .06, .02} {
		if want < 0 {
			if got[i].OK {
				t.Error("absent p stays absent")
			}
			continue
		}
		near(t, "holm", got[i].V, want, 1e-12)
	}
}

func TestProperties(t *testing.T) {
	values := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 7)
	rapid.Check(t, func(t *rapid.T) {
		x := values.Draw(t, "x")
		keep := slices.Clone(x)
		m := Median(x).V
		if m < slices.Min(x) || m > slices.Max(x) {
			t.Fatalf("median %v outside of %v", m, x)
		}
		Quantile(x, 0.3)
		MedianInterval(x, 0.9)
		if !slices.Equal(x, keep) {
			t.Fatal("the argument was changed")
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.Int64Range(0, 5000).Draw(t, "k")
		i := Garwood(k, 0.95)
		if i.Low.V > float64(k) || i.High.V < float64(k) {
			t.Fatalf("%d outside of its interval %v", k, i)
		}
	})
}
