package stages

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/plots"
	"diplometrics/stages/audit/rules"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/report"
	"diplometrics/stages/study"
)

// ReportFile is the logical name of the report.
const ReportFile = "figures/report.html"

// reportParams are what a report says that stands in no table: it is stale when
// one of them changes.
type reportParams struct {
	Study    *study.Study   `json:"study"`
	Released string         `json:"released,omitempty"`
	Program  string         `json:"program"`
	Parts    map[string]int `json:"parts"` // versions of what made its tables
	Docs     string         `json:"docs"`  // SHA-256 of the definitions
}

// reportUnit makes the report from all tables and figures; units are those that
// make these, seen the files of account_snapshots.
func (f *flow) reportUnit(units []pipeline.Unit, seen []string) pipeline.Unit {
	p := f.reportParams(units)
	in := append(append(parquet("normalized", "accounts", "rejects", "sources"), seen...),
		parquet("metrics", "values", "estimates", "comparisons", "sensitivity", "reconcile", "coder_agreement", "audit", "curves")...)
	for _, t := range []string{"estimates", "comparisons", "audit", "reconcile", "rejects", "sources", "curves"} {
		in = append(in, "metrics/"+t+".csv") // which it sends readers to
	}
	for _, fig := range plots.All {
		in = append(in, "figures/"+fig.Name+".svg", "figures/"+fig.Name+".csv")
	}
	own := f.ownFiles()
	return pipeline.Unit{Name: "report", Inputs: append(in, own...), Outputs: []string{ReportFile}, Params: p,
		Versions: map[string]int{"report": report.Version}, Run: func(ctx context.Context, io *pipeline.IO) error { return f.report(ctx, io, &p, own) }}
}

func (f *flow) reportParams(units []pipeline.Unit) reportParams {
	p := reportParams{Study: f.st, Program: program(), Parts: map[string]int{}, Docs: docsSum()}
	for _, u := range units {
		maps.Copy(p.Parts, u.Versions)
	}
	if f.st.Released.OK {
		p.Released = f.st.Released.V.String()
	}
	return p
}

// docsSum is a sum over all definitions that a report prints.
func docsSum() string {
	all := []any{methods(), datasets.Codebook()}
	for _, fig := range plots.All {
		all = append(all, fig.Name, fig.Doc)
	}
	text, _ := json.Marshal(all) // texts always encode
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// ownFiles are the files that people write into a study, beside study.toml and
// the raw files.
func (f *flow) ownFiles() []string {
	return append([]string{f.st.Accounts}, f.has("claims.csv", topicsFile, eventsFile, holidaysFile, codedFile)...)
}

// program is the version of this program and, where it is known, the revision
// that it was built from.
func program() string {
	version, revision := "(devel)", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				version = "revision"
				revision = " " + s.Value + revision
			case s.Key == "vcs.modified" && s.Value == "true":
				revision += " (modified)"
			}
		}
	}
	return "diplometrics " + version + revision
}

func (f *flow) report(ctx context.Context, io *pipeline.IO, p *reportParams, own []string) error {
	in, err := f.reportInput(ctx, io)
	if err != nil {
		return err
	}
	r := &reader{io: io}
	if in.Rejects = rejects(ctx, r); r.err != nil {
		return r.err
	}
	if in.Figures, err = figures(io); err != nil {
		return err
	}
	if in.Provenance, err = f.provenance(io, p, own); err != nil {
		return err
	}
	page, err := report.HTML(in)
	if err != nil {
		return err
	}
	path, err := io.Out(ReportFile)
	if err != nil {
		return err
	}
	return os.WriteFile(path, page, 0o644)
}

