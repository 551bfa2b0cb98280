package plots

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

// TestBeeswarm: dots never touch where there is room for all, and never leave the
// reach; the same dots stand in the same places.
func TestBeeswarm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SliceOfN(rapid.Map(rapid.Float64Range(0, 60), func(v float64) vg.Length { return vg.Length(v) }), 0, 40).Draw(t, "at")
		reach := vg.Length(rapid.Float64Range(0, 200).Draw(t, "reach"))
		const diameter = 4
		rise := beeswarm(at, diameter, reach)
		again := beeswarm(at, diameter, reach)
		for i := range at {
			if rise[i] != again[i] {
				t.Fatalf("dot %d stands at %v and at %v", i, rise[i], again[i])
			}
			if math.Abs(float64(rise[i])) > float64(reach) {
				t.Fatalf("dot %d at %v leaves the reach %v", i, rise[i], reach)
			}
			for j := range i {
				d := math.Hypot(float64(at[i]-at[j]), float64(rise[i]-rise[j]))
				// Every dot before it closes at most the height of two diameters.
				if reach >= vg.Length(len(at))*diameter*2 && d < diameter-1e-5 {
					t.Fatalf("dots %d and %d are %v apart", i, j, d)
				}
			}
		}
	})
}

// TestBeeswarmByHand: two at one place stand above each other, one beside them on
// the line, and with no reach all stay on it.
func TestBeeswarmByHand(t *testing.T) {
	for _, c := range []struct {
		at    []vg.Length
		reach vg.Length
		want  []vg.Length
	}{
		{[]vg.Length{10, 10, 10, 20}, 9, []vg.Length{0, 4, -4, 0}},
		{[]vg.Length{20, 10, 10}, 9, []vg.Length{0, 0, 4}},
		{[]vg.Length{0, 3}, 9, []vg.Length{0, vg.Length(math.Sqrt(7))}},
		{[]vg.Length{1, 1, 1}, 0, []vg.Length{0, 0, 0}},
		{nil, 5, nil},
	} {
		got := beeswarm(c.at, 4, c.reach)
		if len(got) != len(c.want) {
			t.Fatalf("%v: got %v", c.at, got)
		}
		for i := range got {
			if math.Abs(float64(got[i]-c.want[i])) > 1e-9 {
				t.Errorf("%v: got %v, want %v", c.at, got, c.want)
			}
		}
	}
}
