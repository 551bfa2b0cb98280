package plots

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// verdictStrip is a plot of rows, each with counts of verdicts under their signs
// and, at the right, a mark for every difference that is known.
type verdictStrip struct {
	heads    []string // of the counts
	verdicts []string // of the audit, whose signs stand over the counts
	axis     string
	ticks    plot.ConstantTicks // the first and last are the ends of the axis
	scale    plot.Normalizer    // nil: even
	rows     []stripRow
}

// stripRow is one row, or the head of a group of rows.
type stripRow struct {
	label  string
	head   bool
	counts []int
	same   []float64 // differences that are none: thin upright strokes
	differ []float64 // differences that are one: an x each, set apart where they would touch
}

const (
	stripPitch = 14 // points
	stripHead  = 26
	stripCount = 50 // width of a column of counts
	stripMark  = 2  // radius of an x
)

// pitch is the height of a row in the given width: more where there are marks to
// set apart, up to a limit.
func (s *verdictStrip) pitch(r stripRow, width vg.Length) vg.Length {
	const tallestRow = 70
	if r.head {
		return headPitch
	}
	axis := plot.Axis{Min: s.ticks[0].Value, Max: s.ticks[len(s.ticks)-1].Value, Scale: plot.LinearScale{}}
	if s.scale != nil {
		axis.Scale = s.scale
	}
	from, to := s.strip(width)
	var at []vg.Length
	for _, v := range r.differ {
		at = append(at, vg.Length(axis.Norm(v))*(to-from))
	}
	most := vg.Length(0)
	for _, rise := range differRises(at, tallestRow) {
		most = max(most, rise, -rise)
	}
	return max(stripPitch, 2*(most+differReach))
}

const differReach = vg.Length(3.5) // of an x, and the distance to the rows beside its own

// differRises are how far from the middle of a row of the height each x stands,
// which lie at the places.
func differRises(at []vg.Length, height vg.Length) []vg.Length {
	return beeswarm(at, 2*stripMark+.7, height/2-differReach)
}

func (s *verdictStrip) height(width vg.Length) vg.Length {
	h := vg.Length(stripHead + axisRoom)
	for _, r := range s.rows {
		h += s.pitch(r, width)
	}
	return h
}

// label and column are the widths of labels and of a column of counts.
func (s *verdictStrip) label(width vg.Length) vg.Length {
	var labels []string
	for _, r := range s.rows {
		if !r.head {
			labels = append(labels, r.label)
		}
	}
	return min(widest(labels, bodyType), width*.34)
}

func (s *verdictStrip) column(width vg.Length) vg.Length { return min(stripCount, width*.11) }

// strip is where the differences stand, from the left edge of the plot.
func (s *verdictStrip) strip(width vg.Length) (from, to vg.Length) {
	return s.label(width) + 12 + s.column(width)*vg.Length(len(s.heads)) + 14, width - 8
}

func (s *verdictStrip) draw(c draw.Canvas) {
	width := c.Max.X - c.Min.X
	label, column := s.label(width), s.column(width)
	x := c.Min.X + label + 12
	for i, head := range s.heads {
		mid := x + column*(vg.Length(i)+.5)
		drawSign(c, s.verdicts[i], mid, c.Max.Y-6)
		write(c, elide(head, column-3, tickType), mid, c.Max.Y-stripHead+6, centre, tickType)
	}
	strip := c
	from, to := s.strip(width)
	strip.Min.X, strip.Max.X = c.Min.X+from, c.Min.X+to
	p := newPanel()
	p.HideY()
	ticks, _ := along(p, s.ticks, true, false)
	if s.scale != nil {
		p.X.Scale = s.scale
	}
	p.X.Tick.Marker = thinned(ticks, p.X, strip.Max.X-strip.Min.X-8)
	p.Add(drawn(func(area draw.Canvas, pl *plot.Plot) {
		at, _ := pl.Transforms(&area)
		y := c.Max.Y - stripHead
		for _, r := range s.rows {
			if r.head {
				write(c, elide(r.label, width, headType), c.Min.X, y-headPitch+4.5, left, headType)
				strokeLine(c, c.Min.X, y-headPitch+1, c.Max.X, y-headPitch+1, .5, midGrey)
				y -= headPitch
				continue
			}
			pitch := s.pitch(r, width)
			mid := y - pitch/2
			write(c, elide(r.label, label, bodyType), c.Min.X, mid-bodyType.capHeight()/2, left, bodyType)
			for i, n := range r.counts {
				t := labelType
				if n == 0 {
					t = t.in(midGrey)
				}
				write(c, sayCount(float64(n)), x+column*(vg.Length(i)+.5), mid-t.capHeight()/2, centre, t)
			}
			strokeLine(c, area.Min.X, mid, area.Max.X, mid, .5, gridGrey)
			strokeLine(c, at(0), y-pitch, at(0), y, .8, midGrey)
			for _, v := range r.same {
				strokeLine(c, at(v), mid-3.2, at(v), mid+3.2, .7, grey)
			}
			var places []vg.Length
			for _, v := range r.differ {
				places = append(places, at(v))
			}
			for i, rise := range differRises(places, pitch) {
				drawMark(c, saltire, places[i], mid+rise, stripMark, black, false)
			}
			y -= pitch
		}
	}))
	strip.Max.Y -= stripHead
	strip.Min.Y += axisLabelRoom
	p.Draw(strip)
	write(c, elide(s.axis, strip.Max.X-strip.Min.X+16, tickType), (strip.Min.X+strip.Max.X)/2, c.Min.Y+2, centre, tickType)
}

// reconcileSigns are the verdicts of the audit whose signs the verdicts of
// reconcile take.
var reconcileSigns = map[string]string{datasets.Agree: datasets.Consistent, datasets.Disagree: datasets.Inconsistent, datasets.NotTestable: datasets.NotTestable}
