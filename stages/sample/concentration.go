package sample

import (
	"math"

	"diplometrics/datasets"
)

// Gini returns Gini's coefficient of nonnegative amounts,
//
//	G = sum over i of (2i-n-1) x(i) / (n sum x),  x(1) <= ... <= x(n),
//
// from 0 where all are equal to (n-1)/n where one has everything, and the
// unbiased G n/(n-1), from 0 to 1 (Gini 1912; Deltas 2003, Rev. Econ. Stat.
// 85:226-234). Even the second still moves with n for heavy tails: compare
// samples of similar size. Both are absent for an empty sample, a sum of 0,
// and values that are negative, NaN or infinite; the second also for one
// value. A sorted x is neither copied nor sorted again.
func Gini(x []float64) (g, unbiased datasets.Opt[float64]) {
	s, sum, ok := amounts(x)
	if !ok {
		return datasets.None[float64](), datasets.None[float64]()
	}
	n := len(s)
	// The value i from either end have opposite weights: by pairs no term is
	// negative, and equal values give exactly 0.
	var spread float64
	for i := range n / 2 {
		spread += float64(n-1-2*i) * (s[n-1-i] - s[i])
	}
	v := present(spread / sum / float64(n))
	if !v.OK {
		return v, v
	}
	most := float64(n-1) / float64(n)
	g = datasets.Some(math.Min(v.V, most))
	if n > 1 {
		unbiased = datasets.Some(math.Min(g.V/most, 1))
	}
	return g, unbiased
}

// LorenzPoint is a point of a Lorenz curve: the P of the sample with the least
// has L of the sum, both as shares.
type LorenzPoint struct{ P, L float64 }

// Lorenz returns the n+1 points of the Lorenz curve, from (0, 0) to (1, 1),
// both coordinates ascending (Lorenz 1905, Publ. Am. Stat. Assoc. 9:209-219).
// It is nil where Gini is absent.
func Lorenz(x []float64) []LorenzPoint {
	s, sum, ok := amounts(x)
	if !ok {
		return nil
	}
	points := make([]LorenzPoint, len(s)+1)
	var below float64
	for i, v := range s {
		below += v
		points[i+1] = LorenzPoint{float64(i+1) / float64(len(s)), below / sum}
	}
	return points
}

// TopShare returns the part of the sum that the largest ceil(share*n) values
// have. Where several values are equal at the cut each of them counts in part,
// which gives the same sum as counting any of them. Absent where Gini is, and
// for a share outside of (0, 1].
func TopShare(x []float64, share float64) datasets.Opt[float64] {
	s, sum, ok := amounts(x)
	if !ok || !(share > 0 && share <= 1) {
		return datasets.None[float64]()
	}
	// 0.07*100 is 7.000...1, and means 7.
	top := max(1, int(math.Ceil(share*float64(len(s))*(1-1e-12))))
	var part float64
	for _, v := range s[len(s)-top:] {
		part += v
	}
	return datasets.Some(math.Min(part/sum, 1))
}

// Herfindahl returns the sum of the squared shares in the sum, from 1/n where
// all are equal to 1 where one has everything (Herfindahl 1950; Hirschman
// 1964, Am. Econ. Rev. 54:761). Absent where Gini is.
func Herfindahl(x []float64) datasets.Opt[float64] {
	s, sum, ok := amounts(x)
	if !ok {
		return datasets.None[float64]()
	}
	var h float64
	for _, v := range s {
		h += v / sum * (v / sum)
	}
	return datasets.Some(math.Min(h, 1))
}

// HIndex returns the largest h such that h of the counts are at least h
// (Hirsch 2005, PNAS 102:16569-16572); 0 for an empty sample. It grows with
// the number of posts: give that beside it. A negative count, which cannot be,
// reaches no h. Time and memory are linear in n.
func HIndex(x []int64) int64 {
	n := int64(len(x))
	number := make([]int64, n+1)
	for _, v := range x {
		if v > 0 {
			number[min(v, n)]++
		}
	}
	var reached int64
	for h := n; h > 0; h-- {
		if reached += number[h]; reached >= h {
			return h
		}
	}
	return 0
}

// amounts returns x sorted with its sum. ok is false where shares of the sum
// have no meaning: no values, a sum of 0 or beyond floating point, and values
// that are negative, NaN or infinite.
func amounts(x []float64) (s []float64, sum float64, ok bool) {
	s = ascending(x)
	if !finiteSorted(s) || s[0] < 0 {
		return nil, 0, false
	}
	for _, v := range s {
		sum += v
	}
	return s, sum, sum > 0 && !math.IsInf(sum, 1)
}
