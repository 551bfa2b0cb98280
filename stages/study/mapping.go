package study

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Mapping says how the rows of some table become rows of the study: the
// [source.mapping] of study.toml.
type Mapping struct {
	Table string `json:"table" toml:"table"` // posts, account_snapshots or account_windows; the table of the source where it is left out

	Format    string `json:"format,omitempty" toml:"format"`         // csv or jsonl; found from the content where left out. A workbook reads as csv
	Sheet     string `json:"sheet,omitempty" toml:"sheet"`           // of a workbook; the first visible one where left out, unless a sheet of it has a name and columns that an adapter asks for
	HeaderRow *int   `json:"header_row,omitempty" toml:"header_row"` // row with the names of the columns, from 1, a sep= line not counted; 1 where left out; 0: none, columns are A, B, C and so on
	Delimiter string `json:"delimiter,omitempty" toml:"delimiter"`   // one character; of comma, semicolon, tab and bar the most frequent in the header where left out
	Quote     string `json:"quote,omitempty" toml:"quote"`           // one character; " where left out
	Escape    string `json:"escape,omitempty" toml:"escape"`         // one character that takes a quote its meaning, beside doubling it; none where left out

	Missing []string `json:"missing,omitempty" toml:"missing"` // texts that stand for no value in every column, beside the empty one

	Unpivot  *Unpivot       `json:"unpivot,omitempty" toml:"unpivot"`
	LeaveOut []Condition    `json:"leave_out,omitempty" toml:"leave_out"` // rows that meet one of these are left out on purpose, and counted
	Fields   map[string]Map `json:"fields" toml:"fields"`                 // where each field comes from; Load adds Columns and Constants

	Columns   map[string]string `json:"-" toml:"columns"`   // field = column, for fields that need no more
	Constants map[string]string `json:"-" toml:"constants"` // field = text, the same in every row
}

// Unpivot makes a record of each of several columns of a row: months that stand
// side by side. Empty cells are left out, and counted.
type Unpivot struct {
	Columns []string `json:"columns,omitempty" toml:"columns"` // names of the columns
	Pattern string   `json:"pattern,omitempty" toml:"pattern"` // or a regular expression that their whole names match; its group, where it has one, is the name
	Name    string   `json:"name" toml:"name"`                 // column made of the names, for fields to refer to
	Value   string   `json:"value" toml:"value"`               // column made of the cells
}

// Condition is met by rows whose cell in the column is one of some texts, or
// matches a regular expression anywhere.
type Condition struct {
	Column  string   `json:"column" toml:"column"`
	Equals  []string `json:"equals,omitempty" toml:"equals"`
	Matches string   `json:"matches,omitempty" toml:"matches"`
	Not     bool     `json:"not,omitempty" toml:"not"`       // met by the other rows
	Reason  string   `json:"reason,omitempty" toml:"reason"` // what the count of rows left out is called

	Optional bool `json:"optional,omitempty" toml:"optional"` // met by no row of a table without the column
}

// Case gives a field a value in the rows that meet a condition.
type Case struct {
	Condition
	Value string `json:"value" toml:"value"` // "": no value
}

