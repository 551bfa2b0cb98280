package enrich

import (
	"bytes"
	"cmp"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Whatever fits into memory, the records come out as slices.SortFunc has them,
// and nothing is left in scratch.
func TestSorter(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := newSorter(folder)
		s.most = rapid.IntRange(1, 300).Draw(t, "most")
		records := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 255}), 0, 20), 0, 100).Draw(t, "records")
		for _, r := range records {
			if err := s.add(r); err != nil {
				t.Fatal(err)
			}
		}
		var got [][]byte
		for r, err := range s.sorted() {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, slices.Clone(r))
		}
		slices.SortFunc(records, bytes.Compare)
		if !slices.EqualFunc(got, records, bytes.Equal) {
			t.Fatalf("got %v, want %v", got, records)
		}
		if err := s.close(); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(folder); len(left) > 0 {
			t.Fatalf("left %v", left)
		}
	})
}

// A run that is cut short is said, not taken for the end.
func TestSorterSaysWhatIsCutShort(t *testing.T) {
	s := newSorter(t.TempDir())
	s.most = 10
	for range 5 {
		if err := s.add([]byte("0123456789")); err != nil {
			t.Fatal(err)
		}
	}
	defer s.close()
	if err := s.file.Truncate(20); err != nil {
		t.Fatal(err)
	}
	for _, err := range s.sorted() {
		if err != nil {
			return
		}
	}
	t.Error("no error")
}

// Texts in records sort as they do by themselves, also where one begins with
// the other or holds zeros, and come back as they were.
func TestTextInRecords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune{0, 1, 'a', 'ә'}), 0, 6, -1)
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		x, y := appendText(nil, a), appendText(nil, b)
		if a != b && bytes.Compare(append(x, 255), append(y, 1)) != cmp.Compare(a, b) {
			t.Fatalf("%q and %q sort otherwise", a, b)
		}
		if s, rest := cutText(append(x, 7)); s != a || !bytes.Equal(rest, []byte{7}) {
			t.Fatalf("got %q and %v, want %q", s, rest, a)
		}
	})
}
