package sample

// Uniform gives random numbers between 0 and 1, both left out. Every draw of
// this package is an index floor(u*n) below n; n is far below 2^32.
type Uniform interface{ Float64() float64 }

// LEcuyer is the generator MRG32k3a of L'Ecuyer (1999, Oper. Res. 47:159-164),
// which R has as RNGkind("L'Ecuyer-CMRG"): from the same six words of state,
// Float64 and R's runif(1) give the same numbers, so that whatever is drawn
// here can be drawn again there.
type LEcuyer struct{ s [6]uint64 } // three of the first component, three of the second

// The moduli and multipliers of L'Ecuyer (1999), table III.
const (
	modulus1 = 4294967087
	modulus2 = 4294944443
	a12      = 1403580
	a13      = 810728 // taken with a minus sign, as a23
	a21      = 527612
	a23      = 1370589
)

// NewLEcuyer returns the generator of a key. Word j of its state is a
// polynomial hash of the bytes of the key: starting from h = j+1, every byte b
// makes h = (h*k + b) mod m, and so do eight bytes of 0 at the end, with k the
// j-th of 1403580, 810728, 527612, 1370589, 1000003 and 1299709, and m the
// modulus of the word's component. No product reaches 2^53, so that a language
// with floating-point numbers only can follow. A component whose words are all
// 0 gets 1 as its first.
func NewLEcuyer(key string) *LEcuyer {
	g := &LEcuyer{}
	for j, k := range [6]uint64{a12, a13, a21, a23, 1000003, 1299709} {
		m := uint64(modulus1)
		if j > 2 {
			m = modulus2
		}
		h := uint64(j + 1)
		for i := range len(key) + 8 {
			var b uint64
			if i < len(key) {
				b = uint64(key[i])
			}
			h = (h*k + b) % m
		}
		g.s[j] = h
	}
	for j := 0; j < 6; j += 3 {
		if g.s[j] == 0 && g.s[j+1] == 0 && g.s[j+2] == 0 {
			g.s[j] = 1
		}
	}
	return g
}

// Float64 returns the next number: k/(modulus1+1) for k from 1 to modulus1.
func (g *LEcuyer) Float64() float64 {
	// A multiple of the modulus keeps the difference above 0 and below 2^54.
	p1 := a12*g.s[1] + a13*(modulus1-g.s[0])
	g.s[0], g.s[1], g.s[2] = g.s[1], g.s[2], p1%modulus1
	p2 := a21*g.s[5] + a23*(modulus2-g.s[3])
	g.s[3], g.s[4], g.s[5] = g.s[4], g.s[5], p2%modulus2
	d := int64(g.s[2]) - int64(g.s[5])
	d += modulus1 & ((d - 1) >> 63)
	return float64(d) * (1.0 / (modulus1 + 1))
}

// below returns the next number's index below n.
func below(u Uniform, n int) int { return int(u.Float64() * float64(n)) }
