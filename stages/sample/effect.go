package sample

import (
	"math"
	"slices"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// CliffDelta returns Cliff's delta, the share of pairs in which the value of a
// is the greater less the share in which it is the smaller, in [-1,1], and its
// asymmetric interval (Cliff 1993, Psychol. Bull. 114:494-509; Cliff 1996,
// Ordinal Methods, chapter 5; Feng and Cliff 2004): with d the delta of n by m
// pairs, s^2 its unbiased variance but at least (1-d^2)/(nm-1), and z of the
// normal distribution,
//
//	(d - d^3 -+ z s sqrt((1-d^2)^2 + z^2 s^2)) / (1 - d^2 + z^2 s^2).
//
// Delta is absent where a side is empty or a value is not finite. The interval
// is absent, and note says why, where a side has one value, delta is -1 or 1,
// or every pair is a tie.
func CliffDelta(a, b []float64, confidence float64) (delta datasets.Opt[float64], interval Interval, note string) {
	if len(a) == 0 || len(b) == 0 {
		return delta, interval, "no delta: a side is empty"
	}
	if !allFinite(a, b) {
		return delta, interval, "no delta: a value is not finite"
	}
	n, m := float64(len(a)), float64(len(b))
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	wonA, decided := dominance(x, y)
	wonB, _ := dominance(y, x)
	var won int
	for _, w := range wonA {
		won += w
	}
	d := float64(won) / (n * m)
	delta = datasets.Some(d)
	switch {
	case !(confidence > 0 && confidence < 1):
		return delta, interval, "no interval: the confidence must lie between 0 and 1"
	case len(a) < 2 || len(b) < 2:
		return delta, interval, "no interval: it needs two values on each side"
	case decided == 0:
		return delta, interval, "no interval: all values are equal"
	case math.Abs(d) == 1:
		return delta, interval, "no interval: the two sides do not overlap, so the variance of delta is 0"
	}
	v := math.Max(dominanceVariance(wonA, wonB, decided), (1-d*d)/(n*m-1))
	z := distuv.UnitNormal.Quantile(1 - (1-confidence)/2)
	half := z * math.Sqrt(v) * math.Sqrt((1-d*d)*(1-d*d)+z*z*v)
	scale := 1 - d*d + z*z*v
	return delta, Interval{
		datasets.Some(math.Max(-1, (d-d*d*d-half)/scale)),
		datasets.Some(math.Min(1, (d-d*d*d+half)/scale)),
	}, ""
}

// dominanceVariance is the unbiased variance of delta (Cliff 1993, equation 7):
//
//	(m^2 sum_i (d_i - d)^2 + n^2 sum_j (d_j - d)^2 - sum_ij (d_ij - d)^2) / (nm(n-1)(m-1))
//
// with d_i the mean of the m signs of value i of the n on the one side, d_j that
// of the n signs of value j of the m on the other. Texts that exchange n and m in
// the sums are right only where both are equal: over all samples of 2 and of 3
// from a small population, the mean of this form is the variance of delta.
func dominanceVariance(wonA, wonB []int, decided int) float64 {
	n, m := float64(len(wonA)), float64(len(wonB))
	var won int
	for _, w := range wonA {
		won += w
	}
	d := float64(won) / (n * m)
	var rows, columns float64
	for _, w := range wonA {
		rows += (float64(w)/m - d) * (float64(w)/m - d)
	}
	for _, w := range wonB {
		columns += (float64(w)/n + d) * (float64(w)/n + d)
	}
	cells := float64(decided) - n*m*d*d
	return (m*m*rows + n*n*columns - cells) / (n * m * (n - 1) * (m - 1))
}

// dominance returns, for each of the ascending x, how many of the ascending y
// are smaller less how many are greater, and the number of pairs without ties.
func dominance(x, y []float64) (won []int, decided int) {
	won = make([]int, len(x))
	below, upTo := 0, 0
	for i, v := range x {
		for below < len(y) && y[below] < v {
			below++
		}
		for upTo < len(y) && y[upTo] <= v {
			upTo++
		}
		won[i] = below - (len(y) - upTo)
		decided += below + len(y) - upTo
	}
	return won, decided
}

// HodgesLehmann returns the shift of a against b: the median of all differences
// of a value of a and one of b (Hodges and Lehmann 1963, Ann. Math. Statist.
// 34:598-611), exact, with the mean of the two middle ones where their number is
// even. R's wilcox.test gives the same where it is exact; elsewhere it searches a
// root, which is near. Memory grows with the number of values, not of pairs.
// Absent where a side is empty, or a value or the result is not finite.
func HodgesLehmann(a, b []float64) datasets.Opt[float64] {
	if len(a) == 0 || len(b) == 0 || !allFinite(a, b) {
		return datasets.None[float64]()
	}
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	pairs := len(x) * len(y)
	low := difference(x, y, (pairs+1)/2)
	shift := low
	if pairs%2 == 0 {
		shift = low/2 + difference(x, y, pairs/2+1)/2
	}
	if !finite(shift) {
		return datasets.None[float64]()
	}
	return datasets.Some(shift)
}

// HodgesLehmannInterval returns the interval of the shift of a against b that
// inverts the rank-sum test (Moses; Hollander and Wolfe 1999, section 4.3): from
// the c-th least to the c-th greatest difference of a value of a and one of b,
// where c follows from the distribution of U without ties, as in R's
// wilcox.test(exact = TRUE, conf.int = TRUE). With ties the ends belong to the
// interval and it is at least as sure as it says. Above some 177 values a side, where
// beyondBounds says so of ranks without ties, c is by the normal approximation.
// Absent where the sides are so small that the least and the greatest difference
// are not far enough apart to be that sure (95 % takes 4 and 4, 3 and 5, 2 and 8,
// or 1 and 39), a side is empty, a value or an end is not finite, or the confidence
// is not in (0,1).
func HodgesLehmannInterval(a, b []float64, confidence float64) Interval {
	n, m := len(a), len(b)
	if n == 0 || m == 0 || !allFinite(a, b) || !(confidence > 0 && confidence < 1) {
		return Interval{}
	}
	c := shiftRank(n, m, (1-confidence)/2)
	if c < 1 {
		return Interval{}
	}
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	low, high := difference(x, y, c), difference(x, y, n*m+1-c)
	if !finite(low) || !finite(high) {
		return Interval{}
	}
	return Interval{datasets.Some(low), datasets.Some(high)}
}

// shiftRank returns the greatest c with P(U < c) < tail for n and m values
// without ties, 1 also where P(U < 1) = tail, or 0 where there is none.
func shiftRank(n, m int, tail float64) int {
	if k := min(n, m); beyondBounds(n+m, k, n*m+k*(k-1)/2+1) {
		pairs := float64(n) * float64(m)
		z := distuv.UnitNormal.Quantile(1 - tail)
		return int(math.Floor(pairs/2 - z*math.Sqrt(pairs*float64(n+m+1)/12)))
	}
	counts, all := shiftCounts(n, m)
	// P(U = u) is a ratio of whole numbers: only rounding parts it from tail, also
	// that of the confidence from which tail came.
	dust := 1e-12*tail + 1e-16
	var below float64
	for u, c := range counts {
		below += c / all
		if below >= tail-dust {
			if u == 0 && below <= tail+dust {
				return 1
			}
			return u
		}
	}
	return 0
}

// shiftCounts returns, for each u from 0 to the half of n*m, how many of the ways
// to deal n+m values without ties into sides of n and m have U = u, and how many
// ways there are. The counts are the coefficients of the Gaussian binomial of n+m
// and n (Andrews 1998, The Theory of Partitions, section 3.2), the product over i
// from 1 to n of (1 - q^(m+i)) / (1 - q^i). Each factor takes two passes, where the
// shift algorithm takes one for each of the n+m values.
func shiftCounts(n, m int) (counts []float64, all float64) {
	if n > m {
		n, m = m, n
	}
	// Differences of large numbers that nearly cancel would lose digits of a float64.
	exact := make([]twofold, n*m/2+1)
	exact[0].high = 1
	for i := 1; i <= n; i++ {
		for u := len(exact) - 1; u >= m+i; u-- {
			exact[u] = exact[u].plus(twofold{-exact[u-m-i].high, -exact[u-m-i].low})
		}
		for u := i; u < len(exact); u++ {
			exact[u] = exact[u].plus(exact[u-i])
		}
	}
	counts = make([]float64, len(exact))
	for u, x := range exact {
		counts[u] = x.high
	}
	// U and n*m-U have the same count.
	all = 2 * sum(counts)
	if n*m%2 == 0 {
		all -= counts[len(counts)-1]
	}
	return counts, all
}

// twofold is a number of twice the digits: the sum of two, of which low is at most
// what rounding took from high.
type twofold struct{ high, low float64 }

// plus adds as Dekker (1971) does, with the exact sum of the high parts by Knuth.
func (x twofold) plus(y twofold) twofold {
	sum := x.high + y.high
	of := sum - x.high
	low := (x.high - (sum - of)) + (y.high - of) + x.low + y.low
	high := sum + low
	return twofold{high, low - (high - sum)}
}

// difference returns the k-th least, from 1, of the differences of one of the
// ascending x and one of the ascending y. Floating-point subtraction keeps
// order, so the number of differences up to v takes one pass, and bisection
// over the floating-point numbers in their order finds the difference itself.
func difference(x, y []float64, k int) float64 {
	low, high := orderOf(x[0]-y[len(y)-1]), orderOf(x[len(x)-1]-y[0])
	for low < high {
		middle := low + (high-low)/2
		v := ordered(middle)
		count, j := 0, 0
		// y[j:] are those near enough to x[i]; as x grows, fewer are.
		for _, xi := range x {
			for j < len(y) && xi-y[j] > v {
				j++
			}
			count += len(y) - j
		}
		if count >= k {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return ordered(low)
}

// orderOf numbers the floating-point numbers so that greater ones have greater
// numbers, 0 and -0 the same.
func orderOf(v float64) uint64 {
	const sign = 1 << 63
	if u := math.Float64bits(v + 0); u&sign == 0 {
		return u | sign
	} else {
		return ^u
	}
}

// ordered is the inverse of orderOf.
func ordered(u uint64) float64 {
	const sign = 1 << 63
	if u&sign != 0 {
		return math.Float64frombits(u &^ sign)
	}
	return math.Float64frombits(^u)
}
