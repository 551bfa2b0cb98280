package sample

import (
	"math"
	"slices"

	"diplometrics/datasets"
)

// minMemoryIntervals is the least number of intervals whose Memory is given.
const minMemoryIntervals = 10

// IntervalCV returns the coefficient of variation r of intervals between
// events: their standard deviation with divisor n by their mean. 0 is a clock,
// 1 is what independent events at a constant rate tend to. Absent below two
// intervals, where all are 0, and where one is negative, NaN or infinite.
func IntervalCV(intervals []float64) datasets.Opt[float64] {
	if len(intervals) < 2 {
		return datasets.None[float64]()
	}
	for _, v := range intervals {
		if !(v >= 0) || math.IsInf(v, 1) {
			return datasets.None[float64]()
		}
	}
	mean, sd := meanSD(intervals)
	if mean == 0 {
		return datasets.None[float64]()
	}
	return present(sd / mean)
}

// Burstiness returns how far intervals between events are from those of a
// clock (-1) and from those of independent events (0) towards bursts (1). With
// r as IntervalCV and n the number of intervals,
//
//	b      = (r-1)/(r+1)                                            (Goh and Barabasi 2008, EPL 81:48002)
//	finite = (sqrt(n+1) r - sqrt(n-1)) / ((sqrt(n+1)-2) r + sqrt(n-1))  (Kim and Jo 2016, PRE 94:032311)
//
// b cannot come near 1 for small n; finite reaches 1 at every n and is the one
// to report below 100 intervals. Both are absent where IntervalCV is.
func Burstiness(intervals []float64) (b, finite datasets.Opt[float64]) {
	cv := IntervalCV(intervals)
	if !cv.OK {
		return cv, cv
	}
	n, r := float64(len(intervals)), cv.V
	more, less := math.Sqrt(n+1), math.Sqrt(n-1)
	// r is at most sqrt(n-1); rounding can pass it.
	a := math.Min(1, (more*r-less)/((more-2)*r+less))
	return datasets.Some((r - 1) / (r + 1)), datasets.Some(a)
}

// Memory returns the correlation of each interval with the next (Goh and
// Barabasi 2008): above 0 where long silences follow long ones, 0 where order
// does not matter. Intervals are in the order of time. Absent below ten
// intervals, where all but the first or all but the last are equal, and where
// one is negative, NaN or infinite.
func Memory(intervals []float64) datasets.Opt[float64] {
	if len(intervals) < minMemoryIntervals || !IntervalCV(intervals).OK {
		return datasets.None[float64]()
	}
	a, b := intervals[:len(intervals)-1], intervals[1:]
	meanA, sdA := meanSD(a)
	meanB, sdB := meanSD(b)
	if sdA == 0 || sdB == 0 {
		return datasets.None[float64]()
	}
	var product float64
	for i := range a {
		product += (a[i] - meanA) / sdA * ((b[i] - meanB) / sdB)
	}
	m := present(product / float64(len(a)))
	m.V = math.Max(-1, math.Min(1, m.V))
	return m
}

// LongestSilence returns the longest stretch of [from, to) without an event,
// in days of 86,400 s, counting the stretches from the start to the first
// event and from the last event to the end. Those may have begun before the
// window or go on after it: censoredStart and censoredEnd tell that a longest
// stretch touches that side, so that the true silence is at least so long.
// Without events it is the whole window, censored on both sides. Events
// outside of the window take no part; times need no order, and sorted ones are
// not copied. Absent where to is not after from.
func LongestSilence(times []datasets.Micros, from, to datasets.Micros) (days datasets.Opt[float64], censoredStart, censoredEnd bool) {
	if to <= from {
		return datasets.None[float64](), false, false
	}
	if !slices.IsSorted(times) {
		times = slices.Sorted(slices.Values(times))
	}
	first, _ := slices.BinarySearch(times, from)
	end, _ := slices.BinarySearch(times, to)
	times = times[first:end]
	longest := to - from
	if len(times) == 0 {
		censoredStart, censoredEnd = true, true
	} else {
		head, tail := times[0]-from, to-times[len(times)-1]
		longest = max(head, tail)
		for i := 1; i < len(times); i++ {
			longest = max(longest, times[i]-times[i-1])
		}
		censoredStart, censoredEnd = head == longest, tail == longest
	}
	return datasets.Some(float64(longest) / microsPerDay), censoredStart, censoredEnd
}

const microsPerDay = 86_400e6
