package calibrate

import (
	"fmt"
	"math"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Outcomes, named as the metrics that they are.
const (
	engagement = "log_interactions_per_1000_followers"
	zeroShare  = "zero_share"
	posting    = "posts_per_month" // its log, but for direct standardisation
	perPost    = "interactions_per_post"
)

// Quantities: a contrast is A less B, a country is A by itself.
const (
	contrast = "contrast"
	country  = "country"
)

// Kinds of methods.
const (
	interval = "interval"
	test     = "test"
)

// Methods that the summary speaks of.
const (
	welch       = "welch_t_95"
	pooledT     = "pooled_t_95"
	percentile  = "cluster_percentile_95"
	bca         = "cluster_bca_95"
	permutation = "permutation_of_means"
	mannWhitney = "mann_whitney_exact"
	vanElteren  = "van_elteren"
)

const (
	confidence = 0.95
	alpha      = 1 - confidence
	resamples  = 999 // of a bootstrap that cannot count them all
)

// score is what one method did in one study.
type score struct {
	outcome, quantity, kind, method string

	present bool    // whether there is an interval, or a p
	hit     bool    // the interval holds the truth, or the test rejects
	width   float64 // of the interval
}

// scores gathers those of one study, in the same order in every study of a
// cell.
type scores []score

func (s *scores) interval(outcome, quantity, method string, i sample.Interval, truth float64) {
	v := score{outcome: outcome, quantity: quantity, kind: interval, method: method}
	if i.Low.OK && i.High.OK {
		v.present, v.hit, v.width = true, i.Low.V <= truth && truth <= i.High.V, i.High.V-i.Low.V
	}
	*s = append(*s, v)
}

func (s *scores) test(outcome, method string, p datasets.Opt[float64]) {
	*s = append(*s, score{outcome: outcome, quantity: contrast, kind: test, method: method, present: p.OK, hit: p.OK && p.V <= alpha})
}

// excludes0 is the test that an interval makes.
func (s *scores) excludes0(outcome, method string, i sample.Interval) {
	*s = append(*s, score{outcome: outcome, quantity: contrast, kind: test, method: method, present: i.Low.OK && i.High.OK,
		hit: i.Low.OK && i.High.OK && (i.Low.V > 0 || i.High.V < 0)})
}

// side is what one country of a study has: by platform, the summaries of its
// accounts and the posts behind them.
type side struct {
	summaries map[string][][]float64 // by outcome and platform; an account without posts is in posting only
	counts    [][]int64              // posts of each account, by platform
	first     [][]float64            // interactions of the posts of each account on the first platform
	y, zero   []float64              // of all posts of all accounts, as if they were independent
}

func (c cell) drawSide(accounts []int, isA bool, r *random) side {
	n := len(accounts)
	s := side{summaries: map[string][][]float64{engagement: make([][]float64, n), zeroShare: make([][]float64, n), posting: make([][]float64, n)},
		counts: make([][]int64, n)}
	for p, k := range accounts {
		process := c.process(p, isA)
		for range k {
			a := process.draw(r)
			s.add(posting, p, a.logRate())
			s.counts[p] = append(s.counts[p], int64(len(a.y)))
			if len(a.y) == 0 {
				continue
			}
			s.add(engagement, p, a.meanY())
			s.add(zeroShare, p, a.zeroShare())
			if p == 0 {
				s.first = append(s.first, a.interactions)
			}
			s.y = append(s.y, a.y...)
			for _, v := range a.interactions {
				zero := 0.0
				if v == 0 {
					zero = 1
				}
				s.zero = append(s.zero, zero)
			}
		}
	}
	return s
}

func (s *side) add(outcome string, platform int, v float64) {
	s.summaries[outcome][platform] = append(s.summaries[outcome][platform], v)
}

// study simulates one study and scores every method.
func (c cell) study(t *truth, r *random) scores {
	a, b := c.drawSide(c.a, true, r), c.drawSide(c.b, false, r)
	third := c.drawSide(c.b, false, r)
	var s scores
	for _, o := range c.outcomes() {
		s.contrasts(o, t, a.summaries[o], b.summaries[o], r)
		if len(c.a) == 1 {
			s.ranks(o, t, a.summaries[o][0], b.summaries[o][0], third.summaries[o][0])
		} else {
			v, ok := sample.VanElteren(strata(a.summaries[o], b.summaries[o]), r)
			s.test(o, vanElteren, datasets.Opt[float64]{V: v.P, OK: ok})
		}
		if c.effect == none {
			s.country(o, t, a.summaries[o], r)
		}
		switch o {
		case engagement:
			s.naive(o, t, a.y, b.y)
		case zeroShare:
			s.naive(o, t, a.zero, b.zero)
		case posting:
			s.counts(t, a.counts, b.counts, c.effect == none)
		}
	}
	if c.effect == none && len(c.a) == 1 {
		s.pooledPosts(t, a.first, r)
	}
	return s
}

// outcomes are those that a cell is about. Posting is the same whatever the
// distribution of interactions, and scored with one of them.
func (c cell) outcomes() []string {
	if c.distribution == logNormal {
		return []string{engagement, posting, zeroShare}
	}
	return []string{engagement, zeroShare}
}

// strata weigh every platform alike.
func strata(a, b [][]float64) []sample.Stratum {
	var out []sample.Stratum
	for p := range a {
		out = append(out, sample.Stratum{A: a[p], B: b[p], Weight: 1 / float64(len(a))})
	}
	return out
}

// terms resample accounts within each platform.
func terms(x [][]float64, sign float64, r *random) []sample.Term {
	var out []sample.Term
	for _, values := range x {
		out = append(out, sample.Term{Weight: sign / float64(len(x)), Clusters: len(values), Source: r,
			Statistic: func(times []int) datasets.Opt[float64] {
				var sum float64
				for i, k := range times {
					sum += float64(k) * values[i]
				}
				return datasets.Some(sum / float64(len(values)))
			}})
	}
	return out
}

// bootstrap scores both intervals of a statistic.
func (s *scores) bootstrap(outcome, quantity, prefix string, truth float64, terms ...sample.Term) {
	resample := sample.Bootstrap(resamples, terms...)
	s.interval(outcome, quantity, prefix+percentile, sample.Percentile(resample, confidence), truth)
	corrected := sample.Interval{}
	if e := sample.Estimate(terms...); e.OK {
		corrected, _ = sample.BCa(resample, e.V, confidence, sample.Jackknife(terms...)...)
	}
	s.interval(outcome, quantity, prefix+bca, corrected, truth)
}

// contrasts scores what is offered for a difference of means of accounts.
func (s *scores) contrasts(outcome string, t *truth, a, b [][]float64, r *random) {
	var ts []sample.TStratum
	for _, p := range strata(a, b) {
		ts = append(ts, sample.TStratum(p))
	}
	separate, pooled := sample.StratifiedT(ts, confidence), sample.StratifiedTPooled(ts, confidence)
	s.interval(outcome, contrast, welch, separate.Interval, t.contrast[outcome])
	s.interval(outcome, contrast, pooledT, pooled.Interval, t.contrast[outcome])
	s.excludes0(outcome, "welch_t", separate.Interval)
	s.excludes0(outcome, "pooled_t", pooled.Interval)
	s.bootstrap(outcome, contrast, "", t.contrast[outcome], slices.Concat(terms(a, 1, r), terms(b, -1, r))...)
	p, ok := sample.StratifiedMeans(strata(a, b), r)
	s.test(outcome, permutation, datasets.Opt[float64]{V: p.P, OK: ok})
}

// ranks scores what is offered for account summaries on one platform.
func (s *scores) ranks(outcome string, t *truth, a, b, third []float64) {
	delta, i, _ := sample.CliffDelta(a, b, confidence)
	if !delta.OK {
		i = sample.Interval{}
	}
	s.interval(outcome, contrast, "cliff_delta_95", i, t.delta[outcome])
	s.interval(outcome, contrast, "hodges_lehmann_95", sample.HodgesLehmannInterval(a, b, confidence), t.shift[outcome])
	m, _ := sample.MannWhitney(a, b)
	s.test(outcome, mannWhitney, m.Exact)
	k, ok := sample.KruskalWallis(a, b, third)
	s.test(outcome, "kruskal_wallis_three_countries", datasets.Opt[float64]{V: k.P, OK: ok})
}

// country scores the intervals of one country's mean and median of accounts.
func (s *scores) country(outcome string, t *truth, a [][]float64, r *random) {
	weights := slices.Repeat([]float64{1 / float64(len(a))}, len(a))
	s.interval(outcome, country, "mean_of_accounts_"+welch, sample.StratifiedMean(a, weights, confidence).Interval, t.country[outcome])
	if len(a) > 1 {
		s.interval(outcome, country, "mean_of_accounts_"+pooledT, sample.StratifiedMeanPooled(a, weights, confidence).Interval, t.country[outcome])
	} else {
		i, _ := sample.MedianInterval(a[0], confidence)
		s.interval(outcome, country, "median_of_accounts_sign_test_95", i, t.median[outcome])
	}
	s.bootstrap(outcome, country, "mean_of_accounts_", t.country[outcome], terms(a, 1, r)...)
}

// pooledPosts scores the cluster bootstrap of the mean and of the median of
// interactions over all posts of a country.
func (s *scores) pooledPosts(t *truth, posts [][]float64, r *random) {
	all := sample.NewClusters(posts)
	s.bootstrap(perPost, country, "pooled_mean_", t.pooledMean, sample.Term{Weight: 1, Clusters: all.Len(), Statistic: all.Mean, Source: r})
	s.bootstrap(perPost, country, "pooled_median_", t.pooledMedian, sample.Term{Weight: 1, Clusters: all.Len(), Statistic: all.Median, Source: r})
}

// naive scores what takes every post for an independent observation, which
// the program never does.
func (s *scores) naive(outcome string, t *truth, a, b []float64) {
	_, i, _ := sample.Welch(a, b, confidence)
	s.interval(outcome, contrast, "naive_posts_t_95", i, t.contrast[outcome])
	s.excludes0(outcome, "naive_posts_t", i)
	k, ok := sample.KruskalWallis(a, b)
	s.test(outcome, "naive_posts_wilcoxon", datasets.Opt[float64]{V: k.P, OK: ok})
}

// counts scores the models of counts of posts: ratios of rates, as logs.
func (s *scores) counts(t *truth, a, b [][]int64, alone bool) {
	var x [][]float64
	var y []int64
	var offset []float64
	var cluster []int
	add := func(counts [][]int64, isA float64) {
		for p, posts := range counts {
			for _, n := range posts {
				row := make([]float64, len(counts)+1)
				row[0], row[len(counts)] = 1, isA
				if p > 0 {
					row[p] = 1
				}
				x, y, offset, cluster = append(x, row), append(y, n), append(offset, math.Log(days)), append(cluster, len(cluster))
			}
		}
	}
	add(a, 1)
	add(b, 0)
	of := make([]float64, len(a)+1)
	of[len(a)] = 1
	model := func(method string, fit sample.Coefficients, err error) {
		var c sample.Contrast
		if err == nil {
			c = fit.Contrast(of, confidence)
		}
		s.interval(posting, contrast, method+"_95", c.Interval, t.contrast[posting])
		s.test(posting, method, c.P)
	}
	nb, err := sample.NegativeBinomial(x, y, offset)
	model("negative_binomial", nb.Coefficients, err)
	poisson, err := sample.Poisson(x, y, offset)
	robust := sample.Coefficients{}
	if err == nil {
		robust, err = sample.ClusterRobust(poisson, cluster)
	}
	model("poisson_robust", robust, err)

	sumA, daysA := total(a)
	sumB, daysB := total(b)
	naive, ok := sample.RateRatio(sumA, daysA, sumB, daysB, confidence)
	var i sample.Interval
	if ok && sumA > 0 && sumB > 0 {
		i = sample.Interval{Low: datasets.Some(math.Log(naive.Interval.Low.V)), High: datasets.Some(math.Log(naive.Interval.High.V))}
	}
	s.interval(posting, contrast, "naive_posts_poisson_95", i, t.contrast[posting])
	s.test(posting, "naive_posts_poisson", datasets.Opt[float64]{V: naive.P, OK: ok})
	if !alone {
		return
	}
	events, exposure := make([]int64, len(a)), make([]float64, len(a))
	for p := range a {
		events[p], exposure[p] = total(a[p : p+1])
		exposure[p] /= sample.DaysPerMonth
	}
	rate, err := sample.DirectStandardised(events, exposure, slices.Repeat([]float64{1}, len(a)), confidence)
	if err != nil {
		rate.Interval = sample.Interval{}
	}
	s.interval(posting, country, "direct_standardised_fay_feuer_95", rate.Interval, t.rate)
}

// total returns the posts of accounts and the days over which they were
// observed.
func total(counts [][]int64) (posts int64, observed float64) {
	for _, p := range counts {
		for _, n := range p {
			posts += n
			observed += days
		}
	}
	return posts, observed
}

// check that the order of scores is the same in every study of a cell.
func (s scores) check(first scores) {
	same := len(s) == len(first)
	for i := 0; same && i < len(s); i++ {
		same = s[i].outcome == first[i].outcome && s[i].quantity == first[i].quantity && s[i].kind == first[i].kind && s[i].method == first[i].method
	}
	if !same {
		panic(fmt.Sprintf("calibrate: studies of one cell have different scores: %d and %d", len(s), len(first)))
	}
}
