package sample

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/combin"
)

// Relabelings up to which a permutation test counts them all, and how many it
// draws where there are more.
const (
	maxRelabelings = 1_000_000
	draws          = 99_999
)

// Stratum is what two sides have on one platform: a value for each account of
// either, and the weight of the platform, which only StratifiedMeans uses.
type Stratum struct {
	A, B   []float64
	Weight float64
}

// PermutationTest is the outcome of a two-sided test by relabeling.
type PermutationTest struct {
	Statistic   float64 // positive where A is the higher; its mean over all relabelings is 0
	P           float64 // share of relabelings whose statistic is at least as far from 0
	Attainable  float64 // least P that relabeling these values could give
	Exact       bool    // whether all relabelings were counted
	Relabelings float64 // how many there are; math.MaxFloat64 stands for more than that
}

// StratifiedMeans tests whether A and B differ by
//
//	T = sum over strata of Weight (mean of A - mean of B),
//
// with the labels permuted within each stratum (Fisher 1935; Good 2005,
// Permutation, Parametric and Bootstrap Tests, chapter 3). The mean of T over
// all relabelings is 0, also where the sides have unequal numbers, so P is the
// share of relabelings with |T| at least the observed. All are counted where
// there are at most a million; else 99,999 are drawn with u and P =
// (b+1)/(m+1), never 0 (Phipson and Smyth 2010, Stat. Appl. Genet. Mol. Biol.
// 9:39). Statistics that differ by rounding alone are the same: P depends
// neither on the order of the values in a stratum nor on their unit.
//
// A stratum where one side is empty, or of weight 0, takes no part. ok is
// false where none is left, or a value or weight is not finite, or a weight
// negative.
func StratifiedMeans(strata []Stratum, u Uniform) (t PermutationTest, ok bool) {
	r, ok := RelabelMeans(strata)
	return r.with(u), ok
}

// RelabelMeans is StratifiedMeans whose relabelings are still to be drawn.
func RelabelMeans(strata []Stratum) (r Relabeling, ok bool) {
	var blocks []block
	var statistic float64
	for _, s := range strata {
		if s.Weight < 0 || !allFinite(s.A, s.B, []float64{s.Weight}) {
			return Relabeling{}, false
		}
		n, m := len(s.A), len(s.B)
		if n == 0 || m == 0 || s.Weight == 0 {
			continue
		}
		a, b := slices.Sorted(slices.Values(s.A)), slices.Sorted(slices.Values(s.B))
		statistic += s.Weight * (sum(a)/float64(n) - sum(b)/float64(m))
		blocks = append(blocks, newBlock(a, b, s.Weight*(1/float64(n)+1/float64(m))))
	}
	return permute(statistic, blocks)
}

// VanElteren tests whether A and B differ in rank by
//
//	T = sum over strata of (R - n(N+1)/2) / (N+1),
//
// R the sum of the mid-ranks of the n values of A among the N of the stratum
// (van Elteren 1960, Bull. Int. Statist. Inst. 37:351-361: the weights that
// are best where the shift is the same in all strata). Relabeling, exactness,
// the strata that take part and ok are as for StratifiedMeans; weights are not
// used.
func VanElteren(strata []Stratum, u Uniform) (t PermutationTest, ok bool) {
	r, ok := RelabelRanks(strata)
	return r.with(u), ok
}

// RelabelRanks is VanElteren whose relabelings are still to be drawn.
func RelabelRanks(strata []Stratum) (r Relabeling, ok bool) {
	var blocks []block
	var statistic float64
	for _, s := range strata {
		if !allFinite(s.A, s.B) {
			return Relabeling{}, false
		}
		if len(s.A) == 0 || len(s.B) == 0 {
			continue
		}
		b, excess := rankBlock(s.A, s.B)
		statistic += excess * b.unit
		blocks = append(blocks, b)
	}
	return permute(statistic, blocks)
}

// MinAttainable returns the least two-sided p that relabeling n and m values
// without ties can give, 2/choose(n+m, n): 1/3 for 2 and 2, 0.1 for 3 and 3,
// 2/70 for 4 and 4. It is 1 where a side is empty.
func MinAttainable(n, m int) float64 {
	if n < 1 || m < 1 {
		return 1
	}
	return 2 * chooseRatio(1, 1, n+m, n)
}

