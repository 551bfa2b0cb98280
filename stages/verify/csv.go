package verify

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"diplometrics/datasets"
)

// csvReader splits a CSV into cells as they stand there, quotes included, so
// that an empty text and an absent value stay apart.
type csvReader struct {
	r    *bufio.Reader
	line []byte // the record, without its line end
	ends []int  // where each cell ends in line
}

func newCSVReader(r io.Reader) *csvReader { return &csvReader{r: bufio.NewReaderSize(r, 1<<16)} }

// next reads a record; io.EOF after the last. A record with more cells than
// most, or that is longer than cells may be, is an error.
func (c *csvReader) next(most int) error {
	c.line, c.ends = c.line[:0], c.ends[:0]
	quoted := false
	for {
		part, err := c.r.ReadSlice('\n')
		if len(c.line)+len(part) > maxCell {
			return fmt.Errorf("found a line of more than %d bytes", maxCell)
		}
		at := len(c.line)
		c.line = append(c.line, part...)
		for ; at < len(c.line); at++ {
			switch b := c.line[at]; {
			case b == '"':
				quoted = !quoted // a doubled quote closes and opens again
			case b == ',' && !quoted:
				if c.ends = append(c.ends, at); len(c.ends) > most {
					return fmt.Errorf("found more than %d cells in a line", most)
				}
			}
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(c.line) == 0:
			return io.EOF
		case errors.Is(err, io.EOF):
			return fmt.Errorf("it ends in the middle of a line, %.80q", c.line)
		case err != nil:
			return err
		case !quoted:
			c.line = c.line[:len(c.line)-1]
			c.ends = append(c.ends, len(c.line))
			return nil
		}
	}
}

// cell returns cell i, which is valid until the next record.
func (c *csvReader) cell(i int) []byte {
	from := 0
	if i > 0 {
		from = c.ends[i-1] + 1
	}
	return c.line[from:c.ends[i]]
}

// read reads a record of the table's CSV. It is false where the CSV differs so
// that nothing more can be compared.
func (t *table) read(row int64) bool {
	err := t.csv.next(maxColumns)
	switch {
	case errors.Is(err, io.EOF):
		t.fail(Finding{Check: "csv", File: t.CSV, Row: row, Found: fmt.Sprintf("%d rows", max(row-1, 0)), Expected: fmt.Sprintf("%d, as in Parquet", t.footer.Rows)})
	case err != nil:
		t.fail(Finding{Check: "csv", File: t.CSV, Row: row, Found: err.Error(), Expected: "a row as in Parquet"})
	case len(t.csv.ends) != len(t.footer.Fields):
		t.fail(Finding{Check: "csv", File: t.CSV, Row: row, Found: fmt.Sprintf("%d cells", len(t.csv.ends)), Expected: fmt.Sprintf("%d, as Parquet has columns", len(t.footer.Fields))})
	default:
		return true
	}
	t.csv = nil
	return false
}

func (t *table) checkHeader() {
	if t.read(0) {
		for i, f := range t.footer.Fields {
			if got := t.csv.cell(i); string(got) != f.Name {
				t.fail(Finding{Check: "csv", File: t.CSV, Column: f.Name, Found: fmt.Sprintf("the header %.120q", got), Expected: f.Name + ", as in Parquet"})
			}
		}
	}
}

// checkRecords compares the next records with the rows of Parquet, cell by cell.
func (t *table) checkRecords(batch []datasets.Cells, rows int) {
	var want []byte
	for at := range rows {
		if !t.read(t.row + int64(at) + 1) {
			return
		}
		for i, c := range batch {
			want = c.AppendCSV(want[:0], at)
			if got := t.csv.cell(i); !bytes.Equal(got, want) {
				t.fail(Finding{Check: "csv", File: t.CSV, Column: c.Field.Name, Row: t.row + int64(at) + 1, Key: t.keyText(batch, at),
					Found: cellText(got), Expected: cellText(want) + ", as in Parquet"})
			}
		}
		t.n.csv += int64(len(batch))
	}
}

// cellText shows a cell as it stands in the CSV.
func cellText(b []byte) string {
	if len(b) == 0 {
		return "an empty cell"
	}
	return strings.ToValidUTF8(string(b[:min(len(b), 200)]), "?")
}

// checkEnd checks that no record follows the last row.
func (t *table) checkEnd() {
	if err := t.csv.next(maxColumns); !errors.Is(err, io.EOF) {
		t.fail(Finding{Check: "csv", File: t.CSV, Row: t.footer.Rows + 1, Found: "more rows", Expected: fmt.Sprintf("%d, as in Parquet", t.footer.Rows)})
	}
}
