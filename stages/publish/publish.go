// Package publish makes the package of a study: what can be shared as it
// stands, as a folder and as one zip file.
package publish

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/study"
)

// Version of the stage; raised when the same tables would give another package.
const Version = 4

// table is one table of the package.
type table struct {
	datasets.Schema
	rows int
}

// builder writes the package until the first error.
type builder struct {
	ctx     context.Context
	st      *study.Study
	io      *pipeline.IO
	persons map[[2]string]bool // accounts of persons, which stay out
	left    int                // rows left out because they describe persons
	tables  []table
	parquet []string          // paths to read back
	files   map[string]string // name in the package -> path in scratch
	err     error
}

// Run writes package/ and package.zip. Accounts that accounts.csv marks as
// persons stay out, with every row about them; the package's README says how
// many rows that are.
func Run(ctx context.Context, st *study.Study, files *pipeline.IO, verify func(ctx context.Context, files []string) error) error {
	b := &builder{ctx: ctx, st: st, io: files, persons: map[[2]string]bool{}, files: map[string]string{}}
	b.findPersons()
	account := func(platform, id string) bool { return !b.persons[[2]string{platform, id}] }
	add(b, &datasets.Accounts, "normalized", func(r *datasets.Account) bool { return account(r.Platform, r.AccountID) })
	add(b, &datasets.AccountSnapshots, "normalized", func(r *datasets.AccountSnapshot) bool { return account(r.Platform, r.AccountID) })
	add(b, &datasets.AccountWindows, "normalized", func(r *datasets.AccountWindow) bool { return account(r.Platform, r.AccountID) })
	add(b, &datasets.Published, "normalized", nil)
	add(b, &datasets.Sources, "normalized", nil)
	add(b, &datasets.Values, "metrics", func(r *datasets.Value) bool { return account(r.Platform, r.AccountID) })
	add(b, &datasets.Estimates, "metrics", nil)
	add(b, &datasets.Comparisons, "metrics", nil)
	add(b, &datasets.Sensitivity, "metrics", func(r *datasets.Variant) bool { return !b.leavesOutPerson(r.Variant) })
	add(b, &datasets.ShrunkenValues, "metrics", func(r *datasets.Shrunken) bool { return account(r.Platform, r.AccountID) })
	add(b, &datasets.InteractionCounts, "metrics", func(r *datasets.InteractionCount) bool { return account(r.Platform, r.AccountID) })
	add(b, &datasets.AccountCurves, "metrics", func(r *datasets.Curve) bool { return account(r.Platform, r.AccountID) })
	add(b, &datasets.Curves, "metrics", nil)
	add(b, &datasets.Reconcile, "metrics", func(r *datasets.Reconciled) bool { return account(r.Platform, r.AccountID) })
	add(b, &datasets.CoderAgreements, "metrics", nil)
	add(b, &datasets.TopicAgreements, "metrics", nil)
	add(b, &datasets.Audit, "metrics", nil)
	if b.err != nil {
		return b.err
	}
	if err := verify(ctx, b.parquet); err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	b.text("codebook.csv", b.codebook())
	b.text("CITATION.cff", citation(st))
	b.text("README.md", b.readme())
	b.text("datapackage.json", b.datapackage())
	b.text("SHA256SUMS", b.sums())
	b.zip()
	if b.err != nil {
		return b.err
	}
	rows := 0
	for _, t := range b.tables {
		rows += t.rows
	}
	files.Note("package: %d tables, %d rows, each table as Parquet and CSV", len(b.tables), rows)
	if b.left > 0 {
		files.Note("left out: %d rows about accounts of persons", b.left)
	}
	return nil
}

func (b *builder) findPersons() {
	for _, a := range rows(b, &datasets.Accounts, "normalized") {
		if a.Person {
			b.persons[[2]string{a.Platform, a.AccountID}] = true
		}
	}
}

// leavesOutPerson tells whether a variant leaves out the account of a person, which it
// names.
func (b *builder) leavesOutPerson(variant string) bool {
	for k := range b.persons {
		if variant == "without "+k[0]+" "+k[1] {
			return true
		}
	}
	return false
}

func rows[R any](b *builder, t *datasets.Table[R], folder string) []R {
	if b.err != nil {
		return nil
	}
	path, err := b.io.In(folder + "/" + t.Name + ".parquet")
	if err != nil {
		b.err = err
		return nil
	}
	all, err := t.ReadAll(b.ctx, path)
	b.err = err
	return all
}

// add copies a table into the package, without the rows that keep refuses.
func add[R any](b *builder, t *datasets.Table[R], folder string, keep func(*R) bool) {
	all := rows(b, t, folder)
	if b.err != nil {
		return
	}
	if keep != nil {
		n := len(all)
		all = slices.DeleteFunc(all, func(r R) bool { return !keep(&r) })
		b.left += n - len(all)
	}
	b.tables = append(b.tables, table{t.Schema(), len(all)})
	pq := b.path("data/" + t.Name + ".parquet")
	if b.err != nil {
		return
	}
	if b.err = t.Write(pq, all, datasets.WriteOptions{Zstd: true, Simulated: b.st.Simulated}); b.err != nil {
		return
	}
	b.parquet = append(b.parquet, pq)
	path := b.path("data/" + t.Name + ".csv")
	if b.err == nil {
		b.err = writeCSV(path, t, all)
	}
}

func writeCSV[R any](path string, t *datasets.Table[R], all []R) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := t.WriteCSV(f, func(yield func([]R, error) bool) { yield(all, nil) }); err != nil {
		return err
	}
	return f.Close()
}

// path returns where a file of the package is written.
func (b *builder) path(name string) string {
	if b.err != nil {
		return ""
	}
	p, err := b.io.Out("package/" + name)
	b.err = err
	b.files[name] = p
	return p
}

func (b *builder) text(name, content string) {
	if path := b.path(name); b.err == nil {
		b.err = os.WriteFile(path, []byte(content), 0o644)
	}
}

// names returns the files of the package so far, sorted.
func (b *builder) names() []string {
	var names []string
	for n := range b.files {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func (b *builder) hash(name string) (sum string, size int64) {
	if b.err != nil {
		return "", 0
	}
	f, err := os.Open(b.files[name])
	if err != nil {
		b.err = err
		return "", 0
	}
	defer f.Close()
	h := sha256.New()
	size, b.err = io.Copy(h, f)
	return hex.EncodeToString(h.Sum(nil)), size
}

// sums lists the files in the format of sha256sum.
func (b *builder) sums() string {
	var s strings.Builder
	for _, n := range b.names() {
		sum, _ := b.hash(n)
		fmt.Fprintf(&s, "%s  %s\n", sum, n)
	}
	return s.String()
}

// zip writes the same files into one archive under a folder of the study's
// name. Names are sorted and times constant, so that equal files are equal bytes.
func (b *builder) zip() {
	names := b.names()
	if b.err != nil {
		return
	}
	path, err := b.io.Out("package.zip")
	if err != nil {
		b.err = err
		return
	}
	f, err := os.Create(path)
	if err != nil {
		b.err = err
		return
	}
	defer f.Close()
	z := zip.NewWriter(f)
	for _, n := range names {
		h := &zip.FileHeader{Name: b.st.Name + "/" + filepath.ToSlash(n), Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
		h.SetMode(0o644)
		w, err := z.CreateHeader(h)
		if err != nil {
			b.err = err
			return
		}
		content, err := os.ReadFile(b.files[n])
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			b.err = err
			return
		}
	}
	if b.err = z.Close(); b.err == nil {
		b.err = f.Close()
	}
}
