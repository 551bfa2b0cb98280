package plots

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var ddrRank = Figure{
	Name: "ddr_rank",
	Doc: "Rank in the Digital Diplomacy Review in its first and last edition in the data: a slope for each country, rank 1 on top. " +
		"Countries outside the study are grey. A country with one of the two ranks has a mark and no slope.",
	Version: 2,
	Tables:  []string{"published", "sources"},
	Draw:    drawDDRRank,
}

// slope is a country's rank in two editions; conflicting prints of one rank
// are slopes of their own.
type slope struct {
	from, to []reading
}

func drawDDRRank(d *Data) (*Page, error) {
	all, undated := d.readings("ddr_rank")
	var kept []reading
	for _, r := range all {
		same := func(k reading) bool {
			return k.row.Country == r.row.Country && k.row.Period == r.row.Period && k.row.Value == r.row.Value
		}
		if !slices.ContainsFunc(kept, same) {
			kept = append(kept, r)
		}
	}
	own := byTime(d.ofStudy(kept))
	if len(own) == 0 || own[0].row.Period == own[len(own)-1].row.Period {
		return nil, noData("no published value of ddr_rank of two editions with a country of the study")
	}
	first, last := own[0].row.Period.V, own[len(own)-1].row.Period.V
	var slopes []slope
	var drawnReadings []reading
	worst := 1.
	for _, l := range timelines(kept) {
		var s slope
		for _, r := range l.points {
			switch r.row.Period.V {
			case first:
				s.from = append(s.from, r)
			case last:
				s.to = append(s.to, r)
			}
		}
		study := slices.Contains(d.Study.Countries, l.country.V)
		if study && len(s.from)+len(s.to) > 0 || len(s.from) > 0 && len(s.to) > 0 {
			slopes = append(slopes, s)
			drawnReadings = append(append(drawnReadings, s.from...), s.to...)
		}
	}
	for _, r := range drawnReadings {
		worst = max(worst, r.row.Value.V)
	}
	title := slopeTitle(d, slopes, first, last)
	context, others := "", ""
	if slices.ContainsFunc(drawnReadings, func(r reading) bool { return !slices.Contains(d.Study.Countries, r.row.Country.V) }) {
		context = "Grey: countries outside the study."
	}
	if n := len(kept) - len(drawnReadings); n > 0 {
		others = "Not drawn: " + number(n, "rank", "ranks") + " of countries outside the study in one edition only, or of other editions."
	}
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Rank in the Digital Diplomacy Review, editions of %s and %s, 1 is the best; n = %s of %s",
			first, last, number(len(drawnReadings), "rank", "ranks"), number(len(slopes), "country", "countries")),
		Caption: caption(d.cite(sourcesOf(all)), context, others, d.withoutNote(drawnReadings), undatedNote(undated)),
		Alt:     "Slope chart of ranks. " + title + ".",
		Header:  readingHeader(),
		Rows:    readingRows(drawnReadings),
		fills:   true,
	}, 250, func(c draw.Canvas) { d.slopePanel(c, slopes, first, last, worst) }), nil
}

func slopeTitle(d *Data, slopes []slope, first, last string) string {
	var moves []string
	fell, rose, stayed := 0, 0, 0
	for _, s := range slopes {
		if len(s.from) != 1 || len(s.to) != 1 || !slices.Contains(d.Study.Countries, s.from[0].row.Country.V) {
			continue
		}
		a, b := s.from[0].row.Value.V, s.to[0].row.Value.V
		if b > a {
			fell++
		}
		if b < a {
			rose++
		}
		move := fmt.Sprintf("%s from %s to %s", countryName(s.from[0].row.Country), sayCount(a), sayCount(b))
		if a == b {
			stayed++
			move = fmt.Sprintf("%s %s in both", countryName(s.from[0].row.Country), sayCount(a))
		}
		moves = append(moves, move)
	}
	if len(moves) == 0 {
		return fmt.Sprintf("Digital Diplomacy Review ranks of %s and %s", first, last)
	}
	head := "Digital Diplomacy Review ranks"
	switch len(moves) {
	case fell:
		head = "Digital Diplomacy Review ranks fell"
	case rose:
		head = "Digital Diplomacy Review ranks rose"
	case stayed:
		head = "Digital Diplomacy Review ranks did not change"
	}
	return fmt.Sprintf("%s between %s and %s: %s", head, first, last, list(moves))
}

func (d *Data) slopePanel(c draw.Canvas, slopes []slope, first, last string, worst float64) {
	p := newPanel()
	p.X.Min, p.X.Max = 0, 1
	p.X.Tick.Length = 0
	p.X.LineStyle.Width = 0
	p.X.Padding = 5
	p.X.Tick.Label.Font.Size = 8.5
	p.X.Tick.Label.Color = black
	p.X.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: first}, {Value: 1, Label: last}}
	p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	p.Y.Min, p.Y.Max = 1, worst*1.02
	p.Y.Tick.Marker = plot.ConstantTicks{}
	p.Add(drawn(func(c draw.Canvas, p *plot.Plot) {
		x, y := p.Transforms(&c)
		strokeLine(c, x(0), c.Min.Y-2, x(0), c.Max.Y, .6, midGrey)
		strokeLine(c, x(1), c.Min.Y-2, x(1), c.Max.Y, .6, midGrey)
		var from, to []sideLabel
		label := func(r reading) sideLabel {
			t := boldType.in(d.look(r.row.Country).ink)
			text := countryName(r.row.Country) + " " + sayCount(r.row.Value.V)
			if !slices.Contains(d.Study.Countries, r.row.Country.V) {
				t = bodyType.in(grey)
			}
			return sideLabel{at: y(r.row.Value.V), text: text, style: t}
		}
		for _, s := range slopes {
			for _, a := range s.from {
				for _, b := range s.to {
					width := vg.Length(1.6)
					if !slices.Contains(d.Study.Countries, a.row.Country.V) {
						width = .8
					}
					look := d.look(a.row.Country)
					strokePath(c, []vg.Point{{X: x(0), Y: y(a.row.Value.V)}, {X: x(1), Y: y(b.row.Value.V)}}, width, look.color, look.dash...)
				}
			}
		}
		for _, s := range slopes {
			for _, r := range s.from {
				look := d.look(r.row.Country)
				drawMark(c, look.shape, x(0), y(r.row.Value.V), 3, look.color, false)
				from = append(from, label(r))
			}
			for _, r := range s.to {
				look := d.look(r.row.Country)
				drawMark(c, look.shape, x(1), y(r.row.Value.V), 3, look.color, false)
				to = append(to, label(r))
			}
		}
		sideLabels(c, from, x(0)-3, right, c.Min.Y, c.Max.Y)
		sideLabels(c, to, x(1)+3, left, c.Min.Y, c.Max.Y)
	}))
	side := (c.Max.X - c.Min.X) * .28
	for _, s := range slopes {
		for _, r := range slices.Concat(s.from, s.to) {
			side = max(side, textWidth(countryName(r.row.Country)+" "+sayCount(r.row.Value.V), boldType)+12)
		}
	}
	p.Draw(crop(c, side, side, 0, 6))
}
