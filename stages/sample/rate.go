package sample

import (
	"math"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// GarwoodAssumption states what Garwood's interval takes for granted.
const GarwoodAssumption = "garwood_95: exact interval of a Poisson count (Garwood 1936); assumes that posts come independently at a constant rate, so bursts make it too narrow"

// Garwood returns the exact interval of the mean of a Poisson count at the
// given confidence (Garwood 1936, Biometrika 28:437-442):
// chi2(a/2; 2k)/2 and chi2(1-a/2; 2k+2)/2 with a = 1 - confidence. The lower
// end of a count of 0 is 0. Absent for a negative count.
func Garwood(count int64, confidence float64) Interval {
	if count < 0 {
		return Interval{}
	}
	a := 1 - confidence
	k := float64(count)
	low := 0.0
	if count > 0 {
		low = distuv.ChiSquared{K: 2 * k}.Quantile(a/2) / 2
	}
	high := distuv.ChiSquared{K: 2*k + 2}.Quantile(1-a/2) / 2
	return Interval{datasets.Some(low), datasets.Some(high)}
}

// RatioTest compares two Poisson rates.
type RatioTest struct {
	Ratio    datasets.Opt[float64] // first rate by second; absent where the second count is 0
	Interval Interval              // exact conditional; High is absent (no bound) where the second count is 0
	Wald     Interval              // exp(ln ratio -+ z sqrt(1/x1 + 1/x2)); absent where either count is 0
	P        float64               // two-sided, of equal rates; 0 where it is below the least float64
}

// RateRatio compares the rates x1/t1 and x2/t2 of two Poisson counts over
// positive exposures in one unit. Given x1+x2, x1 is binomial with odds
// ratio*t1/t2, so the interval is that of Clopper and Pearson (1934,
// Biometrika 26:404-413) on those odds, and P adds up the probabilities of
// all outcomes no likelier than the observed one (with R's relative slack of
// 1e-7): both are what R's poisson.test prints. It assumes independent events
// at constant rates; for posts of accounts that is a statement about two
// accounts, never about two countries. ok is false where the counts are
// negative, above 10^12, or both 0, or an exposure is not a positive finite
// number (or the two differ by more than a factor of 1e250).
func RateRatio(x1 int64, t1 float64, x2 int64, t2 float64, confidence float64) (r RatioTest, ok bool) {
	exposure := t2 / t1
	if x1 < 0 || x2 < 0 || x1 > 1e12 || x2 > 1e12 || x1+x2 == 0 ||
		!(t1 > 0) || !(t2 > 0) || !(exposure > 1e-250) || !(exposure < 1e250) {
		return r, false
	}
	a, b := float64(x1), float64(x2)
	tail := (1 - confidence) / 2
	r.Interval.Low = datasets.Some(lowerOdds(a, b, tail) * exposure)
	if x2 > 0 {
		r.Ratio = datasets.Some(a / b * exposure)
		r.Interval.High = datasets.Some(exposure / lowerOdds(b, a, tail))
	}
	if x1 > 0 && x2 > 0 {
		half := distuv.UnitNormal.Quantile(1-tail) * math.Sqrt(1/a+1/b)
		r.Wald = Interval{datasets.Some(r.Ratio.V * math.Exp(-half)), datasets.Some(r.Ratio.V * math.Exp(half))}
	}
	r.P = binomialTwoSided(a, a+b, 1/exposure)
	return r, true
}

// binomial is a binomial distribution with the odds of success kept as they
// are: neither p nor 1-p loses digits where the other is near 1. gonum's
// Binomial and InvRegIncBeta are right to some 1e-9 only at counts of a
// million and to 1e-6 at a thousand million, because they take differences of
// large log gammas.
type binomial struct{ n, odds float64 }

// at returns the probability of k successes by the saddle point of Loader
// (2000, "Fast and accurate computation of binomial probabilities").
func (b binomial) at(k float64) float64 {
	p, q := b.odds/(1+b.odds), 1/(1+b.odds)
	switch {
	case k < 0 || k > b.n:
		return 0
	case k == 0:
		return math.Exp(-b.n * math.Log1p(b.odds))
	case k == b.n:
		return math.Exp(-b.n * math.Log1p(1/b.odds))
	}
	e := stirlingError(b.n) - stirlingError(k) - stirlingError(b.n-k) - deviancePart(k, b.n*p) - deviancePart(b.n-k, b.n*q)
	return math.Exp(e) * math.Sqrt(b.n/(2*math.Pi*k*(b.n-k)))
}

// from returns P(X >= k). Of the two tails the one that leaves out the mean is
// added up, from its largest term.
func (b binomial) from(k float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > b.n:
		return 0
	}
	if k <= b.n*b.odds/(1+b.odds) {
		return 1 - binomial{b.n, 1 / b.odds}.from(b.n-k+1)
	}
	sum, term := 1.0, 1.0
	for j := k; j < b.n && term > sum*1e-17; j++ {
		term *= (b.n - j) / (j + 1) * b.odds
		sum += term
	}
	return math.Min(1, b.at(k)*sum)
}

