package calibrate

import (
	"math"
	"slices"

	"diplometrics/stages/sample"

	"gonum.org/v1/gonum/stat/distuv"
)

// truth is what the intervals of a cell are meant to hold.
//
// Means are those of the population of accounts that a study samples: of y and
// of the zero share, the expectation over accounts of the account's own
// expectation over its posts (how often an account posts says nothing of
// either); of posting, the expectation over accounts of the log of the expected
// posts a month, so that the half post which the program adds counts as its
// error. They are computed, not simulated: by closed forms, and for the mean of
// y and for the inflated zeros by the trapezoid rule over normal variables,
// right to some 1e-5.
type truth struct {
	contrast map[string]float64 // by outcome: mean of A less mean of B, platforms weighing the same
	country  map[string]float64 // by outcome: mean of A

	// Of all posts of A on the first platform.
	pooledMean, pooledMedian float64
	// rate is the posts a month of A: expectation over accounts, not of a log.
	rate float64

	// Of account summaries on the first platform, by outcome; from a simulated
	// population of so many accounts a country. Without an effect the shift and
	// delta are 0 by definition.
	shift, delta, median map[string]float64
}

// population is the number of accounts of a country in a simulated population.
// The median of so many is right to about 0.006 standard deviations, where
// intervals of 20 accounts are a standard deviation wide.
const population = 40_000

// truth computes that of a cell. The seed is that of the simulated population.
func (c cell) truth(seed uint64) truth {
	t := truth{contrast: map[string]float64{}, country: map[string]float64{},
		shift: map[string]float64{}, delta: map[string]float64{}, median: map[string]float64{}}
	w := 1 / float64(len(c.a))
	for p := range c.a {
		a, b := c.process(p, true), c.process(p, false)
		for _, o := range []struct {
			name string
			mean func(process) float64
		}{{engagement, process.meanY}, {zeroShare, process.zeroShare}, {posting, process.logRate}} {
			mean := o.mean(a)
			t.country[o.name] += w * mean
			if c.effect != none {
				t.contrast[o.name] += w * (mean - o.mean(b))
			}
		}
		t.rate += w * a.posts * math.Exp(a.postsSpread*a.postsSpread/2) / days * sample.DaysPerMonth
	}
	if len(c.a) > 1 {
		return t
	}
	a, b := c.process(0, true), c.process(0, false)
	t.pooledMean, t.pooledMedian = a.meanInteractions(), a.medianInteractions()
	people := func(p process, stream uint64) (y, zero, rate []float64) {
		r := newRandom(seed, stream)
		for range population {
			one := p.draw(r)
			rate = append(rate, one.logRate())
			if len(one.y) > 0 {
				y, zero = append(y, one.meanY()), append(zero, one.zeroShare())
			}
		}
		return y, zero, rate
	}
	ya, za, ra := people(a, 1)
	t.median[engagement], t.median[zeroShare], t.median[posting] = sample.Median(ya).V, sample.Median(za).V, sample.Median(ra).V
	if c.effect == none {
		return t
	}
	yb, zb, rb := people(b, 2)
	for name, x := range map[string][2][]float64{engagement: {ya, yb}, zeroShare: {za, zb}, posting: {ra, rb}} {
		t.shift[name] = sample.HodgesLehmann(x[0], x[1]).V
		delta, _, _ := sample.CliffDelta(x[0], x[1], confidence)
		t.delta[name] = delta.V
	}
	return t
}

// expect is the expectation of f over a standard normal variable.
func expect(f func(z float64) float64) float64 { return sample.NormalMean(f, 8, 50) }

// inflation is the mean probability of an inflated zero.
func (p process) inflation() float64 {
	if !p.inflated {
		return 0
	}
	return expect(func(z float64) float64 { return sample.Logistic(p.zeroLogit + zeroSpread*z) })
}

// spread is that of the log rate over all posts: of accounts and posts.
var spread = math.Hypot(accountSpread, postSpread)

func (p process) meanY() float64 {
	mean := expect(func(f float64) float64 {
		followers := followersMedian * math.Exp(followersSpread*f)
		return expect(func(z float64) float64 { return outcome(interactions(followers, p.level+spread*z), followers) })
	})
	return (1 - p.inflation()) * mean
}

// atLeast is the probability that a post which is not an inflated zero has
// k or more interactions, k above 0: those before rounding down are log-normal
// with this mean and sd of the log.
func (p process) atLeast(k float64) float64 {
	mu, sd := p.logInteractions()
	return distuv.UnitNormal.CDF((mu - math.Log(k)) / sd)
}

func (p process) logInteractions() (mu, sd float64) {
	return math.Log(followersMedian/1000) + p.level, math.Hypot(followersSpread, spread)
}

func (p process) zeroShare() float64 {
	return 1 - (1-p.inflation())*p.atLeast(1)
}

func (p process) logRate() float64 {
	return math.Log(p.posts / days * sample.DaysPerMonth)
}

// meanInteractions is the sum over k from 1 of the probability of k or more,
// from 20,000 on by the integral.
func (p process) meanInteractions() float64 {
	const direct = 20_000
	var sum float64
	for k := 1; k <= direct; k++ {
		sum += p.atLeast(float64(k))
	}
	mu, sd := p.logInteractions()
	from := direct + 0.5
	z := (mu - math.Log(from)) / sd
	sum += math.Exp(mu+sd*sd/2)*distuv.UnitNormal.CDF(z+sd) - from*distuv.UnitNormal.CDF(z)
	return (1 - p.inflation()) * sum
}

// medianInteractions is the least k that half of the posts do not exceed.
func (p process) medianInteractions() float64 {
	some := 1 - p.inflation()
	k := 0.0
	for some*p.atLeast(k+1) > 0.5 {
		k++
	}
	return k
}

// truths computes the truth of every cell once.
func truths(all []cell, seed uint64) []truth {
	out := make([]truth, len(all))
	for i, c := range all {
		// Without the number of accounts on a platform cells share it.
		j := slices.IndexFunc(all, func(d cell) bool {
			return len(d.a) == len(c.a) && d.posting == c.posting && d.distribution == c.distribution && d.effect == c.effect
		})
		if j < i {
			out[i] = out[j]
			continue
		}
		out[i] = c.truth(seed)
	}
	return out
}
