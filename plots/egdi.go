package plots

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var egdi = Figure{
	Name: "egdi",
	Doc: "E-Government Development Index and e-participation index of the United Nations E-Government Survey over time, both from 0 to 1. " +
		"Lines join neighbouring surveys; where a survey is missing the gap stays open. Without the e-participation index there is one panel. Values printed without a year are left out and counted in the caption.",
	Version: 2,
	Tables:  []string{"published", "sources"},
	Draw:    drawEGDI,
}

func drawEGDI(d *Data) (*Page, error) {
	panels := []struct{ indicator, head string }{
		{"egdi", "E-Government Development Index"},
		{"e_participation_index", "E-participation index"},
	}
	say := func(v float64) string { return strconv.FormatFloat(v, 'f', 3, 64) }
	tick := func(v float64) string { return saySignificant(v, 2) }
	var all, others [2][]reading
	var lines [2][]timeline
	undated := 0
	var labels vg.Length
	var rows [][]string
	var ids []string
	for i, p := range panels {
		readings, n := d.readings(p.indicator)
		readings = inUnit(d.ofStudy(readings), "index")
		undated += n
		all[i], others[i] = splitSource(readings)
		lines[i] = timelines(all[i])
		if len(lines[i]) > 0 {
			labels = max(labels, endLabelWidth(lines[i], say))
		}
		rows = append(rows, readingRows(append(all[i][:len(all[i]):len(all[i])], others[i]...))...)
		ids = append(ids, sourcesOf(readings)...)
	}
	if len(lines[0]) == 0 {
		return nil, noData("no published value of egdi with a country of the study and a year")
	}
	gap := ""
	if spans := gaps(lines[0]); len(spans) > 0 {
		var between []string
		for _, s := range spans {
			between = append(between, fmt.Sprintf("between %.0f and %.0f", s[0], s[1]))
		}
		gap = "No survey in these data " + list(between) + ": the gap stays open."
	}
	alt := "Line chart of the " + panels[0].head
	shares := []float64{1}
	if len(lines[1]) > 0 {
		alt = "Two line charts" + when(!d.stacks(2), " side by side") + ", " + panels[0].head + " and " + strings.ToLower(panels[1].head)
		shares = append(shares, 1)
	}
	title := standing("EGDI", lines[0], "surveys", say)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("United Nations E-Government Survey, indices from 0 (low) to 1 (high), %s; n = %s of %s",
			years(slices.Concat(all[0], all[1], others[0], others[1])), number(len(rows), "value", "values"), number(len(lines[0]), "country", "countries")),
		Caption: caption(d.cite(ids), gap, hollowNote(slices.Concat(others[0], others[1])), d.withoutNote(all[0]), undatedNote(undated)),
		Alt:     alt + ". " + title + ".",
		Header:  readingHeader(),
		Rows:    rows,
		fills:   true,
	}, d.panelsHeight(len(shares), 190, 14), func(c draw.Canvas) {
		for i, part := range d.panels(c, 14, shares...) {
			d.linesPanel(part, panels[i].head, lines[i], others[i], 0, 1, say, tick, labels)
		}
	}), nil
}

// inUnit keeps readings in the given unit.
func inUnit(all []reading, unit string) []reading {
	var out []reading
	for _, r := range all {
		if r.row.Unit.V == unit {
			out = append(out, r)
		}
	}
	return out
}
