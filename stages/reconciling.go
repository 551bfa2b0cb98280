package stages

import (
	"context"
	"time"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/normalize"
	"diplometrics/stages/reconcile"
	"diplometrics/stages/study"
)

// reconcileParams are the settings of the study that reconcile uses.
type reconcileParams struct {
	Zones     map[string]string `json:"zones"`
	Coverage  []study.Source    `json:"coverage,omitempty"` // id and coverage only
	Simulated bool              `json:"simulated"`
}

// reconcileUnit compares what windows, totals and exports tell of one account
// and period. seen are the files of the totals.
func (f *flow) reconcileUnit(parts []normalize.Part, seen []string) pipeline.Unit {
	in := append(parquet("normalized", "accounts", "account_windows"), seen...)
	for _, p := range parts {
		in = append(in, p.Posts(), p.Snapshots())
	}
	return pipeline.Unit{Name: "reconcile", Inputs: in, Outputs: parquet("metrics", datasets.Reconcile.Name, datasets.CoderAgreements.Name),
		Params: reconcileParams{f.st.Zones, coverage(f.st), f.st.Simulated}, Versions: map[string]int{"reconcile": reconcile.Version},
		Run: func(ctx context.Context, io *pipeline.IO) error { return f.reconcile(ctx, parts, io) }}
}

func (f *flow) reconcile(ctx context.Context, parts []normalize.Part, io *pipeline.IO) error {
	r := reader{io: io}
	in := &reconcile.Input{Accounts: read(ctx, &r, &datasets.Accounts, "normalized"), Snapshots: scanSnapshots(ctx, io, reconcile.SnapshotColumns...),
		Windows: read(ctx, &r, &datasets.AccountWindows, "normalized"), Sources: coverage(f.st), Zones: map[string]*time.Location{}}
	if r.err != nil {
		return r.err
	}
	for country, name := range f.st.Zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return err
		}
		in.Zones[country] = zone
	}
	for _, p := range parts {
		in.Posts = append(in.Posts, stream(ctx, io, &datasets.Posts, p.Posts(), reconcile.PostColumns...))
		in.Observations = append(in.Observations, stream(ctx, io, &datasets.PostSnapshots, p.Snapshots(), reconcile.ObservationColumns...))
	}
	out, err := reconcile.Run(ctx, in)
	if err != nil {
		return err
	}
	verdicts := map[string]int{}
	for _, p := range out.Pairs {
		verdicts[p.Verdict]++
	}
	io.Note("reconcile: %d pairs of sources: %d agree, %d disagree, %d not testable", len(out.Pairs),
		verdicts[datasets.Agree], verdicts[datasets.Disagree], verdicts[datasets.NotTestable])
	pairs := len(out.Agreements)
	for _, a := range out.Agreements {
		if a.CoderA == a.CoderB { // all of them together
			pairs--
		}
	}
	io.Note("coder_agreement: %d pairs of people and quantities", pairs)
	w := f.files(io)
	normalize.Put(w, &datasets.Reconcile, "metrics/"+datasets.Reconcile.Name+".parquet", out.Pairs)
	normalize.Put(w, &datasets.CoderAgreements, "metrics/"+datasets.CoderAgreements.Name+".parquet", out.Agreements)
	return w.Close(ctx)
}
