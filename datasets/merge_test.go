package datasets

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Merging what is sorted is sorting all of it, in whatever batches it comes.
func TestMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var all []InteractionCount
		var seqs []iter.Seq2[[]InteractionCount, error]
		for range rapid.IntRange(0, 5).Draw(t, "sequences") {
			var rows []InteractionCount
			// Some sequences lie apart, so that stretches of them are long.
			from := rapid.SampledFrom([]int64{0, 0, 30_000, 60_000}).Draw(t, "from")
			least := rapid.SampledFrom([]int{0, 0, 300}).Draw(t, "least")
			for _, n := range rapid.SliceOfN(rapid.Int64Range(from, from+20_000), least, least+400).Draw(t, "rows") {
				rows = append(rows, InteractionCount{Platform: "x", AccountID: "1", Interactions: n, Posts: 1})
			}
			slices.SortFunc(rows, func(a, b InteractionCount) int { return InteractionCounts.Compare(&a, &b) })
			all = append(all, rows...)
			size := rapid.SampledFrom([]int{1, 2, 7, 300, 1000}).Draw(t, "batch")
			seqs = append(seqs, func(yield func([]InteractionCount, error) bool) {
				var held []InteractionCount // which the next batch overwrites, as that of Scan
				for batch := range slices.Chunk(rows, size) {
					clear(held)
					if held = append(held[:0], batch...); !yield(held, nil) {
						return
					}
				}
				yield(nil, nil) // an empty batch ends nothing
			})
		}
		slices.SortFunc(all, func(a, b InteractionCount) int { return InteractionCounts.Compare(&a, &b) })
		var got []InteractionCount
		for batch, err := range InteractionCounts.Merge(seqs) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, batch...)
		}
		if !slices.Equal(got, all) {
			t.Fatalf("got %v, want %v", got, all)
		}
	})
	broken := errors.New("broken")
	for batch, err := range InteractionCounts.Merge([]iter.Seq2[[]InteractionCount, error]{func(yield func([]InteractionCount, error) bool) { yield(nil, broken) }}) {
		if batch != nil || !errors.Is(err, broken) {
			t.Errorf("got %v, %v", batch, err)
		}
	}
}

// Of many files that are open at once few rows are held, however large their row
// groups are.
func TestScanFilesHoldsFewRows(t *testing.T) {
	path := filepath.Join(t.TempDir(), "account_snapshots.parquet")
	rows := make([]AccountSnapshot, RowGroupRows)
	for i := range rows {
		n := Some(int64(i))
		s := Shown{V: n, Text: Some(fmt.Sprint(i, " followers")), Low: n, High: n}
		rows[i] = AccountSnapshot{Platform: "x", AccountID: "1", ObservedAt: Micros(i), ObservedPrecision: "second", Followers: s, Following: s, PostsTotal: s, LikesTotal: s, TimeSource: "field", Source: "s", Locator: s.Text}
	}
	if err := AccountSnapshots.Write(path, rows, WriteOptions{Unchecked: true}); err != nil {
		t.Fatal(err)
	}
	rows = nil
	const files = 50
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before, read := heap(), 0
	for batch, err := range AccountSnapshots.ScanFiles(context.Background(), slices.Repeat([]string{path}, files)) {
		if err != nil {
			t.Fatal(err)
		}
		if read == 0 {
			if mib := (heap() - before) >> 20; mib > 4*files { // of all rows of RowGroupRows 25 a file
				t.Errorf("%d MiB for %d files", mib, files)
			}
		}
		if read += len(batch); read > 3*RowGroupRows {
			break
		}
	}
	if read < 3*RowGroupRows {
		t.Errorf("%d rows", read)
	}
}
