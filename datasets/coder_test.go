package datasets

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

// A coder packs and takes rows as the columns of their table do.
func TestCoder(t *testing.T) {
	testCoder(t, &Posts)
	testCoder(t, &PostRuns)
	testCoder(t, &SnapshotRuns)
}

func testCoder[R comparable](t *testing.T, table *Table[R]) {
	if table.code == nil || len(table.Columns) > 64 {
		t.Fatal(table.Name)
	}
	rapid.Check(t, func(t *rapid.T) {
		var r R
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a\x00", "not \xff UTF-8"}))
		for i := range table.Columns {
			c := &table.Columns[i]
			if c.Nullable && rapid.Bool().Draw(t, "absent") {
				continue
			}
			switch {
			case c.str != nil:
				*c.str(&r) = text.Draw(t, c.Name)
			case c.optStr != nil:
				*c.optStr(&r) = Some(text.Draw(t, c.Name))
			default:
				c.setWhole(&r, rapid.OneOf(rapid.Int64(), rapid.Int64Range(-3, 3)).Draw(t, c.Name))
			}
		}
		var c coder
		want := table.appendRow([]byte("before"), &r)
		if got := table.packRow(&c, []byte("before"), &r); !bytes.Equal(got, want) {
			t.Fatalf("got %q, want %q of %+v", got, want, r)
		}
		row := string(want[len("before"):])
		var got R
		if rest, err := table.unpackRow(&c, row+"after", &got); err != nil || rest != "after" || got != r {
			t.Fatalf("%v, %q: got %+v, want %+v", err, rest, got, r)
		}
		// Of bytes that are no row or another both say the same.
		b := []byte(row)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		bad := string(b[:rapid.IntRange(0, len(b)).Draw(t, "cut")])
		var x, y R
		wantRest, wantErr := table.takeRow(bad, &x)
		rest, err := table.unpackRow(&c, bad, &y)
		if (err != nil) != (wantErr != nil) || rest != wantRest || err == nil && x != y {
			t.Fatalf("%v, want %v of damaged bytes: %+v, %+v", err, wantErr, y, x)
		}
	})
}

func BenchmarkCoder(b *testing.B) {
	rows := benchRows(1000)
	for _, by := range []string{"columns", "coder"} {
		table := PostRuns
		if by == "columns" {
			table.code = nil
		}
		var packed []byte
		var c coder
		b.Run("pack/"+by, func(b *testing.B) {
			for b.Loop() {
				packed = packed[:0]
				for i := range rows {
					packed = table.packRow(&c, packed, &rows[i])
				}
			}
		})
		b.Run("take/"+by, func(b *testing.B) {
			text := string(packed)
			var into []PostRun
			for b.Loop() {
				var err error
				if into, err = table.takeRows(&c, text, into[:0]); err != nil || len(into) != len(rows) {
					b.Fatal(err, len(into))
				}
			}
		})
	}
}
