package datasets

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

type pagesRow struct {
	N Opt[int64]
	F float64
}

// pages is a table whose pages are made by hand in the tests here.
var pagesTable = Table[pagesRow]{
	Name: "pages", Doc: "pages", Key: []string{"f"},
	Compare: func(a, b *pagesRow) int { return int(a.F - b.F) },
	Columns: []Column[pagesRow]{
		intOptCol("n", "", "n", func(r *pagesRow) *Opt[int64] { return &r.N }),
		floatCol("f", "", "f", func(r *pagesRow) *float64 { return &r.F }),
	},
}

// writePages writes a good file of n rows, and in its place one of the same rows
// whose page bodies, and stated sizes where those are not 0, edit has changed.
func writePages(t *testing.T, n int, o WriteOptions, edit func(ints, floats *[]byte, size *int)) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pages.parquet")
	var rows []pagesRow
	flags := binary.AppendUvarint(nil, uint64(n)<<1)
	flags = append(flags, 1)
	ints, floats := append(binary.LittleEndian.AppendUint32(nil, uint32(len(flags))), flags...), []byte(nil)
	for i := range n {
		r := pagesRow{Some(int64(i + 1)), float64(i) * 1.5}
		rows = append(rows, r)
		ints = binary.LittleEndian.AppendUint64(ints, uint64(r.N.V))
		floats = binary.LittleEndian.AppendUint64(floats, math.Float64bits(r.F))
	}
	if err := pagesTable.Write(path, rows, o); err != nil {
		t.Fatal(err)
	}
	if err := compareFile(path); err != nil {
		t.Fatal(err)
	}
	size := 0
	edit(&ints, &floats, &size)
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	out, err := pagesTable.Schema().newFile(file, writerProperties(o), o)
	if err != nil {
		t.Fatal(err)
	}
	z, err := o.newCompressor()
	if err != nil {
		t.Fatal(err)
	}
	var chunks []chunk
	for _, body := range [][]byte{ints, floats} {
		p := page{rows: n, size: len(body), data: z(nil, body)}
		if size > 0 {
			p.size = size
		}
		chunks = append(chunks, chunk{pages: []page{p}})
	}
	if err := out.rowGroup(n, chunks); err != nil {
		t.Fatal(err)
	}
	if err := out.close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// refused is that both libraries find a file wrong.
func refused(t *testing.T, path string) {
	t.Helper()
	if err := compareFile(path); err == nil {
		t.Error("the second library found nothing")
	}
	if rows, err := pagesTable.ReadAll(context.Background(), path); err == nil {
		t.Errorf("%d rows were read", len(rows))
	}
}

// A null flag is 0 or 1, in a run as well, where it has a byte.
func TestNullFlagsOfOtherNumbers(t *testing.T) {
	refused(t, writePages(t, 20, WriteOptions{}, func(ints, _ *[]byte, _ *int) {
		*ints = append([]byte{4, 0, 0, 0, 10 << 1, 2, 10 << 1, 0}, (*ints)[6:]...)
	}))
}

// Values of another encoding cannot be decoded in pieces.
func TestValuesOfAnotherEncoding(t *testing.T) {
	const byteStreamSplit = 9
	path := writePages(t, 2*secondValues, WriteOptions{}, func(_, floats *[]byte, _ *int) {
		plain := bytes.Clone(*floats)
		for half := range 2 {
			from := plain[half*8*secondValues:][:8*secondValues]
			for i, b := range from {
				(*floats)[half*8*secondValues+i%8*secondValues+i/8] = b
			}
		}
	})
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plain := []byte{0x15, 0, 0x15, 6, 0x15, 6} // the encodings of the page, the flags and the levels of lists
	at := bytes.LastIndex(b, plain)
	if at < 0 {
		t.Fatal("no header of a page")
	}
	b[at+1] = byteStreamSplit << 1
	if err := os.WriteFile(path, b, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := compareFile(path); err == nil {
		t.Error("the second library found nothing")
	}
}

// A page that says it is long gets no memory for that.
func TestPagesThatSayTheyAreLong(t *testing.T) {
	path := writePages(t, 20, WriteOptions{}, func(_, _ *[]byte, size *int) { *size = math.MaxInt32 / 4 })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	refused(t, path)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 64<<20 {
		t.Errorf("reading a file of a kilobyte took %d MB", took>>20)
	}
}

func TestPageSizes(t *testing.T) {
	header := []byte{0x15, 0, 0x15}
	header = append(binary.AppendVarint(header, 1<<30), 0x15)
	header = binary.AppendVarint(header, 12)
	if size, packed, ok := pageSizes(header); !ok || size != 1<<30 || packed != 12 {
		t.Errorf("%d, %d, %t", size, packed, ok)
	}
	for n := range header {
		if _, _, ok := pageSizes(header[:n]); ok {
			t.Errorf("%d bytes of a header were enough", n)
		}
	}
	rest := append(header, "twelve bytes"...)
	for _, c := range []struct {
		m  chunkMemory
		b  []byte
		ok bool
	}{
		{chunkMemory{}, rest[:len(rest)-12], false}, {chunkMemory{}, rest, false}, {chunkMemory{}, nil, true},
		{chunkMemory{}, append([]byte{0x15, 0, 0x15, 48, 0x15, 24}, rest...), true},
		{chunkMemory{bare: true}, append([]byte{0x15, 0, 0x15, 48, 0x15, 24}, rest...), false},
		{chunkMemory{bare: true}, append([]byte{0x15, 0, 0x15, 24, 0x15, 24}, rest...), true},
	} {
		if err := c.m.fits(c.b); (err == nil) != c.ok {
			t.Errorf("%x: %v", c.b, err)
		}
	}
}
