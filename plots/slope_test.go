package plots

import (
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
	"diplometrics/plots/ink"
)

// TestSlopes: every label is written, none covers another or leaves the canvas
// that the chart asks for, also where many lines begin at the same value and some
// at zero.
func TestSlopes(t *testing.T) {
	for _, n := range []int{1, 3, 40} {
		s := slopes{heads: []string{"printed", "between", "recomputed"}}
		for i := range n {
			first := datasets.Some(float64(i % 3))
			s.lines = append(s.lines, slopeLine{values: []datasets.Opt[float64]{first, datasets.None[float64](), datasets.Some(5 + float64(i))},
				left: "an office with a rather long name", right: "12.3", look: printedLook, strong: i%2 == 0})
		}
		page := ink.New(480, s.height())
		s.draw(draw.Canvas{Canvas: page, Rectangle: vg.Rectangle{Max: vg.Point{X: 480, Y: s.height()}}})
		texts := page.Texts()
		if len(texts) != 2*n+3 {
			t.Errorf("%d lines: %d texts, want %d", n, len(texts), 2*n+3)
		}
		for i, a := range texts {
			ra := box(a)
			if ra.Min.X < 0 || ra.Min.Y < 0 || ra.Max.X > 480 || ra.Max.Y > s.height() {
				t.Errorf("%d lines: %q leaves the canvas: %v", n, a.String, ra)
			}
			for _, b := range texts[i+1:] {
				if meetsAny(ra, []vg.Rectangle{box(b)}) {
					t.Errorf("%d lines: %q and %q overlap", n, a.String, b.String)
				}
			}
		}
	}
}

// TestSlopeScale: one value alone has a scale too, and zeros are no part of it.
func TestSlopeScale(t *testing.T) {
	s := slopes{lines: []slopeLine{{values: []datasets.Opt[float64]{datasets.Some(0.), datasets.Some(4.)}}}}
	if lo, hi, zero := s.scale(); lo != 2 || hi != 8 || !zero {
		t.Errorf("got %v to %v, zeros %v", lo, hi, zero)
	}
}
