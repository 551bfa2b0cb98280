package stages

import (
	"context"
	"fmt"
	"iter"

	"diplometrics/datasets"
	"diplometrics/pipeline"
)

// tables writes tables whose rows come in batches until the first error, and has
// them read back.
type tables struct {
	io      *pipeline.IO
	options datasets.WriteOptions
	verify  Verify
	written []string
	err     error
}

func (f *flow) tables(io *pipeline.IO) *tables {
	return &tables{io: io, options: datasets.WriteOptions{Simulated: f.st.Simulated}, verify: f.verify}
}

// put writes the rows of a table under a declared output name.
func put[R any](w *tables, t *datasets.Table[R], name string, rows iter.Seq2[[]R, error]) {
	var path string
	if w.err == nil {
		path, w.err = w.io.Out(name)
	}
	if w.err == nil {
		w.err = t.WriteBatches(path, rows, w.options)
		w.written = append(w.written, path)
	}
}

// close returns the first error, or what reading back found.
func (w *tables) close(ctx context.Context) error {
	if w.err != nil {
		return w.err
	}
	if err := w.verify(ctx, w.written); err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	return nil
}
