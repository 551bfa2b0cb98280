package plots

import (
	"image/color"
	"math"
	"testing"
)

// lightness is CIE L* of a colour, which is what grey print keeps.
func lightness(c color.NRGBA) float64 {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= .04045 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	y := .2126*linear(c.R) + .7152*linear(c.G) + .0722*linear(c.B)
	if y <= 216./24389 {
		return y * 24389 / 27
	}
	return 116*math.Cbrt(y) - 16
}

// TestOkLab: white, and red by Ottosson's own table of examples.
func TestOkLab(t *testing.T) {
	if got := okLab(1, 0, 0); got != (color.NRGBA{255, 255, 255, 255}) {
		t.Errorf("white is %v", got)
	}
	if got := okLab(.627955, .224863, .125846); got != (color.NRGBA{255, 0, 0, 255}) {
		t.Errorf("red is %v", got)
	}
}

// TestShadeInGrey: the scale darkens in nearly equal steps when printed grey.
func TestShadeInGrey(t *testing.T) {
	const n = 10
	step := (lightness(shade(0)) - lightness(shade(1))) / n
	if step < 6 {
		t.Errorf("the scale spans only %v of lightness", step*n)
	}
	for i := range n {
		if d := lightness(shade(float64(i)/n)) - lightness(shade(float64(i+1)/n)); d < .7*step || d > 1.3*step {
			t.Errorf("step %d is %v, the mean %v", i, d, step)
		}
	}
}
