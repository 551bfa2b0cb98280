package plots

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// slopes is a slope chart: upright axes side by side with one logarithmic scale,
// and a line for each thing from its value on the first axis to that on the last.
// Zeros stand on a rail below, apart from the scale.
type slopes struct {
	heads []string // of the axes
	lines []slopeLine
}

// slopeLine is a thing: its values by axis, with a label at either end; a line
// without labels is context.
type slopeLine struct {
	values     []datasets.Opt[float64]
	left, tail string // of the first axis: a name, which is shortened for want of room, and what follows it
	right      string // of the last axis
	look       look
	strong     bool  // a thick line in the colour of the look, else a thin grey one
	first      shape // of the mark on the first axis
	hollow     bool  // that mark is an outline
}

const (
	slopePitch = 9.6 // points, of labels
	slopeLeast = 170 // height of the axes
	slopeHead  = 24
)

// height is what the chart needs, so that all labels have room.
func (s *slopes) height() vg.Length {
	labels := 0
	for _, l := range s.lines {
		if l.left != "" {
			labels++
		}
	}
	return slopeHead + max(slopeLeast, slopePitch*vg.Length(labels))
}

// scale returns the ends of the scale and whether there are zeros.
func (s *slopes) scale() (lo, hi float64, zero bool) {
	var values []float64
	for _, l := range s.lines {
		for _, v := range l.values {
			if v.OK {
				values = append(values, v.V)
			}
		}
	}
	lo, hi, zero = reachOf(values)
	if lo == hi {
		lo, hi = lo/2, hi*2
	}
	return lo, hi, zero
}

func (s *slopes) draw(c draw.Canvas) {
	p := newPanel()
	p.HideAxes()
	p.Y.Padding = 0
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.Add(drawn(func(c draw.Canvas, _ *plot.Plot) { s.chart(c) }))
	p.Draw(c)
}

func (s *slopes) chart(c draw.Canvas) {
	const lead = 12 // from an axis to its labels
	width := c.Max.X - c.Min.X
	var lefts, rights []string
	for _, l := range s.lines {
		lefts, rights = append(lefts, l.left+l.tail), append(rights, l.right)
	}
	leftWidth, rightWidth := min(widest(lefts, labelType), width*.45), min(widest(rights, labelType), width*.2)
	x0, x1 := c.Min.X+leftWidth+lead, c.Max.X-max(rightWidth+lead, 40)
	bottom, top := c.Min.Y+6, c.Max.Y-slopeHead-4
	lo, hi, zero := s.scale()
	floor := bottom
	if zero {
		floor += 14
	}
	y := func(v float64) vg.Length {
		if v <= 0 {
			return bottom
		}
		return floor + (top-floor)*vg.Length(math.Log(v/lo)/math.Log(hi/lo))
	}
	x := func(i int) vg.Length { return x0 + (x1-x0)*vg.Length(i)/vg.Length(max(1, len(s.heads)-1)) }
	for i, head := range s.heads {
		strokeLine(c, x(i), floor-3, x(i), top+3, .6, midGrey)
		if zero {
			strokeLine(c, x(i)-4, bottom, x(i)+4, bottom, .6, midGrey)
		}
		s.head(c, head, i, x(i))
	}
	for _, strong := range []bool{false, true} {
		for _, l := range s.lines {
			if l.strong == strong {
				l.draw(c, x, y)
			}
		}
	}
	s.ends(c, x(0), x(len(s.heads)-1), y, leftWidth, rightWidth)
}

// head writes the head of an axis: those at the ends keep within the canvas.
func (s *slopes) head(c draw.Canvas, text string, i int, x vg.Length) {
	a, room := centre, (c.Max.X-c.Min.X)*.3
	switch i {
	case 0:
		a, x = right, x+12
	case len(s.heads) - 1:
		a, x = right, c.Max.X
	}
	texts := wrapTo(text, room, 2, boldType)
	for k, t := range texts {
		write(c, t, x, c.Max.Y-8-boldType.leading()*vg.Length(k), a, boldType)
	}
}

// draw draws the line through the values that are known.
func (l slopeLine) draw(c vg.Canvas, x func(int) vg.Length, y func(float64) vg.Length) {
	col, width := midGrey, vg.Length(.7)
	if l.strong {
		col, width = l.look.color, 1.3
	}
	last := -1
	for i, v := range l.values {
		if !v.OK {
			continue
		}
		if last >= 0 {
			strokeLine(c, x(last), y(l.values[last].V), x(i), y(v.V), width, col)
		}
		last = i
	}
	for i, v := range l.values {
		switch {
		case !v.OK:
		case i == 0:
			drawMark(c, l.first, x(i), y(v.V), 2.7, printedLook.color, l.hollow)
		default:
			drawMark(c, l.look.shape, x(i), y(v.V), 2.3, l.look.color, false)
		}
	}
}

// ends writes the labels of both ends, apart from each other.
func (s *slopes) ends(c draw.Canvas, x0, x1 vg.Length, y func(float64) vg.Length, leftWidth, rightWidth vg.Length) {
	var lefts, rights []sideLabel
	for _, l := range s.lines {
		style := labelType.in(l.look.ink)
		if v := l.values[0]; v.OK && l.left != "" {
			lefts = append(lefts, sideLabel{at: y(v.V), text: elide(l.left, leftWidth-textWidth(l.tail, labelType), labelType) + l.tail, style: style})
		}
		if v := l.values[len(l.values)-1]; v.OK && l.right != "" {
			rights = append(rights, sideLabel{at: y(v.V), text: elide(l.right, rightWidth, labelType), style: style})
		}
	}
	lo, hi := c.Min.Y+4, c.Max.Y-slopeHead-3
	sideLabels(c, lefts, x0-3, right, lo, hi)
	sideLabels(c, rights, x1+3, left, lo, hi)
}
