package datasets

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"iter"
	"math"
	"os"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// Writer writes the rows of a table to one Parquet file, and beside it the
// check file that Verify compares it with. It encodes the columns of a row group
// side by side, while the rows of the next one come. It is not safe for
// concurrent use.
type Writer[R any] struct {
	table   *Table[R]
	path    string
	file    *os.File
	buf     *bufio.Writer
	out     *parquetFile
	pack    compressor
	columns []vector // of the row group that is being encoded
	group   []chunk
	check   *checkWriter // nil where unchecked
	checks  [][]byte     // of the columns of the row group

	rows    []R        // rows of the row group that is not written yet
	first   int64      // number of rows[0] in the table, from 0
	prev    *R         // last row that was accepted
	writing []R        // the row group before, which is being written or is
	written chan error // of it; nil where none is being written
	err     error      // first error; the file is of no use after it
	done    bool
}

// NewWriter creates the file at path, replacing what is there, and the check
// file at path + ".check". The caller must call Close, or Discard to give up.
// Syncing and renaming are the caller's.
func (t *Table[R]) NewWriter(path string, o WriteOptions) (*Writer[R], error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("table %s: create the Parquet file: %w", t.Name, err)
	}
	w := &Writer[R]{table: t, path: path, file: f, buf: bufio.NewWriterSize(f, 1<<18)}
	schema := t.Schema()
	n := len(schema.Fields)
	w.columns, w.group, w.checks = make([]vector, n), make([]chunk, n), make([][]byte, n)
	if w.pack, err = o.newCompressor(); err == nil {
		err = guard(path, func() (err error) {
			w.out, err = schema.newFile(w.buf, writerProperties(o), o)
			return err
		})
	}
	if err == nil && !o.Unchecked {
		w.check, err = newCheckWriter(checkPath(path), schema)
	}
	if err != nil {
		w.Discard()
		return nil, fmt.Errorf("table %s: %w", t.Name, err)
	}
	return w, nil
}

// Write appends rows, which must continue the order of the table's key. It
// refuses rows out of order or with the key of their predecessor, rows that
// fail the table's Check, NaN and infinite numbers, and text that is not UTF-8;
// the last two, and what the disk says, may be found only after the row group is
// full, by a later Write or by Close. Errors name table, row (from 0) and column. After an error the
// file is of no use, and every later call returns the same error. The rows stay
// the caller's.
func (w *Writer[R]) Write(rows []R) error {
	if w.done {
		return fmt.Errorf("table %s: write to %s, which is closed", w.table.Name, w.path)
	}
	most := w.table.groupRows()
	for len(rows) > 0 && w.err == nil {
		n := min(len(rows), most-len(w.rows))
		if w.err = w.accept(rows[:n]); w.err != nil {
			break
		}
		if need := len(w.rows) + n; need > cap(w.rows) && need > most/16 {
			// Growing by and by to a row group would take several times its memory.
			w.rows = slices.Grow(w.rows, most-len(w.rows))
		}
		w.rows = append(w.rows, rows[:n]...)
		rows = rows[n:]
		w.prev = &w.rows[len(w.rows)-1]
		if len(w.rows) == most {
			w.err = w.flush()
		}
	}
	return w.err
}

// accept checks what concerns whole rows.
func (w *Writer[R]) accept(rows []R) error {
	for i := range rows {
		n, r := w.first+int64(len(w.rows)+i), &rows[i]
		if w.prev != nil {
			if err := w.table.inOrder(w.prev, r, n); err != nil {
				return err
			}
		}
		if w.table.Check != nil {
			if err := w.table.Check(r); err != nil {
				return fmt.Errorf("table %s: row %d, key %v: %w", w.table.Name, n, w.table.keyOf(r), err)
			}
		}
		w.prev = r
	}
	return nil
}

// flush lets the buffered rows be written as one row group, once the one before
// is, whose error it returns.
func (w *Writer[R]) flush() error {
	if err := w.wait(); err != nil || len(w.rows) == 0 {
		return err
	}
	last := w.rows[len(w.rows)-1]
	w.prev = &last
	rows, first, written := w.rows, w.first, make(chan error, 1)
	w.first += int64(len(rows))
	w.rows, w.writing, w.written = w.writing[:0], rows, written
	go func() { written <- w.rowGroup(rows, first) }()
	return nil
}

// wait returns, when no row group is being written, the error of the last.
func (w *Writer[R]) wait() (err error) {
	if w.written != nil {
		err = <-w.written
		w.written = nil
	}
	return err
}

