package plots

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// Tests that the titles of figures of posts claim what the data made up here
// carry, and no more.

func estimate(metric, part, country, platform string, v float64, interval bool) datasets.Estimate {
	e := datasets.Estimate{Metric: metric, Part: part, Country: country, Platform: platform, Method: "mean_of_accounts", Value: datasets.Some(v), NAccounts: datasets.Some(int64(9)), N: 100}
	if interval {
		e.Low, e.High = datasets.Some(v-.05), datasets.Some(v+.05)
	}
	return e
}

func comparison(metric, part, a, b, platform string, effect, low, high, adjusted float64) datasets.Comparison {
	return datasets.Comparison{Metric: metric, Part: part, CountryA: a, CountryB: b, Platform: platform, Method: "mean_contrast",
		Effect: datasets.Some(effect), Low: datasets.Some(low), High: datasets.Some(high), PAdjusted: datasets.Some(adjusted)}
}

// TestTopicTitles: a difference is claimed only where its adjusted p and its
// interval carry it, and in the direction of its effect.
func TestTopicTitles(t *testing.T) {
	two := func(comparisons ...datasets.Comparison) *Data {
		d := newStudy()
		for _, c := range d.Study.Countries {
			for _, part := range []string{"book.energy", "book.visa_free"} {
				d.Estimates = append(d.Estimates, estimate("topic_share", part, c, "standardised", .2, true))
			}
		}
		d.Comparisons = comparisons
		return d
	}
	of := func(part string, effect, low, high, adjusted float64) datasets.Comparison {
		return comparison("topic_share", part, "KAZ", "UZB", "standardised", effect, low, high, adjusted)
	}
	for name, c := range map[string]struct {
		d    *Data
		want string
	}{
		"held": {two(of("book.energy", -.1, -.15, -.05, .01), of("book.visa_free", .3, -.1, .7, .2)),
			"1 of 2 exploratory differences between two countries in the share of a topic stands out after adjustment; the largest: energy, Uzbekistan above Kazakhstan by 10 percentage points (95\u00a0% interval 5.0 to 15)"},
		"none":                     {two(of("book.energy", -.1, -.15, .05, .3)), "No difference between two countries in the share of a topic stands out after adjustment (1 test, exploratory)"},
		"interval with 0, small p": {two(of("book.energy", -.1, -.25, .05, .001)), "No difference between two countries in the share of a topic stands out after adjustment (1 test, exploratory)"},
		"no 0, large p":            {two(of("book.energy", -.1, -.15, -.05, .06)), "No difference between two countries in the share of a topic stands out after adjustment (1 test, exploratory)"},
		"untested":                 {two(), "Shares of 2 topics by country: no difference between them could be tested"},
	} {
		if got := drawnPage(t, topicShares, c.d).Title; got != c.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, c.want)
		}
	}
	d := newStudy()
	d.Estimates = []datasets.Estimate{estimate("topic_share", "energy", "KAZ", "x", .1, true), estimate("topic_share", "visa_free", "KAZ", "x", .3, false)}
	p := drawnPage(t, topicShares, d)
	if want := "Kazakhstan: estimated shares of posts range from energy (10.0\u00a0%, interval 5.00 to 15.0) to visa free (30.0\u00a0%)"; p.Title != want {
		t.Errorf("one country: got %s, want %s", p.Title, want)
	}
	if !strings.Contains(p.Caption, "No line: ") || strings.Contains(p.Caption, "Differences hold") {
		t.Errorf("one country: caption %q", p.Caption)
	}
}

// TestPlatformOfShares: the platform that alone has shares is taken; else the
// standardised shares of two countries; else the platform with most accounts.
func TestPlatformOfShares(t *testing.T) {
	d := newStudy()
	add := func(country, platform string) {
		d.Estimates = append(d.Estimates, estimate("language_share", "ru", country, platform, .5, true))
	}
	add("KAZ", "x")
	add("UZB", "x")
	add("KAZ", "standardised")
	add("UZB", "standardised")
	d.Estimates = append(d.Estimates, datasets.Estimate{Metric: "language_share", Part: "ru", Country: "KAZ", Platform: "facebook", Method: "mean_of_accounts"})
	if got := sharesOfLanguages.platform(d); got != "x" {
		t.Errorf("got %q, want x, the only one with languages", got)
	}
	add("KAZ", "vk")
	if got := sharesOfLanguages.platform(d); got != "standardised" {
		t.Errorf("got %q, want standardised", got)
	}
	d.Estimates = slices.DeleteFunc(d.Estimates, func(e datasets.Estimate) bool { return e.Platform == "standardised" && e.Country == "UZB" })
	for i, platform := range []string{"vk", "vk", "x"} {
		d.Values = append(d.Values, datasets.Value{Metric: "language_share", Part: "ru", Platform: platform, AccountID: fmt.Sprint(i), PeriodKind: "window", Value: datasets.Some(.5)})
	}
	if got := sharesOfLanguages.platform(d); got != "vk" {
		t.Errorf("got %q, want vk, which has most accounts", got)
	}
}

