package plots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var postingRates = Figure{
	Name: "posting_rates",
	Doc: "Posts per month of every counted window: as the source prints it (x, or a ring where it can be true) and recomputed from the counted posts per 30.4375 observed days, with the interval of the metric. " +
		"A printed average is impossible where the audit's rule `rate` finds no way of rounding that gives it from the posts and months printed beside it; which of the numbers is wrong is not known.",
	Version: 1,
	Tables:  []string{"account_windows", "accounts", "audit", "sources", "values"},
	Draw:    drawPostingRates,
}

// rate is an account's printed and recomputed posts per month for a window.
type rate struct {
	account          datasets.Account
	printed, counted datasets.Value
	verdict          string // of the audit's rule rate; empty where it has none
}

func (d *Data) rates() []rate {
	var out []rate
	for _, v := range d.Values {
		if v.Metric != "posts_per_month" || v.PeriodKind != "window" || v.Part != "printed" && v.Part != "counted" {
			continue
		}
		i := slices.IndexFunc(out, func(r rate) bool {
			k := cmp.Or(r.printed, r.counted)
			return k.Platform == v.Platform && k.AccountID == v.AccountID && k.PeriodStart == v.PeriodStart && k.PeriodEnd == v.PeriodEnd && k.Source == v.Source
		})
		if i < 0 {
			a, _ := d.account(v.Platform, v.AccountID)
			out = append(out, rate{account: a, verdict: d.rateVerdict(v)})
			i = len(out) - 1
		}
		if v.Part == "printed" {
			out[i].printed = v
		} else {
			out[i].counted = v
		}
	}
	out = slices.DeleteFunc(out, func(r rate) bool { return !r.printed.Value.OK && !r.counted.Value.OK })
	slices.SortStableFunc(out, func(a, b rate) int {
		return cmp.Or(cmp.Compare(d.rank(a.account.Country), d.rank(b.account.Country)), cmp.Compare(a.account.Country.V, b.account.Country.V),
			cmp.Compare(a.account.Organization, b.account.Organization), cmp.Compare(b.counted.Value.Or(0), a.counted.Value.Or(0)), cmp.Compare(a.account.AccountID, b.account.AccountID))
	})
	return out
}

// rateVerdict is the verdict of the rule rate on the window that a value is of.
func (d *Data) rateVerdict(v datasets.Value) string {
	for _, w := range d.Windows {
		if w.Platform != v.Platform || w.AccountID != v.AccountID || w.WindowFrom != v.PeriodStart || w.WindowTo != v.PeriodEnd || !w.Locator.OK ||
			v.Source != w.Source && v.Source != w.Source+"/"+w.CountedBy {
			continue
		}
		for _, a := range d.Audit {
			if a.Rule == "rate" && a.Source == w.Source && (a.Locator == w.Locator.V || strings.HasPrefix(a.Locator, w.Locator.V+",")) {
				return a.Verdict
			}
		}
	}
	return ""
}

