package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var growthRates = Figure{
	Name: "growth_rates",
	Doc: "How fast the followers of every account grew, in per cent of a month of 30.4375 days between its first and last snapshot, by platform and country: a small mark an account, above each other where they are alike. " +
		"The large mark below them is the mean of the accounts and the line its 95 % interval; both are of the logarithm of growth, turned back into per cent. The line across stands at no growth. " +
		"Where a few accounts would squeeze the others, the axis has even steps near 0 and is logarithmic beyond. A hollow mark is an account seen over fewer than seven days, which no mean uses; small marks cover each other where there are too many for a row. " +
		"Where there are more rows than a page holds, those of compared countries are drawn first, then those of platforms with most accounts, and the table has all.",
	Version: 3,
	Tables:  []string{"accounts", "comparisons", "estimates", "sources", "values"},
	Metrics: []string{growthRate},
	Draw:    drawGrowthRates,
}

// growthRate and growthPart are the metric that is drawn.
const (
	growthRate = "follower_growth"
	growthPart = "log_rate_per_month"
	growthMean = "mean_of_accounts"
)

// perCent turns a logarithm of growth into per cent.
func perCent(v float64) float64 { return math.Expm1(v) * 100 }

// sayGrowth writes growth in per cent, of a mean with its interval.
func sayGrowth(v float64) string { return saySigned(perCent(v)) + noBreak + "%" }

func sayMeanGrowth(e datasets.Estimate) string {
	if !e.Low.OK || !e.High.OK {
		return sayGrowth(e.Value.V) + " (no interval)"
	}
	return fmt.Sprintf("%s (%s to %s)", sayGrowth(e.Value.V), saySigned(perCent(e.Low.V)), saySigned(perCent(e.High.V)))
}

// grown is an account and how its followers grew.
type grown struct {
	account datasets.Account
	value   datasets.Value
}

// growths returns the accounts whose growth is known, by platform, country and
// id.
func (d *Data) growths() []grown {
	var out []grown
	for _, v := range d.Values {
		if v.Metric != growthRate || v.Part != growthPart || v.PeriodKind != "window" || !v.Value.OK {
			continue
		}
		a, _ := d.account(v.Platform, v.AccountID)
		out = append(out, grown{a, v})
	}
	slices.SortStableFunc(out, func(a, b grown) int {
		return cmp.Or(cmp.Compare(a.value.Platform, b.value.Platform), cmp.Compare(d.rank(a.account.Country), d.rank(b.account.Country)),
			cmp.Compare(a.account.Country.V, b.account.Country.V), cmp.Compare(a.value.AccountID, b.value.AccountID))
	})
	return out
}

// drawGrowthRates implements growthRates.
func drawGrowthRates(d *Data) (*Page, error) {
	all := d.growths()
	if len(all) == 0 {
		return nil, noData("no account with followers in two snapshots (%s, part %s)", growthRate, growthPart)
	}
	sizes := map[string]int{}
	for _, g := range all {
		sizes[g.value.Platform]++
	}
	rows := grownRows(all)
	weight := func(of []grown) float64 {
		w := float64(sizes[of[0].value.Platform])
		if d.rank(of[0].account.Country) < len(d.Study.Countries) {
			w += float64(len(all)) // more than a platform has
		}
		return w
	}
	return fitted(len(rows), func(n int) *Page {
		return d.growthRatesPage(all, greatest(rows, n, weight), len(rows)-n)
	}), nil
}

