package sample

import (
	"cmp"
	"math"
	"slices"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// MidRanks returns the rank of each value from 1, ties sharing the mean of
// their ranks. NaN has no rank: leave it out.
func MidRanks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	ranks := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i + 1
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

// MannWhitneyTest is the outcome of the two-sided test of Mann and Whitney.
type MannWhitneyTest struct {
	// U counts the pairs in which the value of a is the greater, a tie as half.
	U float64
	// Exact is the share of all relabelings of the mid-ranks whose U is at least
	// as far from nm/2. Absent where the count would take more than maxTable
	// cells or maxWork additions: above some 140 values a side.
	Exact datasets.Opt[float64]
	// Attainable is the least Exact that data of these sizes and ties could give.
	Attainable datasets.Opt[float64]
	// Normal is the p of the normal approximation, its variance corrected for
	// ties; Corrected is the same with continuity correction. Both are absent
	// where all values are equal.
	Normal, Corrected datasets.Opt[float64]
}

// MannWhitney tests whether a and b come from the same distribution (Mann and
// Whitney 1947, Ann. Math. Statist. 18:50-60). The exact distribution is that
// of the mid-ranks with the ties they have, as R's coin::wilcox_test gives it;
// SciPy's method "exact" takes the distribution without ties. ok is false where
// a side is empty or a value is not finite.
func MannWhitney(a, b []float64) (t MannWhitneyTest, ok bool) {
	n, m := len(a), len(b)
	if n == 0 || m == 0 || !allFinite(a, b) {
		return t, false
	}
	ranks := MidRanks(slices.Concat(a, b))
	t.U = sum(ranks[:n]) - float64(n)*float64(n+1)/2
	one, _ := rankBlock(a, b)
	t.Attainable = datasets.Some(farthestShare([]block{one}, one.dust))
	t.Exact = exactRankSum(ranks, n)
	away := math.Abs(t.U - float64(n)*float64(m)/2)
	if v := rankVariance(ranks) * (float64(n) * float64(m) / float64(n+m)); v > 0 {
		two := func(d float64) datasets.Opt[float64] { // gonum's Survival is 0 beyond 8.3
			return datasets.Some(2 * distuv.UnitNormal.CDF(-d/math.Sqrt(v)))
		}
		t.Normal, t.Corrected = two(away), two(math.Max(0, away-0.5))
	}
	return t, true
}

// rankVariance is the variance of the mid-ranks, with divisor N-1: N(N+1)/12
// less T/(12(N-1)), T the sum of t^3-t over the ties of t values. 0 for one
// value.
func rankVariance(ranks []float64) float64 {
	n := float64(len(ranks))
	if n < 2 {
		return 0
	}
	var ss float64
	for _, r := range ranks {
		ss += (r - (n+1)/2) * (r - (n+1)/2)
	}
	return ss / (n - 1)
}

// KruskalTest is the outcome of the test of Kruskal and Wallis.
type KruskalTest struct {
	H       float64 // corrected for ties
	DF      int     // groups that hold a value, less one
	P       float64 // by the chi-squared approximation, rough where groups are below five
	Epsilon float64 // epsilon squared, H(N+1)/(N^2-1): 0 for no difference, 1 for complete separation
}

// KruskalWallis tests whether the groups come from the same distribution
// (Kruskal and Wallis 1952, J. Am. Statist. Ass. 47:583-621; epsilon squared as
// Tomczak and Tomczak 2014). Empty groups take no part. ok is false where fewer
// than two groups hold a value, all values are equal, or one is not finite.
func KruskalWallis(groups ...[]float64) (t KruskalTest, ok bool) {
	if !allFinite(groups...) {
		return t, false
	}
	ranks, means := groupRanks(groups)
	v := rankVariance(ranks)
	if v == 0 {
		return t, false
	}
	n := float64(len(ranks))
	held := 0
	for i, g := range groups {
		if len(g) > 0 {
			held++
			t.H += float64(len(g)) * (means[i] - (n+1)/2) * (means[i] - (n+1)/2) / v
		}
	}
	if held < 2 {
		return KruskalTest{}, false
	}
	t.DF = held - 1
	t.P = distuv.ChiSquared{K: float64(t.DF)}.Survival(t.H)
	t.Epsilon = t.H / (n - 1)
	return t, true
}

// DunnPair is the comparison of two groups by Dunn's test.
type DunnPair struct {
	I, J int                   // positions of the groups, I before J
	Z    datasets.Opt[float64] // positive where group I ranks higher
	P    datasets.Opt[float64] // two-sided, not adjusted for the number of pairs
}

// Dunn compares every two groups by their mean ranks among all groups, with the
// variance corrected for ties (Dunn 1964, Technometrics 6:241-252). P is
// two-sided, where R's dunn.test prints one side, and not adjusted: see Holm.
// The pairs come in the order 0-1, 0-2, ..., 1-2, ...; Z and P are absent for
// a pair with an empty group and where all values are equal or one is not
// finite.
func Dunn(groups ...[]float64) []DunnPair {
	ranks, means := groupRanks(groups)
	v := rankVariance(ranks)
	usable := v > 0 && allFinite(groups...)
	var pairs []DunnPair
	for i := range groups {
		for j := i + 1; j < len(groups); j++ {
			pair := DunnPair{I: i, J: j}
			n, m := float64(len(groups[i])), float64(len(groups[j]))
			if usable && n > 0 && m > 0 {
				z := (means[i] - means[j]) / math.Sqrt(v*(1/n+1/m))
				pair.Z, pair.P = datasets.Some(z), datasets.Some(2*distuv.UnitNormal.CDF(-math.Abs(z)))
			}
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// groupRanks returns the mid-ranks of all values, group after group, and the
// mean of each group that holds a value.
func groupRanks(groups [][]float64) (ranks, means []float64) {
	ranks = MidRanks(slices.Concat(groups...))
	means = make([]float64, len(groups))
	from := 0
	for i, g := range groups {
		if len(g) > 0 {
			means[i] = sum(ranks[from:from+len(g)]) / float64(len(g))
		}
		from += len(g)
	}
	return ranks, means
}

// Bounds of the exact rank-sum distribution: 64 MB, and about a second.
const (
	maxTable = 8 << 20
	maxWork  = 4_000_000_000
)

// beyondBounds tells whether the distribution of the sum of k of n ranks, which has
// so many values, is beyond the bounds.
func beyondBounds(n, k, width int) bool {
	return (k+1)*width > maxTable || n*(k+1)*width > maxWork
}

// exactRankSum is the two-sided exact p of the rank sum of the first n ranks.
func exactRankSum(ranks []float64, n int) datasets.Opt[float64] {
	k := min(n, len(ranks)-n)
	side := ranks[:n]
	if k < n {
		side = ranks[n:]
	}
	// Mid-ranks are multiples of one half; the smallest becomes 0, which moves
	// the sum of k of them by the same in every relabeling.
	least := slices.Min(ranks)
	units := make([]int, len(ranks))
	total, observed := 0, 0
	for i, r := range ranks {
		units[i] = int(2 * (r - least))
		total += units[i]
	}
	for _, r := range side {
		observed += int(2 * (r - least))
	}
	slices.Sort(units)
	counts := rankSumCounts(units, k)
	if counts == nil {
		return datasets.None[float64]()
	}
	// Distances from the mean, times N: whole numbers.
	distance := func(s int) int {
		d := len(units)*s - k*total
		return max(d, -d)
	}
	var all, beyond float64
	for s, c := range counts {
		all += c
		if distance(s) >= distance(observed) {
			beyond += c
		}
	}
	return datasets.Some(beyond / all)
}

// rankSumCounts returns, for each s from 0, how many ways to pick k of the
// units have sum s (Streitberg and Roehmel 1986, the shift algorithm). The
// units ascend from 0. nil where that is beyond maxTable or maxWork.
func rankSumCounts(units []int, k int) []float64 {
	n := len(units)
	below := make([]int, n+1) // sums of the first units
	for i, u := range units {
		below[i+1] = below[i] + u
	}
	width := below[n] - below[n-k] + 1
	if beyondBounds(n, k, width) {
		return nil
	}
	table := make([]float64, (k+1)*width)
	table[0] = 1
	for i, u := range units {
		// j of the first i+1 units are picked; the units left must make up k.
		for j := min(i+1, k); j >= max(1, k-(n-1-i)); j-- {
			from, to := below[j-1], below[i]-below[i-j+1]
			row, prev := table[j*width+u:], table[(j-1)*width:]
			for s := from; s <= to; s++ {
				row[s] += prev[s]
			}
		}
	}
	return table[k*width:]
}
