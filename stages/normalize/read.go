package normalize

import (
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"time"

	"diplometrics/pipeline"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// Read reads one raw file into a run. A wrong record is a reject, or an error
// where people fill the format in by hand; past st.MaxReject, the share of
// rejects among records of known accounts, the file fails.
func Read(ctx context.Context, st *study.Study, src study.Source, w *Files) error {
	p, err := w.IO.In(st.Accounts)
	if err != nil {
		return err
	}
	reg, err := readAccounts(p)
	if err != nil {
		return err
	}
	gone, err := readTakedown(takedownIn(w.IO))
	if err != nil {
		return err
	}
	r := newRun(src, reg, w)
	defer r.wait()
	if w.err != nil {
		return w.err
	}
	if err := r.read(ctx, gone); err != nil {
		return fmt.Errorf("%s:%w", src.File, err)
	}
	if r.simulated != "" && !st.Simulated {
		return fmt.Errorf("%s: %q was simulated; write simulated = true into study.toml, so that every table and figure says so", src.File, r.simulated)
	}
	if bad, of := r.rejected-r.unknown, r.records-r.unknown; float64(bad) > st.MaxReject*float64(of) {
		first := r.first
		return fmt.Errorf("%s:%d: %d of %d records cannot be used, more than max_reject_share = %g; the first: %s%s", src.File, first.Record, bad, of, st.MaxReject, prefix(first.Field.V), first.Reason)
	}
	if err := r.close(ctx); err != nil {
		return fmt.Errorf("%s:%w", src.File, err)
	}
	return w.Close(ctx)
}

func prefix(field string) string {
	if field == "" {
		return ""
	}
	return field + ": "
}

const unknownAccount = "unknown account"

// read reads the file of the run.
func (r *run) read(ctx context.Context, gone *takedown) error {
	src := r.src
	file, err := r.w.IO.Open(src.File)
	if err != nil {
		return err
	}
	sheet := ""
	if src.Mapping != nil {
		sheet = src.Mapping.Sheet
	}
	in, err := adapters.OpenFile(file, path.Base(src.File), src.Encoding, sheet)
	if err != nil {
		return said(err)
	}
	defer in.Close()
	if r.adapter, err = choose(src, in.Head, in.Name); err != nil {
		return err
	}
	f, err := fileOf(src, in.Name)
	if err != nil {
		return err
	}
	err = r.adapter.Stream(ctx, in, f, runtime.GOMAXPROCS(0), func(b *adapters.Batch) error {
		inRows(in, b)
		if err := adapters.CheckObserved(b, f); err != nil {
			return err
		}
		gone.filter(b, r.reg)
		return r.take(b)
	})
	if err != nil {
		return said(err)
	}
	return nil
}

// takedownIn is where the takedown list lies; "" where the study has none.
func takedownIn(io *pipeline.IO) string {
	path, err := io.In(TakedownFile)
	if err != nil {
		return ""
	}
	return path
}

// inRows turns lines of a sheet's text into the rows that a spreadsheet shows:
// they differ where cells hold line breaks.
func inRows(in *adapters.Input, b *adapters.Batch) {
	for i := range b.Posts {
		b.Posts[i].Line = in.Row(b.Posts[i].Line)
	}
	for i := range b.Snapshots {
		b.Snapshots[i].Line = in.Row(b.Snapshots[i].Line)
	}
	for i := range b.Windows {
		b.Windows[i].Line = in.Row(b.Windows[i].Line)
	}
	for i := range b.Published {
		b.Published[i].Line = in.Row(b.Published[i].Line)
	}
	for i := range b.Rejects {
		b.Rejects[i].Line = in.Row(b.Rejects[i].Line)
	}
}

// fileOf is what study.toml says of a file before its first record.
func fileOf(src study.Source, name string) (adapters.File, error) {
	f := adapters.File{Name: name, Folder: path.Base(path.Dir(src.File)), Observed: src.ObservedAt, ObservedPrecision: src.ObservedPrecision, Platform: src.Platform,
		Account: adapters.Ref{Platform: src.Platform, ID: src.Account, Handle: src.Handle}}
	if src.Zone != "" {
		zone, err := time.LoadLocation(src.Zone)
		if err != nil {
			return f, fmt.Errorf(" %w", err)
		}
		f.Zone = zone
	}
	return f, nil
}

// said turns an error of reading into the words after the file's name.
func said(err error) error {
	var record *adapters.RecordError
	if errors.As(err, &record) || errors.Is(err, context.Canceled) {
		return err
	}
	var refused *adapters.Refused
	if errors.As(err, &refused) {
		if refused.Line > 0 {
			return fmt.Errorf("%d: %w", refused.Line, err)
		}
		return fmt.Errorf(" refused: %w", err)
	}
	return fmt.Errorf("%w", err)
}

// choose finds the adapter of a file: the one that study.toml names, else the
// first that recognizes it.
func choose(src study.Source, head []byte, name string) (*adapters.Adapter, error) {
	if src.Mapping != nil {
		return adapters.Mapped(src.Mapping), nil
	}
	var names []string
	for i := range adapters.All() {
		a := &adapters.All()[i]
		if src.Adapter == a.Name || src.Adapter == "" && a.Detect(head, name) && (src.Table == "" || slices.Contains(a.Tables, src.Table)) {
			return a, nil
		}
		names = append(names, a.Name)
	}
	if src.Adapter != "" {
		return nil, fmt.Errorf(" there is no adapter %q, which study.toml names; %s", src.Adapter, study.Nearest(src.Adapter, names))
	}
	if src.Table != "" && src.Table != "posts" {
		// The template's own header check says which column is missing.
		for i := range adapters.All() {
			if a := &adapters.All()[i]; a.Strict && slices.Contains(a.Tables, src.Table) {
				return a, nil
			}
		}
	}
	return nil, errors.New(" " + adapters.Unrecognized(head))
}
