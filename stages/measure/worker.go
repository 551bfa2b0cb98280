package measure

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
)

// row is a value of the column of that number.
type row struct {
	column int
	metrics.Value
}

// worker measures one account after the other. What it holds of one it uses
// again for the next.
type worker struct {
	m       *measuring
	columns []emitted // by metric, as in metrics.All
	rows    []row
	own     []*metrics.Post
	metrics.Intervals
	packing
}

// emitted are the parts that a metric has emitted, in the order in which they
// came first, which mostly is that in which they come.
type emitted struct {
	metric *metrics.Metric
	parts  []emittedPart
	next   int // of them, which is likely to come
}

type emittedPart struct {
	name   string
	column int
}

// of returns the column of a part.
func (e *emitted) of(part string) (column int, ok bool) {
	for range e.parts {
		if e.next == len(e.parts) {
			e.next = 0
		}
		p := &e.parts[e.next]
		e.next++
		if p.name == part {
			return p.column, true
		}
	}
	return 0, false
}

func (m *measuring) newWorker() *worker {
	w := &worker{m: m, columns: make([]emitted, len(metrics.All))}
	for i := range w.columns {
		w.columns[i].metric = &metrics.All[i]
	}
	return w
}

// emit adds a value. A part that the metric does not declare is an error.
func (w *worker) emit(e *emitted, part string, v *metrics.Value) error {
	n, ok := e.of(part)
	if !ok {
		m := e.metric
		p := m.PartOf(part)
		if p == nil {
			return fmt.Errorf("metric %s: emits the part %q, which it does not declare", m.Name, part)
		}
		c := column{name: m.Name, part: part, unit: m.Unit}
		if p.Unit != "" {
			c.unit = p.Unit
		}
		n = w.m.columns.of(c)
		e.parts = append(e.parts, emittedPart{part, n})
	}
	w.rows = append(w.rows, row{n, *v})
	return nil
}

// ofSnapshots measures what the snapshots and counted windows of an account give.
func (w *worker) ofSnapshots(k *known) (err error) {
	w.rows = w.rows[:0]
	k.periods = metrics.SumsOf(&k.Window)
	for i := range k.periods {
		k.periods[i].Source = strings.Clone(k.periods[i].Source) // which would hold the rows of the file
	}
	for i := range metrics.All {
		if metric := &metrics.All[i]; metric.Of != nil {
			metric.Of(&k.Window, func(part string, v metrics.Value) {
				v.Source = strings.Clone(v.Source)
				if e := w.emit(&w.columns[i], part, &v); e != nil && err == nil {
					err = e
				}
			})
		}
	}
	k.rows = slices.Clone(w.rows)
	followers := seriesOf(k.Snapshots)
	k.followersNow, k.rounded = followers.last(), followers.rounded
	k.followersMean = make([]datasets.Opt[float64], len(w.m.calendar))
	for i, s := range w.m.calendar {
		k.followersMean[i] = followers.mean(s.from.Micros(), s.to.Micros())
	}
	k.Snapshots = nil
	return err
}

// measure measures one account by its posts, if it has any, and packs what
// there is.
func (w *worker) measure(j job) (*measured, error) {
	k := &w.m.accounts[j.number]
	out := &measured{number: j.number, country: j.country}
	w.rows, w.periods, w.counts, w.curves = w.rows[:0], w.periods[:0], w.counts[:0], w.curves[:0]
	if j.posts != nil {
		out.undated = j.posts.undated
		if err := w.ofPosts(k, j.posts); err != nil {
			return nil, err
		}
		w.withoutEchoes()
		if w.m.in.Scores != nil {
			out.scores = scores(j.posts, w.m.taken.get())
		}
		clear(w.own)
		j.posts.release()
	}
	w.rows = append(w.rows, k.rows...)
	w.periods = append(w.periods, k.periods...)
	err := w.pack(out)
	clear(w.rows)
	return out, err
}

