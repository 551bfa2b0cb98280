package sample

import (
	"math"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

func TestMarshallAgainstDefinition(t *testing.T) {
	c := loadRates(t).EmpiricalBayes
	s := Marshall(c.Events, c.Exposure)
	relative(t, "m", s.Mean, c.Marshall.M, c.Tolerance)
	relative(t, "A", s.Between, c.Marshall.A, c.Tolerance)
	for i, want := range c.Marshall.Theta {
		relative(t, "theta", s.Values[i], want, c.Tolerance)
	}
}

func TestGammaPoissonAgainstLikelihood(t *testing.T) {
	c := loadRates(t).EmpiricalBayes
	g := GammaPoisson(c.Events, c.Exposure, 0.95)
	relative(t, "a", g.Shape, c.Gamma.Shape, c.MLETolerance)
	relative(t, "b", g.Rate, c.Gamma.Rate, c.MLETolerance)
	for i := range c.Events {
		relative(t, "mean", g.Values[i], c.Gamma.Mean[i], c.MLETolerance)
		relative(t, "low", g.Intervals[i].Low, c.Gamma.Interval[i][0], c.MLETolerance)
		relative(t, "high", g.Intervals[i].High, c.Gamma.Interval[i][1], c.MLETolerance)
	}
	ones, offset := make([][]float64, len(c.Events)), make([]float64, len(c.Events))
	for i := range ones {
		ones[i], offset[i] = []float64{1}, math.Log(c.Exposure[i])
	}
	f, err := NegativeBinomial(ones, c.Events, offset)
	if err != nil {
		t.Fatal(err)
	}
	relative(t, "negative log likelihood", datasets.Some(-f.LogLik), c.Gamma.NLL, c.Tolerance)
}

func TestShrinkMeansAgainstMetafor(t *testing.T) {
	c := loadRates(t).DerSimonianLaird
	s := ShrinkMeans(c.Y, c.V, 0.95)
	relative(t, "tau^2", s.Between, c.Tau2, c.Tolerance)
	relative(t, "mean", s.Mean, c.Mean, c.Tolerance)
	for i := range c.Y {
		relative(t, "value", s.Values[i], c.Values[i], c.Tolerance)
		relative(t, "low", s.Intervals[i].Low, c.Low[i], c.Tolerance)
		relative(t, "high", s.Intervals[i].High, c.High[i], c.Tolerance)
	}
	// R 4.2.2 metafor 3.8-1: no spread between units, so each is the mean, with
	// the interval of the mean that rma prints.
	s = ShrinkMeans([]float64{.1, .2, .15, .12}, []float64{.4, .3, .2, .5}, 0.95)
	near(t, "tau^2", s.Between.V, 0, 0)
	for i := range s.Values {
		relative(t, "value", s.Values[i], 0.14857142857142849, 1e-9)
		relative(t, "low", s.Intervals[i].Low, -0.39854323359782917, 1e-9)
		relative(t, "high", s.Intervals[i].High, 0.6956860907406861, 1e-9)
	}
}

// Rates that are all alike: the variance of the counts is below their mean.
func TestGammaPoissonWithoutSpread(t *testing.T) {
	g := GammaPoisson([]int64{5, 10, 5, 5, 5}, []float64{10, 20, 10, 10, 10}, 0.95)
	if g.Shape.OK || g.Rate.OK || g.Between.V != 0 || !strings.Contains(strings.Join(g.Warnings, ";"), "pooled rate") {
		t.Errorf("%+v", g)
	}
	all := Garwood(30, 0.95)
	for i := range g.Values {
		relative(t, "value", g.Values[i], 0.5, 1e-12)
		relative(t, "low", g.Intervals[i].Low, all.Low.V/60, 1e-12)
		relative(t, "high", g.Intervals[i].High, all.High.V/60, 1e-12)
	}
}

func TestShrinkageLeavesOutWhatItCannotUse(t *testing.T) {
	events, exposure := []int64{4, -1, 9, 3, 20, 1}, []float64{10, 10, 0, 10, math.NaN(), 12}
	g, m := GammaPoisson(events, exposure, 0.95), Marshall(events, exposure)
	for i, want := range []bool{true, false, false, true, false, true} {
		if g.Values[i].OK != want || m.Values[i].OK != want || g.Intervals[i].Low.OK != want {
			t.Errorf("unit %d: %v, %v", i, g.Values[i], m.Values[i])
		}
	}
	if warnings := strings.Join(g.Warnings, ";"); !strings.Contains(warnings, "3 of 6 units") || !strings.Contains(warnings, "3 units, below 5") {
		t.Errorf("warnings %q", warnings)
	}
	relative(t, "m without them", m.Mean, 8.0/32, 1e-12)

	none := GammaPoisson([]int64{0, 0, 0}, []float64{1, 2, 3}, 0.95)
	if none.Mean.OK || none.Values[0].OK || len(none.Warnings) == 0 {
		t.Errorf("no event, no likelihood: %+v", none)
	}
	if m := Marshall([]int64{0, 0, 0}, []float64{1, 2, 3}); !m.Values[0].OK || m.Values[0].V != 0 {
		t.Errorf("no event: every rate shrinks to 0: %+v", m)
	}
	for _, s := range []Shrinkage{Marshall(nil, nil), GammaPoisson([]int64{3}, []float64{2}, 0.95).Shrinkage, ShrinkMeans([]float64{1, math.NaN()}, []float64{1, 1}, 0.95), ShrinkMeans([]float64{1, 2}, []float64{1, 0}, 0.95)} {
		if s.Mean.OK || s.Between.OK || len(s.Warnings) == 0 || slices.ContainsFunc(s.Values, func(v datasets.Opt[float64]) bool { return v.OK }) {
			t.Errorf("below two units: %+v", s)
		}
	}
}

func TestShrinkageProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 12).Draw(t, "n")
		events, exposure, y, v := make([]int64, n), make([]float64, n), make([]float64, n), make([]float64, n)
		var total int64
		for i := range n {
			events[i] = rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 5000)).Draw(t, "x")
			exposure[i] = rapid.Float64Range(0.5, 400).Draw(t, "t")
			y[i] = rapid.Float64Range(-5, 5).Draw(t, "y")
			v[i] = rapid.Float64Range(1e-6, 3).Draw(t, "v")
			total += events[i]
		}
		between := func(what string, got, a, b float64) {
			if slack := 1e-9 * (math.Abs(a) + math.Abs(b)); !(got >= math.Min(a, b)-slack && got <= math.Max(a, b)+slack) {
				t.Fatalf("%s: %v is not between %v and %v", what, got, a, b)
			}
		}
		m, d := Marshall(events, exposure), ShrinkMeans(y, v, 0.95)
		for i := range n {
			between("Marshall", m.Values[i].V, float64(events[i])/exposure[i], m.Mean.V)
			between("means", d.Values[i].V, y[i], d.Mean.V)
			between("means", d.Values[i].V, d.Intervals[i].Low.V, d.Intervals[i].High.V)
		}
		if total > 0 {
			g := GammaPoisson(events, exposure, 0.95)
			if !g.Mean.OK {
				t.Fatalf("%v in %v: %q", events, exposure, g.Warnings)
			}
			for i := range n {
				between("gamma", g.Values[i].V, float64(events[i])/exposure[i], g.Mean.V)
				if g.Intervals[i].Low.V > g.Intervals[i].High.V || math.IsNaN(g.Intervals[i].Low.V+g.Intervals[i].High.V) {
					t.Fatalf("interval %v", g.Intervals[i])
				}
			}
		}
		// Another origin and unit of y.
		moved, spread := slices.Clone(y), slices.Clone(v)
		for i := range n {
			moved[i], spread[i] = 3*y[i]+7, 9*v[i]
		}
		e := ShrinkMeans(moved, spread, 0.95)
		for i := range n {
			if math.Abs(e.Values[i].V-(3*d.Values[i].V+7)) > 1e-7 {
				t.Fatalf("%v, want %v", e.Values[i].V, 3*d.Values[i].V+7)
			}
		}
	})
}
