package plots

import (
	"cmp"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var interactionsCCDF = Figure{
	Name: "interactions_ccdf",
	Doc: "Of the own posts of a country's accounts, the share that has at least so many interactions, a panel for each platform and a line for each country, both axes logarithmic. Read upward from a number of interactions: the height is the share of posts that reach it; a line further right has more posts with many. " +
		"The bars above each panel are the posts without any interaction, which have no place on a logarithmic axis. " +
		"Posts are pooled, so an account with many posts has much weight; posts of which a count is not known are left out. Nothing here is a test.",
	Version: 3,
	Tables:  []string{"accounts", "curves", "sources", "values"},
	Metrics: []string{"zero_share"},
	Draw:    drawInteractionsCCDF,
}

func drawInteractionsCCDF(d *Data) (*Page, error) {
	zeros, tails := d.curveLines(datasets.ZeroPosts), d.curveLines(datasets.CCDF)
	if len(zeros) == 0 {
		return nil, noData("no post with known interactions")
	}
	return fittedPlatforms(zeros, func(shown []curveLine, note string) *Page { return d.ccdfPage(zeros, shown, tails, note) }), nil
}

// ccdfPage draws the platforms of some of the bars; its table has all.
func (d *Data) ccdfPage(all, zeros, allTails []curveLine, note string) *Page {
	tails := onPlatforms(allTails, linePlatforms(zeros))
	most, least := 1.0, 1.0
	for _, l := range tails {
		most, least = max(most, l.last().X), min(least, l.last().Y.V)
	}
	var labels []string
	for _, c := range d.lineCountries(zeros) {
		labels = append(labels, countryName(datasets.Some(c)))
	}
	room := nameRoom(labels)
	across, up := logTicks(1, most), logTicks(min(least, .5), 1)
	for i, t := range up {
		up[i].Label = saySignificant(t.Value*100, 4) + noBreak + "%"
	}
	groups := byPlatform(zeros)
	var panels []facet
	rows := 0
	for _, g := range groups {
		rows = max(rows, len(g))
		panels = append(panels, d.ccdfPanel(g, tails, room))
	}
	f := facets{
		panels: wrapped(panels, perRow(len(panels), d.width(), room+76)),
		x:      facetAxis{name: "at least so many interactions of a post, logarithmic", ticks: across, lo: across[0].Value, hi: across[len(across)-1].Value, scale: plot.LogScale{}},
		y:      facetAxis{name: "share of posts, logarithmic; bars: share of posts without any interaction", ticks: up, lo: up[0].Value, hi: 1, scale: plot.LogScale{}},
		side:   room, lead: zeroPitch*vg.Length(rows) + 7, area: 118,
	}
	b := d.basisOf("zero_share", "all", linePlatforms(zeros))
	title := d.ccdfTitle(all, allTails)
	return newPage(d, Page{
		Title:    title,
		Subtitle: "Share of own posts with at least so many interactions by platform and country" + b.window() + "; " + b.posts(),
		Caption: caption(d.citeBasis(b), d.lookNote(countriesOf(zeros)),
			"Interactions are likes, comments and shares (and quotes on X), or those of them that the study names. Bars above a panel run from 0 to the share of posts without any, of 100 % at the tick; beside them stand that share and the number of posts.",
			"Posts of all accounts of a country are pooled; no interval, since posts of one account depend on each other, and no test is made.", note),
		Alt:    "Curves of the share of posts with at least a number of interactions, both axes logarithmic, by platform and country. " + title + ".",
		Header: curveHeader(),
		Rows:   curveRows(all, allTails),
	}, f.height(d.width()), f.draw)
}

// countriesOf are the countries of lines, for notes on their looks.
func countriesOf(all []curveLine) []datasets.Opt[string] {
	var out []datasets.Opt[string]
	for _, l := range all {
		out = append(out, datasets.Some(l.country))
	}
	return out
}

const zeroPitch = 9.5 // points from bar to bar

// ccdfPanel is the panel of the platform of some bars.
func (d *Data) ccdfPanel(zeros, tails []curveLine, room vg.Length) facet {
	return facet{
		head: platformName(zeros[0].platform),
		lead: func(c draw.Canvas) { d.zeroBars(c, zeros) },
		draw: func(c draw.Canvas, x, y func(float64) vg.Length) {
			var named []namedLine
			for _, z := range zeros {
				if l, ok := lineOf(tails, z.country, z.platform); ok {
					named = append(named, namedLine{ccdfPath(l, x, y), countryName(datasets.Some(l.country)), d.look(datasets.Some(l.country))})
				}
			}
			drawNamed(c, named, room)
		},
	}
}

// ccdfPath is the line of a share of posts with at least x: just above a value
// that occurs it falls to the share of the next.
func ccdfPath(l curveLine, x, y func(float64) vg.Length) []vg.Point {
	out := []vg.Point{{X: x(1), Y: y(l.points[0].Y.V)}}
	for i, p := range l.points {
		if i > 0 {
			out = append(out, vg.Point{X: out[len(out)-1].X, Y: y(p.Y.V)})
		}
		out = append(out, vg.Point{X: x(p.X), Y: y(p.Y.V)})
	}
	return out
}

// zeroBars draws the shares without an interaction, all on the same scale from
// 0 to 1.
func (d *Data) zeroBars(c draw.Canvas, zeros []curveLine) {
	var texts []string
	for _, z := range zeros {
		texts = append(texts, sayPercent(z.points[0].Y.V)+" of "+sayCount(float64(z.n())))
	}
	x0, x1 := c.Min.X+7, c.Max.X-widest(texts, labelType)-4
	for i, z := range zeros {
		look := d.look(datasets.Some(z.country))
		y := c.Max.Y - zeroPitch*(vg.Length(i)+.5) - 1
		strokeLine(c, x0, y, x1, y, .5, gridGrey)
		strokeLine(c, x1, y-2, x1, y+2, .5, midGrey)
		fillRect(c, x0, y-1.8, x0+(x1-x0)*vg.Length(z.points[0].Y.V), y+1.8, look.color)
		drawMark(c, look.shape, c.Min.X+2.5, y, 2.5, look.color, false)
		write(c, texts[i], x1+4, y-labelType.capHeight()/2, left, labelType.in(look.ink))
	}
}

// ccdfTitle says how many posts have no interaction, and the most that one has.
func (d *Data) ccdfTitle(zeros, tails []curveLine) string {
	if len(tails) == 0 {
		return "No post had an interaction"
	}
	top := slices.MaxFunc(tails, func(a, b curveLine) int { return cmp.Compare(a.last().X, b.last().X) })
	share := reachByPlatform(zeros, func(l curveLine) float64 { return l.points[0].Y.V }, sayPercent)
	return "Posts of " + d.whoseLines(zeros) + " without any interaction: " + share + "; the most that a post had is " + sayCount(top.last().X) + " on " + platformName(top.platform)
}
