package sample

import (
	"math"
	"slices"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

func codes(units [][]*float64) [][]datasets.Opt[float64] {
	rows := make([][]datasets.Opt[float64], len(units))
	for i, unit := range units {
		for _, c := range unit {
			if c == nil {
				rows[i] = append(rows[i], datasets.None[float64]())
			} else {
				rows[i] = append(rows[i], datasets.Some(*c))
			}
		}
	}
	return rows
}

var levels = []string{"nominal", "ordinal", "interval", "ratio"}

func TestKrippendorffAgainstReferences(t *testing.T) {
	cases, tol := rankCases[struct {
		Units                             [][]*float64
		Pairable                          int
		Nominal, Ordinal, Interval, Ratio float64
	}](t, "krippendorff")
	for _, c := range cases {
		for i, want := range []float64{c.Nominal, c.Ordinal, c.Interval, c.Ratio} {
			alpha, pairable := Krippendorff(codes(c.Units), levels[i])
			near(t, levels[i], alpha.V, want, tol)
			if pairable != c.Pairable {
				t.Errorf("%d pairable, want %d", pairable, c.Pairable)
			}
		}
	}
	// Krippendorff 2011, section D, as printed.
	for i, want := range []float64{.743, .815, .849, .797} {
		alpha, _ := Krippendorff(codes(cases[0].Units), levels[i])
		near(t, "published "+levels[i], alpha.V, want, .0005)
	}
}

func TestKrippendorffEdges(t *testing.T) {
	s := datasets.Some[float64]
	for what, units := range map[string][][]datasets.Opt[float64]{
		"nothing":        nil,
		"single codes":   {{s(1), datasets.None[float64]()}, {s(2)}, {}},
		"one value only": {{s(3), s(3)}, {s(3), s(3)}},
		"not a number":   {{s(1), s(math.NaN())}, {s(2), s(2)}},
		"infinite":       {{s(1), s(math.Inf(1))}, {s(2), s(2)}},
	} {
		for _, level := range levels {
			if alpha, _ := Krippendorff(units, level); alpha.OK {
				t.Errorf("%s, %s: got %v", what, level, alpha.V)
			}
		}
	}
	negative := [][]datasets.Opt[float64]{{s(-1), s(1)}, {s(2), s(2)}}
	if alpha, n := Krippendorff(negative, "ratio"); alpha.OK || n != 4 {
		t.Errorf("a ratio scale has no negative codes: got %v of %d", alpha, n)
	}
	defer func() {
		if recover() == nil {
			t.Error("an unknown level panics")
		}
	}()
	Krippendorff(negative, "metric")
}

func TestKrippendorffProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var units, turned [][]datasets.Opt[float64]
		for range rapid.IntRange(1, 8).Draw(t, "units") {
			var row, moved []datasets.Opt[float64]
			for range 3 {
				c := datasets.Opt[float64]{V: float64(rapid.IntRange(0, 4).Draw(t, "code")), OK: rapid.IntRange(0, 4).Draw(t, "coded") > 0}
				row = append(row, c)
				moved = append(moved, datasets.Opt[float64]{V: 2*c.V + 5, OK: c.OK})
			}
			units = append(units, row)
			slices.Reverse(moved)
			turned = append(turned, moved)
		}
		slices.Reverse(turned)
		for _, level := range levels {
			alpha, n := Krippendorff(units, level)
			if alpha.OK && (alpha.V > 1+1e-12 || math.IsNaN(alpha.V)) {
				t.Fatalf("%s: alpha %v", level, alpha.V)
			}
			if level == "ratio" {
				continue // 2c+5 is no change of unit
			}
			if same, m := Krippendorff(turned, level); m != n || same.OK != alpha.OK || math.Abs(same.V-alpha.V) > 1e-9 {
				t.Fatalf("%s: order of units and coders, unit and origin change %v to %v", level, alpha, same)
			}
		}
	})
}
