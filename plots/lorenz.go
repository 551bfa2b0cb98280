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
	Doc: "How unequally interactions are spread over the own posts of a country's accounts: a panel for each platform and a line for each country. A point of a line says which share of all interactions the share of posts with the fewest has. On the dashed diagonal every post would have the same; the further a line hangs below it, the more a few posts have of everything. " +
		"Gini's coefficient, beside the name, is twice the area between line and diagonal: 0 for equal posts, near 1 where one post has all. " +
		"Posts are pooled, so differences between accounts of a country and between posts of an account both count; posts of which a count is not known are left out. Nothing here is a test.",
	Version: 1,
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

// The greatest sides of a panel that has room for more, in points: on paper of
// any height, and where the height is given.
const (
	widestLorenz      = 185
	widestLorenzSlide = 120
)

// lorenzPage draws the platforms of some of the coefficients; its table has all.
func (d *Data) lorenzPage(all, ginis []curveLine, note string) *Page {
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
	var panels []facet
	for _, g := range groups {
		panels = append(panels, d.lorenzPanel(g, curves))
	}
	f.panels = wrapped(panels, perRow(len(panels), d.width(), 128))
	widest := vg.Length(widestLorenz)
	if d.Study.Size.format().height > 0 {
		widest = widestLorenzSlide
	}
	f.side = max(0, f.panelWidth(d.width())-widest)
	f.area = f.panelWidth(d.width())
	b := d.basisOf("zero_share", "all", linePlatforms(ginis))
	title := "Gini's coefficient of interactions over posts of " + d.whoseLines(all) + ": " +
		reachByPlatform(all, func(l curveLine) float64 { return l.points[0].Y.V }, sayGini)
	return newPage(d, Page{
		Title:    title,
		Subtitle: "Lorenz curves of interactions over own posts by platform and country" + b.window() + "; " + b.posts(),
		Caption: caption(d.citeBasis(b), d.lookNote(countriesOf(ginis)),
			"Beside names: Gini's coefficient. Dashed: every post has the same.",
			"Posts of all accounts of a country are pooled; no interval, since posts of one account depend on each other, and no test is made.", note),
		Alt:    "Lorenz curves of interactions over posts by platform and country. " + title + ".",
		Header: curveHeader(),
		Rows:   curveRows(all, curves),
	}, f.height(d.width()), f.draw)
}

func sayGini(v float64) string { return sayFixed(v, 2) }

// lorenzPanel is the panel of the platform of some coefficients. Names stand in
// the corner that no line reaches, by coefficient from the least, which is the
// order of the lines.
func (d *Data) lorenzPanel(ginis, curves []curveLine) facet {
	return facet{
		head: platformName(ginis[0].platform),
		draw: func(c draw.Canvas, x, y func(float64) vg.Length) {
			strokePath(c, []vg.Point{{X: x(0), Y: y(0)}, {X: x(1), Y: y(1)}}, .8, grey, 3, 2)
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
				strokePath(c, path, 1.2, look.color)
				lines = append(lines, drawnLine{path, look})
			}
			for i, l := range lines {
				// Each line has its marks at other places, since lines lie close together.
				if n := len(l.path); n > 0 {
					marksAlong(c, l.look, l.path[:1+n*(8+i)/(9+len(lines))], 3)
				}
			}
			key := slices.SortedStableFunc(slices.Values(ginis), func(a, b curveLine) int { return cmp.Compare(a.points[0].Y.V, b.points[0].Y.V) })
			for i, g := range key {
				look := d.look(datasets.Some(g.country))
				at := c.Max.Y - 7 - vg.Length(i)*boldType.leading()
				drawMark(c, look.shape, c.Min.X+5, at, 2.5, look.color, false)
				room := x(1) - (c.Max.Y - at + boldType.leading()) - c.Min.X - 16
				name := elide(countryName(datasets.Some(g.country)), room-textWidth(" 0.00", boldType), boldType)
				write(c, name+" "+sayGini(g.points[0].Y.V), c.Min.X+11, at-boldType.capHeight()/2, left, boldType.in(look.ink))
			}
		},
	}
}
