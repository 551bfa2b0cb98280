package report

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"

	"diplometrics/plots/ink"
)

// figure is a drawn figure as the page shows it.
type figure struct {
	Name, ID, Title, Alt, Doc string
	SVG                       template.HTML
	File                      string       // name of the download
	Data                      template.URL // the plotted values
	Number                    int          // in the order of the page
}

// elements of a drawing that a page may hold. What can run, or ask for
// something from elsewhere, is not among them.
var elements = []string{"svg", "g", "defs", "clipPath", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "title", "desc", "use", "linearGradient", "radialGradient", "stop", "pattern", "mask", "marker"}

// drawn returns the figures that there are, ready for one page: with ids of
// their own, and in one font, whose CSS it returns.
func drawn(all []Figure) (out []*figure, css string, err error) {
	letters := [2]map[rune]bool{{}, {}}
	for _, f := range all {
		if f.LeftOut == "" {
			if err := gather(f.SVG, &letters); err != nil {
				return nil, "", fmt.Errorf("figure %s: %w", f.Name, err)
			}
		}
	}
	css, family, err := ink.FontFaces(letters[0], letters[1])
	if err != nil {
		return nil, "", err
	}
	for _, f := range all {
		if f.LeftOut != "" {
			continue
		}
		fig := &figure{Name: f.Name, ID: "figure-" + f.Name, Doc: f.Doc}
		if err := fig.embed(f.SVG, family); err != nil {
			return nil, "", fmt.Errorf("figure %s: %w", f.Name, err)
		}
		if err := fig.attach(f.CSV); err != nil {
			return nil, "", fmt.Errorf("figure %s: %w", f.Name, err)
		}
		out = append(out, fig)
	}
	return out, css, nil
}

// gather adds the letters of a drawing's text, by weight: 0 regular, 1 bold.
func gather(svg []byte, letters *[2]map[rune]bool) error {
	var weights []int // of the open elements
	return tokens(svg, func(t xml.Token) error {
		switch t := t.(type) {
		case xml.StartElement:
			weight := 0
			if n := len(weights); n > 0 {
				weight = weights[n-1]
			}
			for _, a := range t.Attr {
				if a.Name.Local == "font-weight" {
					weight = 0
					if a.Value == "bold" {
						weight = 1
					}
				}
			}
			weights = append(weights, weight)
		case xml.EndElement:
			weights = weights[:len(weights)-1]
		case xml.CharData:
			if n := len(weights); n > 0 {
				for _, r := range string(t) {
					if r != '\n' {
						letters[weights[n-1]][r] = true
					}
				}
			}
		}
		return nil
	})
}

// tokens calls f with what the drawing consists of; without its styles and
// comments.
func tokens(svg []byte, f func(xml.Token) error) error {
	dec := xml.NewDecoder(bytes.NewReader(svg))
	style := false
	for {
		t, err := dec.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch e := t.(type) {
		case xml.StartElement:
			if e.Name.Local == "style" {
				style = true
				continue
			}
		case xml.EndElement:
			if e.Name.Local == "style" {
				style = false
				continue
			}
		case xml.Comment, xml.ProcInst, xml.Directive:
			continue
		}
		if style {
			continue
		}
		if err := f(t); err != nil {
			return err
		}
	}
}

// embed writes the drawing as HTML. It refuses a drawing with an element that is
// not in elements, with a handler of events, or with an address of anything
// outside of it.
func (fig *figure) embed(svg []byte, family string) error {
	var b bytes.Buffer
	var open []string
	pending := false // the last start tag is still without its >
	words := map[string]*strings.Builder{"title": {}, "desc": {}}
	err := tokens(svg, func(t xml.Token) error {
		if end, ok := t.(xml.EndElement); ok {
			open = open[:len(open)-1]
			if pending {
				b.WriteString("/>")
				pending = false
				return nil
			}
			fmt.Fprintf(&b, "</%s>", end.Name.Local)
			return nil
		}
		if pending {
			b.WriteByte('>')
			pending = false
		}
		switch t := t.(type) {
		case xml.StartElement:
			if !slices.Contains(elements, t.Name.Local) {
				return fmt.Errorf("the drawing holds an element %s, which a report cannot show", t.Name.Local)
			}
			open = append(open, t.Name.Local)
			if err := fig.start(&b, t, len(open) == 1, family); err != nil {
				return err
			}
			pending = true
		case xml.CharData:
			if n := len(open); n > 0 && words[open[n-1]] != nil {
				words[open[n-1]].Write(t)
			}
			return xml.EscapeText(&b, bytes.Trim(t, "\n"))
		}
		return nil
	})
	fig.SVG, fig.Title, fig.Alt = template.HTML(b.String()), words["title"].String(), words["desc"].String()
	return err
}

// start writes a start tag without its >. The first is that of the whole
// drawing, which takes its size from the page, and its name from title and desc.
func (fig *figure) start(b *bytes.Buffer, t xml.StartElement, first bool, family string) error {
	fmt.Fprintf(b, "<%s", t.Name.Local)
	for _, a := range t.Attr {
		name := a.Name.Local
		switch {
		case name == "xmlns" || a.Name.Space == "xmlns", first && slices.Contains([]string{"width", "height", "role", "id"}, name):
			continue
		case strings.HasPrefix(strings.ToLower(name), "on") || name == "style":
			return fmt.Errorf("the drawing holds an attribute %s, which a report cannot show", name)
		case name == "font-family":
			a.Value = "'" + family + "','Liberation Sans',Arial,Helvetica,sans-serif"
		case name == "id":
			a.Value = fig.ID + "-" + a.Value
		case name == "href":
			target, inside := strings.CutPrefix(a.Value, "#")
			if !inside {
				return fmt.Errorf("the drawing refers to %q, which is outside of it", a.Value)
			}
			a.Value = "#" + fig.ID + "-" + target
		case strings.Contains(a.Value, "url("):
			target, inside := strings.CutPrefix(a.Value, "url(#")
			if !inside {
				return fmt.Errorf("the drawing refers to %q, which is outside of it", a.Value)
			}
			a.Value = "url(#" + fig.ID + "-" + target
		}
		fmt.Fprintf(b, ` %s="`, name)
		xml.EscapeText(b, []byte(a.Value)) // a bytes.Buffer gives no error
		b.WriteByte('"')
	}
	switch {
	case first:
		fmt.Fprintf(b, ` role="img" aria-labelledby="%s-title %s-desc"`, fig.ID, fig.ID)
	case t.Name.Local == "title" || t.Name.Local == "desc":
		fmt.Fprintf(b, ` id="%s-%s"`, fig.ID, t.Name.Local)
	}
	return nil
}

// plainest is the size in bytes up to which plotted values are attached as they
// are; larger ones are compressed.
const plainest = 100_000

// attach makes the download of the plotted values.
func (fig *figure) attach(csv []byte) error {
	fig.File = fig.Name + ".csv"
	kind := "text/csv;charset=utf-8"
	if len(csv) > plainest {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := z.Write(csv); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		csv, kind = b.Bytes(), "application/gzip"
		fig.File += ".gz"
	}
	fig.Data = template.URL("data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(csv))
	return nil
}
