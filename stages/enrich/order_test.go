package enrich

import (
	"errors"
	"fmt"
	"iter"
	"slices"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// again yields rows in batches of n, all in the same memory, which is of no use
// once the next is asked for.
func again[R any](rows []R, n int) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		held := make([]R, n)
		for from := 0; from < len(rows); from += n {
			if !yield(held[:copy(held, rows[from:])], nil) {
				return
			}
			clear(held)
		}
	}
}

// Posts come account by account; each batch is worked on before the next comes.
func TestByKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []datasets.Post
		for i := range rapid.IntRange(0, 30).Draw(t, "posts") {
			p := post(rapid.SampledFrom([]string{"vk", "x"}).Draw(t, "platform"), fmt.Sprint(rapid.IntRange(1, 4).Draw(t, "account")), fmt.Sprint(rapid.IntRange(0, 1<<20).Draw(t, "id")*100+i), noon, "text")
			p.CreatedAt.V += datasets.Micros(i) * hour
			rows = append(rows, p)
		}
		var got []datasets.Post
		for batch, err := range ByKey(again(sorted(&datasets.PostsByTime, rows), rapid.IntRange(1, 9).Draw(t, "batch"))) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, batch...)
			clear(batch)
		}
		if want := sorted(&datasets.Posts, rows); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
	broken := errors.New("the file is damaged")
	for batch, err := range ByKey(func(yield func([]datasets.Post, error) bool) {
		if yield([]datasets.Post{post("x", "1", "1", noon, "")}, nil) {
			yield(nil, broken)
		}
	}) {
		if batch != nil || !errors.Is(err, broken) {
			t.Errorf("got %v, %v", batch, err)
		}
	}
}

// A batch of twenty accounts, in order already.
func BenchmarkByKey(b *testing.B) {
	var rows []datasets.Post
	for a := range 20 {
		for i := range 1500 {
			rows = append(rows, post("x", fmt.Sprint(10+a), fmt.Sprint(10_000+i), noon, ""))
		}
	}
	for b.Loop() {
		n := 0
		for batch := range ByKey(func(yield func([]datasets.Post, error) bool) { yield(rows, nil) }) {
			n += len(batch)
		}
		if n != len(rows) {
			b.Fatal(n)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/post")
}
