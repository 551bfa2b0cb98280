package adapters

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fastjson"
	"github.com/zeebo/xxh3"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// Mapping is the adapter of any table that [source.mapping] describes. It
// recognizes nothing by itself: Mapped gives the one of a mapping.
var Mapping = Adapter{
	Name: "mapping", Tables: []string{"posts", "account_snapshots", "account_windows"}, Version: 3,
	Doc:    "Any table as CSV, TSV, XLSX or JSON lines, by the table [source.mapping] of study.toml: which columns are which fields, how their times, numbers and missing values are written, which columns stand side by side for months, and which rows are left out.",
	Lacks:  "What no column of the table gives. JSON lines have no header: a misspelt path reads as a value that is missing, so look at what inspect counts.",
	Detect: func([]byte, string) bool { return false },
	Split: func(_ io.Reader, yield func(Record, error) bool) {
		yield(Record{}, &Refused{Reason: "a table that needs [source.mapping] in study.toml"})
	},
	New: func(File) (Decoder, error) {
		return nil, &Refused{Reason: "a table that needs [source.mapping] in study.toml"}
	},
}

// Mapped is the adapter of tables that m describes, as study.Load returns it.
func Mapped(m *study.Mapping) *Adapter {
	a := Mapping
	a.Tables = []string{m.Table}
	a.Split = func(r io.Reader, yield func(Record, error) bool) { splitMapped(m, r, yield) }
	a.New = func(f File) (Decoder, error) { return newMapper(m, f) }
	return &a
}

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

// cellRef says where the text of a field stands in a record.
type cellRef struct {
	index int      // of a cell, or one of the following
	path  []string // of a value in JSON
}

const (
	byPath  = -1
	byName  = -2 // name of the column that unpivot is at
	byValue = -3 // and its cell
)

// view is one record: a row, or one column of a row that is unpivoted.
type view struct {
	rec         Record
	json        *fastjson.Value
	name, value string
}

// at returns the text without spaces around it; "" where there is none.
func (v *view) at(r cellRef) (string, error) {
	switch r.index {
	case byName:
		return v.name, nil
	case byValue:
		return v.value, nil
	case byPath:
		return jsonText(v.json, r.path)
	}
	return strings.TrimSpace(v.rec.Cells[r.index]), nil
}

// jsonText returns a text, number or truth value.
func jsonText(v *fastjson.Value, path []string) (string, error) {
	for i := range path {
		// A key can have points in it.
		if whole := v.Get(strings.Join(path[i:], ".")); whole != nil {
			v = whole
			break
		}
		if v = v.Get(path[i]); v == nil {
			return "", nil
		}
	}
	switch v.Type() {
	case fastjson.TypeNull:
		return "", nil
	case fastjson.TypeString:
		return strings.TrimSpace(string(v.GetStringBytes())), nil
	case fastjson.TypeNumber, fastjson.TypeTrue, fastjson.TypeFalse:
		return v.String(), nil
	}
	return "", &RecordError{Found: shorten(v.String(), 80), Want: "expected a text or a number; give the path to it"}
}

type condition struct {
	study.Condition
	ref     cellRef
	matches *regexp.Regexp // nil where Equals is given
	absent  bool           // the table has no such column
}

func (c *condition) met(v *view) (bool, error) {
	if c.absent {
		return false, nil
	}
	s, err := v.at(c.ref)
	if err != nil {
		return false, err
	}
	if c.matches != nil {
		return c.matches.MatchString(s) != c.Not, nil
	}
	return slices.Contains(c.Equals, s) != c.Not, nil
}

// field is a field of the study and how to read it.
type field struct {
	study.Map
	name    string
	kind    study.FieldKind
	ref     cellRef
	missing []string
	pattern *regexp.Regexp
	zeros   *condition
	cases   []condition // those of Map, prepared
	zone    *time.Location
	offset  bool           // whether the layout has an offset
	months  *regexp.Regexp // nil where the layout has English names, or none
}

