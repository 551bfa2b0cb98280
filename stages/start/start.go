// Package start makes a study of a folder of collected files: a study.toml that
// names them and an accounts.csv with the accounts in them, ready for a
// researcher to fill in what no file says.
package start

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"diplometrics/datasets"
	"diplometrics/stages/inspect"
	"diplometrics/stages/normalize/adapters"
)

// Proposal is a study as its files suggest it.
type Proposal struct {
	Files    []File    // sorted by path
	Accounts []Account // sorted by platform, the most frequent first
	Outside  []string  // files beside raw/, which are not looked at
}

// File is one file of the folder.
type File struct {
	Path    string          // slash-separated, below the folder
	Pattern string          // that names many files together, as study.toml writes it; "" for one file
	Report  *inspect.Report // nil where the file cannot be opened
	Why     string          // why it is left out; "" where it becomes a source
	Needs   string          // setting that study.toml has to give before it can be read; Report is then as if it had
	table   *table          // how it is read where no adapter knows it
}

// Study reads every file below dir/raw, or below dir where it has no raw, and
// writes dir/study.toml and dir/accounts.csv. A study.toml that is there is an
// error; an accounts.csv or accounts.xlsx that is there stays as it is. Hidden files are passed
// over. What was done, and what is left to do, goes to w.
func Study(ctx context.Context, dir string, w io.Writer) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s: is a file; name the folder that it lies in, which becomes the study", dir)
	}
	if _, err := os.Stat(filepath.Join(dir, "study.toml")); err == nil {
		return fmt.Errorf("%s: there is a study.toml already; remove it to start anew", dir)
	}
	p, err := Propose(ctx, dir)
	if err != nil {
		return err
	}
	kept := ""
	if _, err := os.Stat(filepath.Join(dir, "accounts.xlsx")); err == nil {
		kept = "accounts.xlsx"
	} else if err := create(filepath.Join(dir, "accounts.csv"), p.accountsCSV()); errors.Is(err, fs.ErrExist) {
		kept = "accounts.csv"
	} else if err != nil {
		return err
	}
	if err := create(filepath.Join(dir, "study.toml"), p.studyTOML()); err != nil {
		return err
	}
	p.next(w, dir, kept)
	return nil
}

