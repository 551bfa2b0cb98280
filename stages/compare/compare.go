// Package compare turns the values of accounts into estimates by country and
// comparisons between countries, and refuses what the data cannot carry.
package compare

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Version of the stage; raised when the same tables would give other rows.
const Version = 2

// Params are the settings of the study that the stage uses.
type Params struct {
	Countries []string     `json:"countries"` // in the order of the study
	From      datasets.Day `json:"from"`      // study window
	To        datasets.Day `json:"to"`
	Seed      uint64       `json:"seed"`
	Simulated bool         `json:"simulated"` // written into the tables
}

// Confidence of every interval.
const confidence = 0.95

// minTest is the least number of accounts on each side of a country-level
// test: with one, a difference between two accounts would pass for one
// between two countries.
const minTest = 2

// notCompared lists the parts of metrics that say something of a publication
// rather than of an account.
var notCompared = map[string]bool{"posts_per_month/printed": true, "posts_per_month/stated_months": true}

// summary is what one account contributes to a cell: its values in the study
// window, averaged where there are several.
type summary struct {
	value float64
	n     int64
	k     int // values averaged
	flag  string
}

// cell is a metric, part and platform.
type cell struct{ metric, part, platform string }

type data struct {
	unit     string
	accounts map[string]map[string]*summary // country -> account -> summary
}

// Run returns the estimates and the comparisons, each sorted by key.
func Run(p Params, accounts []datasets.Account, values []datasets.Value, published []datasets.PublishedValue) ([]datasets.Estimate, []datasets.Comparison) {
	cells, order := collect(p, accounts, values)
	var estimates []datasets.Estimate
	var comparisons []datasets.Comparison
	for _, c := range order {
		for i, a := range p.Countries {
			if len(cells[c].accounts[a]) > 0 {
				estimates = append(estimates, estimate(c, a, cells[c]))
			}
			for _, b := range p.Countries[i+1:] {
				comparisons = append(comparisons, comparison(p, c, a, b, cells[c]))
			}
		}
	}
	// All tests of one run are one family: nothing in it was singled out beforehand.
	ps := make([]datasets.Opt[float64], len(comparisons))
	for i := range comparisons {
		ps[i] = comparisons[i].P
	}
	for i, adjusted := range sample.Holm(ps) {
		comparisons[i].PAdjusted = adjusted
	}
	estimates = append(estimates, trends(p.Countries, published)...)
	slices.SortFunc(estimates, func(a, b datasets.Estimate) int { return datasets.Estimates.Compare(&a, &b) })
	slices.SortFunc(comparisons, func(a, b datasets.Comparison) int { return datasets.Comparisons.Compare(&a, &b) })
	return estimates, comparisons
}

// collect groups the values that overlap the study window by cell, country and
// account. Accounts of no country or of one that the study does not name, and
// values from too short a span, take no part.
func collect(p Params, accounts []datasets.Account, values []datasets.Value) (map[cell]*data, []cell) {
	country := map[[2]string]string{}
	for _, a := range accounts {
		if a.Country.OK && slices.Contains(p.Countries, a.Country.V) {
			country[[2]string{a.Platform, a.AccountID}] = a.Country.V
		}
	}
	cells := map[cell]*data{}
	for _, v := range values {
		co, ok := country[[2]string{v.Platform, v.AccountID}]
		if !ok || !v.Value.OK || notCompared[v.Metric+"/"+v.Part] || strings.HasPrefix(v.Flag.V, datasets.ShortSpan) ||
			v.PeriodStart >= p.To || v.PeriodEnd <= p.From {
			continue
		}
		c := cell{v.Metric, v.Part, v.Platform}
		if cells[c] == nil {
			cells[c] = &data{unit: v.Unit, accounts: map[string]map[string]*summary{}}
		}
		if cells[c].accounts[co] == nil {
			cells[c].accounts[co] = map[string]*summary{}
		}
		s := cells[c].accounts[co][v.AccountID]
		if s == nil {
			s = &summary{}
			cells[c].accounts[co][v.AccountID] = s
		}
		s.value = (s.value*float64(s.k) + v.Value.V) / float64(s.k+1)
		s.k++
		if v.Flag.OK {
			s.flag = v.Flag.V
		}
		s.n += v.NObserved
	}
	order := make([]cell, 0, len(cells))
	for c := range cells {
		order = append(order, c)
	}
	slices.SortFunc(order, func(a, b cell) int {
		return cmp.Or(cmp.Compare(a.metric, b.metric), cmp.Compare(a.part, b.part), cmp.Compare(a.platform, b.platform))
	})
	return cells, order
}

