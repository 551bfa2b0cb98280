package plots

import (
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// matrix is a plot of cells in rows and columns, with groups of rows and
// groups of columns. What stands in a cell is drawn by its function, around
// the middle of the cell.
type matrix struct {
	columns    []matrixColumn
	rows       []matrixRow
	pitch      vg.Length // height of a row with one line of label
	labelShare vg.Length // of the width, that labels may take
	least      vg.Length // width of a column; where there are more columns than fit, some stand below the others
}

type matrixColumn struct {
	group string // columns of the same group stand side by side
	name  string
}

type matrixRow struct {
	label string
	head  bool
	cells []cellDrawer // nil: nothing is known
	pitch vg.Length    // height with one line of label; 0: that of the matrix
}

func (m *matrix) labelWidth(width vg.Length) vg.Length {
	w := vg.Length(0)
	for _, r := range m.rows {
		if !r.head {
			w = max(w, textWidth(r.label, bodyType))
		}
	}
	most := width * m.labelShare
	if width < narrow {
		most = max(most, width-m.least*vg.Length(len(m.columns))-matrixGap*vg.Length(len(m.groups())))
	}
	return min(w, most)
}

// narrow is the width below which labels take what columns do not need.
const narrow = 300

func (m *matrix) rowHeight(r matrixRow, width vg.Length) vg.Length {
	if r.head {
		return headPitch
	}
	pitch := m.pitch
	if r.pitch > 0 {
		pitch = r.pitch
	}
	return pitch + rowExtra*vg.Length(len(wrap(r.label, m.labelWidth(width), bodyType))-1)
}

// groups returns the first column and the number of columns of each group.
func (m *matrix) groups() [][2]int {
	var out [][2]int
	for i, c := range m.columns {
		if i == 0 || c.group != m.columns[i-1].group {
			out = append(out, [2]int{i, 0})
		}
		out[len(out)-1][1]++
	}
	return out
}

// cellDrawer draws what stands in a cell around its middle, within the width.
type cellDrawer func(c draw.Canvas, x, y, width vg.Length)

const matrixGap = 10 // points between labels and columns, and between groups

func (m *matrix) columnWidth(width vg.Length) vg.Length {
	return (width - m.labelWidth(width) - matrixGap*vg.Length(len(m.groups()))) / vg.Length(len(m.columns))
}

// turned reports whether the names of columns stand upright for want of width.
func (m *matrix) turned(width vg.Length) bool {
	for i := range m.columns {
		if textWidth(m.columns[i].name, labelType)+4 > m.columnWidth(width) {
			return true
		}
	}
	return false
}

func (m *matrix) nameHeight(width vg.Length) vg.Length {
	if !m.turned(width) {
		return labelType.leading() + 4
	}
	h := vg.Length(0)
	for i := range m.columns {
		h = max(h, textWidth(m.columns[i].name, labelType))
	}
	return h + 6
}

// settle takes the groups of columns apart where their names do not fit above
// them: the name of a group then stands in that of each column. It is called
// once, when rows and columns are there.
func (m *matrix) settle(width vg.Length) {
	for _, g := range m.groups() {
		for _, word := range strings.Fields(m.columns[g[0]].group) {
			if textWidth(word, boldType) > m.columnWidth(width)*vg.Length(g[1])-3 {
				for i, c := range m.columns {
					m.columns[i] = matrixColumn{name: elide(c.name+", "+c.group, nameMax, labelType)}
				}
				return
			}
		}
	}
}

const nameMax = 150 // points

func (m *matrix) groupLines(g [2]int, width vg.Length) []string {
	return wrapTo(m.columns[g[0]].group, m.columnWidth(width)*vg.Length(g[1]), 4, boldType)
}

func (m *matrix) groupHeight(width vg.Length) vg.Length {
	n := 0
	for _, g := range m.groups() {
		n = max(n, len(m.groupLines(g, width)))
	}
	return vg.Length(n)*boldType.leading() + 3
}

// blocks parts the columns into as many matrices, to stand one below the other,
// as give each column its least width.
func (m *matrix) blocks(width vg.Length) []*matrix {
	for n := 1; ; n++ {
		var out []*matrix
		fit := true
		for i := range n {
			from, to := len(m.columns)*i/n, len(m.columns)*(i+1)/n
			b := *m
			b.columns, b.rows = m.columns[from:to], slices.Clone(m.rows)
			for k, r := range m.rows {
				if !r.head {
					b.rows[k].cells = r.cells[from:to]
				}
			}
			out = append(out, &b)
			fit = fit && b.columnWidth(width) >= m.least
		}
		if fit || n >= len(m.columns) {
			return out
		}
	}
}

const blockGap = 12 // points between blocks

// height is what the plot needs at the given width.
func (m *matrix) height(width vg.Length) vg.Length {
	h := vg.Length(-blockGap)
	for _, b := range m.blocks(width) {
		h += b.blockHeight(width) + blockGap
	}
	return h
}

func (m *matrix) blockHeight(width vg.Length) vg.Length {
	h := m.nameHeight(width) + m.groupHeight(width)
	for _, r := range m.rows {
		h += m.rowHeight(r, width)
	}
	return h
}

func (m *matrix) draw(c draw.Canvas) {
	p := newPanel()
	p.HideAxes()
	p.Y.Padding = 0
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	p.Add(drawn(func(c draw.Canvas, _ *plot.Plot) {
		for _, b := range m.blocks(c.Max.X - c.Min.X) {
			b.cells(c)
			c.Max.Y -= b.blockHeight(c.Max.X-c.Min.X) + blockGap
		}
	}))
	p.Draw(c)
}

func (m *matrix) cells(c draw.Canvas) {
	width := c.Max.X - c.Min.X
	labels, column := m.labelWidth(width), m.columnWidth(width)
	centres := make([]vg.Length, len(m.columns))
	y := c.Max.Y - m.groupHeight(width)
	x := c.Min.X + labels
	for _, g := range m.groups() {
		x += matrixGap
		texts := m.groupLines(g, width)
		if len(texts) > 0 {
			paragraph(c, texts, x, y+lines(texts, boldType)+1, boldType)
			strokeLine(c, x, y, x+column*vg.Length(g[1])-3, y, .6, midGrey)
		}
		for i := range g[1] {
			centres[g[0]+i] = x + column/2
			x += column
		}
	}
	names := m.nameHeight(width)
	for i := range m.columns {
		if m.turned(width) {
			c.Push()
			c.Translate(vg.Point{X: centres[i] + labelType.capHeight()/2, Y: y - names + 3})
			c.Rotate(upright)
			write(c, m.columns[i].name, 0, 0, left, labelType)
			c.Pop()
		} else {
			write(c, m.columns[i].name, centres[i], y-names+5, centre, labelType)
		}
	}
	y -= names
	for _, r := range m.rows {
		h := m.rowHeight(r, width)
		if r.head {
			write(c, elide(r.label, width, headType), c.Min.X, y-h+4.5, left, headType)
			strokeLine(c, c.Min.X, y-h+1, c.Max.X, y-h+1, .5, midGrey)
			y -= h
			continue
		}
		text := wrap(r.label, labels, bodyType)
		mid := y - h/2
		for i, s := range text {
			write(c, s, c.Min.X, mid-bodyType.capHeight()/2+rowExtra*(vg.Length(len(text)-1)/2-vg.Length(i)), left, bodyType)
		}
		strokeLine(c, c.Min.X, y-h, c.Max.X, y-h, .5, gridGrey)
		for i, cell := range r.cells {
			if cell != nil {
				cell(c, centres[i], mid, column)
			}
		}
		y -= h
	}
}

const upright = 1.5707963267948966 // a quarter turn in radians
