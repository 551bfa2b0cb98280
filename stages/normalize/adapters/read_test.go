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

// A post takes no allocation of its own.
func TestStreamAllocates(t *testing.T) {
	text := strings.Repeat(strings.Join(manyPosts()[:1000], "\n")+"\n", 10)
	n := testing.AllocsPerRun(1, func() {
		if err := XV2.Stream(context.Background(), strings.NewReader(text), File{Name: "x.jsonl"}, 1, func(*Batch) error { return nil }); err != nil {
			t.Fatal(err)
		}
	})
	if n > 10_000/2 {
		t.Errorf("%g allocations for 10,000 posts", n)
	}
}

// BenchmarkStream reads flattened posts of X without writing them anywhere.
func BenchmarkStream(b *testing.B) {
	var text strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&text, `{"created_at": "2024-11-29T15:%02d:%02d.000Z", "text": "%s https://t.co/%d", "id": "18625210628146%05d", "edit_history_tweet_ids": ["18625210628146%05d"], "lang": "ru", "author_id": "1121696470%02d", `,
			i/60%60, i%60, strings.Repeat("сегодня \\\"протест\\\" президент people ", 1+i%5), i, i, i, i%50)
		fmt.Fprintf(&text, `"public_metrics": {"retweet_count": %d, "reply_count": 1, "like_count": %d, "quote_count": 0, "bookmark_count": 0, "impression_count": %d}, "context_annotations": [%snull], `,
			i, 2*i, 9*i, strings.Repeat(`{"domain": {"id": "35", "name": "Politician", "description": "Politicians in the world, like Joe Biden"}, "entity": {"id": "344592713948", "name": "Political Body"}}, `, i%12))
		fmt.Fprintf(&text, `"author": {"name": "Політик %d", "username": "user_%d", "id": "1121696470%02d", "public_metrics": {"followers_count": 164718, "following_count": 512, "tweet_count": 20431}}, `, i%50, i%50, i%50)
		fmt.Fprintf(&text, `"__twarc": {"url": "https://api.twitter.com/2/tweets/search/all?expansions=author_id", "version": "2.14.0", "retrieved_at": "2025-01-15T00:00:%02d+00:00"}}`+"\n", i%60)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		if err := XV2.Stream(context.Background(), strings.NewReader(text.String()), File{Name: "x.jsonl"}, 1, func(*Batch) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
