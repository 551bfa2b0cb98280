package plots

import (
	"image/color"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	xfont "golang.org/x/image/font"

	"diplometrics/datasets"
	"diplometrics/plots/ink"
)

// The house style: sizes, colours, shapes and names, for every figure.

// StyleVersion is raised whenever the drawing code that figures share would
// give other pictures of the same tables.
const StyleVersion = 4

const (
	margin       = vg.Length(5)
	bannerHeight = vg.Length(13)
)

// typeStyle is a size in points, a weight and a colour.
type typeStyle struct {
	size  float64
	bold  bool
	color color.Color
}

var (
	black    = color.NRGBA{0x1a, 0x1a, 0x1a, 0xff}
	grey     = color.NRGBA{0x59, 0x59, 0x59, 0xff} // 7:1 on white
	midGrey  = color.NRGBA{0x8c, 0x8c, 0x8c, 0xff}
	gridGrey = color.NRGBA{0xe2, 0xe2, 0xe2, 0xff}
	paper    = color.NRGBA{0xff, 0xff, 0xff, 0xff}

	titleType    = typeStyle{11, true, black}
	subtitleType = typeStyle{8.5, false, grey}
	headType     = typeStyle{8.5, true, black}
	bodyType     = typeStyle{8, false, black}
	boldType     = typeStyle{8, true, black}
	labelType    = typeStyle{7.5, false, black}
	tickType     = typeStyle{7.5, false, grey}
	captionType  = typeStyle{7, false, grey}
)

func (t typeStyle) in(c color.Color) typeStyle { t.color = c; return t }

// leading is the distance of baselines.
func (t typeStyle) leading() vg.Length { return vg.Length(t.size * 1.25) }

// capHeight is the height of capital letters and figures in Liberation Sans.
func (t typeStyle) capHeight() vg.Length { return vg.Length(t.size * 0.72) }

// look is how a country is drawn, everywhere: colour never alone.
type look struct {
	color color.NRGBA // of marks
	ink   color.NRGBA // of text: the same hue, dark enough to read
	shape shape
	dash  []vg.Length // of lines, in points; none: solid
}

// dashes tell the lines of up to eight countries apart where colours do not.
var dashes = [][]vg.Length{nil, {7, 2}, {2.8, 1.7}, {1, 1.6}, {7, 1.8, 1, 1.8}, {9, 2, 2.8, 2}, {5, 1.6, 1, 1.4, 1, 1.6}, {2.8, 1.7, 1, 1.7}}

// Okabe and Ito (2008), Color Universal Design, with a shape each.
var countryLooks = map[string]look{
	"KAZ": {color.NRGBA{0x00, 0x72, 0xb2, 0xff}, color.NRGBA{0x00, 0x5c, 0x8f, 0xff}, circle, dashes[0]},
	"UZB": {color.NRGBA{0xd5, 0x5e, 0x00, 0xff}, color.NRGBA{0xa8, 0x4a, 0x00, 0xff}, triangle, dashes[1]},
	"KGZ": {color.NRGBA{0x00, 0x9e, 0x73, 0xff}, color.NRGBA{0x00, 0x70, 0x52, 0xff}, square, dashes[2]},
}

// The other countries of a study are grey, and every second one black; with each
// shape in both they are ten.
var spareShapes = []shape{diamond, star, pentagon, downTriangle, bar}

// look returns how a country is drawn; an absent country is an international
// body.
func (d *Data) look(country datasets.Opt[string]) look {
	if l, ok := countryLooks[country.V]; ok && country.OK {
		return l
	}
	l := look{color: midGrey, ink: grey, shape: halfDisc} // of one that is not compared
	others := 0
	free := slices.Clone(dashes)
	for _, c := range d.Study.Countries {
		if own, ok := countryLooks[c]; ok {
			free = slices.DeleteFunc(free, func(dash []vg.Length) bool { return slices.Equal(dash, own.dash) })
		}
	}
	for _, c := range d.Study.Countries {
		if _, own := countryLooks[c]; own {
			continue
		}
		if country.OK && c == country.V {
			l.shape, l.dash = spareShapes[others%len(spareShapes)], free[others%len(free)]
			l.color = color.NRGBA{0x73, 0x73, 0x73, 0xff}
			if others%2 == 1 {
				l.color, l.ink = black, black
			}
		}
		others++
	}
	return l
}

// rank orders countries as study.toml does, then other countries, then
// international bodies.
func (d *Data) rank(country datasets.Opt[string]) int {
	if i := slices.Index(d.Study.Countries, country.V); country.OK && i >= 0 {
		return i
	}
	if country.OK {
		return len(d.Study.Countries)
	}
	return len(d.Study.Countries) + 1
}

// CountryName returns the English name of a country by its ISO 3166-1 alpha-3
// code, or the code where it has none, as figures write it.
func CountryName(code string) string { return countryName(datasets.Some(code)) }

