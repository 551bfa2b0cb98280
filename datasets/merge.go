package datasets

import (
	"context"
	"iter"
	"sort"
)

// Merge yields the rows of several sequences, each in the order of the table's
// key, in that order over all; of equal ones that of the first sequence first. One
// batch of each is held at a time. What is yielded is valid until the next.
func (t *Table[R]) Merge(all []iter.Seq2[[]R, error]) iter.Seq2[[]R, error] {
	// Long stretches are yielded where they lie, short ones together.
	const long, batch = 256, 1024
	return func(yield func([]R, error) bool) {
		type head struct {
			next func() ([]R, error, bool)
			rows []R
		}
		var heads []*head
		fill := func(h *head) (more bool, err error) {
			for len(h.rows) == 0 {
				rows, err, ok := h.next()
				if !ok || err != nil {
					return false, err
				}
				h.rows = rows
			}
			return true, nil
		}
		for _, seq := range all {
			next, stop := iter.Pull2(seq)
			defer stop()
			h := &head{next: next}
			more, err := fill(h)
			if err != nil {
				yield(nil, err)
				return
			}
			if more {
				heads = append(heads, h)
			}
		}
		var short []R
		for len(heads) > 0 {
			least, second := 0, -1
			for i := 1; i < len(heads); i++ {
				switch row := &heads[i].rows[0]; {
				case t.Compare(row, &heads[least].rows[0]) < 0:
					least, second = i, least
				case second < 0 || t.Compare(row, &heads[second].rows[0]) < 0:
					second = i
				}
			}
			h := heads[least]
			n := len(h.rows)
			if second >= 0 {
				// Up to the first row that another sequence has one before.
				other := &heads[second].rows[0]
				n = sort.Search(n, func(i int) bool {
					o := t.Compare(&h.rows[i], other)
					return o > 0 || o == 0 && second < least
				})
			}
			stretch := h.rows[:n:n]
			if n < long {
				short = append(short, stretch...)
				stretch = nil
			}
			if len(short) > 0 && (stretch != nil || len(short) >= batch) {
				if !yield(short, nil) {
					return
				}
				short = short[:0]
			}
			if stretch != nil && !yield(stretch, nil) {
				return
			}
			h.rows = h.rows[n:]
			more, err := fill(h)
			if err != nil {
				yield(nil, err)
				return
			}
			if !more {
				heads = append(heads[:least], heads[least+1:]...)
			}
		}
		if len(short) > 0 {
			yield(short, nil)
		}
	}
}

// ScanFiles is Scan of several files of the table, each in the order of its key, in
// that order over all; the columns hold the key where the order matters. All files
// are open at once: of each it holds the fewer rows the more there are.
func (t *Table[R]) ScanFiles(ctx context.Context, paths []string, columns ...string) iter.Seq2[[]R, error] {
	rows := min(scanRows, max(256, 4*scanRows/max(1, len(paths))))
	all := make([]iter.Seq2[[]R, error], len(paths))
	for i, p := range paths {
		all[i] = t.read(ctx, p, columns, reading{rows, rows, true})
	}
	return t.Merge(all)
}
