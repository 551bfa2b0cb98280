package plots

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
	"diplometrics/plots/ink"
)

// TestDifferencesKeepApart: marks of disagreement in one place are all seen, and
// stay in their row.
func TestDifferencesKeepApart(t *testing.T) {
	for _, c := range []struct {
		at    []vg.Length
		apart bool
	}{
		{[]vg.Length{100}, true},
		{[]vg.Length{100, 100, 100}, true},
		{[]vg.Length{10, 11, 12, 200, 200, 200, 200, 200, 60, 61, 62, 300}, true},
		{make([]vg.Length, 30), false},
	} {
		r := stripRow{differ: make([]float64, len(c.at))}
		rises := r.rises(c.at)
		covered := false
		for i, a := range rises {
			if max(a, -a)+stripMark > r.pitch()/2 {
				t.Errorf("%v: a mark at %v leaves the row of %v", c.at, a, r.pitch())
			}
			for k, b := range rises[:i] {
				if math.Hypot(float64(a-b), float64(c.at[i]-c.at[k])) < 2*stripMark {
					covered = true
				}
			}
		}
		if covered == c.apart {
			t.Errorf("%v: marks cover each other: %v, at %v", c.at, covered, rises)
		}
	}
}

// TestVerdictStrip: heads, labels and counts are written, zeros too, apart from
// each other and within the canvas, on a page of one column as on one of two.
func TestVerdictStrip(t *testing.T) {
	s := verdictStrip{heads: []string{"agree", "disagree", "cannot tell"}, verdicts: []string{datasets.Consistent, datasets.Inconsistent, datasets.NotTestable},
		axis: "difference, % of the mean", ticks: enclosing([]float64{-50, 20}, 4), rows: []stripRow{
			{head: true, label: "Posts"}, {label: "hand count and export", counts: []int{7, 0, 12}, same: []float64{0, 1}, differ: []float64{-50, 20}},
		}}
	for _, width := range []vg.Length{480, 240} {
		page := ink.New(width, s.height())
		s.draw(draw.Canvas{Canvas: page, Rectangle: vg.Rectangle{Max: vg.Point{X: width, Y: s.height()}}})
		texts := page.Texts()
		got := map[string]int{}
		for i, a := range texts {
			got[a.String]++
			ra := box(a)
			if ra.Min.X < -.1 || ra.Min.Y < 0 || ra.Max.X > width+.1 || ra.Max.Y > s.height() {
				t.Errorf("width %v: %q leaves the canvas: %v", width, a.String, ra)
			}
			for _, b := range texts[i+1:] {
				if meetsAny(ra, []vg.Rectangle{box(b)}) {
					t.Errorf("width %v: %q and %q overlap", width, a.String, b.String)
				}
			}
		}
		for _, want := range []string{"Posts", "7", "12"} {
			if got[want] != 1 {
				t.Errorf("width %v: %q is written %d times, want once", width, want, got[want])
			}
		}
	}
}
