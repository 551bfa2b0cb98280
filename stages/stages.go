// Package stages is the data flow of diplometrics on one page: which unit
// reads what and writes what. The engine runs what is stale.
//
//	raw/ + accounts.csv  ->  normalize  ->  normalized/*.parquet
//	normalized/          ->  measure    ->  metrics/values.parquet
//	normalized/ + claims ->  audit      ->  metrics/audit.parquet     (feeds no estimate)
//	metrics/values       ->  compare    ->  metrics/estimates.parquet, metrics/comparisons.parquet
//	all tables           ->  tabulate   ->  metrics/*.csv, metrics/tables.xlsx
//	all tables           ->  render     ->  figures/<figure>.svg .pdf .png .csv, one unit a figure
//	all of it            ->  publish    ->  package/, package.zip
package stages

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"diplometrics/pipeline"
	"diplometrics/plots"
	"diplometrics/stages/audit"
	"diplometrics/stages/compare"
	"diplometrics/stages/measure"
	"diplometrics/stages/normalize"
	"diplometrics/stages/publish"
	"diplometrics/stages/render"
	"diplometrics/stages/study"
	"diplometrics/stages/tabulate"
)

// Verify reads Parquet files back with the second library and compares them
// with what was written.
type Verify func(ctx context.Context, files []string) error

// Units returns the units of a study.
func Units(st *study.Study, verify Verify) []pipeline.Unit {
	f := flow{st: st, verify: verify}
	raw := []string{"study.toml", "accounts.csv"}
	for _, src := range st.Sources {
		raw = append(raw, src.File)
	}
	claims := []string{}
	if _, err := os.Stat(filepath.Join(st.Dir, "claims.csv")); err == nil {
		claims = append(claims, "claims.csv")
	}
	normalized := parquet("normalized", "accounts", "account_snapshots", "account_windows", "published", "rejects", "sources")
	results := parquet("metrics", "values", "estimates", "comparisons", "audit")
	all := append(append([]string{}, normalized...), results...)
	tables := append(tabulate.Outputs(), all...)

	units := []pipeline.Unit{
		{Name: "normalize", Inputs: raw, Outputs: normalized, Params: st, Versions: normalize.Versions(), Run: f.normalize},
		{Name: "measure", Inputs: parquet("normalized", "accounts", "account_snapshots", "account_windows"),
			Outputs: parquet("metrics", "values"), Params: f.simulated(), Versions: measure.Versions(), Run: f.measure},
		{Name: "audit", Inputs: append(parquet("normalized", "accounts", "account_windows", "published"), claims...),
			Outputs: parquet("metrics", "audit"), Params: f.simulated(), Versions: audit.Versions(), Run: f.audit},
		{Name: "compare", Inputs: append(parquet("normalized", "accounts", "published"), parquet("metrics", "values")...),
			Outputs: parquet("metrics", "estimates", "comparisons"), Params: f.compareParams(), Versions: map[string]int{"compare": compare.Version}, Run: f.compare},
		{Name: "tabulate", Inputs: all, Outputs: tabulate.Outputs(), Params: tabulate.Params{Title: st.Title, Simulated: st.Simulated},
			Versions: map[string]int{"tabulate": tabulate.Version}, Run: f.tabulate},
	}
	for _, fig := range plots.All {
		units = append(units, pipeline.Unit{Name: "render/" + fig.Name, Inputs: figureTables(fig), Outputs: render.Outputs(fig.Name),
			Params:   plots.Study{Title: st.Title, Countries: st.Countries, Simulated: st.Simulated},
			Versions: map[string]int{"render": render.Version, "figure " + fig.Name: fig.Version, "figure style": plots.StyleVersion},
			Run:      func(ctx context.Context, io *pipeline.IO) error { return f.render(ctx, fig, io) }})
	}
	return append(units, pipeline.Unit{Name: "publish", Inputs: tables, Outputs: []string{"package/", "package.zip"}, Params: st,
		Versions: map[string]int{"publish": publish.Version}, Run: f.publish})
}

func parquet(folder string, names ...string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = folder + "/" + n + ".parquet"
	}
	return out
}

// figureTables returns the files of the tables that a figure reads.
func figureTables(fig plots.Figure) []string {
	var in []string
	for _, t := range fig.Tables {
		folder := "normalized"
		switch t {
		case "values", "estimates", "comparisons", "audit":
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
