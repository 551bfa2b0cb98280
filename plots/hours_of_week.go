package plots

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var hoursOfWeek = Figure{
	Name: "hours_of_week",
	Doc: "When accounts post: hour by weekday in the local time of each account, a column for each country and a row for each platform. The darker a cell, the greater the share of the posts of its panel; all panels have the same scale, and an hour without a post is white. " +
		"An even spread over the week would give every cell 1 in 168. Where a panel has few posts, single dark cells may be chance. Posts of all accounts of a country are pooled; posts whose local time is not known are left out. Nothing here is a test.",
	Version: 1,
	Tables:  []string{"accounts", "curves", "sources", "values"},
	Metrics: []string{"hour_of_day"},
	Draw:    drawHoursOfWeek,
}

// evenShare is the share of an hour of the week when all have the same.
const evenShare = 1. / 168

var weekdays = []string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

// weekHour is an hour of the week; the weekday counts from 1, Monday.
type weekHour struct{ weekday, hour int }

func hourOf(p datasets.Curve) weekHour {
	weekday, _ := strconv.Atoi(p.Series)
	return weekHour{weekday, int(p.X)}
}

// office reports whether the hour lies between Monday and Friday, 9 and 18 h.
func (h weekHour) office() bool { return h.weekday <= 5 && h.hour >= 9 && h.hour < 18 }

// busiest is the point with the greatest share, the earliest of equal ones.
func busiest(l curveLine) datasets.Curve {
	return slices.MaxFunc(l.points, func(a, b datasets.Curve) int { return cmp.Compare(a.Y.V, b.Y.V) })
}

func drawHoursOfWeek(d *Data) (*Page, error) {
	all := slices.DeleteFunc(d.curveLines(datasets.HourByWeekday), func(l curveLine) bool { return l.n() == 0 })
	if len(all) == 0 {
		return nil, noData("no post with a local time")
	}
	return fittedPlatforms(all, func(shown []curveLine, note string) *Page { return d.hoursPage(all, shown, note) }), nil
}

const scaleRoom = 37 // points for the bar of the scale

// hoursPage draws the platforms of some of the lines; its table has all.
func (d *Data) hoursPage(every, all []curveLine, note string) *Page {
	countries, platforms := d.lineCountries(all), linePlatforms(all)
	top := 0.0
	for _, l := range all {
		top = max(top, busiest(l).Y.V)
	}
	f := facets{
		x:    facetAxis{name: "hour of the day, local time", lo: 0, hi: 24},
		y:    facetAxis{lo: 0, hi: 7},
		area: 49, lead: 10,
	}
	for h := 0; h <= 24; h += 6 {
		f.x.ticks = append(f.x.ticks, plot.Tick{Value: float64(h), Label: strconv.Itoa(h)})
	}
	for i, day := range weekdays {
		f.y.ticks = append(f.y.ticks, plot.Tick{Value: 6.5 - float64(i), Label: day})
	}
	for _, p := range platforms {
		f.rows = append(f.rows, platformName(p))
		var row []facet
		for _, c := range countries {
			row = append(row, hoursPanel(all, c, p, top))
		}
		f.panels = append(f.panels, row)
	}
	heads := f.countryHeads(countries, d.width())
	b := d.basisOf("hour_of_day", "mean_hour", platforms)
	title := hoursTitle(all)
	return newPage(d, Page{
		Title:    title,
		Subtitle: "Share of posts of any type by hour and weekday in local time, by country and platform" + b.window() + "; " + b.posts(),
		Caption: caption(d.citeBasis(b),
			"All panels have the same scale; an hour without a post is white, and n is the posts of a panel; where they are few, single dark cells may be chance.",
			"Posts of all accounts of a country are pooled, each in the local time of its account; no test is made.", heads, note),
		Alt:    "Heat maps of posts by hour of the day and weekday, a panel for each country and platform. " + title + ".",
		Header: curveHeader(),
		Rows:   curveRows(every),
	}, f.height(d.width())+scaleRoom, func(c draw.Canvas) {
		scaleBar(c, "share of the posts of a panel", top)
		f.draw(crop(c, 0, 0, scaleRoom, 0))
	})
}

