package plots

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"

	"diplometrics/datasets"
)

// addPosts gives a study accounts whose posts are known, with everything that
// figures of posts draw: more accounts than a page holds, long names, rates of
// zero, coverage inferred and unknown, contrasts with and without an interval.
func addPosts(t testing.TB, d *Data) {
	from, to := day(t, "2024-01-01"), day(t, "2024-07-01")
	platforms := []string{"facebook", "instagram", "linkedin", "ok", "telegram", "threads", "tiktok", "vk", "x", "youtube"}
	types := []string{"ministry", "embassy", "", "a kind of institution with a long name", "president"}
	for i, country := range d.Study.Countries {
		for k := range 40 {
			platform := platforms[k%len(platforms)]
			id := fmt.Sprintf("@posts_%s_%02d", strings.ToLower(country), k)
			name := fmt.Sprintf("Embassy of %s in the Republic of a Long Name and Its Dependencies %d", countryName(datasets.Some(country)), k/10)
			d.Accounts = append(d.Accounts, datasets.Account{Platform: platform, AccountID: id, Handle: optional(id[1:]), Country: datasets.Some(country),
				Organization: name, OrganizationType: optional(types[k%len(types)])})
			v := datasets.Value{Metric: "posts_per_month", Part: "observed", Platform: platform, AccountID: id, PeriodKind: "window", PeriodStart: from, PeriodEnd: to,
				Value: datasets.Some(float64(k*k) * float64(i+1)), CILow: datasets.Some(float64(k*k) * .8), CIHigh: datasets.Some(float64(k*k+1) * float64(i+2)),
				Uncertainty: "garwood_95: exact interval of a Poisson count", N: int64(1234 * k), NObserved: int64(1234 * k), Source: "export"}
			switch k % 7 {
			case 3:
				v.Flag = datasets.Some(datasets.InferredCoverage)
			case 4:
				v.Flag = datasets.Some(datasets.Undated + " 3 of 5")
			case 5:
				v.Value, v.CILow, v.CIHigh = datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
			}
			d.Values = append(d.Values, v)
			dormant := 0.
			if k%4 == 0 {
				dormant = 1
			}
			v = datasets.Value{Metric: "freshness", Part: "dormant", Platform: platform, AccountID: id, PeriodKind: "window", PeriodStart: from, PeriodEnd: to, Value: datasets.Some(dormant), Source: "export"}
			d.Values = append(d.Values, v)
			v = datasets.Value{Metric: growthRate, Part: growthPart, Platform: platform, AccountID: id, PeriodKind: "window", PeriodStart: from, PeriodEnd: to,
				Value: datasets.Some(float64(k%5-2) / float64(50+i)), N: 1234, Source: "export"}
			if k%6 == 1 {
				v.Flag = datasets.Some(datasets.ShortSpan + " 2.00 days between the snapshots, fewer than 7")
			}
			d.Values = append(d.Values, v)
			for q, share := range quantileShares {
				d.AccountCurves = append(d.AccountCurves, datasets.Curve{Curve: datasets.RateQuantiles, Country: country, Platform: platform, AccountID: id, X: share,
					Y: datasets.Some(max(0, float64(k*q*q-20)) * float64(i+1)), N: int64(1234 * k)})
			}
		}
		for _, e := range []datasets.Estimate{{Metric: "posts_per_month", Part: "observed", Method: "geometric_mean_of_accounts"}} {
			e.Country, e.Platform, e.Value, e.Low, e.High = country, standardised, datasets.Some(12345.6), datasets.Some(.0001234), datasets.Some(1e6)
			d.Estimates = append(d.Estimates, e)
		}
		for k, platform := range append([]string{standardised}, platforms...) {
			e := datasets.Estimate{Metric: growthRate, Part: growthPart, Method: growthMean, Country: country, Platform: platform, Value: datasets.Some(.0123)}
			if k%3 < 2 {
				e.Low, e.High = datasets.Some(-1.23), datasets.Some(.789)
			}
			d.Estimates = append(d.Estimates, e)
		}
		for _, other := range d.Study.Countries[i+1:] {
			for _, o := range outcomes {
				for n, platform := range append([]string{standardised}, platforms...) {
					d.Comparisons = append(d.Comparisons, madeContrasts(o, country, other, platform, n)...)
				}
			}
		}
	}
	slices.SortFunc(d.Comparisons, func(a, b datasets.Comparison) int { return datasets.Comparisons.Compare(&a, &b) })
	slices.SortFunc(d.Estimates, func(a, b datasets.Estimate) int { return datasets.Estimates.Compare(&a, &b) })
	slices.SortFunc(d.AccountCurves, func(a, b datasets.Curve) int { return datasets.AccountCurves.Compare(&a, &b) })
}

