package metrics

import (
	"fmt"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// PostsPerMonth is the posting rate.
var PostsPerMonth = Metric{
	Name: "posts_per_month", Unit: "posts/30.4375 days", Version: 3,
	Formula: "λ = 30.4375 · n / T",
	Doc: "Posts divided by the days observed, times 30.4375. n is the number of posts in observed time and T its length in days. " +
		"Of posts that are known one by one, observed time is what the sources state to have covered, without outages; posts outside of it are not counted, and flagged. " +
		"An account that was observed and did not post has a rate of 0; where no coverage is stated the rate is null. Coverage that was inferred from the posts themselves is flagged. " +
		"Of a counted window, days observed run from its first day to the day on which the page was read or the window's end, whichever comes first, both counted; " +
		"where the reading is not dated the whole window counts, flagged. A partial month is so many days, never a month. " +
		"Counts of a platform's own total are net of deleted posts: where the total fell, the rate is null and flagged. " +
		"The column n is the number of posts, or of snapshots in the part posts_total; n_observed that of posts in observed time.",
	Source: "Rate of a count by exposure; interval: Garwood (1936), Biometrika 28:437-442",
	Parts: []Part{
		{Name: "observed", Doc: "posts of any type in observed time, reposts and replies included, by its days", Scale: Ratio},
		{Name: "observed_own", Doc: "the same without reposts"},
		{Name: "counted", Doc: "posts counted in the window by days observed", Scale: Ratio},
		{Name: "posts_total", Doc: "difference of the account's posts_total between its first and last snapshot by the days between them", Scale: Ratio},
		{Name: "printed", Unit: "posts/month", Doc: "the average that the source prints, never corrected; low and high bound its rounding to the nearest"},
		{Name: "stated_months", Unit: "posts/month", Doc: "posts counted in the window by the number of months that the source states"},
	},
	Of: func(w *Window, emit func(string, Value)) {
		for i := range w.Counted {
			counted(&w.Counted[i], emit)
		}
		first, last, n, ok := ends(w.Snapshots, func(s *datasets.AccountSnapshot) *datasets.Shown { return &s.PostsTotal })
		if !ok {
			return
		}
		from, to, source := first.ObservedAt.Day(), last.ObservedAt.Day()+1, sources(first.Source, last.Source)
		days := daysBetween(first.ObservedAt, last.ObservedAt)
		d := last.PostsTotal.V.V - first.PostsTotal.V.V
		if d < 0 {
			v := absent(from, to, source, fmt.Sprintf("posts_total fell by %d: posts were deleted, so the difference counts no posting", -d))
			v.N, v.NObserved, v.ExposureDays = n, n, datasets.Some(days)
			emit("posts_total", v)
			return
		}
		v := Value{Kind: "window", From: from, To: to, Source: source, N: n, NObserved: n, ExposureDays: datasets.Some(days),
			V: datasets.Some(float64(d) * sample.DaysPerMonth / days), CI: interval(sample.Garwood(d, 0.95), sample.DaysPerMonth, days),
			Uncertainty: sample.GarwoodAssumption + "; and that no post was deleted in between",
			Flag:        join(shortSpan(days), vague(first, last), "net of deleted posts")}
		if lo, hi := first.PostsTotal, last.PostsTotal; lo.Low.OK && lo.High.OK && hi.Low.OK && hi.High.OK {
			v.Low = datasets.Some(max(0, float64(hi.Low.V-lo.High.V)) * sample.DaysPerMonth / days)
			v.High = datasets.Some(max(0, float64(hi.High.V-lo.Low.V)) * sample.DaysPerMonth / days)
		}
		emit("posts_total", v)
	},
	Shortest: Week,
	OfPosts: func(p *Period, emit func(string, Value)) {
		uncovered(p, p.Posts, emit, "observed")
		if uncovered(p, p.Own, emit, "observed_own") {
			return
		}
		var all, own int64
		for _, q := range p.Posts {
			if !q.Covered {
				continue
			}
			all++
			if q.Own() {
				own++
			}
		}
		rate := observedRate(p, int64(len(p.Posts)), all)
		emit("observed", rate)
		if len(p.Own) < len(p.Posts) {
			rate = observedRate(p, int64(len(p.Own)), own)
		}
		emit("observed_own", rate)
	},
}

// observedRate is the rate of n posts of which so many lie in the observed time
// of the period, which is not empty.
func observedRate(p *Period, n, observed int64) Value {
	days := p.Days()
	return Value{N: n, NObserved: observed, V: datasets.Some(float64(observed) * sample.DaysPerMonth / days),
		CI: interval(p.Intervals.of(observed), sample.DaysPerMonth, days), Uncertainty: sample.GarwoodAssumption,
		Flag: join(p.Coverage, outside(n, observed))}
}

// uncovered emits, for the study window, that the named parts of some posts are
// absent where no time of the period was observed, and tells whether that is
// so. Shorter periods get no row then.
func uncovered(p *Period, posts []*Post, emit func(string, Value), parts ...string) bool {
	if len(p.Covered) > 0 {
		return false
	}
	if p.Kind == Whole {
		for _, part := range parts {
			emit(part, Value{N: int64(len(posts)), Uncertainty: noIntervalAbsent, Flag: p.Coverage})
		}
	}
	return true
}

// outside flags posts that do not lie in observed time.
func outside(n, observed int64) string {
	if n == observed {
		return ""
	}
	return plural(n-observed, "post") + " outside of observed time, not counted"
}

// filled is v with a value, or with the reason why there is none.
func filled(v Value, x datasets.Opt[float64], why string) Value {
	if v.V = x; !x.OK {
		v.Uncertainty, v.Flag = noIntervalAbsent, join(why, v.Flag)
	}
	return v
}

// observedDays is the exposure of a counted window, and a flag where it had to
// be taken from the window alone.
func observedDays(c *datasets.AccountWindow) (days float64, flag string) {
	end := c.WindowTo
	switch {
	case !c.RetrievedOn.OK:
		flag = "the day of reading is not stated: the whole window is taken as observed"
	case c.RetrievedOn.V+1 < end:
		end = c.RetrievedOn.V + 1
		flag = fmt.Sprintf("read on %s by the source's retrieval date, before the window ended on %s", c.RetrievedOn.V, c.WindowTo-1)
	}
	return float64(end - c.WindowFrom), flag
}

func counted(c *datasets.AccountWindow, emit func(string, Value)) {
	base := Value{Kind: "window", From: c.WindowFrom, To: c.WindowTo, Source: counter(c)}
	if c.Posts.OK {
		base.N, base.NObserved = c.Posts.V, c.Posts.V
		days, flag := observedDays(c)
		v := base
		v.ExposureDays = datasets.Some(days)
		v.V = datasets.Some(float64(c.Posts.V) * sample.DaysPerMonth / days)
		v.Low, v.High = v.V, v.V
		v.CI = interval(sample.Garwood(c.Posts.V, 0.95), sample.DaysPerMonth, days)
		v.Uncertainty, v.Flag = sample.GarwoodAssumption, flag
		emit("counted", v)
	}
	if c.Posts.OK && c.MonthsStated.OK && c.MonthsStated.V > 0 {
		v := base
		v.V = datasets.Some(float64(c.Posts.V) / c.MonthsStated.V)
		v.Low, v.High = v.V, v.V
		v.CI = interval(sample.Garwood(c.Posts.V, 0.95), 1, c.MonthsStated.V)
		v.Uncertainty = sample.GarwoodAssumption
		v.Flag = fmt.Sprintf("divided by the %g months that the source states, not by the days observed", c.MonthsStated.V)
		emit("stated_months", v)
	}
	if c.PostsPerMonth.OK {
		v := base
		v.V, v.Uncertainty = c.PostsPerMonth, noInterval
		if c.PostsPerMonthText.OK {
			if p, err := sample.ParsePrinted(c.PostsPerMonthText.V, true); err == nil {
				v.Low, v.High = datasets.Some(p.Low), datasets.Some(p.High)
			}
		}
		emit("printed", v)
	}
}
