package plots

import (
	"image/color"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// heatGrid is a plot of shaded cells in rows and columns, each with its number:
// the shade helps the eye, the number and the hatching carry the meaning.
type heatGrid struct {
	columns []string
	last    string // head of a column of text at the right; empty: there is none
	rows    []heatRow
}

// heatRow is one row; group is written where it differs from the row above.
type heatRow struct {
	group, label string
	cells        []heatCell
	last         string
}

// heatCell is a cell: a share from 0 to 1 with its text, hatched where there can
// be none, and empty where nothing is known.
type heatCell struct {
	share   float64
	text    string
	hatched bool
}

const (
	heatPitch = 13.5 // points
	heatGroup = 5    // between groups
)

func (g *heatGrid) height() vg.Length {
	h := labelType.leading() + 5
	for i := range g.rows {
		h += heatPitch
		if i > 0 && g.rows[i-1].group != g.rows[i].group {
			h += heatGroup
		}
	}
	return h
}

func (g *heatGrid) draw(c draw.Canvas) {
	var groups, labels, last []string
	for _, r := range g.rows {
		groups, labels, last = append(groups, r.group), append(labels, r.label), append(last, r.last)
	}
	width := c.Max.X - c.Min.X
	first := min(widest(groups, boldType), width*.2)
	second := min(widest(labels, bodyType), width*.25)
	end := vg.Length(0)
	if g.last != "" {
		end = widest(append(last, g.last), labelType) + 8
	}
	x0 := c.Min.X + first + 8 + second + 8
	cell := (c.Max.X - end - x0) / vg.Length(len(g.columns))
	y := c.Max.Y - labelType.leading()
	for i, name := range g.columns {
		write(c, elide(name, cell, labelType), x0+cell*(vg.Length(i)+.5), y, centre, labelType)
	}
	if g.last != "" {
		write(c, g.last, c.Max.X, y, right, labelType)
	}
	y -= 5
	for i, r := range g.rows {
		if i == 0 || g.rows[i-1].group != r.group {
			if i > 0 {
				y -= heatGroup
			}
			write(c, elide(r.group, first, boldType), c.Min.X, y-heatPitch/2-boldType.capHeight()/2, left, boldType)
		}
		mid := y - heatPitch/2
		write(c, elide(r.label, second, bodyType), c.Min.X+first+8, mid-bodyType.capHeight()/2, left, bodyType)
		for k, v := range r.cells {
			x := x0 + cell*vg.Length(k)
			v.draw(c, vg.Rectangle{Min: vg.Point{X: x + .75, Y: y - heatPitch + .75}, Max: vg.Point{X: x + cell - .75, Y: y - .75}})
		}
		if r.last != "" {
			write(c, r.last, c.Max.X, mid-labelType.capHeight()/2, right, labelType)
		}
		y -= heatPitch
	}
}

// draw draws a cell in its box.
func (v heatCell) draw(c vg.Canvas, box vg.Rectangle) {
	switch {
	case v.hatched:
		hatch(c, box, 4)
		frame(c, box)
	case v.text == "":
		return
	default:
		c.SetColor(heatShade(v.share))
		c.Fill(box.Path())
		frame(c, box)
	}
	if v.text != "" {
		write(c, v.text, (box.Min.X+box.Max.X)/2, (box.Min.Y+box.Max.Y)/2-labelType.capHeight()/2, centre, labelType)
	}
}

// heatShade is white for 0 and a grey for 1 on which black text can be read.
func heatShade(share float64) color.NRGBA {
	const darkest = 0xb4
	v := uint8(0xff - max(0, min(1, share))*(0xff-darkest) + .5)
	return color.NRGBA{v, v, v, 0xff}
}

// frame draws the edge of a cell.
func frame(c vg.Canvas, box vg.Rectangle) {
	c.SetColor(midGrey)
	c.SetLineWidth(.4)
	c.SetLineDash(nil, 0)
	c.Stroke(box.Path())
}
