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
	Doc: "Posts per month of every counted window: as the source prints it (x, or a ring where it can be true), the quotient of the posts and months that it states, and recomputed from the counted posts per 30.4375 observed days, with the interval of the metric. " +
		"A printed average is impossible where the audit's rule `rate` finds no way of rounding that gives it from the posts and months printed beside it; which of the numbers is wrong is not known. " +
		"Where there are more windows than a page holds, those with most posts a month are drawn and the table has all.",
	Version: 4,
	Tables:  []string{"account_windows", "accounts", "audit", "sources", "values"},
	Metrics: []string{"posts_per_month"},
	Draw:    drawPostingRates,
}

// rate is an account's printed and recomputed posts per month for a window.
type rate struct {
	account datasets.Account
	printed datasets.Value
	stated  datasets.Value // posts divided by the months stated
	counted datasets.Value
	verdict string // of the audit's rule rate; empty where it has none
}

// any returns one of the values of a rate, for what they share.
func (r rate) any() datasets.Value { return cmp.Or(r.counted, r.printed, r.stated) }

// size is what rates are drawn by.
func (r rate) size() float64 {
	for _, v := range []datasets.Value{r.counted, r.printed, r.stated} {
		if v.Value.OK {
			return v.Value.V
		}
	}
	return 0
}

func (d *Data) rates() []rate {
	var out []rate
	for _, v := range d.Values {
		if v.Metric != "posts_per_month" || v.PeriodKind != "window" || !slices.Contains([]string{"printed", "stated_months", "counted"}, v.Part) {
			continue
		}
		i := slices.IndexFunc(out, func(r rate) bool {
			k := r.any()
			return k.Platform == v.Platform && k.AccountID == v.AccountID && k.PeriodStart == v.PeriodStart && k.PeriodEnd == v.PeriodEnd && k.Source == v.Source
		})
		if i < 0 {
			a, _ := d.account(v.Platform, v.AccountID)
			out = append(out, rate{account: a, verdict: d.rateVerdict(v)})
			i = len(out) - 1
		}
		switch v.Part {
		case "printed":
			out[i].printed = v
		case "stated_months":
			out[i].stated = v
		default:
			out[i].counted = v
		}
	}
	out = slices.DeleteFunc(out, func(r rate) bool { return !r.printed.Value.OK && !r.stated.Value.OK && !r.counted.Value.OK })
	slices.SortStableFunc(out, func(a, b rate) int {
		return cmp.Or(cmp.Compare(d.rank(a.account.Country), d.rank(b.account.Country)), cmp.Compare(a.account.Country.V, b.account.Country.V),
			cmp.Compare(a.account.Organization, b.account.Organization), cmp.Compare(b.counted.Value.Or(0), a.counted.Value.Or(0)), cmp.Compare(a.account.AccountID, b.account.AccountID))
	})
	return out
}

