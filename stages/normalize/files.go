package normalize

import (
	"context"
	"fmt"
	"iter"
	"os"

	"diplometrics/datasets"
	"diplometrics/pipeline"
)

// Files writes the Parquet files of a unit until the first error, and has them
// read back by the second library before the unit counts as done.
type Files struct {
	IO      *pipeline.IO
	Options datasets.WriteOptions
	Verify  func(ctx context.Context, files []string) error // nil where the options say Unchecked
	// PostsOnly leaves out snapshots of posts and of accounts seen beside them:
	// for measuring.
	PostsOnly bool

	written []string
	err     error
}

// in returns where a run lies: an input, or what the unit wrote itself.
func (w *Files) in(name string) (string, error) {
	if p, err := w.IO.Out(name); err == nil {
		return p, nil
	}
	return w.IO.In(name)
}

// sections opens a run, which has so many sorted sequences.
func sections[R any](ctx context.Context, w *Files, t *datasets.Table[R], name string) ([]iter.Seq2[[]R, error], error) {
	p, err := w.in(name)
	if err != nil {
		return nil, err
	}
	return t.Sections(ctx, p)
}

// out returns where a declared output is to be written; "" after an error.
func (w *Files) out(name string) (path string) {
	if w.err == nil {
		path, w.err = w.IO.Out(name)
	}
	return path
}

// Put writes the rows of a table under a declared output name.
func Put[R any](w *Files, t *datasets.Table[R], name string, rows []R) {
	PutBatches(w, t, name, func(yield func([]R, error) bool) { yield(rows, nil) })
}

// PutBatches is Put for rows that come in batches.
func PutBatches[R any](w *Files, t *datasets.Table[R], name string, rows iter.Seq2[[]R, error]) {
	p := w.out(name)
	if w.err != nil {
		return
	}
	if w.err = t.WriteBatches(p, rows, w.Options); w.err == nil {
		w.written = append(w.written, p)
	}
}

// Create opens a declared output for rows that come one by one; nil after an
// error. The caller closes it by CloseTable.
func Create[R any](w *Files, t *datasets.Table[R], name string) *datasets.Writer[R] {
	p := w.out(name)
	if w.err != nil {
		return nil
	}
	var out *datasets.Writer[R]
	if out, w.err = t.NewWriter(p, w.Options); w.err == nil {
		w.written = append(w.written, p)
	}
	return out
}

// CloseTable closes what Create opened, or discards it after an error.
func CloseTable[R any](w *Files, out *datasets.Writer[R]) {
	switch {
	case out == nil:
	case w.err != nil:
		out.Discard()
	default:
		w.err = out.Close()
	}
}

// newRunWriter opens a declared output for a run; nil after an error, which
// Close returns.
func newRunWriter[R any](w *Files, t *datasets.Table[R], name string) *datasets.RunWriter[R] {
	p := w.out(name)
	if w.err != nil {
		return nil
	}
	var out *datasets.RunWriter[R]
	out, w.err = t.NewRunWriter(p)
	return out
}

func closeRun[R any](w *Files, out *datasets.RunWriter[R]) {
	if err := out.Close(); w.err == nil {
		w.err = err
	}
}

// putRun writes rows, in their order, as a run under a declared output name.
func putRun[R any](w *Files, t *datasets.Table[R], name string, rows []R) {
	if p := w.out(name); w.err == nil {
		w.err = t.WriteRun(p, rows)
	}
}

// Bytes writes a file that is no table.
func (w *Files) Bytes(name string, b []byte) {
	if p := w.out(name); w.err == nil {
		w.err = os.WriteFile(p, b, 0o644)
	}
}

// Err returns the first error.
func (w *Files) Err() error { return w.err }

// Close returns the first error, or what reading back found.
func (w *Files) Close(ctx context.Context) error {
	if w.err != nil {
		return w.err
	}
	if w.Options.Unchecked {
		return nil
	}
	if err := w.Verify(ctx, w.written); err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	return nil
}
