package compare

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

func estimated(t *testing.T, rows []datasets.Estimate, metric, part, country, platform, method string) datasets.Estimate {
	t.Helper()
	i := slices.IndexFunc(rows, func(e datasets.Estimate) bool {
		return e.Metric == metric && e.Part == part && e.Country == country && e.Platform == platform && e.Method == method
	})
	if i < 0 {
		t.Fatalf("no %s of %s/%s for %s on %s", method, metric, part, country, platform)
	}
	return rows[i]
}

// R 4.2.2: t.test(x) and exp of t.test(log(x)); the interval of the median is
// x(1) to x(8) at 1-2/256.
func TestMeansOfAccounts(t *testing.T) {
	x := []float64{1, 4, 2, 8, 5, 7, 3, 6}
	out := run(t, params, one("m/difference", map[string][]float64{"KAZ": x, "UZB": x}))
	e := estimated(t, out.Estimates, "m", "difference", "KAZ", "x", "mean_of_accounts")
	near(t, "mean", e.Value, 4.5)
	near(t, "low", e.Low, 2.452175327716)
	near(t, "high", e.High, 6.547824672284)
	e = estimated(t, out.Estimates, "m", "difference", "KAZ", "x", "median_of_accounts")
	near(t, "median", e.Value, 4.5)
	if e.Low.V != 1 || e.High.V != 8 || !strings.Contains(e.Uncertainty, "0.992") {
		t.Errorf("got %+v", e)
	}
	// KGZ has no account at all, so no platform is shared by every country.
	for _, e := range out.Estimates {
		if e.Platform == standardised {
			t.Errorf("got %+v", e)
		}
	}
	out = run(t, params, one("m/ratio", map[string][]float64{"KAZ": x, "UZB": x, "KGZ": x}))
	for _, platform := range []string{"x", standardised} {
		e = estimated(t, out.Estimates, "m", "ratio", "KAZ", platform, "geometric_mean_of_accounts")
		near(t, "geometric mean", e.Value, 3.764350599503)
		near(t, "low", e.Low, 2.090749493132)
		near(t, "high", e.High, 6.777634280208)
	}
}

// A t interval can leave what its unit allows; a rate of growth has no bounds.
func TestImpossible(t *testing.T) {
	for _, c := range []struct {
		unit      string
		low, high float64
		want      string
	}{
		{"share", -0.03, 0.4, "interval reaches below 0, "},
		{"share", -0.03, 1.4, "interval reaches below 0 and above 1, "},
		{"share", 0, 1, ""},
		{"ln(1 + interactions/1000 followers)", -0.1, 3, "interval reaches below 0, "},
		{"1/30.4375 days", -0.1, 3, ""},
	} {
		e := datasets.Estimate{Unit: c.unit, Low: datasets.Some(c.low), High: datasets.Some(c.high)}
		if got := impossible(&e); !strings.HasPrefix(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s from %g to %g: got %q, want %q", c.unit, c.low, c.high, got, c.want)
		}
	}
}

// R 4.2.2 for Fay and Feuer's interval, as epitools::ageadjust.direct has it:
// 2 platforms, 3 and 5 posts in 60.875 days and 2 and 0 in 30.4375 days; by hand
// the rate is (8/4 + 2/2)/2 = 1.5 a month.
func TestDirectStandardised(t *testing.T) {
	var in Input
	for i, a := range []struct {
		platform string
		posts    int64
		days     float64
	}{{"facebook", 3, 60.875}, {"facebook", 5, 60.875}, {"x", 2, 30.4375}, {"x", 0, 30.4375}} {
		for _, c := range params.Countries {
			id := fmt.Sprint(c, i)
			in.Accounts = append(in.Accounts, datasets.Account{Platform: a.platform, AccountID: id, Country: datasets.Some(c), Organization: id})
			in.Values = append(in.Values, datasets.Value{Metric: postingRate, Part: "observed", Platform: a.platform, AccountID: id, PeriodKind: "window", PeriodStart: params.From,
				PeriodEnd: params.To, Value: datasets.Some(float64(a.posts) * 30.4375 / a.days), NObserved: a.posts, ExposureDays: datasets.Some(a.days), Unit: "posts/30.4375 days"})
		}
	}
	out := run(t, params, in)
	e := estimated(t, out.Estimates, postingRate, "observed", "KAZ", standardised, "direct_standardised")
	near(t, "rate", e.Value, 1.5)
	near(t, "low", e.Low, 0.6858955162297)
	near(t, "high", e.High, 3.003900990602)
	// By hand: the mean over platforms of the logs of (n + 1/2)/days*30.4375:
	// (ln(1.75*2.75)/2 + ln(2.5*0.5)/2)/2.
	near(t, "geometric", estimated(t, out.Estimates, postingRate, "observed", "KAZ", standardised, "geometric_mean_of_accounts").Value, 1.566102521802)
	for _, m := range []string{negativeBinomial, poissonRobust} {
		near(t, m, find(t, out.Comparisons, "KAZ", "UZB", standardised, m).Effect, 1)
	}
}

