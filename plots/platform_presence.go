package plots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var platformPresence = Figure{
	Name: "platform_presence",
	Doc: "On which platforms sources place the foreign ministry and the embassies of each country. A mark: the ministry is named there, with the latest year; no: a source says that it is not there. " +
		"A filled tile: embassies were counted. An outlined tile: single embassies are named as examples, with and without an account; examples are no count. " +
		"Empty: no source says anything.",
	Version: 3,
	Tables:  []string{"published", "sources"},
	Draw:    drawPlatformPresence,
}

// presence is what sources say about a country and platform.
type presence struct {
	ministry []datasets.PublishedValue // that it is there
	no       []datasets.PublishedValue // that it is not
	counts   []datasets.PublishedValue
	with     []string // embassies named, each once
	without  []string
}

func drawPlatformPresence(d *Data) (*Page, error) {
	type cell struct{ country, platform string }
	cells := map[cell]*presence{}
	platforms := map[string]int{}
	var rows [][]string
	var ids []string
	named, counted := 0, 0
	var stated []string // periods of the statements on ministries
	denied := false
	for _, r := range d.Published {
		ministry, count, single := r.Indicator == "ministry_on_platform", r.Indicator == "embassies_on_platform" && r.Value.OK, r.Indicator == "embassy_on_platform"
		if !ministry && !count && !single || !r.Platform.OK || !slices.Contains(d.Study.Countries, r.Country.V) {
			continue
		}
		key := cell{r.Country.V, r.Platform.V}
		if cells[key] == nil {
			cells[key] = &presence{}
			platforms[r.Platform.V]++
		}
		p := cells[key]
		no := strings.EqualFold(r.ValueText, "no")
		switch {
		case ministry:
			if no {
				p.no = append(p.no, r)
			} else {
				p.ministry = append(p.ministry, r)
			}
			stated = append(stated, r.Period.V)
			denied = denied || no
		case count:
			p.counts = append(p.counts, r)
			counted++
		case single && no && !slices.Contains(p.without, r.Subject):
			p.without = append(p.without, r.Subject)
			named++
		case single && !no && !slices.Contains(p.with, r.Subject):
			p.with = append(p.with, r.Subject)
			named++
		}
		ids = append(ids, r.Source)
		rows = append(rows, []string{r.Country.V, r.Subject, r.Indicator, r.Platform.V, r.Period.V, r.ValueText, plain(r.Value), r.Source, r.Locator, r.Note.V})
	}
	if len(cells) == 0 {
		return nil, noData("no published value of ministry_on_platform, embassies_on_platform or embassy_on_platform for a country of the study")
	}
	var order []string
	for p := range platforms {
		order = append(order, p)
	}
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(cmp.Compare(platforms[b], platforms[a]), cmp.Compare(a, b)) })
	m := matrix{pitch: 29, labelShare: .3}
	tiles := 1
	for _, p := range cells {
		tiles = max(tiles, len(p.tiles()))
	}
	m.pitch = max(m.pitch, tilePitch*vg.Length(tiles)+3)
	for _, p := range cells {
		m.least = max(m.least, p.width())
	}
	for _, p := range order {
		m.columns = append(m.columns, matrixColumn{name: platformName(p)})
	}
	var findings []string
	for _, country := range d.Study.Countries {
		look := d.look(datasets.Some(country))
		ministry, embassies := matrixRow{label: "Ministry"}, matrixRow{label: "Embassies"}
		if d.Study.Size.format().height > 0 { // no room to give away
			ministry.pitch, embassies.pitch = 23, tilePitch*vg.Length(tiles)+2
		}
		on, off := 0, 0
		for _, platform := range order {
			p := cells[cell{country, platform}]
			if p == nil {
				p = &presence{}
			}
			if len(p.ministry) > 0 {
				on++
			}
			off += len(p.no)
			ministry.cells = append(ministry.cells, ministryCell(p, look))
			embassies.cells = append(embassies.cells, embassyCell(p, look))
		}
		m.rows = append(m.rows, matrixRow{head: true, label: countryName(datasets.Some(country))}, ministry, embassies)
		switch {
		case on > 0:
			findings = append(findings, fmt.Sprintf("%s on %d", countryName(datasets.Some(country)), on))
		case off > 0:
			findings = append(findings, countryName(datasets.Some(country))+" on none")
		}
	}
	title := "Embassies named on platforms"
	switch {
	case len(stated) > 0:
		title = fmt.Sprintf("Foreign ministries named on platforms%s: %s of %d", sourceYears(stated), list(findings), len(order))
		if counted > 0 {
			title += fmt.Sprintf("; embassies were counted for %s of country and platform", number(countPairs(rows), "pair", "pairs"))
		}
	case counted > 0:
		title = fmt.Sprintf("Embassies were counted for %s of country and platform", number(countPairs(rows), "pair", "pairs"))
	}
	filled, outlined := counted > 0, named > 0
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Presence as sources state it, with the latest year; n = %s, %s, %s",
			number(len(stated), "statement on ministries", "statements on ministries"), number(counted, "embassy count", "embassy counts"), number(named, "embassy named", "embassies named")),
		Caption: caption(d.cite(ids), when(denied, "no: a source says that the ministry is not there."), when(filled, "Filled tile: embassies counted."),
			when(outlined, "Outlined tile: embassies named as examples, with an account (named) and without; examples cannot be compared with counts."), "Empty: no statement."),
		Alt:    "Matrix of platforms by ministry and embassies of each country. " + title + ".",
		Header: []string{"country", "subject", "indicator", "platform", "period", "value_text", "value", "source", "locator", "note"},
		Rows:   rows,
	}, m.height(d.width()), func(c draw.Canvas) { m.draw(c) }), nil
}

