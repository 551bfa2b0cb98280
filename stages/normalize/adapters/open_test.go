package adapters

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"diplometrics/datasets"
)

// write puts bytes into a file of a new folder.
func write(t testing.TB, name string, data []byte) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

// readAll opens and reads a file.
func readAll(file, encoding, sheet string) (text, name string, err error) {
	in, err := Open(file, encoding, sheet)
	if err != nil {
		return "", "", err
	}
	defer in.Close()
	b, err := io.ReadAll(in)
	if head := string(in.Head); !strings.HasPrefix(string(b), head) || len(head) < min(len(b), headBytes) {
		return "", "", fmt.Errorf("the head %.80q is not the start of the text", head)
	}
	return string(b), in.Name, err
}

func packed(t testing.TB, kind, name string, data []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	var w io.WriteCloser
	var err error
	switch kind {
	case "gz":
		w = gzip.NewWriter(&out)
	case "xz":
		w, err = xz.NewWriter(&out)
	case "zst":
		w, err = zstd.NewWriter(&out, zstd.WithEncoderConcurrency(1))
	case "zip":
		z := zip.NewWriter(&out)
		z.Create("folder/")
		z.Create("__MACOSX/._" + name)
		f, err := z.Create("folder/" + name)
		if err == nil {
			_, err = f.Write(data)
		}
		if err := errors.Join(err, z.Close()); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	if err == nil {
		_, err = w.Write(data)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// varied is text that compresses badly, so that cuts fall inside.
func varied(lines int) string {
	var out strings.Builder
	x := uint64(88172645463325252)
	for i := range lines {
		x ^= x << 13
		x ^= x >> 7
		x ^= x << 17
		fmt.Fprintf(&out, "{\"n\":%d,\"text\":\"%x %x Сообщение\"}\n", i, x, x*31)
	}
	return out.String()
}

func TestOpenCompressed(t *testing.T) {
	text := varied(5000)
	for _, kind := range []string{"gz", "xz", "zst", "zip"} {
		file := write(t, "posts.jsonl."+kind, packed(t, kind, "posts.jsonl", []byte(text)))
		got, name, err := readAll(file, "", "")
		if err != nil || got != text || name != "posts.jsonl" {
			t.Errorf("%s: %d bytes of %s, %v", kind, len(got), name, err)
		}
	}
	// Two gzip streams one after the other are one text.
	twice := append(packed(t, "gz", "", []byte("a\n")), packed(t, "gz", "", []byte("b\n"))...)
	if got, _, err := readAll(write(t, "a.gz", twice), "", ""); got != "a\nb\n" || err != nil {
		t.Errorf("two streams: %q, %v", got, err)
	}
	// A compressed file in an archive.
	inner := packed(t, "zip", "posts.jsonl.gz", packed(t, "gz", "", []byte(text)))
	if got, name, err := readAll(write(t, "a.zip", inner), "", ""); got != text || name != "posts.jsonl" || err != nil {
		t.Errorf("gzip in zip: %d bytes of %s, %v", len(got), name, err)
	}
}

// A stream that is cut gives what was readable, then an error, or nothing and
// a reason: never a short success.
func TestOpenCut(t *testing.T) {
	text := varied(3000)
	for _, kind := range []string{"gz", "xz", "zst", "zip"} {
		data := packed(t, kind, "posts.jsonl", []byte(text))
		most := 0
		for i := range 60 {
			n := len(data) * i / 60
			got, _, err := readAll(write(t, "a."+kind, data[:n]), "", "")
			if n > 0 && err == nil {
				t.Errorf("%s cut at %d of %d: %d bytes and no error", kind, n, len(data), len(got))
			}
			if !strings.HasPrefix(text, got) {
				t.Errorf("%s cut at %d: not a prefix", kind, n)
			}
			most = max(most, len(got))
		}
		if most < len(text)/2 {
			t.Errorf("%s: at most %d of %d bytes were readable", kind, most, len(text))
		}
	}
}

// An xz stream of several blocks that is cut, between two blocks too, does not
// pass for whole; nor does one that is shorter than what Detect sees.
func TestOpenCutXZ(t *testing.T) {
	text := varied(30)
	var out bytes.Buffer
	w, err := xz.WriterConfig{DictCap: 4096, BlockSize: 800}.NewWriter(&out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(text)); errors.Join(err, w.Close()) != nil {
		t.Fatal(err)
	}
	data := out.Bytes()
	for _, padding := range []string{"", "\x00\x00\x00\x00"} {
		if got, _, err := readAll(write(t, "a.xz", append(bytes.Clone(data), padding...)), "", ""); got != text || err != nil {
			t.Errorf("whole with padding %q: %d bytes, %v", padding, len(got), err)
		}
	}
	for n := 6; n < len(data); n++ {
		got, _, err := readAll(write(t, "a.xz", data[:n]), "", "")
		if err == nil || !strings.HasPrefix(text, got) {
			t.Fatalf("cut at %d of %d: %d of %d bytes and no error", n, len(data), len(got), len(text))
		}
	}
}

func TestOpenEncodings(t *testing.T) {
	text := "platform;handle;text\nx;mfa_one;Қазақстан, «Сыртқы істер»\n"
	russian := "platform;handle;text\nx;mfa_one;Министерство иностранных дел сообщает\n"
	encode := func(e interface{ String(string) (string, error) }, s string) []byte {
		b, err := e.String(s)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(b)
	}
	le, be := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder(), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder()
	for _, c := range []struct {
		name, encoding, want string
		data                 []byte
	}{
		{"plain", "", text, []byte(text)},
		{"utf-8 said", "utf-8", text, []byte(text)},
		{"byte order mark", "", text, []byte("\xef\xbb\xbf" + text)},
		{"UTF-16 LE", "", text, append([]byte("\xff\xfe"), encode(le, text)...)},
		{"UTF-16 BE", "", text, append([]byte("\xfe\xff"), encode(be, text)...)},
		{"UTF-16 LE without mark", "", text, encode(le, text)},
		{"UTF-16 BE without mark", "", text, encode(be, text)},
		{"UTF-16 LE said", "utf-16le", text, encode(le, text)},
		{"windows-1251", "windows-1251", russian, encode(charmap.Windows1251.NewEncoder(), russian)},
		{"koi8-r", "koi8-r", russian, encode(charmap.KOI8R.NewEncoder(), russian)},
		{"mark wins", "windows-1251", text, []byte("\xef\xbb\xbf" + text)},
		{"empty", "", "", nil},
		{"one wrong byte", "", text + "\xff\n", []byte(text + "\xff\n")},
	} {
		got, _, err := readAll(write(t, "a.csv", c.data), c.encoding, "")
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v", c.name, got, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	two := func(names ...string) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, n := range names {
			z.Create(n)
		}
		z.Close()
		return out.Bytes()
	}
	cp1251, _ := charmap.Windows1251.NewEncoder().String("handle;text\nmfa_one;Министерство иностранных дел\n")
	for _, c := range []struct{ data, encoding, want string }{
		{cp1251, "", `encoding = "windows-1251"`},
		{"text;Қазақстан", "windows-1251", "the file is UTF-8; remove the encoding"},
		{"a", "klingon", "not known"},
		{string(two("a.csv", "b.csv")), "", "an archive of 2 files (a.csv, b.csv)"},
		{string(two()), "", "an archive without files"},
		{string(two("[Content_Types].xml", "word/document.xml")), "", "a Word document"},
		{string(two("mimetype", "content.xml")), "", "an OpenDocument file"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "", "old kind (.xls)"},
		{"%PDF-1.7", "", "a PDF"},
		{"\x89PNG\r\n\x1a\n", "", "a picture"},
		{"PAR1....", "", "a Parquet file"},
		{"\n <!DOCTYPE html><html>", "", "a web page (HTML)"},
		{"\x00\x01\x00\x00\x00\x00\x00\x00\x00", "", "no text"},
		{"PK\x03\x04garbage", "", "damaged archive"},
		{"\x1f\x8b", "", "nothing of it can be read"},
	} {
		_, err := Open(write(t, "a", []byte(c.data)), c.encoding, "")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: got %v, want %s", c.data, err, c.want)
		}
	}
	if got, _, err := readAll(write(t, "a", []byte("\xff\xfea\x00b")), "", ""); got != "a" || err == nil || !strings.Contains(err.Error(), "inside a character") {
		t.Errorf("UTF-16 that is cut inside a character: %q, %v", got, err)
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none"), "", ""); err == nil || strings.Contains(err.Error(), t.TempDir()) {
		t.Errorf("got %v", err)
	}
}

// A file that unpacks to anything is refused early, in one layer or in several,
// also where a record that it would cut hides the error; so is a workbook. One
// that unpacks to much, and is large itself, is read.
func TestOpenExpanded(t *testing.T) {
	const blocks = 3 * expandFrom / 2 >> 20
	spaces := bytes.Repeat([]byte{' '}, 1<<20)
	// many is some text and then a block many times, as many streams that are one text.
	many := func(kind, text string, block []byte) []byte {
		return append(packed(t, kind, "", []byte(text)), bytes.Repeat(packed(t, kind, "", block), blocks)...)
	}
	post := `{"id": "1700000000000000002", "author_id": "11", "text": "Whole"}` + "\n"
	for _, c := range []struct {
		name string
		data []byte
		want string // of the error
	}{
		{"gzip", many("gz", "", spaces), "refused"},
		{"zstd", many("zst", "", spaces), "refused"},
		{"zip", packed(t, "zip", "a.jsonl", bytes.Repeat(spaces, blocks)), "refused"},
		{"gzip in gzip", packed(t, "gz", "", many("gz", "", spaces)), "refused"},
		{"gzip in zip", packed(t, "zip", "a.jsonl.gz", many("gz", "", spaces)), "refused"},
		{"after posts", many("gz", post+post, spaces), "refused"},
		{"inside a text", many("gz", post+`{"text":"`, spaces), "refused"},
		{"inside a list", many("gz", post+`{"data":[`, bytes.Repeat([]byte("0,"), 1<<19)), "refused"},
		{"after much that is no bomb", many("gz", post+post+varied(20_000), spaces), ""},
	} {
		in, err := Open(write(t, "a", c.data), "", "")
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		peak := peakOf(func() {
			if c.name == "zstd" || c.name == "zip" || strings.Contains(c.name, "gzip") {
				_, err = io.Copy(io.Discard, in)
				return
			}
			var b *Batch
			if b, err = XV2.Read(context.Background(), in, File{Observed: datasets.Some(datasets.Micros(1_700_000_000_000_000))}, 2); err == nil {
				fmt.Fprint(&out, len(b.Posts))
			}
		})
		in.Close()
		var refused *Refused
		switch {
		case peak > longPeak:
			t.Errorf("%s: %d MiB of memory", c.name, peak>>20)
		case c.want == "" && (err != nil || out.String() != "2"):
			t.Errorf("%s: %s posts, %v", c.name, out.String(), err)
		case c.want != "" && (!errors.As(err, &refused) || !strings.Contains(err.Error(), "more than 64 MiB and more than 250 times its size")):
			t.Errorf("%s: %v", c.name, err)
		}
	}
	long := string(spaces)
	for name, c := range map[string][2][]string{
		"rows":              {{strings.Repeat(`<row><c><v>1</v>`+long+`</c></row>`, blocks)}, nil},
		"rows of one width": {{`<row><c r="XFD1"><v>1</v></c></row>`, strings.Repeat(`<row><c><v>1</v></c></row>`, expandFrom/maxColumns*2)}, nil},
		"parts of no text":  {nil, []string{strings.Repeat("<a>"+long+"</a>", blocks)}},
	} {
		in, err := Open(workbook(t, c[0], c[1]), "", "")
		if err == nil {
			_, err = io.Copy(io.Discard, in)
			in.Close()
		}
		var refused *Refused
		if !errors.As(err, &refused) || !strings.Contains(err.Error(), "it unpacks to more than 64 MiB") {
			t.Errorf("workbook of %s: %v", name, err)
		}
	}
}

// What expands to a thousand times its size is read without being held.
func TestOpenBomb(t *testing.T) {
	data := packed(t, "gz", "", bytes.Repeat([]byte{' '}, 64<<20))
	in, err := Open(write(t, "a.gz", data), "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if n, err := io.Copy(io.Discard, in); n != 64<<20 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	// The head of a stream that asks for a dictionary of 4 GiB.
	large := packed(t, "xz", "", []byte("text"))
	if n := xzDictionary(large); n != 8<<20 {
		t.Errorf("dictionary of %d bytes, want the 8 MiB that the writer uses", n)
	}
	large[16] = 40
	if _, err := Open(write(t, "a.xz", large), "", ""); err == nil || !strings.Contains(err.Error(), "of memory") {
		t.Errorf("got %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n"), "")
	f.Add(packed(f, "gz", "", []byte("a,b\n1,2\n")), "")
	f.Add(packed(f, "xz", "", []byte("a,b\n1,2\n")), "")
	f.Add(packed(f, "zst", "", []byte("a,b\n1,2\n")), "")
	f.Add(packed(f, "zip", "a.csv", []byte("a,b\n1,2\n")), "windows-1251")
	data, err := os.ReadFile(book(f, func(x *excelize.File) { x.SetSheetRow("Sheet1", "A1", &[]any{"a", 1, 2.5, true}) }))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data, "")
	for _, kind := range []string{"gz", "xz", "zst", "zip"} { // cut in the last bytes, which hold no text
		whole := packed(f, kind, "a.csv", []byte("a,b\n1,2\n"))
		f.Add(whole[:len(whole)-3], "")
	}
	if data, err = os.ReadFile("testdata/compressed/posts.jsonl.bz2"); err != nil {
		f.Fatal(err)
	}
	f.Add(data, "")
	f.Fuzz(func(t *testing.T, data []byte, encoding string) {
		in, err := Open(write(t, "a", data), encoding, "")
		if err != nil {
			return
		}
		defer in.Close()
		io.Copy(io.Discard, io.LimitReader(in, 64<<20))
		in.Row(5)
	})
}
