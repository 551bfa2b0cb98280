package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/combin"
	"pgregory.net/rapid"
)

type permutationCase struct {
	Statistic, P, Attainable, Relabelings float64
}

func TestPermutationAgainstEnumeration(t *testing.T) {
	cases, tol := rankCases[struct {
		Strata       []Stratum
		Means, Ranks permutationCase
	}](t, "stratified")
	for _, c := range cases {
		means, _ := StratifiedMeans(c.Strata, nil)
		ranks, _ := VanElteren(c.Strata, nil)
		for what, pair := range map[string]struct {
			got  PermutationTest
			want permutationCase
		}{"means": {means, c.Means}, "ranks": {ranks, c.Ranks}} {
			near(t, what+" statistic", pair.got.Statistic, pair.want.Statistic, tol)
			near(t, what+" p", pair.got.P, pair.want.P, tol)
			near(t, what+" attainable", pair.got.Attainable, pair.want.Attainable, tol)
			near(t, what+" relabelings", pair.got.Relabelings, pair.want.Relabelings, 0)
			if !pair.got.Exact {
				t.Errorf("%s: %v relabelings were not counted", what, pair.got.Relabelings)
			}
		}
	}
}

// 2/choose(n+m, n) by hand, as the table of every textbook has it.
func TestMinAttainable(t *testing.T) {
	for _, c := range []struct {
		n, m int
		want float64
	}{
		{2, 2, 2. / 6}, {3, 3, .1}, {3, 4, 2. / 35}, {4, 4, 2. / 70}, {5, 5, 2. / 252}, {2, 5, 2. / 21}, {1, 5, 2. / 6},
		{1, 1, 1}, {0, 5, 1}, {5, -1, 1},
	} {
		near(t, "attainable", MinAttainable(c.n, c.m), c.want, 1e-15)
		if c.n < 1 || c.m < 1 {
			continue
		}
		var s Stratum
		for i := range c.n {
			s.A = append(s.A, float64(i))
		}
		for i := range c.m {
			s.B = append(s.B, 100+float64(i*i))
		}
		got, _ := VanElteren([]Stratum{s}, nil)
		near(t, "attained", got.P, c.want, 1e-15)
	}
	if got := MinAttainable(5000, 5000); math.IsNaN(got) || got < 0 || got > 1e-300 {
		t.Errorf("5,000 and 5,000: %v", got)
	}
}

func TestPermutationEdges(t *testing.T) {
	full := Stratum{A: []float64{1, 2}, B: []float64{3, 5}, Weight: 1}
	for what, strata := range map[string][]Stratum{
		"nothing":         nil,
		"one side":        {{A: []float64{1}, Weight: 1}, {B: []float64{1}, Weight: 1}},
		"no number":       {full, {A: []float64{math.NaN()}, B: []float64{1}, Weight: 1}},
		"infinite":        {full, {A: []float64{1}, B: []float64{math.Inf(1)}, Weight: 1}},
		"beyond the type": {{A: []float64{math.MaxFloat64, math.MaxFloat64}, B: []float64{-math.MaxFloat64}, Weight: 1}},
	} {
		if got, ok := StratifiedMeans(strata, nil); ok {
			t.Errorf("%s: got %+v", what, got)
		}
		if got, ok := VanElteren(strata, nil); ok && what != "beyond the type" {
			t.Errorf("%s: got %+v", what, got)
		}
	}
	for _, weight := range []float64{0, -1, math.NaN(), math.Inf(1)} {
		if got, ok := StratifiedMeans([]Stratum{{A: full.A, B: full.B, Weight: weight}}, nil); ok {
			t.Errorf("weight %v: got %+v", weight, got)
		}
	}
	// A stratum with one side, and one of no weight, leave the rest as it is.
	alone, _ := StratifiedMeans([]Stratum{full}, nil)
	with, ok := StratifiedMeans([]Stratum{{A: []float64{9, 7}, Weight: 5}, full, {A: []float64{1}, B: []float64{9}}}, nil)
	if !ok || with != alone {
		t.Errorf("got %+v, want %+v", with, alone)
	}
	// Constant data: every relabeling has the statistic 0.
	same := []float64{.1, .1, .1}
	for _, n := range []int{3, 300} {
		for len(same) < n {
			same = append(same, .1)
		}
		got, ok := StratifiedMeans([]Stratum{{A: same, B: same, Weight: .3}}, NewLEcuyer("1"))
		if !ok || got.P != 1 || got.Attainable != 1 {
			t.Errorf("%d equal values a side: got %+v", n, got)
		}
	}
	// Counts of relabelings beyond the type stay finite.
	long := make([]float64, 3000)
	for i := range long {
		long[i] = float64(i)
	}
	got, ok := VanElteren([]Stratum{{A: long[:1500], B: long[1500:]}}, NewLEcuyer("1"))
	if !ok || got.Relabelings != math.MaxFloat64 || got.P != 1e-5 || got.Attainable != 1e-5 {
		t.Errorf("1,500 and 1,500 apart: got %+v", got)
	}
}

