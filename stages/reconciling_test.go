package stages

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"diplometrics/datasets"
)

// writeCounted makes a study in which a collection of posts, totals read off
// the page and two people tell of the same account and months.
func writeCounted(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "study")
	var posts string
	for i := range 20 { // ten in January, ten in February 2024; two of 2023 before them
		posts += tweet(fmt.Sprint(100+i), "1", fmt.Sprintf("2024-%02d-%02dT10:00:00.000Z", 1+i/10, 5+i%10), "2024-03-05T00:00:00Z", 2)
	}
	posts += tweet("98", "1", "2023-12-30T10:00:00.000Z", "2024-03-05T00:00:00Z", 2) + tweet("99", "1", "2023-12-31T10:00:00.000Z", "2024-03-05T00:00:00Z", 2)
	for name, content := range map[string]string{
		"study.toml": "title = \"Counted\"\ncountries = [\"KAZ\", \"UZB\"]\nwindow = [\"2024-01-01\", \"2024-03-01\"]\n[zones]\nKAZ = \"Asia/Almaty\"\n" +
			"[[source]]\nid = \"twarc\"\nfile = \"raw/posts.jsonl\"\ntitle = \"Posts\"\ncovered_from = \"2023-12-01\"\ncompleteness = \"all\"\n" +
			"[[source]]\nid = \"sheet\"\nfile = \"raw/totals.csv\"\ntable = \"account_snapshots\"\ntitle = \"Totals\"\n" +
			"[[source]]\nid = \"counts\"\nfile = \"raw/counts.csv\"\ntable = \"account_windows\"\ntitle = \"Counts\"\n",
		"accounts.csv":    "platform,account_id,handle,country,organization\nx,1,mfa_1,KAZ,First\n",
		"raw/posts.jsonl": posts,
		"raw/totals.csv":  "platform,handle,observed_at,posts_total,followers\nx,mfa_1,2024-01-01,300,100\nx,mfa_1,2024-03-01,321,100\n",
		"raw/counts.csv": "platform,handle,window_from,window_to,retrieved_on,posts,likes,likes_n,counted_by\n" +
			"x,mfa_1,2024-01-01,2024-03-01,2024-03-05,20,40,20,AB\nx,mfa_1,2024-01-01,2024-03-01,2024-03-05,17,,,CD\n",
	} {
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

// The numbers are counted by hand in writeCounted; a coder pair of 20 and 17
// agrees on none of one window.
func TestReconcile(t *testing.T) {
	dir := writeCounted(t)
	runStudy(t, dir, "reconcile")
	rows := readAll(t, &datasets.Reconcile, filepath.Join(dir, "metrics/reconcile.parquet"))
	got := map[string]string{}
	for _, r := range rows {
		got[r.Quantity+" "+r.SourceA+" "+r.SourceB] = fmt.Sprintf("%g %g %s", r.A.V, r.B.V, r.Verdict)
	}
	want := map[string]string{
		"likes hand:counts/AB export:twarc":   "40 40 agree",
		"posts hand:counts/AB export:twarc":   "20 20 agree",
		"posts hand:counts/AB hand:counts/CD": "20 17 disagree",
		"posts hand:counts/AB total:sheet":    "20 21 agree", // 21 in 60 days, and a day at either end
		"posts hand:counts/CD export:twarc":   "17 20 disagree",
		"posts hand:counts/CD total:sheet":    "17 21 disagree",
		"posts total:sheet export:twarc":      "21 20 disagree",
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	agreement := readAll(t, &datasets.CoderAgreements, filepath.Join(dir, "metrics/coder_agreement.parquet"))
	if len(agreement) != 1 || agreement[0].CoderA != "AB" || agreement[0].N != 1 || agreement[0].Equal.V != 0 || !agreement[0].Equal.OK {
		t.Errorf("got %+v", agreement)
	}
}

// The thesis study has nothing that two sources count: empty tables, which read.
func TestReconcileOfTheThesis(t *testing.T) {
	dir := copyStudy(t, "../datasets/thesis")
	runStudy(t, dir, "reconcile")
	pairs := readAll(t, &datasets.Reconcile, filepath.Join(dir, "metrics/reconcile.parquet"))
	people := readAll(t, &datasets.CoderAgreements, filepath.Join(dir, "metrics/coder_agreement.parquet"))
	if len(pairs)+len(people) != 0 {
		t.Errorf("got %+v, %+v", pairs, people)
	}
}
