package datasets

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"sync"

	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// The bodies of pages are encoded here, and arrow does the rest of a file (page
// headers, metadata, footer): in its v15 the column writers take four times as
// long, most of it in moving the null flags of a page each time that eight more
// come. What is used of the format is what every reader knows: PLAIN values,
// dictionaries with RLE indices, and RLE levels.

// A page ends with its row group, or where its text passes pageBytes. A
// dictionary of more bytes than dictBytes is given up for plain values.
const (
	pageBytes = 1 << 20
	dictBytes = 1 << 20
)

// chunk is a column of a row group, encoded and compressed. Its memory is used
// again for the next row group.
type chunk struct {
	dict  []byte // PLAIN; of no use where words is 0
	words int    // number of texts in dict; 0 where values are PLAIN
	pages []page
	stats metadata.EncodedStatistics
}

type page struct {
	rows int
	size int    // bytes of the body before compression
	data []byte // the body, compressed
}

// next returns a page to fill at the end of the chunk.
func (c *chunk) next() *page {
	if len(c.pages) < cap(c.pages) {
		c.pages = c.pages[:len(c.pages)+1]
	} else {
		c.pages = append(c.pages, page{})
	}
	return &c.pages[len(c.pages)-1]
}

// workspace is what encoding a column needs for a while.
type workspace struct {
	body  []byte
	flags []uint32
	codes []uint32
}

var workspaces = sync.Pool{New: func() any { return &workspace{} }}

// encode makes the chunk of the vector's values.
func (v *vector) encode(k Kind, c *chunk, z compressor) error {
	w := workspaces.Get().(*workspace)
	defer workspaces.Put(w)
	c.words, c.dict, c.pages = 0, c.dict[:0], c.pages[:0]
	c.stats = v.statistics(k)
	if k != String {
		return w.end(v, k, c, z, 0, v.rows())
	}
	if c.dictionary(v.words) {
		w.body = w.levels(w.body[:0], v, 0, v.rows())
		codes := v.codes
		if v.valid != nil {
			w.codes = w.codes[:0]
			for i, code := range v.codes {
				if v.valid[i] {
					w.codes = append(w.codes, code)
				}
			}
			codes = w.codes
		}
		// Readers take a width of 0 for a run of the first text, but not all.
		width := max(1, bits.Len(uint(c.words-1)))
		w.body = append(w.body, byte(width))
		w.body = appendRuns(w.body, codes, width)
		return c.next().fill(z, v.rows(), w.body)
	}
	for from := 0; from < v.rows(); {
		to, size := from, 0
		for to < v.rows() && size < pageBytes {
			size += 4
			if v.present(to) {
				size += len(v.strs[to])
			}
			to++
		}
		if err := w.end(v, k, c, z, from, to); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// dictionary takes the words for a dictionary, or tells that there are none or
// that they are too long.
func (c *chunk) dictionary(words []string) bool {
	for _, s := range words {
		if len(c.dict)+len(s) > dictBytes {
			return false
		}
		c.dict = appendPlain(c.dict, s)
	}
	c.words = len(words)
	return c.words > 0
}

// end fills a page with the rows from to to.
func (w *workspace) end(v *vector, k Kind, c *chunk, z compressor, from, to int) error {
	w.body = w.levels(w.body[:0], v, from, to)
	w.body = v.plain(w.body, k, from, to)
	return c.next().fill(z, to-from, w.body)
}

func (p *page) fill(z compressor, rows int, body []byte) error {
	if len(body) > math.MaxInt32 {
		return fmt.Errorf("a page of %d bytes, more than a Parquet file can hold", len(body))
	}
	p.rows, p.size = rows, len(body)
	p.data = z(p.data, body)
	return nil
}

func appendPlain(dst []byte, s string) []byte {
	return append(binary.LittleEndian.AppendUint32(dst, uint32(len(s))), s...)
}

// levels appends which rows have a value, as a DataPageV1 holds it: the length
// in 4 bytes, and runs of 1 bit. A column that is not nullable has no levels.
func (w *workspace) levels(dst []byte, v *vector, from, to int) []byte {
	if v.valid == nil {
		return dst
	}
	w.flags = w.flags[:0]
	for _, ok := range v.valid[from:to] {
		w.flags = append(w.flags, uint32(bitsOfBool(ok)))
	}
	start := len(dst)
	dst = appendRuns(append(dst, 0, 0, 0, 0), w.flags, 1)
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

// plain appends the values that are present.
func (v *vector) plain(dst []byte, k Kind, from, to int) []byte {
	switch k {
	case String:
		for i := from; i < to; i++ {
			if v.present(i) {
				dst = appendPlain(dst, v.strs[i])
			}
		}
	case Date:
		for i := from; i < to; i++ {
			if v.present(i) {
				dst = binary.LittleEndian.AppendUint32(dst, uint32(int32(dayOfBits(v.bits[i]))))
			}
		}
	case Bool:
		n := 0
		for i := from; i < to; i++ {
			if v.present(i) {
				if n%8 == 0 {
					dst = append(dst, 0)
				}
				dst[len(dst)-1] |= byte(v.bits[i]) << (n % 8)
				n++
			}
		}
	default:
		for i := from; i < to; i++ {
			if v.present(i) {
				dst = binary.LittleEndian.AppendUint64(dst, v.bits[i])
			}
		}
	}
	return dst
}

// appendRuns appends values of width bits in Parquet's hybrid of runs: eight or
// more equal ones as one value, others in groups of eight, bits packed from the
// least. The last group is filled with zeros.
func appendRuns(dst []byte, values []uint32, width int) []byte {
	literal := 0 // first of the values that wait for being packed
	for i := 0; i < len(values); {
		run := 1
		for i+run < len(values) && values[i+run] == values[i] {
			run++
		}
		if run < 8 {
			i += 8
			continue
		}
		dst = appendPacked(dst, values[literal:i], width)
		dst = binary.AppendUvarint(dst, uint64(run)<<1)
		for shift := 0; shift < width; shift += 8 {
			dst = append(dst, byte(values[i]>>shift))
		}
		i += run
		literal = i
	}
	return appendPacked(dst, values[literal:], width)
}

func appendPacked(dst []byte, values []uint32, width int) []byte {
	if len(values) == 0 {
		return dst
	}
	groups := (len(values) + 7) / 8
	dst = binary.AppendUvarint(dst, uint64(groups)<<1|1)
	end := len(dst) + groups*width
	held, n := uint64(0), 0
	for _, x := range values {
		held |= uint64(x) << n
		for n += width; n >= 8; n -= 8 {
			dst = append(dst, byte(held))
			held >>= 8
		}
	}
	for len(dst) < end {
		dst = append(dst, byte(held))
		held = 0
	}
	return dst
}
