package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestTheilSenAgainstSciPy(t *testing.T) {
	var cases []struct {
		Name                  string
		Tolerance, Confidence float64
		X, Y                  []float64
		Slope, Low, High      *float64
		Intercept             *float64
	}
	described(t, "theil_sen", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			slope, interval, intercept := TheilSen(c.X, c.Y, c.Confidence)
			asDescribed(t, "slope", slope, c.Slope, c.Tolerance)
			asDescribed(t, "low", interval.Low, c.Low, c.Tolerance)
			asDescribed(t, "high", interval.High, c.High, c.Tolerance)
			asDescribed(t, "intercept", intercept, c.Intercept, c.Tolerance)
		})
	}
}

func TestTheilSenAbsent(t *testing.T) {
	one := []float64{1, 2, 3, 4, 5}
	for name, xy := range map[string][2][]float64{
		"nothing":  {nil, nil},
		"a point":  {{1}, {2}},
		"one x":    {{3, 3, 3, 3}, {1, 2, 3, 4}},
		"NaN":      {one, {1, 2, math.NaN(), 4, 5}},
		"infinite": {{1, 2, 3, 4, math.Inf(1)}, one},
		"overflow": {{0, 5e-324}, {0, 1}},
	} {
		if s, i, b := TheilSen(xy[0], xy[1], 0.95); s.OK || i.Low.OK || i.High.OK || b.OK {
			t.Errorf("%s: got slope %v in %v, intercept %v", name, s, i, b)
		}
	}
	if s, i, _ := TheilSen([]float64{1, 2, 3}, []float64{2, 4, 6}, 0.95); !s.OK || s.V != 2 || i.Low.OK {
		t.Errorf("three points have a slope of 2 and no interval, got %v in %v", s, i)
	}
	if s, i, _ := TheilSen(one, []float64{7, 7, 7, 7, 7}, 0.95); !s.OK || s.V != 0 || i.Low.OK {
		t.Errorf("a constant has a slope of 0 and no interval, got %v in %v", s, i)
	}
}

// A straight line stays one when it is thinned; noise around it moves the
// slope of 5,000 points little.
func TestTheilSenThins(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	x, y, noisy := make([]float64, 5000), make([]float64, 5000), make([]float64, 5000)
	for i := range x {
		x[i] = float64(i)
		y[i] = 3 + 0.25*x[i]
		noisy[i] = y[i] + rng.NormFloat64()
	}
	tx, ty := thinned(x, y)
	if len(tx) != maxSlopePoints || tx[0] != 0 || tx[len(tx)-1] != 4999 || len(slices.Compact(slices.Clone(tx))) != len(tx) || ty[7] != 3+0.25*tx[7] {
		t.Errorf("thinned to %d points from %v to %v", len(tx), tx[0], tx[len(tx)-1])
	}
	slope, _, intercept := TheilSen(x, y, 0.95)
	near(t, "slope", slope.V, 0.25, 1e-12)
	near(t, "intercept", intercept.V, 3, 1e-9)
	slope, i, _ := TheilSen(x, noisy, 0.95)
	near(t, "slope of noise", slope.V, 0.25, 1e-4)
	if i.Low.V > slope.V || i.High.V < slope.V || i.High.V-i.Low.V > 2e-4 {
		t.Errorf("interval %v around %v", i, slope)
	}
}

func TestTheilSenProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 20).Draw(t, "n")
		x, y := make([]float64, n), make([]float64, n)
		for i := range n {
			x[i], y[i] = float64(rapid.IntRange(0, 30).Draw(t, "x")), float64(rapid.IntRange(-9, 9).Draw(t, "y"))
		}
		keepX, keepY := slices.Clone(x), slices.Clone(y)
		slope, interval, _ := TheilSen(x, y, 0.9)
		if !slices.Equal(x, keepX) || !slices.Equal(y, keepY) {
			t.Fatal("an argument was changed")
		}
		if interval.Low.OK && (interval.Low.V > slope.V || interval.High.V < slope.V) {
			t.Fatalf("%v outside of %v", slope, interval)
		}
		// Turned upside down and put on a slope of 2, in another order.
		for i := range y {
			y[i] = 2*x[i] - y[i]
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(n, func(i, j int) { x[i], x[j] = x[j], x[i]; y[i], y[j] = y[j], y[i] })
		turned, _, _ := TheilSen(x, y, 0.9)
		if turned.OK != slope.OK || math.Abs(turned.V-(2-slope.V)) > 1e-12 && slope.OK {
			t.Fatalf("slope %v, turned %v", slope, turned)
		}
	})
}

