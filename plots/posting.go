package plots

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var posting = Figure{
	Name: "posting",
	Doc: "Posts per 30.4375 observed days of every account whose posts are known one by one, by platform and country, on a logarithmic axis with a rail for zeros; accounts of a country stand in the order of their rates. " +
		"Lines are 95 % intervals of a Poisson count, which are too narrow where posts come in bursts. A hollow mark is an account whose rate rests on coverage inferred from the posts themselves, whose posts seem cut by the export, or of which posts without a time are left out; where no coverage is known at all there is no rate, and the row says so. " +
		"The title has the estimates by country, geometric means of accounts of (posts + ½) by observed time, so that an account without a post counts, and what the comparison of countries carries. Where there are more accounts than a page holds, those with the highest rates of each country and platform are drawn and the table has all.",
	Version: 4,
	Tables:  []string{"accounts", "comparisons", "estimates", "sources", "values"},
	Metrics: []string{"posts_per_month"},
	Draw:    drawPosting,
}

// doubtful reports whether a rate rests on coverage that was inferred or on
// posts of which some have no time or seem cut.
func doubtful(v datasets.Value) bool {
	return strings.Contains(v.Flag.V, datasets.InferredCoverage) || strings.Contains(v.Flag.V, datasets.SeemsCut) || strings.Contains(v.Flag.V, datasets.Undated)
}

// observedRates are the posting rates of the study window, from posts.
func (d *Data) observedRates() (rows []accountRow, values []datasets.Value) {
	for _, v := range d.Values {
		if v.Metric != "posts_per_month" || v.Part != "observed" || v.PeriodKind != "window" {
			continue
		}
		a, _ := d.account(v.Platform, v.AccountID)
		r := accountRow{account: a, posts: v.NObserved, size: v.Value.Or(-1),
			points: pointInterval{mid: v.Value, thin: bounds(v.CILow, v.CIHigh), look: d.look(a.Country), hollow: doubtful(v)}}
		if !v.Value.OK {
			r.note, r.posts = "no coverage known", v.N
			r.points.thin = datasets.None[[2]float64]()
		}
		rows = append(rows, r)
		values = append(values, v)
	}
	return rows, values
}

// drawPosting implements posting.
func drawPosting(d *Data) (*Page, error) {
	all, values := d.observedRates()
	if !slices.ContainsFunc(values, func(v datasets.Value) bool { return v.Value.OK }) {
		return nil, noData("no posting rate from posts (posts_per_month, part observed)")
	}
	d.sortAccounts(all)
	return fitted(len(all), func(n int) *Page { return d.postingPage(all, values, n) }), nil
}

// postingPage draws n accounts, of each country and platform those with
// the highest rates; its table has all.
func (d *Data) postingPage(all []accountRow, values []datasets.Value, n int) *Page {
	shown := slices.Clone(greatest(all, n, rowKept))
	cut := cutCounts()
	for i := range shown {
		ends := &shown[i].points.thin.V
		ends[0], ends[1] = cut.cut(ends[0], ends[1])
	}
	plotted := d.accountPlot(shown)
	plotted.axis = "posts per 30.4375 observed days, logarithmic"
	find := func(r accountRow) datasets.Value {
		return values[slices.IndexFunc(values, func(v datasets.Value) bool {
			return v.Platform == r.account.Platform && v.AccountID == r.account.AccountID
		})]
	}
	var rows [][]string
	var ids, methods []string
	inferred, ended, undated, unknown, posts := 0, 0, 0, 0, int64(0)
	from, to := values[0].PeriodStart, values[0].PeriodEnd
	for _, r := range shown {
		posts += r.posts
	}
	for _, r := range all {
		v := find(r)
		from, to = min(from, v.PeriodStart), max(to, v.PeriodEnd)
		switch {
		case !v.Value.OK:
			unknown++
		case strings.Contains(v.Flag.V, datasets.InferredCoverage):
			inferred++
		case strings.Contains(v.Flag.V, datasets.SeemsCut):
			ended++
		case doubtful(v):
			undated++
		}
		if v.CILow.OK {
			methods = append(methods, v.Uncertainty)
		}
		ids = append(ids, v.Source)
		rows = append(rows, []string{v.Platform, v.AccountID, r.account.Organization, r.account.Country.V, v.PeriodStart.String(), v.PeriodEnd.String(),
			plain(v.Value), plain(v.CILow), plain(v.CIHigh), fmt.Sprint(v.N), fmt.Sprint(v.NObserved), plain(v.ExposureDays), v.Uncertainty, v.Flag.V, v.Source})
	}
	title := d.postingTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Posts of any type per 30.4375 observed days by account, %s to %s; n = %s, %s",
			sayDate(from.Time(), "day"), sayDate((to-1).Time(), "day"), numberOf(len(shown), len(all), "account", "accounts"), number(int(posts), "post", "posts")),
		Caption: caption(d.cite(sourceParts(ids)),
			when(len(methods) > 0, "Lines, where longer than the mark: "+garwoodNote(methods)+"."), cut.note(sayBound),
			when(inferred > 0, "Hollow: "+number(inferred, "account", "accounts")+" whose coverage is inferred from the posts themselves."),
			when(ended > 0, "Hollow: "+number(ended, "account", "accounts")+" with exactly as many posts as several others of the export, as if it had been cut there, so that the rate is a lower bound."),
			when(undated > 0, "Hollow: "+number(undated, "account", "accounts")+" with posts without a time, which are left out, so that the rate is too low."),
			when(unknown > 0, "No coverage known: "+number(unknown, "account", "accounts")+" without a rate."),
			when(plotted.zero, zeroNote), d.estimateNote("posts_per_month", "observed", "geometric_mean_of_accounts"),
			moreNote(len(all)-len(shown), "account", "accounts", "with lower or unknown rates than the others of their country and platform")),
		Alt:    "Dot plot of posts per 30.4375 observed days by account with 95 % intervals, grouped by platform and country. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "period_start", "period_end", "value", "ci_low", "ci_high", "n", "n_observed", "exposure_days", "uncertainty", "flag", "source"},
		Rows:   rows,
	}, plotted.height(d.width()), func(c draw.Canvas) { plotted.draw(c) })
}

// postingTitle has the estimates by country where there are several, else the
// range of the accounts.
func (d *Data) postingTitle(all []accountRow) string {
	says := func(e datasets.Estimate) string { return sayDigits(e.Value.V, 3) + " " + sayInterval(e.Low, e.High, 3) }
	if parts := d.estimateParts("posts_per_month", "observed", "geometric_mean_of_accounts", says); len(parts) > 1 {
		return "Posts per month of a typical account (95\u00a0% interval): " + list(parts) + "; " + d.verdict("posts_per_month", "observed")
	}
	lo, hi, n := 0., 0., 0
	for _, r := range all {
		if !r.points.mid.OK {
			continue
		}
		if n == 0 {
			lo, hi = r.size, r.size
		}
		lo, hi = min(lo, r.size), max(hi, r.size)
		n++
	}
	if n == 1 {
		return fmt.Sprintf("One account posts %s times in 30.4375 observed days", sayDigits(hi, 3))
	}
	return fmt.Sprintf("%d accounts post from %s to %s times in 30.4375 observed days", n, sayDigits(lo, 3), sayDigits(hi, 3))
}

// garwoodNote names the methods of intervals of single accounts in words.
func garwoodNote(methods []string) string {
	var out []string
	for _, m := range unique(methods) {
		if strings.HasPrefix(m, "garwood_95") {
			m = garwoodText
		}
		out = append(out, strings.TrimRight(m, "."))
	}
	return list(unique(out))
}
