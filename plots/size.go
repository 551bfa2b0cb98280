package plots

import (
	"slices"

	"gonum.org/v1/plot/vg"
)

// Size is what a page is made for.
type Size string

// The sizes of pages. The zero value is TwoColumn.
const (
	TwoColumn Size = "two-column" // 174 mm wide, as high as the figure needs
	OneColumn Size = "one-column" // 85 mm wide, as high as the figure needs
	Slide     Size = "slide"      // 254 x 142.9 mm, with larger type
)

// Sizes lists the sizes, the usual one first.
var Sizes = []Size{TwoColumn, OneColumn, Slide}

// format is the paper of a size and how much larger than in the house style
// everything on it is. Figures are laid out in points of the house style, and
// the whole page is magnified by the zoom.
type format struct {
	width, height vg.Length // height 0: as high as the figure needs
	zooms         []float64 // in the order of preference
	crowded       []float64 // for a figure too high for the paper at any of zooms
}

func (s Size) format() format {
	switch s {
	case OneColumn:
		return format{width: 85 * vg.Millimeter, zooms: []float64{.88}} // the least type is then 6.2 points
	case Slide:
		return format{width: 254 * vg.Millimeter, height: 142.9 * vg.Millimeter, zooms: []float64{1.8, 1.6, 1.4, 1.25}, crowded: []float64{1.1, 1, .9, .8}}
	}
	return format{width: 174 * vg.Millimeter, zooms: []float64{1}}
}

// width is that of the panels of a page, in points of the house style.
func (d *Data) width() vg.Length {
	return d.Study.Size.format().width/vg.Length(d.magnified()) - 2*margin
}

// magnified is how much larger than in the house style everything is.
func (d *Data) magnified() float64 {
	if d.zoom == 0 {
		return d.Study.Size.format().zooms[0]
	}
	return d.zoom
}

// Page draws the figure at the size that the study names. On paper of a given
// height it takes the largest type at which the figure is whole, else the least
// of the usual ones, at which it leaves out rows and says so.
func (f Figure) Page(d *Data) (*Page, error) {
	paper := d.Study.Size.format()
	var part *Page
	for _, zoom := range slices.Concat(paper.zooms, paper.crowded) {
		if part != nil && slices.Contains(paper.crowded, zoom) && part.fits() {
			break
		}
		larger := *d
		larger.zoom = zoom
		page, err := f.Draw(&larger)
		if err != nil {
			return nil, err
		}
		if page.fits() && !page.cramped {
			return page, nil
		}
		part = page
	}
	return part, nil
}

// leastType reports whether no smaller type than that of the page will be tried.
func (d *Data) leastType() bool {
	paper := d.Study.Size.format()
	all := slices.Concat(paper.zooms, paper.crowded)
	return d.magnified() <= all[len(all)-1]
}

// stacks reports whether n panels stand one under the other, for want of width
// to stand side by side.
func (d *Data) stacks(n int) bool {
	const least = 160 // points for a panel with the labels at its end
	return n > 1 && d.width()/vg.Length(n) < least
}

// panelsHeight is the height of n panels, each of the given height where they
// are stacked.
func (d *Data) panelsHeight(n int, height, gap vg.Length) vg.Length {
	if !d.stacks(n) {
		return height
	}
	return height*vg.Length(n) + gap*vg.Length(n-1)
}