// madeContrasts makes up the rows of a pair of countries; n chooses what is
// missing.
func madeContrasts(o outcome, a, b, platform string, n int) []datasets.Comparison {
	c := datasets.Comparison{Metric: o.metric, Part: o.part, CountryA: a, CountryB: b, Platform: platform, Method: "mean_contrast", EffectKind: "difference_of_means",
		Effect: datasets.Some(-123.456), Low: datasets.Some(-1234.5), High: datasets.Some(1000.), PAdjusted: datasets.Some(.02), P: datasets.Some(.01),
		NAccountsA: 1234, NAccountsB: 5678, Family: datasets.Exploratory}
	if o.metric == outcomePosting.metric {
		c.EffectKind, c.Effect, c.Low, c.High = "ratio_of_geometric_means", datasets.Some(.00123), datasets.Some(.0000123), datasets.Some(.0987)
	}
	if platform == standardised {
		c.Family = datasets.Primary
	}
	switch n % 5 {
	case 2:
		c.Low, c.High, c.Uncertainty = datasets.None[float64](), datasets.None[float64](), "none: 2 accounts against 3 accounts; an interval needs four on each side"
	case 3:
		c.Low, c.High, c.P, c.PAdjusted = datasets.None[float64](), datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
		c.Uncertainty, c.Reason = "none: the accounts of each country are all alike, so that their spread is not known", datasets.Some("no test: all accounts are of one organization")
	case 4:
		c.Effect, c.Low, c.High, c.P, c.PAdjusted = datasets.None[float64](), datasets.None[float64](), datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
		c.NAccountsB, c.Reason = 0, datasets.Some("no effect: no account")
	}
	rank := c
	rank.Method, rank.EffectKind, rank.Effect = "rank", "cliffs_delta", datasets.Some(-.99)
	out := []datasets.Comparison{c, rank}
	if platform == standardised {
		crude := c
		crude.Method, crude.Family = "crude_contrast", datasets.Exploratory
		out = append(out, crude)
	}
	return out
}

// contrastOf is a primary contrast of Kazakhstan and Uzbekistan for tests of
// titles; an interval of no width is none.
func contrastOf(o outcome, effect, lo, hi, p float64) datasets.Comparison {
	c := madeContrasts(o, "KAZ", "UZB", standardised, 0)[0]
	c.Effect, c.PAdjusted, c.P = datasets.Some(effect), datasets.Some(p), datasets.Some(p)
	c.Low, c.High = datasets.Some(lo), datasets.Some(hi)
	if lo == hi {
		c.Low, c.High = datasets.None[float64](), datasets.None[float64]()
	}
	return c
}

// TestContrastTitles: a title claims a difference only where test and interval
// carry it.
func TestContrastTitles(t *testing.T) {
	untested := contrastOf(outcomePosting, 2, 1, 1, .01)
	untested.P, untested.PAdjusted = datasets.None[float64](), datasets.None[float64]()
	exploratory := contrastOf(outcomePosting, 2, 1.5, 3, .01)
	exploratory.Family = datasets.Exploratory
	for name, c := range map[string]struct {
		rows []datasets.Comparison
		want string
	}{
		"difference": {[]datasets.Comparison{contrastOf(outcomePosting, 2, 1.5, 3, .01), contrastOf(outcomeZeros, .1, -.1, .3, .5)},
			"After Holm, 1 of 2 primary contrasts can be told from no difference: posts per month of Kazakhstan against Uzbekistan (2.00, 1.50–3.00)"},
		"none":                      {[]datasets.Comparison{contrastOf(outcomePosting, 2, .5, 3, .3)}, "None of 1 primary contrast can be told from no difference after Holm (least adjusted p 0.300)"},
		"test against interval":     {[]datasets.Comparison{contrastOf(outcomePosting, 2, .9, 3, .01)}, "None of 1 primary contrast can be told from no difference after Holm by both interval and test"},
		"no interval":               {[]datasets.Comparison{contrastOf(outcomePosting, 2, 1, 1, .01)}, "None of 1 primary contrast can be told from no difference after Holm by both interval and test"},
		"no test":                   {[]datasets.Comparison{untested}, "None of 1 primary contrast can be tested"},
		"not in the primary family": {[]datasets.Comparison{exploratory}, "No contrast of countries here belongs to the primary family"},
	} {
		d := newStudy()
		d.Comparisons = c.rows
		p := drawnPage(t, contrasts, d)
		if p.Title != c.want {
			t.Errorf("%s: got %q, want %q", name, p.Title, c.want)
		}
		checkTexts(t, p)
	}
	if _, err := contrasts.Draw(newStudy()); !errors.Is(err, ErrNoData) {
		t.Errorf("no rows: got %v", err)
	}
}

