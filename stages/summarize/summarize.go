// Package summarize takes the accounts of each country on a platform together
// in the curves that figures draw and no other table has. The table curves
// defines each. Posts are pooled: curves describe, and no test uses them.
package summarize

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Version of the stage; raised when the same tables would give other rows.
const Version = 2

// Event is an event of events.csv.
type Event struct {
	ID      string
	At      datasets.Micros
	Country string // "" for all
}

// ValueColumns are the columns of values that this package uses; the others need
// not be read.
var ValueColumns = []string{"metric", "part", "platform", "account_id", "period_kind", "period_start", "value", "n_observed", "exposure_days"}

// Uses tells whether a value is used: the weeks of posts_per_month/observed and
// the intervals of burstiness are.
func Uses(v *datasets.Value) bool {
	return v.Metric == "posts_per_month" && v.Part == "observed" && v.PeriodKind == "week" ||
		v.Metric == "burstiness" && v.Part == "finite" && v.PeriodKind == "window" && v.Value.OK
}

// UsesMetric tells whether any value of a metric is used.
func UsesMetric(metric string) bool { return metric == "posts_per_month" || metric == "burstiness" }

// Input is what the stage reads, each table sorted by its key. Of values only
// those of which Uses is true are used.
type Input struct {
	Countries     []string // of the study, in its order; others are left out
	Accounts      []datasets.Account
	Values        []datasets.Value
	Counts        []datasets.InteractionCount
	AccountCurves []datasets.Curve
	Events        []Event
	From, To      datasets.Day // study window
}

type cell struct{ country, platform string }

// builder collects points.
type builder struct {
	in   *Input
	of   map[[2]string]cell // of compared accounts
	rows []datasets.Curve
}

func (b *builder) point(curve string, c cell, series string, x float64, y datasets.Opt[float64], n int64) *datasets.Curve {
	b.rows = append(b.rows, datasets.Curve{Curve: curve, Country: c.country, Platform: c.platform, Series: series, X: x, Y: y, N: n})
	return &b.rows[len(b.rows)-1]
}

// Run returns the curves, sorted by the key of their table.
func Run(ctx context.Context, in *Input) ([]datasets.Curve, error) {
	b := &builder{in: in, of: map[[2]string]cell{}}
	for _, a := range in.Accounts {
		if a.Country.OK && slices.Contains(in.Countries, a.Country.V) {
			b.of[[2]string{a.Platform, a.AccountID}] = cell{a.Country.V, a.Platform}
		}
	}
	b.interactions()
	b.accounts()
	b.weeks()
	b.null()
	for _, e := range in.Events {
		b.point(datasets.EventMoments, cell{country: e.Country}, e.ID, float64(e.At)/86_400e6, datasets.None[float64](), 1)
	}
	slices.SortFunc(b.rows, func(x, y datasets.Curve) int { return datasets.Curves.Compare(&x, &y) })
	return b.rows, ctx.Err()
}

// most points of a curve.
const most = 200

