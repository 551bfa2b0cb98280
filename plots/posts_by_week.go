package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var postsByWeek = Figure{
	Name: "posts_by_week",
	Doc: "Posts an account and week of 7 observed days, a column for each country and a row for each platform, all panels with the same axes, the vertical one logarithmic. The step line is the rate of each week from Monday, the band its 95 % interval as a Poisson count. " +
		"Grey that hangs from the upper edge is the share of account-days that were not observed in a week: where it reaches down, nothing was observed and there is no rate. Thin upright lines are the events of the study, with numbers that the caption names. " +
		"The first and the last week end with the study window and are drawn as wide as they are long; the title takes weeks observed in full, of seven days, where there are any. " +
		"The accounts of a country are taken together, so that one with many posts has much weight and one that was observed without a post counts too. Nothing here is a test.",
	Version: 2,
	Tables:  []string{"accounts", "curves", "sources", "values"},
	Metrics: []string{"active_days_share"},
	Draw:    drawPostsByWeek,
}

// weekPoint is a week of a country on a platform.
type weekPoint struct {
	datasets.Curve
	until    float64 // the first day after it
	observed float64 // share of its account-days
}

// days is the length of the week.
func (w weekPoint) days() float64 { return w.until - w.X }

// full reports whether all of a week of seven days was observed.
func (w weekPoint) full() bool { return w.observed == 1 && w.days() == 7 }

// weekPoints joins the weeks of a line with what was observed of them. A week
// ends with the day before the next; the last with its Sunday, or with the study
// window, whose end is 0 where it is not known.
func weekPoints(l curveLine, coverage []curveLine, end float64) []weekPoint {
	var out []weekPoint
	cover, _ := lineOf(coverage, l.country, l.platform)
	for i, p := range l.points {
		w := weekPoint{Curve: p, until: p.X + 7 - math.Mod(p.X+3, 7), observed: 1} // 1970-01-01 was a Thursday
		switch {
		case i+1 < len(l.points):
			w.until = l.points[i+1].X
		case end > p.X:
			w.until = min(w.until, end)
		}
		if !p.Y.OK {
			w.observed = 0
		}
		for _, q := range cover.points {
			if q.X == p.X && q.Y.OK {
				w.observed = q.Y.V
			}
		}
		out = append(out, w)
	}
	return out
}

func drawPostsByWeek(d *Data) (*Page, error) {
	all := d.curveLines(datasets.PostsByWeek)
	if !slices.ContainsFunc(all, func(l curveLine) bool {
		return slices.ContainsFunc(l.points, func(p datasets.Curve) bool { return p.Y.OK })
	}) {
		return nil, noData("no week of posts in observed time")
	}
	return fittedPlatforms(all, func(shown []curveLine, note string) *Page { return d.weeksPage(all, shown, note) }), nil
}

// weeksPage draws the platforms of some of the lines; its table has all.
func (d *Data) weeksPage(every, all []curveLine, note string) *Page {
	coverage := d.curveLines(datasets.CoverageShare)
	countries, platforms := d.lineCountries(all), linePlatforms(all)
	b := d.basisWhere("active_days_share", "share", platforms, func(v datasets.Value) bool { return v.Value.OK })
	end := float64(b.to)
	var rates []float64
	short := false
	from, to := math.Inf(1), math.Inf(-1)
	for _, l := range all {
		for _, w := range weekPoints(l, coverage, end) {
			from, to = min(from, w.X), max(to, w.until)
			short = short || w.days() < 7
			for _, v := range []datasets.Opt[float64]{w.Y, w.Low, w.High} {
				if v.OK {
					rates = append(rates, v.V)
				}
			}
		}
	}
	lo, hi, zero := reachOf(rates)
	events := d.events(from, to)
	f := facets{
		x:    facetAxis{name: monthsName(from, to), ticks: dateTicks(from, to), lo: from, hi: to},
		y:    snugLog("posts an account and week, logarithmic", lo, hi),
		area: min(64, max(30, 440/vg.Length(len(platforms))-30)),
		lead: 8,
	}
	if zero {
		f.y.rail = .14
		f.y.scale = railScale{f.y.rail}
	}
	for i, p := range platforms {
		f.rows = append(f.rows, platformName(p))
		var row []facet
		for _, c := range countries {
			row = append(row, d.weekPanel(all, coverage, c, p, events, i == 0, from, to))
		}
		f.panels = append(f.panels, row)
	}
	heads := f.countryHeads(countries, d.width())
	title := weekTitle(every, coverage, end)
	return newPage(d, Page{
		Title:    title,
		Subtitle: "Posts of any type an account and week of 7 observed days, by country and platform" + b.window() + "; " + b.posts(),
		Caption: caption(d.citeBasis(b),
			"Line: rate of the week; band: 95 % interval of a Poisson count (Garwood), which takes posts to come independently and is too narrow where they do not.",
			when(partly(all, coverage, end), "Grey from above: share of account-days not observed; where it fills a panel no account was observed."),
			when(short, "A narrow step is a week of which the study window has fewer than seven days; its rate is for seven all the same."),
			when(zero, "0 stands on the rail at the foot of a panel, apart from the logarithmic scale."),
			eventsNote(events),
			"Accounts are taken together, so one with many posts has much weight; no test is made.", heads, note),
		Alt:    "Step lines of posts an account and week, a panel for each country and platform. " + title + ".",
		Header: curveHeader(),
		Rows:   append(curveRows(every, coverage), eventRows(events)...),
	}, f.height(d.width()), f.draw)
}

