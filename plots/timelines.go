package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// timeline is one country's readings of an indicator in order of time.
type timeline struct {
	country datasets.Opt[string]
	points  []reading
}

// timelines parts readings by country, in their order.
func timelines(all []reading) []timeline {
	var out []timeline
	for _, r := range all {
		if n := len(out); n == 0 || out[n-1].country != r.row.Country {
			out = append(out, timeline{country: r.row.Country})
		}
		out[len(out)-1].points = append(out[len(out)-1].points, r)
	}
	return out
}

// usualStep is the least distance in years between two neighbouring readings
// of a country: the rhythm of the indicator. A longer distance is a gap.
func usualStep(lines []timeline) float64 {
	step := math.Inf(1)
	for _, l := range lines {
		for i := 1; i < len(l.points); i++ {
			if d := l.points[i].at - l.points[i-1].at; d > 0 {
				step = min(step, d)
			}
		}
	}
	return step
}

// gaps returns the spans of time in which every country misses a reading that
// the rhythm of the indicator would have.
func gaps(lines []timeline) [][2]float64 {
	step := usualStep(lines)
	var out [][2]float64
	if len(lines) == 0 {
		return nil
	}
	first := lines[0].points
	for i := 1; i < len(first); i++ {
		a, b := first[i-1].at, first[i].at
		if b-a <= step*1.5 {
			continue
		}
		common := true
		for _, l := range lines[1:] {
			for _, p := range l.points {
				common = common && !(p.at > a && p.at < b)
			}
		}
		if common {
			out = append(out, [2]float64{a, b})
		}
	}
	return out
}

// linesPanel draws timelines with marks at the readings, lines where the
// rhythm has no gap, other sources' readings as hollow marks, and the name and
// last value of each country beside its end.
func (d *Data) linesPanel(c draw.Canvas, head string, lines []timeline, others []reading, lo, hi float64, say, tick func(float64) string, labelWidth vg.Length) {
	c = heading(c, head)
	p := newPanel()
	from, to := math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		from, to = min(from, l.points[0].at), max(to, l.points[len(l.points)-1].at)
	}
	for _, r := range others {
		from, to = min(from, r.at), max(to, r.at)
	}
	span := max(to-from, 1)
	p.X.Min, p.X.Max = from-span*.03, to+span*.03
	p.Y.Min, p.Y.Max = lo, hi
	p.X.Tick.Marker = occasionTicks(from, to, usualStep(lines), int((c.Max.X-c.Min.X-labelWidth)/30))
	p.Y.Tick.Marker = linearTicks(lo, hi, 5, tick)
	step := usualStep(lines)
	dense, dated := false, endsDiffer(lines)
	for _, l := range lines {
		dense = dense || len(l.points) > 12
	}
	p.Add(gridLines{}, drawn(func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		var labels []sideLabel
		for _, l := range lines {
			look := d.look(l.country)
			var run []vg.Point
			for i, p := range l.points {
				if i > 0 && p.at-l.points[i-1].at > step*1.5 {
					strokePath(c, run, 1.4, look.color, look.dash...)
					run = nil
				}
				run = append(run, vg.Point{X: x(p.at), Y: y(p.row.Value.V)})
			}
			strokePath(c, run, 1.4, look.color, look.dash...)
		}
		for _, r := range others {
			look := d.look(r.row.Country)
			drawMark(c, look.shape, x(r.at), y(r.row.Value.V), 2.6, look.color, true)
		}
		for i, l := range lines {
			look := d.look(l.country)
			size := vg.Length(2.7)
			if dense {
				size = 1.7
			}
			for _, r := range l.points {
				// Of marks in the same place the lower ones are larger, so that each is seen.
				hidden := 0
				for _, above := range lines[i+1:] {
					for _, q := range above.points {
						if q.at == r.at && q.row.Value.V == r.row.Value.V {
							hidden++
						}
					}
				}
				drawMark(c, look.shape, x(r.at), y(r.row.Value.V), size*vg.Length(1+.5*float64(hidden)), look.color, false)
			}
			end := l.points[len(l.points)-1]
			text := countryName(l.country) + " " + say(end.row.Value.V)
			if dated {
				text += " (" + sayPeriod(end.row.Period.V) + ")"
			}
			labels = append(labels, sideLabel{at: y(end.row.Value.V), text: text, style: boldType.in(look.ink)})
		}
		sideLabels(c, labels, c.Max.X, left, c.Min.Y, c.Max.Y)
	}))
	p.Draw(crop(c, 0, labelWidth, 0, 4))
}

