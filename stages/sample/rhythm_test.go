package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

func TestRhythmAgainstDefinitions(t *testing.T) {
	var cases []struct {
		Name                          string
		Tolerance                     float64
		Intervals                     []float64
		CV, B, Finite, Memory, Median *float64
	}
	described(t, "rhythm", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			b, finite := Burstiness(c.Intervals)
			asDescribed(t, "cv", IntervalCV(c.Intervals), c.CV, c.Tolerance)
			asDescribed(t, "b", b, c.B, c.Tolerance)
			asDescribed(t, "finite", finite, c.Finite, c.Tolerance)
			asDescribed(t, "memory", Memory(c.Intervals), c.Memory, c.Tolerance)
			asDescribed(t, "median", Median(c.Intervals), c.Median, c.Tolerance)
		})
	}
}

// Kim and Jo 2016: the finite-size form is 1 for the most uneven intervals of
// any number, one long and the others 0, and -1 for equal ones.
func TestBurstinessReachesItsEnds(t *testing.T) {
	for n := 2; n < 200; n++ {
		x := make([]float64, n)
		x[n/2] = 0.1
		_, finite := Burstiness(x)
		near(t, "most uneven", finite.V, 1, 1e-12)
		b, finite := Burstiness(slices.Repeat([]float64{0.1}, n))
		near(t, "equal b", b.V, -1, 0)
		near(t, "equal", finite.V, -1, 1e-12)
	}
}

func TestRhythmAbsent(t *testing.T) {
	bad := map[string][]float64{"one": {5}, "zeros": {0, 0, 0}, "negative": {1, -1, 2}}
	for name, x := range nonsense {
		bad[name] = x
	}
	for name, x := range bad {
		b, finite := Burstiness(x)
		if IntervalCV(x).OK || b.OK || finite.OK || Memory(append(x, make([]float64, 10)...)).OK && name != "one" {
			t.Errorf("%s has no rhythm", name)
		}
	}
	if Memory([]float64{1, 2, 3, 1, 2, 3, 1, 2, 3}).OK {
		t.Error("nine intervals are too few for memory")
	}
	if Memory([]float64{1, 2, 2, 2, 2, 2, 2, 2, 2, 2}).OK {
		t.Error("equal intervals but the first have no memory")
	}
}

func TestBurstinessProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 1e6), 2, 40).Draw(t, "x")
		keep := slices.Clone(x)
		b, finite := Burstiness(x)
		m := Memory(x)
		if !slices.Equal(x, keep) {
			t.Fatal("the argument was changed")
		}
		if !b.OK {
			return
		}
		if b.V < -1 || b.V >= 1 || finite.V < -1-1e-12 || finite.V > 1 || m.V < -1 || m.V > 1 {
			t.Fatalf("out of bounds: %v %v %v", b, finite, m)
		}
		slices.Reverse(x)
		if back := Memory(x); back.OK != m.OK || math.Abs(back.V-m.V) > 1e-9 {
			t.Fatalf("memory %v, backwards %v", m, back)
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
		for i := range x {
			x[i] *= 60
		}
		if again, f := Burstiness(x); math.Abs(again.V-b.V) > 1e-9 || math.Abs(f.V-finite.V) > 1e-9 {
			t.Fatalf("unit or order matters: %v, %v", b, again)
		}
	})
}

const testDay = datasets.Micros(86_400_000_000)

// By hand, over a window of ten days.
func TestLongestSilence(t *testing.T) {
	for _, c := range []struct {
		name       string
		days       []datasets.Micros
		want       float64
		start, end bool
	}{
		{"no events", nil, 10, true, true},
		{"within", []datasets.Micros{1, 2, 7, 9}, 5, false, false},
		{"before the first", []datasets.Micros{6, 8}, 6, true, false},
		{"after the last", []datasets.Micros{0, 1, 2}, 8, false, true},
		{"equal within and at the end", []datasets.Micros{2, 6}, 4, false, true},
		{"equal at both ends", []datasets.Micros{5}, 5, true, true},
		{"outside of the window", []datasets.Micros{-3, -1, 10, 12}, 10, true, true},
		{"no order", []datasets.Micros{9, 1, 7, 2}, 5, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			times := make([]datasets.Micros, len(c.days))
			for i, d := range c.days {
				times[i] = 100*testDay + d*testDay
			}
			days, start, end := LongestSilence(times, 100*testDay, 110*testDay)
			if !days.OK || days.V != c.want || start != c.start || end != c.end {
				t.Errorf("got %v, %v, %v, want %v, %v, %v", days, start, end, c.want, c.start, c.end)
			}
		})
	}
	if days, _, _ := LongestSilence([]datasets.Micros{1}, 5, 5); days.OK {
		t.Error("an empty window has no silence")
	}
}

func TestLongestSilenceProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		times := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) datasets.Micros {
			return datasets.Micros(rapid.Int64Range(0, 999).Draw(t, "at")) * testDay
		}), 0, 30).Draw(t, "times")
		days, _, _ := LongestSilence(times, 0, 1000*testDay)
		if days.V < 1000/float64(len(times)+1) || days.V > 1000 {
			t.Fatalf("%v days with %d events", days.V, len(times))
		}
		fewer, _, _ := LongestSilence(times[:len(times)/2], 0, 1000*testDay)
		if fewer.V < days.V {
			t.Fatalf("fewer events shortened the silence from %v to %v", days.V, fewer.V)
		}
	})
}
