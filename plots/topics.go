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

var topics = Figure{
	Name: "topics",
	Doc: "Which topics a source names for the publications of an organization on a platform: one row a topic as printed, one column an organization and platform. " +
		"An empty cell means that the source does not name the topic there, not that nothing was published on it. Topics that differ in capitals only are one. " +
		"Where there are more topics than a slide holds, those named in most columns are drawn and the table has all.",
	Version: 2,
	Tables:  []string{"published", "sources"},
	Draw:    drawTopics,
}

func drawTopics(d *Data) (*Page, error) {
	type place struct {
		source, organization, platform string
		country                        datasets.Opt[string]
	}
	type topic struct {
		text  string
		at    map[place]bool
		first int
	}
	var places []place
	var all []*topic
	var ids []string
	var countries []datasets.Opt[string]
	n := 0
	var silent, silentIDs []string // organizations for whom a source prints a dash, and the sources
	for _, r := range d.Published {
		if r.Indicator == "publication_topics" && strings.TrimSpace(r.ValueText) == "-" {
			silent = append(silent, r.Subject+when(r.Platform.OK, " on "+platformName(r.Platform.V)))
			silentIDs = append(silentIDs, r.Source)
		}
		if r.Indicator != "publication_topic" {
			continue
		}
		n++
		ids = append(ids, r.Source)
		p := place{r.Source, r.Subject, r.Platform.V, r.Country}
		if !slices.Contains(places, p) {
			places = append(places, p)
			countries = append(countries, r.Country)
		}
		same := func(t *topic) bool { return strings.EqualFold(t.text, r.ValueText) }
		i := slices.IndexFunc(all, same)
		if i < 0 {
			all = append(all, &topic{text: r.ValueText, at: map[place]bool{}, first: len(all)})
			i = len(all) - 1
		}
		all[i].at[p] = true
	}
	if n == 0 {
		return nil, noData("no published value of publication_topic")
	}
	slices.SortStableFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(d.rank(a.country), d.rank(b.country)), cmp.Compare(a.country.V, b.country.V),
			cmp.Compare(a.organization, b.organization), cmp.Compare(a.source, b.source), cmp.Compare(a.platform, b.platform))
	})
	slices.SortStableFunc(all, func(a, b *topic) int { return cmp.Or(cmp.Compare(len(b.at), len(a.at)), cmp.Compare(a.first, b.first)) })
	usual := commonest(ids)
	m := matrix{pitch: 11.5, labelShare: .46, least: 10}
	for _, p := range places {
		name := platformName(p.platform)
		if p.source != usual {
			name += " (" + sourceName(p.source) + ")"
		}
		m.columns = append(m.columns, matrixColumn{p.organization, name})
	}
	var rows [][]string
	shared := 0
	organizations := map[string]bool{}
	for _, t := range all {
		row := matrixRow{label: capital(t.text)}
		by := map[string]bool{}
		for _, p := range places {
			var cell cellDrawer
			if t.at[p] {
				look := d.look(p.country)
				cell = func(c draw.Canvas, x, y, _ vg.Length) { drawMark(c, look.shape, x, y, 3.2, look.color, false) }
				by[p.organization], organizations[p.organization] = true, true
				rows = append(rows, []string{t.text, p.organization, p.country.V, p.platform, p.source})
			}
			row.cells = append(row.cells, cell)
		}
		if len(by) > 1 {
			shared++
		}
		m.rows = append(m.rows, row)
	}
	m.settle(d.width())
	title := fmt.Sprintf("%s named for the publications of %s", number(len(all), "topic", "topics"), number(len(organizations), "organization", "organizations"))
	if len(organizations) > 1 {
		title += fmt.Sprintf("; %s named in the same words for several", none(shared))
	}
	return fittedToPaper(d, len(m.rows), func(shown int) *Page {
		part := m
		part.rows = m.rows[:shown]
		return newPage(d, Page{
			Title: title,
			Subtitle: fmt.Sprintf("Topics as printed, by organization and platform; n = %s in %s",
				number(n, "mention", "mentions"), number(len(places), "column", "columns")),
			Caption: caption(d.cite(slices.Concat(ids, silentIDs)), d.lookNote(countries), when(len(unique(ids)) > 1, "Columns without a source: "+sourceName(usual)+"."), "Empty: the source does not name the topic there.",
				moreNote(len(all)-shown, "topic", "topics", "named in fewer columns"),
				when(len(silent) > 0, "The source prints a dash, no topic, for "+list(unique(silent))+".")),
			Alt:    "Matrix of publication topics by organization and platform. " + title + ".",
			Header: []string{"topic", "organization", "country", "platform", "source"},
			Rows:   rows,
		}, part.height(d.width()), func(c draw.Canvas) { part.draw(c) })
	}), nil
}

func none(n int) string {
	if n == 0 {
		return "none is"
	}
	return number(n, "is", "are")
}
