// Package stages is the data flow of diplometrics on one page: which unit
// reads what and writes what. The engine runs what is stale.
//
//	raw/ + accounts.csv  ->  normalize  ->  normalized/*.parquet, normalized/posts/country_code=/year=/, post_snapshots and account_snapshots likewise
//	                         read: one run a file; loose: posts whose year files tell differently;
//	                         posts, account_snapshots: one partition a country and year; tables, sources
//	normalized/posts     ->  enrich     ->  normalized/post_context/country_code=/year=/, normalized/cross_posts/country_code=/
//	normalized/          ->  measure    ->  metrics/values.parquet, metrics/interaction_counts.parquet, metrics/post_scores/country_code=/
//	normalized/ + claims ->  audit      ->  metrics/audit.parquet     (feeds no estimate)
//	normalized/          ->  reconcile  ->  metrics/reconcile.parquet, metrics/coder_agreement.parquet     (feeds no estimate)
//	metrics/             ->  summarize ->  metrics/curves.parquet     (feeds no estimate)
//	metrics/values       ->  compare    ->  metrics/estimates.parquet, metrics/comparisons.parquet, sensitivity, shrunken
//	all tables           ->  tabulate   ->  metrics/*.csv, metrics/tables.xlsx
//	all tables           ->  render     ->  figures/<figure>.svg .pdf .png .csv, one unit a figure; figures/<size>/ likewise
//	tables + figures     ->  report     ->  figures/report.html
//	all of it            ->  publish    ->  package/, package.zip
package stages

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/plots"
	"diplometrics/stages/audit"
	"diplometrics/stages/normalize"
	"diplometrics/stages/render"
	"diplometrics/stages/study"
	"diplometrics/stages/tabulate"
)

// Verify reads Parquet files back with the second library and compares them
// with what was written.
type Verify func(ctx context.Context, files []string) error

// Plan returns the units of a study. Which partitions of posts there are, the
// runs of its files say: run the units below "normalize/read" first, then ask
// again. Run does so.
func Plan(st *study.Study, verify Verify) ([]pipeline.Unit, error) {
	return planned(st, verify, rememberedOptions(st.Dir))
}

