package enrich

import (
	"cmp"
	"iter"
	"slices"

	"diplometrics/datasets"
)

// ByKey yields posts that come account by account in the order of the key of
// their table. It orders them in the batches themselves and holds the posts of
// one account, so that batches may lie in one memory, as those of
// [datasets.Table.Scan]; what it yields is valid until it goes on.
func ByKey(rows iter.Seq2[[]datasets.Post, error]) iter.Seq2[[]datasets.Post, error] {
	return func(yield func([]datasets.Post, error) bool) {
		var held []datasets.Post // of the account that came last
		for batch, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if len(held) > 0 {
				n := sameAccount(batch, &held[0])
				held, batch = append(held, batch[:n]...), batch[n:]
				if len(batch) == 0 {
					continue
				}
				sortByKey(held)
				if !yield(held, nil) {
					return
				}
				held = held[:0]
			}
			last := 0 // where the last account begins
			for from := 0; from < len(batch); {
				last, from = from, from+sameAccount(batch[from:], &batch[from])
				if from < len(batch) {
					sortByKey(batch[last:from])
				}
			}
			if last > 0 && !yield(batch[:last], nil) {
				return
			}
			held = append(held, batch[last:]...)
		}
		if len(held) > 0 {
			sortByKey(held)
			yield(held, nil)
		}
	}
}

// sameAccount is how many posts, from the first on, are of the account of p.
func sameAccount(posts []datasets.Post, p *datasets.Post) int {
	n := 0
	for n < len(posts) && posts[n].AccountID == p.AccountID && posts[n].Platform == p.Platform {
		n++
	}
	return n
}

func sortByKey(account []datasets.Post) {
	byID := func(a, b datasets.Post) int { return cmp.Compare(a.PostID, b.PostID) }
	for i := 1; i < len(account); i++ {
		if account[i-1].PostID > account[i].PostID {
			slices.SortFunc(account, byID)
			return
		}
	}
}
