package plots

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// pointRows is a plot of many narrow rows of point intervals: a label, the
// intervals along an axis, columns of text, whose heads stand beside the head of
// the first group. Rows flow from the top of one column of the page to the
// next; both have the same axis. Where the page is narrow, label and text stand
// above the intervals of their row, which then have the whole width.
type pointRows struct {
	rows   []pointRow
	axis   string                // what the axis measures, with its unit
	ticks  plot.ConstantTicks    // of the axis; the first and last are its ends
	zero   bool                  // a rail for zeros at its left
	linear bool                  // the axis is not logarithmic
	rule   datasets.Opt[float64] // where a line across all rows stands, such as at no difference
	heads  []string              // heads of the columns of text
	flow   int                   // columns of the page, one or two
	label  vg.Length             // the most points that labels take

	stacked bool // labels and text stand above the intervals; set by fit
}

// pointRow is a row, or the head of the rows below it.
type pointRow struct {
	level     rowLevel
	label     string
	style     typeStyle // of the label; the zero value is the usual one of its level
	intervals []pointInterval
	note      string // over the axis, where there is no interval
	cells     []string
	wide      string // in place of the cells: why there are none
}

// rowLevel says what a row is.
type rowLevel int

const (
	dataRow   rowLevel = iota
	groupHead          // such as the platform
	innerHead          // such as the country within it
)

// Heights and distances of narrow rows, in points.
const (
	pointPitch = vg.Length(8.4)
	innerPitch = vg.Length(9.8)
	groupPitch = vg.Length(14)
	flowGap    = vg.Length(16)
	cellGap    = vg.Length(8)
	labelGap   = vg.Length(6)
)

// pointType is the type of narrow rows, pointBold that of rows and heads that
// stand out.
var (
	pointType = typeStyle{7, false, black}
	pointBold = typeStyle{7, true, black}
)

// fit returns the plot as it is set in the given width.
func (p *pointRows) fit(width vg.Length) *pointRows {
	const least = 190 // width of a column of the page
	q := *p
	part := func() vg.Length { return (width - flowGap*vg.Length(q.flow-1)) / vg.Length(max(1, q.flow)) }
	for q.flow > 1 && part() < least {
		q.flow--
	}
	q.stacked = part()-q.labelWidth()-labelGap-q.cellsWidth() < leastMarks
	if q.stacked {
		q.label = min(q.label, part()-labelGap-q.cellsWidth())
	}
	return &q
}

// cellsWidth is the width of the columns of text with the gaps before them.
func (p *pointRows) cellsWidth() vg.Length {
	w := vg.Length(0)
	for k := range p.heads {
		w += p.cellWidth(k) + cellGap
	}
	return w
}

// pitch is the height of a row: of a stacked one, two lines, and more where an
// interval stands below the others.
func (p *pointRows) pitch(r pointRow) vg.Length {
	h := r.level.pitch() + r.drop()
	if p.stacked && (len(r.intervals) > 0 || r.note != "") {
		h += pointPitch
	}
	return h
}

// drop is how far below the middle of the row the lowest interval stands.
func (r pointRow) drop() vg.Length {
	most := vg.Length(0)
	for _, i := range r.intervals {
		most = max(most, i.drop)
	}
	return most
}

// headRoom is the height of the heads of the columns of text, where they do not
// stand beside the head of the first group.
func (p *pointRows) headRoom() vg.Length {
	if !p.stacked || len(p.heads) == 0 {
		return 0
	}
	return pointPitch
}

// pitch is the height of a row of the level, in one line.
func (l rowLevel) pitch() vg.Length { return [...]vg.Length{pointPitch, groupPitch, innerPitch}[l] }

// labelStyle is how the label is written.
func (r pointRow) labelStyle() typeStyle {
	if r.style.size != 0 {
		return r.style
	}
	return [...]typeStyle{pointType, headType, pointBold}[r.level]
}

