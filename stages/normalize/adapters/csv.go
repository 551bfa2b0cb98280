package adapters

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// splitCSV yields the header and then the rows of a delimited file with a
// header, in UTF-8 with or without a byte order mark. Of comma, semicolon, tab
// and bar the delimiter is the most frequent in the header: where the comma is
// the decimal mark, Excel writes semicolons. A row of blank cells is no record.
// The first thing that is wrong ends it.
func splitCSV(r io.Reader, yield func(Record, error) bool) {
	limit := &rowLimit{r: r, left: maxSheetRow}
	text := bufio.NewReaderSize(limit, headBytes)
	if mark, _ := text.Peek(3); string(mark) == "\xef\xbb\xbf" {
		text.Discard(3)
	}
	head, _ := text.Peek(headBytes)
	size, comma := separator(head)
	if size == 0 {
		comma = delimiterOf(head, 1)
	}
	text.Discard(size)
	cr := csv.NewReader(text)
	cr.Comma = rune(comma)
	width, line := 0, 0
	above := 0 // lines before the header
	if size > 0 {
		above = 1
	}
	for {
		limit.left = maxSheetRow
		cells, err := cr.Read()
		if err == io.EOF {
			return
		}
		var pe *csv.ParseError
		switch {
		case errors.Is(err, csv.ErrFieldCount):
			yield(Record{}, fmt.Errorf("%d: found %d cells, expected the %d of the header; a cell with the delimiter in it needs quotes", above+pe2line(err), len(cells), width))
			return
		case errors.Is(err, errLongRow):
			yield(Record{}, fmt.Errorf("%d: the row after this line is longer than %d MiB; check the quotes before it", line, maxSheetRow>>20))
			return
		case errors.As(err, &pe):
			yield(Record{}, fmt.Errorf("%d: column %d: %v; check the quotes", above+pe.StartLine, pe.Column, pe.Err))
			return
		case err != nil:
			yield(Record{}, err)
			return
		}
		line, _ = cr.FieldPos(0)
		line += above
		if width == 0 {
			width = len(cells)
		} else if !slices.ContainsFunc(cells, func(c string) bool { return c != "" }) {
			continue
		}
		for i, cell := range cells {
			at, _ := cr.FieldPos(i)
			at += above
			if !utf8.ValidString(cell) {
				yield(Record{}, fmt.Errorf("%d: not UTF-8; save the file as \"CSV UTF-8\"", at+datasets.FirstInvalidUTF8(cell)-1))
				return
			}
			if why := unprintable(cell); why != "" {
				yield(Record{}, fmt.Errorf("%d: column %d: %s", at, i+1, why))
				return
			}
		}
		if !yield(Record{Line: int64(line), Cells: cells}, nil) {
			return
		}
	}
}

// maxSheetRow is the size of the largest row of a table that people fill in, in
// bytes: more than the longest cells of all its columns take.
const maxSheetRow = 4 << 20

var errLongRow = errors.New("a row is longer than any that is read")

// rowLimit reads on until more was read than a row may have. Who reads rows
// sets left before each.
type rowLimit struct {
	r    io.Reader
	left int
}

func (l *rowLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLongRow
	}
	n, err := l.r.Read(p)
	l.left -= n
	return n, err
}

// longest is the most text that a cell may hold, in UTF-16 code units: Excel's
// limit, so that every table opens there.
const longest = 32_767

// unprintable says why no table can hold a text, or "".
func unprintable(cell string) string {
	units := 0
	for _, r := range cell {
		switch {
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r == 0x7f, r == 0xfffe, r == 0xffff:
			return fmt.Sprintf("found the control character U+%04X; remove it", r)
		case r > 0xffff:
			units++
		}
		units++
	}
	if units > longest {
		return fmt.Sprintf("found %d characters in one cell, expected at most %d; shorten it", units, longest)
	}
	return ""
}

func pe2line(err error) int {
	var pe *csv.ParseError
	if errors.As(err, &pe) {
		return pe.StartLine
	}
	return 0
}

// detectHeader tells whether the first line of a CSV file has all the columns.
func detectHeader(columns ...string) func(head []byte, name string) bool {
	return func(head []byte, name string) bool {
		cells := headerCells(head)
		for _, c := range columns {
			if !slices.Contains(cells, c) {
				return false
			}
		}
		return true
	}
}

// headerCells returns the cells of the first line of a table, nil where it is
// none. A line sep= before it is passed over.
func headerCells(head []byte) []string {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	size, comma := separator(head)
	line, _, _ := bytes.Cut(head[size:], []byte("\n"))
	if size == 0 {
		comma = delimiterOf(line, 1)
	}
	cr := csv.NewReader(bytes.NewReader(line))
	cr.Comma = rune(comma)
	cells, err := cr.Read()
	if err != nil {
		return nil
	}
	return cells
}

// layout is the header of a table that people fill in.
type layout struct {
	required, optional []string
}

// columns finds each column of the layout in the header. A missing required
// column, an unknown one, or one that stands twice is an error.
func (l layout) columns(header []string) (map[string]int, error) {
	all := append(slices.Clone(l.required), l.optional...)
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t") {
		return nil, &RecordError{Line: 1, Field: "header", Found: header[0], Want: "expected columns parted by commas; save the file as \"CSV UTF-8 (comma delimited)\""}
	}
	at := map[string]int{}
	for i, name := range header {
		if !slices.Contains(all, name) {
			return nil, &RecordError{Line: 1, Field: "header", Found: name, Want: "unknown column; " + study.Nearest(name, all)}
		}
		if _, ok := at[name]; ok {
			return nil, &RecordError{Line: 1, Field: "header", Found: name, Want: "the column stands twice; keep one"}
		}
		at[name] = i
	}
	for _, name := range l.required {
		if _, ok := at[name]; !ok {
			return nil, &RecordError{Line: 1, Field: name, Found: strings.Join(header, ","), Want: "the column " + name + " is missing; add it to the header"}
		}
	}
	return at, nil
}