// Map says where a field comes from: the first of its cases that a row meets,
// else its column. The cell loses spaces around it; then missing, pattern and
// values apply, in this order, then default. A case gives the value as it is.
type Map struct {
	Column   string  `json:"column,omitempty" toml:"column"`     // name of the column; in JSON lines a path such as author.username
	Value    *string `json:"value,omitempty" toml:"value"`       // or a text, the same in every row
	Type     string  `json:"type,omitempty" toml:"type"`         // count or float, of counts: float reads 12.0 as 12. Other fields have one type each
	Optional bool    `json:"optional,omitempty" toml:"optional"` // a table without the column, or without one that decides a case, is read all the same; there is then no value
	Cases    []Case  `json:"cases,omitempty" toml:"cases"`       // in rows that meet one of these, its value instead

	Missing           []string          `json:"missing,omitempty" toml:"missing"`                         // texts that stand for no value here, beside those of the mapping
	ZerosMissing      bool              `json:"zeros_missing,omitempty" toml:"zeros_missing"`             // a zero stands for no value
	ZerosMissingWhere *Condition        `json:"zeros_missing_where,omitempty" toml:"zeros_missing_where"` // a zero stands for no value in the rows that meet this
	Pattern           string            `json:"pattern,omitempty" toml:"pattern"`                         // regular expression; its group, or the whole match where it has none, is the value
	Unmatched         string            `json:"unmatched,omitempty" toml:"unmatched"`                     // reject or missing: what becomes of a cell that does not match; reject where left out
	Values            map[string]string `json:"values,omitempty" toml:"values"`                           // text in the table = value in the study; a cell with another text is rejected
	Default           *string           `json:"default,omitempty" toml:"default"`                         // where there is no value

	Layout    string   `json:"layout,omitempty" toml:"layout"`       // of a time, in Go's way, as the moment 2006-01-02 15:04:05 would be written; or one of NumberLayouts. ISO 8601 is always read
	Zone      string   `json:"zone,omitempty" toml:"zone"`           // IANA zone of times without an offset; that of the source where left out
	Months    []string `json:"months,omitempty" toml:"months"`       // names of the twelve months in the table; the layout has January
	Precision string   `json:"precision,omitempty" toml:"precision"` // second, day, month or year, where the layout looks more exact than the time is
	Decimal   string   `json:"decimal,omitempty" toml:"decimal"`     // decimal mark of a number: . or , ; . where left out

	RoundedDown int `json:"rounded_down,omitempty" toml:"rounded_down"` // digits to which the platform rounds a count of an account down; the rest of them are zeros. 0: it does not

	Rounded [][2]int64 `json:"rounded,omitempty" toml:"rounded"` // how a platform rounds a count of an account up, down or to the nearest: from the first number of a pair on, to multiples of the second
}

// FieldKind is what a field of a mapping holds.
type FieldKind uint8

// The kinds of fields.
const (
	TextField     FieldKind = iota
	IDField                 // text; never a number that a spreadsheet rounded
	URLField                // loses query and fragment
	CountField              // whole number from 0
	NumberField             // decimal number from 0
	TimeField               // moment
	DayField                // calendar day
	PlatformField           // one of Platforms
	PostTypeField           // repost, reply, quote or original
)

// MappedFields are the fields that a mapping can fill, by table.
var MappedFields = map[string]map[string]FieldKind{
	"posts": {
		"platform": PlatformField, "account_id": IDField, "handle": TextField, "post_id": IDField, "created_at": TimeField,
		"post_type": PostTypeField, "text": TextField, "language_given": TextField, "media_type": TextField, "url": URLField,
		"reply_to_id": IDField, "repost_of_id": IDField, "quote_of_id": IDField, "edited_at": TimeField, "like_count": CountField,
		"comment_count": CountField, "share_count": CountField, "quote_count": CountField, "view_count": CountField,
		"save_count": CountField, "followers_at_posting": CountField, "observed_at": TimeField,
		"account_followers": CountField, "account_following": CountField, "account_posts_total": CountField, "account_likes_total": CountField,
	},
	"account_snapshots": {
		"platform": PlatformField, "account_id": IDField, "handle": TextField, "observed_at": TimeField, "followers": CountField,
		"following": CountField, "posts_total": CountField, "likes_total": CountField, "locator": TextField,
	},
	"account_windows": {
		"platform": PlatformField, "account_id": IDField, "handle": TextField,
		"window": DayField, "window_from": DayField, "window_to": DayField, "window_last": DayField, "retrieved_on": DayField,
		"posts": CountField, "months_stated": NumberField, "posts_per_month": NumberField, "likes": CountField, "likes_mean": NumberField,
		"likes_n": CountField, "comments": CountField, "shares": CountField, "views": CountField,
		"counted_by": TextField, "evidence": TextField, "locator": TextField,
	},
}

// Header is the row with the names of the columns, from 1; 0 where there is none.
func (m *Mapping) Header() int {
	if m.HeaderRow == nil {
		return 1
	}
	return *m.HeaderRow
}

// NumberLayouts are those of times that are numbers: seconds or milliseconds
// since 1970, or ids of posts of X or LinkedIn, which hold when they were made.
var NumberLayouts = []string{"unix", "unix_ms", "x_id", "linkedin_id"}

