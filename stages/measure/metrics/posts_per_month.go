package metrics

import (
	"fmt"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// PostsPerMonth is the posting rate.
var PostsPerMonth = Metric{
	Name: "posts_per_month", Unit: "posts/30.4375 days", Version: 2,
	Doc: "Posts divided by the days observed, times 30.4375. " +
		"Days observed run from the first day of the window to the day on which the page was read or the window's end, whichever comes first, both counted; " +
		"where the reading is not dated the whole window counts, flagged. A partial month is so many days, never a month. " +
		"Counts of a platform's own total are net of deleted posts: where the total fell, the rate is null and flagged. " +
		"n is the number of posts, or of snapshots in the part posts_total.",
	Source: "Rate of a count by exposure; interval: Garwood (1936), Biometrika 28:437-442",
	Parts: []Part{
		{Name: "counted", Doc: "posts counted in the window by days observed"},
		{Name: "posts_total", Doc: "difference of the account's posts_total between its first and last snapshot by the days between them"},
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
