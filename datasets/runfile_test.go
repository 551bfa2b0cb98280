package datasets

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unique"

	"pgregory.net/rapid"
)

func drawOpt[T any](t *rapid.T, g *rapid.Generator[T], name string) Opt[T] {
	if !rapid.Bool().Draw(t, "has "+name) {
		return None[T]()
	}
	return Some(g.Draw(t, name))
}

func drawKinds(t *rapid.T) kindsRow {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "a", "a\x00", "a\x00b", "b", "not \xff UTF-8"}))
	return kindsRow{
		ID: rapid.Int64().Draw(t, "id"), Text: text.Draw(t, "text"), Few: text.Draw(t, "few"), Float: rapid.Float64().Draw(t, "float"),
		Bool: rapid.Bool().Draw(t, "bool"), Day: Day(rapid.Int32().Draw(t, "day")), Time: Micros(rapid.Int64().Draw(t, "time")),
		OptText: drawOpt(t, text, "text"), OptFew: drawOpt(t, text, "few"), OptInt: drawOpt(t, rapid.Int64(), "int"), OptFloat: drawOpt(t, rapid.Float64(), "float"),
		OptBool: drawOpt(t, rapid.Bool(), "bool"), OptDay: drawOpt(t, rapid.Custom(func(t *rapid.T) Day { return Day(rapid.Int32().Draw(t, "d")) }), "day"),
		OptTime: drawOpt(t, rapid.Custom(func(t *rapid.T) Micros { return Micros(rapid.Int64().Draw(t, "m")) }), "time"),
	}
}

// A row comes out of its bytes as it went in, and bytes that are cut are an
// error, never another row.
func TestRowCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawKinds(t), drawKinds(t)
		packed := kinds.appendRow(kinds.appendRow(nil, &a), &b)
		rows, err := kinds.takeRows(new(coder), string(packed), nil)
		if err != nil || !slices.Equal(rows, []kindsRow{a, b}) {
			t.Fatalf("%v: got %+v, want %+v", err, rows, []kindsRow{a, b})
		}
		cut := packed[:rapid.IntRange(1, len(packed)-1).Draw(t, "cut")]
		if rows, err := kinds.takeRows(new(coder), string(cut), nil); err == nil && !slices.Equal(rows, []kindsRow{a}) {
			t.Fatalf("of cut bytes got %+v", rows)
		}
	})
}

// The bytes of an order compare as the columns do: absent first, numbers by
// their size, text by its bytes also where it holds NUL.
func TestOrder(t *testing.T) {
	order := kinds.Order("opt_text", "id", "opt_int", "text")
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawKinds(t), drawKinds(t)
		if rapid.Bool().Draw(t, "same") {
			b.OptText, b.ID = a.OptText, a.ID
		}
		want := cmp.Or(CompareOpt(a.OptText, b.OptText), cmp.Compare(a.ID, b.ID), CompareOpt(a.OptInt, b.OptInt), cmp.Compare(a.Text, b.Text))
		if got := bytes.Compare(order.Append(nil, &a), order.Append(nil, &b)); got != want {
			t.Fatalf("got %d, want %d of %+v and %+v", got, want, a, b)
		}
	})
}

// What a pile is given comes back sorted by name, then by the order, then as it
// came, and the merge of the sections that it was written as is the sorting of
// all rows.
func TestPileAndMerge(t *testing.T) {
	order := kinds.Order("opt_int", "text", "opt_text")
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "kinds.run")
		w, err := kinds.NewRunWriter(path)
		if err != nil {
			t.Fatal(err)
		}
		p := NewPile(&kinds, order)
		var all []kindsRow
		for range rapid.IntRange(0, 4).Draw(t, "sections") {
			for range rapid.IntRange(0, 20).Draw(t, "rows") {
				text := rapid.SampledFrom([]string{"", "a", "ab", "abcdefghijklmnopq", "abcdefghijklmnopr"})
				r := kindsRow{ID: int64(len(all)), Few: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "name"), OptInt: drawOpt(t, rapid.Int64Range(-2, 2), "int"),
					Text: text.Draw(t, "text") + strings.Repeat("x", max(0, rapid.IntRange(-90_000, 9000).Draw(t, "long"))), OptText: drawOpt(t, text, "opt")}
				all = append(all, r)
				p.Add(unique.Make(r.Few), &r)
			}
			w.Begin()
			p.Each(p.Names(), w.WritePacked)
			w.End()
			p.Reset()
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		slices.SortStableFunc(all, func(a, b kindsRow) int {
			return cmp.Or(cmp.Compare(a.Few, b.Few), CompareOpt(a.OptInt, b.OptInt), cmp.Compare(a.Text, b.Text), CompareOpt(a.OptText, b.OptText))
		})
		sections, err := kinds.Sections(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		var got []kindsRow
		for m, err := range MergeRuns(kinds.Order("few", "opt_int", "text", "opt_text"), sections) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, *m.Row)
		}
		if !slices.Equal(got, all) {
			t.Fatalf("got %d rows, want %d; first %+v", len(got), len(all), got)
		}
	})
}

