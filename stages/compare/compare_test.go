package compare

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// Jobs that take long do not hold up the end of a run; those that have not begun
// never do.
func TestParallelEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	free := make(chan struct{})
	defer close(free)
	jobs := []func(){cancel}
	for range 100 {
		jobs = append(jobs, func() { <-free })
	}
	if err := parallel(ctx, jobs); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	done := make([]bool, 100)
	jobs = jobs[:0]
	for i := range done {
		jobs = append(jobs, func() { done[i] = true })
	}
	if err := parallel(context.Background(), jobs); err != nil || slices.Contains(done, false) {
		t.Errorf("%v, %v", done, err)
	}
}

// one builds accounts on x with one value each of m/difference, or of the part
// named.
func one(part string, values map[string][]float64) Input {
	var in Input
	for _, c := range []string{"KAZ", "UZB", "KGZ", ""} {
		for i, v := range values[c] {
			a := datasets.Account{Platform: "x", AccountID: fmt.Sprintf("%s%d", c, i), Organization: fmt.Sprintf("%s%d", c, i)}
			if c != "" {
				a.Country = datasets.Some(c)
			}
			in.Accounts = append(in.Accounts, a)
			metric, name, _ := strings.Cut(part, "/")
			in.Values = append(in.Values, datasets.Value{Metric: metric, Part: name, Platform: "x", AccountID: a.AccountID, PeriodKind: "window",
				PeriodStart: 19723, PeriodEnd: 19875, Value: datasets.Some(v), Unit: "u", N: 10, NObserved: 10, Source: "s"})
		}
	}
	return in
}

func find(t *testing.T, rows []datasets.Comparison, a, b, platform, method string) datasets.Comparison {
	t.Helper()
	i := slices.IndexFunc(rows, func(c datasets.Comparison) bool {
		return c.CountryA == a && c.CountryB == b && c.Platform == platform && c.Method == method
	})
	if i < 0 {
		t.Fatalf("no %s of %s and %s on %s", method, a, b, platform)
	}
	return rows[i]
}

func near(t *testing.T, what string, got datasets.Opt[float64], want float64) {
	t.Helper()
	if !got.OK || math.Abs(got.V-want) > 5e-10*math.Max(1, math.Abs(want)) {
		t.Errorf("%s: got %v, want %.12g", what, got, want)
	}
}

// Two accounts against two: the test is made, says that no p below 1/3 can be
// reached, and there is no interval. Two against one: no test, and why.
func TestTestsNeedTwoAccounts(t *testing.T) {
	in := one("m/difference", map[string][]float64{"KAZ": {1, 3}, "UZB": {10, 20}, "KGZ": {5}, "": {1000}})
	out := run(t, params, in)
	c := find(t, out.Comparisons, "KAZ", "UZB", "x", meanContrast)
	near(t, "effect", c.Effect, 2-15)
	near(t, "p", c.P, 1.0/3)
	near(t, "attainable", c.PAttainable, 1.0/3)
	if c.Low.OK || c.Reason.OK || !strings.Contains(c.Warnings.V, "no p below 0.333") || !strings.HasPrefix(c.Uncertainty, "none: 2 accounts against 2 accounts") {
		t.Errorf("got %+v", c)
	}
	for _, pair := range [][2]string{{"KAZ", "KGZ"}, {"UZB", "KGZ"}} {
		for _, m := range []string{meanContrast, rank} {
			c := find(t, out.Comparisons, pair[0], pair[1], "x", m)
			if c.P.OK || c.PAdjusted.OK || c.PAttainable.OK || !strings.Contains(c.Reason.V, "KGZ has 1 account") || !c.Effect.OK {
				t.Errorf("%v: got %+v", pair, c)
			}
		}
	}
	if k := find(t, out.Comparisons, everyone, everyone, "x", kruskalWallis); k.P.OK || !k.Reason.OK || !k.Effect.OK {
		t.Errorf("got %+v", k)
	}
	for _, e := range out.Estimates {
		if e.Low.OK || !strings.HasPrefix(e.Uncertainty, "none: ") {
			t.Errorf("an interval from %d accounts: %+v", e.NAccounts.V, e)
		}
		if e.Country == "" {
			t.Error("the international body takes part")
		}
	}
}

