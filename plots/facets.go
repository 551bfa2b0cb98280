package plots

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// facets is a grid of panels with the same two axes, so that each can be held
// against every other. Tick labels stand at the outer panels only: under the
// lowest of each column and left of the first of each row. Ticks and grid
// lines are in all.
type facets struct {
	columns []string  // heads above the columns; none where panels have heads of their own
	rows    []string  // heads above the rows, at their left; none likewise
	panels  [][]facet // by row and column; a row may be shorter than the first
	x, y    facetAxis
	side    vg.Length // at the right of each panel, for the labels of its lines
	lead    vg.Length // above the panels of rows in which one has a lead
	area    vg.Length // height of the part of each panel that has the axes
}

// facet is one panel of facets.
type facet struct {
	head string
	none string // says in the panel why nothing is drawn
	lead func(c draw.Canvas)
	draw func(c draw.Canvas, x, y func(float64) vg.Length)
}

// facetAxis is an axis that all panels share.
type facetAxis struct {
	name   string
	ticks  plot.ConstantTicks
	lo, hi float64
	scale  plot.Normalizer // nil: linear
	rail   float64         // share of a vertical axis that a rail for zeros takes; 0: none
}

const (
	facetGap    = 15 // points between panels
	facetPad    = 6  // above a row of panels that has no head
	facetIndent = 5  // points between labels of ticks and panels
)

// wrapped lays panels out in rows of n.
func wrapped(panels []facet, n int) [][]facet {
	var out [][]facet
	for len(panels) > n {
		out, panels = append(out, panels[:n]), panels[n:]
	}
	return append(out, panels)
}

// perRow is how many of n panels, each at least so wide with its side, stand in
// a row of the width; rows are made as even as may be.
func perRow(n int, width, least vg.Length) int {
	most := max(1, int((width+facetGap)/(least+facetGap)))
	rows := (n + most - 1) / most
	return (n + rows - 1) / max(rows, 1)
}

// axis is the axis as gonum/plot has it.
func (a facetAxis) axis() plot.Axis {
	out := plot.Axis{Min: a.lo, Max: a.hi, Scale: a.scale}
	if a.scale == nil {
		out.Scale = plot.LinearScale{}
	}
	return out
}

// ladder are the ticks, with one for zero where there is a rail.
func (a facetAxis) ladder() plot.ConstantTicks {
	if a.rail == 0 {
		return a.ticks
	}
	return append(plot.ConstantTicks{{Value: 0, Label: "0"}}, a.ticks...)
}

// snugLog is a logarithmic axis that ends a little beyond lo and hi, which are
// above 0, or at the ticks that enclose them where fewer than two lie between.
func snugLog(name string, lo, hi float64) facetAxis {
	const beyond = 1.15
	a := facetAxis{name: name, lo: lo / beyond, hi: hi * beyond, scale: railScale{}}
	all := logTicks(lo, hi)
	for _, t := range all {
		if t.Value >= a.lo && t.Value <= a.hi {
			a.ticks = append(a.ticks, t)
		}
	}
	if len(a.ticks) < 2 {
		a.ticks, a.lo, a.hi = all, all[0].Value, all[len(all)-1].Value
	}
	return a
}

// placed is a text on a line: what it covers of the line, and where it begins.
type placed struct {
	text   string
	lo, hi vg.Length
	tick   plot.Tick
}

// apartFrom keeps of labels in order those that leave a distance: all, or those
// at powers of ten, or every second, third ...
func apartFrom(all []placed, distance vg.Length) []placed {
	fits := func(some []placed) bool {
		for i := 1; i < len(some); i++ {
			if some[i].lo < some[i-1].hi+distance {
				return false
			}
		}
		return true
	}
	if fits(all) {
		return all
	}
	var powers []placed
	for _, p := range all {
		if l := math.Log10(p.tick.Value); p.tick.Value == 0 || math.Abs(l-math.Round(l)) < 1e-9 {
			powers = append(powers, p)
		}
	}
	if len(powers) > 2 && fits(powers) {
		return powers
	}
	for step := 2; ; step++ {
		var some []placed
		for i := 0; i < len(all); i += step {
			some = append(some, all[i])
		}
		if len(some) < 2 || fits(some) {
			return some
		}
	}
}

