// Package enrich adds to posts what their rows do not say by themselves:
// followers at posting, local time, and which posts repeat each other on two
// platforms of one organization. It computes on rows and opens no file.
//
// Work goes by partition, one country and year at a time, and batch by batch, so
// that memory is not that of a partition:
//
//   - [Followers] are those of all accounts, some ten bytes a snapshot: all
//     partitions share them.
//   - [Contexts] takes the posts of the partition, best account by account.
//   - [Crossing] takes the posts of the partition and, because a pair may lie on
//     both sides of New Year, those of the same country within [Margin] before
//     and after it, in any order. Rows belong to the year in which their
//     created_at lies; the others are those of its neighbours, which find the
//     same ones. Posts of year=unknown have no time and no cross-posts.
//   - [Matcher] takes the posts one by one.
//
// What is found does not depend on batches, nor on how many cores there are.
//
// Zones come as loaded locations. The program that loads them imports
// time/tzdata, so that they are the same on every machine.
package enrich

import (
	"cmp"
	"runtime"
	"sync"
)

// Version is the version of what this package computes.
const Version = 2

// account names an account among those of all platforms.
type account struct{ platform, id string }

// compare orders accounts as the tables do.
func (a account) compare(b account) int {
	return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(a.id, b.id))
}

// workers is how many goroutines share work.
func workers() int { return runtime.GOMAXPROCS(0) }

// share calls f for parts of 0 to n, each by a worker of its own, which are
// numbered from 0 in the order of the parts, and returns when all are done.
func share(workers, n int, f func(worker, from, to int)) {
	var wg sync.WaitGroup
	for w := 1; w < workers; w++ {
		wg.Go(func() { f(w, n*w/workers, n*(w+1)/workers) })
	}
	f(0, 0, n/workers)
	wg.Wait()
}
