package compare

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Metrics that are more to the comparison than a name.
const (
	postingRate = "posts_per_month"
	engagement  = "log_interactions_per_1000_followers"
	zeroShare   = "zero_share"
	perPost     = "interactions_per_post"

	// The part of engagement that only sensitivity reads.
	withoutTop = "at_posting_without_top"
)

// study is what the stage knows of one study.
type study struct {
	p        Params
	accounts []datasets.Account // of the compared countries, by platform, then id
	counts   map[account][]datasets.InteractionCount
	parts    []*part // sorted by metric, then name
	top      *part   // engagement without each account's top post; nil where no account has it

	calibration []measured
	waiting     waiting
}

// account names an account.
type account struct{ platform, id string }

// part is a part of a metric with the values of all accounts.
type part struct {
	metric, name, unit, scale string
	platforms                 []string // on which any account was measured, with or without a value, sorted
	cells                     map[cell][]unit
	registered                map[cell][]*datasets.Account // with or without a value, by id
	of                        string                       // which accounts are left, " of type ministry"; "" for all
}

// cell is a country on a platform.
type cell struct{ country, platform string }

// unit is what one account contributes to a part.
type unit struct {
	of       *datasets.Account
	value    float64
	y        datasets.Opt[float64] // the value on the scale of means; absent where it has no logarithm
	posts    int64                 // of a posting rate
	days     float64               // of a posting rate, exposure; 0 where it is not known
	n        int64                 // observations behind the value
	averaged bool                  // over several values
	flags    []string
}

// rate tells whether the values are posts by days.
func (p *part) rate() bool { return p.metric == postingRate }

// collect groups the values of the study window. Values of a period of another
// kind or of no scale are left out; of posts, the one window is the study's, and
// counted windows and snapshots may overlap it.
func collect(p Params, in Input) *study {
	s := &study{p: p, counts: map[account][]datasets.InteractionCount{}}
	known := map[account]*datasets.Account{}
	for _, a := range in.Accounts {
		if a.Country.OK && slices.Contains(p.Countries, a.Country.V) {
			s.accounts = append(s.accounts, a)
		}
	}
	slices.SortFunc(s.accounts, func(a, b datasets.Account) int { return datasets.Accounts.Compare(&a, &b) })
	registered := map[cell][]*datasets.Account{}
	for i := range s.accounts {
		a := &s.accounts[i]
		known[account{a.Platform, a.AccountID}] = a
		c := cell{a.Country.V, a.Platform}
		registered[c] = append(registered[c], a)
	}
	for _, c := range in.Counts {
		if a := (account{c.Platform, c.AccountID}); known[a] != nil && c.Posts > 0 && c.Interactions >= 0 {
			s.counts[a] = append(s.counts[a], c)
		}
	}
	type key struct{ metric, part string }
	withoutTopKey := key{engagement, withoutTop}
	values := map[key]map[account][]datasets.Value{}
	for _, v := range in.Values {
		k, a := key{v.Metric, v.Part}, account{v.Platform, v.AccountID}
		if known[a] == nil || !p.Uses(&v) {
			continue
		}
		if values[k] == nil {
			values[k] = map[account][]datasets.Value{}
		}
		values[k][a] = append(values[k][a], v)
	}
	for k, byAccount := range values {
		pt := &part{metric: k.metric, name: k.part, scale: cmp.Or(p.scale(k.metric, k.part), Difference), cells: map[cell][]unit{}, registered: registered}
		for _, a := range slices.SortedFunc(maps.Keys(byAccount), compareAccounts) {
			pt.platforms = append(pt.platforms, a.platform)
			pt.unit = byAccount[a][0].Unit
			of := known[a]
			c := cell{of.Country.V, a.platform}
			if usable := slices.DeleteFunc(byAccount[a], unusable); len(usable) > 0 {
				pt.cells[c] = append(pt.cells[c], pt.contribution(&p, of, usable))
			}
		}
		pt.platforms = slices.Compact(pt.platforms)
		if k == withoutTopKey {
			s.top = pt
			continue
		}
		s.parts = append(s.parts, pt)
	}
	slices.SortFunc(s.parts, compareParts)
	return s
}

// ValueColumns are the columns of values that this package uses; the others need
// not be read.
var ValueColumns = []string{"metric", "part", "platform", "account_id", "period_kind", "period_start", "period_end", "value", "unit", "n_observed", "exposure_days", "flag", "source"}

// UsesMetric tells whether any value of a metric can enter a comparison.
func (p *Params) UsesMetric(metric string) bool {
	for part := range p.Scales {
		if strings.HasPrefix(part, metric+"/") {
			return true
		}
	}
	return metric == engagement
}

// Uses tells whether a value can enter a comparison; Run passes over the others.
func (p *Params) Uses(v *datasets.Value) bool {
	return v.PeriodKind == "window" && v.PeriodStart < p.To && v.PeriodEnd > p.From &&
		(p.scale(v.Metric, v.Part) != "" || v.Metric == engagement && v.Part == withoutTop)
}

// scale is the scale of a part, "" where countries are not compared by it.
func (p *Params) scale(metric, part string) string {
	return cmp.Or(p.Scales[metric+"/"+part], p.Scales[metric+"/*"])
}

// unusable tells of values that are absent or come from too short a span.
func unusable(v datasets.Value) bool {
	return !v.Value.OK || math.IsNaN(v.Value.V) || math.IsInf(v.Value.V, 0) || strings.HasPrefix(v.Flag.V, datasets.ShortSpan)
}

func compareAccounts(a, b account) int {
	return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(a.id, b.id))
}

