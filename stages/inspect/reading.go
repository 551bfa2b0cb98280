package inspect

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// untimed reads the file again as if study.toml said when it was collected, and
// returns how many accounts show their counts then.
func untimed(ctx context.Context, path string, o Options, a *adapters.Adapter, f adapters.File) (int64, error) {
	in, err := adapters.Open(path, o.Encoding, o.Sheet)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	defer in.Close()
	f.Observed = datasets.Some(datasets.Micros(0))
	b, err := a.Read(ctx, in, f, runtime.GOMAXPROCS(0))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", path, err)
	}
	seen := map[string]bool{}
	for _, s := range b.Accounts {
		seen[key(s.Ref)] = true
	}
	return int64(len(seen)), nil
}

// folderOf is the base name of the folder of a file.
func folderOf(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	return filepath.Base(filepath.Dir(abs))
}

// choose returns the adapter of the mapping, the named one, or the first that
// recognizes the file.
func choose(in *adapters.Input, o Options) (*adapters.Adapter, error) {
	if o.Mapping != nil {
		return adapters.Mapped(o.Mapping), nil
	}
	var tried []string
	for i := range adapters.All() {
		a := &adapters.All()[i]
		if o.Adapter == a.Name || o.Adapter == "" && a.Detect(in.Head, in.Name) {
			return a, nil
		}
		tried = append(tried, a.Name)
	}
	if o.Adapter != "" {
		return nil, fmt.Errorf("there is no adapter %q; %s", o.Adapter, study.Nearest(o.Adapter, tried))
	}
	return nil, errors.New(adapters.Unrecognized(in.Head))
}
