package ink

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/xml"
	"flag"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// letters are those of Kazakh, Kyrgyz and Uzbek that common fonts lack, the
// letter of Uzbek in Latin script, and what figures need beside them.
const letters = "ҚҒҢҮҰӨҺІӘқғңүұөһіә ўқғҳЎҲ Oʻzbekiston gʻ ҢҮӨ – − × ≥ № é"

// sample is a page with every kind of mark.
func sample() *Drawing {
	d := New(200, 100)
	d.Title, d.Alt = "Қазақстан <1>", "A sample & more"
	write := func(s string, x, y vg.Length, bold bool) {
		w := xfont.WeightNormal
		if bold {
			w = xfont.WeightBold
		}
		d.FillString(font.Face{Font: font.Font{Weight: w, Size: 8}}, vg.Point{X: x, Y: y}, s)
	}
	write("Қазақстан "+letters, 5, 80, false)
	write("Кыргыз Республикасы & Өзбекстан", 5, 65, true)
	d.Push()
	d.Translate(vg.Point{X: 20, Y: 10})
	d.Rotate(math.Pi / 2)
	write("upright", 0, 0, false)
	d.Pop()
	var p vg.Path
	p.Move(vg.Point{X: 60, Y: 30})
	p.Arc(vg.Point{X: 50, Y: 30}, 10, 0, 2*math.Pi)
	p.Close()
	d.Fill(p)
	d.SetLineDash([]vg.Length{2, 1}, 0)
	d.Stroke(vg.Rectangle{Min: vg.Point{X: 80, Y: 20}, Max: vg.Point{X: 120, Y: 40}}.Path())
	return d
}

func all(t testing.TB, d *Drawing) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, write := range map[string]func(*bytes.Buffer) error{
		"svg": func(b *bytes.Buffer) error { return d.WriteSVG(b) },
		"pdf": func(b *bytes.Buffer) error { return d.WritePDF(b) },
		"png": func(b *bytes.Buffer) error { return d.WritePNG(b, 300) },
	} {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = b.Bytes()
	}
	return out
}

var child = flag.Bool("child", false, "print the hashes of the sample, for TestSameBytes")

func hashes(t testing.TB) string {
	files := all(t, sample())
	return fmt.Sprintf("%x %x %x", sha256.Sum256(files["svg"]), sha256.Sum256(files["pdf"]), sha256.Sum256(files["png"]))
}

// TestSameBytes draws the same page in processes of their own: maps are
// ordered anew in each.
func TestSameBytes(t *testing.T) {
	want := hashes(t)
	if *child {
		fmt.Println("hashes", want)
		return
	}
	if got := hashes(t); got != want {
		t.Fatalf("second time: got %s, want %s", got, want)
	}
	for range 4 {
		out, err := exec.Command(os.Args[0], "-test.run=^TestSameBytes$", "-child").Output()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(out), "hashes "+want+"\n") {
			t.Fatalf("another process: got %s, want %s", out, want)
		}
	}
}

func TestLetters(t *testing.T) {
	for _, r := range letters {
		if !Has(r) {
			t.Errorf("the typeface has no %q", r)
		}
	}
	if Has('漢') {
		t.Error("the typeface claims a letter that it does not have")
	}
}

// TestSVG reads the SVG back: well-formed, described, and its fonts have the
// letters of the text with the widths of the whole font.
func TestSVG(t *testing.T) {
	svg := all(t, sample())["svg"]
	dec := xml.NewDecoder(bytes.NewReader(svg))
	texts := map[string][]string{}
	name := ""
	for {
		tok, err := dec.Token()
		if tok == nil {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			name = e.Name.Local
		case xml.CharData:
			texts[name] = append(texts[name], string(e))
		case xml.EndElement:
			name = ""
		}
	}
	if got := texts["title"]; len(got) != 1 || got[0] != "Қазақстан <1>" {
		t.Errorf("title: got %q", got)
	}
	if got := texts["desc"]; len(got) != 1 || got[0] != "A sample & more" {
		t.Errorf("desc: got %q", got)
	}
	if got := texts["text"]; len(got) != 3 || !strings.HasPrefix(got[0], "Қазақстан") {
		t.Errorf("texts: got %q", got)
	}
	fonts := regexp.MustCompile(`base64,([^)]*)\)`).FindAllSubmatch(svg, -1)
	if len(fonts) != 2 {
		t.Fatalf("got %d fonts, want 2", len(fonts))
	}
	for i, m := range fonts {
		data, err := base64.StdEncoding.DecodeString(string(m[1]))
		if err != nil {
			t.Fatal(err)
		}
		checkSubset(t, data, i == 1, texts["text"][i])
	}
	if len(svg) > 60_000 {
		t.Errorf("the SVG has %d bytes: the fonts are not subsets", len(svg))
	}
}

