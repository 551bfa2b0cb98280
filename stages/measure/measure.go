// Package measure computes the metrics of every account: from its snapshots and
// counted windows, and from its posts by week, month and study window.
package measure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"
)

// Version of the stage; raised when the same tables would give other values
// though no metric changed.
const Version = 7

// Versions of the stage and its metrics, for staleness.
func Versions() map[string]int {
	v := map[string]int{"measure": Version}
	for _, m := range metrics.All {
		v["metric "+m.Name] = m.Version
	}
	return v
}

// Input is what the stage reads. Snapshots and windows are sorted by their keys.
type Input struct {
	Accounts  []datasets.Account
	Snapshots []datasets.AccountSnapshot
	Windows   []datasets.AccountWindow
	Countries [][]Partition // the posts, one list of partitions a country
	Sources   []study.Source
	From, To  datasets.Day // study window
	Setting   *metrics.Setting
}

// Output is what the stage writes, each table sorted by its key.
type Output struct {
	Values  []datasets.Value
	Counts  []datasets.InteractionCount // of the study window
	Curves  []datasets.Curve            // of accounts, in the study window
	Periods []datasets.AccountPeriod    // counts and sums of every account and period
	Scores  [][]datasets.PostScore      // one table a country of the input
	Undated int64                       // posts without a time, which belong to no period
}

type account struct{ platform, id string }

// job is an account with posts, to be measured.
type job struct {
	country int
	posts   *collected
}

// Run computes the values of every metric for every account. A metric that
// emits a value of an undeclared part, or two for the same key, is an error.
func Run(ctx context.Context, in *Input) (*Output, error) {
	m := &measuring{in: in, windows: map[account]*metrics.Window{}}
	for _, a := range in.Accounts {
		m.windows[account{a.Platform, a.AccountID}] = &metrics.Window{Account: a}
	}
	for _, s := range in.Snapshots {
		if w := m.windows[account{s.Platform, s.AccountID}]; w != nil {
			w.Snapshots = append(w.Snapshots, s)
		}
	}
	for _, c := range in.Windows {
		if w := m.windows[account{c.Platform, c.AccountID}]; w != nil {
			w.Counted = append(w.Counted, c)
		}
	}
	m.snapshots()
	if err := m.survey(); err != nil {
		return nil, err
	}
	if err := m.posts(ctx); err != nil {
		return nil, err
	}
	m.silent()
	return m.output()
}

// output puts the results of the accounts together in the order of the tables.
// The accounts are sorted, and within them each metric comes in the order of
// its periods already: a million rows are placed, not sorted.
func (m *measuring) output() (*Output, error) {
	slices.SortStableFunc(m.done, func(a, b *measured) int {
		return cmp.Or(cmp.Compare(a.account.platform, b.account.platform), cmp.Compare(a.account.id, b.account.id))
	})
	type column struct{ metric, part string }
	rows := map[column]int{} // then: where the next row of the column goes
	out := &Output{Scores: make([][]datasets.PostScore, len(m.in.Countries))}
	total := 0
	for _, r := range m.done {
		if r.err != nil {
			return nil, r.err
		}
		for i := range r.values {
			rows[column{r.values[i].Metric, r.values[i].Part}]++
		}
		total += len(r.values)
		out.Counts = append(out.Counts, r.counts...)
		out.Curves = append(out.Curves, r.curves...)
		out.Periods = append(out.Periods, r.periods...)
		out.Undated += r.undated
		if r.country >= 0 {
			out.Scores[r.country] = append(out.Scores[r.country], r.scores...)
		}
	}
	slices.SortFunc(out.Curves, func(a, b datasets.Curve) int { return datasets.AccountCurves.Compare(&a, &b) })
	slices.SortFunc(out.Periods, func(a, b datasets.AccountPeriod) int { return datasets.AccountPeriods.Compare(&a, &b) })
	at := 0
	for _, c := range slices.SortedFunc(maps.Keys(rows), func(a, b column) int { return cmp.Or(cmp.Compare(a.metric, b.metric), cmp.Compare(a.part, b.part)) }) {
		n := rows[c]
		rows[c] = at
		at += n
	}
	out.Values = make([]datasets.Value, total)
	for _, r := range m.done {
		for i := range r.values {
			c := column{r.values[i].Metric, r.values[i].Part}
			to := rows[c]
			out.Values[to] = r.values[i]
			for ; to > 0 && out.Values[to-1].Metric == c.metric && datasets.Values.Compare(&out.Values[to-1], &out.Values[to]) > 0; to-- {
				out.Values[to-1], out.Values[to] = out.Values[to], out.Values[to-1]
			}
			rows[c]++
		}
	}
	return out, datasets.Values.Sorted(out.Values)
}

