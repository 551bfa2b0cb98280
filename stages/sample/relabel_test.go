package sample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Each of the 35 ways to deal 3 of 7 is as likely as any other: chi-squared
// with 34 degrees of freedom stays below its 0.9999 quantile (R 4.2.2
// qchisq(.9999, 34) = 73.4812).
func TestDealIsFair(t *testing.T) {
	b := newBlock([]float64{1, 2, 4}, []float64{8, 16, 32, 64}, 1)
	const deals = 350_000
	hands, seen := deal([]block{b}, deals, NewLEcuyer("11")), make(map[int]int)
	for draw := range deals {
		seen[int(math.Round(1000*(&Relabeling{blocks: []block{b}}).statistic(hands, deals, draw)))]++
	}
	var chi float64
	for _, n := range seen {
		chi += (float64(n) - deals/35) * (float64(n) - deals/35) / (deals / 35)
	}
	if len(seen) != 35 || chi > 73.4812 {
		t.Errorf("%d hands, chi-squared %v", len(seen), chi)
	}
}

// plainly is the definition: the scores themselves are shuffled, and the first k
// added up.
func plainly(blocks []block, u Uniform) (t float64) {
	for _, b := range blocks {
		cards := slices.Clone(b.scores)
		for i := range b.k {
			j := i + below(u, len(cards)-i)
			cards[i], cards[j] = cards[j], cards[i]
		}
		t += b.unit * sum(cards[:b.k])
	}
	return t
}

func TestDealtSumsAreThoseOfShuffledScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var strata []Stratum
		for range rapid.IntRange(1, 4).Draw(t, "strata") {
			values := rapid.SliceOfN(rapid.Float64Range(-1e3, 1e3), 1, 20)
			if rapid.Bool().Draw(t, "tied") {
				values = rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0.1, 0.7, 1}), 1, 20)
			}
			strata = append(strata, Stratum{A: values.Draw(t, "a"), B: values.Draw(t, "b"), Weight: rapid.Float64Range(0.1, 2).Draw(t, "weight")})
		}
		r, ok := RelabelMeans(strata)
		if !ok {
			t.Fatal("no test")
		}
		const n = 40
		key := rapid.StringN(0, 5, -1).Draw(t, "key")
		hands, u := deal(r.blocks, n, NewLEcuyer(key)), NewLEcuyer(key)
		var dust float64
		for _, b := range r.blocks {
			dust += b.dust
		}
		for i := range n {
			if got, want := r.statistic(hands, n, i), plainly(r.blocks, u); math.Abs(got-want) > dust/10 {
				t.Fatalf("draw %d: got %v, want %v", i, got, want)
			}
		}
	})
}

// Counting in steps gives what counting the statistics gives, also where values
// are tied, where one is far from all others, where all are one, and where numbers
// are as small or as large as they come.
func TestStepsCountAsStatistics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.SampledFrom([]int{1, 2, 7, 8, 9, 30}), 1, 4).Draw(t, "sizes")
		var tests []*Relabeling
		for range rapid.IntRange(1, 2*lanes).Draw(t, "tests") {
			value := rapid.Float64Range(-1, 1)
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				value = rapid.SampledFrom([]float64{0, 1, 2.5})
			case 1:
				value = rapid.SampledFrom([]float64{-1e-3, 0, 1e-9, 0.3, 1e9})
			case 2:
				value = rapid.Just(0.1)
			}
			unit := rapid.SampledFrom([]float64{1, 1e-300, 1e-320, 1e290, 1e308}).Draw(t, "unit")
			var strata []Stratum
			for _, n := range sizes {
				s := Stratum{Weight: rapid.Float64Range(0.1, 2).Draw(t, "weight")}
				for range n {
					s.A = append(s.A, unit*value.Draw(t, "a"))
				}
				for range n + 1 {
					s.B = append(s.B, unit*value.Draw(t, "b"))
				}
				if rapid.Bool().Draw(t, "swapped") {
					s.A, s.B = s.B, s.A
				}
				strata = append(strata, s)
			}
			r, ok := RelabelMeans(strata)
			if !ok { // too large for the arithmetic
				continue
			}
			if rapid.Bool().Draw(t, "moved") {
				r.least *= rapid.Float64Range(-0.1, 1.1).Draw(t, "least")
			}
			tests = append(tests, &r)
		}
		if len(tests) == 0 {
			return
		}
		const n = 60
		hands := deal(tests[0].blocks, n, NewLEcuyer("1"))
		count, got := counter{hands: hands, sums: make([]uint64, n)}, make([]int64, len(tests))
		for from := 0; from < len(tests); from += lanes {
			to := min(from+lanes, len(tests))
			count.beyond(tests[from:to], got[from:to])
		}
		for i, r := range tests {
			var want int64
			for draw := range n {
				if math.Abs(r.statistic(hands, n, draw)) >= r.least {
					want++
				}
			}
			if got[i] != want {
				t.Fatalf("test %d: %d beyond, want %d", i, got[i], want)
			}
		}
	})
}

