package sample

import (
	"cmp"
	"math"
	"slices"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// SurvivalStep is the survival curve from a time on, up to the next step.
type SurvivalStep struct {
	Time     float64               // in the unit of the durations
	AtRisk   int                   // durations of at least Time
	Events   int                   // that ended at Time
	Censored int                   // that were last seen at Time; at equal times events come first
	Survival float64               // estimated share lasting longer than Time
	Variance datasets.Opt[float64] // of Survival, by Greenwood; absent where Survival is 0
	Interval Interval              // of Survival, pointwise; absent where Survival is 1 or 0
}

// Survival is a Kaplan-Meier curve.
type Survival struct {
	N      int
	Events int
	Steps  []SurvivalStep // one a different duration, events or not, in ascending order
}

// KaplanMeier estimates how durations go on when some were not seen to end
// (Kaplan and Meier 1958, JASA 53:457-481): observed[i] says that duration i
// ended in an event, and otherwise it lasted at least so long. That must not
// depend on how long it would have lasted. The curve is the product of 1-d/n
// over the times with d events of n at risk; its variance is S^2 sum d/(n(n-d))
// (Greenwood 1926). The interval at the given confidence is that of
// log(-log S), which stays in [0, 1] (Kalbfleisch and Prentice 1980; R's
// survfit with conf.type "log-log"). Durations count as equal only when they
// are exactly so. ok is false without durations and where one is negative, NaN
// or infinite.
func KaplanMeier(durations []float64, observed []bool, confidence float64) (s Survival, ok bool) {
	if len(durations) != len(observed) {
		panic("sample: durations and observed differ in length")
	}
	order := make([]int, len(durations))
	for i, d := range durations {
		if !(d >= 0) || math.IsInf(d, 1) {
			return Survival{}, false
		}
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(durations[a], durations[b]) })
	s.N = len(order)
	share, greenwood := 1.0, 0.0
	for i := 0; i < len(order); {
		step := SurvivalStep{Time: durations[order[i]], AtRisk: len(order) - i}
		for ; i < len(order) && durations[order[i]] == step.Time; i++ {
			if observed[order[i]] {
				step.Events++
			} else {
				step.Censored++
			}
		}
		s.Events += step.Events
		left := step.AtRisk - step.Events
		share *= float64(left) / float64(step.AtRisk)
		step.Survival = share
		if left > 0 {
			greenwood += float64(step.Events) / (float64(step.AtRisk) * float64(left))
			step.Variance = datasets.Some(share * share * greenwood)
			step.Interval = logLogInterval(share, greenwood, confidence)
		}
		s.Steps = append(s.Steps, step)
	}
	return s, len(order) > 0
}

// logLogInterval returns the interval of a survival share whose logarithm has
// the given variance.
func logLogInterval(share, variance, confidence float64) Interval {
	if share <= 0 || share >= 1 || !(confidence > 0 && confidence < 1) {
		return Interval{}
	}
	log := math.Log(share)
	c := distuv.UnitNormal.Quantile(1-(1-confidence)/2) * math.Sqrt(variance) / -log
	return Interval{datasets.Some(math.Exp(log * math.Exp(c))), datasets.Some(math.Exp(log * math.Exp(-c)))}
}

// Median returns the median duration, the first time at which the curve is at
// or below one half, and its interval: the first times at which the lower and
// the upper limit of the curve are (Brookmeyer and Crowley 1982, Biometrics
// 38:29-41). Where a curve stays at exactly one half and then falls, the middle
// of that while is taken. These are the numbers that R's survfit prints; its
// quantile differs where a curve ends at exactly one half and where the lower
// limit rises before it falls. What is not reached is absent: the upper end
// often is, and then no bound is known.
func (s Survival) Median() (datasets.Opt[float64], Interval) {
	return s.half(func(p *SurvivalStep) datasets.Opt[float64] { return datasets.Some(p.Survival) }),
		Interval{
			Low:  s.half(func(p *SurvivalStep) datasets.Opt[float64] { return p.Interval.Low }),
			High: s.half(func(p *SurvivalStep) datasets.Opt[float64] { return p.Interval.High }),
		}
}

// half returns when a descending curve over the steps comes to one half.
func (s Survival) half(curve func(*SurvivalStep) datasets.Opt[float64]) datasets.Opt[float64] {
	const dust = 1e-9 // a product that is one half by rounding only
	var reached datasets.Opt[float64]
	for i := range s.Steps {
		v := curve(&s.Steps[i])
		if !v.OK || v.V > 0.5+dust {
			continue
		}
		if !reached.OK {
			reached = datasets.Some(s.Steps[i].Time)
		}
		if v.V < 0.5-dust {
			return datasets.Some(reached.V/2 + s.Steps[i].Time/2)
		}
	}
	return reached
}

// Within returns the share of durations that end within t, 1 - S(t), and its
// interval. It is absent beyond the last duration where that was not seen to
// end, for nobody knows; the interval is absent where the share is 0 or 1.
func (s Survival) Within(t float64) (datasets.Opt[float64], Interval) {
	if len(s.Steps) == 0 || !(t >= 0) {
		return datasets.None[float64](), Interval{}
	}
	i, at := slices.BinarySearchFunc(s.Steps, t, func(p SurvivalStep, t float64) int { return cmp.Compare(p.Time, t) })
	if !at {
		i--
	}
	if i < 0 {
		return datasets.Some(0.0), Interval{}
	}
	p := s.Steps[i]
	if i == len(s.Steps)-1 && t > p.Time && p.Survival > 0 {
		return datasets.None[float64](), Interval{}
	}
	within := Interval{}
	if p.Interval.Low.OK {
		within = Interval{datasets.Some(1 - p.Interval.High.V), datasets.Some(1 - p.Interval.Low.V)}
	}
	return datasets.Some(1 - p.Survival), within
}
