package stages

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/plots"
	"diplometrics/stages/compare"
	"diplometrics/stages/measure"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/publish"
	"diplometrics/stages/render"
	"diplometrics/stages/sample"
	"diplometrics/stages/study"
	"diplometrics/stages/summarize"
	"diplometrics/stages/verify"
)

// Bounds of what is computed again of a received package, so that no package
// takes more time and memory than a study of a thousand accounts.
const (
	mostManifest  = 16 << 20 // bytes
	mostFigure    = 64 << 20 // bytes of one file of a figure
	mostRows      = 5_000_000
	mostText      = 1 << 30 // bytes of the tables as CSV, which their texts in memory do not exceed
	mostCountries = 30
	mostEvents    = 10_000
	mostTime      = 30 * time.Minute
)

// Recompute computes again what a package says was computed, from the tables of
// the package alone: from account_periods the values that it has the counts and
// sums of, from these and all other values the estimates, comparisons and curves,
// from all tables the figures, and where there are posts the values themselves.
// It tells where the package differs.
func Recompute(ctx context.Context, p *verify.Package) (found []verify.Finding, err error) {
	const all = "values, estimates, comparisons and figures"
	m, why := readManifest(ctx, p)
	in := packed{p}
	for _, w := range []string{why, in.missing(), in.large()} {
		if w != "" {
			p.Skip(all, w)
			return nil, nil
		}
	}
	limited, cancel := context.WithTimeout(ctx, mostTime)
	defer cancel()
	defer func() { // no table that passed the checks should do this
		if r := recover(); r != nil {
			found, err = nil, fmt.Errorf("the tables cannot be computed with: %v", r)
		}
		if err != nil && ctx.Err() == nil && limited.Err() != nil {
			p.Skip(all, "computing them again took longer than "+mostTime.String())
			found, err = nil, nil
		}
	}()
	return recompute(limited, p, in, m)
}

func recompute(ctx context.Context, p *verify.Package, in packed, m *manifest) ([]verify.Finding, error) {
	e, err := readEdition(ctx, in)
	if err != nil {
		return nil, err
	}
	r := &recomputing{p: p, e: e, m: m}
	if r.st, err = r.study(); err != nil {
		return []verify.Finding{{Check: "manifest", File: "manifest.json", Found: err.Error(), Expected: "what the tables are computed with"}}, nil
	}
	if err := r.described(ctx, in); err != nil {
		return nil, err
	}
	r.counts()
	r.sums()
	if err := r.derived(ctx); err != nil {
		return nil, err
	}
	if err := r.figures(ctx, in); err != nil {
		return nil, err
	}
	if err := r.posts(ctx, in); err != nil {
		return nil, err
	}
	p.Skip("intervals, numbers of observations and flags of values, and the tables account_snapshots, account_windows, published, account_curves, reconcile, coder_agreement, topic_agreement and audit", "they are made from what the package does not hold; their hashes, keys and ranges were checked")
	p.Skip("report.html and tables.xlsx", "they are made from these tables and what the package does not hold, such as rejected records; only their hashes were checked")
	return r.found, nil
}

// readManifest reads what a package was computed with; why says what is wrong
// with it.
func readManifest(ctx context.Context, p *verify.Package) (m *manifest, why string) {
	text, err := p.Read(ctx, "manifest.json", mostManifest)
	if err != nil {
		return nil, "manifest.json, which says what they were computed with, cannot be read: " + err.Error()
	}
	m = &manifest{}
	if err := json.Unmarshal(text, m); err != nil {
		return nil, "manifest.json, which says what they were computed with, cannot be read: " + err.Error()
	}
	if len(m.Study.Countries) > mostCountries || len(m.Study.Events) > mostEvents {
		return nil, fmt.Sprintf("%d countries and %d events are more than are computed with here (%d and %d)", len(m.Study.Countries), len(m.Study.Events), mostCountries, mostEvents)
	}
	return m, ""
}

// packed gives the tables of a package by their logical names in a study.
type packed struct{ *verify.Package }

