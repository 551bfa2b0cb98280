package plots

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var engagement = Figure{
	Name: "engagement",
	Doc: "Interactions per post and 1,000 followers at posting, one row an account, by platform and country, on a logarithmic axis with a rail for zeros. The mark is the median of the account's own posts, the thick line the middle 66 %, the thin one the middle 95 % of them; accounts of a country stand in the order of their medians. " +
		"Lines are the distribution of posts and no confidence intervals. The title has the contrasts of countries over the platforms that they share, with their 95 % intervals. Compare within a platform: each counts other interactions. " +
		"Left out are reposts, posts whose followers or interactions are not known, and accounts without any other. Where there are more accounts than a page holds, those with the greatest medians of each country and platform are drawn and the table has all.",
	Version: 1,
	Tables:  []string{"account_curves", "accounts", "comparisons", "sources"},
	Draw:    drawEngagement,
}

// quantileShares are the points of the curve rate_quantiles that are drawn.
var quantileShares = []float64{.025, .17, .5, .83, .975}

// rateDistributions are the accounts with the quantiles of their posts, in the
// order of quantileShares.
func (d *Data) rateDistributions() (rows []accountRow, quantiles map[[2]string][]datasets.Opt[float64]) {
	quantiles = map[[2]string][]datasets.Opt[float64]{}
	for _, c := range d.AccountCurves {
		k := slices.Index(quantileShares, c.X)
		if c.Curve != datasets.RateQuantiles || k < 0 {
			continue
		}
		key := [2]string{c.Platform, c.AccountID}
		if quantiles[key] == nil {
			quantiles[key] = make([]datasets.Opt[float64], len(quantileShares))
			a, _ := d.account(c.Platform, c.AccountID)
			rows = append(rows, accountRow{account: a, posts: c.N})
		}
		quantiles[key][k] = c.Y
	}
	for i := range rows {
		a := rows[i].account
		q := quantiles[[2]string{a.Platform, a.AccountID}]
		rows[i].size = q[2].Or(-1)
		rows[i].points = pointInterval{thin: bounds(q[0], q[4]), mid: q[2], thick: bounds(q[1], q[3]), look: d.look(a.Country)}
	}
	rows = slices.DeleteFunc(rows, func(r accountRow) bool { return !r.points.mid.OK })
	d.sortAccounts(rows)
	return rows, quantiles
}

// drawEngagement implements engagement.
func drawEngagement(d *Data) (*Page, error) {
	all, quantiles := d.rateDistributions()
	if len(all) == 0 {
		return nil, noData("no account with interactions and followers of its posts (account_curves, rate_quantiles)")
	}
	return fitted(len(all), func(n int) *Page { return d.distributionsPage(all, quantiles, n) }), nil
}

// distributionsPage draws n accounts, of each country and platform those
// with the greatest medians; its table has all.
func (d *Data) distributionsPage(all []accountRow, quantiles map[[2]string][]datasets.Opt[float64], n int) *Page {
	shown := greatest(all, n, rowKept)
	plotted := d.accountPlot(shown)
	plotted.axis = "interactions per post and " + thousand + " followers, logarithmic"
	var rows [][]string
	posts := int64(0)
	zeros := 0
	for _, r := range shown {
		posts += r.posts
		if r.points.mid.V == 0 {
			zeros++
		}
	}
	for _, r := range all {
		a := r.account
		cells := []string{a.Platform, a.AccountID, a.Organization, a.Country.V}
		for _, q := range quantiles[[2]string{a.Platform, a.AccountID}] {
			cells = append(cells, plain(q))
		}
		rows = append(rows, append(cells, fmt.Sprint(r.posts)))
	}
	title := d.distributionsTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Interactions per post and %s followers at posting, by account: median, middle 66 %% (thick) and 95 %% (thin) of its own posts in the study window; n = %s, %s",
			thousand, numberOf(len(shown), len(all), "account", "accounts"), number(int(posts), "post", "posts")),
		Caption: caption("Lines are the distribution of an account's posts and no confidence intervals.",
			"Interactions: likes, comments and shares, as far as the platform has them; compare within a platform.", when(plotted.zero, zeroNote),
			when(zeros > 0, "Median 0: "+number(zeros, "account", "accounts")+", at least half of whose posts have no interaction."),
			d.withoutRates(all), when(strings.Contains(title, onLogScale), contrastNote),
			moreNote(len(all)-len(shown), "account", "accounts", "with smaller medians than the others of their country and platform")),
		Alt:    "Point intervals of interactions per post and " + thousand + " followers by account, grouped by platform and country. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "q02_5", "q17", "median", "q83", "q97_5", "posts"},
		Rows:   rows,
	}, plotted.height(d.width()), func(c draw.Canvas) { plotted.draw(c) })
}

