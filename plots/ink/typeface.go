package ink

import (
	"fmt"
	"sync"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// typeface is one of the two faces that text is set in.
type typeface struct {
	ttf  []byte
	font *sfnt.Font
	em   fixed.Int26_6 // units of the font in an em, as a size that makes one unit one pixel
}

var (
	regular = sync.OnceValue(func() *typeface { return parse(liberationsansregular.TTF) })
	bold    = sync.OnceValue(func() *typeface { return parse(liberationsansbold.TTF) })
)

func parse(ttf []byte) *typeface {
	f, err := sfnt.Parse(ttf)
	if err != nil {
		panic(fmt.Sprintf("ink: embedded font: %v", err))
	}
	return &typeface{ttf: ttf, font: f, em: fixed.I(int(f.UnitsPerEm()))}
}

func face(isBold bool) *typeface {
	if isBold {
		return bold()
	}
	return regular()
}

// Width returns the width in points of text set at the given size in points.
// It is the sum of the advances of the letters, without kerning, which is how
// every format here sets them.
func Width(text string, size float64, isBold bool) float64 {
	f := face(isBold)
	var sum fixed.Int26_6
	var buf sfnt.Buffer
	for _, r := range text {
		sum += f.advance(&buf, f.glyph(&buf, r))
	}
	return float64(sum) / float64(f.em) * size
}

// Has reports whether the typeface has a letter of its own for r. Others are
// drawn as an empty box.
func Has(r rune) bool {
	var buf sfnt.Buffer
	return regular().glyph(&buf, r) != 0 && bold().glyph(&buf, r) != 0
}

func (f *typeface) glyph(buf *sfnt.Buffer, r rune) sfnt.GlyphIndex {
	g, err := f.font.GlyphIndex(buf, r)
	if err != nil {
		return 0
	}
	return g
}

func (f *typeface) advance(buf *sfnt.Buffer, g sfnt.GlyphIndex) fixed.Int26_6 {
	a, err := f.font.GlyphAdvance(buf, g, f.em, font.HintingNone)
	if err != nil {
		return 0
	}
	return a
}
