package tabulate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"diplometrics/datasets"
	"diplometrics/pipeline"
)

func put[R any](t *testing.T, dir, folder string, table *datasets.Table[R], rows ...R) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := table.Write(filepath.Join(dir, folder, table.Name+".parquet"), rows, datasets.WriteOptions{Unchecked: true}); err != nil {
		t.Fatal(err)
	}
}

// tables writes a study of one account with four snapshots and three values of
// months and windows.
func tables(t *testing.T) string {
	dir := t.TempDir()
	value := func(part, kind string, from, to datasets.Day, v float64) datasets.Value {
		return datasets.Value{Metric: "m", Part: part, Platform: "x", AccountID: "1", PeriodKind: kind, PeriodStart: from, PeriodEnd: to, Value: datasets.Some(v), NObserved: 7, Source: "s"}
	}
	var seen []datasets.AccountSnapshot
	for i := range 4 {
		seen = append(seen, datasets.AccountSnapshot{Platform: "x", AccountID: "1", ObservedAt: datasets.Micros(i) * 200 * 86_400e6, ObservedPrecision: "second", Source: "s"})
	}
	put(t, dir, "normalized", &datasets.Accounts, datasets.Account{Platform: "x", AccountID: "1", Organization: "Embassy"})
	put(t, dir, "normalized/account_snapshots/country_code=KAZ/year=1970", &datasets.AccountSnapshots, seen[:2]...)
	put(t, dir, "normalized/account_snapshots/country_code=KAZ/year=1971", &datasets.AccountSnapshots, seen[2:]...)
	put(t, dir, "normalized", &datasets.AccountWindows)
	put(t, dir, "normalized", &datasets.Published)
	put(t, dir, "normalized", &datasets.Sources)
	put(t, dir, "normalized", &datasets.Rejects)
	put(t, dir, "metrics", &datasets.Values, value("a", "month", 0, 31, 1), value("a", "week", 0, 7, 2), value("a", "week", 7, 14, 3), value("a", "window", 0, 31, 4), value("b", "month", 0, 31, 5))
	put(t, dir, "metrics", &datasets.AccountPeriods)
	put(t, dir, "metrics", &datasets.Estimates)
	put(t, dir, "metrics", &datasets.Comparisons)
	put(t, dir, "metrics", &datasets.Sensitivity)
	put(t, dir, "metrics", &datasets.ShrunkenValues)
	put(t, dir, "metrics", &datasets.InteractionCounts)
	put(t, dir, "metrics", &datasets.AccountCurves)
	put(t, dir, "metrics", &datasets.Curves)
	put(t, dir, "metrics", &datasets.Reconcile)
	put(t, dir, "metrics", &datasets.CoderAgreements)
	put(t, dir, "metrics", &datasets.TopicAgreements)
	put(t, dir, "metrics", &datasets.Audit)
	return dir
}

// run runs the stage and returns the summary of the run.
func run(t *testing.T, dir string, p Params) []string {
	t.Helper()
	var in []string
	for _, table := range csvTables[1:] {
		for _, f := range []string{"normalized", "metrics"} {
			if _, err := os.Stat(filepath.Join(dir, f, table+".parquet")); err == nil {
				in = append(in, f+"/"+table+".parquet")
			}
		}
	}
	for _, year := range []string{"1970", "1971"} {
		in = append(in, "normalized/account_snapshots/country_code=KAZ/year="+year+"/account_snapshots.parquet")
	}
	e := &pipeline.Engine{Study: dir}
	states, err := e.Run(context.Background(), []pipeline.Unit{{Name: "tabulate", Inputs: in, Outputs: Outputs(), Params: p,
		Run: func(ctx context.Context, io *pipeline.IO) error { return Run(ctx, p, io) }}})
	if err != nil {
		t.Fatal(err)
	}
	return states[0].Notes
}

