package compare

import (
	"fmt"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// on puts accounts of one country with these values of m/difference on a
// platform.
func (in *Input) on(platform, country string, values ...float64) {
	more := one("m/difference", map[string][]float64{country: values})
	for i := range more.Accounts {
		more.Accounts[i].Platform, more.Values[i].Platform = platform, platform
	}
	in.Accounts, in.Values = append(in.Accounts, more.Accounts...), append(in.Values, more.Values...)
}

var two = Params{Countries: []string{"KAZ", "UZB"}, From: params.From, To: params.To, Scales: params.Scales}

// Flags that differ in numbers are one with an example; equal ones keep theirs.
func TestFlagsKeepTheirNumbers(t *testing.T) {
	in := one("m/difference", map[string][]float64{"KAZ": {1, 2, 3}, "UZB": {4, 5}})
	for i, f := range []string{"a mean of 0 can be hidden; 2 posts seen less than 7 days after posting", "a mean of 0 can be hidden; 15 posts seen less than 7 days after posting", "read on 2024-05-10"} {
		in.Values[i].Flag = datasets.Some(f)
	}
	out := run(t, two, in)
	got := find(t, out.Comparisons, "KAZ", "UZB", "x", meanContrast).Warnings.V
	for _, want := range []string{"KAZ: 2 accounts: a mean of 0 can be hidden;", "KAZ: 2 accounts: such as: 2 posts seen less than 7 days after posting;", "KAZ: 1 account: read on 2024-05-10;"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPersonsAreNamed(t *testing.T) {
	in := one("m/difference", map[string][]float64{"KAZ": {1, 2, 3}, "UZB": {4, 5}})
	in.Accounts[0].Person, in.Accounts[1].Person = true, true
	out := run(t, two, in)
	if got := find(t, out.Comparisons, "KAZ", "UZB", "x", meanContrast).Warnings.V; !strings.Contains(got, "KAZ: 2 accounts of a person") || strings.Contains(got, "UZB:") {
		t.Errorf("got %q", got)
	}
	if got := estimated(t, out.Estimates, "m", "difference", "KAZ", "x", "mean_of_accounts").Flag.V; !strings.Contains(got, "2 accounts of a person") {
		t.Errorf("got %q", got)
	}
}

// A value of another span than the study's window says so.
func TestSpansBeyondTheWindow(t *testing.T) {
	for _, c := range []struct {
		from, to datasets.Day
		want     string
	}{
		{17874, 19871, "the span from 2018-12-09 to 2024-05-27 is longer than the study window"},
		{19700, 19800, "the span from 2023-12-09 to 2024-03-17 begins before the study window"},
		{19800, 20200, "the span from 2024-03-18 to 2025-04-21 is longer than the study window"},
		{19723, 19875, ""},
		{19800, 19900, ""},
	} {
		in := one("m/difference", map[string][]float64{"KAZ": {1}})
		in.Values[0].PeriodStart, in.Values[0].PeriodEnd = c.from, c.to
		got := estimated(t, run(t, two, in).Estimates, "m", "difference", "KAZ", "x", "mean_of_accounts").Flag.V
		if strings.Contains(got, "the span") != (c.want != "") || !strings.Contains(got, c.want) {
			t.Errorf("%s to %s: got %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

// Whether a small p is out of reach for numbers or for values. By hand: 2 and 2
// have 6 relabelings; 10 and 10 have 184756.
func TestWhyNoSmallPCanBeReached(t *testing.T) {
	many := func(a, b float64) (x []float64) {
		for range 9 {
			x = append(x, a)
		}
		return append(x, b)
	}
	for _, c := range []struct {
		x, y []float64
		want string
	}{
		{[]float64{1, 2}, []float64{3, 4}, "with 2 and 2 accounts no p below 0.333 can be reached, whatever the data"},
		{many(1, 1), many(1, 1), "all values are equal, so that p can only be 1"},
		{many(1, 1), many(1, 2), "so many values are equal that no p below 1 can be reached; the numbers of accounts alone would allow 1.08e-05"},
		{[]float64{1, 1}, []float64{1, 1}, "all values are equal, so that p can only be 1; with 2 and 2 accounts no p below 0.333 can be reached, whatever the data"},
	} {
		out := run(t, two, one("m/difference", map[string][]float64{"KAZ": c.x, "UZB": c.y}))
		for _, m := range []string{meanContrast, rank} {
			if r := find(t, out.Comparisons, "KAZ", "UZB", "x", m); !strings.Contains(r.Warnings.V, c.want) || len(c.x) > 2 && strings.Contains(r.Warnings.V, "whatever the data") {
				t.Errorf("%s: got %q with p %v, want %q", m, r.Warnings.V, r.P, c.want)
			}
		}
	}
}

// Two accounts of one organization on two platforms are not two of a country.
func TestOneOrganizationACountry(t *testing.T) {
	var in Input
	for _, platform := range []string{"facebook", "x"} {
		in.on(platform, "KAZ", 1+float64(len(in.Values)))
		in.on(platform, "UZB", 7+float64(len(in.Values)))
	}
	c := find(t, run(t, two, in).Comparisons, "KAZ", "UZB", standardised, meanContrast)
	if c.P.OK || !c.Effect.OK || c.Low.OK || !strings.Contains(c.Reason.V, "the 2 accounts of KAZ are of 1 organization") || !strings.Contains(c.Reason.V, "needs two organizations on each side") {
		t.Errorf("got %+v", c)
	}
	if !strings.Contains(c.Warnings.V, "4 of 4 accounts belong to 2 organizations with several accounts") {
		t.Errorf("got %q", c.Warnings.V)
	}
	// The same with every rate, among many accounts on one platform.
	in = invented()
	for i := range in.Accounts {
		if a := &in.Accounts[i]; a.Country.V == "KGZ" {
			a.Organization = "one"
		}
	}
	tested := 0
	for _, c := range run(t, params, in).Comparisons {
		if c.P.OK && (c.CountryB == "KGZ" || c.CountryB == everyone) {
			t.Errorf("got %+v", c)
		}
		if c.P.OK {
			tested++
		}
	}
	if tested == 0 {
		t.Error("KAZ and UZB have many organizations")
	}
}

// The same name in two countries is two organizations.
func TestOrganizationsOfTwoCountriesOfOneName(t *testing.T) {
	in := one("m/difference", map[string][]float64{"KAZ": {1, 2}, "UZB": {4, 5}})
	for i := range in.Accounts {
		in.Accounts[i].Organization = fmt.Sprint("ministry ", i%2)
	}
	if c := find(t, run(t, two, in).Comparisons, "KAZ", "UZB", "x", meanContrast); !c.P.OK || strings.Contains(c.Warnings.V, "organization") {
		t.Errorf("got %+v", c)
	}
}

// By hand, with x on which all is high: KAZ has more accounts there, UZB is the
// higher on each platform. The crude difference says KAZ, the standardised one
// UZB. With few accounts the crude one is noise.
func TestOppositeDirections(t *testing.T) {
	var in Input
	in.on("x", "KAZ", 100, 101, 102, 103)
	in.on("x", "UZB", 104)
	in.on("facebook", "KAZ", 1)
	in.on("facebook", "UZB", 2, 3, 4, 5)
	out := run(t, two, in)
	c := find(t, out.Comparisons, "KAZ", "UZB", standardised, meanContrast)
	near(t, "standardised", c.Effect, (101.5-104)/2+(1-3.5)/2)
	near(t, "crude", find(t, out.Comparisons, "KAZ", "UZB", standardised, crudeContrast).Effect, 407.0/5-118.0/5)
	if !strings.HasPrefix(c.Uncertainty, "pooled_t_95") || !strings.Contains(c.Uncertainty, "over facebook and x, weight 1/2 each") || !strings.Contains(c.Warnings.V, "4 of 10 accounts belong to 2 organizations with several accounts") ||
		!strings.Contains(c.Warnings.V, "opposite directions: 57.8 over all accounts without regard to platform (Welch's 95 % interval -7.77 to 123.4), -2.5 standardised (-4.997 to -0.002631), of which the crude one includes 0") || strings.Contains(c.Warnings.V, "paradox") {
		t.Errorf("got %+v", c)
	}
	many := func(n int, v float64) (x []float64) {
		for i := range n {
			x = append(x, v+float64(i%2))
		}
		return x
	}
	in = Input{}
	in.on("x", "KAZ", many(40, 100)...)
	in.on("x", "UZB", many(4, 110)...)
	in.on("facebook", "KAZ", many(4, 0)...)
	in.on("facebook", "UZB", many(40, 10)...)
	if c := find(t, run(t, two, in).Comparisons, "KAZ", "UZB", standardised, meanContrast); !strings.Contains(c.Warnings.V, "Simpson's paradox: crude and standardised effects point in opposite directions") {
		t.Errorf("got %q", c.Warnings.V)
	}
	in = Input{}
	in.on("x", "KAZ", 100, 1)
	in.on("x", "UZB", 70)
	in.on("facebook", "KAZ", 3)
	in.on("facebook", "UZB", 2, 1)
	if c := find(t, run(t, two, in).Comparisons, "KAZ", "UZB", standardised, meanContrast); !strings.Contains(c.Warnings.V, "no interval of both to tell") {
		t.Errorf("got %+v", c)
	}
}

// Effects that are none but for rounding point nowhere: each country has the
// values 0.1, 0.2 and 0.3 on one platform and 0.7 on the other, in other orders.
func TestNoParadoxByRounding(t *testing.T) {
	for _, scale := range []string{Difference, Ratio} {
		var in Input
		in.on("x", "KAZ", 0.1, 0.2, 0.3, 0.7)
		in.on("x", "UZB", 0.7, 0.3, 0.1, 0.2)
		in.on("facebook", "KAZ", 1e6+0.1, 0.7, 0.3)
		in.on("facebook", "UZB", 0.3, 1e6+0.1, 0.7)
		p := two
		p.Scales = map[string]string{"m/difference": scale}
		if c := find(t, run(t, p, in).Comparisons, "KAZ", "UZB", standardised, meanContrast); strings.Contains(c.Warnings.V, "opposite") {
			t.Errorf("%s: got %q", scale, c.Warnings.V)
		}
	}
	p := &part{scale: Ratio}
	crude, mean := crudely{row: datasets.Comparison{Effect: datasets.Some(1 + 4e-16)}, dust: 1e-9}, datasets.Comparison{Effect: datasets.Some(0.8)}
	if got := opposite(p, &crude, &mean); got != "" {
		t.Errorf("got %q", got)
	}
	crude.row.Effect.V = 1.001
	if got := opposite(p, &crude, &mean); got == "" {
		t.Error("1.001 and 0.8 point in opposite directions")
	}
}
