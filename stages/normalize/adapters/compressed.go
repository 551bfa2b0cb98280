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
	"hash/crc32"
	"io"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// maxDictionary bounds what a compressed stream may ask a reader to remember.
const maxDictionary = 128 << 20

// maxWindow is the same for zstd, whose reader takes about twice its window.
const maxWindow = 64 << 20

// decompress returns the stream below, or nil where there is none.
func (in *Input) decompress(b *bufio.Reader, magic []byte) (io.Reader, error) {
	is := func(m string) bool { return bytes.HasPrefix(magic, []byte(m)) }
	switch {
	case is("\x1f\x8b"):
		in.Name = cutEnding(in.Name, ".gz", ".gzip")
		g, err := gzip.NewReader(b)
		return &damaged{r: g, kind: "gzip"}, err
	case is("\x28\xb5\x2f\xfd") || len(magic) > 3 && magic[0]&0xf0 == 0x50 && string(magic[1:4]) == "\x2a\x4d\x18":
		in.Name = cutEnding(in.Name, ".zst", ".zstd")
		z, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, err
		}
		in.close = append(in.close, z.IOReadCloser())
		return &damaged{r: z, kind: "zstd"}, nil
	case is("\xfd7zXZ\x00"):
		in.Name = cutEnding(in.Name, ".xz")
		head, _ := b.Peek(64)
		if n := xzDictionary(head); n > maxDictionary {
			return nil, fmt.Errorf("its compression needs %d MiB of memory", n>>20)
		}
		tail := &xzTail{r: b}
		x, err := xz.NewReader(bufio.NewReader(tail))
		return &damaged{r: &xzRest{x: x}, kind: "xz", whole: tail.whole}, err
	case is("BZh"):
		in.Name = cutEnding(in.Name, ".bz2")
		return &damaged{r: bzip2.NewReader(b), kind: "bzip2"}, nil
	}
	return nil, nil
}

// damaged says which compression an error comes from. It keeps the error:
// readers forget theirs, and whoever peeks at a stream reads on after one.
type damaged struct {
	r     io.Reader
	kind  string
	whole func() bool // at its end, whether the stream has one; nil where the reader itself looks
	err   error
}

func (d *damaged) Read(p []byte) (n int, err error) {
	if d.err != nil {
		return 0, d.err
	}
	n, err = d.r.Read(p)
	if err == io.EOF && d.whole != nil && !d.whole() {
		err = io.ErrUnexpectedEOF
	}
	var refused *Refused
	switch {
	case err == nil || err == io.EOF:
	case errors.As(err, &refused): // by a layer below
		err = refused
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		err = fmt.Errorf("its compression needs more than %d MiB of memory; compress it again without --long and --ultra", maxWindow>>20)
	case errors.Is(err, io.ErrUnexpectedEOF):
		err = fmt.Errorf("the %s stream is cut short: %w", d.kind, err)
	default:
		err = fmt.Errorf("the %s stream is damaged: %w", d.kind, err)
	}
	d.err = err
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

// xzRest reads a stream that is cut to the last byte that it tells. The reader
// decodes up to 2 MiB (a chunk of LZMA2) ahead, and keeps them to itself where
// that fails.
type xzRest struct {
	x    *xz.Reader
	rest []byte
	err  error
}

func (r *xzRest) Read(p []byte) (n int, err error) {
	if r.err == nil {
		if n, err = r.x.Read(p); !errors.Is(err, io.ErrUnexpectedEOF) {
			return n, err
		}
		r.rest, r.err = undelivered(r.x), err
	}
	more := copy(p[n:], r.rest)
	if r.rest = r.rest[more:]; len(r.rest) > 0 || n+more > 0 {
		return n + more, nil
	}
	return 0, r.err
}

// undelivered returns what an xz reader decoded and did not give out: what its
// dictionary, a ring, holds between rear and front. The package has no other
// way to it than its fields; where they are not as expected there is nothing.
func undelivered(x *xz.Reader) []byte {
	v := reflect.ValueOf(x)
	for _, name := range []string{"sr", "br", "r", "r", "dict", "buf"} {
		for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
			v = v.Elem()
		}
		if v.Kind() == reflect.Struct && v.Type() == reflect.TypeFor[lzma.Reader2]() && name == "r" {
			continue // a block without checksum has no reader between
		}
		if v.Kind() != reflect.Struct {
			return nil
		}
		v = v.FieldByName(name)
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	data, front, rear := v.FieldByName("data"), v.FieldByName("front"), v.FieldByName("rear")
	if data.Kind() != reflect.Slice || front.Kind() != reflect.Int || rear.Kind() != reflect.Int {
		return nil
	}
	ring, to, from := data.Bytes(), front.Int(), rear.Int()
	if from <= to {
		return bytes.Clone(ring[from:to])
	}
	return slices.Concat(ring[from:], ring[:to])
}

// xzTail remembers how an xz file ends. A file that is cut between two blocks
// ends for its reader as if it were whole.
type xzTail struct {
	r     io.Reader
	last  []byte // the last bytes that were read up to one that is not 0, at most a footer
	zeros int    // that were read after them
}

const xzFooter = 12

func (t *xzTail) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if got := bytes.TrimRight(p[:n], "\x00"); len(got) > 0 {
		t.last = append(append(t.last, make([]byte, min(t.zeros, xzFooter))...), got[max(0, len(got)-xzFooter):]...)
		t.last = t.last[max(0, len(t.last)-xzFooter):]
		t.zeros = n - len(got)
	} else {
		t.zeros += n
	}
	return n, err
}

// whole tells whether the file ends with the footer of a stream, which zeros
// can follow. (The .xz file format, 2.1.2 and 2.2.)
func (t *xzTail) whole() bool {
	f := t.last
	return len(f) == xzFooter && string(f[10:]) == "YZ" && crc32.ChecksumIEEE(f[4:10]) == binary.LittleEndian.Uint32(f)
}

// unzip returns the one file of an archive, or the text of a workbook's sheet.
func (in *Input) unzip(file *counted, sheetName string) (io.Reader, error) {
	info, err := file.f.Stat()
	if err != nil {
		return nil, cannotRead(err)
	}
	of, err := zip.NewReader(file, info.Size())
	if err != nil {
		return in.unzipCut(file, info.Size(), err)
	}
	z := archive{of, file}
	var members []*zip.File
	for _, m := range z.File {
		switch {
		case m.Name == "xl/workbook.xml" || m.Name == "xl/workbook.bin":
			if sheetName == "" {
				sheetName = wantedSheet(z, in.Name)
			}
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
	return &damaged{r: r, kind: "zip"}, nil
}

// unzipCut returns what can be read of the first file of an archive that lost
// its end, and with that its table of contents. The stream ends in an error.
func (in *Input) unzipCut(file *counted, size int64, why error) (io.Reader, error) {
	b := bufio.NewReader(io.NewSectionReader(file, 0, size))
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
			_, err := io.Copy(io.Discard, &expanded{r: r, file: file})
			if !sized && err == nil {
				_, err = io.CopyN(io.Discard, b, 16) // what its size was
			}
			if err != nil {
				return nil, &Refused{Reason: "an archive that is cut at its start; copy or download it again"}
			}
			continue
		}
		in.Name = path.Base(name)
		return &damaged{r: io.MultiReader(r, cut{}), kind: "zip"}, nil
	}
}

// member tells whether a name in an archive is that of a file which somebody
// put there: no folder, and nothing that macOS adds.
func member(name string) bool {
	return !strings.HasSuffix(name, "/") && !strings.HasPrefix(name, "__MACOSX/") && !strings.HasPrefix(path.Base(name), ".")
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