// By hand: 2 of 3 posts and 9 of 10 interactions.
func TestPooledAndVoice(t *testing.T) {
	var in Input
	for _, a := range []struct{ country, id string }{{"KAZ", "a"}, {"KAZ", "silent"}, {"UZB", "b"}} {
		in.Accounts = append(in.Accounts, datasets.Account{Platform: "x", AccountID: a.id, Country: datasets.Some(a.country)})
	}
	in.Counts = []datasets.InteractionCount{{Platform: "x", AccountID: "a", Interactions: 4, Posts: 1}, {Platform: "x", AccountID: "a", Interactions: 5, Posts: 1},
		{Platform: "x", AccountID: "b", Interactions: 1, Posts: 1}, {Platform: "x", AccountID: "nobody's", Interactions: 99, Posts: 99}}
	out := run(t, params, in)
	near(t, "posts", estimated(t, out.Estimates, "share_of_voice", "posts", "KAZ", "x", "share_of_voice").Value, 2.0/3)
	e := estimated(t, out.Estimates, "share_of_voice", "interactions", "KAZ", "x", "share_of_voice")
	near(t, "interactions", e.Value, .9)
	if !strings.Contains(e.Flag.V, "1 of the 2 accounts") {
		t.Errorf("no census: %q", e.Flag.V)
	}
	e = estimated(t, out.Estimates, perPost, "mean", "KAZ", "x", "pooled_mean")
	near(t, "mean", e.Value, 4.5)
	if e.Low.OK || e.N != 2 || !strings.Contains(e.Flag.V, "1 account of 2 without a post") {
		t.Errorf("got %+v", e)
	}
	in.Counts = in.Counts[:2]
	e = estimated(t, run(t, params, in).Estimates, "share_of_voice", "posts", "KAZ", "x", "share_of_voice")
	if e.Value.OK || !strings.Contains(e.Flag.V, "no value: no other country") {
		t.Errorf("a share of oneself: %+v", e)
	}
}

// The interval of pooled posts is named by what it is.
func TestBootstrapByNumberOfAccounts(t *testing.T) {
	out := run(t, params, invented())
	for country, want := range map[string]string{"KAZ": "cluster_bca_95: bootstrap over accounts, 9999 resamples", "UZB": "cluster_bca_95: bootstrap over accounts, all 16777216 resamples",
		"KGZ": "cluster_percentile_95: bootstrap over accounts, all 3125 resamples"} {
		e := estimated(t, out.Estimates, perPost, "mean", country, "facebook", "pooled_mean")
		if e.Uncertainty != want || !(e.Low.V < e.Value.V && e.Value.V < e.High.V) {
			t.Errorf("%s: got %+v, want %q", country, e, want)
		}
	}
}

// A rate is drawn towards those of its kind; few accounts are flagged.
func TestShrunken(t *testing.T) {
	out := run(t, params, invented())
	rates, means := 0, 0
	for _, r := range out.Shrunken {
		switch {
		case r.Method == "gamma_poisson":
			rates++
		case r.Metric == engagement && r.Method == "normal_normal":
			means++
		}
		if (r.NAccounts < 5) != strings.Contains(r.Flag.V, "too few to know") || r.Shrunken.OK != r.Low.OK || r.Shrunken.OK && !(r.Low.V <= r.Shrunken.V && r.Shrunken.V <= r.High.V) {
			t.Errorf("got %+v", r)
		}
	}
	if rates != 34 || means != 34 {
		t.Errorf("%d rates and %d means, want one an account", rates, means)
	}
	// By hand: counts 0, 0, 3 with log1p(3c)/3 = ln 2, so 1 + 3c = 8, and the
	// variance of 0, 0, ln 8 by 3 is (ln 8)^2/9.
	v := varianceOfMean([]datasets.InteractionCount{{Interactions: 0, Posts: 2}, {Interactions: 3, Posts: 1}}, 0.6931471805599453)
	near(t, "variance", datasets.Some(v), 0.4804530139182014)
	if v := varianceOfMean([]datasets.InteractionCount{{Interactions: 0, Posts: 9}}, 0); v != 0 {
		t.Errorf("no spread: %v", v)
	}
}
