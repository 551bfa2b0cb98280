package compare

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Names in the platform column of what is not of one platform.
const standardised = "standardised"

// Methods of comparisons.
const (
	meanContrast     = "mean_contrast"
	crudeContrast    = "crude_contrast"
	rank             = "rank"
	hodgesLehmann    = "hodges_lehmann"
	kruskalWallis    = "kruskal_wallis"
	dunn             = "dunn"
	rateRatioPoisson = "rate_ratio_poisson"
	negativeBinomial = "negative_binomial"
	poissonRobust    = "poisson_robust"
)

// comparisons returns every row of a part: by platform, then standardised.
// Where a country has no value, mean_contrast says so for all methods.
func (s *study) comparisons(p *part) []datasets.Comparison {
	var out []datasets.Comparison
	for _, platform := range p.platforms {
		var dunns []datasets.Comparison
		if kruskal, ok := s.kruskal(p, platform); ok {
			out = append(out, kruskal)
			dunns = s.dunn(p, platform)
		}
		s.pairs(func(a, b string) {
			strata := p.on(a, b, platform)
			out = append(out, s.means(p, a, b, platform, strata, "", true))
			if len(strata[0].a) == 0 || len(strata[0].b) == 0 {
				return
			}
			out = append(out, s.ranks(p, a, b, platform, strata), s.shift(p, a, b, platform, strata))
			if p.rate() {
				out = append(out, s.rates(p, a, b, platform, strata)...)
			}
		})
		out = append(out, dunns...)
	}
	s.pairs(func(a, b string) {
		strata, everywhere := p.shared(s.p.Countries, a, b)
		mean, crude := s.means(p, a, b, standardised, strata, "", true), crude(p, a, b)
		warn(&mean, opposite(p, &crude, &mean))
		if crude.row.Effect.OK {
			out = append(out, crude.row)
		}
		if len(strata) == 0 {
			out = append(out, mean)
			return
		}
		rows := []datasets.Comparison{mean, s.ranks(p, a, b, standardised, strata)}
		if p.rate() {
			rows = append(rows, s.regressions(p, a, b, standardised, strata)...)
		}
		for i := range rows {
			switch rows[i].Method {
			case negativeBinomial, poissonRobust:
				rows[i].Uncertainty += "; with a coefficient for each of " + platforms(strata)
			default:
				rows[i].Uncertainty += "; over " + weights(strata)
			}
			if !everywhere {
				warn(&rows[i], pairOnly)
			}
		}
		out = append(out, rows...)
	})
	return out
}

// row fills in what every method has: names, numbers of accounts, and the
// doubts about the values.
func (p *part) row(a, b, platform, method string, strata []stratum) datasets.Comparison {
	x, y := sides(strata)
	return p.rowOf(a, b, platform, method, x, y)
}

// rowOf is row with the units of both sides.
func (p *part) rowOf(a, b, platform, method string, x, y []unit) datasets.Comparison {
	r := datasets.Comparison{Metric: p.metric, Part: p.name, CountryA: a, CountryB: b, Platform: platform, Method: method,
		NAccountsA: int64(len(x)), NAccountsB: int64(len(y)), NA: observations(x), NB: observations(y), Family: datasets.Exploratory}
	warn(&r, doubts(a, x)...)
	warn(&r, doubts(b, y)...)
	if method != poissonRobust {
		warn(&r, repeated(x, y))
	}
	return r
}

// means is mean_contrast. Without test it has no p, and one that is drawn comes
// later.
func (s *study) means(p *part, a, b, platform string, strata []stratum, variant string, test bool) datasets.Comparison {
	x, y := sides(strata)
	r := p.rowOf(a, b, platform, meanContrast, x, y)
	r.EffectKind = p.effectKind()
	if platform == standardised && isPrimary(p) {
		primary(&r, x, y)
	}
	contrasts, tests := make([]sample.TStratum, len(strata)), make([]sample.Stratum, len(strata))
	for i, st := range strata {
		ya, okA := ys(st.a)
		yb, okB := ys(st.b)
		if !okA || !okB {
			r.Uncertainty, r.Reason = noEffect, datasets.Some(p.noMean(append(x, y...)))
			return r
		}
		w := 1 / float64(len(strata))
		contrasts[i], tests[i] = sample.TStratum{A: ya, B: yb, Weight: w}, sample.Stratum{A: ya, B: yb, Weight: w}
	}
	t, how := sample.StratifiedT(contrasts, confidence), "welch_t_95: Satterthwaite"
	if !t.SE.OK && len(strata) > 1 {
		if pooled := sample.StratifiedTPooled(contrasts, confidence); pooled.SE.OK {
			t, how = pooled, "pooled_t_95: one account alone on a platform has no spread of its own, so all are taken to spread alike"
		}
	}
	if !t.Difference.OK {
		r.Uncertainty, r.Reason = noEffect, datasets.Some("no effect: the values are too large for the arithmetic")
		if len(x) == 0 || len(y) == 0 {
			r.Reason = datasets.Some(p.missing(a, b, platform))
		}
		return r
	}
	r.Effect = p.back(t.Difference)
	switch {
	case len(x) < minInterval || len(y) < minInterval:
		r.Uncertainty = fmt.Sprintf("none: %s against %s; an interval needs four on each side", plural(len(x), "account"), plural(len(y), "account"))
	case !t.Interval.Low.OK:
		r.Uncertainty = "none: the accounts of each country are all alike, so that their spread is not known"
	default:
		r.Low, r.High = p.back(t.Interval.Low), p.back(t.Interval.High)
		r.Uncertainty = fmt.Sprintf("%s, %.4g degrees of freedom; of means of accounts%s", how, t.DF.V, p.meansOf())
		if len(x) < minSound || len(y) < minSound {
			warn(&r, indicative)
		}
		name, _, _ := strings.Cut(how, ":")
		warn(&r, s.coverage(p.metric, ofContrast, name, platform, min(len(x), len(y))))
	}
	if why := tooFew(a, b, x, y); why != "" {
		r.Reason = datasets.Some(why)
		return r
	}
	if !test {
		r.Reason = datasets.Some(fmt.Sprintf("no test: leaving one out is tested with at most %d accounts on the smaller side", maxLeaveOut))
		return r
	}
	relabeling, ok := sample.RelabelMeans(tests)
	if !ok {
		r.Reason = datasets.Some("no test: the values are too large for the arithmetic")
		return r
	}
	s.relabel(&r, variant, &relabeling, tests)
	return r
}