// countPairs is the number of pairs of country and platform with a count.
func countPairs(rows [][]string) int {
	var pairs []string
	for _, r := range rows {
		if r[2] == "embassies_on_platform" {
			pairs = append(pairs, r[0]+" "+r[3])
		}
	}
	return len(unique(pairs))
}

// sourceYears says of which years periods are; nothing where none is a date.
func sourceYears(periods []string) string {
	lo, hi := "", ""
	for _, p := range periods {
		from, _, _ := strings.Cut(p, "/")
		at, _, ok := parseDate(from)
		if !ok {
			continue
		}
		year := at.Format("2006")
		if lo == "" || year < lo {
			lo = year
		}
		hi = max(hi, year)
	}
	switch {
	case lo == "":
		return ""
	case lo == hi:
		return " by sources of " + lo
	}
	return " by sources of " + lo + "–" + hi
}

func latestPeriod(all []datasets.PublishedValue) string {
	latest := ""
	for _, r := range all {
		latest = max(latest, r.Period.V)
	}
	return sayPeriod(latest)
}

// yearDrop is how far below the middle of its cell a year stands.
const yearDrop = 7.8

func ministryCell(p *presence, look look) cellDrawer {
	if len(p.ministry)+len(p.no) == 0 {
		return nil
	}
	return func(c draw.Canvas, x, y, width vg.Length) {
		yes, no := x, x
		if len(p.ministry) > 0 && len(p.no) > 0 { // sources contradict each other
			yes, no = x-width/4, x+width/4
		}
		if len(p.ministry) > 0 {
			drawMark(c, look.shape, yes, y+4.8, 4, look.color, false)
			write(c, latestPeriod(p.ministry), yes, y-yearDrop, centre, captionType)
		}
		if len(p.no) > 0 {
			write(c, "no", no, y+4.8-boldType.capHeight()/2, centre, boldType.in(look.ink))
			write(c, latestPeriod(p.no), no, y-yearDrop, centre, captionType)
		}
	}
}

// width is the least width of a column for what the sources say.
func (p *presence) width() vg.Length {
	w := vg.Length(0)
	for _, t := range p.tiles() {
		w = max(w, textWidth(t.text, t.style(look{}))+6)
	}
	for _, all := range [][]datasets.PublishedValue{p.ministry, p.no} {
		if len(all) > 0 {
			w = max(w, textWidth(latestPeriod(all), captionType)+3)
		}
	}
	if len(p.ministry) > 0 && len(p.no) > 0 {
		w *= 2
	}
	return w
}

const tilePitch = vg.Length(12.4)

// presenceTile is a text in a tile, and the year beside it.
type presenceTile struct {
	text, year string
	filled     bool
}

// style is the type of the text of a tile.
func (t presenceTile) style(l look) typeStyle {
	if t.filled {
		return boldType.in(paper)
	}
	return captionType.in(l.ink)
}

// tiles returns what the sources say about embassies, from the top down.
func (p *presence) tiles() []presenceTile {
	var out []presenceTile
	var counts []string
	for _, r := range p.counts {
		counts = append(counts, sayCount(r.Value.V))
	}
	if len(counts) > 0 {
		out = append(out, presenceTile{strings.Join(counts, " / "), latestPeriod(p.counts), true})
	}
	if n := len(p.with); n > 0 {
		out = append(out, presenceTile{text: fmt.Sprintf("named: %d", n)})
	}
	if n := len(p.without); n > 0 {
		out = append(out, presenceTile{text: fmt.Sprintf("without: %d", n)})
	}
	return out
}

func embassyCell(p *presence, look look) cellDrawer {
	tiles := p.tiles()
	if len(tiles) == 0 {
		return nil
	}
	return func(c draw.Canvas, x, y, width vg.Length) {
		const h = 5.4
		y += tilePitch * vg.Length(len(tiles)-1) / 2
		for _, tile := range tiles {
			t := tile.style(look)
			w := textWidth(tile.text, t)/2 + 3
			r := vg.Rectangle{Min: vg.Point{X: x - w, Y: y - h}, Max: vg.Point{X: x + w, Y: y + h}}
			c.SetColor(look.ink)
			if tile.filled {
				c.Fill(r.Path())
			} else {
				c.SetLineWidth(.8)
				c.SetLineDash(nil, 0)
				c.Stroke(r.Path())
			}
			write(c, tile.text, x, y-t.capHeight()/2, centre, t)
			if w+4+textWidth(tile.year, captionType) < width/2 {
				write(c, tile.year, x+w+3, y-captionType.capHeight()/2, left, captionType)
			}
			y -= tilePitch
		}
	}
}
