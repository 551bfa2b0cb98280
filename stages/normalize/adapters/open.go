package adapters

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"diplometrics/datasets"
)

// headBytes is how much of a text Detect sees.
const headBytes = 64 << 10

// Input is a raw file, read as text: decompressed, in UTF-8, without a byte
// order mark. Lines that end with CR alone end with LF. A sheet of an XLSX workbook is the text of a comma-separated file
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
// read; where the name is empty, the one that an adapter asks for and takes,
// else the first visible one.
//
// What was readable of a stream that is cut short or damaged comes first, then
// an error. Bytes that are not UTF-8 stay as they are: who cuts records rejects
// those. *Refused says what the file is instead of data, or that it unpacks to
// more than any collected data do. Memory is bounded however much the file
// expands to, except by the texts of a workbook.
func Open(file, encoding, sheetName string) (*Input, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, cannotRead(err)
	}
	return OpenFile(f, filepath.Base(file), encoding, sheetName)
}

// RawFile is an open file at its start.
type RawFile interface {
	io.ReadCloser
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// OpenFile is Open for a file of that base name, which it owns from now on. Most
// kinds are read from start to end.
func OpenFile(f RawFile, name, encoding, sheetName string) (*Input, error) {
	in := &Input{Name: name, close: []io.Closer{f}}
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

func (in *Input) open(f RawFile, encoding, sheetName string) error {
	file := &counted{f: f}
	var r io.Reader = file
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
			if r, err = in.unzip(file, sheetName); err != nil {
				return err
			}
			r = &expanded{r: r, file: file}
			if in.sheet != nil {
				return in.peek(bufio.NewReaderSize(r, headBytes))
			}
			continue
		}
		next, err := in.decompress(b, magic)
		var refused *Refused
		if errors.As(err, &refused) {
			return refused
		}
		if err != nil {
			return &Refused{Reason: fmt.Sprintf("nothing of it can be read: %v; copy or download it again", err)}
		}
		if next == nil || layer > 2 {
			return in.decode(b, encoding)
		}
		r = &expanded{r: next, file: file}
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

// decode turns bytes into UTF-8.
func (in *Input) decode(b *bufio.Reader, encoding string) error {
	head, _ := b.Peek(headBytes)
	utf16 := func(e unicode.Endianness) error {
		return in.peek(bufio.NewReaderSize(unicode.UTF16(e, unicode.IgnoreBOM).NewDecoder().Reader(&pairs{r: b}), headBytes))
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
		switch name, _ := htmlindex.Name(e); name {
		case "utf-8":
			return in.peek(b)
		case "utf-16le":
			return utf16(unicode.LittleEndian)
		case "utf-16be":
			return utf16(unicode.BigEndian)
		}
		if letters, wrong := lettersOf(head); letters > 0 && wrong == 0 {
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

// pairs reads bytes of which two are a character.
type pairs struct {
	r   io.Reader
	odd bool
}

func (c *pairs) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.odd = c.odd != (n%2 == 1)
	if err == io.EOF && c.odd {
		err = fmt.Errorf("the file ends inside a character: %w", io.ErrUnexpectedEOF)
	}
	return n, err
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
	if in.sheet == nil && bytes.IndexByte(head, '\r') >= 0 && bytes.IndexByte(head, '\n') < 0 {
		b = bufio.NewReaderSize(&macLines{r: b}, headBytes)
		head, err = b.Peek(headBytes)
	}
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

// macLines reads text whose lines end with CR alone, as on old Macintosh
// systems, with LF instead.
type macLines struct{ r io.Reader }

func (m *macLines) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

func cannotRead(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("cannot be read: %w; check its permissions", err)
	}
	return fmt.Errorf("cannot be read: %w", err)
}