// reportInput is what a report says of these tables; rejects, figures and
// provenance are left to the caller.
func (f *flow) reportInput(ctx context.Context, tables inputs) (*report.Input, error) {
	r := reader{io: tables}
	return &report.Input{Study: f.reported(), Accounts: read(ctx, &r, &datasets.Accounts, "normalized"), Snapshots: snapshots(ctx, &r),
		Values: windowValues(ctx, &r), Estimates: read(ctx, &r, &datasets.Estimates, "metrics"), Comparisons: read(ctx, &r, &datasets.Comparisons, "metrics"),
		Sensitivity: read(ctx, &r, &datasets.Sensitivity, "metrics"), Audit: read(ctx, &r, &datasets.Audit, "metrics"), Reconcile: read(ctx, &r, &datasets.Reconcile, "metrics"),
		Coders: read(ctx, &r, &datasets.CoderAgreements, "metrics"), Languages: languagesGiven(ctx, &r), Sources: read(ctx, &r, &datasets.Sources, "normalized"),
		Methods: methods(), Codebook: datasets.Codebook(), Place: "metrics"}, r.err
}

// reported is what the report says of the study itself.
func (f *flow) reported() report.Study {
	st := f.st
	s := report.Study{Name: st.Name, Title: st.Title, Description: st.Description, Countries: st.Countries, From: st.From, To: st.To,
		Simulated: st.Simulated, Version: st.Version, Licence: st.Licence}
	for _, a := range st.Authors {
		if a.Name != "" {
			s.Authors = append(s.Authors, a.Name)
			continue
		}
		s.Authors = append(s.Authors, strings.TrimSpace(a.Given+" "+a.Family))
	}
	return s
}

// snapshots counts the snapshots that tell followers.
func snapshots(ctx context.Context, r *reader) report.Snapshots {
	s := report.Snapshots{Accounts: map[[2]string]int{}}
	eachSnapshot(ctx, r, []string{"platform", "account_id", "observed_at", "followers"}, func(row *datasets.AccountSnapshot) {
		if !row.Followers.V.OK {
			return
		}
		day := row.ObservedAt.Day()
		if s.N == 0 {
			s.First, s.Last = day, day
		}
		s.First, s.Last = min(s.First, day), max(s.Last, day)
		s.N++
		k := [2]string{row.Platform, row.AccountID}
		if s.Accounts[k] == 0 { // the text shares memory with the whole batch
			k = [2]string{strings.Clone(row.Platform), strings.Clone(row.AccountID)}
		}
		s.Accounts[k]++
	})
	return s
}

// windowValues reads the values of windows: of the many of weeks and months a
// report tells nothing.
func windowValues(ctx context.Context, r *reader) (out []datasets.Value) {
	kept := recurring{}
	batches(ctx, r, &datasets.Values, "metrics", nil, func(v *datasets.Value) {
		if v.PeriodKind == metrics.Whole {
			out = append(out, kept.value(v))
		}
	})
	return out
}

// languagesGiven reads what platforms and texts say of the languages of posts.
func languagesGiven(ctx context.Context, r *reader) (out []datasets.Curve) {
	batches(ctx, r, &datasets.Curves, "metrics", nil, func(c *datasets.Curve) {
		if c.Curve == datasets.LanguagesGiven {
			out = append(out, *c)
		}
	})
	return out
}

// rejects counts the records that could not be used by file, field and reason,
// in that order.
func rejects(ctx context.Context, r *reader) (out []report.Reject) {
	n := map[report.Reject]int{}
	batches(ctx, r, &datasets.Rejects, "normalized", []string{"file", "field", "reason"}, func(row *datasets.Reject) {
		n[report.Reject{File: row.File, Field: row.Field.V, Reason: adapters.Reason(row.Reason)}]++
	})
	for k, count := range n {
		k.N = count
		out = append(out, k)
	}
	slices.SortFunc(out, func(a, b report.Reject) int {
		return strings.Compare(a.File+"\x00"+a.Field+"\x00"+a.Reason, b.File+"\x00"+b.Field+"\x00"+b.Reason)
	})
	return out
}

