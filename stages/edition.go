package stages

import (
	"context"

	"diplometrics/datasets"
	"diplometrics/stages/compare"
	"diplometrics/stages/publish"
	"diplometrics/stages/summarize"
)

// edition is the tables of a study, or those of a package of it: what was
// collected and measured of accounts, and what is computed from that alone.
type edition struct {
	accounts  []datasets.Account
	snapshots []datasets.AccountSnapshot // none where a package is made, which streams them
	windows   []datasets.AccountWindow
	published []datasets.PublishedValue
	sources   []datasets.Source

	values  []datasets.Value // where a package is made, those that derive uses
	periods []datasets.AccountPeriod
	counts  []datasets.InteractionCount
	points  []datasets.Curve // of accounts

	reconcile []datasets.Reconciled
	coders    []datasets.CoderAgreement
	topics    []datasets.TopicAgreement
	audit     []datasets.AuditRow

	derived
}

// derived is what derive computes.
type derived struct {
	compare.Output
	curves []datasets.Curve
}

// readEdition reads the tables that stand at these places.
func readEdition(ctx context.Context, in inputs) (*edition, error) {
	e, err := readBounded(ctx, in)
	r := &reader{io: in, err: err}
	e.snapshots, e.values = read(ctx, r, &datasets.AccountSnapshots, "normalized"), read(ctx, r, &datasets.Values, "metrics")
	return e, r.err
}

// readBounded reads the tables that have no row a post or week.
func readBounded(ctx context.Context, in inputs) (*edition, error) {
	r := &reader{io: in}
	e := &edition{accounts: read(ctx, r, &datasets.Accounts, "normalized"),
		windows: read(ctx, r, &datasets.AccountWindows, "normalized"), published: read(ctx, r, &datasets.Published, "normalized"), sources: read(ctx, r, &datasets.Sources, "normalized"),
		periods: read(ctx, r, &datasets.AccountPeriods, "metrics"), counts: read(ctx, r, &datasets.InteractionCounts, "metrics"),
		points: read(ctx, r, &datasets.AccountCurves, "metrics"), reconcile: read(ctx, r, &datasets.Reconcile, "metrics"), coders: read(ctx, r, &datasets.CoderAgreements, "metrics"),
		topics: read(ctx, r, &datasets.TopicAgreements, "metrics"), audit: read(ctx, r, &datasets.Audit, "metrics")}
	e.Estimates, e.Comparisons = read(ctx, r, &datasets.Estimates, "metrics"), read(ctx, r, &datasets.Comparisons, "metrics")
	e.Sensitivity, e.Shrunken = read(ctx, r, &datasets.Sensitivity, "metrics"), read(ctx, r, &datasets.ShrunkenValues, "metrics")
	e.curves = read(ctx, r, &datasets.Curves, "metrics")
	return e, r.err
}

// derive computes what compare and summarize make of the other tables.
func (e *edition) derive(ctx context.Context, p compare.Params, events []summarize.Event) (d derived, err error) {
	out, err := compare.Run(ctx, p, compare.Input{Accounts: e.accounts, Values: e.values, Counts: e.counts, Published: e.published})
	if err != nil {
		return d, err
	}
	d.Output = out
	d.curves, err = summarize.Run(ctx, &summarize.Input{Countries: p.Countries, From: p.From, To: p.To, Accounts: e.accounts,
		Values: e.values, Counts: e.counts, AccountCurves: e.points, Events: events})
	return d, err
}

// redact takes persons off the tables that are held. What is derived is as it was.
func (e *edition) redact(p *publish.Persons) {
	e.accounts = p.Accounts(e.accounts)
	e.windows = publish.Redact(p, &datasets.AccountWindows, e.windows, false, func(r *datasets.AccountWindow) (*string, *string, int64) { return &r.Platform, &r.AccountID, 0 })
	e.periods = p.Periods(e.periods)
	e.coders, e.topics = publish.Without(p, &datasets.CoderAgreements, e.coders), publish.Without(p, &datasets.TopicAgreements, e.topics)
	for i := range e.sources {
		s := &e.sources[i]
		none := datasets.None[int64]()
		s.Records, s.Kept, s.Merged, s.Filtered, s.Rejected = none, none, none, none, none
	}
	e.counts = publish.Redact(p, &datasets.InteractionCounts, e.counts, false, func(r *datasets.InteractionCount) (*string, *string, int64) { return &r.Platform, &r.AccountID, 0 })
	e.points = publish.Redact(p, &datasets.AccountCurves, e.points, false, func(r *datasets.Curve) (*string, *string, int64) { return &r.Platform, &r.AccountID, 0 })
	e.reconcile = publish.Redact(p, &datasets.Reconcile, e.reconcile, false, func(r *datasets.Reconciled) (*string, *string, int64) { return &r.Platform, &r.AccountID, 0 })
	e.published = publish.Unnamed(p, &datasets.Published, e.published, func(r *datasets.PublishedValue) (string, []string) {
		return r.Platform.V, []string{r.Subject, r.Locator, r.ValueText, r.Note.V}
	})
	e.audit = publish.Unnamed(p, &datasets.Audit, e.audit, func(r *datasets.AuditRow) (string, []string) {
		return r.Platform.V, []string{r.Subject, r.Locator, r.ValueText.V, r.Explanation}
	})
}