// In returns the path of a table.
func (p packed) In(name string) (string, error) {
	table := strings.TrimSuffix(filepath.Base(name), ".parquet")
	path, known := p.Path(table)
	if path == "" || !known {
		return "", fmt.Errorf("the package has no table %s that this program knows", table)
	}
	return path, nil
}

// missing names the first table that is needed and not there.
func (p packed) missing() string {
	for _, t := range []string{"accounts", "account_snapshots", "account_windows", "published", "sources", "values", "account_periods", "interaction_counts", "account_curves",
		"reconcile", "coder_agreement", "topic_agreement", "audit", "estimates", "comparisons", "sensitivity", "shrunken", "curves"} {
		if _, err := p.In(t); err != nil {
			return err.Error()
		}
	}
	return ""
}

// large says that the tables have more rows than are computed with here.
func (p packed) large() string {
	size := map[string]int64{}
	for _, f := range p.Files {
		size[f.Path] = f.Bytes
	}
	n, text := int64(0), int64(0)
	for _, t := range p.Tables {
		if t.CSV == "" {
			return fmt.Sprintf("the table %s has no CSV file, which bounds the texts in it", t.Name)
		}
		n += t.Rows
		text += size[t.CSV]
	}
	if text > mostText {
		return fmt.Sprintf("the tables have %d bytes as CSV, more than are computed with here (%d)", text, int64(mostText))
	}
	if n > mostRows {
		return fmt.Sprintf("the tables have %d rows, more than are computed with here (%d)", n, int64(mostRows))
	}
	return ""
}

// recomputing is one check of a package.
type recomputing struct {
	p     *verify.Package
	e     *edition
	m     *manifest
	st    *study.Study // as the manifest says
	found []verify.Finding
}

// study is what the manifest says of the study, as the flow takes it.
func (r *recomputing) study() (*study.Study, error) {
	s := r.m.Study
	from, err := study.ParseDay(s.From)
	if err != nil {
		return nil, fmt.Errorf("manifest.json: from: %w", err)
	}
	to, err := study.ParseDay(s.To)
	if err != nil {
		return nil, fmt.Errorf("manifest.json: to: %w", err)
	}
	return &study.Study{Name: s.Name, Title: s.Title, Countries: s.Countries, From: from, To: to, Seed: s.Seed, Simulated: s.Simulated, Interactions: s.Interactions, Zones: s.Zones}, nil
}

// otherVersions says that a stage of this program has another version than the
// one that made the package, and so may rightly come to other numbers; "" where
// it has not.
func (r *recomputing) otherVersions(stage string, own map[string]int) string {
	for _, name := range slices.Sorted(maps.Keys(own)) {
		if was, ok := r.m.Stages[stage].Versions[name]; ok && was != own[name] {
			return fmt.Sprintf("they were made by version %d of %q, and this program (%s) has version %d", was, name, program(), own[name])
		}
	}
	return ""
}

// near is how far two computations of one number may lie apart on another kind
// of processor, relative to the number.
const near = 1e-12

func alike(a, b float64) bool {
	return a == b || math.Abs(a-b) <= near*max(1, math.Abs(a), math.Abs(b))
}

// formula computes values of one part from rows of account_periods.
type formula struct {
	metric, part, basis string
	of                  func(*datasets.AccountPeriod) datasets.Opt[float64]
}

func ratio(a, b datasets.Opt[int64]) datasets.Opt[float64] {
	if !a.OK || !b.OK || b.V == 0 {
		return datasets.None[float64]()
	}
	return datasets.Some(float64(a.V) / float64(b.V))
}

func perMonth(n datasets.Opt[int64], days datasets.Opt[float64]) datasets.Opt[float64] {
	if !n.OK || !days.OK || days.V == 0 {
		return datasets.None[float64]()
	}
	return datasets.Some(float64(n.V) * sample.DaysPerMonth / days.V)
}