// measuring is one run of the stage.
type measuring struct {
	in      *Input
	windows map[account]*metrics.Window
	all     collection

	mu   sync.Mutex // of what follows
	done []*measured
}

// measured is what one account gives, sorted but for values.
type measured struct {
	account account
	country int // of the input; -1 for what snapshots and windows give
	values  []datasets.Value
	counts  []datasets.InteractionCount
	curves  []datasets.Curve
	periods []datasets.AccountPeriod
	scores  []datasets.PostScore
	undated int64
	err     error
}

// snapshots measures what the snapshots and counted windows of the accounts
// give, on every core: a long series of snapshots takes its time.
func (m *measuring) snapshots() {
	m.done = make([]*measured, len(m.in.Accounts))
	var workers sync.WaitGroup
	var next atomic.Int64
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(m.done); i = int(next.Add(1)) - 1 {
				a := m.in.Accounts[i]
				r := &measured{account: account{a.Platform, a.AccountID}, country: -1}
				w := m.windows[r.account]
				r.periods = metrics.SumsOf(w)
				for k := range metrics.All {
					if metric := &metrics.All[k]; metric.Of != nil {
						metric.Of(w, func(part string, v metrics.Value) { r.emit(metric, part, a, v) })
					}
				}
				m.done[i] = r
			}
		})
	}
	workers.Wait()
}

// posts measures the accounts that have posts, on every core. What is computed
// does not depend on the order in which the accounts are finished.
func (m *measuring) posts(ctx context.Context) error {
	jobs := make(chan job)
	stop, cancel := context.WithCancel(ctx)
	defer cancel()
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for j := range jobs {
				r := m.account(j)
				if r.err != nil {
					cancel()
				}
				m.mu.Lock()
				m.done = append(m.done, r)
				m.mu.Unlock()
			}
		})
	}
	err := func() error {
		for i, partitions := range m.in.Countries {
			for c, err := range accounts(partitions, m.in.Setting) {
				if err != nil {
					return err
				}
				select {
				case jobs <- job{i, c}:
				case <-stop.Done():
					return stop.Err()
				}
			}
		}
		return nil
	}()
	close(jobs)
	workers.Wait()
	if ctx.Err() == nil && errors.Is(err, context.Canceled) {
		return nil // an account's own error says why
	}
	return err
}

// account measures one account with posts.
func (m *measuring) account(j job) *measured {
	c := j.posts
	out := &measured{account: account{c.platform, c.id}, country: j.country, undated: c.undated}
	w := m.windows[out.account]
	if w == nil {
		out.err = fmt.Errorf("posts of %s %s, which is not among the accounts", c.platform, c.id)
		return out
	}
	spans, doubt := covered(m.in.Sources, &w.Account, c.held, &m.all, m.in.From.Micros())
	undated := ""
	if c.undated > 0 {
		undated = fmt.Sprintf("%s %d, which may lie in any period", datasets.Undated, c.undated)
		spans, doubt = nil, undated // what was not posted cannot be told
	}
	for _, p := range c.posts {
		p.Covered = inside(spans, p.At)
	}
	out.scores = scores(c)
	names := slices.Sorted(maps.Keys(c.held))
	if len(names) == 0 {
		for i := range m.in.Sources {
			names = append(names, m.in.Sources[i].ID)
		}
	}
	for _, p := range periods(m.in.From, m.in.To, c.posts, spans) {
		first, last := between(c.posts, p.From.Micros(), p.To.Micros())
		p.Account, p.Setting, p.Coverage = w.Account, m.in.Setting, doubt
		p.Posts = c.posts[first:last]
		before, after := between(c.posts, (p.From - 2).Micros(), (p.To + 2).Micros())
		p.Near = c.posts[before:after]
		for _, q := range p.Posts {
			if q.Own() {
				p.Own = append(p.Own, q)
			}
		}
		p.Covered = within(spans, p.From.Micros(), p.To.Micros())
		if len(p.Covered) == 0 && len(spans) > 0 {
			p.Coverage = "the coverage that study.toml states lies outside"
		}
		p.FollowersNow, p.FollowersMean, p.Rounded = followers(w.Snapshots, p.From.Micros(), p.To.Micros())
		p.Elsewhere = m.elsewhere(&w.Account, p.Posts)
		source := sourcesOf(c.sources[first:last], names)
		sums := metrics.Sums(p)
		sums.Source = source
		out.periods = append(out.periods, sums)
		for i := range metrics.All {
			metric := &metrics.All[i]
			if metric.OfPosts == nil || metrics.Shorter(p.Kind, metric.Shortest) {
				continue
			}
			metric.OfPosts(p, func(part string, v metrics.Value) {
				v.Kind, v.From, v.To, v.Source = p.Kind, p.From, p.To, source
				if v.V.OK && undated != "" && !strings.Contains(v.Flag, datasets.Undated) {
					v.Flag = strings.Join(slices.DeleteFunc([]string{v.Flag, undated}, func(s string) bool { return s == "" }), "; ")
				}
				if days := p.Days(); !v.ExposureDays.OK && days > 0 {
					v.ExposureDays = datasets.Some(days)
				}
				out.emit(metric, part, w.Account, v)
			})
		}
		if p.Kind == metrics.Whole {
			out.counts, out.curves = distribution(p), curves(p)
		}
	}
	out.values = withoutEchoes(out.values)
	return out
}

