package sample

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	minSlopeInterval = 4     // points below which a Theil-Sen slope has no interval
	maxSlopePoints   = 2_000 // points whose pairs, two million at most, are all taken
)

// TheilSen returns the median of the slopes of all pairs of points with
// different x (Theil 1950; Sen 1968, JASA 63:1379-1389), in y per unit of x,
// its interval, and the intercept median(y) - slope*median(x). Up to 29 % of
// the points can be wild without moving it far: a purge of false followers is
// a step, not a trend.
//
// The interval lies between two of the slopes, counted from the normal
// approximation to Kendall's S with the variance corrected for ties in x and
// in y, as SciPy's theilslopes; where that points beyond the slopes it stops
// at the outermost, whose own confidence at four points is 91.7 %. It takes
// deviations for independent, which those of a follower count are not: it is
// too narrow there. It is absent below four points and where all x or all y
// are equal.
//
// A series of more than 2,000 points is thinned to the 2,000 at equal steps of
// rank in (x, y), the first and the last among them: time and memory stay
// bounded, and the interval is that of the points used. Everything is absent
// without two different x and where a value is NaN or infinite.
func TheilSen(x, y []float64, confidence float64) (slope datasets.Opt[float64], interval Interval, intercept datasets.Opt[float64]) {
	if len(x) != len(y) {
		panic("sample: x and y differ in length")
	}
	x, y = thinned(x, y)
	slopes := make([]float64, 0, len(x)*(len(x)-1)/2)
	finite := true
	for i := range x {
		for j := range i {
			if dx := x[i] - x[j]; dx > 0 {
				s := (y[i] - y[j]) / dx
				finite = finite && s-s == 0
				slopes = append(slopes, s)
			}
		}
	}
	if len(slopes) == 0 || !finite {
		return slope, interval, intercept
	}
	// Of many thousand slopes four are asked for by their rank: they are not
	// sorted.
	pairs := float64(len(slopes))
	middle := (pairs - 1) * 0.5
	lower := int(middle)
	upper := min(lower+1, len(slopes)-1)
	ranks := []int{lower, upper}

	sortedY := ascending(y)
	n := float64(len(x))
	variance := (kendallTerm(n) - tieTerms(x) - tieTerms(sortedY)) / 18
	bounded := len(x) >= minSlopeInterval && variance > 0 && confidence > 0 && confidence < 1
	if bounded {
		c := distuv.UnitNormal.Quantile(1-(1-confidence)/2) * math.Sqrt(variance)
		ranks = append(ranks, max(0, int(math.RoundToEven((pairs-c)/2))-1), min(len(slopes)-1, int(math.RoundToEven((pairs+c)/2))))
	}
	settle(slopes, ranks...)
	if slope = present(Quantile(slopes[lower:upper+1], middle-float64(lower)).V); !slope.OK {
		return slope, interval, intercept
	}
	intercept = present(Median(sortedY).V - slope.V*Median(x).V)
	if bounded {
		interval = Interval{datasets.Some(slopes[ranks[2]]), datasets.Some(slopes[ranks[3]])}
	}
	return slope, interval, intercept
}

// settle moves the values of the ranks, which count from 0, to where sorting x
// would put them. It takes time in proportion to len(x). x holds no NaN.
func settle(x []float64, ranks ...int) {
	ranks = slices.Sorted(slices.Values(ranks))
	for tries := 2 * bits.Len(uint(len(x))); len(ranks) > 0; tries-- {
		if len(x) <= 32 || tries == 0 {
			slices.Sort(x)
			return
		}
		pivot := middleOf(x)
		n := 0
		for i, v := range x {
			x[i] = x[n]
			x[n] = v
			if v < pivot {
				n++
			}
		}
		if n == 0 { // nothing is less: those equal to it are in their places
			for i, v := range x {
				x[i] = x[n]
				x[n] = v
				if v <= pivot {
					n++
				}
			}
		} else if below := before(ranks, n); below > 0 {
			settle(x[:n], ranks[:below]...)
		}
		ranks = ranks[before(ranks, n):]
		x = x[n:]
		for i := range ranks {
			ranks[i] -= n
		}
	}
}

// before counts the ranks below n.
func before(ranks []int, n int) int {
	i, _ := slices.BinarySearch(ranks, n)
	return i
}

// middleOf is the median of the medians of three values each, spread over x.
func middleOf(x []float64) float64 {
	step := len(x) / 9
	var m [3]float64
	for i := range m {
		m[i] = middleOfThree(x[3*i*step], x[(3*i+1)*step], x[(3*i+2)*step])
	}
	return middleOfThree(m[0], m[1], m[2])
}

func middleOfThree(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

// thinned returns the points in the order of x then y, at most maxSlopePoints.
// It returns none where a value is NaN or infinite.
func thinned(x, y []float64) (tx, ty []float64) {
	order := make([]int, len(x))
	for i := range order {
		if !present(x[i]).OK || !present(y[i]).OK {
			return nil, nil
		}
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(x[a], x[b]), cmp.Compare(y[a], y[b])) })
	n := min(len(x), maxSlopePoints)
	tx, ty = make([]float64, n), make([]float64, n)
	for i := range n {
		at := order[i]
		if n < len(x) {
			at = order[i*(len(x)-1)/(n-1)]
		}
		tx[i], ty[i] = x[at], y[at]
	}
	return tx, ty
}

func kendallTerm(t float64) float64 { return t * (t - 1) * (2*t + 5) }

// tieTerms sums kendallTerm over the runs of equal values of a sorted sample.
func tieTerms(s []float64) float64 {
	var sum float64
	for i := 0; i < len(s); {
		j := i
		for j < len(s) && s[j] == s[i] {
			j++
		}
		sum += kendallTerm(float64(j - i))
		i = j
	}
	return sum
}
