package ink

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"io"
	"math"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// WritePNG writes the page as PNG at the given number of dots per inch, which
// the file states, so that it is placed at its size in print.
func (d *Drawing) WritePNG(w io.Writer, dpi int) error {
	c := vgimg.NewWith(vgimg.UseWH(d.w, d.h), vgimg.UseDPI(dpi))
	for _, m := range d.marks {
		c.SetColor(m.color)
		switch m.kind {
		case filled:
			c.Fill(vgPath(m.path))
		case stroked:
			c.SetLineWidth(vg.Length(m.width))
			dash := make([]vg.Length, len(m.dash))
			for i, v := range m.dash {
				dash[i] = vg.Length(v)
			}
			c.SetLineDash(dash, vg.Length(m.offset))
			c.Stroke(vgPath(m.path))
		case written:
			c.Fill(outline(m.text))
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, c.Image()); err != nil {
		return fmt.Errorf("ink: write png: %w", err)
	}
	return withResolution(w, b.Bytes(), dpi)
}

// withResolution writes a PNG with a pHYs chunk after its header, which is
// always 8 bytes of signature and 25 of IHDR.
func withResolution(w io.Writer, image []byte, dpi int) error {
	const header = 8 + 25
	perMetre := uint32(math.Round(float64(dpi) / 0.0254))
	chunk := binary.BigEndian.AppendUint32(nil, 9)
	chunk = append(chunk, "pHYs"...)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = binary.BigEndian.AppendUint32(chunk, perMetre)
	chunk = append(chunk, 1)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	for _, part := range [][]byte{image[:header], chunk, image[header:]} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

func vgPath(path []segment) vg.Path {
	var out vg.Path
	for _, s := range path {
		p := [3]vg.Point{}
		for i, q := range s.p {
			p[i] = vg.Point{X: vg.Length(q.x), Y: vg.Length(q.y)}
		}
		switch s.op {
		case 'M':
			out.Move(p[0])
		case 'L':
			out.Line(p[0])
		case 'C':
			out.CubeTo(p[0], p[1], p[2])
		case 'Z':
			out.Close()
		}
	}
	return out
}

// outline returns the outlines of a text's letters in page coordinates.
func outline(t Text) vg.Path {
	f := face(t.Bold)
	unit := t.Size / float64(f.em)
	sin, cos := math.Sincos(t.Angle)
	var out vg.Path
	var buf sfnt.Buffer
	var pen fixed.Int26_6
	at := func(p fixed.Point26_6) vg.Point {
		x, y := float64(pen+p.X)*unit, -float64(p.Y)*unit
		return vg.Point{X: vg.Length(t.X + x*cos - y*sin), Y: vg.Length(t.Y + x*sin + y*cos)}
	}
	for _, r := range t.String {
		g := f.glyph(&buf, r)
		segments, err := f.font.LoadGlyph(&buf, g, f.em, nil)
		if err != nil {
			continue
		}
		for i, s := range segments {
			switch s.Op {
			case sfnt.SegmentOpMoveTo:
				if i > 0 {
					out.Close()
				}
				out.Move(at(s.Args[0]))
			case sfnt.SegmentOpLineTo:
				out.Line(at(s.Args[0]))
			case sfnt.SegmentOpQuadTo:
				out.QuadTo(at(s.Args[0]), at(s.Args[1]))
			case sfnt.SegmentOpCubeTo:
				out.CubeTo(at(s.Args[0]), at(s.Args[1]), at(s.Args[2]))
			}
		}
		if len(segments) > 0 {
			out.Close()
		}
		pen += f.advance(&buf, g)
	}
	return out
}
