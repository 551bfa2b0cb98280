package stages

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/publish"
	"diplometrics/stages/study"
	"diplometrics/stages/verify"
)

// long skips what takes long, unless it is asked for.
func long(t *testing.T) {
	t.Helper()
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("takes long; make test-long runs it")
	}
}

// packageOf makes the package of a study in a mode, and returns its folder.
func packageOf(t *testing.T, dir, mode string, zipped bool) string {
	t.Helper()
	st, err := study.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	e := &pipeline.Engine{Study: st.Dir, Mounts: map[string]string{"figures": FiguresDir(st.Dir)}, Build: pipeline.ReadBuild()}
	if _, err := Publish(context.Background(), e, st, verifyInChild, PackageOptions{Mode: mode, Zip: zipped}); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(st.Dir, "package")
}

func checked(t *testing.T, dir string) (*verify.Report, string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, err := verify.Run(context.Background(), dir, verify.Options{Exe: []string{exe, "read-tables"}, Recompute: Recompute})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := r.WriteText(&out); err != nil {
		t.Fatal(err)
	}
	return r, out.String()
}

// forge changes a table of a package and everything that describes its files, so
// that only who computes again can see it.
func forge[R any](t *testing.T, dir string, table *datasets.Table[R], change func([]R) []R) {
	t.Helper()
	pq, text := filepath.Join(dir, "data", table.Name+".parquet"), filepath.Join(dir, "data", table.Name+".csv")
	hash := func(path string) (string, int) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(b)
		return hex.EncodeToString(sum[:]), len(b)
	}
	content, err := datasets.ContentHash(context.Background(), pq)
	if err != nil {
		t.Fatal(err)
	}
	old := map[string]string{}
	sizes := map[string][2]int{}
	for _, p := range []string{pq, text} {
		sum, n := hash(p)
		old[p], sizes[p] = sum, [2]int{n}
	}
	rows := change(readAll(t, table, pq))
	if err := table.Write(pq, rows, datasets.WriteOptions{Zstd: true}); err != nil {
		t.Fatal(err)
	}
	os.Remove(pq + ".check")
	var csv bytes.Buffer
	if err := table.WriteCSV(&csv, func(yield func([]R, error) bool) { yield(rows, nil) }); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(text, csv.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	after, err := datasets.ContentHash(context.Background(), pq)
	if err != nil {
		t.Fatal(err)
	}
	replace := func(name string, f func(string) string) {
		p := filepath.Join(dir, name)
		b, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		before := f(string(b))
		if err := os.WriteFile(p, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sums := strings.NewReplacer(func() (out []string) {
		for p, o := range old {
			now, _ := hash(p)
			out = append(out, o, now)
		}
		return out
	}()...)
	for _, name := range []string{"datapackage.json", "croissant.json", "SHA256SUMS"} {
		p := filepath.Join(dir, name)
		before, _ := hash(p)
		replace(name, func(s string) string {
			s = strings.ReplaceAll(sums.Replace(s), content, after)
			for path, was := range sizes {
				_, n := hash(path)
				rel, _ := filepath.Rel(dir, path)
				resource := regexp.MustCompile(`("path": "` + regexp.QuoteMeta(filepath.ToSlash(rel)) + `"[^}]*?"bytes": )` + fmt.Sprint(was[0]))
				s = resource.ReplaceAllString(s, "${1}"+fmt.Sprint(n))
			}
			return s
		})
		now, _ := hash(p)
		if name != "SHA256SUMS" {
			replace("SHA256SUMS", func(s string) string { return strings.ReplaceAll(s, before, now) })
		}
	}
}

// What was forged so that every hash fits is found by computing again.
func TestRecomputeLong(t *testing.T) {
	long(t)
	whole := packageOf(t, copyStudy(t, "../datasets/thesis"), publish.Aggregates, false)
	r, text := checked(t, whole)
	if !r.Identical() || !strings.Contains(text, "\nidentical\n") || !strings.Contains(text, "estimates: 75 rows computed again") {
		t.Fatalf("the package as it was made:\n%s", text)
	}
	change := func(o *datasets.Opt[float64]) {
		if o.OK {
			o.V *= 1.0001
		}
	}
	for name, c := range map[string]struct {
		forge func(dir string)
		want  string
	}{
		"a value": {func(dir string) {
			forge(t, dir, &datasets.Values, func(rows []datasets.Value) []datasets.Value {
				for i := range rows {
					if rows[i].Metric == "posts_per_month" && rows[i].Part == "counted" {
						change(&rows[i].Value)
						rows[i].Low, rows[i].High = rows[i].Value, rows[i].Value
						break
					}
				}
				return rows
			})
		}, "  values: FAILED"},
		"a count": {func(dir string) {
			forge(t, dir, &datasets.AccountPeriods, func(rows []datasets.AccountPeriod) []datasets.AccountPeriod {
				for i := range rows {
					if rows[i].Posts.OK {
						rows[i].Posts.V++
						break
					}
				}
				return rows
			})
		}, "  values: FAILED"},
		"an estimate": {func(dir string) {
			forge(t, dir, &datasets.Estimates, func(rows []datasets.Estimate) []datasets.Estimate {
				for i := range rows {
					if rows[i].Value.OK && !rows[i].Low.OK {
						change(&rows[i].Value)
						break
					}
				}
				return rows
			})
		}, "  estimates: FAILED"},
		"a content hash": {func(dir string) {
			p := filepath.Join(dir, "datapackage.json")
			before, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			after := regexp.MustCompile(`("contentHash": "[^"]*)[0-9a-f]"`).ReplaceAll(before, []byte(`${1}x"`))
			sums, err := os.ReadFile(filepath.Join(dir, "SHA256SUMS"))
			if err != nil {
				t.Fatal(err)
			}
			hash := func(b []byte) []byte { sum := sha256.Sum256(b); return []byte(hex.EncodeToString(sum[:])) }
			for name, content := range map[string][]byte{"datapackage.json": after, "SHA256SUMS": bytes.Replace(sums, hash(before), hash(after), 1)} {
				if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}, "contentHash"},
		"records of a source": {func(dir string) {
			forge(t, dir, &datasets.Sources, func(rows []datasets.Source) []datasets.Source {
				rows[0].Records.V++
				return rows
			})
		}, "  counts: FAILED"},
		"a metric that nobody knows": {func(dir string) {
			forge(t, dir, &datasets.Values, func(rows []datasets.Value) []datasets.Value {
				more := rows[0]
				more.Metric = "aaa"
				return append([]datasets.Value{more}, rows...)
			})
		}, "  counts: FAILED"},
		"a row less": {func(dir string) {
			forge(t, dir, &datasets.Comparisons, func(rows []datasets.Comparison) []datasets.Comparison { return rows[:len(rows)-1] })
		}, "  comparisons: FAILED"},
	} {
		dir := filepath.Join(t.TempDir(), "package")
		if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
			t.Fatal(err)
		}
		c.forge(dir)
		r, text := checked(t, dir)
		if r.Identical() || !strings.Contains(text, c.want) {
			t.Errorf("%s: expected a difference in %s:\n%s", name, c.want, text)
		}
		if !strings.Contains(text, "as SHA256SUMS says") {
			t.Errorf("%s: the hashes were to fit:\n%s", name, text)
		}
	}
}