var formulas = []formula{
	{"posts_per_month", "observed", datasets.FromPosts, func(r *datasets.AccountPeriod) datasets.Opt[float64] {
		return perMonth(r.PostsObserved, r.ExposureDays)
	}},
	{"posts_per_month", "counted", datasets.FromCounts, func(r *datasets.AccountPeriod) datasets.Opt[float64] { return perMonth(r.Posts, r.ExposureDays) }},
	{"zero_share", "all", datasets.FromPosts, func(r *datasets.AccountPeriod) datasets.Opt[float64] {
		return ratio(r.InteractionsZero, r.InteractionsKnown)
	}},
	{"log_interactions_per_1000_followers", "at_posting", datasets.FromPosts, func(r *datasets.AccountPeriod) datasets.Opt[float64] {
		if !r.LogRateSum.OK || r.RateKnown.V == 0 {
			return datasets.None[float64]()
		}
		return datasets.Some(r.LogRateSum.V / float64(r.RateKnown.V))
	}},
	{"interactions_per_post", "mean", datasets.FromPosts, func(r *datasets.AccountPeriod) datasets.Opt[float64] {
		return ratio(r.InteractionsSum, r.InteractionsKnown)
	}},
	{"popularity", "P1", datasets.FromPosts, func(r *datasets.AccountPeriod) datasets.Opt[float64] { return ratio(r.Like.Nonzero, r.Like.Known) }},
	{"popularity", "P2", datasets.FromPosts, func(r *datasets.AccountPeriod) datasets.Opt[float64] { return ratio(r.Like.Sum, r.Like.Known) }},
	{"commitment", "C2", datasets.FromPosts, func(r *datasets.AccountPeriod) datasets.Opt[float64] { return ratio(r.Comment.Sum, r.Comment.Known) }},
	{"virality", "V2", datasets.FromPosts, func(r *datasets.AccountPeriod) datasets.Opt[float64] { return ratio(r.Share.Sum, r.Share.Known) }},
	{"likes_per_post", "mean", datasets.FromCounts, func(r *datasets.AccountPeriod) datasets.Opt[float64] {
		if m := ratio(r.Like.Sum, r.Like.Known); m.OK {
			return m
		}
		return r.LikesMean
	}},
	{"follower_growth", "log_rate_per_month", datasets.FromFollowers, func(r *datasets.AccountPeriod) datasets.Opt[float64] {
		if !r.First.OK || r.First.V <= 0 || r.Last.V <= 0 || r.ExposureDays.V <= 0 {
			return datasets.None[float64]()
		}
		return datasets.Some(math.Log(float64(r.Last.V)/float64(r.First.V)) * sample.DaysPerMonth / r.ExposureDays.V)
	}},
}

// sums checks values against the counts and sums of account_periods.
func (r *recomputing) sums() {
	type period struct {
		platform, id, kind string
		from, to           datasets.Day
		source             string // of counted windows and snapshots alone
	}
	at := map[string]map[period]*datasets.AccountPeriod{}
	for i := range r.e.periods {
		row := &r.e.periods[i]
		k := period{row.Platform, row.AccountID, row.PeriodKind, row.PeriodStart, row.PeriodEnd, row.Source}
		if row.Basis == datasets.FromPosts {
			k.source = ""
		}
		if at[row.Basis] == nil {
			at[row.Basis] = map[period]*datasets.AccountPeriod{}
		}
		at[row.Basis][k] = row
	}
	n, parts := 0, 0
	for _, f := range formulas {
		any := false
		for i := range r.e.values {
			v := &r.e.values[i]
			if v.Metric != f.metric || v.Part != f.part || !v.Value.OK {
				continue
			}
			k := period{v.Platform, v.AccountID, v.PeriodKind, v.PeriodStart, v.PeriodEnd, v.Source}
			if f.basis == datasets.FromPosts {
				k.source = ""
			}
			row := at[f.basis][k]
			if row == nil {
				r.differs("values", datasets.Values.Name, "value", i, valueKey(v), fmt.Sprint(v.Value.V), "a row of account_periods, of which there is none")
				continue
			}
			n++
			any = true
			if x := f.of(row); !x.OK || !alike(x.V, v.Value.V) {
				r.differs("values", datasets.Values.Name, "value", i, valueKey(v), fmt.Sprint(v.Value.V), sayOpt(x)+", computed from account_periods")
			}
		}
		if any {
			parts++
		}
	}
	r.p.Say("values", fmt.Sprintf("%d values of %d measures computed again from account_periods", n, parts))
}

