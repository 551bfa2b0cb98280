package reconcile

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"diplometrics/datasets"
)

// span is a value and the bounds of its rounding and of the precision of time.
type span struct{ v, low, high datasets.Opt[float64] }

// exactly is a span without doubt.
func exactly(n int64) span {
	v := datasets.Some(float64(n))
	return span{v, v, v}
}

// bounded tells whether nothing of the span is missing.
func (s span) bounded() bool { return s.v.OK && s.low.OK && s.high.OK }

// meets tells whether two bounded spans overlap.
func (s span) meets(t span) bool { return s.low.V <= t.high.V && t.low.V <= s.high.V }

// String shows the value, with its bounds where they differ from it.
func (s span) String() string {
	bound := func(o datasets.Opt[float64]) string {
		if !o.OK {
			return "?"
		}
		return number(o.V)
	}
	switch {
	case !s.v.OK && !s.low.OK && !s.high.OK:
		return "nothing"
	case !s.v.OK:
		return bound(s.low) + " to " + bound(s.high)
	case s.low == s.v && s.high == s.v:
		return number(s.v.V)
	}
	return fmt.Sprintf("%s (%s to %s)", number(s.v.V), bound(s.low), bound(s.high))
}

// number shows a count, or the two decimals of what was worked out from a mean.
func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// telling is what one source tells of a quantity over a period.
type telling struct {
	source string
	span
	own    *span    // of posts without reposts, where there are reposts
	why    string   // why it cannot be compared; "" where it can
	notes  []string // what a reader must know
	lower  string   // what explains that it tells less than another; "" for nothing
	higher string   // what explains that it tells more

	earlier string                     // what explains that it tells less than another that was read later
	read    datasets.Opt[datasets.Day] // last day on which it was read; absent where not known
}

// fail notes the first reason why it cannot be compared.
func (t *telling) fail(why string) { t.why = cmp.Or(t.why, why) }

// pair fills in the row of two tellings. Where posts disagree and b knows which
// of them are reposts, its posts without them are the second reading: if that
// agrees, it stands in the row.
func pair(r datasets.Reconciled, a, b *telling) datasets.Reconciled {
	chosen, whole := b.span, ""
	testable := a.why == "" && b.why == "" && a.bounded() && b.bounded()
	if b.own != nil {
		whole = fmt.Sprintf("without its reposts %s tells %s", b.source, b.own)
		if testable && !a.meets(b.span) && a.meets(*b.own) {
			chosen, whole = *b.own, fmt.Sprintf("this is without reposts, with which %s tells %s", b.source, b.span)
		}
	}
	r.SourceA, r.A, r.ALow, r.AHigh = a.source, a.v, a.low, a.high
	r.SourceB, r.B, r.BLow, r.BHigh = b.source, chosen.v, chosen.low, chosen.high
	if r.A.OK && r.B.OK {
		d := r.A.V - r.B.V
		r.Difference = datasets.Some(d)
		if sum := r.A.V + r.B.V; sum > 0 {
			r.Percent = datasets.Some(200 * d / sum)
		}
	}
	said := []string{fmt.Sprintf("%s tells %s, %s %s", a.source, a.span, b.source, chosen)}
	switch {
	case !testable:
		r.Verdict = datasets.NotTestable
		why := cmp.Or(a.why, b.why, "a bound is missing")
		said = append(said, "not comparable, as "+why)
	case a.meets(chosen):
		r.Verdict = datasets.Agree
	default:
		r.Verdict = datasets.Disagree
	}
	if whole != "" {
		said = append(said, whole)
	}
	for _, n := range append(append([]string{}, a.notes...), b.notes...) {
		said = append(said, n)
	}
	if r.Verdict == datasets.Disagree {
		less, more := a, b
		if r.Difference.V > 0 {
			less, more = b, a
		}
		aged := less.earlier
		if less.read.OK && more.read.OK && less.read.V >= more.read.V {
			aged = ""
		}
		for _, x := range []string{less.lower, aged, more.higher} {
			if x != "" {
				said = append(said, x)
			}
		}
	}
	r.Explanation = strings.Join(said, "; ") + "."
	return r
}

// plural is a number with its noun.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
