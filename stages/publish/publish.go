// Package publish makes the package of a study: what can be shared as it
// stands, as a folder and, where asked for, as one zip file.
package publish

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
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
const Version = 7

// Modes say what a package tells of single posts.
const (
	Aggregates = "aggregates" // nothing
	IDs        = "ids"        // the ids of posts on x, for whoever may fetch them again
	Full       = "full"       // posts with their counts, where the terms of their platforms allow it
)

// table is one table of the package.
type table struct {
	datasets.Schema
	rows int
}

// Builder writes a package until the first error, which Close returns.
type Builder struct {
	ctx     context.Context
	st      *study.Study
	io      *pipeline.IO
	mode    string
	persons *Persons     // of the study
	left    []Suppressed // what was left out because it describes them, when the tables are written
	tables  []table
	parquet []string          // paths to read back
	files   map[string]string // name in the package -> path in scratch
	sheets  []datasets.Sheet
	err     error
}

// New begins the package of a study in a mode.
func New(ctx context.Context, st *study.Study, files *pipeline.IO, mode string, persons *Persons) *Builder {
	return &Builder{ctx: ctx, st: st, io: files, mode: mode, persons: persons, files: map[string]string{}}
}

// Add writes a small table as AddSheet does.
func Add[R any](b *Builder, t *datasets.Table[R], rows []R) {
	AddSheet(b, t, func(yield func([]R, error) bool) { yield(rows, nil) })
}

// AddSheet writes a table as Parquet, as CSV and as a sheet of the workbook, which
// leaves weeks out: those of a few hundred accounts are more rows than a sheet
// can hold. The rows come in batches, in the order of the key, and are asked for
// three times. A table with more rows than a sheet can hold has none.
func AddSheet[R any](b *Builder, t *datasets.Table[R], rows iter.Seq2[[]R, error]) {
	all, weeks := 0, 0
	AddStream(b, t, func(yield func([]R, error) bool) {
		all, weeks = 0, 0
		for batch, err := range rows {
			all += len(batch)
			for i := range batch {
				if inWeek(&batch[i]) {
					weeks++
				}
			}
			if !yield(batch, err) {
				return
			}
		}
	})
	s := t.Sheet(rows)
	if weeks > 0 {
		s = t.Sheet(Of(rows, func(r *R) bool { return !inWeek(r) }))
		s.Doc += fmt.Sprintf(" Weeks are in data/%s.csv alone.", t.Name)
	}
	if n := all - weeks; n > datasets.SheetRows {
		s = s.Elsewhere(n, "data/"+t.Name+".csv")
		b.io.Note("tables.xlsx: without the sheet %s: its %d rows are more than Excel can hold; data/%s.csv has them", s.Name, n, t.Name)
	}
	b.sheets = append(b.sheets, s)
}

// inWeek tells whether a row is of one week of an account.
func inWeek(row any) bool {
	switch r := row.(type) {
	case *datasets.Value:
		return r.PeriodKind == "week"
	case *datasets.AccountPeriod:
		return r.PeriodKind == "week"
	}
	return false
}

// AddStream writes a table whose rows come in batches, in the order of its key;
// they are asked for twice.
func AddStream[R any](b *Builder, t *datasets.Table[R], rows iter.Seq2[[]R, error]) {
	n := 0
	counted := func(yield func([]R, error) bool) {
		n = 0
		for batch, err := range rows {
			n += len(batch)
			if !yield(batch, err) {
				return
			}
		}
	}
	pq, text := b.Path("data/"+t.Name+".parquet"), b.Path("data/"+t.Name+".csv")
	if b.err != nil {
		return
	}
	if b.err = t.WriteBatches(pq, counted, datasets.WriteOptions{Zstd: true, Simulated: b.st.Simulated}); b.err != nil {
		return
	}
	b.tables = append(b.tables, table{t.Schema(), n})
	b.parquet = append(b.parquet, pq)
	f, err := os.Create(text)
	if err != nil {
		b.err = err
		return
	}
	defer f.Close()
	if b.err = t.WriteCSV(f, counted); b.err == nil {
		b.err = f.Close()
	}
}