// checkSubset compares a subset with the whole font, letter by letter: widths
// and outlines.
func checkSubset(t *testing.T, data []byte, isBold bool, text string) {
	t.Helper()
	if len(data)%4 != 0 || checksum(data) != 0xB1B0AFBA {
		t.Error("the checksum of the font is wrong")
	}
	got, err := sfnt.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	want := face(isBold)
	var a, b sfnt.Buffer
	for _, r := range text {
		g, err := got.GlyphIndex(&a, r)
		if err != nil || g == 0 {
			t.Fatalf("subset has no %q: %v", r, err)
		}
		w, err := got.GlyphAdvance(&a, g, want.em, xfont.HintingNone)
		if err != nil || w != want.advance(&b, want.glyph(&b, r)) {
			t.Errorf("%q: width %v, want %v (%v)", r, w, want.advance(&b, want.glyph(&b, r)), err)
		}
		gs, err := got.LoadGlyph(&a, g, want.em, nil)
		if err != nil {
			t.Fatalf("%q: %v", r, err)
		}
		ws, err := want.font.LoadGlyph(&b, want.glyph(&b, r), want.em, nil)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(gs) != fmt.Sprint(ws) {
			t.Errorf("%q: the outline differs", r)
		}
	}
	if g, _ := got.GlyphIndex(&a, 'ж'); g != 0 {
		t.Error("the subset has a letter that the text does not")
	}
}

// TestPDF searches the PDF with pdftotext, where it is installed.
func TestPDF(t *testing.T) {
	pdf := all(t, sample())["pdf"]
	for _, bad := range []string{"Producer", "FPDF"} {
		if bytes.Contains(pdf, []byte(bad)) {
			t.Errorf("the PDF names its %s", bad)
		}
	}
	if !bytes.Contains(pdf, []byte("D:20000101000000")) {
		t.Error("the PDF has another date than the constant one")
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: the text of the PDF was not searched")
	}
	cmd := exec.Command(tool, "-", "-")
	cmd.Stdin = bytes.NewReader(pdf)
	text, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Қазақстан", "Кыргыз Республикасы & Өзбекстан", "ўқғҳ", "Oʻzbekiston"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("searching the PDF for %q finds nothing in %q", want, text)
		}
	}
}

// TestPNG checks size, resolution and that ink is where it was put.
func TestPNG(t *testing.T) {
	data := all(t, sample())["png"]
	// 300 dots per inch are 11811 per metre (PNG specification, chunk pHYs).
	if !bytes.Contains(data, []byte("pHYs\x00\x00\x2e\x23\x00\x00\x2e\x23\x01")) {
		t.Error("the PNG does not state 300 dots per inch")
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := img.Bounds().Size(); got.X != 833 || got.Y != 417 { // 200 and 100 points
		t.Errorf("size %v, want 833 x 417", got)
	}
	at := func(x, y float64) uint32 {
		r, _, _, _ := img.At(int(x*300/72), int((100-y)*300/72)).RGBA()
		return r >> 8
	}
	if at(50, 30) != 0 || at(65, 30) != 255 {
		t.Error("the disc is not where it was drawn")
	}
}

// TestWidth compares a width with the advances in the font's own table: a
// figure of Liberation Sans is 1139 units of 2048 wide (hmtx of version 2.1).
func TestWidth(t *testing.T) {
	if got, want := Width("0123", 10, false), 4*1139./2048*10; math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestTransforms checks where a rotated and scaled text lands.
func TestTransforms(t *testing.T) {
	d := New(100, 100)
	d.Translate(vg.Point{X: 50, Y: 10})
	d.Scale(2, 2)
	d.Rotate(math.Pi / 2)
	d.FillString(font.Face{Font: font.Font{Size: 4}}, vg.Point{X: 10, Y: 0}, "a \t\n b")
	got := d.Texts()[0]
	if math.Abs(got.X-50) > 1e-9 || math.Abs(got.Y-30) > 1e-9 || math.Abs(got.Angle-math.Pi/2) > 1e-9 || math.Abs(got.Size-8) > 1e-9 || got.String != "a b" {
		t.Errorf("got %+v", got)
	}
}

// Names of accounts hold anything that people type: every format draws what the
// typeface does not have, and none panics.
func TestLettersOfAnyPlane(t *testing.T) {
	d := New(200, 40)
	d.FillString(font.Face{Font: font.Font{Size: 8}}, vg.Point{X: 5, Y: 20}, "MFA \U0001F1F0\U0001F1FF \U00010000 \U0010FFFF حركة \uFFFF")
	for name, write := range map[string]func(io.Writer) error{"svg": d.WriteSVG, "pdf": d.WritePDF, "png": func(w io.Writer) error { return d.WritePNG(w, 100) }} {
		var b bytes.Buffer
		if err := write(&b); err != nil || b.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", name, b.Len(), err)
		}
	}
}

// TestSubsetOfBrokenFont cuts a font off everywhere near its tables: an error,
// never a panic.
func TestSubsetOfBrokenFont(t *testing.T) {
	whole := regular()
	for _, n := range []int{0, 4, 11, 100, 300, 1000, len(whole.ttf) / 2} {
		broken := &typeface{ttf: whole.ttf[:n], font: whole.font, em: whole.em}
		if _, err := subset(broken, map[rune]bool{'ж': true}); err == nil {
			t.Errorf("a font of %d bytes gives no error", n)
		}
	}
}
