package stages

import (
	"bytes"
	"crypto/md5"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/normalize"
	"diplometrics/stages/simulate"
)

// seenColumn is what a reader saw in a column: the sum where it holds numbers, the
// least and the greatest where it holds days or times, a hash where it holds text.
type seenColumn struct {
	Nulls           int
	Sum             float64
	Least, Greatest int64
	Text            string
}

// seenFile is what a reader saw in a file.
type seenFile struct {
	Rows    int
	Columns map[string]seenColumn
}

// expected is what our own reader sees in a file.
type expected struct {
	seenFile
	kinds map[string]datasets.Kind
	sizes map[string]float64 // sum of the sizes of numbers, which bounds what rounding does to the sum
}

// reading is how our own reader sees the files of a table.
type reading func(t *testing.T, path string) expected

// ours reads a table row by row.
func ours[R any](table *datasets.Table[R]) reading {
	return func(t *testing.T, path string) expected {
		rows := readAll(t, table, path)
		out := expected{seenFile{Rows: len(rows), Columns: map[string]seenColumn{}}, map[string]datasets.Kind{}, map[string]float64{}}
		for i, c := range table.Columns {
			var s seenColumn
			h := md5.New()
			known := 0
			number := func(v float64) {
				s.Sum += v
				out.sizes[c.Name] += math.Abs(v)
			}
			moment := func(v int64) {
				if s.Greatest = max(s.Greatest, v); known == 0 {
					s.Greatest = v
				}
				if s.Least = min(s.Least, v); known == 0 {
					s.Least = v
				}
			}
			for r := range rows {
				switch v := table.Cell(&rows[r], i).(type) {
				case nil:
					s.Nulls++
					fmt.Fprint(h, "n\n")
					continue
				case string:
					fmt.Fprintf(h, "t%s\n", v)
				case int64:
					number(float64(v))
				case float64:
					number(v)
				case bool:
					if v {
						number(1)
					}
				case datasets.Day:
					moment(int64(v))
				case datasets.Micros:
					moment(int64(v))
				}
				known++
			}
			s.Text = fmt.Sprintf("%x", h.Sum(nil))
			out.kinds[c.Name], out.Columns[c.Name] = c.Kind, s
		}
		return out
	}
}

// readings has every table by its name.
var readings = map[string]reading{
	"accounts": ours(&datasets.Accounts), "account_snapshots": ours(&datasets.AccountSnapshots), "account_windows": ours(&datasets.AccountWindows),
	"posts": ours(&datasets.Posts), "post_snapshots": ours(&datasets.PostSnapshots), "post_context": ours(&datasets.PostContexts),
	"cross_posts": ours(&datasets.CrossPosts), "post_topics": ours(&datasets.PostTopics), "post_scores": ours(&datasets.PostScores),
	"published": ours(&datasets.Published), "sources": ours(&datasets.Sources), "rejects": ours(&datasets.Rejects),
	"values": ours(&datasets.Values), "account_periods": ours(&datasets.AccountPeriods), "estimates": ours(&datasets.Estimates),
	"comparisons": ours(&datasets.Comparisons), "sensitivity": ours(&datasets.Sensitivity), "shrunken": ours(&datasets.ShrunkenValues),
	"interaction_counts": ours(&datasets.InteractionCounts), "account_curves": ours(&datasets.AccountCurves), "curves": ours(&datasets.Curves),
	"reconcile": ours(&datasets.Reconcile), "coder_agreement": ours(&datasets.CoderAgreements), "topic_agreement": ours(&datasets.TopicAgreements),
	"audit": ours(&datasets.Audit),
}

const readerScripts = "testdata/readers"

// otherReader is a program that reads Parquet.
type otherReader struct {
	name    string
	command []string
	missing string // why it cannot run here, "" where it can
}

// otherReaders returns all of them. What Python has, the script says by its exit
// status, 3.
func otherReaders() []otherReader {
	var out []otherReader
	python, without := os.Getenv("DIPLOMETRICS_PYTHON"), ""
	if python == "" {
		without = "DIPLOMETRICS_PYTHON is not set to a Python that has it"
	}
	for _, name := range []string{"pyarrow", "pandas", "polars", "duckdb"} {
		out = append(out, otherReader{name, []string{python, filepath.Join(readerScripts, "read.py"), name}, without})
	}
	node, err := exec.LookPath("node")
	without = ""
	if err != nil {
		without = "there is no node"
	} else if _, err := os.Stat(filepath.Join(readerScripts, "node_modules/hyparquet-compressors")); err != nil {
		without = "npm ci was not run in stages/" + readerScripts
	}
	out = append(out, otherReader{"hyparquet", []string{node, filepath.Join(readerScripts, "read.mjs")}, without})
	rscript, err := exec.LookPath("Rscript")
	if without = ""; err != nil {
		without = "there is no Rscript"
	} else if exec.Command(rscript, "-e", `quit(status = !requireNamespace("nanoparquet", quietly = TRUE) && !requireNamespace("arrow", quietly = TRUE))`).Run() != nil {
		without = "R has neither nanoparquet nor arrow"
	}
	return append(out, otherReader{"R", []string{rscript, filepath.Join(readerScripts, "read.R")}, without})
}

// run gives the reader lines and decodes what it prints. A reader that is not there
// skips the test.
func (r *otherReader) run(t *testing.T, out any, lines ...string) {
	t.Helper()
	if r.missing != "" {
		t.Skipf("skipped: %s", r.missing)
	}
	cmd := exec.Command(r.command[0], r.command[1:]...)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	text, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skipf("skipped: %s", strings.TrimSpace(stderr.String()))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if err := json.Unmarshal(text, out); err != nil {
		t.Fatalf("%v\n%.300s", err, text)
	}
}

