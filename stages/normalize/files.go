package normalize

import (
	"context"
	"fmt"
	"os"

	"diplometrics/datasets"
	"diplometrics/pipeline"
)

// Files writes the Parquet files of a unit until the first error, and has them
// read back by the second library before the unit counts as done.
type Files struct {
	IO      *pipeline.IO
	Options datasets.WriteOptions
	Verify  func(ctx context.Context, files []string) error

	written []string
	err     error
}

// Put writes the rows of a table under a declared output name.
func Put[R any](w *Files, t *datasets.Table[R], name string, rows []R) {
	if w.err != nil {
		return
	}
	var p string
	if p, w.err = w.IO.Out(name); w.err != nil {
		return
	}
	if w.err = t.Write(p, rows, w.Options); w.err == nil {
		w.written = append(w.written, p)
	}
}

// Bytes writes a file that is no table.
func (w *Files) Bytes(name string, b []byte) {
	if w.err != nil {
		return
	}
	var p string
	if p, w.err = w.IO.Out(name); w.err == nil {
		w.err = os.WriteFile(p, b, 0o644)
	}
}

// Close returns the first error, or what reading back found.
func (w *Files) Close(ctx context.Context) error {
	if w.err != nil {
		return w.err
	}
	if err := w.Verify(ctx, w.written); err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	return nil
}
