package adapters

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// splitCrowdTangle yields the header and the rows of a table of CrowdTangle, in
// UTF-8 with or without a byte order mark, separated by commas, semicolons,
// tabs or bars. Cells may hold line ends; stray quotes are text. A row can have
// any number of cells. A last row without a line end may be cut: it is an error
// unless it is as wide as the header and ends with a quote or in a column that
// is not read. So is a header without a line end.
func splitCrowdTangle(r io.Reader, yield func(Record, error) bool) {
	c := &rowCutter{blocks: blocks{r: r}, line: 1}
	for len(c.rest()) < 3 && c.more() {
	}
	if bytes.HasPrefix(c.rest(), []byte("\xef\xbb\xbf")) {
		c.take(3)
	}
	var cells *rowParser
	var header []string
	for {
		row, err := c.next()
		if err == io.EOF {
			return
		}
		if err != nil {
			var wrong *RecordError
			if !errors.As(err, &wrong) || header == nil {
				yield(Record{}, err)
				return
			}
			if !yield(Record{}, err) {
				return
			}
			continue
		}
		if header != nil && row.ended && c.comma != 0 {
			if !yield(Record{Line: row.line, Raw: row.raw, delimiter: c.comma, block: c.held}, nil) {
				return
			}
			continue
		}
		rec := Record{Line: row.line}
		first := header == nil
		if wrong := validRow(row.raw, row.line); wrong != nil {
			if !yield(Record{}, wrong) || first {
				return
			}
			continue
		}
		if first {
			var comma rune
			header, comma = separate(row.raw)
			c.comma = byte(comma)
			if header == nil && row.ended {
				continue // sep=; as Excel writes it
			}
			rec.Cells, cells = header, newRowParser(comma)
		} else if rec.Cells = cells.parse(row.raw); rec.Cells == nil {
			if !yield(Record{}, wrongQuotes(row.raw, row.line)) {
				return
			}
			continue
		}
		if !row.ended && (first || len(rec.Cells) != len(header) || !row.quoted && slices.Contains(crowdTangleColumns, header[len(header)-1])) {
			yield(Record{}, errors.New("the last line has no line end, so it may be cut; if it is whole, add a line end"))
			return
		}
		if !yield(rec, nil) {
			return
		}
	}
}

// rowCutter cuts a table into rows, and looks at quotes and line ends alone.
type rowCutter struct {
	blocks
	comma byte // 0 before the header, which has no line ends in its cells
	line  int64
}

type cutRow struct {
	raw           []byte
	line          int64
	ended, quoted bool // whether a line end follows; whether its last cell ends with a quote
}

// Where a byte stands in a row.
const (
	outsideQuotes = iota
	inQuotes
	afterQuote
)

// next returns the next row that is not empty. A row that is too long is a
// *RecordError.
func (c *rowCutter) next() (cutRow, error) {
	row := cutRow{line: c.line}
	var (
		state   = outsideQuotes
		text    = c.rest() // the row at hand and what follows
		i       int        // what was looked at of text
		lineEnd = -1       // the next, from i on; the size of text where there is none
		before  = c.comma  // what comes before text, but CR: the start of a row is that of a cell
		dropped int        // bytes of a row that is too long
		blank   = true     // those were all CR
	)
	for {
		for i < len(text) && !row.ended {
			switch state {
			case outsideQuotes:
				if lineEnd < i {
					lineEnd = len(text)
					if k := bytes.IndexByte(text[i:], '\n'); k >= 0 {
						lineEnd = i + k
					}
				}
				quote := -1
				if c.comma != 0 {
					quote = bytes.IndexByte(text[i:lineEnd], '"')
				}
				if quote < 0 {
					row.ended = lineEnd < len(text)
					i = min(lineEnd+1, len(text))
					break
				}
				i += quote + 1
				if lastOf(text[:i-1], before) == c.comma {
					state = inQuotes
				}
			case inQuotes:
				quote := bytes.IndexByte(text[i:], '"')
				if quote < 0 {
					i = len(text)
					break
				}
				i += quote + 1
				state = afterQuote
			case afterQuote:
				switch b := text[i]; {
				case b == c.comma && b != '"':
					state = outsideQuotes
				case b == '\n':
					row.ended = true
				case b != '\r':
					state = inQuotes
				}
				i++
			}
		}
		if !row.ended {
			if dropped > 0 || len(text) > MaxRecord {
				c.line += int64(bytes.Count(text, []byte("\n")))
				before = lastOf(text, before)
				blank = blank && len(bytes.Trim(text, "\r")) == 0
				dropped += len(text)
				c.take(len(text))
				i = 0
			}
			lineEnd = -1
			if c.more() {
				text = c.rest()
				continue
			}
			text = c.rest()
			if c.err != io.EOF || dropped+len(text) == 0 {
				return row, c.err
			}
			if state == inQuotes {
				return row, fmt.Errorf("a quote of the row in line %d is never closed", row.line)
			}
		}
		row.raw = c.take(i)
		c.line += int64(bytes.Count(row.raw, []byte("\n")))
		switch {
		case blank && len(bytes.TrimRight(row.raw, "\r\n")) == 0:
			row = cutRow{line: c.line}
			text = c.rest()
			state, i, lineEnd, before, dropped, blank = outsideQuotes, 0, -1, c.comma, 0, true
			continue
		case dropped+len(row.raw) > MaxRecord:
			return row, &RecordError{Line: row.line, Want: fmt.Sprintf("larger than %d MiB", MaxRecord>>20)}
		}
		row.quoted = state == afterQuote
		return row, nil
	}
}

// lastOf is the last byte of text that is no CR; before where there is none.
func lastOf(text []byte, before byte) byte {
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] != '\r' {
			return text[i]
		}
	}
	return before
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
