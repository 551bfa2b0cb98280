package ink

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"hash/fnv"
	"image/color"
	"io"
	"math"
	"strconv"
)

// WriteSVG writes the page as SVG: text as text, in fonts embedded with just
// the letters that it uses, and the alternative text as title and desc. The
// name of the embedded font depends on its content, so that several files can
// be put into one HTML page.
func (d *Drawing) WriteSVG(w io.Writer) error {
	var b bytes.Buffer
	pw, ph := d.w.Points(), d.h.Points()
	styles, family, err := d.fontFaces()
	if err != nil {
		return err
	}
	const mm = 25.4 / 72
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" role="img" width="%smm" height="%smm" viewBox="0 0 %s %s" font-family="'%s','Liberation Sans',Arial,Helvetica,sans-serif" stroke-linejoin="round" text-rendering="geometricPrecision">`+"\n",
		num(pw*mm), num(ph*mm), num(pw), num(ph), family)
	fmt.Fprintf(&b, "<title>%s</title>\n<desc>%s</desc>\n", escape(d.Title), escape(d.Alt))
	fmt.Fprintf(&b, "<style>%s</style>\n", styles)
	fmt.Fprintf(&b, `<rect width="%s" height="%s" fill="#ffffff"/>`+"\n", num(pw), num(ph))
	for _, m := range d.marks {
		switch m.kind {
		case filled:
			fmt.Fprintf(&b, `<path d="%s" fill="%s"/>`+"\n", svgPath(m.path, ph), hex(m.color))
		case stroked:
			fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="%s" stroke-width="%s"`, svgPath(m.path, ph), hex(m.color), num(m.width))
			if len(m.dash) > 0 {
				b.WriteString(` stroke-dasharray="`)
				for i, v := range m.dash {
					if i > 0 {
						b.WriteByte(' ')
					}
					b.WriteString(num(v))
				}
				fmt.Fprintf(&b, `" stroke-dashoffset="%s"`, num(m.offset))
			}
			b.WriteString("/>\n")
		case written:
			t := m.text
			fmt.Fprintf(&b, `<text x="%s" y="%s" font-size="%s" fill="%s"`, num(t.X), num(ph-t.Y), num(t.Size), hex(m.color))
			if t.Bold {
				b.WriteString(` font-weight="bold"`)
			}
			if t.Angle != 0 {
				fmt.Fprintf(&b, ` transform="rotate(%s %s %s)"`, num(-t.Angle*180/math.Pi), num(t.X), num(ph-t.Y))
			}
			fmt.Fprintf(&b, ">%s</text>\n", escape(t.String))
		}
	}
	b.WriteString("</svg>\n")
	_, err = b.WriteTo(w)
	return err
}

// fontFaces returns the CSS that embeds the letters in use, and the name of
// the font that it defines.
func (d *Drawing) fontFaces() (css, family string, err error) {
	regular, bold := map[rune]bool{}, map[rune]bool{}
	for _, m := range d.marks {
		if m.kind != written {
			continue
		}
		used := regular
		if m.text.Bold {
			used = bold
		}
		for _, r := range m.text.String {
			used[r] = true
		}
	}
	return FontFaces(regular, bold)
}

// FontFaces returns the CSS that embeds the house font with the given letters
// of its two weights, and the name of the font that it defines, which depends
// on its content. A weight without letters is left out. A document that holds
// several drawings can so embed the letters of all of them once.
func FontFaces(regular, bold map[rune]bool) (css, family string, err error) {
	sum := fnv.New32a()
	var fonts [2][]byte
	for i, used := range []map[rune]bool{regular, bold} {
		if len(used) == 0 {
			continue
		}
		fonts[i], err = subset(face(i == 1), used)
		if err != nil {
			return "", "", fmt.Errorf("ink: embed font: %w", err)
		}
		sum.Write(fonts[i])
	}
	family = fmt.Sprintf("sans-%08x", sum.Sum32())
	for i, weight := range []string{"normal", "bold"} {
		if fonts[i] != nil {
			css += fmt.Sprintf("@font-face{font-family:'%s';font-weight:%s;src:url(data:font/ttf;base64,%s)}",
				family, weight, base64.StdEncoding.EncodeToString(fonts[i]))
		}
	}
	return css, family, nil
}

func svgPath(path []segment, height float64) string {
	var b bytes.Buffer
	for _, s := range path {
		b.WriteByte(s.op)
		n := map[byte]int{'M': 1, 'L': 1, 'C': 3}[s.op]
		for i := range n {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(num(s.p[i].x) + " " + num(height-s.p[i].y))
		}
	}
	return b.String()
}

// num formats a coordinate to a hundredth of a point, a thirtieth of what a
// printer can resolve.
func num(v float64) string {
	v = math.Round(v*100) / 100
	if v == 0 {
		return "0" // not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

func escape(s string) string {
	var b bytes.Buffer
	xml.EscapeText(&b, []byte(s)) // a bytes.Buffer gives no error
	return b.String()
}
