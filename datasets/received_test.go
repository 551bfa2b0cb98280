package datasets

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

// Both libraries give back every value of every kind, over row groups, and a
// cell is printed as WriteCSV prints it.
func TestReceivedGivesEveryValueBack(t *testing.T) {
	for _, n := range []int{0, 1, RowGroupRows + 1000} {
		rows := kindsRows(n)
		r := received(t, rows)
		at := 0
		for {
			batch, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			for i, c := range batch {
				second, err := r.Second(i, c.Len())
				if err != nil {
					t.Fatal(err)
				}
				if row := c.Differs(second); row >= 0 {
					t.Errorf("column %s, row %d: %v and %v", c.Field.Name, at+row, c.At(row), second.At(row))
				}
				if row, err := c.Invalid(); err != nil {
					t.Errorf("column %s, row %d: %v", c.Field.Name, at+row, err)
				}
				for row := range c.Len() {
					if want := kinds.Cell(&rows[at+row], i); c.At(row) != want {
						t.Fatalf("column %s, row %d: got %v, want %v", c.Field.Name, at+row, c.At(row), want)
					}
					if null := len(c.AppendCSV(nil, row)) == 0; null != (c.At(row) == nil) {
						t.Fatalf("column %s, row %d: printed as null: %t", c.Field.Name, at+row, null)
					}
				}
			}
			at += batch[0].Len()
		}
		if at != n {
			t.Errorf("got %d rows, want %d", at, n)
		}
	}
}

func received(t *testing.T, rows []kindsRow) *Received {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, rows, WriteOptions{Zstd: true}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := OpenReceived(context.Background(), f, kinds.Schema().Fields)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close(); f.Close() })
	return r
}

// A difference is found whatever the kind, and absent is not zero.
func TestCellsDiffer(t *testing.T) {
	a, err := received(t, kindsRows(10)).Next()
	if err != nil {
		t.Fatal(err)
	}
	rows := kindsRows(10)
	r := &rows[7] // present in every column: 7 is no multiple of 3 or 5
	*r = kindsRow{ID: 8, Text: "other", Few: "other", Float: 1, Bool: !r.Bool, Day: 1, Time: 1, OptText: Some("other"), OptInt: None[int64](), OptFloat: Some(0.), OptBool: Some(!r.OptBool.V)}
	rows = append(rows[:8:8], rows[9:]...)
	b, err := received(t, rows).Next()
	if err != nil {
		t.Fatal(err)
	}
	for i := range a {
		if got := a[i].Differs(a[i]); got != -1 {
			t.Errorf("column %s differs from itself in row %d", a[i].Field.Name, got)
		}
		if got := b[i].Differs(a[i]); got != 7 {
			t.Errorf("column %s: got row %d, want 7", a[i].Field.Name, got)
		}
	}
}

// A file of other columns than are said is an error and no misreading.
func TestOpenReceivedOfOtherColumns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.parquet")
	if err := kinds.Write(path, kindsRows(10), WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fields := kinds.Schema().Fields
	fields[0].Kind = Float
	_, err = OpenReceived(context.Background(), f, fields)
	wantErr(t, err, "arrow", "the file tells two readers different things")
}

func TestCompareCells(t *testing.T) {
	ordered := [][]any{{nil, "", "a", "b", "ә"}, {nil, int64(-1), int64(2)}, {nil, -.5, 0., 1e9}, {nil, false, true}, {nil, Day(-1), Day(3)}, {nil, Micros(0), Micros(1)}}
	for _, values := range ordered {
		for i, a := range values {
			for j, b := range values {
				if got := CompareCells(a, b); got != min(1, max(-1, i-j)) {
					t.Errorf("%v and %v: got %d", a, b, got)
				}
			}
		}
	}
}
