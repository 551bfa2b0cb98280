package normalize

import (
	"context"
	"fmt"
	"maps"
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
					if err := m.observation(ctx, &p, "file"); err != nil {
						t.Fatal(err)
					}
				}
				p.Observations = 1
				want = append(want, p)
			}
		}
		m.post()
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

// A post is its latest observation, with what only an earlier one says of the
// post; its snapshots are the observations that differ from the one before.
func TestObservations(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		postsPath, shownPath := filepath.Join(dir, "posts.parquet"), filepath.Join(dir, "shown.parquet")
		posts, err := datasets.PostsByTime.NewWriter(postsPath, datasets.WriteOptions{Unchecked: true})
		if err != nil {
			t.Fatal(err)
		}
		shown, err := datasets.PostSnapshots.NewWriter(shownPath, datasets.WriteOptions{Unchecked: true})
		if err != nil {
			t.Fatal(err)
		}
		m := merger{posts: posts, snapshots: shown, kept: map[string]int64{}, scratch: dir}
		var wantPosts []datasets.Post
		var wantShown []datasets.PostSnapshot
		wantKept := map[string]int64{}
		for i := range rapid.IntRange(1, 5).Draw(t, "posts") {
			var all []datasets.Post
			for j := range rapid.IntRange(1, 4).Draw(t, "observations") {
				p := datasets.Post{Platform: "x", AccountID: fmt.Sprint(i / 2), PostID: fmt.Sprint(i), Parts: 1, Observations: 7, Source: fmt.Sprint("s", j),
					PostType: rapid.SampledFrom([]string{datasets.Original, datasets.Repost}).Draw(t, "type"), ObservedAt: datasets.Some(datasets.Micros(j / 2))}
				p.Counts.Like = datasets.Some(rapid.Int64Range(0, 1).Draw(t, "likes"))
				if rapid.Bool().Draw(t, "has text") {
					p.Text = datasets.Some(fmt.Sprint("text ", j))
				}
				if rapid.Bool().Draw(t, "has time") {
					p.CreatedAt = datasets.Some(datasets.Micros(i*10 + j))
				}
				all = append(all, p)
				if err := m.observation(ctx, &p, p.Source); err != nil {
					t.Fatal(err)
				}
			}
			post := all[len(all)-1]
			wantKept[post.Source]++
			post.Text, post.CreatedAt, post.Observations = datasets.None[string](), datasets.None[datasets.Micros](), 0
			for _, p := range all {
				if p.Text.OK {
					post.Text = p.Text
				}
				if p.CreatedAt.OK {
					post.CreatedAt = p.CreatedAt
				}
			}
			for j, p := range all {
				if j > 0 && p.ObservedAt == all[j-1].ObservedAt && p.Counts == all[j-1].Counts {
					continue
				}
				if post.Observations++; post.PostType == datasets.Original {
					wantShown = append(wantShown, datasets.PostSnapshot{Platform: "x", AccountID: p.AccountID, PostID: p.PostID, Observation: post.Observations,
						CreatedAt: post.CreatedAt, ObservedAt: p.ObservedAt, Counts: p.Counts, Source: p.Source})
				}
			}
			wantPosts = append(wantPosts, post)
		}
		m.post()
		m.account(ctx)
		if m.err != nil || posts.Close() != nil || shown.Close() != nil {
			t.Fatal(m.err)
		}
		slices.SortFunc(wantPosts, func(a, b datasets.Post) int { return datasets.PostsByTime.Compare(&a, &b) })
		gotPosts, err := datasets.PostsByTime.ReadAll(ctx, postsPath)
		if err != nil || !slices.Equal(gotPosts, wantPosts) {
			t.Fatalf("%v: got posts %+v, want %+v", err, gotPosts, wantPosts)
		}
		gotShown, err := datasets.PostSnapshots.ReadAll(ctx, shownPath)
		if err != nil || !slices.Equal(gotShown, wantShown) {
			t.Fatalf("%v: got snapshots %+v, want %+v", err, gotShown, wantShown)
		}
		if !maps.Equal(m.kept, wantKept) {
			t.Fatalf("kept %v, want %v", m.kept, wantKept)
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