// side returns the account values of a country in a cell, sorted, the
// observations behind them, and how many accounts had several values.
func (d *data) side(country string) (x []float64, n int64, averaged int) {
	for _, s := range d.accounts[country] {
		x = append(x, s.value)
		n += s.n
		if s.k > 1 {
			averaged++
		}
	}
	slices.Sort(x)
	return x, n, averaged
}

// flags returns the doubts about the values of a country's accounts, each with
// the number of accounts that it is about.
func (d *data) flags(country string) []string {
	n := map[string]int{}
	for _, s := range d.accounts[country] {
		if s.flag != "" {
			n[s.flag]++
		}
	}
	var out []string
	for _, f := range slices.Sorted(maps.Keys(n)) {
		out = append(out, fmt.Sprintf("%s: %s", plural(n[f], "account"), f))
	}
	return out
}

func estimate(c cell, country string, d *data) datasets.Estimate {
	x, n, averaged := d.side(country)
	e := datasets.Estimate{Metric: c.metric, Part: c.part, Country: country, Platform: c.platform, Method: "median_of_accounts",
		Value: sample.Median(x), Unit: d.unit, NAccounts: datasets.Some(int64(len(x))), N: n}
	i, achieved := sample.MedianInterval(x, confidence)
	if achieved.OK {
		e.Low, e.High = i.Low, i.High
		e.Uncertainty = fmt.Sprintf("sign_test_95: order statistics of the accounts, confidence %.3f", achieved.V)
	} else {
		e.Uncertainty = fmt.Sprintf("none: %s; a 95 %% interval of a median needs six", plural(len(x), "account"))
	}
	var flags []string
	if averaged > 0 {
		flags = append(flags, fmt.Sprintf("%s with several values in the window, averaged", plural(averaged, "account")))
	}
	flags = append(flags, d.flags(country)...)
	if len(flags) > 0 {
		e.Flag = datasets.Some(strings.Join(flags, "; "))
	}
	return e
}

func comparison(p Params, c cell, a, b string, d *data) datasets.Comparison {
	x, nx, _ := d.side(a)
	y, ny, _ := d.side(b)
	r := datasets.Comparison{Metric: c.metric, Part: c.part, CountryA: a, CountryB: b, Platform: c.platform, Method: "rank_sum_permutation",
		EffectKind: "difference_of_medians", NAccountsA: int64(len(x)), NAccountsB: int64(len(y)), NA: nx, NB: ny,
		Uncertainty: "none: too few accounts for an interval of a difference between countries"}
	if mx, my := sample.Median(x), sample.Median(y); mx.OK && my.OK {
		r.Effect = datasets.Some(mx.V - my.V)
	} else {
		r.Uncertainty = "none: there is no effect"
	}
	if len(x) < minTest || len(y) < minTest {
		r.Reason = datasets.Some(fmt.Sprintf("no test: %s has %s and %s has %s with this metric on %s; a country-level test needs at least two on each side",
			a, plural(len(x), "account"), b, plural(len(y), "account"), c.platform))
		return r
	}
	t, _ := sample.RankSum(x, y, stream(p.Seed, c, a, b))
	r.P, r.PAttainable = datasets.Some(t.P), datasets.Some(t.Attainable)
	r.Uncertainty = "none: the test is of ranks; see p"
	if t.Attainable > 1-confidence {
		r.Warnings = datasets.Some(fmt.Sprintf("with %d and %d accounts no p below %.3g can be reached, whatever the data", len(x), len(y), t.Attainable))
	}
	return r
}

// stream gives each comparison random numbers of its own, so that adding one
// leaves the others as they were.
func stream(seed uint64, c cell, a, b string) rand.Source {
	h := fnv.New64a()
	fmt.Fprint(h, c.metric, "\x00", c.part, "\x00", c.platform, "\x00", a, "\x00", b)
	return rand.NewPCG(seed, h.Sum64())
}

func plural(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
