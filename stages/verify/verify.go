// Package verify checks a package that somebody received: hashes, description,
// schemas, keys, references, ranges, and that CSV and Parquet and both Parquet
// libraries tell the same. It trusts nothing in the package: what it reads is
// bounded (limits.go), Parquet and CSV are read by a child process that may die,
// and nothing is written but in a scratch folder that is removed at the end.
package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Options are what a caller decides.
type Options struct {
	// Exe is the program that runs ReadMain, with its arguments: the child
	// process in which tables are read.
	Exe []string

	// Recompute computes again what the package says was computed, and returns
	// where it differs. It is called once all checks of tables passed, so that
	// both libraries have read every table whole and the readers of package
	// datasets can. What it compared and what it could not it tells by p.Say,
	// p.Checked and p.Skip. An error ends the check.
	// Nil: nothing is computed again, and the report says so.
	Recompute func(ctx context.Context, p *Package) ([]Finding, error)

	tableTime time.Duration // for one table; 0 for the constant
}

// Package is a package that is being checked.
type Package struct {
	Dir       string      // absolute path of the folder: read it, never write to it
	Name      string      // as datapackage.json says, like the next four
	Version   string      // "" where there is none
	Simulated bool        // whether it says that no number in it was observed
	Tables    []TableInfo // in the order of datapackage.json
	Files     []File      // every file, sorted by path

	root    *os.Root
	desc    *description
	hashes  map[string]string // of the files that SHA256SUMS lists
	checked map[string]bool   // files of which more than the hash was checked
	report  *Report
}

// TableInfo is one table of the package.
type TableInfo struct {
	Name    string // file name without ending; the path where another table has the name
	Parquet string // path inside the package
	CSV     string // likewise; "" where there is none
	Rows    int64
	Known   bool // whether it is one of package datasets, in this version
}

// Path returns where a table's Parquet file lies, and whether the package has
// the table and this program knows its columns.
func (p *Package) Path(table string) (string, bool) {
	for _, t := range p.Tables {
		if t.Name == table {
			return filepath.Join(p.Dir, filepath.FromSlash(t.Parquet)), t.Known
		}
	}
	return "", false
}

// Say adds a line to the report: what a check compared, and how much of it.
func (p *Package) Say(check, what string) { p.check(check).done = what }

// Checked says that more of a file than its hash was checked.
func (p *Package) Checked(path string) { p.checked[path] = true }

// Read returns a file of the package, and refuses one of more than so many bytes.
func (p *Package) Read(ctx context.Context, path string, most int64) ([]byte, error) {
	return readAll(ctx, p.root, path, most)
}

// Skip adds to what was not checked, and why.
func (p *Package) Skip(what, why string) {
	p.report.NotChecked = append(p.report.NotChecked, Gap{what, why})
}

// Run checks the package in a folder or in a zip. The report says what was
// checked, what differs and what was not checked; it is there with a
// *RefusedError too, as far as the work went. Other errors are about this
// machine: a path that is not there, an interrupt.
func Run(ctx context.Context, path string, o Options) (*Report, error) {
	r := &Report{Path: path}
	err := run(ctx, path, o, r)
	var refused *RefusedError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &refused):
		r.Refused = refused
		r.tellUnreached()
		return r, err
	case err != nil:
		return nil, err
	}
	return r, nil
}

func run(ctx context.Context, path string, o Options, r *Report) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	dir, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		if !info.Mode().IsRegular() {
			return refuse("", "found %s, expected the folder or the zip of a package", kindOf(info.Mode()))
		}
		scratch, err := os.MkdirTemp("", "diplometrics-verify-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(scratch)
		if dir, err = unzipTo(ctx, dir, scratch); err != nil {
			return err
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	p := &Package{Dir: dir, root: root, hashes: map[string]string{}, checked: map[string]bool{}, report: r}
	return p.run(ctx, o)
}

// unzipTo unpacks a zip into scratch and returns the folder of the package: the
// only folder at the top, where all files lie in one.
func unzipTo(ctx context.Context, path, scratch string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", err
	}
	root, err := os.OpenRoot(scratch)
	if err != nil {
		return "", err
	}
	defer root.Close()
	if err := unzip(ctx, f, info.Size(), root); err != nil {
		return "", err
	}
	top, err := os.ReadDir(scratch)
	if err == nil && len(top) == 1 && top[0].IsDir() {
		return filepath.Join(scratch, top[0].Name()), nil
	}
	return scratch, err
}

func (p *Package) run(ctx context.Context, o Options) error {
	for _, name := range checks { // in the order of the report
		p.check(name)
	}
	files, err := walk(ctx, p.root)
	if err != nil {
		return err
	}
	p.Files = files
	sums, err := readSums(ctx, p.root)
	if errors.Is(err, os.ErrNotExist) {
		return refuse("", "found no SHA256SUMS in it; give the folder package/ or the package.zip of a study")
	}
	if err != nil {
		return err
	}
	if err := p.checkFiles(ctx, sums); err != nil {
		return err
	}
	if err := p.describe(ctx); err != nil {
		return err
	}
	if err := p.checkTables(ctx, o); err != nil {
		return err
	}
	defer p.tellGaps()
	switch {
	case o.Recompute == nil:
		p.Skip("estimates, comparisons and figures", "this program does not compute them again")
	case p.tablesFailed():
		p.Skip("estimates, comparisons and figures", "not computed again from tables that are not as they should be")
	default:
		found, err := o.Recompute(ctx, p)
		if err != nil {
			return fmt.Errorf("compute again: %w", err)
		}
		for _, f := range found {
			p.check(f.Check).fail(f)
		}
	}
	return nil
}