// A damaged run is an error wherever the damage is, never other rows.
func TestDamagedRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kinds.run")
	if err := kinds.WriteRun(path, kindsRows(40)); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) error {
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		n := 0
		for rows, err := range kinds.ReadRun(context.Background(), path) {
			if err != nil {
				return err
			}
			n += len(rows)
		}
		if n != 40 {
			return fmt.Errorf("%d rows", n)
		}
		return nil
	}
	if err := read(whole); err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		b := slices.Clone(whole)
		b[i] ^= 0x10
		if read(b) == nil {
			t.Errorf("a flipped bit in byte %d of %d was not noticed", i, len(whole))
		}
	}
	for n := range whole {
		if read(whole[:n]) == nil {
			t.Errorf("a run of %d bytes of %d was taken for whole", n, len(whole))
		}
	}
	if err := InteractionCounts.WriteRun(path, nil); err != nil {
		t.Fatal(err)
	}
	for _, err := range kinds.ReadRun(context.Background(), path) {
		wantErr(t, err, "not a whole run")
	}
}

func FuzzRun(f *testing.F) {
	path := filepath.Join(f.TempDir(), "seed.run")
	if err := kinds.WriteRun(path, kindsRows(3)); err != nil {
		f.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		path := filepath.Join(dir, "fuzzed.run")
		if err := os.WriteFile(path, b, 0o666); err != nil {
			t.Fatal(err)
		}
		for range kinds.ReadRun(context.Background(), path) {
		}
	})
}

func benchRows(n int) []PostRun {
	rows := make([]PostRun, n)
	for i := range rows {
		id := fmt.Sprint(1_800_000_000_000_000_000 + int64(i*7919%n)*4_194_304)
		rows[i] = PostRun{Digest: int64(i), Post: Post{Platform: "x", AccountID: fmt.Sprint(i % 600), PostID: id, Country: Some("KAZ"), CreatedAt: Some(Micros(i) * 1e6),
			PostType: Original, Text: Some(strings.Repeat("Сыртқы істер министрі ", 12)), LanguageGiven: Some("kk"), URL: Some("https://x.com/a/status/" + id), Parts: 1,
			Counts:     Counts{Like: Some(int64(i % 977)), Comment: Some(int64(i % 31)), Share: Some(int64(i % 53)), Quote: Some(int64(0)), View: Some(int64(i))},
			ObservedAt: Some(Micros(i) * 2e6), TimeSource: Some("field"), Observations: 1, Source: "posts"}}
	}
	return rows
}

// BenchmarkPile packs and sorts the posts of a section and writes them as one.
func BenchmarkPile(b *testing.B) {
	rows := benchRows(50_000)
	order := PostRuns.Order("post_id", "observed_at", "digest")
	path := filepath.Join(b.TempDir(), "posts.run")
	p := NewPile(&PostRuns, order)
	names := make([]unique.Handle[string], 600)
	for i := range names {
		names[i] = unique.Make(rows[i].Post.AccountID)
	}
	for b.Loop() {
		for i := range rows {
			p.Add(names[i%600], &rows[i])
		}
		b.SetBytes(int64(p.Size()))
		w, err := PostRuns.NewRunWriter(path)
		if err != nil {
			b.Fatal(err)
		}
		w.Begin()
		p.Each(p.Names(), w.WritePacked)
		w.End()
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		p.Reset()
	}
}

// BenchmarkMergeRuns reads and merges the posts of 16 sections.
func BenchmarkMergeRuns(b *testing.B) {
	rows := benchRows(50_000)
	order := PostRuns.Order("platform", "account_id", "post_id", "observed_at", "digest")
	path := filepath.Join(b.TempDir(), "posts.run")
	w, err := PostRuns.NewRunWriter(path)
	if err != nil {
		b.Fatal(err)
	}
	p := NewPile(&PostRuns, order)
	for chunk := range slices.Chunk(rows, len(rows)/16) {
		for i := range chunk {
			p.Add(unique.Make(""), &chunk[i])
		}
		w.Begin()
		p.Each(p.Names(), w.WritePacked)
		w.End()
		p.Reset()
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		sections, err := PostRuns.Sections(context.Background(), path)
		if err != nil {
			b.Fatal(err)
		}
		var seqs []iter.Seq2[[]PostRun, error]
		seqs = append(seqs, sections...)
		n := 0
		for _, err := range MergeRuns(order, seqs) {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != len(rows) {
			b.Fatal(n)
		}
	}
}

// Rows that are larger than what is left of a block, or than a block, come back
// as they are, also from a pile that is used again.
func TestPileOfLargeRows(t *testing.T) {
	p := NewPile(&kinds, kinds.Order("id"))
	for range 2 {
		want := map[int64]int{}
		for i := range int64(400) {
			size := int(i * 7919 % 20_000)
			if i%100 == 99 {
				size = 2 << 20
			}
			id := i * 7919 % 400
			want[id] = size
			p.Add(unique.Make(""), &kindsRow{ID: id, Text: strings.Repeat(string('a'+byte(i%26)), size)})
		}
		next := int64(0)
		p.Each(p.Names(), func(row []byte) {
			var r kindsRow
			if rest, err := kinds.takeRow(string(row), &r); err != nil || rest != "" {
				t.Fatal(err, len(rest))
			}
			if r.ID != next || len(r.Text) != want[r.ID] || strings.Trim(r.Text, r.Text[:min(1, len(r.Text))]) != "" {
				t.Fatalf("row %d is %d with %d bytes, want %d", next, r.ID, len(r.Text), want[next])
			}
			next++
		})
		if next != 400 {
			t.Fatalf("%d rows", next)
		}
		p.Reset()
		if p.Size() != 0 || !p.Empty() {
			t.Fatalf("%d bytes are left", p.Size())
		}
	}
}
