package plots

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"

	"diplometrics/plots/ink"
)

// box is the rectangle that a text covers on the page: from below the baseline
// by the depth of a comma to the height of capitals.
func box(t ink.Text) vg.Rectangle {
	w := ink.Width(t.String, t.Size, t.Bold)
	lo, hi := -.15*t.Size, .72*t.Size
	sin, cos := math.Sincos(t.Angle)
	r := vg.Rectangle{Min: vg.Point{X: vg.Length(math.Inf(1)), Y: vg.Length(math.Inf(1))}, Max: vg.Point{X: vg.Length(math.Inf(-1)), Y: vg.Length(math.Inf(-1))}}
	for _, p := range [][2]float64{{0, lo}, {w, lo}, {0, hi}, {w, hi}} {
		x, y := vg.Length(t.X+p[0]*cos-p[1]*sin), vg.Length(t.Y+p[0]*sin+p[1]*cos)
		r.Min.X, r.Max.X = min(r.Min.X, x), max(r.Max.X, x)
		r.Min.Y, r.Max.Y = min(r.Min.Y, y), max(r.Max.Y, y)
	}
	return r
}

// checkTexts reports texts that leave the page or cover each other.
func checkTexts(t *testing.T, p *Page) {
	t.Helper()
	texts := p.drawing().Texts()
	if len(texts) < 5 {
		t.Errorf("only %d texts on the page", len(texts))
	}
	slack, margin := vg.Length(.3), margin*vg.Length(p.zoom)
	for i, a := range texts {
		ra := box(a)
		if ra.Min.X < margin-slack || ra.Min.Y < 0 || ra.Max.X > p.Width-margin+slack || ra.Max.Y > p.Height {
			t.Errorf("%q leaves the page: %v on %v x %v", a.String, ra, p.Width, p.Height)
		}
		for _, b := range texts[i+1:] {
			rb := box(b)
			if ra.Min.X < rb.Max.X-slack && rb.Min.X < ra.Max.X-slack && ra.Min.Y < rb.Max.Y-slack && rb.Min.Y < ra.Max.Y-slack {
				t.Errorf("%q and %q overlap: %v, %v", a.String, b.String, ra, rb)
			}
		}
		for _, r := range a.String {
			if !ink.Has(r) {
				t.Errorf("%q has the letter %q, which the typeface lacks", a.String, r)
			}
		}
	}
}

// checkSize compares a page with what its size promises: the paper, and type of
// no fewer points than least.
func checkSize(t *testing.T, p *Page, size Size, least float64) {
	t.Helper()
	want := map[Size]struct{ width, height float64 }{TwoColumn: {174, 0}, OneColumn: {85, 0}, Slide: {254, 142.9}}[size]
	mm := func(l vg.Length) float64 { return float64(l / vg.Millimeter) }
	if math.Abs(mm(p.Width)-want.width) > .01 || want.height > 0 && math.Abs(mm(p.Height)-want.height) > .01 {
		t.Errorf("%.1f x %.1f mm, want %.1f x %.1f (0: any)", mm(p.Width), mm(p.Height), want.width, want.height)
	}
	for _, text := range p.drawing().Texts() {
		if text.Size < least {
			t.Errorf("%q has %.1f points, fewer than %.1f", text.String, text.Size, least)
			return
		}
	}
}

func TestTextsKeepApart(t *testing.T) {
	for name, d := range map[string]*Data{"thesis": thesis(t), "crowded": crowded(t)} {
		for _, f := range All {
			for _, size := range Sizes {
				t.Run(name+"/"+f.Name+"/"+string(size), func(t *testing.T) {
					sized := *d
					sized.Study.Size = size
					page := pageOf(t, f, &sized)
					if page == nil {
						t.Skip("no such data")
					}
					checkTexts(t, page)
					least := map[Size]float64{TwoColumn: 7, OneColumn: 6, Slide: 8.5}[size]
					if size == Slide && name == "crowded" {
						least = 5.5
					}
					checkSize(t, page, size, least)
				})
			}
		}
	}
}
