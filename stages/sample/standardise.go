package sample

import (
	"errors"
	"fmt"
	"math"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mathext"
)

// Standardised is a rate weighted over strata.
type Standardised struct {
	Rate     float64
	Variance float64  // of Rate, if the counts are Poisson
	Interval Interval // Fay and Feuer's gamma interval
}

// DirectStandardised returns the rate that fixed weights over the strata
// (platforms, say) give: sum of w*events/exposure, where w are the weights by
// their sum. The interval is the gamma interval of Fay and Feuer (1997, Stat.
// Med. 16:791-801), as in R epitools::ageadjust.direct; its lower end is 0
// where there is no event. It assumes Poisson counts within each stratum.
// Strata of weight 0 do not count. The error says why there is no rate: no
// positive weight, or a weighted stratum without exposure, which would have to
// be guessed.
func DirectStandardised(events []int64, exposure, weights []float64, confidence float64) (Standardised, error) {
	if len(events) != len(exposure) || len(events) != len(weights) {
		panic("sample: events, exposure and weights differ in length")
	}
	var total float64
	for i, w := range weights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return Standardised{}, fmt.Errorf("standardised rate: stratum %d: weight %v is no number from 0", i+1, w)
		}
		total += w
	}
	if total == 0 || math.IsInf(total, 0) {
		return Standardised{}, errors.New("standardised rate: no stratum has a weight")
	}
	each := make([]float64, len(weights)) // what one event adds
	for i, w := range weights {
		if w == 0 {
			continue
		}
		if events[i] < 0 {
			return Standardised{}, fmt.Errorf("standardised rate: stratum %d: negative count %d", i+1, events[i])
		}
		each[i] = w / total / exposure[i]
		if !(exposure[i] > 0) || !(each[i] > 0) || math.IsInf(each[i], 0) {
			return Standardised{}, fmt.Errorf("standardised rate: stratum %d has weight %v and exposure %v; a stratum without exposure has no rate", i+1, w, exposure[i])
		}
	}
	// In units of the most that one event can add, nothing underflows.
	most := floats.Max(each)
	var rate, variance float64
	for i, e := range each {
		rate += e / most * float64(events[i])
		variance += e / most * (e / most) * float64(events[i])
	}
	s := Standardised{Rate: rate * most, Variance: variance * most * most}
	tail := (1 - confidence) / 2
	low := 0.0
	if rate > 0 {
		low = most * gammaQuantile(rate*rate/variance, rate/variance, tail)
	}
	high := most * gammaQuantile((rate+1)*(rate+1)/(variance+1), (rate+1)/(variance+1), 1-tail)
	if math.IsNaN(low) || math.IsInf(high, 0) || math.IsNaN(high) {
		return Standardised{}, errors.New("standardised rate: weights or exposures differ too much for the arithmetic")
	}
	s.Interval = Interval{datasets.Some(low), datasets.Some(high)}
	return s, nil
}

// gammaQuantile returns the quantile of the gamma distribution with the given
// shape and rate. In the far lower tail of a small shape, where gonum's
// quantile loses all digits or returns 0, it takes the first term of the
// distribution's series, (x^shape)/G(shape+1) = p.
func gammaQuantile(shape, rate, p float64) float64 {
	l, _ := math.Lgamma(shape + 1)
	if x := math.Exp((math.Log(p) + l) / shape); x < 1e-12 {
		return x / rate
	}
	return mathext.GammaIncRegInv(shape, p) / rate
}
