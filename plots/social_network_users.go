package plots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"
)

var socialNetworkUsers = Figure{
	Name: "social_network_users",
	Doc: "Users of social networks by country and platform, one row a printed number, on a logarithmic axis, with date and source. " +
		"Numbers that contradict each other stand one under the other. A rail at the left holds zeros. What counts as a user differs between sources. " +
		"Where there are more numbers than a slide holds, the greatest are drawn and the table has all.",
	Version: 2,
	Tables:  []string{"published", "sources"},
	Draw:    drawSocialNetworkUsers,
}

func drawSocialNetworkUsers(d *Data) (*Page, error) {
	all, undated := d.readings("social_network_users")
	all = inUnit(d.ofStudy(all), "persons")
	if len(all) == 0 {
		return nil, noData("no published value of social_network_users with a country of the study and a date")
	}
	slices.SortStableFunc(all, func(a, b reading) int {
		return cmp.Or(cmp.Compare(d.rank(a.row.Country), d.rank(b.row.Country)), cmp.Compare(a.row.Platform.V, b.row.Platform.V),
			cmp.Compare(a.at, b.at), cmp.Compare(a.row.ID, b.row.ID))
	})
	return fittedToPaper(d, len(all), func(n int) *Page { return d.networkUsersPage(all, n, undated) }), nil
}

// networkUsersPage draws the n greatest numbers; its table has all.
func (d *Data) networkUsersPage(all []reading, n, undated int) *Page {
	shown := greatest(all, n, func(r reading) float64 { return r.row.Value.V })
	plotted := dotRows{axis: "users, persons, logarithmic"}
	var reach []float64
	cells := 0
	for i, r := range shown {
		newCountry := i == 0 || shown[i-1].row.Country != r.row.Country
		if newCountry {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: countryName(r.row.Country)})
		}
		look := d.look(r.row.Country)
		v := r.row.Value.V
		reach = append(reach, v)
		row := dotRow{
			dots:  []dot{{at: v, shape: look.shape, look: look}},
			right: tag{sayShort(v) + ", " + sayPeriod(r.row.Period.V) + ", " + sourceName(r.row.Source), labelType.in(look.ink)},
		}
		if newCountry || shown[i-1].row.Platform != r.row.Platform {
			cells++
			row.label = platformName(r.row.Platform.V)
			if row.label == "" {
				row.label = "all networks"
			}
		}
		plotted.rows = append(plotted.rows, row)
	}
	lo, hi, zero := reachOf(reach)
	plotted.ticks, plotted.zero = logTicks(lo, hi), zero
	title := networkUsersTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Users by platform as printed, with date and source, %s; n = %s, %s of country and platform",
			years(shown), numberOf(len(shown), len(all), "number", "numbers"), number(cells, "pair", "pairs")),
		Caption: caption(d.cite(sourcesOf(all)), d.withoutNote(all), undatedNote(undated), when(zero, zeroNote), "Sources may count users differently.",
			moreNote(len(all)-len(shown), "number", "numbers", "that are smaller")),
		Alt:    "Dot plot of users of social networks by country and platform. " + strings.TrimSuffix(title, ".") + ".",
		Header: readingHeader(),
		Rows:   readingRows(all),
	}, plotted.height(d.width()), func(c draw.Canvas) { plotted.draw(c) })
}

// networkUsersTitle gives the latest number for all networks of each country
// that has one.
func networkUsersTitle(all []reading) string {
	var totals []string
	for i, r := range all {
		last := i == len(all)-1 || all[i+1].row.Country != r.row.Country || all[i+1].row.Platform != r.row.Platform
		if !r.row.Platform.OK && last {
			totals = append(totals, fmt.Sprintf("%s %s (%s)", countryName(r.row.Country), sayShort(r.row.Value.V), sayPeriod(r.row.Period.V)))
		}
	}
	title := fmt.Sprintf("%s of social-network users for %s by country and platform", number(len(all), "printed number", "printed numbers"), list(names(timelines(all))))
	if len(totals) > 0 {
		title = "Social-network users, all networks, latest number: " + list(totals)
	}
	return title
}
