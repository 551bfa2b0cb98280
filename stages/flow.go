package stages

import (
	"context"
	"iter"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/plots"
	"diplometrics/stages/audit"
	"diplometrics/stages/audit/rules"
	"diplometrics/stages/normalize"
	"diplometrics/stages/render"
	"diplometrics/stages/study"
	"diplometrics/stages/tabulate"
)

// flow binds the stages to the files of one study. Stages themselves take rows
// and return rows.
type flow struct {
	st      *study.Study
	verify  Verify
	options PackageOptions
	key     key

	followers sharedFollowers
}

type simulated struct {
	Simulated bool `json:"simulated"`
}

func (f *flow) simulated() simulated { return simulated{f.st.Simulated} }

// files writes the tables of a unit and has them read back.
func (f *flow) files(io *pipeline.IO) *normalize.Files {
	return &normalize.Files{IO: io, Options: datasets.WriteOptions{Simulated: f.st.Simulated}, Verify: f.verify}
}

func (f *flow) audit(ctx context.Context, io *pipeline.IO) error {
	r := reader{io: io}
	var claims []rules.Claim
	if path, err := io.In("claims.csv"); err == nil {
		if claims, err = audit.ReadClaims(path); err != nil {
			return err
		}
	}
	accounts := read(ctx, &r, &datasets.Accounts, "normalized")
	windows, published := read(ctx, &r, &datasets.AccountWindows, "normalized"), read(ctx, &r, &datasets.Published, "normalized")
	if r.err != nil {
		return r.err
	}
	rows, err := audit.Run(windows, published, accounts, claims)
	if err != nil {
		return err
	}
	verdicts := map[string]int{}
	for _, row := range rows {
		verdicts[row.Verdict]++
	}
	io.Note("audit: %d checks: %d consistent, %d inconsistent, %d not testable, %d not applicable", len(rows),
		verdicts[datasets.Consistent], verdicts[datasets.Inconsistent], verdicts[datasets.NotTestable], verdicts[datasets.NotApplicable])
	w := f.files(io)
	normalize.Put(w, &datasets.Audit, "metrics/"+datasets.Audit.Name+".parquet", rows)
	return w.Close(ctx)
}

// load reads the tables of a figure into the form that figures take.
func load(ctx context.Context, in inputs, fig plots.Figure) (*plots.Data, error) {
	r := reader{io: in}
	tables := fig.Tables
	d := &plots.Data{}
	d.Accounts = wanted(ctx, &r, &datasets.Accounts, "normalized", tables)
	if slices.Contains(tables, datasets.AccountSnapshots.Name) {
		d.Followers = followersSeen(ctx, &r)
	}
	d.Windows = wanted(ctx, &r, &datasets.AccountWindows, "normalized", tables)
	d.Published = wanted(ctx, &r, &datasets.Published, "normalized", tables)
	d.Sources = wanted(ctx, &r, &datasets.Sources, "normalized", tables)
	d.Values = values(ctx, &r, fig.Metrics)
	d.Estimates = wanted(ctx, &r, &datasets.Estimates, "metrics", tables)
	d.Comparisons = wanted(ctx, &r, &datasets.Comparisons, "metrics", tables)
	d.Audit = wanted(ctx, &r, &datasets.Audit, "metrics", tables)
	d.Sensitivity = wanted(ctx, &r, &datasets.Sensitivity, "metrics", tables)
	d.Shrunken = wanted(ctx, &r, &datasets.ShrunkenValues, "metrics", tables)
	d.Reconcile = wanted(ctx, &r, &datasets.Reconcile, "metrics", tables)
	d.AccountCurves = wanted(ctx, &r, &datasets.AccountCurves, "metrics", tables)
	d.Curves = wanted(ctx, &r, &datasets.Curves, "metrics", tables)
	return d, r.err
}

// values reads the values of metrics: of the many of a study of posts, those of
// weeks and of other metrics are not held.
func values(ctx context.Context, r *reader, names []string) (out []datasets.Value) {
	if len(names) == 0 {
		return nil
	}
	kept := recurring{}
	some(ctx, r, &datasets.Values, "metrics", "metric", func(metric string) bool { return slices.Contains(names, metric) }, nil, func(v *datasets.Value) {
		if v.PeriodKind != "week" && slices.Contains(names, v.Metric) {
			out = append(out, kept.value(v))
		}
	})
	return out
}

