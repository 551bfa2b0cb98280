package adapters

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// splitCrowdTangle yields the header and the rows of a table of CrowdTangle, in
// UTF-8 with or without a byte order mark, separated by commas, semicolons,
// tabs or bars. Cells may hold line ends; stray quotes are text. A row can have
// any number of cells. A last row without a line end may be cut: it is an error
// unless it is as wide as the header and ends with a quote or in a column that
// is not read. So is a header without a line end.
func splitCrowdTangle(r io.Reader, yield func(Record, error) bool) {
	c := &rowCutter{in: bufio.NewReaderSize(r, 1<<16), line: 1}
	var cells *rowParser
	if bom, _ := c.in.Peek(3); string(bom) == "\xef\xbb\xbf" {
		c.in.Discard(3)
	}
	var header []string
	for {
		row, err := c.next()
		if err == io.EOF {
			return
		}
		var wrong *RecordError
		if errors.As(err, &wrong) && header != nil {
			if !yield(Record{}, wrong) {
				return
			}
			continue
		}
		if err != nil {
			yield(Record{}, err)
			return
		}
		first := header == nil
		if first {
			header, c.comma = separate(row.raw)
			if header == nil && row.ended {
				continue // sep=; as Excel writes it
			}
			row.cells, cells = header, newRowParser(c.comma)
		} else if row.cells = cells.parse(row.raw); row.cells == nil {
			if !yield(Record{}, &RecordError{Line: row.line, Found: string(row.raw[:min(len(row.raw), 200)]), Want: "the quotes are wrong"}) {
				return
			}
			continue
		}
		if !row.ended && (first || len(row.cells) != len(header) || !row.quoted && slices.Contains(crowdTangleColumns, header[len(header)-1])) {
			yield(Record{}, errors.New("the last line has no line end, so it may be cut; if it is whole, add a line end"))
			return
		}
		if !yield(Record{Line: row.line, Cells: row.cells}, nil) {
			return
		}
	}
}

// rowCutter cuts a table into rows.
type rowCutter struct {
	in    *bufio.Reader
	comma rune // 0 before the header, which has no line ends in its cells
	line  int64
}

type cutRow struct {
	raw           []byte
	cells         []string
	line          int64
	ended, quoted bool // whether a line end follows; whether its last cell ends with a quote
}

// Where a byte stands in a row.
const (
	cellStart = iota
	inCell
	inQuotes
	afterQuote
)

// next returns the next row that is not empty. A row that is too long or not
// UTF-8 is a *RecordError.
func (c *rowCutter) next() (row cutRow, err error) {
	row.line = c.line
	state, size := cellStart, 0
	for {
		piece, err := c.in.ReadSlice('\n')
		if err != nil && err != bufio.ErrBufferFull && err != io.EOF {
			return row, err
		}
		for _, b := range piece {
			switch {
			case state == inQuotes:
				if b == '"' {
					state = afterQuote
				}
			case b == '"' && c.comma != 0 && state != inCell:
				state = inQuotes
			case c.comma != 0 && b == byte(c.comma):
				state = cellStart
			case b == '\r' || b == '\n':
			case state == afterQuote:
				state = inQuotes
			default:
				state = inCell
			}
		}
		if size += len(piece); size <= MaxRecord {
			row.raw = append(row.raw, piece...)
		}
		row.ended = bytes.HasSuffix(piece, []byte("\n"))
		if row.ended {
			c.line++
		}
		switch {
		case err == io.EOF && size == 0:
			return row, io.EOF
		case err == io.EOF && state == inQuotes:
			return row, fmt.Errorf("a quote of the row in line %d is never closed", row.line)
		case err != io.EOF && (!row.ended || state == inQuotes):
			continue
		case len(bytes.TrimRight(row.raw, "\r\n")) == 0:
			row, state, size = cutRow{line: c.line}, cellStart, 0
			continue
		case size > MaxRecord:
			return row, &RecordError{Line: row.line, Want: fmt.Sprintf("larger than %d MiB", MaxRecord>>20)}
		case !utf8.Valid(row.raw):
			return row, &RecordError{Line: row.line, Want: "not UTF-8; save the file as \"CSV UTF-8\""}
		}
		row.quoted = state == afterQuote
		return row, nil
	}
}

// separate returns the cells of a header and what separates them; no cells for
// the line sep=; with which Excel says what does.
func separate(line []byte) ([]string, rune) {
	text := strings.TrimRight(string(line), "\r\n")
	if sep, ok := strings.CutPrefix(text, "sep="); ok && len(sep) == 1 {
		return nil, rune(sep[0])
	}
	var best []string
	var comma rune
	for _, c := range ",;\t|" {
		if cells := newRowParser(c).parse([]byte(text)); len(cells) > len(best) {
			best, comma = cells, c
		}
	}
	for i, name := range best {
		best[i] = strings.TrimSpace(name)
	}
	if best == nil {
		best = []string{text}
	}
	return best, comma
}

// maxCommas bounds the cells of a row. The text of a post can have many commas.
const maxCommas = 1 << 20

// rowParser parses rows: strictly, or, where that fails, with quotes that break
// the rules as text.
type rowParser struct {
	text  *bytes.Reader
	in    *bufio.Reader
	modes [2]*csv.Reader
}

func newRowParser(comma rune) *rowParser {
	p := &rowParser{text: new(bytes.Reader)}
	p.in = bufio.NewReader(p.text)
	for i := range p.modes {
		r := csv.NewReader(p.in)
		r.Comma, r.FieldsPerRecord, r.LazyQuotes = comma, -1, i > 0
		p.modes[i] = r
	}
	return p
}

// parse returns the cells of one row, nil where it is not one row, or might
// have more cells than memory is for.
func (p *rowParser) parse(raw []byte) []string {
	if bytes.Count(raw, []byte(string(p.modes[0].Comma))) > maxCommas {
		return nil
	}
	for _, r := range p.modes {
		p.text.Reset(raw)
		p.in.Reset(p.text)
		cells, err := r.Read()
		if err != nil {
			continue
		}
		if _, err := r.Read(); err == io.EOF {
			return cells
		}
	}
	return nil
}
