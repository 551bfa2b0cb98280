package sample

import (
	"testing"

	"pgregory.net/rapid"
)

func TestWilsonAgainstStatsmodels(t *testing.T) {
	cases, tol := rankCases[struct {
		K, N                  int64
		Confidence, Low, High float64
	}](t, "wilson")
	for _, c := range cases {
		isInterval(t, "wilson", Wilson(c.K, c.N, c.Confidence), &c.Low, &c.High, tol)
	}
	if i := Wilson(0, 10, .95); i.Low.V != 0 {
		t.Errorf("the lower end of none is 0, got %v", i.Low.V)
	}
	if i := Wilson(10, 10, .95); i.High.V != 1 {
		t.Errorf("the upper end of all is 1, got %v", i.High.V)
	}
	for _, c := range []struct {
		k, n       int64
		confidence float64
	}{{0, 0, .95}, {0, -1, .95}, {-1, 5, .95}, {6, 5, .95}, {1, 5, 0}, {1, 5, 1}} {
		isInterval(t, "absent", Wilson(c.k, c.n, c.confidence), nil, nil, 0)
	}
}

func TestWilsonProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 1e12).Draw(t, "n")
		k := rapid.Int64Range(0, n).Draw(t, "k")
		i, back := Wilson(k, n, .95), Wilson(n-k, n, .95)
		p := float64(k) / float64(n)
		if !(0 <= i.Low.V && i.Low.V <= p && p <= i.High.V && i.High.V <= 1) {
			t.Fatalf("%d of %d: %v", k, n, i)
		}
		if d := i.Low.V - (1 - back.High.V); d > 1e-12 || d < -1e-12 {
			t.Fatalf("%d of %d: %v does not mirror %v", k, n, i, back)
		}
	})
}
