// Package normalize turns raw files and accounts.csv into the tables that
// everything else reads. Nothing is dropped without a trace: every record of
// every file is kept, merged with an equal one, filtered or rejected, and
// counted in the sources table.
package normalize

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// Version of the stage; raised when the same raw files would give other rows.
const Version = 1

// Versions of the adapters, for staleness.
func Versions() map[string]int {
	v := map[string]int{"normalize": Version}
	for _, a := range adapters.All {
		v["adapter "+a.Name] = a.Version
	}
	return v
}

// Tables are the normalized tables, each sorted by its key.
type Tables struct {
	Accounts  []datasets.Account
	Snapshots []datasets.AccountSnapshot
	Windows   []datasets.AccountWindow
	Published []datasets.PublishedValue
	Rejects   []datasets.Reject
	Sources   []datasets.Source
}

// origin is a row and where it came from.
type origin[R any] struct {
	file string
	line int64
	row  R
}

// collected is what was read so far.
type collected struct {
	snapshots []origin[datasets.AccountSnapshot]
	windows   []origin[datasets.AccountWindow]
	published []origin[datasets.PublishedValue]
	rejects   []datasets.Reject
	sources   []datasets.Source
}

// Run reads the raw files of the study and returns the normalized tables. An
// unreadable file, a wrong header, a value that does not parse and two
// different rows with the same key are errors: what people fill in by hand is
// theirs to mend. Rows of accounts that accounts.csv does not name are rejected.
func Run(ctx context.Context, st *study.Study, files *pipeline.IO) (*Tables, error) {
	path, err := files.In("accounts.csv")
	if err != nil {
		return nil, err
	}
	reg, err := readAccounts(path)
	if err != nil {
		return nil, err
	}
	var t collected
	for _, src := range st.Sources {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		path, err := files.In(src.File)
		if err != nil {
			return nil, err
		}
		if err := t.read(src, path, reg); err != nil {
			return nil, fmt.Errorf("%s:%w", src.File, err)
		}
	}
	snapshots, err := settle(&datasets.AccountSnapshots, t.snapshots, t.sources)
	if err != nil {
		return nil, err
	}
	windows, err := settle(&datasets.AccountWindows, t.windows, t.sources)
	if err != nil {
		return nil, err
	}
	published, err := settle(&datasets.Published, t.published, t.sources)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(t.rejects, func(a, b datasets.Reject) int { return datasets.Rejects.Compare(&a, &b) })
	slices.SortFunc(t.sources, func(a, b datasets.Source) int { return datasets.Sources.Compare(&a, &b) })

	out := &Tables{Accounts: reg.accounts, Snapshots: snapshots, Windows: windows, Published: published, Rejects: t.rejects, Sources: t.sources}
	summarize(st, files, out)
	return out, nil
}