// LeastAttainable returns the least p that relabeling within strata can give,
// whatever the values: one over the number of relabelings, or two where both
// sides of every stratum are equally many, since then the farthest relabeling has
// a counterpart on the other side of 0. Sizes are those of the two sides; it is 1
// where one is 0.
func LeastAttainable(sizes ...[2]int) float64 {
	least, symmetric := 1.0, true
	for _, n := range sizes {
		if n[0] < 1 || n[1] < 1 {
			return 1
		}
		least *= MinAttainable(n[0], n[1]) / 2
		symmetric = symmetric && n[0] == n[1]
	}
	if symmetric {
		least *= 2
	}
	return min(1, least)
}

// block is one stratum made ready for relabeling. Its part of the statistic is
// unit times the sum of the scores under the label of the smaller side, which
// are the negative values where that is the side of B.
type block struct {
	scores []float64 // ascending, about 0
	k      int       // size of the smaller side, whose label is moved
	unit   float64
	dust   float64 // what two parts may differ by through rounding alone
}

// newBlock takes both sides ascending. The scores are the values about their
// mean, so that those of one side sum to minus those of the other, and the
// smaller side stands for both.
func newBlock(a, b []float64, unit float64) block {
	scores := slices.Concat(a, b)
	slices.Sort(scores)
	var raw, spread float64
	for _, v := range scores {
		raw += math.Abs(v)
	}
	centre := sum(scores) / float64(len(scores))
	for i := range scores {
		scores[i] -= centre
		spread += math.Abs(scores[i])
	}
	if len(b) < len(a) {
		for i := range scores {
			scores[i] = -scores[i]
		}
		slices.Reverse(scores)
	}
	// The values themselves are rounded (to 2^-53 of their size), and so is every sum.
	dust := unit * (1e-12*spread + 4*0x1p-52*raw)
	return block{scores: scores, k: min(len(a), len(b)), unit: unit, dust: dust}
}

// rankBlock has mid-ranks as scores, and returns the rank sum of a above its mean.
func rankBlock(a, b []float64) (block, float64) {
	ranks := MidRanks(slices.Concat(a, b))
	ra, rb := ranks[:len(a)], ranks[len(a):]
	slices.Sort(ra)
	slices.Sort(rb)
	n := float64(len(ranks))
	return newBlock(ra, rb, 1/(n+1)), sum(ra) - float64(len(a))*(n+1)/2
}

// permute does the test for the given observed statistic, as far as that takes
// no draws.
func permute(observed float64, blocks []block) (Relabeling, bool) {
	if len(blocks) == 0 || !finite(observed) {
		return Relabeling{}, false
	}
	t := PermutationTest{Statistic: observed, Relabelings: 1}
	var dust float64
	for _, b := range blocks {
		t.Relabelings = math.Min(t.Relabelings*choose(len(b.scores), b.k), math.MaxFloat64)
		dust += b.dust
	}
	if !finite(dust) {
		return Relabeling{}, false
	}
	least := math.Abs(observed) - dust
	t.Attainable = farthestShare(blocks, dust)
	t.Exact = t.Relabelings <= maxRelabelings
	if t.Exact {
		t.P = shareBeyond(blocks, least)
	} else {
		t.Attainable = math.Max(t.Attainable, 1.0/(draws+1))
	}
	return Relabeling{PermutationTest: t, blocks: blocks, least: least}, true
}

// farthestShare is the share of relabelings as far from 0 as the farthest,
// which has the largest scores of every block under the one label, or the
// smallest. The values tied at the edge of a label can change places.
func farthestShare(blocks []block, dust float64) float64 {
	top, bottom := 0.0, 0.0
	topShare, bottomShare := 1.0, 1.0
	for _, b := range blocks {
		n, tie := len(b.scores), b.dust/b.unit
		top += b.unit * sum(b.scores[n-b.k:])
		bottom += b.unit * sum(b.scores[:b.k])
		topShare *= edgeShare(b.scores, b.scores[n-b.k], tie, n-b.k, n)
		bottomShare *= edgeShare(b.scores, b.scores[b.k-1], tie, 0, b.k)
	}
	switch {
	case top > -bottom+dust:
		return topShare
	case -bottom > top+dust:
		return bottomShare
	}
	return math.Min(1, topShare+bottomShare)
}