// Whoever draws for several tests at once, in rounds and in any order, gets what
// each would get alone; and tests whose relabelings go together have one shape.
func TestRoundsTogetherAndAlone(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	var tests []*Relabeling
	for i := range 4 {
		s := []Stratum{{Weight: 1}, {Weight: 0.5}}
		for k := range s {
			for range 9 + k {
				s[k].A = append(s[k].A, math.Round(4*r.NormFloat64())/4)
			}
			for range 14 {
				s[k].B = append(s[k].B, 1+r.NormFloat64())
			}
		}
		if i%2 == 1 { // the smaller side is the other
			s[0].A, s[0].B = s[0].B, s[0].A
		}
		one, ok := RelabelMeans(s)
		if i == 3 {
			one, ok = RelabelRanks(s)
		}
		if !ok || one.Exact || one.P != 0 || one.Shape() != "9/23,10/24" {
			t.Fatalf("%v %+v", ok, one)
		}
		tests = append(tests, &one)
	}
	beyond := make([]int64, len(tests))
	for round := Rounds - 1; round >= 0; round-- {
		for i, n := range DrawRound(round, NewLEcuyer(fmt.Sprint(round)), tests) {
			beyond[i] += n
		}
	}
	for i, one := range tests {
		var alone int64
		drawn := 0
		for round := range Rounds {
			u, n := NewLEcuyer(fmt.Sprint(round)), 10_000
			if round == Rounds-1 {
				n = 9_999
			}
			for range n {
				drawn++
				if math.Abs(plainly(one.blocks, u)) >= one.least {
					alone++
				}
			}
		}
		if drawn != 99_999 || beyond[i] != alone || alone == 0 {
			t.Errorf("test %d: %d of %d beyond alone, %d together", i, alone, drawn, beyond[i])
		}
		if p := one.Drawn(alone).P; p != float64(alone+1)/100_000 {
			t.Errorf("p %v of %d", p, alone)
		}
	}
}

// A million relabelings of four strata (35^3 * 20 = 857,500) and 99,999 draws.
func BenchmarkStratifiedMeans(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	normal := func(sizes ...int) []Stratum {
		var strata []Stratum
		for i := 0; i < len(sizes); i += 2 {
			s := Stratum{Weight: 1}
			for range sizes[i] {
				s.A = append(s.A, r.NormFloat64())
			}
			for range sizes[i+1] {
				s.B = append(s.B, r.NormFloat64())
			}
			strata = append(strata, s)
		}
		return strata
	}
	for name, strata := range map[string][]Stratum{
		"counted": normal(3, 4, 3, 4, 4, 3, 3, 3),
		"drawn":   normal(20, 20, 20, 20, 20, 20, 20, 20),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				StratifiedMeans(strata, NewLEcuyer("1"))
			}
		})
	}
}

// One round of 10,000 relabelings of 200 against 200 values, for one test and
// for a hundred of the same shape.
func BenchmarkDrawRound(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 100} {
		var tests []*Relabeling
		for range n {
			s := Stratum{Weight: 1}
			for range 200 {
				s.A, s.B = append(s.A, r.NormFloat64()), append(s.B, r.NormFloat64())
			}
			t, _ := RelabelMeans([]Stratum{s})
			tests = append(tests, &t)
		}
		b.Run(fmt.Sprint(n, " tests"), func(b *testing.B) {
			for b.Loop() {
				DrawRound(0, NewLEcuyer("1"), tests)
			}
		})
	}
}
