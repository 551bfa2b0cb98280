package sample

import (
	"fmt"
	"math"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat/distuv"
)

// FewUnits is the number of units below which shrinkage warns that their
// common distribution is hardly known.
const FewUnits = 5

// Shrinkage holds the estimates of units (accounts) that borrow strength from
// each other.
type Shrinkage struct {
	Values    []datasets.Opt[float64] // of each unit as given; absent where its data are unusable
	Intervals []Interval              // of each unit; nil for Marshall
	Mean      datasets.Opt[float64]   // what the units shrink towards
	Between   datasets.Opt[float64]   // variance between units; 0: no more spread than chance gives
	Used      int                     // units with usable data
	Warnings  []string
}

// Marshall returns the global empirical-Bayes rates of Marshall (1991, Appl.
// Statist. 40:283-294): m + A/(A + m/T)*(x/T - m) with m the pooled rate and
// A the variance of the rates, weighted by exposure T, less m by the mean
// exposure, at least 0 (as R spdep::EBest). There are no intervals; see
// GammaPoisson. A unit with a negative count or without a positive finite
// exposure is absent and left out of m and A; below two units all is absent.
func Marshall(events []int64, exposure []float64) Shrinkage {
	use, s := usableRates(events, exposure)
	if s.Used < 2 {
		return s
	}
	var x, t float64
	for _, i := range use {
		x += float64(events[i])
		t += exposure[i]
	}
	m := x / t
	var spread float64
	for _, i := range use {
		e := float64(events[i])/exposure[i] - m
		spread += exposure[i] * e * e
	}
	between := math.Max(0, spread/t-m*float64(s.Used)/t)
	s.Mean, s.Between = datasets.Some(m), datasets.Some(between)
	for _, i := range use {
		v := m
		if between > 0 {
			v += between / (between + m/exposure[i]) * (float64(events[i])/exposure[i] - m)
		}
		s.Values[i] = datasets.Some(v)
	}
	return s
}

// GammaPosterior is a gamma distribution of Poisson rates and what it makes of
// each unit.
type GammaPosterior struct {
	Shape datasets.Opt[float64] // a; absent where the rates do not spread, or without a fit
	Rate  datasets.Opt[float64] // b, in units of exposure; the mean rate is a/b
	Shrinkage
}

// GammaPoisson shrinks rates by a gamma distribution between units whose
// parameters maximise the negative binomial likelihood of the counts: the
// posterior mean is (a + x)/(b + T), the interval that of the gamma
// distribution with shape a+x and rate b+T, equal tails (Clayton and Kaldor
// 1987, Biometrics 43:671-681). Intervals take a and b as known, so they are
// too narrow for few units. Where the counts spread no more than Poisson
// counts of one rate, a and b have no finite value: every unit gets the pooled
// rate with Garwood's interval of it, and a warning says so. Units are left
// out as in Marshall; without an event in any unit all is absent, with a
// warning.
func GammaPoisson(events []int64, exposure []float64, confidence float64) GammaPosterior {
	use, s := usableRates(events, exposure)
	g := GammaPosterior{Shrinkage: s}
	g.Intervals = make([]Interval, len(events))
	if g.Used < 2 {
		return g
	}
	ones := make([][]float64, len(use))
	y := make([]int64, len(use))
	offset := make([]float64, len(use))
	var pooled int64
	var total float64
	for j, i := range use {
		ones[j], y[j], offset[j] = []float64{1}, events[i], math.Log(exposure[i])
		pooled += events[i]
		total += exposure[i]
	}
	fit, err := NegativeBinomial(ones, y, offset)
	if err != nil {
		g.Warnings = append(g.Warnings, err.Error())
		return g
	}
	mean, tail := math.Exp(fit.Value[0]), (1-confidence)/2
	g.Mean = datasets.Some(mean)
	g.Between = datasets.Some(mean * mean * fit.Alpha.V)
	if fit.Alpha.V == 0 {
		g.Warnings = append(g.Warnings, "the rates spread no more than chance gives: every unit has the pooled rate")
		all := Garwood(pooled, confidence)
		for _, i := range use {
			g.Values[i] = g.Mean
			g.Intervals[i] = Interval{datasets.Some(all.Low.V / total), datasets.Some(all.High.V / total)}
		}
		return g
	}
	a := 1 / fit.Alpha.V
	b := a / mean
	g.Shape, g.Rate = datasets.Some(a), datasets.Some(b)
	for _, i := range use {
		shape, rate := a+float64(events[i]), b+exposure[i]
		g.Values[i] = datasets.Some(shape / rate)
		g.Intervals[i] = Interval{datasets.Some(gammaQuantile(shape, rate, tail)), datasets.Some(gammaQuantile(shape, rate, 1-tail))}
	}
	return g
}