// figures reads what render wrote.
func figures(io *pipeline.IO) (out []report.Figure, err error) {
	for _, fig := range plots.All {
		f := report.Figure{Name: fig.Name, Doc: fig.Doc}
		for ending, into := range map[string]*[]byte{".svg": &f.SVG, ".csv": &f.CSV} {
			path, err := io.In("figures/" + fig.Name + ending)
			if errors.Is(err, pipeline.ErrSkipped) {
				_, why, _ := strings.Cut(err.Error(), " was not written: ")
				f.LeftOut = why
				continue
			}
			if err == nil {
				*into, err = os.ReadFile(path)
			}
			if err != nil {
				return nil, err
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// provenance is what the report is made of.
func (f *flow) provenance(io *pipeline.IO, p *reportParams, own []string) (report.Provenance, error) {
	st := f.st
	out := report.Provenance{Program: p.Program, Versions: p.Parts, Coverage: stated(st)}
	add := func(name, format string, args ...any) {
		out.Parameters = append(out.Parameters, report.Pair{Name: name, Value: fmt.Sprintf(format, args...)})
	}
	add("title", "%s", st.Title)
	if st.Version != "" {
		add("version", "%s", st.Version)
	}
	if p.Released != "" {
		add("released", "%s", p.Released)
	}
	add("countries", "%s", strings.Join(st.Countries, ", "))
	add("window", "%s, %s (the day after the last)", st.From, st.To)
	add("seed", "%d", st.Seed)
	add("simulated", "%t", st.Simulated)
	add("max_reject_share", "%g", st.MaxReject)
	for _, c := range slices.Sorted(maps.Keys(st.Zones)) {
		add("zones."+c, "%s", st.Zones[c])
	}
	for _, c := range slices.Sorted(maps.Keys(st.Interactions)) {
		add("interactions."+c, "%s", strings.Join(st.Interactions[c], ", "))
	}
	for _, name := range own {
		path, err := io.In(name)
		if err != nil {
			return out, err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return out, err
		}
		sum := sha256.Sum256(b)
		out.Inputs = append(out.Inputs, report.InputFile{Name: filepath.ToSlash(name), SHA256: hex.EncodeToString(sum[:])})
	}
	return out, nil
}

// stated is what study.toml says that the sources of posts cover.
func stated(st *study.Study) (out []report.Coverage) {
	day := func(d datasets.Opt[datasets.Day]) string {
		if !d.OK {
			return ""
		}
		return d.V.String()
	}
	for _, s := range coverage(st) {
		for _, c := range append([]study.Coverage{s.Coverage}, s.Accounts...) {
			complete := c.Completeness
			if complete == "" {
				complete = "not stated"
			}
			if c.Inferred {
				complete += ", inferred"
			}
			account := strings.TrimSpace(c.Platform + " " + c.Account + c.Handle)
			if account == "" {
				account = "all"
			}
			out = append(out, report.Coverage{Source: s.ID, Account: account, From: day(c.From), To: day(c.To), Completeness: complete})
		}
	}
	return out
}

// methods are the definitions of the shelves, for the methods section.
func methods() report.Methods {
	m := report.Methods{Conventions: metrics.Conventions}
	for _, d := range Docs {
		m.Stages = append(m.Stages, report.Entry{Name: d.Name, Doc: d.Doc})
	}
	for _, d := range metrics.All {
		e := report.Entry{Name: d.Name, Unit: d.Unit, Formula: d.Formula, Doc: d.Doc, Source: d.Source}
		for _, p := range d.Parts {
			e.Parts = append(e.Parts, report.Part{Name: p.Name, Unit: p.Unit, Doc: p.Doc})
		}
		m.Metrics = append(m.Metrics, e)
	}
	for _, r := range rules.All {
		m.Rules = append(m.Rules, report.Entry{Name: r.Name, Doc: r.Doc, Source: r.Source})
	}
	return m
}
