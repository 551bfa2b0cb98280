package datasets

import "iter"

// Merge yields the rows of several sequences, each in the order of the table's
// key, in that order over all. One batch of each is held at a time; a batch that
// is yielded is the caller's.
func (t *Table[R]) Merge(all []iter.Seq2[[]R, error]) iter.Seq2[[]R, error] {
	const batch = 4096
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
		out := make([]R, 0, batch)
		for len(heads) > 0 {
			least := 0
			for i := range heads[1:] {
				if t.Compare(&heads[i+1].rows[0], &heads[least].rows[0]) < 0 {
					least = i + 1
				}
			}
			h := heads[least]
			out = append(out, h.rows[0])
			h.rows = h.rows[1:]
			more, err := fill(h)
			if err != nil {
				yield(nil, err)
				return
			}
			if !more {
				heads = append(heads[:least], heads[least+1:]...)
			}
			if len(out) == batch {
				if !yield(out, nil) {
					return
				}
				out = make([]R, 0, batch)
			}
		}
		if len(out) > 0 {
			yield(out, nil)
		}
	}
}
