package compare

import (
	"fmt"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// ranks is the method rank: Cliff's delta, with the test of Mann and Whitney on
// a platform and of van Elteren over several. No side of a stratum is empty.
func (s *study) ranks(p *part, a, b, platform string, strata []stratum) datasets.Comparison {
	r := p.row(a, b, platform, rank, strata)
	r.EffectKind = "cliffs_delta"
	x, y := sides(strata)
	tests := make([]sample.Stratum, len(strata))
	for i, st := range strata {
		tests[i] = sample.Stratum{A: values(st.a), B: values(st.b)}
		delta, interval, note := sample.CliffDelta(tests[i].A, tests[i].B, confidence)
		r.Effect = datasets.Some(r.Effect.V + delta.V/float64(len(strata)))
		if platform == standardised {
			r.Uncertainty = "none: the effect is the mean of the deltas on each platform"
			continue
		}
		switch {
		case len(x) < minInterval || len(y) < minInterval:
			r.Uncertainty = fmt.Sprintf("none: %s against %s; an interval needs four on each side", plural(len(x), "account"), plural(len(y), "account"))
		case !interval.Low.OK:
			r.Uncertainty = "none: " + note
		default:
			r.Low, r.High, r.Uncertainty = interval.Low, interval.High, "cliff_delta_95: asymmetric interval of Cliff (1996)"
			if len(x) < minSound || len(y) < minSound {
				warn(&r, indicative)
			}
			warn(&r, s.coverage(p.metric, ofContrast, "cliff_delta_95", platform, min(len(x), len(y))))
		}
	}
	if why := tooFew(a, b, x, y); why != "" {
		r.Reason = datasets.Some(why)
		return r
	}
	if platform != standardised {
		if t, ok := sample.MannWhitney(tests[0].A, tests[0].B); ok && t.Exact.OK {
			r.P, r.PAttainable = t.Exact, t.Attainable
			r.Uncertainty += "; p exact, with ties"
			attainable(&r, tests)
			return r
		}
	}
	if t, ok := sample.RelabelRanks(tests); ok {
		s.relabel(&r, "", &t, tests)
	}
	return r
}

// shift is hodges_lehmann on one platform, where no side is empty.
func (s *study) shift(p *part, a, b, platform string, strata []stratum) datasets.Comparison {
	r := p.row(a, b, platform, hodgesLehmann, strata)
	r.EffectKind = "shift"
	x, y := values(strata[0].a), values(strata[0].b)
	r.Effect = sample.HodgesLehmann(x, y)
	r.Reason = datasets.Some("no test of its own: the p of rank is its p")
	i := sample.HodgesLehmannInterval(x, y, confidence)
	switch {
	case len(x) < minInterval || len(y) < minInterval:
		r.Uncertainty = fmt.Sprintf("none: %s against %s; an interval needs four on each side", plural(len(x), "account"), plural(len(y), "account"))
	case !i.Low.OK:
		r.Uncertainty = "none: the interval has no bounds at these numbers of accounts"
	default:
		r.Low, r.High, r.Uncertainty = i.Low, i.High, "hodges_lehmann_95: differences of accounts that the rank test does not reject"
		if len(x) < minSound || len(y) < minSound {
			warn(&r, indicative)
		}
		warn(&r, s.coverage(p.metric, ofContrast, "hodges_lehmann_95", platform, min(len(x), len(y))))
	}
	return r
}

// everyone is what stands for all countries in the columns of two.
const everyone = "all"

// groups returns the values on a platform of each country of the study.
func (s *study) groups(p *part, platform string) (units [][]unit, x [][]float64, held int) {
	for _, c := range s.p.Countries {
		u := p.cells[cell{c, platform}]
		units, x = append(units, u), append(x, values(u))
		if len(u) > 0 {
			held++
		}
	}
	return units, x, held
}

// kruskal is kruskal_wallis. ok is false below three countries with a value,
// where the row would repeat rank.
func (s *study) kruskal(p *part, platform string) (r datasets.Comparison, ok bool) {
	units, x, held := s.groups(p, platform)
	if held < 3 {
		return r, false
	}
	r = datasets.Comparison{Metric: p.metric, Part: p.name, CountryA: everyone, CountryB: everyone, Platform: platform, Method: kruskalWallis,
		EffectKind: "epsilon_squared", Uncertainty: "none: there is no interval of epsilon squared", Family: datasets.Exploratory}
	small, fewest := len(s.accounts), len(s.accounts)
	for i, c := range s.p.Countries {
		r.NAccountsA += int64(len(units[i]))
		r.NA += observations(units[i])
		warn(&r, doubts(c, units[i])...)
		if len(units[i]) > 0 {
			small, fewest = min(small, len(units[i])), min(fewest, organizations(units[i]))
		}
	}
	r.NAccountsB, r.NB = r.NAccountsA, r.NA
	warn(&r, repeated(slices.Concat(units...), nil))
	t, usable := sample.KruskalWallis(x...)
	if !usable {
		r.Uncertainty, r.Reason = noEffect, datasets.Some("no effect: all values are equal")
		return r, true
	}
	r.Effect = datasets.Some(t.Epsilon)
	if small < minTest {
		r.Reason = datasets.Some("no test: a country has one account with a value; a test between countries needs two in each")
		return r, true
	}
	if fewest < minTest {
		r.Reason = datasets.Some("no test: all accounts of a country are of one organization and depend on each other; a test between countries needs two organizations in each")
		return r, true
	}
	r.P = datasets.Some(t.P)
	r.Uncertainty += "; p by the chi-squared approximation"
	if small < 5 {
		warn(&r, "p is rough: a country has fewer than five accounts")
	}
	return r, true
}

// dunn compares every two countries after kruskal, with Holm over the pairs.
func (s *study) dunn(p *part, platform string) []datasets.Comparison {
	units, x, _ := s.groups(p, platform)
	var out []datasets.Comparison
	var ps []datasets.Opt[float64]
	for _, pair := range sample.Dunn(x...) {
		a, b := s.p.Countries[pair.I], s.p.Countries[pair.J]
		r := p.row(a, b, platform, dunn, []stratum{{platform, units[pair.I], units[pair.J]}})
		r.EffectKind, r.Effect = "z_of_mean_ranks", pair.Z
		r.Uncertainty = "none: z is a test statistic; p by the normal distribution, adjusted by Holm over the pairs on this platform"
		switch why := tooFew(a, b, units[pair.I], units[pair.J]); {
		case !pair.Z.OK && (len(x[pair.I]) == 0 || len(x[pair.J]) == 0):
			r.Uncertainty, r.Reason = noEffect, datasets.Some(p.missing(a, b, platform))
		case !pair.Z.OK:
			r.Uncertainty, r.Reason = noEffect, datasets.Some("no effect: all values are equal")
		case why != "":
			r.Reason = datasets.Some(why)
		default:
			r.P = pair.P
		}
		out, ps = append(out, r), append(ps, r.P)
	}
	for i, adjusted := range sample.Holm(ps) {
		out[i].PAdjusted = adjusted
	}
	return out
}
