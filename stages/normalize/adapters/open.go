package adapters

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"diplometrics/datasets"
)

// headBytes is how much of a text Detect sees.
const headBytes = 64 << 10

// maxDictionary bounds what a compressed stream may ask a reader to remember.
const maxDictionary = 256 << 20

// Input is a raw file, read as text: decompressed, in UTF-8, without a byte
// order mark. A sheet of an XLSX workbook is the text of a comma-separated file
// with the same rows. It is not for several goroutines at once.
type Input struct {
	Name string // base name, without the ending of a compression; of a zip archive that of its one member
	Head []byte // the first 64 KiB of the text, for Detect

	text  *bufio.Reader
	sheet *sheet // nil where the file is no workbook
	close []io.Closer
}

// Open opens a raw file: plain, or compressed by gzip, xz, zstd, bzip2 or zip
// (an archive of one file). Text is UTF-8, or UTF-16 with or without a byte
// order mark, or of the named encoding, such as windows-1251, where one is
// given; a byte order mark wins over that. Of a workbook the named sheet is
// read, the first visible one where the name is empty.
//
// What was readable of a stream that is cut short or damaged comes first, then
// an error. Bytes that are not UTF-8 stay as they are: who cuts records rejects
// those. *Refused says what the file is instead of data. Memory is bounded
// however much the file expands to, except by the texts of a workbook.
func Open(file, encoding, sheetName string) (*Input, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, cannotRead(err)
	}
	in := &Input{Name: filepath.Base(file), close: []io.Closer{f}}
	if err := in.open(f, encoding, sheetName); err != nil {
		in.Close()
		return nil, err
	}
	return in, nil
}

// Read reads the text.
func (in *Input) Read(p []byte) (int, error) { return in.text.Read(p) }

// Close closes the file.
func (in *Input) Close() error {
	var err error
	for _, c := range in.close {
		err = errors.Join(err, c.Close())
	}
	return err
}

// Row returns the row of a workbook's sheet that starts on a line of the text
// which was read already. Of other files it is the line itself.
func (in *Input) Row(line int64) int64 {
	if in.sheet == nil {
		return line
	}
	return in.sheet.row(line)
}

func (in *Input) open(f *os.File, encoding, sheetName string) error {
	var r io.Reader = f
	for layer := 0; ; layer++ {
		b := bufio.NewReaderSize(r, headBytes)
		magic, err := b.Peek(8)
		if err != nil && !errors.Is(err, io.EOF) && len(magic) == 0 {
			if layer == 0 {
				return cannotRead(err)
			}
			return &Refused{Reason: fmt.Sprintf("nothing of it can be read: %v; copy or download it again", err)}
		}
		if reason := foreign(magic); reason != "" {
			return &Refused{Reason: reason}
		}
		if bytes.HasPrefix(magic, []byte("PK")) && (bytes.HasPrefix(magic[2:], []byte{3, 4}) || bytes.HasPrefix(magic[2:], []byte{5, 6})) {
			if layer > 0 {
				return &Refused{Reason: "a zip archive or workbook inside another compressed file; unpack the outer one"}
			}
			if r, err = in.unzip(f, sheetName); err != nil {
				return err
			}
			if in.sheet != nil {
				return in.peek(bufio.NewReaderSize(r, headBytes))
			}
			continue
		}
		next, err := in.decompress(b, magic)
		if err != nil {
			return &Refused{Reason: fmt.Sprintf("nothing of it can be read: %v; copy or download it again", err)}
		}
		if next == nil || layer > 2 {
			return in.decode(b, encoding)
		}
		r = next
	}
}

// foreign names what the first bytes of a file that holds no records say it is.
func foreign(magic []byte) string {
	for _, f := range []struct{ magic, reason string }{
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of the old kind (.xls) or one with a password; open it and save it as XLSX without a password, or as CSV"},
		{"%PDF", "a PDF; copy its numbers into a sheet (diplometrics template snapshots)"},
		{"PAR1", "a Parquet file; export it as CSV or JSON lines"},
		{"SQLite f", "an SQLite database; export the table of posts as CSV"},
		{"Rar!", "a RAR archive; unpack it and name the files in it"},
		{"7z\xbc\xaf", "a 7z archive; unpack it and name the files in it"},
		{"\x89PNG", "a picture; note its numbers in a sheet (diplometrics template snapshots)"},
		{"\xff\xd8\xff", "a picture; note its numbers in a sheet (diplometrics template snapshots)"},
		{"\xff\xfe\x00\x00", "text in UTF-32, which is not read; save it as UTF-8"},
	} {
		if bytes.HasPrefix(magic, []byte(f.magic)) {
			return f.reason
		}
	}
	return ""
}

