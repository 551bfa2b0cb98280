package reconcile

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"diplometrics/datasets"
)

// series is what one source shows of the total of posts of an account, at two
// moments at least, by time.
type series struct {
	source      string
	shown       []*datasets.AccountSnapshot
	first, last int    // which of them are compared with the exports
	count       *count // what the exports hold between them; nil where they are not compared
}

func (s *subject) addTotal(r *datasets.AccountSnapshot) {
	i := slices.IndexFunc(s.totals, func(t *series) bool { return t.source == r.Source })
	if i < 0 {
		i = len(s.totals)
		s.totals = append(s.totals, &series{source: r.Source})
	}
	s.totals[i].shown = append(s.totals[i].shown, r)
}

// width is how long the time is that a moment of some precision begins.
var width = map[string]datasets.Micros{"second": 0, "day": day, "month": 31 * day, "year": 366 * day}

// moment is when a snapshot was taken.
func moment(s *datasets.AccountSnapshot) edge {
	return edge{s.ObservedAt, s.ObservedAt, s.ObservedAt + width[s.ObservedPrecision]}
}

// before tells whether a snapshot was surely taken before another.
func before(a, b *datasets.AccountSnapshot) bool {
	return a.ObservedAt < b.ObservedAt && moment(a).high <= moment(b).low
}

// difference is the growth of the total between two snapshots, with the bounds
// of the counts as shown. A total that fell tells nothing.
func (t *series) difference(a, b *datasets.AccountSnapshot) *telling {
	out := &telling{source: "total:" + t.source,
		lower:  "deleted posts make a difference of totals smaller",
		higher: "a total may count reposts and replies that the other leaves out",
		notes:  []string{fmt.Sprintf("the page showed %s posts on %s and %s on %s", shown(a), a.ObservedAt.Day(), shown(b), b.ObservedAt.Day())}}
	d := b.PostsTotal.V.V - a.PostsTotal.V.V
	if d < 0 {
		out.fail(fmt.Sprintf("the total fell by %d: posts were deleted or hidden", -d))
		return out
	}
	out.v = datasets.Some(float64(d))
	if a.PostsTotal.High.OK && b.PostsTotal.Low.OK {
		out.low = datasets.Some(float64(max(0, b.PostsTotal.Low.V-a.PostsTotal.High.V)))
	}
	if a.PostsTotal.Low.OK && b.PostsTotal.High.OK {
		out.high = datasets.Some(float64(max(0, b.PostsTotal.High.V-a.PostsTotal.Low.V)))
	}
	if !out.bounded() {
		out.fail("a total is shown only as a bound")
	}
	return out
}

func shown(s *datasets.AccountSnapshot) string {
	return s.PostsTotal.Text.Or(fmt.Sprint(s.PostsTotal.V.V))
}

// during is the difference of the totals nearest to the ends of a period; nil
// where one total is nearest to both, or both are of one day or one time that
// is not known better. Where their moments miss the ends, or may,
// the bounds allow for the posts of that time at the mean pace between the two,
// in whole posts at either end. Further off than two days it is another period.
func (t *series) during(start, end edge) *telling {
	a, b := t.nearest(start), t.nearest(end)
	if !before(a, b) {
		return nil
	}
	out := t.difference(a, b)
	if off(a, start) > limit || off(b, end) > limit {
		out.fail("the totals nearest to the ends of the window are of other days: the periods differ")
		return out
	}
	var doubt float64
	pace := out.v.V / float64(b.ObservedAt-a.ObservedAt)
	for _, gap := range []datasets.Micros{apart(a, start), apart(b, end)} {
		doubt += math.Ceil(pace * float64(gap))
	}
	if doubt > 0 && out.why == "" {
		out.low.V = max(0, out.low.V-doubt)
		out.high.V += doubt
		out.notes = append(out.notes, fmt.Sprintf("its bounds allow for %s at its mean pace in the hours by which these moments may miss the ends of the period", plural(int64(doubt), "post")))
	}
	return out
}

// nearest returns the snapshot nearest to an edge, the earlier of two.
func (t *series) nearest(e edge) *datasets.AccountSnapshot {
	return slices.MinFunc(t.shown, func(a, b *datasets.AccountSnapshot) int { return cmp.Compare(off(a, e), off(b, e)) })
}

// off is how far a snapshot may be from the moment taken for an edge.
func off(s *datasets.AccountSnapshot, e edge) datasets.Micros {
	m := moment(s)
	return max(e.at-m.low, m.high-e.at)
}

// apart is how far a snapshot may be from an edge at most.
func apart(s *datasets.AccountSnapshot, e edge) datasets.Micros {
	m := moment(s)
	return max(0, e.high-m.low, m.high-e.low)
}

// followers compares what two sources show on one day of UTC, where both know
// the day. Of several counts of a source on that day the last is its value, and
// its bounds hold them all.
func followers(snapshots []datasets.AccountSnapshot) []datasets.Reconciled {
	type key struct {
		account
		day datasets.Day
	}
	days := map[key][]*telling{}
	var order []key
	for i := range snapshots {
		s := &snapshots[i]
		if !s.Followers.V.OK || width[s.ObservedPrecision] > day {
			continue
		}
		k := key{account{s.Platform, s.AccountID}, s.ObservedAt.Day()}
		if days[k] == nil {
			order = append(order, k)
		}
		source := "total:" + s.Source
		at := slices.IndexFunc(days[k], func(t *telling) bool { return t.source == source })
		if at < 0 {
			at = len(days[k])
			days[k] = append(days[k], &telling{source: source, span: span{low: some(s.Followers.Low), high: some(s.Followers.High)}})
		}
		days[k][at].include(&s.Followers)
	}
	var out []datasets.Reconciled
	for _, k := range order {
		told := days[k]
		slices.SortFunc(told, func(a, b *telling) int { return cmp.Compare(a.source, b.source) })
		for j := range told {
			for i := range j {
				told[j].notes = []string{"both are of one day, perhaps not of one hour"}
				r := datasets.Reconciled{Quantity: "followers", Platform: k.platform, AccountID: k.id, PeriodStart: k.day, PeriodEnd: k.day + 1}
				out = append(out, pair(r, told[i], told[j]))
			}
		}
	}
	return out
}

// include takes a later count, and widens the bounds to hold it.
func (t *telling) include(s *datasets.Shown) {
	t.v = some(s.V)
	if t.low.OK = t.low.OK && s.Low.OK; t.low.OK {
		t.low.V = min(t.low.V, float64(s.Low.V))
	}
	if t.high.OK = t.high.OK && s.High.OK; t.high.OK {
		t.high.V = max(t.high.V, float64(s.High.V))
	}
}

func some(n datasets.Opt[int64]) datasets.Opt[float64] {
	return datasets.Opt[float64]{V: float64(n.V), OK: n.OK}
}