// event is an event of the study with the number that stands for it.
type event struct {
	datasets.Curve
	number int
}

// events are those of the study in the span, in order of time.
func (d *Data) events(from, to float64) []event {
	var out []event
	for _, c := range d.Curves {
		if c.Curve == datasets.EventMoments && c.X >= from && c.X < to {
			out = append(out, event{Curve: c})
		}
	}
	slices.SortStableFunc(out, func(a, b event) int { return cmp.Compare(a.X, b.X) })
	for i := range out {
		out[i].number = i + 1
	}
	return out
}

const mostEvents = 12 // events that a caption names

// eventsNote names the events once, each with its number.
func eventsNote(events []event) string {
	if len(events) == 0 {
		return ""
	}
	if len(events) > mostEvents {
		return fmt.Sprintf("Upright lines: %d events, which the table beside the figure names.", len(events))
	}
	var parts []string
	for _, e := range events {
		name := strconv.Itoa(e.number) + noBreak + e.Series + " (" + dayAt(e.X).Format("2"+noBreak+"Jan")
		if e.Country != "" {
			name += ", " + countryName(datasets.Some(e.Country))
		}
		parts = append(parts, name+")")
	}
	return "Upright lines, events: " + list(parts) + "."
}

func eventRows(events []event) [][]string {
	var out [][]string
	for _, e := range events {
		out = append(out, curveRow(e.Curve))
	}
	return out
}

// weekPanel is the panel of a country and platform; with numbers, the numbers
// of events stand over it.
func (d *Data) weekPanel(all, coverage []curveLine, country, platform string, events []event, numbers bool, from, to float64) facet {
	l, ok := lineOf(all, country, platform)
	if !ok {
		return facet{none: "no observed account"}
	}
	look := d.look(datasets.Some(country))
	weeks := weekPoints(l, coverage, to)
	own := slices.DeleteFunc(slices.Clone(events), func(e event) bool { return e.Country != "" && e.Country != country })
	var lead func(draw.Canvas)
	if numbers && len(own) > 0 {
		lead = func(c draw.Canvas) { eventNumbers(c, own, from, to) }
	}
	return facet{lead: lead, draw: func(c draw.Canvas, x, y func(float64) vg.Length) {
		var edge, foot []vg.Point
		for _, w := range weeks {
			for _, at := range []float64{w.X, w.until} {
				edge = append(edge, vg.Point{X: x(at), Y: c.Max.Y})
				foot = append(foot, vg.Point{X: x(at), Y: c.Max.Y - (c.Max.Y-c.Min.Y)*vg.Length(1-w.observed)})
			}
		}
		fillBetween(c, edge, foot, unseenGrey)
		for _, e := range own {
			strokePath(c, []vg.Point{{X: x(e.X), Y: c.Min.Y}, {X: x(e.X), Y: c.Max.Y + 1.5}}, .6, grey, 1.5, 1.5)
		}
		for _, run := range observedRuns(weeks) {
			var line, upper, lower []vg.Point
			for _, w := range run {
				for _, at := range []float64{w.X, w.until} {
					line = append(line, vg.Point{X: x(at), Y: y(w.Y.V)})
					if w.Low.OK && w.High.OK {
						upper = append(upper, vg.Point{X: x(at), Y: y(w.High.V)})
						lower = append(lower, vg.Point{X: x(at), Y: max(c.Min.Y, y(w.Low.V))})
					}
				}
			}
			fillBetween(c, upper, lower, pale(look.color, .28))
			strokePath(c, line, 1.2, look.color)
		}
	}}
}