// usableRates returns the units that have a rate, and an empty Shrinkage with
// the warnings they call for.
func usableRates(events []int64, exposure []float64) ([]int, Shrinkage) {
	if len(events) != len(exposure) {
		panic("sample: events and exposure differ in length")
	}
	var use []int
	for i, t := range exposure {
		if t > 0 && !math.IsInf(t, 0) && events[i] >= 0 {
			use = append(use, i)
		}
	}
	return use, shrinkageOf(len(events), len(use))
}

func shrinkageOf(units, used int) Shrinkage {
	s := Shrinkage{Values: make([]datasets.Opt[float64], units), Used: used}
	if used < units {
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d of %d units have no usable data and are absent", units-used, units))
	}
	switch {
	case used < 2:
		s.Warnings = append(s.Warnings, "fewer than two units: nothing to borrow strength from")
	case used < FewUnits:
		s.Warnings = append(s.Warnings, fmt.Sprintf("%d units, below %d: the spread between them is hardly known", used, FewUnits))
	}
	return s
}

// ShrinkMeans shrinks estimates y with known sampling variances v towards
// their weighted mean: normal within and between units. Between is tau^2 of
// DerSimonian and Laird (1986, Control. Clin. Trials 7:177-188),
// max(0, (Q - (k-1)) / (W - W2/W)) with weights 1/v. A unit becomes
// B*y + (1-B)*mean with B = tau^2/(tau^2 + v); its interval is normal with
// variance B*v + (1-B)^2*Var(mean), which counts that the mean is estimated and
// not that tau^2 is (as R metafor::blup). For summaries on a log scale. A unit
// whose y is not finite or whose v is not positive and finite is absent; below
// two units all is absent.
func ShrinkMeans(y, v []float64, confidence float64) Shrinkage {
	if len(y) != len(v) {
		panic("sample: estimates and variances differ in length")
	}
	var use []int
	for i := range y {
		if !math.IsNaN(y[i]) && !math.IsInf(y[i], 0) && v[i] > 0 && !math.IsInf(1/v[i], 0) && !math.IsInf(v[i], 0) {
			use = append(use, i)
		}
	}
	s := shrinkageOf(len(y), len(use))
	s.Intervals = make([]Interval, len(y))
	if s.Used < 2 {
		return s
	}
	value, weight := make([]float64, len(use)), make([]float64, len(use))
	for j, i := range use {
		value[j], weight[j] = y[i], 1/v[i]
	}
	sum := floats.Sum(weight)
	mean := floats.Dot(weight, value) / sum
	// W - W2/W is twice the sum of w(i)w(j)/W over pairs, which does not cancel
	// where one unit has nearly all the weight.
	var q, pairs, before float64
	for j, w := range weight {
		q += w * (value[j] - mean) * (value[j] - mean)
		pairs += 2 * w * (before / sum)
		before += w
	}
	tau2 := math.Max(0, (q-float64(s.Used-1))/pairs)
	if math.IsNaN(tau2) || math.IsInf(tau2, 0) {
		s.Warnings = append(s.Warnings, "the variances differ too much for the arithmetic: all is absent")
		return s
	}
	for j, i := range use {
		weight[j] = 1 / (v[i] + tau2)
	}
	sum = floats.Sum(weight)
	mean = floats.Dot(weight, value) / sum
	s.Mean, s.Between = datasets.Some(mean), datasets.Some(tau2)
	z := distuv.UnitNormal.Quantile(1 - (1-confidence)/2)
	for _, i := range use {
		b := tau2 / (tau2 + v[i])
		at := b*y[i] + (1-b)*mean
		half := z * math.Sqrt(b*v[i]+(1-b)*(1-b)/sum)
		s.Values[i] = datasets.Some(at)
		s.Intervals[i] = Interval{datasets.Some(at - half), datasets.Some(at + half)}
	}
	return s
}
