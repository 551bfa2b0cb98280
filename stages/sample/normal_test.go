package sample

import (
	"math"
	"testing"
)

// TestNormalMean: moments of the standard normal, and the mean of a lognormal.
func TestNormalMean(t *testing.T) {
	for _, c := range []struct {
		name string
		f    func(float64) float64
		want float64
	}{
		{"1", func(float64) float64 { return 1 }, 1},
		{"z", func(z float64) float64 { return z }, 0},
		{"z^2", func(z float64) float64 { return z * z }, 1},
		{"z^4", func(z float64) float64 { return z * z * z * z }, 3},
		{"e^z", math.Exp, math.Exp(.5)},
	} {
		if got := NormalMean(c.f, 8, 50); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