func valueKey(v *datasets.Value) string {
	return strings.Join([]string{v.Metric, v.Part, v.Platform, v.AccountID, v.PeriodKind, v.PeriodStart.String()}, ", ")
}

func sayOpt(o datasets.Opt[float64]) string {
	if !o.OK {
		return "null"
	}
	return fmt.Sprint(o.V)
}

// add adds a finding; of each check the first is kept.
func (r *recomputing) add(f verify.Finding) {
	if !slices.ContainsFunc(r.found, func(g verify.Finding) bool { return g.Check == f.Check }) {
		r.found = append(r.found, f)
	}
}

// differs adds a finding about a cell or a row of a table.
func (r *recomputing) differs(check, table, column string, row int, key, found, expected string) {
	r.add(verify.Finding{Check: check, File: publish.Packaged(table + ".parquet"), Table: table, Column: column, Row: int64(row) + 1, Key: key, Found: found, Expected: expected})
}

// derived computes estimates, comparisons and curves again.
func (r *recomputing) derived(ctx context.Context) error {
	st := r.st
	f := flow{st: st}
	if old := r.otherVersions("compare", compare.Versions()); old != "" {
		r.p.Skip("estimates, comparisons, sensitivity and shrunken values", old)
		return nil
	}
	var events []summarize.Event
	for _, e := range r.m.Study.Events {
		events = append(events, summarize.Event(e))
	}
	d, err := r.e.derive(ctx, f.compareParams(), events)
	if err != nil {
		r.found = append(r.found, verify.Finding{Check: "estimates", File: "data/values.parquet", Found: err.Error(), Expected: "values that can be compared"})
		return nil
	}
	sameRows(r, "estimates", &datasets.Estimates, r.e.Estimates, d.Estimates)
	sameRows(r, "comparisons", &datasets.Comparisons, r.e.Comparisons, d.Comparisons)
	sameRows(r, "sensitivity", &datasets.Sensitivity, r.e.Sensitivity, d.Sensitivity)
	sameRows(r, "shrunken", &datasets.ShrunkenValues, r.e.Shrunken, d.Shrunken)
	sameRows(r, "curves", &datasets.Curves, r.e.curves, d.curves)
	return nil
}

// sameRows compares the rows of a table with those that were computed again,
// cell by cell.
func sameRows[R any](r *recomputing, check string, t *datasets.Table[R], has, want []R) {
	s := t.Schema()
	r.p.Say(check, fmt.Sprintf("%d rows computed again", len(want)))
	for i := range min(len(has), len(want)) {
		for c, f := range s.Fields {
			a, b := t.Cell(&has[i], c), t.Cell(&want[i], c)
			x, isX := a.(float64)
			y, isY := b.(float64)
			if a != b && !(isX && isY && alike(x, y)) {
				r.differs(check, t.Name, f.Name, i, t.KeyText(&has[i]), sayCell(a), sayCell(b)+", computed again")
				return
			}
		}
	}
	if len(has) != len(want) {
		r.differs(check, t.Name, "", min(len(has), len(want)), "", fmt.Sprintf("%d rows", len(has)), fmt.Sprintf("%d, computed again", len(want)))
	}
}

func sayCell(v any) string {
	if v == nil {
		return "null"
	}
	return fmt.Sprint(v)
}

