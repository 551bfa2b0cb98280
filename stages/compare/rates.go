package compare

import (
	"fmt"
	"math"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// rates are the methods of a posting rate on one platform: the exact ratio
// where each side is one account, else the regressions.
func (s *study) rates(p *part, a, b, platform string, strata []stratum) []datasets.Comparison {
	st := strata[0]
	if len(st.a) != 1 || len(st.b) != 1 {
		return s.regressions(p, a, b, platform, strata)
	}
	r := p.row(a, b, platform, rateRatioPoisson, strata)
	r.EffectKind = "ratio_of_rates"
	r.Reason = datasets.Some("no test: a ratio of two accounts says nothing of two countries")
	t, ok := sample.RateRatio(st.a[0].posts, st.a[0].days, st.b[0].posts, st.b[0].days, confidence)
	if !ok || !t.Ratio.OK {
		r.Uncertainty = noEffect
		r.Reason = datasets.Some("no effect: the second account has no post, or days observed are not known")
		return []datasets.Comparison{r}
	}
	r.Effect = t.Ratio
	high := "without an upper end"
	if t.Interval.High.OK {
		high = fmt.Sprintf("to %.4g", t.Interval.High.V)
	}
	r.Uncertainty = fmt.Sprintf("none of countries; of these two accounts clopper_pearson_95 from %.4g %s, if posts come independently at constant rates: bursts make it too narrow", t.Interval.Low.V, high)
	return []datasets.Comparison{r}
}

// regressions are negative_binomial and poisson_robust: the log of the expected
// posts is the log of the days, plus one coefficient a platform, plus one for
// the first country. The errors of the first are those of the model, in which
// accounts are independent and their rates spread; those of the second are
// robust to any dependence between the accounts of one organization.
func (s *study) regressions(p *part, a, b, platform string, strata []stratum) []datasets.Comparison {
	var out []datasets.Comparison
	for _, m := range []struct {
		method string
		fit    func([][]float64, []int64, []float64) (sample.Fit, error)
	}{{negativeBinomial, sample.NegativeBinomial}, {poissonRobust, sample.Poisson}} {
		r := p.row(a, b, platform, m.method, strata)
		r.EffectKind = "ratio_of_rates"
		r.Uncertainty = noEffect
		if why := regress(&r, strata, m.fit); why != "" {
			if !r.Effect.OK {
				why = "no effect: " + why
			}
			r.Reason = datasets.Some(why)
		}
		if r.Low.OK {
			if min(r.NAccountsA, r.NAccountsB) < minSound {
				warn(&r, indicative)
			}
			warn(&r, s.coverage(p.metric, ofContrast, m.method+"_95", platform, int(min(r.NAccountsA, r.NAccountsB))))
		}
		out = append(out, r)
	}
	return out
}

// regress fills in the effect, the interval and p, and returns why one is
// missing. No side of a stratum is empty.
func regress(r *datasets.Comparison, strata []stratum, fit func([][]float64, []int64, []float64) (sample.Fit, error)) string {
	var design [][]float64
	var posts []int64
	var offset []float64
	var cluster []int
	type organization struct{ country, name string }
	clusters := map[organization]int{}
	for i, st := range strata {
		for side, units := range [][]unit{st.a, st.b} {
			for _, u := range units {
				if !(u.days > 0) {
					return "the days observed of an account are not known"
				}
				row := make([]float64, len(strata)+1)
				row[i], row[len(strata)] = 1, float64(1-side)
				o := organization{u.of.Country.V, u.of.Organization}
				if _, seen := clusters[o]; !seen {
					clusters[o] = len(clusters)
				}
				design, posts, offset, cluster = append(design, row), append(posts, u.posts), append(offset, math.Log(u.days)), append(cluster, clusters[o])
			}
		}
	}
	f, err := fit(design, posts, offset)
	if err != nil {
		return err.Error()
	}
	weight := make([]float64, len(strata)+1)
	weight[len(strata)] = 1
	c := f.Contrast(weight, confidence)
	if v := math.Exp(c.Value); v > 0 && !math.IsInf(v, 0) {
		r.Effect = datasets.Some(v)
	} else {
		return "the ratio is beyond the range of numbers"
	}
	if r.NAccountsA < minInterval || r.NAccountsB < minInterval {
		r.Uncertainty = fmt.Sprintf("none: %s against %s; the errors need four on each side", plural(int(r.NAccountsA), "account"), plural(int(r.NAccountsB), "account"))
		return "no test: the errors need four accounts on each side"
	}
	how := "negative_binomial_95: normal; the model's errors"
	warnings := f.Warnings
	if r.Method == poissonRobust {
		robust, err := sample.ClusterRobust(f, cluster)
		if err != nil {
			r.Uncertainty = "none: " + err.Error()
			return "no test: " + err.Error()
		}
		c, warnings = robust.Contrast(weight, confidence), robust.Warnings
		how = fmt.Sprintf("poisson_robust_95: t with %.0f degrees of freedom; errors robust to dependence within %s", robust.DF.V, plural(len(clusters), "organization"))
	}
	if !c.SE.OK {
		why := "the contrast has no standard error: " + strings.ReplaceAll(c.Reason, "cluster", "organization")
		r.Uncertainty = "none: " + why
		return "no test: " + why
	}
	warn(r, warnings...)
	r.Uncertainty = how
	r.Low, r.High = datasets.Some(math.Exp(c.Interval.Low.V)), datasets.Some(math.Exp(c.Interval.High.V))
	if math.IsInf(r.High.V, 0) {
		r.High = datasets.None[float64]()
	}
	x, y := sides(strata)
	if why := tooFew(r.CountryA, r.CountryB, x, y); why != "" {
		return why
	}
	r.P = c.P
	return ""
}
