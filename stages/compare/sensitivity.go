package compare

import (
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Variants of a primary comparison.
const (
	asPublished      = "as_published"
	followersNow     = "followers_now"
	withoutTopPost   = "without_top_post"
	ministriesOnly   = "ministries"
	embassiesOnly    = "embassies"
	withoutOneBefore = "without "
)

// maxLeaveOut is the greatest number of accounts on the smaller side with which
// leaving one out is tested. Beyond it one account moves no finding, and as many
// tests as there are accounts would take longer than all else.
const maxLeaveOut = 40

// variant is another way of making the comparisons of an outcome: on other
// values of the same name, or on some of the accounts.
type variant struct {
	name    string
	outcome *part        // which it is a variant of
	values  func() *part // made where it is used: a copy for every account would be much to hold
	only    string       // the one country whose pairs it is about, "" for all
}

// variants are the other ways of making the primary comparisons. What is shared
// and what is standardised over follows from the accounts that are left.
func (s *study) variants() []variant {
	var variants []variant
	for _, o := range outcomes {
		p := s.part(o[0], o[1])
		if p == nil {
			continue
		}
		kind := func(k string) func() *part {
			return func() *part {
				return p.only(" of type "+k, func(a *datasets.Account) bool { return a.OrganizationType.V == k })
			}
		}
		variants = append(variants, variant{ministriesOnly, p, kind("ministry"), ""}, variant{embassiesOnly, p, kind("embassy"), ""})
		if p.metric == engagement {
			if now := s.part(p.metric, "now"); now != nil {
				variants = append(variants, variant{followersNow, p, func() *part { return now }, ""})
			}
			if s.top != nil {
				variants = append(variants, variant{withoutTopPost, p, func() *part { return s.top }, ""})
			}
		}
		for i := range s.accounts {
			a := &s.accounts[i]
			if slices.ContainsFunc(p.cells[cell{a.Country.V, a.Platform}], func(u unit) bool { return u.of == a }) {
				variants = append(variants, variant{withoutOneBefore + a.Platform + " " + a.AccountID, p, func() *part { return p.without(a) }, a.Country.V})
			}
		}
	}
	return variants
}

// sensitivity puts the rows of the variants beside the published ones.
// p_adjusted of a primary row is by Holm over the published family with the p
// of the variant in their places; of an exploratory one it is null.
func sensitivity(out []datasets.Variant, published []datasets.Comparison) []datasets.Variant {
	byVariant := map[string][]*datasets.Variant{}
	for i := range out {
		byVariant[out[i].Variant] = append(byVariant[out[i].Variant], &out[i])
	}
	for _, of := range byVariant {
		readjust(of, published)
	}
	for _, r := range published {
		if r.Method == meanContrast && r.Platform == standardised && isPrimary(&part{metric: r.Metric, name: r.Part}) {
			out = append(out, datasets.Variant{Variant: asPublished, Comparison: r})
		}
	}
	return out
}

func (s *study) part(metric, name string) *part {
	i := slices.IndexFunc(s.parts, func(p *part) bool { return p.metric == metric && p.name == name })
	if i < 0 {
		return nil
	}
	return s.parts[i]
}

// again makes the comparisons of a variant, under the name of the outcome.
func (s *study) again(v variant) []datasets.Variant {
	var out []datasets.Variant
	p := *v.values()
	p.metric, p.name = v.outcome.metric, v.outcome.name
	s.pairs(func(a, b string) {
		if v.only != "" && v.only != a && v.only != b {
			return
		}
		strata, everywhere := p.shared(s.p.Countries, a, b)
		x, y := sizes(strata)
		r := s.means(&p, a, b, standardised, strata, v.name, v.only == "" || min(x, y) <= maxLeaveOut)
		if r.Effect.OK {
			r.Uncertainty += "; over " + weights(strata)
			if !everywhere {
				warn(&r, pairOnly)
			}
		}
		out = append(out, datasets.Variant{Variant: v.name, Comparison: r})
	})
	return out
}

// readjust puts the rows of one variant in the places of the published ones and
// adjusts the family anew. A row is of the family of the published one.
func readjust(rows []*datasets.Variant, published []datasets.Comparison) {
	ps := make([]datasets.Opt[float64], len(published))
	place := map[int]*datasets.Variant{}
	for i, c := range published {
		for _, r := range rows {
			if r.Metric == c.Metric && r.Part == c.Part && r.CountryA == c.CountryA && r.CountryB == c.CountryB && c.Platform == standardised && c.Method == meanContrast {
				r.Family = c.Family
				place[i] = r
			}
		}
		if c.Family != datasets.Primary {
			continue
		}
		ps[i] = c.P
		if place[i] != nil {
			ps[i] = place[i].P
		}
	}
	adjusted := sample.Holm(ps)
	for i, r := range place {
		if r.Family == datasets.Primary {
			r.PAdjusted = adjusted[i]
		}
	}
}