// TestVerdicts: what titles say of pairs of countries.
func TestVerdicts(t *testing.T) {
	d := newStudy()
	for _, c := range []struct {
		rows []datasets.Comparison
		want string
	}{
		{nil, "no pair of countries can be tested"},
		{[]datasets.Comparison{contrastOf(outcomePosting, 2, 1.5, 3, .01)}, "1 of 1 pair can be told apart: Kazakhstan against Uzbekistan"},
		{[]datasets.Comparison{contrastOf(outcomePosting, 2, .5, 3, .3)}, "the pair cannot be told from no difference (adjusted p 0.300, Holm)"},
		{[]datasets.Comparison{contrastOf(outcomePosting, 2, .5, 3, .01)}, "none of 1 pair can be told from no difference by both interval and test"},
		{[]datasets.Comparison{contrastOf(outcomePosting, 2, .5, 3, .3), contrastOf(outcomePosting, 2, .5, 3, .4)}, "none of 2 pairs can be told from no difference (least adjusted p 0.300, Holm)"},
	} {
		d.Comparisons = c.rows
		if got := d.verdict(outcomePosting.metric, outcomePosting.part); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// observed adds an account with a posting rate from posts.
func observed(t *testing.T, d *Data, country, platform, id string, v datasets.Value) {
	t.Helper()
	d.Accounts = append(d.Accounts, datasets.Account{Platform: platform, AccountID: id, Country: optional(country), Organization: "Office " + id, OrganizationType: datasets.Some("embassy")})
	v.Metric, v.Part, v.Platform, v.AccountID, v.PeriodKind, v.Source = "posts_per_month", "observed", platform, id, "window", "export"
	v.PeriodStart, v.PeriodEnd = day(t, "2024-01-01"), day(t, "2024-07-01")
	d.Values = append(d.Values, v)
	slices.SortFunc(d.Accounts, func(a, b datasets.Account) int { return datasets.Accounts.Compare(&a, &b) })
}

func rateOf(v float64) datasets.Value {
	return datasets.Value{Value: datasets.Some(v), CILow: datasets.Some(v / 2), CIHigh: datasets.Some(v*2 + 1), N: int64(v * 6), NObserved: int64(v * 6), Uncertainty: "garwood_95: exact"}
}

// TestPostingTitles: the title has the estimates of countries, or of one
// country or none the range of accounts, and never names who posts most.
func TestPostingTitles(t *testing.T) {
	d := newStudy()
	observed(t, d, "KAZ", "x", "a", rateOf(4))
	for _, want := range []string{"One account posts 4.00 times in 30.4375 observed days", "2 accounts post from 0 to 4.00 times in 30.4375 observed days"} {
		p := drawnPage(t, posting, d)
		if p.Title != want {
			t.Errorf("got %q, want %q", p.Title, want)
		}
		checkTexts(t, p)
		observed(t, d, "KAZ", "x", "b", rateOf(0))
	}
	for i, c := range d.Study.Countries {
		d.Estimates = append(d.Estimates, datasets.Estimate{Metric: "posts_per_month", Part: "observed", Country: c, Platform: standardised, Method: "geometric_mean_of_accounts", Value: datasets.Some(float64(i + 1))})
	}
	d.Estimates[0].Low, d.Estimates[0].High = datasets.Some(.5), datasets.Some(2.)
	if got, want := drawnPage(t, posting, d).Title, "Posts per month of a typical account (95\u00a0% interval): Kazakhstan 1.00 (0.500–2.00) and Uzbekistan 2.00 (no interval); no pair of countries can be tested"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestPostingDoubts: coverage inferred or not known is told apart.
func TestPostingDoubts(t *testing.T) {
	d := newStudy()
	observed(t, d, "KAZ", "x", "a", rateOf(4))
	inferred := rateOf(3)
	inferred.Flag = datasets.Some("1 post left out; " + datasets.InferredCoverage)
	observed(t, d, "KAZ", "x", "b", inferred)
	observed(t, d, "UZB", "x", "c", datasets.Value{N: 7})
	p := drawnPage(t, posting, d)
	for _, want := range []string{"Hollow: 1 account whose coverage is inferred from the posts themselves.", "No coverage known: 1 account without a rate."} {
		if !strings.Contains(p.Caption, want) {
			t.Errorf("%q is not in %q", want, p.Caption)
		}
	}
	if !hasText(p, "no coverage known") || len(p.Rows) != 3 {
		t.Error("want a row that says that no coverage is known")
	}
	rows, _ := d.observedRates()
	for _, r := range rows {
		if got, want := r.points.hollow, r.account.AccountID == "b"; got != want {
			t.Errorf("%s: hollow %v", r.account.AccountID, got)
		}
	}
}

// TestEngagementTitles: differences only where they are carried.
func TestEngagementTitles(t *testing.T) {
	for name, c := range map[string]struct {
		rows []datasets.Comparison
		want string
	}{
		"none made":  {nil, "Interactions per post and 1\u00a0000 followers: medians of 2 accounts lie between 0 and 4.00"},
		"difference": {[]datasets.Comparison{contrastOf(outcomeEngagement, -.5, -.8, -.2, .01)}, "Interactions per post and 1\u00a0000 followers on the log scale: Kazakhstan has fewer than Uzbekistan (−0.50, −0.80 to −0.20)"},
		"no more":    {[]datasets.Comparison{contrastOf(outcomeEngagement, -.5, -.8, .2, .01)}, "Interactions per post and 1\u00a0000 followers: none of 1 pair can be told from no difference by both interval and test"},
	} {
		d := newStudy()
		d.Comparisons = c.rows
		for i, id := range []string{"a", "b"} {
			d.Accounts = append(d.Accounts, datasets.Account{Platform: "x", AccountID: id, Country: datasets.Some("KAZ"), Organization: "Office " + id})
			for q, share := range quantileShares {
				d.AccountCurves = append(d.AccountCurves, datasets.Curve{Curve: datasets.RateQuantiles, Country: "KAZ", Platform: "x", AccountID: id, X: share, Y: datasets.Some(float64(2 * q * i)), N: 9})
			}
		}
		p := drawnPage(t, engagement, d)
		if p.Title != c.want {
			t.Errorf("%s: got %q, want %q", name, p.Title, c.want)
		}
		if !strings.Contains(p.Caption, "no confidence intervals") || !strings.Contains(p.Caption, "Median 0: 1 account,") {
			t.Errorf("%s: caption %q", name, p.Caption)
		}
		checkTexts(t, p)
	}
}

// TestCoverageTitles: what can be compared, from enough accounts to none.
func TestCoverageTitles(t *testing.T) {
	add := func(d *Data, country, platform string, n int) {
		for range n {
			observed(t, d, country, platform, fmt.Sprintf("%s%s%d", country, platform, len(d.Accounts)), rateOf(3))
		}
	}
	d := newStudy()
	check := func(want string) {
		t.Helper()
		p := drawnPage(t, coverage, d)
		if p.Title != want {
			t.Errorf("got %q, want %q", p.Title, want)
		}
		checkTexts(t, p)
	}
	add(d, "KAZ", "x", 4)
	check("No platform has observed accounts of two countries: their posts cannot be compared")
	add(d, "UZB", "x", 3)
	check("No two countries have, on the same platform, the four observed accounts each that an interval needs")
	add(d, "UZB", "x", 1)
	check("Both countries have the four observed accounts that an interval needs on X")
	add(d, "UZB", "vk", 1)
	check("Both countries have the four observed accounts that an interval needs on X, but not on VK")
	d.Study.Countries = append(d.Study.Countries, "KGZ")
	check("No platform has the four observed accounts that an interval needs of all three countries; 1 of 3 pairs has them on one")
	d.Study.Countries = d.Study.Countries[:1]
	check("9 accounts on 2 platforms; with one country there is nothing to compare")
}

// TestCoverageCounts: a tile counts accounts, those observed and their posts;
// what is idle is marked.
func TestCoverageCounts(t *testing.T) {
	d := newStudy()
	observed(t, d, "KAZ", "x", "a", rateOf(3))
	observed(t, d, "KAZ", "x", "b", datasets.Value{})
	d.Values = append(d.Values, datasets.Value{Metric: "freshness", Part: "dormant", PeriodKind: "window", Platform: "x", AccountID: "a", Value: datasets.Some(1.)})
	rows, platforms := d.coverRows(d.cover().accounts)
	if !slices.Equal(platforms, []string{"x"}) || len(rows) != 2 {
		t.Fatalf("got %v, %v", rows, platforms)
	}
	if got, want := rows[0].tiles[0], (covered{accounts: 2, observed: 1, dormant: 1, n: 18}); got != want || !got.idle() {
		t.Errorf("got %+v, want %+v, idle", got, want)
	}
	if got := rows[1].tiles[0]; got != (covered{}) || got.idle() {
		t.Errorf("Uzbekistan has %+v", got)
	}
	p := drawnPage(t, coverage, d)
	if !hasText(p, "1 of 2") || !hasText(p, "18 posts") {
		t.Error("want 1 of 2 accounts and 18 posts")
	}
}

// TestSortAccounts: accounts of a country stand by size downward, those without a value
// last.
func TestSortAccounts(t *testing.T) {
	d := newStudy()
	row := func(country, id string, v datasets.Opt[float64]) accountRow {
		return accountRow{account: datasets.Account{Platform: "x", AccountID: id, Country: optional(country)}, points: pointInterval{mid: v}, size: v.Or(-1)}
	}
	all := []accountRow{row("", "e", datasets.Some(9.)), row("UZB", "d", datasets.Some(5.)), row("KAZ", "c", datasets.None[float64]()), row("KAZ", "b", datasets.Some(0.)), row("KAZ", "a", datasets.Some(2.))}
	d.sortAccounts(all)
	var got []string
	for _, r := range all {
		got = append(got, r.account.AccountID)
	}
	if want := []string{"a", "b", "c", "d", "e"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestPointInterval: the thick line lies on the thin one, and what is absent
// is not drawn.
func TestPointInterval(t *testing.T) {
	x := func(v float64) vg.Length { return vg.Length(10 * v) }
	p := pointInterval{mid: datasets.Some(2.), thick: datasets.Some([2]float64{1, 3}), thin: datasets.Some([2]float64{0, 5})}
	if got, want := p.strokes(x), []stroke{{0, 50, thinWidth}, {10, 30, thickWidth}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got, want := p.values(), []float64{2, 1, 3, 0, 5}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	p = pointInterval{thin: bounds(datasets.Some(1.), datasets.None[float64]())}
	if len(p.strokes(x)) != 0 || len(p.values()) != 0 {
		t.Error("half an interval is drawn")
	}
}

// TestPointRowsFlow: every row has a place, in order, no head is alone at the
// end of a column, and the height holds all.
func TestPointRowsFlow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := pointRows{flow: rapid.IntRange(1, 2).Draw(t, "flow"), rows: []pointRow{{level: groupHead, label: "G"}}}
		for range rapid.IntRange(1, 60).Draw(t, "rows") {
			level := rowLevel(0)
			if last := p.rows[len(p.rows)-1].level; last == dataRow {
				level = rapid.SampledFrom([]rowLevel{dataRow, dataRow, dataRow, groupHead, innerHead}).Draw(t, "level")
			}
			p.rows = append(p.rows, pointRow{level: level, label: "R"})
		}
		p.rows = append(p.rows, pointRow{})
		f := p.places()
		for i, at := range f.at {
			if at.y+p.rows[i].level.pitch() > f.height+1e-6 {
				t.Fatalf("row %d leaves the plot", i)
			}
			if i == 0 {
				continue
			}
			last := f.at[i-1]
			if cmp.Or(cmp.Compare(last.column, at.column), cmp.Compare(last.y, at.y)) >= 0 {
				t.Fatalf("row %d is out of order", i)
			}
			if last.column != at.column && p.rows[i-1].level != dataRow {
				t.Fatalf("the head %d is alone", i-1)
			}
		}
	})
}

// TestEnclosingTicks: the ticks enclose the data.
func TestEnclosingTicks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lo := rapid.Float64Range(-1e3, 1e3).Draw(t, "lo")
		hi := lo + rapid.Float64Range(1e-3, 1e3).Draw(t, "span")
		ticks := enclosingTicks(lo, hi, 8)
		if first, last := ticks[0].Value, ticks[len(ticks)-1].Value; len(ticks) < 2 || len(ticks) > 11 || first > lo+1e-6 || last < hi-1e-6 {
			t.Fatalf("%v to %v: %v", lo, hi, ticks)
		}
	})
	if ticks := enclosingTicks(0, 0, 8); len(ticks) < 2 {
		t.Errorf("no range: %v", []plot.Tick(ticks))
	}
}
