package enrich

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"time"

	"diplometrics/datasets"
)

// precision says how exactly the time of a snapshot is known, finest first.
type precision uint8

const (
	second precision = iota
	day
	month
)

func (p precision) String() string { return [...]string{"second", "day", "month"}[p] }

// precisionOf returns the precision of a snapshot; ok is false for years and
// for what is no precision, which are too coarse to use.
func precisionOf(s string) (p precision, ok bool) {
	for p := second; p <= month; p++ {
		if s == p.String() {
			return p, true
		}
	}
	return 0, false
}

// reading is a count of followers at a moment.
type reading struct {
	at        datasets.Micros
	precision precision
	count     int64
	low, high datasets.Opt[int64]
}

// width is how far apart the bounds of a reading lie.
func (r *reading) width() uint64 {
	if !r.low.OK || !r.high.OK {
		return math.MaxUint64
	}
	return uint64(r.high.V - r.low.V)
}

// series is the readings of an account, one a moment, in the order of time.
type series []reading

// newSeries orders readings, in their own memory. Of several at one moment the
// one with the better known time stands, then the one with the narrower bounds,
// then the greater count. A reading known to the month stands at the middle of
// its month, which is wrong by least, and gives way to better ones of that month.
func newSeries(s series) series {
	s.sort()
	if slices.ContainsFunc(s, func(r reading) bool { return r.precision == month }) {
		all := slices.Clone(s)
		s = s[:0]
		for _, r := range all {
			if r.precision == month {
				from, to := monthOf(r.at)
				if all.betterIn(from, to) {
					continue
				}
				r.at = from + (to-from)/2
			}
			s = append(s, r)
		}
		s.sort()
	}
	return slices.CompactFunc(s, func(a, b reading) bool { return a.at == b.at })
}

func (s series) sort() {
	slices.SortFunc(s, func(a, b reading) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.precision, b.precision), cmp.Compare(a.width(), b.width()),
			cmp.Compare(b.count, a.count), cmp.Compare(a.low.V, b.low.V), cmp.Compare(a.high.V, b.high.V))
	})
}

// betterIn reports whether a reading from from until before to is known better
// than to the month.
func (s series) betterIn(from, to datasets.Micros) bool {
	for i := s.search(from); i < len(s) && s[i].at < to; i++ {
		if s[i].precision < month {
			return true
		}
	}
	return false
}

// search returns the first reading that is not before t.
func (s series) search(t datasets.Micros) int {
	return sort.Search(len(s), func(i int) bool { return s[i].at >= t })
}

// monthOf returns the start of the month of t in UTC, and of the next.
func monthOf(t datasets.Micros) (from, to datasets.Micros) {
	y, m, _ := t.Time().Date()
	start := time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	return datasets.MicrosOf(start), datasets.MicrosOf(start.AddDate(0, 1, 0))
}

// at sets the followers at t. The series is not empty.
func (s series) at(t datasets.Micros, c *datasets.PostContext) {
	i := s.search(t)
	switch {
	case i < len(s) && s[i].at == t:
		s.between(i, i, t, datasets.FollowersInterpolated, c)
	case i == len(s):
		s.between(i-1, i-1, t, datasets.FollowersCarriedForward, c)
	case i == 0:
		s.between(0, 0, t, datasets.FollowersCarriedBack, c)
	default:
		s.between(i-1, i, t, datasets.FollowersInterpolated, c)
	}
}

// between sets the followers at t on the line from reading i to reading j,
// which may be one. The bounds lie on the lines between the bounds: between
// two moments the line of the least counts is the least line.
func (s series) between(i, j int, t datasets.Micros, method string, c *datasets.PostContext) {
	a, b := &s[i], &s[j]
	share := 0.0
	if i != j {
		share = float64(t-a.at) / float64(b.at-a.at)
	}
	line := func(from, to int64) datasets.Opt[float64] {
		return datasets.Some(float64(from) + float64(to-from)*share)
	}
	c.Followers = line(a.count, b.count)
	if a.low.OK && b.low.OK {
		c.FollowersLow = line(a.low.V, b.low.V)
	}
	if a.high.OK && b.high.OK {
		c.FollowersHigh = line(a.high.V, b.high.V)
	}
	c.FollowersMethod = datasets.Some(method)
	c.FollowersGapDays = datasets.Some(min(days(a.at, t), days(t, b.at)))
	c.FollowersPrecision = datasets.Some(max(a.precision, b.precision).String())
}

// days is the time between two moments in days, in whatever order they are.
func days(a, b datasets.Micros) float64 { return math.Abs(float64(b-a)) / 86_400e6 }
