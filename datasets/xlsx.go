package datasets

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Limits of Excel.
const (
	SheetRows     = 1_048_575 // of a sheet, without the header
	maxCellUnits  = 32_767    // UTF-16 code units of text in a cell
	maxSheetName  = 31        // UTF-16 code units
	maxExactInt   = 999_999_999_999_999
	firstExcelDay = Day(-25_508)   // 1900-03-01: before it Excel's calendar has a day too many
	lastExcelDay  = Day(2_932_896) // 9999-12-31
	excelEpoch    = 25_569         // Excel's number of 1970-01-01
	dayMicros     = 86_400_000_000 // microseconds in a day
	widestColumn  = 60             // characters
)

// Sheet is one sheet of a workbook, and its chapter of the codebook.
type Sheet struct {
	Name   string  // at most 31 characters, unique without regard to case
	Doc    string  // what one row is
	Fields []Field // columns, left to right
	// Rows yields rows as long as Fields. A cell is a string, int64, int,
	// float64, bool, Day or Micros, or nil where the value is absent. A row is
	// not kept. Where Rows is nil the workbook has its chapter of the codebook
	// alone.
	Rows iter.Seq2[[]any, error]
}

// Elsewhere is a sheet whose rows are too many for a workbook: its chapter of the
// codebook, which says that they are in file.
func (s Sheet) Elsewhere(rows int, file string) Sheet {
	s.Doc += fmt.Sprintf(" No sheet has its %d rows, more than Excel can hold: they are in %s.", rows, file)
	s.Rows = nil
	return s
}

// Sheet returns the sheet of a table's rows.
func (t *Table[R]) Sheet(rows iter.Seq2[[]R, error]) Sheet {
	s := t.Schema()
	return Sheet{Name: s.Name, Doc: s.Doc, Fields: s.Fields, Rows: func(yield func([]any, error) bool) {
		cells := make([]any, len(t.Columns))
		for batch, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			for r := range batch {
				for i := range cells {
					cells[i] = t.Cell(&batch[r], i)
				}
				if !yield(cells, nil) {
					return
				}
			}
		}
	}}
}

// WriteXLSX writes a workbook: a codebook of all sheets, which starts with the
// title, then the sheets. Text is stored as text, which Excel never runs as a
// formula; numbers (rounded to the 15 digits that Excel shows), booleans, days
// and moments (UTC, to the millisecond) as such; absent values are empty cells.
// Integers of more than 15 digits and days that Excel does not have (before
// 1 March 1900) are stored as text, because Excel would change them. Empty text
// looks like an absent value, and control characters, which XLSX cannot hold,
// become U+FFFD. More rows or longer text than Excel has room for is an error
// that says what to do. The same sheets give the same bytes.
func WriteXLSX(path, title string, sheets []Sheet) error {
	f := excelize.NewFile(excelize.Options{TmpDir: filepath.Dir(path)})
	defer f.Close() // removes its scratch files
	book := workbook{file: f}
	err := book.styles()
	if err == nil {
		err = f.SetDocProps(&excelize.DocProperties{Title: title, Creator: "diplometrics", Created: "2000-01-01T00:00:00Z", Modified: "2000-01-01T00:00:00Z"})
	}
	if err == nil {
		err = book.write(append([]Sheet{codebookSheet(title, sheets)}, sheets...))
	}
	if err == nil {
		err = save(f, path)
	}
	if err != nil {
		return fmt.Errorf("write workbook %s: %w", path, err)
	}
	return nil
}

func save(f *excelize.File, path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	// excelize would hold the whole file.
	f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return &sortedZip{w: file} })
	err = f.Write(io.Discard)
	if err := errors.Join(err, file.Close()); err != nil {
		os.Remove(path)
		return err
	}
	return nil
}