// followersSeen reads what figures show of the followers of accounts.
func followersSeen(ctx context.Context, r *reader) (f plots.Followers) {
	if r.err != nil {
		return f
	}
	kept := recurring{}
	r.err = each(scanSnapshots(ctx, r.io, plots.FollowerColumns...), func(s *datasets.AccountSnapshot) {
		for _, text := range []*string{&s.Platform, &s.AccountID, &s.ObservedPrecision, &s.Followers.Text.V, &s.Source, &s.Locator.V} {
			kept.once(text)
		}
		f.Add(s)
	})
	return f
}

// recurring holds texts that recur once each: those of a row that is kept would keep
// the memory of its whole batch.
type recurring map[string]string

func (t recurring) once(s *string) {
	kept, ok := t[*s]
	if !ok {
		kept = strings.Clone(*s)
		t[kept] = kept
	}
	*s = kept
}

// value is a value to keep.
func (t recurring) value(v *datasets.Value) datasets.Value {
	for _, s := range []*string{&v.Metric, &v.Part, &v.Platform, &v.AccountID, &v.PeriodKind, &v.Uncertainty, &v.Unit, &v.Flag.V, &v.Source} {
		t.once(s)
	}
	return *v
}

// wanted reads a table if it is among the named ones.
func wanted[R any](ctx context.Context, r *reader, t *datasets.Table[R], folder string, tables []string) []R {
	if !slices.Contains(tables, t.Name) {
		return nil
	}
	return read(ctx, r, t, folder)
}

func (f *flow) render(ctx context.Context, fig plots.Figure, size plots.Size, io *pipeline.IO) error {
	d, err := f.drawn(ctx, fig, size, io)
	if err != nil {
		return err
	}
	return render.Figure(fig, d, io)
}

// drawn is what a figure is drawn from.
func (f *flow) drawn(ctx context.Context, fig plots.Figure, size plots.Size, in inputs) (*plots.Data, error) {
	d, err := load(ctx, in, fig)
	if err != nil {
		return nil, err
	}
	d.Study = plots.Study{Name: f.st.Name, Title: f.st.Title, Countries: f.st.Countries, Simulated: f.st.Simulated, Size: size}
	if f.st.Simulated { // which every page says of itself
		for i := range d.Accounts {
			d.Accounts[i].Organization = strings.TrimSuffix(d.Accounts[i].Organization, study.SimulatedMark)
		}
	}
	return d, nil
}

func (f *flow) tabulate(ctx context.Context, io *pipeline.IO) error {
	return tabulate.Run(ctx, tabulate.Params{Title: f.st.Title, Simulated: f.st.Simulated}, io)
}

// inputs gives the paths of logical names.
type inputs interface {
	In(name string) (string, error)
}

// reader reads tables until the first error.
type reader struct {
	io  inputs
	err error
}

// batches calls f with the rows of a table, of which it reads the named columns. A
// row is valid while f has it.
func batches[R any](ctx context.Context, r *reader, t *datasets.Table[R], folder string, columns []string, f func(*R)) {
	r.each(folder+"/"+t.Name+".parquet", func(path string) error { return each(t.Scan(ctx, path, columns...), f) })
}

// some is batches without the row groups in whose text column has holds of no row.
func some[R any](ctx context.Context, r *reader, t *datasets.Table[R], folder, column string, has func(string) bool, columns []string, f func(*R)) {
	r.each(folder+"/"+t.Name+".parquet", func(path string) error { return each(t.ReadSome(ctx, path, column, has, columns...), f) })
}

// each reads a file with f until the first error.
func (r *reader) each(name string, f func(path string) error) {
	if r.err != nil {
		return
	}
	var path string
	if path, r.err = r.io.In(name); r.err == nil {
		r.err = f(path)
	}
}

func each[R any](rows iter.Seq2[[]R, error], f func(*R)) error {
	for batch, err := range rows {
		if err != nil {
			return err
		}
		for i := range batch {
			f(&batch[i])
		}
	}
	return nil
}

func read[R any](ctx context.Context, r *reader, t *datasets.Table[R], folder string) (rows []R) {
	r.each(folder+"/"+t.Name+".parquet", func(path string) (err error) {
		rows, err = t.ReadAll(ctx, path)
		return err
	})
	return rows
}
