package plots

import (
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"pgregory.net/rapid"

	"diplometrics/datasets"
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

// TestNameOf: a name is written in letters that the typeface has, and is never
// lost: a handle or an id stands for one that it cannot write.
func TestNameOf(t *testing.T) {
	for _, c := range []struct{ organization, handle, want string }{
		{"MFA of Kazakhstan \U0001F1F0\U0001F1FF", "mfa", "MFA of Kazakhstan"},
		{"Министерство иностранных дел", "mid", "Министерство иностранных дел"},
		{"وزارة الخارجية", "mofa", "@mofa"},
		{"外務省 2", "", "2"},
		{"外務省", "", "17"},
		{"Ministry  外務省 of Japan", "", "Ministry of Japan"},
		{"", "", ""},
	} {
		if got := nameOf(datasets.Account{AccountID: "17", Organization: c.organization, Handle: optional(c.handle)}); got != c.want {
			t.Errorf("%q: got %q, want %q", c.organization, got, c.want)
		}
	}
}

// TestThinnedLinear: where labels are crowded, those of a linear axis stay evenly
// apart, and 0 keeps its own.
func TestThinnedLinear(t *testing.T) {
	axis := plot.Axis{Min: -.08, Max: .08, Scale: plot.LinearScale{}}
	var ticks plot.ConstantTicks
	for i := -8; i <= 8; i++ {
		ticks = append(ticks, plot.Tick{Value: float64(i) / 100, Label: saySignificant(float64(i)/100, 2)})
	}
	for width, want := range map[vg.Length]string{1000: "17 labels", 200: "−0.08 −0.06 −0.04 −0.02 0 0.02 0.04 0.06 0.08", 120: "−0.08 −0.04 0 0.04 0.08", 20: "0"} {
		var got []string
		for _, tick := range thinned(ticks, axis, width) {
			if tick.Label != "" {
				got = append(got, tick.Label)
			}
		}
		text := strings.Join(got, " ")
		if len(got) == len(ticks) {
			text = "17 labels"
		}
		if text != want {
			t.Errorf("%v points: got %s, want %s", width, text, want)
		}
	}
}

// TestThinnedFar: an axis with few far values keeps 0 and the powers of ten of both
// signs that have room.
func TestThinnedFar(t *testing.T) {
	values := []float64{-200, -.1, 0, .1, .2, .1, 300}
	ticks, scale, _ := farAxis(values, values, 5)
	axis := plot.Axis{Min: ticks[0].Value, Max: ticks[len(ticks)-1].Value, Scale: scale}
	for width, want := range map[vg.Length]string{1000: labelsOf(ticks), 200: "−100 −10 −1 0 1 10 100", 40: "−100 0 10"} {
		var got []string
		for _, tick := range thinned(ticks, axis, width) {
			if tick.Label != "" {
				got = append(got, tick.Label)
			}
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%v points: got %s, want %s", width, text, want)
		}
	}
}
