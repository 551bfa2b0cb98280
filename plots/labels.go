package plots

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
)

// wantedLabel is a text, of one or more lines, that belongs to a mark at a point.
type wantedLabel struct {
	at    vg.Point
	text  string
	style typeStyle
}

// lines returns the lines of the label; a line end in the text starts another.
func (w wantedLabel) lines() []string { return strings.Split(w.text, "\n") }

// size is the box that the lines of a label need.
func (w wantedLabel) size() (width, height vg.Length) {
	texts := w.lines()
	return widest(texts, w.style), vg.Length(len(texts)-1)*w.style.leading() + vg.Length(w.style.size)
}

// placedLabel is where a label stands: its box on the page, and whether it is far
// enough from its mark to need a line to it. Without room it is left out.
type placedLabel struct {
	wantedLabel
	box    vg.Rectangle
	leader bool
	room   bool
}

// placeLabels finds for each label a place near its mark, the earlier ones first:
// within the given bounds, apart from what is taken (boxes of marks, its own
// included), from the labels before it and from the lines to them, and so that
// the line to its own mark crosses no label and no other mark. A label that has no such place is
// left out rather than set over something.
func placeLabels(wanted []wantedLabel, taken []vg.Rectangle, within vg.Rectangle) []placedLabel {
	taken = slices.Clone(taken)
	var out []placedLabel
	for _, w := range wanted {
		l := placedLabel{wantedLabel: w}
		for i, box := range placesAround(w) {
			try := placedLabel{wantedLabel: w, box: box, leader: i >= placesNear, room: true}
			line := try.leaderBoxes()
			crosses := slices.ContainsFunc(line, func(r vg.Rectangle) bool { return meetsAny(r, taken) })
			if inside(box, within) && !meetsAny(box, taken) && !crosses {
				l = try
				taken = append(append(taken, box), line...)
				break
			}
		}
		out = append(out, l)
	}
	return out
}

// placesNear is how many of the first places around a mark touch it and need no
// line to it.
const placesNear = 8

// placesAround returns boxes for a label, the preferred first: at the right, at
// the left, above, below and at the corners, then the same farther and farther
// off.
func placesAround(w wantedLabel) []vg.Rectangle {
	width, height := w.size()
	var out []vg.Rectangle
	for _, gap := range []vg.Length{4.5, 12, 20, 30, 42, 56} {
		for _, dir := range [placesNear][2]vg.Length{{1, 0}, {-1, 0}, {1, 1}, {1, -1}, {-1, 1}, {-1, -1}, {0, 1}, {0, -1}} {
			reach := gap
			if dir[0] != 0 && dir[1] != 0 {
				reach = gap * vg.Length(math.Sqrt2) / 2
			}
			x := w.at.X + dir[0]*reach + (dir[0]-1)*width/2
			y := w.at.Y + dir[1]*reach + (dir[1]-1)*height/2
			out = append(out, vg.Rectangle{Min: vg.Point{X: x, Y: y}, Max: vg.Point{X: x + width, Y: y + height}})
		}
	}
	return out
}

func inside(a, b vg.Rectangle) bool {
	return a.Min.X >= b.Min.X && a.Min.Y >= b.Min.Y && a.Max.X <= b.Max.X && a.Max.Y <= b.Max.Y
}

func meetsAny(a vg.Rectangle, all []vg.Rectangle) bool {
	for _, b := range all {
		if a.Min.X < b.Max.X && b.Min.X < a.Max.X && a.Min.Y < b.Max.Y && b.Min.Y < a.Max.Y {
			return true
		}
	}
	return false
}

// around is the box of a mark with the given radius.
func around(p vg.Point, r vg.Length) vg.Rectangle {
	return vg.Rectangle{Min: vg.Point{X: p.X - r, Y: p.Y - r}, Max: vg.Point{X: p.X + r, Y: p.Y + r}}
}

// leaderEnd is the point of the box of a label that is nearest to its mark.
func (l placedLabel) leaderEnd() vg.Point {
	return vg.Point{X: max(l.box.Min.X, min(l.at.X, l.box.Max.X)), Y: max(l.box.Min.Y, min(l.at.Y, l.box.Max.Y))}
}

// markReach is how far a mark reaches from its point: there, the line to its
// label may cross what is taken.
const markReach = 6

// leaderBoxes covers the line from a label to its mark with small boxes, but for
// what lies at the mark; it is empty where there is no line.
func (l placedLabel) leaderBoxes() []vg.Rectangle {
	if !l.leader {
		return nil
	}
	const step = 2
	end := l.leaderEnd()
	length := math.Hypot(float64(end.X-l.at.X), float64(end.Y-l.at.Y))
	var out []vg.Rectangle
	for along := float64(markReach); along < length; along += step {
		f := vg.Length(along / length)
		out = append(out, around(vg.Point{X: l.at.X + f*(end.X-l.at.X), Y: l.at.Y + f*(end.Y-l.at.Y)}, step/2))
	}
	return out
}

// draw writes the label, with a thin line to its mark where it stands apart.
func (l placedLabel) draw(c vg.Canvas) {
	if !l.room {
		return
	}
	if l.leader {
		end := l.leaderEnd()
		strokeLine(c, l.at.X, l.at.Y, end.X, end.Y, .4, midGrey)
	}
	texts := l.lines()
	a, x := left, l.box.Min.X
	if l.box.Max.X <= l.at.X {
		a, x = right, l.box.Max.X
	}
	for i, s := range texts {
		write(c, s, x, l.box.Min.Y+vg.Length(l.style.size)*.22+l.style.leading()*vg.Length(len(texts)-1-i), a, l.style)
	}
}
