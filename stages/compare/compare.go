// Package compare turns the values of accounts into estimates by country and
// comparisons between countries, and refuses what the data cannot carry, with
// the reason in the row.
//
// # What is compared
//
// The unit is an account on one platform; its posts are repeated measures and
// never count as independent. An account contributes to a part of a metric the
// value of the study window, the mean where it has several. Accounts of no
// country, or of one that the study does not name, and values from too short a
// span take no part; one from a period that starts before the window or is twice
// as long does, with a flag. Accounts of one organization depend on each other:
// there is no p where a side has fewer than two organizations. Means are taken on the scale that the part declares:
// of logarithms for a ratio, of the values for a difference. The logarithm of a
// posting rate is log((posts + 1/2)/days * 30.4375), with posts = value *
// exposure_days / 30.4375 to the nearest whole number, so that an account
// without a post has one; any other ratio with a value of 0 has no logarithm,
// hence no mean and no effect.
// Standardised means the mean over the platforms on which every country of the
// study has a value, each with equal weight; where there is none, over those
// that the two countries share.
//
// # Methods of estimates
//
//   - median_of_accounts: with the interval of the sign test, from six accounts.
//   - mean_of_accounts, geometric_mean_of_accounts: by the scale of the part,
//     with a t interval from four accounts on.
//   - pooled_mean, pooled_median (interactions_per_post): of all posts of the
//     country on the platform, from interaction_counts; cluster bootstrap over
//     accounts, BCa from eight accounts, percentile from four.
//   - direct_standardised (posting rate): posts by days on each platform with
//     equal weights; interval of Fay and Feuer, for these accounts.
//   - share_of_voice: of the posts and of the interactions of the study's
//     countries on a platform; no interval.
//   - trend_per_year: of a national indicator.
//
// # Methods of comparisons
//
//   - mean_contrast: the ratio of geometric means or the difference of means;
//     t interval with Satterthwaite's degrees of freedom from four accounts a
//     side; p by permuting the countries within each platform.
//   - crude_contrast (standardised only): the same over all accounts of all
//     platforms, without a test, to be held against mean_contrast: where the two
//     differ in direction, each beyond its interval, the mix of platforms and not
//     the accounts may be what differs (Simpson's paradox).
//   - rank: Cliff's delta; p of Mann and Whitney, exact with ties, on a platform
//     and of van Elteren over platforms, where the effect is the mean delta.
//   - hodges_lehmann: the shift on the metric's own scale, with the interval
//     that inverts the rank test; p is that of rank.
//   - kruskal_wallis: all countries at once (both countries are "all", and both
//     n those of all), epsilon squared; chi-squared p.
//   - dunn: two countries after it; the effect is z, p_adjusted is Holm's over
//     the pairs of the metric, part and platform.
//   - rate_ratio_poisson: exact ratio of the posting rates of two accounts, where
//     each side has one; no p, since two accounts are not two countries.
//   - negative_binomial, poisson_robust: posting rates by regression with the
//     log of the days as offset and platforms as covariates where there are
//     several. Errors are the model's in the first, and robust to dependence
//     within an organization in the second.
//
// # Families
//
// The primary family is the standardised mean_contrast of three outcomes by
// each pair of countries, adjusted by Holm over those with a p. A row of it in
// which the coverage of an account is inferred, or an account has posts without
// a time, is exploratory. All other p but
// those of dunn are adjusted by Benjamini and Hochberg as one family.
//
// # Random numbers
//
// What is drawn is drawn by sample.LEcuyer from a key, so that no row moves
// another, and R can draw the same: notebooks/replicate.R. The key of a bootstrap
// is "seed|metric|part|country|platform|method|". Relabelings depend on the
// numbers of accounts alone: their key is "seed|relabelings|shape|round", the shape
// as sample.Relabeling gives it, so that tests of the same numbers of accounts
// take the same draws: each p has the distribution that draws of its own would
// give it, and they err together. Numbers are given to ten significant digits, which no order of addition and no
// library of functions changes.
package compare

