package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// export is what the exports hold of one account, taken together.
type export struct {
	source   string
	held     map[string]*study.Capture // by source
	spans    []stretch                 // that they cover
	reason   string                    // why they cover nothing
	doubt    string                    // what makes the coverage doubtful; "" for nothing
	undated  int64                     // posts without a time
	observed datasets.Micros           // of the latest observation; 0 where none is dated
}

// count is what the exports hold between two edges: surely inside, by the
// moments taken for the edges, and possibly inside.
type count struct {
	start, end     edge
	least, at, all tally
}

// tally counts posts, and sums over those that are no reposts the counts of
// likes, comments, shares and views.
type tally struct {
	posts, reposts, replies int64
	sums, missing           [4]int64
}

func (t *tally) add(p *datasets.Post) {
	t.posts++
	switch p.PostType {
	case datasets.Repost:
		t.reposts++
		return
	case datasets.Reply:
		t.replies++
	}
	for i, c := range [4]datasets.Opt[int64]{p.Counts.Like, p.Counts.Comment, p.Counts.Share, p.Counts.View} {
		if c.OK {
			t.sums[i] += c.V
		} else {
			t.missing[i]++
		}
	}
}

func (c *count) add(p *datasets.Post) {
	at := p.CreatedAt.V
	if c.start.low <= at && at < c.end.high {
		c.all.add(p)
	}
	if c.start.at <= at && at < c.end.at {
		c.at.add(p)
	}
	if c.start.high <= at && at < c.end.low {
		c.least.add(p)
	}
}