// edgeShare is the share of the ways to pick to-from scores that have the same
// sum as those from..to, given that only scores tied with the edge can change.
func edgeShare(scores []float64, edge, tie float64, from, to int) float64 {
	tied, picked := 0, 0
	for i, v := range scores {
		if math.Abs(v-edge) <= tie {
			tied++
			if i >= from && i < to {
				picked++
			}
		}
	}
	return chooseRatio(tied, picked, len(scores), to-from)
}

// shareBeyond counts, over all relabelings, those with a statistic of at least
// least either way. The blocks go into two groups; each sum of the larger is
// met by a search among the sorted sums of the smaller.
func shareBeyond(blocks []block, least float64) float64 {
	if least <= 0 {
		return 1
	}
	bySize := slices.Clone(blocks)
	slices.SortStableFunc(bySize, func(x, y block) int {
		return int(choose(len(y.scores), y.k)) - int(choose(len(x.scores), x.k))
	})
	large, small := []float64{0}, []float64{0}
	for _, b := range bySize {
		if len(large) > len(small) {
			large, small = small, large
		}
		large = b.addTo(large)
	}
	if len(large) < len(small) {
		large, small = small, large
	}
	slices.Sort(small)
	beyond := 0
	if len(small) == 1 {
		for _, v := range large {
			if v+small[0] >= least || v+small[0] <= -least {
				beyond++
			}
		}
		return float64(beyond) / float64(len(large))
	}
	for _, v := range large {
		beyond += len(small) - countBelow(small, least-v)                  // sums >= least
		beyond += countBelow(small, math.Nextafter(-least-v, math.Inf(1))) // sums <= -least
	}
	return float64(beyond) / (float64(len(large)) * float64(len(small)))
}

// countBelow returns how many of the ascending x are less than v.
func countBelow(x []float64, v float64) int {
	from, n := 0, len(x)
	for n > 0 {
		half := n / 2
		if x[from+half] < v {
			from += half + 1
			n -= half + 1
		} else {
			n = half
		}
	}
	return from
}

// addTo returns every sum of one of x and one part of the block.
func (b block) addTo(x []float64) []float64 {
	parts := make([]float64, 0, int(choose(len(b.scores), b.k)))
	var pick func(from, left int, s float64)
	pick = func(from, left int, s float64) {
		if left == 1 {
			for _, v := range b.scores[from:] {
				parts = append(parts, b.unit*(s+v))
			}
			return
		}
		for i := from; i <= len(b.scores)-left; i++ {
			pick(i+1, left-1, s+b.scores[i])
		}
	}
	pick(0, b.k, 0)
	if len(x) == 1 && x[0] == 0 {
		return parts
	}
	sums := make([]float64, 0, len(x)*len(parts))
	for _, v := range x {
		for _, w := range parts {
			sums = append(sums, v+w)
		}
	}
	return sums
}

// chooseRatio is choose(t, r) / choose(n, k).
func chooseRatio(t, r, n, k int) float64 {
	if all := choose(n, k); !math.IsInf(all, 0) {
		return choose(t, r) / all
	}
	return math.Exp(combin.LogGeneralizedBinomial(float64(t), float64(r)) - combin.LogGeneralizedBinomial(float64(n), float64(k)))
}

// choose is the number of ways to pick k of n, exact below 2^53. combin.Binomial
// overflows silently.
func choose(n, k int) float64 {
	k = min(k, n-k)
	c := 1.0
	for i := 1; i <= k; i++ {
		c = math.Round(c * float64(n-k+i) / float64(i))
	}
	return c
}

func sum(x []float64) float64 {
	var s float64
	for _, v := range x {
		s += v
	}
	return s
}

func allFinite(xs ...[]float64) bool {
	for _, x := range xs {
		for _, v := range x {
			if !finite(v) {
				return false
			}
		}
	}
	return true
}
