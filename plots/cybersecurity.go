package plots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var cybersecurity = Figure{
	Name: "cybersecurity",
	Doc: "Global Cybersecurity Index of the ITU by edition, with the rank where one is printed. Editions on different scales have panels of their own and are never joined. " +
		"Hollow marks are values that other sources print for the same edition and that differ.",
	Version: 1,
	Tables:  []string{"published", "sources"},
	Draw:    drawCybersecurity,
}

// scalePanel is the editions that share a scale, in order of time.
type scalePanel struct {
	unit     string
	top      float64
	editions []string // periods
	main     []reading
	others   []reading
}

func drawCybersecurity(d *Data) (*Page, error) {
	scores, undated := d.readings("gci_score")
	scores = d.ofStudy(scores)
	if len(scores) == 0 {
		return nil, noData("no published value of gci_score with a country of the study and a year")
	}
	ranks, _ := d.readings("gci_rank")
	main, others := splitSource(scores)
	var panels []scalePanel
	for _, r := range byTime(main) {
		i := slices.IndexFunc(panels, func(p scalePanel) bool { return p.unit == r.row.Unit.V })
		if i < 0 {
			panels = append(panels, scalePanel{unit: r.row.Unit.V, top: 1})
			i = len(panels) - 1
		}
		p := &panels[i]
		p.main = append(p.main, r)
		if !slices.Contains(p.editions, r.row.Period.V) {
			p.editions = append(p.editions, r.row.Period.V)
		}
		if r.row.Value.V > 1 {
			p.top = 100
		}
	}
	for _, r := range others {
		for i, p := range panels {
			if p.unit == r.row.Unit.V && slices.Contains(p.editions, r.row.Period.V) {
				panels[i].others = append(panels[i].others, r)
			}
		}
	}
	rankOf := func(r reading) string {
		for _, k := range ranks {
			if k.row.Source == r.row.Source && k.row.Country == r.row.Country && k.row.Period == r.row.Period {
				return sayCount(k.row.Value.V)
			}
		}
		return ""
	}
	var shares []float64
	var rows [][]string
	var notes []string
	for _, p := range panels {
		shares = append(shares, float64(len(p.editions))+.45)
		for _, r := range append(p.main[:len(p.main):len(p.main)], p.others...) {
			rows = append(rows, append(readingRows([]reading{r})[0], rankOf(r)))
		}
	}
	for _, k := range ranks {
		if k.row.Source == mainSource(main) && k.row.Note.OK {
			notes = append(notes, "Rank of "+k.row.Period.V+": "+k.row.Note.V)
		}
	}
	last := panels[len(panels)-1]
	title := standing("Global Cybersecurity Index", timelines(byCountry(d, last.main)), "editions", func(v float64) string { return saySignificant(v, 4) })
	if len(panels) > 1 {
		title += " on the present scale"
	}
	note := strings.Join(unique(notes), "; ")
	if note != "" {
		note += "."
	}
	breaks := ""
	if len(panels) > 1 {
		breaks = "Scores on different scales are not comparable: the scale changes at the double bar."
	}
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("ITU Global Cybersecurity Index, score and rank in the world (#) by edition, %s; n = %s of %s",
			years(main), number(len(main), "score", "scores"), number(len(timelines(main)), "country", "countries")),
		Caption: caption(d.cite(append(sourcesOf(scores), rankSources(ranks, main)...)), breaks, note, hollowNote(others), undatedNote(undated)),
		Alt:     "Scores of the Global Cybersecurity Index by edition, in " + number(len(panels), "panel", "panels of different scales") + ". " + title + ".",
		Header:  append(readingHeader(), "rank"),
		Rows:    rows,
	}, 200, func(c draw.Canvas) {
		const gap = 26
		for i, part := range columns(c, gap, shares...) {
			d.scorePanel(part, panels[i], rankOf)
			if i > 0 {
				for _, x := range []vg.Length{part.Min.X - gap/2 - 1.2, part.Min.X - gap/2 + 1.2} {
					strokeLine(c, x, c.Min.Y+14, x, c.Max.Y, .8, midGrey)
				}
			}
		}
	}), nil
}