// TestShrinkageTitles: within an interval is said of those that have one.
func TestShrinkageTitles(t *testing.T) {
	account := func(id string, n int64, rate, to, low, high float64) (datasets.Shrunken, datasets.Shrunken) {
		s := datasets.Shrunken{Metric: "posts_per_month", Part: "observed", Platform: "x", AccountID: id, Country: "KAZ", N: n,
			Value: datasets.Some(rate), Shrunken: datasets.Some(to), Low: datasets.Some(low), High: datasets.Some(high)}
		e := s
		e.Metric, e.Part = "log_interactions_per_1000_followers", "at_posting"
		e.Value, e.Shrunken, e.Low, e.High = datasets.Some(1.), datasets.Some(1.1), datasets.Some(.9), datasets.Some(1.3)
		return s, e
	}
	d := newStudy()
	a, b := account("a", 5, 2, 4, 3, 5)
	c, e := account("b", 90, 30, 29, 25, 34)
	d.Shrunken = []datasets.Shrunken{a, b, c, e}
	if got, want := drawnPage(t, shrinkage, d).Title, "For 1 of 2 accounts posting rate and engagement both lie within the 95\u00a0% intervals of the shrunken values; the rate of a on X (5 posts) moves most, from 2.00 to 4.00 a month"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for i := range d.Shrunken {
		d.Shrunken[i].Shrunken, d.Shrunken[i].Low, d.Shrunken[i].High = datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
	}
	if got, want := drawnPage(t, shrinkage, d).Title, "Posting rate and engagement of 2 accounts, as they are: none could be drawn towards others"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestMissingCounts: a count that a platform does not have is not counted as
// missing, but one that it has is; nothing is said of views.
func TestMissingCounts(t *testing.T) {
	d := newStudy()
	add := func(platform, series string, v float64) {
		d.Curves = append(d.Curves, datasets.Curve{Curve: datasets.CountsKnown, Country: "KAZ", Platform: platform, Series: series, Y: datasets.Some(v), N: 10})
	}
	for _, s := range knownCounts {
		add("instagram", s[0], map[string]float64{"like": .5, "comment": 1}[s[0]])
	}
	p := drawnPage(t, missingCounts, d)
	if want := "Of 3 counts by platform and country, 1 is known of every post, 1 of some, 1 of none"; p.Title != want {
		t.Errorf("got %s, want %s", p.Title, want)
	}
	if r := d.knownRows()[0]; !r.lacks(2) || !r.lacks(3) || r.lacks(0) || r.lacks(4) {
		t.Error("instagram lacks shares and quotes, and no other")
	}
	d.Curves = nil
	add("x", "like", 1)
	if got, want := drawnPage(t, missingCounts, d).Title, "Every count that the platforms have is known of every post"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := []string{sayKnown(0), sayKnown(.001), sayKnown(.5), sayKnown(.999), sayKnown(1)}; !slices.Equal(got, []string{"0", "<1", "50", ">99", "100"}) {
		t.Errorf("got %q", got)
	}
}

// TestSensitivityTitles: a comparison is named only where it holds in every way.
func TestSensitivityTitles(t *testing.T) {
	type way struct {
		variant           string
		effect, low, high float64
		adjusted          float64 // below 0: not tested
	}
	study := func(ways ...way) *Data {
		d := newStudy()
		for _, w := range ways {
			v := datasets.Variant{Variant: w.variant, Comparison: comparison("posts_per_month", "observed", "KAZ", "UZB", "standardised", w.effect, w.low, w.high, w.adjusted)}
			v.EffectKind = "ratio_of_geometric_means"
			if w.adjusted < 0 {
				v.PAdjusted, v.Low, v.High = datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
			}
			d.Sensitivity = append(d.Sensitivity, v)
		}
		return d
	}
	main := way{"as_published", .5, .3, .8, .01}
	for name, c := range map[string]struct {
		d    *Data
		want string
	}{
		"robust":   {study(main, way{"ministries", 2, 0, 0, -1}, way{"without x a", .6, .4, .9, .02}), "1 of 1 primary comparison holds in the main analysis and in every other way that could be tested: posts per month of Uzbekistan above Kazakhstan"},
		"one off":  {study(main, way{"without x a", .7, .4, 1.1, .02}), "1 of 1 primary comparison holds in the main analysis, but not in every other way that could be tested"},
		"reversed": {study(main, way{"embassies", 2, 1.2, 3, .01}), "1 of 1 primary comparison holds in the main analysis, but not in every other way that could be tested"},
		"none":     {study(way{"as_published", .5, .3, 1.2, .01}, way{"embassies", .5, .3, .8, .01}), "None of 1 primary comparison holds in the main analysis"},
		"untested": {study(way{"as_published", .5, 0, 0, -1}), "None of 1 primary comparison could be tested in the main analysis"},
	} {
		if got := drawnPage(t, sensitivity, c.d).Title; got != c.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, c.want)
		}
	}
}

