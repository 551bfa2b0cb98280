package plots

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// dotRows is a plot of rows with marks along one horizontal axis: a label at
// the left, marks, spans and tags in the middle, columns of text at the right.
// Rows need no legend: everything is named where it is. Where the page is narrow,
// labels and columns stand above the marks of their row, which then have the
// whole width.
type dotRows struct {
	rows   []dotRow
	axis   string                // what the axis measures, with its unit
	ticks  plot.ConstantTicks    // of the axis; the first and last are its ends
	zero   bool                  // a rail for zeros at its left
	linear bool                  // the axis is not logarithmic
	scale  plot.Normalizer       // of a linear axis; nil: even
	rule   datasets.Opt[float64] // where a line across all rows stands, such as at no difference
	heads  []string              // heads of the columns at the right

	width   vg.Length // of the plot, set by fit
	stacked bool      // labels and columns stand above the marks; set by fit
}

// dotRow is one row, or the head of a group of rows.
type dotRow struct {
	label string
	head  bool
	spans []dotSpan
	dots  []dot
	swarm []dot // small marks above the middle of the row, set apart where they would touch
	left  tag   // beside the leftmost mark
	right tag   // beside the rightmost mark
	cells []string
	style typeStyle // of cells; the zero value is that of labels
	least vg.Length // height that the row has at least, for marks above each other
}

type dot struct {
	at     float64
	shape  shape
	look   look
	hollow bool
	size   vg.Length // radius in points; 0: the usual one
	rise   vg.Length // above the middle of the row
}

// dotSpan is a line from one value to another; open ones end in an arrow head:
// the value is at least that.
type dotSpan struct {
	from, to float64
	width    vg.Length
	look     look
	open     bool
	rise     vg.Length
}

// tag is a text beside a mark; a line end in it starts a second line.
type tag struct {
	text  string
	style typeStyle
}

func (t tag) lines() []string { return strings.Split(t.text, "\n") }

func (t tag) width() vg.Length { return widest(t.lines(), t.style) }

const (
	rowLabelMax   = 150 // points; longer labels take two lines
	rowPitch      = 12.5
	rowExtra      = 9.5 // of a second line
	headPitch     = 17
	axisRoom      = 30
	axisLabelRoom = 11
	stackedGap    = 7  // above and below the label of a stacked row
	rowGap        = 10 // between labels, marks and columns
	leastMarks    = 90 // of width that marks must have beside labels, columns and tags
	arrow         = 9  // length of the arrow of an open span
)

// fit returns the plot as it is set in the given width.
func (p *dotRows) fit(width vg.Length) *dotRows {
	q := *p
	q.width = width
	if q.marksWidth() >= leastMarks {
		return &q
	}
	q.stacked = true
	if q.marksWidth() >= leastMarks {
		return &q
	}
	q.rows = slices.Clone(p.rows)
	for i := range q.rows {
		for _, t := range []*tag{&q.rows[i].left, &q.rows[i].right} {
			t.text = strings.ReplaceAll(t.text, ", ", ",\n")
		}
	}
	return &q
}

// marksWidth is the least width that is left to the marks of a row.
func (p *dotRows) marksWidth() vg.Length {
	w, tags := p.width, vg.Length(0)
	if !p.stacked {
		w -= p.labelWidth() + rowGap + p.cellsWidth()
	}
	for _, r := range p.rows {
		tags = max(tags, r.left.width()+r.right.width())
	}
	return w - tags
}

// cellsWidth is the width of the columns with the gaps before them.
func (p *dotRows) cellsWidth() vg.Length {
	w := vg.Length(0)
	for i := range p.heads {
		w += p.cellWidth(i) + rowGap
	}
	return w
}

// labelWidth is the width of the widest label, or what labels may take.
func (p *dotRows) labelWidth() vg.Length {
	w := vg.Length(0)
	for _, r := range p.rows {
		if !r.head {
			w = max(w, textWidth(r.label, bodyType))
		}
	}
	switch {
	case !p.stacked:
		return min(w, rowLabelMax)
	case p.cellsBelow(w):
		return min(w, p.width)
	}
	return min(w, p.width-p.cellsWidth())
}

