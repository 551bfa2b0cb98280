package normalize

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// origin is a row and where it came from.
type origin[R any] struct {
	file   string
	line   int64
	row    R
	beside bool // seen beside posts: no record of its own
}

// settle sorts rows that people filled in by key and merges equal ones, of which
// the first stands. Two different rows with the same key are an error that names
// both places.
func settle[R comparable](t *datasets.Table[R], rows []origin[R]) ([]origin[R], error) {
	slices.SortStableFunc(rows, func(a, b origin[R]) int { return t.Compare(&a.row, &b.row) })
	var out []origin[R]
	s := settler[R]{table: t, strict: true, emit: func(r *origin[R]) { out = append(out, *r) }}
	for i := range rows {
		if err := s.add(&rows[i]); err != nil {
			return nil, err
		}
	}
	s.end()
	return out, nil
}

// settler merges rows with the same key, which come one after another. Of equal
// ones the first stands. Two different ones are an error that names both places
// where people filled them in; elsewhere the one that better prefers stands.
type settler[R comparable] struct {
	table  *datasets.Table[R]
	strict bool
	better func(a, b *R) bool
	emit   func(*origin[R]) // of a row that is valid until it returns

	held     origin[R] // what stands so far
	some     bool
	lastFile string // where the row before came from
	lastLine int64
}

// add takes a row, which the caller may overwrite afterwards.
func (s *settler[R]) add(r *origin[R]) error {
	if !s.some || s.table.Compare(&s.held.row, &r.row) != 0 {
		s.end()
		s.held, s.some, s.lastFile, s.lastLine = *r, true, r.file, r.line
		return nil
	}
	switch {
	case s.held.row == r.row:
	case s.strict:
		return fmt.Errorf("%d: %s: the same key as %s:%d with other values; keep one, or tell them apart",
			r.line, strings.Join(s.table.Key, ", "), s.lastFile, s.lastLine)
	case s.better(&r.row, &s.held.row):
		s.held.row = r.row
	}
	s.held.keep(r)
	s.lastFile, s.lastLine = r.file, r.line
	return nil
}

// end emits the last row.
func (s *settler[R]) end() {
	if s.some {
		s.emit(&s.held)
	}
	s.some = false
}

// keep lets a row that stands for others be the record of one that is a record.
func (o *origin[R]) keep(merged *origin[R]) {
	if o.beside && !merged.beside {
		o.file, o.line, o.beside = merged.file, merged.line, false
	}
}

// bare returns the rows without where they came from.
func bare[R any](rows []origin[R]) []R {
	out := make([]R, len(rows))
	for i, r := range rows {
		out[i] = r.row
	}
	return out
}

// Merge writes the small tables from accounts.csv and the runs of all files.
func Merge(ctx context.Context, st *study.Study, w *Files) error {
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
	accounts := slices.DeleteFunc(slices.Clone(reg.accounts), func(a datasets.Account) bool { return gone.account(adapters.Ref{}, &a) })
	kept := map[string]int64{}
	t := &summary{accounts: accounts}
	var (
		windows   []origin[datasets.AccountWindow]
		published []origin[datasets.PublishedValue]
	)
	for _, src := range st.Sources {
		if err := gather(ctx, w, &datasets.AccountWindows, src.File, runWindows, &windows); err != nil {
			return err
		}
		if err := gather(ctx, w, &datasets.Published, src.File, runPublished, &published); err != nil {
			return err
		}
	}
	if windows, err = settle(&datasets.AccountWindows, windows); err != nil {
		return twice(err)
	}
	if published, err = settle(&datasets.Published, published); err != nil {
		return twice(err)
	}
	credit(kept, windows)
	credit(kept, published)
	t.windows, t.published = bare(windows), bare(published)
	Put(w, &datasets.Accounts, "normalized/accounts.parquet", accounts)
	Put(w, &datasets.AccountWindows, "normalized/account_windows.parquet", t.windows)
	Put(w, &datasets.Published, "normalized/published.parquet", t.published)
	mergeRejects(ctx, st, w, t)
	Put(w, &datasets.Tallies, TablesTally, tallies(kept))
	t.note(st, w.IO)
	return w.Close(ctx)
}

