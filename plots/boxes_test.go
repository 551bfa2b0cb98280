package plots

import (
	"math"
	"testing"

	"gonum.org/v1/plot/vg"
)

// checkTexts reports texts that leave the page or cover each other.
func checkTexts(t *testing.T, p *Page) {
	t.Helper()
	if n := len(p.drawing().Texts()); n < 5 {
		t.Errorf("only %d texts on the page", n)
	}
	for _, clash := range p.Clashes() {
		t.Error(clash)
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
