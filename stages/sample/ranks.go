package sample

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/combin"
)

// MidRanks returns the rank of each value from 1, ties sharing the mean of
// their ranks.
func MidRanks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	ranks := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			ranks[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return ranks
}

// RankTest is the outcome of a two-sided rank-sum permutation test.
type RankTest struct {
	P          float64 // share of relabelings at least as far from the mean rank sum
	Attainable float64 // least P that any data of these sizes and ties could give
	Exact      bool    // whether all relabelings were counted
}

// Permutations beyond which RankSum draws instead of counting all, and how
// many it draws.
const (
	maxRelabelings = 1_000_000
	draws          = 99_999
)

// RankSum tests whether a and b come from the same distribution by permuting
// the labels over their mid-ranks (Wilcoxon's rank sum, exact with ties). All
// relabelings are counted where there are at most a million; otherwise 99,999
// are drawn from src and P = (b+1)/(m+1) (Phipson and Smyth 2010). ok is false
// where either side is empty.
func RankSum(a, b []float64, src rand.Source) (t RankTest, ok bool) {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return t, false
	}
	ranks := MidRanks(slices.Concat(a, b))
	var observed, total float64
	for i, r := range ranks {
		total += r
		if i < n {
			observed += r
		}
	}
	mean := total * float64(n) / float64(n+m)
	// Ranks are multiples of one half: anything below that is rounding.
	const dust = 1e-6
	distance := func(sum float64) float64 { return math.Abs(sum - mean) }
	if lbinom(n+m, n) <= math.Log(maxRelabelings) {
		sums := make([]float64, 0, combin.Binomial(n+m, n))
		gen := combin.NewCombinationGenerator(n+m, n)
		pick := make([]int, n)
		for gen.Next() {
			gen.Combination(pick)
			var s float64
			for _, i := range pick {
				s += ranks[i]
			}
			sums = append(sums, distance(s))
		}
		farthest := slices.Max(sums)
		var at, extreme int
		for _, d := range sums {
			if d >= distance(observed)-dust {
				at++
			}
			if d >= farthest-dust {
				extreme++
			}
		}
		return RankTest{P: float64(at) / float64(len(sums)), Attainable: float64(extreme) / float64(len(sums)), Exact: true}, true
	}
	rng := rand.New(src)
	var at int
	shuffled := slices.Clone(ranks)
	for range draws {
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		var s float64
		for _, r := range shuffled[:n] {
			s += r
		}
		if distance(s) >= distance(observed)-dust {
			at++
		}
	}
	return RankTest{P: float64(at+1) / (draws + 1), Attainable: 1.0 / (draws + 1)}, true
}

// lbinom is the logarithm of the number of ways to pick k of n.
func lbinom(n, k int) float64 { return combin.LogGeneralizedBinomial(float64(n), float64(k)) }

// Holm adjusts the p values of a family for multiple comparison by Holm's step
// down (Holm 1979, Scand. J. Statist. 6:65-70), in the order given. Absent
// values stay absent and do not count.
func Holm(p []datasets.Opt[float64]) []datasets.Opt[float64] {
	var order []int
	for i, v := range p {
		if v.OK {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a].V, p[b].V) })
	adjusted := make([]datasets.Opt[float64], len(p))
	var running float64
	for j, i := range order {
		running = math.Min(1, math.Max(running, float64(len(order)-j)*p[i].V))
		adjusted[i] = datasets.Some(running)
	}
	return adjusted
}
