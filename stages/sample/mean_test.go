package sample

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTrimmedMeanAgainstSciPy(t *testing.T) {
	var cases []struct {
		Tolerance, Share float64
		X                []float64
		Mean             *float64
	}
	described(t, "trimmed_mean", &cases)
	for _, c := range cases {
		asDescribed(t, "trimmed mean", TrimmedMean(c.X, c.Share), c.Mean, c.Tolerance)
	}
}

func TestTrimmedMeanEdges(t *testing.T) {
	for name, x := range nonsense {
		if TrimmedMean(x, 0.1).OK {
			t.Errorf("%s has no mean", name)
		}
	}
	for _, share := range []float64{-0.1, 0.5, 1, math.NaN()} {
		if TrimmedMean([]float64{1, 2, 3}, share).OK {
			t.Errorf("a share of %v cannot be cut from either end", share)
		}
	}
	if TrimmedMean([]float64{math.MaxFloat64, math.MaxFloat64 / 2}, 0).OK {
		t.Error("a sum beyond floating point has no mean")
	}
	// By hand: 29 of 100 from either end, though 0.29*100 is below 29 in
	// floating point; the cubes of 29 to 70 average 143,104.5 (R 4.2.2
	// mean((29:70)^3)).
	x := make([]float64, 100)
	for i := range x {
		x[i] = math.Pow(float64(i), 3)
	}
	near(t, "0.29 of 100", TrimmedMean(x, 0.29).V, 143104.5, 1e-6)
	near(t, "the median is left", TrimmedMean([]float64{9, 1, 4}, 0.499999999999999).V, 4, 0)
}

func TestTrimmedMeanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 30).Draw(t, "x")
		share := rapid.Float64Range(0, 0.49).Draw(t, "share")
		keep := slices.Clone(x)
		m := TrimmedMean(x, share)
		if m.V < slices.Min(x)-1e-9 || m.V > slices.Max(x)+1e-9 {
			t.Fatalf("%v outside of the sample", m.V)
		}
		if !slices.Equal(x, keep) {
			t.Fatal("the argument was changed")
		}
		slices.Reverse(x)
		for i := range x {
			x[i] = 5 - 2*x[i]
		}
		if again := TrimmedMean(x, share); math.Abs(again.V-(5-2*m.V)) > 1e-8 {
			t.Fatalf("5 - 2x has %v, want %v", again.V, 5-2*m.V)
		}
	})
}
