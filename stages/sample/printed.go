package sample

import (
	"fmt"
	"math/big"
	"strings"
)

// Printed is a decimal number as a document prints it.
type Printed struct {
	Value    float64
	Low      float64 // least number that rounds to it: half a unit of the last place below
	High     float64 // half a unit of the last place above
	Decimals int
}

// ParsePrinted reads a printed decimal number and the numbers that rounding to
// the nearest may have turned into it. A comma or a point parts the decimals;
// spaces part thousands. Zero is bounded below by 0 where nonnegative says
// that the quantity cannot be negative.
func ParsePrinted(text string, nonnegative bool) (Printed, error) {
	s := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", ",", ".").Replace(strings.TrimSpace(text))
	if s == "" || strings.Count(s, ".") > 1 || strings.Trim(s, "0123456789.-") != "" {
		return Printed{}, fmt.Errorf("%q is no plain decimal number", text)
	}
	v, ok := new(big.Rat).SetString(s)
	if !ok {
		return Printed{}, fmt.Errorf("%q is no plain decimal number", text)
	}
	p := Printed{}
	if _, frac, found := strings.Cut(s, "."); found {
		p.Decimals = len(frac)
	}
	half := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Mul(big.NewInt(2), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(p.Decimals)), nil)))
	p.Value, _ = v.Float64()
	p.Low, _ = new(big.Rat).Sub(v, half).Float64()
	p.High, _ = new(big.Rat).Add(v, half).Float64()
	if nonnegative && p.Low < 0 {
		p.Low = 0
	}
	return p, nil
}
