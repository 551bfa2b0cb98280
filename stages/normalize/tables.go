package normalize

import (
	"cmp"
	"context"
	"fmt"
	"iter"
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

// oneObservation merges what several sources show of an account at one moment
// where they show the same: the row of the first source stands. Rows come in the
// order of the key.
type oneObservation struct {
	emit func(*origin[datasets.AccountSnapshot])
	held []origin[datasets.AccountSnapshot] // of one account and moment
}

func (m *oneObservation) add(r *origin[datasets.AccountSnapshot]) {
	if n := len(m.held); n > 0 && (m.held[n-1].row.Platform != r.row.Platform || m.held[n-1].row.AccountID != r.row.AccountID || m.held[n-1].row.ObservedAt != r.row.ObservedAt) {
		m.end()
	}
	for i := range m.held {
		a, b := &m.held[i].row, &r.row
		if a.ObservedPrecision == b.ObservedPrecision && a.Followers == b.Followers && a.Following == b.Following && a.PostsTotal == b.PostsTotal && a.LikesTotal == b.LikesTotal {
			m.held[i].keep(r)
			return
		}
	}
	m.held = append(m.held, *r)
}

// end emits what is held.
func (m *oneObservation) end() {
	for i := range m.held {
		m.emit(&m.held[i])
	}
	m.held = m.held[:0]
}

// largerFollowers prefers the snapshot with the larger counts: two pages of one
// answer can differ by what happened between them.
func largerFollowers(a, b *datasets.AccountSnapshot) bool {
	for _, c := range [][2]datasets.Opt[int64]{{a.Followers.V, b.Followers.V}, {a.PostsTotal.V, b.PostsTotal.V}, {a.Following.V, b.Following.V}, {a.LikesTotal.V, b.LikesTotal.V}} {
		if o := datasets.CompareOpt(c[0], c[1]); o != 0 {
			return o > 0
		}
	}
	return false
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
	mergeSnapshots(ctx, st, w, kept, t)
	Put(w, &datasets.AccountWindows, "normalized/account_windows.parquet", t.windows)
	Put(w, &datasets.Published, "normalized/published.parquet", t.published)
	mergeRejects(ctx, st, w, t)
	Put(w, &datasets.Tallies, TablesTally, tallies(kept))
	t.note(st, w.IO)
	return w.Close(ctx)
}

// mergeSnapshots writes the account snapshots of all files.
func mergeSnapshots(ctx context.Context, st *study.Study, w *Files, kept map[string]int64, t *summary) {
	var runs []snapshotRun
	for _, src := range st.Sources {
		runs = append(runs, snapshotRun{src.File, RunDir(src.File) + runSnapshots, false}, snapshotRun{src.File, RunDir(src.File) + runBeside, true})
	}
	out := Create(w, &datasets.AccountSnapshots, "normalized/account_snapshots.parquet")
	if w.err != nil {
		return
	}
	var one [1]datasets.AccountSnapshot
	m := oneObservation{emit: func(o *origin[datasets.AccountSnapshot]) {
		if !o.beside {
			kept[o.file]++
		}
		t.snapshot(&o.row)
		if one[0] = o.row; w.err == nil {
			w.err = out.Write(one[:])
		}
	}}
	s := settler[datasets.AccountSnapshot]{table: &datasets.AccountSnapshots, better: largerFollowers, emit: m.add}
	err := eachSnapshot(ctx, w, runs, func(o *origin[datasets.AccountSnapshot]) error { return cmp.Or(s.add(o), w.err) })
	s.end()
	m.end()
	w.err = cmp.Or(w.err, err)
	CloseTable(w, out)
}

// snapshotRun names a run of account snapshots.
type snapshotRun struct {
	file   string // the raw file
	path   string
	beside bool
}

// eachSnapshot calls f for the rows of several runs in the order of the table's
// key; those with the same key in the order of the runs. A row is valid until f
// returns.
func eachSnapshot(ctx context.Context, w *Files, runs []snapshotRun, f func(*origin[datasets.AccountSnapshot]) error) error {
	var (
		o    origin[datasets.AccountSnapshot]
		all  []iter.Seq2[[]datasets.SnapshotRun, error]
		from []snapshotRun
	)
	for _, r := range runs {
		p, err := w.in(r.path)
		if err != nil {
			return err
		}
		sections, err := datasets.SnapshotRuns.Sections(ctx, p)
		if err != nil {
			return err
		}
		for _, s := range sections {
			all, from = append(all, s), append(from, r)
		}
	}
	for m, err := range datasets.MergeRuns(snapOrder, all) {
		if err != nil {
			return err
		}
		r := from[m.From]
		o.file, o.line, o.row, o.beside = r.file, m.Row.Line, m.Row.Snapshot, r.beside
		if err := f(&o); err != nil {
			return err
		}
	}
	return nil
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
const TablesTally = "normalized/tally/tables.parquet"

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
		out = append(out, datasets.Tally{File: f, Kept: kept[f]})
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
func Count(ctx context.Context, st *study.Study, parts []Part, w *Files) error {
	kept := map[string]int64{}
	add := func(file string) (sum int64, err error) {
		p, err := w.IO.In(file)
		if err != nil {
			return 0, err
		}
		rows, err := datasets.Tallies.ReadAll(ctx, p)
		for _, r := range rows {
			kept[r.File] += r.Kept
			sum += r.Kept
		}
		return sum, err
	}
	if _, err := add(TablesTally); err != nil {
		return err
	}
	var posts, filled int64
	for _, part := range parts {
		n, err := add(part.Tally())
		if err != nil {
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
