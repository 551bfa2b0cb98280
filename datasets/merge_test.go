package datasets

import (
	"errors"
	"iter"
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
			for _, n := range rapid.SliceOfN(rapid.Int64Range(0, 20_000), 0, 30).Draw(t, "rows") {
				rows = append(rows, InteractionCount{Platform: "x", AccountID: "1", Interactions: n, Posts: 1})
			}
			slices.SortFunc(rows, func(a, b InteractionCount) int { return InteractionCounts.Compare(&a, &b) })
			all = append(all, rows...)
			size := rapid.IntRange(1, 7).Draw(t, "batch")
			seqs = append(seqs, func(yield func([]InteractionCount, error) bool) {
				for batch := range slices.Chunk(slices.Clone(rows), size) {
					if !yield(batch, nil) {
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
