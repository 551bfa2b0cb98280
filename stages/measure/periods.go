package measure

import (
	"slices"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
)

// periods returns the months and weeks of the study window in which the account
// posted or was observed, and always the window itself, in the order of tables, with
// nothing but their ends filled in.
func periods(from, to datasets.Day, posts []*metrics.Post, spans []metrics.Span) []*metrics.Period {
	var out []*metrics.Period
	add := func(kind string, begin, end datasets.Day) {
		begin, end = max(begin, from), min(end, to)
		first, last := between(posts, begin.Micros(), end.Micros())
		if first < last || len(within(spans, begin.Micros(), end.Micros())) > 0 {
			out = append(out, &metrics.Period{Kind: kind, From: begin, To: end})
		}
	}
	first := from.Time()
	for d := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC); datasets.DayOf(d) < to; d = d.AddDate(0, 1, 0) {
		add(metrics.Month, datasets.DayOf(d), datasets.DayOf(d.AddDate(0, 1, 0)))
	}
	for d := from - (from+3)%7; d < to; d += 7 { // 1970-01-01 was a Thursday
		add(metrics.Week, d, d+7)
	}
	if from < to {
		out = append(out, &metrics.Period{Kind: metrics.Whole, From: from, To: to})
	}
	return out
}

// between returns the range of posts, which are sorted by time, in a stretch of
// time.
func between(posts []*metrics.Post, from, to datasets.Micros) (first, last int) {
	at := func(t datasets.Micros) int {
		i, _ := slices.BinarySearchFunc(posts, t, func(p *metrics.Post, t datasets.Micros) int {
			if p.At < t {
				return -1
			}
			return 1
		})
		return i
	}
	return at(from), at(to)
}

// followers returns those of the last snapshot, and their mean over a stretch
// of time: straight lines between snapshots, the first and the last carried to
// the ends. Both are absent where no snapshot shows more than 0. rounded tells
// whether the last is known only as the page shows it.
func followers(snapshots []datasets.AccountSnapshot, from, to datasets.Micros) (now, mean datasets.Opt[float64], rounded bool) {
	var at []datasets.Micros
	var count []float64
	for i := range snapshots {
		f := snapshots[i].Followers.V
		if !f.OK || f.V <= 0 {
			continue
		}
		if n := len(at); n > 0 && at[n-1] == snapshots[i].ObservedAt {
			continue // a second source for the same moment
		}
		at, count = append(at, snapshots[i].ObservedAt), append(count, float64(f.V))
		low, high := snapshots[i].Followers.Low, snapshots[i].Followers.High
		rounded = low.OK && high.OK && low.V < high.V
	}
	if len(at) == 0 || from >= to {
		return now, mean, false
	}
	line := func(t datasets.Micros) float64 {
		i, _ := slices.BinarySearch(at, t)
		switch {
		case i == 0:
			return count[0]
		case i == len(at):
			return count[len(at)-1]
		}
		share := float64(t-at[i-1]) / float64(at[i]-at[i-1])
		return count[i-1] + share*(count[i]-count[i-1])
	}
	knots := []datasets.Micros{from}
	for _, t := range at {
		if from < t && t < to {
			knots = append(knots, t)
		}
	}
	knots = append(knots, to)
	var area float64
	for i := 1; i < len(knots); i++ {
		area += (line(knots[i-1]) + line(knots[i])) / 2 * float64(knots[i]-knots[i-1])
	}
	return datasets.Some(count[len(count)-1]), datasets.Some(area / float64(to-from)), rounded
}