// occasionTicks are no more than n ticks at the years of an indicator that
// comes every step years, or at round years where it comes every year.
func occasionTicks(from, to, step float64, n int) plot.ConstantTicks {
	if step < 2 || step != math.Trunc(step) || from != math.Trunc(from) {
		return yearTicks(from, to, n)
	}
	every := step
	for (to-from)/every+1 > float64(n) && every < to-from {
		every += step
	}
	var out plot.ConstantTicks
	for v := from; v <= to; v += every {
		out = append(out, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', 0, 64)})
	}
	return out
}

// endLabelWidth is the room that the labels of linesPanel need.
func endLabelWidth(lines []timeline, say func(float64) string) vg.Length {
	dated := endsDiffer(lines)
	w := vg.Length(0)
	for _, l := range lines {
		end := l.points[len(l.points)-1]
		text := countryName(l.country) + " " + say(end.row.Value.V)
		if dated {
			text += " (" + sayPeriod(end.row.Period.V) + ")"
		}
		w = max(w, textWidth(text, boldType))
	}
	return w + 10
}

// endsDiffer reports whether the last readings of countries are of different
// periods, so that their labels must be dated.
func endsDiffer(lines []timeline) bool {
	for _, l := range lines {
		if l.points[len(l.points)-1].row.Period != lines[0].points[len(lines[0].points)-1].row.Period {
			return true
		}
	}
	return false
}

// standing says who stands where at the last time that all countries share,
// and how often the highest of them has been that among the times that they
// share, which are called by the given noun. It speaks of the countries
// compared, not of the world.
func standing(what string, lines []timeline, occasions string, say func(float64) string) string {
	shared := map[string]int{}
	for _, l := range lines {
		for _, p := range l.points {
			shared[p.row.Period.V]++
		}
	}
	var periods []string
	for _, p := range lines[0].points {
		if shared[p.row.Period.V] == len(lines) && !slices.Contains(periods, p.row.Period.V) {
			periods = append(periods, p.row.Period.V)
		}
	}
	if len(periods) == 0 {
		return fmt.Sprintf("%s of %s", what, list(names(lines)))
	}
	at := func(period string) (order []string, first string) {
		type place struct {
			name  string
			value float64
		}
		var all []place
		for _, l := range lines {
			for _, p := range l.points {
				if p.row.Period.V == period {
					all = append(all, place{countryName(l.country), p.row.Value.V})
					break
				}
			}
		}
		slices.SortStableFunc(all, func(a, b place) int { return cmp.Compare(b.value, a.value) })
		for _, a := range all {
			order = append(order, a.name+" "+say(a.value))
		}
		if len(all) > 1 && all[0].value > all[1].value {
			first = all[0].name
		}
		return order, first
	}
	last := periods[len(periods)-1]
	order, leader := at(last)
	title := fmt.Sprintf("%s in %s: %s", what, sayPeriod(last), list(order))
	if leader == "" || len(periods) == 1 {
		return title
	}
	led := 0
	for _, p := range periods {
		if _, first := at(p); first == leader {
			led++
		}
	}
	top := "the highest of the " + sayNumber(len(lines))
	if len(lines) == 2 {
		top = "the higher of the two"
	}
	if led == len(periods) {
		return fmt.Sprintf("%s; %s is %s in each of %d %s since %s", title, leader, top, led, occasions, sayPeriod(periods[0]))
	}
	return fmt.Sprintf("%s; %s is %s in %d of %d %s since %s", title, leader, top, led, len(periods), occasions, sayPeriod(periods[0]))
}

func names(lines []timeline) []string {
	var out []string
	for _, l := range lines {
		out = append(out, countryName(l.country))
	}
	return out
}

// readingRows are the plotted values of readings.
func readingRows(all []reading) [][]string {
	var out [][]string
	for _, r := range all {
		v := r.row
		out = append(out, []string{v.Indicator, v.Country.V, v.Platform.V, v.Period.V, plain(v.Value), v.Unit.V, v.ValueText, v.Source, v.Locator, v.Note.V})
	}
	return out
}

func readingHeader() []string {
	return []string{"indicator", "country", "platform", "period", "value", "unit", "value_text", "source", "locator", "note"}
}

func years(all []reading) string {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range all {
		lo, hi = min(lo, math.Floor(r.at)), max(hi, math.Floor(r.at))
	}
	if lo == hi {
		return strconv.Itoa(int(lo))
	}
	return fmt.Sprintf("%d–%d", int(lo), int(hi))
}

// caption joins the sentences of a caption, leaving out empty ones.
func caption(sentences ...string) string {
	out := ""
	for _, s := range sentences {
		if s == "" {
			continue
		}
		if out != "" {
			out += " "
		}
		out += s
	}
	return out
}

// hollowNote explains hollow marks in a caption.
func hollowNote(others []reading) string {
	if len(others) == 0 {
		return ""
	}
	var by []string
	for _, id := range unique(sourcesOf(others)) {
		by = append(by, sourceName(id))
	}
	return "Hollow marks: " + number(len(others), "value", "values") + " printed by " + list(by) + "."
}

// withoutNote names the countries of the study that have no value.
func (d *Data) withoutNote(all []reading) string {
	var without []string
	for _, c := range d.Study.Countries {
		if !slices.ContainsFunc(all, func(r reading) bool { return r.row.Country.V == c }) {
			without = append(without, countryName(datasets.Some(c)))
		}
	}
	if len(without) == 0 {
		return ""
	}
	return "No number in these data: " + list(without) + "."
}

func undatedNote(n int) string {
	if n == 0 {
		return ""
	}
	return "Not drawn: " + number(n, "value printed without a year.", "values printed without a year.")
}
