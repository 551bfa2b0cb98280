package plots

import (
	"testing"

	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"
)

// TestPlaceLabels: placed labels lie within the bounds and cover neither a mark
// nor each other; the first of them has room where there is any.
func TestPlaceLabels(t *testing.T) {
	within := vg.Rectangle{Max: vg.Point{X: 200, Y: 150}}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 25).Draw(t, "n")
		var wanted []wantedLabel
		var marks []vg.Rectangle
		for range n {
			at := vg.Point{X: vg.Length(rapid.Float64Range(0, 200).Draw(t, "x")), Y: vg.Length(rapid.Float64Range(0, 150).Draw(t, "y"))}
			text := rapid.StringOfN(rapid.RuneFrom([]rune("abW қ\n")), 1, 20, -1).Draw(t, "text")
			wanted = append(wanted, wantedLabel{at, text, labelType})
			marks = append(marks, around(at, 3))
		}
		placed := placeLabels(wanted, marks, within)
		if len(placed) != n {
			t.Fatalf("%d labels, want %d", len(placed), n)
		}
		for i, l := range placed {
			if !l.room {
				continue
			}
			if !inside(l.box, within) {
				t.Fatalf("%q leaves the bounds: %v", l.text, l.box)
			}
			if meetsAny(l.box, marks) {
				t.Fatalf("%q covers a mark: %v", l.text, l.box)
			}
			for k, other := range placed {
				for _, r := range other.leaderBoxes() {
					if other.room && k != i && meetsAny(r, []vg.Rectangle{l.box}) {
						t.Fatalf("the line to %q crosses %q", other.text, l.text)
					}
				}
			}
			for _, other := range placed[i+1:] {
				if other.room && meetsAny(l.box, []vg.Rectangle{other.box}) {
					t.Fatalf("%q and %q overlap", l.text, other.text)
				}
			}
		}
	})
}

// TestPlaceOneLabel: alone, a label stands at the right of its mark and needs no
// line; at the right edge it stands at the left; without room it is left out.
func TestPlaceOneLabel(t *testing.T) {
	within := vg.Rectangle{Max: vg.Point{X: 200, Y: 150}}
	place := func(x vg.Length, text string) placedLabel {
		at := vg.Point{X: x, Y: 75}
		return placeLabels([]wantedLabel{{at, text, labelType}}, []vg.Rectangle{around(at, 3)}, within)[0]
	}
	if l := place(20, "Office"); !l.room || l.leader || l.box.Min.X < 23 {
		t.Errorf("want it at the right: %+v", l)
	}
	if l := place(195, "Office"); !l.room || l.leader || l.box.Max.X > 192 {
		t.Errorf("want it at the left: %+v", l)
	}
	if l := place(20, "An office with a name that is far too long for so small a panel as this one is"); l.room {
		t.Errorf("want it left out: %+v", l)
	}
}
