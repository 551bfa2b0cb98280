package plots

import (
	"fmt"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// TestContrastsToldOnce: the row of a platform that is the only one of its pair is
// the mean over platforms again and is drawn once; the table keeps both.
func TestContrastsToldOnce(t *testing.T) {
	on := func(platform string, effect float64, known bool) []datasets.Comparison {
		rows := madeContrasts(outcomePosting, "KAZ", "UZB", platform, 0)
		for i := range rows {
			rows[i].Effect.V = effect
			if !known {
				rows[i].Effect, rows[i].Low, rows[i].High = datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
			}
		}
		return rows
	}
	for name, c := range map[string]struct {
		rows             [][]datasets.Comparison
		drawn, inTable   int
		subtitle         string
		hollow, toldOnce bool
	}{
		"one platform":            {[][]datasets.Comparison{on(standardised, 2, true), on("x", 2, true)}, 1, 2, "Contrasts on X, the one platform that the countries share; with 95 % intervals; n = 1 contrast, ", false, true},
		"two platforms":           {[][]datasets.Comparison{on(standardised, 2, true), on("vk", 1, true), on("x", 4, true)}, 3, 3, "Bold: over all shared platforms; below: by platform; ", true, false},
		"two platforms, as equal": {[][]datasets.Comparison{on(standardised, 2, true), on("vk", 2, true), on("x", 2, true)}, 3, 3, "Bold: ", true, false},
		"another without effect":  {[][]datasets.Comparison{on(standardised, 2, true), on("vk", 2, true), on("x", 0, false)}, 2, 3, "Bold: ", false, true},
		"one that is not alike":   {[][]datasets.Comparison{on(standardised, 2, true), on("x", 3, true)}, 2, 2, "Bold: ", true, false},
	} {
		d := newStudy()
		for _, rows := range c.rows {
			d.Comparisons = append(d.Comparisons, rows...)
		}
		p := drawnPage(t, contrasts, d)
		checkTexts(t, p)
		told, _ := toldOnce(d.contrastRows())
		if len(told) != c.drawn || len(p.Rows) != c.inTable {
			t.Errorf("%s: %d rows drawn, %d in the table, want %d and %d", name, len(told), len(p.Rows), c.drawn, c.inTable)
		}
		if !strings.HasPrefix(tidy(p.Subtitle), c.subtitle) {
			t.Errorf("%s: got %q, want %q ...", name, tidy(p.Subtitle), c.subtitle)
		}
		if strings.Contains(p.Caption, "Drawn once") != c.toldOnce || strings.Contains(p.Caption, "Hollow") != c.hollow {
			t.Errorf("%s: hollow and drawn once in %q", name, p.Caption)
		}
	}
}

// TestPrimaryContrastsAreDrawn: a slide has every contrast that the title counts,
// and where a page cannot, it says how many it leaves out.
func TestPrimaryContrastsAreDrawn(t *testing.T) {
	for _, c := range []struct {
		countries []string
		lacks     bool
	}{{[]string{"KAZ", "UZB", "KGZ"}, false}, {[]string{"KAZ", "UZB", "KGZ", "TJK", "TKM", "BIH", "AZE"}, true}} {
		d := newStudy()
		d.Study.Countries, d.Study.Size = c.countries, Slide
		pairs := 0
		for i, a := range c.countries {
			for _, b := range c.countries[i+1:] {
				pairs++
				for _, o := range outcomes {
					for _, platform := range []string{standardised, "facebook", "x"} {
						d.Comparisons = append(d.Comparisons, madeContrasts(o, a, b, platform, 0)...)
					}
				}
			}
		}
		p := pageOf(t, contrasts, d)
		checkTexts(t, p)
		checkSize(t, p, Slide, 5.5)
		bold := 0
		for _, text := range p.drawing().Texts() {
			if text.Bold && (strings.Contains(text.String, " / ") || strings.Contains(text.String, " − ")) {
				bold++
			}
		}
		if lacks := bold < 3*pairs; lacks != c.lacks {
			t.Errorf("%d countries: %d of %d contrasts over platforms are drawn", len(c.countries), bold, 3*pairs)
		}
		if want := fmt.Sprintf("and %d over all shared platforms", 3*pairs-bold); strings.Contains(p.Caption, want) != c.lacks {
			t.Errorf("%d countries: %q", len(c.countries), p.Caption)
		}
	}
}

// TestCrudeContrastIsSeen: a crude contrast that is the standardised one stands
// below it, apart, and the row has the height for both.
func TestCrudeContrastIsSeen(t *testing.T) {
	d := newStudy()
	d.Comparisons = append(madeContrasts(outcomePosting, "KAZ", "UZB", standardised, 0), madeContrasts(outcomePosting, "KAZ", "UZB", "x", 1)...)
	p := d.forest(outcomePosting, d.contrastRows(), cutShareDifferences())
	n := 0
	for _, r := range p.rows {
		if len(r.intervals) < 2 {
			continue
		}
		n++
		solid, crude := r.intervals[0], r.intervals[1]
		if solid.hollow || !crude.hollow || solid.mid != crude.mid {
			t.Fatalf("got %+v", r.intervals)
		}
		if crude.drop-solid.drop < 2*pointSize {
			t.Errorf("the marks are %v apart, less than the size of one", crude.drop-solid.drop)
		}
		if p.pitch(r) < pointPitch+crude.drop {
			t.Errorf("a row of %v has no room for both", p.pitch(r))
		}
	}
	if n != 1 {
		t.Errorf("%d rows with a crude contrast, want 1", n)
	}
}
