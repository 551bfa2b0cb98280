// Package tabulate writes the tables in the forms that people open: CSV, one
// XLSX, and one wide table of accounts by period.
package tabulate

import (
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
	b := &builder{ctx: ctx, files: files}
	var accounts []datasets.Account
	var values []datasets.Value
	load(b, &datasets.Accounts, "normalized", &accounts)
	load(b, &datasets.Values, "metrics", &values)
	b.sheet(accountMonth(accounts, values))
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
	add(b, &datasets.AccountSnapshots, "normalized")
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
	sheets []datasets.Sheet
	err    error
}

func load[R any](b *builder, t *datasets.Table[R], folder string, into *[]R) {
	if b.err != nil {
		return
	}
	var path string
	if path, b.err = b.files.In(folder + "/" + t.Name + ".parquet"); b.err == nil {
		*into, b.err = t.ReadAll(b.ctx, path)
	}
}

// add makes a sheet and a CSV of a table. Each reads the Parquet file by
// batches, so that neither holds the table.
func add[R any](b *builder, t *datasets.Table[R], folder string) {
	if b.err != nil {
		return
	}
	path, err := b.files.In(folder + "/" + t.Name + ".parquet")
	if err != nil {
		b.err = err
		return
	}
	rows := func() iter.Seq2[[]R, error] { return t.Read(b.ctx, path) }
	b.sheets = append(b.sheets, t.Sheet(rows()))
	b.csv(t.Name, func(w io.Writer) error { return t.WriteCSV(w, rows()) })
}

// values makes the CSV of the values, and a sheet without their weeks: those of
// a few hundred accounts are more rows than a sheet can hold.
func (b *builder) values() {
	add(b, &datasets.Values, "metrics")
	if b.err != nil {
		return
	}
	path, err := b.files.In("metrics/values.parquet")
	if err != nil {
		b.err = err
		return
	}
	s := datasets.Values.Sheet(func(yield func([]datasets.Value, error) bool) {
		for batch, err := range datasets.Values.Read(b.ctx, path) {
			batch = slices.DeleteFunc(batch, func(v datasets.Value) bool { return v.PeriodKind == "week" })
			if !yield(batch, err) {
				return
			}
		}
	})
	s.Doc += " Weeks are in values.csv alone."
	b.sheets[len(b.sheets)-1] = s
}

// sheet makes a sheet and a CSV of rows that are no Parquet table.
func (b *builder) sheet(s datasets.Sheet) {
	if b.err != nil {
		return
	}
	b.sheets = append(b.sheets, s)
	b.csv(s.Name, s.WriteCSV)
}

func (b *builder) csv(name string, write func(io.Writer) error) {
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
