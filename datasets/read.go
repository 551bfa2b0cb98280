package datasets

import (
	"context"
	"fmt"
	"iter"
	"slices"
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
	return t.read(ctx, path, columns, reading{RowGroupRows, RowGroupRows, false})
}

// Scan is Read in the memory of one batch, which is smaller: a batch is valid
// until the next one comes, and the text in it as long as that of Read's.
func (t *Table[R]) Scan(ctx context.Context, path string, columns ...string) iter.Seq2[[]R, error] {
	return t.read(ctx, path, columns, reading{scanRows, RowGroupRows, true})
}

// reading is how a file is read.
type reading struct {
	batch int  // most rows of a batch
	step  int  // most rows of which the reader holds the values
	again bool // whether the next batch takes the memory of the one before
}

func (t *Table[R]) read(ctx context.Context, path string, columns []string, how reading) iter.Seq2[[]R, error] {
	pick := t.pick(columns)
	return func(yield func([]R, error) bool) {
		fail := func(err error) { yield(nil, fmt.Errorf("table %s: %w", t.Name, err)) }
		var r *fileReader
		err := guard(path, func() (err error) {
			r, err = openReader(path, t.Schema(), pick)
			return err
		})
		if err != nil {
			fail(err)
			return
		}
		defer r.close()
		r.step = how.step
		var held []R
		var vectors []*vector
		for rows, at, n := int64(0), 0, 0; ; {
			if err := ctx.Err(); err != nil {
				fail(fmt.Errorf("%s: read: %w", path, err))
				return
			}
			var batch []R
			err := guard(path, func() (err error) {
				if at == n {
					at = 0
					if vectors, n, err = r.next(); n == 0 || err != nil {
						return err
					}
				}
				end := min(n, at+how.batch)
				batch = scattered(t, r, vectors, at, end, held)
				at = end
				return nil
			})
			if how.again {
				held = batch
			}
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

// scanRows is the number of rows in a batch of Scan: the columns of a row group
// take a tenth of its rows, which are in a core's cache while they are used.
const scanRows = 4096

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

// scattered returns the rows from first to end of the columns that were read. They
// lie in held where there is room.
func scattered[R any](t *Table[R], r *fileReader, vectors []*vector, first, end int, held []R) []R {
	rows := slices.Grow(held[:0], end-first)[:end-first]
	blocks(len(rows), func(from, to int) {
		// The accessors look at a row before they set it. Memory that is new would
		// be given out twice by the system, and the second time is dear: all cores
		// stop for it.
		clear(rows[from:to])
		for i, v := range vectors {
			t.Columns[r.columns[i]].scatter(v, first+from, rows[from:to])
		}
	})
	return rows
}
