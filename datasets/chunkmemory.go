package datasets

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// chunkMemory is what a column is read with: its bytes, and its pages as they
// are unpacked. Arrow takes new memory for both, in every row group three times.
type chunkMemory struct {
	bytes []byte // of the chunk that is open
	at    int    // of them, those that were read
	pages file.PageReader

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

// Peek, Discard and Read give the bytes of the chunk to arrow.

func (m *chunkMemory) Peek(n int) ([]byte, error) {
	if rest := m.bytes[m.at:]; n > len(rest) {
		return rest, io.EOF
	}
	return m.bytes[m.at:][:n], nil
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
	m.page = slices.Grow(m.page[:0], size)[:size]
	return m.page
}

func (m *chunkMemory) Reallocate(size int, b []byte) []byte {
	if size <= cap(b) {
		return b[:size]
	}
	return append(m.Allocate(size)[:0], b...)[:size]
}

func (m *chunkMemory) Free([]byte) {}
