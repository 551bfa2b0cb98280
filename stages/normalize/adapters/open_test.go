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
	if _, err := Open(filepath.Join(t.TempDir(), "none"), "", ""); err == nil || strings.Contains(err.Error(), t.TempDir()) {
		t.Errorf("got %v", err)
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

// book writes a workbook.
func book(t testing.TB, fill func(f *excelize.File)) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	file := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestWorkbook(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		style := func(code string) int {
			id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			if err != nil {
				t.Fatal(err)
			}
			return id
		}
		builtin, _ := f.NewStyle(&excelize.Style{NumFmt: 17})
		for i, c := range []struct {
			value any
			style int
		}{
			{"text", 0}, {"  kept \"quotes\", and\ntwo lines", 0}, {12400, 0}, {12400.0, style("# ##0")}, {0.1 + 0.2, 0}, {50.8, style(`0.0"K"`)},
			{45322, style("yyyy-mm-dd")}, {45322, style("DD.MM.YYYY")}, {45322.395833333336, style("dd.mm.yyyy hh:mm")}, {45322, style(`[$-419]mmmm\ yyyy;@`)}, {45322, builtin},
			{0.395833333333333, style("h:mm")}, {45322, style("yyyy-mm-dd hh:mm")}, {true, 0}, {1234567890123456789, 0}, {123456789012345, 0}, {-1.5, style("#,##0.00;[Red]-#,##0.00")},
			{45322, style(`"d"0`)}, {nil, 0}, {"end", 0},
		} {
			cell, _ := excelize.CoordinatesToCellName(1+i%5, 1+i/5)
			f.SetCellValue("Sheet1", cell, c.value)
			if c.style != 0 {
				f.SetCellStyle("Sheet1", cell, cell, c.style)
			}
		}
		f.SetCellRichText("Sheet1", "A6", []excelize.RichTextRun{{Text: "rich "}, {Text: "text", Font: &excelize.Font{Bold: true}}})
		f.SetCellValue("Sheet1", "B9", "after two empty rows")
		f.NewSheet("лист 2")
		f.SetCellStr("лист 2", "A1", "other")
		f.NewSheet("hidden")
		f.SetSheetVisible("hidden", false)
	})
	want := "text,\"  kept \"\"quotes\"\", and\ntwo lines\",12400,12400,0.3\n" +
		"50.8,2024-01-31,2024-01-31,2024-01-31T09:30:00,2024-01-31\n" +
		"2024-01-31,09:30:00,2024-01-31T00:00:00,true,1.2345678901234568E+18\n" +
		"123456789012345,-1.5,45322,,end\n\nrich text,,,,\n\n\n,after two empty rows,,,\n"
	got, name, err := readAll(file, "", "")
	if err != nil || got != want || name != "book.xlsx" {
		t.Errorf("%s, %v:\n%q\nwant\n%q", name, err, got, want)
	}
	if got, _, err := readAll(file, "", "лист 2"); got != "other\n" || err != nil {
		t.Errorf("the second sheet: %q, %v", got, err)
	}
	if _, err := Open(file, "", "Лист"); err == nil || err.Error() != `the workbook has no sheet "Лист"; it has Sheet1, лист 2, hidden` {
		t.Errorf("got %v", err)
	}
	in, err := Open(file, "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	io.Copy(io.Discard, in)
	// The first row has two lines.
	for line, row := range map[int64]int64{1: 1, 3: 2, 4: 3, 5: 4, 7: 6, 10: 9} {
		if in.Row(line) != row {
			t.Errorf("line %d is row %d, want %d", line, in.Row(line), row)
		}
	}
}

// A workbook that is cut or damaged anywhere is refused or ends in an error.
func TestWorkbookDamaged(t *testing.T) {
	data, err := os.ReadFile(book(t, func(f *excelize.File) {
		for i := range 300 {
			f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &[]any{"mfa_one", i, 0.5 + float64(i), "text " + fmt.Sprint(i*i)})
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	whole, _, err := readAll(write(t, "a.xlsx", data), "", "")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if _, _, err := readAll(write(t, "a.xlsx", data[:len(data)*i/40]), "", ""); i > 0 && err == nil {
			t.Errorf("cut at %d/40: no error", i)
		}
		bad := bytes.Clone(data)
		bad[len(data)*i/40+10] ^= 0xff
		if got, _, err := readAll(write(t, "a.xlsx", bad), "", ""); err == nil && got != whole {
			t.Errorf("a changed byte at %d/40 changes the text and is not noticed", i)
		}
	}
}

// The templates and every other adapter of delimited text read workbooks.
func TestWorkbookThroughAdapter(t *testing.T) {
	file := book(t, func(f *excelize.File) {
		f.SetSheetRow("Sheet1", "A1", &[]any{"platform", "handle", "observed_at", "followers", "locator"})
		f.SetSheetRow("Sheet1", "A2", &[]any{"x", "mfa_one", "2024-01-31", "50.8K", "two\nlines"})
		f.SetSheetRow("Sheet1", "A4", &[]any{"x", "mfa_two", "2024-01-31", 12400})
	})
	in, err := Open(file, "", "")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if !AccountSnapshotsCSV.Detect(in.Head, in.Name) {
		t.Error("not detected")
	}
	b, err := AccountSnapshotsCSV.Read(context.Background(), in, File{Name: in.Name}, 1)
	if err != nil || len(b.Snapshots) != 2 || b.Snapshots[0].Row.Locator.V != "two\nlines" {
		t.Fatalf("%+v, %v", b, err)
	}
	if line := b.Snapshots[1].Line; line != 5 || in.Row(line) != 4 {
		t.Errorf("line %d, row %d", line, in.Row(line))
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
