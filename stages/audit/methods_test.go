package audit

import (
	"os"
	"strings"
	"testing"

	"diplometrics/datasets"
)

func TestMethodsGolden(t *testing.T) {
	windows, _, _ := readThesis(t)
	rows, err := Run(windows, nil, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := Methods("thesis_2024_windows.csv", "thesis_2024_windows-audit.csv", "diplometrics v1.0.0", rows)
	const path = "testdata/methods.txt"
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the paragraph has changed; compare with -update\n%s", firstDifference(got, string(want)))
	}
}

// A table of windows without a printed average has nothing to cite, and one
// with very many inconsistent averages names the first of them.
func TestMethodsOfOtherTables(t *testing.T) {
	month := func(i int) datasets.Day { return datasets.Day(19723 + i) } // from 2024-01-01
	var windows []datasets.AccountWindow
	for i := range 25 {
		windows = append(windows, datasets.AccountWindow{Platform: "x", AccountID: string(rune('a' + i)), WindowFrom: month(0), WindowTo: month(40),
			Posts: datasets.Some(int64(10)), CountedBy: "AB", Source: "counts"})
	}
	paragraph := func() string {
		t.Helper()
		rows, err := Run(windows, nil, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		return Methods("a.csv", "b.csv", "diplometrics v1.0.0", rows)
	}
	if p := paragraph(); !strings.Contains(p, "The 25 counted windows of a.csv were checked") || !strings.Contains(p, "No average of posts per month is printed.") ||
		strings.Contains(p, "Heathers") || !strings.Contains(p, "No date of retrieval is given for 25 windows.") {
		t.Errorf("got %s", p)
	}
	for i := range windows {
		windows[i].PostsPerMonth, windows[i].MonthsStated = datasets.Some(7.), datasets.Some(2.)
	}
	if p := paragraph(); !strings.Contains(p, "Inconsistent whichever way one rounds: 25 (x a,") || !strings.Contains(p, "; and 5 more)") || strings.Contains(p, "x u,") {
		t.Errorf("got %s", p)
	}
	for i := range windows {
		windows[i].MonthsStated.OK = false
	}
	if p := paragraph(); !strings.Contains(p, "0 could be tested") || !strings.Contains(p, "Not testable, for want of n, of k or of a print that can be read: 25.") || strings.Contains(p, "Inconsistent") {
		t.Errorf("got %s", p)
	}
}
