package stages

import (
	"context"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/normalize"
	"diplometrics/stages/summarize"
)

type summarizeParams struct {
	Countries []string     `json:"countries"`
	From      datasets.Day `json:"from"`
	To        datasets.Day `json:"to"`
	Simulated bool         `json:"simulated"`
}

// summarizeUnit takes accounts together in the curves that figures draw.
func (f *flow) summarizeUnit() pipeline.Unit {
	events := f.has(eventsFile)
	return pipeline.Unit{Name: "summarize", Inputs: append(append(parquet("normalized", "accounts"), parquet("metrics", "values", "interaction_counts", "account_curves")...), events...),
		Outputs: parquet("metrics", "curves"), Params: summarizeParams{f.st.Countries, f.st.From, f.st.To, f.st.Simulated},
		Versions: map[string]int{"summarize": summarize.Version}, Run: f.summarize}
}

func (f *flow) summarize(ctx context.Context, io *pipeline.IO) error {
	r := reader{io: io}
	in := &summarize.Input{Countries: f.st.Countries, From: f.st.From, To: f.st.To, Accounts: read(ctx, &r, &datasets.Accounts, "normalized"),
		Values: summarized(ctx, &r), Counts: read(ctx, &r, &datasets.InteractionCounts, "metrics"),
		AccountCurves: read(ctx, &r, &datasets.AccountCurves, "metrics")}
	if r.err != nil {
		return r.err
	}
	book, err := readCodebook(declared(io), f.has(eventsFile))
	if err != nil {
		return err
	}
	in.Events = eventsOf(book)
	rows, err := summarize.Run(ctx, in)
	if err != nil {
		return err
	}
	w := f.files(io)
	normalize.Put(w, &datasets.Curves, "metrics/curves.parquet", rows)
	return w.Close(ctx)
}

// summarized reads the values that summarize uses.
func summarized(ctx context.Context, r *reader) (out []datasets.Value) {
	kept := recurring{}
	some(ctx, r, &datasets.Values, "metrics", "metric", summarize.UsesMetric, summarize.ValueColumns, func(v *datasets.Value) {
		if summarize.Uses(v) {
			out = append(out, kept.value(v))
		}
	})
	return out
}
