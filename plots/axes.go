package plots

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// newPanel returns an empty panel in the house style: no frame, a thin line
// under the data, no vertical axis line.
func newPanel() *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	sans := font.Font{Typeface: "Liberation", Variant: "Sans"}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Tick.Label.Font = font.From(sans, vg.Length(tickType.size))
		a.Tick.Label.Color = tickType.color
		a.Tick.LineStyle = draw.LineStyle{Color: midGrey, Width: .5}
		a.Label.TextStyle.Font = font.From(sans, vg.Length(tickType.size))
		a.Label.TextStyle.Color = tickType.color
		a.Label.Padding = 2
		a.LineStyle = draw.LineStyle{Color: midGrey, Width: .6}
		a.Padding = 0
	}
	p.X.Tick.Length = 3
	p.Y.Tick.Length = 0
	p.Y.LineStyle.Width = 0
	p.Y.Padding = 3
	return p
}

// gridLines are thin horizontal lines at the ticks of the vertical axis.
type gridLines struct{}

// Plot implements plot.Plotter.
func (gridLines) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
		if t.Label != "" {
			strokeLine(c, c.Min.X, y(t.Value), c.Max.X, y(t.Value), .5, gridGrey)
		}
	}
}

// drawn is a plotter made of a function.
type drawn func(c draw.Canvas, p *plot.Plot)

// Plot implements plot.Plotter.
func (f drawn) Plot(c draw.Canvas, p *plot.Plot) { f(c, p) }

// linearTicks are about n ticks at round numbers from lo to hi.
func linearTicks(lo, hi float64, n int, say func(float64) string) plot.ConstantTicks {
	step := roundStep((hi - lo) / float64(n))
	var out plot.ConstantTicks
	for i := math.Ceil(lo/step - 1e-9); i*step <= hi+step*1e-9; i++ {
		v := i * step
		if v == 0 {
			v = 0 // not -0
		}
		out = append(out, plot.Tick{Value: v, Label: say(v)})
	}
	return out
}

