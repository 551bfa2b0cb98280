package sample

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestQuantileAgainstNumPyAndR(t *testing.T) {
	var cases []struct {
		Name      string
		Tolerance float64
		X, P      []float64
		Type7     []float64
	}
	described(t, "quantile", &cases)
	for _, c := range cases {
		for i, p := range c.P {
			near(t, c.Name, Quantile(c.X, p).V, c.Type7[i], c.Tolerance)
		}
	}
}

// A quantile of values in any order is that of the sorted ones, to the bit.
func TestQuantileOfAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.Float64()
		if rapid.Bool().Draw(t, "tied") {
			value = rapid.SampledFrom([]float64{0, 0.1, 3, 1e300})
		}
		x := rapid.SliceOfN(value, 0, 200).Draw(t, "x")
		for i := range x { // which of -0 and 0 comes first is open
			x[i] += 0
		}
		ps := rapid.SliceOf(rapid.SampledFrom([]float64{-1, 0, 0.025, 0.17, 0.5, 0.75, 0.975, 1})).Draw(t, "p")
		before, sorted := slices.Clone(x), slices.Sorted(slices.Values(x))
		together := Quantiles(x, ps...)
		for i, p := range ps {
			want := Quantile(sorted, p)
			if alone := Quantile(x, p); alone != want || together[i] != want {
				t.Fatalf("%v: got %v, and %v together with others, want %v", p, alone, together[i], want)
			}
		}
		if !slices.Equal(x, before) {
			t.Fatal("the values were moved")
		}
	})
}

// The medians of the weeks, months and the year of an account.
func BenchmarkMedian(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for name, n := range map[string]int{"week": 32, "month": 140, "year": 1700} {
		x := make([]float64, n)
		for i := range x {
			x[i] = r.ExpFloat64()
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Median(x)
			}
		})
	}
}
