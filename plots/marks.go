package plots

import (
	"image/color"
	"math"

	"gonum.org/v1/plot/vg"
)

// shape is the form of a mark.
type shape int

const (
	circle shape = iota
	triangle
	square
	diamond
	star
	pentagon
	downTriangle
	bar
	halfDisc
	saltire // an x
)

// mark draws a shape of about the area of a circle with the given radius.
// Hollow shapes are outlines on white.
func drawMark(c vg.Canvas, s shape, x, y, r vg.Length, col color.Color, hollow bool) {
	if s == saltire {
		for k := range 2 {
			a := math.Pi/4 + float64(k)*math.Pi/2
			dx, dy := r*1.15*vg.Length(math.Cos(a)), r*1.15*vg.Length(math.Sin(a))
			strokeLine(c, x-dx, y-dy, x+dx, y+dy, r*.55, col)
		}
		return
	}
	p := outlineOf(s, x, y, r)
	c.SetColor(paper)
	c.SetLineDash(nil, 0)
	if hollow {
		c.Fill(p)
		c.SetColor(col)
		c.SetLineWidth(1)
		c.Stroke(p)
		return
	}
	c.SetLineWidth(1)
	c.Stroke(p) // a white rim keeps neighbours apart
	c.SetColor(col)
	c.Fill(p)
}

func outlineOf(s shape, x, y, r vg.Length) vg.Path {
	polygon := func(n int, radius vg.Length, start float64, inner float64) vg.Path {
		var p vg.Path
		for i := range n {
			at := radius
			if i%2 == 1 {
				at *= vg.Length(inner)
			}
			a := start + 2*math.Pi*float64(i)/float64(n)
			q := vg.Point{X: x + at*vg.Length(math.Cos(a)), Y: y + at*vg.Length(math.Sin(a))}
			if i == 0 {
				p.Move(q)
			} else {
				p.Line(q)
			}
		}
		p.Close()
		return p
	}
	const up = math.Pi / 2
	switch s {
	case triangle:
		return polygon(3, r*1.35, up, 1)
	case downTriangle:
		return polygon(3, r*1.35, -up, 1)
	case square:
		return polygon(4, r*1.25, math.Pi/4, 1)
	case diamond:
		return polygon(4, r*1.3, up, 1)
	case pentagon:
		return polygon(5, r*1.15, up, 1)
	case star:
		return polygon(10, r*1.45, up, .5)
	case halfDisc:
		var p vg.Path
		foot := y - r*.6
		p.Move(vg.Point{X: x + r*1.35, Y: foot})
		p.Arc(vg.Point{X: x, Y: foot}, r*1.35, 0, math.Pi)
		p.Close()
		return p
	case bar:
		return vg.Rectangle{Min: vg.Point{X: x - r*1.2, Y: y - r*.5}, Max: vg.Point{X: x + r*1.2, Y: y + r*.5}}.Path()
	}
	var p vg.Path
	p.Move(vg.Point{X: x + r, Y: y})
	p.Arc(vg.Point{X: x, Y: y}, r, 0, 2*math.Pi)
	p.Close()
	return p
}

// drawTick draws a check mark, drawCross an x, and drawDash a dash: the signs
// of a verdict, as shapes, since few fonts have them.
func drawTick(c vg.Canvas, x, y, r vg.Length, col color.Color) {
	c.SetColor(col)
	c.SetLineWidth(r * .45)
	c.SetLineDash(nil, 0)
	var p vg.Path
	p.Move(vg.Point{X: x - r, Y: y})
	p.Line(vg.Point{X: x - r*.25, Y: y - r*.8})
	p.Line(vg.Point{X: x + r, Y: y + r*.9})
	c.Stroke(p)
}

func drawDash(c vg.Canvas, x, y, r vg.Length, col color.Color) {
	strokeLine(c, x-r*.8, y, x+r*.8, y, r*.45, col)
}

// hatch fills a rectangle with thin rising lines, apart from each other by the
// given points.
func hatch(c vg.Canvas, r vg.Rectangle, apart vg.Length) {
	w, h := r.Max.X-r.Min.X, r.Max.Y-r.Min.Y
	for s := apart / 2; s < w+h; s += apart {
		// The line through x - y = s - h, from the left or lower edge to the right or upper one.
		x0, y0 := max(0, s-h), max(0, h-s)
		x1, y1 := min(w, s), min(h, h-s+w)
		strokeLine(c, r.Min.X+x0, r.Min.Y+y0, r.Min.X+x1, r.Min.Y+y1, .5, hatchGrey)
	}
}

// hatchGrey is light enough that hatched cells recede behind tiles.
var hatchGrey = color.NRGBA{0xc4, 0xc4, 0xc4, 0xff}

// name is what a caption calls a shape.
func (s shape) name() string {
	return [...]string{"circle", "triangle", "square", "diamond", "star", "pentagon", "inverted triangle", "bar", "half circle", "x"}[s]
}
