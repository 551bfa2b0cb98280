package stages

import (
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/simulate"
	"diplometrics/stages/study"
	"diplometrics/stages/verify"
)

var update = flag.Bool("update", false, "rewrite testdata")

// TestMain is the child that reads files back, or the tables of a package, when
// the tests run themselves.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "read-back" {
		if err := datasets.VerifyMain(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if len(os.Args) == 2 && os.Args[1] == "read-tables" {
		if err := verify.ReadMain(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

var checker = sync.OnceValue(func() *datasets.Checker {
	exe, err := os.Executable()
	if err != nil {
		panic(err)
	}
	return datasets.NewChecker(exe, "read-back")
})

func verifyInChild(ctx context.Context, files []string) error { return checker().Verify(ctx, files) }

// copyStudy copies what a study's author wrote, and nothing that was built.
func copyStudy(t *testing.T, from string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), filepath.Base(from))
	for _, n := range []string{"study.toml", "accounts.csv", "claims.csv", "raw"} {
		err := filepath.WalkDir(filepath.Join(from, n), func(p string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(from, p)
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.MkdirAll(filepath.Join(to, rel), 0o755)
			}
			b, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			if err := os.MkdirAll(filepath.Dir(filepath.Join(to, rel)), 0o755); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(to, rel), b, 0o644)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// runStudy runs a study and returns the states of its units.
func runStudy(t *testing.T, dir string, want ...string) []pipeline.State {
	t.Helper()
	states, err := tryStudy(dir, want...)
	if err != nil {
		t.Fatal(err)
	}
	return states
}

func tryStudy(dir string, want ...string) ([]pipeline.State, error) {
	st, err := study.Load(dir)
	if err != nil {
		return nil, err
	}
	e := &pipeline.Engine{Study: st.Dir, Mounts: map[string]string{"figures": FiguresDir(st.Dir)}, Build: pipeline.ReadBuild()}
	return Run(context.Background(), e, st, verifyInChild, want...)
}

func readAll[R any](t *testing.T, tab *datasets.Table[R], path string) []R {
	t.Helper()
	rows, err := tab.ReadAll(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// reference is what an independent script computed from Tables 2-5 of the
// thesis: testdata/thesis_tables.csv, made by seed_audit.py (Python fractions)
// from the printed tables.
type reference struct {
	organization, platform string
	rate10, rate27         float64 // posts per 30.4375 days until 10 and 27 May 2024
	p3Low, p3, p3High      float64
	rounding               string // rules that reproduce the printed posts a month, joined by |
	sumLow, sumHigh        float64
}

func references(t *testing.T) []reference {
	t.Helper()
	f, err := os.Open("testdata/thesis_tables.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var refs []reference
	for _, c := range rows[1:] {
		x := make([]float64, len(c))
		for i := range c {
			x[i], _ = strconv.ParseFloat(c[i], 64)
		}
		refs = append(refs, reference{c[0], c[1], x[2], x[3], x[4], x[5], x[6], c[7], x[8], x[9]})
	}
	if len(refs) != 11 {
		t.Fatalf("%d reference rows, want 11", len(refs))
	}
	return refs
}

// The values and the audit of Tables 2-5 are those that the independent script
// found, to its last printed digit.
func TestThesisTables(t *testing.T) {
	dir := copyStudy(t, "../datasets/thesis")
	runStudy(t, dir, "measure", "audit")
	accounts := readAll(t, &datasets.Accounts, filepath.Join(dir, "normalized/accounts.parquet"))
	values := readAll(t, &datasets.Values, filepath.Join(dir, "metrics/values.parquet"))
	rows := readAll(t, &datasets.Audit, filepath.Join(dir, "metrics/audit.parquet"))
	windows := readAll(t, &datasets.AccountWindows, filepath.Join(dir, "normalized/account_windows.parquet"))

	near := func(what string, got, want, tol float64) {
		t.Helper()
		if math.Abs(got-want) > tol {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	rate := map[string]int{}
	for _, ref := range references(t) {
		name := ref.organization + " " + ref.platform
		i := slices.IndexFunc(accounts, func(a datasets.Account) bool {
			return a.Organization == ref.organization && a.Platform == ref.platform
		})
		if i < 0 {
			t.Errorf("%s: not in accounts", name)
			continue
		}
		a := accounts[i]
		value := func(metric, part string) datasets.Value {
			for _, v := range values {
				if v.Metric == metric && v.Part == part && v.Platform == a.Platform && v.AccountID == a.AccountID {
					return v
				}
			}
			t.Fatalf("%s: no value %s/%s", name, metric, part)
			return datasets.Value{}
		}
		want := ref.rate10
		if strings.HasPrefix(ref.organization, "Ministry") {
			want = ref.rate27
		}
		near(name+" rate", value("posts_per_month", "counted").Value.V, want, 0.005)
		p3 := value("likes_per_post_per_1000_followers", "now")
		near(name+" P3", p3.Value.V, ref.p3, 5e-5)
		near(name+" P3 low", p3.Low.V, ref.p3Low, 5e-5)
		near(name+" P3 high", p3.High.V, ref.p3High, 5e-5)

		w := windows[slices.IndexFunc(windows, func(w datasets.AccountWindow) bool { return w.Platform == a.Platform && w.AccountID == a.AccountID })]
		verdict := func(rule string) datasets.AuditRow {
			for _, r := range rows {
				if r.Rule == rule && strings.HasPrefix(r.Locator, w.Locator.V) {
					return r
				}
			}
			t.Fatalf("%s: no audit row of rule %s at %s", name, rule, w.Locator.V)
			return datasets.AuditRow{}
		}
		r := verdict("rate")
		if r.Rounding.V != ref.rounding || (r.Verdict == datasets.Consistent) != (ref.rounding != "") {
			t.Errorf("%s: rate is %s by rounding %q, want %q", name, r.Verdict, r.Rounding.V, ref.rounding)
		}
		rate[r.Verdict]++
		if r.Rounding.V == "floor" {
			rate["floor only"]++
		}
		g := verdict("grim")
		if g.Verdict != datasets.NotTestable {
			t.Errorf("%s: grim is %s, want not_testable: n is too large for the decimals", name, g.Verdict)
		}
		near(name+" least sum of likes", g.ImpliedLow.V, ref.sumLow, 0)
		near(name+" greatest sum of likes", g.ImpliedHigh.V, ref.sumHigh, 0)
	}
	if rate[datasets.Inconsistent] != 7 || rate[datasets.Consistent] != 4 || rate["floor only"] != 1 {
		t.Errorf("posts a month: %v, want 7 inconsistent, 4 consistent, 1 of them by truncation only", rate)
	}
	entries := map[int64]bool{}
	for _, r := range rows {
		entries[r.Entry.V] = true
	}
	for e := int64(1); e <= 35; e++ {
		if !entries[e] {
			t.Errorf("entry %d of the list of inconsistencies has no row", e)
		}
	}
}

// A country with one account is never tested, whatever its numbers.
func TestNoTestOfOneAccount(t *testing.T) {
	dir := copyStudy(t, "../datasets/thesis")
	runStudy(t, dir, "compare")
	rows := readAll(t, &datasets.Comparisons, filepath.Join(dir, "metrics/comparisons.parquet"))
	if len(rows) == 0 {
		t.Fatal("no comparisons")
	}
	for _, c := range rows {
		if (c.NAccountsA < 2 || c.NAccountsB < 2) && (c.P.OK || !c.Reason.OK) {
			t.Errorf("%+v: a test, or no reason, with fewer than two accounts on a side", c)
		}
	}
}

// ledger ties the contents of tables to what made them.
type ledger struct {
	Inputs   string            `json:"inputs"`
	Versions map[string]int    `json:"versions"`
	Tables   map[string]string `json:"tables"`
}

// Every table's contents stand in testdata beside the inputs and versions that
// made them, of the published record and of a small simulated study. Contents
// that move while both stay would never reach those who have the tables already:
// their run would call them fresh.
func TestVersionsMoveWithContents(t *testing.T) {
	t.Run("thesis", func(t *testing.T) {
		compareLedger(t, copyStudy(t, "../datasets/thesis"), "testdata/thesis_ledger.json", nil)
	})
	t.Run("simulated", func(t *testing.T) {
		dir, _ := simulateStudy(t, simulate.Options{Seed: 2, Accounts: 30, Months: 2, Posts: 1500})
		compareLedger(t, dir, "testdata/simulated_ledger.json", map[string]int{"simulate": simulate.Version})
	})
}

func compareLedger(t *testing.T, dir, path string, versions map[string]int) {
	runStudy(t, dir)
	st, err := study.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	now := ledger{Versions: map[string]int{}, Tables: map[string]string{}}
	inputs := sha256.New()
	units, err := Plan(st, nil)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(now.Versions, versions)
	for _, u := range units {
		maps.Copy(now.Versions, u.Versions)
	}
	names := []string{"study.toml", "accounts.csv"}
	names = append(names, (&flow{st: st}).has("claims.csv", topicsFile, eventsFile, holidaysFile, codedFile)...)
	for _, src := range st.Sources {
		names = append(names, src.File)
	}
	for _, in := range names {
		b, err := os.ReadFile(filepath.Join(dir, in))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(inputs, "%s %x\n", in, sha256.Sum256(b))
	}
	now.Inputs = hex.EncodeToString(inputs.Sum(nil))
	for _, pattern := range []string{"metrics/*.csv", "figures/*.csv", "figures/*.svg"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			rel, _ := filepath.Rel(dir, f)
			now.Tables[filepath.ToSlash(rel)] = fmt.Sprintf("%x", sha256.Sum256(b))
		}
	}
	if *update {
		b, err := json.MarshalIndent(now, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var kept ledger
	if err := json.Unmarshal(b, &kept); err != nil {
		t.Fatal(err)
	}
	same := now.Inputs == kept.Inputs && maps.Equal(now.Versions, kept.Versions)
	if maps.Equal(now.Tables, kept.Tables) && same {
		return
	}
	for _, n := range slices.Sorted(maps.Keys(now.Tables)) {
		if now.Tables[n] != kept.Tables[n] && same {
			t.Errorf("%s changed, but no input and no version did: raise the version of what makes it, then run this test with -update", n)
		}
	}
	if !same {
		t.Errorf("inputs or versions changed: run this test with -update and look at the difference")
	}
}

// Each wrong input ends with one line that names file, line, field and what
// was expected, and leaves earlier outputs as they were.
func TestBadInput(t *testing.T) {
	edit := func(name, from, to string) func(t *testing.T, dir string) {
		return func(t *testing.T, dir string) {
			p := filepath.Join(dir, name)
			b, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(string(b), from, to, 1)
			if changed == string(b) {
				t.Fatalf("%s has no %q", name, from)
			}
			if err := os.WriteFile(p, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	dir := copyStudy(t, "../datasets/thesis")
	runStudy(t, dir, "measure")
	before := snapshotOf(t, dir)
	const windows = "raw/thesis_2024_windows.csv"
	for _, c := range []struct {
		name string
		do   func(t *testing.T, dir string)
		want string
	}{
		{"misspelled key", edit("study.toml", "countries =", "contries ="), `unknown key "contries"; did you mean "countries"?`},
		{"no ISO code", edit("study.toml", `"KGZ"`, `"KRG"`), `countries: "KRG" is no ISO 3166-1 alpha-3 code`},
		{"missing column", edit(windows, ",window_to,", ",until,"), windows + `:1: header: found "until"; unknown column`},
		{"misspelled column", edit(windows, ",posts,", ",post,"), windows + `:1: header: found "post"; unknown column; did you mean "posts"?`},
		{"value that does not parse", edit(windows, ",78,", ",78x,"), windows + `:2: posts: found "78x"; expected a whole number from 0`},
		{"no date", edit(windows, "2024-06-01", "01/06/2024"), windows + `:2: window_to: found "01/06/2024"; expected a date like 2024-01-31`},
		{"misspelled platform", edit("accounts.csv", "linkedin", "linkdin"), `accounts.csv:15: platform: found "linkdin"; did you mean "linkedin"?`},
		{"duplicate key", func(t *testing.T, dir string) {
			p := filepath.Join(dir, windows)
			b, _ := os.ReadFile(p)
			lines := strings.SplitAfter(string(b), "\n")
			again := strings.Replace(lines[1], ",78,", ",79,", 1)
			if again == lines[1] {
				t.Fatal("no 78 in the first row")
			}
			if err := os.WriteFile(p, []byte(string(b)+again), 0o644); err != nil {
				t.Fatal(err)
			}
		}, windows + `:13: platform, account_id, window_from, window_to, counted_by, source: the same key as ` + windows + `:2 with other values`},
		{"not UTF-8", edit(windows, "Table 2", "Table \xff2"), windows + `:2: not UTF-8`},
		{"cells missing", edit(windows, ",78,", "78"), windows + `:2: found `},
		{"file gone", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, windows)); err != nil {
				t.Fatal(err)
			}
		}, `source file: no file matches "` + windows + `"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := copyStudy(t, dir)
			for _, n := range []string{"normalized", "metrics", ".diplometrics"} {
				if err := os.CopyFS(filepath.Join(bad, n), os.DirFS(filepath.Join(dir, n))); err != nil {
					t.Fatal(err)
				}
			}
			c.do(t, bad)
			_, err := tryStudy(bad, "measure")
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			if got := snapshotOf(t, bad); !maps.Equal(got, before) {
				t.Errorf("earlier outputs changed")
			}
		})
	}
}

// snapshotOf hashes the tables of a study.
func snapshotOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, n := range []string{"normalized", "metrics"} {
		err := filepath.WalkDir(filepath.Join(dir, n), func(p string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			f, err := os.Open(p)
			if err != nil {
				return err
			}
			defer f.Close()
			h := sha256.New()
			if _, err := io.Copy(h, f); err != nil {
				return err
			}
			rel, _ := filepath.Rel(dir, p)
			out[rel] = hex.EncodeToString(h.Sum(nil))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}