// text returns the text of the field; false where there is no value.
func (f *field) text(v *view) (string, bool, error) {
	for i := range f.cases {
		met, err := f.cases[i].met(v)
		if err != nil {
			return "", false, named(err, f.cases[i].Column)
		}
		if met {
			return f.Cases[i].Value, f.Cases[i].Value != "", nil
		}
	}
	s, err := "", error(nil)
	if f.Value != nil {
		s = *f.Value
	} else if s, err = v.at(f.ref); err != nil {
		return "", false, err
	}
	if s != "" && slices.Contains(f.missing, s) {
		s = ""
	}
	if s != "" && f.pattern != nil {
		m := f.pattern.FindStringSubmatch(s)
		switch {
		case m == nil && f.Unmatched == "missing":
			s = ""
		case m == nil:
			return "", false, &RecordError{Found: s, Want: "does not match the pattern " + f.Pattern}
		default:
			s = strings.TrimSpace(m[len(m)-1])
		}
	}
	if s != "" && f.Values != nil {
		to, ok := f.Values[s]
		if !ok {
			return "", false, &RecordError{Found: s, Want: "the values of its mapping do not have it"}
		}
		s = to
	}
	if s == "" && f.Default != nil {
		s = *f.Default
	}
	return s, s != "", nil
}

// mapper decodes the records of one file.
type mapper struct {
	m        *study.Mapping
	file     File
	fields   map[string]*field
	leaveOut []condition
	unpivot  []cellRef // columns of a row, in order
	names    []string  // and their names
	pattern  *regexp.Regexp
	parsers  *fastjson.ParserPool
}

func newMapper(m *study.Mapping, f File) (Decoder, error) {
	p := &mapper{m: m, file: f, fields: map[string]*field{}, parsers: &fastjson.ParserPool{}}
	if err := p.columns(); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		spec := m.Fields[name]
		one := &field{Map: spec, name: name, kind: study.MappedFields[m.Table][name], zone: f.Zone,
			missing: slices.Concat(m.Missing, spec.Missing)}
		var err error
		absent := func(column string) bool { return f.Header != nil && !slices.Contains(f.Header, column) }
		undecided := func(c study.Case) bool { return !c.Optional && absent(c.Column) }
		if spec.Optional && (absent(spec.Column) || slices.ContainsFunc(spec.Cases, undecided)) {
			continue
		}
		if spec.Value == nil {
			if one.ref, err = p.find(spec.Column); err != nil {
				return nil, err
			}
		}
		if spec.Pattern != "" {
			if one.pattern, err = regexp.Compile(spec.Pattern); err != nil {
				return nil, err
			}
		}
		if spec.ZerosMissingWhere != nil {
			c, err := p.condition(*spec.ZerosMissingWhere)
			if err != nil {
				return nil, err
			}
			one.zeros = &c
		}
		for _, c := range spec.Cases {
			when, err := p.condition(c.Condition)
			if err != nil {
				return nil, err
			}
			one.cases = append(one.cases, when)
		}
		if spec.Zone != "" {
			if one.zone, err = time.LoadLocation(spec.Zone); err != nil {
				return nil, err
			}
		}
		now := time.Date(2006, 1, 2, 15, 4, 5, 0, time.UTC)
		one.offset = slices.Contains(study.NumberLayouts, spec.Layout) ||
			now.Format(spec.Layout) != time.Date(2006, 1, 2, 15, 4, 5, 0, time.FixedZone("", 5*3600)).Format(spec.Layout)
		if spec.Months != nil {
			names := slices.Clone(spec.Months)
			slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
			for i := range names {
				names[i] = regexp.QuoteMeta(names[i])
			}
			one.months = regexp.MustCompile("(?i)" + strings.Join(names, "|"))
		}
		p.fields[name] = one
	}
	if err := p.typed(); err != nil {
		return nil, err
	}
	for _, c := range m.LeaveOut {
		one, err := p.condition(c)
		if err != nil {
			return nil, err
		}
		p.leaveOut = append(p.leaveOut, one)
	}
	return p.decode, nil
}

// typed refuses a table without any of the columns that tell the types of its
// posts: all of them would be original ones.
func (p *mapper) typed() error {
	if p.m.Table != "posts" || p.fields["post_type"] != nil || p.tellsType() {
		return nil
	}
	var columns []string
	for _, name := range []string{"post_type", "repost_of_id", "reply_to_id", "quote_of_id"} {
		if f, ok := p.m.Fields[name]; ok && !slices.Contains(columns, f.Column) {
			columns = append(columns, f.Column)
		}
	}
	return &Refused{Reason: "it has no column that tells reposts, replies and quotes from original posts (" + strings.Join(columns, ", ") +
		"); export it again with one, or, where all its posts are original, say post_type = \"original\" in constants of its [source.mapping]"}
}