// interactions are the curves of interaction_counts.
func (b *builder) interactions() {
	posts := map[cell]map[int64]int64{}
	for _, c := range b.in.Counts {
		at, ok := b.of[[2]string{c.Platform, c.AccountID}]
		if !ok {
			continue
		}
		if posts[at] == nil {
			posts[at] = map[int64]int64{}
		}
		posts[at][c.Interactions] += c.Posts
	}
	for at, counts := range posts {
		var values []int64
		var n, total int64
		for v, k := range counts {
			values = append(values, v)
			n, total = n+k, total+v*k
		}
		slices.Sort(values)
		share := func(k int64) datasets.Opt[float64] { return datasets.Some(float64(k) / float64(n)) }
		b.point(datasets.ZeroPosts, at, "", 0, share(counts[0]), n)
		var below, sum int64
		var ccdf, lorenz []datasets.Curve
		lorenz = append(lorenz, datasets.Curve{Curve: datasets.LorenzCurve, Country: at.country, Platform: at.platform, Y: datasets.Some(0.0), N: n})
		gini := 0.0
		for _, v := range values {
			if v > 0 {
				ccdf = append(ccdf, datasets.Curve{Curve: datasets.CCDF, Country: at.country, Platform: at.platform, X: float64(v), Y: share(n - below), N: n})
			}
			k := counts[v]
			// Gini's sum over ranks i of (2i - n - 1) x, for the k equal ones at ranks below+1 to below+k.
			gini += float64(v) * float64(k) * float64(2*below+k-n)
			below, sum = below+k, sum+v*k
			if total > 0 {
				lorenz = append(lorenz, datasets.Curve{Curve: datasets.LorenzCurve, Country: at.country, Platform: at.platform,
					X: float64(below) / float64(n), Y: datasets.Some(float64(sum) / float64(total)), N: n})
			}
		}
		b.rows = append(b.rows, thinned(ccdf, func(c *datasets.Curve) float64 { return math.Log(c.X) })...)
		if total > 0 {
			b.rows = append(b.rows, thinned(lorenz, func(c *datasets.Curve) float64 { return c.X + c.Y.V })...)
			b.point(datasets.PooledGini, at, "", 0, datasets.Some(gini/(float64(n)*float64(total))), n)
		}
	}
}

// thinned keeps the first and the last point, and of those between at most one
// of each of equal stretches of along, which rises.
func thinned(points []datasets.Curve, along func(*datasets.Curve) float64) []datasets.Curve {
	if len(points) <= most {
		return points
	}
	low, high := along(&points[0]), along(&points[len(points)-1])
	var out []datasets.Curve
	last := -1
	for i := range points {
		step := int((along(&points[i]) - low) / (high - low) * (most - 2))
		if i == len(points)-1 || step != last {
			out = append(out, points[i])
			last = step
		}
	}
	return out
}

// accounts are the curves that sum up those of accounts.
func (b *builder) accounts() {
	type key struct {
		cell
		series string
		x      float64
	}
	hours, known, languages := map[key]float64{}, map[key]float64{}, map[key]float64{}
	posts, own, both := map[cell]int64{}, map[cell]int64{}, map[cell]int64{}
	seen := map[[2]string]bool{}
	delays, answered := map[string][]float64{}, map[string][]bool{}
	for _, r := range b.in.AccountCurves {
		at, ok := b.of[[2]string{r.Platform, r.AccountID}]
		if !ok {
			continue
		}
		first := !seen[[2]string{r.Curve, r.Platform + " " + r.AccountID}]
		seen[[2]string{r.Curve, r.Platform + " " + r.AccountID}] = true
		switch r.Curve {
		case datasets.HourByWeekday:
			hours[key{at, r.Series, r.X}] += r.Y.V
			if first {
				posts[at] += r.N
			}
		case datasets.CountsKnown:
			known[key{at, r.Series, r.X}] += r.Y.V
			if first {
				own[at] += r.N
			}
		case datasets.LanguagesGiven:
			languages[key{at, r.Series, r.X}] += r.Y.V
			if first {
				both[at] += r.N
			}
		case datasets.Responses:
			delays[at.country] = append(delays[at.country], r.X)
			answered[at.country] = append(answered[at.country], r.Y.V == 1)
		}
	}
	for k, n := range hours {
		b.point(datasets.HourByWeekday, k.cell, k.series, k.x, datasets.Some(n/float64(posts[k.cell])), posts[k.cell])
	}
	for k, n := range known {
		b.point(datasets.CountsKnown, k.cell, k.series, k.x, datasets.Some(n/float64(own[k.cell])), own[k.cell])
	}
	for k, n := range languages {
		b.point(datasets.LanguagesGiven, k.cell, k.series, k.x, datasets.Some(n), both[k.cell])
	}
	for country, d := range delays {
		curve, ok := sample.KaplanMeier(d, answered[country], 0.95)
		if !ok {
			continue
		}
		n := int64(len(d))
		b.point(datasets.Latency, cell{country: country}, "", 0, datasets.Some(0.0), n)
		last := 0.0
		for _, s := range curve.Steps {
			if s.Time > last {
				b.point(datasets.Latency, cell{country: country}, "", s.Time, datasets.Some(1-s.Survival), n)
				last = s.Time
			}
		}
	}
}

