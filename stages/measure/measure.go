// Package measure computes the metrics of every account: from its snapshots and
// counted windows, and from its posts by week, month and study window.
package measure

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"
)

// Version of the stage; raised when the same tables would give other values
// though no metric changed.
const Version = 8

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
	Snapshots iter.Seq2[[]datasets.AccountSnapshot, error] // FollowerColumns alone are used, and no row is kept; nil for none
	Windows   []datasets.AccountWindow
	Countries [][]Partition // the posts, one list of partitions a country
	Sources   []study.Source
	From, To  datasets.Day // study window
	Setting   *metrics.Setting

	// Scores takes the scores of the posts of a country, which is its number in
	// Countries: country by country, and within it in the order of the table. They
	// are valid until it returns. Nil where nobody wants them.
	Scores func(country int, rows []datasets.PostScore) error
	// Scratch is the folder for what is not yet in the order in which it is needed:
	// years of posts, and what was computed of each account beyond heldMost. ""
	// holds all of the latter in memory, and has all partitions of a country open.
	Scratch string
	held    int // in place of heldMost where it is not 0
}

type account struct{ platform, id string }

// known is what is known of an account before its posts are read.
type known struct {
	metrics.Window       // without the snapshots once they are measured
	rows           []row // of snapshots and counted windows, as are periods
	periods        []datasets.AccountPeriod
	followersNow   datasets.Opt[float64]
	followersMean  []datasets.Opt[float64] // of every period of the calendar
	rounded        bool                    // whether followersNow are
	seen, measured bool                    // whether its snapshots have come, and its posts
}

// Run computes the values of every metric for every account. A metric that
// emits a value of an undeclared part, or two for the same key, is an error. The
// caller closes the output.
func Run(ctx context.Context, in *Input) (*Output, error) {
	m := &measuring{in: in, accounts: make([]known, len(in.Accounts)), number: make(map[account]int, len(in.Accounts)), calendar: calendar(in.From, in.To),
		taken: make(free[datasets.PostScore], 2*runtime.GOMAXPROCS(0))}
	for i, a := range in.Accounts {
		m.accounts[i].Account = a
		m.number[account{a.Platform, a.AccountID}] = i
	}
	for _, c := range in.Windows {
		if i, ok := m.number[account{c.Platform, c.AccountID}]; ok {
			m.accounts[i].Counted = append(m.accounts[i].Counted, c)
		}
	}
	// Either reads a file on one core for most of its time.
	var surveyed error
	var survey sync.WaitGroup
	survey.Go(func() { surveyed = m.survey() })
	err := m.snapshots(ctx)
	survey.Wait()
	if err := cmp.Or(err, surveyed); err != nil {
		return nil, err
	}
	out := newOutput(in)
	if err := cmp.Or(m.posts(ctx, out), out.store.finish()); err != nil {
		out.Close()
		return nil, err
	}
	out.columns, out.points = m.columns.all, m.curves.all
	out.Metrics = len(m.metrics())
	return out, nil
}

// measuring is one run of the stage.
type measuring struct {
	in       *Input
	accounts []known // as in Input
	number   map[account]int
	calendar []stretch
	all      collection

	columns, curves numbering // of values and of points
	taken           free[datasets.PostScore]
}

// free is memory that is used again.
type free[T any] chan []T

// get returns an empty slice.
func (f free[T]) get() []T {
	select {
	case s := <-f:
		return s[:0]
	default:
		return nil
	}
}

// put takes a slice that nobody uses any more.
func (f free[T]) put(s []T) {
	select {
	case f <- s:
	default:
	}
}

// metrics are those that gave a value.
func (m *measuring) metrics() map[string]bool {
	names := map[string]bool{}
	for _, c := range m.columns.all {
		names[c.name] = true
	}
	return names
}

// snapshots measures what the snapshots and counted windows of the accounts
// give, on every core: a long series of snapshots takes its time. Those of one
// account are held at a time by each.
func (m *measuring) snapshots(ctx context.Context) error {
	type job struct {
		number    int
		snapshots []datasets.AccountSnapshot
	}
	// A batch ends before those who measure are done with it.
	measured := make(free[datasets.AccountSnapshot], 2*runtime.GOMAXPROCS(0))
	return inParallel(ctx, func(put func(job) bool) error {
		var now job
		flush := func() bool {
			rows := now.snapshots
			now.snapshots = nil
			return rows == nil || put(job{now.number, rows})
		}
		if m.in.Snapshots != nil {
			for batch, err := range m.in.Snapshots {
				if err != nil {
					return err
				}
				for first := 0; first < len(batch); {
					id, end := account{batch[first].Platform, batch[first].AccountID}, first+1
					for end < len(batch) && batch[end].AccountID == id.id && batch[end].Platform == id.platform {
						end++
					}
					rows := batch[first:end:end]
					first = end
					i, ok := m.number[id]
					switch {
					case !ok:
						continue
					case now.snapshots != nil && now.number == i:
						now.snapshots = append(now.snapshots, rows...)
						continue
					case m.accounts[i].seen:
						return fmt.Errorf("snapshots of %s %s do not stand together", id.platform, id.id)
					}
					m.accounts[i].seen = true
					if !flush() {
						return nil
					}
					now.number = i
					now.snapshots = append(measured.get(), rows...)
				}
			}
		}
		if !flush() {
			return nil
		}
		for i := range m.accounts {
			if !m.accounts[i].seen && !put(job{i, nil}) {
				return nil
			}
		}
		return nil
	}, func() func(job) error {
		w := m.newWorker()
		return func(j job) error {
			k := &m.accounts[j.number]
			k.Snapshots = j.snapshots
			err := w.ofSnapshots(k)
			measured.put(j.snapshots)
			return err
		}
	})
}