// Close has the tables read back, writes the files that describe the package
// and, where zipped, the archive.
func (b *Builder) Close(verify func(ctx context.Context, files []string) error, zipped bool) error {
	if b.err != nil {
		return b.err
	}
	if err := verify(b.ctx, b.parquet); err != nil {
		return fmt.Errorf("reading back: %w", err)
	}
	if path := b.Path("tables.xlsx"); b.err == nil {
		b.err = datasets.WriteXLSX(path, title(b.st), b.sheets)
	}
	b.left = b.persons.Left()
	b.File("suppressed.csv", []byte(suppressedCSV(b.left)))
	b.describe()
	if zipped {
		b.zip()
	}
	if b.err != nil {
		return b.err
	}
	rows := 0
	for _, t := range b.tables {
		rows += t.rows
	}
	b.io.Note("package: %d tables, %d rows, each table as Parquet and CSV; %d files", len(b.tables), rows, len(b.files))
	for _, s := range b.left {
		b.io.Note("left out: %s", s)
	}
	return nil
}

// Path returns where a file of the package is written.
func (b *Builder) Path(name string) string {
	if b.err != nil {
		return ""
	}
	p, err := b.io.Out("package/" + name)
	b.err = err
	b.files[name] = p
	return p
}

// File adds a file with this content.
func (b *Builder) File(name string, content []byte) {
	if path := b.Path(name); b.err == nil {
		b.err = os.WriteFile(path, content, 0o644)
	}
}

// JSON adds a file with a value as indented JSON.
func (b *Builder) JSON(name string, v any) {
	content, err := json.MarshalIndent(v, "", "  ")
	if err != nil && b.err == nil {
		b.err = err
	}
	b.File(name, append(content, '\n'))
}

// Fail stops the package; it keeps the first error.
func (b *Builder) Fail(err error) {
	if b.err == nil {
		b.err = err
	}
}

// Err is the first error so far.
func (b *Builder) Err() error { return b.err }

// In returns the path of a table that the package has, by its logical name in
// the study, so that what reads a study's tables can read the package's.
func (b *Builder) In(name string) (string, error) {
	path, ok := b.files[Packaged(name)]
	if !ok {
		return "", fmt.Errorf("%s is not in the package", name)
	}
	return path, nil
}

// Figure returns the picture and the values of a figure that the package has; nil
// where it has none.
func (b *Builder) Figure(name string) (svg, values []byte, err error) {
	path, ok := b.files["figures/"+name+".svg"]
	if !ok {
		return nil, nil, nil
	}
	if svg, err = os.ReadFile(path); err == nil {
		values, err = os.ReadFile(b.files["figures/"+name+".csv"])
	}
	return svg, values, err
}

// Packaged is the name in a package of a table of a study, such as
// normalized/accounts.parquet.
func Packaged(name string) string { return "data/" + filepath.Base(name) }

// names returns the files of the package so far, sorted.
func (b *Builder) names() []string {
	var names []string
	for n := range b.files {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func (b *Builder) hash(name string) (sum string, size int64) {
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
func (b *Builder) sums() string {
	var s strings.Builder
	for _, n := range b.names() {
		sum, _ := b.hash(n)
		fmt.Fprintf(&s, "%s  %s\n", sum, n)
	}
	return s.String()
}

// zip writes the same files into one archive under a folder of the study's
// name. Names are sorted and times constant, so that equal files are equal bytes.
func (b *Builder) zip() {
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
		if b.err = b.zipped(z, n); b.err != nil {
			return
		}
	}
	if b.err = z.Close(); b.err == nil {
		b.err = f.Close()
	}
}

func (b *Builder) zipped(z *zip.Writer, name string) error {
	h := &zip.FileHeader{Name: slug(b.st.Name) + "/" + filepath.ToSlash(name), Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)}
	h.SetMode(0o644)
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	in, err := os.Open(b.files[name])
	if err != nil {
		return err
	}
	defer in.Close()
	_, err = io.Copy(w, in)
	return err
}