// contribution joins the values of an account: their mean, the mean of their
// exposures, and the largest of their numbers of observations, since several
// values are as a rule several counts of the same posts.
func (p *part) contribution(study *Params, a *datasets.Account, values []datasets.Value) unit {
	slices.SortFunc(values, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
	u := unit{of: a, averaged: len(values) > 1}
	k, known := float64(len(values)), true
	for _, v := range values {
		u.value += v.Value.V / k
		u.days += v.ExposureDays.V / k
		known = known && v.ExposureDays.OK
		u.n = max(u.n, v.NObserved)
		if v.Flag.OK {
			u.flags = append(u.flags, v.Flag.V)
		}
		if f := study.beyond(v); f != "" {
			u.flags = append(u.flags, f)
		}
	}
	if !known {
		u.days = 0
	}
	switch {
	case p.scale == Difference:
		u.y = datasets.Some(u.value)
	case !p.rate():
		u.y = logarithm(u.value)
	case u.days > 0 && u.value >= 0:
		// A whole number but for rounding, or halfway between two where two counts
		// differ by one: halves go up, whatever the rounding.
		u.posts = int64(math.Floor(u.value*u.days/sample.DaysPerMonth + 0.5 + 1e-9))
		u.y = logarithm((float64(u.posts) + 0.5) / u.days * sample.DaysPerMonth)
	}
	return u
}

// beyond says that the period of a value is not that of the study: it starts
// before the window, or is more than twice as long. "" where it is.
func (p *Params) beyond(v datasets.Value) string {
	window, span := p.To-p.From, v.PeriodEnd-v.PeriodStart
	switch {
	case span > 2*window, v.PeriodStart < p.From && span > window:
		return fmt.Sprintf("the span from %s to %s is longer than the study window", v.PeriodStart, v.PeriodEnd-1)
	case v.PeriodStart < p.From:
		return fmt.Sprintf("the span from %s to %s begins before the study window", v.PeriodStart, v.PeriodEnd-1)
	}
	return ""
}

func logarithm(v float64) datasets.Opt[float64] {
	if !(v > 0) {
		return datasets.None[float64]()
	}
	return datasets.Some(math.Log(v))
}

// only returns the part with the accounts that keep tells; of names them as
// part.of does.
func (p *part) only(of string, keep func(*datasets.Account) bool) *part {
	rest := *p
	rest.of = of
	rest.cells, rest.registered = map[cell][]unit{}, map[cell][]*datasets.Account{}
	for c, units := range p.cells {
		for _, u := range units {
			if keep(u.of) {
				rest.cells[c] = append(rest.cells[c], u)
			}
		}
	}
	for c, accounts := range p.registered {
		for _, a := range accounts {
			if keep(a) {
				rest.registered[c] = append(rest.registered[c], a)
			}
		}
	}
	return &rest
}

// without returns the part without an account.
func (p *part) without(a *datasets.Account) *part {
	rest, c := *p, cell{a.Country.V, a.Platform}
	rest.of = " but the one left out"
	rest.cells, rest.registered = maps.Clone(p.cells), maps.Clone(p.registered)
	rest.cells[c] = slices.DeleteFunc(slices.Clone(p.cells[c]), func(u unit) bool { return u.of == a })
	rest.registered[c] = slices.DeleteFunc(slices.Clone(p.registered[c]), func(b *datasets.Account) bool { return b == a })
	return &rest
}

// stratum is what two countries have on one platform.
type stratum struct {
	platform string
	a, b     []unit
}

// on returns the one stratum of a platform.
func (p *part) on(a, b, platform string) []stratum {
	return []stratum{{platform, p.cells[cell{a, platform}], p.cells[cell{b, platform}]}}
}

// shared returns the strata over which two countries are standardised: the
// platforms on which every country of the study has a value, else those on
// which the two have. everywhere tells which.
func (p *part) shared(countries []string, a, b string) (strata []stratum, everywhere bool) {
	platforms := p.common(countries)
	everywhere = len(platforms) > 0
	if !everywhere {
		platforms = p.common([]string{a, b})
	}
	for _, platform := range platforms {
		strata = append(strata, p.on(a, b, platform)...)
	}
	return strata, everywhere
}

// common returns the platforms on which each of the countries has a value.
func (p *part) common(countries []string) []string {
	var out []string
	for _, platform := range p.platforms {
		if !slices.ContainsFunc(countries, func(c string) bool { return len(p.cells[cell{c, platform}]) == 0 }) {
			out = append(out, platform)
		}
	}
	return out
}

// sides returns all units of the strata by side.
func sides(strata []stratum) (a, b []unit) {
	n, m := sizes(strata)
	a, b = make([]unit, 0, n), make([]unit, 0, m)
	for _, st := range strata {
		a, b = append(a, st.a...), append(b, st.b...)
	}
	return a, b
}

// sizes is how many units the sides have.
func sizes(strata []stratum) (a, b int) {
	for _, st := range strata {
		a, b = a+len(st.a), b+len(st.b)
	}
	return a, b
}

// ys returns the values on the scale of means; ok is false where one has none.
func ys(units []unit) (y []float64, ok bool) {
	for _, u := range units {
		if !u.y.OK {
			return nil, false
		}
		y = append(y, u.y.V)
	}
	return y, true
}

// values returns the values as they are.
func values(units []unit) []float64 {
	var x []float64
	for _, u := range units {
		x = append(x, u.value)
	}
	return x
}

// observations adds up what is behind the units.
func observations(units []unit) (n int64) {
	for _, u := range units {
		n += u.n
	}
	return n
}