// rateVerdict is the verdict of the rule rate on the window that a value is of.
func (d *Data) rateVerdict(v datasets.Value) string {
	for _, w := range d.Windows {
		if w.Platform != v.Platform || w.AccountID != v.AccountID || w.WindowFrom != v.PeriodStart || w.WindowTo != v.PeriodEnd ||
			v.Source != w.Source && v.Source != w.Source+"/"+w.CountedBy {
			continue
		}
		// The audit names a window that its source does not place, or not alone, by what it is.
		own := fmt.Sprintf("%s %s, %s/%s, %s", w.Platform, w.AccountID, w.WindowFrom, w.WindowTo, w.CountedBy)
		for _, a := range d.Audit {
			placed := w.Locator.OK && (a.Locator == w.Locator.V || a.Locator == w.Locator.V+", "+own)
			if a.Rule == "rate" && a.Source == w.Source && (placed || a.Locator == own) {
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
	return fitted(len(all), func(n int) *Page { return d.ratesPage(all, n) }), nil
}

// ratesPage draws the n windows with most posts a month; its table has all.
func (d *Data) ratesPage(all []rate, n int) *Page {
	const apart = 2.6 // printed above, counted below the middle of a row
	shown := greatest(all, n, rate.size)
	anyPrinted := slices.ContainsFunc(all, func(r rate) bool { return r.printed.Value.OK })
	anyStated := slices.ContainsFunc(all, func(r rate) bool { return r.stated.Value.OK })
	anyInterval := slices.ContainsFunc(all, func(r rate) bool { return r.counted.CILow.OK && r.counted.CIHigh.OK })
	plotted := dotRows{axis: "posts per month, logarithmic"}
	if anyPrinted {
		plotted.heads = append(plotted.heads, "printed")
	}
	if anyStated {
		plotted.heads = append(plotted.heads, "posts / months stated")
	}
	plotted.heads = append(plotted.heads, "counted"+when(anyInterval, " (95\u00a0% interval)"))
	var countries []datasets.Opt[string]
	var reach []float64
	rings := false
	cut := cutCounts()
	from, to := shown[0].any().PeriodStart, shown[0].any().PeriodEnd
	for i, r := range shown {
		look := d.look(r.account.Country)
		countries = append(countries, r.account.Country)
		if i == 0 || shown[i-1].account.Organization != r.account.Organization || shown[i-1].account.Country != r.account.Country {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: nameOf(r.account) + " (" + countryName(r.account.Country) + ")"})
		}
		row := dotRow{label: platformName(r.account.Platform), style: labelType}
		printed, counted := "", ""
		if v := r.counted; v.Value.OK {
			reach = append(reach, v.Value.V)
			counted = sayDigits(v.Value.V, 3)
			if v.CILow.OK && v.CIHigh.OK {
				least, most := cut.cut(v.CILow.V, v.CIHigh.V)
				row.spans = append(row.spans, dotSpan{from: least, to: most, width: 1.6, look: look, rise: -apart})
				counted += " (" + sayDigits(v.CILow.V, 3) + "–" + sayDigits(v.CIHigh.V, 3) + ")"
				reach = append(reach, least, most)
			}
			row.dots = append(row.dots, dot{at: v.Value.V, shape: look.shape, look: look, rise: -apart})
		}
		if r.printed.Value.OK {
			v := r.printed.Value.V
			reach = append(reach, v)
			printed = sayFixed(v, -1)
			mark := dot{at: v, shape: circle, look: printedLook, hollow: true, size: 2.7, rise: apart}
			if r.verdict == datasets.Inconsistent {
				mark.shape, mark.hollow = saltire, false
				printed += " impossible"
			} else {
				rings = true
			}
			row.dots = append(row.dots, mark)
		}
		if anyPrinted {
			row.cells = append(row.cells, printed)
		}
		if anyStated {
			stated := ""
			if r.stated.Value.OK {
				stated = sayDigits(r.stated.Value.V, 3)
			}
			row.cells = append(row.cells, stated)
		}
		row.cells = append(row.cells, counted)
		plotted.rows = append(plotted.rows, row)
		from, to = min(from, r.any().PeriodStart), max(to, r.any().PeriodEnd)
	}
	lo, hi, zero := reachOf(reach)
	plotted.ticks, plotted.zero = logTicks(lo, hi), zero
	var rows [][]string
	var ids []string
	impossible, judged := 0, 0
	for _, r := range all {
		if r.printed.Value.OK && (r.verdict == datasets.Inconsistent || r.verdict == datasets.Consistent) {
			judged++
			if r.verdict == datasets.Inconsistent {
				impossible++
			}
		}
		key := r.any()
		ids = append(ids, key.Source)
		rows = append(rows, []string{r.account.Platform, r.account.AccountID, r.account.Organization, r.account.Country.V,
			key.PeriodStart.String(), key.PeriodEnd.String(), plain(r.printed.Value), plain(r.stated.Value), r.verdict,
			plain(r.counted.Value), plain(r.counted.CILow), plain(r.counted.CIHigh), plain(r.counted.ExposureDays), r.counted.Uncertainty, r.counted.Flag.V, key.Source})
	}
	title := ratesTitle(all, judged, impossible)
	measure := "counted, per 30.4375 observed days"
	if anyPrinted {
		var marks []string
		if impossible > 0 {
			marks = append(marks, "x impossible")
		}
		if rings {
			marks = append(marks, when(judged == len(all), "ring possible")+when(judged < len(all), "ring possible or not judged"))
		}
		measure = "as printed (" + strings.Join(marks, ", ") + ") and, below, " + measure
	}
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Posts per month: %s, %s to %s; n = %s", measure,
			sayDate(from.Time(), "day"), sayDate((to-1).Time(), "day"), numberOf(len(shown), len(all), "account and window", "accounts and windows")),
		Caption: caption(d.cite(sourceParts(ids)), d.lookNote(countries),
			when(impossible > 0, "Impossible: no rounding of posts by the months stated gives the printed average; which number is wrong is not known."),
			when(anyInterval, "Lines: "+uncertaintyOf(all)+"."), cut.note(sayBound), when(zero, zeroNote),
			moreNote(len(all)-len(shown), "window", "windows", "with fewer posts a month")),
		Alt:    "Dot plot of posts per month by account" + when(anyPrinted, ", printed against recomputed") + ". " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "period_start", "period_end", "printed", "stated_months", "verdict", "counted", "ci_low", "ci_high", "exposure_days", "uncertainty", "flag", "source"},
		Rows:   rows,
	}, plotted.height(d.width()), func(c draw.Canvas) { plotted.draw(c) })
}

