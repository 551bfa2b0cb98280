package adapters

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

// shelved are the adapters of All whose fixtures have goldens with every column
// and no test of their own.
func shelved() (out []Adapter) {
	for _, a := range All() {
		other := func(b Adapter) bool { return a.Name == b.Name }
		if !a.Strict && !slices.ContainsFunc(exports, other) && !slices.ContainsFunc(xShelf, other) {
			out = append(out, a)
		}
	}
	return out
}

// The rows of every fixture are those of its golden file, for any number of
// workers, with a byte order mark and with Windows line ends, and each adapter
// recognizes its own fixtures alone. A file that is refused says why.
func TestShelfGolden(t *testing.T) {
	for _, a := range shelved() {
		fixtures := 0
		eachExport(t, a, func(path string, text []byte) {
			fixtures++
			name, f := filepath.Base(path), exportFile(path)
			in, err := Open(path, "", "")
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range All() {
				if b.Detect(in.Head, name) != (a.Name == b.Name) {
					t.Errorf("%s: detected as %s: %v", path, b.Name, a.Name != b.Name)
				}
			}
			read := func(text []byte, workers int) string {
				b, err := a.Read(context.Background(), bytes.NewReader(text), f, workers)
				if err != nil {
					return "error: " + err.Error() + "\n"
				}
				return shownBatch(b)
			}
			b, err := a.Read(context.Background(), in, f, 1)
			got := ""
			if err != nil {
				got = "error: " + err.Error() + "\n"
			} else {
				got = shownBatch(b)
			}
			in.Close()
			if text := bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")); bytes.IndexByte(text, 0) < 0 {
				for _, other := range []string{read(text, 4), read(append([]byte("\xef\xbb\xbf"), text...), 2), read(bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n")), 2)} {
					if other != got {
						t.Errorf("%s: other rows with 4 workers, a byte order mark or Windows line ends:\n%s\n%s", path, got, other)
					}
				}
			}
			if low := strings.ToLower(got); strings.Contains(low, "secret") || strings.Contains(low, "utm_") {
				t.Errorf("%s: a token or the query of an address reached a row:\n%s", path, got)
			}
			golden(t, strings.TrimPrefix(path, "testdata/")+".golden", got)
		})
		if fixtures == 0 {
			t.Errorf("%s has no fixtures", a.Name)
		}
	}
}

// fuzzPosts checks of an adapter that can make several records of one, of a
// page or of a line that is no JSON, that no bytes make it panic, that its rows
// are the same on any number of workers, and that a post has an id and an
// account, and a repost no counts.
func fuzzPosts(f *testing.F, a Adapter) {
	eachExport(f, a, func(_ string, text []byte) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text []byte) {
		a.Detect(text, "f")
		observed := datasets.Some(datasets.Micros(1_700_000_000_000_000))
		for _, file := range []File{{Name: "f"}, {Name: "f", Zone: time.UTC, Observed: observed, Account: Ref{Handle: "mfa_one"}}} {
			one, err := a.Read(context.Background(), bytes.NewReader(text), file, 1)
			four, other := a.Read(context.Background(), bytes.NewReader(text), file, 4)
			if err != nil || other != nil {
				if fmt.Sprint(err) != fmt.Sprint(other) {
					t.Fatalf("%v and %v", err, other)
				}
				continue
			}
			if shownBatch(one) != shownBatch(four) {
				t.Fatalf("other rows with 4 workers:\n%s\n%s", shownBatch(one), shownBatch(four))
			}
			for _, p := range one.Posts {
				if p.Row.PostID == "" || p.Ref.ID+p.Ref.Handle == "" || p.Ref.Platform == "" || p.Row.PostType == datasets.Repost && p.Row.Counts != (datasets.Counts{}) {
					t.Fatalf("%+v", p)
				}
			}
		}
	})
}
