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
// stay in their row; only where there are more than a row may hold do they cover
// each other.
func TestDifferencesKeepApart(t *testing.T) {
	same := func(n int) (out []float64) {
		for range n {
			out = append(out, 200)
		}
		return out
	}
	for _, c := range []struct {
		differ []float64
		apart  bool
	}{
		{[]float64{100}, true},
		{same(3), true},
		{append(same(11), 4, 6, 8, 15, 18, 22, 26, 28, 67), true},
		{same(40), false},
	} {
		s := verdictStrip{heads: []string{"agree", "disagree", "cannot tell"}, ticks: enclosingTicks(0, 200, 4), rows: []stripRow{{label: "hand count and export", differ: c.differ}}}
		for _, width := range []vg.Length{480, 240} {
			from, to := s.strip(width)
			var at []vg.Length
			for _, v := range c.differ {
				at = append(at, (to-from)*vg.Length(v/200))
			}
			pitch := s.pitch(s.rows[0], width)
			rises := differRises(at, pitch)
			covered := false
			for i, a := range rises {
				if max(a, -a)+stripMark > pitch/2 {
					t.Errorf("%d marks: one at %v leaves the row of %v", len(at), a, pitch)
				}
				for k, b := range rises[:i] {
					covered = covered || math.Hypot(float64(a-b), float64(at[i]-at[k])) < 2*stripMark
				}
			}
			if covered == c.apart {
				t.Errorf("%d marks in %v: they cover each other: %v, at %v", len(at), width, covered, rises)
			}
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
		page := ink.New(width, s.height(width))
		s.draw(draw.Canvas{Canvas: page, Rectangle: vg.Rectangle{Max: vg.Point{X: width, Y: s.height(width)}}})
		texts := page.Texts()
		got := map[string]int{}
		for i, a := range texts {
			got[a.String]++
			ra := box(a)
			if ra.Min.X < -.1 || ra.Min.Y < 0 || ra.Max.X > width+.1 || ra.Max.Y > s.height(width) {
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
