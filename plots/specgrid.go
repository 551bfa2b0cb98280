package plots

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// specGrid is a plot of specifications: the same differences made in several
// ways. A band is a measure with its own axis; in it, panels stand side by side,
// one a difference, and rows go through all of them, one a way of making it.
type specGrid struct {
	bands []specBand
}

// specBand is a measure: its panels share an axis and the rows.
type specBand struct {
	head, axis string
	rows       []string
	panels     []specPanel
	ticks      plot.ConstantTicks // the first and last are the ends of the axis
	log        bool
	none       float64 // where there is no difference
	places     int     // panels that fit side by side, at least as many as there are
}

// specPanel is one difference; marks are in the order of the rows of its band.
type specPanel struct {
	head, note string
	marks      []specMark
}

// specMark is a difference made in one way, with its interval, or the range of
// many such differences. Nothing is drawn where it is absent.
type specMark struct {
	at, low, high float64
	absent, bare  bool // bare: without an interval
	ranged        bool // low and high are the least and the greatest of many
	look          look
}

const (
	specHead  = 27 // points, above the rows of a band: head of the band and of the panels
	specPitch = 12.5
	specGap   = 12
	specLabel = 104 // for the names of rows
)

func (b specBand) height() vg.Length {
	return headPitch + specHead + specPitch*vg.Length(len(b.rows)) + axisRoom
}

func (g *specGrid) height() vg.Length {
	h := -vg.Length(specGap)
	for _, b := range g.bands {
		h += b.height() + specGap
	}
	return h
}

func (g *specGrid) draw(c draw.Canvas) {
	for _, b := range g.bands {
		band := c
		band.Min.Y = c.Max.Y - b.height()
		b.draw(band)
		c.Max.Y = band.Min.Y - specGap
	}
}

func (b specBand) draw(c draw.Canvas) {
	write(c, elide(b.head, c.Max.X-c.Min.X, headType), c.Min.X, c.Max.Y-headPitch+4.5, left, headType)
	strokeLine(c, c.Min.X, c.Max.Y-headPitch+1, c.Max.X, c.Max.Y-headPitch+1, .5, midGrey)
	c.Max.Y -= headPitch
	top := c.Max.Y - specHead
	for i, label := range b.rows {
		write(c, elide(label, specLabel, bodyType), c.Min.X, top-specPitch*(vg.Length(i)+.5)-bodyType.capHeight()/2, left, bodyType)
	}
	right := c
	right.Min.X += specLabel + 6
	shares := make([]float64, max(b.places, len(b.panels)))
	for i := range shares {
		shares[i] = 1
	}
	for i, area := range columns(right, 14, shares...)[:len(b.panels)] {
		b.panel(area, b.panels[i])
	}
}

// panel draws one difference.
func (b specBand) panel(c draw.Canvas, s specPanel) {
	width := c.Max.X - c.Min.X
	write(c, elide(s.head, width, boldType), c.Min.X, c.Max.Y-10, left, boldType)
	write(c, elide(s.note, width, tickType), c.Min.X, c.Max.Y-20, left, tickType)
	top := c.Max.Y - specHead
	p := newPanel()
	p.HideY()
	ticks, _ := along(p, b.ticks, !b.log, false)
	const inset = 7
	p.X.Tick.Marker = thinned(ticks, p.X, width-2*inset-8)
	p.Add(drawn(func(area draw.Canvas, pl *plot.Plot) {
		x, _ := pl.Transforms(&area)
		for i, m := range s.marks {
			y := top - specPitch*(vg.Length(i)+.5)
			strokeLine(c, c.Min.X, y, c.Max.X, y, .5, gridGrey)
			strokeLine(c, x(b.none), y-specPitch/2, x(b.none), y+specPitch/2, .8, midGrey)
			m.draw(c, x, y)
		}
	}))
	area := c
	area.Min.X, area.Max.X = c.Min.X+inset, c.Max.X-inset
	area.Max.Y = top
	area.Min.Y += axisLabelRoom
	p.Draw(area)
	write(c, elide(b.axis, width, tickType), (c.Min.X+c.Max.X)/2, c.Min.Y+2, centre, tickType)
}

// draw draws a mark at the height y.
func (m specMark) draw(c vg.Canvas, x func(float64) vg.Length, y vg.Length) {
	switch {
	case m.absent:
	case m.ranged:
		strokeLine(c, x(m.low), y, x(m.high), y, 4, m.look.color)
		for _, end := range []float64{m.low, m.high} {
			strokeLine(c, x(end), y-4, x(end), y+4, 1.2, m.look.color)
		}
	default:
		if !m.bare {
			strokeLine(c, x(m.low), y, x(m.high), y, 1.4, m.look.color)
		}
		drawMark(c, m.look.shape, x(m.at), y, 2.7, m.look.color, m.bare)
	}
}
