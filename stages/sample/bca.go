package sample

import (
	"math"
	"sort"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// Percentile returns the bootstrap percentile interval (Efron and Tibshirani
// 1993, chapter 13): the quantiles of type 7 at (1-confidence)/2 and (1+confidence)/2 over the
// resamples that have a value. Absent where none has, where all are equal, as
// with a single cluster, and where confidence is not between 0 and 1.
func Percentile(r Resample, confidence float64) Interval {
	if r.unusable() != "" || !(confidence > 0 && confidence < 1) {
		return Interval{}
	}
	return Interval{r.Quantile((1 - confidence) / 2), r.Quantile((1 + confidence) / 2)}
}

// BCa returns the bias-corrected and accelerated interval (Efron 1987, J. Am.
// Stat. Assoc. 82:171-185): the quantiles of type 7 of the resamples at
//
//	Phi(z0 + (z0+z)/(1 - a(z0+z)))  for z = Phi^-1((1-+confidence)/2),
//
// with z0 = Phi^-1(share of resamples below the estimate, plus half of those
// equal to it) and the acceleration a from the values without each cluster.
// R's boot.ci counts only those below and interpolates on the normal scale, so
// that its ends differ where values repeat. estimate and jackknife are those
// of Estimate and Jackknife. Where the data cannot carry the interval it is
// absent and note says why; a note beside an interval is a warning.
func BCa(r Resample, estimate, confidence float64, jackknife ...[]float64) (i Interval, note string) {
	if !(confidence > 0 && confidence < 1) {
		return Interval{}, "the confidence is not between 0 and 1"
	}
	if !finite(estimate) {
		return Interval{}, "the estimate is not finite"
	}
	if why := r.unusable(); why != "" {
		return Interval{}, why
	}
	below, equal := r.shares(estimate)
	share := below + equal/2
	if share <= 0 || share >= 1 {
		return Interval{}, "the estimate lies outside of all resamples, so its bias cannot be corrected"
	}
	a := Acceleration(jackknife...)
	if !a.OK {
		return Interval{}, "the acceleration is undefined: the statistic does not change, or is absent, when a cluster is left out"
	}
	low, high, ok := bcaLevels(distuv.UnitNormal.Quantile(share), a.V, confidence)
	if !ok {
		return Interval{}, "bias and acceleration are too large to correct for"
	}
	if n := float64(r.Total - r.Absent); !r.Exact && (low*(n+1) < 1 || high*(n+1) > n) {
		note = "an end is the outermost of the resamples drawn: draw more"
	}
	return Interval{r.Quantile(low), r.Quantile(high)}, note
}

// bcaLevels are the levels of the two quantiles. ok is false where the
// correction turns the order of the levels round.
func bcaLevels(z0, a, confidence float64) (low, high float64, ok bool) {
	z := distuv.UnitNormal.Quantile((1 + confidence) / 2)
	down, up := 1-a*(z0-z), 1-a*(z0+z)
	if down <= 0 || up <= 0 {
		return 0, 0, false
	}
	return distuv.UnitNormal.CDF(z0 + (z0-z)/down), distuv.UnitNormal.CDF(z0 + (z0+z)/up), true
}

// Acceleration is the acceleration of BCa from the jackknife values of each
// term,
//
//	a = sum (u/n)^3 / (6 (sum (u/n)^2)^(3/2)),  u = (n-1)(mean of the term's values - value),
//
// over all terms, n being the number of clusters in the value's own (Efron and
// Tibshirani 1993, equation 14.15, and section 15.4 for more than one term; as
// SciPy's bootstrap). Absent without values and where all are equal within each
// term.
func Acceleration(jackknife ...[]float64) datasets.Opt[float64] {
	var squares, cubes, size float64
	for _, values := range jackknife {
		n := float64(len(values))
		var mean float64
		for _, v := range values {
			mean += v / n
			size = math.Max(size, math.Abs(v))
		}
		for _, v := range values {
			u := (n - 1) / n * (mean - v)
			squares += u * u
			cubes += u * u * u
		}
	}
	a := cubes / (6 * squares * math.Sqrt(squares))
	if !(math.Sqrt(squares) > tieDust*size) || !finite(a) {
		return datasets.None[float64]()
	}
	return datasets.Some(a)
}

// tieDust is the relative difference below which two values of a statistic are
// equal but for the order in which their parts were added.
const tieDust = 1e-13

// unusable says why no interval can be taken from the resamples, "" where one can.
func (r Resample) unusable() string {
	if len(r.Values) == 0 {
		return "no resample has a value"
	}
	if r.Values[len(r.Values)-1]-r.Values[0] <= r.dust(0) {
		return "all resamples give the same value"
	}
	return ""
}

func (r Resample) dust(estimate float64) float64 {
	return tieDust * max(math.Abs(estimate), math.Abs(r.Values[0]), math.Abs(r.Values[len(r.Values)-1]))
}

// shares are the shares of the resamples with a value that are below the
// estimate and equal to it.
func (r Resample) shares(estimate float64) (below, equal float64) {
	d := r.dust(estimate)
	from := sort.SearchFloat64s(r.Values, estimate-d)
	to := sort.Search(len(r.Values), func(i int) bool { return r.Values[i] > estimate+d })
	n := float64(r.Total - r.Absent)
	if r.Counts == nil {
		return float64(from) / n, float64(to-from) / n
	}
	for i, c := range r.Counts[:to] {
		if i < from {
			below += float64(c)
		} else {
			equal += float64(c)
		}
	}
	return below / n, equal / n
}
