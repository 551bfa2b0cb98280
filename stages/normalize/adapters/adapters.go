// Package adapters is the shelf of collector formats: one file a format. An
// adapter says how a raw file falls into records and how one record becomes
// rows; it knows nothing of accounts.csv, of other files or of the study.
package adapters

import (
	"fmt"
	"io"

	"diplometrics/datasets"
)

// Adapter reads one format.
type Adapter struct {
	Name    string // what study.toml and the sources table call it
	Doc     string // what the format is, and what it cannot tell
	Table   string // table that its rows are
	Version int    // raised whenever the same file would give other rows

	// Detect tells from the first bytes of a file and its name whether the
	// format is this one.
	Detect func(head []byte, name string) bool
	// Split cuts the file into records, in order, until yield returns false.
	// A *RecordError goes on with the next record; any other error ends it.
	Split func(r io.Reader, yield func(Record, error) bool)
	// New prepares a decoder for the records that follow the header, which is
	// nil for formats without one.
	New func(header []string) (Decoder, error)
}

// Decoder turns one record into rows of the batch. A *RecordError tells which
// field is wrong; the batch is then unchanged.
type Decoder func(rec Record, into *Batch) error

// Record is one raw record.
type Record struct {
	Line  int64    // line on which it starts, from 1
	Cells []string // cells of a delimited format; the header record has Line of its own and comes first
}

// Ref names an account as a raw file does: by id, by handle, or by both.
type Ref struct {
	Platform, ID, Handle string
}

// String is how messages and rejects show the reference.
func (r Ref) String() string {
	switch {
	case r.ID != "" && r.Handle != "":
		return fmt.Sprintf("%s %s (@%s)", r.Platform, r.ID, r.Handle)
	case r.ID != "":
		return r.Platform + " " + r.ID
	}
	return r.Platform + " @" + r.Handle
}

// Row is a decoded row with the account that it names and where it stood. The
// account id of the row itself is empty until normalize has looked it up.
type Row[R any] struct {
	Ref  Ref
	Line int64
	Row  R
}

// Batch collects decoded rows.
type Batch struct {
	Published []Row[datasets.PublishedValue] // Ref is empty
	Snapshots []Row[datasets.AccountSnapshot]
	Windows   []Row[datasets.AccountWindow]
}

// All lists the adapters, in the order in which they are tried.
var All = []Adapter{
	AccountSnapshotsCSV,
	AccountWindowsCSV,
	PublishedCSV,
}

// RecordError tells what is wrong with one record.
type RecordError struct {
	Line  int64
	Field string // "" where the whole record is wrong
	Found string // what stands there, shortened
	Want  string // what was expected, or what to do
}

// Error is the message without the file, which the caller knows.
func (e *RecordError) Error() string {
	where := fmt.Sprintf("%d: ", e.Line)
	if e.Field != "" {
		where += e.Field + ": "
	}
	if e.Found == "" {
		return where + "empty; " + e.Want
	}
	return fmt.Sprintf("%sfound %q; %s", where, shorten(e.Found, 80), e.Want)
}

func shorten(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
