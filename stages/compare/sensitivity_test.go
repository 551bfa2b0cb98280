package compare

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

var update = flag.Bool("update", false, "rewrite testdata")

func variants(rows []datasets.Variant, metric, name string) []datasets.Variant {
	return slices.DeleteFunc(slices.Clone(rows), func(v datasets.Variant) bool { return v.Metric != metric || v.Variant != name })
}

func TestSensitivity(t *testing.T) {
	in := invented()
	out := run(t, params, in)
	for _, v := range variants(out.Sensitivity, postingRate, asPublished) {
		i := slices.Index(out.Comparisons, v.Comparison)
		if i < 0 {
			t.Errorf("as published, but not in comparisons: %+v", v)
		}
	}
	if n := len(variants(out.Sensitivity, engagement, asPublished)); n != 3 {
		t.Errorf("%d rows as published, want one a pair", n)
	}
	// Leaving an account out by hand gives the row of that variant.
	gone := in.Accounts[0]
	rest := in
	rest.Accounts = in.Accounts[1:]
	direct := run(t, params, rest)
	rows := variants(out.Sensitivity, zeroShare, "without "+gone.Platform+" "+gone.AccountID)
	if len(rows) != 2 {
		t.Fatalf("%d rows without an account of KAZ, want those of its two pairs", len(rows))
	}
	for _, v := range rows {
		c := find(t, direct.Comparisons, v.CountryA, v.CountryB, standardised, meanContrast)
		i := slices.IndexFunc(direct.Comparisons, func(d datasets.Comparison) bool {
			return d.Metric == zeroShare && d.CountryA == c.CountryA && d.CountryB == c.CountryB && d.Platform == standardised && d.Method == meanContrast
		})
		if d := direct.Comparisons[i]; d.Effect != v.Effect || d.Low != v.Low || d.NAccountsA != v.NAccountsA || !v.P.OK {
			t.Errorf("got %+v\nwant %+v", v, d)
		}
	}
	for _, name := range []string{ministriesOnly, embassiesOnly} {
		for _, v := range variants(out.Sensitivity, postingRate, name) {
			if ministries := v.NAccountsA == 4 && v.NAccountsB == 4; ministries != (name == ministriesOnly) || v.Variant == ministriesOnly && !v.Low.OK {
				t.Errorf("got %+v", v)
			}
		}
	}
	if len(variants(out.Sensitivity, engagement, followersNow)) != 3 || len(variants(out.Sensitivity, engagement, withoutTopPost)) != 3 || len(variants(out.Sensitivity, zeroShare, followersNow)) != 0 {
		t.Error("followers now and the top post are variants of the engagement alone")
	}
}

// Two outcomes of the invented study, as a reader of the table sees them, but
// for what the calibration adds.
func TestGolden(t *testing.T) {
	out, err := analyse(context.Background(), params, invented(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	text := func(v datasets.Opt[float64]) string {
		if !v.OK {
			return "-"
		}
		return fmt.Sprintf("%.6g", v.V)
	}
	for _, c := range out.Comparisons {
		if c.Metric != postingRate && (c.Metric != zeroShare || c.Platform != standardised) {
			continue
		}
		fmt.Fprintf(&b, "%s %s-%s %s %s: %s %s [%s, %s] p %s adjusted %s attainable %s; %d and %d accounts, n %d and %d; %s\n    %s\n", c.Metric, c.CountryA, c.CountryB, c.Platform, c.Method,
			c.EffectKind, text(c.Effect), text(c.Low), text(c.High), text(c.P), text(c.PAdjusted), text(c.PAttainable), c.NAccountsA, c.NAccountsB, c.NA, c.NB, c.Family, c.Uncertainty)
		if c.Reason.OK {
			fmt.Fprintf(&b, "    reason: %s\n", c.Reason.V)
		}
		if c.Warnings.OK {
			fmt.Fprintf(&b, "    warnings: %s\n", c.Warnings.V)
		}
	}
	const path = "testdata/invented.txt"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the rows differ from %s; run with -update and look at the difference", path)
	}
}
