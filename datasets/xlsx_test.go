package datasets

import (
	"bytes"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func writeBook(t *testing.T, sheets ...Sheet) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tables.xlsx")
	if err := WriteXLSX(path, "SIMULATED data", sheets); err != nil {
		t.Fatal(err)
	}
	return path
}

func free(name string, kinds []Kind, rows ...[]any) Sheet {
	s := Sheet{Name: name, Doc: "Free.", Rows: func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}}
	for i, k := range kinds {
		s.Fields = append(s.Fields, Field{Name: string(rune('a' + i)), Doc: "Column.", Kind: k})
	}
	return s
}

func TestWriteXLSX(t *testing.T) {
	row := kindsRow{
		ID: 3, Text: "=1+1", Few: "Қ<&>\x01", Float: -293.0 / 3, Bool: true, Day: lateIn1999.Day(), Time: lateIn1999,
		OptInt: Some(int64(1) << 60), OptDay: Some(Day(-25_509)), OptText: Some(" _x0041_\n"),
	}
	path := writeBook(t, kinds.Sheet(batch([]kindsRow{row})), free("wide", []Kind{String, Int, Int}, []any{"a", 1, nil}))
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), " "); got != "codebook kinds wide" {
		t.Errorf("sheets %s", got)
	}
	for _, c := range []struct {
		sheet, cell, want string
		kind              excelize.CellType
	}{
		{"codebook", "A1", "table", excelize.CellTypeInlineString},
		{"codebook", "F2", "SIMULATED data", excelize.CellTypeInlineString},
		{"codebook", "A3", "kinds", excelize.CellTypeInlineString},
		{"codebook", "F3", "One row of every kind.", excelize.CellTypeInlineString},
		{"codebook", "B7", "float", excelize.CellTypeInlineString}, // the fourth column
		{"codebook", "D7", "s", excelize.CellTypeInlineString},
		{"kinds", "A2", "3", excelize.CellTypeUnset},
		{"kinds", "B2", "=1+1", excelize.CellTypeInlineString},
		{"kinds", "C2", "Қ<&>\uFFFD", excelize.CellTypeInlineString}, // XML 1.0 cannot hold U+0001
		{"kinds", "D2", "-97.6666666666667", excelize.CellTypeUnset},
		{"kinds", "E2", "TRUE", excelize.CellTypeBool},
		{"kinds", "F2", "1999-12-31", excelize.CellTypeUnset},
		{"kinds", "H2", " _x0041_\n", excelize.CellTypeInlineString},
		{"kinds", "I2", "", excelize.CellTypeUnset},
		{"kinds", "J2", "1152921504606846976", excelize.CellTypeInlineString},
		{"kinds", "M2", "1900-02-28", excelize.CellTypeInlineString},
		{"wide", "B2", "1", excelize.CellTypeUnset},
		{"wide", "C2", "", excelize.CellTypeUnset},
	} {
		got, err := f.GetCellValue(c.sheet, c.cell)
		if err != nil || got != c.want {
			t.Errorf("%s!%s is %q (%v), want %q", c.sheet, c.cell, got, err, c.want)
		}
		if kind, _ := f.GetCellType(c.sheet, c.cell); kind != c.kind {
			t.Errorf("%s!%s has type %d, want %d", c.sheet, c.cell, kind, c.kind)
		}
		if formula, _ := f.GetCellFormula(c.sheet, c.cell); formula != "" {
			t.Errorf("%s!%s has the formula %q", c.sheet, c.cell, formula)
		}
	}
	// 36525 is 1999-12-31 in Excel; 86399.5 / 86400 of it have passed. Excel and
	// excelize show 15 digits.
	for cell, want := range map[string]string{"F2": "36525", "G2": "36525.999994213"} {
		if got, _ := f.GetCellValue("kinds", cell, excelize.Options{RawCellValue: true}); got != want {
			t.Errorf("kinds!%s is %s, want %s", cell, got, want)
		}
	}
	panes, err := f.GetPanes("kinds")
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	style, err := f.GetCellStyle("kinds", "A1")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := f.GetStyle(style); err != nil || !s.Font.Bold {
		t.Errorf("the header is not bold: %+v, %v", s, err)
	}
	var filters int
	for _, n := range f.GetDefinedName() {
		if strings.Contains(n.Name, "FilterDatabase") {
			filters++
		}
	}
	if filters != 3 {
		t.Errorf("%d sheets have a filter, want 3", filters)
	}
}

// The parts of the workbook come from a map, and its scratch file from 16 MB on.
func TestXLSXSameBytes(t *testing.T) {
	book := func(path string) {
		var sheets []Sheet
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			s := kinds.Sheet(batch(kindsRows(1000)))
			s.Name = name
			sheets = append(sheets, s)
		}
		big := kinds.Sheet(batch(kindsRows(40_000)))
		if err := WriteXLSX(path, "title", append(sheets, big)); err != nil {
			t.Fatal(err)
		}
	}
	if path := os.Getenv("DATASETS_TEST_XLSX"); path != "" {
		book(path)
		return
	}
	read := func(path string) []byte {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	path := filepath.Join(t.TempDir(), "tables.xlsx")
	book(path)
	want := read(path)
	exe := checker(t, "-test.run=^TestXLSXSameBytes$")
	for _, procs := range []string{"1", "2"} {
		cmd := exec.Command(exe[0], exe[1:]...)
		cmd.Env = append(os.Environ(), "GOMAXPROCS="+procs, "TZ=Asia/Almaty", "DATASETS_TEST_XLSX="+path)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if !bytes.Equal(read(path), want) {
			t.Errorf("another process with GOMAXPROCS=%s: other bytes", procs)
		}
	}
}

func TestXLSXRefuses(t *testing.T) {
	broken := errors.New("broken")
	many := func(yield func([]any, error) bool) {
		for yield([]any{"x"}, nil) {
		}
	}
	one := free("s", []Kind{String})
	tooMany, fails := one, one
	tooMany.Rows = many
	fails.Rows = func(yield func([]any, error) bool) { yield(nil, broken) }
	for _, test := range []struct {
		sheets []Sheet
		says   string
	}{
		{[]Sheet{tooMany}, "more than 1048575 rows"},
		{[]Sheet{fails}, "broken"},
		{[]Sheet{free("s", []Kind{String}, []any{strings.Repeat("ж", 32_768)})}, "row 0, column a: text of 32768 characters"},
		{[]Sheet{free("s", []Kind{Float}, []any{math.NaN()})}, "row 0, column a: found NaN"},
		{[]Sheet{free("s", []Kind{String}, []any{"a", "b"})}, "row 0 has 2 cells, expected 1"},
		{[]Sheet{free("s", []Kind{String}, []any{'a'})}, "type int32"},
		{[]Sheet{free("s", []Kind{String}, []any{"\xff"})}, "UTF-8"},
		{[]Sheet{free(strings.Repeat("s", 32), []Kind{String})}, "1 to 31 characters"},
		{[]Sheet{free("a/b", []Kind{String})}, "1 to 31 characters"},
		{[]Sheet{free("s", []Kind{String}), free("S", []Kind{String})}, "exists"},
		{[]Sheet{free("Codebook", []Kind{String})}, "exists"},
	} {
		path := filepath.Join(t.TempDir(), "tables.xlsx")
		wantErr(t, WriteXLSX(path, "", test.sheets), "tables.xlsx", test.says)
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: the file is there", test.says)
		}
	}
}