// withoutRates says by platform how many accounts have no row.
func (d *Data) withoutRates(all []accountRow) string {
	var parts []string
	platform, n := "", 0
	flush := func() {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", platformName(platform), n))
		}
	}
	for _, a := range d.Accounts {
		if a.Platform != platform {
			flush()
			platform, n = a.Platform, 0
		}
		if !slices.ContainsFunc(all, func(r accountRow) bool {
			return r.account.Platform == a.Platform && r.account.AccountID == a.AccountID
		}) {
			n++
		}
	}
	flush()
	if len(parts) == 0 {
		return ""
	}
	return "Accounts without a post whose interactions and followers are known: " + list(parts) + "."
}

// contrastNote says what the contrasts in a title are, which says onLogScale.
const (
	onLogScale   = " on the log scale: "
	contrastNote = "Title: differences of means of accounts of ln(1 + interactions per post and " + thousand + " followers), over the platforms that both countries share, each of equal weight; in brackets 95\u00a0% intervals (Welch), not adjusted."
)

// distributionsTitle says which countries can be told apart and by how much,
// else that none can, else what the medians of accounts are.
func (d *Data) distributionsTitle(all []accountRow) string {
	const what = "nteractions per post and " + thousand + " followers"
	var apart []string
	known := 0
	contrasts := d.contrasts(outcomeEngagement.metric, outcomeEngagement.part)
	for _, c := range contrasts {
		if c.Effect.OK {
			known++
		}
		if distinguishable(c) {
			than := "more"
			if c.Effect.V < 0 {
				than = "fewer"
			}
			apart = append(apart, fmt.Sprintf("%s has %s than %s (%s, %s)", countryName(datasets.Some(c.CountryA)), than, countryName(datasets.Some(c.CountryB)), saySigned(c.Effect.V), sayRange(c)))
		}
	}
	switch {
	case known == 0:
		return "I" + what + medianRange(all)
	case len(apart) == 0:
		return "I" + what + ": " + d.verdict(outcomeEngagement.metric, outcomeEngagement.part)
	case len(apart) > mostNamed:
		return fmt.Sprintf("I%s: %d of %d pairs of countries can be told apart", what, len(apart), known)
	}
	text := "I" + what + onLogScale + list(apart)
	if rest := known - len(apart); rest > 0 {
		text += "; " + number(rest, "other pair", "other pairs") + " cannot be told from no difference"
	}
	return text
}

// medianRange says between which values the medians of accounts lie.
func medianRange(all []accountRow) string {
	var medians []float64
	for _, r := range all {
		medians = append(medians, r.points.mid.V)
	}
	lo, hi := slices.Min(medians), slices.Max(medians)
	if lo == hi {
		return ": the median of " + strings.TrimPrefix(number(len(all), "account", "accounts"), "1 ") + " is " + sayDigits(hi, 3)
	}
	return fmt.Sprintf(": medians of %d accounts lie between %s and %s", len(all), sayDigits(lo, 3), sayDigits(hi, 3))
}
