package measure

import (
	"slices"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
)

// stretch is a period without an account.
type stretch struct {
	kind     string
	from, to datasets.Day
}

// calendar returns the months and weeks that the study window touches, cut at its
// ends, and the window itself, in the order of tables.
func calendar(from, to datasets.Day) []stretch {
	var out []stretch
	add := func(kind string, begin, end datasets.Day) {
		out = append(out, stretch{kind, max(begin, from), min(end, to)})
	}
	if from >= to {
		return nil
	}
	first := from.Time()
	for d := time.Date(first.Year(), first.Month(), 1, 0, 0, 0, 0, time.UTC); datasets.DayOf(d) < to; d = d.AddDate(0, 1, 0) {
		add(metrics.Month, datasets.DayOf(d), datasets.DayOf(d.AddDate(0, 1, 0)))
	}
	for d := from - (from+3)%7; d < to; d += 7 { // 1970-01-01 was a Thursday
		add(metrics.Week, d, d+7)
	}
	add(metrics.Whole, from, to)
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

// series is how many followers an account had, by its snapshots that show more
// than 0.
type series struct {
	at      []datasets.Micros // ascending
	count   []float64
	rounded bool // whether the last is known only as the page shows it
}

func seriesOf(snapshots []datasets.AccountSnapshot) series {
	var s series
	for i := range snapshots {
		f := &snapshots[i].Followers
		if !f.V.OK || f.V.V <= 0 {
			continue
		}
		if n := len(s.at); n > 0 && s.at[n-1] == snapshots[i].ObservedAt {
			continue // a second source for the same moment
		}
		if s.at == nil {
			s.at, s.count = make([]datasets.Micros, 0, len(snapshots)-i), make([]float64, 0, len(snapshots)-i)
		}
		s.at, s.count = append(s.at, snapshots[i].ObservedAt), append(s.count, float64(f.V.V))
		s.rounded = f.Low.OK && f.High.OK && f.Low.V < f.High.V
	}
	return s
}

// last returns the followers at the last snapshot.
func (s *series) last() datasets.Opt[float64] {
	if len(s.count) == 0 {
		return datasets.None[float64]()
	}
	return datasets.Some(s.count[len(s.count)-1])
}

// mean returns the mean over a stretch of time: straight lines between
// snapshots, the first and the last carried to the ends. It is absent without a
// snapshot.
func (s *series) mean(from, to datasets.Micros) datasets.Opt[float64] {
	if len(s.at) == 0 || from >= to {
		return datasets.None[float64]()
	}
	line := func(t datasets.Micros) float64 {
		i, _ := slices.BinarySearch(s.at, t)
		switch {
		case i == 0:
			return s.count[0]
		case i == len(s.at):
			return s.count[len(s.at)-1]
		}
		share := float64(t-s.at[i-1]) / float64(s.at[i]-s.at[i-1])
		return s.count[i-1] + share*(s.count[i]-s.count[i-1])
	}
	before, height := from, line(from)
	var area float64
	add := func(t datasets.Micros, h float64) {
		area += (height + h) / 2 * float64(t-before)
		before, height = t, h
	}
	i, _ := slices.BinarySearch(s.at, from+1)
	for ; i < len(s.at) && s.at[i] < to; i++ {
		add(s.at[i], s.count[i])
	}
	add(to, line(to))
	return datasets.Some(area / float64(to-from))
}