// weeks are posts and coverage by week.
func (b *builder) weeks() {
	type week struct {
		cell
		from datasets.Day
	}
	type sum struct {
		posts, accounts int64
		days            float64
	}
	weeks := map[week]*sum{}
	cells := map[cell]int64{}
	for _, c := range b.of {
		cells[c]++
	}
	measured := map[cell]bool{}
	for i := range b.in.Values {
		v := &b.in.Values[i]
		at, ok := b.of[[2]string{v.Platform, v.AccountID}]
		if !ok || v.Metric != "posts_per_month" || !Uses(v) {
			continue
		}
		k := week{at, v.PeriodStart}
		if weeks[k] == nil {
			weeks[k] = &sum{}
		}
		measured[at] = true
		weeks[k].posts += v.NObserved
		weeks[k].days += v.ExposureDays.V
		weeks[k].accounts++
	}
	for at := range measured {
		for _, from := range mondays(b.in.From, b.in.To) {
			to := min(from.to, b.in.To)
			possible := float64(to-from.from) * float64(cells[at])
			s := weeks[week{at, from.from}]
			if s == nil {
				s = &sum{}
			}
			y, ci := datasets.None[float64](), sample.Interval{}
			if s.days > 0 {
				y, ci = datasets.Some(7*float64(s.posts)/s.days), sample.Garwood(s.posts, 0.95)
			}
			p := b.point(datasets.PostsByWeek, at, "", float64(from.from), y, s.posts)
			if s.days > 0 && ci.Low.OK && ci.High.OK {
				p.Low, p.High = datasets.Some(7*ci.Low.V/s.days), datasets.Some(7*ci.High.V/s.days)
			}
			b.point(datasets.CoverageShare, at, "", float64(from.from), datasets.Some(s.days/possible), cells[at])
		}
	}
}

type span struct{ from, to datasets.Day }

// mondays cuts the window into weeks as measure does: from Monday, the first and
// the last cut at its ends.
func mondays(from, to datasets.Day) []span {
	var out []span
	for from < to {
		next := from + 7 - datasets.Day((int(from)+3)%7) // 1970-01-01 was a Thursday
		out = append(out, span{from, min(next, to)})
		from = next
	}
	return out
}

// draws behind each point of the null band.
const draws = 2000

// null is what the part finite of burstiness comes to for posts at random times,
// over the numbers of intervals that accounts have.
func (b *builder) null() {
	largest := int64(0)
	for i := range b.in.Values {
		v := &b.in.Values[i]
		if _, ok := b.of[[2]string{v.Platform, v.AccountID}]; ok && v.Metric == "burstiness" && Uses(v) {
			largest = max(largest, v.NObserved)
		}
	}
	r := rand.New(rand.NewPCG(1, 2)) // the band is a constant of the number of intervals, not of the study
	for _, n := range []int64{2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, 2000, 5000, 10_000} {
		var values []float64
		for range min(draws, int(4_000_000/n)) {
			intervals := make([]float64, n)
			for i := range intervals {
				intervals[i] = r.ExpFloat64()
			}
			if _, finite := sample.Burstiness(intervals); finite.OK {
				values = append(values, finite.V)
			}
		}
		if largest == 0 || n > 2*largest && n > 10 {
			break
		}
		p := b.point(datasets.NullBurst, cell{}, "", float64(n), sample.Median(values), int64(len(values)))
		p.Low, p.High = sample.Quantile(values, 0.025), sample.Quantile(values, 0.975)
	}
}
