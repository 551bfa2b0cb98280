package adapters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

// exports are the adapters whose fixtures lie in testdata/<name>. A fixture
// named a.almaty.csv is read with that zone, a.mfa_one.csv with that handle,
// a.observed.csv as collected on 31 October 2026, a.on_x.csv as of that platform.
var exports = []Adapter{TelegramDesktop, CrowdTangleFacebook, CrowdTangleInstagram, CrowdTangleHistory}

func exportFile(path string) File {
	f := File{Name: filepath.Base(path)}
	for part, zone := range map[string]string{".almaty.": "Asia/Almaty", ".kolkata.": "Asia/Kolkata", ".chicago.": "America/Chicago"} {
		if strings.Contains(f.Name, part) {
			f.Zone, _ = time.LoadLocation(zone)
		}
	}
	if strings.Contains(f.Name, ".observed.") {
		f.Observed = datasets.Some(datasets.Micros(time.Date(2026, 10, 31, 0, 0, 0, 0, time.UTC).UnixMicro()))
	}
	if _, on, found := strings.Cut(f.Name, ".on_"); found {
		f.Platform, _, _ = strings.Cut(on, ".")
	}
	if strings.Contains(f.Name, ".mfa_one.") {
		f.Account = Ref{Platform: f.Platform, Handle: "mfa_one"}
	}
	return f
}

