package plots

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// pointInterval is a mark in the middle of a thick and a thin line, such as a
// median with the middle 66 and 95 % of what it is the median of. What is
// absent is not drawn.
type pointInterval struct {
	mid         datasets.Opt[float64]
	thick, thin datasets.Opt[[2]float64]
	look        look
	hollow      bool
	drop        vg.Length // below the middle of its row
}

// Widths of lines and the radius of marks, in points.
const (
	thinWidth  = vg.Length(1)
	thickWidth = vg.Length(2.8)
	pointSize  = vg.Length(2.3)
)

// stroke is a horizontal line of a point interval, in points.
type stroke struct{ from, to, width vg.Length }

// strokes returns the lines in the order in which they are drawn: the thick
// one lies on the thin one.
func (p pointInterval) strokes(x func(float64) vg.Length) []stroke {
	var out []stroke
	if p.thin.OK {
		out = append(out, stroke{x(p.thin.V[0]), x(p.thin.V[1]), thinWidth})
	}
	if p.thick.OK {
		out = append(out, stroke{x(p.thick.V[0]), x(p.thick.V[1]), thickWidth})
	}
	return out
}

// draw draws the interval of a row around the height y.
func (p pointInterval) draw(c draw.Canvas, x func(float64) vg.Length, y vg.Length) {
	y -= p.drop
	for _, s := range p.strokes(x) {
		strokeLine(c, s.from, y, s.to, y, s.width, p.look.color)
	}
	if p.mid.OK {
		drawMark(c, p.look.shape, x(p.mid.V), y, pointSize, p.look.color, p.hollow)
	}
}

// values returns every number that the axis must reach.
func (p pointInterval) values() []float64 {
	var out []float64
	if p.mid.OK {
		out = append(out, p.mid.V)
	}
	for _, s := range []datasets.Opt[[2]float64]{p.thick, p.thin} {
		if s.OK {
			out = append(out, s.V[0], s.V[1])
		}
	}
	return out
}

// bounds joins the ends of an interval; absent unless both are there.
func bounds(lo, hi datasets.Opt[float64]) datasets.Opt[[2]float64] {
	if !lo.OK || !hi.OK {
		return datasets.None[[2]float64]()
	}
	return datasets.Some([2]float64{lo.V, hi.V})
}
