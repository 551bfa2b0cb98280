package sample

import (
	"fmt"
	"math"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Coefficients are the estimates of a regression on the scale of its linear
// predictor, with their covariance.
type Coefficients struct {
	Value    []float64             // one for each column of the design
	Cov      *mat.SymDense         // of Value, in the same order
	DF       datasets.Opt[float64] // degrees of freedom of Student's t; absent: the normal distribution
	Warnings []string              // what a reader of the intervals must know

	design *design
	alone  []*mat.VecDense // directions that one cluster settles alone, in the terms of design.q
	model  *mat.SymDense   // beside a cluster-robust Cov, the covariance that the model implies
}

// Contrast is a linear combination of coefficients.
type Contrast struct {
	Value    float64               // on the scale of the linear predictor: the log of a rate ratio
	SE       datasets.Opt[float64] // standard error
	Interval Interval              // Value -+ quantile * SE
	P        datasets.Opt[float64] // two-sided, of a combination that is 0
	Reason   string                // why SE, Interval and P are absent
}

// Contrast returns the combination with the given weights, one a coefficient:
// (0, 1, 0) is the second coefficient, (0, 1, -1) the second less the third.
// Exponentials of Value and of the interval's ends are the rate ratio and its
// interval.
func (c Coefficients) Contrast(weights []float64, confidence float64) Contrast {
	if len(weights) != len(c.Value) {
		panic("sample: a contrast needs one weight for each coefficient")
	}
	w := mat.NewVecDense(len(weights), weights)
	r := Contrast{Value: floats.Dot(weights, c.Value)}
	var inner mat.VecDense
	inner.MulVec(c.design.back.T(), w)
	for _, v := range c.alone {
		if math.Abs(mat.Dot(&inner, v)) > 1e-6*mat.Norm(&inner, 2) {
			r.Reason = "rests on a single cluster, whose variation cannot be seen"
			return r
		}
	}
	variance := mat.Inner(w, c.Cov, w)
	if !(variance > 0) || c.model != nil && variance < 1e-12*mat.Inner(w, c.model, w) {
		r.Reason = "no variation between clusters beyond rounding"
		return r
	}
	se := math.Sqrt(variance)
	z := math.Abs(r.Value) / se
	q := distuv.UnitNormal.Quantile(1 - (1-confidence)/2)
	// gonum's Normal.Survival is 0 past 8.3 standard errors.
	p := 2 * distuv.UnitNormal.CDF(-z)
	if c.DF.OK {
		t := distuv.StudentsT{Sigma: 1, Nu: c.DF.V}
		q = t.Quantile(1 - (1-confidence)/2)
		p = 2 * t.CDF(-z)
	}
	r.SE, r.P = datasets.Some(se), datasets.Some(p)
	r.Interval = Interval{datasets.Some(r.Value - q*se), datasets.Some(r.Value + q*se)}
	return r
}

// Fit is a regression of counts with a log link. Its covariance holds if the
// model does and the rows are independent; for rows that share an account use
// ClusterRobust.
type Fit struct {
	Coefficients
	Mean       []float64             // fitted count of each row
	LogLik     float64               // with the terms -ln y!
	Dispersion datasets.Opt[float64] // Pearson chi-squared by ResidualDF: far above 1, the model's own errors are too small; absent at ResidualDF 0
	ResidualDF int                   // rows less columns of the design
	Alpha      datasets.Opt[float64] // of NegativeBinomial; absent for Poisson
	AlphaSE    datasets.Opt[float64] // standard error of Alpha; absent where Alpha is 0

	scores  []score
	inverse *mat.SymDense // of the negative Hessian, in the terms of design.q and, with Alpha, ln Alpha last
}

// Poisson fits a Poisson regression with log link by maximum likelihood
// (McCullagh and Nelder 1989, chapter 6): ln mean = offset + x*beta. x has a
// row for each count and a column for each coefficient (an intercept is a
// column of ones); offset is the log of each row's exposure, nil for none.
// Counts of posts by account vary more than Poisson counts, so that its own
// standard errors are too small: see ClusterRobust and NegativeBinomial. The
// error says why the data cannot carry a fit: negative counts, numbers that
// are not finite, columns that depend on each other, a group without any event
// (its coefficient would be minus infinity), or no convergence.
func Poisson(x [][]float64, y []int64, offset []float64) (Fit, error) {
	d, err := newDesign(x, y, offset)
	if err != nil {
		return Fit{}, fmt.Errorf("poisson regression: %w", err)
	}
	top, err := d.maximise(d.start(), poissonRow)
	if err != nil {
		return Fit{}, fmt.Errorf("poisson regression: %w", err)
	}
	return d.fit(top), nil
}

// poissonRow is one row's log likelihood without -ln y!.
func poissonRow(y, eta, _ float64) (float64, score) {
	mu := math.Exp(eta)
	return y*eta - mu, score{eta: y - mu, eta2: -mu}
}

// fit describes the model at its maximum.
func (d *design) fit(top place) Fit {
	value := make([]float64, d.k)
	mat.NewVecDense(d.k, value).MulVec(d.back, mat.NewVecDense(d.k, top.theta[:d.k]))
	f := Fit{
		Coefficients: Coefficients{Value: value, Cov: d.covariance(top.inverse), design: d},
		Mean:         make([]float64, d.n),
		LogLik:       top.height - d.lnFactorials,
		ResidualDF:   d.n - d.k,
		scores:       top.scores,
		inverse:      top.inverse,
	}
	var alpha float64
	if len(top.theta) > d.k {
		alpha = math.Exp(top.theta[d.k])
		f.Alpha = datasets.Some(alpha)
		f.AlphaSE = datasets.Some(alpha * math.Sqrt(top.inverse.At(d.k, d.k)))
	}
	var pearson float64
	for i, eta := range d.eta(top.theta) {
		mu := math.Exp(eta)
		f.Mean[i] = mu
		if d.y[i] == 0 {
			// Holds where the mean underflows.
			pearson += mu / (1 + alpha*mu)
			continue
		}
		pearson += (d.y[i] - mu) * (d.y[i] - mu) / (mu + alpha*mu*mu)
	}
	if f.ResidualDF > 0 {
		f.Dispersion = datasets.Some(pearson / float64(f.ResidualDF))
	}
	return f
}
