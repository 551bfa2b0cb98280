package plots

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"
	"strconv"
	"strings"
	"time"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// Selecting the curves of countries, saying what stands behind them, and
// drawing them as lines that carry their names.

// curveLine is a curve of a country on a platform, its points by series and x.
type curveLine struct {
	country, platform string
	points            []datasets.Curve
}

// n is the number of observations behind the line.
func (l curveLine) n() int64 { return l.points[0].N }

// last is the point with the greatest x.
func (l curveLine) last() datasets.Curve { return l.points[len(l.points)-1] }

// curveLines returns the lines of a curve by platform and, within it, in the
// order of the study's countries.
func (d *Data) curveLines(curve string) []curveLine {
	var out []curveLine
	for _, p := range d.Curves {
		if p.Curve != curve {
			continue
		}
		if n := len(out); n == 0 || out[n-1].country != p.Country || out[n-1].platform != p.Platform {
			out = append(out, curveLine{country: p.Country, platform: p.Platform})
		}
		out[len(out)-1].points = append(out[len(out)-1].points, p)
	}
	slices.SortStableFunc(out, func(a, b curveLine) int {
		return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(d.rank(datasets.Some(a.country)), d.rank(datasets.Some(b.country))), cmp.Compare(a.country, b.country))
	})
	return out
}

// byPlatform parts lines by platform, in their order.
func byPlatform(all []curveLine) [][]curveLine {
	var out [][]curveLine
	for _, l := range all {
		if n := len(out); n == 0 || out[n-1][0].platform != l.platform {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], l)
	}
	return out
}

// lineCountries are the countries of lines, in the order of the study.
func (d *Data) lineCountries(all []curveLine) []string {
	var out []string
	for _, l := range all {
		if !slices.Contains(out, l.country) {
			out = append(out, l.country)
		}
	}
	slices.SortStableFunc(out, func(a, b string) int {
		return cmp.Or(cmp.Compare(d.rank(datasets.Some(a)), d.rank(datasets.Some(b))), cmp.Compare(a, b))
	})
	return out
}

func linePlatforms(all []curveLine) []string {
	var out []string
	for _, l := range byPlatform(all) {
		out = append(out, l[0].platform)
	}
	return out
}

// onPlatforms keeps the lines of some platforms.
func onPlatforms(all []curveLine, platforms []string) []curveLine {
	var out []curveLine
	for _, l := range all {
		if slices.Contains(platforms, l.platform) {
			out = append(out, l)
		}
	}
	return out
}

// fittedPlatforms returns the page with the panels of as many platforms as a
// page no higher than tallest has room for: those of most posts; note says in
// the caption how many are left to the table.
func fittedPlatforms(all []curveLine, page func(shown []curveLine, note string) *Page) *Page {
	groups := byPlatform(all)
	return fitted(len(groups), func(n int) *Page {
		var shown []curveLine
		for _, g := range greatest(groups, n, tally) {
			shown = append(shown, g...)
		}
		return page(shown, moreNote(len(groups)-n, "platform", "platforms", "with fewer posts"))
	})
}

// tally is how many posts lines have together, to tell large from small.
func tally(some []curveLine) float64 {
	n := 0.0
	for _, l := range some {
		for i, p := range l.points {
			if i == 0 || p.Curve == datasets.PostsByWeek {
				n += float64(p.N)
			}
		}
	}
	return n
}

// lineOf finds the line of a country on a platform.
func lineOf(all []curveLine, country, platform string) (curveLine, bool) {
	i := slices.IndexFunc(all, func(l curveLine) bool { return l.country == country && l.platform == platform })
	if i < 0 {
		return curveLine{}, false
	}
	return all[i], true
}

// basis is what stands behind curves of countries: how many accounts count, how
// many observations that the metric can use they have together, from when to when, and the sources.
type basis struct {
	accounts     int
	observations int64
	from, to     datasets.Day
	sources      []string
}