// places says where the rows stand: which column, and how far down. A second
// column begins where both are about equally high, with a group or an inner
// group rather than in the middle of one, and never after a head.
func (p *pointRows) places() flow {
	before := make([]vg.Length, len(p.rows)+1)
	for i, r := range p.rows {
		before[i+1] = before[i] + p.pitch(r)
	}
	all := before[len(p.rows)]
	height := func(split int) vg.Length {
		if split == len(p.rows) {
			return all
		}
		return max(before[split], p.lead(split)+all-before[split])
	}
	split, least := len(p.rows), all
	if p.flow > 1 {
		for i := 1; i < len(p.rows); i++ {
			torn := [...]vg.Length{dataRow: 4 * pointPitch, groupHead: 0, innerHead: pointPitch}[p.rows[i].level]
			if p.rows[i-1].level == dataRow && height(i)+torn < least {
				split, least = i, height(i)+torn
			}
		}
	}
	f := flow{height: height(split)}
	for i := range p.rows {
		if i < split {
			f.at = append(f.at, flowPlace{0, before[i]})
		} else {
			f.at = append(f.at, flowPlace{1, p.lead(split) + before[i] - before[split]})
		}
	}
	return f
}

// lead is what the head of a column takes that begins with row i.
func (p *pointRows) lead(i int) vg.Length {
	if p.continued(i) == "" {
		return 0
	}
	return groupPitch
}

// continued is the head that a column needs which begins with row i: the group
// and the inner group that the column before has begun.
func (p *pointRows) continued(i int) string {
	if p.rows[i].level == groupHead {
		return ""
	}
	group, inner := "", ""
	for _, r := range p.rows[:i] {
		switch r.level {
		case groupHead:
			group, inner = r.label, ""
		case innerHead:
			inner = r.label
		}
	}
	switch {
	case group == "":
		return ""
	case inner == "" || p.rows[i].level == innerHead:
		return group + ", continued"
	}
	return group + ", " + inner + ", continued"
}

// height is what the plot needs in the given width.
func (p *pointRows) height(width vg.Length) vg.Length {
	p = p.fit(width)
	return p.places().height + p.headRoom() + axisRoom
}

// labelWidth is the width of the widest label, or the most that labels take.
func (p *pointRows) labelWidth() vg.Length {
	w := vg.Length(0)
	for _, r := range p.rows {
		if r.level == dataRow {
			w = max(w, textWidth(r.label, r.labelStyle()))
		}
	}
	return min(w, p.label)
}

// cellWidth is the width of the column of text k.
func (p *pointRows) cellWidth(k int) vg.Length {
	w := textWidth(p.heads[k], tickType)
	for _, r := range p.rows {
		if k < len(r.cells) {
			w = max(w, textWidth(r.cells[k], pointType))
		}
	}
	return w
}

// draw draws the plot from the upper edge of the canvas to its lower one.
func (p *pointRows) draw(c draw.Canvas) {
	p = p.fit(c.Max.X - c.Min.X)
	shares := make([]float64, max(1, p.flow))
	for i := range shares {
		shares[i] = 1
	}
	f := p.places()
	for k, part := range columns(c, flowGap, shares...) {
		p.column(part, f, k)
	}
}

