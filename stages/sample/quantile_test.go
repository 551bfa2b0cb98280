package sample

import "testing"

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