// Precision is how exactly a layout tells a time: second, day, month or year,
// or "" where it does not tell the year. A time to the minute is a second's.
func Precision(layout string) string {
	at := time.Date(2023, 11, 28, 17, 45, 58, 0, time.UTC)
	differs := func(t time.Time) bool { return t.Format(layout) != at.Format(layout) }
	switch {
	case layout == "" || slices.Contains(NumberLayouts, layout):
		return "second"
	case !differs(at.AddDate(-2, 0, 0)):
		return ""
	case differs(at.Add(-3 * time.Hour)):
		return "second"
	case differs(time.Date(2023, 11, 21, 17, 45, 58, 0, time.UTC)): // the same weekday
		return "day"
	case differs(at.AddDate(0, -3, 0)):
		return "month"
	}
	return "year"
}

// wrong is an error at a key of a source.
type wrong struct {
	path string // keys from the source on, with points between
	text string
}

// Error is the text without its place.
func (w *wrong) Error() string { return w.text }

// at is an error at a key of a mapping.
func at(path string, format string, args ...any) error {
	return &wrong{"mapping." + path, fmt.Sprintf(format, args...)}
}

// Settle joins the ways in which fields are given and checks the whole. The
// source says what the mapping may leave out.
func (m *Mapping) Settle(src *Source) error {
	if m.Table == "" {
		m.Table = src.Table
	}
	tables := slices.Sorted(maps.Keys(MappedFields))
	switch {
	case !slices.Contains(tables, m.Table):
		return at("table", "found %q; %s", m.Table, Nearest(m.Table, tables))
	case src.Table != "" && src.Table != m.Table:
		return at("table", "found %q, but the source says %q; keep one", m.Table, src.Table)
	case m.Format != "" && m.Format != "csv" && m.Format != "jsonl":
		return at("format", "found %q; %s", m.Format, Nearest(m.Format, []string{"csv", "jsonl"}))
	case m.Header() < 0:
		return at("header_row", "found %d, expected the number of a row, or 0 where no row names the columns", m.Header())
	}
	for _, c := range []struct{ key, text string }{{"delimiter", m.Delimiter}, {"quote", m.Quote}, {"escape", m.Escape}} {
		if c.text != "" && (len(c.text) != 1 || strings.ContainsAny(c.text, "\r\n\x00") || c.text[0] >= 0x80) {
			return at(c.key, "found %q, expected one character such as ; or \\t", c.text)
		}
	}
	if err := m.join(); err != nil {
		return err
	}
	for i, c := range m.LeaveOut {
		if err := c.check(fmt.Sprintf("leave_out[%d]", i)); err != nil {
			return err
		}
		if c.Reason == "" {
			m.LeaveOut[i].Reason = "left out by " + c.Column
		}
	}
	if u := m.Unpivot; u != nil {
		switch {
		case (len(u.Columns) > 0) == (u.Pattern != ""):
			return at("unpivot.columns", "expected the names of the columns in columns, or a regular expression in pattern")
		case u.Name == "":
			return at("unpivot.name", "missing; name the column that holds the names, such as \"month\", and use it in a field")
		case u.Value == "" || u.Value == u.Name:
			return at("unpivot.value", "expected another name, for the column that holds the cells, such as \"count\"")
		}
		if err := checkPattern("unpivot.pattern", u.Pattern); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		f := m.Fields[name]
		if err := f.check("fields."+name, MappedFields[m.Table][name]); err != nil {
			return err
		}
	}
	return m.complete(src)
}

// join moves columns and constants to the fields.
func (m *Mapping) join() error {
	all := maps.Clone(m.Fields)
	if all == nil {
		all = map[string]Map{}
	}
	valid := slices.Sorted(maps.Keys(MappedFields[m.Table]))
	add := func(table, name string, f Map) error {
		if _, ok := MappedFields[m.Table][name]; !ok {
			return at(table+"."+name, "%s has no field %q to fill; %s", m.Table, name, Nearest(name, valid))
		}
		if _, ok := all[name]; ok && table != "fields" {
			return at(table+"."+name, "the field is given twice; keep one")
		}
		all[name] = f
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		if err := add("fields", name, m.Fields[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Columns)) {
		if err := add("columns", name, Map{Column: m.Columns[name]}); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Constants)) {
		text := m.Constants[name]
		if err := add("constants", name, Map{Value: &text}); err != nil {
			return err
		}
	}
	m.Fields, m.Columns, m.Constants = all, nil, nil
	return nil
}

