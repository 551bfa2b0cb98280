package normalize

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// origin is a row and where it came from.
type origin[R any] struct {
	file string
	line int64
	row  R
}

// settle sorts rows by key and merges equal ones. Two different rows with the
// same key are an error that names both places where people filled them in;
// elsewhere the one that better prefers stands.
func settle[R comparable](t *datasets.Table[R], rows []origin[R], strict bool, better func(a, b *R) bool) ([]R, error) {
	slices.SortStableFunc(rows, func(a, b origin[R]) int { return t.Compare(&a.row, &b.row) })
	var out []R
	for i, r := range rows {
		if i == 0 || t.Compare(&rows[i-1].row, &r.row) != 0 {
			out = append(out, r.row)
			continue
		}
		last := &out[len(out)-1]
		switch {
		case *last == r.row:
		case strict:
			return nil, fmt.Errorf("%d: %s: the same key as %s:%d with other values; keep one, or tell them apart",
				r.line, strings.Join(t.Key, ", "), rows[i-1].file, rows[i-1].line)
		case better(&r.row, last):
			*last = r.row
		}
	}
	return out, nil
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
	var (
		snapshots []origin[datasets.AccountSnapshot]
		windows   []origin[datasets.AccountWindow]
		published []origin[datasets.PublishedValue]
		rejects   []datasets.Reject
	)
	for _, src := range st.Sources {
		if err := gather(ctx, w, &datasets.AccountSnapshots, src.File, runSnapshots, &snapshots); err != nil {
			return err
		}
		if err := gather(ctx, w, &datasets.AccountWindows, src.File, runWindows, &windows); err != nil {
			return err
		}
		if err := gather(ctx, w, &datasets.Published, src.File, runPublished, &published); err != nil {
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
	t := &small{Accounts: reg.accounts, Rejects: rejects}
	if t.Snapshots, err = settle(&datasets.AccountSnapshots, snapshots, false, largerFollowers); err != nil {
		return err
	}
	if t.Windows, err = settle(&datasets.AccountWindows, windows, true, nil); err != nil {
		return twice(err)
	}
	if t.Published, err = settle(&datasets.Published, published, true, nil); err != nil {
		return twice(err)
	}
	slices.SortFunc(t.Rejects, func(a, b datasets.Reject) int { return datasets.Rejects.Compare(&a, &b) })
	Put(w, &datasets.Accounts, "normalized/accounts.parquet", t.Accounts)
	Put(w, &datasets.AccountSnapshots, "normalized/account_snapshots.parquet", t.Snapshots)
	Put(w, &datasets.AccountWindows, "normalized/account_windows.parquet", t.Windows)
	Put(w, &datasets.Published, "normalized/published.parquet", t.Published)
	Put(w, &datasets.Rejects, "normalized/rejects.parquet", t.Rejects)
	summarize(st, w.IO, t)
	return w.Close(ctx)
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

func gather[R any](ctx context.Context, w *Files, t *datasets.Table[R], file, name string, into *[]origin[R]) error {
	p, err := w.IO.In(RunDir(file) + name)
	if err != nil {
		return err
	}
	rows, err := t.ReadAll(ctx, p)
	if err != nil {
		return err
	}
	for i, r := range rows {
		*into = append(*into, origin[R]{file, int64(i + 2), r})
	}
	return nil
}

// Count writes the sources table: what became of the records of every file,
// once the partitions say which observation of each post is the latest.
func Count(ctx context.Context, st *study.Study, parts []Part, w *Files) error {
	kept := map[string]int64{}
	for _, part := range parts {
		p, err := w.IO.In(part.Tally())
		if err != nil {
			return err
		}
		rows, err := datasets.Tallies.ReadAll(ctx, p)
		if err != nil {
			return err
		}
		for _, r := range rows {
			kept[r.File] += r.Kept
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
		if p, err = w.IO.In(RunDir(src.File) + runIndex); err != nil {
			return err
		}
		x, err := readIndex(p)
		if err != nil {
			return err
		}
		// The run kept observations; those that are not a post's latest are merged.
		s := rows[0]
		merged := x.Posts - kept[src.File]
		s.Kept, s.Merged = s.Kept-merged, s.Merged+merged
		sources = append(sources, s)
	}
	var sum datasets.Source
	for _, s := range sources {
		sum.Records, sum.Kept, sum.Merged = sum.Records+s.Records, sum.Kept+s.Kept, sum.Merged+s.Merged
		sum.Filtered, sum.Rejected = sum.Filtered+s.Filtered, sum.Rejected+s.Rejected
	}
	var posts int64
	for _, n := range kept {
		posts += n
	}
	if posts > 0 {
		w.IO.Note("posts: %d in %d partitions of country and year", posts, len(parts))
	}
	w.IO.Note("records: %d = %d kept + %d merged + %d filtered + %d rejected", sum.Records, sum.Kept, sum.Merged, sum.Filtered, sum.Rejected)
	slices.SortFunc(sources, func(a, b datasets.Source) int { return datasets.Sources.Compare(&a, &b) })
	Put(w, &datasets.Sources, "normalized/sources.parquet", sources)
	return w.Close(ctx)
}
