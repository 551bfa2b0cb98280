package ink

import (
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// WritePDF writes the page as a PDF of one page, with text that can be
// searched and copied, in fonts embedded with just the letters in use. Its
// dates are constant, so that the same drawing gives the same bytes.
func (d *Drawing) WritePDF(w io.Writer) error {
	pw, ph := d.w.Points(), d.h.Points()
	doc := fpdf.NewCustom(&fpdf.InitType{OrientationStr: "P", UnitStr: "pt", Size: fpdf.SizeType{Wd: pw, Ht: ph}})
	doc.SetCatalogSort(true)
	dated := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	doc.SetCreationDate(dated)
	doc.SetModificationDate(dated)
	doc.SetProducer("", false)
	doc.SetTitle(d.Title, true)
	doc.SetSubject(d.Alt, true)
	doc.SetLang("en")
	doc.SetMargins(0, 0, 0)
	doc.SetAutoPageBreak(false, 0)
	used := map[bool]bool{}
	for _, m := range d.marks {
		used[m.text.Bold] = used[m.text.Bold] || m.kind == written
	}
	if used[false] {
		doc.AddUTF8FontFromBytes("sans", "", regular().ttf)
	}
	if used[true] {
		doc.AddUTF8FontFromBytes("sans", "B", bold().ttf)
	}
	doc.AddPage()
	doc.SetLineJoinStyle("round")
	for _, m := range d.marks {
		r, g, b := int(m.color.R), int(m.color.G), int(m.color.B)
		switch m.kind {
		case filled:
			doc.SetFillColor(r, g, b)
			pdfPath(doc, m.path, ph)
			doc.DrawPath("F")
		case stroked:
			doc.SetDrawColor(r, g, b)
			doc.SetLineWidth(m.width)
			doc.SetDashPattern(m.dash, m.offset)
			pdfPath(doc, m.path, ph)
			doc.DrawPath("D")
		case written:
			t := m.text
			style := ""
			if t.Bold {
				style = "B"
			}
			doc.SetFont("sans", style, t.Size)
			doc.SetTextColor(r, g, b)
			if t.Angle != 0 {
				doc.TransformBegin()
				doc.TransformRotate(t.Angle*180/math.Pi, t.X, ph-t.Y)
			}
			doc.Text(t.X, ph-t.Y, strings.Map(inPlane, t.String))
			if t.Angle != 0 {
				doc.TransformEnd()
			}
		}
	}
	if err := doc.Output(w); err != nil {
		return fmt.Errorf("ink: write pdf: %w", err)
	}
	return nil
}

// inPlane replaces what fpdf panics at, letters beyond the first 65,536 such as
// emoji, by one for private use that is drawn as the same empty box.
func inPlane(r rune) rune {
	if r > 0xffff {
		return '\ue000'
	}
	return r
}

func pdfPath(doc *fpdf.Fpdf, path []segment, height float64) {
	for _, s := range path {
		p := s.p
		switch s.op {
		case 'M':
			doc.MoveTo(p[0].x, height-p[0].y)
		case 'L':
			doc.LineTo(p[0].x, height-p[0].y)
		case 'C':
			doc.CurveBezierCubicTo(p[0].x, height-p[0].y, p[1].x, height-p[1].y, p[2].x, height-p[2].y)
		case 'Z':
			doc.ClosePath()
		}
	}
}
