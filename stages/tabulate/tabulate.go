// Package tabulate writes the tables in the forms that people open: CSV, one
// XLSX, and one wide table of accounts by period.
package tabulate

import (
	"cmp"
	"context"
	"io"
	"iter"
	"os"
	"slices"

	"diplometrics/datasets"
	"diplometrics/pipeline"
)

// Version of the stage; raised when the same tables would give other files.
const Version = 4

// Params are the settings of the study that the stage uses.
type Params struct {
	Title     string `json:"title"`
	Simulated bool   `json:"simulated"`
	SheetRows int    `json:"-"` // most rows of a sheet; 0 for as many as Excel can hold
}

// csvTables lists the tables that are written as CSV, in the order of the
// sheets of the workbook.
var csvTables = []string{"account_month", "values", "account_periods", "estimates", "comparisons", "sensitivity", "shrunken", "interaction_counts", "account_curves", "curves",
	"reconcile", "coder_agreement", "topic_agreement", "audit", "accounts", "account_snapshots", "account_windows", "published", "sources", "rejects"}

// Outputs returns the files that the stage writes.
func Outputs() []string {
	var out []string
	for _, t := range csvTables {
		out = append(out, "metrics/"+t+".csv")
	}
	return append(out, "metrics/tables.xlsx")
}

// Run writes the files from the Parquet tables.
func Run(ctx context.Context, p Params, files *pipeline.IO) error {
	b := &builder{ctx: ctx, files: files, most: cmp.Or(p.SheetRows, datasets.SheetRows)}
	b.values()
	add(b, &datasets.AccountPeriods, "metrics")
	add(b, &datasets.Estimates, "metrics")
	add(b, &datasets.Comparisons, "metrics")
	add(b, &datasets.Sensitivity, "metrics")
	add(b, &datasets.ShrunkenValues, "metrics")
	add(b, &datasets.InteractionCounts, "metrics")
	add(b, &datasets.AccountCurves, "metrics")
	add(b, &datasets.Curves, "metrics")
	add(b, &datasets.Reconcile, "metrics")
	add(b, &datasets.CoderAgreements, "metrics")
	add(b, &datasets.TopicAgreements, "metrics")
	add(b, &datasets.Audit, "metrics")
	add(b, &datasets.Accounts, "normalized")
	b.snapshots()
	add(b, &datasets.AccountWindows, "normalized")
	add(b, &datasets.Published, "normalized")
	add(b, &datasets.Sources, "normalized")
	add(b, &datasets.Rejects, "normalized")
	if b.err != nil {
		return b.err
	}
	path, err := files.Out("metrics/tables.xlsx")
	if err != nil {
		return err
	}
	title := p.Title
	if p.Simulated {
		title = "SIMULATED: " + title
	}
	return datasets.WriteXLSX(path, title, b.sheets)
}

// builder collects the sheets until the first error.
type builder struct {
	ctx    context.Context
	files  *pipeline.IO
	most   int // rows of a sheet
	sheets []datasets.Sheet
	err    error
}

// in is the path of a table.
func (b *builder) in(folder, table string) (path string) {
	if b.err == nil {
		path, b.err = b.files.In(folder + "/" + table + ".parquet")
	}
	return path
}

// add makes a sheet and a CSV of a table. Each reads the Parquet file by
// batches, so that neither holds the table.
func add[R any](b *builder, t *datasets.Table[R], folder string) {
	path := b.in(folder, t.Name)
	addRows(b, t, t.Read(b.ctx, path))
}

// snapshots makes those of account_snapshots, which lies in partitions.
func (b *builder) snapshots() {
	t := &datasets.AccountSnapshots
	var paths []string
	for _, name := range b.files.Under("normalized/" + t.Name + "/") {
		if b.err != nil {
			return
		}
		var path string
		path, b.err = b.files.In(name)
		paths = append(paths, path)
	}
	addRows(b, t, t.ScanFiles(b.ctx, paths))
}

func addRows[R any](b *builder, t *datasets.Table[R], all iter.Seq2[[]R, error]) {
	rows := 0
	b.csv(t.Name, func(w io.Writer) error {
		return t.WriteCSV(w, func(yield func([]R, error) bool) {
			for batch, err := range all {
				rows += len(batch)
				if !yield(batch, err) {
					return
				}
			}
		})
	})
	b.append(t.Sheet(all), rows)
}

// values makes the CSV of the values, the wide table, and a sheet without their
// weeks: those of a few hundred accounts are more rows than a sheet can hold.
func (b *builder) values() {
	var accounts []datasets.Account
	if path := b.in("normalized", datasets.Accounts.Name); b.err == nil {
		accounts, b.err = datasets.Accounts.ReadAll(b.ctx, path)
	}
	path, long, wide := b.in("metrics", datasets.Values.Name), 0, newWide(accounts)
	b.csv(datasets.Values.Name, func(w io.Writer) error {
		return datasets.Values.WriteCSV(w, func(yield func([]datasets.Value, error) bool) {
			for batch, err := range datasets.Values.Read(b.ctx, path) {
				for i := range batch {
					if v := &batch[i]; v.PeriodKind != "week" {
						wide.add(v)
						long++
					}
				}
				if !yield(batch, err) {
					return
				}
			}
		})
	})
	if b.err != nil {
		return
	}
	s := wide.sheet()
	b.csv(s.Name, s.WriteCSV)
	b.append(s, len(wide.rows))
	s = datasets.Values.Sheet(func(yield func([]datasets.Value, error) bool) {
		for batch, err := range datasets.Values.Read(b.ctx, path) {
			batch = slices.DeleteFunc(batch, func(v datasets.Value) bool { return v.PeriodKind == "week" })
			if !yield(batch, err) {
				return
			}
		}
	})
	s.Doc += " Weeks are in values.csv alone."
	b.append(s, long)
}

// append adds a sheet of so many rows to the workbook; where they are too many it
// is left out, and the codebook and the summary of the run say so.
func (b *builder) append(s datasets.Sheet, rows int) {
	if rows > b.most {
		s = s.Elsewhere(rows, s.Name+".csv")
		b.files.Note("tables.xlsx: without the sheet %s: its %d rows are more than Excel can hold; %s.csv has them", s.Name, rows, s.Name)
	}
	b.sheets = append(b.sheets, s)
}

func (b *builder) csv(name string, write func(io.Writer) error) {
	if b.err != nil {
		return
	}
	path, err := b.files.Out("metrics/" + name + ".csv")
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
	if b.err = write(f); b.err == nil {
		b.err = f.Close()
	}
}