func (c *Condition) check(path string) error {
	switch {
	case c.Column == "":
		return at(path+".column", "missing; name the column that decides")
	case (len(c.Equals) > 0) == (c.Matches != ""):
		return at(path+".equals", "expected texts in equals, or a regular expression in matches")
	}
	_, err := regexp.Compile(c.Matches)
	if err != nil {
		return at(path+".matches", "%q is no regular expression: %v", c.Matches, err)
	}
	return nil
}

func checkPattern(path, pattern string) error {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return at(path, "%q is no regular expression: %v", pattern, err)
	}
	if re.NumSubexp() > 1 {
		return at(path, "%q has %d groups, expected at most one, around the value; write (?:…) for the others", pattern, re.NumSubexp())
	}
	return nil
}

// bounded are fields of counts with a lower and an upper bound.
var bounded = regexp.MustCompile(`^fields\.(account_)?(followers|following|posts_total|likes_total)$`)

func (f *Map) check(path string, kind FieldKind) error {
	timed := kind == TimeField || kind == DayField
	types := map[FieldKind][]string{
		TextField: {"text"}, IDField: {"id"}, URLField: {"url"}, CountField: {"count", "float"}, NumberField: {"number"},
		TimeField: {"time"}, DayField: {"day"}, PlatformField: {"text"}, PostTypeField: {"text"},
	}[kind]
	precisions := []string{"second", "day", "month", "year"}
	switch {
	case f.Optional && f.Column == "":
		return at(path+".optional", "there is no column that could be missing")
	case (f.Column == "") == (f.Value == nil):
		return at(path+".column", "expected a column, or a text in value")
	case f.Type != "" && !slices.Contains(types, f.Type):
		return at(path+".type", "found %q; %s", f.Type, Nearest(f.Type, types))
	case f.Unmatched != "" && f.Unmatched != "reject" && f.Unmatched != "missing":
		return at(path+".unmatched", "found %q; %s", f.Unmatched, Nearest(f.Unmatched, []string{"reject", "missing"}))
	case f.Unmatched != "" && f.Pattern == "":
		return at(path+".unmatched", "there is no pattern to match")
	case (f.ZerosMissing || f.ZerosMissingWhere != nil) && kind != CountField && kind != NumberField:
		return at(path+".zeros_missing", "the field is no number")
	case f.ZerosMissing && f.ZerosMissingWhere != nil:
		return at(path+".zeros_missing", "expected this or zeros_missing_where, not both")
	case f.Decimal != "" && kind != NumberField:
		return at(path+".decimal", "the field is no number with decimals")
	case f.Decimal != "" && f.Decimal != "." && f.Decimal != ",":
		return at(path+".decimal", "found %q, expected . or ,", f.Decimal)
	case f.RoundedDown < 0 || f.RoundedDown > 17:
		return at(path+".rounded_down", "found %d, expected the number of digits that are right, from 1 to 17", f.RoundedDown)
	case f.RoundedDown > 0 && !bounded.MatchString(path):
		return at(path+".rounded_down", "the field holds exact counts only")
	case f.Rounded != nil && !bounded.MatchString(path):
		return at(path+".rounded", "the field holds exact counts only")
	case f.Rounded != nil && f.RoundedDown > 0:
		return at(path+".rounded", "expected this or rounded_down, not both")
	case !slices.IsSortedFunc(f.Rounded, func(a, b [2]int64) int { return cmp.Compare(a[0], b[0]) }) ||
		slices.ContainsFunc(f.Rounded, func(step [2]int64) bool { return step[0] < step[1] || step[1] < 2 }):
		return at(path+".rounded", "found %v, expected pairs from the smallest on, of a count and the unit to which it and larger ones are rounded, such as [[10000, 100]]", f.Rounded)
	case !timed && (f.Layout != "" || f.Zone != "" || f.Months != nil || f.Precision != ""):
		return at(path+".layout", "the field is no time; layout, zone, months and precision are for times")
	case strings.Contains(f.Layout, "MST"):
		return at(path+".layout", "found %q; an abbreviation such as MST or CST names no zone: leave it out by a pattern and give zone", f.Layout)
	case f.Layout != "" && Precision(f.Layout) == "":
		return at(path+".layout", "found %q, expected the moment 2006-01-02 15:04:05 as the table would write it, such as 02.01.2006", f.Layout)
	case kind == TimeField && !strings.HasSuffix(path, ".observed_at") && Precision(f.Layout) != "second" && Precision(f.Layout) != "day":
		return at(path+".layout", "found %q, expected a layout with the day", f.Layout)
	case f.Precision != "" && !slices.Contains(precisions, f.Precision):
		return at(path+".precision", "found %q; %s", f.Precision, Nearest(f.Precision, precisions))
	case f.Months != nil && (len(f.Months) != 12 || slices.Contains(f.Months, "")):
		return at(path+".months", "found %d names, expected those of the twelve months from January on", len(f.Months))
	case f.Months != nil && !strings.Contains(f.Layout, "January"):
		return at(path+".months", "expected a layout with January where the name of the month stands")
	}
	if f.Zone != "" {
		if err := CheckZone(f.Zone); err != nil {
			return at(path+".zone", "%s", err)
		}
	}
	for i, c := range f.Cases {
		if err := c.check(fmt.Sprintf("%s.cases[%d]", path, i)); err != nil {
			return err
		}
	}
	if f.ZerosMissingWhere != nil {
		if err := f.ZerosMissingWhere.check(path + ".zeros_missing_where"); err != nil {
			return err
		}
	}
	return checkPattern(path+".pattern", f.Pattern)
}