// The mean of the statistic over all relabelings is 0 with sides of 2 and 3,
// counted out.
func TestMeanStatisticIsZero(t *testing.T) {
	all := []float64{1, 2, 4, 9, 20}
	var total float64
	for _, pick := range combin.Combinations(len(all), 2) {
		s := Stratum{Weight: 1}
		for i, v := range all {
			if slices.Contains(pick, i) {
				s.A = append(s.A, v)
			} else {
				s.B = append(s.B, v)
			}
		}
		got, _ := StratifiedMeans([]Stratum{s}, nil)
		total += got.Statistic
	}
	near(t, "mean statistic", total/10, 0, 1e-12)
}

// One value of 7 among 2,000 zeros: the relabelings that give it to the side
// of two are the farthest, and they are 2 of 2,001. A drawn test must not
// promise 1e-5 there.
func TestAttainableOfTiesWhereDrawn(t *testing.T) {
	zeros := make([]float64, 1999)
	got, _ := StratifiedMeans([]Stratum{{A: []float64{7, 0}, B: zeros, Weight: 1}}, NewLEcuyer("3"))
	if got.Exact {
		t.Fatal("expected draws")
	}
	near(t, "attainable", got.Attainable, 2./2001, 1e-12)
	// Four standard errors of 99,999 draws at 2/2001.
	near(t, "p", got.P, 2./2001, 4e-4)
}

// Drawn p values against the exact ones of the shift algorithm, within four
// standard errors of 99,999 draws, for sides of all sizes.
func TestDrawsAgainstExact(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	for _, size := range [][2]int{{12, 12}, {3, 400}, {40, 30}, {100, 90}} {
		var s Stratum
		for range size[0] {
			s.A = append(s.A, math.Round(10*r.NormFloat64()))
		}
		for range size[1] {
			s.B = append(s.B, math.Round(10*r.NormFloat64()+3))
		}
		exact, _ := MannWhitney(s.A, s.B)
		drawn, _ := VanElteren([]Stratum{s}, NewLEcuyer("9"))
		if drawn.Exact || !exact.Exact.OK {
			t.Fatalf("%v: expected draws and a count", size)
		}
		p := exact.Exact.V
		near(t, "p", drawn.P, p, 4*math.Sqrt(p*(1-p)/draws)+1e-5)
		again, _ := VanElteren([]Stratum{s}, NewLEcuyer("9"))
		if again != drawn {
			t.Error("the same source gives another answer")
		}
	}
}

func TestPermutationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var strata []Stratum
		for range rapid.IntRange(1, 3).Draw(t, "strata") {
			s := Stratum{A: tied(t, "a", 0, 4), B: tied(t, "b", 0, 4), Weight: rapid.Float64Range(.1, 2).Draw(t, "weight")}
			if rapid.Bool().Draw(t, "untied") {
				for i := range s.A {
					s.A[i] += float64(rapid.IntRange(0, 63).Draw(t, "part")) / 64
				}
			}
			strata = append(strata, s)
		}
		for what, test := range map[string]func([]Stratum, Uniform) (PermutationTest, bool){"means": StratifiedMeans, "ranks": VanElteren} {
			got, ok := test(strata, nil)
			if !ok {
				continue
			}
			if got.P > 1 || got.P < got.Attainable-1e-12 || got.P < 1/got.Relabelings-1e-12 {
				t.Fatalf("%s: out of bounds: %+v", what, got)
			}
			near := func(why string, change func(v float64) float64, swap bool, factor float64) {
				var moved []Stratum
				for _, s := range strata {
					m := Stratum{Weight: s.Weight}
					for _, v := range s.A {
						m.A = append(m.A, change(v))
					}
					for _, v := range s.B {
						m.B = append(m.B, change(v))
					}
					slices.Reverse(m.A)
					slices.Reverse(m.B)
					if swap {
						m.A, m.B = m.B, m.A
					}
					moved = append(moved, m)
				}
				same, _ := test(moved, nil)
				if math.Abs(same.P-got.P) > 1e-12 || math.Abs(same.Attainable-got.Attainable) > 1e-12 || math.Abs(same.Statistic-factor*got.Statistic) > 1e-9*math.Max(1, math.Abs(factor)) {
					t.Fatalf("%s: %s: %+v became %+v", what, why, got, same)
				}
			}
			third := 1. / 3
			if what == "ranks" {
				third = 1
			}
			near("order", func(v float64) float64 { return v }, false, 1)
			near("sides", func(v float64) float64 { return v }, true, -1)
			near("unit", func(v float64) float64 { return v / 3 }, false, third)
			near("origin", func(v float64) float64 { return v + .1 }, false, 1)
		}
	})
}

// The answer does not depend on the order of the values where it is drawn.
func TestDrawsIgnoreOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	s := Stratum{Weight: 1}
	for range 20 {
		s.A = append(s.A, r.ExpFloat64())
		s.B = append(s.B, 1.5*r.ExpFloat64())
	}
	got, _ := StratifiedMeans([]Stratum{s, s}, NewLEcuyer("1"))
	slices.Reverse(s.A)
	s.B[0], s.B[7] = s.B[7], s.B[0]
	same, _ := StratifiedMeans([]Stratum{s, s}, NewLEcuyer("1"))
	s.A, s.B = s.B, s.A
	back, _ := StratifiedMeans([]Stratum{s, s}, NewLEcuyer("1"))
	if got != same || got.P != back.P || got.Statistic != -back.Statistic {
		t.Errorf("%+v, %+v, %+v", got, same, back)
	}
}
