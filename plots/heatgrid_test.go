package plots

import (
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/plots/ink"
)

// TestHeatGrid: each text of the grid is drawn, a hatched or an empty cell has
// none, and nothing leaves the canvas.
func TestHeatGrid(t *testing.T) {
	g := heatGrid{columns: []string{"likes", "quotes", "views"}, last: "posts", rows: []heatRow{
		{group: "X", label: "A", cells: []heatCell{{share: 1, text: "100"}, {hatched: true}, {}}, last: "12"},
		{group: "X", label: "B", cells: []heatCell{{share: .5, text: "50"}, {hatched: true}, {share: 0, text: "0"}}, last: "9"},
	}}
	page := ink.New(200, g.height())
	g.draw(draw.Canvas{Canvas: page, Rectangle: vg.Rectangle{Max: vg.Point{X: 200, Y: g.height()}}})
	got := map[string]int{}
	for _, text := range page.Texts() {
		got[text.String]++
		if b := box(text); b.Min.X < 0 || b.Min.Y < 0 || b.Max.X > 200 || b.Max.Y > g.height() {
			t.Errorf("%q leaves the canvas: %v", text.String, b)
		}
	}
	for _, want := range []string{"likes", "quotes", "views", "posts", "X", "A", "B", "100", "50", "0", "12", "9"} {
		if got[want] != 1 {
			t.Errorf("%q is drawn %d times, want once", want, got[want])
		}
	}
	if len(page.Texts()) != 12 {
		t.Errorf("%d texts, want 12", len(page.Texts()))
	}
}

func TestHeatShade(t *testing.T) {
	if heatShade(0).R != 0xff || heatShade(1).R != 0xb4 || heatShade(.5).R >= heatShade(.2).R {
		t.Error("want white for 0, darker for more, and the darkest for 1")
	}
}