// columns finds the columns to unpivot.
func (p *mapper) columns() error {
	u := p.m.Unpivot
	if u == nil {
		return nil
	}
	for _, name := range u.Columns {
		ref, err := p.find(name)
		if err != nil {
			return err
		}
		p.unpivot, p.names = append(p.unpivot, ref), append(p.names, name)
	}
	if u.Pattern == "" {
		return nil
	}
	var err error
	if p.pattern, err = regexp.Compile("^(?:" + u.Pattern + ")$"); err != nil {
		return err
	}
	for i, name := range p.file.Header {
		if m := p.pattern.FindStringSubmatch(name); m != nil {
			p.unpivot, p.names = append(p.unpivot, cellRef{index: i}), append(p.names, m[len(m)-1])
		}
	}
	if p.file.Header != nil && len(p.unpivot) == 0 {
		return &RecordError{Line: int64(p.m.Header()), Field: "unpivot", Found: strings.Join(p.file.Header, ", "), Want: fmt.Sprintf("no column matches %q", u.Pattern)}
	}
	return nil
}

// find returns where a column stands.
func (p *mapper) find(column string) (cellRef, error) {
	if u := p.m.Unpivot; u != nil && column == u.Name {
		return cellRef{index: byName}, nil
	} else if u != nil && column == u.Value {
		return cellRef{index: byValue}, nil
	}
	if p.file.Header == nil {
		return cellRef{index: byPath, path: strings.Split(column, ".")}, nil
	}
	i := slices.Index(p.file.Header, column)
	if i < 0 {
		return cellRef{}, &RecordError{Line: int64(p.m.Header()), Field: "header", Found: column, Want: "no column has this name; " + study.Nearest(column, p.file.Header)}
	}
	if slices.Contains(p.file.Header[i+1:], column) {
		return cellRef{}, &RecordError{Line: int64(p.m.Header()), Field: "header", Found: column, Want: "several columns have this name; rename one, or use header_row = 0 and letters"}
	}
	return cellRef{index: i}, nil
}

func (p *mapper) condition(c study.Condition) (condition, error) {
	if c.Optional && p.file.Header != nil && !slices.Contains(p.file.Header, c.Column) {
		return condition{Condition: c, absent: true}, nil
	}
	ref, err := p.find(c.Column)
	one := condition{Condition: c, ref: ref}
	if err == nil && c.Matches != "" {
		one.matches, err = regexp.Compile(c.Matches)
	}
	return one, err
}

func (p *mapper) decode(rec Record, into *Batch) error {
	if rec.Raw == nil {
		return p.record(&view{rec: rec}, into)
	}
	return eachJSON(p.parsers, rec, into, func(v *fastjson.Value, rec Record) error {
		if v.Type() != fastjson.TypeObject {
			return &RecordError{Line: rec.Line, Found: shorten(v.String(), 80), Want: "expected an object with names and values"}
		}
		return p.record(&view{rec: rec, json: v}, into)
	})
}

