package sample

import (
	"math"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

func some(p []float64) []datasets.Opt[float64] {
	var opts []datasets.Opt[float64]
	for _, v := range p {
		opts = append(opts, datasets.Some(v))
	}
	return opts
}

func TestFamiliesAgainstPAdjust(t *testing.T) {
	cases, tol := rankCases[struct{ P, Holm, BH []float64 }](t, "families")
	for _, c := range cases {
		holm, bh := Holm(some(c.P)), BenjaminiHochberg(some(c.P))
		for i := range c.P {
			near(t, "holm", holm[i].V, c.Holm[i], tol)
			near(t, "bh", bh[i].V, c.BH[i], tol)
		}
	}
}

func TestAbsentPDoesNotCount(t *testing.T) {
	p := some([]float64{.02, 0, .5})
	p[1] = datasets.None[float64]()
	p = append(p, datasets.Some(math.NaN()), datasets.Some(1.5), datasets.Some(-.1))
	for name, adjust := range map[string]func([]datasets.Opt[float64]) []datasets.Opt[float64]{"Holm": Holm, "BenjaminiHochberg": BenjaminiHochberg} {
		got := adjust(p)
		// A family of two, by the definitions of both: 2 * .02 and .5.
		near(t, name, got[0].V, .04, 1e-15)
		near(t, name, got[2].V, .5, 0)
		for _, i := range []int{1, 3, 4, 5} {
			if got[i].OK {
				t.Errorf("%s: %v became %v", name, p[i], got[i])
			}
		}
	}
}

func TestFamilyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := some(rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 20).Draw(t, "p"))
		holm, bh := Holm(p), BenjaminiHochberg(p)
		turned := make([]datasets.Opt[float64], len(p))
		for i := range p {
			turned[len(p)-1-i] = p[i]
		}
		holmTurned, bhTurned := Holm(turned), BenjaminiHochberg(turned)
		for i := range p {
			if !(p[i].V <= bh[i].V && bh[i].V <= holm[i].V+1e-15 && holm[i].V <= 1) {
				t.Fatalf("p %v, BH %v, Holm %v", p[i].V, bh[i].V, holm[i].V)
			}
			if holmTurned[len(p)-1-i] != holm[i] || bhTurned[len(p)-1-i] != bh[i] {
				t.Fatal("the order of the family changes its adjusted values")
			}
			for j := range p {
				if p[i].V < p[j].V && (holm[i].V > holm[j].V || bh[i].V > bh[j].V) {
					t.Fatal("adjusting changes the order of the p values")
				}
			}
		}
	})
}