// codebookSheet describes the columns of the sheets.
func codebookSheet(title string, sheets []Sheet) Sheet {
	s := Sheet{Name: "codebook"}
	for _, name := range []string{"table", "column", "type", "unit", "nullable", "definition"} {
		s.Fields = append(s.Fields, Field{Name: name, Kind: String})
	}
	s.Rows = func(yield func([]any, error) bool) {
		if title != "" && !yield([]any{nil, nil, nil, nil, nil, title}, nil) {
			return
		}
		for _, sheet := range sheets {
			if !yield([]any{sheet.Name, nil, nil, nil, nil, sheet.Doc}, nil) {
				return
			}
			for _, f := range sheet.Fields {
				var unit any
				if f.Unit != "" {
					unit = f.Unit
				}
				if !yield([]any{sheet.Name, f.Name, f.Kind.String(), unit, yesNo(f.Nullable), f.Doc}, nil) {
					return
				}
			}
		}
	}
	return s
}

// workbook is a workbook in writing, and the numbers of its styles.
type workbook struct {
	file              *excelize.File
	header, day, time int
}

func (b *workbook) styles() (err error) {
	style := func(s *excelize.Style) (id int) {
		if err == nil {
			id, err = b.file.NewStyle(s)
		}
		return id
	}
	dayFormat, timeFormat := "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
	b.header = style(&excelize.Style{Font: &excelize.Font{Bold: true}})
	b.day = style(&excelize.Style{CustomNumFmt: &dayFormat})
	b.time = style(&excelize.Style{CustomNumFmt: &timeFormat})
	return err
}

func (b *workbook) write(sheets []Sheet) error {
	seen := map[string]bool{}
	for i, s := range sheets {
		lower := strings.ToLower(s.Name)
		switch {
		case len(s.Fields) == 0:
			return fmt.Errorf("sheet %q: it has no columns", s.Name)
		case s.Name == "" || utf16Len(s.Name) > maxSheetName || strings.ContainsAny(s.Name, `:\/?*[]'`):
			return fmt.Errorf("sheet %q: a name has 1 to %d characters and none of : \\ / ? * [ ] '", s.Name, maxSheetName)
		case seen[lower]:
			return fmt.Errorf("sheet %q: a sheet of this name exists", s.Name)
		}
		seen[lower] = true
		var err error
		if s.Rows == nil {
			continue
		}
		if i == 0 {
			err = b.file.SetSheetName("Sheet1", s.Name)
		} else {
			_, err = b.file.NewSheet(s.Name)
		}
		if err == nil {
			err = b.writeSheet(s)
		}
		if err != nil {
			return fmt.Errorf("sheet %s: %w", s.Name, err)
		}
	}
	return nil
}

// sampleRows is the number of rows from which the widths of columns are taken.
const sampleRows = 200

