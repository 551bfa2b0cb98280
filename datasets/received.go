package datasets

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/xitongsys/parquet-go/reader"
	"github.com/xitongsys/parquet-go/source"
)

// Cells are the values of one column in a batch of rows.
type Cells struct {
	Field Field
	v     *vector
}

// Len returns the number of rows.
func (c Cells) Len() int { return max(len(c.v.bits), len(c.v.strs)) }

// At returns the value in a row as a Go value: string, int64, float64, bool,
// Day or Micros, or nil where it is absent.
func (c Cells) At(i int) any {
	if !c.v.present(i) {
		return nil
	}
	switch c.Field.Kind {
	case String:
		return c.v.strs[i]
	case Float:
		return math.Float64frombits(c.v.bits[i])
	case Bool:
		return boolOfBits(c.v.bits[i])
	case Date:
		return dayOfBits(c.v.bits[i])
	case Timestamp:
		return timeOfBits(c.v.bits[i])
	}
	return intOfBits(c.v.bits[i])
}

// AppendCSV appends the value in a row as WriteCSV writes it; nothing where it
// is absent.
func (c Cells) AppendCSV(b []byte, i int) []byte {
	if !c.v.present(i) {
		return b
	}
	return c.v.appendCSV(b, c.Field.Kind, i)
}

// Differs returns the first row in which the other column, of as many rows and
// the same kind, holds another value, bit by bit; -1 where there is none.
func (c Cells) Differs(other Cells) int {
	for i := range c.Len() {
		a, b := c.v.present(i), other.v.present(i)
		switch {
		case a != b:
			return i
		case !a:
		case c.Field.Kind == String && c.v.strs[i] != other.v.strs[i], c.Field.Kind != String && c.v.bits[i] != other.v.bits[i]:
			return i
		}
	}
	return -1
}

// Invalid returns the first row with a value that no table may hold (text that
// is not UTF-8, a number that is not finite) and what is wrong with it; nil
// where there is none.
func (c Cells) Invalid() (int, error) { return c.v.validate(c.Field.Kind) }

// CompareCells orders two values of At of the same kind: absent first, then by
// value, text by its bytes, false before true.
func CompareCells(a, b any) int {
	switch a := a.(type) {
	case nil:
		if b == nil {
			return 0
		}
		return -1
	case string:
		if b, ok := b.(string); ok {
			return cmp.Compare(a, b)
		}
	case int64:
		if b, ok := b.(int64); ok {
			return cmp.Compare(a, b)
		}
	case float64:
		if b, ok := b.(float64); ok {
			return cmp.Compare(a, b)
		}
	case bool:
		if b, ok := b.(bool); ok {
			return cmp.Compare(bitsOfBool(a), bitsOfBool(b))
		}
	case Day:
		if b, ok := b.(Day); ok {
			return cmp.Compare(a, b)
		}
	case Micros:
		if b, ok := b.(Micros); ok {
			return cmp.Compare(a, b)
		}
	}
	return 1 // b is absent
}

// Received reads a Parquet file that somebody else made, of any table, with
// both libraries. On a file that was made to do harm either library can panic
// where no one can recover, or take memory without bound: use it only in a
// process that may die.
type Received struct {
	fields  []Field
	records pqarrow.RecordReader
	second  *reader.ParquetReader
}

