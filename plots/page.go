package plots

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
	"diplometrics/plots/ink"
)

// Page is a drawn figure: a title that states the finding, a subtitle with
// measure, unit, window and n, the panels, and a caption with the source.
type Page struct {
	Title    string
	Subtitle string
	Caption  string
	Alt      string    // the figure in words, for those who do not see it
	Width    vg.Length // of the paper
	Height   vg.Length
	Header   []string   // columns of the plotted values
	Rows     [][]string // the plotted values, in the order of the figure; absent is empty

	simulated bool
	fills     bool      // the panels take whatever height there is
	cramped   bool      // smaller type would show more: rows are left out, or texts lack room
	zoom      float64   // the paper is this much larger than the layout
	paper     vg.Length // height of the paper; 0: as high as the figure needs
	body      vg.Length // height of the panels
	panels    func(draw.Canvas)
}

// simulatedBanner is what every page of a simulated study says.
const simulatedBanner = "SIMULATED DATA: the accounts and numbers are not real"

// leastBody is the least height of panels that take whatever there is.
const leastBody = 110

// newPage returns a page of the size of the study whose panels are body high, or
// fill what the paper leaves them.
func newPage(d *Data, p Page, body vg.Length, panels func(draw.Canvas)) *Page {
	paper := d.Study.Size.format()
	p.Width, p.paper, p.zoom = paper.width, paper.height, d.magnified()
	p.Subtitle = strings.ReplaceAll(p.Subtitle, "n = ", "n"+noBreak+"="+noBreak)
	p.simulated = d.Study.Simulated
	p.panels = panels
	if p.simulated {
		p.Alt = simulatedBanner + ". " + p.Alt
	}
	p.body = body
	if p.paper > 0 && p.fills {
		p.body = max(leastBody, p.paper/vg.Length(p.zoom)-p.top()-p.bottom())
	}
	p.Height = max(p.paper, (p.top()+p.body+p.bottom())*vg.Length(p.zoom))
	return &p
}

// tallest is how high a figure with a row for each account may be.
const tallest = 230 * vg.Millimeter

// fits reports whether the page is no higher than its paper, or than tallest.
func (p *Page) fits() bool {
	if p.paper > 0 {
		return p.Height < p.paper+.01
	}
	return p.Height <= tallest
}

// fitted returns the page with as many of n items as fit on it, one at least;
// page draws the given number of them.
func fitted(n int, page func(shown int) *Page) *Page {
	const most = 160 // rows of the least height that tallest has room for in two columns, and more
	room := sort.Search(min(n, most), func(i int) bool { return !page(i + 1).fits() })
	p := page(max(1, room))
	p.cramped = room < n
	return p
}

// fittedToPaper is fitted where the paper has a height; elsewhere the page has
// all n items, however high it is.
func fittedToPaper(d *Data, n int, page func(shown int) *Page) *Page {
	if d.Study.Size.format().height == 0 {
		return page(n)
	}
	return fitted(n, page)
}

// greatest returns the n items of greatest size, the earlier of equal ones, in
// the order in which they stand.
func greatest[T any](all []T, n int, size func(T) float64) []T {
	if n >= len(all) {
		return all
	}
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size(all[b]), size(all[a])) })
	order = slices.Sorted(slices.Values(order[:n]))
	var out []T
	for _, i := range order {
		out = append(out, all[i])
	}
	return out
}

// moreNote says in a caption what a full page leaves to the table.
func moreNote(n int, one, several, which string) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("Not drawn for want of room: %s %s; the table beside the figure has all.", number(n, one, several), which)
}

// width and height are those of the layout.
func (p *Page) width() vg.Length  { return p.Width / vg.Length(p.zoom) }
func (p *Page) height() vg.Length { return p.Height / vg.Length(p.zoom) }

func (p *Page) inner() vg.Length { return p.width() - 2*margin }

// top is the height of everything above the panels, bottom of what is below.
func (p *Page) top() vg.Length {
	h := margin + lines(wrap(p.Title, p.inner(), titleType), titleType) + lines(wrap(p.Subtitle, p.inner(), subtitleType), subtitleType) + 10
	if p.simulated {
		h += bannerHeight + 4
	}
	return h
}

func (p *Page) bottom() vg.Length {
	return 8 + lines(wrap(p.Caption, p.inner(), captionType), captionType) + margin
}

// drawing lays the page out.
func (p *Page) drawing() *ink.Drawing {
	d := ink.New(p.Width, p.Height)
	d.Title, d.Alt = p.Title, p.Alt
	d.Scale(p.zoom, p.zoom)
	y := p.height() - margin
	if p.simulated {
		fillRect(d, margin, y-bannerHeight, p.width()-margin, y, black)
		write(d, simulatedBanner, margin+4, y-bannerHeight+3.5, left, typeStyle{subtitleType.size, true, paper})
		y -= bannerHeight + 4
	}
	y = paragraph(d, wrap(p.Title, p.inner(), titleType), margin, y, titleType)
	paragraph(d, wrap(p.Subtitle, p.inner(), subtitleType), margin, y, subtitleType)
	paragraph(d, wrap(p.Caption, p.inner(), captionType), margin, p.bottom()-8, captionType)
	p.panels(draw.Canvas{Canvas: d, Rectangle: vg.Rectangle{
		Min: vg.Point{X: margin, Y: p.height() - p.top() - p.body},
		Max: vg.Point{X: p.width() - margin, Y: p.height() - p.top()},
	}})
	return d
}

// Write writes the page as svg, pdf or png (300 dots per inch), or its
// plotted values as csv. The same page gives the same bytes.
func (p *Page) Write(w io.Writer, format string) error {
	if format == "csv" {
		return p.writeCSV(w)
	}
	d := p.drawing()
	if err := d.Finite(); err != nil {
		return err
	}
	switch format {
	case "svg":
		return d.WriteSVG(w)
	case "pdf":
		return d.WritePDF(w)
	case "png":
		return d.WritePNG(w, 300)
	}
	return fmt.Errorf("figure format %q is unknown; use svg, pdf, png or csv", format)
}

// writeCSV writes the plotted values as UTF-8 CSV. Text that a spreadsheet
// would run as a formula is made harmless as in every CSV of the program.
func (p *Page) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	record := func(cells []string, simulated string) error {
		safe := make([]string, 0, len(cells)+1)
		for _, c := range cells {
			safe = append(safe, datasets.Harmless(c))
		}
		if p.simulated {
			safe = append(safe, simulated)
		}
		return out.Write(safe)
	}
	if err := record(p.Header, "simulated"); err != nil {
		return err
	}
	for _, r := range p.Rows {
		if err := record(r, "SIMULATED"); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}