// basisOf tallies the rows of the study window that a part of a metric has for
// accounts of the study's countries on the platforms, as far as they have at least
// one observation that it can use; no platforms are all.
func (d *Data) basisOf(metric, part string, platforms []string) basis {
	return d.basisWhere(metric, part, platforms, func(v datasets.Value) bool { return v.NObserved > 0 })
}

// basisWhere is basisOf for the rows that count: basisOf leaves out accounts
// without an observation, which a mean over accounts and days does not.
func (d *Data) basisWhere(metric, part string, platforms []string, counts func(datasets.Value) bool) basis {
	var b basis
	for _, v := range d.Values {
		if v.Metric != metric || v.Part != part || v.PeriodKind != "window" || !counts(v) || len(platforms) > 0 && !slices.Contains(platforms, v.Platform) {
			continue
		}
		if a, ok := d.account(v.Platform, v.AccountID); !ok || !a.Country.OK || !slices.Contains(d.Study.Countries, a.Country.V) {
			continue
		}
		if b.accounts == 0 {
			b.from, b.to = v.PeriodStart, v.PeriodEnd
		}
		b.from, b.to = min(b.from, v.PeriodStart), max(b.to, v.PeriodEnd)
		b.accounts++
		b.observations += v.NObserved
		b.sources = append(b.sources, v.Source)
	}
	return b
}

// window says from when to when, as the end of a sentence; it is empty where
// that is not known.
func (b basis) window() string {
	if b.accounts == 0 {
		return ""
	}
	return ", " + sayDay(b.from) + " to " + sayDay(b.to-1)
}

// posts says n in posts and accounts.
func (b basis) posts() string {
	return fmt.Sprintf("n = %s of %s", number(int(b.observations), "post", "posts"), number(b.accounts, "account", "accounts"))
}

func (d *Data) citeBasis(b basis) string {
	if len(b.sources) == 0 {
		return ""
	}
	return d.cite(sourceParts(b.sources))
}

func sayDay(d datasets.Day) string { return sayDate(d.Time(), "day") }

// dayAt is the time at a number of days since 1970-01-01, to the second.
func dayAt(days float64) time.Time { return time.Unix(int64(days*86_400), 0).UTC() }

// sayPercent writes a share in percent to two significant digits.
func sayPercent(v float64) string { return saySignificant(v*100, 2) + noBreak + "%" }

// reachText says least and greatest of some values: 21 to 26, or 21 alone.
func reachText(values []float64, say func(float64) string) string {
	lo, hi := say(slices.Min(values)), say(slices.Max(values))
	if lo == hi {
		return lo
	}
	const percent = noBreak + "%"
	if strings.HasSuffix(hi, percent) {
		lo = strings.TrimSuffix(lo, percent)
	}
	return lo + " to " + hi
}

// reachByPlatform says least and greatest of the values of lines on each
// platform, or of all where there are more than three platforms.
func reachByPlatform(all []curveLine, value func(curveLine) float64, say func(float64) string) string {
	reach := func(some []curveLine) string {
		var values []float64
		for _, l := range some {
			values = append(values, value(l))
		}
		return reachText(values, say)
	}
	groups := byPlatform(all)
	if len(groups) > 3 {
		return reach(all) + " on " + sayNumber(len(groups)) + " platforms"
	}
	var parts []string
	for _, g := range groups {
		parts = append(parts, reach(g)+" on "+platformName(g[0].platform))
	}
	return list(parts)
}

// whoseLines says of which countries lines are: of the one by its name.
func (d *Data) whoseLines(all []curveLine) string {
	countries := d.lineCountries(all)
	if len(countries) == 1 {
		return countryName(datasets.Some(countries[0]))
	}
	return sayNumber(len(countries)) + " countries"
}

// curveRow is the table row of a point.
func curveRow(p datasets.Curve) []string {
	return []string{p.Curve, p.Country, p.Platform, p.Series, strconv.FormatFloat(p.X, 'f', -1, 64), plain(p.Y), plain(p.Low), plain(p.High), strconv.FormatInt(p.N, 10)}
}

func curveHeader() []string {
	return []string{"curve", "country", "platform", "series", "x", "y", "low", "high", "n"}
}

