package adapters

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"diplometrics/stages/study"
)

// mapped is a source of a study, ready to be read.
func mapped(t testing.TB, dir string) (study.Source, *Adapter, File) {
	t.Helper()
	st, err := study.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	src := st.Sources[0]
	f := File{Name: src.File, Observed: src.ObservedAt, ObservedPrecision: src.ObservedPrecision, Platform: src.Platform, Account: Ref{Platform: src.Platform, ID: src.Account, Handle: src.Handle}}
	if src.Zone != "" {
		if f.Zone, err = time.LoadLocation(src.Zone); err != nil {
			t.Fatal(err)
		}
	}
	return src, Mapped(src.Mapping), f
}

func mappingCases(t testing.TB) []string {
	t.Helper()
	dirs, err := filepath.Glob("testdata/mapping/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return dirs
}

// Each case is a study of one source; the rows are the same on 1 and 4 workers.
func TestMapping(t *testing.T) {
	for _, dir := range mappingCases(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			src, a, f := mapped(t, dir)
			var got [2]string
			for i, workers := range []int{1, 4} {
				in, err := Open(filepath.Join(dir, src.File), src.Encoding, src.Mapping.Sheet)
				if err != nil {
					t.Fatal(err)
				}
				defer in.Close()
				b, err := a.Read(context.Background(), in, f, workers)
				if err != nil {
					t.Fatal(err)
				}
				got[i] = shownBatch(b)
			}
			if got[0] != got[1] {
				t.Errorf("1 worker gave\n%s\n4 workers gave\n%s", got[0], got[1])
			}
			golden(t, filepath.Join("mapping", filepath.Base(dir), "want.golden"), got[0])
		})
	}
}

// A file that is cut anywhere gives the first of the rows, and nothing else but
// what the last line still says.
func TestMappingCut(t *testing.T) {
	for _, dir := range mappingCases(t) {
		src, a, f := mapped(t, dir)
		text, err := os.ReadFile(filepath.Join(dir, src.File))
		if err != nil {
			t.Fatal(err)
		}
		whole, err := a.Read(context.Background(), bytes.NewReader(text), f, 1)
		if err != nil {
			t.Fatal(err)
		}
		for n := range text {
			b, err := a.Read(context.Background(), bytes.NewReader(text[:n]), f, 1)
			if err != nil {
				continue // inside the header
			}
			last := int64(1 + bytes.Count(text[:n], []byte("\n")))
			if bytes.HasSuffix(text[:n], []byte("\n")) {
				last--
			}
			want, got := rowsBefore(whole, last), rowsBefore(b, last)
			if want != got {
				t.Fatalf("%s cut at %d: before line %d\ngot\n%s\nwant\n%s", dir, n, last, got, want)
			}
		}
	}
}

// rowsBefore prints the rows that start before a line.
func rowsBefore(b *Batch, line int64) string {
	var out strings.Builder
	for _, r := range b.Posts {
		if r.Line < line {
			fmt.Fprintln(&out, r)
		}
	}
	for _, r := range b.Snapshots {
		if r.Line < line {
			fmt.Fprintln(&out, r)
		}
	}
	for _, r := range b.Windows {
		if r.Line < line {
			fmt.Fprintln(&out, r)
		}
	}
	return out.String()
}

const tableStudy = `title = "A study"
countries = ["KAZ", "UZB"]
window = ["2024-01-01", "2024-06-01"]
[[source]]
id = "sheet"
file = "raw.*"
title = "A sheet"
platform = "x"
`

// mapText reads a text by a mapping.
func mapText(t testing.TB, toml, text string) (*Batch, error) {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"study.toml": tableStudy + toml, "raw.csv": text} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, a, f := mapped(t, dir)
	return a.Read(context.Background(), strings.NewReader(text), f, 1)
}

const followersOf = `[source.mapping]
table = "account_snapshots"
[source.mapping.columns]
handle = "who"
followers = "n"
observed_at = "when"
`

