package reconcile

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// edge is where a period begins or ends: the moment taken for it, and the
// earliest and latest that it can be.
type edge struct{ low, at, high datasets.Micros }

const (
	hour  = 3_600_000_000
	day   = 24 * hour
	limit = 2 * day // by which the moment of a total may miss the end of a window
)

// midnight is the beginning of a day in a zone. Where the zone is not known it
// is that of UTC, and any zone from UTC+14 to UTC-12 is allowed for.
func midnight(d datasets.Day, zone *time.Location) edge {
	if zone == nil {
		m := d.Micros()
		return edge{m - 14*hour, m, m + 12*hour}
	}
	y, month, n := d.Time().Date()
	m := datasets.MicrosOf(time.Date(y, month, n, 0, 0, 0, 0, zone))
	return edge{m, m, m}
}

// window is a counted or published window as far as it was observed.
type window struct {
	*datasets.AccountWindow
	source     string
	from, to   datasets.Day // observed
	start, end edge
	count      *count // what the exports hold of it; nil until they are read
}

func newWindow(w *datasets.AccountWindow, zone *time.Location) *window {
	out := &window{AccountWindow: w, source: "hand:" + w.Source + "/" + w.CountedBy, from: w.WindowFrom, to: w.WindowTo}
	if w.CountedBy == w.Source {
		out.source = "published:" + w.Source
	}
	out.start, out.end = midnight(out.from, zone), midnight(out.to, zone)
	if w.RetrievedOn.OK && w.RetrievedOn.V < w.WindowTo {
		out.to = w.RetrievedOn.V + 1
		out.end = midnight(out.to, zone)
		out.end.low = midnight(w.RetrievedOn.V, zone).low
	}
	return out
}

// tellApart names the stated end of windows of one counter that were read on
// one day, before their different ends.
func tellApart(windows []*window) {
	same := func(v, w *window) bool { return v != w && v.source == w.source && v.from == w.from && v.to == w.to }
	var twins []*window
	for _, w := range windows {
		for _, v := range windows {
			if same(v, w) {
				twins = append(twins, w)
				break
			}
		}
	}
	for _, w := range twins {
		w.source += " until " + (w.WindowTo - 1).String()
	}
}

// byHand tells whether a person counted it, rather than a publication.
func (w *window) byHand() bool { return w.CountedBy != w.Source }

// matches tells whether two windows count the same period and by different
// people or from different sources.
func (w *window) matches(v *window) bool {
	return w.from == v.from && (w.to == v.to || w.WindowTo == v.WindowTo) && (w.Source != v.Source || w.CountedBy != v.CountedBy)
}

// counted returns the number that the window gives for a quantity.
func (w *window) counted(quantity string) datasets.Opt[int64] {
	switch quantity {
	case "posts":
		return w.Posts
	case "likes":
		return w.Likes
	case "comments":
		return w.Comments
	case "shares":
		return w.Shares
	}
	return w.Views
}

// tell returns what the window tells of a quantity, nil where it tells nothing.
func (w *window) tell(quantity string) *telling {
	t := &telling{source: w.source, read: w.RetrievedOn}
	switch n := w.counted(quantity); {
	case n.OK:
		t.span = exactly(n.V)
	case quantity == "likes" && w.LikesMean.OK:
		w.sumOfMean(t)
	default:
		return nil
	}
	if quantity == "likes" && w.LikesN.OK && w.Posts.OK && w.LikesN.V != w.Posts.V {
		t.fail(fmt.Sprintf("%s counts the likes of %s, and %s in the window", w.source, plural(w.LikesN.V, "post"), plural(w.Posts.V, "post")))
	}
	switch {
	case w.to != w.WindowTo:
		t.notes = append(t.notes, fmt.Sprintf("%s was read on %s, before its window ended on %s, and counts until an hour of that day that is not known", w.source, w.RetrievedOn.V, w.WindowTo-1))
	case !w.RetrievedOn.OK:
		t.notes = append(t.notes, w.source+" does not say when it was read, and is taken to count its whole window")
	}
	if quantity == "posts" {
		t.lower = w.source + " may leave out reposts or replies, or posts deleted before it was read"
	} else {
		t.earlier = fmt.Sprintf("%s grow with time, and %s may have been read earlier", quantity, w.source)
	}
	return t
}

// sumOfMean works out the sum of likes from their mean, which is rounded as
// printed, and the number of posts.
func (w *window) sumOfMean(t *telling) {
	if !w.LikesN.OK {
		t.fail(w.source + " gives a mean of likes without the number of posts")
		return
	}
	n := float64(w.LikesN.V)
	t.v = datasets.Some(w.LikesMean.V * n)
	p, err := sample.ParsePrinted(w.LikesMeanText.Or(strconv.FormatFloat(w.LikesMean.V, 'f', -1, 64)), true)
	if err != nil {
		t.fail("the mean of likes as printed " + err.Error())
		return
	}
	// Likes are whole; the margin is for products such as 1.15 x 100 that come out below 115.
	low, high := math.Ceil(p.Low*n-1e-6), math.Floor(p.High*n+1e-6)
	if low > high {
		t.fail(fmt.Sprintf("no whole number of likes over %s has the mean that %s gives", plural(w.LikesN.V, "post"), w.source))
		return
	}
	t.low, t.high = datasets.Some(low), datasets.Some(high)
	t.notes = append(t.notes, fmt.Sprintf("%s gives a mean of %s likes over %s", w.source, w.LikesMeanText.Or(number(w.LikesMean.V)), plural(w.LikesN.V, "post")))
}
