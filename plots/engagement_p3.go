package plots

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var engagementP3 = Figure{
	Name: "engagement_p3",
	Doc: "Likes per post per 1\u00a0000 followers (P3 of Bonsón and Ratkai 2013) of every counted window, grouped by platform, on a logarithmic axis with a rail for zeros. " +
		"Lines are the bounds that the rounding of the printed mean allows; they are no confidence intervals. Compare within a platform only. " +
		"Where there are more windows than a page holds, those with the greatest values are drawn and the table has all.",
	Version: 3,
	Tables:  []string{"accounts", "sources", "values"},
	Metrics: []string{"likes_per_post_per_1000_followers"},
	Draw:    drawEngagementP3,
}

func drawEngagementP3(d *Data) (*Page, error) {
	var all []datasets.Value
	missing := 0
	for _, v := range d.Values {
		if v.Metric != "likes_per_post_per_1000_followers" || v.PeriodKind != "window" {
			continue
		}
		if !v.Value.OK {
			missing++
			continue
		}
		all = append(all, v)
	}
	if len(all) == 0 {
		return nil, noData("no value of likes_per_post_per_1000_followers for a counted window")
	}
	slices.SortStableFunc(all, func(a, b datasets.Value) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(b.Value.V, a.Value.V), datasets.Values.Compare(&a, &b))
	})
	return fitted(len(all), func(n int) *Page { return d.engagementPage(all, n, missing) }), nil
}

// engagementPage draws the n greatest values; its table has all.
func (d *Data) engagementPage(all []datasets.Value, n, missing int) *Page {
	shown := greatest(all, n, func(v datasets.Value) float64 { return v.Value.V })
	plotted := dotRows{axis: "likes per post per " + thousand + " followers, logarithmic", heads: []string{"value", "posts"}}
	var reach []float64
	var countries []datasets.Opt[string]
	parts := map[string]bool{}
	for _, v := range all {
		parts[v.Part] = true
	}
	bounds := false
	cut := cutCounts()
	from, to := shown[0].PeriodStart, shown[0].PeriodEnd
	for i, v := range shown {
		a, _ := d.account(v.Platform, v.AccountID)
		look := d.look(a.Country)
		countries = append(countries, a.Country)
		if i == 0 || shown[i-1].Platform != v.Platform {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: platformName(v.Platform)})
		}
		reach = append(reach, v.Value.V)
		row := dotRow{label: d.accountLabel(a), dots: []dot{{at: v.Value.V, shape: look.shape, look: look}},
			cells: []string{sayDigits(v.Value.V, 3), sayCount(float64(v.N))}, style: labelType}
		if len(parts) > 1 {
			row.label += ", " + v.Part
		}
		if v.Low.OK && v.High.OK && v.Low.V < v.High.V {
			bounds = true
			least, most := cut.cut(v.Low.V, v.High.V)
			row.spans = append(row.spans, dotSpan{from: least, to: most, width: 1.6, look: look})
			row.cells[0] += " (" + sayDigits(v.Low.V, 3) + "–" + sayDigits(v.High.V, 3) + ")"
			reach = append(reach, least, most)
		}
		plotted.rows = append(plotted.rows, row)
		from, to = min(from, v.PeriodStart), max(to, v.PeriodEnd)
	}
	if bounds {
		plotted.heads[0] = "value (rounding bounds)"
	}
	lo, hi, _ := reachOf(reach)
	plotted.ticks = logTicks(lo, hi)
	plotted.zero = slices.Contains(reach, 0)
	var rows [][]string
	var ids []string
	flaggedZeros := 0
	for _, v := range all {
		a, _ := d.account(v.Platform, v.AccountID)
		if flaggedZero(v) {
			flaggedZeros++
		}
		ids = append(ids, v.Source)
		rows = append(rows, []string{v.Platform, v.AccountID, a.Organization, a.Country.V, v.Part, v.PeriodStart.String(), v.PeriodEnd.String(),
			plain(v.Value), plain(v.Low), plain(v.High), v.Unit, fmt.Sprint(v.N), fmt.Sprint(v.NObserved), v.Uncertainty, v.Flag.V, v.Source})
	}
	title := d.engagementTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("P3 of Bonsón and Ratkai: mean likes per post by %s followers, %s to %s; n = %s", thousand,
			sayDate(from.Time(), "day"), sayDate((to-1).Time(), "day"), numberOf(len(shown), len(all), "account and window", "accounts and windows")),
		Caption: caption(d.cite(sourceParts(ids)), d.lookNote(countries), when(bounds, "Lines: what the rounding of the printed numbers allows, no confidence interval."), cut.note(sayBound),
			"Platforms count likes differently: compare within a platform.", when(plotted.zero, zeroNote),
			when(flaggedZeros > 0, "The title leaves out "+number(flaggedZeros, "mean", "means")+" of 0 that can also be hidden likes, a platform without them, or rounding."),
			moreNote(len(all)-len(shown), "window", "windows", "with smaller values"),
			when(missing > 0, "Not drawn: "+number(missing, "window without a value.", "windows without a value."))),
		Alt:    "Dot plot of likes per post per " + thousand + " followers by account, grouped by platform. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "part", "period_start", "period_end", "value", "low", "high", "unit", "n", "n_observed", "uncertainty", "flag", "source"},
		Rows:   rows,
	}, plotted.height(d.width()), func(c draw.Canvas) { plotted.draw(c) })
}

