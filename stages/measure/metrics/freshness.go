package metrics

import (
	"fmt"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// An account is dormant when it has been silent for longer than both.
const (
	dormantDays = 30
	dormantGaps = 3 // times the median interval between its posts
)

// Freshness is the time since the last post.
var Freshness = Metric{
	Name: "freshness", Unit: "days", Version: 1, Shortest: Whole,
	Formula: "D = t_end − t_n;  dormant = [D > max(30, 3 · median τ)]",
	Doc: "Time D from the last known post in the study window, t_n, to the end of observed time in it, t_end, in days of 24 hours; posts of any type. " +
		"An account is dormant where D is above 30 days and above three times its own median interval between posts τ (as in inter_post_interval, in days), so that one that posts rarely is not called dormant for keeping its pace; " +
		"where no interval is known the threshold is 30 days, flagged. Both numbers are conventions. " +
		"Where the time since the last known post was not observed throughout, D is the most that it can be, and dormant is given only if the observed part alone, or all of D, decides it. " +
		"Without a post in the window D is null and the flag says how long the last observed stretch is. Posts after t_end are not used. Null where no coverage is stated. " +
		"The column n is the number of posts, n_observed that of posts in observed time.",
	Source: "Definition of this program; the threshold is a convention",
	Parts: []Part{
		{Name: "days_since_last", Doc: "D, days from the last post to the end of observed time"},
		{Name: "dormant", Doc: "1 where the account is dormant, 0 where it is not; averaged over accounts, the share of them that are", Unit: "1 or 0", Scale: Difference},
	},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if uncovered(p, p.Posts, emit, "days_since_last", "dormant") {
			return
		}
		stretch := p.Covered[len(p.Covered)-1]
		var last *Post
		v := Value{N: int64(len(p.Posts)), Uncertainty: noIntervalPosts}
		for _, q := range p.Posts {
			if q.Covered {
				v.NObserved++
			}
			if q.At < stretch.To {
				last = q
			}
		}
		v.Flag = p.Coverage

		// Whatever was not seen, the silence lasted at least since the last post
		// or since the account was watched without a break.
		least := stretch.Days()
		since := datasets.None[float64]()
		if last != nil {
			since = datasets.Some(daysBetween(last.At, stretch.To))
			if last.At < stretch.From {
				v.Flag = join(v.Flag, fmt.Sprintf("not observed throughout since the last known post: may be as short as %.1f days", least))
			}
			least = min(least, since.V)
		}
		emit("days_since_last", filled(v, since, fmt.Sprintf("no post in the study window: the last is at least %.1f days back", least)))

		threshold := float64(dormantDays)
		hours, _, _ := intervals(p)
		if median := sample.Median(hours); median.OK {
			threshold = max(threshold, dormantGaps*median.V/24)
		} else {
			v.Flag = join(v.Flag, fmt.Sprintf("no interval between posts is known: the threshold is %d days", dormantDays))
		}
		dormant := datasets.None[float64]()
		switch {
		case least > threshold:
			dormant = datasets.Some(1.0)
		case since.OK && since.V <= threshold:
			dormant = datasets.Some(0.0)
		}
		emit("dormant", filled(v, dormant, fmt.Sprintf("silent for the last %.1f observed days, and what was before is not known: the threshold is %.1f days", least, threshold)))
	},
}