// relabel fills in the outcome of a permutation test. Where its relabelings are
// drawn, p is missing until they are.
func (s *study) relabel(r *datasets.Comparison, variant string, t *sample.Relabeling, strata []sample.Stratum) {
	r.PAttainable = datasets.Some(t.Attainable)
	if t.Exact {
		r.P = datasets.Some(t.P)
		r.Uncertainty += fmt.Sprintf("; p by all %.0f relabelings", t.Relabelings)
	} else {
		s.waiting.add(nameOf(r, variant), t)
		r.Uncertainty += fmt.Sprintf("; p by 99999 of %.3g relabelings", t.Relabelings)
	}
	attainable(r, strata)
}

// crudely is crude_contrast with what its row does not print.
type crudely struct {
	row      datasets.Comparison
	interval sample.Interval // of Welch, on the scale of means, from four accounts a side
	dust     float64         // what rounding alone may make of an effect, on that scale
}

// crude is crude_contrast: the means over all accounts of all platforms. It is
// left out where it has no effect.
func crude(p *part, a, b string) (c crudely) {
	var all stratum
	for _, platform := range p.platforms {
		st := p.on(a, b, platform)[0]
		all.a, all.b = append(all.a, st.a...), append(all.b, st.b...)
	}
	c.row = p.row(a, b, standardised, crudeContrast, []stratum{all})
	c.row.EffectKind = p.effectKind()
	c.row.Uncertainty = "none: it mixes the platforms, and is here to be held against mean_contrast only"
	c.row.Reason = datasets.Some("no test: platforms are mixed; see mean_contrast")
	ya, okA := ys(all.a)
	yb, okB := ys(all.b)
	if !okA || !okB {
		return c
	}
	t := sample.StratifiedT([]sample.TStratum{{A: ya, B: yb, Weight: 1}}, confidence)
	c.row.Effect = p.back(t.Difference)
	if min(len(ya), len(yb)) >= minInterval {
		c.interval = t.Interval
	}
	for _, y := range slices.Concat(ya, yb) {
		c.dust = max(c.dust, 1e-9*math.Abs(y))
	}
	if p.scale == Ratio {
		c.dust = max(c.dust, 1e-9)
	}
	return c
}

func (p *part) effectKind() string {
	if p.scale == Ratio {
		return "ratio_of_geometric_means"
	}
	return "difference_of_means"
}

// meansOf says what a geometric mean of rates is of.
func (p *part) meansOf() string {
	switch {
	case p.scale != Ratio:
		return ""
	case p.rate():
		return " of log((posts + 1/2)/days * 30.4375)"
	}
	return " of logarithms"
}

// back takes a mean or contrast to the scale on which it is printed. A ratio
// beyond the range of numbers is absent.
func (p *part) back(v datasets.Opt[float64]) datasets.Opt[float64] {
	if !v.OK || p.scale != Ratio {
		return v
	}
	if e := math.Exp(v.V); e > 0 && !math.IsInf(e, 0) {
		return datasets.Some(e)
	}
	return datasets.None[float64]()
}

// weights names the platforms of a standardised row and their weights.
func weights(strata []stratum) string {
	if len(strata) == 1 {
		return platforms(strata) + " alone"
	}
	return fmt.Sprintf("%s, weight 1/%d each", platforms(strata), len(strata))
}

func platforms(strata []stratum) string {
	var names []string
	for _, st := range strata {
		names = append(names, st.platform)
	}
	return enumerate(names)
}

func enumerate(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
