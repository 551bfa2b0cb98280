package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

var params = Params{Countries: []string{"KAZ", "UZB", "KGZ"}, From: 19723, To: 19875, Seed: 1} // 2024-01-01 to 2024-06-01

// study builds accounts with one value each.
func study(values map[string][]float64) ([]datasets.Account, []datasets.Value) {
	var accounts []datasets.Account
	var out []datasets.Value
	for _, c := range []string{"KAZ", "UZB", "KGZ", ""} {
		for i, v := range values[c] {
			a := datasets.Account{Platform: "x", AccountID: fmt.Sprintf("%s%d", c, i)}
			if c != "" {
				a.Country = datasets.Some(c)
			}
			accounts = append(accounts, a)
			out = append(out, datasets.Value{Metric: "m", Part: "p", Platform: "x", AccountID: a.AccountID, PeriodKind: "window",
				PeriodStart: 19723, PeriodEnd: 19875, Value: datasets.Some(v), Unit: "u", N: 10, NObserved: 10, Source: "s"})
		}
	}
	return accounts, out
}

func find(t *testing.T, rows []datasets.Comparison, a, b string) datasets.Comparison {
	t.Helper()
	i := slices.IndexFunc(rows, func(c datasets.Comparison) bool { return c.CountryA == a && c.CountryB == b })
	if i < 0 {
		t.Fatalf("no comparison of %s and %s", a, b)
	}
	return rows[i]
}

// Two accounts against two: the test is made, and says that no p below 1/3 can
// be reached. Two against one: no test, and why.
func TestTestsNeedTwoAccounts(t *testing.T) {
	accounts, values := study(map[string][]float64{"KAZ": {1, 3}, "UZB": {10, 20}, "KGZ": {5}, "": {1000}})
	estimates, comparisons := Run(params, accounts, values, nil)
	c := find(t, comparisons, "KAZ", "UZB")
	if !c.P.OK || math.Abs(c.P.V-1.0/3) > 1e-12 || math.Abs(c.PAttainable.V-1.0/3) > 1e-12 || c.Effect.V != 2-15 || c.Reason.OK {
		t.Errorf("got %+v", c)
	}
	if !strings.Contains(c.Warnings.V, "no p below 0.333") {
		t.Errorf("warning %q", c.Warnings.V)
	}
	// One test was made in all, so Holm leaves it as it is.
	if c.PAdjusted != c.P {
		t.Errorf("adjusted %v, want %v", c.PAdjusted, c.P)
	}
	for _, pair := range [][2]string{{"KAZ", "KGZ"}, {"UZB", "KGZ"}} {
		c := find(t, comparisons, pair[0], pair[1])
		if c.P.OK || c.PAdjusted.OK || c.PAttainable.OK || !strings.Contains(c.Reason.V, "KGZ has 1 account") || !c.Effect.OK {
			t.Errorf("%v: got %+v", pair, c)
		}
	}
	values[0].Flag = datasets.Some("doubtful")
	flagged, _ := Run(params, accounts, values, nil)
	if i := slices.IndexFunc(flagged, func(e datasets.Estimate) bool { return e.Country == "KAZ" }); flagged[i].Flag.V != "1 account: doubtful" {
		t.Errorf("the flag of a value is lost: %+v", flagged[i])
	}
	if len(estimates) != 3 {
		t.Fatalf("%d estimates, want one a country: the international body takes no part", len(estimates))
	}
	for _, e := range estimates {
		if e.Low.OK || !strings.HasPrefix(e.Uncertainty, "none: ") {
			t.Errorf("an interval from %d accounts: %+v", e.NAccounts.V, e)
		}
	}
}

// Eight against eight, wholly apart: p = 2/choose(16, 8); the median of eight
// lies between the first and the last by the sign test.
func TestManyAccounts(t *testing.T) {
	low, high := make([]float64, 8), make([]float64, 8)
	for i := range low {
		low[i], high[i] = float64(i), float64(100+i)
	}
	accounts, values := study(map[string][]float64{"KAZ": low, "UZB": high})
	estimates, comparisons := Run(params, accounts, values, nil)
	c := find(t, comparisons, "KAZ", "UZB")
	if math.Abs(c.P.V-2.0/12870) > 1e-12 || c.Warnings.OK {
		t.Errorf("got %+v", c)
	}
	// n = 8: x(1) to x(8) at 1-2/256 = 0.992, x(2) to x(7) at 1-18/256 = 0.930.
	if e := estimates[0]; e.Low.V != 0 || e.High.V != 7 || !strings.Contains(e.Uncertainty, "0.992") {
		t.Errorf("got %+v", e)
	}
}

func TestWhatTakesNoPart(t *testing.T) {
	accounts, values := study(map[string][]float64{"KAZ": {1, 2, 3, 4, 5}})
	values[0].Value = datasets.None[float64]()
	values[1].Flag = datasets.Some(datasets.ShortSpan + " 0.9 days")
	values[2].PeriodStart, values[2].PeriodEnd = 19000, 19723 // ends where the window begins
	values[3].Metric, values[3].Part = "posts_per_month", "printed"
	estimates, _ := Run(params, accounts, values, nil)
	if len(estimates) != 1 || estimates[0].Value.V != 5 || estimates[0].NAccounts.V != 1 {
		t.Errorf("got %+v, want the last value alone", estimates)
	}
}

// A trend is of one source, one country and whole years; two points are none.
func TestTrends(t *testing.T) {
	row := func(source, country, period string, v float64) datasets.PublishedValue {
		return datasets.PublishedValue{ID: source + period, Source: source, Country: datasets.Some(country), Subject: "country", Indicator: "egdi",
			Period: datasets.Some(period), Value: datasets.Some(v), Unit: datasets.Some("index")}
	}
	published := []datasets.PublishedValue{row("un", "KAZ", "2018", .1), row("un", "KAZ", "2010", .3), row("un", "KAZ", "2014", .2),
		row("press", "KAZ", "2014", .9), row("un", "UZB", "2010", 1), row("un", "UZB", "2012", 2), row("un", "KAZ", "2016-05", 9), row("un", "FRA", "2010", 1)}
	estimates, _ := Run(params, nil, nil, published)
	if len(estimates) != 1 {
		t.Fatalf("got %+v, want the one series of three years", estimates)
	}
	e := estimates[0]
	if math.Abs(e.Value.V+0.025) > 1e-12 || e.N != 3 || e.Part != "un" || e.Unit != "index/year" || e.Platform != "national" {
		t.Errorf("got %+v", e)
	}
}
