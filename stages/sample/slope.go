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
	pairs := 0
	for i, from := 1, 0; i < len(x); i++ {
		if x[i] != x[i-1] {
			from = i
		}
		pairs += from
	}
	if pairs == 0 {
		return slope, interval, intercept
	}
	middle := float64(pairs-1) * 0.5
	ranks := []int{int(middle), min(int(middle)+1, pairs-1)}

	sortedY := ascending(y)
	n := float64(len(x))
	variance := (kendallTerm(n) - tieTerms(x) - tieTerms(sortedY)) / 18
	bounded := len(x) >= minSlopeInterval && variance > 0 && confidence > 0 && confidence < 1
	if bounded {
		c := distuv.UnitNormal.Quantile(1-(1-confidence)/2) * math.Sqrt(variance)
		ranks = append(ranks, max(0, int(math.RoundToEven((float64(pairs)-c)/2))-1), min(pairs-1, int(math.RoundToEven((float64(pairs)+c)/2))))
	}
	slopes, finite := ranked(x, y, pairs, ranks)
	if !finite {
		return slope, interval, intercept
	}
	if slope = present(Quantile(slopes[:2], middle-math.Floor(middle)).V); !slope.OK {
		return slope, interval, intercept
	}
	intercept = present(Median(sortedY).V - slope.V*Median(x).V)
	if bounded {
		interval = Interval{datasets.Some(slopes[2]), datasets.Some(slopes[3])}
	}
	return slope, interval, intercept
}

// ranked returns the slopes of those ranks, which count from 0, among the slopes
// of so many pairs of points, in the order of x; finite is false where one is not.
// Of many thousand slopes it is asked for some in the middle: those between two of
// a few are kept, and only where these lie badly all.
func ranked(x, y []float64, pairs int, ranks []int) (slopes []float64, finite bool) {
	const one = 64 // of so many pairs is among the few
	low, high, room := math.Inf(-1), math.Inf(1), pairs+len(x)
	if pairs > one*one {
		few := make([]float64, 0, pairs/one+len(x))
		for i := range x {
			for j := i % one; j < i; j += one {
				if dx := x[i] - x[j]; dx > 0 {
					few = append(few, (y[i]-y[j])/dx)
				}
			}
		}
		if m := float64(len(few)); m > 0 {
			margin := 2 * math.Sqrt(m) // four standard deviations of a rank in the middle
			from := int(float64(slices.Min(ranks))/float64(pairs)*m - margin)
			to := int(float64(slices.Max(ranks))/float64(pairs)*m + margin)
			from, to = max(0, from), min(to, len(few)-1)
			settle(few, from, to)
			low, high, room = few[from], few[to], pairs/4
		}
	}
	below, kept, finite := slopesWithin(x, y, low, high, room)
	if !finite {
		return nil, false
	}
	if slices.Min(ranks) < below || slices.Max(ranks) >= below+len(kept) {
		below, kept, _ = slopesWithin(x, y, math.Inf(-1), math.Inf(1), pairs+len(x))
	}
	places := make([]int, len(ranks))
	for i, r := range ranks {
		places[i] = r - below
	}
	settle(kept, places...)
	for _, at := range places {
		slopes = append(slopes, kept[at])
	}
	return slopes, true
}

// slopesWithin returns the slopes from low to high of all pairs of points, which
// are in the order of x, and how many lie below. There is room for so many at
// first.
func slopesWithin(x, y []float64, low, high float64, room int) (below int, kept []float64, finite bool) {
	finite = true
	kept = make([]float64, 0, room)
	for i := range x {
		kept = slices.Grow(kept, i)
		row, n := kept[len(kept):len(kept)+i], 0
		for j := range i {
			dx := x[i] - x[j]
			if dx <= 0 {
				break // so are those that follow
			}
			s := (y[i] - y[j]) / dx
			finite = finite && s-s == 0
			// Without jumps, which nobody could foresee.
			from, after := 0, 0
			if s >= low {
				from = 1
			}
			if s > high {
				after = 1
			}
			row[n] = s
			n += from - after
			below += 1 - from
		}
		kept = kept[:len(kept)+n]
	}
	return below, kept, finite
}

// settle moves the values of the ranks, which count from 0, to where sorting x
// would put them. It takes time in proportion to len(x). x holds no NaN.
func settle(x []float64, ranks ...int) { settleSorted(x, slices.Sorted(slices.Values(ranks))) }

// settleSorted is settle of ascending ranks, which it changes.
func settleSorted(x []float64, ranks []int) {
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
			settleSorted(x[:n], ranks[:below])
			ranks = ranks[below:]
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
