// Package datasets defines the tables of diplometrics, their columns and how
// they are stored. It is the only package that knows arrow and Parquet.
//
// A table is declared once: its columns carry name, unit and documentation,
// and the same declaration writes Parquet, CSV and XLSX, reads Parquet back,
// and prints the codebook.
package datasets

import (
	"cmp"
	"fmt"
	"strings"
)

// Kind is the type of a column. There are six, the ones that every reader of
// Parquet understands without asking.
type Kind uint8

// The kinds of columns.
const (
	String    Kind = iota // UTF-8 text
	Int                   // 64-bit signed integer
	Float                 // 64-bit float; never NaN or infinite
	Bool                  // true or false
	Date                  // calendar day without a zone
	Timestamp             // moment in UTC, microseconds
)

// String returns the name of the kind as the codebook prints it.
func (k Kind) String() string {
	return [...]string{"string", "integer", "number", "boolean", "date", "timestamp"}[k]
}

// Field describes a column without its row type.
type Field struct {
	Name     string // snake_case, the name in every file format
	Unit     string // unit of a quantity, "" for what has none
	Doc      string // definition first, then what absent means
	Kind     Kind
	Nullable bool // whether absent values are allowed
	Few      bool // few distinct values: stored with a dictionary

	Values      []string     // text: all values that it can have; nil where any text is allowed
	Least, Most Opt[float64] // numbers: bounds that every present value keeps; absent where there is none
}

// Column is one column of a table with rows of type R. Exactly one of the
// accessors is set; each returns a pointer into the row, so that the same
// accessor serves writing and reading.
type Column[R any] struct {
	Field
	str   func(*R) *string
	int   func(*R) *int64
	float func(*R) *float64
	bool  func(*R) *bool
	day   func(*R) *Day
	time  func(*R) *Micros

	optStr   func(*R) *Opt[string]
	optInt   func(*R) *Opt[int64]
	optFloat func(*R) *Opt[float64]
	optBool  func(*R) *Opt[bool]
	optDay   func(*R) *Opt[Day]
	optTime  func(*R) *Opt[Micros]
}

// Table is the declaration of a table whose rows are of type R.
type Table[R any] struct {
	Name    string // file name without extension, and address in the codebook
	Doc     string // what one row is
	Columns []Column[R]
	Key     []string          // columns that together name a row; never null; rows are sorted by them
	Compare func(a, b *R) int // order of rows: by Key
	Check   func(r *R) error  // nil, or what is wrong with the row; nil function: no check
	code    func(*coder, *R)  // gives the fields of a row to a coder; nil where rows are few
	group   int               // rows of a row group, 0 for RowGroupRows: a table of which many files are read together has fewer
}

// groupRows is the number of rows in a row group.
func (t *Table[R]) groupRows() int { return cmp.Or(t.group, RowGroupRows) }

// Schema describes a table without its row type.
type Schema struct {
	Name, Doc string
	Key       []string
	Fields    []Field
}

// Schema returns the description of the table.
func (t *Table[R]) Schema() Schema {
	s := Schema{Name: t.Name, Doc: t.Doc, Key: t.Key, Fields: make([]Field, len(t.Columns))}
	for i, c := range t.Columns {
		s.Fields[i] = c.Field
	}
	return s
}

// Cell returns column i of the row as a Go value: string, int64, float64,
// bool, Day or Micros, or nil where it is absent.
func (t *Table[R]) Cell(r *R, i int) any {
	c := &t.Columns[i]
	switch {
	case c.str != nil:
		return *c.str(r)
	case c.int != nil:
		return *c.int(r)
	case c.float != nil:
		return *c.float(r)
	case c.bool != nil:
		return *c.bool(r)
	case c.day != nil:
		return *c.day(r)
	case c.time != nil:
		return *c.time(r)
	case c.optStr != nil:
		return cell(c.optStr(r))
	case c.optInt != nil:
		return cell(c.optInt(r))
	case c.optFloat != nil:
		return cell(c.optFloat(r))
	case c.optBool != nil:
		return cell(c.optBool(r))
	case c.optDay != nil:
		return cell(c.optDay(r))
	case c.optTime != nil:
		return cell(c.optTime(r))
	}
	panic("datasets: column without accessor: " + c.Name)
}

func cell[T any](o *Opt[T]) any {
	if !o.OK {
		return nil
	}
	return o.V
}

// Sorted reports the first pair of neighbouring rows that is out of order or
// has the same key, as an error that names the row. Rows count from 0.
func (t *Table[R]) Sorted(rows []R) error {
	for i := 1; i < len(rows); i++ {
		if err := t.inOrder(&rows[i-1], &rows[i], int64(i)); err != nil {
			return err
		}
	}
	return nil
}

