package datasets

import (
	"context"
	"fmt"
	"iter"

	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// ReadSome is Read without the row groups in which has is true of no text of a
// column that is never null. What it yields holds every row of whose text has is
// true, and others. It asks the column itself: its least and greatest text say
// little of a metric. It panics where column has no text.
func (t *Table[R]) ReadSome(ctx context.Context, path, column string, has func(text string) bool, columns ...string) iter.Seq2[[]R, error] {
	pick, tested := t.pick(columns), t.pick([]string{column})
	if c := &t.Columns[tested[0]]; c.str == nil {
		panic(fmt.Sprintf("datasets: table %s: column %s is not of texts alone", t.Name, column))
	}
	return func(yield func([]R, error) bool) {
		fail := func(err error) { yield(nil, fmt.Errorf("table %s: %w", t.Name, err)) }
		var r *fileReader
		var groups *pqarrow.FileReader
		err := guard(path, func() (err error) {
			if r, err = openReader(ctx, path, t.Schema(), tested); err == nil {
				groups, err = pqarrow.NewFileReader(r.file, pqarrow.ArrowReadProperties{BatchSize: RowGroupRows}, memory.DefaultAllocator)
			}
			return err
		})
		if r != nil {
			defer r.close()
		}
		if err != nil {
			fail(err)
			return
		}
		for g := range r.file.NumRowGroups() {
			if err := ctx.Err(); err != nil {
				fail(fmt.Errorf("%s: read: %w", path, err))
				return
			}
			found := false
			err := guard(path, func() (err error) {
				found, err = hasText(ctx, groups, g, tested, has)
				return err
			})
			more := true
			if err == nil && found {
				err = eachOfGroup(ctx, t, path, groups, g, pick, func(rows []R) bool {
					more = yield(rows, nil)
					return more
				})
			}
			if err != nil {
				fail(err)
				return
			}
			if !more {
				return
			}
		}
	}
}

// hasText tells whether has is true of any text of a column in a row group.
func hasText(ctx context.Context, groups *pqarrow.FileReader, group int, column []int, has func(string) bool) (found bool, err error) {
	var r fileReader
	if r.records, err = groups.GetRecordReader(ctx, column, []int{group}); err != nil {
		return false, err
	}
	defer r.records.Release()
	for {
		rec, err := r.next()
		if rec == nil || err != nil {
			return false, err
		}
		texts, ok := rec.Column(0).(*array.String)
		if !ok {
			return false, fmt.Errorf("found an array of %s, expected text", rec.Column(0).DataType())
		}
		last := ""
		for i := range texts.Len() {
			// Columns of few texts repeat them.
			if s := texts.Value(i); i == 0 || s != last {
				if last = s; has(s) {
					return true, nil
				}
			}
		}
	}
}

// eachOfGroup calls f with the rows of a row group until it returns false.
func eachOfGroup[R any](ctx context.Context, t *Table[R], path string, groups *pqarrow.FileReader, group int, pick []int, f func([]R) bool) error {
	var r fileReader
	err := guard(path, func() (err error) {
		r.records, err = groups.GetRecordReader(ctx, pick, []int{group})
		return err
	})
	if err != nil {
		return err
	}
	defer r.records.Release()
	for n := int64(0); ; {
		var rows []R
		err := guard(path, func() (err error) {
			rows, err = readBatch(t, &r, pick)
			return err
		})
		want := groups.ParquetReader().MetaData().RowGroups[group].NumRows
		switch {
		case err != nil:
			return err
		case rows == nil && n != want:
			return fmt.Errorf("%s: found %d rows in row group %d, its footer says %d; the file is damaged: build it again", path, n, group, want)
		case rows == nil:
			return nil
		}
		n += int64(len(rows))
		if !f(rows) {
			return nil
		}
	}
}
