package publish_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages"
	"diplometrics/stages/study"

	"github.com/xuri/excelize/v2"
)

// TestMain lets the test binary stand for the process that reads Parquet back.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == "read-back" {
		if err := datasets.VerifyMain(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	code := m.Run()
	if made != "" {
		os.RemoveAll(made)
	}
	os.Exit(code)
}

// Texts as nobody writes them, and somebody will: they end every quote, cell,
// tag and line that a description puts around them.
const (
	hardTitle       = `A "study": 'of' <script>alert(1)</script> & | pipes | # %{{.Title}} ]]> --- \u202eRTL\u200f \\ 🇰🇿`
	hardDescription = "Two lines:\\n- one `code` *star* _under_ [link](x) <b>\\n\\n# no heading\\t$x$ ~~~ : null"
)

var (
	once sync.Once
	made string
)

// thePackage makes the package of the published record, once, under a title and
// description that are hard to write down. The folder must not be changed.
func thePackage(t *testing.T) string {
	t.Helper()
	once.Do(func() {
		var err error
		if made, err = os.MkdirTemp("", "package"); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(made, "thesis")
		for _, n := range []string{"study.toml", "accounts.csv", "claims.csv", "raw"} {
			err := filepath.WalkDir(filepath.Join("../../datasets/thesis", n), func(p string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				rel, _ := filepath.Rel("../../datasets/thesis", p)
				text, err := os.ReadFile(p)
				if err == nil && n == "study.toml" {
					text = hardStudy(t, text)
				}
				if err == nil {
					err = os.MkdirAll(filepath.Dir(filepath.Join(dir, rel)), 0o755)
				}
				if err != nil {
					return err
				}
				return os.WriteFile(filepath.Join(dir, rel), text, 0o644)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		st, err := study.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		e := &pipeline.Engine{Study: dir, Mounts: map[string]string{"figures": stages.FiguresDir(dir)}, Build: pipeline.ReadBuild()}
		exe, err := os.Executable()
		if err != nil {
			t.Fatal(err)
		}
		c := datasets.NewChecker(exe, "read-back")
		defer c.Close()
		_, err = stages.Run(context.Background(), e, st, c.Verify, "publish")
		if err != nil {
			t.Fatal(err)
		}
	})
	return filepath.Join(made, "thesis", "package")
}

// hardStudy writes the hard texts into a study.toml, and an author with ORCID.
func hardStudy(t *testing.T, text []byte) []byte {
	s := string(text)
	for pattern, line := range map[string]string{
		`(?m)^title = ".*"$`:       `title = "` + strings.ReplaceAll(hardTitle, `"`, `\"`) + `"`,
		`(?m)^description = ".*"$`: `description = "` + hardDescription + `"`,
		`(?m)^authors = .*$`:       `authors = [{ family = "O\"Neil | <i>", given = "Қ. \u202e", orcid = "0000-0002-1825-0097" }, { name = "A & B: ` + "`c`" + `" }]`,
	} {
		re := regexp.MustCompile(pattern)
		first := true
		s = re.ReplaceAllStringFunc(s, func(old string) string {
			if !first {
				return old
			}
			first = false
			return line
		})
		if first {
			t.Fatalf("study.toml has no line %s", pattern)
		}
	}
	return []byte(s)
}

type descriptor struct {
	Title     string
	Resources []struct {
		Name, Type, Path, Description, Hash, ContentHash string
		Bytes                                            int64
	}
}

func descriptorOf(t *testing.T, dir string) (d descriptor) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "datapackage.json"))
	if err == nil {
		err = json.Unmarshal(text, &d)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Every file has its hash in SHA256SUMS; datapackage.json describes every file
// that is not made from it, with sizes and hashes that are true.
func TestEveryFileIsDescribed(t *testing.T) {
	dir := thePackage(t)
	made := "datapackage.json CITATION.cff croissant.json codebook.csv codebook.html README.md SHA256SUMS"
	sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
	if err != nil {
		t.Fatal(err)
	}
	d, described := descriptorOf(t, dir), map[string]bool{}
	for _, r := range d.Resources {
		text, err := os.ReadFile(filepath.Join(dir, r.Path))
		if err != nil {
			t.Fatal(err)
		}
		if described[r.Path] = true; int64(len(text)) != r.Bytes || fmt.Sprintf("sha256:%x", sha256.Sum256(text)) != r.Hash {
			t.Errorf("%s has other bytes than datapackage.json says", r.Path)
		}
		if r.Description == "" || strings.HasPrefix(r.Description, "Part of the package") {
			t.Errorf("%s: nothing says what it is", r.Path)
		}
		if strings.HasSuffix(r.Path, ".parquet") {
			if got, err := datasets.ContentHash(t.Context(), filepath.Join(dir, r.Path)); err != nil || got != r.ContentHash {
				t.Errorf("%s has content hash %s, %v; datapackage.json says %s", r.Path, got, err, r.ContentHash)
			}
		}
	}
	err = filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		name := filepath.ToSlash(rel)
		if !described[name] && !strings.Contains(made, name) {
			t.Errorf("datapackage.json does not describe %s", name)
		}
		text, err := os.ReadFile(p)
		if name != "SHA256SUMS" && !strings.Contains(string(sums), fmt.Sprintf("%x  %s\n", sha256.Sum256(text), name)) {
			t.Errorf("SHA256SUMS has no such line for %s", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// python returns a Python for the checks of this file, which skip without one.
func python(t *testing.T) string {
	t.Helper()
	p := os.Getenv("DIPLOMETRICS_PYTHON")
	if p == "" {
		t.Skip("DIPLOMETRICS_PYTHON is not set to a Python with what testdata/requirements.txt lists: nothing outside this program has read the package")
	}
	return p
}

// validate returns what testdata/validate.py finds wrong, "" for nothing.
func validate(t *testing.T, kind, dir string) string {
	t.Helper()
	cmd := exec.Command(python(t), "testdata/validate.py", kind, dir)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 3 {
		t.Skipf("%s is not validated: Python lacks %s", kind, strings.TrimSpace(string(out)))
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return string(out)
}

// The official schemas accept the descriptions, and refuse copies that are
// broken: a validator that accepts everything would show nothing.
func TestSchemas(t *testing.T) {
	python(t)
	type change struct{ from, to, wrong string } // in the file; what the validator then says
	for _, c := range []struct {
		kind, file string
		broken     []change
	}{
		{"datapackage", "datapackage.json", []change{{`"type": "integer"`, `"type": "int"`, "fields/"}, {`"hash": "sha256:`, `"hash": "sha256 `, "does not match"},
			{`"minimum": 0`, `"minimum": false`, "fields/"}, {`"path": "data/values.csv"`, `"path": "/data/values.csv"`, "'/data/values.csv' is not valid"}}},
		{"citation", "CITATION.cff", []change{{"date-released: \"20", "date-released: \"5.", "date-released"}, {"family-names:", "family:", "authors/0"},
			{"CC-BY-4.0", "CC BY 4.0", "license"}, {"title: \"A", "title: \"An", "title: "}}},
		{"croissant", "croissant.json", []change{{`"recordSet": "cr:recordSet"`, `"records": "cr:recordSet"`, "recordSet"}, {`"column": "account_id"`, `"column": "account"`, "Error"},
			{`"sha256": "`, `"sha": "`, "sha256"}, {`"dataType": "sc:Integer"`, `"datatype": "sc:Integer"`, "ValidationError"}}},
		{"card", "README.md", []change{{"data_files: data/", "data_files: ", "no file"}, {"pretty_name: \"A", "pretty_name: \"An", "title: "}}},
		{"tables", "data/comparisons.csv", []change{{",exploratory\n", ",another\n", `'family', 'constraint "enum"`}}},
		{"tables", "data/accounts.csv", []change{{"\nfacebook,", "\nfacebook,another", "not found in the lookup table"}}},
		{"tables", "data/account_windows.csv", []change{{",78,", ",-78,", `'posts', 'constraint "minimum"`}, {"2024-01-01,", ",", `'window_from', 'constraint "required"`}}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			t.Parallel()
			if wrong := validate(t, c.kind, thePackage(t)); wrong != "" {
				t.Fatalf("%s: %s", c.file, wrong)
			}
			for _, b := range c.broken {
				dir := t.TempDir()
				if err := os.CopyFS(dir, os.DirFS(thePackage(t))); err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, c.file)
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(text), b.from) {
					t.Errorf("%s has no %q to break", c.file, b.from)
				}
				if err := os.WriteFile(path, []byte(strings.Replace(string(text), b.from, b.to, 1)), 0o644); err != nil {
					t.Fatal(err)
				}
				if got := validate(t, c.kind, dir); !strings.Contains(got, b.wrong) {
					t.Errorf("%s with %q instead of %q: got %.500q, want %q", c.file, b.to, b.from, got, b.wrong)
				}
			}
		})
	}
}

var fenced = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$")

// The snippets of the package's own README do what it says, in its folder.
func TestReadmeSnippets(t *testing.T) {
	dir := thePackage(t)
	readme, err := os.ReadFile(filepath.Join(dir, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `values` \\| (\\d+) \\|").FindSubmatch(readme)
	if rows == nil {
		t.Fatal("README.md does not say how many rows values has")
	}
	want, found := string(rows[1])+" rows", map[string]int{}
	for _, block := range fenced.FindAllSubmatch(readme, -1) {
		language, code := string(block[1]), string(block[2])
		found[language]++
		t.Run(fmt.Sprint(language, found[language]), func(t *testing.T) {
			var cmd *exec.Cmd
			want := want
			switch language {
			case "python":
				for _, m := range regexp.MustCompile(`import (\w+)|pip install (.*)`).FindAllStringSubmatch(code, -1) {
					for _, module := range strings.Fields(m[1] + " " + m[2]) {
						needs(t, module, python(t), "-c", "import "+module)
					}
				}
				cmd = exec.Command(python(t), "-c", code)
			case "sql":
				needs(t, "duckdb", python(t), "-c", "import duckdb")
				cmd = exec.Command(python(t), "-c", "import duckdb, sys\nprint(*duckdb.sql(sys.stdin.read()).fetchall()[0])")
				cmd.Stdin = strings.NewReader(code)
			case "r":
				r, err := exec.LookPath("Rscript")
				if err != nil {
					t.Skip("Rscript is not installed: this snippet did not run")
				}
				if strings.Contains(code, "arrow::") {
					needs(t, "the R package arrow", r, "-e", "quit(status = !requireNamespace('arrow', quietly = TRUE))")
				}
				cmd = exec.Command(r, "-e", code)
			case "sh":
				want = "data/values.parquet: OK"
				if _, err := exec.LookPath("sha256sum"); err != nil {
					t.Skip("sha256sum is not installed: this snippet did not run")
				}
				cmd = exec.Command("sh", "-e", "-c", code)
			default:
				t.Fatalf("nothing here runs %s", language)
			}
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), want) {
				t.Errorf("%s\ngives %v\n%s\nwant %s", code, err, out, want)
			}
		})
	}
	for language, n := range map[string]int{"python": 2, "r": 2, "sql": 1, "sh": 1} {
		if found[language] != n {
			t.Errorf("README.md has %d snippets of %s, want %d", found[language], language, n)
		}
	}
}

// needs skips the test where a command fails.
func needs(t *testing.T, what, name string, args ...string) {
	t.Helper()
	if err := exec.Command(name, args...).Run(); err != nil {
		t.Skipf("%s is not installed: this snippet did not run", what)
	}
}

// What the README says of the workbook: the codebook first, then the tables.
func TestWorkbook(t *testing.T) {
	f, err := excelize.OpenFile(filepath.Join(thePackage(t), "tables.xlsx"))
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("the package has no tables.xlsx")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sheets := f.GetSheetList()
	if sheets[0] != "codebook" || !strings.Contains(strings.Join(sheets, " "), "values") {
		t.Errorf("sheets are %s", sheets)
	}
}
