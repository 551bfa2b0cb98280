package plots

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var lorenz = Figure{
	Name: "lorenz",
	Doc: "How unequally interactions are spread over the own posts of a country's accounts: a panel for each platform and a line for each country. A point of a line says which share of all interactions the share of posts with the fewest has. On the straight diagonal every post would have the same; the further a line hangs below it, the more a few posts have of everything. " +
		"Gini's coefficient, beside the name of a country and a piece of its line, is twice the area between line and diagonal: 0 for equal posts, near 1 where one post has all. " +
		"Posts are pooled, so differences between accounts of a country and between posts of an account both count; posts of which a count is not known are left out. Nothing here is a test.",
	Version: 2,
	Tables:  []string{"accounts", "curves", "sources", "values"},
	Metrics: []string{"zero_share"},
	Draw:    drawLorenz,
}

func drawLorenz(d *Data) (*Page, error) {
	ginis := slices.DeleteFunc(d.curveLines(datasets.PooledGini), func(l curveLine) bool { return !l.points[0].Y.OK })
	if len(ginis) == 0 {
		return nil, noData("no post with an interaction")
	}
	return fittedPlatforms(ginis, func(shown []curveLine, note string) *Page { return d.lorenzPage(ginis, shown, note) }), nil
}

// The sides of a panel that has room for more, in points: on paper of any height,
// of one that is alone there, and, before it takes the height that is left, where
// the height is given.
const (
	widestLorenz      = vg.Length(185)
	widestLorenzAlone = vg.Length(270)
	widestLorenzSlide = vg.Length(120)
)

// lorenzPage draws the platforms of some of the coefficients; its table has all.
func (d *Data) lorenzPage(all, ginis []curveLine, note string) *Page {
	if d.Study.Size.format().height == 0 {
		side := widestLorenz
		if len(byPlatform(ginis)) == 1 {
			side = widestLorenzAlone
		}
		p, _ := d.lorenzPanels(all, ginis, note, side)
		return p
	}
	p, rows := d.lorenzPanels(all, ginis, note, widestLorenzSlide)
	if free := p.height() - p.top() - p.body - p.bottom(); free > 0 {
		p, _ = d.lorenzPanels(all, ginis, note, widestLorenzSlide+free/vg.Length(rows))
	}
	return p
}

// lorenzPanels draws a page with panels no wider than side, and returns the number
// of their rows.
func (d *Data) lorenzPanels(all, ginis []curveLine, note string, side vg.Length) (*Page, int) {
	curves := d.curveLines(datasets.LorenzCurve)
	var percent plot.ConstantTicks
	for _, v := range []float64{0, .25, .5, .75, 1} {
		percent = append(percent, plot.Tick{Value: v, Label: saySignificant(v*100, 3) + noBreak + "%"})
	}
	f := facets{
		x: facetAxis{name: "share of posts, from those with the fewest interactions", ticks: percent, hi: 1},
		y: facetAxis{name: "share of all interactions", ticks: percent, hi: 1},
	}
	groups := byPlatform(ginis)
	f.panels = wrapped(make([]facet, len(groups)), perRow(len(groups), d.width(), 128))
	f.side = max(0, f.panelWidth(d.width())-side)
	f.area = f.panelWidth(d.width())
	for i, g := range groups {
		f.panels[i/len(f.panels[0])][i%len(f.panels[0])] = d.lorenzPanel(g, curves, f.side)
	}
	b := d.basisOf("zero_share", "all", linePlatforms(ginis))
	title := "Gini's coefficient of interactions over posts of " + d.whoseLines(all) + ": " +
		reachByPlatform(all, func(l curveLine) float64 { return l.points[0].Y.V }, sayGini)
	return newPage(d, Page{
		Title:    title,
		Subtitle: "Lorenz curves of interactions over own posts by platform and country" + b.window() + "; " + b.posts(),
		Caption: caption(d.citeBasis(b), d.lookNote(countriesOf(ginis)),
			"Beside names: Gini's coefficient. Straight line: every post has the same.",
			"Posts of all accounts of a country are pooled; no interval, since posts of one account depend on each other, and no test is made.", note),
		Alt:    "Lorenz curves of interactions over posts by platform and country. " + title + ".",
		Header: curveHeader(),
		Rows:   curveRows(all, curves),
	}, f.height(d.width()), f.draw), len(f.panels)
}

func sayGini(v float64) string { return sayFixed(v, 2) }

// lorenzPanel is the panel of the platform of some coefficients. Names stand by
// coefficient from the least, which is the order of the lines: beside the panel
// where it has the room, else in the corner that no line reaches.
func (d *Data) lorenzPanel(ginis, curves []curveLine, side vg.Length) facet {
	return facet{
		head: platformName(ginis[0].platform),
		draw: func(c draw.Canvas, x, y func(float64) vg.Length) {
			strokePath(c, []vg.Point{{X: x(0), Y: y(0)}, {X: x(1), Y: y(1)}}, .6, midGrey)
			type drawnLine struct {
				path []vg.Point
				look look
			}
			var lines []drawnLine
			for _, g := range ginis {
				l, _ := lineOf(curves, g.country, g.platform)
				var path []vg.Point
				for _, p := range l.points {
					path = append(path, vg.Point{X: x(p.X), Y: y(p.Y.V)})
				}
				look := d.look(datasets.Some(g.country))
				strokePath(c, path, lineWidth, look.color, look.dash...)
				lines = append(lines, drawnLine{path, look})
			}
			for i, l := range lines {
				// Each line has its marks at other places, since lines lie close together.
				if n := len(l.path); n > 0 {
					marksAlong(c, l.look, l.path[:1+n*(8+i)/(9+len(lines))], 3)
				}
			}
			d.lorenzKey(c, ginis, side)
		},
	}
}

// lorenzKey names the lines of a panel that has so much room at its side.
func (d *Data) lorenzKey(c draw.Canvas, ginis []curveLine, side vg.Length) {
	const gap = 14 // from the panel to a key beside it
	key := slices.SortedStableFunc(slices.Values(ginis), func(a, b curveLine) int { return cmp.Compare(a.points[0].Y.V, b.points[0].Y.V) })
	beside := side >= leastLorenzKey
	start := c.Min.X + 1
	if beside {
		start = c.Max.X + gap
	}
	for i, g := range key {
		look := d.look(datasets.Some(g.country))
		at := c.Max.Y - 7 - vg.Length(i)*boldType.leading()
		room := side - gap
		if !beside {
			room = c.Max.X - (c.Max.Y - at + boldType.leading()) - start // the diagonal falls as names go down
		}
		lineSample(c, look, start, at)
		gini := " " + sayGini(g.points[0].Y.V)
		room -= sampleRoom + textWidth(gini, boldType)
		name := countryName(datasets.Some(g.country))
		if textWidth(name, boldType) > room {
			name = elide(g.country, room, boldType)
		}
		write(c, name+gini, start+sampleRoom, at-boldType.capHeight()/2, left, boldType.in(look.ink))
	}
}

// leastLorenzKey is the width that a key beside a panel needs.
const leastLorenzKey = vg.Length(110)
