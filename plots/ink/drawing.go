// Package ink puts a drawing on paper. A Drawing records what gonum/plot draws
// as a flat list of filled shapes, stroked lines and texts in page
// coordinates, and writes that one list as SVG, PDF and PNG, so that the three
// cannot differ. All text is set in Liberation Sans, embedded in every file.
// The same drawing gives the same bytes, in every process.
package ink

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"strings"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// Drawing is a page that is drawn on. It is a vg.CanvasSizer: lengths are
// points, the origin is the lower left corner. Colours are opaque: a
// translucent one is mixed with white. Images cannot be drawn.
type Drawing struct {
	Title string // name of the page for readers and document lists
	Alt   string // what the page shows, for those who do not see it

	w, h  vg.Length
	marks []mark
	stack []state
}

// state is what Push saves and Pop restores.
type state struct {
	to     affine
	color  color.NRGBA
	width  float64
	dash   []float64
	offset float64
}

// kind says what a mark is.
type kind uint8

const (
	filled kind = iota
	stroked
	written
)

// mark is one thing on the page, in points from the lower left corner.
type mark struct {
	kind   kind
	color  color.NRGBA
	path   []segment // of filled and stroked
	width  float64   // of stroked
	dash   []float64
	offset float64
	text   Text // of written
}

// Text is a line of text on the page: where its baseline begins, the angle of
// the baseline (radians, counter-clockwise), and the size in points.
type Text struct {
	String string
	X, Y   float64
	Angle  float64
	Size   float64
	Bold   bool
}

// segment is a piece of a path: 'M' and 'L' use the first point, 'C' (cubic
// Bezier) all three, 'Z' (close) none.
type segment struct {
	op byte
	p  [3]point
}

type point struct{ x, y float64 }

// New returns an empty white page of the given size.
func New(w, h vg.Length) *Drawing {
	d := &Drawing{w: w, h: h, stack: []state{{to: affine{1, 0, 0, 1, 0, 0}}}}
	vg.Initialize(d)
	return d
}

// Size returns the width and height of the page.
func (d *Drawing) Size() (x, y vg.Length) { return d.w, d.h }

// Texts returns every text on the page in the order in which it was drawn.
func (d *Drawing) Texts() []Text {
	var all []Text
	for _, m := range d.marks {
		if m.kind == written {
			all = append(all, m.text)
		}
	}
	return all
}

// Finite tells whether every coordinate is a number within a mile of the page:
// what fills a path to nowhere never ends.
func (d *Drawing) Finite() error {
	const most = 1e6
	near := func(v float64) bool { return v > -most && v < most }
	for _, m := range d.marks {
		if m.kind == written {
			if !near(m.text.X) || !near(m.text.Y) || !near(m.text.Size) {
				return fmt.Errorf("ink: the text %q stands at %g, %g: the figure has a coordinate that is no place on the page", m.text.String, m.text.X, m.text.Y)
			}
			continue
		}
		for _, s := range m.path {
			for _, p := range s.p {
				if !near(p.x) || !near(p.y) {
					return fmt.Errorf("ink: a line or area goes to %g, %g: the figure has a coordinate that is no place on the page", p.x, p.y)
				}
			}
		}
	}
	return nil
}

func (d *Drawing) state() *state { return &d.stack[len(d.stack)-1] }

// SetLineWidth implements vg.Canvas.
func (d *Drawing) SetLineWidth(w vg.Length) { d.state().width = w.Points() }

// SetLineDash implements vg.Canvas.
func (d *Drawing) SetLineDash(pattern []vg.Length, offset vg.Length) {
	s := d.state()
	s.dash, s.offset = nil, offset.Points()
	for _, p := range pattern {
		s.dash = append(s.dash, p.Points())
	}
}

// SetColor implements vg.Canvas.
func (d *Drawing) SetColor(c color.Color) {
	if c == nil {
		c = color.Black
	}
	r, g, b, a := c.RGBA() // premultiplied: adding the rest of white mixes it with the paper
	white := 0xffff - a
	d.state().color = color.NRGBA{uint8((r + white) >> 8), uint8((g + white) >> 8), uint8((b + white) >> 8), 0xff}
}

// Rotate implements vg.Canvas.
func (d *Drawing) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	d.state().to = d.state().to.after(affine{cos, sin, -sin, cos, 0, 0})
}

// Translate implements vg.Canvas.
func (d *Drawing) Translate(p vg.Point) {
	d.state().to = d.state().to.after(affine{1, 0, 0, 1, p.X.Points(), p.Y.Points()})
}

// Scale implements vg.Canvas.
func (d *Drawing) Scale(x, y float64) { d.state().to = d.state().to.after(affine{x, 0, 0, y, 0, 0}) }

// Push implements vg.Canvas.
func (d *Drawing) Push() { d.stack = append(d.stack, *d.state()) }

// Pop implements vg.Canvas.
func (d *Drawing) Pop() { d.stack = d.stack[:len(d.stack)-1] }

