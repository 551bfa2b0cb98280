package stages

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A day's export costs its own reading and the partitions that it touches: of posts
// that of old ones which it observes again, and a year that did not exist; of account
// snapshots that of its day. The small tables of the whole study are merged again; no
// other file is read or written.
// What is there in the end is, byte for byte, what a run from nothing writes.
func TestDayCostsTheDay(t *testing.T) {
	const jan, feb, day = "2024-01-10T00:00:00Z", "2024-02-10T00:00:00Z", "2025-03-02T00:00:00Z"
	dir := writeFiles(t,
		tweet("11", "1", "2022-06-01T10:00:00.000Z", jan, 1)+
			tweet("12", "1", "2023-06-01T10:00:00.000Z", jan, 2)+
			tweet("13", "1", "2023-12-31T22:00:00.000Z", jan, 3)+ // whose year is not certain
			tweet("21", "2", "2023-06-01T10:00:00.000Z", jan, 4),
		tweet("12", "1", "2023-06-01T10:00:00.000Z", feb, 5)+
			tweet("14", "1", "2024-02-01T10:00:00.000Z", feb, 6)+
			tweet("22", "2", "2024-02-01T10:00:00.000Z", feb, 7),
		tweet("12", "1", "2023-06-01T10:00:00.000Z", day, 9)+ // seen again
			tweet("15", "1", "2025-03-01T10:00:00.000Z", day, 0)+
			"{cut\n")
	full, err := os.ReadFile(filepath.Join(dir, "study.toml"))
	if err != nil {
		t.Fatal(err)
	}
	full = []byte(strings.Replace(string(full), "[[source]]", "max_reject_share = 0.5\n[[source]]", 1))
	before, _, _ := strings.Cut(string(full), "[[source]]\nid = \"c2\"")
	toml := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "study.toml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	normalized := func() map[string]string {
		if err := os.MkdirAll(filepath.Join(dir, "metrics"), 0o755); err != nil {
			t.Fatal(err)
		}
		return snapshotOf(t, dir)
	}
	toml(before)
	runStudy(t, dir, "normalize")
	old := normalized()
	toml(string(full))
	var ran []string
	for _, s := range runStudy(t, dir, "normalize") {
		if s.Ran {
			ran = append(ran, s.Unit)
		}
	}
	slices.Sort(ran)
	want := []string{"normalize/account_snapshots/KAZ-2025", "normalize/posts/KAZ-2023", "normalize/posts/KAZ-2025", "normalize/read/raw/2.jsonl", "normalize/sources", "normalize/tables"}
	if !slices.Equal(ran, want) {
		t.Errorf("the day ran\n%q\nwant\n%q", ran, want)
	}
	grown := normalized()
	var changed []string
	for name, h := range grown {
		if old[name] != h && !strings.HasPrefix(name, "normalized/runs/raw%2F2.jsonl/") {
			changed = append(changed, name)
		}
	}
	for name := range old {
		if grown[name] == "" {
			t.Errorf("%s is gone", name)
		}
	}
	slices.Sort(changed)
	var touched []string
	for _, part := range []string{"KAZ-2023", "KAZ-2025"} {
		country, year, _ := strings.Cut(part, "-")
		folder := "/country_code=" + country + "/year=" + year
		touched = append(touched, "normalized/tally/"+part+".parquet", "normalized/posts"+folder+"/posts.parquet", "normalized/post_snapshots"+folder+"/post_snapshots.parquet")
	}
	touched = append(touched, "normalized/tally/account_snapshots/KAZ-2025.parquet", "normalized/account_snapshots/country_code=KAZ/year=2025/account_snapshots.parquet",
		"normalized/rejects.parquet", "normalized/sources.parquet")
	if slices.Sort(touched); !slices.Equal(changed, touched) {
		t.Errorf("the day changed\n%q\nwant\n%q", changed, touched)
	}
	for _, n := range []string{"normalized", "metrics", ".diplometrics"} {
		if err := os.RemoveAll(filepath.Join(dir, n)); err != nil {
			t.Fatal(err)
		}
	}
	runStudy(t, dir, "normalize")
	fresh := normalized()
	for _, name := range slices.Sorted(maps.Keys(fresh)) {
		if fresh[name] != grown[name] {
			t.Errorf("%s differs from that of a run from nothing", name)
		}
	}
	if len(grown) != len(fresh) || len(fresh) < 30 {
		t.Errorf("%d files, %d of a run from nothing", len(grown), len(fresh))
	}
}
