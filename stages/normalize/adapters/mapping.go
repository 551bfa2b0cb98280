package adapters

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
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
	json        jsontape.Value
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
func jsonText(v jsontape.Value, path []string) (string, error) {
	for i := range path {
		// A key can have points in it.
		if whole := v.Get(strings.Join(path[i:], ".")); whole.Exists() {
			v = whole
			break
		}
		if v = v.Get(path[i]); !v.Exists() {
			return "", nil
		}
	}
	switch v.Type() {
	case jsontape.Null:
		return "", nil
	case jsontape.String:
		return strings.TrimSpace(v.Text()), nil
	case jsontape.Number, jsontape.True, jsontape.False:
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
	parsers  *jsontape.Pool
}

func newMapper(m *study.Mapping, f File) (Decoder, error) {
	p := &mapper{m: m, file: f, fields: map[string]*field{}, parsers: &jsontape.Pool{}}
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
	return eachJSON(p.parsers, rec, into, func(v jsontape.Value, rec Record) error {
		if v.Type() != jsontape.Object {
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
	if p.pattern != nil && v.json.Exists() {
		v.json.Visit(func(key []byte, _ jsontape.Value) {
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
