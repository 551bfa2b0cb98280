package normalize

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// Partition merges the observations of one country and year from the runs of
// the files. Each post comes out once, as its latest observation shows it, and
// every different observation of a post that is no repost as a snapshot.
// Observations whose post is at home in another year are there.
func (l *Layout) Partition(ctx context.Context, part Part, w *Files) error {
	posts := Create(w, &datasets.PostsByTime, part.Posts())
	var snapshots *datasets.Writer[datasets.PostSnapshot]
	if !w.PostsOnly {
		snapshots = Create(w, &datasets.PostSnapshots, part.Snapshots())
	}
	kept := map[string]int64{}
	if w.err == nil {
		p := merger{posts: posts, snapshots: snapshots, kept: kept, scratch: w.IO.Scratch()}
		w.err = l.merge(ctx, part, w, func(x *datasets.PostRun, file string) error { return p.observation(ctx, &x.Post, file) })
		p.post()
		p.account(ctx)
		w.err = cmp.Or(w.err, p.err)
	}
	CloseTable(w, posts)
	CloseTable(w, snapshots)
	Put(w, &datasets.Tallies, part.Tally(), tallies(kept))
	return w.Close(ctx)
}

// merge calls f for the observations that belong to a partition, post by post
// and in the order of runOrder; equal ones in the order of their files' names,
// never of study.toml.
func (l *Layout) merge(ctx context.Context, part Part, w *Files, f func(x *datasets.PostRun, file string) error) error {
	var (
		all  []iter.Seq2[[]datasets.PostRun, error]
		from []string // file of each sequence
		came []bool   // whether its observations moved here
		away = map[postKey]bool{}
	)
	files := slices.Sorted(slices.Values(l.files[part]))
	here := map[string][]datasets.PostRun{} // observations that move here, by file
	if l.moves(part) {
		p, err := w.IO.In(MovesFile(part.Country))
		if err != nil {
			return err
		}
		for rows, err := range datasets.Moves.ReadRun(ctx, p) {
			if err != nil {
				return err
			}
			for i := range rows {
				m := &rows[i]
				if m.From == part.Year {
					away[keyOf(&m.Run.Post).clone()] = true
				}
				if m.To == part.Year {
					file := strings.Clone(m.File)
					here[file] = append(here[file], m.Run)
				}
			}
		}
	}
	names := slices.Sorted(maps.Keys(here))
	for _, file := range slices.Compact(slices.Sorted(slices.Values(append(names, files...)))) {
		if rows := here[file]; len(rows) > 0 {
			slices.SortStableFunc(rows, func(a, b datasets.PostRun) int { return runOrder.Compare(&a, &b) })
			all, from = append(all, func(yield func([]datasets.PostRun, error) bool) { yield(rows, nil) }), append(from, file)
			came = append(came, true)
		}
		if !slices.Contains(files, file) {
			continue
		}
		some, err := sections(ctx, w, &datasets.PostRuns, RunDir(file)+part.runFile())
		if err != nil {
			return err
		}
		for _, s := range some {
			all, from, came = append(all, s), append(from, file), append(came, false)
		}
	}
	for m, err := range datasets.MergeRuns(runOrder, all) {
		if err != nil {
			return err
		}
		if len(away) > 0 && !came[m.From] && away[keyOf(&m.Row.Post)] {
			continue
		}
		if err := f(m.Row, from[m.From]); err != nil {
			return err
		}
	}
	return nil
}
