package datasets

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// manyValues are values of metrics of which each has its own row groups, or parts of them.
func manyValues(rows int) []Value {
	out := make([]Value, rows)
	for i := range out {
		out[i] = Value{Metric: fmt.Sprintf("m%d", i*7/rows), Platform: "x", AccountID: fmt.Sprintf("%07d", i), PeriodKind: "week", Value: Some(float64(i)), Source: "s"}
	}
	return out
}

func TestReadSome(t *testing.T) {
	ctx := context.Background()
	all := manyValues(3*RowGroupRows + 5)
	path := filepath.Join(t.TempDir(), "values.parquet")
	if err := Values.Write(path, all, WriteOptions{Unchecked: true}); err != nil {
		t.Fatal(err)
	}
	for want, groups := range map[string]int{"m0": 1, "m2": 2, "m6": 2, "none": 0} {
		read, batches := []Value{}, 0
		for rows, err := range Values.ReadSome(ctx, path, "metric", func(m string) bool { return m == want }) {
			if err != nil {
				t.Fatal(err)
			}
			batches++
			for _, v := range rows {
				if v.Metric == want {
					read = append(read, v)
				}
			}
		}
		expected := slices.DeleteFunc(slices.Clone(all), func(v Value) bool { return v.Metric != want })
		if batches != groups || !slices.Equal(read, expected) {
			t.Errorf("%s: %d rows in %d batches, expected %d in %d", want, len(read), batches, len(expected), groups)
		}
	}
	for rows, err := range Values.ReadSome(ctx, path, "metric", func(string) bool { return true }, "value") {
		if err != nil || rows[1].Metric != "" || !rows[1].Value.OK {
			t.Fatalf("found %+v (%v), expected the column value alone", rows[1], err)
		}
		break
	}
}

// A benchmark of what a figure reads of the values of a study.
func BenchmarkReadSome(b *testing.B) {
	path := filepath.Join(b.TempDir(), "values.parquet")
	if err := Values.Write(path, manyValues(20*RowGroupRows), WriteOptions{Unchecked: true}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n := 0
		for rows, err := range Values.ReadSome(context.Background(), path, "metric", func(m string) bool { return m == "m3" }) {
			if err != nil {
				b.Fatal(err)
			}
			n += len(rows)
		}
	}
}
