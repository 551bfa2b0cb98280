package plots

import (
	"cmp"
	"fmt"
	"slices"

	"diplometrics/datasets"
)

// What estimates by country and contrasts of countries carry, in words for
// titles.

// contrasts are the comparisons of two countries over the platforms that they
// share, in the order of countries.
func (d *Data) contrasts(metric, part string) []datasets.Comparison {
	var out []datasets.Comparison
	for _, c := range d.Comparisons {
		if c.Metric == metric && c.Part == part && c.Method == "mean_contrast" && c.Platform == standardised {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b datasets.Comparison) int {
		return cmp.Or(cmp.Compare(d.rank(datasets.Some(a.CountryA)), d.rank(datasets.Some(b.CountryA))), cmp.Compare(d.rank(datasets.Some(a.CountryB)), d.rank(datasets.Some(b.CountryB))))
	})
	return out
}

// mostNamed is how many pairs of countries a title names; more are counted.
const mostNamed = 3

// standardised is the platform of estimates and comparisons over all platforms
// that the countries share.
const standardised = "standardised"

// noDifference is the effect of two countries that do not differ.
func noDifference(c datasets.Comparison) float64 {
	if isRatio(c) {
		return 1
	}
	return 0
}

// isRatio reports whether the effect is a ratio and no difference.
func isRatio(c datasets.Comparison) bool { return c.EffectKind == "ratio_of_geometric_means" }

// distinguishable reports whether a contrast can be told from no difference:
// its adjusted p is below 5 % and its interval leaves no difference out.
func distinguishable(c datasets.Comparison) bool {
	no := noDifference(c)
	return c.PAdjusted.OK && c.PAdjusted.V < .05 && c.Low.OK && c.High.OK && (c.Low.V > no || c.High.V < no)
}

// adjustment is how the p of a family is adjusted.
func adjustment(family string) string {
	if family == datasets.Primary {
		return "Holm"
	}
	return "BH"
}

// sayP writes a p: 0.104, or < 0.001.
func sayP(p float64) string {
	if p < .001 {
		return "<" + noBreak + "0.001"
	}
	return sayFixed(p, 3)
}

// sayPair names the two countries of a contrast.
func sayPair(c datasets.Comparison) string {
	return countryName(datasets.Some(c.CountryA)) + " against " + countryName(datasets.Some(c.CountryB))
}

// sayEffect writes an effect, a difference with its sign.
func sayEffect(c datasets.Comparison) string {
	if isRatio(c) {
		return sayDigits(c.Effect.V, 3)
	}
	return saySigned(c.Effect.V)
}

// saySigned writes a difference to two decimals with its sign.
func saySigned(v float64) string {
	s := sayFixed(v, 2)
	if v > 0 && s != "0.00" {
		return "+" + s
	}
	return s
}

// sayRange writes the interval of a contrast, or that there is none.
func sayRange(c datasets.Comparison) string {
	switch {
	case !c.Low.OK || !c.High.OK:
		return "no interval"
	case isRatio(c):
		return sayDigits(c.Low.V, 3) + "–" + sayDigits(c.High.V, 3)
	}
	return saySigned(c.Low.V) + " to " + saySigned(c.High.V)
}

// sayInterval writes the interval of an estimate in brackets.
func sayInterval(lo, hi datasets.Opt[float64], digits int) string {
	if !lo.OK || !hi.OK {
		return "(no interval)"
	}
	return "(" + sayDigits(lo.V, digits) + "–" + sayDigits(hi.V, digits) + ")"
}

// verdict says which pairs of countries can be told apart in a metric, over
// the platforms that they share, and by which p.
func (d *Data) verdict(metric, part string) string {
	var apart []string
	tested := 0
	family, least := "", 1.
	for _, c := range d.contrasts(metric, part) {
		if !c.PAdjusted.OK {
			continue
		}
		tested++
		family, least = adjustment(c.Family), min(least, c.PAdjusted.V)
		if distinguishable(c) {
			apart = append(apart, sayPair(c))
		}
	}
	switch {
	case tested == 0:
		return "no pair of countries can be tested"
	case len(apart) == 0 && tested == 1 && least >= .05:
		return fmt.Sprintf("the pair cannot be told from no difference (adjusted p %s, %s)", sayP(least), family)
	case len(apart) == 0 && least >= .05:
		return fmt.Sprintf("none of %s can be told from no difference (least adjusted p %s, %s)", number(tested, "pair", "pairs"), sayP(least), family)
	case len(apart) == 0:
		return fmt.Sprintf("none of %s can be told from no difference by both interval and test", number(tested, "pair", "pairs"))
	}
	text := fmt.Sprintf("%d of %s can be told apart", len(apart), number(tested, "pair", "pairs"))
	if len(apart) > mostNamed {
		return text
	}
	return text + ": " + list(apart)
}

// countryEstimate is the estimate of a country over the shared platforms.
func (d *Data) countryEstimate(metric, part, method, country string) (datasets.Estimate, bool) {
	return d.estimateOn(standardised, metric, part, method, country)
}

// estimateOn is the estimate of a country on a platform.
func (d *Data) estimateOn(platform, metric, part, method, country string) (datasets.Estimate, bool) {
	i := slices.IndexFunc(d.Estimates, func(e datasets.Estimate) bool {
		return e.Metric == metric && e.Part == part && e.Method == method && e.Country == country && e.Platform == platform
	})
	if i < 0 || !d.Estimates[i].Value.OK {
		return datasets.Estimate{}, false
	}
	return d.Estimates[i], true
}

// estimateParts has for every country with an estimate its name and what says
// makes of it.
func (d *Data) estimateParts(metric, part, method string, says func(datasets.Estimate) string) []string {
	var out []string
	for _, c := range d.Study.Countries {
		if e, ok := d.countryEstimate(metric, part, method, c); ok {
			out = append(out, countryName(datasets.Some(c))+" "+says(e))
		}
	}
	return out
}

// postsAndHalf is what geometric means of posting rates are made of, so that an
// account without a post counts.
const postsAndHalf = "(posts" + noBreak + "+" + noBreak + "½) per 30.4375 observed days"

// estimateNote says in a caption how the estimates by country of a title are
// made; nothing where there are fewer than two.
func (d *Data) estimateNote(metric, part, method string) string {
	n, intervals := 0, false
	for _, c := range d.Study.Countries {
		if e, ok := d.countryEstimate(metric, part, method, c); ok {
			n++
			intervals = intervals || e.Low.OK && e.High.OK
		}
	}
	if n < 2 {
		return ""
	}
	kind := map[string]string{"geometric_mean_of_accounts": "geometric means of accounts of " + postsAndHalf, "mean_of_accounts": "means of accounts"}[method]
	return "Title: " + kind + " over the shared platforms, each of equal weight" + when(intervals, ", with t intervals (Welch)") + "."
}