// stirlingError is ln k! less Stirling's approximation of it.
func stirlingError(k float64) float64 {
	if k < 16 {
		l, _ := math.Lgamma(k + 1)
		return l - (k+0.5)*math.Log(k) + k - math.Log(2*math.Pi)/2
	}
	return stirlingSeries(k)
}

// stirlingSeries is 1/(12z) - 1/(360z^3) + ..., the remainder of Stirling's
// series (Abramowitz and Stegun 6.1.41), right to 1e-14 for z >= 16.
func stirlingSeries(z float64) float64 {
	s := 1 / (z * z)
	return (1.0/12 - s*(1.0/360-s*(1.0/1260-s*(1.0/1680-s/1188)))) / z
}

// deviancePart is k ln(k/m) + m - k, without cancellation where k is near m.
func deviancePart(k, m float64) float64 {
	v := (m - k) / (m + k)
	if math.Abs(v) > 0.1 {
		return k*math.Log(k/m) + m - k
	}
	// With m = k(1+d): d - ln(1+d) = 2v^2/(1-v) - 2(v^3/3 + v^5/5 + ...).
	sum, power := 0.0, v
	for j := 3.0; j < 40; j += 2 {
		power *= v * v
		sum += power / j
	}
	return k * (2*v*v/(1-v) - 2*sum)
}

// lowerOdds returns the odds at which a or more successes in a+b have the
// probability tail: Clopper and Pearson's lower end. 0 where a is 0. The
// logarithm of that probability is concave and rising in the log odds, so
// Newton's steps approach the root from below whatever the start.
func lowerOdds(a, b, tail float64) float64 {
	if a == 0 {
		return 0
	}
	theta := math.Log(a/(b+1)) + distuv.UnitNormal.Quantile(tail)*math.Sqrt(1/a+1/(b+1))
	for range 200 {
		d := binomial{a + b, math.Exp(theta)}
		p := d.from(a)
		// d P(X >= a) / d log odds = a q P(X = a).
		slope := a / (1 + d.odds) * d.at(a) / p
		step := math.Log(tail/p) / slope
		theta += step
		if math.Abs(step) < 1e-14*math.Max(1, math.Abs(theta)) {
			break
		}
	}
	return math.Exp(theta)
}

// binomialTwoSided adds the probabilities of all outcomes no likelier than k
// successes in n (likelihood ordering, as R's binom.test).
func binomialTwoSided(k, n, odds float64) float64 {
	d := binomial{n, odds}
	mean := n * odds / (1 + odds)
	if k == mean {
		return 1
	}
	if k > mean {
		return binomialTwoSided(n-k, n, 1/odds)
	}
	// The far tail begins at the first outcome past the mean that is no
	// likelier; past the mode probabilities fall, so halving finds it.
	limit := d.at(k) * (1 + 1e-7)
	low, high := math.Ceil(mean), n+1
	for low < high {
		mid := math.Floor((low + high) / 2)
		if d.at(mid) <= limit {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return math.Min(1, binomial{n, 1 / odds}.from(n-k)+d.from(low))
}