func (b *workbook) writeSheet(s Sheet) error {
	// Its default, A1, would make readers that trust it see one cell.
	if err := b.file.SetSheetDimension(s.Name, ""); err != nil {
		return err
	}
	w, err := b.file.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	next, stop := iter.Pull2(s.Rows)
	defer stop()

	// Widths stand before the rows in the file.
	header := make([]any, len(s.Fields))
	widths := make([]int, len(s.Fields))
	for i, f := range s.Fields {
		header[i] = excelize.Cell{StyleID: b.header, Value: f.Name}
		widths[i] = len(f.Name) + 3 // the filter's button
	}
	var rows [][]any
	for len(rows) < sampleRows {
		row, err, ok := next()
		if !ok {
			break
		}
		if row, err = b.cells(s, len(rows), row, err); err != nil {
			return err
		}
		for i, c := range row {
			widths[i] = max(widths[i], width(c))
		}
		rows = append(rows, row)
	}
	for i, n := range widths {
		if err := w.SetColWidth(i+1, i+1, float64(min(n, widestColumn))); err != nil {
			return err
		}
	}
	if err := w.SetRow("A1", header); err != nil {
		return err
	}
	n := 0
	put := func(row []any) error {
		cell, err := excelize.CoordinatesToCellName(1, n+2)
		if err != nil {
			return err
		}
		n++
		return w.SetRow(cell, row)
	}
	for _, row := range rows {
		if err := put(row); err != nil {
			return err
		}
	}
	for len(rows) == sampleRows {
		row, err, ok := next()
		if !ok {
			break
		}
		if row, err = b.cells(s, n, row, err); err != nil {
			return err
		}
		if err := put(row); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(len(s.Fields), n+1)
	if err != nil {
		return err
	}
	if err := b.file.AutoFilter(s.Name, "A1:"+last, nil); err != nil {
		return err
	}
	return w.Flush()
}

// cells returns row n of a sheet as excelize takes it.
func (b *workbook) cells(s Sheet, n int, row []any, err error) ([]any, error) {
	switch {
	case err != nil:
		return nil, err
	case n == SheetRows:
		return nil, fmt.Errorf("it has more than %d rows, the most that Excel can hold; leave it out of the workbook and use its Parquet or CSV file", SheetRows)
	case len(row) != len(s.Fields):
		return nil, fmt.Errorf("row %d has %d cells, expected %d", n, len(row), len(s.Fields))
	}
	out := make([]any, len(row))
	for i, v := range row {
		c, err := b.cell(v)
		if err != nil {
			return nil, fmt.Errorf("row %d, column %s: %w", n, s.Fields[i].Name, err)
		}
		out[i] = c
	}
	return out, nil
}

func (b *workbook) cell(v any) (any, error) {
	switch v := v.(type) {
	case nil, bool:
		return v, nil
	case int:
		return b.cell(int64(v))
	case int64:
		if v > maxExactInt || v < -maxExactInt {
			return fmt.Sprint(v), nil
		}
		return v, nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("found %v, expected a finite number; what cannot be computed must be absent", v)
		}
		return shown(v), nil
	case string:
		switch {
		case !utf8.ValidString(v):
			return nil, fmt.Errorf("found text that is not UTF-8 (%.60q); decode it where it is read", v)
		case utf16Len(v) > maxCellUnits:
			return nil, fmt.Errorf("text of %d characters, the most that Excel can hold in a cell are %d; leave the sheet out of the workbook and use its Parquet or CSV file", utf16Len(v), maxCellUnits)
		}
		return v, nil
	case Day:
		if v < firstExcelDay || v > lastExcelDay {
			return v.String(), nil
		}
		return excelize.Cell{StyleID: b.day, Value: int64(v) + excelEpoch}, nil
	case Micros:
		if d := v.Day(); d < firstExcelDay || d > lastExcelDay {
			return v.String(), nil
		}
		days := math.Floor(float64(v) / dayMicros)
		rest := float64(v) - days*dayMicros
		return excelize.Cell{StyleID: b.time, Value: shown(days + excelEpoch + rest/dayMicros)}, nil
	}
	return nil, fmt.Errorf("a cell cannot hold a value of type %T", v)
}

// shown returns the number rounded to the 15 significant digits that Excel
// shows. excelize would cut it there, so that 2/3 would end in 6.
func shown(v float64) float64 {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		return v // rounded up, it would be infinite
	}
	return rounded
}

// width is about the number of characters that a cell shows.
func width(cell any) int {
	switch c := cell.(type) {
	case nil:
		return 0
	case string:
		longest := 0
		for line := range strings.Lines(c) {
			longest = max(longest, utf8.RuneCountInString(line))
		}
		return longest + 1
	case excelize.Cell:
		return len("2006-01-02 15:04:05") + 1
	}
	return min(len(fmt.Sprint(cell)), 12) + 1
}

func utf16Len(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// sortedZip writes the parts of a workbook sorted by name: excelize hands them
// over in the order of a map. Each part waits, compressed, in an archive of its
// own. Parts have no times.
type sortedZip struct {
	w     io.Writer
	parts []*zipPart
}

type zipPart struct {
	name    string
	data    bytes.Buffer
	archive *zip.Writer
}

func (z *sortedZip) Create(name string) (io.Writer, error) {
	part := &zipPart{name: name}
	part.archive = zip.NewWriter(&part.data)
	z.parts = append(z.parts, part)
	return part.archive.Create(name)
}

// AddFS is asked for by excelize's interface and never called.
func (z *sortedZip) AddFS(fs.FS) error { return errors.ErrUnsupported }

func (z *sortedZip) Close() error {
	slices.SortFunc(z.parts, func(a, b *zipPart) int { return strings.Compare(a.name, b.name) })
	out := zip.NewWriter(z.w)
	for _, p := range z.parts {
		if err := p.archive.Close(); err != nil {
			return err
		}
		in, err := zip.NewReader(bytes.NewReader(p.data.Bytes()), int64(p.data.Len()))
		if err != nil {
			return err
		}
		if err := out.Copy(in.File[0]); err != nil {
			return err
		}
	}
	return out.Close()
}