// decompress returns the stream below, or nil where there is none.
func (in *Input) decompress(b *bufio.Reader, magic []byte) (io.Reader, error) {
	is := func(m string) bool { return bytes.HasPrefix(magic, []byte(m)) }
	switch {
	case is("\x1f\x8b"):
		in.Name = cutEnding(in.Name, ".gz", ".gzip")
		g, err := gzip.NewReader(b)
		return damaged{g, "gzip"}, err
	case is("\x28\xb5\x2f\xfd") || len(magic) > 3 && magic[0]&0xf0 == 0x50 && string(magic[1:4]) == "\x2a\x4d\x18":
		in.Name = cutEnding(in.Name, ".zst", ".zstd")
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxDictionary))
		if err != nil {
			return nil, err
		}
		in.close = append(in.close, z.IOReadCloser())
		return damaged{z, "zstd"}, nil
	case is("\xfd7zXZ\x00"):
		in.Name = cutEnding(in.Name, ".xz")
		head, _ := b.Peek(64)
		if n := xzDictionary(head); n > maxDictionary {
			return nil, fmt.Errorf("its compression needs %d MiB of memory", n>>20)
		}
		x, err := xz.NewReader(b)
		return damaged{x, "xz"}, err
	case is("BZh"):
		in.Name = cutEnding(in.Name, ".bz2")
		return damaged{bzip2.NewReader(b), "bzip2"}, nil
	}
	return nil, nil
}

// damaged says which compression an error comes from.
type damaged struct {
	r    io.Reader
	kind string
}

func (d damaged) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	switch {
	case err == nil || err == io.EOF:
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("the %s stream is cut short: %w", d.kind, err)
	default:
		err = fmt.Errorf("the %s stream is damaged: %w", d.kind, err)
	}
	return n, err
}

func cutEnding(name string, endings ...string) string {
	for _, e := range endings {
		if len(name) > len(e) && strings.EqualFold(name[len(name)-len(e):], e) {
			return name[:len(name)-len(e)]
		}
	}
	return name
}

// xzDictionary returns the size of the dictionary that the first block of an
// xz stream asks for, 0 where its head does not tell. The reader allocates it
// before it reads. (The .xz file format, 3.1 and 5.3.1.)
func xzDictionary(head []byte) int64 {
	if len(head) < 16 {
		return 0
	}
	flags, rest := head[13], head[14:]
	vli := func() (v uint64) {
		v, n := binary.Uvarint(rest)
		rest = rest[max(n, 0):]
		return v
	}
	for _, bit := range []byte{0x40, 0x80} {
		if flags&bit != 0 {
			vli()
		}
	}
	for range flags&3 + 1 {
		id, size := vli(), vli()
		if size > uint64(len(rest)) {
			return 0
		}
		if id == 0x21 && size == 1 {
			bits := rest[0] & 0x3f
			return (2 | int64(bits&1)) << (bits/2 + 11)
		}
		rest = rest[size:]
	}
	return 0
}

// unzip returns the one file of an archive, or the text of a workbook's sheet.
func (in *Input) unzip(f *os.File, sheetName string) (io.Reader, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, cannotRead(err)
	}
	z, err := zip.NewReader(f, info.Size())
	if err != nil {
		return in.unzipCut(f, err)
	}
	var members []*zip.File
	for _, m := range z.File {
		switch {
		case m.Name == "xl/workbook.xml" || m.Name == "xl/workbook.bin":
			if in.sheet, err = openSheet(z, sheetName); err != nil {
				return nil, err
			}
			return in.sheet, nil
		case m.Name == "word/document.xml":
			return nil, &Refused{Reason: "a Word document; put its table into a sheet (diplometrics template snapshots)"}
		case m.Name == "content.xml":
			return nil, &Refused{Reason: "an OpenDocument file; open it and save it as XLSX or CSV"}
		}
		if member(m.Name) {
			members = append(members, m)
		}
	}
	switch {
	case len(members) == 0:
		return nil, &Refused{Reason: "an archive without files"}
	case len(members) > 1:
		var names []string
		for _, m := range members[:min(len(members), 5)] {
			names = append(names, m.Name)
		}
		if len(members) > 5 {
			names = append(names, "…")
		}
		return nil, &Refused{Reason: fmt.Sprintf("an archive of %d files (%s); unpack it and name them in study.toml", len(members), strings.Join(names, ", "))}
	case members[0].Flags&1 != 0:
		return nil, &Refused{Reason: "an archive with a password; unpack it and name its file in study.toml"}
	}
	r, err := members[0].Open()
	if err != nil {
		return nil, &Refused{Reason: fmt.Sprintf("the archive cannot be read: %v; unpack it and name its file in study.toml", err)}
	}
	in.Name = path.Base(members[0].Name)
	in.close = append(in.close, r)
	return damaged{r, "zip"}, nil
}

