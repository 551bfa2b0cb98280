package normalize

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"

	"diplometrics/datasets"
)

// Snapshots merges what the pages of the accounts of one country showed in one
// year, from the runs of the files: what several sources show alike is one row,
// of the first source by its id.
func (l *Layout) Snapshots(ctx context.Context, part Part, w *Files) error {
	out := Create(w, &datasets.AccountSnapshots, part.AccountSnapshots())
	tally := map[string]*datasets.Tally{}
	if w.err == nil {
		var one [1]datasets.AccountSnapshot
		m := oneObservation{emit: func(o *origin[datasets.AccountSnapshot]) {
			count(tally, o)
			if one[0] = o.row; w.err == nil {
				w.err = out.Write(one[:])
			}
		}}
		s := settler[datasets.AccountSnapshot]{table: &datasets.AccountSnapshots, better: largerFollowers, emit: m.add}
		// By name, never in the order of study.toml.
		files := slices.Sorted(slices.Values(l.seen[part]))
		err := eachSnapshot(ctx, w, files, part, func(o *origin[datasets.AccountSnapshot]) error { return cmp.Or(s.add(o), w.err) })
		s.end()
		m.end()
		w.err = cmp.Or(w.err, err)
	}
	CloseTable(w, out)
	var rows []datasets.Tally
	for _, f := range slices.Sorted(maps.Keys(tally)) {
		rows = append(rows, *tally[f])
	}
	Put(w, &datasets.Tallies, part.SnapshotsTally(), rows)
	return w.Close(ctx)
}

// count counts a row, and the record that it stands for where it is of one.
func count(tally map[string]*datasets.Tally, o *origin[datasets.AccountSnapshot]) {
	day := datasets.Some(o.row.ObservedAt.Day())
	t := tally[o.file]
	if t == nil {
		t = &datasets.Tally{File: o.file, First: day, Last: day}
		tally[o.file] = t
	}
	t.Rows++
	t.First.V, t.Last.V = min(t.First.V, day.V), max(t.Last.V, day.V)
	if !o.beside {
		t.Kept++
	}
}

// eachSnapshot calls f for the rows of a partition from the runs of several files
// in the order of the table's key; of those with the same key records come before
// what is seen beside posts, then those of the first file. A row is valid until f
// returns.
func eachSnapshot(ctx context.Context, w *Files, files []string, part Part, f func(*origin[datasets.AccountSnapshot]) error) error {
	var (
		o    origin[datasets.AccountSnapshot]
		all  []iter.Seq2[[]datasets.SnapshotRun, error]
		from []string // file of each sequence
	)
	for _, file := range files {
		some, err := sections(ctx, w, &datasets.SnapshotRuns, RunDir(file)+part.snapshotsRun())
		if err != nil {
			return err
		}
		for _, s := range some {
			all, from = append(all, s), append(from, file)
		}
	}
	for m, err := range datasets.MergeRuns(snapOrder, all) {
		if err != nil {
			return err
		}
		o.file, o.line, o.row, o.beside = from[m.From], m.Row.Line, m.Row.Snapshot, m.Row.Beside
		if err := f(&o); err != nil {
			return err
		}
	}
	return nil
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
