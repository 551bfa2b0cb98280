package datasets

import (
	"context"
	"fmt"
	"iter"
)

// ReadSome is Read without the row groups in which has is true of no text of a
// column that is never null, in the memory of one batch: a batch is valid until
// the next one comes. What it yields holds every row of whose text has is true,
// and others. It asks the column itself: its least and greatest text say little
// of a metric. It panics where column has no text.
func (t *Table[R]) ReadSome(ctx context.Context, path, column string, has func(text string) bool, columns ...string) iter.Seq2[[]R, error] {
	pick, tested := t.pick(columns), t.pick([]string{column})
	if c := &t.Columns[tested[0]]; c.str == nil {
		panic(fmt.Sprintf("datasets: table %s: column %s is not of texts alone", t.Name, column))
	}
	return func(yield func([]R, error) bool) {
		fail := func(err error) { yield(nil, fmt.Errorf("table %s: %w", t.Name, err)) }
		var test, r *fileReader
		err := guard(path, func() (err error) {
			if test, err = openReader(path, t.Schema(), tested); err == nil {
				r, err = openReader(path, t.Schema(), pick)
			}
			return err
		})
		for _, opened := range []*fileReader{test, r} {
			if opened != nil {
				defer opened.close()
			}
		}
		if err != nil {
			fail(err)
			return
		}
		var rows []R
		for g := range r.file.NumRowGroups() {
			if err := ctx.Err(); err != nil {
				fail(fmt.Errorf("%s: read: %w", path, err))
				return
			}
			var found bool
			err := guard(path, func() (err error) {
				test.only(g)
				found, err = hasText(test, has)
				return err
			})
			r.only(g)
			for err == nil && found {
				var n int
				err = guard(path, func() (err error) {
					var vectors []*vector
					if vectors, n, err = r.next(); n > 0 && err == nil {
						rows = scattered(t, r, vectors, 0, n, rows)
					}
					return err
				})
				if n == 0 || err != nil {
					break
				}
				if !yield(rows, nil) {
					return
				}
			}
			if err != nil {
				fail(err)
				return
			}
		}
	}
}

// hasText tells whether has is true of any text of the one column that r reads.
func hasText(r *fileReader, has func(string) bool) (bool, error) {
	for {
		vectors, n, err := r.next()
		if n == 0 || err != nil {
			return false, err
		}
		last := ""
		for i, s := range vectors[0].strs {
			// Columns of few texts repeat them.
			if i == 0 || s != last {
				if last = s; has(s) {
					return true, nil
				}
			}
		}
	}
}
