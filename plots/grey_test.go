package plots

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// luminance is the relative luminance of WCAG 2.2: how light a colour is when it
// is printed in grey, from 0 to 1.
func luminance(c color.NRGBA) float64 {
	part := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= .04045 {
			return s / 12.92
		}
		return math.Pow((s+.055)/1.055, 2.4)
	}
	return .2126*part(c.R) + .7152*part(c.G) + .0722*part(c.B)
}

// luminanceRatio is the ratio of WCAG 2.2, from 1 to 21.
func luminanceRatio(a, b color.NRGBA) float64 {
	hi, lo := luminance(a), luminance(b)
	if hi < lo {
		hi, lo = lo, hi
	}
	return (hi + .05) / (lo + .05)
}

// TestGreyPrint: without colour, marks stand out from the paper and texts can be
// read (WCAG 2.2, 1.4.11 and 1.4.3), and two countries whose greys are close have
// shapes of their own.
func TestGreyPrint(t *testing.T) {
	if got := luminanceRatio(color.NRGBA{0, 0, 0, 0xff}, paper); math.Abs(got-21) > 1e-9 {
		t.Fatalf("black on white: %v, want 21", got)
	}
	d := &Data{Study: Study{Countries: []string{"KAZ", "UZB", "KGZ", "TJK", "TKM", "BIH", "AZE", "ARM"}}}
	looks := map[string]look{"international": d.look(datasets.None[string]())}
	for _, c := range d.Study.Countries {
		looks[c] = d.look(datasets.Some(c))
	}
	for name, l := range looks {
		if got := luminanceRatio(l.color, paper); got < 3 {
			t.Errorf("%s: marks have a contrast of %.2f to the paper, less than 3", name, got)
		}
		if got := luminanceRatio(l.ink, paper); got < 4.5 {
			t.Errorf("%s: texts have a contrast of %.2f to the paper, less than 4.5", name, got)
		}
		for other, m := range looks {
			if got := luminanceRatio(l.color, m.color); name < other && got < 1.5 && l.shape == m.shape {
				t.Errorf("%s and %s are %ss with a contrast of %.2f", name, other, l.shape.name(), got)
			}
		}
	}
	for _, s := range []typeStyle{titleType, subtitleType, headType, bodyType, labelType, tickType, captionType} {
		if got := luminanceRatio(s.color.(color.NRGBA), paper); got < 4.5 {
			t.Errorf("type of %v points has a contrast of %.2f", s.size, got)
		}
	}
}

// TestLinesInGrey: whichever up to eight countries a study compares, no two lines
// have the same dashes, and no two marks the same shape in about the same grey.
func TestLinesInGrey(t *testing.T) {
	for _, countries := range [][]string{
		{"KAZ", "UZB", "KGZ"},
		{"USA", "SAU", "TUR", "BRA"},
		{"TJK", "KAZ", "USA", "UZB", "SAU"},
		{"USA", "SAU", "TUR", "BRA", "FRA", "DEU", "JPN", "IND"},
		{"KAZ", "UZB", "KGZ", "TJK", "TKM", "BIH", "AZE", "ARM"},
	} {
		d := &Data{Study: Study{Countries: countries}}
		for i, a := range countries {
			for _, b := range countries[i+1:] {
				la, lb := d.look(datasets.Some(a)), d.look(datasets.Some(b))
				if slices.Equal(la.dash, lb.dash) {
					t.Errorf("of %v, %s and %s have the dashes %v", countries, a, b, la.dash)
				}
				if la.shape == lb.shape && luminanceRatio(la.color, lb.color) < 1.5 {
					t.Errorf("of %v, %s and %s are %ss of about the same grey", countries, a, b, la.shape.name())
				}
			}
		}
	}
}

// TestEightLines: figures of lines draw each of eight countries in its own dashes
// and name it, at every size.
func TestEightLines(t *testing.T) {
	countries := []string{"USA", "SAU", "TUR", "BRA", "FRA", "DEU", "JPN", "IND"}
	var points []datasets.Curve
	for i, c := range countries {
		v := float64(i)
		points = append(points, point(datasets.ZeroPosts, c, "x", 0, .1), point(datasets.CCDF, c, "x", 1, .9), point(datasets.CCDF, c, "x", 100*(v+1), .01),
			point(datasets.PooledGini, c, "x", 0, .1*v), point(datasets.LorenzCurve, c, "x", 0, 0), point(datasets.LorenzCurve, c, "x", .5, .4-.04*v), point(datasets.LorenzCurve, c, "x", 1, 1),
			point(datasets.Latency, c, "", 0, 0), point(datasets.Latency, c, "", 10+v, .1*v+.1))
	}
	d := withCurves(points...)
	d.Study.Countries = countries
	dashes := regexp.MustCompile(`stroke-dasharray="[^"]*"`)
	for _, f := range []Figure{lorenz, interactionsCCDF, latency} {
		for _, size := range Sizes {
			d.Study.Size = size
			p := pageOf(t, f, d)
			checkTexts(t, p)
			var svg bytes.Buffer
			if err := p.Write(&svg, "svg"); err != nil {
				t.Fatal(err)
			}
			if n := len(unique(dashes.FindAllString(svg.String(), -1))); n < len(countries)-1 {
				t.Errorf("%s/%s: %d dashes for %d countries, one of which is solid", f.Name, size, n, len(countries))
			}
			var said []string
			for _, text := range p.drawing().Texts() {
				said = append(said, text.String)
			}
			all := strings.Join(said, "; ")
			for _, c := range countries {
				if strings.Count(all, c)+strings.Count(all, countryName(datasets.Some(c))) < 2 { // caption and line
					t.Errorf("%s/%s: no line is named %s: %s", f.Name, size, c, all)
				}
			}
		}
	}
}

// TestColoursAreNamed: a figure that draws in the colour of a country names the
// country in words, so that no reader depends on the colour.
func TestColoursAreNamed(t *testing.T) {
	for name, d := range map[string]*Data{"thesis": thesis(t), "crowded": crowded(t)} {
		for _, size := range Sizes {
			d.Study.Size = size
			for _, f := range All {
				p, err := f.Page(d)
				if err != nil {
					continue // a figure that these data lack
				}
				var svg bytes.Buffer
				if err := p.Write(&svg, "svg"); err != nil {
					t.Fatal(err)
				}
				var said []string
				for _, text := range p.drawing().Texts() {
					said = append(said, text.String)
				}
				for country, l := range countryLooks {
					hex := fmt.Sprintf("#%02x%02x%02x", l.color.R, l.color.G, l.color.B)
					named := slices.ContainsFunc([]string{countryName(datasets.Some(country)), country}, func(n string) bool { return strings.Contains(strings.Join(said, " "), n) })
					if strings.Contains(svg.String(), hex) && !named {
						t.Errorf("%s/%s/%s draws in the colour of %s and does not name it", name, f.Name, size, country)
					}
				}
			}
		}
	}
}