// planned returns the units with a package of these options.
func planned(st *study.Study, verify Verify, options PackageOptions) ([]pipeline.Unit, error) {
	f := flow{st: st, verify: verify, options: options}
	f.readKey()
	var raw []string
	for _, src := range st.Sources {
		raw = append(raw, src.File)
	}
	layout, err := normalize.Lay(st.Dir, raw)
	if err != nil {
		return nil, err
	}
	var units []pipeline.Unit
	runs := []string{}
	takedown := f.has(normalize.TakedownFile)
	for _, src := range st.Sources {
		runs = append(runs, normalize.Members(src.File)...)
		units = append(units, pipeline.Unit{Name: "normalize/read/" + src.File, Inputs: append([]string{st.Accounts, src.File}, takedown...), Outputs: []string{normalize.RunDir(src.File)}, Passing: []string{src.File},
			Params: readParams{src, st.MaxReject, st.Simulated}, Versions: normalize.Versions(),
			Run: func(ctx context.Context, io *pipeline.IO) error {
				return normalize.Read(ctx, st, src, f.files(io))
			}})
	}
	parts := layout.Parts
	for _, country := range layout.Loose {
		units = append(units, pipeline.Unit{Name: "normalize/loose/" + country, Inputs: layout.LooseInputs(country), Outputs: []string{normalize.MovesFile(country)},
			Params: f.simulated(), Versions: map[string]int{"normalize": normalize.Version},
			Run: func(ctx context.Context, io *pipeline.IO) error { return layout.Settle(ctx, country, f.files(io)) }})
	}
	var tallies, posts []string
	for _, part := range parts {
		tallies = append(tallies, part.Tally())
		posts = append(posts, part.Posts())
		units = append(units, pipeline.Unit{Name: "normalize/posts/" + part.Name(), Inputs: layout.Inputs(part),
			Outputs: []string{part.Posts(), part.Snapshots(), part.Tally()}, Params: f.simulated(), Versions: map[string]int{"normalize": normalize.Version},
			Run: func(ctx context.Context, io *pipeline.IO) error {
				return layout.Partition(ctx, part, f.files(io))
			}})
	}
	var seen []string
	for _, part := range layout.Seen {
		tallies = append(tallies, part.SnapshotsTally())
		seen = append(seen, part.AccountSnapshots())
		units = append(units, pipeline.Unit{Name: "normalize/account_snapshots/" + part.Name(), Inputs: layout.SnapshotsInputs(part),
			Outputs: []string{part.AccountSnapshots(), part.SnapshotsTally()}, Params: f.simulated(), Versions: map[string]int{"normalize": normalize.Version},
			Run: func(ctx context.Context, io *pipeline.IO) error {
				return layout.Snapshots(ctx, part, f.files(io))
			}})
	}
	small := parquet("normalized", "accounts", "account_windows", "published", "rejects")
	units = append(units,
		pipeline.Unit{Name: "normalize/tables", Inputs: append(append([]string{st.Accounts}, takedown...), runs...), Outputs: append(small, normalize.TablesTally),
			Params: tablesParams{st.Countries, raw, st.Simulated}, Versions: map[string]int{"normalize": normalize.Version},
			Run: func(ctx context.Context, io *pipeline.IO) error { return normalize.Merge(ctx, st, f.files(io)) }},
		pipeline.Unit{Name: "normalize/sources", Inputs: append(runs, append(tallies, normalize.TablesTally)...), Outputs: parquet("normalized", "sources"),
			Params: f.simulated(), Versions: map[string]int{"normalize": normalize.Version},
			Run: func(ctx context.Context, io *pipeline.IO) error { return layout.Count(ctx, st, f.files(io)) }})
	units = append(units, f.enrichUnits(layout)...)

	claims := []string{}
	if _, err := os.Stat(filepath.Join(st.Dir, "claims.csv")); err == nil {
		claims = append(claims, "claims.csv")
	}
	normalized := append(parquet("normalized", "accounts", "account_windows", "published", "rejects", "sources"), seen...)
	results := parquet("metrics", "values", "account_periods", "estimates", "comparisons", "sensitivity", "shrunken", "interaction_counts", "account_curves", "curves", "reconcile", "coder_agreement", "topic_agreement", "audit")
	all := append(append([]string{}, normalized...), results...)

	units = append(units, []pipeline.Unit{
		f.measureUnit(parts, seen),
		{Name: "audit", Inputs: append(parquet("normalized", "accounts", "account_windows", "published"), claims...),
			Outputs: parquet("metrics", "audit"), Params: f.simulated(), Versions: audit.Versions(), Run: f.audit},
		f.reconcileUnit(parts, seen),
		f.compareUnit(),
		f.summarizeUnit(),
		{Name: "tabulate", Inputs: all, Outputs: tabulate.Outputs(), Params: tabulate.Params{Title: st.Title, Simulated: st.Simulated},
			Versions: map[string]int{"tabulate": tabulate.Version}, Run: f.tabulate},
	}...)
	for _, size := range sizes(st.Dir) {
		for _, fig := range plots.All {
			units = append(units, pipeline.Unit{Name: RenderUnit(fig.Name, size), Inputs: figureTables(fig, seen), Outputs: render.Outputs(fig.Name, size),
				Params:   plots.Study{Title: st.Title, Countries: st.Countries, Simulated: st.Simulated, Size: size},
				Versions: map[string]int{"render": render.Version, "figure " + fig.Name: fig.Version, "figure style": plots.StyleVersion},
				Run:      func(ctx context.Context, io *pipeline.IO) error { return f.render(ctx, fig, size, io) }})
		}
	}
	units = append(units, f.reportUnit(units, seen))
	return append(units, f.publishUnit(units, parts, all)), nil
}

type readParams struct {
	Source    study.Source `json:"source"`
	MaxReject float64      `json:"max_reject_share"`
	Simulated bool         `json:"simulated"`
}

type tablesParams struct {
	Countries []string `json:"countries"` // their order in the summary
	Files     []string `json:"files"`
	Simulated bool     `json:"simulated"`
}

// Run reads the raw files that are stale, lays out the partitions that their
// posts fall into, and brings up to date what is wanted: stages or units, none
// for everything. A wrong name is an error of type *UnknownError; a stage for
// which the study lacks the data is a state that says so. A package that is asked
// for by name while study.toml is not filled in is an error. A package is made as
// it was made the last time.
func Run(ctx context.Context, e *pipeline.Engine, st *study.Study, verify Verify, want ...string) ([]pipeline.State, error) {
	return run(ctx, e, st, verify, rememberedOptions(st.Dir), want...)
}