// figures draws every figure again and compares the files.
func (r *recomputing) figures(ctx context.Context, in inputs) error {
	st := r.st
	own := map[string]int{"render": render.Version, "figure style": plots.StyleVersion}
	for _, fig := range plots.All {
		own["figure "+fig.Name] = fig.Version
	}
	if old := r.otherVersions("render", own); old != "" {
		r.p.Skip("figures", old)
		return nil
	}
	drawn := map[string]bool{}
	n := 0
	var broken error
	err := (&flow{st: st}).drawnFigures(ctx, in, func(name string, content []byte) {
		drawn[name] = true
		has, err := r.p.Read(ctx, name, mostFigure)
		if err != nil {
			broken = err
		}
		r.p.Checked(name)
		n++
		if !bytes.Equal(has, content) {
			r.figureDiffers(name, has, content)
		}
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		r.found = append(r.found, verify.Finding{Check: "figures", File: "figures", Found: err.Error(), Expected: "tables that can be drawn"})
		return nil
	case broken != nil:
		r.found = append(r.found, verify.Finding{Check: "figures", File: "figures", Found: broken.Error(), Expected: "a figure that the tables give"})
		return nil
	}
	for _, f := range r.p.Files {
		if strings.HasPrefix(f.Path, "figures/") && !drawn[f.Path] {
			r.found = append(r.found, verify.Finding{Check: "figures", File: f.Path, Found: "a figure", Expected: "none: the tables give no such figure"})
			break
		}
	}
	r.p.Say("figures", fmt.Sprintf("%d files of figures drawn again", n))
	return nil
}

func (r *recomputing) figureDiffers(name string, has, want []byte) {
	at := 0
	for at < min(len(has), len(want)) && has[at] == want[at] {
		at++
	}
	r.add(verify.Finding{Check: "figures", File: name, Found: fmt.Sprintf("%d bytes, of which number %d differs", len(has), at+1), Expected: fmt.Sprintf("%d bytes, drawn again from the tables", len(want))})
}

// posts measures the values again where the package has posts.
func (r *recomputing) posts(ctx context.Context, in packed) error {
	if _, err := in.In("posts"); err != nil {
		r.p.Skip("values that account_periods has no sums of", "they are computed from posts, which the package does not hold")
		return nil
	}
	r.p.Skip("topics, cross-posts and what posts say of events and holidays", "they are found in texts, which the package does not hold; they were taken as the tables have them")
	if r.m.LeftOut {
		r.p.Skip("the values of posts", "rows about persons were left out, and some values of institutions are set against them")
		return nil
	}
	st := r.st
	if old := r.otherVersions("measure", measure.Versions()); old != "" {
		r.p.Skip("the values of posts", old)
		return nil
	}
	setting := &metrics.Setting{Components: st.Interactions}
	out, err := measure.Run(ctx, &measure.Input{Accounts: r.e.accounts, Snapshots: held(r.e.snapshots), Windows: r.e.windows, Sources: r.m.Sources, From: st.From, To: st.To, Setting: setting,
		Countries: [][]measure.Partition{{{
			Collected: scan(ctx, in, &datasets.Posts, datasets.Posts.Name, measure.CollectedColumns...), Posts: scan(ctx, in, &datasets.Posts, datasets.Posts.Name, measure.PostColumns...),
			Contexts: scan(ctx, in, &datasets.PostContexts, datasets.PostContexts.Name, measure.ContextColumns...), Snapshots: scan(ctx, in, &datasets.PostSnapshots, datasets.PostSnapshots.Name, measure.SnapshotColumns...),
			Cross: scan(ctx, in, &datasets.CrossPosts, datasets.CrossPosts.Name, measure.CrossColumns...), Topics: scan(ctx, in, &datasets.PostTopics, datasets.PostTopics.Name)}}}})
	if err != nil {
		return err
	}
	defer out.Close()
	values, err := all(out.Values())
	if err != nil {
		return err
	}
	periods, err := all(out.Periods())
	if err != nil {
		return err
	}
	fromTexts := func(v datasets.Value) bool {
		return slices.Contains([]string{"topic_share", "holiday_coverage", "response_latency"}, v.Metric)
	}
	sameRows(r, "values of posts", &datasets.Values, slices.DeleteFunc(slices.Clone(r.e.values), fromTexts), slices.DeleteFunc(values, fromTexts))
	sameRows(r, "account_periods", &datasets.AccountPeriods, r.e.periods, periods)
	return nil
}

// held yields rows that are held already.
func held[R any](rows []R) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) { yield(rows, nil) }
}

// all collects the rows of a table.
func all[R any](batches iter.Seq2[[]R, error]) (rows []R, err error) {
	for batch, err := range batches {
		if err != nil {
			return nil, err
		}
		rows = append(rows, batch...)
	}
	return rows, nil
}