func drawPostingRates(d *Data) (*Page, error) {
	all := d.rates()
	if len(all) == 0 {
		return nil, noData("no value of posts_per_month for a counted window")
	}
	const apart = 2.6 // printed above, counted below the middle of a row
	plotted := dotRows{axis: "posts per month, logarithmic", heads: []string{"printed", "counted (95\u00a0% interval)"}}
	var rows [][]string
	var ids []string
	var countries []datasets.Opt[string]
	var positive []float64
	impossible, possible, judged, intervals := 0, 0, 0, 0
	from, to := cmp.Or(all[0].printed, all[0].counted).PeriodStart, cmp.Or(all[0].printed, all[0].counted).PeriodEnd
	for i, r := range all {
		look := d.look(r.account.Country)
		countries = append(countries, r.account.Country)
		if i == 0 || all[i-1].account.Organization != r.account.Organization {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: r.account.Organization + " (" + countryName(r.account.Country) + ")"})
		}
		row := dotRow{label: platformName(r.account.Platform), cells: []string{"", ""}, style: labelType}
		if r.counted.Value.OK {
			v := r.counted
			positive = append(positive, v.Value.V)
			row.cells[1] = saySignificant(v.Value.V, 3)
			if v.CILow.OK && v.CIHigh.OK {
				intervals++
				row.spans = append(row.spans, dotSpan{from: v.CILow.V, to: v.CIHigh.V, width: 1.6, look: look, rise: -apart})
				row.cells[1] += " (" + saySignificant(v.CILow.V, 3) + "–" + saySignificant(v.CIHigh.V, 3) + ")"
				positive = append(positive, v.CILow.V, v.CIHigh.V)
			}
			row.dots = append(row.dots, dot{at: v.Value.V, shape: look.shape, look: look, rise: -apart})
		}
		if r.printed.Value.OK {
			v := r.printed.Value.V
			positive = append(positive, v)
			row.cells[0] = saySignificant(v, 3)
			mark := dot{at: v, shape: circle, look: printedLook, hollow: true, size: 2.7}
			switch r.verdict {
			case datasets.Inconsistent:
				mark = dot{at: v, shape: saltire, look: printedLook, size: 2.7}
				impossible++
				row.cells[0] += " impossible"
			case datasets.Consistent:
				possible++
			}
			if r.verdict == datasets.Inconsistent || r.verdict == datasets.Consistent {
				judged++
			}
			mark.rise = apart
			row.dots = append(row.dots, mark)
		}
		plotted.rows = append(plotted.rows, row)
		key := cmp.Or(r.counted, r.printed)
		from, to = min(from, key.PeriodStart), max(to, key.PeriodEnd)
		ids = append(ids, key.Source)
		rows = append(rows, []string{r.account.Platform, r.account.AccountID, r.account.Organization, r.account.Country.V,
			key.PeriodStart.String(), key.PeriodEnd.String(), plain(r.printed.Value), r.verdict,
			plain(r.counted.Value), plain(r.counted.CILow), plain(r.counted.CIHigh), plain(r.counted.ExposureDays), r.counted.Uncertainty, r.counted.Flag.V, key.Source})
	}
	lo, hi, zero := reachOf(positive)
	plotted.ticks, plotted.zero = logTicks(lo, hi), zero
	title := fmt.Sprintf("Posts per month of %s, printed and recomputed", number(len(all), "counted window", "counted windows"))
	if judged > 0 {
		title = fmt.Sprintf("%d of %d printed averages of posts per month are impossible for the posts and months printed beside them", impossible, judged)
	}
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Posts per month: as printed (x impossible, ring possible) and, below, counted per 30.4375 observed days, %s to %s; n = %s",
			sayDate(from.Time(), "day"), sayDate((to-1).Time(), "day"), number(len(all), "account and window", "accounts and windows")),
		Caption: caption(d.cite(sourceParts(ids)), d.lookNote(countries),
			"Impossible: no rounding of posts by the months stated gives the printed average; which number is wrong is not known.",
			when(intervals > 0, "Lines: "+uncertaintyOf(all)+".")),
		Alt:    "Dot plot of posts per month by account, printed against recomputed. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "period_start", "period_end", "printed", "verdict", "counted", "ci_low", "ci_high", "exposure_days", "uncertainty", "flag", "source"},
		Rows:   rows,
	}, plotted.height(), func(c draw.Canvas) { plotted.draw(c) }), nil
}

// printedLook is how what a source prints is drawn beside what is computed.
var printedLook = look{color: black, ink: black}

// uncertaintyOf names the methods of the intervals in use.
func uncertaintyOf(all []rate) string {
	var methods []string
	for _, r := range all {
		if r.counted.CILow.OK && r.counted.Uncertainty != "" {
			methods = append(methods, strings.TrimRight(r.counted.Uncertainty, "."))
		}
	}
	if len(methods) == 0 {
		return "95 % intervals"
	}
	return list(unique(methods))
}

// reachOf returns the least and greatest value above zero, and whether there
// are zeros.
func reachOf(values []float64) (lo, hi float64, zero bool) {
	for _, v := range values {
		switch {
		case v <= 0:
			zero = true
		case hi == 0:
			lo, hi = v, v
		default:
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if hi == 0 {
		lo, hi = 1, 10
	}
	return lo, hi, zero
}