// acrossLabels places the labels of the horizontal axis in a panel from x0 to
// x1, kept from lo to hi.
func (a facetAxis) acrossLabels(x0, x1, lo, hi vg.Length) []placed {
	axis := a.axis()
	var all []placed
	for _, t := range a.ladder() {
		if t.Label == "" {
			continue
		}
		w := textWidth(t.Label, tickType)
		at := x0 + vg.Length(axis.Norm(t.Value))*(x1-x0) - w/2
		at = max(lo, min(at, hi-w))
		all = append(all, placed{t.Label, at, at + w, t})
	}
	return apartFrom(all, 4)
}

// upLabels places the labels of the vertical axis in a panel from y0 to y1.
func (a facetAxis) upLabels(y0, y1 vg.Length) []placed {
	axis := a.axis()
	var all []placed
	for _, t := range a.ladder() {
		if t.Label == "" {
			continue
		}
		at := y0 + vg.Length(axis.Norm(t.Value))*(y1-y0) - tickType.capHeight()/2
		all = append(all, placed{t.Label, at, at + tickType.capHeight(), t})
	}
	slices.SortStableFunc(all, func(a, b placed) int { return cmp.Compare(a.lo, b.lo) })
	return apartFrom(all, 2)
}

func (f *facets) count() int {
	n := len(f.columns)
	for _, r := range f.panels {
		n = max(n, len(r))
	}
	return n
}

// left is the room for the labels of the vertical axis.
func (f *facets) left() vg.Length {
	var texts []string
	for _, t := range f.y.ladder() {
		texts = append(texts, t.Label)
	}
	if w := widest(texts, tickType); w > 0 {
		return w + facetIndent
	}
	return 0
}

// panelWidth is the width of the part of each panel that has the axes, on a
// canvas of the width.
func (f *facets) panelWidth(width vg.Length) vg.Length {
	n := vg.Length(f.count())
	return (width-f.left()-facetGap*(n-1))/n - f.side
}

// headLines are the lines of a head over a panel: two at most.
func (f *facets) headLines(head string, width vg.Length) []string {
	return wrapTo(head, f.panelWidth(width)+f.side, 2, headType)
}

// countryHeads sets the names of countries as heads of the columns, once the
// panels are there; where a name would be broken, the codes, and the note then
// says what they mean.
func (f *facets) countryHeads(countries []string, width vg.Length) (note string) {
	var names, codes []string
	whole := true
	for _, c := range countries {
		name := countryName(datasets.Some(c))
		names, codes = append(names, name), append(codes, c+" "+name)
		whole = whole && widest(strings.Fields(name), headType) <= f.panelWidth(width)+f.side
	}
	if whole {
		f.columns = names
		return ""
	}
	f.columns = countries
	return "Columns: " + list(codes) + "."
}

// columnHeads is the height of the heads of columns.
func (f *facets) columnHeads(width vg.Length) vg.Length {
	h := vg.Length(0)
	for _, head := range f.columns {
		h = max(h, lines(f.headLines(head, width), headType)+3)
	}
	return h
}

// rowTop is the height of what stands above the axes of row i.
func (f *facets) rowTop(i int, width vg.Length) vg.Length {
	h, lead := vg.Length(0), vg.Length(0)
	for _, p := range f.panels[i] {
		if p.lead != nil {
			lead = f.lead
		}
		if p.head != "" {
			h = max(h, lines(f.headLines(p.head, width), headType)+3)
		}
	}
	if i < len(f.rows) && f.rows[i] != "" {
		h += headType.leading() + 5
	}
	return max(h, facetPad) + lead
}

func (f *facets) nameLine(name string) vg.Length {
	if name == "" {
		return 0
	}
	return tickType.leading() + 2
}

// height of the grid on a canvas of the width.
func (f *facets) height(width vg.Length) vg.Length {
	h := f.columnHeads(width) + f.nameLine(f.y.name) + f.nameLine(f.x.name) + tickType.leading() + 4
	for i := range f.panels {
		h += f.rowTop(i, width) + f.area
		if i > 0 {
			h += facetGap
		}
	}
	return h
}

