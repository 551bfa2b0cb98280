package plots

import (
	"image/color"
	"math"
)

// shade is the sequential scale of the house, for 0 to 1: one hue that no
// country has, from nearly white to dark, in steps of equal lightness (OKLab),
// so that it reads the same in grey print and for any colour vision.
func shade(t float64) color.NRGBA {
	t = max(0, min(1, t))
	light, chroma := .965-.665*t, .125*min(1, 1.7*t)
	const hue = 305 * math.Pi / 180
	return okLab(light, chroma*math.Cos(hue), chroma*math.Sin(hue))
}

// okLab is the colour with the given lightness and opponents (Ottosson 2020, A
// perceptual color space for image processing), cut to what a screen can show.
func okLab(light, a, b float64) color.NRGBA {
	cube := func(v float64) float64 { return v * v * v }
	l := cube(light + .3963377774*a + .2158037573*b)
	m := cube(light - .1055613458*a - .0638541728*b)
	s := cube(light - .0894841775*a - 1.2914855480*b)
	channel := func(v float64) uint8 {
		v = max(0, min(1, v))
		if v <= .0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - .055
		}
		return uint8(v*255 + .5)
	}
	return color.NRGBA{
		channel(4.0767416621*l - 3.3077115913*m + .2309699292*s),
		channel(-1.2684380046*l + 2.6097574011*m - .3413193965*s),
		channel(-.0041960863*l - .7034186147*m + 1.7076147010*s),
		0xff,
	}
}
