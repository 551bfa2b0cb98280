package metrics

import (
	"math"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// FollowerGrowth is the growth of followers between snapshots.
var FollowerGrowth = Metric{
	Name: "follower_growth", Unit: "see part", Version: 2,
	Doc: "Change of an account's followers between its first and last snapshot that shows them. " +
		"The log rate is ln(F1/F0) times 30.4375 by the days between: 0.01 is about one per cent a month, and rates of spans of any length can be compared. " +
		"Null where the first count is 0. Two snapshots have no sampling error, so there is no interval; low and high bound the rounding of what was shown and of when: a time known to the day lies anywhere in it. " +
		"Followers can fall: then the change is negative. Spans below seven days are flagged and not compared. n is the number of snapshots.",
	Source: "Logarithmic growth rate",
	Parts: []Part{
		{Name: "log_rate_per_month", Doc: "ln(F1/F0) times 30.4375 by days", Unit: "1/30.4375 days"},
		{Name: "net_per_month", Doc: "(F1-F0) times 30.4375 by days", Unit: "followers/30.4375 days"},
		{Name: "ratio", Doc: "F1/F0 over the whole span", Unit: "times"},
	},
	Of: func(w *Window, emit func(string, Value)) {
		first, last, n, ok := ends(w.Snapshots, func(s *datasets.AccountSnapshot) *datasets.Shown { return &s.Followers })
		if !ok {
			return
		}
		days := daysBetween(first.ObservedAt, last.ObservedAt)
		base := Value{Kind: "window", From: first.ObservedAt.Day(), To: last.ObservedAt.Day() + 1, Source: sources(first.Source, last.Source),
			N: n, NObserved: n, ExposureDays: datasets.Some(days), Uncertainty: noInterval, Flag: join(shortSpan(days), vague(first, last))}
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

// finite drops a bound that a division by 0 or the logarithm of 0 made infinite.
func finite(o datasets.Opt[float64]) datasets.Opt[float64] {
	if math.IsInf(o.V, 0) || math.IsNaN(o.V) {
		return datasets.None[float64]()
	}
	return o
}
