package plots

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"pgregory.net/rapid"

	"diplometrics/plots/ink"
)

// onPaper draws a grid on a page of its own and returns the texts.
func onPaper(f *facets, width vg.Length) []ink.Text {
	d := ink.New(width, f.height(width))
	f.draw(draw.Canvas{Canvas: d, Rectangle: vg.Rectangle{Max: vg.Point{X: width, Y: f.height(width)}}})
	return d.Texts()
}

func grid(rows, columns int) *facets {
	ticks := func(from, to float64) plot.ConstantTicks {
		return linearTicks(from, to, 4, func(v float64) string { return fmt.Sprintf("%v", v) })
	}
	f := &facets{x: facetAxis{name: "across", ticks: ticks(0, 8), lo: 0, hi: 8}, y: facetAxis{name: "up", ticks: ticks(100, 180), lo: 100, hi: 180}, area: 60}
	for range rows {
		f.panels = append(f.panels, make([]facet, columns))
	}
	return f
}

// TestFacetsOuterTicks: labels of ticks stand left of the first column and under
// the lowest panel of each column, and nowhere else.
func TestFacetsOuterTicks(t *testing.T) {
	f := grid(2, 3)
	f.panels[1] = f.panels[1][:2]
	var xs, ys []float64
	for _, text := range onPaper(f, 400) {
		if text.String == "4" {
			xs = append(xs, text.Y)
		}
		if text.String == "140" {
			ys = append(ys, text.X)
		}
	}
	if len(xs) != 3 || len(ys) != 2 {
		t.Fatalf("%d labels across and %d up, want 3 and 2", len(xs), len(ys))
	}
	if slices.Sort(xs); xs[0] != xs[1] || xs[2] < xs[1]+60 {
		t.Errorf("labels across at heights %v: want two under the second row, one under the first", xs)
	}
	if ys[0] != ys[1] {
		t.Errorf("labels up at %v, want one column", ys)
	}
}

// TestFacetsSameScale: a value lies at the same place in every panel.
func TestFacetsSameScale(t *testing.T) {
	f := grid(2, 2)
	var at [][2]vg.Length
	for i := range f.panels {
		for k := range f.panels[i] {
			f.panels[i][k].draw = func(c draw.Canvas, x, y func(float64) vg.Length) {
				at = append(at, [2]vg.Length{x(3) - c.Min.X, y(170) - c.Min.Y})
			}
		}
	}
	onPaper(f, 300)
	if len(at) != 4 {
		t.Fatalf("%d panels drawn, want 4", len(at))
	}
	for _, p := range at {
		if d := p[0] - at[0][0]; d > 1e-9 || d < -1e-9 || p[1]-at[0][1] > 1e-9 || at[0][1]-p[1] > 1e-9 {
			t.Errorf("value at %v, and at %v in the first panel", p, at[0])
		}
	}
	if want := f.panelWidth(300) * 3 / 8; at[0][0]-want > 1e-9 || want-at[0][0] > 1e-9 {
		t.Errorf("3 of 8 lies at %v, want %v", at[0][0], want)
	}
}

// TestFacetsNameIsCentred: the name of the horizontal axis stands below the middle
// of the panels, whatever room they leave at their right.
func TestFacetsNameIsCentred(t *testing.T) {
	for _, c := range []struct{ columns, side int }{{1, 0}, {1, 250}, {2, 60}, {3, 20}} {
		f := grid(1, c.columns)
		f.side = vg.Length(c.side)
		lo, hi := vg.Length(math.Inf(1)), vg.Length(0)
		for k := range f.panels[0] {
			f.panels[0][k].draw = func(c draw.Canvas, _, _ func(float64) vg.Length) { lo, hi = min(lo, c.Min.X), max(hi, c.Max.X) }
		}
		for _, text := range onPaper(f, 450) {
			if b := box(text); text.String == "across" && math.Abs(float64((b.Min.X+b.Max.X)/2-(lo+hi)/2)) > .01 {
				t.Errorf("%d panels with %d at their sides: the name stands around %v, the panels around %v", c.columns, c.side, (b.Min.X+b.Max.X)/2, (lo+hi)/2)
			}
		}
	}
}

// TestFacetsEmptyPanel: a panel without data says why.
func TestFacetsEmptyPanel(t *testing.T) {
	f := grid(1, 2)
	f.panels[0][1].none = "no account"
	if !slices.ContainsFunc(onPaper(f, 300), func(t ink.Text) bool { return t.String == "no account" }) {
		t.Error("the reason is missing")
	}
}

// TestFacetsTextsKeepApart: whatever the heads and the size, texts stay on the
// canvas and apart.
func TestFacetsTextsKeepApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, columns := rapid.IntRange(1, 4).Draw(t, "rows"), rapid.IntRange(1, 5).Draw(t, "columns")
		f := grid(rows, columns)
		f.area = vg.Length(rapid.Float64Range(20, 90).Draw(t, "area"))
		f.side = vg.Length(rapid.Float64Range(0, 20).Draw(t, "side"))
		word := rapid.StringOfN(rapid.RuneFrom([]rune("ab W")), 0, 40, -1)
		if rapid.Bool().Draw(t, "heads of their own") {
			for _, r := range f.panels {
				for k := range r {
					r[k].head = word.Draw(t, "head")
				}
			}
		} else {
			for range columns {
				f.columns = append(f.columns, word.Draw(t, "column"))
			}
			for range rows {
				f.rows = append(f.rows, word.Draw(t, "row"))
			}
		}
		width := vg.Length(rapid.Float64Range(230, 500).Draw(t, "width"))
		texts := onPaper(f, width)
		for i, a := range texts {
			ra := box(a)
			if ra.Min.X < -.3 || ra.Max.X > width+.3 || ra.Min.Y < -.3 || ra.Max.Y > f.height(width)+.3 {
				t.Errorf("%q leaves the canvas: %v on %v x %v", a.String, ra, width, f.height(width))
			}
			for _, b := range texts[i+1:] {
				rb := box(b)
				if ra.Min.X < rb.Max.X-.3 && rb.Min.X < ra.Max.X-.3 && ra.Min.Y < rb.Max.Y-.3 && rb.Min.Y < ra.Max.Y-.3 {
					t.Errorf("%q and %q overlap: %v, %v", a.String, b.String, ra, rb)
				}
			}
		}
	})
}

// TestPerRow: panels fill rows evenly, each as wide as it must be.
func TestPerRow(t *testing.T) {
	for _, c := range []struct {
		n    int
		want int
	}{{1, 1}, {2, 2}, {3, 3}, {4, 2}, {5, 3}, {7, 3}} {
		if got := perRow(c.n, 480, 150); got != c.want {
			t.Errorf("%d panels: got %d in a row, want %d", c.n, got, c.want)
		}
	}
	if got := perRow(4, 200, 150); got != 1 {
		t.Errorf("got %d in a narrow row, want 1", got)
	}
	if got := wrapped(make([]facet, 5), 3); len(got) != 2 || len(got[0]) != 3 || len(got[1]) != 2 {
		t.Errorf("5 panels in rows of 3: %v", got)
	}
}