// addExports finds what the exports hold of each account: first what they
// cover, then the posts of each period that something else tells of.
func addExports(ctx context.Context, in *Input, subjects []*subject) error {
	if len(subjects) == 0 {
		return nil
	}
	byAccount := map[account]*subject{}
	for _, s := range subjects {
		byAccount[s.account] = s
		s.export = &export{held: map[string]*study.Capture{}}
	}
	for _, part := range in.Posts {
		err := each(ctx, part, byAccount, func(r *datasets.Post) account { return account{r.Platform, r.AccountID} }, func(s *subject, r *datasets.Post) {
			s.export.hold(r.Source, r.CreatedAt, r.ObservedAt)
			if !r.CreatedAt.OK {
				s.export.undated++
			}
		})
		if err != nil {
			return err
		}
	}
	for _, part := range in.Observations {
		err := each(ctx, part, byAccount, func(r *datasets.PostSnapshot) account { return account{r.Platform, r.AccountID} }, func(s *subject, r *datasets.PostSnapshot) {
			s.export.hold(r.Source, r.CreatedAt, r.ObservedAt)
		})
		if err != nil {
			return err
		}
	}
	handles := map[account]string{}
	for _, a := range in.Accounts {
		handles[account{a.Platform, a.AccountID}] = a.Handle.V
	}
	for _, s := range subjects {
		if !s.export.cover(in.Sources, s, handles[s.account]) {
			s.export = nil
			continue
		}
		for _, w := range s.windows {
			w.count = &count{start: w.start, end: w.end}
		}
		for _, t := range s.totals {
			t.within(s.export.spans)
		}
	}
	for _, part := range in.Posts {
		err := each(ctx, part, byAccount, func(r *datasets.Post) account { return account{r.Platform, r.AccountID} }, func(s *subject, r *datasets.Post) {
			if s.export == nil || !r.CreatedAt.OK {
				return
			}
			for _, w := range s.windows {
				w.count.add(r)
			}
			for _, t := range s.totals {
				if t.count != nil {
					t.count.add(r)
				}
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// each calls do for the rows of a partition whose account is among the subjects.
// Rows of an account lie together, so that it is looked up once.
func each[R any](ctx context.Context, part func(func([]R, error) bool), subjects map[account]*subject, of func(*R) account, do func(*subject, *R)) error {
	var last account
	s := subjects[last]
	for batch, err := range part {
		if err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		for i := range batch {
			if a := of(&batch[i]); a != last {
				last, s = a, subjects[a]
			}
			if s != nil {
				do(s, &batch[i])
			}
		}
	}
	return nil
}

// hold notes an observation of a post.
func (e *export) hold(source string, created, observed datasets.Opt[datasets.Micros]) {
	c := e.held[source]
	if c == nil {
		c = &study.Capture{}
		e.held[strings.Clone(source)] = c // the text shares memory with the whole batch
	}
	c.Include(created, observed)
	if observed.OK {
		e.observed = max(e.observed, observed.V)
	}
}

// within chooses the totals that are compared with the exports: the first and
// the last of the longest stretch between two totals in covered time, else of
// all. It chooses none where it is not known which of them came first.
func (t *series) within(spans []stretch) {
	t.first, t.last = 0, len(t.shown)-1
	longest := datasets.Micros(0)
	for _, s := range spans {
		first, last := -1, -1
		for i := range t.shown {
			if m := moment(&t.shown[i]); s.from <= m.low && m.high <= s.to {
				if first < 0 {
					first = i
				}
				last = i
			}
		}
		if first < 0 {
			continue
		}
		if d := t.shown[last].ObservedAt - t.shown[first].ObservedAt; d > longest {
			longest, t.first, t.last = d, first, last
		}
	}
	if first, last := &t.shown[t.first], &t.shown[t.last]; before(first, last) {
		t.count = &count{start: moment(first), end: moment(last)}
	}
}

// touches tells whether the exports hold or cover anything of a period.
func (e *export) touches(c *count) bool {
	return c.all.posts > 0 || slices.ContainsFunc(e.spans, func(s stretch) bool { return s.from < c.end.at && c.start.at < s.to })
}

// tell returns what the exports tell of a quantity over a period. It can be
// compared only where they cover all of it; elsewhere, and where posts have no
// time or not the count, what they hold is its lower bound alone.
func (e *export) tell(quantity string, c *count) *telling {
	t := &telling{source: e.source}
	if e.doubt != "" {
		t.notes = append(t.notes, e.doubt)
	}
	covered := slices.ContainsFunc(e.spans, func(s stretch) bool { return s.begins() <= c.start.low && c.end.high <= s.ends() })
	switch {
	case len(e.spans) == 0:
		t.fail(e.reason)
	case !covered:
		t.fail(fmt.Sprintf("the exports cover only %s, and the period may go from %s", said(e.spans), said([]stretch{{c.start.low, c.end.high}})))
	}
	if n := c.all.posts - c.least.posts; n > 0 {
		t.notes = append(t.notes, fmt.Sprintf("%s in the exports may lie in or out of the period, whose ends are not known to the hour", plural(n, "post")))
	}
	if quantity == "posts" {
		e.posts(t, c)
	} else {
		e.sums(t, c, slices.Index(quantities, quantity)-1)
	}
	if t.why != "" {
		t.v, t.high, t.own = datasets.None[float64](), datasets.None[float64](), nil
	}
	return t
}

func (e *export) posts(t *telling, c *count) {
	of := func(least, at, all int64) span {
		return span{datasets.Some(float64(at)), datasets.Some(float64(least)), datasets.Some(float64(all + e.undated))}
	}
	t.span = of(c.least.posts, c.at.posts, c.all.posts)
	if c.all.reposts > 0 {
		own := of(c.least.posts-c.least.reposts, c.at.posts-c.at.reposts, c.all.posts-c.all.reposts)
		t.own = &own
	}
	if e.undated > 0 {
		t.notes = append(t.notes, plural(e.undated, "post")+" without a time may belong to the period")
	}
	if c.at.replies > 0 {
		t.notes = append(t.notes, fmt.Sprintf("replies among its posts: %d", c.at.replies))
	}
	t.lower = "posts deleted before the export was made are not in it"
}

func (e *export) sums(t *telling, c *count, i int) {
	t.v, t.low, t.high = datasets.Some(float64(c.at.sums[i])), datasets.Some(float64(c.least.sums[i])), datasets.Some(float64(c.all.sums[i]))
	if n := c.all.missing[i]; n > 0 {
		t.fail(fmt.Sprintf("%d of the %s in the exports without reposts do not show the count", n, plural(c.all.posts-c.all.reposts, "post")))
	}
	if e.undated > 0 {
		t.fail(plural(e.undated, "post") + " without a time may belong to the period")
	}
	t.notes = append(t.notes, "reposts carry no counts of their own")
	if e.observed != 0 {
		t.read = datasets.Some(e.observed.Day())
		t.notes = append(t.notes, fmt.Sprintf("the exports show counts as last observed, on %s at the latest", e.observed.Day()))
	}
}

// said names stretches of time by the moments at which they begin and end.
func said(spans []stretch) string {
	var days []string
	for _, s := range spans {
		days = append(days, fmt.Sprintf("%s to %s", s.from.Time().Format("2006-01-02 15:04"), s.to.Time().Format("2006-01-02 15:04 UTC")))
	}
	return strings.Join(days, ", ")
}

// names joins the ids of the sources that hold the account.
func (e *export) names() string {
	return "export:" + strings.Join(slices.Sorted(maps.Keys(e.held)), "+")
}
