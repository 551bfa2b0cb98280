package compare

import (
	"strings"
	"testing"

	"diplometrics/datasets"
)

// Why two countries have nothing to compare, by what accounts.csv and the
// values have.
func TestWhyNothingIsShared(t *testing.T) {
	none := func(in *Input, country, platform string) {
		for i := range in.Values {
			if v := &in.Values[i]; v.Platform == platform && strings.HasPrefix(v.AccountID, country) {
				v.Value = datasets.None[float64]()
			}
		}
	}
	build := func(without ...string) Input {
		var in Input
		for _, platform := range []string{"facebook", "x"} {
			in.on(platform, "KAZ", 1, 2)
			in.on(platform, "UZB", 3, 4)
		}
		for _, w := range without {
			country, platform, _ := strings.Cut(w, " ")
			none(&in, country, platform)
		}
		return in
	}
	apart := Input{}
	apart.on("x", "KAZ", 1, 2)
	apart.on("vk", "UZB", 1, 2)
	alone := Input{}
	alone.on("x", "KAZ", 1, 2)
	both := " a platform that both have in accounts.csv (facebook and x)"
	for _, c := range []struct {
		in       Input
		platform string
		want     string
	}{
		{build("KAZ facebook", "KAZ x", "UZB x", "UZB facebook"), standardised, "neither KAZ nor UZB has an account with a usable value of this metric on" + both},
		{build("UZB x", "UZB facebook"), standardised, "no effect: UZB has no account with a usable value of this metric on" + both},
		{build("KAZ x", "KAZ facebook"), standardised, "no effect: KAZ has no account with a usable value of this metric on" + both},
		{build("KAZ x", "UZB facebook"), standardised, "KAZ and UZB have usable values of this metric, but not on the same platform of those that both have (facebook and x)"},
		{apart, standardised, "KAZ and UZB have accounts on no common platform in accounts.csv"},
		{alone, standardised, "no effect: UZB has no account in accounts.csv"},
		{build("KAZ x"), "x", "no effect: KAZ has 2 accounts on x in accounts.csv, none with a usable value of this metric"},
		{apart, "vk", "no effect: KAZ has no account on vk in accounts.csv"},
	} {
		r := find(t, run(t, two, c.in).Comparisons, "KAZ", "UZB", c.platform, meanContrast)
		if !strings.Contains(r.Reason.V, c.want) || r.Effect.OK || r.P.OK {
			t.Errorf("got %q, want %q", r.Reason.V, c.want)
		}
	}
}

// A variant of some of the accounts says which it lacks.
func TestWhyAVariantHasNothing(t *testing.T) {
	in := one("zero_share/all", map[string][]float64{"KAZ": {.1, .2}, "UZB": {.3, .4}})
	in.Accounts[0].OrganizationType, in.Accounts[1].OrganizationType = datasets.Some("ministry"), datasets.Some("embassy")
	in.Accounts[2].OrganizationType = datasets.Some("embassy")
	out := run(t, two, in)
	for name, want := range map[string]string{ministriesOnly: "no effect: UZB has no account of type ministry in accounts.csv", embassiesOnly: "no test: KAZ has 1 account and UZB has 1 account"} {
		for _, v := range variants(out.Sensitivity, zeroShare, name) {
			if !strings.HasPrefix(v.Reason.V, want) {
				t.Errorf("%s: got %q, want %q", name, v.Reason.V, want)
			}
		}
	}
}

// Posts without a time may lie in the window, so that nothing of their account
// is in the primary family.
func TestUndatedPostsAreNotPrimary(t *testing.T) {
	in := one("zero_share/all", map[string][]float64{"KAZ": {.1, .2}, "UZB": {.3, .4}})
	in.Values[0].Flag = datasets.Some(datasets.Undated + " 3")
	c := find(t, run(t, two, in).Comparisons, "KAZ", "UZB", standardised, meanContrast)
	if c.Family != datasets.Exploratory || !strings.Contains(c.Warnings.V, "not in the primary family: 1 account with posts without a time") {
		t.Errorf("got %+v", c)
	}
}

// Where no standard error can be had, the reason is a sentence.
func TestReasonOfARegressionIsASentence(t *testing.T) {
	in := one("posts_per_month/observed", map[string][]float64{"KAZ": {2, 2, 2, 2}, "UZB": {4, 4, 4, 4}})
	for i := range in.Values {
		in.Values[i].ExposureDays = datasets.Some(304.375)
	}
	c := find(t, run(t, two, in).Comparisons, "KAZ", "UZB", "x", poissonRobust)
	if c.Reason.V != "no test: the contrast has no standard error: no variation between organizations beyond rounding" {
		t.Errorf("got %+v", c)
	}
}

// An account alone is told so in whole sentences.
func TestShrunkenAlone(t *testing.T) {
	in := one("posts_per_month/observed", map[string][]float64{"KAZ": {2}})
	for _, r := range run(t, two, in).Shrunken {
		if r.Shrunken.OK || r.Flag.V != "not drawn towards others: that needs two accounts of the country on the platform with usable data, and there is no account" {
			t.Errorf("got %+v", r)
		}
	}
}
