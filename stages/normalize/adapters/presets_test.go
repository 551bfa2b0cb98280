package adapters

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"diplometrics/datasets"
)

const timedPreset = `doc = "d"
version = 1
platform = "youtube"
columns = ["id", "n"]
[file_time]
pattern = '_(\d{4}_\d{2}_\d{2})\.csv$'
layout = "2006_01_02"
[mapping]
table = "account_snapshots"
[mapping.columns]
account_id = "id"
[mapping.fields]
followers = { column = "n", rounded_down = 3 }
`

// The day in a file's name is when it was collected, unless study.toml says; what
// is no day says nothing.
func TestPresetFileTime(t *testing.T) {
	a, err := presetOf("timed", timedPreset)
	if err != nil {
		t.Fatal(err)
	}
	read := func(f File) string {
		b, err := a.Read(context.Background(), strings.NewReader("id,n\nUCa,15100\n"), f, 1)
		if err != nil {
			return err.Error()
		}
		return rowsShown(b)[0]
	}
	day := ` observed_at=2024-02-29T00:00:00Z observed_precision="day" followers=15100 followers_low=15100 followers_high=15199 time_source="file name"`
	if got := read(File{Name: "list_2024_02_29.csv"}); !strings.HasSuffix(got, day) {
		t.Errorf("got %s, want …%s", got, day)
	}
	if got := read(File{Name: "list_2024_02_29.csv", Observed: readAt}); !strings.Contains(got, `observed_at=2023-11-14T22:13:20Z observed_precision="second"`) || !strings.Contains(got, `time_source="study.toml"`) {
		t.Errorf("beside study.toml: %s", got)
	}
	for _, name := range []string{"list.csv", "list_2024_02_31.csv", "list_2024_02_29.csv.txt"} {
		if got := read(File{Name: name}); got != noTime.Reason {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A preset that says something impossible is none.
func TestPresetErrors(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{`_(\d{4}_\d{2}_\d{2})\.csv$`, `_\d{4}\.csv$`, "file_time: expected a pattern with one group"},
		{`_(\d{4}_\d{2}_\d{2})\.csv$`, `_(\d{4}`, "missing closing )"},
		{`"2006_01_02"`, `"2006_01"`, "file_time: expected"},
		{`"2006_01_02"`, `"15_04_05"`, "file_time: expected"},
		{"[file_time]\n", "[filetime]\n", "unknown key filetime"},
		{`rounded_down = 3`, `rounded_down = 3, rounded = [[10000, 100]]`, "not both"},
		{`rounded_down = 3`, `rounded = [[100, 1000]]`, "expected pairs"},
		{`rounded_down = 3`, `rounded = [[10000, 100], [1000, 10]]`, "expected pairs"},
		{`doc = "d"`, ``, "expected columns, doc and version"},
	} {
		if _, err := presetOf("p", strings.Replace(timedPreset, c.from, c.to, 1)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.to, err, c.want)
		}
	}
}

// A count that is rounded down has the bounds of its last digit shown; one with
// more digits is exact.
func TestRoundedDown(t *testing.T) {
	for _, c := range []struct{ n, high int64 }{
		{0, 0}, {7, 7}, {999, 999}, {1000, 1009}, {1010, 1019}, {1001, 1001}, {15100, 15199}, {15101, 15101}, {15000, 15099}, {1000000, 1009999}, {10700000, 10799999}, {1927873, 1927873},
	} {
		got := roundedDown(datasets.Some(c.n), 3)
		if got.V.V != c.n || got.Low.V != c.n || got.High.V != c.high || got.Text.OK {
			t.Errorf("%d: %+v, want up to %d", c.n, got, c.high)
		}
	}
	if got := roundedDown(datasets.None[int64](), 3); got != (datasets.Shown{}) {
		t.Errorf("a missing count: %+v", got)
	}
	if got := roundedDown(datasets.Some(int64(9_220_000_000_000_000_000)), 3); got.High.V < got.V.V {
		t.Errorf("the largest: %+v", got)
	}
}

// Where a column tells only reposts, the ids tell the other types; without ids
// an empty cell is an error.
func TestMappedTypeByIDs(t *testing.T) {
	const fields = "[source.mapping.fields]\npost_type = { column = \"again\", values = { yes = \"repost\", no = \"\" } }\n"
	toml := strings.Replace(mappedPosts, "[source.mapping.constants]\npost_type = \"original\"", "reply_to_id = \"to\"\n"+fields, 1)
	b, err := mapText(t, toml, "id,author,who,text,url,likes,again,to\n1,11,a,,,5,yes,9\n2,11,a,,,5,no,9\n3,11,a,,,5,no,\n4,11,a,,,5,,\n5,11,a,,,5,perhaps,\n")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, p := range b.Posts {
		got += p.Row.PostType + " "
	}
	if got != "repost reply original original " || len(b.Rejects) != 1 {
		t.Errorf("got %s\n%s", got, shownBatch(b))
	}
	b, err = mapText(t, strings.Replace(toml, "reply_to_id = \"to\"\n", "", 1), "id,author,who,text,url,likes,again\n1,11,a,,,5,no\n2,11,a,,,5,yes\n")
	if err != nil || len(b.Rejects) != 1 || b.Rejects[0].Field != "post_type" {
		t.Errorf("without ids: %v\n%s", err, shownBatch(b))
	}
}

// Of several columns that are missing the same one is named every time.
func TestMissingColumnIsOne(t *testing.T) {
	a, want := adapterNamed("telegram_tracker"), ""
	for range 30 {
		_, err := a.Read(context.Background(), strings.NewReader("x,y\n1,2\n"), File{Name: "f"}, 1)
		if err == nil || want != "" && err.Error() != want {
			t.Fatalf("got %v, want %s", err, want)
		}
		want = err.Error()
	}
}

// A table that R or Python saved again, with a word in every cell that was
// empty, gives the same rows. A text and a name may be such a word, and stay.
func TestPresetGaps(t *testing.T) {
	files, err := presetFiles.ReadDir("presets")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := presetFiles.ReadFile("presets/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		var p preset
		if _, err := toml.Decode(string(text), &p); err != nil {
			t.Fatal(err)
		}
		free := []string{}
		for _, name := range []string{"text", "handle", "language_given"} {
			free = append(free, p.Mapping.Columns[name], p.Mapping.Fields[name].Column)
		}
		a, changed := adapterNamed(strings.TrimSuffix(file.Name(), ".toml")), 0
		eachExport(t, *a, func(path string, raw []byte) {
			if ext := filepath.Ext(path); ext != ".csv" && ext != ".tab" {
				return
			}
			rows := func(gap string) string {
				var out bytes.Buffer
				w := csv.NewWriter(&out)
				var header []string
				a.Split(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))), func(rec Record, err error) bool {
					cells := slices.Clone(rec.Cells)
					if err != nil || strings.Contains(strings.Join(cells, ""), `\`) {
						return true
					}
					for i := range cells {
						if header != nil && cells[i] == "" && !slices.Contains(free, header[i]) {
							cells[i] = gap
							changed++
						}
					}
					if header == nil {
						header = cells
					}
					w.Write(cells)
					return true
				})
				w.Flush()
				b, err := a.Read(context.Background(), &out, exportFile(path), 1)
				if err != nil {
					return err.Error()
				}
				for i := range b.Rejects {
					b.Rejects[i].Excerpt = ""
				}
				return shownBatch(b)
			}
			for _, gap := range gaps {
				if want, got := rows(""), rows(gap); got != want {
					t.Errorf("%s with %s:\n%s\nwithout:\n%s", path, gap, got, want)
				}
			}
		})
		if changed == 0 && a.Name != "telegram_snscrape" {
			t.Errorf("%s: no fixture has an empty cell", a.Name)
		}
	}
}

// A table whose optional columns for the types of posts are all absent is
// refused; with any of them it is read.
func TestMappedNoTypes(t *testing.T) {
	const fields = "[source.mapping.fields]\npost_type = { column = \"again\", values = { yes = \"repost\", no = \"original\" }, optional = true }\n" +
		"repost_of_id = { column = \"of\", optional = true }\nreply_to_id = { column = \"to\", optional = true, cases = [{ column = \"who\", equals = [\"b\"], value = \"\" }] }\n"
	toml := strings.Replace(mappedPosts, "[source.mapping.constants]\npost_type = \"original\"", fields, 1)
	for _, c := range []struct{ column, cell, want string }{
		{"again", "yes", "repost"}, {"of", "9", "repost"}, {"to", "9", "reply"}, {"to", "", "original"}, {"x", "9", "(again, of, to)"},
	} {
		b, err := mapText(t, toml, "id,author,who,text,url,likes,"+c.column+"\n1,11,a,,,5,"+c.cell+"\n")
		var refused *Refused
		switch {
		case c.column == "x":
			if !errors.As(err, &refused) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("no column: %v", err)
			}
		case err != nil || len(b.Posts) != 1 || b.Posts[0].Row.PostType != c.want:
			t.Errorf("%s: %v %v, want %s", c.column, b, err, c.want)
		}
	}
}
