package inspect

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// Of returns what study.toml says of a source.
func Of(src study.Source) Options {
	o := Options{Adapter: src.Adapter, Encoding: src.Encoding, Mapping: src.Mapping, File: adapters.File{Observed: src.ObservedAt, ObservedPrecision: src.ObservedPrecision, Platform: src.Platform,
		Account: adapters.Ref{Platform: src.Platform, ID: src.Account, Handle: src.Handle}}}
	if src.Mapping != nil {
		o.Sheet = src.Mapping.Sheet
	}
	if src.Zone != "" {
		o.File.Zone, _ = time.LoadLocation(src.Zone) // the study checked it
	}
	return o
}

// Find returns what the study that a file lies in says of it: the nearest
// folder above the file with a study.toml is the study. A file outside any
// study, or that its study does not name, has no options. The error is that of
// a study.toml which cannot be used.
func Find(file string) (Options, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return Options{}, err
	}
	for dir := filepath.Dir(abs); ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "study.toml")); err == nil {
			return find(dir, abs)
		} else if !errors.Is(err, fs.ErrNotExist) || dir == filepath.Dir(dir) {
			return Options{}, nil
		}
	}
}

func find(dir, file string) (Options, error) {
	st, err := study.Load(dir)
	if err != nil {
		return Options{}, err
	}
	for _, src := range st.Sources {
		if filepath.Join(dir, filepath.FromSlash(src.File)) == file {
			return Of(src), nil
		}
	}
	return Options{}, nil
}
