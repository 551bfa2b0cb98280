package plots

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot"
	"pgregory.net/rapid"

	"diplometrics/datasets"
)

func labelsOf(ticks plot.ConstantTicks) string {
	var out []string
	for _, t := range ticks {
		out = append(out, t.Label)
	}
	return strings.Join(out, " ")
}

// TestFarAxis: an even axis unless a few values would squeeze the others; then
// ticks at 1 and 3 times powers of ten on either side of 0. By hand.
func TestFarAxis(t *testing.T) {
	for name, c := range map[string]struct {
		values []float64
		far    bool
		want   string
	}{
		"even":         {[]float64{-2, -1, 0, 1, 2}, false, "−2 −1 0 1 2"},
		"one far":      {[]float64{.5, 1, 1, 1.2, 2, 39}, true, "0 1 3 10 30 100"},
		"both signs":   {[]float64{-20, -.1, 0, .1, .2, .1, 300}, true, "−30 −10 −3 −1 −0.3 −0.1 0 0.1 0.3 1 3 10 30 100 300"},
		"mostly zeros": {[]float64{0, 0, 0, 0, 0, .01, 50}, true, "0 0.01 0.03 0.1 0.3 1 3 10 30 100"},
		"few":          {[]float64{0, 1, 100}, false, "0 20 40 60 80 100"},
		"none at all":  {[]float64{0, 0, 0, 0}, false, "0 1"},
	} {
		ticks, _, far := farAxis(c.values, c.values, 5)
		if got := labelsOf(ticks); got != c.want || far != c.far {
			t.Errorf("%s: got %q, far %v, want %q, far %v", name, got, far, c.want, c.far)
		}
	}
}

// TestFarScale: every value has a place of its own within the axis, in order, and
// the middle half of the values takes more of it than an even axis would give.
func TestFarScale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-3, 3), 4, 30).Draw(t, "near")
		values = append(values, rapid.SliceOfN(rapid.Float64Range(-1e4, 1e4), 0, 3).Draw(t, "far")...)
		ticks, scale, far := farAxis(values, values, 6)
		lo, hi := ticks[0].Value, ticks[len(ticks)-1].Value
		for _, a := range values {
			at := scale.Normalize(lo, hi, a)
			if at < -1e-9 || at > 1+1e-9 {
				t.Fatalf("%v lies at %v of an axis from %v to %v", a, at, lo, hi)
			}
			for _, b := range values {
				if a < b && scale.Normalize(lo, hi, b) < at {
					t.Fatalf("%v and %v change places", a, b)
				}
			}
		}
		if near := nearZero(values); far && scale.Normalize(lo, hi, near)-scale.Normalize(lo, hi, -near) < 2*near/(hi-lo) {
			t.Fatalf("the values near 0 have less room than on an even axis")
		}
		if zero := scale.Normalize(lo, hi, 0); math.IsNaN(zero) || zero < -1e-9 || zero > 1+1e-9 {
			t.Fatalf("0 lies at %v", zero)
		}
	})
}

// TestFarGrowth: one account that grew far more than the others does not squeeze
// their row, is drawn where it belongs, and the caption says how.
func TestFarGrowth(t *testing.T) {
	for _, c := range []struct {
		most float64 // logarithm of growth of the fastest
		far  bool
	}{{.04, false}, {1.5, true}} {
		d := newStudy()
		for i, v := range []float64{-.005, .001, .005, .01, .012, .02, c.most} {
			id := fmt.Sprint(i)
			d.Accounts = append(d.Accounts, datasets.Account{Platform: "x", AccountID: id, Country: datasets.Some("IRN"), Organization: "Office " + id})
			d.Values = append(d.Values, datasets.Value{Metric: growthRate, Part: growthPart, Platform: "x", AccountID: id, PeriodKind: "window", PeriodStart: 0, PeriodEnd: 5, N: 2,
				Value: datasets.Some(v), Flag: datasets.Some(datasets.ShortSpan)})
		}
		for _, size := range Sizes {
			d.Study.Size = size
			p := pageOf(t, growthRates, d)
			checkTexts(t, p)
			if strings.Contains(p.Caption, farNote) != c.far {
				t.Errorf("most %v, %s: far axis in %q", c.most, size, p.Caption)
			}
		}
		if l := d.look(datasets.Some("IRN")); l.shape == saltire {
			t.Error("the mark of a country that is not compared cannot be hollow")
		}
	}
}

// TestGrowthFitsAPage: of a platform with more countries than a page holds, the
// compared ones are drawn, and the caption says that others are not.
func TestGrowthFitsAPage(t *testing.T) {
	d := newStudy()
	countries := append([]string{"AAA", "AAB"}, d.Study.Countries...)
	for i := range 30 {
		countries = append(countries, fmt.Sprintf("B%02d", i))
	}
	for i, c := range countries {
		id := fmt.Sprintf("%02d", i)
		d.Accounts = append(d.Accounts, datasets.Account{Platform: "x", AccountID: id, Country: datasets.Some(c)})
		d.Values = append(d.Values, datasets.Value{Metric: growthRate, Part: growthPart, Platform: "x", AccountID: id, PeriodKind: "window", PeriodEnd: 50, N: 2, Value: datasets.Some(.01)})
	}
	for _, size := range Sizes {
		d.Study.Size = size
		p := pageOf(t, growthRates, d)
		checkTexts(t, p)
		checkSize(t, p, size, 5.5)
		if len(p.Rows) != len(countries) || !strings.Contains(p.Caption, "Not drawn for want of room") || p.Height > max(tallest, p.paper) {
			t.Errorf("%s: %v high, %d rows in the table: %q", size, p.Height, len(p.Rows), p.Caption)
		}
		for _, c := range d.Study.Countries {
			if !hasText(p, countryName(datasets.Some(c))) {
				t.Errorf("%s: %s is left out", size, c)
			}
		}
	}
}

// TestOthersShareAMark: a caption names the mark of countries that are not compared
// once.
func TestOthersShareAMark(t *testing.T) {
	d := newStudy()
	kaz, some, none := datasets.Some("KAZ"), datasets.Some[string], datasets.None[string]()
	for want, countries := range map[string][]datasets.Opt[string]{
		"Marks: circle Kazakhstan and half circle Iran.":                           {some("IRN"), kaz, some("IRN")},
		"Marks: circle Kazakhstan and half circle others, which are not compared.": {some("IRN"), none, kaz, some("FRA")},
		"Marks: circle Kazakhstan and half circle international.":                  {none, kaz},
	} {
		if got := d.lookNote(countries); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