// cellsBelow reports whether the columns of a stacked row stand below its label,
// which is too wide to stand beside them.
func (p *dotRows) cellsBelow(label vg.Length) bool {
	const least = 80
	room := p.width - p.cellsWidth()
	return p.stacked && len(p.heads) > 0 && room < min(label, least)
}

// lines returns the lines of a row's label: two at most.
func (p *dotRows) lines(r dotRow) []string {
	if r.label == "" {
		return []string{""}
	}
	return wrapTo(r.label, p.labelWidth(), 2, bodyType)
}

// headLines returns the lines of the head of a group, which takes the whole
// width of the page.
func (p *dotRows) headLines(r dotRow) []string { return wrap(r.label, p.width, headType) }

func (p *dotRows) pitch(r dotRow) vg.Length {
	if r.head {
		return headPitch + headType.leading()*vg.Length(len(p.headLines(r))-1)
	}
	h := vg.Length(rowPitch)
	if !p.stacked {
		h += rowExtra * vg.Length(len(p.lines(r))-1)
	}
	h = max(h, r.least)
	for _, t := range []tag{r.left, r.right} {
		h = max(h, lines(t.lines(), t.style)+4)
	}
	return h + p.aboveMarks(r)
}

// aboveMarks is the height of the label and the columns of a stacked row.
func (p *dotRows) aboveMarks(r dotRow) vg.Length {
	if !p.stacked || r.label == "" && len(r.cells) == 0 {
		return 0
	}
	n := vg.Length(len(p.lines(r)))
	if p.cellsBelow(p.labelWidth()) {
		n++
	}
	return n*rowExtra + stackedGap
}

func (p *dotRows) headHeight() vg.Length {
	if len(p.heads) == 0 {
		return 0
	}
	n := 0
	for i, h := range p.heads {
		n = max(n, len(wrap(h, p.cellWidth(i), tickType)))
	}
	return vg.Length(n)*tickType.leading() + 2
}

// height is what the plot needs in the given width.
func (p *dotRows) height(width vg.Length) vg.Length {
	p = p.fit(width)
	h := vg.Length(axisRoom) + p.headHeight()
	for _, r := range p.rows {
		h += p.pitch(r)
	}
	return h
}

func (p *dotRows) cellWidth(i int) vg.Length {
	w := vg.Length(0)
	for _, r := range p.rows {
		if i < len(r.cells) {
			w = max(w, textWidth(r.cells[i], r.cellStyle()))
		}
	}
	return max(w, 44)
}

func (r dotRow) cellStyle() typeStyle {
	if r.style.size == 0 {
		return labelType
	}
	return r.style
}

