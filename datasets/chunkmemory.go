package datasets

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/parquet/compress"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// chunkMemory is what a column is read with: its bytes, and its pages as they
// are unpacked. Arrow takes new memory for both, in every row group three times.
type chunkMemory struct {
	bytes []byte // of the chunk that is open
	at    int    // of them, those that were read
	pages file.PageReader
	bare  bool // its pages are not compressed

	// A page ends when the next one begins, but for that of the dictionary, which
	// ends with the chunk.
	page, dictionary []byte
}

// open begins the chunk of a column in the file, which has so many bytes.
func (m *chunkMemory) open(from io.ReaderAt, size int64, c *metadata.ColumnChunkMetaData) error {
	if c.CryptoMetadata() != nil {
		return errors.New("it is encrypted")
	}
	begin, n := c.DataPageOffset(), c.TotalCompressedSize()
	if first := c.DictionaryPageOffset(); c.HasDictionaryPage() && first > 0 && first < begin {
		begin = first
	}
	if begin < 0 || n < 0 || begin > size || n > size-begin {
		return fmt.Errorf("found a column of %d bytes from %d in a file of %d; the file is damaged: build it again", n, begin, size)
	}
	m.bytes, m.at = slices.Grow(m.bytes[:0], int(n))[:n], 0
	if _, err := from.ReadAt(m.bytes, begin); err != nil {
		return err
	}
	m.bare = c.Compression() == compress.Codecs.Uncompressed
	if m.pages != nil {
		m.pages.Reset(m, c.NumValues(), c.Compression(), nil)
		return m.pages.Err()
	}
	var err error
	m.pages, err = file.NewPageReader(m, c.NumValues(), c.Compression(), m, nil)
	return err
}

// keep is called for a page that is a dictionary. That of the chunk before is
// not used any more.
func (m *chunkMemory) keep() { m.page, m.dictionary = m.dictionary, m.page }

// A page may be 250 times as long as its bytes in the file, or 64 MiB: no table
// has such pages, and arrow makes room for a page before it reads it.
const (
	mostTimes = 250
	mostPage  = 64 << 20
)

// fits tells what is wrong with the size of the page that the next bytes begin.
func (m *chunkMemory) fits(rest []byte) error {
	size, packed, ok := pageSizes(rest)
	switch {
	case len(rest) == 0:
		return nil
	case !ok:
		return errors.New("found no page where one should begin; the file is damaged: build it again")
	case packed < 0 || packed > int64(len(rest)):
		return fmt.Errorf("found a page of %d bytes in a column that has %d left; the file is damaged: build it again", packed, len(rest))
	case size < 0 || size > mostPage && size/mostTimes > packed, m.bare && size != packed:
		return fmt.Errorf("found a page of %d bytes that should become %d; the file is damaged: build it again", packed, size)
	}
	return nil
}

// pageSizes reads how long a page is, unpacked and packed, from the start of its
// header: the type and these two stand first, as whole numbers of Thrift's compact
// protocol.
func pageSizes(header []byte) (size, packed int64, ok bool) {
	const nextIsI32 = 0x15
	var v [3]int64
	for i := range v {
		if len(header) == 0 || header[0] != nextIsI32 {
			return 0, 0, false
		}
		x, n := binary.Varint(header[1:])
		if n <= 0 {
			return 0, 0, false
		}
		v[i], header = x, header[1+n:]
	}
	return v[1], v[2], true
}

// Peek, Discard and Read give the bytes of the chunk to arrow, which peeks at the
// headers of pages alone.

func (m *chunkMemory) Peek(n int) ([]byte, error) {
	rest := m.bytes[m.at:]
	if err := m.fits(rest); err != nil {
		return nil, err
	}
	if n > len(rest) {
		return rest, io.EOF
	}
	return rest[:n], nil
}

func (m *chunkMemory) Discard(n int) (int, error) {
	if rest := len(m.bytes) - m.at; n > rest {
		m.at = len(m.bytes)
		return rest, io.EOF
	}
	m.at += n
	return n, nil
}

func (m *chunkMemory) Read(to []byte) (int, error) {
	n := copy(to, m.bytes[m.at:])
	m.at += n
	if n == 0 && len(to) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Allocate, Reallocate and Free give arrow memory for a page. It frees a page
// before it is read.

func (m *chunkMemory) Allocate(size int) []byte {
	if cap(m.page) < size {
		m.page = make([]byte, size) // which touches no memory yet
	}
	m.page = m.page[:size]
	return m.page
}

func (m *chunkMemory) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	return append(m.Allocate(size)[:0], b...)[:size]
}

func (m *chunkMemory) Free([]byte) {}