// ofPosts adds what the posts of an account give.
func (w *worker) ofPosts(k *known, c *collected) (err error) {
	m := w.m
	spans, doubt := covered(m.in.Sources, &k.Account, c.held, &m.all, m.in.From.Micros())
	undated := ""
	if c.undated > 0 {
		undated = fmt.Sprintf("%s %d, which may lie in any period", datasets.Undated, c.undated)
		spans, doubt = nil, undated // what was not posted cannot be told
	}
	before := make([]int32, len(c.posts)+1) // own posts before each
	w.own = w.own[:0]
	for i, p := range c.posts {
		p.Covered = inside(spans, p.At)
		if p.Own() {
			w.own = append(w.own, p)
		}
		before[i+1] = int32(len(w.own))
	}
	names := slices.Sorted(maps.Keys(c.held))
	if len(names) == 0 {
		for i := range m.in.Sources {
			names = append(names, m.in.Sources[i].ID)
		}
	}
	var p *metrics.Period
	var asked *emitted // of the metric that is asked
	var source string
	var days float64
	emit := func(part string, v metrics.Value) {
		v.Kind, v.From, v.To, v.Source = p.Kind, p.From, p.To, source
		if v.V.OK && undated != "" && !strings.Contains(v.Flag, datasets.Undated) {
			v.Flag = strings.Join(slices.DeleteFunc([]string{v.Flag, undated}, func(s string) bool { return s == "" }), "; ")
		}
		if !v.ExposureDays.OK && days > 0 {
			v.ExposureDays = datasets.Some(days)
		}
		if e := w.emit(asked, part, &v); e != nil && err == nil {
			err = e
		}
	}
	for i, s := range m.calendar {
		first, last := between(c.posts, s.from.Micros(), s.to.Micros())
		watched := within(spans, s.from.Micros(), s.to.Micros())
		if first == last && len(watched) == 0 && s.kind != metrics.Whole {
			continue
		}
		p = &metrics.Period{Account: k.Account, Kind: s.kind, From: s.from, To: s.to, Setting: m.in.Setting,
			Posts: c.posts[first:last], Own: w.own[before[first]:before[last]], Covered: watched, Coverage: doubt,
			FollowersNow: k.followersNow, FollowersMean: k.followersMean[i], Rounded: k.rounded, Intervals: &w.Intervals}
		near, far := between(c.posts, (s.from - 2).Micros(), (s.to + 2).Micros())
		p.Near = c.posts[near:far]
		if len(watched) == 0 && len(spans) > 0 {
			p.Coverage = "the coverage that study.toml states lies outside"
		}
		p.Elsewhere = m.elsewhere(&k.Account, p.Posts)
		source, days = sourcesOf(c.sources[first:last], names), p.Days()
		sums := metrics.Sums(p)
		sums.Source = source
		w.periods = append(w.periods, sums)
		for i := range metrics.All {
			if metric := &metrics.All[i]; metric.OfPosts != nil && !metrics.Shorter(p.Kind, metric.Shortest) {
				asked = &w.columns[i]
				metric.OfPosts(p, emit)
			}
		}
		if p.Kind == metrics.Whole {
			w.counts, w.curves = distribution(p, w.counts), curves(p, w.curves)
		}
	}
	return err
}

// withoutEchoes leaves out the absent values of weeks and months where that of
// the study window is absent too: the reason, such as a count that the export
// does not have, stands there once.
func (w *worker) withoutEchoes() {
	absent := map[int]bool{}
	for i := range w.rows {
		if r := &w.rows[i]; r.Kind == metrics.Whole && !r.V.OK {
			absent[r.column] = true
		}
	}
	if len(absent) == 0 {
		return
	}
	w.rows = slices.DeleteFunc(w.rows, func(r row) bool { return r.Kind != metrics.Whole && !r.V.OK && absent[r.column] })
}

// distribution counts posts by interactions. The rows lie in room where there is
// enough.
func distribution(p *metrics.Period, room []datasets.InteractionCount) []datasets.InteractionCount {
	out := room[:0]
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
	var names []string
	for i, s := range posts {
		if (i == 0 || s != posts[i-1]) && !slices.Contains(names, s) {
			names = append(names, s)
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		names = account
	}
	if len(names) > 4 {
		return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
	}
	return strings.Join(names, "+")
}
