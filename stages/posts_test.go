package stages

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// tweet is one flattened post as twarc2 writes it.
func tweet(id, author, created, retrieved string, likes int) string {
	return fmt.Sprintf(`{"id":"%s","author_id":"%s","text":"Post %s https://example.org/a?token=secret","created_at":"%s","lang":"en","public_metrics":{"like_count":%d,"reply_count":0,"retweet_count":1,"quote_count":0},`+
		`"author":{"id":"%s","username":"mfa_%s","name":"Ministry","public_metrics":{"followers_count":100,"following_count":1,"tweet_count":5}},"__twarc":{"retrieved_at":"%s","version":"2"}}`+"\n",
		id, author, id, created, likes, author, author, retrieved)
}

// writePosts makes a study of two overlapping collections and one account that
// accounts.csv does not name. The files come in the given order.
func writePosts(t *testing.T, order []int) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "study")
	first := tweet("101", "1", "2023-12-31T23:30:00.000Z", "2024-01-05T00:00:00Z", 3) +
		tweet("102", "1", "2024-01-02T10:00:00.000Z", "2024-01-05T00:00:00Z", 5) +
		tweet("102", "1", "2024-01-02T10:00:00.000Z", "2024-01-05T00:00:00Z", 5) + // the same line twice
		tweet("900", "9", "2024-01-02T10:00:00.000Z", "2024-01-05T00:00:00Z", 7) + // an unknown account
		`{"id":"103","author_id":"1"` + "\n" // cut
	second := tweet("102", "1", "2024-01-02T10:00:00.000Z", "2024-02-05T00:00:00Z", 9) + // seen again, grown
		tweet("201", "2", "2024-02-01T10:00:00.000Z", "2024-02-05T00:00:00Z", 0)
	files := []string{first, second}
	toml := "title = \"Posts\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2023-12-01\", \"2024-03-01\"]\nmax_reject_share = 0.5\n[zones]\nKAZ = \"Asia/Almaty\"\n"
	for _, i := range order {
		toml += fmt.Sprintf("[[source]]\nid = \"c%d\"\nfile = \"raw/%d.jsonl\"\ntitle = \"Collection %d\"\n", i, i, i)
	}
	for name, content := range map[string]string{"study.toml": toml, "raw/0.jsonl": files[0], "raw/1.jsonl": files[1],
		"accounts.csv": "platform,account_id,handle,country,organization\nx,1,mfa_1,KAZ,First\nx,2,mfa_2,UZB,Second\n"} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Each post comes out once as last seen, each observation once, each record is
// accounted for, and no token of an address reaches a table.
func TestPosts(t *testing.T) {
	dir := writePosts(t, []int{0, 1})
	runStudy(t, dir, "normalize", "enrich")
	sources := readAll(t, &datasets.Sources, filepath.Join(dir, "normalized/sources.parquet"))
	if len(sources) != 2 {
		t.Fatalf("%d sources", len(sources))
	}
	// raw/0: 101 kept; 102 seen later elsewhere, and twice: 2 merged; an unknown account and a cut line rejected.
	if s := sources[0]; s.Records.V != 5 || s.Kept.V != 1 || s.Merged.V != 2 || s.Filtered.V != 0 || s.Rejected.V != 2 {
		t.Errorf("raw/0: %+v", s)
	}
	if s := sources[1]; s.Records.V != 2 || s.Kept.V != 2 || s.Merged.V != 0 || s.Rejected.V != 0 {
		t.Errorf("raw/1: %+v", s)
	}
	posts := readAll(t, &datasets.Posts, filepath.Join(dir, "normalized/posts/country_code=KAZ/year=2024/posts.parquet"))
	if len(posts) != 1 || posts[0].Counts.Like.V != 9 || posts[0].Observations != 2 || posts[0].Source != "c1" {
		t.Errorf("102 as last seen: %+v", posts)
	}
	snapshots := readAll(t, &datasets.PostSnapshots, filepath.Join(dir, "normalized/post_snapshots/country_code=KAZ/year=2024/post_snapshots.parquet"))
	if len(snapshots) != 2 || snapshots[0].Counts.Like.V != 5 || snapshots[1].Counts.Like.V != 9 {
		t.Errorf("observations of 102: %+v", snapshots)
	}
	zero := readAll(t, &datasets.Posts, filepath.Join(dir, "normalized/posts/country_code=UZB/year=2024/posts.parquet"))
	if len(zero) != 1 || !zero[0].Counts.Like.OK || zero[0].Counts.Like.V != 0 {
		t.Errorf("an observed zero: %+v", zero)
	}
	// Almaty was at UTC+6 until March 2024: New Year's Eve in UTC is New Year there.
	ctxs := readAll(t, &datasets.PostContexts, filepath.Join(dir, "normalized/post_context/country_code=KAZ/year=2023/post_context.parquet"))
	if len(ctxs) != 1 || ctxs[0].LocalDate.V.String() != "2024-01-01" || ctxs[0].LocalHour.V != 5 {
		t.Errorf("local time: %+v", ctxs)
	}
	rejects := readAll(t, &datasets.Rejects, filepath.Join(dir, "normalized/rejects.parquet"))
	if len(rejects) != 2 || strings.Contains(fmt.Sprint(rejects), "secret") {
		t.Errorf("rejects: %+v", rejects)
	}
}

// The same bytes come out for files in any order, any number of cores, and a
// study that grew file by file.
func TestPostsAreTheSameBytes(t *testing.T) {
	var want map[string]string
	for _, c := range []struct {
		order []int
		cores int
		grown bool
	}{{[]int{0, 1}, 2, false}, {[]int{1, 0}, 1, false}, {[]int{0, 1}, 2, true}} {
		dir := writePosts(t, c.order)
		old := runtime.GOMAXPROCS(c.cores)
		if c.grown {
			full, err := os.ReadFile(filepath.Join(dir, "study.toml"))
			if err != nil {
				t.Fatal(err)
			}
			half, _, _ := strings.Cut(string(full), "[[source]]\nid = \"c1\"")
			if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(half), 0o644); err != nil {
				t.Fatal(err)
			}
			runStudy(t, dir, "normalize", "enrich", "measure")
			if err := os.WriteFile(filepath.Join(dir, "study.toml"), full, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		runStudy(t, dir, "normalize", "enrich", "measure")
		runtime.GOMAXPROCS(old)
		got := snapshotOf(t, dir)
		if want == nil {
			want = got
		}
		if len(got) < 10 || !maps.Equal(got, want) {
			for n := range got {
				if got[n] != want[n] {
					t.Errorf("%+v: %s differs", c, n)
				}
			}
		}
	}
}