// inParallel does the jobs that produce puts on every core; put is false where
// one of them has failed, or the context has ended. Each worker starts with one
// call of worker.
func inParallel[J any](ctx context.Context, produce func(put func(J) bool) error, worker func() func(J) error) error {
	stop, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	jobs := make(chan J)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			do := worker()
			for j := range jobs {
				if err := do(j); err != nil {
					cancel(err)
				}
			}
		})
	}
	err := produce(func(j J) bool {
		select {
		case jobs <- j:
			return true
		case <-stop.Done():
			return false
		}
	})
	close(jobs)
	workers.Wait()
	if cause := context.Cause(stop); cause != nil {
		return cause
	}
	return err
}

// job is an account to be measured, and where the result is put.
type job struct {
	number  int
	country int        // -1 for none
	posts   *collected // nil for an account of which nothing says that its posts were collected
	done    chan *measured
}

// posts measures the accounts by their posts, on every core, and hands the
// results on in the order in which the accounts were read. What is computed does
// not depend on the order in which they are finished.
func (m *measuring) posts(ctx context.Context, out *Output) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	order := make(chan chan *measured, 2*runtime.GOMAXPROCS(0)) // results that are held for their turn
	taken := make(chan struct{})
	go func() {
		defer close(taken)
		for done := range order {
			r := <-done
			if r == nil { // it was not measured
				continue
			}
			if err := out.take(r); err != nil {
				cancel(err)
			} else if m.in.Scores != nil && r.country >= 0 && context.Cause(ctx) == nil {
				if err := m.in.Scores(r.country, r.scores); err != nil {
					cancel(err)
				}
				m.taken.put(r.scores)
			}
		}
	}()
	err := inParallel(ctx, func(put func(job) bool) error {
		defer close(order)
		return m.everyAccount(func(j job) bool {
			j.done = make(chan *measured, 1)
			order <- j.done
			if !put(j) {
				close(j.done)
				return false
			}
			return true
		})
	}, func() func(job) error {
		w := m.newWorker()
		return func(j job) error {
			defer close(j.done)
			r, err := w.measure(j)
			if err == nil {
				j.done <- r
			}
			return err
		}
	})
	<-taken
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// everyAccount yields every account once: those with posts in the order of the
// partitions, then the others.
//
// Accounts without a post on platforms of which posts were collected, or which
// study.toml names as covered, are measured by the posts that they do not have:
// one that was watched and did not post has a rate of 0, and of any other the
// rows say that nothing is known.
func (m *measuring) everyAccount(yield func(job) bool) error {
	platforms := map[string]bool{}
	for i, partitions := range m.in.Countries {
		for c, err := range accounts(partitions, m.in.Setting, m.in.Scratch) {
			if err != nil {
				return err
			}
			n, ok := m.number[account{c.platform, c.id}]
			switch {
			case !ok:
				return fmt.Errorf("posts of %s %s, which is not among the accounts", c.platform, c.id)
			case m.accounts[n].measured:
				return fmt.Errorf("posts of %s %s are in the partitions of two countries", c.platform, c.id)
			}
			m.accounts[n].measured, platforms[m.accounts[n].Account.Platform] = true, true
			if !yield(job{number: n, country: i, posts: c}) {
				return nil
			}
		}
	}
	for i := range m.accounts {
		a := &m.accounts[i].Account
		if m.accounts[i].measured {
			continue
		}
		named := slices.ContainsFunc(m.in.Sources, func(s study.Source) bool { _, named := s.CoverageOf(a.Platform, a.AccountID, a.Handle.V); return named })
		j := job{number: i, country: -1}
		if named || platforms[a.Platform] {
			j.posts = &collected{platform: a.Platform, id: a.AccountID}
		}
		if !yield(j) {
			return nil
		}
	}
	return nil
}
