package sample

import (
	"cmp"
	"math"
	"slices"

	"diplometrics/datasets"
)

// Holm adjusts the p values of a family for multiple comparison by Holm's step
// down (Holm 1979, Scand. J. Statist. 6:65-70), in the order given: the chance
// of a single false rejection in the family stays below the level, however the
// tests depend on each other. Values that are absent or not in [0,1] stay
// absent and do not count.
func Holm(p []datasets.Opt[float64]) []datasets.Opt[float64] {
	order := byP(p)
	adjusted := make([]datasets.Opt[float64], len(p))
	var running float64
	for j, i := range order {
		running = math.Min(1, math.Max(running, float64(len(order)-j)*p[i].V))
		adjusted[i] = datasets.Some(running)
	}
	return adjusted
}

// BenjaminiHochberg adjusts the p values of a family by the step up that
// bounds the expected share of false rejections among all rejections
// (Benjamini and Hochberg 1995, J. R. Statist. Soc. B 57:289-300), in the
// order given. Values that are absent or not in [0,1] stay absent and do not
// count.
func BenjaminiHochberg(p []datasets.Opt[float64]) []datasets.Opt[float64] {
	order := byP(p)
	adjusted := make([]datasets.Opt[float64], len(p))
	running := 1.0
	for j := len(order) - 1; j >= 0; j-- {
		i := order[j]
		// The last factor is 1: a p value at the top of its family stays as it is.
		running = math.Min(running, float64(len(order))/float64(j+1)*p[i].V)
		adjusted[i] = datasets.Some(running)
	}
	return adjusted
}

// byP returns the positions of the usable p values, least p first.
func byP(p []datasets.Opt[float64]) []int {
	var order []int
	for i, v := range p {
		if v.OK && v.V >= 0 && v.V <= 1 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a].V, p[b].V) })
	return order
}
