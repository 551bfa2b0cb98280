package sample

import (
	"fmt"
	"math"
	"slices"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/floats"
)

// NegativeBinomial fits the NB2 regression, variance = mean + Alpha*mean^2
// (Hilbe 2011, chapter 8), by joint maximum likelihood over the coefficients
// and ln Alpha; arguments and errors are those of Poisson. Its covariance comes
// from the joint observed Hessian, as in statsmodels with
// loglike_method="nb2"; R's MASS::glm.nb holds theta = 1/Alpha fixed and so
// differs by a tenth of a percent or so. Where no Alpha above 0 is likelier
// than the Poisson limit, the Poisson fit is returned with Alpha 0 and a
// warning.
func NegativeBinomial(x [][]float64, y []int64, offset []float64) (Fit, error) {
	d, err := newDesign(x, y, offset)
	if err != nil {
		return Fit{}, fmt.Errorf("negative binomial regression: %w", err)
	}
	limit, err := d.maximise(d.start(), poissonRow)
	if err != nil {
		return Fit{}, fmt.Errorf("negative binomial regression: %w", err)
	}
	poisson := d.fit(limit)
	// The likelihood can have more than one top in alpha: walk over alpha, from
	// where it hardly widens the largest count, and climb from the best.
	first := math.Log(1e-4 / math.Max(1, floats.Max(poisson.Mean)))
	best := place{height: math.Inf(-1)}
	boundary := true
	theta := slices.Clone(limit.theta)
	for lnAlpha := first; lnAlpha < math.Log(1e3); lnAlpha++ {
		at, err := d.maximise(slices.Clone(theta), func(y, eta, _ float64) (float64, score) { return negBinRow(y, eta, lnAlpha) })
		if err != nil {
			continue
		}
		theta = at.theta
		if at.height > best.height {
			best = place{theta: append(slices.Clone(theta), lnAlpha), height: at.height}
			boundary = lnAlpha == first
		}
	}
	if boundary {
		poisson.Alpha = datasets.Some(0.0)
		poisson.Warnings = append(poisson.Warnings, "the counts vary no more than Poisson counts: Alpha is 0 and this is the Poisson fit")
		return poisson, nil
	}
	top, err := d.maximise(best.theta, negBinRow)
	if err != nil {
		return Fit{}, fmt.Errorf("negative binomial regression: %w", err)
	}
	return d.fit(top), nil
}

// negBinRow is one row's log likelihood without -ln y!. With r = 1/alpha it is
// ln G(y+r)/(G(r) r^y) + y*eta - (y+r) ln(1+mu/r).
func negBinRow(y, eta, lnAlpha float64) (float64, score) {
	mu, r := math.Exp(eta), math.Exp(-lnAlpha)
	rise, digamma, trigamma := lnRise(y, r)
	l, sum := math.Log1p(mu/r), r+mu
	d1 := digamma - l + (mu-y)/sum
	d2 := trigamma + mu/(r*sum) - (mu-y)/(sum*sum)
	return rise + y*eta - (y+r)*l, score{
		eta:   (y - mu) * r / sum,
		eta2:  -mu * r / sum * (y + r) / sum,
		log:   -r * d1,
		log2:  r*r*d2 + r*d1,
		cross: -r * (y - mu) * mu / (sum * sum),
	}
}

// lnRise returns ln(G(y+r) / (G(r) r^y)), the sum of ln(1 + j/r) over
// 0 <= j < y, and the differences between y+r and r of the digamma and of the
// trigamma function. Differences of log gammas would lose every digit where r
// is large, which is where the negative binomial nears Poisson.
func lnRise(y, r float64) (v, digamma, trigamma float64) {
	const direct = 16
	for j := range int(math.Min(y, direct)) {
		j := float64(j)
		v += math.Log1p(j / r)
		digamma += 1 / (r + j)
		trigamma -= 1 / ((r + j) * (r + j))
	}
	if y <= direct {
		return v, digamma, trigamma
	}
	// Stirling's series for the differences between y+r and direct+r, which are
	// past 16; that of the log gammas less (y-direct) ln r.
	a, b, k := direct+r, y+r, y-direct
	l := math.Log1p(k / a)
	v += (b-0.5)*l + k*math.Log1p(direct/r) - k + stirlingSeries(b) - stirlingSeries(a)
	da, da2 := digammaRest(a)
	db, db2 := digammaRest(b)
	return v, digamma + l + db - da, trigamma - k/(a*b) + db2 - da2
}

// digammaRest returns digamma(z) - ln z and trigamma(z) - 1/z by their
// asymptotic series (Abramowitz and Stegun 6.3.18 and 6.4.12), for z >= 16.
func digammaRest(z float64) (d1, d2 float64) {
	s := 1 / (z * z)
	d1 = -1/(2*z) - s*(1.0/12-s*(1.0/120-s*(1.0/252-s*(1.0/240-s/132))))
	d2 = s/2 + s/z*(1.0/6-s*(1.0/30-s*(1.0/42-s*(1.0/30-s*5/66))))
	return d1, d2
}