// OpenReceived opens a file whose columns are exactly these. The file stays the
// caller's, who closes it after the last use of the reader.
func OpenReceived(ctx context.Context, f *os.File, fields []Field) (*Received, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	r := &Received{fields: fields}
	err = guard(f.Name(), func() error {
		if err := r.openFirst(ctx, io.NewSectionReader(f, 0, info.Size())); err != nil {
			return fmt.Errorf("the first Parquet library, arrow: %w", err)
		}
		r.second, err = reader.NewParquetColumnReader(&section{*io.NewSectionReader(f, 0, info.Size())}, 1)
		if err != nil {
			return fmt.Errorf("the second Parquet library, parquet-go: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s := secondReader{reader: r.second}
	want := make([]checkField, len(fields))
	for i, f := range fields {
		want[i] = checkField{f.Name, f.Kind, f.Nullable}
	}
	if err := s.sameColumns(want); err != nil {
		return nil, fmt.Errorf("the second Parquet library, parquet-go: %w", err)
	}
	return r, nil
}

func (r *Received) openFirst(ctx context.Context, at *io.SectionReader) error {
	mem := memory.DefaultAllocator
	pq, err := file.NewParquetReader(at, file.WithReadProps(parquet.NewReaderProperties(mem)))
	if err != nil {
		return err
	}
	fr, err := pqarrow.NewFileReader(pq, pqarrow.ArrowReadProperties{BatchSize: RowGroupRows}, mem)
	if err != nil {
		return err
	}
	schema, err := fr.Schema()
	if err != nil {
		return err
	}
	same := slices.EqualFunc(r.fields, schema.Fields(), func(want Field, got arrow.Field) bool {
		return want.Name == got.Name && want.Nullable == got.Nullable && arrow.TypeEqual(arrowType(want.Kind), got.Type)
	})
	if !same {
		return fmt.Errorf("found the columns %.300s, expected those of the footer; the file tells two readers different things", schema)
	}
	r.records, err = fr.GetRecordReader(ctx, nil, nil)
	return err
}

// Next returns the next rows, at most RowGroupRows, as the first library reads
// them: one Cells for each column. The error is io.EOF after the last row.
func (r *Received) Next() (columns []Cells, err error) {
	defer recovered(&err, "first", "arrow")
	if !r.records.Next() {
		if err := r.records.Err(); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return nil, io.EOF
	}
	rec := r.records.Record()
	columns = make([]Cells, len(r.fields))
	for i, f := range r.fields {
		v, err := fromArrow(f, rec.Column(i))
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", f.Name, err)
		}
		columns[i] = Cells{f, v}
	}
	return columns, nil
}

// Second returns the next n values of column i as the second library reads
// them, independently of Next. Fewer than n is an error.
func (r *Received) Second(i, n int) (_ Cells, err error) {
	defer recovered(&err, "second", "parquet-go")
	f := r.fields[i]
	values, _, _, err := r.second.ReadColumnByIndex(int64(i), int64(n))
	if err != nil {
		return Cells{}, fmt.Errorf("the second Parquet library, parquet-go: %w", err)
	}
	if len(values) != n {
		return Cells{}, fmt.Errorf("the second Parquet library, parquet-go, found %d values, expected %d", len(values), n)
	}
	v := newVector(f, n)
	for row, value := range values {
		if value == nil {
			if v.valid == nil {
				return Cells{}, fmt.Errorf("the second Parquet library, parquet-go, found null in a column that has none")
			}
			continue
		}
		if v.valid != nil {
			v.valid[row] = true
		}
		if s, ok := value.(string); ok && f.Kind == String {
			v.strs[row] = s
			continue
		}
		bits, ok := bitsOfValue(f.Kind, value)
		if !ok || f.Kind == String {
			return Cells{}, fmt.Errorf("the second Parquet library, parquet-go, found a value of type %T in a column of kind %s", value, f.Kind)
		}
		v.bits[row] = bits
	}
	return Cells{f, v}, nil
}

// Close releases what the first library holds.
func (r *Received) Close() { r.records.Release() }

func recovered(err *error, which, name string) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("the %s Parquet library, %s, panicked: %.200s", which, name, bytes.TrimSpace(fmt.Append(nil, p)))
	}
}

// section lets the second library read an open file; each of its columns has a
// position of its own.
type section struct{ io.SectionReader }

func (s *section) Open(name string) (source.ParquetFile, error) {
	if name != "" {
		return nil, fmt.Errorf("a column lies in another file, %.80q", name)
	}
	f, off, n := s.Outer()
	return &section{*io.NewSectionReader(f, off, n)}, nil
}

func (s *section) Create(string) (source.ParquetFile, error) {
	return nil, errors.New("this file is only read")
}

func (s *section) Write([]byte) (int, error) { return 0, errors.New("this file is only read") }

func (s *section) Close() error { return nil }

// fromArrow converts an array whose type is the field's.
func fromArrow(f Field, a arrow.Array) (*vector, error) {
	v := newVector(f, a.Len())
	if !f.Nullable && a.NullN() > 0 {
		return nil, fmt.Errorf("found %d nulls in a column that has none; the file is damaged: build it again", a.NullN())
	}
	for i := range v.valid {
		v.valid[i] = a.IsValid(i)
	}
	switch a := a.(type) {
	case *array.String:
		for i := range v.strs {
			v.strs[i] = a.Value(i)
		}
	case *array.Int64:
		for i, x := range a.Int64Values() {
			v.bits[i] = uint64(x)
		}
	case *array.Float64:
		for i, x := range a.Float64Values() {
			v.bits[i] = math.Float64bits(x)
		}
	case *array.Boolean:
		for i := range v.bits {
			v.bits[i] = bitsOfBool(a.Value(i))
		}
	case *array.Date32:
		for i, x := range a.Date32Values() {
			v.bits[i] = bitsOfInt(x)
		}
	case *array.Timestamp:
		for i, x := range a.TimestampValues() {
			v.bits[i] = bitsOfInt(x)
		}
	default:
		return nil, fmt.Errorf("found an array of %s", a.DataType())
	}
	return v, nil
}
