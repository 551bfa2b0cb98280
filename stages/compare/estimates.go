package compare

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// estimates returns the estimates of a part: by country and platform, then
// standardised.
func (s *study) estimates(p *part) []datasets.Estimate {
	var out []datasets.Estimate
	common := p.common(s.p.Countries)
	for _, country := range s.p.Countries {
		for _, platform := range p.platforms {
			units := p.cells[cell{country, platform}]
			if len(units) == 0 && len(p.registered[cell{country, platform}]) == 0 {
				continue
			}
			out = append(out, s.median(p, country, platform, units), s.mean(p, country, platform, units))
		}
		if len(common) > 0 {
			out = append(out, s.overPlatforms(p, country, common)...)
		}
	}
	return out
}

func (p *part) estimate(country, platform, method string, units []unit) datasets.Estimate {
	e := datasets.Estimate{Metric: p.metric, Part: p.name, Country: country, Platform: platform, Method: method, Unit: p.unit,
		NAccounts: datasets.Some(int64(len(units))), N: observations(units)}
	var flags []string
	for _, d := range doubts(country, units) {
		flags = append(flags, strings.TrimPrefix(d, country+": "))
	}
	if len(units) == 0 {
		flags = append(flags, fmt.Sprintf("no value: %s on %s in accounts.csv, none with a value in the window", plural(len(p.registered[cell{country, platform}]), "account"), platform))
	}
	tell(&e, flags...)
	return e
}

// tell adds to what a reader must know; empty ones are nothing.
func tell(e *datasets.Estimate, flags ...string) {
	for _, f := range flags {
		switch {
		case f == "":
		case e.Flag.OK:
			e.Flag.V += "; " + f
		default:
			e.Flag = datasets.Some(f)
		}
	}
}

const noValue = "none: there is no value"

func (s *study) median(p *part, country, platform string, units []unit) datasets.Estimate {
	e := p.estimate(country, platform, "median_of_accounts", units)
	x := values(units)
	e.Value = sample.Median(x)
	switch i, achieved := sample.MedianInterval(x, confidence); {
	case len(x) == 0:
		e.Uncertainty = noValue
	case achieved.OK:
		e.Low, e.High = i.Low, i.High
		e.Uncertainty = fmt.Sprintf("sign_test_95: order statistics of the accounts, confidence %.3f", achieved.V)
		tell(&e, s.coverage(p.metric, ofCountry, "median_of_accounts_sign_test_95", platform, len(x)))
	default:
		e.Uncertainty = fmt.Sprintf("none: %s; a 95 %% interval of a median needs six", plural(len(x), "account"))
	}
	return e
}

// meanMethod names the mean by the scale of the part.
func (p *part) meanMethod() string {
	if p.scale == Ratio {
		return "geometric_mean_of_accounts"
	}
	return "mean_of_accounts"
}

func (s *study) mean(p *part, country, platform string, units []unit) datasets.Estimate {
	e := p.estimate(country, platform, p.meanMethod(), units)
	y, ok := ys(units)
	switch {
	case len(units) == 0:
		e.Uncertainty = noValue
	case !ok:
		e.Uncertainty = noValue
		tell(&e, strings.Replace(p.noMean(units), "no effect", "no value", 1))
	default:
		s.meanOf(p, &e, [][]float64{y}, []float64{1}, len(y))
	}
	return e
}

// meanOf fills in the weighted mean of cells with its t interval.
func (s *study) meanOf(p *part, e *datasets.Estimate, cells [][]float64, weights []float64, n int) {
	t, how := sample.StratifiedMean(cells, weights, confidence), "welch_t_95"
	if !t.SE.OK && len(cells) > 1 {
		if pooled := sample.StratifiedMeanPooled(cells, weights, confidence); pooled.SE.OK {
			t, how = pooled, "pooled_t_95"
		}
	}
	e.Value = p.back(t.Difference)
	switch {
	case n < minInterval:
		e.Uncertainty = fmt.Sprintf("none: %s; an interval needs four", plural(n, "account"))
	case !t.Interval.Low.OK:
		e.Uncertainty = "none: the accounts are all alike, so that their spread is not known"
	default:
		e.Low, e.High = p.back(t.Interval.Low), p.back(t.Interval.High)
		e.Uncertainty = fmt.Sprintf("%s: %.4g degrees of freedom; of means of accounts%s", how, t.DF.V, p.meansOf())
		if n < minSound {
			tell(e, "interval indicative: fewer than eight accounts")
		}
		tell(e, impossible(e))
		tell(e, s.coverage(p.metric, ofCountry, "mean_of_accounts_"+how, e.Platform, n))
	}
}

// impossible says that the interval of an estimate reaches beyond what its unit
// allows: a t interval knows no bounds. "" where it does not.
func impossible(e *datasets.Estimate) string {
	least, most := datasets.UnitRange(e.Unit)
	var beyond []string
	if least.OK && e.Low.OK && e.Low.V < least.V {
		beyond = append(beyond, fmt.Sprintf("below %g", least.V))
	}
	if most.OK && e.High.OK && e.High.V > most.V {
		beyond = append(beyond, fmt.Sprintf("above %g", most.V))
	}
	if len(beyond) == 0 {
		return ""
	}
	return "interval reaches " + enumerate(beyond) + ", where no value can lie: a t interval knows no bounds, and what lies beyond them means nothing"
}

// overPlatforms are the standardised estimates of a country over the platforms
// that all countries share.
func (s *study) overPlatforms(p *part, country string, platforms []string) []datasets.Estimate {
	var units []unit
	var cells [][]float64
	var posts []int64
	var days, weight []float64
	usable := true
	for _, platform := range platforms {
		of := p.cells[cell{country, platform}]
		y, ok := ys(of)
		usable = usable && ok
		units, cells, weight = append(units, of...), append(cells, y), append(weight, 1/float64(len(platforms)))
		var x int64
		var t float64
		for _, u := range of {
			x += u.posts
			t += u.days
		}
		posts, days = append(posts, x), append(days, t)
	}
	over := "over " + enumerate(platforms) + ", which every country of the study shares, with equal weights"
	e := p.estimate(country, standardised, p.meanMethod(), units)
	tell(&e, over)
	if usable {
		s.meanOf(p, &e, cells, weight, len(units))
	} else {
		e.Uncertainty = noValue
		tell(&e, strings.Replace(p.noMean(units), "no effect", "no value", 1))
	}
	out := []datasets.Estimate{e}
	if p.rate() {
		d := p.estimate(country, standardised, "direct_standardised", units)
		tell(&d, over)
		r, err := sample.DirectStandardised(posts, days, weight, confidence)
		if err != nil || !usable {
			d.Uncertainty = noValue
			tell(&d, "no value: the days observed of an account are not known")
		} else {
			scale := func(v float64) datasets.Opt[float64] { return datasets.Some(v * sample.DaysPerMonth) }
			d.Value = scale(r.Rate)
			if len(units) < minInterval {
				d.Uncertainty = fmt.Sprintf("none: %s; an interval needs four", plural(len(units), "account"))
				return append(out, d)
			}
			d.Low, d.High = scale(r.Interval.Low.V), scale(r.Interval.High.V)
			d.Uncertainty = "fay_feuer_95: of these accounts only; assumes that posts come independently at constant rates, so bursts and differences between accounts make it too narrow"
			tell(&d, s.coverage(p.metric, ofCountry, "direct_standardised_fay_feuer_95", standardised, len(units)))
		}
		out = append(out, d)
	}
	return out
}