// unzipCut returns what can be read of the first file of an archive that lost
// its end, and with that its table of contents. The stream ends in an error.
func (in *Input) unzipCut(f *os.File, why error) (io.Reader, error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, cannotRead(err)
	}
	b := bufio.NewReader(f)
	for {
		head := make([]byte, 30)
		if _, err := io.ReadFull(b, head); err != nil || string(head[:4]) != "PK\x03\x04" || head[6]&1 != 0 {
			return nil, &Refused{Reason: fmt.Sprintf("a damaged archive: %v; copy or download it again", why)}
		}
		short, long := binary.LittleEndian.Uint16, binary.LittleEndian.Uint32
		text := make([]byte, int(short(head[26:]))+int(short(head[28:])))
		if _, err := io.ReadFull(b, text); err != nil {
			return nil, &Refused{Reason: "an archive that is cut at its start; copy or download it again"}
		}
		name, sized := string(text[:short(head[26:])]), head[6]&8 == 0
		if part := strings.HasPrefix; part(name, "[Content_Types]") || part(name, "_rels/") || part(name, "xl/") || part(name, "docProps/") {
			return nil, &Refused{Reason: "a damaged workbook; copy or download it again"}
		}
		var r io.Reader
		switch method := short(head[8:]); {
		case method == zip.Deflate:
			r = flate.NewReader(b)
		case method == zip.Store && sized:
			r = io.LimitReader(b, int64(long(head[18:])))
		default:
			return nil, &Refused{Reason: "a damaged archive; copy or download it again"}
		}
		if !member(name) {
			_, err := io.Copy(io.Discard, r)
			if !sized && err == nil {
				_, err = io.CopyN(io.Discard, b, 16) // what its size was
			}
			if err != nil {
				return nil, &Refused{Reason: "an archive that is cut at its start; copy or download it again"}
			}
			continue
		}
		in.Name = path.Base(name)
		return damaged{io.MultiReader(r, cut{}), "zip"}, nil
	}
}

// member tells whether a name in an archive is that of a file which somebody
// put there: no folder, and nothing that macOS adds.
func member(name string) bool {
	return !strings.HasSuffix(name, "/") && !strings.HasPrefix(name, "__MACOSX/") && !strings.HasPrefix(path.Base(name), ".")
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// decode turns bytes into UTF-8.
func (in *Input) decode(b *bufio.Reader, encoding string) error {
	head, _ := b.Peek(headBytes)
	utf16 := func(e unicode.Endianness) error {
		return in.peek(bufio.NewReaderSize(unicode.UTF16(e, unicode.IgnoreBOM).NewDecoder().Reader(b), headBytes))
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		b.Discard(3)
		return in.peek(b)
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		b.Discard(2)
		return utf16(unicode.LittleEndian)
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		b.Discard(2)
		return utf16(unicode.BigEndian)
	case encoding != "":
		e, err := htmlindex.Get(encoding)
		if err != nil {
			return fmt.Errorf("encoding %q is not known; expected a name such as windows-1251, koi8-r or utf-16le", encoding)
		}
		if name, _ := htmlindex.Name(e); name == "utf-8" {
			return in.peek(b)
		} else if letters, wrong := lettersOf(head); letters > 0 && wrong == 0 && !strings.HasPrefix(name, "utf-16") {
			return fmt.Errorf("study.toml gives the encoding %s, but the file is UTF-8; remove the encoding", encoding)
		}
		return in.peek(bufio.NewReaderSize(e.NewDecoder().Reader(b), headBytes))
	}
	switch even, odd := zeros(head); {
	case odd > len(head)/16 && even < odd/16:
		return utf16(unicode.LittleEndian)
	case even > len(head)/16 && odd < even/16:
		return utf16(unicode.BigEndian)
	case even+odd > len(head)/16:
		return &Refused{Reason: "no text but the bytes of some program's own format; export it as CSV, XLSX or JSON"}
	}
	if letters, wrong := lettersOf(head); wrong > letters {
		return &Refused{Line: int64(datasets.FirstInvalidUTF8(string(head))), Reason: "not UTF-8; say in study.toml which encoding it has, such as encoding = \"windows-1251\" for Windows in Russian, or save it as UTF-8"}
	}
	return in.peek(b)
}

// zeros counts zero bytes at even and at odd places. UTF-8 text has none; in
// UTF-16 spaces, digits, separators and Latin letters have one each.
func zeros(head []byte) (even, odd int) {
	for i, c := range head {
		if c == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	return even, odd
}

// lettersOf counts the characters beyond ASCII and the bytes that are no UTF-8,
// leaving out a character that the end of the head cuts.
func lettersOf(head []byte) (letters, wrong int) {
	for i := 0; i < len(head); {
		r, n := utf8.DecodeRune(head[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			if !utf8.FullRune(head[i:]) {
				return letters, wrong
			}
			wrong++
		case n > 1:
			letters++
		}
		i += n
	}
	return letters, wrong
}

// peek takes the head of the text; b holds at least so many bytes.
func (in *Input) peek(b *bufio.Reader) error {
	head, err := b.Peek(headBytes)
	var refused *Refused
	if errors.As(err, &refused) {
		return err
	}
	in.text, in.Head = b, bytes.Clone(head)
	start := strings.ToLower(string(bytes.TrimSpace(head[:min(len(head), 256)])))
	if strings.HasPrefix(start, "<!doctype html") || strings.HasPrefix(start, "<html") {
		return &Refused{Reason: "a web page (HTML), not an export of data; export again as JSON or CSV (in Telegram Desktop: Machine-readable JSON)"}
	}
	return nil
}

func cannotRead(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return fmt.Errorf("cannot be read: %w; check its permissions", err)
}
