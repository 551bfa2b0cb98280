package datasets

import (
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"testing"

	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"pgregory.net/rapid"
)

// Posts by time come back in the order of their key, whatever the batches.
func TestByKey(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []Post
		for a := range rapid.IntRange(0, 4).Draw(t, "accounts") {
			for i := range rapid.IntRange(0, 9).Draw(t, "posts") {
				rows = append(rows, Post{Platform: []string{"x", "vk"}[a%2], AccountID: fmt.Sprint(a / 2), PostID: fmt.Sprint(rapid.IntRange(0, 99).Draw(t, "id")*10 + i),
					CreatedAt: drawOpt(t, rapid.Custom(func(t *rapid.T) Micros { return Micros(rapid.IntRange(0, 5).Draw(t, "time")) }), "time")})
			}
		}
		want := slices.Clone(rows)
		slices.SortFunc(rows, func(a, b Post) int { return PostsByTime.Compare(&a, &b) })
		slices.SortFunc(want, func(a, b Post) int { return Posts.Compare(&a, &b) })
		size := rapid.IntRange(1, 8).Draw(t, "batch")
		var got []Post
		for batch, err := range ByKey(func(yield func([]Post, error) bool) {
			for b := range slices.Chunk(rows, size) {
				if !yield(b, nil) {
					return
				}
			}
		}) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, batch...)
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
	for _, err := range ByKey(iter.Seq2[[]Post, error](func(yield func([]Post, error) bool) { yield(nil, errRow) })) {
		if err != errRow {
			t.Error(err)
		}
	}
}

// A query on one account, or on some days of it, has to read few row groups:
// their statistics say that the others hold none of it.
func TestQueryOfOneAccountReadsLittle(t *testing.T) {
	const accounts, each = 40, 6000
	path := filepath.Join(t.TempDir(), "posts.parquet")
	w, err := PostsByTime.NewWriter(path, WriteOptions{Unchecked: true})
	if err != nil {
		t.Fatal(err)
	}
	for a := range accounts {
		for i := range each {
			// Ids of Telegram count up as text does not.
			p := Post{Platform: "telegram", AccountID: fmt.Sprintf("%03d", a), PostID: fmt.Sprint(i), CreatedAt: Some(Micros(i) * 3600e6), PostType: Original, Parts: 1, Observations: 1, Source: "s"}
			if err := w.Write([]Post{p}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := file.OpenParquetFile(path, false)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	column := func(group int, name string) metadata.TypedStatistics {
		t.Helper()
		c, err := f.MetaData().RowGroup(group).ColumnChunk(f.MetaData().Schema.ColumnIndexByName(name))
		if err != nil {
			t.Fatal(err)
		}
		s, err := c.Statistics()
		if err != nil || s == nil || !s.HasMinMax() {
			t.Fatalf("row group %d has no statistics of %s: %v", group, name, err)
		}
		return s
	}
	read, early := 0, 0
	for g := range f.NumRowGroups() {
		a := column(g, "account_id").(*metadata.ByteArrayStatistics)
		if string(a.Min()) > "017" || string(a.Max()) < "017" {
			continue
		}
		read++
		// The group has nothing but this account and perhaps the end of the one before.
		if d := column(g, "created_at").(*metadata.Int64Statistics); d.Min() < 24*3600e6 {
			early++
		}
	}
	if read == 0 || read > 2 || f.NumRowGroups() < accounts*each/RowGroupRows {
		t.Errorf("%d of %d row groups have to be read for one account of %d", read, f.NumRowGroups(), accounts)
	}
	if early > 1+1 {
		t.Errorf("%d row groups for its first day", early)
	}
}