// R 4.2.2: t.test(x, y), exp of t.test(log(x), log(y)), and the share of the
// columns of combn(c(x, y), 8) whose difference of means is as far from 0.
func TestMeanContrastAgainstR(t *testing.T) {
	x, y := []float64{1, 4, 2, 8, 5, 7, 3, 6}, []float64{9, 12, 4, 15, 11, 8, 13, 10}
	out := run(t, params, one("m/difference", map[string][]float64{"KAZ": x, "UZB": y}))
	c := find(t, out.Comparisons, "KAZ", "UZB", "x", meanContrast)
	near(t, "difference", c.Effect, -5.75)
	near(t, "low", c.Low, -8.937676480575)
	near(t, "high", c.High, -2.562323519425)
	near(t, "p", c.P, 0.003263403263)
	ratio := run(t, params, one("m/ratio", map[string][]float64{"KAZ": x, "UZB": y}))
	c = find(t, ratio.Comparisons, "KAZ", "UZB", "x", meanContrast)
	near(t, "ratio", c.Effect, 0.3907868458432)
	near(t, "low", c.Low, 0.2078872032351)
	near(t, "high", c.High, 0.7346020173804)
	if c.EffectKind != "ratio_of_geometric_means" || strings.Contains(c.Warnings.V, indicative) {
		t.Errorf("got %+v", c)
	}
}

// A zero has no logarithm: no effect, no p, and the number of zeros.
func TestZerosOfRatios(t *testing.T) {
	out := run(t, params, one("m/ratio", map[string][]float64{"KAZ": {0, 2, 3, 4}, "UZB": {1, 0, 3, 4}}))
	for _, platform := range []string{"x", standardised} {
		c := find(t, out.Comparisons, "KAZ", "UZB", platform, meanContrast)
		if c.Effect.OK || c.P.OK || c.Low.OK || !strings.Contains(c.Reason.V, "2 of 8 values are 0") {
			t.Errorf("got %+v", c)
		}
		if r := find(t, out.Comparisons, "KAZ", "UZB", platform, rank); !r.P.OK || !r.Effect.OK {
			t.Errorf("ranks need no logarithm: %+v", r)
		}
	}
	for _, e := range out.Estimates {
		if strings.HasPrefix(e.Method, "geometric") && (e.Value.OK || !strings.Contains(e.Flag.V, "1 of 4 values are 0")) {
			t.Errorf("got %+v", e)
		}
	}
}

func TestWhatTakesNoPart(t *testing.T) {
	in := one("m/difference", map[string][]float64{"KAZ": {1, 2, 3, 4, 5, 6}})
	in.Values[0].Value = datasets.None[float64]()
	in.Values[1].Flag = datasets.Some(datasets.ShortSpan + " 0.9 days")
	in.Values[2].PeriodStart, in.Values[2].PeriodEnd = 19000, 19723 // ends where the window begins
	in.Values[3].Part = "undeclared"
	in.Values[4].PeriodKind = "month"
	out := run(t, params, in)
	for _, e := range out.Estimates {
		if e.Country != "KAZ" || e.Value.V != 6 || e.NAccounts.V != 1 {
			t.Errorf("got %+v, want the last value alone", e)
		}
	}
}

// A metric of which every value is absent has rows that say so.
func TestAllNull(t *testing.T) {
	in := one("zero_share/all", map[string][]float64{"KAZ": {1, 2}, "UZB": {3, 4}, "KGZ": {5, 6}})
	for i := range in.Values {
		in.Values[i].Value = datasets.None[float64]()
	}
	out := run(t, params, in)
	for _, platform := range []string{"x", standardised} {
		if c := find(t, out.Comparisons, "KAZ", "UZB", platform, meanContrast); c.Effect.OK || c.P.OK || !c.Reason.OK {
			t.Errorf("got %+v", c)
		}
	}
	if len(out.Estimates) == 0 {
		t.Error("no estimates")
	}
	for _, e := range out.Estimates {
		if e.Value.OK || !strings.Contains(e.Flag.V, "2 accounts on x in accounts.csv, none with a value") {
			t.Errorf("got %+v", e)
		}
	}
	if out := run(t, params, Input{}); len(out.Estimates)+len(out.Comparisons)+len(out.Sensitivity)+len(out.Shrunken) != 0 {
		t.Errorf("rows from nothing: %+v", out)
	}
}

// The primary family is of three outcomes; inferred coverage takes a row out of
// it, and the row says so.
func TestFamilies(t *testing.T) {
	in := invented()
	primary := func(out Output) (n int) {
		var ps []datasets.Opt[float64]
		for _, c := range out.Comparisons {
			if c.Family == datasets.Primary {
				n++
				ps = append(ps, c.P)
				if c.Platform != standardised || c.Method != meanContrast || c.PAdjusted.V < c.P.V {
					t.Errorf("got %+v", c)
				}
			}
		}
		least := slices.MinFunc(ps, func(a, b datasets.Opt[float64]) int { return int(math.Copysign(1, a.V-b.V)) })
		for _, c := range out.Comparisons {
			if c.Family == datasets.Primary && c.P == least && math.Abs(c.PAdjusted.V-math.Min(1, float64(n)*c.P.V)) > 1e-9 {
				t.Errorf("the least p times %d: %+v", n, c)
			}
		}
		return n
	}
	if n := primary(run(t, params, in)); n != 9 {
		t.Errorf("%d primary comparisons, want 9", n)
	}
	i := slices.IndexFunc(in.Values, func(v datasets.Value) bool { return v.Metric == postingRate && strings.Contains(v.AccountID, "KGZ") })
	in.Values[i].Flag = datasets.Some("12 posts outside; " + datasets.InferredCoverage)
	out := run(t, params, in)
	if n := primary(out); n != 7 {
		t.Errorf("%d primary comparisons, want 7: the posting rate of KGZ is inferred", n)
	}
	for _, c := range out.Comparisons {
		if c.Metric == postingRate && c.CountryB == "KGZ" && c.Platform == standardised && c.Method == meanContrast && !strings.Contains(c.Warnings.V, "not in the primary family: the coverage of 1 account is inferred") {
			t.Errorf("got %q", c.Warnings.V)
		}
	}
}