// hoursPanel is the panel of a country and platform; top is the share that is
// darkest.
func hoursPanel(all []curveLine, country, platform string, top float64) facet {
	l, ok := lineOf(all, country, platform)
	if !ok {
		return facet{none: "no post"}
	}
	return facet{
		lead: func(c draw.Canvas) {
			text := "n" + noBreak + "=" + noBreak + sayCount(float64(l.n()))
			write(c, text, c.Max.X, c.Min.Y+2.5, right, tickType)
		},
		draw: func(c draw.Canvas, x, y func(float64) vg.Length) {
			fillRect(c, c.Min.X, c.Min.Y, c.Max.X, c.Max.Y, paper)
			for _, p := range l.points {
				h := hourOf(p)
				if p.Y.V > 0 {
					floor := 7 - float64(h.weekday)
					fillRect(c, x(p.X), y(floor)+.4, x(p.X+1)-.4, y(floor+1), hourShade(p.Y.V, top))
				}
			}
			for _, edge := range [][4]vg.Length{{c.Min.X, c.Max.Y, c.Max.X, c.Max.Y}, {c.Min.X, c.Min.Y, c.Min.X, c.Max.Y}, {c.Max.X, c.Min.Y, c.Max.X, c.Max.Y}, {c.Min.X, c.Min.Y, c.Max.X, c.Min.Y}} {
				strokeLine(c, edge[0], edge[1], edge[2], edge[3], .4, midGrey)
			}
		},
	}
}

// hourShade is the colour of a share above 0: never that of the paper.
func hourShade(share, top float64) color.NRGBA { return shade(.07 + .93*share/top) }

// scaleBar draws the scale of shares from 0 to top at the foot of the canvas,
// with a tick at what an even spread gives.
func scaleBar(c draw.Canvas, name string, top float64) {
	w := textWidth(name, tickType)
	x0 := c.Min.X + w + 10
	x1 := min(x0+170, c.Max.X-20)
	y := c.Min.Y + 14
	write(c, name, c.Min.X, y+1, left, tickType)
	const steps = 64
	for i := range steps {
		a := x0 + (x1-x0)*vg.Length(i)/steps
		fillRect(c, a, y, min(x1, a+(x1-x0)/steps+.3), y+8, hourShade(top*(float64(i)+.5)/steps, top))
	}
	at := func(v float64) vg.Length { return x0 + (x1-x0)*vg.Length(v/top) }
	ticks := facetAxis{ticks: linearTicks(0, top, 4, func(v float64) string { return saySignificant(v*100, 3) + noBreak + "%" }), lo: 0, hi: top}
	for _, l := range ticks.acrossLabels(x0, x1, x0-8, x1+12) {
		strokeLine(c, at(l.tick.Value), y, at(l.tick.Value), y-2.5, .5, midGrey)
		write(c, l.text, l.lo, y-4-tickType.capHeight(), left, tickType)
	}
	if even := at(evenShare); even < x1 {
		strokeLine(c, even, y-1, even, y+11, .8, black)
		write(c, "even spread", even, y+12.5, centre, tickType)
	}
}

// hoursTitle says when the busiest hour of panels lies and what share it has.
func hoursTitle(all []curveLine) string {
	office := 0
	var shares []float64
	for _, l := range all {
		p := busiest(l)
		shares = append(shares, p.Y.V)
		if hourOf(p).office() {
			office++
		}
	}
	share := fmt.Sprintf("it holds %s of the posts, against %s if they were spread evenly", reachText(shares, sayPercent), sayPercent(evenShare))
	if len(all) == 1 {
		p := busiest(all[0])
		return fmt.Sprintf("The busiest hour of the week of %s on %s is %s, %d–%d%sh; %s", countryName(datasets.Some(all[0].country)), platformName(all[0].platform),
			weekdays[hourOf(p).weekday-1], hourOf(p).hour, hourOf(p).hour+1, noBreak, share)
	}
	return fmt.Sprintf("The busiest hour of the week lies between Monday and Friday, 9 and 18%sh, in %d of %d panels; %s", noBreak, office, len(all), share)
}
