package normalize

import (
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

// settle sorts rows by key and merges equal ones, of which the first stands. Two
// different rows with the same key are an error that names both places where
// people filled them in; elsewhere the one that better prefers stands.
func settle[R comparable](t *datasets.Table[R], rows []origin[R], strict bool, better func(a, b *R) bool) ([]origin[R], error) {
	slices.SortStableFunc(rows, func(a, b origin[R]) int { return t.Compare(&a.row, &b.row) })
	var out []origin[R]
	for i, r := range rows {
		if i == 0 || t.Compare(&rows[i-1].row, &r.row) != 0 {
			out = append(out, r)
			continue
		}
		last := &out[len(out)-1]
		switch {
		case last.row == r.row:
		case strict:
			return nil, fmt.Errorf("%d: %s: the same key as %s:%d with other values; keep one, or tell them apart",
				r.line, strings.Join(t.Key, ", "), rows[i-1].file, rows[i-1].line)
		case better(&r.row, &last.row):
			last.row = r.row
		}
		last.keep(r)
	}
	return out, nil
}

// keep lets a row that stands for others be the record of one that is a record.
func (o *origin[R]) keep(merged origin[R]) {
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
// where they show the same: the row of the first source stands. Rows are sorted
// by key.
func oneObservation(rows []origin[datasets.AccountSnapshot]) []origin[datasets.AccountSnapshot] {
	var out []origin[datasets.AccountSnapshot]
	from := 0 // of the same account and moment in out
	for _, r := range rows {
		if n := len(out); n > 0 && (out[n-1].row.Platform != r.row.Platform || out[n-1].row.AccountID != r.row.AccountID || out[n-1].row.ObservedAt != r.row.ObservedAt) {
			from = n
		}
		same := slices.IndexFunc(out[from:], func(o origin[datasets.AccountSnapshot]) bool {
			a, b := &o.row, &r.row
			return a.ObservedPrecision == b.ObservedPrecision && a.Followers == b.Followers && a.Following == b.Following && a.PostsTotal == b.PostsTotal && a.LikesTotal == b.LikesTotal
		})
		if same < 0 {
			out = append(out, r)
			continue
		}
		out[from+same].keep(r)
	}
	return out
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
	var (
		snapshots []origin[datasets.AccountSnapshot]
		windows   []origin[datasets.AccountWindow]
		published []origin[datasets.PublishedValue]
		rejects   []datasets.Reject
	)
	for _, src := range st.Sources {
		if err := gather(ctx, w, &datasets.AccountSnapshots, src.File, runSnapshots, false, &snapshots); err != nil {
			return err
		}
		if err := gather(ctx, w, &datasets.AccountSnapshots, src.File, runBeside, true, &snapshots); err != nil {
			return err
		}
		if err := gather(ctx, w, &datasets.AccountWindows, src.File, runWindows, false, &windows); err != nil {
			return err
		}
		if err := gather(ctx, w, &datasets.Published, src.File, runPublished, false, &published); err != nil {
			return err
		}
		p, err := w.IO.In(RunDir(src.File) + runRejects)
		if err != nil {
			return err
		}
		more, err := datasets.Rejects.ReadAll(ctx, p)
		if err != nil {
			return err
		}
		rejects = append(rejects, more...)
	}
	if snapshots, err = settle(&datasets.AccountSnapshots, snapshots, false, largerFollowers); err != nil {
		return err
	}
	snapshots = oneObservation(snapshots)
	if windows, err = settle(&datasets.AccountWindows, windows, true, nil); err != nil {
		return twice(err)
	}
	if published, err = settle(&datasets.Published, published, true, nil); err != nil {
		return twice(err)
	}
	kept := map[string]int64{}
	credit(kept, snapshots)
	credit(kept, windows)
	credit(kept, published)
	t := &small{Accounts: accounts, Snapshots: bare(snapshots), Windows: bare(windows), Published: bare(published), Rejects: rejects}
	slices.SortFunc(t.Rejects, func(a, b datasets.Reject) int { return datasets.Rejects.Compare(&a, &b) })
	Put(w, &datasets.Accounts, "normalized/accounts.parquet", t.Accounts)
	Put(w, &datasets.AccountSnapshots, "normalized/account_snapshots.parquet", t.Snapshots)
	Put(w, &datasets.AccountWindows, "normalized/account_windows.parquet", t.Windows)
	Put(w, &datasets.Published, "normalized/published.parquet", t.Published)
	Put(w, &datasets.Rejects, "normalized/rejects.parquet", t.Rejects)
	Put(w, &datasets.Tallies, TablesTally, tallies(kept))
	summarize(st, w.IO, t)
	return w.Close(ctx)
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

// small holds the tables that are not partitioned.
type small struct {
	Accounts  []datasets.Account
	Snapshots []datasets.AccountSnapshot
	Windows   []datasets.AccountWindow
	Published []datasets.PublishedValue
	Rejects   []datasets.Reject
}

// twice words a key that two files share.
func twice(err error) error { return fmt.Errorf("two files share a key: row %w", err) }

func gather[R any](ctx context.Context, w *Files, t *datasets.Table[R], file, name string, beside bool, into *[]origin[R]) error {
	p, err := w.IO.In(RunDir(file) + name)
	if err != nil {
		return err
	}
	rows, err := t.ReadAll(ctx, p)
	if err != nil {
		return err
	}
	for i, r := range rows {
		*into = append(*into, origin[R]{file, int64(i + 2), r, beside})
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
		rows, err := datasets.Sources.ReadAll(ctx, p)
		if err != nil {
			return err
		}
		s := rows[0]
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