// cells reads the cells of one record by column name and keeps the first error.
type cells struct {
	rec  Record
	at   map[string]int
	zone *time.Location // of times without an offset; nil where not given
	err  error
}

func (c *cells) fail(field, found, want string) {
	if c.err == nil {
		c.err = &RecordError{Line: c.rec.Line, Field: field, Found: found, Want: want}
	}
}

func (c *cells) raw(field string) string {
	i, ok := c.at[field]
	if !ok {
		return ""
	}
	return c.rec.Cells[i]
}

// column is where a column stands whose cells are read by place: looking up a
// name takes longer than reading most cells.
type column struct {
	name string
	at   int // -1 where it is missing
}

func columnAt(at map[string]int, name string) column {
	if i, ok := at[name]; ok {
		return column{name, i}
	}
	return column{name, -1}
}

// cell is as raw, by place.
func (c *cells) cell(of column) string {
	if of.at < 0 {
		return ""
	}
	return c.rec.Cells[of.at]
}

// text returns a cell that must not be empty.
func (c *cells) text(field string) string {
	s := c.raw(field)
	if strings.TrimSpace(s) == "" {
		c.fail(field, s, "expected a text")
	}
	return s
}

func (c *cells) optText(field string) datasets.Opt[string] {
	if s := c.raw(field); s != "" {
		return datasets.Some(s)
	}
	return datasets.None[string]()
}

func (c *cells) oneOf(field string, valid []string) string {
	s := c.raw(field)
	if !slices.Contains(valid, s) {
		c.fail(field, s, study.Nearest(s, valid))
	}
	return s
}

func (c *cells) optOneOf(field string, valid []string) datasets.Opt[string] {
	if c.raw(field) == "" {
		return datasets.None[string]()
	}
	return datasets.Some(c.oneOf(field, valid))
}

// optCount returns a whole number from 0; an empty cell is absent.
func (c *cells) optCount(field string) datasets.Opt[int64] {
	return c.optCountOf(columnAt(c.at, field))
}

func (c *cells) optCountOf(of column) datasets.Opt[int64] {
	s := c.cell(of)
	if s == "" {
		return datasets.None[int64]()
	}
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil || v < 0 || v >= largest {
		c.fail(of.name, s, "expected a whole number from 0 without spaces or separators, or an empty cell")
	}
	return datasets.Some(v)
}

// plainDecimal is the syntax of numbers in sheets.
var plainDecimal = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// largest bounds numbers in sheets: no count or share of this field comes near.
const largest = 1e15

// optNumber returns a decimal number; an empty cell is absent.
func (c *cells) optNumber(field string) datasets.Opt[float64] {
	s := c.raw(field)
	if s == "" {
		return datasets.None[float64]()
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !plainDecimal.MatchString(s) {
		c.fail(field, s, "expected a number with a decimal point and without separators, or an empty cell")
	}
	if math.Abs(v) >= largest {
		c.fail(field, s, "expected a number below 1e15")
	}
	return datasets.Some(v)
}

// date returns a cell; of a sheet's moment that is a midnight only the day.
func (c *cells) date(field string) string { return strings.TrimSuffix(c.raw(field), "T00:00:00") }

func (c *cells) day(field string) datasets.Day {
	d, err := study.ParseDay(c.date(field))
	if err != nil {
		c.fail(field, c.raw(field), "expected a date like 2024-01-31")
	}
	return d
}

func (c *cells) optDay(field string) datasets.Opt[datasets.Day] {
	if c.raw(field) == "" {
		return datasets.None[datasets.Day]()
	}
	return datasets.Some(c.day(field))
}

func (c *cells) optCountry(field string) datasets.Opt[string] {
	s := c.raw(field)
	if s == "" {
		return datasets.None[string]()
	}
	if err := study.CheckCountry(s); err != nil {
		c.fail(field, s, strings.SplitN(err.Error(), "; ", 2)[1])
	}
	return datasets.Some(s)
}

// moment reads a UTC time with offset, or a date where the precision is
// coarser than a second. Years from 1970 to 2200 are times that an account can
// have been seen at.
func (c *cells) moment(field, precision string) datasets.Micros {
	m := c.anyMoment(field, precision)
	if y := m.Time().Year(); c.err == nil && (y < 1970 || y > 2200) {
		c.fail(field, c.raw(field), "expected a year from 1970 to 2200")
	}
	return m
}

func (c *cells) anyMoment(field, precision string) datasets.Micros {
	s := c.raw(field)
	if precision != "second" {
		d, err := study.ParseDay(c.date(field))
		if err != nil {
			c.fail(field, s, "expected a date like 2024-01-31, the first of the "+precision)
		}
		return d.Micros()
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil && c.zone != nil {
		t, err = time.ParseInLocation("2006-01-02T15:04:05", s, c.zone)
	}
	if err != nil {
		c.fail(field, s, "expected a time with its offset like 2024-01-31T09:30:00Z, or a date like 2024-01-31; zone in study.toml is that of times without an offset")
	}
	return datasets.MicrosOf(t)
}

func (c *cells) ref() Ref {
	r := Ref{Platform: c.oneOf("platform", study.Platforms), ID: c.raw("account_id"), Handle: strings.TrimPrefix(c.raw("handle"), "@")}
	if r.ID == "" && r.Handle == "" {
		c.fail("handle", "", "expected a handle or an account_id")
	}
	if isRuined(r.ID) {
		c.fail("account_id", r.ID, ruined)
	}
	return r
}