// countryName returns the English name of a country, or the code where it has
// none; an absent country is an international body.
func countryName(country datasets.Opt[string]) string {
	if !country.OK {
		return "international"
	}
	region, err := language.ParseRegion(country.V)
	if err != nil {
		return country.V
	}
	if name := display.English.Regions().Name(region); name != "" {
		return name
	}
	return country.V
}

// PlatformName returns the name of a platform as figures write it.
func PlatformName(p string) string { return platformName(p) }

func platformName(p string) string {
	switch p {
	case "x":
		return "X"
	case "linkedin":
		return "LinkedIn"
	case "youtube":
		return "YouTube"
	case "vk":
		return "VK"
	case "ok":
		return "OK"
	case "mymir":
		return "Moy Mir"
	case "tiktok":
		return "TikTok"
	case "":
		return ""
	}
	return strings.ToUpper(p[:1]) + p[1:]
}

// sourceName makes a source id readable: allamurodov_2023 is Allamurodov 2023.
func sourceName(id string) string {
	s := strings.ReplaceAll(id, "_", " ")
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// textWidth returns the width of text in points.
func textWidth(s string, t typeStyle) vg.Length { return vg.Length(ink.Width(s, t.size, t.bold)) }

func widest(texts []string, t typeStyle) vg.Length {
	w := vg.Length(0)
	for _, s := range texts {
		w = max(w, textWidth(s, t))
	}
	return w
}

// align says which end of a text is at the given place.
type align int

const (
	left align = iota
	centre
	right
)

// write sets a line of text with its baseline at y and returns its box.
func write(c vg.Canvas, s string, x, y vg.Length, a align, t typeStyle) vg.Rectangle {
	w := textWidth(s, t)
	x -= w * vg.Length(a) / 2
	c.SetColor(t.color)
	weight := xfont.WeightNormal
	if t.bold {
		weight = xfont.WeightBold
	}
	c.FillString(font.Face{Font: font.Font{Typeface: "Liberation", Variant: "Sans", Weight: weight, Size: vg.Length(t.size)}}, vg.Point{X: x, Y: y}, s)
	return vg.Rectangle{Min: vg.Point{X: x, Y: y - vg.Length(t.size*.21)}, Max: vg.Point{X: x + w, Y: y + vg.Length(t.size*.74)}}
}

// paragraph sets lines from the top edge y down and returns the lower edge.
func paragraph(c vg.Canvas, texts []string, x, y vg.Length, t typeStyle) vg.Length {
	for _, s := range texts {
		write(c, s, x, y-vg.Length(t.size*.95), left, t)
		y -= t.leading()
	}
	return y
}

func lines(texts []string, t typeStyle) vg.Length { return vg.Length(len(texts)) * t.leading() }

// wrap breaks text at ordinary spaces into lines no wider than w. A word that
// is wider is broken inside.
func wrap(s string, w vg.Length, t typeStyle) []string {
	var out []string
	line := ""
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r <= ' ' }) {
		for textWidth(word, t) > w {
			if line != "" {
				out, line = append(out, line), ""
			}
			cut := 0
			for i := range word {
				if i > 0 && textWidth(word[:i], t) > w {
					break
				}
				cut = i
			}
			if cut == 0 {
				break
			}
			out, word = append(out, word[:cut]), word[cut:]
		}
		switch {
		case line == "":
			line = word
		case textWidth(line+" "+word, t) <= w:
			line += " " + word
		default:
			out, line = append(out, line), word
		}
	}
	if line != "" {
		out = append(out, line)
	}
	return out
}

// wrapTo is wrap cut off after n lines, with an ellipsis where text is lost.
func wrapTo(s string, w vg.Length, n int, t typeStyle) []string {
	out := wrap(s, w, t)
	if len(out) <= n {
		return out
	}
	out = out[:n:n]
	out[n-1] = elide(out[n-1]+" …", w, t)
	return out
}

// elide shortens text to the width, with an ellipsis where something is lost.
func elide(s string, w vg.Length, t typeStyle) string {
	if textWidth(s, t) <= w {
		return s
	}
	r := []rune(strings.TrimSuffix(s, "…"))
	for len(r) > 0 && textWidth(strings.TrimRight(string(r), " ,;.:")+"…", t) > w {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ,;.:") + "…"
}

func fillRect(c vg.Canvas, x0, y0, x1, y1 vg.Length, col color.Color) {
	c.SetColor(col)
	c.Fill(vg.Rectangle{Min: vg.Point{X: x0, Y: y0}, Max: vg.Point{X: x1, Y: y1}}.Path())
}

func strokeLine(c vg.Canvas, x0, y0, x1, y1, width vg.Length, col color.Color) {
	c.SetColor(col)
	c.SetLineWidth(width)
	c.SetLineDash(nil, 0)
	var p vg.Path
	p.Move(vg.Point{X: x0, Y: y0})
	p.Line(vg.Point{X: x1, Y: y1})
	c.Stroke(p)
}

func crop(c draw.Canvas, left, right, bottom, top vg.Length) draw.Canvas {
	return draw.Crop(c, left, -right, bottom, -top)
}
