package normalize

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"diplometrics/datasets"
)

// Posts come out by account and time, also where an account has more of them
// than are sorted in memory, and each once.
func TestPostsByTime(t *testing.T) {
	defer func(n int) { mostHeld = n }(mostHeld)
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		mostHeld = rapid.IntRange(1, 9).Draw(t, "held")
		path := filepath.Join(dir, "posts.parquet")
		w, err := datasets.PostsByTime.NewWriter(path, datasets.WriteOptions{Unchecked: true})
		if err != nil {
			t.Fatal(err)
		}
		m := merger{posts: w, kept: map[string]int64{}, scratch: dir}
		var want []datasets.Post
		ctx := context.Background()
		for a := range rapid.IntRange(1, 3).Draw(t, "accounts") {
			for i := range rapid.IntRange(1, 30).Draw(t, "posts") {
				p := datasets.Post{Platform: "x", AccountID: fmt.Sprint(a), PostID: fmt.Sprintf("%03d", i), PostType: datasets.Original, Parts: 1, Source: "s"}
				if rapid.IntRange(0, 4).Draw(t, "dated") > 0 {
					p.CreatedAt = datasets.Some(datasets.Micros(rapid.IntRange(0, 20).Draw(t, "time")))
				}
				for range rapid.IntRange(1, 2).Draw(t, "observations") {
					if err := m.observation(ctx, &datasets.PostRun{Post: p}, "file"); err != nil {
						t.Fatal(err)
					}
				}
				p.Observations = 1
				want = append(want, p)
			}
		}
		m.post(ctx)
		m.account(ctx)
		if m.err != nil {
			t.Fatal(m.err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		slices.SortFunc(want, func(a, b datasets.Post) int { return datasets.PostsByTime.Compare(&a, &b) })
		got, err := datasets.Posts.ReadAll(ctx, path)
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v: got %d posts, want %d", err, len(got), len(want))
		}
		if m.kept["file"] != int64(len(want)) {
			t.Fatalf("%d kept of %d", m.kept["file"], len(want))
		}
	})
}

func TestTelegramURL(t *testing.T) {
	message := regexp.MustCompile(`^[A-Za-z0-9_]+/[0-9]+$`)
	part := rapid.OneOf(rapid.StringMatching(`[A-Za-z0-9_]{0,3}`), rapid.StringMatching(`[0-9]{0,3}`), rapid.StringN(0, 3, -1), rapid.SampledFrom([]string{"a/1", "a\n", "1\n", "@", "[", "`", "{", "."}))
	rapid.Check(t, func(t *rapid.T) {
		handle, id := part.Draw(t, "handle"), part.Draw(t, "id")
		acc := &datasets.Account{Platform: "telegram", Handle: datasets.Some(handle)}
		if got, want := telegramURL(acc, id).OK, message.MatchString(handle+"/"+id); got != want && !(strings.Contains(handle+id, "/")) {
			t.Fatalf("got %t, want %t of %q and %q", got, want, handle, id)
		}
	})
}