// Publish brings the package up to date, with these options.
func Publish(ctx context.Context, e *pipeline.Engine, st *study.Study, verify Verify, options PackageOptions) ([]pipeline.State, error) {
	if err := options.Check(); err != nil {
		return nil, err
	}
	if accounts, err := normalize.ReadAccounts(filepath.Join(st.Dir, st.Accounts)); err == nil {
		makeKey(st, accounts, options)
	}
	f := flow{st: st, options: options}
	if f.readKey(); f.key.err != nil {
		return nil, f.key.err
	}
	return run(ctx, e, st, verify, options, "publish")
}

func run(ctx context.Context, e *pipeline.Engine, st *study.Study, verify Verify, options PackageOptions, want ...string) ([]pipeline.State, error) {
	accounts, err := normalize.ReadAccounts(filepath.Join(st.Dir, st.Accounts))
	if err != nil {
		return nil, err
	}
	if accounts != nil {
		if err := st.CheckCoverage(accounts); err != nil {
			return nil, err
		}
		if err := st.CheckSimulated(accounts); err != nil {
			return nil, err
		}
	}
	if err := checkWords(st); err != nil {
		return nil, err
	}
	if len(want) == 0 || slices.Contains(want, "publish") {
		makeKey(st, accounts, options)
	}
	units, err := planned(st, verify, options)
	if err != nil {
		return nil, err
	}
	if what := st.Unfilled(); what != "" && slices.Contains(want, "publish") {
		return nil, errors.New("publish: " + unfilled(what))
	}
	if len(st.Sources) == 0 {
		return e.Run(ctx, units, want...)
	}
	read, err := e.Run(ctx, units, "normalize/read")
	if err != nil {
		return read, err
	}
	if units, err = planned(st, verify, options); err != nil {
		return nil, err
	}
	// Every unit of enrich is a partition of posts.
	var idle []pipeline.State
	if slices.Contains(want, "enrich") && !slices.ContainsFunc(units, func(u pipeline.Unit) bool { return Stage(u.Name) == "enrich" }) {
		idle = append(idle, pipeline.State{Unit: "enrich", Fresh: true, Skipped: "the study has no posts"})
		if want = slices.DeleteFunc(slices.Clone(want), func(w string) bool { return w == "enrich" }); len(want) == 0 {
			return idle, nil
		}
	}
	if err := known(units, want); err != nil {
		return nil, err
	}
	states, err := e.Run(ctx, units, want...)
	ran := map[string]pipeline.State{}
	for _, s := range read {
		ran[s.Unit] = s
	}
	for i, s := range states {
		if r := ran[s.Unit]; r.Ran {
			states[i] = r
		}
	}
	return append(states, idle...), err
}

// unfilled says why there is no package.
func unfilled(what string) string {
	return "study.toml still has to be filled in (" + what + "); no package is made until then"
}

// UnknownError says that a wanted name is neither a stage nor a unit.
type UnknownError struct{ Message string }

// Error returns the message.
func (e *UnknownError) Error() string { return e.Message }

// known tells whether every wanted name is a stage, a unit, or the beginning of
// one up to a slash.
func known(units []pipeline.Unit, want []string) error {
	var names []string
	for _, u := range units {
		for i, r := range u.Name {
			if r == '/' {
				names = append(names, u.Name[:i])
			}
		}
		names = append(names, u.Name)
	}
	slices.Sort(names)
	names = slices.Compact(names)
	for _, w := range want {
		if !slices.Contains(names, w) {
			return &UnknownError{fmt.Sprintf("no stage or unit %q; %s", w, study.Nearest(w, names))}
		}
	}
	return nil
}

func parquet(folder string, names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = folder + "/" + n + ".parquet"
	}
	return out
}

// figureTables returns the files of the tables that a figure reads; seen are those
// of account_snapshots.
func figureTables(fig plots.Figure, seen []string) []string {
	var in []string
	for _, t := range fig.Tables {
		folder := "normalized"
		switch t {
		case datasets.AccountSnapshots.Name:
			in = append(in, seen...)
			continue
		case "values", "estimates", "comparisons", "sensitivity", "shrunken", "interaction_counts", "account_curves", "curves", "reconcile", "coder_agreement", "topic_agreement", "audit":
			folder = "metrics"
		}
		in = append(in, folder+"/"+t+".parquet")
	}
	return in
}

// Stage returns the stage of a unit.
func Stage(unit string) string {
	stage, _, _ := strings.Cut(unit, "/")
	return stage
}
