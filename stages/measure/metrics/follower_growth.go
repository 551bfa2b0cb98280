package metrics

import (
	"math"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// FollowerGrowth is the growth of followers between snapshots.
var FollowerGrowth = Metric{
	Name: "follower_growth", Unit: "see part", Version: 1,
	Doc: "Change of an account's followers between its first and last snapshot that shows them. " +
		"The log rate is ln(F1/F0) times 30.4375 by the days between: 0.01 is about one per cent a month, and rates of spans of any length can be compared. " +
		"Null where the first count is 0. Two snapshots have no sampling error, so there is no interval; low and high bound the rounding of what was shown. " +
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
		months := days / sample.DaysPerMonth
		base := Value{Kind: "window", From: first.ObservedAt.Day(), To: last.ObservedAt.Day() + 1, Source: sources(first.Source, last.Source),
			N: n, NObserved: n, ExposureDays: datasets.Some(days), Uncertainty: noInterval, Flag: join(shortSpan(days), vague(first, last))}
		f0, f1 := first.Followers, last.Followers
		// The least growth goes from the greatest first count to the least last one.
		bounds := func(of func(f0, f1 float64) float64) (v, low, high datasets.Opt[float64]) {
			v = datasets.Some(of(float64(f0.V.V), float64(f1.V.V)))
			if f0.High.OK && f1.Low.OK && (f0.High.V > 0) {
				low = datasets.Some(of(float64(f0.High.V), float64(f1.Low.V)))
			}
			if f0.Low.OK && f1.High.OK && f0.Low.V > 0 {
				high = datasets.Some(of(float64(f0.Low.V), float64(f1.High.V)))
			}
			return v, low, high
		}
		net := base
		net.V, net.Low, net.High = bounds(func(a, b float64) float64 { return (b - a) / months })
		emit("net_per_month", net)
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
			rate.V, rate.Low, rate.High = bounds(func(a, b float64) float64 { return math.Log(b/a) / months })
			emit("log_rate_per_month", finite(rate))
		}
		ratio := base
		ratio.V, ratio.Low, ratio.High = bounds(func(a, b float64) float64 { return b / a })
		emit("ratio", ratio)
	},
}

// finite drops a bound that the logarithm of 0 made infinite.
func finite(v Value) Value {
	for _, b := range []*datasets.Opt[float64]{&v.Low, &v.High} {
		if b.OK && (math.IsInf(b.V, 0) || math.IsNaN(b.V)) {
			*b = datasets.None[float64]()
		}
	}
	return v
}