// silent measures the accounts without a post on platforms of which posts were
// collected, or which study.toml names as covered: one that was watched and did
// not post has a rate of 0, and of any other the rows say that nothing is known.
func (m *measuring) silent() {
	posted, platforms := map[account]bool{}, map[string]bool{}
	for _, r := range m.done {
		if r.country >= 0 {
			posted[r.account], platforms[r.account.platform] = true, true
		}
	}
	for i := range m.in.Accounts {
		a := &m.in.Accounts[i]
		id := account{a.Platform, a.AccountID}
		named := slices.ContainsFunc(m.in.Sources, func(s study.Source) bool { _, named := s.CoverageOf(a.Platform, a.AccountID, a.Handle.V); return named })
		if !posted[id] && (named || platforms[a.Platform]) {
			m.done = append(m.done, m.account(job{-1, &collected{platform: a.Platform, id: a.AccountID}}))
		}
	}
}

// withoutEchoes leaves out the absent values of weeks and months where that of
// the study window is absent too: the reason, such as a count that the export
// does not have, stands there once.
func withoutEchoes(values []datasets.Value) []datasets.Value {
	type column struct{ metric, part string }
	absent := map[column]bool{}
	for i := range values {
		if v := &values[i]; v.PeriodKind == metrics.Whole && !v.Value.OK {
			absent[column{v.Metric, v.Part}] = true
		}
	}
	return slices.DeleteFunc(values, func(v datasets.Value) bool {
		return v.PeriodKind != metrics.Whole && !v.Value.OK && absent[column{v.Metric, v.Part}]
	})
}

// distribution counts posts by interactions.
func distribution(p *metrics.Period) []datasets.InteractionCount {
	var out []datasets.InteractionCount
	for _, x := range p.Interactions() {
		if n := len(out); n > 0 && out[n-1].Interactions == int64(x) {
			out[n-1].Posts++
			continue
		}
		out = append(out, datasets.InteractionCount{Platform: p.Account.Platform, AccountID: p.Account.AccountID, Interactions: int64(x), Posts: 1})
	}
	return out
}

// sourcesOf names the sources of posts, or those of the account where a period
// has none. More than four are counted, not named.
func sourcesOf(posts, account []string) string {
	names := slices.Compact(slices.Sorted(slices.Values(posts)))
	if len(names) == 0 {
		names = account
	}
	if len(names) > 4 {
		return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
	}
	return strings.Join(names, "+")
}

// emit adds the row of a value. A part that the metric does not declare is an
// error.
func (out *measured) emit(m *metrics.Metric, part string, a datasets.Account, v metrics.Value) {
	r := datasets.Value{Metric: m.Name, Part: part, Platform: a.Platform, AccountID: a.AccountID,
		PeriodKind: v.Kind, PeriodStart: v.From, PeriodEnd: v.To, Value: v.V, Low: v.Low, High: v.High,
		CILow: v.CI.Low, CIHigh: v.CI.High, Uncertainty: v.Uncertainty, Unit: m.Unit,
		N: v.N, NObserved: v.NObserved, ExposureDays: v.ExposureDays, Source: v.Source}
	if v.Flag != "" {
		r.Flag = datasets.Some(v.Flag)
	}
	declared := m.PartOf(part)
	switch {
	case declared == nil && out.err == nil:
		out.err = fmt.Errorf("metric %s: emits the part %q, which it does not declare", m.Name, part)
	case declared != nil && declared.Unit != "":
		r.Unit = declared.Unit
	}
	out.values = append(out.values, r)
}