// lowest reports whether no panel stands below that of row i and column k.
func (f *facets) lowest(i, k int) bool {
	return i == len(f.panels)-1 || k >= len(f.panels[i+1])
}

// draw draws the grid from the upper edge of the canvas down.
func (f *facets) draw(c draw.Canvas) {
	width := c.Max.X - c.Min.X
	w := f.panelWidth(width)
	at := func(k int) vg.Length { return c.Min.X + f.left() + vg.Length(k)*(w+f.side+facetGap) }
	y := c.Max.Y
	if f.y.name != "" {
		write(c, elide(f.y.name, width, tickType), c.Min.X, y-tickType.leading()+2, left, tickType)
		y -= f.nameLine(f.y.name)
	}
	for k, head := range f.columns {
		paragraph(c, f.headLines(head, width), at(k), y, headType)
	}
	y -= f.columnHeads(width)
	for i, row := range f.panels {
		if i > 0 {
			y -= facetGap
		}
		top := y
		if i < len(f.rows) && f.rows[i] != "" {
			write(c, elide(f.rows[i], width, headType), c.Min.X, top-headType.leading()+2, left, headType)
			top -= headType.leading() + 5
		}
		y -= f.rowTop(i, width)
		for k, p := range row {
			paragraph(c, f.headLines(p.head, width), at(k), top, headType)
			area := c
			area.Min, area.Max = vg.Point{X: at(k), Y: y - f.area}, vg.Point{X: at(k) + w, Y: y}
			if p.lead != nil {
				over := area
				over.Min.Y, over.Max.Y = y, y+f.lead
				over.Max.X += f.side
				p.lead(over)
			}
			f.panel(area, p, k == 0)
			if f.lowest(i, k) {
				lo, hi := max(c.Min.X, at(k)-facetGap/3), min(c.Max.X, at(k)+w+facetGap/3)
				for _, l := range f.x.acrossLabels(at(k), at(k)+w, lo, hi) {
					write(c, l.text, l.lo, area.Min.Y-5-tickType.capHeight(), left, tickType)
				}
			}
		}
		y -= f.area
	}
	name := elide(f.x.name, width, tickType)
	half := textWidth(name, tickType) / 2
	middle := (at(0) + at(f.count()-1) + w) / 2
	write(c, name, min(max(middle, c.Min.X+half), c.Max.X-half), c.Min.Y+2, centre, tickType)
}

// panel draws the axes of one panel and what it shows.
func (f *facets) panel(c draw.Canvas, p facet, first bool) {
	across, up := f.x.axis(), f.y.axis()
	x := func(v float64) vg.Length { return c.Min.X + vg.Length(across.Norm(v))*(c.Max.X-c.Min.X) }
	y := func(v float64) vg.Length { return c.Min.Y + vg.Length(up.Norm(v))*(c.Max.Y-c.Min.Y) }
	for _, l := range f.y.upLabels(c.Min.Y, c.Max.Y) {
		line := gridGrey
		if f.y.rail > 0 && l.tick.Value == 0 {
			line = midGrey
		}
		strokeLine(c, c.Min.X, y(l.tick.Value), c.Max.X, y(l.tick.Value), .5, line)
		if first {
			write(c, l.text, c.Min.X-facetIndent, l.lo, right, tickType)
		}
	}
	strokeLine(c, c.Min.X, c.Min.Y, c.Max.X, c.Min.Y, .6, midGrey)
	for _, t := range f.x.ladder() {
		strokeLine(c, x(t.Value), c.Min.Y, x(t.Value), c.Min.Y-2.5, .5, midGrey)
	}
	if p.draw == nil {
		texts := wrapTo(p.none, c.Max.X-c.Min.X, 2, tickType)
		x, y := (c.Min.X+c.Max.X)/2, (c.Min.Y+c.Max.Y)/2
		width, height := widest(texts, tickType)/2+2, tickType.leading()*vg.Length(len(texts))/2
		fillRect(c, x-width, y-height, x+width, y+height, paper)
		for i, text := range texts {
			write(c, text, x, y-tickType.capHeight()/2+tickType.leading()*(vg.Length(len(texts)-1)/2-vg.Length(i)), centre, tickType)
		}
		return
	}
	p.draw(c, x, y)
}
