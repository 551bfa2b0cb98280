package datasets

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// runsOf decodes Parquet's hybrid of runs as the format describes it.
func runsOf(t interface{ Fatalf(string, ...any) }, b []byte, width, n int) []uint32 {
	var values []uint32
	for len(values) < n {
		header, k := binary.Uvarint(b)
		if k <= 0 {
			t.Fatalf("after %d of %d values: no header", len(values), n)
		}
		b = b[k:]
		if header&1 == 0 {
			x, size := uint32(0), (width+7)/8
			for i, c := range b[:size] {
				x |= uint32(c) << (8 * i)
			}
			b = b[size:]
			values = append(values, slices.Repeat([]uint32{x}, int(header>>1))...)
			continue
		}
		for bit := range int(header>>1) * 8 * width {
			if bit%width == 0 {
				values = append(values, 0)
			}
			values[len(values)-1] |= uint32(b[bit/8]>>(bit%8)&1) << (bit % width)
		}
		b = b[int(header>>1)*width:]
	}
	if len(b) != 0 {
		t.Fatalf("%d bytes after the last value", len(b))
	}
	for _, x := range values[n:] {
		if x != 0 {
			t.Fatalf("the last group is filled with %d", x)
		}
	}
	return values[:n]
}

func drawRuns(t *rapid.T, width, parts int) (values []uint32) {
	for range parts {
		x := rapid.Uint32Range(0, 1<<width-1).Draw(t, "value")
		values = append(values, slices.Repeat([]uint32{x}, rapid.IntRange(1, 20).Draw(t, "run"))...)
	}
	return values
}

func TestRuns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 20).Draw(t, "width")
		values := drawRuns(t, width, rapid.IntRange(0, 20).Draw(t, "parts"))
		got := runsOf(t, appendRuns([]byte("before"), values, width)[len("before"):], width, len(values))
		if !slices.Equal(got, values) {
			t.Fatalf("found %v, want %v", got, values)
		}
	})
}

// A long run takes one value, whatever stands before it.
func TestRunsAreShort(t *testing.T) {
	values := append([]uint32{1, 0, 1}, slices.Repeat([]uint32{1}, 100_000)...)
	if got := appendRuns(nil, values, 1); len(got) > 8 {
		t.Errorf("%d bytes, %x", len(got), got)
	}
	if got, want := appendRuns(nil, slices.Repeat([]uint32{2}, 8), 2), []byte{8 << 1, 2}; !bytes.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}

// Texts that are not few after all, none at all and one only are read back.
func TestFewTextsThatAreNot(t *testing.T) {
	for _, text := range []func(i int) Opt[string]{
		func(i int) Opt[string] { return Some(strings.Repeat(fmt.Sprint(i), 100)) },
		func(i int) Opt[string] { return None[string]() },
		func(i int) Opt[string] { return Some("") },
		func(i int) Opt[string] {
			return Opt[string]{V: strings.Repeat("a", 3<<20*(i%10_000/9_999)), OK: i%10_000 == 9_999}
		},
	} {
		rows := kindsRows(RowGroupRows + 10)
		for i := range rows {
			rows[i].OptFew, rows[i].OptText = text(i), text(i)
			rows[i].Few = rows[i].OptFew.V
		}
		path := filepath.Join(t.TempDir(), "kinds.parquet")
		if err := kinds.Write(path, rows, WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := compareFile(path); err != nil {
			t.Fatal(err)
		}
		got, err := kinds.ReadAll(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, rows) {
			t.Fatal("other rows than were written")
		}
	}
}

// Runs are walked as they are written.
func TestRunsAreWalked(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 9).Draw(t, "width")
		values := drawRuns(t, width, rapid.IntRange(1, 10).Draw(t, "parts"))
		n, want := int64(len(values)), int64(0)
		for _, x := range values {
			want += int64(x)
		}
		body := appendRuns(nil, values, width)
		ones, ok := runs(append(slices.Clone(body), 1, 2, 3), width, n)
		if !ok || width == 1 && ones != want {
			t.Fatalf("found %t and %d ones in %x, want %d of %d", ok, ones, body, want, n)
		}
		if _, ok := runs(body, width, n+8); ok {
			t.Fatalf("more than %d values found in %x", n+7, body)
		}
		if _, ok := runs(body[:rapid.IntRange(0, len(body)-1).Draw(t, "cut")], width, n); ok {
			t.Fatalf("%d values found in a part of %x", n, body)
		}
	})
}

// A limit that is too long leaves none: readers take a missing one for "".
func TestLimitsAreBothThere(t *testing.T) {
	long := strings.Repeat("я", maxLimit)
	for _, texts := range [][]string{{"a", long}, {"", long, "b"}, {long}} {
		s := (&vector{strs: texts}).statistics(String)
		if s.HasMin || s.HasMax {
			t.Errorf("least %t, greatest %t; want neither", s.HasMin, s.HasMax)
		}
	}
	if s := (&vector{strs: []string{"b", "a"}}).statistics(String); !s.HasMin || !s.HasMax || string(s.Min) != "a" || string(s.Max) != "b" {
		t.Errorf("%+v", s)
	}
}
