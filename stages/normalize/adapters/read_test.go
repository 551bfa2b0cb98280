package adapters

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
)

// manyPosts are posts of X, one a line, in more text than all blocks that wait to
// be used again hold; a few are larger than a block.
func manyPosts() (lines []string) {
	for i := range 9000 {
		filler := strings.Repeat(fmt.Sprintf("жук %d \\\"q\\\" ", i), 100)
		if i%2500 == 1234 {
			filler = strings.Repeat(filler, blockSize/len(filler)+i%7)
		}
		lines = append(lines, fmt.Sprintf(`{"id": "%d", "author_id": "7", "created_at": "2024-01-31T09:30:00.000Z", "text": "%s%d", "lang": "l%d", "author": {"id": "7", "username": "u%d", "name": "n%d"}}`, 1_000_000+i, filler, i, i, i, i))
	}
	return lines
}

// Memory of records that were decoded is used again, and nothing that was made
// of them changes with it.
func TestBlocksAreUsedAgain(t *testing.T) {
	lines := manyPosts()
	text := strings.Join(lines, "\n") + "\n"
	for _, workers := range []int{1, 4} {
		b, err := XV2.Read(context.Background(), strings.NewReader(text), File{Name: "x.jsonl"}, workers)
		if err != nil || len(b.Posts) != len(lines) {
			t.Fatalf("%d posts, %v", len(b.Posts), err)
		}
		for i, p := range b.Posts {
			_, want, _ := strings.Cut(lines[i], `"text": "`)
			want, _, _ = strings.Cut(want, `", "lang"`)
			if want = strings.ReplaceAll(want, `\"`, `"`); p.Row.Text.V != want {
				t.Fatalf("post %d has another text: %.80q, want %.80q", i, p.Row.Text.V, want)
			}
			n := fmt.Sprint(i)
			if p.Row.LanguageGiven.V != "l"+n || p.Ref.Handle != "u"+n || p.Ref.Name != "n"+n || p.Row.URL.V != "https://x.com/u"+n+"/status/"+p.Row.PostID || p.Line != int64(i+1) {
				t.Fatalf("post %d is %v, %v", i, p.Ref, p.Row)
			}
		}
	}
}

// Who reads records without holding their blocks keeps them as they are.
func TestRecordsStay(t *testing.T) {
	lines := manyPosts()
	var got []Record
	XV2.Split(io.MultiReader(strings.NewReader(strings.Join(lines, "\n")), strings.NewReader("\n")), func(rec Record, err error) bool {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, rec)
		return true
	})
	if len(got) != len(lines) {
		t.Fatalf("%d records, want %d", len(got), len(lines))
	}
	for i, rec := range got {
		if string(rec.Raw) != lines[i] {
			t.Fatalf("record %d is %.80q, want %.80q", i, rec.Raw, lines[i])
		}
	}
}

// BenchmarkStream reads posts of X without writing them anywhere.
func BenchmarkStream(b *testing.B) {
	text := strings.Join(manyPosts()[:1000], "\n") + "\n"
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := XV2.Stream(context.Background(), strings.NewReader(text), File{Name: "x.jsonl"}, 1, func(*Batch) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
