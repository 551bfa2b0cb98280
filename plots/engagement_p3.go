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
	Doc: "Likes per post per 1,000 followers (P3 of Bonsón and Ratkai 2013) of every counted window, grouped by platform, on a logarithmic axis with a rail for zeros. " +
		"Lines are the bounds that the rounding of the printed mean allows; they are no confidence intervals. Compare within a platform only.",
	Version: 1,
	Tables:  []string{"accounts", "sources", "values"},
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
	who := func(v datasets.Value) datasets.Account { a, _ := d.account(v.Platform, v.AccountID); return a }
	slices.SortStableFunc(all, func(a, b datasets.Value) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(b.Value.V, a.Value.V), datasets.Values.Compare(&a, &b))
	})
	plotted := dotRows{axis: "likes per post per 1,000 followers, logarithmic", heads: []string{"value (rounding bounds)", "posts"}}
	var rows [][]string
	var ids []string
	var reach []float64
	var countries []datasets.Opt[string]
	parts := map[string]bool{}
	for _, v := range all {
		parts[v.Part] = true
	}
	from, to := all[0].PeriodStart, all[0].PeriodEnd
	for i, v := range all {
		a := who(v)
		look := d.look(a.Country)
		countries = append(countries, a.Country)
		if i == 0 || all[i-1].Platform != v.Platform {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: platformName(v.Platform)})
		}
		reach = append(reach, v.Value.V)
		row := dotRow{label: d.accountLabel(a), dots: []dot{{at: v.Value.V, shape: look.shape, look: look}},
			cells: []string{saySignificant(v.Value.V, 3), sayCount(float64(v.N))}, style: labelType}
		if len(parts) > 1 {
			row.label += ", " + v.Part
		}
		if v.Low.OK && v.High.OK {
			row.spans = append(row.spans, dotSpan{from: v.Low.V, to: v.High.V, width: 1.6, look: look})
			row.cells[0] += " (" + saySignificant(v.Low.V, 3) + "–" + saySignificant(v.High.V, 3) + ")"
			reach = append(reach, v.Low.V, v.High.V)
		}
		plotted.rows = append(plotted.rows, row)
		from, to = min(from, v.PeriodStart), max(to, v.PeriodEnd)
		ids = append(ids, v.Source)
		rows = append(rows, []string{v.Platform, v.AccountID, a.Organization, a.Country.V, v.Part, v.PeriodStart.String(), v.PeriodEnd.String(),
			plain(v.Value), plain(v.Low), plain(v.High), v.Unit, fmt.Sprint(v.N), fmt.Sprint(v.NObserved), v.Uncertainty, v.Flag.V, v.Source})
	}
	lo, hi, zero := reachOf(reach)
	plotted.ticks, plotted.zero = logTicks(lo, hi), zero
	top := slices.MaxFunc(all, func(a, b datasets.Value) int { return cmp.Compare(a.Value.V, b.Value.V) })
	low := slices.MinFunc(all, func(a, b datasets.Value) int { return cmp.Compare(a.Value.V, b.Value.V) })
	title := fmt.Sprintf("Likes per post per 1,000 followers range from %s (%s on %s) to %s (%s on %s)",
		saySignificant(low.Value.V, 3), who(low).Organization, platformName(low.Platform),
		saySignificant(top.Value.V, 3), who(top).Organization, platformName(top.Platform))
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("P3 of Bonsón and Ratkai: mean likes per post by 1,000 followers, %s to %s; n = %s",
			sayDate(from.Time(), "day"), sayDate((to-1).Time(), "day"), number(len(all), "account and window", "accounts and windows")),
		Caption: caption(d.cite(sourceParts(ids)), d.lookNote(countries), "Lines: what the rounding of the printed numbers allows, no confidence interval. Platforms count likes differently: compare within a platform.",
			when(zero, "0: a printed zero, drawn on the rail at the left; it can mean no likes, hidden likes or a mean rounded down."),
			when(missing > 0, "Not drawn: "+number(missing, "window without a value.", "windows without a value."))),
		Alt:    "Dot plot of likes per post per 1,000 followers by account, grouped by platform. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "part", "period_start", "period_end", "value", "low", "high", "unit", "n", "n_observed", "uncertainty", "flag", "source"},
		Rows:   rows,
	}, plotted.height(), func(c draw.Canvas) { plotted.draw(c) }), nil
}
