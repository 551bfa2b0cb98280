package plots

import (
	"fmt"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var latency = Figure{
	Name: "latency",
	Doc: "How soon accounts post on the events of events.csv, a step line for each country: the share of cases, each an event and an account that was watched, in which the account had posted on it within so many hours, by the estimator of Kaplan and Meier. " +
		"A case without a post counts as long as it was watched and no longer; an upright tick is a time at which watching of some cases ended and none was answered. Far right few cases are left, and a single answer makes a high step. " +
		"The line has no interval, since the events of an account and the accounts of an event depend on each other, and nothing here is a test.",
	Version: 1,
	Tables:  []string{"accounts", "curves", "sources", "values"},
	Metrics: []string{"response_latency"},
	Draw:    drawLatency,
}

func drawLatency(d *Data) (*Page, error) {
	all := d.curveLines(datasets.Latency)
	if len(all) == 0 {
		return nil, noData("no event in observed time")
	}
	longest, highest := 0.0, 0.0
	var names []string
	for _, l := range all {
		longest, highest = max(longest, l.last().X), max(highest, l.last().Y.V)
		names = append(names, caseName(l))
	}
	room := widest(names, boldType) + 12 + sampleRoom
	across := hourTicks(max(longest, 1))
	top := min(1, max(.2, float64(int(highest*5+.999))/5))
	f := facets{
		panels: [][]facet{{{draw: func(c draw.Canvas, x, y func(float64) vg.Length) {
			var named []namedLine
			for _, l := range all {
				look := d.look(datasets.Some(l.country))
				named = append(named, namedLine{stepPath(l, x, y), caseName(l), look})
				for _, at := range ended(l) {
					strokeLine(c, x(at.X), y(at.Y.V)-3.5, x(at.X), y(at.Y.V)+3.5, .9, look.color)
				}
			}
			drawNamed(c, named, room)
		}}}},
		x:    facetAxis{name: "hours since the event", ticks: across, hi: max(longest, across[len(across)-1].Value)},
		y:    facetAxis{name: "share of cases answered", ticks: linearTicks(0, top, 5, func(v float64) string { return saySignificant(v*100, 3) + noBreak + "%" }), hi: top},
		side: room, area: 165,
	}
	b := d.basisOf("response_latency", "within_1h", nil)
	title := d.latencyTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Share of cases, each an event and an account watched after it, with a post on the event within so many hours%s; n = %s of %s",
			b.window(), number(int(b.observations), "case", "cases"), number(b.accounts, "account", "accounts")),
		Caption: caption(d.citeBasis(b), d.lookNote(countriesOf(all)),
			"Kaplan-Meier estimate over the cases of all accounts of a country; an upright tick: watching of some cases ended there and none was answered.",
			"No interval, since cases of one account or one event depend on each other, and no test is made.",
			d.lackNote(all, "case")),
		Alt:    "Step lines of the share of events answered by hours since the event, by country. " + title + ".",
		Header: curveHeader(),
		Rows:   curveRows(all),
	}, f.height(d.width()), f.draw), nil
}

// lackNote names the countries of the study that have no line.
func (d *Data) lackNote(all []curveLine, what string) string {
	var lacking []string
	for _, c := range d.Study.Countries {
		if !slices.ContainsFunc(all, func(l curveLine) bool { return l.country == c }) {
			lacking = append(lacking, countryName(datasets.Some(c)))
		}
	}
	if len(lacking) == 0 {
		return ""
	}
	return "Without any " + what + ": " + list(lacking) + "."
}

// caseName is a country with the number of its cases.
func caseName(l curveLine) string {
	return countryName(datasets.Some(l.country)) + ", n" + noBreak + "=" + noBreak + sayCount(float64(l.n()))
}

// stepPath is the line of a share that rises at its points.
func stepPath(l curveLine, x, y func(float64) vg.Length) []vg.Point {
	var out []vg.Point
	for i, p := range l.points {
		if i > 0 {
			out = append(out, vg.Point{X: x(p.X), Y: out[len(out)-1].Y})
		}
		out = append(out, vg.Point{X: x(p.X), Y: y(p.Y.V)})
	}
	return out
}

// ended are the points at which the share does not rise: there cases were no
// longer watched.
func ended(l curveLine) []datasets.Curve {
	var out []datasets.Curve
	for i, p := range l.points {
		if i > 0 && p.Y.V == l.points[i-1].Y.V {
			out = append(out, p)
		}
	}
	return out
}

// hourTicks are no more than ten ticks at round numbers of hours from 0.
func hourTicks(hi float64) plot.ConstantTicks {
	step := 1.0
	for _, s := range []float64{1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720} {
		step = s
		if hi/s <= 9 {
			break
		}
	}
	var out plot.ConstantTicks
	for v := 0.0; v <= hi; v += step {
		out = append(out, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', -1, 64)})
	}
	return out
}

// shareAt is the share of a step line at x, which it reaches.
func shareAt(l curveLine, x float64) float64 {
	share := 0.0
	for _, p := range l.points {
		if p.X <= x {
			share = p.Y.V
		}
	}
	return share
}

// latencyTitle says what share was answered within the longest of some times
// that every line reaches, and names no first, since there is no interval.
func (d *Data) latencyTitle(all []curveLine) string {
	reached := all[0].last().X
	for _, l := range all {
		reached = min(reached, l.last().X)
	}
	for _, hours := range []float64{24, 12, 6, 3, 1} {
		if reached < hours {
			continue
		}
		var shares []float64
		for _, l := range all {
			shares = append(shares, shareAt(l, hours))
		}
		return fmt.Sprintf("Within %s accounts had posted on %s of the events that they were watched for, in %s", number(int(hours), "hour", "hours"), reachText(shares, sayPercent), d.whoseLines(all))
	}
	return "Posts on events in " + d.whoseLines(all) + ", watched for less than an hour"
}
