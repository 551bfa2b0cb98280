package reconcile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// series is what one source shows of the total of posts of an account, at two
// moments at least, by time.
type series struct {
	source      string
	shown       []posted
	first, last int    // which of them are compared with the exports
	count       *count // what the exports hold between them; nil where they are not compared
}

// posted is what a snapshot shows of the total of posts.
type posted struct {
	ObservedAt        datasets.Micros
	ObservedPrecision string
	PostsTotal        datasets.Shown
}

func (s *subject) addTotal(r *datasets.AccountSnapshot) {
	i := slices.IndexFunc(s.totals, func(t *series) bool { return t.source == r.Source })
	if i < 0 {
		i = len(s.totals)
		s.totals = append(s.totals, &series{source: strings.Clone(r.Source)})
	}
	t := posted{r.ObservedAt, precisions[r.ObservedPrecision], r.PostsTotal}
	t.PostsTotal.Text.V = strings.Clone(t.PostsTotal.Text.V)
	s.totals[i].shown = append(s.totals[i].shown, t)
}

// width is how long the time is that a moment of some precision begins.
var width = map[string]datasets.Micros{"second": 0, "day": day, "month": 31 * day, "year": 366 * day}

// precisions are the texts of width, which a snapshot shares with its batch.
var precisions = map[string]string{"second": "second", "day": "day", "month": "month", "year": "year"}

// moment is when a snapshot was taken.
func moment(s *posted) edge {
	return edge{s.ObservedAt, s.ObservedAt, s.ObservedAt + width[s.ObservedPrecision]}
}

// before tells whether a snapshot was surely taken before another.
func before(a, b *posted) bool {
	return a.ObservedAt < b.ObservedAt && moment(a).high <= moment(b).low
}

// difference is the growth of the total between two snapshots, with the bounds
// of the counts as shown. A total that fell tells nothing.
func (t *series) difference(a, b *posted) *telling {
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

func shown(s *posted) string {
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
func (t *series) nearest(e edge) *posted {
	best := &t.shown[0]
	for i := range t.shown[1:] {
		if s := &t.shown[i+1]; off(s, e) < off(best, e) {
			best = s
		}
	}
	return best
}

// off is how far a snapshot may be from the moment taken for an edge.
func off(s *posted, e edge) datasets.Micros {
	m := moment(s)
	return max(e.at-m.low, m.high-e.at)
}

// apart is how far a snapshot may be from an edge at most.
func apart(s *posted, e edge) datasets.Micros {
	m := moment(s)
	return max(0, e.high-m.low, m.high-e.low)
}

// followers compares what two sources show on one day of UTC, where both know
// the day. Of several counts of a source on that day the last is its value, and
// its bounds hold them all.
type followers struct {
	account
	day   datasets.Day
	told  []*telling // of the day, one a source
	pairs []datasets.Reconciled
}

// add takes a snapshot; they come in the order of their key.
func (f *followers) add(s *datasets.AccountSnapshot) {
	if !s.Followers.V.OK || width[s.ObservedPrecision] > day {
		return
	}
	if s.ObservedAt.Day() != f.day || s.AccountID != f.id || s.Platform != f.platform {
		f.flush()
		f.account, f.day = account{s.Platform, s.AccountID}, s.ObservedAt.Day()
	}
	at := slices.IndexFunc(f.told, func(t *telling) bool { return strings.TrimPrefix(t.source, "total:") == s.Source })
	if at < 0 {
		at = len(f.told)
		f.told = append(f.told, &telling{source: "total:" + s.Source, span: span{low: some(s.Followers.Low), high: some(s.Followers.High)}})
	}
	f.told[at].include(&s.Followers)
}

// flush makes the pairs of the day.
func (f *followers) flush() {
	slices.SortFunc(f.told, func(a, b *telling) int { return cmp.Compare(a.source, b.source) })
	for j := range f.told {
		for i := range j {
			f.told[j].notes = []string{"both are of one day, perhaps not of one hour"}
			r := datasets.Reconciled{Quantity: "followers", Platform: strings.Clone(f.platform), AccountID: strings.Clone(f.id), PeriodStart: f.day, PeriodEnd: f.day + 1}
			f.pairs = append(f.pairs, pair(r, f.told[i], f.told[j]))
		}
	}
	f.told = f.told[:0]
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
