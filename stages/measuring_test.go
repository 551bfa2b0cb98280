package stages

import (
	"context"
	"errors"
	"testing"
)

// Rows that are written while a run is interrupted end there.
func TestDuring(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var got []int
	var err error
	for rows, wrong := range during(ctx, func(yield func([]int, error) bool) {
		for i := range 5 {
			if !yield([]int{i}, nil) {
				return
			}
		}
	}) {
		if err = wrong; err == nil {
			got = append(got, rows...)
		}
		if len(got) == 2 {
			cancel()
		}
	}
	if len(got) != 2 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d rows, %v", len(got), err)
	}
}
