package datasets

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"slices"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// Read returns the rows of a Parquet file of this table in batches of at most
// RowGroupRows, in the order of the file. Each batch is a new slice that the
// caller may keep; the text in it shares memory with the whole batch, so clone
// the few strings that are kept for long. After an error, which comes with a
// nil batch, nothing follows. A file whose columns are not exactly the table's
// is an error that says what differs. A table without rows yields no batch.
// Where columns are named, only they are read, and the others keep the zero
// value, which for a nullable column is absent. A name that is no column of the
// table is a mistake of the program, and panics.
func (t *Table[R]) Read(ctx context.Context, path string, columns ...string) iter.Seq2[[]R, error] {
	pick := t.pick(columns)
	return func(yield func([]R, error) bool) {
		fail := func(err error) { yield(nil, fmt.Errorf("table %s: %w", t.Name, err)) }
		var r *fileReader
		err := guard(path, func() (err error) {
			r, err = openReader(ctx, path, t.Schema(), pick)
			return err
		})
		if err != nil {
			fail(err)
			return
		}
		defer r.close()
		for rows := int64(0); ; {
			if err := ctx.Err(); err != nil {
				fail(fmt.Errorf("%s: read: %w", path, err))
				return
			}
			var batch []R
			err := guard(path, func() (err error) {
				batch, err = readBatch(t, r, pick)
				return err
			})
			switch {
			case err != nil:
				fail(err)
				return
			case batch == nil:
				if want := r.file.NumRows(); rows != want {
					fail(fmt.Errorf("%s: found %d rows, its footer says %d; the file is damaged: build it again", path, rows, want))
				}
				return
			}
			rows += int64(len(batch))
			if !yield(batch, nil) {
				return
			}
		}
	}
}

// pick returns the indices of the named columns, in the order of the table; nil
// for no names, which stands for all.
func (t *Table[R]) pick(columns []string) []int {
	if len(columns) == 0 {
		return nil
	}
	var pick []int
	for i := range t.Columns {
		if slices.Contains(columns, t.Columns[i].Name) {
			pick = append(pick, i)
		}
	}
	if len(pick) != len(columns) {
		panic(fmt.Sprintf("datasets: table %s has not all the columns %q", t.Name, columns))
	}
	return pick
}

// ReadAll returns all rows of a small table; none is an empty slice.
func (t *Table[R]) ReadAll(ctx context.Context, path string) ([]R, error) {
	var all []R
	for batch, err := range t.Read(ctx, path) {
		if err != nil {
			return nil, err
		}
		all = append(all, batch...)
	}
	return all, nil
}

type fileReader struct {
	os      *os.File
	file    *file.Reader
	records pqarrow.RecordReader
}

// openReader opens a file of the table for the picked columns, nil for all.
func openReader(ctx context.Context, path string, s Schema, pick []int) (*fileReader, error) {
	return openAny(ctx, path, pick, func(schema *arrow.Schema) error {
		if diff := s.differs(schema); diff != "" {
			return fmt.Errorf("not a file of this table: %s; build it again", diff)
		}
		return nil
	})
}

// openAny opens a Parquet file whose schema check accepts.
func openAny(ctx context.Context, path string, pick []int, check func(*arrow.Schema) error) (_ *fileReader, err error) {
	r := &fileReader{}
	if r.os, err = os.Open(path); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil || r.records == nil { // nil as well where the library panics
			r.os.Close()
		}
	}()
	mem := memory.DefaultAllocator
	if r.file, err = file.NewParquetReader(r.os, file.WithReadProps(parquet.NewReaderProperties(mem))); err != nil {
		return nil, err
	}
	fr, err := pqarrow.NewFileReader(r.file, pqarrow.ArrowReadProperties{BatchSize: RowGroupRows}, mem)
	if err != nil {
		return nil, err
	}
	schema, err := fr.Schema()
	if err != nil {
		return nil, err
	}
	if err := check(schema); err != nil {
		return nil, err
	}
	r.records, err = fr.GetRecordReader(ctx, pick, nil)
	return r, err
}

func (r *fileReader) close() {
	r.records.Release()
	r.os.Close()
}

// next returns the next batch, which is valid until the call after, or nil at
// the end.
func (r *fileReader) next() (arrow.Record, error) {
	if r.records.Next() {
		return r.records.Record(), nil
	}
	if err := r.records.Err(); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return nil, nil
}

// readBatch returns the next rows, or nil at the end.
func readBatch[R any](t *Table[R], r *fileReader, pick []int) ([]R, error) {
	rec, err := r.next()
	if rec == nil || err != nil {
		return nil, err
	}
	rows := make([]R, rec.NumRows())
	for at := range int(rec.NumCols()) {
		c := &t.Columns[at]
		if pick != nil {
			c = &t.Columns[pick[at]]
		}
		v, err := fromArrow(c.Field, rec.Column(at))
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", c.Name, err)
		}
		c.scatter(v, rows)
	}
	return rows, nil
}

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