// unseenGrey is what was not observed.
var unseenGrey = pale(midGrey, .45)

// observedRuns parts weeks at those without a rate, which are left out.
func observedRuns(weeks []weekPoint) [][]weekPoint {
	var out [][]weekPoint
	open := false
	for _, w := range weeks {
		if !w.Y.OK {
			open = false
			continue
		}
		if !open {
			out, open = append(out, nil), true
		}
		out[len(out)-1] = append(out[len(out)-1], w)
	}
	return out
}

// eventNumbers writes the numbers of events where they lie between from and to,
// if there are few enough to be named and to stand side by side.
func eventNumbers(c draw.Canvas, events []event, from, to float64) {
	var want []vg.Length
	for _, e := range events {
		want = append(want, c.Min.X+(c.Max.X-c.Min.X)*vg.Length((e.X-from)/(to-from)))
	}
	const apart = 10
	if events[len(events)-1].number > mostEvents || vg.Length(len(events)-1)*apart > c.Max.X-c.Min.X-8 {
		return
	}
	for i, at := range spread(want, apart, c.Min.X+4, c.Max.X-4) {
		write(c, strconv.Itoa(events[i].number), at, c.Min.Y+2.5, centre, tickType)
	}
}

// partly reports whether any week was not observed in full.
func partly(all, coverage []curveLine, end float64) bool {
	for _, l := range all {
		for _, w := range weekPoints(l, coverage, end) {
			if w.observed < 1 {
				return true
			}
		}
	}
	return false
}

// weekTitle says least and greatest rate of a week with their intervals, of the
// weeks that were observed in full where there are any, and says so where others
// are drawn. It does not say whose they are unless there is one line, since
// intervals of others may hold them.
func weekTitle(all, coverage []curveLine, end float64) string {
	var full, rated []weekPoint
	for _, l := range all {
		for _, w := range weekPoints(l, coverage, end) {
			if w.Y.OK {
				rated = append(rated, w)
				if w.full() {
					full = append(full, w)
				}
			}
		}
	}
	which := ""
	switch {
	case len(full) == 0:
		full, which = rated, ", in weeks none of which was observed in full"
	case len(full) < len(rated):
		which = " in weeks observed in full"
	}
	of := ""
	if len(all) == 1 {
		of = " of " + countryName(datasets.Some(all[0].country)) + " on " + platformName(all[0].platform)
	}
	order := func(a, b weekPoint) int { return cmp.Compare(a.Y.V, b.Y.V) }
	low, top := slices.MinFunc(full, order), slices.MaxFunc(full, order)
	if low.Y.V == top.Y.V {
		return fmt.Sprintf("Posts an account and week%s: %s throughout%s", of, sayRate(low, interval95), which)
	}
	return fmt.Sprintf("Posts an account and week%s range from %s to %s%s", of, sayRate(low, interval95), sayRate(top, ""), which)
}

const interval95 = "95" + noBreak + "% interval "

// sayRate writes the rate of a week with its interval, if any, after what it is.
func sayRate(w weekPoint, what string) string {
	text := saySignificant(w.Y.V, 2)
	if w.Low.OK && w.High.OK {
		text += " (" + what + saySignificant(w.Low.V, 2) + " to " + saySignificant(w.High.V, 2) + ")"
	}
	return text
}

// monthsName names an axis of dates: by the year where it has only one.
func monthsName(from, to float64) string {
	if a, b := dayAt(from), dayAt(to-1); a.Year() == b.Year() {
		return a.Format("2006")
	}
	return "month"
}

// dateTicks are ticks at months of one year, at quarters over up to three years
// and at years beyond, for an axis in days since 1970-01-01.
func dateTicks(from, to float64) plot.ConstantTicks {
	a, b := dayAt(from), dayAt(to-1)
	months, layout := 1, "Jan"
	switch {
	case a.Year() == b.Year():
	case b.Sub(a) < 3*366*24*time.Hour:
		months, layout = 3, "Jan 06"
	default:
		months, layout = 12, "2006"
	}
	var out plot.ConstantTicks
	for t := time.Date(a.Year(), 1, 1, 0, 0, 0, 0, time.UTC); ; t = t.AddDate(0, months, 0) {
		v := float64(t.Unix()) / 86_400
		if v > to {
			return out
		}
		if v >= from {
			out = append(out, plot.Tick{Value: v, Label: t.Format(layout)})
		}
	}
}