// inOrder reports whether row i may follow its predecessor.
func (t *Table[R]) inOrder(prev, r *R, i int64) error {
	switch c := t.Compare(prev, r); {
	case c == 0:
		return fmt.Errorf("table %s: rows %d and %d have the same key %v: %v", t.Name, i-1, i, t.Key, t.keyOf(r))
	case c > 0:
		return fmt.Errorf("table %s: row %d sorts after row %d: %v, %v", t.Name, i-1, i, t.keyOf(prev), t.keyOf(r))
	}
	return nil
}

// KeyText is the key of a row in words, for messages.
func (t *Table[R]) KeyText(r *R) string {
	var out []string
	for i, v := range t.keyOf(r) {
		out = append(out, fmt.Sprintf("%s %v", t.Key[i], v))
	}
	return strings.Join(out, ", ")
}

func (t *Table[R]) keyOf(r *R) []any {
	var key []any
	for _, k := range t.Key {
		for i := range t.Columns {
			if t.Columns[i].Name == k {
				key = append(key, t.Cell(r, i))
			}
		}
	}
	return key
}

// The constructors of columns. A name ending in Opt allows absent values. An
// integer that has a unit counts something and is never negative; other numbers
// keep the bounds of their unit.

func strCol[R any](name, unit, doc string, f func(*R) *string) Column[R] {
	return Column[R]{Field: Field{Name: name, Unit: unit, Doc: doc, Kind: String}, str: f}
}

// fewCol is a text column with few distinct values.
func fewCol[R any](name, doc string, f func(*R) *string) Column[R] {
	return Column[R]{Field: Field{Name: name, Doc: doc, Kind: String, Few: true}, str: f}
}

func fewOptCol[R any](name, doc string, f func(*R) *Opt[string]) Column[R] {
	return Column[R]{Field: Field{Name: name, Doc: doc, Kind: String, Nullable: true, Few: true}, optStr: f}
}

func strOptCol[R any](name, unit, doc string, f func(*R) *Opt[string]) Column[R] {
	return Column[R]{Field: Field{Name: name, Unit: unit, Doc: doc, Kind: String, Nullable: true}, optStr: f}
}

func intCol[R any](name, unit, doc string, f func(*R) *int64) Column[R] {
	return Column[R]{Field: Field{Name: name, Unit: unit, Doc: doc, Kind: Int, Least: leastCount(unit)}, int: f}
}

func intOptCol[R any](name, unit, doc string, f func(*R) *Opt[int64]) Column[R] {
	return Column[R]{Field: Field{Name: name, Unit: unit, Doc: doc, Kind: Int, Nullable: true, Least: leastCount(unit)}, optInt: f}
}

func leastCount(unit string) Opt[float64] { return Opt[float64]{OK: unit != ""} }

func floatCol[R any](name, unit, doc string, f func(*R) *float64) Column[R] {
	least, most := UnitRange(unit)
	return Column[R]{Field: Field{Name: name, Unit: unit, Doc: doc, Kind: Float, Least: least, Most: most}, float: f}
}

func floatOptCol[R any](name, unit, doc string, f func(*R) *Opt[float64]) Column[R] {
	least, most := UnitRange(unit)
	return Column[R]{Field: Field{Name: name, Unit: unit, Doc: doc, Kind: Float, Nullable: true, Least: least, Most: most}, optFloat: f}
}

func boolCol[R any](name, doc string, f func(*R) *bool) Column[R] {
	return Column[R]{Field: Field{Name: name, Doc: doc, Kind: Bool}, bool: f}
}

func dayCol[R any](name, doc string, f func(*R) *Day) Column[R] {
	return Column[R]{Field: Field{Name: name, Doc: doc, Kind: Date}, day: f}
}

func dayOptCol[R any](name, doc string, f func(*R) *Opt[Day]) Column[R] {
	return Column[R]{Field: Field{Name: name, Doc: doc, Kind: Date, Nullable: true}, optDay: f}
}

func timeCol[R any](name, doc string, f func(*R) *Micros) Column[R] {
	return Column[R]{Field: Field{Name: name, Doc: doc, Kind: Timestamp}, time: f}
}

func timeOptCol[R any](name, doc string, f func(*R) *Opt[Micros]) Column[R] {
	return Column[R]{Field: Field{Name: name, Doc: doc, Kind: Timestamp, Nullable: true}, optTime: f}
}

// CompareOpt orders absent before present.
func CompareOpt[T cmp.Ordered](a, b Opt[T]) int {
	switch {
	case a.OK && b.OK:
		return cmp.Compare(a.V, b.V)
	case a.OK:
		return 1
	case b.OK:
		return -1
	}
	return 0
}