// complete checks that a row would have what its table cannot do without.
func (m *Mapping) complete(src *Source) error {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { _, ok := m.Fields[n]; return ok })
	}
	if !has("platform") && src.Platform == "" {
		return at("fields", "nothing gives the platform; map a column to platform, or give platform for the source")
	}
	if !has("account_id", "handle") && src.Account == "" && src.Handle == "" {
		return at("fields", "nothing names the account; map a column to account_id or handle, or give account or handle for the source")
	}
	switch m.Table {
	case "posts":
		switch {
		case !has("post_id"):
			return at("fields", "nothing gives the id of a post; map a column to post_id")
		case !has("post_type", "repost_of_id", "reply_to_id", "quote_of_id"):
			return at("fields", "nothing tells reposts, replies and quotes from original posts; map post_type, with values, or repost_of_id, reply_to_id and quote_of_id; where all are original, post_type = \"original\" in constants")
		}
	case "account_snapshots":
		switch {
		case !has("observed_at") && !src.ObservedAt.OK:
			return at("fields", "nothing says when the counts were seen; map a column to observed_at, or give observed_at for the source")
		case !has("followers", "following", "posts_total", "likes_total"):
			return at("fields", "nothing is counted; map a column to followers, following, posts_total or likes_total")
		}
	case "account_windows":
		switch {
		case has("window") && has("window_from", "window_to", "window_last") || has("window_to") && has("window_last"):
			return at("fields", "the window is given twice; map window (a month or year), or window_from with window_to (the day after the last) or window_last")
		case !has("window") && !(has("window_from") && has("window_to", "window_last")):
			return at("fields", "nothing gives the window; map window (a month or year), or window_from with window_to (the day after the last) or window_last")
		case !has("counted_by"):
			return at("fields", "nothing says who counted; counted_by = \"…\" in constants")
		case !has("posts", "posts_per_month", "likes", "likes_mean", "comments", "shares", "views"):
			return at("fields", "nothing is counted; map a column to posts, likes, comments, shares or views")
		}
	}
	return nil
}

// CheckZone tells whether a text is the IANA name of a time zone.
func CheckZone(zone string) error {
	if _, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		return fmt.Errorf("%q is no time zone; expected an IANA name such as Asia/Almaty", zone)
	}
	return nil
}
