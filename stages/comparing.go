package stages

import (
	"context"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/compare"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/normalize"
)

// scales are the scales on which the parts of metrics are compared, by
// metric/part; parts that no country is compared by are not in it.
func scales() map[string]string {
	out := map[string]string{}
	for _, m := range metrics.All {
		for _, p := range m.Parts {
			if p.Scale != "" {
				out[m.Name+"/"+p.Name] = p.Scale
			}
		}
	}
	return out
}

// compareUnit turns the values of accounts into estimates and comparisons.
func (f *flow) compareUnit() pipeline.Unit {
	return pipeline.Unit{Name: "compare", Inputs: append(parquet("normalized", "accounts", "published"), parquet("metrics", "values", "interaction_counts")...),
		Outputs: parquet("metrics", "estimates", "comparisons", "sensitivity", "shrunken"), Params: f.compareParams(),
		Versions: compare.Versions(), Run: f.compare}
}

func (f *flow) compareParams() compare.Params {
	return compare.Params{Countries: f.st.Countries, From: f.st.From, To: f.st.To, Seed: f.st.Seed, Scales: scales(), Simulated: f.st.Simulated}
}

func (f *flow) compare(ctx context.Context, io *pipeline.IO) error {
	r, p := reader{io: io}, f.compareParams()
	in := compare.Input{Accounts: read(ctx, &r, &datasets.Accounts, "normalized"), Values: compared(ctx, &r, &p),
		Counts: read(ctx, &r, &datasets.InteractionCounts, "metrics"), Published: read(ctx, &r, &datasets.Published, "normalized")}
	if r.err != nil {
		return r.err
	}
	out, err := compare.Run(ctx, p, in)
	if err != nil {
		return err
	}
	tested, primary := 0, 0
	for _, c := range out.Comparisons {
		if c.P.OK {
			tested++
			if c.Family == datasets.Primary {
				primary++
			}
		}
	}
	io.Note("estimates: %d", len(out.Estimates))
	io.Note("comparisons: %d, %d of them with a test (%d of the primary family); the others say why not", len(out.Comparisons), tested, primary)
	w := f.files(io)
	normalize.Put(w, &datasets.Estimates, "metrics/estimates.parquet", out.Estimates)
	normalize.Put(w, &datasets.Comparisons, "metrics/comparisons.parquet", out.Comparisons)
	normalize.Put(w, &datasets.Sensitivity, "metrics/sensitivity.parquet", out.Sensitivity)
	normalize.Put(w, &datasets.ShrunkenValues, "metrics/shrunken.parquet", out.Shrunken)
	return w.Close(ctx)
}

// compared reads the values that compare uses, a few of a hundred where there are
// weeks and months.
func compared(ctx context.Context, r *reader, p *compare.Params) (out []datasets.Value) {
	kept := recurring{}
	some(ctx, r, &datasets.Values, "metrics", "metric", p.UsesMetric, compare.ValueColumns, func(v *datasets.Value) {
		if !p.Uses(v) {
			return
		}
		out = append(out, kept.value(v))
	})
	return out
}
