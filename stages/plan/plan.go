// Package plan says, before anything is collected, what a study of so many
// accounts and months could find out: by simulating it many times from the
// process of package simulate and making the primary comparison each time.
package plan

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"diplometrics/stages/sample"
	"diplometrics/stages/simulate"
)

// Design is what is planned.
type Design struct {
	Countries  []Side
	Months     float64
	Platforms  []string // each country has its accounts on each; a platform weighs as much as another
	Kind       string   // of the accounts
	Seed       uint64
	Studies    int // that are simulated for each number
	Parameters *simulate.Parameters
}

// Side is a country with its accounts on each platform.
type Side struct {
	Code     string
	Accounts int
}

// Power that a detectable ratio is for, and the levels of the tests: of one
// comparison by itself, and the strictest that Holm's correction of the primary
// family asks for, which is that of its least p.
const (
	power = 0.8
	alpha = 0.05
)

// Most is the greatest ratio that is looked for.
const Most = 50

// Pair is what two countries could be told apart by.
type Pair struct {
	A, B Side

	// LeastP is the least p that relabeling their accounts can give.
	LeastP float64
	// Outcomes are posting and engagement, then the share of posts without an
	// interaction, of which no ratio is looked for.
	Outcomes []Outcome
}

// Outcome is one metric of the primary family.
type Outcome struct {
	Metric string
	// Width is the mean width of the 95 % interval where there is no difference:
	// of posts_per_month that of a log ratio. NaN where there is no interval.
	Width float64
	// Alone and Family are the least ratios of two countries that the comparison
	// would show in 80 % of studies, at 5 %, and at what Holm asks of the least p
	// of the primary family. +Inf where none up to Most would.
	Alone, Family float64
}

// Plan is a design with what it could find.
type Plan struct {
	Design Design
	Tests  int // of the primary family
	Pairs  []Pair
	More   []More
}

// More is what another design would do, for its least able pair.
type More struct {
	What  string
	Pairs []Pair
}

// Run makes the plan. progress is called with the number of designs that are
// done, of how many. The error is that of a wrong design, or of ctx.
func Run(ctx context.Context, d Design, progress func(done, of int)) (*Plan, error) {
	p := &Plan{Design: d}
	if err := d.check(); err != nil {
		return nil, err
	}
	k := len(d.Countries)
	p.Tests = 3 * k * (k - 1) / 2
	variants := []struct {
		what   string
		design Design
	}{{"as planned", d}, {"twice the months", d.times(1, 2)}, {"half as many accounts again", d.times(1.5, 1)}, {"twice the accounts", d.times(2, 1)}, {"twice the accounts and months", d.times(2, 2)}}
	people := map[float64][]*population{} // by months: accounts are samples of the same
	for i, v := range variants {
		months := v.design.Months
		if people[months] == nil {
			people[months] = v.design.populations()
		}
		pairs, err := v.design.pairs(ctx, p.Tests, people[months])
		if err != nil {
			return nil, err
		}
		if i == 0 {
			p.Pairs = pairs
		}
		p.More = append(p.More, More{v.what, pairs})
		progress(i+1, len(variants))
	}
	return p, nil
}

func (d *Design) check() error {
	if len(d.Countries) < 2 {
		return fmt.Errorf("found %d countries, expected at least two, such as KAZ=8,UZB=5", len(d.Countries))
	}
	for _, s := range d.Countries {
		if s.Accounts < 1 || s.Accounts > 1000 {
			return fmt.Errorf("%s: found %d accounts, expected 1 to 1000", s.Code, s.Accounts)
		}
	}
	for i, platform := range d.Platforms {
		if slices.Contains(d.Platforms[:i], platform) {
			return fmt.Errorf("%s stands twice; name each platform once", platform)
		}
		if !d.Parameters.Has(d.Kind, platform) {
			return fmt.Errorf("the parameters have no %s on %s", d.Kind, platform)
		}
	}
	return nil
}

// times is a design with times as many accounts and months.
func (d Design) times(accounts, months float64) Design {
	d.Countries = slices.Clone(d.Countries)
	for i := range d.Countries {
		d.Countries[i].Accounts = int(math.Ceil(accounts * float64(d.Countries[i].Accounts)))
	}
	d.Months *= months
	return d
}

// pairs works on every pair of countries, on all cores.
func (d Design) pairs(ctx context.Context, tests int, people []*population) ([]Pair, error) {
	var out []Pair
	for i, a := range d.Countries {
		for _, b := range d.Countries[i+1:] {
			sizes := make([][2]int, len(d.Platforms))
			for k := range sizes {
				sizes[k] = [2]int{a.Accounts, b.Accounts}
			}
			out = append(out, Pair{A: a, B: b, LeastP: sample.LeastAttainable(sizes...), Outcomes: make([]Outcome, len(metrics))})
		}
	}
	var next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for ctx.Err() == nil {
				m := int(next.Add(1)) - 1
				if m >= len(metrics) {
					return
				}
				for i := range out {
					out[i].Outcomes[m] = people[m].outcome(&out[i], tests)
				}
			}
		})
	}
	workers.Wait()
	return out, ctx.Err()
}

// metrics are the outcomes of the primary family.
var metrics = []string{simulate.PostingRate, simulate.Engagement, simulate.ZeroShare}

// Intervals need so many accounts on each side, as in comparisons; tests two.
const (
	minInterval = 4
	minTest     = 2
)