// mergeRejects writes the rejects of all files, those of a record numbered.
func mergeRejects(ctx context.Context, st *study.Study, w *Files, t *summary) {
	out := Create(w, &datasets.Rejects, "normalized/rejects.parquet")
	if w.err != nil {
		return
	}
	var files []string
	for _, src := range st.Sources {
		files = append(files, src.File)
	}
	slices.Sort(files)
	for _, file := range files {
		p, err := w.IO.In(RunDir(file) + runRejects)
		if err != nil {
			w.err = cmp.Or(w.err, err)
			break
		}
		sections, err := datasets.Rejects.Sections(ctx, p)
		w.err = cmp.Or(w.err, err)
		last, item := int64(0), int64(0)
		var one [1]datasets.Reject
		for m, err := range datasets.MergeRuns(rejectOrder, sections) {
			if w.err = cmp.Or(w.err, err); w.err != nil {
				break
			}
			x := &one[0]
			if *x = *m.Row; item == 0 || x.Record != last {
				last, item = x.Record, 0
			}
			item++
			x.Item = item
			t.reject(x)
			w.err = out.Write(one[:])
		}
	}
	CloseTable(w, out)
}

// TablesTally is the count of records kept by file in the tables that Merge
// writes.
const TablesTally = TallyFolder + "tables.parquet"

// credit counts the records that rows stand for, by file.
func credit[R any](kept map[string]int64, rows []origin[R]) {
	for _, r := range rows {
		if !r.beside {
			kept[r.file]++
		}
	}
}

// tallies returns counts by file, sorted.
func tallies(kept map[string]int64) []datasets.Tally {
	var out []datasets.Tally
	for _, f := range slices.Sorted(maps.Keys(kept)) {
		out = append(out, datasets.Tally{File: f, Kept: kept[f], Rows: kept[f]})
	}
	return out
}

// twice words a key that two files share.
func twice(err error) error { return fmt.Errorf("two files share a key: row %w", err) }

// gather appends the rows of a raw file's run.
func gather[R any](ctx context.Context, w *Files, t *datasets.Table[R], file, name string, into *[]origin[R]) error {
	p, err := w.IO.In(RunDir(file) + name)
	if err != nil {
		return err
	}
	line := int64(1)
	for rows, err := range t.ReadRun(ctx, p) {
		if err != nil {
			return err
		}
		for _, r := range rows {
			line++
			*into = append(*into, origin[R]{file: file, line: line, row: r})
		}
	}
	return nil
}

// Count writes the sources table: what became of the records of every file,
// once the tables say which observations stand. Those that do not are merged.
func (l *Layout) Count(ctx context.Context, st *study.Study, w *Files) error {
	kept := map[string]int64{}
	each := func(file string, f func(*datasets.Tally)) error {
		p, err := w.IO.In(file)
		if err != nil {
			return err
		}
		rows, err := datasets.Tallies.ReadAll(ctx, p)
		for i := range rows {
			kept[rows[i].File] += rows[i].Kept
			f(&rows[i])
		}
		return err
	}
	if err := each(TablesTally, func(*datasets.Tally) {}); err != nil {
		return err
	}
	var seen span
	for _, part := range l.Seen {
		if err := each(part.SnapshotsTally(), seen.add); err != nil {
			return err
		}
	}
	w.IO.Note("account_snapshots: %d%s", seen.rows, between(seen.rows, seen.first, seen.last))
	var posts, filled int64
	for _, part := range l.Parts {
		n := int64(0)
		if err := each(part.Tally(), func(t *datasets.Tally) { n += t.Rows }); err != nil {
			return err
		}
		if n > 0 {
			posts, filled = posts+n, filled+1
		}
	}
	var sources []datasets.Source
	for _, src := range st.Sources {
		p, err := w.IO.In(RunDir(src.File) + runSource)
		if err != nil {
			return err
		}
		var s datasets.Source
		for rows, err := range datasets.Sources.ReadRun(ctx, p) {
			if err != nil {
				return err
			}
			s = rows[0]
		}
		s.Kept = datasets.Some(kept[src.File])
		s.Merged = datasets.Some(s.Records.V - s.Kept.V - s.Filtered.V - s.Rejected.V)
		sources = append(sources, s)
	}
	var sum struct{ Records, Kept, Merged, Filtered, Rejected int64 }
	for _, s := range sources {
		sum.Records, sum.Kept, sum.Merged = sum.Records+s.Records.V, sum.Kept+s.Kept.V, sum.Merged+s.Merged.V
		sum.Filtered, sum.Rejected = sum.Filtered+s.Filtered.V, sum.Rejected+s.Rejected.V
	}
	if posts > 0 {
		w.IO.Note("posts: %d in %d partitions of country and year", posts, filled)
	}
	w.IO.Note("records: %d = %d kept + %d merged + %d filtered + %d rejected", sum.Records, sum.Kept, sum.Merged, sum.Filtered, sum.Rejected)
	slices.SortFunc(sources, func(a, b datasets.Source) int { return datasets.Sources.Compare(&a, &b) })
	Put(w, &datasets.Sources, "normalized/sources.parquet", sources)
	return w.Close(ctx)
}
