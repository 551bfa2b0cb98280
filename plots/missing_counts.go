package plots

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var missingCounts = Figure{
	Name: "missing_counts",
	Doc: "Of which share of the own posts each count is known: likes, comments, shares, quotes and views by platform and country, as a number on a shade of grey. " +
		"A hatched cell is a count that the public pages of the platform do not have; an empty one has no posts. Numbers are of posts as last seen; whether the platform or the export lacks a count is not told apart otherwise. " +
		"Reposts are left out.",
	Version: 1,
	Tables:  []string{"curves", "sources", "values"},
	Metrics: []string{"posts_per_month"},
	Draw:    drawMissingCounts,
}

// knownCounts are the series of the curve and what a column calls them.
var knownCounts = [][2]string{{"like", "likes"}, {"comment", "comments"}, {"share", "shares"}, {"quote", "quotes"}, {"view", "views"}}

// knownRow is a platform and country with the share of posts of which each count
// is known.
type knownRow struct {
	platform, country string
	of                []datasets.Curve // in the order of knownCounts; without a series where there is none
}

// lacks reports whether the platform has no such count: its interactions are
// defined, the count is not among them, and no post has it. Views are part of no
// definition, so that nothing can be said of them.
func (r knownRow) lacks(i int) bool {
	names := datasets.Components(r.platform)
	return len(names) > 0 && knownCounts[i][0] != "view" && !slices.Contains(names, knownCounts[i][0]+"_count") && r.of[i].Y.Or(0) == 0
}

func (d *Data) knownRows() []knownRow {
	var out []knownRow
	for _, c := range d.Curves {
		k := slices.IndexFunc(knownCounts, func(n [2]string) bool { return n[0] == c.Series })
		if c.Curve != datasets.CountsKnown || !c.Y.OK || k < 0 {
			continue
		}
		i := slices.IndexFunc(out, func(r knownRow) bool { return r.platform == c.Platform && r.country == c.Country })
		if i < 0 {
			i = len(out)
			out = append(out, knownRow{c.Platform, c.Country, make([]datasets.Curve, len(knownCounts))})
		}
		out[i].of[k] = c
	}
	slices.SortStableFunc(out, func(a, b knownRow) int {
		return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(d.rank(optCountry(a.country)), d.rank(optCountry(b.country))), cmp.Compare(a.country, b.country))
	})
	return out
}

// optCountry is the country of a row that writes none as an empty text.
func optCountry(code string) datasets.Opt[string] {
	return datasets.Opt[string]{V: code, OK: code != ""}
}

func drawMissingCounts(d *Data) (*Page, error) {
	all := d.knownRows()
	if len(all) == 0 {
		return nil, noData("no own post whose counts could be known")
	}
	return fitted(len(all), func(n int) *Page { return d.missingPage(all, n) }), nil
}

// missingPage draws the n rows with most posts; its table has all.
func (d *Data) missingPage(all []knownRow, n int) *Page {
	posts := func(r knownRow) int64 {
		most := int64(0)
		for _, c := range r.of {
			most = max(most, c.N)
		}
		return most
	}
	shown := greatest(all, n, func(r knownRow) float64 { return float64(posts(r)) })
	grid := heatGrid{last: "posts"}
	for _, name := range knownCounts {
		grid.columns = append(grid.columns, name[1])
	}
	hatched := false
	for _, r := range shown {
		row := heatRow{group: platformName(r.platform), label: countryName(optCountry(r.country)), last: sayCount(float64(posts(r)))}
		for i, c := range r.of {
			switch {
			case r.lacks(i):
				hatched = true
				row.cells = append(row.cells, heatCell{hatched: true})
			case c.Series == "":
				row.cells = append(row.cells, heatCell{})
			default:
				row.cells = append(row.cells, heatCell{share: c.Y.V, text: sayKnown(c.Y.V)})
			}
		}
		grid.rows = append(grid.rows, row)
	}
	var table [][]string
	for _, r := range all {
		for i, c := range r.of {
			if c.Series != "" {
				table = append(table, []string{r.platform, r.country, c.Series, plain(c.Y), fmt.Sprint(c.N), fmt.Sprint(!r.lacks(i))})
			}
		}
	}
	ids, span := d.provenance(func(v datasets.Value) bool { return v.Metric == "posts_per_month" && v.Part == "observed" })
	title := missingTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Share of own posts of which a count is known, %%%s; n = %s", when(span != "", ", "+span),
			numberOf(len(shown), len(all), "country on a platform", "countries on platforms")+", with the posts at the right"),
		Caption: caption(d.citeKnown(ids), "Darker: known of more posts. Each number is rounded; <1 and >99 are neither none nor all.",
			when(hatched, "Hatched: the public pages of the platform do not have that count, and no post has it."),
			"A count that is not known is no zero: what needs it leaves the post out.",
			moreNote(len(all)-len(shown), "row", "rows", "with fewer posts")),
		Alt:    "Heat map of the share of posts of which likes, comments, shares, quotes and views are known, by platform and country. " + title + ".",
		Header: []string{"platform", "country", "count", "share_known", "n_posts", "platform_has_it"},
		Rows:   table,
	}, grid.height(), func(c draw.Canvas) { grid.draw(c) })
}

// sayKnown writes a share as whole per cent, so that 0 is none and 100 is all.
func sayKnown(v float64) string {
	switch p := sayFixed(v*100, 0); {
	case v > 0 && p == "0":
		return "<1"
	case v < 1 && p == "100":
		return ">99"
	default:
		return p
	}
}

// missingTitle counts the cells of counts that the platforms have.
func missingTitle(all []knownRow) string {
	cells, full, none := 0, 0, 0
	for _, r := range all {
		for i, c := range r.of {
			if c.Series == "" || r.lacks(i) {
				continue
			}
			cells++
			switch c.Y.V {
			case 1:
				full++
			case 0:
				none++
			}
		}
	}
	switch {
	case cells == 0:
		return "The platforms have none of the counts"
	case full == cells:
		return "Every count that the platforms have is known of every post"
	}
	title := fmt.Sprintf("Of %s by platform and country, %d %s known of every post", number(cells, "count", "counts"), full, when(full == 1, "is")+when(full != 1, "are"))
	if part := cells - full - none; part > 0 {
		title += fmt.Sprintf(", %d of some", part)
	}
	if none > 0 {
		title += fmt.Sprintf(", %d of none", none)
	}
	return title
}
