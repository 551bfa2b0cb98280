package stages

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"diplometrics/datasets"
	"diplometrics/stages/template"
)

func auditText(t *testing.T, text string) ([]datasets.AuditRow, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	rows, err := AuditFile(context.Background(), path)
	if err != nil && !strings.HasPrefix(err.Error(), path+":") {
		t.Errorf("the error does not begin with the file: %v", err)
	}
	if err != nil {
		err = fmt.Errorf("%s", strings.TrimPrefix(err.Error(), path))
	}
	return rows, err
}

// The verdicts are those of the published table of the rate audit, recomputed
// in Python 3.11 with exact fractions: of 11 averages 7 impossible, 1 by
// truncation only, 3 by rounding; no mean of likes can fail (scrutiny 0.6.1).
func TestAuditFileOfTheThesis(t *testing.T) {
	rows, err := AuditFile(context.Background(), "../datasets/thesis/raw/thesis_2024_windows.csv")
	if err != nil {
		t.Fatal(err)
	}
	var impossible []string
	counts := map[string]int{}
	for _, r := range rows {
		if r.Rule != "rate" {
			counts[r.Rule+" "+r.Verdict]++
			continue
		}
		if r.Verdict == datasets.Inconsistent {
			impossible = append(impossible, r.Locator)
		}
		counts["rate "+r.Verdict+" "+strings.Split(r.Rounding.V, "|")[0]]++
	}
	want := []string{"Table 2, Instagram", "Table 2, LinkedIn", "Table 3, Telegram", "Table 3, X", "Table 4, X", "Table 5, LinkedIn", "Table 5, X"}
	if !slices.Equal(impossible, want) {
		t.Errorf("impossible: got %q, want %q", impossible, want)
	}
	if counts["rate consistent nearest"] != 3 || counts["rate consistent floor"] != 1 || counts["rate inconsistent "] != 7 || counts["grim not_testable"] != 11 {
		t.Errorf("got %v", counts)
	}
}