// Readers that others use see in every table what ours sees: rows, nulls, sums,
// times and text. Of the published record and of a simulated study, it is the
// package and what lies beside it in normalized/ and metrics/.
func TestReaders(t *testing.T) {
	readers := otherReaders()
	if !slices.ContainsFunc(readers, func(r otherReader) bool { return r.missing == "" }) {
		t.Skip("skipped: no reader of others is here (DIPLOMETRICS_PYTHON, hyparquet for node, nanoparquet or arrow for R)")
	}
	simulated, _ := simulateStudy(t, simulate.Options{Seed: 2, Accounts: 30, Months: 2, Posts: 1500})
	var paths []string
	want := map[string]expected{}
	filled := map[string]bool{}
	for _, dir := range []string{copyStudy(t, "../datasets/thesis"), simulated} {
		runStudy(t, dir, "tabulate", "publish")
		for _, folder := range []string{"package/data", "normalized", "metrics"} {
			err := filepath.WalkDir(filepath.Join(dir, folder), func(path string, d os.DirEntry, err error) error {
				if d != nil && d.IsDir() && (d.Name() == "runs" || d.Name() == "tally") {
					return filepath.SkipDir // what the program alone reads
				}
				if err != nil || filepath.Ext(path) != ".parquet" {
					return err
				}
				name := strings.TrimSuffix(filepath.Base(path), ".parquet")
				read := readings[name]
				if read == nil {
					t.Errorf("%s/%s: a table of this name is not among the readings of this test", folder, name)
					return nil
				}
				paths = append(paths, path)
				want[path] = read(t, path)
				filled[name] = filled[name] || want[path].Rows > 0
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(readings)) {
		if !filled[name] {
			t.Errorf("no study has a row of %s", name)
		}
	}
	for _, r := range readers {
		t.Run(r.name, func(t *testing.T) {
			var got map[string]seenFile
			r.run(t, &got, paths...)
			rows, columns := 0, 0
			for _, path := range paths {
				rows += want[path].Rows
				columns += len(want[path].Columns)
				for _, e := range differences(want[path], got[path]) {
					t.Errorf("%s: %s", filepath.Base(path), e)
				}
			}
			t.Logf("%d files, %d rows, %d columns: %s sees what we see", len(paths), rows, columns, r.name)
		})
	}
}

// differences says what a reader saw otherwise.
func differences(want expected, got seenFile) []string {
	if got.Rows != want.Rows || len(got.Columns) != len(want.Columns) {
		return []string{fmt.Sprintf("%d rows of %d columns, want %d of %d", got.Rows, len(got.Columns), want.Rows, len(want.Columns))}
	}
	var out []string
	for name, w := range want.Columns {
		g, found := got.Columns[name]
		same := found && g.Nulls == w.Nulls
		switch {
		case w.Nulls == want.Rows: // a column without a value has a type, but not to every reader
		case want.kinds[name] == datasets.String:
			same = same && g.Text == w.Text
		case want.kinds[name] == datasets.Date || want.kinds[name] == datasets.Timestamp:
			same = same && g.Least == w.Least && g.Greatest == w.Greatest && g.Text == ""
		default:
			same = same && math.Abs(g.Sum-w.Sum) <= 1e-12*want.sizes[name] && g.Text == ""
		}
		if !same {
			out = append(out, fmt.Sprintf("column %s: %+v, want %+v", name, g, w))
		}
	}
	slices.Sort(out)
	return out
}

// Partitions read as one table, by their Hive paths: no column of a file clashes
// with one of the path, an international body has no country, and years of posts
// without a time stand beside the others.
func TestHivePaths(t *testing.T) {
	dir := t.TempDir()
	want := map[string]int{}
	for i, p := range []normalize.Part{{Country: "KAZ", Year: "2023"}, {Country: "KAZ", Year: "2024"}, {Country: "UZB", Year: "2024"}, {Country: "KGZ", Year: "unknown"}, {Country: "none", Year: "2024"}} {
		post := datasets.Post{Platform: "x", AccountID: "1", PostType: datasets.Original, Parts: 1, Observations: 1, Source: "s"}
		label := " none " + p.Year
		if p.Country != "none" {
			post.Country, label = datasets.Some(p.Country), p.Country+" "+p.Country+" "+p.Year
		}
		var posts []datasets.Post
		for n := range i + 1 {
			post.PostID = fmt.Sprint(n)
			posts = append(posts, post)
		}
		path := filepath.Join(dir, p.Posts())
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := datasets.Posts.Write(path, posts, datasets.WriteOptions{}); err != nil {
			t.Fatal(err)
		}
		if err := verifyInChild(t.Context(), []string{path}); err != nil { // which also takes away what it checks by
			t.Fatal(err)
		}
		want[label] = len(posts)
	}
	python := os.Getenv("DIPLOMETRICS_PYTHON")
	without := ""
	if python == "" {
		without = "DIPLOMETRICS_PYTHON is not set"
	}
	for _, name := range []string{"pyarrow", "files", "dataset", "pandas", "polars", "duckdb"} {
		t.Run(name, func(t *testing.T) {
			r := otherReader{name, []string{python, filepath.Join(readerScripts, "read.py"), "hive-" + name}, without}
			var got map[string]int
			r.run(t, &got, filepath.Join(dir, "normalized/posts"))
			if !maps.Equal(got, want) {
				t.Errorf("country, country_code and year: %v, want %v", got, want)
			}
		})
	}
	for _, s := range datasets.Codebook() {
		for _, f := range s.Fields {
			if f.Name == "country_code" || f.Name == "year" && strings.HasPrefix(s.Name, "post") {
				t.Errorf("table %s has a column %s, which is that of a path", s.Name, f.Name)
			}
		}
	}
}