// eachExport calls f for each fixture of an adapter.
func eachExport(t testing.TB, a Adapter, f func(path string, text []byte)) {
	t.Helper()
	paths, _ := filepath.Glob("testdata/" + a.Name + "/*")
	for _, path := range paths {
		if strings.HasSuffix(path, ".golden") {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		f(path, text)
	}
}

// rowsOf prints what a file gave, one line a row.
func rowsOf(b *Batch, err error) []string {
	if err != nil {
		return []string{"error: " + err.Error()}
	}
	var out []string
	for _, p := range b.Posts {
		out = append(out, printPost(p))
	}
	for _, s := range b.Accounts {
		out = append(out, fmt.Sprintf("account %d %s observed=%v %s followers=%d low=%d high=%d", s.Line, s.Ref, s.Row.ObservedAt, s.Row.ObservedPrecision, s.Row.Followers.V.V, s.Row.Followers.Low.V, s.Row.Followers.High.V))
	}
	for _, k := range slices.Sorted(maps.Keys(b.Filtered)) {
		out = append(out, fmt.Sprintf("filtered %d %s", b.Filtered[k], k))
	}
	for _, r := range b.Rejects {
		out = append(out, fmt.Sprintf("reject %d %s: %s", r.Line, r.Field, r.Reason))
	}
	return append(out, fmt.Sprintf("records %d, merged %d", b.Records(), b.Merged))
}

func printPost(p Row[Post]) string {
	r := p.Row
	s := fmt.Sprintf("post %d %s id=%s %s", p.Line, p.Ref, r.PostID, r.PostType)
	add := func(name string, ok bool, v any) {
		if ok {
			s += fmt.Sprintf(" %s=%v", name, v)
		}
	}
	add("created", r.CreatedAt.OK, r.CreatedAt.V)
	add("edited", r.EditedAt.OK, r.EditedAt.V)
	add("observed", r.ObservedAt.OK, r.ObservedAt.V)
	add("media", r.MediaType.OK, r.MediaType.V)
	add("parts", r.Parts != 1, r.Parts)
	for name, v := range map[string]datasets.Opt[string]{"reply_to": r.ReplyToID, "repost_of": r.RepostOfID, "quote_of": r.QuoteOfID} {
		add(name, v.OK, v.V)
	}
	c := r.Counts
	for i, v := range []datasets.Opt[int64]{c.Like, c.Comment, c.Share, c.Quote, c.View, c.Save, r.FollowersAtPosting} {
		add([]string{"like", "comment", "share", "quote", "view", "save", "followers"}[i], v.OK, v.V)
	}
	add("url", r.URL.OK, r.URL.V)
	if r.Text.OK {
		s += fmt.Sprintf(" text=%q", r.Text.V)
	}
	return s
}

// The rows of every fixture are those of its golden file, for any number of
// workers, and each adapter recognizes its own fixtures alone.
func TestExports(t *testing.T) {
	for _, a := range exports {
		eachExport(t, a, func(path string, text []byte) {
			for _, b := range All() {
				if b.Detect(text, filepath.Base(path)) != (a.Name == b.Name) {
					t.Errorf("%s: detected as %s: %v", path, b.Name, a.Name != b.Name)
				}
			}
			var got string
			var digests []uint64
			for _, workers := range []int{1, 4} {
				b, err := a.Read(context.Background(), bytes.NewReader(text), exportFile(path), workers)
				rows := strings.Join(rowsOf(b, err), "\n") + "\n"
				if got != "" && got != rows {
					t.Errorf("%s: other rows with %d workers", path, workers)
				}
				got = rows
				var d []uint64
				if err == nil {
					for _, p := range b.Posts {
						d = append(d, p.Row.Digest)
						if p.Row.Digest == 0 || p.Row.Parts < 1 || p.Row.PostType == "" {
							t.Errorf("%s: incomplete %+v", path, p)
						}
					}
				}
				if digests != nil && !slices.Equal(d, digests) {
					t.Errorf("%s: other digests with %d workers", path, workers)
				}
				digests = d
			}
			if strings.Contains(got, "secret") || strings.Contains(got, "private\"") {
				t.Errorf("%s: a token or a private message in the rows:\n%s", path, got)
			}
			golden(t, strings.TrimPrefix(path, "testdata/")+".golden", got)
		})
	}
}

// A file cut anywhere gives rows that the whole file gives too, and a reject
// or an error where a record is cut. Only the album that is cut is smaller.
func TestExportsCut(t *testing.T) {
	for _, a := range exports {
		eachExport(t, a, func(path string, text []byte) {
			f := exportFile(path)
			whole, err := a.Read(context.Background(), bytes.NewReader(text), f, 1)
			if err != nil {
				return
			}
			rows := map[string]bool{}
			for _, p := range whole.Posts {
				rows[printPost(p)] = true
			}
			for n := range text {
				b, err := a.Read(context.Background(), bytes.NewReader(text[:n]), f, 1)
				if err != nil {
					continue
				}
				for i, p := range b.Posts {
					last := i == len(b.Posts)-1
					if !rows[printPost(p)] && !(last && len(whole.Posts) > i && whole.Posts[i].Row.Parts > p.Row.Parts) {
						t.Fatalf("%s cut at %d: %s", path, n, printPost(p))
					}
				}
				// A table that ends between two rows, or in a column that is not read, looks whole.
				looksWhole := bytes.HasSuffix(text[:n], []byte("\n")) || bytes.Contains(text, []byte("Overperforming"))
				if n > 3 && b.Records() < whole.Records() && len(b.Rejects) == 0 && (a.Name == "telegram_desktop" || !looksWhole) {
					t.Fatalf("%s cut at %d: %d of %d records and no reject", path, n, b.Records(), whole.Records())
				}
			}
		})
	}
}

// fuzzExport checks that no bytes make an adapter panic and that every record
// that its Split yields becomes one row, filter or reject.
func fuzzExport(f *testing.F, a Adapter) {
	eachExport(f, a, func(_ string, text []byte) { f.Add(text) })
	f.Fuzz(func(t *testing.T, text []byte) {
		a.Detect(text, "f")
		var n int64
		a.Split(bytes.NewReader(text), func(rec Record, err error) bool {
			var wrong *RecordError
			if rec.Cells == nil || n > 0 || err != nil {
				n++
			}
			if rec.Cells != nil && n == 0 {
				n = 1 << 40 // the header is no record
			}
			return err == nil || errors.As(err, &wrong)
		})
		n &= 1<<40 - 1
		for _, file := range []File{{Name: "f"}, {Name: "f", Zone: time.UTC, Account: Ref{Handle: "mfa_one"}}} {
			b, err := a.Read(context.Background(), bytes.NewReader(text), file, 2)
			if err == nil && b.Records() != n {
				t.Errorf("%d records, %d of them split: %q", b.Records(), n, text)
			}
		}
	})
}

func FuzzDecodeTelegramDesktop(f *testing.F)      { fuzzExport(f, TelegramDesktop) }
func FuzzDecodeCrowdTangleFacebook(f *testing.F)  { fuzzExport(f, CrowdTangleFacebook) }
func FuzzDecodeCrowdTangleInstagram(f *testing.F) { fuzzExport(f, CrowdTangleInstagram) }
func FuzzDecodeCrowdTangleHistory(f *testing.F)   { fuzzExport(f, CrowdTangleHistory) }
