package plots

import (
	"math"
	"slices"

	"gonum.org/v1/plot"
)

// farScale is a scale for values of both signs of which few lie far from the
// others: about even up to near on either side of 0 and logarithmic beyond (the
// inverse hyperbolic sine). Every value has its place on it. It implements
// plot.Normalizer.
type farScale struct{ near float64 }

// Normalize implements plot.Normalizer.
func (s farScale) Normalize(lo, hi, v float64) float64 {
	at := func(v float64) float64 { return math.Asinh(v / s.near) }
	return (at(v) - at(lo)) / (at(hi) - at(lo))
}

// farAxis returns the ticks and the scale for marks at the values, on an axis that
// reaches all of reach and 0: even ones, about n, or those of farScale where even
// ones would leave the middle half of the values less than an eighth of what is
// farthest from 0; far is then true.
func farAxis(values, reach []float64, n int) (ticks plot.ConstantTicks, scale plot.Normalizer, far bool) {
	lo, hi := min(0, slices.Min(reach)), max(0, slices.Max(reach))
	const eighth = 8
	near := nearZero(values)
	if len(values) < 4 || near == 0 || max(-lo, hi) <= eighth*near {
		return enclosingTicks(lo, hi, n), plot.LinearScale{}, false
	}
	near = math.Pow(10, math.Round(math.Log10(near)))
	up := func(most float64) (out []float64) {
		for v, k := near, 1; most > 0; k++ {
			out = append(out, v)
			if v >= most*(1-1e-9) {
				break
			}
			v = near * math.Pow(10, float64(k/2))
			if k%2 == 1 {
				v *= 3
			}
		}
		return out
	}
	var at []float64
	for _, v := range slices.Backward(up(-lo)) {
		at = append(at, -v)
	}
	for _, v := range append(append(at, 0), up(hi)...) {
		ticks = append(ticks, plot.Tick{Value: v, Label: sayShort(v)})
	}
	return ticks, farScale{near}, true
}

// nearZero is how far from 0 the middle half of the values reaches, or where that
// is all 0 the value that is nearest to it.
func nearZero(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	if near := max(math.Abs(sorted[len(sorted)/4]), math.Abs(sorted[3*(len(sorted)-1)/4])); near > 0 {
		return near
	}
	least := 0.
	for _, v := range sorted {
		if a := math.Abs(v); a > 0 && (least == 0 || a < least) {
			least = a
		}
	}
	return least
}

// farNote says in a caption that an axis has farScale.
const farNote = "Axis: even steps near 0, logarithmic farther off on either side (inverse hyperbolic sine), so that a few far values do not squeeze the others."