// The example of the template is refused. Averages typed into it are audited: as
// numbers, or as printed alone. Verdicts: 47/2 = 23.5 rounds to 24 or 23; no sum
// of 47 whole numbers has a mean of 0.10, while 5 have 0.11 (scrutiny 0.6.1).
func TestAuditFileOfTheTemplate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "windows.xlsx")
	if err := template.Write(path, "windows"); err != nil {
		t.Fatal(err)
	}
	if rows, err := AuditFile(context.Background(), path); err == nil || !strings.HasSuffix(err.Error(), "windows.xlsx:2: the row is the example of the template; write over it, or remove it") {
		t.Fatalf("the example: %v, %v", rows, err)
	}
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	columns := map[string]string{}
	header, err := f.GetRows("windows")
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range header[0] {
		columns[name], _ = excelize.ColumnNumberToName(i + 1)
	}
	for cell, v := range map[string]any{"posts_per_month2": 24, "likes_mean_text2": "0,10", "likes_n2": 47,
		"posts3": 47, "posts_per_month_text3": "23,6", "likes_mean_text3": "0.11", "likes_n3": 47} {
		name, row := cell[:len(cell)-1], cell[len(cell)-1:]
		if columns[name] == "" {
			t.Fatalf("the template has no column %s", name)
		}
		if err := f.SetCellValue("windows", columns[name]+row, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Save(); err != nil {
		t.Fatal(err)
	}
	rows, err := AuditFile(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, r := range rows {
		got[r.Platform.V+" "+r.Rule] = r.Verdict + " " + r.ValueText.V
		if r.Source != "windows.xlsx" {
			t.Errorf("source %q", r.Source)
		}
	}
	for k, want := range map[string]string{"x rate": "consistent 24", "x grim": "inconsistent 0,10", "facebook rate": "inconsistent 23,6", "facebook grim": "consistent 0.11",
		"x observed_window": "consistent 2024-01-01 to 2024-02-29", "facebook observed_window": "not_testable 2024-01-01 to 2024-02-29"} {
		if got[k] != want {
			t.Errorf("%s: got %q, want %q", k, got[k], want)
		}
	}
}

func TestAuditFileRefuses(t *testing.T) {
	const header = "platform,handle,window_from,window_to,posts,posts_per_month_text,counted_by\n"
	for _, c := range []struct{ text, want string }{
		{"", ": the file is empty; fill in the sheet that diplometrics template windows writes"},
		{header, ": no row follows the header; "},
		{"platform,handle\nx,a\n", `:1: window_from: found "platform,handle"; the column window_from is missing`},
		{header + "x,a,2024-01-01,2024-03-01,4.5,2,P\n", `:2: posts: found "4.5"; expected a whole number`},
		{header + "x,a,2024-01-01,2024-03-01,4,about 2,P\n", `:2: posts_per_month_text: found "about 2", which cannot be read as one number; give the number in posts_per_month`},
		{header + "x,a,2024-01-01,2024-03-01,4,\"1,234\",P\n", `:2: posts_per_month_text: found "1,234", which cannot be read as one number`},
		{header + "x,a,2024-01-01,2024-03-01,4,-2,P\n", `:2: posts_per_month_text: found "-2"`},
		{header + "x,a,2024-01-01,2024-03-01,4,2,P\nx,b,2024-01-01,2024-03-01,4,2,P\nx,@A,2024-01-01,2024-03-01,5,2,P\n", ":4: platform, account, window, counted_by: the same as in row 2;"},
		{header + "x,a,2024-03-01,2024-01-01,4,2,P\n", ":2: window_to: "},
		{"<!doctype html><html>", ": a web page"},
		{header + "x,a,2024-01-01,2024-03-01,4,2,\xcc\xc8\xc4\n", ":2: not UTF-8; save it as UTF-8"},
	} {
		rows, err := auditText(t, c.text)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || rows != nil {
			t.Errorf("%q: got %v", c.text, err)
		}
	}
}

// What is no table is said to be none, without a word of studies.
func TestAuditFileOfNoTable(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "noise.xlsx")
	if err := os.WriteFile(path, []byte("\x8f\xa1\xff\xfe\x93\xd4\xe7\xb2"), 0o644); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{path: "is no workbook", dir: "is a directory", filepath.Join(dir, "none.csv"): "no such file"} {
		if _, err := AuditFile(context.Background(), path); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "study.toml") || strings.Contains(err.Error(), "permissions") {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

// The order of the rows plays no part, every window has its verdicts, and an
// average that was truncated is never called inconsistent.
func TestAuditFileProperties(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(rt, "windows")
		var lines []string
		for i := range n {
			posts, months := rapid.IntRange(0, 999).Draw(rt, "posts"), rapid.IntRange(1, 12).Draw(rt, "months")
			lines = append(lines, fmt.Sprintf("x,h%d,2024-01-01,2024-02-11,%d,%d,%d,P", i, posts, months, posts/months))
		}
		audited := func(lines []string) []datasets.AuditRow {
			path := filepath.Join(dir, "table.csv")
			text := "platform,handle,window_from,window_to,posts,months_stated,posts_per_month_text,counted_by\n" + strings.Join(lines, "\n") + "\n"
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				rt.Fatal(err)
			}
			rows, err := AuditFile(context.Background(), path)
			if err != nil {
				rt.Fatal(err)
			}
			return rows
		}
		rows := audited(lines)
		rates := 0
		for _, r := range rows {
			if r.Rule != "rate" {
				continue
			}
			rates++
			if r.Verdict != datasets.Consistent {
				rt.Errorf("%+v", r)
			}
		}
		if rates != n {
			rt.Errorf("%d verdicts on %d averages", rates, n)
		}
		if again := audited(rapid.Permutation(lines).Draw(rt, "order")); !reflect.DeepEqual(again, rows) {
			rt.Errorf("another order: got %+v, want %+v", again, rows)
		}
	})
}