func BenchmarkTheilSenOfLongSeries(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float64, 100_000), make([]float64, 100_000)
	for i := range x {
		x[i], y[i] = float64(i), rng.NormFloat64()
	}
	for b.Loop() {
		TheilSen(x, y, 0.95)
	}
}

// A year of daily counts, as most accounts have.
func BenchmarkTheilSenOfDays(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float64, 366), make([]float64, 366)
	for i := range x {
		x[i], y[i] = float64(i)+0.1*rng.Float64(), 10+0.001*float64(i)+0.01*rng.NormFloat64()
	}
	for b.Loop() {
		TheilSen(x, y, 0.95)
	}
}

// What settle puts in place is what sorting puts there, for numbers with and
// without ties, and in orders that make picking a middle hard.
func TestSettleIsSorting(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, x []float64, ranks []int) {
		got, want, asked := slices.Clone(x), slices.Sorted(slices.Values(x)), slices.Clone(ranks)
		settle(got, ranks...)
		for _, r := range ranks {
			if got[r] != want[r] {
				t.Fatalf("rank %d of %v: got %v, want %v", r, x, got[r], want[r])
			}
		}
		if slices.Sort(got); !slices.Equal(got, want) || !slices.Equal(ranks, asked) {
			t.Fatalf("values or ranks were changed")
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "n")
		most := rapid.SampledFrom([]int{0, 3, 50, 1_000_000}).Draw(t, "most")
		x := make([]float64, n)
		for i := range x {
			x[i] = float64(rapid.IntRange(-most, most).Draw(t, "x"))
		}
		check(t, x, rapid.SliceOfN(rapid.IntRange(0, n-1), 0, 5).Draw(t, "ranks"))
	})
	const n = 5000
	up, down, saw, organ := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		up[i], down[i], saw[i], organ[i] = float64(i), float64(n-i), float64(i%70), float64(min(i, n-i))
	}
	for _, x := range [][]float64{up, down, saw, organ} {
		check(t, x, []int{n / 2, n/2 - 1, 2300, 2700, 0, n - 1})
	}
}

// The slopes of some ranks are those that sorting all of them gives, whether the
// few that are looked at first are like the others or not.
func TestRankedSlopes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{2, 5, 90, 150, 200}).Draw(t, "n")
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		days := rapid.SampledFrom([]int{1, 3, 1000}).Draw(t, "ties in x")
		odd := rapid.Bool().Draw(t, "those of the few are others")
		x, y := make([]float64, n), make([]float64, n)
		for i := range x {
			x[i], y[i] = float64(i/days+r.IntN(days)/3), math.Round(8*r.NormFloat64())/8
			if days == 1000 {
				x[i] = r.Float64()
			}
			if odd && i%64 < 32 {
				y[i] += 1000 * float64(i%64)
			}
		}
		slices.Sort(x)
		_, all, finite := slopesWithin(x, y, math.Inf(-1), math.Inf(1), 0)
		if !finite {
			t.Fatal("not finite")
		}
		if len(all) == 0 {
			return
		}
		slices.Sort(all)
		last := len(all) - 1
		ranks := rapid.SliceOfN(rapid.IntRange(0, last), 1, 4).Draw(t, "ranks")
		if rapid.Bool().Draw(t, "in the middle") {
			for i := range ranks {
				ranks[i] = last/2 + ranks[i]%(last/20+1)
			}
		}
		got, finite := ranked(x, y, len(all), ranks)
		for i, rank := range ranks {
			if !finite || got[i] != all[rank] {
				t.Fatalf("rank %d of %d: got %v, want %v", rank, len(all), got[i], all[rank])
			}
		}
	})
}
