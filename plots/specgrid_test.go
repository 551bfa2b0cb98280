package plots

import (
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/plots/ink"
)

// TestSpecGrid: every head, row and axis is written once a panel or band, and
// nothing leaves the canvas that the plot asks for.
func TestSpecGrid(t *testing.T) {
	marks := []specMark{{at: 1, low: .5, high: 2, look: printedLook}, {absent: true}, {low: .8, high: 1.2, ranged: true, look: printedLook}}
	ticks := plot.ConstantTicks{{Value: .3, Label: "0.3"}, {Value: 1, Label: "1"}, {Value: 3, Label: "3"}}
	g := specGrid{bands: []specBand{
		{head: "Rate", axis: "ratio", rows: []string{"a", "b", "c"}, ticks: ticks, log: true, none: 1, places: 3,
			panels: []specPanel{{"P", "n 1", marks}, {"Q", "n 2", marks}}},
		{head: "Share", axis: "difference", rows: []string{"d"}, ticks: ticks, none: 0, panels: []specPanel{{"R", "n 3", marks[:1]}}},
	}}
	page := ink.New(480, g.height())
	g.draw(draw.Canvas{Canvas: page, Rectangle: vg.Rectangle{Max: vg.Point{X: 480, Y: g.height()}}})
	got := map[string]int{}
	for _, text := range page.Texts() {
		got[text.String]++
		if b := box(text); b.Min.X < -.1 || b.Min.Y < 0 || b.Max.X > 480.1 || b.Max.Y > g.height() {
			t.Errorf("%q leaves the canvas: %v", text.String, b)
		}
	}
	for text, want := range map[string]int{"Rate": 1, "Share": 1, "a": 1, "b": 1, "c": 1, "d": 1, "P": 1, "Q": 1, "R": 1, "ratio": 2, "difference": 1, "0.3": 3} {
		if got[text] != want {
			t.Errorf("%q is drawn %d times, want %d", text, got[text], want)
		}
	}
}
