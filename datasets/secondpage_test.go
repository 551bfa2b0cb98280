package datasets

import (
	"bytes"
	"slices"
	"testing"

	"github.com/xitongsys/parquet-go/encoding"
	"pgregory.net/rapid"
)

// secondOf is what secondRuns gives of a hybrid of runs.
func secondOf(b []byte, width, n int) (values []uint32, err error) {
	err = secondRuns(bytes.NewReader(b), byte(width), n, func(value uint32, times int) {
		values = append(values, slices.Repeat([]uint32{value}, times)...)
	})
	return values, err
}

// Run by run the second library finds what it finds in the whole.
func TestSecondRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 20).Draw(t, "width")
		values := drawRuns(t, width, rapid.IntRange(1, 100).Draw(t, "parts"))
		body := appendRuns(nil, values, width)
		got, err := secondOf(body, width, len(values))
		if err != nil || !slices.Equal(got, values) {
			t.Fatalf("found %v and %v, want %v", got, err, values)
		}
		whole, err := encoding.ReadRLEBitPackedHybrid(bytes.NewReader(body), uint64(width), uint64(len(body)))
		if err != nil {
			t.Fatal(err)
		}
		for i, x := range got {
			if whole[i] != int64(x) {
				t.Fatalf("value %d: found %d, the whole has %v", i, x, whole[i])
			}
		}
		if got, err := secondOf(body, width, len(values)+8); err == nil {
			t.Fatalf("found %d values of %d", len(got), len(values))
		}
	})
}

// Of bytes that are no runs, or other ones, come so many values or an error.
func TestSecondRunsOfOtherBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOf(rapid.Byte()).Draw(t, "body")
		n := rapid.IntRange(1, RowGroupRows).Draw(t, "n")
		got, err := secondOf(body, rapid.IntRange(0, 255).Draw(t, "width"), n)
		if err == nil && len(got) != n || len(got) > n {
			t.Fatalf("found %d values and %v, want %d", len(got), err, n)
		}
	})
}