// The order of the input changes nothing, and which country comes first only
// the sign.
func TestSymmetry(t *testing.T) {
	in := invented()
	want := run(t, params, in)
	back := Input{Accounts: slices.Clone(in.Accounts), Values: slices.Clone(in.Values), Counts: slices.Clone(in.Counts)}
	slices.Reverse(back.Accounts)
	slices.Reverse(back.Values)
	slices.Reverse(back.Counts)
	got := run(t, params, back)
	if !slices.Equal(got.Estimates, want.Estimates) || !slices.Equal(got.Comparisons, want.Comparisons) || !slices.Equal(got.Sensitivity, want.Sensitivity) || !slices.Equal(got.Shrunken, want.Shrunken) {
		t.Error("the order of the input changed the result")
	}
	swapped := params
	swapped.Countries = []string{"KGZ", "UZB", "KAZ"}
	got = run(t, swapped, in)
	for _, c := range want.Comparisons {
		if c.CountryA == everyone {
			continue
		}
		d := find(t, slices.DeleteFunc(slices.Clone(got.Comparisons), func(d datasets.Comparison) bool { return d.Metric != c.Metric || d.Part != c.Part }), c.CountryB, c.CountryA, c.Platform, c.Method)
		sum := c.Effect.V + d.Effect.V
		if strings.HasPrefix(c.EffectKind, "ratio") {
			sum = c.Effect.V*d.Effect.V - 1
		}
		drawn := strings.Contains(c.Uncertainty, "p by 99999 of")
		if c.Effect.OK != d.Effect.OK || c.Effect.OK && math.Abs(sum) > 1e-6 || !drawn && math.Abs(c.P.V-d.P.V) > 1e-8 || drawn && math.Abs(c.P.V-d.P.V) > 0.01 {
			t.Errorf("%+v\nthe other way %+v", c, d)
		}
	}
}

// Every row keeps the rules: no p below two accounts on a side, no interval
// below four, a reason where there is no p, no number that is not finite.
func TestRules(t *testing.T) {
	in := invented()
	small := Input{}
	for _, a := range in.Accounts {
		if strings.HasSuffix(a.AccountID, "0") || strings.HasSuffix(a.AccountID, "1") && a.Country.V == "KAZ" || strings.HasSuffix(a.AccountID, "2") && a.Platform == "x" {
			small.Accounts = append(small.Accounts, a)
		}
	}
	small.Values, small.Counts = in.Values, in.Counts
	for _, out := range []Output{run(t, params, in), run(t, params, small)} {
		rows := slices.Clone(out.Comparisons)
		for _, v := range out.Sensitivity {
			rows = append(rows, v.Comparison)
		}
		for _, c := range rows {
			few := min(c.NAccountsA, c.NAccountsB)
			if c.P.OK == c.Reason.OK || c.P.OK && few < 2 || c.Low.OK && few < 4 || c.Low.OK == strings.HasPrefix(c.Uncertainty, "none") || c.PAdjusted.OK && !c.P.OK {
				t.Errorf("%+v", c)
			}
			finite(t, c, c.Effect, c.Low, c.High, c.P, c.PAdjusted, c.PAttainable)
		}
		for _, e := range out.Estimates {
			if e.Low.OK && e.NAccounts.V < 4 || e.Low.OK == strings.HasPrefix(e.Uncertainty, "none") || !e.Value.OK && !strings.Contains(e.Flag.V, "no value") {
				t.Errorf("%+v", e)
			}
			finite(t, e, e.Value, e.Low, e.High)
		}
	}
}

func finite(t *testing.T, row any, numbers ...datasets.Opt[float64]) {
	t.Helper()
	for _, n := range numbers {
		if math.IsNaN(n.V) || math.IsInf(n.V, 0) {
			t.Errorf("not finite: %+v", row)
		}
	}
}

// Ten digits are left, and no minus zero.
func TestRound(t *testing.T) {
	third, zero := datasets.Some(1.0/3), datasets.Some(math.Copysign(0, -1))
	none := datasets.None[float64]()
	round(&third, &zero, &none)
	if third.V != 0.3333333333 || math.Signbit(zero.V) || none.OK {
		t.Errorf("got %v, %v, %v", third, zero, none)
	}
}
