package sample

import (
	"math"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"
)

func TestDirectStandardisedAgainstEpitools(t *testing.T) {
	for _, c := range loadRates(t).Standardised {
		s, err := DirectStandardised(c.Events, c.Exposure, c.Weights, c.Confidence)
		if err != nil {
			t.Fatal(err)
		}
		relative(t, "rate", datasets.Some(s.Rate), c.Rate, c.Tolerance)
		relative(t, "low", s.Interval.Low, c.Interval[0], c.Tolerance)
		relative(t, "high", s.Interval.High, c.Interval[1], c.Tolerance)
		if c.Variance != nil {
			relative(t, "variance", datasets.Some(s.Variance), *c.Variance, c.Tolerance)
		}
	}
}

func TestDirectStandardisedSaysWhyItCannot(t *testing.T) {
	for _, c := range []struct {
		name              string
		events            []int64
		exposure, weights []float64
		want              string
	}{
		{"nothing", nil, nil, nil, "no stratum has a weight"},
		{"no weights", []int64{1}, []float64{2}, []float64{0}, "no stratum has a weight"},
		{"unobserved", []int64{1, 0}, []float64{2, 0}, []float64{1, 1}, "stratum 2 has weight 1 and exposure 0"},
		{"negative", []int64{1, -1}, []float64{2, 2}, []float64{1, 1}, "stratum 2: negative count -1"},
		{"negative weight", []int64{1}, []float64{2}, []float64{-1}, "stratum 1: weight -1"},
		{"not a number", []int64{1}, []float64{math.NaN()}, []float64{1}, "exposure NaN"},
	} {
		if _, err := DirectStandardised(c.events, c.exposure, c.weights, 0.95); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
	s, err := DirectStandardised([]int64{3, -1}, []float64{10, 0}, []float64{1, 0}, 0.95)
	if err != nil || math.Abs(s.Rate-0.3) > 1e-15 {
		t.Errorf("a stratum of weight 0 does not count: %v, %v", s, err)
	}
}

// With one stratum Fay and Feuer's interval is Garwood's.
func TestDirectStandardisedProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "n")
		events, exposure, weights := make([]int64, n), make([]float64, n), make([]float64, n)
		for i := range n {
			events[i] = rapid.Int64Range(0, 3000).Draw(t, "x")
			exposure[i] = rapid.Float64Range(0.5, 400).Draw(t, "t")
			weights[i] = rapid.Float64Range(0.1, 9).Draw(t, "w")
		}
		s, err := DirectStandardised(events, exposure, weights, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		if s.Interval.Low.V > s.Rate || s.Interval.High.V < s.Rate || s.Interval.Low.V < 0 {
			t.Fatalf("rate %v outside of %v", s.Rate, s.Interval)
		}
		same := func(what string, a, b float64) {
			if math.Abs(a-b) > 1e-9*math.Abs(b) {
				t.Fatalf("%s: %v and %v", what, a, b)
			}
		}
		if n == 1 {
			g := Garwood(events[0], 0.95)
			same("low", s.Interval.Low.V*exposure[0], g.Low.V)
			same("high", s.Interval.High.V*exposure[0], g.High.V)
		}
		for i := range weights {
			weights[i] *= 7
		}
		slices.Reverse(events)
		slices.Reverse(exposure)
		slices.Reverse(weights)
		again, err := DirectStandardised(events, exposure, weights, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		same("rate", again.Rate, s.Rate)
		same("high", again.Interval.High.V, s.Interval.High.V)
	})
}

// SciPy 1.17.1: gamma.ppf(.025, .02) = 4.501881229117586e-81, where gonum's
// inverse gives 0; chi2.ppf(.1, .1)/2 = 5.844632057286505e-21, where it gives 1e-16.
func TestGammaQuantileOfSmallShapes(t *testing.T) {
	const tiny = 5.844632057286505e-21
	if v := mathext.GammaIncRegInv(0.05, 0.1); math.Abs(v/tiny-1) < 1e-9 {
		t.Errorf("gonum's GammaIncRegInv is right now: gammaQuantile is not needed")
	}
	near(t, "shape .02", gammaQuantile(0.02, 1, 0.025), 4.501881229117586e-81, 1e-9*4.5e-81)
	near(t, "shape .05", gammaQuantile(0.05, 1, 0.1), tiny, 1e-9*tiny)
	near(t, "shape .02, upper", gammaQuantile(0.02, 1, 0.975), 0.19275640056826304, 1e-9)
}
