package stages

import (
	"context"
	"iter"

	"diplometrics/datasets"
	"diplometrics/stages/normalize"
)

// snapshotFiles are the files of account_snapshots that a unit declared, one a
// country and year, or that of a package, which has the table whole.
func snapshotFiles(in inputs) ([]string, error) {
	if study, ok := in.(interface{ Under(folder string) []string }); ok {
		return paths(in, study.Under(normalize.AccountSnapshotsFolder))
	}
	return paths(in, parquet("normalized", datasets.AccountSnapshots.Name))
}

// paths are those of several inputs.
func paths(in inputs, names []string) ([]string, error) {
	out := make([]string, len(names))
	for i, n := range names {
		var err error
		if out[i], err = in.In(n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// scanSnapshots yields the rows of account_snapshots in the order of their key,
// which the columns have to hold where the order matters. A batch is valid until
// the next one.
func scanSnapshots(ctx context.Context, in inputs, columns ...string) iter.Seq2[[]datasets.AccountSnapshot, error] {
	files, err := snapshotFiles(in)
	return unless(err, datasets.AccountSnapshots.ScanFiles(ctx, files, columns...))
}

// unless yields an error where there is one, and else the rows.
func unless[R any](err error, rows iter.Seq2[[]R, error]) iter.Seq2[[]R, error] {
	if err == nil {
		return rows
	}
	return func(yield func([]R, error) bool) { yield(nil, err) }
}

// eachSnapshot calls f with the rows of account_snapshots, file by file. A row is
// valid while f has it.
func eachSnapshot(ctx context.Context, r *reader, columns []string, f func(*datasets.AccountSnapshot)) {
	if r.err != nil {
		return
	}
	var files []string
	files, r.err = snapshotFiles(r.io)
	for _, file := range files {
		if r.err == nil {
			r.err = each(datasets.AccountSnapshots.Scan(ctx, file, columns...), f)
		}
	}
}
