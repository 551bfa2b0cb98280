package datasets

import (
	"context"
	"iter"
	"sort"
)

// Merge yields the rows of several sequences, each in the order of the table's
// key, in that order over all; of equal ones that of the first sequence first. One
// batch of each is held at a time. What is yielded are parts of their batches, and
// is valid as long as these are.
func (t *Table[R]) Merge(all []iter.Seq2[[]R, error]) iter.Seq2[[]R, error] {
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
			if !yield(h.rows[:n:n], nil) {
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
	}
}

// ScanFiles is Scan of several files of the table, each in the order of its key, in
// that order over all; the columns hold the key where the order matters.
func (t *Table[R]) ScanFiles(ctx context.Context, paths []string, columns ...string) iter.Seq2[[]R, error] {
	all := make([]iter.Seq2[[]R, error], len(paths))
	for i, p := range paths {
		all[i] = t.Scan(ctx, p, columns...)
	}
	return t.Merge(all)
}
