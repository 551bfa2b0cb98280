package stages

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/simulate"

	"github.com/zeebo/xxh3"
)

// simulateStudy writes a study, which normalize must turn back into its truth.
func simulateStudy(t *testing.T, o simulate.Options) (string, *simulate.Truth) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "simulated")
	truth, err := simulate.Run(context.Background(), dir, o, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	return dir, truth
}

// truthRows reads the rows of a table of the truth, sorted, without the columns
// that tables do not have.
func truthRows(t *testing.T, dir, table string, without ...string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "truth", table+".*.csv"))
	if err != nil || len(files) != 5 {
		t.Fatalf("%s: %d files, %v", table, len(files), err)
	}
	var out []string
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			var cells []string
			for i, c := range row {
				if !slices.Contains(without, rows[0][i]) {
					cells = append(cells, c)
				}
			}
			out = append(out, strings.Join(cells, ","))
		}
	}
	slices.Sort(out)
	return out
}

// same compares rows, which need not be sorted.
func same(t *testing.T, what string, got, want []string) {
	t.Helper()
	slices.Sort(got)
	if len(want) == 0 {
		t.Errorf("%s: the truth has none", what)
	}
	if slices.Equal(got, want) {
		return
	}
	t.Errorf("%s: %d rows, want %d", what, len(got), len(want))
	only := func(a, b []string, which string) {
		has := map[string]bool{}
		for _, r := range b {
			has[r] = true
		}
		shown := 0
		for _, r := range a {
			if !has[r] && shown < 5 {
				shown++
				t.Errorf("%s, only in %s: %s", what, which, r)
			}
		}
	}
	only(got, want, "the tables")
	only(want, got, "the truth")
}

// row formats cells as the truth does.
func row(cells ...any) string {
	var out []string
	for _, c := range cells {
		switch c := c.(type) {
		case string:
			out = append(out, c)
		case int64:
			out = append(out, strconv.FormatInt(c, 10))
		case datasets.Opt[string]:
			out = append(out, c.V)
		case datasets.Opt[int64]:
			s := ""
			if c.OK {
				s = strconv.FormatInt(c.V, 10)
			}
			out = append(out, s)
		case datasets.Opt[datasets.Micros]:
			s := ""
			if c.OK {
				s = c.V.String()
			}
			out = append(out, s)
		case datasets.Counts:
			out = append(out, row(c.Like, c.Comment, c.Share, c.Quote, c.View, c.Save))
		default:
			out = append(out, fmt.Sprint(c))
		}
	}
	return strings.Join(out, ",")
}

// partitions reads all partitions of a table of posts.
func partitions[R any](t *testing.T, dir string, table *datasets.Table[R]) []R {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "normalized", table.Name, "*", "*", "*.parquet"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no partitions, %v", table.Name, err)
	}
	var out []R
	for _, f := range files {
		out = append(out, readAll(t, table, f)...)
	}
	return out
}

// What was simulated comes back from normalize exactly: every post, observation,
// account snapshot and counted window, and every broken record as a reject.
func TestSimulatedComesBack(t *testing.T) {
	cases := []simulate.Options{
		{Seed: 1, Accounts: 75, Months: 4, Posts: 9000},
		{Seed: 2, Accounts: 9, Months: 1},                // the window has one month and no gap
		{Seed: 3, Accounts: 30, Months: 20, Posts: 6000}, // from before the API showed views
	}
	for _, o := range cases {
		t.Run(fmt.Sprintf("seed %d", o.Seed), func(t *testing.T) {
			t.Parallel()
			dir, truth := simulateStudy(t, o)
			runStudy(t, dir, "normalize")
			comesBack(t, dir, truth)
		})
	}
}

