package adapters

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// book writes a workbook.
func book(t testing.TB, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	file := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWorkbook(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		style := func(code string) int {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		builtin, _ := f.NewStyle(&excelize.Style{NumFmt: 17})
		for i, c := range []struct {
			value any
			style int
		}{
			{"text", 0}, {"  kept \"quotes\", and\ntwo lines", 0}, {12400, 0}, {12400.0, style("# ##0")}, {0.1 + 0.2, 0}, {50.8, style(`0.0"K"`)},
			{45322, style("yyyy-mm-dd")}, {45322, style("DD.MM.YYYY")}, {45322.395833333336, style("dd.mm.yyyy hh:mm")}, {45322, style(`[$-419]mmmm\ yyyy;@`)}, {45322, builtin},
			{0.395833333333333, style("h:mm")}, {45322, style("yyyy-mm-dd hh:mm")}, {true, 0}, {1234567890123456789, 0}, {123456789012345, 0}, {-1.5, style("#,##0.00;[Red]-#,##0.00")},
			{45322, style(`"d"0`)}, {nil, 0}, {"end", 0},
		} {
			cell, _ := excelize.CoordinatesToCellName(1+i%5, 1+i/5)
			f.SetCellValue("Sheet1", cell, c.value)
			if c.style != 0 {
				f.SetCellStyle("Sheet1", cell, cell, c.style)
			}
		}
		f.SetCellRichText("Sheet1", "A6", []excelize.RichTextRun{{Text: "rich "}, {Text: "text", Font: &excelize.Font{Bold: true}}})
		f.SetCellValue("Sheet1", "B9", "after two empty rows")
		f.NewSheet("лист 2")
		f.SetCellStr("лист 2", "A1", "other")
		f.NewSheet("hidden")
		f.SetSheetVisible("hidden", false)
	})
	want := "text,\"  kept \"\"quotes\"\", and\ntwo lines\",12400,12400,0.3\n" +
		"50.8,2024-01-31,2024-01-31,2024-01-31T09:30:00,2024-01-31\n" +
		"2024-01-31,09:30:00,2024-01-31T00:00:00,true,1.2345678901234568E+18\n" +
		"123456789012345,-1.5,45322,,end\n\nrich text,,,,\n\n\n,after two empty rows,,,\n"
	got, name, err := readAll(file, "", "")
	if err != nil || got != want || name != "book.xlsx" {
		t.Errorf("%s, %v:\n%q\nwant\n%q", name, err, got, want)
	}
	if got, _, err := readAll(file, "", "лист 2"); got != "other\n" || err != nil {
		t.Errorf("the second sheet: %q, %v", got, err)
	}
	if _, err := Open(file, "", "Лист"); err == nil || err.Error() != `the workbook has no sheet "Лист"; it has Sheet1, лист 2, hidden` {
		t.Errorf("got %v", err)
	}
	in, err := Open(file, "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	io.Copy(io.Discard, in)
	// The first row has two lines.
	for line, row := range map[int64]int64{1: 1, 3: 2, 4: 3, 5: 4, 7: 6, 10: 9} {
		if in.Row(line) != row {
			t.Errorf("line %d is row %d, want %d", line, in.Row(line), row)
		}
	}
}

// A workbook that is cut or damaged anywhere is refused or ends in an error.
func TestWorkbookDamaged(t *testing.T) {
	data, err := os.ReadFile(book(t, func(f *excelize.File) {
		for i := range 300 {
			f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &[]any{"mfa_one", i, 0.5 + float64(i), "text " + fmt.Sprint(i*i)})
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	whole, _, err := readAll(write(t, "a.xlsx", data), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if _, _, err := readAll(write(t, "a.xlsx", data[:len(data)*i/40]), "", ""); i > 0 && err == nil {
			t.Errorf("cut at %d/40: no error", i)
		}
		bad := bytes.Clone(data)
		bad[len(data)*i/40+10] ^= 0xff
		if got, _, err := readAll(write(t, "a.xlsx", bad), "", ""); err == nil && got != whole {
			t.Errorf("a changed byte at %d/40 changes the text and is not noticed", i)
		}
	}
}

// A cell that expands to more than a record may have is not held.
func TestWorkbookLongCell(t *testing.T) {
	if testing.Short() {
		t.Skip("70 MB in one cell")
	}
	data, err := os.ReadFile(book(t, func(f *excelize.File) { f.SetCellStr("Sheet1", "A1", "a") }))
	if err != nil {
		t.Fatal(err)
	}
	const sheet = "xl/worksheets/sheet1.xml"
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		if f.Name != sheet {
			if err := z.Copy(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	w, err := z.Create(sheet)
	if err != nil {
		t.Fatal(err)
	}
	io.WriteString(w, `<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>`)
	for range 70 {
		w.Write(bytes.Repeat([]byte{'a'}, 1<<20))
	}
	io.WriteString(w, `</v></c></row></sheetData></worksheet>`)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := write(t, "a.xlsx", out.Bytes())
	peak := peakOf(func() { _, _, err = readAll(file, "", "") })
	if err == nil || !strings.Contains(err.Error(), "row 1 of the sheet takes more than 8 MiB") || peak > longPeak {
		t.Errorf("%d MiB, %v", peak>>20, err)
	}
}

// The templates and every other adapter of delimited text read workbooks.
func TestWorkbookThroughAdapter(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A1", &[]any{"platform", "handle", "observed_at", "followers", "locator"})
		f.SetSheetRow("Sheet1", "A2", &[]any{"x", "mfa_one", "2024-01-31", "50.8K", "two\nlines"})
		f.SetSheetRow("Sheet1", "A4", &[]any{"x", "mfa_two", "2024-01-31", 12400})
	})
	in, err := Open(file, "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if !AccountSnapshotsCSV.Detect(in.Head, in.Name) {
		t.Error("not detected")
	}
	b, err := AccountSnapshotsCSV.Read(context.Background(), in, File{Name: in.Name}, 1)
	if err != nil || len(b.Snapshots) != 2 || b.Snapshots[0].Row.Locator.V != "two\nlines" {
		t.Fatalf("%+v, %v", b, err)
	}
	if line := b.Snapshots[1].Line; line != 5 || in.Row(line) != 4 {
		t.Errorf("line %d, row %d", line, in.Row(line))
	}
}
