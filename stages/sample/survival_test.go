package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestKaplanMeierAgainstR(t *testing.T) {
	var cases []struct {
		Name                  string
		Tolerance, Confidence float64
		Durations             []float64
		Observed              []int
		Time                  []float64
		AtRisk                []int `json:"at_risk"`
		Events                []int
		Survival              []float64
		SE, Low, High         []*float64
		Median                [3]*float64 // with its lower and upper limit
		At                    []float64
		Within                []*float64
		WithinLow             []*float64 `json:"within_low"`
		WithinHigh            []*float64 `json:"within_high"`
	}
	described(t, "survival", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			observed := make([]bool, len(c.Observed))
			events := 0
			for i, o := range c.Observed {
				observed[i] = o == 1
				events += o
			}
			s, ok := KaplanMeier(c.Durations, observed, c.Confidence)
			if !ok || s.N != len(c.Durations) || s.Events != events || len(s.Steps) != len(c.Time) {
				t.Fatalf("got %v and %+v", ok, s)
			}
			for i, p := range s.Steps {
				if p.Time != c.Time[i] || p.AtRisk != c.AtRisk[i] || p.Events != c.Events[i] {
					t.Errorf("step %d: %+v, want time %v, at risk %v, events %v", i, p, c.Time[i], c.AtRisk[i], c.Events[i])
				}
				near(t, "survival", p.Survival, c.Survival[i], c.Tolerance)
				se := p.Variance
				se.V = math.Sqrt(se.V)
				asDescribed(t, "se", se, c.SE[i], c.Tolerance)
				asDescribed(t, "low", p.Interval.Low, c.Low[i], c.Tolerance)
				asDescribed(t, "high", p.Interval.High, c.High[i], c.Tolerance)
			}
			median, interval := s.Median()
			asDescribed(t, "median", median, c.Median[0], c.Tolerance)
			asDescribed(t, "median low", interval.Low, c.Median[1], c.Tolerance)
			asDescribed(t, "median high", interval.High, c.Median[2], c.Tolerance)
			for i, at := range c.At {
				share, interval := s.Within(at)
				asDescribed(t, "within", share, c.Within[i], c.Tolerance)
				asDescribed(t, "within low", interval.Low, c.WithinLow[i], c.Tolerance)
				asDescribed(t, "within high", interval.High, c.WithinHigh[i], c.Tolerance)
			}
		})
	}
}

func TestKaplanMeierAbsent(t *testing.T) {
	for name, d := range map[string][]float64{"nothing": nil, "negative": {-1, 2}, "NaN": {math.NaN()}, "infinite": {3, math.Inf(1)}} {
		s, ok := KaplanMeier(d, make([]bool, len(d)), 0.95)
		if ok || len(s.Steps) > 0 {
			t.Errorf("%s has no curve, got %+v", name, s)
		}
		if m, _ := s.Median(); m.OK {
			t.Errorf("%s has no median", name)
		}
		if w, _ := s.Within(1); w.OK {
			t.Errorf("%s has no share", name)
		}
	}
	s, _ := KaplanMeier([]float64{2, 5}, []bool{true, false}, 0.95)
	if w, i := s.Within(6); w.OK || i.Low.OK {
		t.Error("nobody knows what comes after the last that was censored")
	}
	if w, i := s.Within(1); !w.OK || w.V != 0 || i.Low.OK {
		t.Errorf("before the first event: %v %v, want 0 without interval", w, i)
	}
	if w, _ := s.Within(math.NaN()); w.OK {
		t.Error("NaN is no time")
	}
	s, _ = KaplanMeier([]float64{2, 5}, []bool{false, true}, 0.95)
	if w, _ := s.Within(6); !w.OK || w.V != 1 {
		t.Errorf("after the last has ended: %v, want 1", w)
	}
	s, _ = KaplanMeier([]float64{2, 5}, []bool{true, true}, 2)
	if s.Steps[0].Interval.Low.OK {
		t.Error("there is no interval at 200 %")
	}
}

func TestKaplanMeierProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "n")
		d, o, all := make([]float64, n), make([]bool, n), make([]bool, n)
		for i := range n {
			d[i], o[i], all[i] = float64(rapid.IntRange(0, 12).Draw(t, "d")), rapid.Bool().Draw(t, "o"), true
		}
		keep := slices.Clone(d)
		s, _ := KaplanMeier(d, o, 0.95)
		last := 1.0
		for _, p := range s.Steps {
			if p.Survival > last || p.Survival < 0 {
				t.Fatalf("the curve rises or leaves [0, 1]: %+v", s)
			}
			last = p.Survival
			if p.Interval.Low.OK && (p.Interval.Low.V > p.Survival || p.Interval.High.V < p.Survival || p.Interval.Low.V < 0 || p.Interval.High.V > 1) {
				t.Fatalf("interval %+v", p)
			}
		}
		m, i := s.Median()
		if m.OK && i.Low.OK && i.Low.V > m.V || i.High.OK && i.High.V < m.V {
			t.Fatalf("median %v outside of %v", m, i)
		}
		// Without censoring the curve is the share that lasts longer.
		e, _ := KaplanMeier(d, all, 0.95)
		for _, p := range e.Steps {
			longer := 0
			for _, v := range d {
				if v > p.Time {
					longer++
				}
			}
			if math.Abs(p.Survival-float64(longer)/float64(n)) > 1e-12 {
				t.Fatalf("survival %v, %d of %d last longer", p.Survival, longer, n)
			}
		}
		if !slices.Equal(d, keep) {
			t.Fatal("the argument was changed")
		}
		// Neither order nor unit matters.
		rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { d[i], d[j] = d[j], d[i]; o[i], o[j] = o[j], o[i] })
		for i := range d {
			d[i] *= 24
		}
		r, _ := KaplanMeier(d, o, 0.95)
		again, _ := r.Median()
		if again.OK != m.OK || again.V != 24*m.V {
			t.Fatalf("median %v, in another unit %v", m, again)
		}
	})
}
