package verify

import (
	"bytes"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// crafted makes a Parquet file of one column of text, a, with a dictionary page
// and a data page whose headers say what they are told to.
func crafted(codec, rows int64, dictionary, dictionarySays, data, dataSays int64, dictionaryBytes, dataBytes []byte) string {
	number := func(b []byte, head byte, x int64) []byte { return binary.AppendVarint(append(b, head), x) }
	page := func(kind, unpacked, packed, values, encoding int64, head byte) []byte {
		b := number(number(number(nil, 0x15, kind), 0x15, unpacked), 0x15, packed)
		b = number(number(append(b, head), 0x15, values), 0x15, encoding)
		if kind == dataPage {
			b = number(number(b, 0x15, 3), 0x15, 3) // levels by runs
		}
		return append(b, 0, 0)
	}
	body := page(dictionaryPage, dictionarySays, int64(len(dictionaryBytes)), dictionary, 0, 0x4c)
	body = append(body, dictionaryBytes...)
	at := int64(4 + len(body))
	body = append(body, page(dataPage, dataSays, int64(len(dataBytes)), data, 8, 0x2c)...)
	body = append(body, dataBytes...)

	b := []byte{0x15, 4, 0x19, 0x2c, 0x48, 1, 'r', 0x15, 2, 0} // version 2; the root r has one child
	b = append(b, 0x15, 12, 0x25, 0, 0x18, 1, 'a', 0x25, 0, 0) // BYTE_ARRAY, required, name a, UTF8
	b = number(b, 0x16, rows)
	b = append(b, 0x19, 0x1c, 0x19, 0x1c, 0x26, 8, 0x1c, 0x15, 12, 0x19, 0x15, 16, 0x19, 0x18, 1, 'a') // a row group, its column: file_offset, meta_data, type, encoding 8, path a
	b = number(number(b, 0x15, codec), 0x16, rows)
	b = number(number(b, 0x16, dictionarySays+dataSays), 0x16, int64(len(body)))
	b = number(number(b, 0x26, at), 0x26, 4) // data page, dictionary page
	b = append(b, 0, 0)
	b = append(number(number(b, 0x16, dictionarySays+dataSays), 0x16, rows), 0)
	footer := append(b, 0)
	return "PAR1" + string(body) + string(footer) + string(binary.LittleEndian.AppendUint32(nil, uint32(len(footer)))) + "PAR1"
}

func plainText(n int) []byte {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(n)), bytes.Repeat([]byte{'z'}, n)...)
}

// runOf is a run of the first entry of a dictionary.
func runOf(rows int64) []byte { return append(binary.AppendUvarint([]byte{1}, uint64(rows)<<1), 0) }

// What the headers do not tell, the library finds out in the reading process,
// whose memory is bounded.
func TestVerifyBombsInPagesLong(t *testing.T) {
	if os.Getenv("DIPLOMETRICS_LONG") == "" {
		t.Skip("make test-long runs it")
	}
	zeros := func(n int) []byte {
		var b bytes.Buffer
		z, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
		if err != nil {
			t.Fatal(err)
		}
		block := make([]byte, 1<<24)
		for ; n > 0; n -= len(block) {
			z.Write(block) // a Buffer takes every write
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, test := range map[string]struct {
		file  string
		wants []string
	}{
		"harmless":                      {crafted(0, 3, 1, 14, 3, 3, plainText(10), runOf(3)), []string{"schemas: FAILED", "column    metric", "found     a as column 1"}},
		"long text, many times":         {crafted(0, maxGroupRows, 1, 1<<20+4, maxGroupRows, 6, plainText(1<<20), runOf(maxGroupRows)), []string{"refused: data/values.parquet: ", "memory"}},
		"zstd that unpacks to more":     {crafted(6, 3, 1, 14, 3, 3, zeros(5<<28), runOf(3)), []string{"refused: data/values.parquet: "}},
		"snappy that announces more":    {crafted(1, 3, 1, 14, 3, 3, binary.AppendUvarint(nil, 1<<32-1), runOf(3)), []string{"refused: data/values.parquet: "}},
		"text longer than its page":     {crafted(0, 3, 1, 14, 3, 3, []byte("\xff\xff\xff\x7fabcdefghij"), runOf(3)), []string{"refused: data/values.parquet: "}},
		"index outside the dictionary":  {crafted(0, 3, 1, 14, 3, 3, plainText(10), []byte{1, 6, 1}), []string{"refused: data/values.parquet: "}},
		"run longer than the page":      {crafted(0, 3, 1, 14, 3, 8, plainText(10), runOf(1<<40)), []string{"data/values.parquet"}},
		"fewer values than it says":     {crafted(0, 30, 1, 14, 30, 3, plainText(10), runOf(3)), []string{"refused: data/values.parquet: "}},
		"more dictionary than it holds": {crafted(0, 3, 1<<20, 14, 3, 3, plainText(10), runOf(3)), []string{"refused: data/values.parquet: "}},
		"page of gigantic size":         {crafted(0, 3, 1, 1<<31-1, 3, 3, plainText(10), runOf(3)), []string{"refused: data/values.parquet: ", "bytes unpacked, at most"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPack(t).write()
			p.file("data/values.parquet", test.file)
			p.describe().seal()
			bounded(t, func() {
				r, text := check(t, p.dir)
				wants(t, text, test.wants...)
				if r.Identical() || strings.Contains(text, "refused: data/accounts") {
					t.Error(text)
				}
			})
		})
	}
}