// TestReconcileTitles: only pairs that can be told count.
func TestReconcileTitles(t *testing.T) {
	study := func(verdicts ...string) *Data {
		d := newStudy()
		for i, v := range verdicts {
			quantity, verdict, _ := strings.Cut(v, " ")
			d.Reconcile = append(d.Reconcile, datasets.Reconciled{Quantity: quantity, Platform: "x", AccountID: fmt.Sprint(i), PeriodStart: day(t, "2024-01-01"), PeriodEnd: day(t, "2024-02-01"),
				SourceA: "hand:a/AB", SourceB: "export:b", Percent: datasets.Some(float64(i)), Verdict: verdict, Explanation: "hand:a/AB tells 1, export:b 2."})
		}
		return d
	}
	for _, c := range []struct {
		d    *Data
		want string
	}{
		{study("posts agree", "posts disagree", "likes agree", "likes not_testable"), "Two sources disagree in 1 of 3 pairs that can be told: posts 1 of 2 and likes 0 of 1"},
		{study("posts agree", "posts agree"), "Two sources agree in each of 2 pairs that can be told"},
		{study("posts not_testable"), "Whether two sources agree can be told for none of 1 pair"},
	} {
		p := drawnPage(t, reconcile, c.d)
		if p.Title != c.want {
			t.Errorf("got  %s\nwant %s", p.Title, c.want)
		}
		if strings.Contains(p.Caption, "Sentences") != strings.Contains(p.Title, "disagree in") {
			t.Errorf("sentences are spoken of: %q", p.Caption)
		}
	}
}

// TestRecomputedTitles: an average is impossible only where the audit says so,
// also for a window that its source does not place.
func TestRecomputedTitles(t *testing.T) {
	study := func(verdict string, printed float64) *Data {
		d := newStudy()
		seen(t, d, "x", "a", nil)
		from, to := day(t, "2024-01-01"), day(t, "2024-06-01")
		for part, v := range map[string]float64{"printed": printed, "stated_months": 4, "counted": 4.2} {
			d.Values = append(d.Values, datasets.Value{Metric: "posts_per_month", Part: part, Platform: "x", AccountID: "a", PeriodKind: "window", PeriodStart: from, PeriodEnd: to, Value: datasets.Some(v), Source: "sheet/AB"})
		}
		slices.SortFunc(d.Values, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
		d.Windows = []datasets.AccountWindow{{Platform: "x", AccountID: "a", WindowFrom: from, WindowTo: to, Source: "sheet", CountedBy: "AB"}}
		if verdict != "" {
			d.Audit = []datasets.AuditRow{{Source: "sheet", Locator: "x a, 2024-01-01/2024-06-01, AB", Rule: "rate", Verdict: verdict}}
		}
		return d
	}
	for _, c := range []struct {
		d    *Data
		want string
	}{
		{study(datasets.Inconsistent, 9), "The printed average of posts per month cannot come from the posts and months beside it; the widest gap: 9 printed, 4.00 recomputed (Office a on X)"},
		{study(datasets.Consistent, 4), "Rounding explains the one printed average of posts per month that could be judged"},
		{study("", 5), "1 printed average of posts per month against the recomputed; the widest gap: 5 printed, 4.00 recomputed (Office a on X)"},
	} {
		if got := drawnPage(t, publishedRecomputed, c.d).Title; got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// TestPostsFitAPage: no figure of posts is higher than a page, however much there
// is to draw, and each says what is left out.
func TestPostsFitAPage(t *testing.T) {
	d := crowded(t)
	for _, f := range []Figure{topicShares, languageShares, shrinkage, missingCounts, sensitivity, reconcile, publishedRecomputed} {
		p := drawnPage(t, f, d)
		if p.Height > tallest {
			t.Errorf("%s is %v high, more than %v", f.Name, p.Height, tallest)
		}
	}
	for _, f := range []Figure{topicShares, shrinkage, missingCounts, sensitivity} {
		if p := drawnPage(t, f, d); !strings.Contains(p.Caption, "Not drawn for want of room: ") {
			t.Errorf("%s does not say what is left out: %q", f.Name, p.Caption)
		}
	}
}