const thousand = "1" + noBreak + "000"

// flaggedZero reports whether a value is a zero with a doubt.
func flaggedZero(v datasets.Value) bool { return v.Value.V == 0 && v.Flag.OK }

// engagementTitle gives the range within the platform that most accounts are
// on, or within each of two that have equally many; a zero with a doubt counts
// for neither.
func (d *Data) engagementTitle(all []datasets.Value) string {
	type span struct {
		platform  string
		accounts  []string
		low, high datasets.Value
	}
	var spans []span
	for _, v := range all { // by platform, greatest value first
		if flaggedZero(v) {
			continue
		}
		if n := len(spans); n == 0 || spans[n-1].platform != v.Platform {
			spans = append(spans, span{platform: v.Platform, high: v})
		}
		s := &spans[len(spans)-1]
		s.low = v
		if !slices.Contains(s.accounts, v.AccountID) {
			s.accounts = append(s.accounts, v.AccountID)
		}
	}
	what := "ikes per post per " + thousand + " followers"
	if len(spans) == 0 {
		return "L" + what + ": every mean is 0"
	}
	most := 0
	for _, s := range spans {
		most = max(most, len(s.accounts))
	}
	spans = slices.DeleteFunc(spans, func(s span) bool { return len(s.accounts) < most })
	who := func(v datasets.Value) string { a, _ := d.account(v.Platform, v.AccountID); return nameOf(a) }
	switch {
	case most == 1 && len(spans) == 1:
		return fmt.Sprintf("%s on %s had %s l%s", who(spans[0].high), platformName(spans[0].platform), sayDigits(spans[0].high.Value.V, 3), what)
	case len(spans) == 1:
		return fmt.Sprintf("On %s, l%s range from %s (%s) to %s (%s)", platformName(spans[0].platform), what,
			sayDigits(spans[0].low.Value.V, 3), who(spans[0].low), sayDigits(spans[0].high.Value.V, 3), who(spans[0].high))
	case len(spans) == 2 && most > 1:
		return fmt.Sprintf("L%s range from %s to %s on %s and from %s to %s on %s", what,
			sayDigits(spans[0].low.Value.V, 3), sayDigits(spans[0].high.Value.V, 3), platformName(spans[0].platform),
			sayDigits(spans[1].low.Value.V, 3), sayDigits(spans[1].high.Value.V, 3), platformName(spans[1].platform))
	}
	return fmt.Sprintf("L%s of %s, by platform", what, number(len(all), "counted window", "counted windows"))
}