// outcome finds the width and the ratios of one metric.
func (l *population) outcome(p *Pair, tests int) Outcome {
	o := Outcome{Metric: l.metric, Width: math.NaN(), Alone: math.Inf(1), Family: math.Inf(1)}
	accounts := len(l.d.Platforms) * min(p.A.Accounts, p.B.Accounts) // of platforms that tell
	if accounts >= minInterval {
		o.Width = l.width(p)
	}
	if l.metric == simulate.ZeroShare || accounts < minTest {
		return o
	}
	if p.LeastP <= alpha {
		o.Alone = l.detectable(p, alpha)
	}
	if strict := alpha / float64(tests); p.LeastP <= strict {
		o.Family = l.detectable(p, strict)
	}
	return o
}

// width is the mean width of the interval where both countries are alike.
func (l *population) width(p *Pair) float64 {
	var sum, n float64
	for s := range l.d.Studies {
		if t := sample.StratifiedT(l.study(p, 0, s), 1-alpha); t.Interval.Low.OK {
			sum, n = sum+t.Interval.High.V-t.Interval.Low.V, n+1
		}
	}
	return sum / n
}

// step is between the logarithms of two ratios that are tried: two per cent.
const step = 0.02

// detectable is the least ratio at which so many studies tell the countries
// apart, by bisection. Studies have the same random numbers at every ratio, so
// that the share of them grows with it.
func (l *population) detectable(p *Pair, level float64) float64 {
	most := int(math.Log(Most) / step)
	at := sort.Search(most+1, func(i int) bool {
		n := 0
		for s := range l.d.Studies {
			t := sample.StratifiedT(l.study(p, i, s), 1-level)
			if t.Interval.Low.OK && (t.Interval.Low.V > 0 || t.Interval.High.V < 0) {
				n++
			}
		}
		return float64(n) >= power*float64(l.d.Studies)
	})
	if at > most {
		return math.Inf(1)
	}
	return math.Exp(step * float64(at))
}

// population is the accounts of which studies are samples.
type population struct {
	d         Design
	metric    string
	summaries map[int][][]float64 // by the number of steps of the ratio, and platform; NaN where an account has none
}

// size of a population on each platform: enough for its spread to be right to a
// hundredth.
const size = 5000

// populations returns one a metric of metrics, of which each is for one
// goroutine at a time. Platforms whose exports do not tell interactions have no
// part in metrics of them, as in comparisons.
func (d Design) populations() (out []*population) {
	for _, m := range metrics {
		told := d
		if m != simulate.PostingRate {
			told.Platforms = slices.DeleteFunc(slices.Clone(d.Platforms), func(p string) bool { return !simulate.TellsInteractions(p) })
		}
		out = append(out, &population{told, m, map[int][][]float64{}})
	}
	return out
}

// at returns the population times a ratio of so many steps.
func (l *population) at(steps int) [][]float64 {
	if l.summaries[steps] == nil {
		for _, platform := range l.d.Platforms {
			process, y := l.d.Parameters.Neutral(l.d.Kind, platform), make([]float64, size)
			for k := range y {
				// Random numbers of its own for each account, the same at every ratio.
				y[k] = l.d.account(process, platform, l.metric, step*float64(steps), simulate.Random(l.d.Seed, "population", platform, k))
			}
			l.summaries[steps] = append(l.summaries[steps], y)
		}
	}
	return l.summaries[steps]
}

// study draws one study: the summaries of the accounts of both countries by
// platform, those of A times a ratio of so many steps.
func (l *population) study(p *Pair, steps, number int) []sample.TStratum {
	r := simulate.Random(l.d.Seed, "study", number)
	a, b := l.at(steps), l.at(0)
	strata := make([]sample.TStratum, len(l.d.Platforms))
	some := func(from []float64, n int) (y []float64) {
		for range n {
			if v := from[r.IntN(size)]; !math.IsNaN(v) {
				y = append(y, v)
			}
		}
		return y
	}
	for i := range strata {
		strata[i] = sample.TStratum{A: some(a[i], p.A.Accounts), B: some(b[i], p.B.Accounts), Weight: 1 / float64(len(strata))}
	}
	return strata
}

// maxPosts of an account are drawn: more change its mean by little.
const maxPosts = 200

// account draws an account and returns its summary; NaN where it has none, for
// want of posts.
func (d Design) account(process simulate.Process, platform, metric string, logRatio float64, r *rand.Rand) float64 {
	days := d.Months * sample.DaysPerMonth
	switch metric {
	case simulate.PostingRate:
		process.Rate *= math.Exp(logRatio)
	case simulate.Engagement:
		process.Level += logRatio
	}
	a := process.Draw(r)
	n := simulate.Poisson(r, a.Rate*days)
	if metric == simulate.PostingRate {
		return math.Log((float64(n) + 0.5) / days * sample.DaysPerMonth)
	}
	own := 1 - d.Parameters.Platforms[platform].Repost
	n = int64(math.Round(float64(min(n, maxPosts)) * own))
	if n == 0 {
		return math.NaN()
	}
	var sum float64
	for range n {
		i := simulate.Poisson(r, a.Mean(r, a.Followers))
		if metric == simulate.ZeroShare {
			if i == 0 {
				sum++
			}
			continue
		}
		sum += math.Log1p(1000 * float64(i) / a.Followers)
	}
	return sum / float64(n)
}

// weakest is the pair that can tell least: by the ratio of posting, the least p,
// then the fewest accounts.
func weakest(pairs []Pair) *Pair {
	worst := slices.MaxFunc(pairs, func(a, b Pair) int {
		return cmp.Or(cmp.Compare(a.Outcomes[0].Alone, b.Outcomes[0].Alone), cmp.Compare(a.LeastP, b.LeastP),
			cmp.Compare(-min(a.A.Accounts, a.B.Accounts), -min(b.A.Accounts, b.B.Accounts)))
	})
	return &worst
}