func (p *dotRows) draw(c draw.Canvas) {
	p = p.fit(c.Max.X - c.Min.X)
	x0 := c.Min.X + p.labelWidth() + rowGap
	x1 := c.Max.X
	cells := make([]vg.Length, len(p.heads))
	for i := len(p.heads) - 1; i >= 0; i-- {
		x1 -= p.cellWidth(i)
		cells[i] = x1
		x1 -= rowGap
	}
	if p.stacked {
		x0, x1 = c.Min.X, c.Max.X
	}
	top := c.Max.Y
	for i, h := range p.heads {
		texts := wrap(h, p.cellWidth(i), tickType)
		paragraph(c, texts, cells[i], top-p.headHeight()+2+lines(texts, tickType), tickType)
	}
	top -= p.headHeight()

	panel := newPanel()
	panel.HideY()
	ticks, rail := along(panel, p.ticks, p.linear, p.zero)
	if p.scale != nil {
		panel.X.Scale = p.scale
	}
	insetLeft, insetRight := p.insets(panel.X, x1-x0)
	panel.X.Tick.Marker = thinned(ticks, panel.X, x1-x0-insetLeft-insetRight-16)
	panel.Add(drawn(func(area draw.Canvas, pl *plot.Plot) {
		x, _ := pl.Transforms(&area)
		if p.zero {
			axisBreak(area, area.X(rail*.7))
		}
		y := top
		for _, r := range p.rows {
			h := p.pitch(r)
			if r.head {
				texts := p.headLines(r)
				for i, s := range texts {
					write(c, s, c.Min.X, y-h+4.5+headType.leading()*vg.Length(len(texts)-1-i), left, headType)
				}
				strokeLine(c, c.Min.X, y-h+1, c.Max.X, y-h+1, .5, midGrey)
			} else {
				y, h := y-p.aboveMarks(r), h-p.aboveMarks(r)
				if p.zero {
					strokeLine(area, x(0), y-h, x(0), y, .8, midGrey)
				}
				if p.rule.OK {
					strokeLine(area, x(p.rule.V), y-h, x(p.rule.V), y, .8, midGrey)
				}
				p.row(c, r, x, x0, x1, y-h/2, cells)
				if p.stacked {
					p.above(c, r, y, cells)
				}
			}
			y -= h
		}
	}))
	area := c
	area.Min.X, area.Max.X = x0+insetLeft, x1-insetRight
	area.Min.Y += axisLabelRoom
	panel.Draw(area)
	// The label of a logarithmic axis would make gonum/plot shrink the panel, so it is set here.
	write(c, p.axis, (area.Min.X+area.Max.X)/2, c.Min.Y+2, centre, tickType)
}

// insets returns how far the ends of the axis must stay from the ends of the
// given width, so that the tags beside the marks have room.
func (p *dotRows) insets(axis plot.Axis, width vg.Length) (l, r vg.Length) {
	const least, apart = 8, 14
	l, r = least, least
	for range 20 { // each round gives room to the tag that lacks it; few are needed
		for _, row := range p.rows {
			lo, hi := 1., 0.
			reach := func(v float64, more vg.Length) {
				f := axis.Norm(v) + float64(more/(width-l-r))
				lo, hi = min(lo, f), max(hi, f)
			}
			for _, m := range row.dots {
				reach(m.at, 0)
			}
			for _, s := range row.spans {
				reach(s.from, 0)
				reach(s.to, 0)
				if s.open {
					reach(s.to, arrow)
				}
			}
			if t := row.left; t.text != "" {
				if lack := t.width() + apart - l - vg.Length(lo)*(width-l-r); lack > 0 {
					l += lack
				}
			}
			if t := row.right; t.text != "" {
				if lack := t.width() + apart - r - vg.Length(1-hi)*(width-l-r); lack > 0 {
					r += lack
				}
			}
		}
	}
	return l, r
}

// thinned takes labels off ticks where there is no room for all: on a linear axis
// it leaves every second one, or third and so on, among them that of 0; else it
// takes first those between powers of ten, then every one that the label before
// it would touch, but never that of 0.
func thinned(ticks plot.ConstantTicks, axis plot.Axis, width vg.Length) plot.ConstantTicks {
	touches := func(a, b plot.Tick) bool {
		room := vg.Length(axis.Norm(b.Value)-axis.Norm(a.Value)) * width
		return room < (textWidth(a.Label, tickType)+textWidth(b.Label, tickType))/2+4
	}
	crowded := false
	for i := 1; i < len(ticks); i++ {
		crowded = crowded || touches(ticks[i-1], ticks[i])
	}
	if !crowded {
		return ticks
	}
	out := slices.Clone(ticks)
	if _, linear := axis.Scale.(plot.LinearScale); linear {
		zero := max(0, slices.IndexFunc(ticks, func(t plot.Tick) bool { return math.Abs(t.Value) < 1e-12 }))
		for step := 2; ; step++ {
			first := zero % step
			fits := true
			for i := first; i+step < len(ticks); i += step {
				fits = fits && !touches(ticks[i], ticks[i+step])
			}
			if !fits {
				continue
			}
			for i := range out {
				if i%step != first {
					out[i].Label = ""
				}
			}
			return out
		}
	}
	last := -1
	for i, t := range out {
		power := math.Log10(math.Abs(t.Value))
		between := t.Value != 0 && math.Abs(power-math.Round(power)) > 1e-9
		switch touched := last >= 0 && touches(out[last], t); {
		case touched && t.Value == 0:
			out[last].Label = ""
		case between || touched:
			out[i].Label = ""
			continue
		}
		last = i
	}
	return out
}

