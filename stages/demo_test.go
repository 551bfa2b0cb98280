package stages

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// What the README of the demo says of its tables is so, where make has run it.
func TestDemoReadme(t *testing.T) {
	const dir = "../datasets/demo"
	if _, err := os.Stat(filepath.Join(dir, "metrics/comparisons.parquet")); err != nil {
		t.Skip("the demo was not run here; make runs it")
	}
	text, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	says := func(what string) {
		t.Helper()
		if !strings.Contains(string(text), what) {
			t.Errorf("the README does not say %q", what)
		}
	}
	says("their " + sayThousands(len(partitions(t, dir, &datasets.Posts))) + " posts")

	accounts := map[[2]string]datasets.Account{}
	for _, a := range readAll(t, &datasets.Accounts, filepath.Join(dir, "normalized/accounts.parquet")) {
		accounts[[2]string{a.Platform, a.AccountID}] = a
	}
	for _, v := range readAll(t, &datasets.Values, filepath.Join(dir, "metrics/values.parquet")) {
		a := accounts[[2]string{v.Platform, v.AccountID}]
		if v.Metric != "posts_per_month" || v.Part != "observed" || v.PeriodKind != "window" || v.Platform != "x" {
			continue
		}
		switch {
		case a.OrganizationType.V == "embassy" && v.ExposureDays.V != 173,
			a.OrganizationType.V == "ministry" && v.ExposureDays.V != 182,
			a.OrganizationType.V == "president" && !(v.ExposureDays.V < 182):
			t.Errorf("%s was observed for %v days", a.Organization, v.ExposureDays.V)
		}
	}
	says("is 173, not 182")

	primary := 0
	for _, c := range readAll(t, &datasets.Comparisons, filepath.Join(dir, "metrics/comparisons.parquet")) {
		if c.Family != datasets.Primary {
			continue
		}
		primary++
		significant := c.PAdjusted.V < 0.05
		if want := c.Metric == "log_interactions_per_1000_followers" && slices.Contains([]string{c.CountryA, c.CountryB}, "UZB"); significant != want {
			t.Errorf("%s of %s and %s: adjusted p %v, which the README does not say", c.Metric, c.CountryA, c.CountryB, c.PAdjusted.V)
		}
	}
	if primary != 9 {
		t.Errorf("%d primary comparisons", primary)
	}
	says("Of the nine primary comparisons only those of engagement between Uzbekistan and the two others are significant")
}

func sayThousands(n int) string {
	s := row(int64(n))
	if len(s) > 3 {
		s = s[:len(s)-3] + "," + s[len(s)-3:]
	}
	return s
}