// column draws the rows that stand in the column k.
func (p *pointRows) column(c draw.Canvas, f flow, k int) {
	x0, x1 := c.Min.X+p.labelWidth()+labelGap, c.Max.X
	cells := make([]vg.Length, len(p.heads))
	for i := len(p.heads) - 1; i >= 0; i-- {
		cells[i] = x1 // the right end: numbers stand under each other
		x1 -= p.cellWidth(i) + cellGap
		head := c.Max.Y - groupPitch + 3
		if p.stacked {
			head = c.Max.Y - pointPitch + 3
		}
		write(c, p.heads[i], cells[i], head, right, tickType)
	}
	wide := x1 + 2 // where text stands that takes the place of the columns
	top, room := c.Max.Y-p.headRoom(), x1-c.Min.X
	if p.stacked {
		wide, room = x0, c.Max.X-c.Min.X
		x0, x1 = c.Min.X, c.Max.X
	}
	panel := newPanel()
	panel.HideY()
	ticks, rail := along(panel, p.ticks, p.linear, p.zero)
	inset := vg.Length(5)
	if p.stacked {
		for _, t := range []plot.Tick{ticks[0], ticks[len(ticks)-1]} {
			inset = max(inset, textWidth(t.Label, tickType)/2)
		}
	}
	ticks = thinned(ticks, panel.X, x1-x0-2*inset)
	panel.X.Tick.Marker = ticks
	panel.Add(drawn(func(area draw.Canvas, pl *plot.Plot) {
		x, _ := pl.Transforms(&area)
		if p.zero {
			axisBreak(area, area.X(rail*.7))
		}
		first := true
		for i, r := range p.rows {
			if f.at[i].column != k {
				continue
			}
			y := top - f.at[i].y
			if first && p.lead(i) > 0 {
				p.head(c, p.continued(i), headType, y+groupPitch, groupPitch, room)
			}
			h := p.pitch(r)
			if r.level != dataRow {
				most := c.Max.X - c.Min.X
				if first {
					most = room
				}
				p.head(c, r.label, r.labelStyle(), y, h, most)
				first = false
				continue
			}
			first = false
			upper := y
			if p.stacked {
				upper -= pointPitch - 1
			}
			for _, t := range ticks {
				if t.Label != "" {
					strokeLine(area, x(t.Value), y-h, x(t.Value), upper, .4, gridGrey)
				}
			}
			if p.zero {
				strokeLine(area, x(0), y-h, x(0), upper, .8, midGrey)
			}
			if p.rule.OK {
				strokeLine(area, x(p.rule.V), y-h, x(p.rule.V), upper, .8, midGrey)
			}
			p.row(c, r, x, x0, x1, y, cells, wide)
		}
	}))
	area := c
	area.Min.X, area.Max.X = x0+inset, x1-inset
	area.Min.Y += axisLabelRoom
	panel.Draw(area)
	label := elide(p.axis, c.Max.X-c.Min.X, tickType)
	half := textWidth(label, tickType) / 2
	write(c, label, min(max((x0+x1)/2, c.Min.X+half), c.Max.X-half), c.Min.Y+2, centre, tickType)
}

// head writes the head of a group below y, no wider than most; a group stands on
// a line.
func (p *pointRows) head(c draw.Canvas, text string, t typeStyle, y, h, most vg.Length) {
	write(c, elide(text, most, t), c.Min.X, y-h+3, left, t)
	if h == groupPitch {
		strokeLine(c, c.Min.X, y-h+.5, c.Max.X, y-h+.5, .5, midGrey)
	}
}

// row draws a row below the height y, its columns of text at cells, or what takes
// their place at wide.
func (p *pointRows) row(c draw.Canvas, r pointRow, x func(float64) vg.Length, x0, x1, y vg.Length, cells []vg.Length, wide vg.Length) {
	y -= pointPitch / 2
	baseline := y - pointType.capHeight()/2
	write(c, elide(r.label, p.labelWidth(), r.labelStyle()), c.Min.X, baseline, left, r.labelStyle())
	if r.wide != "" {
		write(c, elide(r.wide, c.Max.X-wide, captionType), wide, y-captionType.capHeight()/2, left, captionType)
	} else {
		for i, s := range r.cells {
			write(c, s, cells[i], baseline, right, pointType)
		}
	}
	if p.stacked {
		if p.pitch(r) == pointPitch {
			return
		}
		y -= pointPitch - 1
	}
	strokeLine(c, x0, y, x1, y, .4, gridGrey)
	for _, i := range r.intervals {
		i.draw(c, x, y)
	}
	if r.note != "" {
		text := elide(r.note, x1-x0-10, captionType)
		fillRect(c, x0+5, y-4, x0+9+textWidth(text, captionType), y+4, paper)
		write(c, text, x0+7, y-captionType.capHeight()/2, left, captionType)
	}
}
