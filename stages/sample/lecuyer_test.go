package sample

import (
	"math"
	"testing"
)

// R 4.2.2: RNGkind("L'Ecuyer-CMRG"); .Random.seed <- c(10407L, words);
// runif(100000). The words are those of the hash computed in R's floating-point
// numbers, as notebooks/replicate.R does.
func TestLEcuyerIsR(t *testing.T) {
	cases := []struct {
		key   string
		words [6]int32
		first [5]float64
		last  float64 // the 100,000th
		sum   float64 // of the 6th to the 99,999th
	}{
		{"", [6]int32{-1450345773, 552821470, -1434562205, -1693560249, -2040098221, 1416585865},
			[5]float64{0.098591015326541673, 0.98953478895668789, 0.486838049549217, 0.22960583301214813, 0.30275947297317218}, 0.78072965573327824, 50037.808914081492},
		{"20240527|posts_per_month|observed|KAZ|UZB|standardised|mean_contrast", [6]int32{-160828219, 506142311, -318218658, 1831569832, -1698197648, 973209443},
			[5]float64{0.70382722755802418, 0.24906951603630079, 0.95631830019741482, 0.74868340807178735, 0.56067419532226237}, 0.97949154785234538, 50061.672263219916},
		{"é", [6]int32{1566529733, -85817337, 680214894, -1224246870, -68613583, 1009571169},
			[5]float64{0.32667975522330711, 0.35777263585867092, 0.30962676797117289, 0.41148511008101119, 0.85428621030681118}, 0.5818018140305713, 50051.12193894721},
	}
	for _, c := range cases {
		g := NewLEcuyer(c.key)
		for j, w := range c.words {
			if int32(uint32(g.s[j])) != w {
				t.Errorf("%q: word %d is %d, R has %d", c.key, j, int32(uint32(g.s[j])), w)
			}
		}
		for i, want := range c.first {
			if got := g.Float64(); got != want {
				t.Errorf("%q: number %d is %.17g, R has %.17g", c.key, i+1, got, want)
			}
		}
		var sum float64
		for range 99_994 {
			sum += g.Float64()
		}
		if got := g.Float64(); got != c.last || math.Abs(sum-c.sum) > 1e-8 {
			t.Errorf("%q: the 100,000th is %.17g and the sum %.17g, R has %.17g and %.17g", c.key, got, sum, c.last, c.sum)
		}
	}
}

// Keys that differ in one letter give streams that do not go together.
func TestLEcuyerKeys(t *testing.T) {
	const n = 100_000
	a, b := NewLEcuyer("1|a"), NewLEcuyer("1|b")
	var ab float64
	for range n {
		ab += (a.Float64() - 0.5) * (b.Float64() - 0.5)
	}
	// The sum of products of independent uniform numbers has the standard
	// deviation sqrt(n)/12; a constant shift of the one by c would give
	// n (1/12 - c(1-c)/2), above five of them for nearly every c.
	if z := ab * 12 / math.Sqrt(n); math.Abs(z) > 4 {
		t.Errorf("the streams go together: z = %.1f", z)
	}
}

func BenchmarkLEcuyer(b *testing.B) {
	g := NewLEcuyer("benchmark")
	for b.Loop() {
		g.Float64()
	}
}
