package verify

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
)

// TestMain lets the test binary stand for the reading process, and for ones that
// go wrong.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case "read":
			if err := ReadMain(os.Stdin, os.Stdout); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		case "panic":
			go panic("as a library does in its own goroutine")
			time.Sleep(time.Minute)
		case "hang":
			time.Sleep(time.Hour)
		case "eat":
			boundMemory(64<<20, 512<<20)
			var all [][]byte
			for {
				all = append(all, bytes.Repeat([]byte{1}, 1<<20))
			}
		case "stop":
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

func child(t testing.TB, mode string) []string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return []string{exe, mode}
}

// pack is a small package of accounts and values, as publish writes them.
type pack struct {
	t         testing.TB
	dir       string
	accounts  []datasets.Account
	values    []datasets.Value
	valued    datasets.Table[datasets.Value] // the table of values as it is written
	resources []map[string]any
}

func newPack(t testing.TB) *pack {
	p := &pack{t: t, dir: filepath.Join(t.TempDir(), "package"), valued: datasets.Values}
	for _, id := range []string{"1", "2", "@three"} {
		p.accounts = append(p.accounts, datasets.Account{Platform: "x", AccountID: id, Organization: "Ministry, \"of\" Әлем", Country: datasets.Some("KAZ")})
	}
	for i, id := range []string{"1", "1", "2", "@three"} {
		p.values = append(p.values, datasets.Value{Metric: "zero_share", Part: "all", Platform: "x", AccountID: id, PeriodKind: "month", PeriodStart: datasets.Day(19_000 + 31*i), PeriodEnd: datasets.Day(19_031 + 31*i),
			Value: datasets.Some(0.1 * float64(i)), Low: datasets.Some(0.05 * float64(i)), High: datasets.Some(0.2 * float64(i)), Uncertainty: "none: \"exact\"", Unit: "share", N: 5, NObserved: 5, Source: "a"})
	}
	slices.SortFunc(p.values, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
	return p
}

// write writes the whole package.
func (p *pack) write() *pack {
	p.t.Helper()
	p.must(os.MkdirAll(filepath.Join(p.dir, "data"), 0o755))
	p.resources = nil
	put(p, &datasets.Accounts, p.accounts)
	put(p, &p.valued, p.values)
	for _, n := range []string{"README.md", "CITATION.cff", "codebook.csv"} {
		p.file(n, "Text of "+n+"\n")
	}
	return p.describe().seal()
}

func (p *pack) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *pack) path(name string) string { return filepath.Join(p.dir, filepath.FromSlash(name)) }

func (p *pack) file(name, content string) {
	p.t.Helper()
	p.must(os.MkdirAll(filepath.Dir(p.path(name)), 0o755))
	p.must(os.WriteFile(p.path(name), []byte(content), 0o644))
}

func (p *pack) read(name string) string {
	p.t.Helper()
	b, err := os.ReadFile(p.path(name))
	p.must(err)
	return string(b)
}

// edit replaces a text in a file, once.
func (p *pack) edit(name, from, to string) {
	p.t.Helper()
	s := p.read(name)
	if !strings.Contains(s, from) {
		p.t.Fatalf("%s does not hold %q", name, from)
	}
	p.file(name, strings.Replace(s, from, to, 1))
}

// put writes a table as Parquet and CSV and adds its resources.
func put[R any](p *pack, t *datasets.Table[R], rows []R) {
	p.t.Helper()
	pq := p.path("data/" + t.Name + ".parquet")
	p.must(t.Write(pq, rows, datasets.WriteOptions{Zstd: true}))
	p.must(os.Remove(pq + ".check"))
	var csv bytes.Buffer
	p.must(t.WriteCSV(&csv, func(yield func([]R, error) bool) { yield(rows, nil) }))
	p.file("data/"+t.Name+".csv", csv.String())
	types := []string{"string", "integer", "number", "boolean", "date", "datetime"}
	for _, suffix := range []string{"", "-parquet"} {
		fields := []any{}
		for _, f := range t.Schema().Fields {
			d := map[string]any{"name": f.Name, "type": types[f.Kind], "unit": f.Unit}
			if !f.Nullable {
				d["constraints"] = map[string]any{"required": true}
			}
			fields = append(fields, d)
		}
		schema := map[string]any{"fields": fields, "primaryKey": t.Key}
		if t.Name != "accounts" {
			key := []string{"platform", "account_id"}
			schema["foreignKeys"] = []any{map[string]any{"fields": key, "reference": map[string]any{"resource": "accounts" + suffix, "fields": key}}}
		}
		ext := map[string]string{"": "csv", "-parquet": "parquet"}[suffix]
		p.resources = append(p.resources, map[string]any{"name": t.Name + suffix, "path": "data/" + t.Name + "." + ext, "format": ext, "schema": schema})
	}
}

// field returns a field of the description of both resources of a table.
func (p *pack) field(table, column string, change func(f map[string]any)) {
	for _, r := range p.resources {
		if strings.TrimSuffix(r["name"].(string), "-parquet") != table {
			continue
		}
		for _, f := range r["schema"].(map[string]any)["fields"].([]any) {
			if f := f.(map[string]any); f["name"] == column {
				change(f)
			}
		}
	}
}

// describe writes datapackage.json with the sizes and hashes of the files.
func (p *pack) describe() *pack {
	p.t.Helper()
	for _, r := range p.resources {
		if b, err := os.ReadFile(p.path(r["path"].(string))); err == nil {
			r["bytes"], r["hash"] = len(b), fmt.Sprintf("sha256:%x", sha256.Sum256(b))
		}
	}
	b, err := json.MarshalIndent(map[string]any{"name": "small", "version": "1.0", "resources": p.resources}, "", " ")
	p.must(err)
	p.file(descFile, string(b))
	return p
}

// seal writes SHA256SUMS of the files as they are.
func (p *pack) seal() *pack {
	p.t.Helper()
	var s strings.Builder
	p.must(fs.WalkDir(os.DirFS(p.dir), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && name != sumsFile {
			fmt.Fprintf(&s, "%x  %s\n", sha256.Sum256([]byte(p.read(name))), name)
		}
		return err
	}))
	p.file(sumsFile, s.String())
	return p
}

// zip packs the folder, as publish does.
func (p *pack) zip() string {
	p.t.Helper()
	path := p.dir + ".zip"
	f, err := os.Create(path)
	p.must(err)
	z := zip.NewWriter(f)
	p.must(z.AddFS(os.DirFS(filepath.Dir(p.dir) + "/package")))
	p.must(z.Close())
	p.must(f.Close())
	return path
}

// check runs the check and returns its report as text. A refusal is part of it.
func check(t testing.TB, path string) (*Report, string) {
	t.Helper()
	return checkWith(t, path, Options{Exe: child(t, "read")})
}

func checkWith(t testing.TB, path string, o Options) (*Report, string) {
	t.Helper()
	r, err := Run(context.Background(), path, o)
	var refused *RefusedError
	if err != nil && !errors.As(err, &refused) {
		t.Fatal(err)
	}
	var s strings.Builder
	if err := r.WriteText(&s); err != nil {
		t.Fatal(err)
	}
	return r, s.String()
}

// wants checks that the report holds all of the texts.
func wants(t testing.TB, report string, texts ...string) {
	t.Helper()
	for _, s := range texts {
		if !strings.Contains(report, s) {
			t.Errorf("the report lacks %q:\n%s", s, report)
		}
	}
}
