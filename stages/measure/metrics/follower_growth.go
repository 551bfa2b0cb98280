package metrics

import (
	"fmt"
	"math"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// FollowerGrowth is the growth of followers between snapshots.
var FollowerGrowth = Metric{
	Name: "follower_growth", Unit: "see part", Version: 3,
	Formula: "g = 30.4375 · ln(F₁/F₀) / Δt;  β = 30.4375 · median over i < j of (ln Fⱼ − ln Fᵢ) / (tⱼ − tᵢ)",
	Doc: "Change of an account's followers between its first and last snapshot that shows them, F₀ and F₁, Δt days apart. " +
		"The log rate g is the logarithm of their ratio times 30.4375 by those days: 0.01 is about one per cent a month, and rates of spans of any length can be compared. " +
		"Null where a count is 0. Two snapshots have no sampling error, so there is no interval; low and high bound the rounding of what was shown and of when: a time known to the day lies anywhere in it. " +
		"Followers can fall: then the change is negative. Spans below seven days are flagged and not compared. " +
		"The Theil-Sen slope β of ln F over time t uses every day that has a snapshot, by its last one: a platform's purge of false followers is a step, which turns g round and leaves β almost where it was. " +
		"It is null below four days. Its interval is Sen's, and too narrow where a count drifts instead of scattering about a line; it does not show the rounding of counts, which is flagged. " +
		"n is the number of snapshots, n_observed in theil_sen_per_month that of days used.",
	Source: "Logarithmic growth rate. Slope: Theil (1950), Proc. K. Ned. Akad. Wet. 53:386-392, 521-525, 1397-1412; interval: Sen (1968), JASA 63:1379-1389",
	Parts: []Part{
		{Name: "log_rate_per_month", Doc: "g, from the first and the last snapshot", Unit: "1/30.4375 days", Scale: Difference},
		{Name: "theil_sen_per_month", Doc: "β, from all snapshots", Unit: "1/30.4375 days", Scale: Difference},
		{Name: "net_per_month", Doc: "(F₁ − F₀) times 30.4375 by days", Unit: "followers/30.4375 days"},
		{Name: "ratio", Doc: "F₁/F₀ over the whole span", Unit: "times"},
	},
	Of: func(w *Window, emit func(string, Value)) {
		first, last, n, ok := ends(w.Snapshots, func(s *datasets.AccountSnapshot) *datasets.Shown { return &s.Followers })
		if !ok {
			return
		}
		days := daysBetween(first.ObservedAt, last.ObservedAt)
		base := Value{Kind: "window", From: first.ObservedAt.Day(), To: last.ObservedAt.Day() + 1, Source: sources(first.Source, last.Source),
			N: n, NObserved: n, ExposureDays: datasets.Some(days), Uncertainty: noInterval, Flag: join(shortSpan(days), vague(first, last))}
		emit("theil_sen_per_month", theilSen(w.Snapshots, base))
		f0, f1 := first.Followers, last.Followers
		least, greatest := spanBounds(first, last)
		// The least change goes from the greatest first count to the least last one.
		bounds := func(of func(f0, f1 float64) float64) (v, low, high datasets.Opt[float64]) {
			v = datasets.Some(of(float64(f0.V.V), float64(f1.V.V)))
			if f0.High.OK && f1.Low.OK {
				low = datasets.Some(of(float64(f0.High.V), float64(f1.Low.V)))
			}
			if f0.Low.OK && f1.High.OK {
				high = datasets.Some(of(float64(f0.Low.V), float64(f1.High.V)))
			}
			return v, low, high
		}
		// A change by month is farthest from 0 over the shortest span.
		perMonth := func(v Value) Value {
			v.V = scale(v.V, sample.DaysPerMonth, days)
			farthest := func(o datasets.Opt[float64], away bool) datasets.Opt[float64] {
				span := greatest
				if away {
					span = least
				}
				return finite(scale(o, sample.DaysPerMonth, span))
			}
			v.Low, v.High = farthest(v.Low, v.Low.V < 0), farthest(v.High, v.High.V > 0)
			return v
		}
		net := base
		net.V, net.Low, net.High = bounds(func(a, b float64) float64 { return b - a })
		emit("net_per_month", perMonth(net))
		if f0.V.V == 0 || f1.V.V == 0 {
			v := absent(base.From, base.To, base.Source, "a count of 0 followers has no logarithm")
			v.N, v.NObserved, v.ExposureDays = n, n, base.ExposureDays
			emit("log_rate_per_month", v)
			if f0.V.V == 0 {
				v.Flag = "growth from 0 followers has no ratio"
				emit("ratio", v)
				return
			}
		} else {
			rate := base
			rate.V, rate.Low, rate.High = bounds(func(a, b float64) float64 { return math.Log(b / a) })
			rate.Low, rate.High = finite(rate.Low), finite(rate.High)
			emit("log_rate_per_month", perMonth(rate))
		}
		ratio := base
		ratio.V, ratio.Low, ratio.High = bounds(func(a, b float64) float64 { return b / a })
		ratio.Low, ratio.High = finite(ratio.Low), finite(ratio.High)
		emit("ratio", ratio)
	},
}

// minTrendDays is the least number of days with a snapshot that a slope is
// taken from.
const minTrendDays = 4

// theilSen is the slope of the logarithm of followers over the last snapshots
// of each day, by month. base has what the value shares with the other parts.
func theilSen(snapshots []datasets.AccountSnapshot, base Value) Value {
	var x, y []float64
	var day datasets.Day
	var zero, rounded, imprecise int64
	for i := range snapshots {
		s := &snapshots[i]
		f := s.Followers
		if !f.V.OK {
			continue
		}
		if f.V.V == 0 {
			zero++
			continue
		}
		if f.Low != f.V || f.High != f.V {
			rounded++
		}
		if vague(s) != "" {
			imprecise++
		}
		if d := s.ObservedAt.Day(); len(x) == 0 || d != day {
			x, y, day = append(x, 0), append(y, 0), d
		}
		x[len(x)-1], y[len(y)-1] = daysBetween(0, s.ObservedAt), math.Log(float64(f.V.V))
	}
	v := base
	v.NObserved, v.Flag = int64(len(x)), shortSpan(base.ExposureDays.V)
	if zero > 0 {
		v.Flag = join(v.Flag, plural(zero, "snapshot")+" of 0 followers left out: 0 has no logarithm")
	}
	if rounded > 0 {
		v.Flag = join(v.Flag, plural(rounded, "snapshot")+" with a count that was shown rounded")
	}
	if imprecise > 0 {
		v.Flag = join(v.Flag, plural(imprecise, "snapshot")+" of which the time is known only to the month or year")
	}
	if len(x) < minTrendDays {
		return filled(v, datasets.None[float64](), fmt.Sprintf("a slope needs snapshots of %d days, there are %d", minTrendDays, len(x)))
	}
	slope, ci, _ := sample.TheilSen(x, y, 0.95)
	v.CI = interval(ci, sample.DaysPerMonth, 1)
	v.Uncertainty = "sen_95: interval of the Theil-Sen slope (Sen 1968); takes deviations from the line for independent, which those of a follower count are not: too narrow"
	if !ci.Low.OK {
		v.Uncertainty = "none: all counts are equal"
	}
	return filled(v, scale(slope, sample.DaysPerMonth, 1), "the slope is no finite number")
}

// finite drops a bound that a division by 0 or the logarithm of 0 made infinite.
func finite(o datasets.Opt[float64]) datasets.Opt[float64] {
	if math.IsInf(o.V, 0) || math.IsNaN(o.V) {
		return datasets.None[float64]()
	}
	return o
}
