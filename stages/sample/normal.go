package sample

import "math"

// NormalMean is the expectation of f over a standard normal variable, by the
// trapezoid rule from -reach to reach with so many steps a unit.
func NormalMean(f func(z float64) float64, reach, steps int) float64 {
	var sum, weight float64
	for i := -reach * steps; i <= reach*steps; i++ {
		z := float64(i) / float64(steps)
		w := math.Exp(-z * z / 2)
		sum += w * f(z)
		weight += w
	}
	return sum / weight
}

// Logistic is the share of which x is the logarithm of the odds.
func Logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
