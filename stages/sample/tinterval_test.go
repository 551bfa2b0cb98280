package sample

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"
)

// tCase holds whatever a t interval needs; x stands alone, a and b are two
// samples, A and B the sides of strata.
type tCase struct {
	X          []float64
	A, B       json.RawMessage
	Weights    []float64
	Difference float64
	SE, DF     float64
	CI66, CI90 [2]float64
	CI95       [2]float64
	Lent       *tLent
}

// tLent is the pooled contrast with the variance of further cells.
type tLent struct {
	Lent               [][]float64
	Difference, SE, DF float64
	CI95               [2]float64
}

func decode[T any](t *testing.T, raw json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func (c tCase) strata(t *testing.T) (s []TStratum) {
	a, b := decode[[][]float64](t, c.A), decode[[][]float64](t, c.B)
	for i, w := range c.Weights {
		s = append(s, TStratum{a[i], b[i], w})
	}
	return s
}

func checkContrast(t *testing.T, what string, got TContrast, difference, se, df float64, ci [2]float64) {
	t.Helper()
	within(t, what+" difference", got.Difference.V, difference)
	within(t, what+" se", got.SE.V, se)
	within(t, what+" df", got.DF.V, df)
	sameInterval(t, what, got.Interval, ci)
}

func TestTIntervalsAgainstR(t *testing.T) {
	f := readBootstrap(t)
	for _, c := range f.T.Cases {
		sameInterval(t, "95", TInterval(c.X, .95), c.CI95)
		sameInterval(t, "66", TInterval(c.X, .66), c.CI66)
	}
	for _, c := range f.Welch.Cases {
		a, b := decode[[]float64](t, c.A), decode[[]float64](t, c.B)
		difference, i, df := Welch(a, b, .95)
		within(t, "difference", difference.V, c.Difference)
		within(t, "df", df.V, c.DF)
		sameInterval(t, "Welch 95", i, c.CI95)
		_, i, _ = Welch(a, b, .9)
		sameInterval(t, "Welch 90", i, c.CI90)
		got := StratifiedT([]TStratum{{a, b, 1}}, .95)
		checkContrast(t, "one stratum", got, c.Difference, c.SE, c.DF, c.CI95)
	}
	c := f.Stratified
	checkContrast(t, "stratified", StratifiedT(c.strata(t), .95), c.Difference, c.SE, c.DF, c.CI95)
	c = f.Pooled
	checkContrast(t, "pooled", StratifiedTPooled(c.strata(t), .95), c.Difference, c.SE, c.DF, c.CI95)
	strata := c.strata(t)
	for _, x := range c.Lent.Lent {
		strata = append(strata, TStratum{A: x})
	}
	checkContrast(t, "lent", StratifiedTPooled(strata, .95), c.Lent.Difference, c.Lent.SE, c.Lent.DF, c.Lent.CI95)
}

// A contrast is the sum of its cells with the weights of side B turned.
func TestStratifiedMeanIsOneSide(t *testing.T) {
	f := readBootstrap(t)
	for what, c := range map[string]tCase{"separate": f.Stratified, "pooled": f.Pooled} {
		var cells [][]float64
		var weights []float64
		for _, s := range c.strata(t) {
			cells = append(cells, s.A, s.B)
			weights = append(weights, s.Weight, -s.Weight)
		}
		got := StratifiedMean(cells, weights, .95)
		if what == "pooled" {
			got = StratifiedMeanPooled(cells, weights, .95)
		}
		checkContrast(t, what, got, c.Difference, c.SE, c.DF, c.CI95)
	}
}

func TestTIntervalsRefuse(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	some := []float64{1, 2, 4}
	for what, x := range map[string][]float64{
		"nothing": nil, "one": {3}, "constant": {3, 3, 3}, "constant but for rounding": {.3, .1 + .2},
		"NaN": {1, nan, 2}, "Inf": {1, inf}, "beyond a float": {math.MaxFloat64, -math.MaxFloat64, 1},
	} {
		if i := TInterval(x, .95); i.Low.OK || i.High.OK {
			t.Errorf("%s: %+v", what, i)
		}
	}
	for _, confidence := range []float64{0, 1, -1, 2, nan} {
		if i := TInterval(some, confidence); i.Low.OK {
			t.Errorf("confidence %v: %+v", confidence, i)
		}
	}
	for _, c := range []struct {
		what                         string
		strata                       []TStratum
		difference, separate, pooled bool
	}{
		{"nothing", nil, false, false, false},
		{"no weight", []TStratum{{some, some, 0}}, false, false, false},
		{"empty side", []TStratum{{some, some, .5}, {some, nil, .5}}, false, false, false},
		{"empty side without weight", []TStratum{{some, some, 1}, {some, nil, 0}}, true, true, true},
		{"single", []TStratum{{some, some, .5}, {some, []float64{1}, .5}}, true, false, true},
		{"single without weight", []TStratum{{some, some, 1}, {some, []float64{1}, 0}}, true, true, true},
		{"only singles", []TStratum{{[]float64{1}, []float64{2}, 1}}, true, false, false},
		{"constant", []TStratum{{[]float64{1, 1}, []float64{2, 2}, 1}}, true, false, false},
		{"one side constant", []TStratum{{some, []float64{2, 2}, 1}}, true, true, true},
		{"NaN", []TStratum{{some, []float64{2, nan}, 1}}, false, false, false},
		{"NaN weight", []TStratum{{some, some, nan}}, false, false, false},
		{"Inf weight", []TStratum{{some, some, inf}}, false, false, false},
	} {
		for kind, got := range map[string]TContrast{"separate": StratifiedT(c.strata, .95), "pooled": StratifiedTPooled(c.strata, .95)} {
			interval := c.separate
			if kind == "pooled" {
				interval = c.pooled
			}
			if got.Difference.OK != c.difference || got.SE.OK != interval || got.DF.OK != interval || got.Interval.Low.OK != interval || got.Interval.High.OK != interval {
				t.Errorf("%s, %s: %+v", c.what, kind, got)
			}
		}
	}
}

func TestContrastProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		side := rapid.SliceOfN(rapid.Float64Range(-10, 10), 2, 5)
		scale, shift := rapid.Float64Range(.5, 20).Draw(t, "scale"), rapid.Float64Range(-50, 50).Draw(t, "shift")
		var strata, turned, moved []TStratum
		var least float64 = math.Inf(1)
		cells := 0
		for range rapid.IntRange(1, 4).Draw(t, "strata") {
			s := TStratum{side.Draw(t, "a"), side.Draw(t, "b"), rapid.Float64Range(.1, 1).Draw(t, "weight")}
			strata = append(strata, s)
			turned = append(turned, TStratum{shuffled(t, s.B), shuffled(t, s.A), s.Weight})
			moved = append(moved, TStratum{affine(s.A, scale, shift), affine(s.B, scale, shift), s.Weight})
			least = min(least, float64(len(s.A)-1), float64(len(s.B)-1))
			cells += len(s.A) + len(s.B) - 2
		}
		for kind, f := range map[string]func([]TStratum, float64) TContrast{"separate": StratifiedT, "pooled": StratifiedTPooled} {
			got := f(strata, .9)
			if !got.Interval.Low.OK || got.SE.V < 1e-6 {
				continue
			}
			if got.DF.V < least-1e-9 || got.DF.V > float64(cells)+1e-9 {
				t.Fatalf("%s: df %v outside of %v to %d", kind, got.DF.V, least, cells)
			}
			same := func(what string, g TContrast, want Interval, by float64) {
				tol := 1e-8 * by * (1 + math.Abs(shift) + want.High.V - want.Low.V)
				if math.Abs(g.Interval.Low.V-want.Low.V) > tol || math.Abs(g.Interval.High.V-want.High.V) > tol {
					t.Fatalf("%s %s: %+v, want %+v", kind, what, g.Interval, want)
				}
			}
			same("turned", f(turned, .9), scaled(got.Interval, -1, 0), 1)
			same("scaled and shifted", f(moved, .9), scaled(got.Interval, scale, 0), scale)
			wide := f(strata, .99)
			if wide.Interval.Low.V > got.Interval.Low.V || wide.Interval.High.V < got.Interval.High.V {
				t.Fatalf("%s: 99 %% %+v within 90 %% %+v", kind, wide.Interval, got.Interval)
			}
		}
	})
}

func BenchmarkStratifiedT(b *testing.B) {
	s := []TStratum{{[]float64{1, 2, 4, 3}, []float64{2, 5, 1, 2}, .5}, {[]float64{1, 2, 4, 3}, []float64{2, 5, 1, 2}, .5}}
	b.ReportAllocs()
	for b.Loop() {
		StratifiedT(s, .95)
	}
}