func TestMappingHeaders(t *testing.T) {
	for _, c := range []struct{ name, toml, text, want string }{
		{"misspelt column", followersOf, "hwo,n,when\na,1,2024-01-31\n", `1: header: found "who"; no column has this name; did you mean "hwo"?`},
		{"column twice", followersOf, "who,n,n,when\na,1,2,2024-01-31\n", `1: header: found "n"; several columns have this name`},
		{"no such row", strings.Replace(followersOf, "[source.mapping.columns]", "header_row = 9\n[source.mapping.columns]", 1), "who,n,when\n", "the file has 1 rows, but header_row is 9"},
		{"empty header", strings.Replace(followersOf, "[source.mapping.columns]", "header_row = 2\n[source.mapping.columns]", 1), "title\n\nwho,n,when\n", "row 2 is empty"},
		{"no month", followersOf + "[source.mapping.unpivot]\npattern = 'm\\d'\nname = \"m\"\nvalue = \"v\"\n", "who,n,when\n", "no column matches"},
	} {
		_, err := mapText(t, c.toml, c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

func TestMappingQuirks(t *testing.T) {
	for _, c := range []struct{ name, toml, text, want string }{
		{"a quote that stays open", followersOf, "who,n,when\na,1,2024-01-31\n\"b,2,2024-01-31\nc,3,2024-01-31\n", "are not closed before the end"},
		{"text behind quotes", followersOf, "who,n,when\n\"a\" b,1,2024-01-31\nc,3,2024-01-31\n", "double the quotes"},
		{"a cell too many", followersOf, "who,n,when\na,1,2024-01-31,5\nc,3,2024-01-31,\n", "4 cells, expected the 3"},
		{"not UTF-8", followersOf, "who,n,when\n\xff,1,2024-01-31\nc,3,2024-01-31\n", "not UTF-8"},
		{"a time without zone", followersOf, "who,n,when\na,1,2024-01-31T10:00:00\nc,3,2024-01-31\n", "give zone in study.toml"},
		{"no account", followersOf, "who,n,when\n,1,2024-01-31\nc,3,2024-01-31\n", "expected a handle or an id"},
		{"no number", followersOf, "who,n,when\na,many,2024-01-31\nc,3,2024-01-31\n", "expected a count such as"},
		{"no time", followersOf, "who,n,when\na,1,\nc,3,2024-01-31\n", "expected when the counts were seen"},
	} {
		b, err := mapText(t, c.toml, c.text)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, c.want) || len(b.Snapshots) != 1 || b.Records() != 2 {
			t.Errorf("%s:\n%s", c.name, shownBatch(b))
		}
	}
}

// A stream that ends in an error gives what was readable and a reject.
func TestMappingDamagedStream(t *testing.T) {
	var text strings.Builder
	text.WriteString("who,n,when\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "a%x,%d,2024-01-31\n", i*7919, i*i)
	}
	data := packed(t, "gz", "", []byte(text.String()))
	dir := t.TempDir()
	for name, content := range map[string]string{"study.toml": tableStudy + followersOf, "raw.csv.gz": string(data[:len(data)/2])} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, a, f := mapped(t, dir)
	in, err := Open(filepath.Join(dir, "raw.csv.gz"), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	b, err := a.Read(context.Background(), in, f, 2)
	if err != nil || len(b.Snapshots) < 1000 || len(b.Rejects) != 1 || !strings.Contains(b.Rejects[0].Reason, "the gzip stream is cut short") {
		t.Fatalf("%v: %d rows, %+v", err, len(b.Snapshots), b.Rejects)
	}
}

// The sheet of the issue: followers counted every month, with real dates,
// numbers, text and an id that Excel spoilt, on a second sheet below a title.
func TestMappingWorkbook(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		f.NewSheet("counts")
		month := "mmm yy"
		style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &month})
		if err != nil {
			t.Fatal(err)
		}
		f.SetCellStr("counts", "A1", "Followers of embassies")
		f.SetSheetRow("counts", "A3", &[]any{"id", "who", 45292, 45323})
		f.SetCellStyle("counts", "C3", "D3", style)
		f.SetSheetRow("counts", "A4", &[]any{"7", "emb_one", 12400, "12,5 тыс."})
		f.SetSheetRow("counts", "A5", &[]any{1234567890123456, "emb_two", 0})
	})
	dir := filepath.Dir(file)
	toml := tableStudy + `[source.mapping]
table = "account_snapshots"
sheet = "counts"
header_row = 3
unpivot = { pattern = '\d{4}-\d{2}-\d{2}', name = "month", value = "count" }
[source.mapping.columns]
account_id = "id"
handle = "who"
followers = "count"
[source.mapping.fields.observed_at]
column = "month"
precision = "month"
`
	if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(strings.Replace(toml, "raw.*", "book.xlsx", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	src, a, f := mapped(t, dir)
	in, err := Open(file, "", src.Mapping.Sheet)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	b, err := a.Read(context.Background(), in, f, 1)
	if err != nil {
		t.Fatal(err)
	}
	want := `account_snapshots 4 (x 7 (@emb_one)) platform="x" observed_at=2024-01-01T00:00:00Z observed_precision="month" followers=12400 followers_low=12400 followers_high=12400 time_source="field"
account_snapshots 4 (x 7 (@emb_one)) platform="x" observed_at=2024-02-01T00:00:00Z observed_precision="month" followers=12500 followers_text="12,5 тыс." followers_low=12450 followers_high=12549 time_source="field"
filtered 1: empty cell
rejected 5: account_id: 2024-01-01: found "1.234567890123456E+15"; a spreadsheet made a number of this id and lost its last digits; export it again with the column as text | "1.234567890123456E+15,emb_two,0,"
records 4, merged 0
`
	if got := shownBatch(b); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMappingNeedsATable(t *testing.T) {
	_, err := Mapping.Read(context.Background(), strings.NewReader("a,b\n"), File{}, 1)
	var refused *Refused
	if !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

// No bytes make a mapping panic, and every record is accounted for.
func FuzzDecodeMapping(f *testing.F) {
	var all []*Adapter
	var files []File
	var pivoted []bool
	for _, dir := range mappingCases(f) {
		src, a, file := mapped(f, dir)
		pivoted = append(pivoted, src.Mapping.Unpivot != nil)
		text, err := os.ReadFile(filepath.Join(dir, src.File))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(len(all), text)
		all, files = append(all, a), append(files, file)
	}
	f.Fuzz(func(t *testing.T, i int, text []byte) {
		if i < 0 || i >= len(all) {
			return
		}
		b, err := all[i].Read(context.Background(), bytes.NewReader(text), files[i], 2)
		if err != nil {
			return
		}
		records, header := int64(0), false
		all[i].Split(bytes.NewReader(text), func(rec Record, err error) bool {
			var wrong *RecordError
			if rec.Cells != nil && !header && err == nil {
				header = true
			} else if err == nil || errors.As(err, &wrong) {
				records++
			}
			return true
		})
		if header && !pivoted[i] && b.Records() != records {
			t.Errorf("%d records of %d:\n%s", b.Records(), records, shownBatch(b))
		}
		for _, p := range b.Posts {
			if p.Row.PostID == "" || p.Row.Parts != 1 || p.Ref.ID == "" && p.Ref.Handle == "" || strings.ContainsAny(p.Row.URL.V, "?#") {
				t.Errorf("%+v", p)
			}
		}
	})
}