// curveRows are the table rows of lines.
func curveRows(groups ...[]curveLine) [][]string {
	var out [][]string
	for _, lines := range groups {
		for _, l := range lines {
			for _, p := range l.points {
				out = append(out, curveRow(p))
			}
		}
	}
	return out
}

// strokePath draws a line through points.
func strokePath(c vg.Canvas, points []vg.Point, width vg.Length, col color.Color, dash ...vg.Length) {
	if len(points) < 2 {
		return
	}
	c.SetColor(col)
	c.SetLineWidth(width)
	c.SetLineDash(dash, 0)
	var p vg.Path
	for i, q := range points {
		if i == 0 {
			p.Move(q)
		} else {
			p.Line(q)
		}
	}
	c.Stroke(p)
	c.SetLineDash(nil, 0)
}

// fillBetween fills the area between two lines with the same places along them.
func fillBetween(c vg.Canvas, upper, lower []vg.Point, col color.Color) {
	if len(upper) == 0 {
		return
	}
	var p vg.Path
	p.Move(upper[0])
	for _, q := range upper[1:] {
		p.Line(q)
	}
	for _, q := range slices.Backward(lower) {
		p.Line(q)
	}
	p.Close()
	c.SetColor(col)
	c.Fill(p)
}

// pale is a colour mixed with white, for bands behind lines.
func pale(c color.NRGBA, share float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(255 - (255-float64(v))*share + .5) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}

// marksAlong draws a shape at n places along a line that are about as far apart
// on paper, its end among them: lines of one colour are told apart by them.
func marksAlong(c vg.Canvas, l look, points []vg.Point, n int) {
	length := vg.Length(0)
	far := make([]vg.Length, len(points))
	for i := 1; i < len(points); i++ {
		d := points[i].Sub(points[i-1])
		length += max(d.X, -d.X) + max(d.Y, -d.Y)
		far[i] = length
	}
	for k := range n {
		want := length * vg.Length(k+1) / vg.Length(n)
		i, _ := slices.BinarySearch(far, want*(1-1e-9))
		i = min(i, len(points)-1)
		drawMark(c, l.shape, points[i].X, points[i].Y, 2.3, l.color, false)
	}
}

// namedLine is a line on paper and what it is called.
type namedLine struct {
	path []vg.Point
	text string
	look look
}

// nameRoom is the width that names of lines get beside a panel.
func nameRoom(texts []string) vg.Length { return min(widest(texts, boldType), 92) + 12 + sampleRoom }

// A sample of a line in a key: its length, and with the distance to the name.
const (
	sampleLength = vg.Length(19)
	sampleRoom   = sampleLength + 4
)

// lineSample draws a short piece of a line with its mark from x on, at the
// height y.
func lineSample(c vg.Canvas, l look, x, y vg.Length) {
	strokePath(c, []vg.Point{{X: x, Y: y}, {X: x + sampleLength, Y: y}}, lineWidth, l.color, l.dash...)
	drawMark(c, l.shape, x+sampleLength/2, y, 2.3, l.color, false)
}

// lineWidth is that of lines of countries.
const lineWidth = vg.Length(1.2)

// drawNamed draws lines with marks and writes their names right of the panel,
// apart from each other, each with a sample of its line, since several may end in
// one place, and a thin leader to where it ends.
func drawNamed(c draw.Canvas, all []namedLine, room vg.Length) {
	var labels []sideLabel
	for _, l := range all {
		end := l.path[len(l.path)-1]
		strokeLine(c, end.X, end.Y, max(end.X, c.Max.X+1), end.Y, .5, midGrey)
		labels = append(labels, sideLabel{at: end.Y, text: elide(l.text, room-9-sampleRoom, boldType), style: boldType.in(l.look.ink), line: &l.look})
	}
	sideLabels(c, labels, c.Max.X, left, c.Min.Y, c.Max.Y-4)
	for _, l := range all {
		strokePath(c, l.path, lineWidth, l.look.color, l.look.dash...)
	}
	for _, l := range all {
		marksAlong(c, l.look, l.path, 4)
	}
}