func TestTooManyRowsForASheet(t *testing.T) {
	dir := tables(t)
	for _, c := range []struct {
		most int
		left string // sheets
	}{{0, ""}, {4, ""}, {3, "account_snapshots 4"}, {2, "values 3, account_snapshots 4"}, {1, "account_month 2, values 3, account_snapshots 4"}} {
		notes := run(t, dir, Params{Title: fmt.Sprint("T", c.most), SheetRows: c.most})
		f, err := excelize.OpenFile(filepath.Join(dir, "metrics/tables.xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		codebook, err := f.GetRows("codebook")
		if err != nil {
			t.Fatal(err)
		}
		said := map[string]string{}
		for _, r := range codebook {
			if len(r) == 6 && r[1] == "" && r[0] != "" {
				said[r[0]] = r[5]
			}
		}
		var left []string
		for _, table := range csvTables {
			if said[table] == "" {
				t.Fatalf("most %d: the codebook says nothing of %s", c.most, table)
			}
			if _, at := slices.BinarySearch(slices.Sorted(slices.Values(f.GetSheetList())), table); at {
				continue
			}
			csv, err := os.ReadFile(filepath.Join(dir, "metrics", table+".csv"))
			if err != nil {
				t.Fatal(err)
			}
			rows := strings.Count(string(csv), "\n") - 1
			if table == "values" {
				rows -= 2 // weeks
			}
			left = append(left, fmt.Sprintf("%s %d", table, rows))
			for _, text := range append(slices.DeleteFunc(slices.Clone(notes), func(n string) bool { return !strings.Contains(n, "sheet "+table+":") }), said[table]) {
				if !strings.Contains(text, fmt.Sprintf("its %d rows", rows)) || !strings.Contains(text, table+".csv") {
					t.Errorf("most %d: %s: found %q", c.most, table, text)
				}
			}
		}
		if got := strings.Join(left, ", "); got != c.left || len(notes) != len(left) {
			t.Errorf("most %d: left out %q, expected %q; summary %q", c.most, got, c.left, notes)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Each cell of the wide table is that of the value of its row and column.
func TestWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type key struct{ measure, account, month int }
		opt := rapid.Custom(func(t *rapid.T) datasets.Opt[float64] {
			return datasets.Opt[float64]{OK: rapid.Bool().Draw(t, "ok"), V: float64(rapid.IntRange(1, 9).Draw(t, "v"))}
		})
		var accounts []datasets.Account
		for i := range 3 {
			accounts = append(accounts, datasets.Account{Platform: "x", AccountID: fmt.Sprint(i), Organization: fmt.Sprint("o", i)})
		}
		w, want := newWide(accounts), map[string]any{}
		rows := map[[2]int]bool{}
		for _, k := range rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) key {
			return key{rapid.IntRange(0, 4).Draw(t, "m"), rapid.IntRange(0, 2).Draw(t, "a"), rapid.IntRange(0, 3).Draw(t, "month")}
		}), 0, 30, rapid.ID[key]).Draw(t, "keys") {
			v := datasets.Value{Metric: "m", Part: fmt.Sprint(k.measure), Platform: "x", AccountID: fmt.Sprint(k.account), PeriodKind: "month", PeriodStart: datasets.Day(k.month), PeriodEnd: datasets.Day(k.month + 1),
				Value: opt.Draw(t, "value"), Low: opt.Draw(t, "low"), CIHigh: opt.Draw(t, "ci_high"), NObserved: int64(rapid.IntRange(0, 9).Draw(t, "n"))}
			w.add(&v)
			rows[[2]int{k.account, k.month}] = true
			for suffix, o := range map[string]datasets.Opt[float64]{"": v.Value, "_low": v.Low, "_ci_high": v.CIHigh, "_n": datasets.Some(float64(v.NObserved))} {
				if o.OK {
					want[fmt.Sprintf("%d %d m.%d%s", k.account, k.month, k.measure, suffix)] = o.V
				}
			}
		}
		s, n := w.sheet(), 0
		last := ""
		for row, err := range s.Rows {
			if err != nil || len(row) != len(s.Fields) {
				t.Fatal(row, err)
			}
			n++
			at := fmt.Sprintf("%v %d", row[1], row[5])
			if at <= last || row[2] != fmt.Sprint("o", row[1]) {
				t.Fatalf("row %v after %s", row, last)
			}
			last = at
			for i, c := range row[8:] {
				name := at + " " + s.Fields[8+i].Name
				if n, ok := c.(int64); ok {
					c = float64(n)
				}
				if c != want[name] {
					t.Fatalf("%s: found %v, expected %v", name, c, want[name])
				}
				delete(want, name)
			}
		}
		if n != len(rows) || len(want) > 0 {
			t.Fatalf("%d rows of %d; no cell has %v", n, len(rows), want)
		}
	})
}
