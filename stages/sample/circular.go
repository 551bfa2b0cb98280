package sample

import (
	"math"

	"diplometrics/datasets"
)

// Limits below which a mean hour says nothing: it would be a direction that
// uniform hours give just as well.
const (
	minResultant = 0.1
	maxRayleighP = 0.05
)

// DayCircle describes when in the day events happen, the day taken as a circle
// of 24 hours (Mardia and Jupp 2000, Directional Statistics; Fisher 1993). An
// hour is local time in hours since midnight; 23:30 and 00:30 are an hour
// apart, and their mean is 0.
type DayCircle struct {
	N         float64               // events, the sum of their weights
	R         datasets.Opt[float64] // mean resultant length in [0, 1]: 0 spread all over or balanced, 1 all at one time
	Direction datasets.Opt[float64] // mean direction as an hour in [0, 24); absent where R is 0
	MeanHour  datasets.Opt[float64] // Direction where it can be reported: absent where R < 0.1 or RayleighP > 0.05 or unknown
	Variance  datasets.Opt[float64] // circular variance 1-R, in [0, 1]
	SD        datasets.Opt[float64] // circular standard deviation sqrt(-2 ln R), in hours; absent where R is 0
	Kappa     datasets.Opt[float64] // concentration of the von Mises distribution by maximum likelihood; absent where R is 1
	RayleighZ datasets.Opt[float64] // N R^2, with R before any correction for grouping
	RayleighP datasets.Opt[float64] // of uniform hours against one preferred hour; absent below two events
}

// HoursOfDay describes hours of the day. Hours beyond [0, 24) are taken modulo
// 24. Weights are frequencies, one for each hour; nil counts each hour once.
// Everything but N is absent without events and where an hour or a weight is
// NaN or infinite or a weight negative.
//
// RayleighP is exp(-Z) [1 + (2Z-Z^2)/4n - (24Z-132Z^2+76Z^3-9Z^4)/288n^2]
// (Mardia and Jupp 2000, section 6.3), at every n; R's circular leaves out the
// bracket from 50 on. It takes events for independent, which posts in bursts
// are not, and sees one preferred hour only: two opposite ones balance.
func HoursOfDay(hours, weights []float64) DayCircle {
	if weights != nil && len(weights) != len(hours) {
		panic("sample: hours and weights differ in length")
	}
	var c, s, n float64
	for i, h := range hours {
		w := 1.0
		if weights != nil {
			w = weights[i]
		}
		if !(w >= 0) {
			return DayCircle{}
		}
		sin, cos := math.Sincos(math.Mod(h, 24) * 2 * math.Pi / 24)
		c += w * cos
		s += w * sin
		n += w
	}
	return dayCircle(c, s, n, 1)
}

// HourBins describes hours of the day that are counted in equal bins from
// midnight on: 24 of an hour, or 1,440 of a minute. It is the way to go for
// many events. grouped says what a bin knows. With grouped, an event is known
// to lie somewhere in its bin: it is placed in the middle, and R is multiplied
// by (pi/b)/sin(pi/b) for b bins, 1.00286 for hours, because grouping shortens
// it (Mardia and Jupp 2000, section 2.5); R stays at most 1. Without, all
// events of a bin happened at its beginning, as times printed to the minute
// are read. RayleighZ and RayleighP take R before the correction, whose
// distribution for uniform hours the grouping does not change. Everything but
// N is absent below three bins, for a negative count and without events.
func HourBins(counts []int64, grouped bool) DayCircle {
	b := float64(len(counts))
	if len(counts) < 3 {
		return DayCircle{}
	}
	shift, factor := 0.0, 1.0
	if grouped {
		shift, factor = 0.5, math.Pi/b/math.Sin(math.Pi/b)
	}
	var c, s, n float64
	for i, k := range counts {
		if k < 0 {
			return DayCircle{}
		}
		sin, cos := math.Sincos((float64(i) + shift) / b * 2 * math.Pi)
		c += float64(k) * cos
		s += float64(k) * sin
		n += float64(k)
	}
	return dayCircle(c, s, n, factor)
}

// dayCircle describes n events whose cosines and sines have the sums c and s.
func dayCircle(c, s, n, factor float64) DayCircle {
	raw := snap(math.Hypot(c, s) / n)
	if !(n > 0) || math.IsInf(n, 1) || math.IsNaN(raw) {
		return DayCircle{}
	}
	r := snap(raw * factor)
	d := DayCircle{
		N: n, R: datasets.Some(r), Variance: datasets.Some(1 - r), Kappa: kappa(r),
		RayleighZ: datasets.Some(n * raw * raw),
	}
	if n >= 2 {
		d.RayleighP = datasets.Some(rayleighP(n, d.RayleighZ.V))
	}
	if r == 0 {
		return d
	}
	const hoursPerRadian = 24 / (2 * math.Pi)
	h := math.Atan2(s, c) * hoursPerRadian
	if h < 0 {
		h += 24
	}
	if h >= 24 {
		h = 0
	}
	d.Direction = datasets.Some(h)
	if r >= minResultant && d.RayleighP.OK && d.RayleighP.V <= maxRayleighP {
		d.MeanHour = d.Direction
	}
	d.SD = datasets.Some(math.Sqrt(max(0, -2*math.Log(r))) * hoursPerRadian)
	return d
}

// snap takes a resultant that differs from 0 or 1 by rounding for 0 or 1: a
// direction must not come out of the last bits of a balanced sample.
func snap(r float64) float64 {
	const dust = 1e-12
	switch {
	case r < dust:
		return 0
	case r > 1-dust:
		return 1
	}
	return r
}

func rayleighP(n, z float64) float64 {
	if z > 750 { // exp(-z) is 0 in floating point, and the powers may overflow
		return 0
	}
	z2, z3, z4 := z*z, z*z*z, z*z*z*z
	p := math.Exp(-z) * (1 + (2*z-z2)/(4*n) - (24*z-132*z2+76*z3-9*z4)/(288*n*n))
	return math.Max(0, math.Min(1, p))
}

// kappa solves I1(k)/I0(k) = r. R's circular gives an approximation instead
// (Best and Fisher 1981), 0.14 % off at r = 0.38. Absent where r is 1: no
// finite k is concentrated enough.
func kappa(r float64) datasets.Opt[float64] {
	if r >= 1 {
		return datasets.None[float64]()
	}
	// k/(1+sqrt(1+k^2)) <= I1/I0 <= k/(1/2+sqrt(1/4+k^2)) (Amos 1974).
	low, high := r/(1-r*r), 2*r/(1-r*r)
	for {
		mid := low + (high-low)/2
		if mid <= low || mid >= high {
			return datasets.Some(mid)
		}
		if besselRatio(mid) < r {
			low = mid
		} else {
			high = mid
		}
	}
}

// besselRatio returns I1(k)/I0(k) of modified Bessel functions for k >= 0.
// gonum has neither, and both overflow where their ratio is near 1. Up to 500
// it is the continued fraction of I(v)/I(v-1) = 1/(2v/k + I(v+1)/I(v)) from
// far enough down (Abramowitz and Stegun 1964, 9.6.26), where each level
// shrinks the error; beyond, the asymptotic expansion (ibid. 9.7.1).
func besselRatio(k float64) float64 {
	if k > 500 {
		u := 1 / k
		return 1 - u*(1./2+u*(1./8+u*(1./8+u*(25./128+u*(13./32+u*1073./1024)))))
	}
	ratio := 0.0
	for v := math.Ceil(20 + math.Sqrt(60*k)); v >= 1; v-- {
		ratio = k / (2*v + k*ratio)
	}
	return ratio
}