// record makes a row of the record, or one of each of its unpivoted columns.
func (p *mapper) record(v *view, into *Batch) error {
	if p.m.Unpivot == nil {
		return p.row(v, into)
	}
	refs, names := p.unpivot, p.names
	if p.pattern != nil && v.json != nil {
		v.json.GetObject().Visit(func(key []byte, _ *fastjson.Value) {
			if m := p.pattern.FindSubmatch(key); m != nil {
				refs, names = append(refs, cellRef{index: byPath, path: []string{string(key)}}), append(names, string(m[len(m)-1]))
			}
		})
	}
	if len(refs) == 0 {
		return &RecordError{Field: "unpivot", Want: "no name in the record matches the pattern"}
	}
	for i, ref := range refs {
		one := *v
		one.name = names[i]
		var err error
		one.value, err = v.at(ref)
		switch {
		case err == nil && (one.value == "" || slices.Contains(p.m.Missing, one.value)):
			into.Filter("empty cell")
			continue
		case err == nil:
			err = p.row(&one, into)
		}
		var wrong *RecordError
		if errors.As(err, &wrong) {
			into.Reject(v.rec.Line, wrong.Field, names[i]+": "+wrong.reason(), excerpt(v.rec))
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (p *mapper) row(v *view, into *Batch) error {
	for i := range p.leaveOut {
		met, err := p.leaveOut[i].met(v)
		if err != nil {
			return named(err, p.leaveOut[i].Column)
		}
		if met {
			into.Filter(p.leaveOut[i].Reason)
			return nil
		}
	}
	r := &reading{p: p, v: v}
	line := v.rec.Line
	switch p.m.Table {
	case "posts":
		post := r.post()
		account, shown := r.account(&post)
		if r.err == nil {
			into.Posts = append(into.Posts, Row[Post]{Ref: r.ref(), Line: line, Row: post})
			if shown {
				into.seen(account)
			}
		}
	case "account_snapshots":
		row := r.snapshot()
		if r.err == nil {
			into.Snapshots = append(into.Snapshots, Row[datasets.AccountSnapshot]{Ref: r.ref(), Line: line, Row: row})
		}
	case "account_windows":
		row := r.window()
		if r.err == nil {
			into.Windows = append(into.Windows, Row[datasets.AccountWindow]{Ref: r.ref(), Line: line, Row: row})
		}
	}
	return r.err
}

// named adds the field to an error.
func named(err error, field string) error {
	var wrong *RecordError
	if errors.As(err, &wrong) && wrong.Field == "" {
		return &RecordError{Line: wrong.Line, Field: field, Found: wrong.Found, Want: wrong.Want}
	}
	return err
}

// reading reads the fields of one record and keeps the first error.
type reading struct {
	p   *mapper
	v   *view
	err error
}

func (r *reading) fail(field, found, want string) {
	if r.err == nil {
		r.err = &RecordError{Line: r.v.rec.Line, Field: field, Found: found, Want: want}
	}
}

// get returns the text of a field; false where it is not mapped or has no value.
func (r *reading) get(name string) (f *field, text string, ok bool) {
	if f = r.p.fields[name]; f == nil {
		return nil, "", false
	}
	text, ok, err := f.text(r.v)
	if err != nil && r.err == nil {
		r.err = named(err, name)
	}
	return f, text, ok && err == nil
}

func (r *reading) optText(name string) datasets.Opt[string] {
	f, s, ok := r.get(name)
	if !ok {
		return datasets.None[string]()
	}
	switch f.kind {
	case study.IDField:
		if ruinedID.MatchString(s) {
			r.fail(name, s, ruined)
		}
	case study.URLField:
		s, _, _ = strings.Cut(s, "#")
		s, _, _ = strings.Cut(s, "?")
	}
	return datasets.Some(s)
}

const ruined = "a spreadsheet made a number of this id and lost its last digits; export it again with the column as text"

// A spreadsheet writes a long number as 1.2E+18, a table of numbers as 12.0.
var ruinedID = regexp.MustCompile(`^-?[0-9]+(?:[.,][0-9]+)?[eE][+]?[0-9]+$|^-?[0-9]+\.0+$`)

// shown returns a count. Plain digits are exact and have no text.
func (r *reading) shown(name string) datasets.Shown {
	f, s, ok := r.get(name)
	if !ok {
		return datasets.Shown{}
	}
	shown, err := ParseShown(s)
	if f.Type == "float" {
		var v float64
		if v, err = strconv.ParseFloat(s, 64); err != nil || v < 0 || v != math.Trunc(v) || v > 1<<53 {
			want := "expected a whole number from 0, which may end in .0"
			if strings.Contains(s, ",") {
				want += "; a number with decimals belongs into a field of numbers, with decimal = \",\""
			}
			err = errors.New(want)
		}
		shown = exactly(datasets.Some(int64(v)))
	}
	if err != nil {
		r.fail(name, s, err.Error())
		return datasets.Shown{}
	}
	if shown.V.V == 0 && shown.High.OK && shown.High.V == 0 && r.zeroMissing(f) {
		return datasets.Shown{}
	}
	if digits.MatchString(s) {
		shown.Text = datasets.None[string]()
	}
	if f.RoundedDown > 0 && shown.V.OK && shown.High == shown.V {
		shown.High = roundedDown(shown.V, f.RoundedDown).High
	} else if f.Rounded != nil && shown.V.OK && shown.High == shown.V {
		shown = roundedTo(shown.V, f.Rounded)
	}
	return shown
}

var digits = regexp.MustCompile(`^[0-9]+$`)

func (r *reading) zeroMissing(f *field) bool {
	if f.zeros == nil {
		return f.ZerosMissing
	}
	met, err := f.zeros.met(r.v)
	if err != nil && r.err == nil {
		r.err = named(err, f.zeros.Column)
	}
	return met
}

// count returns a count that must be exact.
func (r *reading) count(name string) datasets.Opt[int64] {
	s := r.shown(name)
	if s.V.OK && (!s.High.OK || s.Low != s.High) {
		r.fail(name, s.Text.V, "a rounded count, and this field holds exact ones only; give the exact count, or let such counts be missing: pattern = '^[0-9]+$' and unmatched = \"missing\" beside its column in study.toml")
	}
	return s.V
}

// number returns a decimal number from 0 and its text.
func (r *reading) number(name string) (datasets.Opt[float64], datasets.Opt[string]) {
	f, s, ok := r.get(name)
	if !ok {
		return datasets.None[float64](), datasets.None[string]()
	}
	plain := s
	if f.Decimal == "," {
		if strings.Contains(s, ".") {
			r.fail(name, s, "expected a number with a decimal comma and no other mark")
		}
		plain = strings.Replace(s, ",", ".", 1)
	}
	if !decimal.MatchString(plain) {
		r.fail(name, s, "expected a number from 0 without marks between thousands; decimal says which mark decimals have")
		return datasets.None[float64](), datasets.None[string]()
	}
	v, err := strconv.ParseFloat(plain, 64)
	if err != nil {
		r.fail(name, s, "expected a number")
	}
	if v == 0 && r.zeroMissing(f) {
		return datasets.None[float64](), datasets.None[string]()
	}
	return datasets.Some(v), datasets.Some(s)
}

var decimal = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// layouts are read wherever a time stands.
var layouts = []struct {
	layout string
	offset bool
}{
	{time.RFC3339Nano, true}, {"2006-01-02T15:04:05Z0700", true}, {"2006-01-02 15:04:05Z07:00", true},
	{"2006-01-02T15:04:05", false}, {"2006-01-02 15:04:05", false}, {"2006-01-02T15:04", false}, {"2006-01-02 15:04", false}, {"2006-01-02", false},
}

// time reads a time: in its zone, UTC where it has none and says none.
func (r *reading) time(f *field, s string) (t time.Time, precision string, known bool) {
	zone := f.zone
	if zone == nil {
		zone = time.UTC
	}
	precision, found := study.Precision(f.Layout), false
	offset := f.offset
	switch f.Layout {
	case "":
	case "unix", "unix_ms":
		whole, rest, _ := strings.Cut(s, ".")
		n, err := strconv.ParseInt(whole, 10, 64)
		unit := int64(seconds)
		if f.Layout == "unix_ms" {
			unit = milliseconds
		}
		at, want := epoch(n, unit)
		if found = err == nil && strings.Trim(rest, "0") == ""; found && want != "" {
			r.fail(f.name, s, want)
			return t, "", false
		}
		t = at.Time()
	case "linkedin_id":
		made := linkedinCreated(s)
		t, found = time.UnixMicro(int64(made.V)), made.OK
	case "x_id":
		made := xCreated(s)
		t, found = time.UnixMicro(int64(made.V)), made.OK
	default:
		text := s
		if f.months != nil {
			text = f.months.ReplaceAllStringFunc(s, func(found string) string {
				i := slices.IndexFunc(f.Months, func(m string) bool { return strings.EqualFold(m, found) })
				return time.Month(i + 1).String()
			})
		}
		var err error
		t, err = time.ParseInLocation(f.Layout, text, zone)
		found = err == nil
	}
	for _, l := range layouts {
		if found || strings.HasPrefix(f.Layout, "2006-") || slices.Contains(study.NumberLayouts, f.Layout) {
			break
		}
		if iso, err := time.ParseInLocation(l.layout, s, zone); err == nil {
			t, precision, found, offset = iso, study.Precision(l.layout), true, l.offset
		}
	}
	if !found {
		want := "expected a time like 2024-01-31T09:30:00Z or a date like 2024-01-31; layout in study.toml says how else it is written"
		if f.Layout != "" {
			want = "expected a time written like " + f.Layout
		}
		if strings.HasSuffix(f.Layout, "_id") {
			want = "expected the id of a post, which carries the time of posting"
		}
		r.fail(f.name, s, want)
		return t, "", false
	}
	if rank := []string{"year", "month", "day", "second"}; f.Precision != "" && slices.Index(rank, f.Precision) < slices.Index(rank, precision) {
		precision = f.Precision
	}
	return t, precision, offset || f.zone != nil
}

// moment returns a moment, which must have a zone.
func (r *reading) moment(name string) datasets.Opt[datasets.Micros] {
	f, s, ok := r.get(name)
	if !ok {
		return datasets.None[datasets.Micros]()
	}
	t, _, known := r.time(f, s)
	if !known {
		r.fail(name, s, "expected a time with its offset; give zone in study.toml, such as zone = \"Asia/Almaty\"")
	}
	return datasets.Some(datasets.MicrosOf(t))
}

// day returns a day and the one after the last that the text covers.
func (r *reading) day(name string) (from, to datasets.Opt[datasets.Day]) {
	f, s, ok := r.get(name)
	if !ok {
		return from, to
	}
	t, precision, _ := r.time(f, s)
	t = start(t, precision)
	next := t.AddDate(0, 0, 1)
	switch precision {
	case "month":
		next = t.AddDate(0, 1, 0)
	case "year":
		next = t.AddDate(1, 0, 0)
	}
	return datasets.Some(datasets.DayOf(t)), datasets.Some(datasets.DayOf(next))
}

// start is the first day of the month or year of t where no more is known.
func start(t time.Time, precision string) time.Time {
	switch precision {
	case "year":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	case "month":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
	}
	return t
}

func (r *reading) ref() Ref {
	ref := Ref{Platform: r.optText("platform").Or(r.p.file.Platform), ID: r.optText("account_id").V, Handle: strings.TrimPrefix(r.optText("handle").V, "@")}
	if r.p.fields["account_id"] == nil && r.p.fields["handle"] == nil {
		ref.ID, ref.Handle = r.p.file.Account.ID, r.p.file.Account.Handle
	}
	if !slices.Contains(study.Platforms, ref.Platform) {
		r.fail("platform", ref.Platform, study.Nearest(ref.Platform, study.Platforms))
	}
	if ref.ID == "" && ref.Handle == "" {
		r.fail("handle", "", "expected a handle or an id of the account")
	}
	return ref
}

// tellsType tells whether other fields than post_type tell the type of a post, where
// that has no value.
func (p *mapper) tellsType() bool {
	return p.fields["repost_of_id"] != nil || p.fields["reply_to_id"] != nil || p.fields["quote_of_id"] != nil
}

func (r *reading) post() Post {
	p := Post{Post: datasets.Post{
		Platform: r.ref().Platform, PostID: r.optText("post_id").V, CreatedAt: r.moment("created_at"), Text: r.optText("text"),
		LanguageGiven: r.optText("language_given"), MediaType: r.optText("media_type"), URL: r.optText("url"),
		ReplyToID: r.optText("reply_to_id"), RepostOfID: r.optText("repost_of_id"), QuoteOfID: r.optText("quote_of_id"),
		EditedAt: r.moment("edited_at"), Parts: 1, FollowersAtPosting: r.count("followers_at_posting"), ObservedAt: r.moment("observed_at"),
		Counts: datasets.Counts{Like: r.count("like_count"), Comment: r.count("comment_count"), Share: r.count("share_count"),
			Quote: r.count("quote_count"), View: r.count("view_count"), Save: r.count("save_count")},
	}}
	if p.PostID == "" {
		r.fail("post_id", "", "expected the id of the post")
	}
	o := observed(p.ObservedAt, r.p.file)
	if f, _, ok := r.get("observed_at"); ok && f.Value != nil {
		o.source = "study.toml"
	}
	o.of(&p.Post)
	types := []string{datasets.Repost, datasets.Reply, datasets.Quoted, datasets.Original}
	switch given := r.optText("post_type"); {
	case r.p.fields["post_type"] != nil && (given.OK || !r.p.tellsType()):
		if p.PostType = given.V; !slices.Contains(types, given.V) {
			r.fail("post_type", given.V, study.Nearest(given.V, types))
		}
	case p.RepostOfID.OK:
		p.PostType = datasets.Repost
	case p.ReplyToID.OK:
		p.PostType = datasets.Reply
	case p.QuoteOfID.OK:
		p.PostType = datasets.Quoted
	default:
		p.PostType = datasets.Original
	}
	if p.PostType == datasets.Repost {
		p.Counts = datasets.Counts{}
	}
	h := xxh3.New()
	h.Write(r.v.rec.Raw)
	for _, c := range append(slices.Clone(r.v.rec.Cells), r.v.name) {
		h.WriteString(c)
		h.Write([]byte{0})
	}
	p.Digest = h.Sum64()
	return p
}

// account is what the account of a post showed when the post was observed; false
// where it showed nothing, or nobody knows when.
func (r *reading) account(p *Post) (Row[datasets.AccountSnapshot], bool) {
	s := datasets.AccountSnapshot{Platform: p.Platform, ObservedAt: p.ObservedAt.V, ObservedPrecision: "second", TimeSource: p.TimeSource.V,
		Followers: r.shown("account_followers"), Following: r.shown("account_following"), PostsTotal: r.shown("account_posts_total"), LikesTotal: r.shown("account_likes_total")}
	if p.TimeSource.V != "field" {
		s.ObservedPrecision = cmp.Or(r.p.file.ObservedPrecision, "second")
	}
	none := datasets.Shown{}
	shown := p.ObservedAt.OK && (s.Followers != none || s.Following != none || s.PostsTotal != none || s.LikesTotal != none)
	return Row[datasets.AccountSnapshot]{Ref: r.ref(), Line: r.v.rec.Line, Row: s}, shown
}

func (r *reading) snapshot() datasets.AccountSnapshot {
	s := datasets.AccountSnapshot{
		Platform: r.ref().Platform, ObservedAt: r.p.file.Observed.V, ObservedPrecision: cmp.Or(r.p.file.ObservedPrecision, "second"), TimeSource: cmp.Or(r.p.file.ObservedSource, "study.toml"),
		Followers: r.shown("followers"), Following: r.shown("following"), PostsTotal: r.shown("posts_total"), LikesTotal: r.shown("likes_total"),
		Locator: r.optText("locator"),
	}
	f, text, ok := r.get("observed_at")
	if !ok {
		if !r.p.file.Observed.OK {
			r.fail("observed_at", "", "expected when the counts were seen")
		}
		return s
	}
	if f.Value == nil {
		s.TimeSource = "field"
	}
	t, precision, known := r.time(f, text)
	s.ObservedPrecision = precision
	if precision != "second" {
		s.ObservedAt = datasets.DayOf(start(t, precision)).Micros()
		return s
	}
	if s.ObservedAt = datasets.MicrosOf(t); !known {
		r.fail("observed_at", text, "expected a time with its offset; give zone in study.toml, such as zone = \"Asia/Almaty\"")
	}
	return s
}

func (r *reading) window() datasets.AccountWindow {
	w := datasets.AccountWindow{
		Platform: r.ref().Platform, Posts: r.count("posts"), Likes: r.count("likes"), LikesN: r.count("likes_n"), Comments: r.count("comments"),
		Shares: r.count("shares"), Views: r.count("views"), CountedBy: r.optText("counted_by").V, Evidence: r.optText("evidence"), Locator: r.optText("locator"),
	}
	w.MonthsStated, _ = r.number("months_stated")
	w.PostsPerMonth, w.PostsPerMonthText = r.number("posts_per_month")
	w.LikesMean, w.LikesMeanText = r.number("likes_mean")
	w.RetrievedOn, _ = r.day("retrieved_on")
	if w.CountedBy == "" {
		r.fail("counted_by", "", "expected who counted")
	}
	from, to := r.day("window")
	if r.p.fields["window"] == nil {
		from, _ = r.day("window_from")
		to, _ = r.day("window_to")
		if r.p.fields["window_last"] != nil {
			_, to = r.day("window_last")
		}
	}
	if w.WindowFrom, w.WindowTo = from.V, to.V; !from.OK || !to.OK || w.WindowFrom >= w.WindowTo {
		r.fail("window", fmt.Sprint(from.V, " to ", to.V), "expected the first day of the window and a later one after it")
	}
	if w.RetrievedOn.OK && w.RetrievedOn.V < w.WindowFrom {
		r.fail("retrieved_on", w.RetrievedOn.V.String(), "expected a day in or after the window")
	}
	return w
}
