package plots

import (
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"

	"diplometrics/plots/ink"
)

// box is the rectangle that a text covers on the page: from below the baseline
// by the depth of a comma to the height of capitals.
func box(t ink.Text) vg.Rectangle {
	w := ink.Width(t.String, t.Size, t.Bold)
	lo, hi := -.15*t.Size, .72*t.Size
	sin, cos := math.Sincos(t.Angle)
	r := vg.Rectangle{Min: vg.Point{X: vg.Length(math.Inf(1)), Y: vg.Length(math.Inf(1))}, Max: vg.Point{X: vg.Length(math.Inf(-1)), Y: vg.Length(math.Inf(-1))}}
	for _, p := range [][2]float64{{0, lo}, {w, lo}, {0, hi}, {w, hi}} {
		x, y := vg.Length(t.X+p[0]*cos-p[1]*sin), vg.Length(t.Y+p[0]*sin+p[1]*cos)
		r.Min.X, r.Max.X = min(r.Min.X, x), max(r.Max.X, x)
		r.Min.Y, r.Max.Y = min(r.Min.Y, y), max(r.Max.Y, y)
	}
	return r
}

// Clashes says which texts of the page leave it, cover each other, or have a
// letter that the typeface lacks; none does on a page that can be printed.
func (p *Page) Clashes() (out []string) {
	texts := p.drawing().Texts()
	slack, margin := vg.Length(.3), margin*vg.Length(p.zoom)
	for i, a := range texts {
		ra := box(a)
		if ra.Min.X < margin-slack || ra.Min.Y < 0 || ra.Max.X > p.Width-margin+slack || ra.Max.Y > p.Height {
			out = append(out, fmt.Sprintf("%q leaves the page: %v on %v x %v", a.String, ra, p.Width, p.Height))
		}
		for _, b := range texts[i+1:] {
			rb := box(b)
			if ra.Min.X < rb.Max.X-slack && rb.Min.X < ra.Max.X-slack && ra.Min.Y < rb.Max.Y-slack && rb.Min.Y < ra.Max.Y-slack {
				out = append(out, fmt.Sprintf("%q and %q overlap: %v, %v", a.String, b.String, ra, rb))
			}
		}
		for _, r := range a.String {
			if !ink.Has(r) {
				out = append(out, fmt.Sprintf("%q has the letter %q, which the typeface lacks", a.String, r))
			}
		}
	}
	return out
}