func ratesTitle(all []rate, judged, impossible int) string {
	if judged > 0 {
		return fmt.Sprintf("%d of %s of posts per month %s impossible for the posts and months printed beside %s",
			impossible, number(judged, "printed average", "printed averages"), when(judged == 1, "is")+when(judged > 1, "are"), when(judged == 1, "it")+when(judged > 1, "them"))
	}
	var counted []rate
	for _, r := range all {
		if r.counted.Value.OK {
			counted = append(counted, r)
		}
	}
	order := func(a, b rate) int { return cmp.Compare(a.counted.Value.V, b.counted.Value.V) }
	who := func(r rate) string {
		return fmt.Sprintf("%s on %s", nameOf(r.account), platformName(r.account.Platform))
	}
	say := func(r rate) string { return sayDigits(r.counted.Value.V, 3) }
	if len(counted) == 0 {
		return "Posts per month of " + number(len(all), "window", "windows") + ", as printed"
	}
	low, top := slices.MinFunc(counted, order), slices.MaxFunc(counted, order)
	switch {
	case len(counted) == 1:
		return fmt.Sprintf("%s had %s posts per month", who(top), say(top))
	case order(low, top) == 0:
		return fmt.Sprintf("Each of %d counted windows has %s posts per month", len(counted), say(top))
	}
	return fmt.Sprintf("Posts per month range from %s (%s) to %s (%s)", say(low), who(low), say(top), who(top))
}

// printedLook is how what a source prints is drawn beside what is computed.
var printedLook = look{color: black, ink: black}

// garwoodText is what a caption says of the interval garwood_95.
const garwoodText = "95\u00a0% interval of a Poisson count (Garwood 1936), which assumes that posts come independently at a constant rate; bursts make it too narrow"

// uncertaintyOf names the methods of the intervals in use, in words and not by
// their ids.
func uncertaintyOf(all []rate) string {
	var methods []string
	for _, r := range all {
		if !r.counted.CILow.OK || r.counted.Uncertainty == "" {
			continue
		}
		id, text, found := strings.Cut(strings.TrimRight(r.counted.Uncertainty, "."), ": ")
		switch {
		case id == "garwood_95":
			text = garwoodText
		case !found || strings.Contains(id, " "):
			text = r.counted.Uncertainty
		}
		methods = append(methods, text)
	}
	if len(methods) == 0 {
		return "95\u00a0% intervals"
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