// read adds the rows of one raw file.
func (t *collected) read(src study.Source, path string, reg *registry) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf(" cannot be read: %w; check its permissions", pathless(err))
	}
	defer f.Close()
	sum := sha256.New()
	body := io.TeeReader(f, sum)
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(body, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf(" cannot be read: %w", pathless(err))
	}
	head = head[:n]
	adapter, err := choose(src, head)
	if err != nil {
		return err
	}

	var (
		batch  adapters.Batch
		decode adapters.Decoder
		count  = datasets.Source{ID: src.ID, File: src.File, Table: src.Table, Adapter: adapter.Name, Title: src.Title, Cite: some(src.Cite), URL: some(src.URL), Licence: some(src.Licence)}
	)
	adapter.Split(io.MultiReader(strings.NewReader(string(head)), body), func(rec adapters.Record, e error) bool {
		if err = e; err != nil {
			return false
		}
		if decode == nil {
			decode, err = adapter.New(rec.Cells)
			return err == nil
		}
		count.Records++
		err = decode(rec, &batch)
		return err == nil
	})
	if err != nil {
		return err
	}
	if decode == nil {
		return &adapters.RecordError{Line: 1, Field: "header", Want: "the file is empty; put it back, or take its source out of study.toml"}
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return fmt.Errorf(" cannot be read: %w", pathless(err))
	}
	count.SHA256 = hex.EncodeToString(sum.Sum(nil))

	for _, r := range batch.Published {
		if err := ownSource(&r.Row.Source, src, r.Line); err != nil {
			return err
		}
		t.published = append(t.published, origin[datasets.PublishedValue]{src.File, r.Line, r.Row})
	}
	for _, r := range batch.Snapshots {
		if err := ownSource(&r.Row.Source, src, r.Line); err != nil {
			return err
		}
		a, ok := reg.lookup(r.Ref, r.Row.ObservedAt.Day())
		if !ok {
			t.unknown(src.File, r.Line, r.Ref, &count)
			continue
		}
		r.Row.AccountID = a.AccountID
		t.snapshots = append(t.snapshots, origin[datasets.AccountSnapshot]{src.File, r.Line, r.Row})
	}
	for _, r := range batch.Windows {
		if err := ownSource(&r.Row.Source, src, r.Line); err != nil {
			return err
		}
		a, ok := reg.lookup(r.Ref, r.Row.WindowFrom)
		if !ok {
			t.unknown(src.File, r.Line, r.Ref, &count)
			continue
		}
		r.Row.AccountID = a.AccountID
		t.windows = append(t.windows, origin[datasets.AccountWindow]{src.File, r.Line, r.Row})
	}
	count.Kept = count.Records - count.Rejected
	t.sources = append(t.sources, count)
	return nil
}

func some(s string) datasets.Opt[string] {
	if s == "" {
		return datasets.None[string]()
	}
	return datasets.Some(s)
}

// choose finds the adapter that makes the table that study.toml says.
func choose(src study.Source, head []byte) (*adapters.Adapter, error) {
	for i := range adapters.All {
		if a := &adapters.All[i]; a.Table == src.Table && a.Detect(head, filepath.Base(src.File)) {
			return a, nil
		}
	}
	for i := range adapters.All {
		if a := &adapters.All[i]; a.Table == src.Table {
			// Its own header check says which column is missing.
			return a, nil
		}
	}
	return nil, fmt.Errorf("1: no adapter makes the table %s", src.Table)
}

// ownSource fills in or checks the source column of a row.
func ownSource(source *string, src study.Source, line int64) error {
	if *source == "" {
		*source = src.ID
	}
	if *source != src.ID {
		return &adapters.RecordError{Line: line, Field: "source", Found: *source, Want: fmt.Sprintf("study.toml calls this file's source %q", src.ID)}
	}
	return nil
}

func (t *collected) unknown(file string, line int64, ref adapters.Ref, count *datasets.Source) {
	count.Rejected++
	t.rejects = append(t.rejects, datasets.Reject{File: file, Record: line, Field: datasets.Some("account"), Reason: "unknown account", Excerpt: datasets.Some(ref.String())})
}

// settle sorts rows by key and merges equal ones. Two different rows with the
// same key are an error that names both places.
func settle[R comparable](t *datasets.Table[R], rows []origin[R], sources []datasets.Source) ([]R, error) {
	slices.SortStableFunc(rows, func(a, b origin[R]) int { return t.Compare(&a.row, &b.row) })
	var out []R
	for i, r := range rows {
		if i == 0 || t.Compare(&rows[i-1].row, &r.row) != 0 {
			out = append(out, r.row)
			continue
		}
		prev := rows[i-1]
		if prev.row != r.row {
			return nil, fmt.Errorf("%s:%d: %s: the same key as %s:%d with other values; keep one, or tell them apart",
				r.file, r.line, strings.Join(t.Key, ", "), prev.file, prev.line)
		}
		for j := range sources {
			if sources[j].File == r.file {
				sources[j].Kept--
				sources[j].Merged++
			}
		}
	}
	return out, nil
}

func pathless(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
