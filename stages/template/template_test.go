package template

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"diplometrics/stages/normalize/adapters"
)

func written(t *testing.T, kind string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), kind+".xlsx")
	if err := Write(path, kind); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string) *adapters.Input {
	t.Helper()
	in, err := adapters.Open(path, "", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close() })
	return in
}

// detected is the one adapter that recognizes the sheet.
func detected(t *testing.T, in *adapters.Input) *adapters.Adapter {
	t.Helper()
	var found []*adapters.Adapter
	for i := range adapters.All() {
		if adapters.All()[i].Detect(in.Head, in.Name) {
			found = append(found, &adapters.All()[i])
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d adapters recognize it", len(found))
	}
	return found[0]
}

// Each template imports as it is.
func TestSnapshots(t *testing.T) {
	in := open(t, written(t, "snapshots"))
	b, err := detected(t, in).Read(context.Background(), in, adapters.File{Name: in.Name}, 1)
	if err != nil || len(b.Snapshots) != 2 || b.Records() != 2 {
		t.Fatalf("%+v, %v", b, err)
	}
	s := b.Snapshots[0]
	if f := s.Row.Followers; s.Ref.String() != "x @mfa_one" || s.Row.ObservedAt.String() != "2024-01-31T00:00:00Z" || s.Row.ObservedPrecision != "day" ||
		f.V.V != 50800 || f.Text.V != "50.8K" || f.Low.V != 50750 || f.High.V != 50849 || s.Row.PostsTotal.V.OK {
		t.Errorf("%+v", s)
	}
	if f := b.Snapshots[1].Row.Followers; f.V.V != 12400 || f.Text.OK {
		t.Errorf("%+v", f)
	}
}

func TestWindows(t *testing.T) {
	in := open(t, written(t, "windows"))
	b, err := detected(t, in).Read(context.Background(), in, adapters.File{Name: in.Name}, 1)
	if err != nil || len(b.Windows) != 2 || b.Records() != 2 {
		t.Fatalf("%+v, %v", b, err)
	}
	w := b.Windows[0].Row
	if w.WindowFrom.String() != "2024-01-01" || w.WindowTo.String() != "2024-03-01" || w.RetrievedOn.V.String() != "2024-03-04" || w.Posts.V != 47 || w.Likes.V != 1310 || w.Views.OK {
		t.Errorf("%+v", w)
	}
	if w.LikesN.V != 47 || w.PostsPerMonth.OK || w.PostsPerMonthText.OK || w.LikesMeanText.OK || w.MonthsStated.OK {
		t.Errorf("%+v", w)
	}
	if w := b.Windows[1].Row; !w.Posts.OK || w.Posts.V != 0 || w.Likes.OK {
		t.Errorf("a zero is a zero: %+v", w)
	}
}

func TestAccounts(t *testing.T) {
	rows, err := adapters.ReadAccounts(open(t, written(t, "accounts")))
	if err != nil || len(rows) != 2 {
		t.Fatalf("%+v, %v", rows, err)
	}
	if a := rows[1].Row; a.Platform != "telegram" || a.Country.V != "KAZ" || a.ValidFrom.V.String() != "2019-03-01" || a.ValidTo.OK || a.Person {
		t.Errorf("%+v", a)
	}
}

// What Excel makes of typed cells imports too: ids as text, numbers, truth
// values, moments; an id that became a number is an error with its row.
func TestFilledIn(t *testing.T) {
	path := written(t, "snapshots")
	fill := func(cells map[string]any) {
		f, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for at, v := range cells {
			if err := f.SetCellValue("snapshots", at, v); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Save(); err != nil {
			t.Fatal(err)
		}
	}
	fill(map[string]any{"A5": "x", "B5": "mfa_two", "C5": "1752600000000000001", "D5": "2024-02-29T10:00:00+05:00", "F5": 12400, "J5": "two\nlines", "A6": "x", "B6": "mfa_six", "D6": 45322, "F6": "1,2 тыс."})
	in := open(t, path)
	b, err := adapters.AccountSnapshotsCSV.Read(context.Background(), in, adapters.File{}, 1)
	if err != nil || len(b.Snapshots) != 4 {
		t.Fatalf("%+v, %v", b, err)
	}
	if s := b.Snapshots[2]; s.Ref.ID != "1752600000000000001" || s.Row.ObservedAt.String() != "2024-02-29T05:00:00Z" || s.Row.ObservedPrecision != "second" || s.Row.Followers.V.V != 12400 {
		t.Errorf("%+v", s)
	}
	if s := b.Snapshots[3]; in.Row(s.Line) != 6 || s.Row.ObservedAt.String() != "2024-01-31T00:00:00Z" || s.Row.Followers.High.V != 1249 {
		t.Errorf("row %d, %+v", in.Row(s.Line), s)
	}
	fill(map[string]any{"C3": 1752600000000000001})
	_, err = adapters.AccountSnapshotsCSV.Read(context.Background(), open(t, path), adapters.File{}, 1)
	if err == nil || !strings.HasPrefix(err.Error(), `3: account_id: found "1.7526E+18"; a spreadsheet`) {
		t.Errorf("got %v", err)
	}
}

func TestDropDowns(t *testing.T) {
	for _, kind := range Kinds {
		f, err := excelize.OpenFile(written(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		lists, err := f.GetDataValidations(kind)
		if err != nil {
			t.Fatal(err)
		}
		want := 0
		for _, c := range forms[kind].columns {
			if c.choices != nil {
				want++
			}
		}
		if len(lists) != want {
			t.Errorf("%s: %d drop-downs, want %d", kind, len(lists), want)
		}
		for _, l := range lists {
			if kind == "accounts" && strings.HasPrefix(l.Sqref, "D") && l.Formula1 != "lists!$A$1:$A$249" {
				t.Errorf("countries: %q", l.Formula1)
			}
		}
		if notes, err := f.GetRows("notes"); err != nil || len(notes) < len(forms[kind].columns) {
			t.Errorf("%s: notes %v, %v", kind, notes, err)
		}
		if kind == "accounts" {
			if visible, err := f.GetSheetVisible("lists"); visible || err != nil {
				t.Errorf("lists are shown: %v", err)
			}
		}
	}
}

func TestSameBytes(t *testing.T) {
	for _, kind := range Kinds {
		a, err := os.ReadFile(written(t, kind))
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			b, err := os.ReadFile(written(t, kind))
			if err != nil || !bytes.Equal(a, b) {
				t.Fatalf("%s: other bytes, %v", kind, err)
			}
		}
		z, err := zip.NewReader(bytes.NewReader(a), int64(len(a)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	path := written(t, "snapshots")
	if err := Write(path, "windows"); err == nil || !strings.Contains(err.Error(), "may be filled in") {
		t.Errorf("got %v", err)
	}
	if err := Write(filepath.Join(t.TempDir(), "a.xlsx"), "snapshot"); err == nil || err.Error() != `no template "snapshot"; did you mean "snapshots"?` {
		t.Errorf("got %v", err)
	}
	if got := slices.Sorted(maps.Keys(forms)); !slices.Equal(got, slices.Sorted(slices.Values(Kinds))) {
		t.Errorf("forms %v, Kinds %v", got, Kinds)
	}
}
