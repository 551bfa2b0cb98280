package compare

import (
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// Somebody else recomputes every number in R from the tables: notebooks/
// replicate.R has no code of this program, and agrees to the last digit that
// the tables print. Among them are drawn permutation tests and bootstraps.
func TestRecomputedInR(t *testing.T) {
	in := invented()
	out := run(t, params, in)
	drawn := 0
	for _, c := range out.Comparisons {
		if strings.Contains(c.Uncertainty, "p by 99999 of") {
			drawn++
		}
	}
	if drawn == 0 {
		t.Error("no test was drawn")
	}
	recompute(t, in, out)
}

// The same where much is missing: few accounts, zeros, values that are all
// alike, several of one account, a platform with one account a side, another
// without one of the countries, coverage that is inferred, posts without a time,
// a country of one organization on a platform, and organizations of one name in
// two countries.
func TestPoorStudyRecomputedInR(t *testing.T) {
	in := invented()
	var poor Input
	for i, a := range in.Accounts {
		if !strings.HasSuffix(a.AccountID, "3") && (i%2 == 0 || a.Country.V == "UZB") {
			switch {
			case a.Country.V == "UZB" && a.Platform == "x":
				a.Organization = "one"
			case a.Country.V != "KGZ" && a.OrganizationType.V == "ministry":
				a.Organization = "ministry"
			}
			poor.Accounts = append(poor.Accounts, a)
		}
	}
	poor.Counts = in.Counts
	for i, v := range in.Values {
		switch {
		case v.Metric == zeroShare && v.Platform == "facebook":
			v.Value = datasets.Some(0.25)
			if v.AccountID == "@UZB_0" {
				v.Flag = datasets.Some(datasets.Undated + " 3")
			}
		case v.Metric == engagement && strings.HasPrefix(v.AccountID, "@KGZ") && v.Platform == "x":
			v.Value = datasets.None[float64]()
		case v.Metric == perPost && i%5 == 0:
			v.Value = datasets.Some(0.0)
		case v.Metric == postingRate && i%7 == 0:
			again := v
			again.Source, again.Value.V = "second", v.Value.V*1.25
			poor.Values = append(poor.Values, again)
		case v.Metric == postingRate && v.AccountID == "@UZB_1":
			v.Flag = datasets.Some(datasets.InferredCoverage)
		}
		poor.Values = append(poor.Values, v)
	}
	for i, c := range []string{"KAZ", "UZB"} {
		a := datasets.Account{Platform: "vk", AccountID: c, Country: datasets.Some(c), Organization: c}
		poor.Accounts = append(poor.Accounts, a)
		poor.Values = append(poor.Values, datasets.Value{Metric: postingRate, Part: "observed", Platform: "vk", AccountID: c, PeriodKind: "window", PeriodStart: params.From,
			PeriodEnd: params.To, Value: datasets.Some(float64(i + 2)), N: 9, NObserved: 9, ExposureDays: datasets.Some(100.0), Source: "s"})
	}
	recompute(t, poor, run(t, params, poor))
}

// recompute runs the script on the tables of a study.
func recompute(t *testing.T, in Input, out Output) {
	t.Helper()
	rscript, err := exec.LookPath("Rscript")
	if err != nil {
		t.Skip("not recomputed: Rscript is not installed")
	}
	dir := t.TempDir()
	toml := "title = \"Invented\"\ncountries = [\"KAZ\", \"UZB\", \"KGZ\"]\nwindow = [\"2024-01-01\", \"2024-06-01\"] # five months\nseed = 20240527\n"
	if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(toml), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "metrics"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeCSV(t, dir, &datasets.Accounts, in.Accounts)
	writeCSV(t, dir, &datasets.Values, in.Values)
	writeCSV(t, dir, &datasets.InteractionCounts, in.Counts)
	writeCSV(t, dir, &datasets.Estimates, out.Estimates)
	writeCSV(t, dir, &datasets.Comparisons, out.Comparisons)
	writeCSV(t, dir, &datasets.Sensitivity, out.Sensitivity)
	text, err := exec.Command(rscript, filepath.Join("..", "..", "notebooks", "replicate.R"), dir).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, table := range []string{"estimates: ", "comparisons: ", "sensitivity: "} {
		if !strings.Contains(string(text), table) {
			t.Errorf("%s not compared:\n%s", table, text)
		}
	}
	t.Logf("%s", text)
}

func writeCSV[R any](t *testing.T, dir string, table *datasets.Table[R], rows []R) {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "metrics", table.Name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var one iter.Seq2[[]R, error] = func(yield func([]R, error) bool) { yield(rows, nil) }
	if err := table.WriteCSV(f, one); err != nil {
		t.Fatal(err)
	}
}
