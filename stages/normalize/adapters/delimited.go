package adapters

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"
)

// dialect is how a delimited text is written.
type dialect struct {
	delimiter, quote byte
	escape           byte // takes a quote or itself its meaning; 0 where there is none
}

// separator reads the line sep=; that Excel understands, and writes, at the
// start of a table: its size, 0 where there is none, and what separates cells.
func separator(text []byte) (size int, delimiter byte) {
	if m := sepLine.FindSubmatch(text); m != nil {
		return len(m[0]), m[1][0]
	}
	return 0, 0
}

var sepLine = regexp.MustCompile(`^"?sep=([^\r\n])"?\r?\n`)

// delimitedReader cuts delimited text into rows: cells may hold line ends and
// doubled quotes inside quotes. It holds one row at a time, of at most
// MaxRecord bytes and maxColumns cells.
type delimitedReader struct {
	r    *bufio.Reader
	d    dialect
	line int64 // lines read

	buf  []byte // cells of the row one after the other
	ends []int
}

// next returns the cells of the next row and the line on which it starts; a
// blank line is a row of one empty cell. A *RecordError is about the row, and
// the next one can be read; io.EOF is the end.
func (d *delimitedReader) next() (cells []string, line int64, err error) {
	line = d.line + 1
	if _, err := d.r.Peek(1); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.EOF
		}
		return nil, line, err
	}
	if cells := d.whole(); cells != nil {
		return cells, line, nil
	}
	d.buf, d.ends = d.buf[:0], d.ends[:0]
	var (
		wrong      string
		size       int
		quoted     bool // the cell is in quotes that are open
		closed     bool // the cell was in quotes that are closed
		start      = true
		opened     = line
		finishCell = func() {
			if len(d.ends) == maxColumns && wrong == "" {
				wrong = fmt.Sprintf("the row has more than %d cells; check the delimiter and the quotes before it", maxColumns)
			} else if len(d.ends) < maxColumns {
				d.ends = append(d.ends, len(d.buf))
			}
			start, closed = true, false
		}
	)
	for {
		c, err := d.r.ReadByte()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				return nil, line, err
			}
			d.line++
			if quoted && wrong == "" {
				wrong = fmt.Sprintf("the quotes that open on line %d are not closed before the end; the file is cut, or the quotes are wrong", opened)
			}
			finishCell()
			break
		}
		if size++; size == MaxRecord+1 {
			wrong = fmt.Sprintf("the row is longer than %d MiB; check the quotes before it", MaxRecord>>20)
		}
		if size > MaxRecord {
			d.buf, d.ends = d.buf[:0], d.ends[:0]
		}
		if c == '\r' {
			if n, _ := d.r.Peek(1); len(n) == 1 && n[0] == '\n' {
				continue
			}
		}
		if quoted {
			switch {
			case d.d.escape != 0 && c == d.d.escape && c != d.d.quote:
				if n, _ := d.r.Peek(1); len(n) == 1 && (n[0] == d.d.quote || n[0] == d.d.escape) {
					c, _ = d.r.ReadByte()
					size++
				}
				d.buf = append(d.buf, c)
			case c == d.d.quote:
				if n, _ := d.r.Peek(1); len(n) == 1 && n[0] == d.d.quote {
					d.r.ReadByte()
					size++
					d.buf = append(d.buf, c)
				} else {
					quoted, closed = false, true
				}
			default:
				if c == '\n' {
					d.line++
				}
				d.buf = append(d.buf, c)
			}
			continue
		}
		switch {
		case c == '\n':
			d.line++
			finishCell()
		case c == d.d.delimiter:
			finishCell()
			continue
		case c == d.d.quote && start:
			quoted, start, opened = true, false, d.line+1
			continue
		default:
			if closed && c != ' ' && wrong == "" {
				wrong = "text follows closed quotes; double the quotes inside the cell"
			}
			start = false
			d.buf = append(d.buf, c)
			continue
		}
		break
	}
	if wrong == "" && !utf8.Valid(d.buf) {
		wrong = "not UTF-8; save the file as UTF-8, or give its encoding in study.toml"
	}
	if wrong != "" {
		return nil, line, &RecordError{Line: line, Found: string(bytes.ToValidUTF8(d.buf[:min(len(d.buf), 200)], []byte("\ufffd"))), Want: wrong}
	}
	text, from := string(d.buf), 0
	cells = make([]string, len(d.ends))
	for i, end := range d.ends {
		cells[i] = text[from:end]
		from = end
	}
	return cells, line, nil
}

// whole returns the cells of the next row where all of it was read already and
// nothing is wrong with it; nil where next has to look at each byte.
func (d *delimitedReader) whole() []string {
	if !d.d.plain() {
		return nil
	}
	text, _ := d.r.Peek(d.r.Buffered())
	var n int
	d.buf, d.ends, n = d.d.cutCells(text, d.buf[:0], d.ends[:0])
	if n == 0 || len(d.ends) > maxColumns {
		return nil
	}
	d.line += int64(bytes.Count(text[:n], []byte("\n")))
	d.r.Discard(n)
	return appendCells(make([]string, 0, len(d.ends)), string(d.buf), d.ends)
}

// plain tells whether cutCells knows the dialect.
func (d dialect) plain() bool {
	ends := func(c byte) bool { return c == '\r' || c == '\n' }
	return d.escape == 0 && d.delimiter != d.quote && !ends(d.delimiter) && !ends(d.quote)
}