// scorePanel draws one column an edition: marks at the scores, and beside them
// score and rank.
func (d *Data) scorePanel(c draw.Canvas, panel scalePanel, rankOf func(reading) string) {
	c = heading(c, fmt.Sprintf("Scale 0 to %s: %s", saySignificant(panel.top, 3), editionSpan(panel.editions)))
	p := newPanel()
	p.X.Min, p.X.Max = -.12, float64(len(panel.editions))+.3
	p.Y.Min, p.Y.Max = 0, panel.top
	var ticks plot.ConstantTicks
	for i, e := range panel.editions {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: e})
	}
	p.X.Tick.Marker = ticks
	p.Y.Tick.Marker = linearTicks(0, panel.top, 5, func(v float64) string { return saySignificant(v, 3) })
	p.Add(gridLines{}, drawn(func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		column := func(r reading) vg.Length { return x(float64(slices.Index(panel.editions, r.row.Period.V))) }
		for _, l := range timelines(byCountry(d, panel.main)) {
			for i := 1; i < len(l.points); i++ {
				a, b := l.points[i-1], l.points[i]
				strokeLine(c, column(a), y(a.row.Value.V), column(b), y(b.row.Value.V), 1, tint(d.look(l.country).color, .35))
			}
		}
		for i, e := range panel.editions {
			var labels []sideLabel
			at := vg.Length(0)
			for _, r := range panel.others {
				if r.row.Period.V == e {
					look := d.look(r.row.Country)
					drawMark(c, look.shape, column(r), y(r.row.Value.V), 2.7, look.color, true)
					labels = append(labels, sideLabel{y(r.row.Value.V), scoreLabel(r, rankOf), labelType.in(look.ink)})
				}
			}
			for _, r := range panel.main {
				if r.row.Period.V == e {
					look := d.look(r.row.Country)
					at = column(r)
					name := ""
					if i == len(panel.editions)-1 {
						name = countryName(r.row.Country) + " "
					}
					drawMark(c, look.shape, at, y(r.row.Value.V), 2.9, look.color, false)
					labels = append(labels, sideLabel{y(r.row.Value.V), name + scoreLabel(r, rankOf), labelType.in(look.ink)})
				}
			}
			haloLabels(c, labels, at+1, c.Min.Y+4, c.Max.Y)
		}
	}))
	p.Draw(crop(c, 0, 0, 0, 4))
}

func scoreLabel(r reading, rankOf func(reading) string) string {
	s := saySignificant(r.row.Value.V, 4)
	if rank := rankOf(r); rank != "" {
		s += " #" + rank
	}
	return s
}

// haloLabels is sideLabels on white, for labels that lie over lines.
func haloLabels(c draw.Canvas, labels []sideLabel, x, lo, hi vg.Length) {
	want := make([]vg.Length, len(labels))
	for i, l := range labels {
		want[i] = l.at
	}
	for i, y := range spread(want, vg.Length(labelType.size*1.12), lo, hi) {
		t := labels[i].style
		fillRect(c, x+6.5, y-t.capHeight()*.75, x+9+textWidth(labels[i].text, t), y+t.capHeight()*.75, paper)
	}
	sideLabels(c, labels, x, left, lo, hi)
}

func editionSpan(editions []string) string {
	if len(editions) == 1 {
		return "edition of " + editions[0]
	}
	return "editions of " + list(editions)
}

func byTime(all []reading) []reading {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b reading) int { return cmp.Compare(a.at, b.at) })
	return out
}

func rankSources(ranks, main []reading) []string {
	var out []string
	for _, k := range ranks {
		if k.row.Source == mainSource(main) {
			out = append(out, k.row.Source)
		}
	}
	return out
}

// byCountry puts readings into the order of countries, keeping that of time.
func byCountry(d *Data, all []reading) []reading {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b reading) int { return d.rank(a.row.Country) - d.rank(b.row.Country) })
	return out
}