// roundStep is the least of 1, 2, 5 times a power of ten that is not below v.
func roundStep(v float64) float64 {
	if v <= 0 {
		return 1
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 5, 10} {
		if m*power >= v*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// yearTicks are ticks at whole years, every 1, 2, 5, 10 ... of them so that
// there are no more than n.
func yearTicks(lo, hi float64, n int) plot.ConstantTicks {
	step := max(1, roundStep((hi-lo)/float64(max(n, 1))))
	var out plot.ConstantTicks
	for v := math.Ceil(lo/step-1e-9) * step; v <= hi+1e-9; v += step {
		out = append(out, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', 0, 64)})
	}
	return out
}

// logTicks are ticks at 1 and 3 times the powers of ten (at more where the
// range is short) that enclose lo and hi, which are above 0.
func logTicks(lo, hi float64) plot.ConstantTicks {
	steps := []float64{1, 3}
	switch span := math.Log10(hi / lo); {
	case span < .35:
		steps = []float64{1, 2, 3, 4, 5, 6, 7, 8, 9}
	case span < 1:
		steps = []float64{1, 2, 5}
	case span > 4.5:
		steps = []float64{1}
	}
	var ladder []float64
	for k := math.Floor(math.Log10(lo)) - 1; k <= math.Ceil(math.Log10(hi))+1; k++ {
		for _, s := range steps {
			ladder = append(ladder, s*math.Pow(10, k))
		}
	}
	first, last := 0, len(ladder)-1
	for i, v := range ladder {
		if v <= lo*(1+1e-9) {
			first = i
		}
		if v >= hi*(1-1e-9) {
			last = i
			break
		}
	}
	if first == last {
		last++
	}
	var out plot.ConstantTicks
	for _, v := range ladder[first : last+1] {
		out = append(out, plot.Tick{Value: v, Label: sayShort(v)})
	}
	return out
}

// railScale is a logarithmic scale with a rail for zero at its left end: zeros
// are drawn there, apart from the scale, and never as the logarithm of
// something added to them. It implements plot.Normalizer.
type railScale struct{ rail float64 } // share of the axis that the rail takes; 0: none

// Normalize implements plot.Normalizer. Values up to 0 lie in the middle of
// the rail.
func (s railScale) Normalize(lo, hi, v float64) float64 {
	if v <= 0 {
		return s.rail / 3
	}
	return s.rail + (1-s.rail)*math.Log(v/lo)/math.Log(hi/lo)
}

// axisBreak cuts the line of the horizontal axis at x: the rail at its left is
// no part of the scale.
func axisBreak(c draw.Canvas, x vg.Length) {
	fillRect(c, x-2, c.Min.Y-2, x+2, c.Min.Y+2, paper)
	for _, at := range []vg.Length{x - 2, x + 2} {
		strokeLine(c, at-1.2, c.Min.Y-3, at+1.2, c.Min.Y+3, .6, midGrey)
	}
}

// heading writes the head of a panel at its upper edge and returns the rest.
func heading(c draw.Canvas, text string) draw.Canvas {
	if text == "" {
		return c
	}
	y := paragraph(c, wrap(text, c.Max.X-c.Min.X, headType), c.Min.X, c.Max.Y, headType)
	c.Max.Y = y - 4
	return c
}

// columns splits a canvas into panels side by side, with widths in the given
// proportions.
func columns(c draw.Canvas, gap vg.Length, shares ...float64) []draw.Canvas {
	sum := 0.
	for _, s := range shares {
		sum += s
	}
	free := c.Max.X - c.Min.X - gap*vg.Length(len(shares)-1)
	var out []draw.Canvas
	x := c.Min.X
	for _, s := range shares {
		w := free * vg.Length(s/sum)
		part := c
		part.Min.X, part.Max.X = x, x+w
		out = append(out, part)
		x += w + gap
	}
	return out
}

// panels splits a canvas into panels: side by side with widths in the given
// proportions, or, where the page is too narrow for that, one under the other.
func (d *Data) panels(c draw.Canvas, gap vg.Length, shares ...float64) []draw.Canvas {
	n := vg.Length(len(shares))
	if !d.stacks(len(shares)) {
		return columns(c, gap, shares...)
	}
	h := (c.Max.Y - c.Min.Y - gap*(n-1)) / n
	var out []draw.Canvas
	for i := range shares {
		part := c
		part.Max.Y = c.Max.Y - vg.Length(i)*(h+gap)
		part.Min.Y = part.Max.Y - h
		out = append(out, part)
	}
	return out
}

// spread moves the wanted places of labels apart until no two are nearer than
// gap, each as little as possible, within lo and hi where there is room. It
// returns the places in the order given.
func spread(want []vg.Length, gap, lo, hi vg.Length) []vg.Length {
	order := make([]int, len(want))
	for i := range order {
		order[i] = i
	}
	// Insertion sort keeps equal places in the order given.
	for i := 1; i < len(order); i++ {
		for k := i; k > 0 && want[order[k]] < want[order[k-1]]; k-- {
			order[k], order[k-1] = order[k-1], order[k]
		}
	}
	// Labels that touch form a block around the mean of where they want to be.
	type block struct {
		first, n int
		start    vg.Length
	}
	place := func(first, n int) block {
		sum := vg.Length(0)
		for k := range n {
			sum += want[order[first+k]] - gap*vg.Length(k)
		}
		start := max(lo, min(sum/vg.Length(n), hi-gap*vg.Length(n-1)))
		return block{first, n, start}
	}
	var blocks []block
	for i := range order {
		b := place(i, 1)
		for len(blocks) > 0 {
			last := blocks[len(blocks)-1]
			if last.start+gap*vg.Length(last.n) <= b.start {
				break
			}
			blocks = blocks[:len(blocks)-1]
			b = place(last.first, last.n+b.n)
		}
		blocks = append(blocks, b)
	}
	out := make([]vg.Length, len(want))
	for _, b := range blocks {
		for k := range b.n {
			out[order[b.first+k]] = b.start + gap*vg.Length(k)
		}
	}
	return out
}

// sideLabel is a text that belongs to a height on the edge of a panel.
type sideLabel struct {
	at    vg.Length
	text  string
	style typeStyle
	line  *look // a sample of the line that the label names stands before it; nil: none
}

// sideLabels writes labels from x on (or up to x, with align right), apart
// from each other, with a thin leader to where they belong when they had to
// move.
func sideLabels(c draw.Canvas, labels []sideLabel, x vg.Length, a align, lo, hi vg.Length) {
	if len(labels) == 0 {
		return
	}
	want := make([]vg.Length, len(labels))
	size := 0.
	for i, l := range labels {
		want[i] = l.at
		size = max(size, l.style.size)
	}
	const lead = 8
	sign := vg.Length(1)
	if a == right {
		sign = -1
	}
	for i, y := range spread(want, vg.Length(size*1.12), lo, hi) {
		l := labels[i]
		if d := y - l.at; d > 1.5 || d < -1.5 {
			strokeLine(c, x+sign*1, l.at, x+sign*(lead-1.5), y, .5, midGrey)
		}
		at := x + sign*lead
		if l.line != nil {
			lineSample(c, *l.line, at, y)
			at += sampleRoom
		}
		write(c, l.text, at, y-l.style.capHeight()/2, a, l.style)
	}
}

// along sets the horizontal axis of a panel from the first to the last of the
// ticks: linear, or logarithmic, there with a rail for zeros if asked for. It
// returns all ticks, that of the rail included, and the share of the axis that
// the rail takes.
func along(p *plot.Plot, ticks plot.ConstantTicks, linear, zero bool) (plot.ConstantTicks, float64) {
	p.X.Min, p.X.Max = ticks[0].Value, ticks[len(ticks)-1].Value
	rail := 0.
	if zero {
		rail = .1
		ticks = append(plot.ConstantTicks{{Value: 0, Label: "0"}}, ticks...)
	}
	if !linear {
		p.X.Scale = railScale{rail}
	}
	return ticks, rail
}