// growthRatesPage draws the rows; its table has all.
func (d *Data) growthRatesPage(all []grown, rows [][]grown, more int) *Page {
	plotted := dotRows{axis: "per cent a month", linear: true, rule: datasets.Some(0.), heads: []string{"mean (95" + noBreak + "% interval)", "accounts"}}
	var reach, accounts []float64
	shown, short := 0, 0
	bare := false
	var flags []string
	for i, of := range rows {
		p := of[0].value.Platform
		if i == 0 || rows[i-1][0].value.Platform != p {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: platformName(p)})
		}
		country := of[0].account.Country
		row := dotRow{label: capital(countryName(country)), least: swarmRow, cells: []string{"", ""}}
		look := d.look(country)
		for _, g := range of {
			v := perCent(g.value.Value.V)
			hollow := strings.HasPrefix(g.value.Flag.V, datasets.ShortSpan)
			if hollow {
				short++
			}
			row.swarm = append(row.swarm, dot{at: v, shape: look.shape, look: look, hollow: hollow, size: swarmMark})
			reach, accounts = append(reach, v), append(accounts, v)
		}
		shown += len(of)
		row.cells[1] = sayCount(float64(len(of)))
		if e, ok := d.estimateOn(p, growthRate, growthPart, growthMean, country.V); ok {
			flags = append(flags, e.Flag.V)
			row.cells[0] = sayMeanGrowth(e)
			row.dots = append(row.dots, dot{at: perCent(e.Value.V), shape: look.shape, look: look, rise: meanRise})
			reach = append(reach, perCent(e.Value.V))
			if e.Low.OK && e.High.OK {
				row.spans = append(row.spans, dotSpan{from: perCent(e.Low.V), to: perCent(e.High.V), width: 1.2, look: look, rise: meanRise})
				reach = append(reach, perCent(e.Low.V), perCent(e.High.V))
			} else {
				bare = true
			}
		}
		plotted.rows = append(plotted.rows, row)
	}
	if len(flags) == 0 {
		plotted.heads = plotted.heads[1:]
		for i := range plotted.rows {
			if !plotted.rows[i].head {
				plotted.rows[i].cells = plotted.rows[i].cells[1:]
			}
		}
	}
	far := false
	plotted.ticks, plotted.scale, far = farAxis(accounts, reach, 6)
	var ids []string
	snapshots := 0
	from, to := all[0].value.PeriodStart, all[0].value.PeriodEnd
	for _, of := range rows {
		for _, g := range of {
			snapshots += int(g.value.N)
		}
	}
	for _, g := range all {
		ids = append(ids, g.value.Source)
		from, to = min(from, g.value.PeriodStart), max(to, g.value.PeriodEnd)
	}
	title := d.growthRatesTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Growth of followers a month of 30.4375 days between the first and the last snapshot of each account, %s to %s; n = %s, %s",
			sayDate(from.Time(), "day"), sayDate((to-1).Time(), "day"), numberOf(shown, len(all), "account", "accounts"), number(snapshots, "snapshot", "snapshots")),
		Caption: caption(d.cite(sourceParts(ids)), "Small marks: accounts, which have no interval of their own.",
			when(len(flags) > 0, "Large mark and line: mean of accounts of the logarithm of growth and its 95"+noBreak+"% t interval, turned back."),
			when(bare, "No line: fewer than four accounts, or all of them alike."),
			when(short > 0, "Hollow: "+number(short, "account", "accounts")+" seen over fewer than seven days, which no mean uses."),
			when(far, farNote), calibrationNote(flags), d.estimateNote(growthRate, growthPart, growthMean),
			moreNote(more, "row", "rows", "of countries that are not compared, or of platforms with fewer accounts")),
		Alt:    "Beeswarm of the growth of followers of each account by platform and country, with means of accounts and their intervals. " + title + ".",
		Header: []string{"row", "platform", "country", "account_id", "organization", "log_rate", "log_rate_low", "log_rate_high", "percent_per_month", "uncertainty", "n_accounts", "n", "flag", "source"},
		Rows:   d.growthTable(all),
	}, plotted.height(d.width()), func(c draw.Canvas) { plotted.draw(c) })
}

// Places in a row of a beeswarm with a mean below it, in points.
const (
	swarmRow   = 25
	swarmMark  = 1.7 // radius
	swarmRise  = 4   // of the line on which the marks stand, over the middle of the row
	swarmReach = 5.6 // of marks from that line
	meanRise   = -8.5
)

// grownRows parts the accounts by platform and country.
func grownRows(all []grown) (out [][]grown) {
	for _, g := range all {
		if n := len(out); n == 0 || out[n-1][0].value.Platform != g.value.Platform || out[n-1][0].account.Country != g.account.Country {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], g)
	}
	return out
}

// growthTable has the accounts, then the means.
func (d *Data) growthTable(all []grown) (rows [][]string) {
	for _, g := range all {
		v := g.value
		rows = append(rows, []string{"account", v.Platform, g.account.Country.V, v.AccountID, g.account.Organization, plain(v.Value), plain(v.Low), plain(v.High),
			plain(datasets.Some(perCent(v.Value.V))), v.Uncertainty, "", fmt.Sprint(v.N), v.Flag.V, v.Source})
	}
	for _, e := range d.Estimates {
		if e.Metric == growthRate && e.Part == growthPart && e.Method == growthMean && e.Value.OK {
			rows = append(rows, []string{"mean", e.Platform, e.Country, "", "", plain(e.Value), plain(e.Low), plain(e.High),
				plain(datasets.Some(perCent(e.Value.V))), e.Uncertainty, plainInt(e.NAccounts), fmt.Sprint(e.N), e.Flag.V, ""})
		}
	}
	return rows
}

// growthRatesTitle has the means by country and what their comparison carries,
// else the reach of the accounts that were seen over seven days or more.
func (d *Data) growthRatesTitle(all []grown) string {
	if parts := d.estimateParts(growthRate, growthPart, growthMean, sayMeanGrowth); len(parts) > 1 {
		return "Growth of followers a month, mean of accounts (95" + noBreak + "% interval): " + list(parts) + "; " + d.verdict(growthRate, growthPart)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(g grown) bool { return strings.HasPrefix(g.value.Flag.V, datasets.ShortSpan) })
	if len(all) == 0 {
		return "No account was seen over seven days: growth a month cannot be told from these snapshots"
	}
	order := func(a, b grown) int { return cmp.Compare(a.value.Value.V, b.value.Value.V) }
	lo, hi := slices.MinFunc(all, order).value.Value.V, slices.MaxFunc(all, order).value.Value.V
	if len(all) == 1 {
		return "Followers of one account changed by " + sayGrowth(lo) + " a month"
	}
	return fmt.Sprintf("Followers of %d accounts changed by %s to %s a month", len(all), sayGrowth(lo), sayGrowth(hi))
}
