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
	Doc: "Global Cybersecurity Index of the ITU by edition, with the rank where one is printed. Editions stand side by side and not to scale of time, so no line joins them; those on different scales have panels of their own. " +
		"Hollow marks are values that other sources print for the same edition and that differ.",
	Version: 2,
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
	var drawnOthers []reading
	for _, p := range panels {
		shares = append(shares, float64(len(p.editions))+.45)
		for _, r := range append(p.main[:len(p.main):len(p.main)], p.others...) {
			rows = append(rows, append(readingRows([]reading{r})[0], rankOf(r)))
		}
		drawnOthers = append(drawnOthers, p.others...)
	}
	for _, k := range ranks {
		if k.row.Source == mainSource(main) && k.row.Note.OK {
			notes = append(notes, "Rank of "+k.row.Period.V+": "+k.row.Note.V)
		}
	}
	last := panels[len(panels)-1]
	title := standing("Global Cybersecurity Index", timelines(byCountry(d, last.main)), "editions", last.score)
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
	const gap = 26
	cramped := false
	for i, part := range d.panels(draw.Canvas{Rectangle: vg.Rectangle{Max: vg.Point{X: d.width()}}}, gap, shares...) {
		_, fits := panels[i].room(part.Max.X-part.Min.X, rankOf)
		cramped = cramped || !fits
	}
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("ITU Global Cybersecurity Index, score and rank in the world (#) by edition, %s; n = %s of %s",
			years(main), number(len(rows), "score", "scores"), number(len(timelines(main)), "country", "countries")),
		Caption: caption(d.cite(append(sourcesOf(scores), rankSources(ranks, main)...)), "Editions stand side by side, not to scale of time.", breaks, note, hollowNote(drawnOthers), d.withoutNote(main), undatedNote(undated)),
		Alt:     "Scores of the Global Cybersecurity Index by edition, in " + number(len(panels), "panel", "panels of different scales") + ". " + title + ".",
		Header:  append(readingHeader(), "rank"),
		Rows:    rows,
		fills:   true,
		cramped: cramped,
	}, d.panelsHeight(len(shares), 200, gap), func(c draw.Canvas) {
		for i, part := range d.panels(c, gap, shares...) {
			d.scorePanel(part, panels[i], rankOf)
			if i > 0 && d.stacks(len(shares)) {
				for _, y := range []vg.Length{part.Max.Y + gap/2 - 1.2, part.Max.Y + gap/2 + 1.2} {
					strokeLine(c, c.Min.X, y, c.Max.X, y, .8, midGrey)
				}
			} else if i > 0 {
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
	p.X.Max, _ = panel.room(c.Max.X-c.Min.X, rankOf)
	p.X.Min = -.2
	p.Y.Min, p.Y.Max = 0, panel.top
	var ticks plot.ConstantTicks
	for i, e := range panel.editions {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: e})
	}
	p.X.Tick.Marker = ticks
	p.Y.Tick.Marker = linearTicks(0, panel.top, 5, func(v float64) string { return saySignificant(v, 3) })
	p.Add(gridLines{}, drawn(func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		for i, e := range panel.editions {
			at := x(float64(i))
			var labels []sideLabel
			var taken []vg.Point
			for _, r := range slices.Concat(panel.others, panel.main) {
				if r.row.Period.V != e {
					continue
				}
				look := d.look(r.row.Country)
				// Marks that would cover each other stand side by side.
				mark := vg.Point{X: at, Y: y(r.row.Value.V)}
				for slices.ContainsFunc(taken, func(q vg.Point) bool { return q.X == mark.X && max(q.Y-mark.Y, mark.Y-q.Y) < 7 }) {
					mark.X -= 7.5
				}
				taken = append(taken, mark)
				drawMark(c, look.shape, mark.X, mark.Y, 2.9, look.color, !slices.Contains(panel.main, r))
				labels = append(labels, sideLabel{at: mark.Y, text: panel.label(r, rankOf), style: labelType.in(look.ink)})
			}
			sideLabels(c, labels, at+1, left, c.Min.Y+4, c.Max.Y)
		}
	}))
	p.Draw(crop(c, 0, 0, 0, 4))
}

// label is what stands beside a mark: in the last edition with the country.
func (p scalePanel) label(r reading, rankOf func(reading) string) string {
	if slices.Contains(p.main, r) && r.row.Period.V == p.editions[len(p.editions)-1] {
		return countryName(r.row.Country) + " " + p.say(r, rankOf)
	}
	return p.say(r, rankOf)
}

// room returns where the axis of a panel of the given width ends, in columns, so
// that the labels of the last one have room, and whether those of all others
// have it too.
func (p scalePanel) room(width vg.Length, rankOf func(reading) string) (end float64, fits bool) {
	const scale, lead = 20, 10 // points for the labels of the scale, and from a mark to its label
	n := float64(len(p.editions))
	var last, other vg.Length
	for _, r := range slices.Concat(p.main, p.others) {
		w := textWidth(p.label(r, rankOf), labelType) + lead
		if r.row.Period.V == p.editions[len(p.editions)-1] {
			last = max(last, w)
		} else {
			other = max(other, w)
		}
	}
	end = n + .3
	width -= scale
	if vg.Length(1.3/(end+.2))*width < last {
		end = n - 1 + (n-.8)*float64(last/max(width-last, 1))
	}
	return end, width > last && width/vg.Length(end+.2) >= other
}

// score writes a score with the decimals of its panel.
func (p scalePanel) score(v float64) string {
	var all []float64
	for _, r := range slices.Concat(p.main, p.others) {
		all = append(all, r.row.Value.V)
	}
	return sayFixed(v, decimalsOf(all, 3))
}

// say writes a score and, where there is one, its rank.
func (p scalePanel) say(r reading, rankOf func(reading) string) string {
	s := p.score(r.row.Value.V)
	if rank := rankOf(r); rank != "" {
		s += " #" + rank
	}
	return s
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