func comesBack(t *testing.T, dir string, truth *simulate.Truth) {
	t.Helper()
	var got []string
	posts := partitions(t, dir, &datasets.Posts)
	for _, p := range posts {
		text := ""
		if p.Text.OK {
			text = strconv.FormatUint(xxh3.HashString(p.Text.V), 16)
		}
		got = append(got, row(p.Platform, p.AccountID, p.PostID, p.Country, p.CreatedAt, p.PostType, text, p.LanguageGiven, p.MediaType, p.URL, p.ReplyToID, p.RepostOfID,
			p.QuoteOfID, p.EditedAt, p.Parts, p.Counts, p.FollowersAtPosting, p.ObservedAt, p.TimeSource, p.Observations, p.Source))
	}
	same(t, "posts", got, truthRows(t, dir, "posts", "topic", "language"))

	got = nil
	for _, s := range partitions(t, dir, &datasets.PostSnapshots) {
		got = append(got, row(s.Platform, s.AccountID, s.PostID, s.Observation, s.CreatedAt, s.ObservedAt, s.TimeSource, s.Counts, s.Source))
	}
	same(t, "post_snapshots", got, truthRows(t, dir, "post_snapshots"))

	got = nil
	for _, s := range partitions(t, dir, &datasets.AccountSnapshots) {
		got = append(got, row(s.Platform, s.AccountID, datasets.Some(s.ObservedAt), s.ObservedPrecision, s.TimeSource, s.Followers.V, s.Followers.Text, s.Followers.Low,
			s.Followers.High, s.Following.V, s.PostsTotal.V, s.Source))
	}
	same(t, "account_snapshots", got, truthRows(t, dir, "account_snapshots"))

	got = nil
	number := func(v datasets.Opt[float64]) string {
		if !v.OK {
			return ""
		}
		return strconv.FormatFloat(v.V, 'f', -1, 64)
	}
	for _, w := range readAll(t, &datasets.AccountWindows, filepath.Join(dir, "normalized/account_windows.parquet")) {
		got = append(got, row(w.Platform, w.AccountID, w.WindowFrom.String(), w.WindowTo.String(), w.RetrievedOn.V.String(), w.Posts, number(w.PostsPerMonth), w.PostsPerMonthText,
			number(w.MonthsStated), w.Likes, w.LikesN, w.Comments, w.CountedBy, w.Source))
	}
	same(t, "account_windows", got, truthRows(t, dir, "account_windows"))

	got = nil
	for _, r := range readAll(t, &datasets.Rejects, filepath.Join(dir, "normalized/rejects.parquet")) {
		why := "malformed"
		if r.Reason == "unknown account" {
			why = r.Reason
		}
		got = append(got, row(r.File, r.Record, r.Field, why))
	}
	same(t, "rejects", got, truthRows(t, dir, "rejects"))

	files := map[string]simulate.FileTruth{}
	for _, f := range truth.Files {
		files[f.File] = f
	}
	sources := readAll(t, &datasets.Sources, filepath.Join(dir, "normalized/sources.parquet"))
	if len(sources) != len(files) {
		t.Errorf("%d files, want %d", len(sources), len(files))
	}
	used := map[string]bool{}
	for _, s := range sources {
		f := files[s.File]
		used[s.Adapter] = true
		filtered := int64(0)
		for _, n := range f.Filtered {
			filtered += n
		}
		if s.Adapter != f.Adapter || s.Records.V != f.Records || s.Kept.V != f.Kept || s.Merged.V != f.Merged || s.Filtered.V != filtered || s.Rejected.V != f.Rejected {
			t.Errorf("%s: %s %d = %d + %d + %d + %d, want %+v", s.File, s.Adapter, s.Records.V, s.Kept.V, s.Merged.V, s.Filtered.V, s.Rejected.V, f)
		}
	}
	if len(posts) != int(truth.Posts) {
		t.Errorf("%d posts, want %d", len(posts), truth.Posts)
	}
	if len(truth.Accounts) > 20 {
		for _, a := range []string{"x_v2", "crowdtangle_facebook", "crowdtangle_instagram", "telegram_desktop", "account_snapshots_csv", "account_windows_csv"} {
			if !used[a] {
				t.Errorf("nothing was simulated for %s", a)
			}
		}
	}
}