// Stroke implements vg.Canvas.
func (d *Drawing) Stroke(p vg.Path) {
	s := d.state()
	if s.width > 0 && len(p) > 0 {
		d.marks = append(d.marks, mark{kind: stroked, color: s.color, path: s.to.flatten(p), width: s.width * s.to.zoom(), dash: s.dash, offset: s.offset})
	}
}

// Fill implements vg.Canvas.
func (d *Drawing) Fill(p vg.Path) {
	if len(p) > 0 {
		d.marks = append(d.marks, mark{kind: filled, color: d.state().color, path: d.state().to.flatten(p)})
	}
}

// FillString implements vg.Canvas. Of the face, only size and weight count.
// Tabs, line ends and other control characters become spaces, runs of spaces
// one; spaces that do not break stay.
func (d *Drawing) FillString(f font.Face, p vg.Point, s string) {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7f }), " ")
	if f.Font.Size <= 0 || s == "" {
		return
	}
	to := d.state().to
	at := to.apply(p.X.Points(), p.Y.Points())
	d.marks = append(d.marks, mark{kind: written, color: d.state().color, text: Text{
		String: s, X: at.x, Y: at.y, Angle: math.Atan2(to[1], to[0]),
		Size: f.Font.Size.Points() * to.zoom(), Bold: f.Font.Weight >= xfont.WeightSemiBold,
	}})
}

// DrawImage implements vg.Canvas. It panics: a drawing holds shapes and texts,
// which stay sharp at any size.
func (d *Drawing) DrawImage(vg.Rectangle, image.Image) { panic("ink: a drawing takes no images") }

// affine maps (x, y) to (a x + c y + e, b x + d y + f), as [a b c d e f].
type affine [6]float64

// after returns the map that applies n first and m after it.
func (m affine) after(n affine) affine {
	return affine{
		m[0]*n[0] + m[2]*n[1], m[1]*n[0] + m[3]*n[1],
		m[0]*n[2] + m[2]*n[3], m[1]*n[2] + m[3]*n[3],
		m[0]*n[4] + m[2]*n[5] + m[4], m[1]*n[4] + m[3]*n[5] + m[5],
	}
}

func (m affine) apply(x, y float64) point {
	return point{m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]}
}

// zoom is the factor by which the map scales lengths.
func (m affine) zoom() float64 { return math.Sqrt(math.Abs(m[0]*m[3] - m[1]*m[2])) }

// flatten returns the path in page coordinates, with arcs and quadratic curves
// as cubic ones.
func (m affine) flatten(p vg.Path) []segment {
	var out []segment
	var last, start vg.Point
	to := func(q vg.Point) point { return m.apply(q.X.Points(), q.Y.Points()) }
	cubic := func(c1, c2, end vg.Point) {
		out = append(out, segment{op: 'C', p: [3]point{to(c1), to(c2), to(end)}})
		last = end
	}
	line := func(q vg.Point) {
		op := byte('L')
		if len(out) == 0 {
			op, start = 'M', q
		}
		out = append(out, segment{op: op, p: [3]point{to(q)}})
		last = q
	}
	for _, c := range p {
		switch c.Type {
		case vg.MoveComp:
			out = append(out, segment{op: 'M', p: [3]point{to(c.Pos)}})
			last, start = c.Pos, c.Pos
		case vg.LineComp:
			line(c.Pos)
		case vg.ArcComp:
			if first := onCircle(c, c.Start); len(out) == 0 || first != last {
				line(first)
			}
			// A cubic follows a quarter of a circle to 1/3700 of its radius.
			n := max(1, int(math.Ceil(math.Abs(c.Angle)/(math.Pi/2)-1e-9)))
			step := c.Angle / float64(n)
			reach := vg.Length(4. / 3 * math.Tan(step/4))
			for i := range n {
				a0 := c.Start + step*float64(i)
				a1 := a0 + step
				p0, p1 := onCircle(c, a0), onCircle(c, a1)
				cubic(p0.Add(tangent(c, a0).Scale(reach)), p1.Sub(tangent(c, a1).Scale(reach)), p1)
			}
		case vg.CurveComp:
			if len(c.Control) == 2 {
				cubic(c.Control[0], c.Control[1], c.Pos)
			} else {
				q := c.Control[0]
				cubic(last.Add(q.Sub(last).Scale(2./3)), c.Pos.Add(q.Sub(c.Pos).Scale(2./3)), c.Pos)
			}
		case vg.CloseComp:
			out = append(out, segment{op: 'Z'})
			last = start
		}
	}
	return out
}

func onCircle(c vg.PathComp, angle float64) vg.Point {
	return c.Pos.Add(vg.Point{X: c.Radius * vg.Length(math.Cos(angle)), Y: c.Radius * vg.Length(math.Sin(angle))})
}

func tangent(c vg.PathComp, angle float64) vg.Point {
	return vg.Point{X: -c.Radius * vg.Length(math.Sin(angle)), Y: c.Radius * vg.Length(math.Cos(angle))}
}
