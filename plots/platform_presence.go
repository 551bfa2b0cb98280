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
	Doc: "On which platforms sources place the foreign ministry and the embassies of each country. A mark: the ministry is named there, with the latest year. " +
		"A filled tile: embassies were counted. An outlined tile: single embassies are named as examples, with and without an account; examples are no count. " +
		"Empty: no source says anything.",
	Version: 1,
	Tables:  []string{"published", "sources"},
	Draw:    drawPlatformPresence,
}

// presence is what sources say about a country and platform.
type presence struct {
	ministry []datasets.PublishedValue
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
	named, counted, statements := 0, 0, 0
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
		case ministry && !no:
			p.ministry = append(p.ministry, r)
			statements++
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
	for _, p := range order {
		m.columns = append(m.columns, matrixColumn{name: platformName(p)})
	}
	var findings []string
	for _, country := range d.Study.Countries {
		look := d.look(datasets.Some(country))
		ministry, embassies := matrixRow{label: "Ministry"}, matrixRow{label: "Embassies"}
		on := 0
		for _, platform := range order {
			p := cells[cell{country, platform}]
			if p == nil {
				p = &presence{}
			}
			if len(p.ministry) > 0 {
				on++
			}
			ministry.cells = append(ministry.cells, ministryCell(p, look))
			embassies.cells = append(embassies.cells, embassyCell(p, look))
		}
		m.rows = append(m.rows, matrixRow{head: true, label: countryName(datasets.Some(country))}, ministry, embassies)
		findings = append(findings, fmt.Sprintf("%s on %d", countryName(datasets.Some(country)), on))
	}
	title := fmt.Sprintf("Foreign ministries named on platforms: %s of %d; embassies were counted for %s of country and platform",
		list(findings), len(order), number(countPairs(rows), "pair", "pairs"))
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Presence as sources state it, with the latest year; n = %s, %s, %s",
			number(statements, "statement on ministries", "statements on ministries"), number(counted, "embassy count", "embassy counts"), number(named, "embassy named", "embassies named")),
		Caption: caption(d.cite(ids), "Filled tile: embassies counted. Outlined tile: embassies named as examples, with (+) and without (−) an account; examples cannot be compared with counts. Empty: no statement."),
		Alt:     "Matrix of platforms by ministry and embassies of each country. " + title + ".",
		Header:  []string{"country", "subject", "indicator", "platform", "period", "value_text", "value", "source", "locator", "note"},
		Rows:    rows,
	}, m.height(pageWidth-2*margin), func(c draw.Canvas) { m.draw(c) }), nil
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

func ministryCell(p *presence, look look) cellDrawer {
	if len(p.ministry) == 0 {
		return nil
	}
	latest := ""
	for _, r := range p.ministry {
		latest = max(latest, r.Period.V)
	}
	return func(c draw.Canvas, x, y, _ vg.Length) {
		if latest == "" {
			drawMark(c, look.shape, x, y, 4, look.color, false)
			return
		}
		drawMark(c, look.shape, x, y+4.5, 4, look.color, false)
		write(c, sayPeriod(latest), x, y-9, centre, captionType)
	}
}

func embassyCell(p *presence, look look) cellDrawer {
	if len(p.counts) == 0 && len(p.with)+len(p.without) == 0 {
		return nil
	}
	var texts []string
	latest := ""
	for _, r := range p.counts {
		texts = append(texts, sayCount(r.Value.V))
		latest = max(latest, r.Period.V)
	}
	examples := ""
	if len(p.with) > 0 {
		examples = fmt.Sprintf("+%d", len(p.with))
	}
	if len(p.without) > 0 {
		examples = strings.TrimSpace(examples + fmt.Sprintf(" −%d", len(p.without)))
	}
	return func(c draw.Canvas, x, y, width vg.Length) {
		tile := func(y vg.Length, text string, filled bool) {
			const h = 5.4
			w := textWidth(text, boldType)/2 + 5
			r := vg.Rectangle{Min: vg.Point{X: x - w, Y: y - h}, Max: vg.Point{X: x + w, Y: y + h}}
			c.SetColor(look.ink)
			t := boldType.in(paper)
			if filled {
				c.Fill(r.Path())
			} else {
				c.SetLineWidth(.8)
				c.SetLineDash(nil, 0)
				c.Stroke(r.Path())
				t = boldType.in(look.ink)
			}
			write(c, text, x, y-t.capHeight()/2, centre, t)
			if year := sayPeriod(latest); filled && w+4+textWidth(year, captionType) < width/2 {
				write(c, year, x+w+3, y-captionType.capHeight()/2, left, captionType)
			}
		}
		switch {
		case len(texts) == 0:
			tile(y, examples, false)
		case examples == "":
			tile(y, strings.Join(texts, " / "), true)
		default:
			tile(y+6.2, strings.Join(texts, " / "), true)
			tile(y-6.2, examples, false)
		}
	}
}
