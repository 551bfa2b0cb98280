package adapters

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"diplometrics/stages/study"
)

// splitMapped yields the header and then the rows, or the lines of JSON. A row
// of blank cells is no record.
func splitMapped(m *study.Mapping, r io.Reader, yield func(Record, error) bool) {
	in := bufio.NewReaderSize(r, headBytes)
	if start, _ := in.Peek(3); string(start) == "\xef\xbb\xbf" {
		in.Discard(3)
	}
	top, _ := in.Peek(headBytes)
	if first := bytes.TrimSpace(top); m.Format == "jsonl" || m.Format == "" && len(first) > 0 && (first[0] == '{' || first[0] == '[') {
		splitJSON(in, yield)
		return
	}
	rows := delimitedReader{r: in, d: dialect{quote: '"'}}
	if size, delimiter := separator(top); size > 0 {
		in.Discard(size)
		rows.d.delimiter, rows.line = delimiter, 1
	} else {
		rows.d.delimiter = delimiterOf(skipRows(top, m.Header()-1), 1)
	}
	for _, set := range []struct {
		text string
		to   *byte
	}{{m.Delimiter, &rows.d.delimiter}, {m.Quote, &rows.d.quote}, {m.Escape, &rows.d.escape}} {
		if set.text != "" {
			*set.to = set.text[0]
		}
	}
	width := 0
	for n := 1; ; n++ {
		cells, line, err := rows.next()
		var wrong *RecordError
		switch {
		case errors.Is(err, io.EOF):
			if width == 0 && n > 1 && m.Header() >= n {
				yield(Record{}, fmt.Errorf("%d: the file has %d rows, but header_row is %d", n-1, n-1, m.Header()))
			}
			return
		case errors.As(err, &wrong):
			if n < m.Header() || n == m.Header() && !yield(Record{}, errors.New(wrong.Error())) || n > m.Header() && !yield(Record{Line: line}, wrong) {
				if n < m.Header() {
					continue
				}
				return
			}
			if n == m.Header() {
				return
			}
			continue
		case err != nil:
			yield(Record{}, err)
			return
		case n < m.Header():
			continue
		}
		blank := !slices.ContainsFunc(cells, func(c string) bool { return strings.TrimSpace(c) != "" })
		switch {
		case n == m.Header():
			if blank {
				yield(Record{}, fmt.Errorf("%d: row %d is empty, but header_row says that it names the columns", line, n))
				return
			}
			width = len(cells)
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
		case blank:
			continue
		case width == 0:
			width = len(cells)
			if !yield(Record{Line: line, Cells: letters(width)}, nil) {
				return
			}
		}
		for len(cells) > width && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) != width {
			err = &RecordError{Line: line, Found: shorten(strings.Join(cells, string(rune(rows.d.delimiter))), 200),
				Want: fmt.Sprintf("%d cells, expected the %d of the header; a cell with the delimiter in it needs quotes", len(cells), width)}
		}
		if !yield(Record{Line: line, Cells: cells}, err) {
			return
		}
	}
}

// skipRows is what follows the first n rows of a text.
func skipRows(text []byte, n int) []byte {
	quoted := false
	for i, c := range text {
		if n <= 0 {
			return text[i:]
		}
		if c == '"' {
			quoted = !quoted
		} else if c == '\n' && !quoted {
			n--
		}
	}
	return nil
}

// delimiterOf returns the most frequent delimiter outside quotes in a line.
func delimiterOf(text []byte, line int) byte {
	lines := bytes.SplitN(text, []byte("\n"), line+1)
	count := map[byte]int{}
	quoted := false
	for _, c := range lines[min(line, len(lines))-1] {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			count[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t', '|'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

// letters are the names of columns in a sheet: A, B, …, Z, AA.
func letters(n int) []string {
	names := make([]string, n)
	for i := range names {
		for k := i + 1; k > 0; k = (k - 1) / 26 {
			names[i] = string(rune('A'+(k-1)%26)) + names[i]
		}
	}
	return names
}