// row draws one row around the height y.
func (p *dotRows) row(c draw.Canvas, r dotRow, x func(float64) vg.Length, x0, x1, y vg.Length, cells []vg.Length) {
	if !p.stacked {
		label := p.lines(r)
		baseline := y - bodyType.capHeight()/2
		for i, s := range label {
			write(c, s, c.Min.X, baseline+rowExtra*(vg.Length(len(label)-1)/2-vg.Length(i)), left, bodyType)
		}
	}
	rail := y
	if len(r.swarm) > 0 {
		rail += swarmRise
	}
	strokeLine(c, x0, rail, x1, rail, .5, gridGrey)
	lo, hi := x1, x0
	reach := func(a, b vg.Length) { lo, hi = min(lo, a), max(hi, b) }
	for _, s := range r.spans {
		a, b, y := x(s.from), x(s.to), y+s.rise
		strokeLine(c, a, y, b, y, s.width, s.look.color)
		if s.open {
			b += arrow
			strokeLine(c, a, y, b, y, s.width, s.look.color)
			strokeLine(c, b-3, y-2.5, b, y, s.width, s.look.color)
			strokeLine(c, b-3, y+2.5, b, y, s.width, s.look.color)
		}
		reach(min(a, b), max(a, b))
	}
	for _, m := range r.dots {
		size := m.size
		if size == 0 {
			size = 2.9
		}
		drawMark(c, m.shape, x(m.at), y+m.rise, size, m.look.color, m.hollow)
		reach(x(m.at)-size, x(m.at)+size)
	}
	p.swarm(c, r.swarm, x, y)
	over := func(t tag, at vg.Length, a align) {
		w, texts := t.width(), t.lines()
		from := at - w*vg.Length(a)/2
		half := lines(texts, t.style)/2 - .5
		fillRect(c, from-1.5, y-half, from+w+1.5, y+half, paper)
		for i, s := range texts {
			write(c, s, at, y-t.style.capHeight()/2+t.style.leading()*(vg.Length(len(texts)-1)/2-vg.Length(i)), a, t.style)
		}
	}
	if r.left.text != "" {
		over(r.left, lo-4, right)
	}
	if r.right.text != "" {
		over(r.right, hi+4, left)
	}
	if p.stacked {
		return
	}
	for i, s := range r.cells {
		t := r.cellStyle()
		write(c, s, cells[i], y-t.capHeight()/2, left, t)
	}
}

// swarm draws the small marks of a row around the height y.
func (p *dotRows) swarm(c draw.Canvas, all []dot, x func(float64) vg.Length, y vg.Length) {
	var at []vg.Length
	diameter := vg.Length(0)
	for _, m := range all {
		at, diameter = append(at, x(m.at)), max(diameter, 2*m.size+.5)
	}
	for i, rise := range beeswarm(at, diameter, swarmReach) {
		drawMark(c, all[i].shape, at[i], y+swarmRise+rise, all[i].size, all[i].look.color, all[i].hollow)
	}
}

// above writes the label and the columns of a stacked row from the height y up.
func (p *dotRows) above(c draw.Canvas, r dotRow, y vg.Length, cells []vg.Length) {
	if p.aboveMarks(r) == 0 {
		return
	}
	baseline := y + 4
	for i, s := range r.cells {
		write(c, s, cells[i], baseline, left, r.cellStyle())
	}
	if p.cellsBelow(p.labelWidth()) {
		baseline += rowExtra
	}
	label := p.lines(r)
	for i, s := range label {
		write(c, s, c.Min.X, baseline+rowExtra*vg.Length(len(label)-1-i), left, bodyType)
	}
}
