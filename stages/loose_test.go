package stages

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/inspect"
)

// undated is a post as a file without times has it.
func undated(line string) string {
	before, rest, _ := strings.Cut(line, `"created_at":"`)
	_, after, _ := strings.Cut(rest, `",`)
	return before + after
}

// writeFiles makes a study of two countries from posts in files of X API v2.
func writeFiles(t *testing.T, files ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "study")
	toml := "title = \"Posts\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2023-12-01\", \"2024-03-01\"]\n"
	all := map[string]string{"accounts.csv": "platform,account_id,handle,country,organization\nx,1,mfa_1,KAZ,First\nx,2,mfa_2,UZB,Second\n"}
	for i, f := range files {
		toml += fmt.Sprintf("[[source]]\nid = \"c%d\"\nfile = \"raw/%d.jsonl\"\ntitle = \"Collection %d\"\n", i, i, i)
		all[fmt.Sprintf("raw/%d.jsonl", i)] = f
	}
	all["study.toml"] = toml
	for name, content := range all {
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

// everywhere reads a table from all its partitions, as partition: rows.
func everywhere[R any](t *testing.T, tab *datasets.Table[R], dir string) map[string][]R {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "normalized", tab.Name, "*", "*", "*.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]R{}
	for _, p := range paths {
		year := filepath.Base(filepath.Dir(p))
		if rows := readAll(t, tab, p); len(rows) > 0 {
			out[filepath.Base(filepath.Dir(filepath.Dir(p)))+"/"+year] = rows
		}
	}
	return out
}

// A post about whose year files disagree comes out once, in the year of the
// latest observation that has a time, with all its observations; every record
// stays accounted for, and inspect counts the same in the joined files.
func TestPostsOfUncertainYear(t *testing.T) {
	const jan, feb, mar = "2024-01-10T00:00:00Z", "2024-02-10T00:00:00Z", "2024-03-10T00:00:00Z"
	other := tweet("50", "1", "2022-06-01T10:00:00.000Z", jan, 1) + tweet("51", "1", "2023-06-01T10:00:00.000Z", jan, 2) + tweet("52", "1", "2024-01-05T10:00:00.000Z", jan, 3)
	for _, c := range []struct {
		name  string
		files []string
		home  string
		at    string
		likes int64
		kept  []int64 // by file
	}{
		{"no time in the later file", []string{tweet("7", "1", "2023-05-01T10:00:00.000Z", jan, 4), undated(tweet("7", "1", "x", feb, 9))},
			"country_code=KAZ/year=2023", "2023-05-01T10:00:00Z", 9, []int64{0, 1}},
		{"no time in the earlier file", []string{undated(tweet("7", "1", "x", jan, 4)), tweet("7", "1", "2023-05-01T10:00:00.000Z", feb, 9)},
			"country_code=KAZ/year=2023", "2023-05-01T10:00:00Z", 9, []int64{0, 1}},
		{"both sides of New Year", []string{tweet("7", "1", "2023-12-31T22:00:00.000Z", jan, 4), tweet("7", "1", "2024-01-01T01:00:00.000Z", feb, 9)},
			"country_code=KAZ/year=2024", "2024-01-01T01:00:00Z", 9, []int64{0, 1}},
		{"both sides of New Year, the earlier one seen later", []string{tweet("7", "1", "2023-12-31T22:00:00.000Z", feb, 9), tweet("7", "1", "2024-01-01T01:00:00.000Z", jan, 4)},
			"country_code=KAZ/year=2023", "2023-12-31T22:00:00Z", 9, []int64{1, 0}},
		{"both sides of New Year, and no time", []string{tweet("7", "1", "2023-12-31T22:00:00.000Z", jan, 4) + undated(tweet("7", "1", "x", mar, 12)), tweet("7", "1", "2024-01-01T01:00:00.000Z", feb, 9)},
			"country_code=KAZ/year=2024", "2024-01-01T01:00:00Z", 12, []int64{1, 0}},
		{"no time anywhere", []string{undated(tweet("7", "1", "x", jan, 4)), undated(tweet("7", "1", "x", feb, 9))},
			"country_code=KAZ/year=unknown", "", 9, []int64{0, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := writeFiles(t, append(slices.Clone(c.files), other)...)
			runStudy(t, dir, "normalize")
			n := 0
			for part, rows := range everywhere(t, &datasets.Posts, dir) {
				for _, p := range rows {
					if p.PostID != "7" {
						continue
					}
					n++
					at := ""
					if p.CreatedAt.OK {
						at = p.CreatedAt.V.String()
					}
					if part != c.home || at != c.at || p.Counts.Like.V != c.likes || p.Observations != int64(strings.Count(strings.Join(c.files, ""), "\n")) {
						t.Errorf("in %s, posted %q, likes %d, %d observations; want %s, %q, %d", part, at, p.Counts.Like.V, p.Observations, c.home, c.at, c.likes)
					}
				}
			}
			if n != 1 {
				t.Errorf("the post comes out %d times", n)
			}
			var seen []datasets.PostSnapshot
			for part, rows := range everywhere(t, &datasets.PostSnapshots, dir) {
				for _, s := range rows {
					if s.PostID == "7" {
						seen = append(seen, s)
						if part != c.home {
							t.Errorf("an observation lies in %s", part)
						}
					}
				}
			}
			if len(seen) != strings.Count(strings.Join(c.files, ""), "\n") {
				t.Errorf("observations %+v", seen)
			}
			sources := readAll(t, &datasets.Sources, filepath.Join(dir, "normalized/sources.parquet"))
			for i, s := range sources {
				if s.Records.V != s.Kept.V+s.Merged.V+s.Filtered.V+s.Rejected.V || i < len(c.kept) && s.Kept.V != c.kept[i] {
					t.Errorf("%s: %d records = %d kept + %d merged + %d filtered + %d rejected; want %v kept", s.File, s.Records.V, s.Kept.V, s.Merged.V, s.Filtered.V, s.Rejected.V, c.kept)
				}
			}

			joined := filepath.Join(t.TempDir(), "joined.jsonl")
			if err := os.WriteFile(joined, []byte(strings.Join(c.files, "")+other), 0o644); err != nil {
				t.Fatal(err)
			}
			r, err := inspect.Read(context.Background(), joined, inspect.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if want := int64(strings.Count(c.at, "T")); r.Posts != 4 || 1-r.Undated != want || r.PostSnapshots != int64(3+len(seen)) {
				t.Errorf("inspect counts %d posts, %d without a time, %d observations", r.Posts, r.Undated, r.PostSnapshots)
			}
		})
	}
}

// The order of the files does not matter, nor whether the study grew; a file
// without posts of an uncertain year leaves the other partitions as they are.
func TestPostsOfUncertainYearAreTheSameBytes(t *testing.T) {
	const jan, feb = "2024-01-10T00:00:00Z", "2024-02-10T00:00:00Z"
	a := tweet("7", "1", "2023-12-31T22:00:00.000Z", jan, 4) + undated(tweet("8", "1", "x", jan, 5)) + tweet("9", "1", "2022-04-01T10:00:00.000Z", jan, 1)
	b := tweet("7", "1", "2024-01-01T01:00:00.000Z", feb, 4) + tweet("8", "1", "2022-05-01T10:00:00.000Z", feb, 5)
	more := tweet("10", "1", "2025-05-01T10:00:00.000Z", "2025-06-01T00:00:00Z", 1)
	posts := func(dir string) map[string]string {
		if err := os.MkdirAll(filepath.Join(dir, "metrics"), 0o755); err != nil {
			t.Fatal(err)
		}
		all := snapshotOf(t, dir)
		maps.DeleteFunc(all, func(n, _ string) bool { return !strings.HasPrefix(n, "normalized/post") })
		return all
	}
	dir := writeFiles(t, a, b, more)
	full, err := os.ReadFile(filepath.Join(dir, "study.toml"))
	if err != nil {
		t.Fatal(err)
	}
	half, _, _ := strings.Cut(string(full), "[[source]]\nid = \"c2\"")
	if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(half), 0o644); err != nil {
		t.Fatal(err)
	}
	runStudy(t, dir, "normalize")
	before := posts(dir)
	if err := os.WriteFile(filepath.Join(dir, "study.toml"), full, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, s := range runStudy(t, dir, "normalize") {
		if s.Ran && strings.HasPrefix(s.Unit, "normalize/posts/") && s.Unit != "normalize/posts/KAZ-2025" {
			t.Errorf("%s ran again", s.Unit)
		}
	}
	after := posts(dir)
	for n, h := range before {
		if after[n] != h {
			t.Errorf("%s changed", n)
		}
	}

	// The same source ids for the same files, listed the other way round.
	blocks := strings.SplitAfter(string(full), "\n[[source]]")
	turned := filepath.Join(t.TempDir(), "study")
	if err := os.CopyFS(turned, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"normalized", "metrics", ".diplometrics"} {
		if err := os.RemoveAll(filepath.Join(turned, n)); err != nil {
			t.Fatal(err)
		}
	}
	slices.Reverse(blocks[1:])
	text := blocks[0] + strings.TrimSuffix(blocks[1], "\n[[source]]") + "\n[[source]]" + blocks[2] + strings.TrimSuffix(blocks[3], "\n[[source]]") + "\n"
	if err := os.WriteFile(filepath.Join(turned, "study.toml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	runStudy(t, turned, "normalize")
	if got := posts(turned); !maps.Equal(got, after) || len(got) < 6 {
		t.Errorf("other bytes for files in another order: %d files, want %d", len(got), len(after))
	}
}

// A post whose files give it years that are far apart is refused, whatever it is:
// it would count twice.
func TestPostsOfTwoYears(t *testing.T) {
	const jan = "2024-02-10T00:00:00Z"
	for what, change := range map[string]func(line string) string{
		"own": func(line string) string { return line },
		"repost": func(line string) string {
			return strings.Replace(line, `"text"`, `"referenced_tweets":[{"type":"retweeted","id":"9"}],"text"`, 1)
		},
	} {
		dir := writeFiles(t, change(tweet("77", "1", "2023-12-10T10:00:00.000Z", jan, 1)), change(tweet("77", "1", "2024-01-20T10:00:00.000Z", jan, 2)))
		_, err := tryStudy(dir, "measure")
		if err == nil {
			t.Errorf("%s: no error", what)
			continue
		}
		for _, want := range []string{"post 77 of x account 1 would count twice", "source c0", "2023-12-10", "source c1", "2024-01-20"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v does not say %q", what, err, want)
			}
		}
	}
}