// The truth that the test reads is the one that the simulation wrote.
func TestSimulatedTruthIsWritten(t *testing.T) {
	dir, truth := simulateStudy(t, simulate.Options{Seed: 4, Accounts: 6, Months: 1})
	b, err := os.ReadFile(filepath.Join(dir, "truth/truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var read simulate.Truth
	if err := json.Unmarshal(b, &read); err != nil {
		t.Fatal(err)
	}
	if read.Posts != truth.Posts || len(read.Files) != len(truth.Files) || len(read.Effects) == 0 || !maps.Equal(read.Parameters.Topics, truth.Parameters.Topics) {
		t.Errorf("truth.json has %d posts, %d files, %d effects", read.Posts, len(read.Files), len(read.Effects))
	}
}

// Nothing of a simulated study goes out without the word: not its package, not a
// table, not a figure; and it does not run where study.toml hides it.
func TestSimulatedSaysSoLong(t *testing.T) {
	long(t)
	dir, _ := simulateStudy(t, simulate.Options{Seed: 5, Accounts: 9, Months: 1})
	runStudy(t, dir)
	mute := func(name string) bool { // whose metadata is that of the package
		switch filepath.Ext(name) {
		case ".pdf", ".png", ".xlsx": // say it in letters that are drawn or compressed
			return true
		case ".csv":
			return name == "suppressed.csv" || strings.HasPrefix(name, "data/")
		}
		return name == "SHA256SUMS" || name == "manifest.json" // which has it as a key
	}
	n := 0
	for _, folder := range []string{"package", "normalized", "metrics", "figures"} {
		err := filepath.WalkDir(filepath.Join(dir, folder), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			rel, _ := filepath.Rel(filepath.Join(dir, folder), path)
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			ext := filepath.Ext(path)
			said := bytes.Contains(b, []byte("SIMULATED"))
			switch {
			case folder == "package" && !mute(filepath.ToSlash(rel)), ext == ".parquet", ext == ".svg", folder == "figures" && ext == ".csv":
				n++
				if !said {
					t.Errorf("%s/%s does not say SIMULATED", folder, rel)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if n < 40 {
		t.Errorf("only %d files were looked at", n)
	}
	path := filepath.Join(dir, "study.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte("simulated = true"), []byte("simulated = false"), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	refuses := func(want string) {
		t.Helper()
		if _, err := tryStudy(dir, "publish"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a study that hides that it was simulated: %v, want %q", err, want)
		}
	}
	refuses("study.toml: simulated: the raw files were simulated, as raw/SIMULATED.txt says")
	if err := os.Remove(filepath.Join(dir, "raw/SIMULATED.txt")); err != nil {
		t.Fatal(err)
	}
	refuses("study.toml: simulated: accounts.csv names")
	accounts := filepath.Join(dir, "accounts.csv")
	if text, err = os.ReadFile(accounts); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(accounts, bytes.ReplaceAll(text, []byte(" (SIMULATED)"), nil), 0o644); err != nil {
		t.Fatal(err)
	}
	refuses("was simulated; write simulated = true into study.toml")
}

// A whole study, proved twice, gives the nine primary comparisons with their
// effects; the committed table of 200 holds them as often as it should.
func TestProveLong(t *testing.T) {
	long(t)
	proofs, err := Prove(context.Background(), t.TempDir(), 2, 11, func(int, int) {})
	if err != nil {
		t.Fatal(err)
	}
	if len(proofs) != 9 {
		t.Fatalf("%d comparisons, want 9", len(proofs))
	}
	for _, p := range proofs {
		if p.Studies != 2 || math.Abs(p.Mean-p.Effect) > p.Width || !(p.Width > 0) {
			t.Errorf("%+v", p)
		}
	}
	var table, summary bytes.Buffer
	if err := WriteProofs(&table, proofs); err != nil {
		t.Fatal(err)
	}
	if err := SummarizeProofs(&summary, proofs); err != nil || strings.Count(summary.String(), "| zero_share |") != 3 {
		t.Errorf("%v\n%s", err, summary.String())
	}
	kept, err := os.ReadFile("compare/proof.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(kept)).ReadAll()
	if err != nil || len(rows) != 10 {
		t.Fatalf("proof.csv: %d rows, %v", len(rows), err)
	}
	head, _, _ := strings.Cut(table.String(), "\n")
	if strings.Join(rows[0], ",") != head {
		t.Errorf("proof.csv has the columns %v, make calibrate writes %s", rows[0], head)
	}
	for i, row := range rows[1:] {
		coverage, err := strconv.ParseFloat(row[4], 64)
		p := Proof{Studies: 200, Held: int(math.Round(200 * coverage))}
		if row[0] != proofs[i].Metric || row[3] != "200" || err != nil || !p.Nominal() {
			t.Errorf("proof.csv: %v", row)
		}
	}
}