import (
	"cmp"
	"context"
	"hash/crc32"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Version of the stage; raised when the same tables would give other rows.
const Version = 6

// Versions of the stage and of the calibration, for staleness.
func Versions() map[string]int {
	return map[string]int{"compare": Version, "calibration": int(crc32.ChecksumIEEE([]byte(calibrationCSV)))}
}

// Params are the settings of the study that the stage uses.
type Params struct {
	Countries []string          `json:"countries"` // in the order of the study
	From      datasets.Day      `json:"from"`      // study window
	To        datasets.Day      `json:"to"`
	Seed      uint64            `json:"seed"`
	Scales    map[string]string `json:"scales"`    // Ratio or Difference by metric/part of what is compared; a part * stands for any
	Simulated bool              `json:"simulated"` // written into the tables
}

// Scales on which accounts are compared, as metrics declare them.
const (
	Ratio      = "ratio"
	Difference = "difference"
)

// Input is what the stage reads.
type Input struct {
	Accounts  []datasets.Account
	Values    []datasets.Value
	Counts    []datasets.InteractionCount
	Published []datasets.PublishedValue
}

// Output is what the stage writes, each table sorted by its key.
type Output struct {
	Estimates   []datasets.Estimate
	Comparisons []datasets.Comparison
	Sensitivity []datasets.Variant
	Shrunken    []datasets.Shrunken
}

// Confidence of every interval.
const confidence = 0.95

// Least numbers of accounts. With one on a side of a test, a difference
// between two accounts would pass for one between two countries.
const (
	minTest     = 2 // on each side of a test, and of organizations too
	minInterval = 4 // on each side of an interval
	minSound    = 8 // on each side of an interval that is not called indicative
)

// Run returns estimates, comparisons, their sensitivity, and shrunken values.
// The error is that of ctx, or of an unreadable calibration.
func Run(ctx context.Context, p Params, in Input) (Output, error) {
	calibration, err := readCalibration(calibrationCSV)
	if err != nil {
		return Output{}, err
	}
	return analyse(ctx, p, in, calibration)
}

func analyse(ctx context.Context, p Params, in Input, calibration []measured) (Output, error) {
	s := collect(p, in)
	s.calibration = calibration
	parts, variants := make([]Output, len(s.parts)), s.variants()
	varied := make([][]datasets.Variant, len(variants))
	var jobs []func()
	for i, pt := range s.parts {
		jobs = append(jobs, func() {
			parts[i] = Output{Estimates: s.estimates(pt), Comparisons: s.comparisons(pt), Shrunken: s.shrunken(pt)}
		})
	}
	for i, v := range variants {
		jobs = append(jobs, func() { varied[i] = s.again(v) })
	}
	if err := parallel(ctx, jobs); err != nil {
		return Output{}, err
	}
	out := Output{Sensitivity: slices.Concat(varied...)}
	for _, o := range parts {
		out.Estimates = append(out.Estimates, o.Estimates...)
		out.Comparisons = append(out.Comparisons, o.Comparisons...)
		out.Shrunken = append(out.Shrunken, o.Shrunken...)
	}
	drawn, err := s.draw(ctx)
	if err != nil {
		return Output{}, err
	}
	for i := range out.Comparisons {
		fillIn(&out.Comparisons[i], "", drawn)
	}
	for i := range out.Sensitivity {
		fillIn(&out.Sensitivity[i].Comparison, out.Sensitivity[i].Variant, drawn)
	}
	adjust(out.Comparisons)
	out.Sensitivity = sensitivity(out.Sensitivity, out.Comparisons)
	out.Estimates = slices.Concat(out.Estimates, s.pooled(), s.voice(), trends(p.Countries, in.Published))
	out.finish()
	return out, nil
}

// finish rounds the numbers and sorts the tables.
func (out *Output) finish() {
	for i := range out.Estimates {
		e := &out.Estimates[i]
		round(&e.Value, &e.Low, &e.High)
	}
	for i := range out.Comparisons {
		roundComparison(&out.Comparisons[i])
	}
	for i := range out.Sensitivity {
		roundComparison(&out.Sensitivity[i].Comparison)
	}
	for i := range out.Shrunken {
		r := &out.Shrunken[i]
		round(&r.Value, &r.Shrunken, &r.Low, &r.High)
	}
	slices.SortFunc(out.Estimates, func(a, b datasets.Estimate) int { return datasets.Estimates.Compare(&a, &b) })
	slices.SortFunc(out.Comparisons, func(a, b datasets.Comparison) int { return datasets.Comparisons.Compare(&a, &b) })
	slices.SortFunc(out.Sensitivity, func(a, b datasets.Variant) int { return datasets.Sensitivity.Compare(&a, &b) })
	slices.SortFunc(out.Shrunken, func(a, b datasets.Shrunken) int { return datasets.ShrunkenValues.Compare(&a, &b) })
}

func roundComparison(c *datasets.Comparison) {
	round(&c.Effect, &c.Low, &c.High, &c.P, &c.PAdjusted, &c.PAttainable)
}

// round leaves ten significant digits.
func round(numbers ...*datasets.Opt[float64]) {
	for _, n := range numbers {
		if n.OK {
			n.V, _ = strconv.ParseFloat(strconv.FormatFloat(n.V, 'e', 9, 64), 64)
			n.V += 0 // no -0
		}
	}
}

// parallel runs the jobs on every core; each writes to a place of its own, so
// that their order does not matter. Where the context ends it does not wait for
// jobs that have begun, which nobody reads then.
func parallel(ctx context.Context, jobs []func()) error {
	next, done := make(chan func()), make(chan struct{})
	var workers sync.WaitGroup
	for range min(len(jobs), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for job := range next {
				job()
			}
		})
	}
	go func() {
		workers.Wait()
		close(done)
	}()
	func() {
		defer close(next)
		for _, job := range jobs {
			select {
			case next <- job:
			case <-ctx.Done():
				return
			}
		}
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	return ctx.Err()
}

// stream is the random numbers of one key.
func (s *study) stream(key ...string) *sample.LEcuyer {
	return sample.NewLEcuyer(strconv.FormatUint(s.p.Seed, 10) + "|" + strings.Join(key, "|"))
}

// pairs calls f with every pair of the study's countries, in its order.
func (s *study) pairs(f func(a, b string)) {
	for i, a := range s.p.Countries {
		for _, b := range s.p.Countries[i+1:] {
			f(a, b)
		}
	}
}

func compareParts(a, b *part) int {
	return cmp.Or(cmp.Compare(a.metric, b.metric), cmp.Compare(a.name, b.name))
}
