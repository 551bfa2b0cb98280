// Package calibrate measures on simulated studies, whose truth is known, how
// often each interval of this program holds the truth and how often each test
// rejects. It decides which interval the program gives as the primary one, and
// shows what becomes of tests that take posts for independent observations.
//
// What is simulated is in model.go, what is true in truth.go, what is scored in
// study.go. Without an effect the accounts of all countries come from one
// distribution: that is the null that permutation tests are exact for.
// Countries with equal means and unequal spreads are not simulated.
package calibrate

import (
	"context"
	"fmt"
	"hash/fnv"
	"runtime"
	"sync"
	"sync/atomic"
)

// Run simulates so many studies of every cell and returns the table, sorted as
// its columns are. Each study has random numbers of its own, from the seed, its
// cell and its number: the same seed gives the same table on any number of
// cores, and more studies leave the first as they were. progress is called
// with the number of cells that are done, of how many. The error is that of a
// context which ended.
func Run(ctx context.Context, studies int, seed uint64, progress func(done, of int)) ([]Row, error) {
	return run(ctx, cells(), studies, seed, progress)
}

func run(ctx context.Context, all []cell, studies int, seed uint64, progress func(done, of int)) ([]Row, error) {
	truths := truths(all, seed)
	var rows []Row
	for i, c := range all {
		scored, err := c.simulate(ctx, &truths[i], studies, seed)
		if err != nil {
			return nil, err
		}
		rows = append(rows, c.tally(scored)...)
		progress(i+1, len(all))
	}
	sortRows(rows)
	return rows, nil
}

// simulate returns the scores of each study of a cell.
func (c cell) simulate(ctx context.Context, t *truth, studies int, seed uint64) ([]scores, error) {
	out := make([]scores, studies)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= studies {
					return
				}
				out[i] = c.study(t, c.stream(seed, i))
			}
		})
	}
	workers.Wait()
	return out, ctx.Err()
}

// stream is the random numbers of one study.
func (c cell) stream(seed uint64, study int) *random {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", c.name(), study)
	return newRandom(seed, h.Sum64())
}
