package compare

import (
	"fmt"
	"math"
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

// Why a row has no p or no interval; the first word is read by people who group
// rows.
const (
	noEffect  = "none: there is no effect"
	noOverlap = "no effect: the two countries share no platform"
	pairOnly  = "no platform is shared by every country of the study; standardised over those that these two share"
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
		warn(&mean, simpson(p, &crude, &mean))
		if crude.Effect.OK {
			out = append(out, crude)
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
	r := datasets.Comparison{Metric: p.metric, Part: p.name, CountryA: a, CountryB: b, Platform: platform, Method: method,
		NAccountsA: int64(len(x)), NAccountsB: int64(len(y)), NA: observations(x), NB: observations(y), Family: datasets.Exploratory}
	warn(&r, doubts(a, x)...)
	warn(&r, doubts(b, y)...)
	if len(strata) > 1 && method != poissonRobust {
		warn(&r, repeated(append(x, y...)))
	}
	return r
}

// means is mean_contrast. Without test it has no p.
func (s *study) means(p *part, a, b, platform string, strata []stratum, variant string, test bool) datasets.Comparison {
	r := p.row(a, b, platform, meanContrast, strata)
	r.EffectKind = p.effectKind()
	x, y := sides(strata)
	if platform == standardised && isPrimary(p) {
		primary(&r, append(x, y...))
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
		r.Uncertainty, r.Reason = noEffect, datasets.Some(missing(a, b, platform, x, y))
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
	permuted, ok := sample.StratifiedMeans(tests, s.stream(p.metric, p.name, a+"|"+b, platform, meanContrast, variant))
	if !ok {
		r.Reason = datasets.Some("no test: the values are too large for the arithmetic")
		return r
	}
	tested(&r, permuted)
	return r
}

// tested fills in the outcome of a permutation test.
func tested(r *datasets.Comparison, t sample.PermutationTest) {
	r.P, r.PAttainable = datasets.Some(t.P), datasets.Some(t.Attainable)
	if t.Exact {
		r.Uncertainty += fmt.Sprintf("; p by all %.0f relabelings", t.Relabelings)
	} else {
		r.Uncertainty += fmt.Sprintf("; p by 99999 of %.3g relabelings", t.Relabelings)
	}
	attainable(r)
}

// crude is crude_contrast: the means over all accounts of all platforms. It is
// left out where it has no effect.
func crude(p *part, a, b string) datasets.Comparison {
	var all stratum
	for _, platform := range p.platforms {
		st := p.on(a, b, platform)[0]
		all.a, all.b = append(all.a, st.a...), append(all.b, st.b...)
	}
	r := p.row(a, b, standardised, crudeContrast, []stratum{all})
	r.EffectKind = p.effectKind()
	r.Uncertainty = "none: it mixes the platforms, and is here to be held against mean_contrast only"
	r.Reason = datasets.Some("no test: platforms are mixed; see mean_contrast")
	ya, okA := ys(all.a)
	yb, okB := ys(all.b)
	if okA && okB {
		r.Effect = p.back(sample.StratifiedT([]sample.TStratum{{A: ya, B: yb, Weight: 1}}, confidence).Difference)
	}
	return r
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

// noMean says why some of the units have no value on the scale of means.
func (p *part) noMean(units []unit) string {
	n := 0
	for _, u := range units {
		if !u.y.OK {
			n++
		}
	}
	if p.rate() {
		return fmt.Sprintf("no effect: the days observed of %s are not known", plural(n, "account"))
	}
	return fmt.Sprintf("no effect: %d of %d values are 0 or below and have no logarithm, so there is no ratio of geometric means", n, len(units))
}

// missing says which country has nothing to compare.
func missing(a, b, platform string, x, y []unit) string {
	switch {
	case platform == standardised:
		return noOverlap
	case len(x) == 0 && len(y) == 0:
		return fmt.Sprintf("no effect: neither %s nor %s has an account with a value on %s", a, b, platform)
	case len(x) == 0:
		return fmt.Sprintf("no effect: %s has no account with a value on %s", a, platform)
	}
	return fmt.Sprintf("no effect: %s has no account with a value on %s", b, platform)
}

// tooFew says why there is no test, "" where there can be one.
func tooFew(a, b string, x, y []unit) string {
	if len(x) >= minTest && len(y) >= minTest {
		return ""
	}
	return fmt.Sprintf("no test: %s has %s and %s has %s with a value; a test between countries needs two on each side",
		a, plural(len(x), "account"), b, plural(len(y), "account"))
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

func plural(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