// Propose reads the files of a folder.
func Propose(ctx context.Context, dir string) (*Proposal, error) {
	p := &Proposal{}
	paths, err := p.find(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range paths {
		f := File{Path: name}
		if err := f.read(ctx, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			return nil, err
		}
		p.Files = append(p.Files, f)
	}
	p.Accounts = accounts(p.Files)
	return p, nil
}

// read inspects the file. One that lacks only what study.toml can say is read as
// if it had said so, to find its accounts, and is left out until it does.
func (f *File) read(ctx context.Context, path string) error {
	var err error
	f.Report, err = inspect.Read(ctx, path, inspect.Options{})
	if err != nil {
		f.Why = strings.TrimPrefix(err.Error(), path+": ")
		return ctx.Err()
	}
	if f.Why = why(f.Path, f.Report); f.Why == "" || f.Report.Kept > 0 {
		return nil
	}
	if f.Report.Adapter == "" {
		return f.readTable(ctx, path)
	}
	var zone, observed inspect.Options
	zone.File.Zone = time.UTC
	observed.File.Observed = datasets.Some(datasets.Micros(0))
	for _, try := range []struct {
		o     inspect.Options
		needs string
	}{{zone, "zone = \"Asia/Almaty\""}, {observed, "observed_at = \"2024-01-31\""}} {
		r, err := inspect.Read(ctx, path, try.o)
		if err != nil {
			return ctx.Err()
		}
		if why(f.Path, r) == "" {
			if try.o.File.Observed.OK {
				r.Observed, r.Shown = inspect.Span{}, inspect.Span{}
			}
			f.Report, f.Needs = r, try.needs
			return nil
		}
	}
	return nil
}

// readTable reads a file that no adapter knows as a sheet of followers, where it
// looks like one. What had to be assumed
// leaves it out until somebody checks it.
func (f *File) readTable(ctx context.Context, path string) error {
	in, err := adapters.Open(path, "", "")
	if err != nil {
		return nil // why not is known
	}
	t := tableOf(in.Head, f.Path)
	if in.Close(); t == nil {
		return nil
	}
	o := inspect.Options{Mapping: t.mapping, File: adapters.File{Platform: t.platform, Zone: time.UTC}}
	r, err := inspect.Read(ctx, path, o)
	if err != nil {
		return ctx.Err()
	}
	if why(f.Path, r) != "" {
		return nil
	}
	f.Report, f.table, f.Why = r, t, ""
	if n := len(r.Rejected); n > 0 {
		t.unsure = append(t.unsure, fmt.Sprintf("what to do with rows such as line %d (%s)", r.Rejected[0].First.Line, r.Rejected[0].Name))
	}
	if len(t.unsure) > 0 {
		f.Why = "a table that no adapter knows; how it may be read is proposed in study.toml, but nothing says " + strings.Join(t.unsure, ", nor ")
	}
	return nil
}

// why says why a file is left out, or "".
func why(name string, r *inspect.Report) string {
	switch {
	case r.Refused != "":
		return r.Refused
	case strings.Contains(name, `\`) || strings.Contains(name, "..") || !utf8.ValidString(name):
		return `study.toml cannot name it; rename it without \ and without two dots in a row`
	case strings.ContainsFunc(name, unicode.IsControl):
		return "study.toml cannot name it; rename it without line breaks and other control characters"
	case len(r.Sources) > 1:
		return fmt.Sprintf("its rows name several sources (%s); one file is one source: leave the column out, or make several files", few(r.Sources))
	case r.Kept > 0:
		return ""
	case len(r.Rejected) > 0:
		return fmt.Sprintf("no record of it can be used: %s (%d)", r.Rejected[0].Name, r.Rejected[0].N)
	case len(r.Filtered) > 0:
		return fmt.Sprintf("nothing of it is kept: %s (%d)", r.Filtered[0].Name, r.Filtered[0].N)
	}
	return "it holds no record"
}

// find lists the files of the folder, sorted.
func (p *Proposal) find(dir string) ([]string, error) {
	top := "."
	if info, err := os.Stat(filepath.Join(dir, "raw")); err == nil && info.IsDir() {
		top = "raw"
	}
	var paths []string
	err := fs.WalkDir(os.DirFS(dir), top, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case name != "." && (strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "~$")):
			if d.IsDir() {
				return fs.SkipDir
			}
		case !d.IsDir() && name != "accounts.csv" && name != "accounts.xlsx":
			paths = append(paths, name)
		}
		return nil
	})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such folder; make it, and put what you collected into %s", dir, filepath.Join(dir, "raw"))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", dir, err)
	case len(paths) == 0:
		return nil, fmt.Errorf("%s: there are no files in it; put what you collected there", filepath.Join(dir, top))
	}
	if top == "raw" {
		beside, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, d := range beside {
			if !d.IsDir() && !strings.HasPrefix(d.Name(), ".") && d.Name() != "accounts.csv" && d.Name() != "accounts.xlsx" {
				p.Outside = append(p.Outside, d.Name())
			}
		}
	}
	return paths, nil
}

// create writes a file that is not there yet.
func create(file string, content []byte) error {
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

// span is the time over which the files hold anything: days from the first to
// the day after the last, absent where nothing is dated.
func (p *Proposal) span() (from, to datasets.Opt[datasets.Day]) {
	var all inspect.Span
	for _, f := range p.Files {
		if !f.usable() {
			continue
		}
		spans := []inspect.Span{f.Report.Created, f.Report.Windows}
		if f.Report.Posts == 0 {
			spans = append(spans, f.Report.Shown)
		}
		for _, s := range spans {
			if s.First.OK {
				all.Include(s.First.V)
				all.Include(s.Last.V)
			}
		}
	}
	if !all.First.OK {
		return from, to
	}
	return datasets.Some(all.First.V.Day()), datasets.Some(all.Last.V.Day() + 1)
}

// next says what was written and what the researcher does now.
func (p *Proposal) next(w io.Writer, dir, kept string) {
	for _, f := range together(p.Files) {
		if f.Why != "" {
			fmt.Fprintf(w, "%s\n  left out: %s\n", oneLine(f.Path), f.Why)
			continue
		}
		fmt.Fprintf(w, "%s\n  %s: %s\n", f.Path, f.format(), f.Report.Summary())
	}
	for _, name := range p.Outside {
		fmt.Fprintf(w, "%s\n  not looked at: only what lies in raw/ is\n", name)
	}
	fmt.Fprintf(w, "\nWritten: %s", filepath.Join(dir, "study.toml"))
	if kept != "" {
		fmt.Fprintf(w, ". %s was there and stays as it is.\n", filepath.Join(dir, kept))
	} else {
		fmt.Fprintf(w, " and %s with the accounts seen: %d.\n", filepath.Join(dir, "accounts.csv"), len(p.Accounts))
	}
	fmt.Fprintf(w, "\nNext:\n")
	step := 0
	todo := func(format string, args ...any) {
		step++
		fmt.Fprintf(w, "  %d. %s\n", step, fmt.Sprintf(format, args...))
	}
	registry := cmp.Or(kept, "accounts.csv")
	todo("%s: give each account its country (such as KAZ) and organization, and delete the accounts that you do not study; one without a country is an international body, which is never compared. The same organization joins its accounts on several platforms.", registry)
	for _, note := range p.unsure() {
		todo("%s: %s", registry, note)
	}
	todo("study.toml: fill in countries, titles and what else says FILL IN; check the window and the coverage of each source, which were inferred from the posts.")
	if slices.ContainsFunc(p.Files, func(f File) bool { return f.Why != "" }) {
		todo("study.toml: see at its end why files were left out, and what to do.")
	}
	todo("diplometrics --study %s run", dir)
}

// format is how the file is read.
func (f *File) format() string {
	if f.table != nil {
		return "a table, by the columns in study.toml (check them)"
	}
	return f.Report.Adapter
}

// usable says whether the report holds what the file gives, once study.toml
// says what it lacks.
func (f *File) usable() bool { return f.Why == "" || f.Needs != "" || f.table != nil }

// sourceID is the id that the rows of a file name, or one made of its format:
// ids stand in every table that is shared, and the name of a file can say who
// collected it, where and whom.
func sourceID(f File, used map[string]bool) string {
	if len(f.Report.Sources) > 0 {
		return f.Report.Sources[0]
	}
	id := cmp.Or(f.Report.Adapter, "table")
	one := id
	for n := 2; used[one]; n++ {
		one = fmt.Sprintf("%s_%d", id, n)
	}
	used[one] = true
	return one
}
