package plots

import (
	"cmp"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"

	"diplometrics/datasets"
)

// accountRow is an account with what a figure of accounts draws of it.
type accountRow struct {
	account datasets.Account
	points  pointInterval
	note    string  // why there are no points
	posts   int64   // behind the points
	size    float64 // by which rows of a country are sorted, greatest first
	place   int     // among the rows of its country and platform
}

// sortAccounts puts rows in the order of platform, country and size downward,
// and numbers them; those without points come last within their country.
func (d *Data) sortAccounts(all []accountRow) {
	last := func(r accountRow) int {
		if r.points.mid.OK {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b accountRow) int {
		return cmp.Or(cmp.Compare(a.account.Platform, b.account.Platform), cmp.Compare(d.rank(a.account.Country), d.rank(b.account.Country)),
			cmp.Compare(a.account.Country.V, b.account.Country.V), cmp.Compare(last(a), last(b)), cmp.Compare(b.size, a.size), cmp.Compare(a.account.AccountID, b.account.AccountID))
	})
	for i := range all {
		if i > 0 && all[i-1].account.Platform == all[i].account.Platform && all[i-1].account.Country == all[i].account.Country {
			all[i].place = all[i-1].place + 1
		}
	}
}

// accountPlot sets accounts under heads of platform and country. Many flow in
// two columns of the page.
func (d *Data) accountPlot(shown []accountRow) pointRows {
	const single = 30 // rows that one column holds without leaving much of the page empty
	p := pointRows{heads: []string{"posts"}, flow: 1, label: 170}
	if len(shown) > single || d.width() < narrow {
		p.flow, p.label = 2, 112
	}
	labels := d.shortLabels(shown, p.label)
	var reach []float64
	for i, r := range shown {
		if i == 0 || shown[i-1].account.Platform != r.account.Platform {
			p.rows = append(p.rows, pointRow{level: groupHead, label: platformName(r.account.Platform)})
		}
		if i == 0 || shown[i-1].account.Platform != r.account.Platform || shown[i-1].account.Country != r.account.Country {
			p.rows = append(p.rows, pointRow{level: innerHead, label: capital(countryName(r.account.Country)), style: pointBold.in(d.look(r.account.Country).ink)})
		}
		row := pointRow{label: labels[i], note: r.note, cells: []string{sayCount(float64(r.posts))}}
		if r.note == "" {
			row.intervals = []pointInterval{r.points}
		}
		p.rows = append(p.rows, row)
		reach = append(reach, r.points.values()...)
	}
	lo, hi, zero := reachOf(reach)
	p.ticks, p.zero = logTicks(lo, hi), zero
	return p
}

// shortLabels name accounts under the heads of their countries, no wider than
// the width: by the organization without the country's name, or by the handle
// where that would name two alike.
func (d *Data) shortLabels(all []accountRow, width vg.Length) []string {
	var out []string
	for _, r := range all {
		label := nameOf(r.account)
		if r.account.Country.OK {
			label = strings.Replace(label, " of "+countryName(r.account.Country), "", 1)
		}
		out = append(out, elide(label, width, pointType))
	}
	names := slices.Clone(out)
	for i, a := range all {
		for k, b := range all {
			if i != k && names[i] == names[k] && a.account.Handle.OK && a.account.Platform == b.account.Platform && a.account.Country == b.account.Country {
				out[i] = "@" + a.account.Handle.V
			}
		}
	}
	return out
}

// rowKept is what rows are kept by where a page is full: the first of every
// country and platform, so that no country is left out for small numbers.
func rowKept(r accountRow) float64 { return -float64(r.place) }