// rowGroup writes rows as one row group; first is the number of rows[0].
func (w *Writer[R]) rowGroup(rows []R, first int64) error {
	columns := w.table.Columns
	for i := range columns {
		w.columns[i].reset(columns[i].Field, len(rows))
	}
	blocks(len(rows), func(from, to int) {
		for i := range columns {
			columns[i].take(&w.columns[i], from, rows[from:to])
		}
	})
	if err := sideBySide(len(columns), func(i int) error { return w.column(i, rows, first) }); err != nil {
		return err
	}
	if w.check != nil {
		w.check.rowGroup(len(rows), w.checks)
	}
	if err := guard(w.path, func() error { return w.out.rowGroup(len(rows), w.group) }); err != nil {
		return fmt.Errorf("table %s: write rows %d to %d: %w", w.table.Name, first, first+int64(len(rows))-1, err)
	}
	return nil
}

// sideBySide calls f for 0 to n-1 on all cores and returns, when all are done, the
// error of the first number that has one.
func sideBySide(n int, f func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				errs[i] = f(i)
			}
		})
	}
	wait.Wait()
	return cmp.Or(errs...)
}

// column encodes column i of a row group, and its part of the check file.
func (w *Writer[R]) column(i int, rows []R, first int64) error {
	c := &w.table.Columns[i]
	v := &w.columns[i]
	if c.Few {
		v.code()
	}
	if row, err := v.validate(c.Kind); err != nil {
		return fmt.Errorf("table %s: row %d, column %s, key %v: %w",
			w.table.Name, first+int64(row), c.Name, w.table.keyOf(&rows[row]), err)
	}
	err := v.encode(c.Kind, &w.group[i], w.pack)
	if err != nil {
		return fmt.Errorf("table %s: column %s: write rows %d to %d: %w", w.table.Name, c.Name, first, first+int64(len(rows))-1, err)
	}
	if w.check != nil {
		w.checks[i] = v.appendCheck(w.checks[i][:0])
	}
	return nil
}

// Close writes what is buffered and the footer and closes both files. A second
// call does nothing. After an error both files are removed.
func (w *Writer[R]) Close() error {
	if w.done {
		return w.err
	}
	if w.err == nil {
		w.err = w.flush()
	}
	w.err = cmp.Or(w.err, w.wait())
	if w.err == nil {
		w.err = guard(w.path, w.out.close)
	}
	if w.err == nil {
		w.err = w.buf.Flush()
	}
	if w.err == nil && w.check != nil {
		w.err = w.check.close()
	}
	if w.err == nil {
		w.err = w.file.Close()
	}
	if w.err != nil {
		w.Discard()
		return w.err
	}
	w.done = true
	return nil
}

// Discard closes and removes both files. After Close it does nothing, so that
// it can be deferred.
func (w *Writer[R]) Discard() {
	if w.done {
		return
	}
	w.done = true
	w.wait()
	if w.check != nil {
		w.check.discard()
	}
	w.file.Close()
	os.Remove(w.path)
}

// Write writes all rows of a small table to path, as NewWriter does.
func (t *Table[R]) Write(path string, rows []R, o WriteOptions) error {
	return t.WriteBatches(path, func(yield func([]R, error) bool) { yield(rows, nil) }, o)
}

// WriteBatches writes rows that come in batches to path, as NewWriter does.
func (t *Table[R]) WriteBatches(path string, rows iter.Seq2[[]R, error], o WriteOptions) error {
	w, err := t.NewWriter(path, o)
	if err != nil {
		return err
	}
	for batch, err := range rows {
		if err == nil {
			err = w.Write(batch)
		}
		if err != nil {
			w.Discard()
			return err
		}
	}
	return w.Close()
}

// validate returns the first value that no table may hold, and its index.
func (v *vector) validate(k Kind) (int, error) {
	switch k {
	case Float:
		for i, b := range v.bits {
			if f := math.Float64frombits(b); math.IsNaN(f) || math.IsInf(f, 0) {
				return i, fmt.Errorf("found %v, expected a finite number; what cannot be computed must be absent", f)
			}
		}
	case String:
		if len(v.words) == 0 {
			for i, s := range v.strs {
				if !ValidUTF8(s) {
					return i, notUTF8(s)
				}
			}
		}
		for code, s := range v.words {
			if !ValidUTF8(s) {
				i := 0
				for !v.present(i) || v.codes[i] != uint32(code) {
					i++
				}
				return i, notUTF8(s)
			}
		}
	}
	return 0, nil
}

func notUTF8(s string) error {
	return fmt.Errorf("found text that is not UTF-8 (%.60q); decode it where it is read", s)
}

// guard turns a panic of a Parquet library into an error that names the file.
func guard(path string, f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: the Parquet library panicked: %v", path, p)
		}
	}()
	if err := f(); err != nil {
		var pathErr *os.PathError
		if errors.As(err, &pathErr) {
			return err
		}
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}
