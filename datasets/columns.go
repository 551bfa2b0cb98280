package datasets

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/metadata"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// fileReader reads columns of a Parquet file, side by side. Arrow's way to whole
// records copies every value twice more.
type fileReader struct {
	os      *os.File
	size    int64
	file    *file.Reader
	columns []int   // numbers of the columns that are read
	fields  []Field // as the file has them
	step    int     // most rows of which it holds the values

	group, end int // row groups from group to end-1 are still to be opened
	left       int64
	chunks     []chunkReader // of the row group that is open, by column
}

// openReader opens a file of the table for the picked columns, nil for all.
func openReader(path string, s Schema, pick []int) (*fileReader, error) {
	return openAny(path, pick, func(schema *arrow.Schema) error {
		if diff := s.differs(schema); diff != "" {
			return fmt.Errorf("not a file of this table: %s; build it again", diff)
		}
		return nil
	})
}

// openAny opens a Parquet file whose schema check accepts.
func openAny(path string, pick []int, check func(*arrow.Schema) error) (_ *fileReader, err error) {
	r := &fileReader{columns: pick, step: RowGroupRows}
	if r.os, err = os.Open(path); err != nil {
		return nil, err
	}
	opened := false
	defer func() {
		if !opened { // as well where the library panics
			r.os.Close()
		}
	}()
	info, err := r.os.Stat()
	if err != nil {
		return nil, err
	}
	r.size = info.Size()
	if r.file, err = file.NewParquetReader(r.os, file.WithReadProps(parquet.NewReaderProperties(memory.DefaultAllocator))); err != nil {
		return nil, err
	}
	schema, err := schemaOf(r.file.MetaData())
	if err != nil {
		return nil, err
	}
	if err := check(schema); err != nil {
		return nil, err
	}
	if r.columns == nil {
		for i := range schema.Fields() {
			r.columns = append(r.columns, i)
		}
	}
	for _, i := range r.columns {
		a := schema.Field(i)
		kind, ok := kindOf(a.Type)
		if !ok {
			return nil, fmt.Errorf("column %s is %s, which no table has", a.Name, a.Type)
		}
		r.fields = append(r.fields, Field{Name: a.Name, Kind: kind, Nullable: a.Nullable})
	}
	r.end = r.file.NumRowGroups()
	opened = true
	return r, nil
}

// schemaOf returns what the columns of a file are, and what it says of itself. It
// does not look at the arrow schema that is stored beside: one of which a bit has
// turned can ask for more memory than there is.
func schemaOf(meta *metadata.FileMetaData) (*arrow.Schema, error) {
	bare, err := pqarrow.FromParquet(meta.Schema, &pqarrow.ArrowReadProperties{}, nil)
	if err != nil {
		return nil, err
	}
	var keys, values []string
	if kv := meta.KeyValueMetadata(); kv != nil {
		keys, values = kv.Keys(), kv.Values()
	}
	said := arrow.NewMetadata(keys, values)
	return arrow.NewSchema(bare.Fields(), &said), nil
}

func (r *fileReader) close() { r.os.Close() }

// only sets the row group that next reads from here on.
func (r *fileReader) only(group int) { r.group, r.end, r.left = group, group+1, 0 }

// next returns the values of the next rows, at most step and of one row group, by
// column, and how many they are: 0 at the end. The vectors are valid
// until the call after; the texts stay.
func (r *fileReader) next() ([]*vector, int, error) {
	for r.left == 0 {
		if r.group == r.end {
			return nil, 0, nil
		}
		if err := r.openGroup(); err != nil {
			return nil, 0, err
		}
	}
	n := int(min(r.left, int64(r.step)))
	r.left -= int64(n)
	vectors := make([]*vector, len(r.chunks))
	err := r.eachColumn(func(i int) error {
		c := &r.chunks[i]
		vectors[i] = &c.vector
		switch err := c.read(r.fields[i], n); {
		case err != nil || r.left > 0:
			return err
		case c.more():
			return errors.New("found more values than its row group has rows; the file is damaged: build it again")
		}
		return c.pages.err
	})
	return vectors, n, err
}

func (r *fileReader) openGroup() error {
	group := r.file.RowGroup(r.group)
	r.group++
	if r.left = group.NumRows(); r.left < 0 {
		return fmt.Errorf("found a row group of %d rows; the file is damaged: build it again", r.left)
	}
	if r.chunks == nil {
		r.chunks = make([]chunkReader, len(r.columns))
	}
	return r.eachColumn(func(i int) error {
		meta, err := group.MetaData().ColumnChunk(r.columns[i])
		if err != nil {
			return err
		}
		c := &r.chunks[i]
		if err := c.memory.open(r.os, r.size, meta); err != nil {
			return err
		}
		c.pages = onePage{PageReader: c.memory.pages, memory: &c.memory, nullable: r.fields[i].Nullable}
		c.chunk = file.NewColumnReader(r.file.MetaData().Schema.Column(r.columns[i]), &c.pages, memory.DefaultAllocator, r.file.BufferPool())
		return nil
	})
}

// eachColumn calls f for the columns side by side; the error names the column.
func (r *fileReader) eachColumn(f func(i int) error) error {
	return sideBySide(len(r.columns), func(i int) error {
		return guard("column "+r.fields[i].Name, func() error { return f(i) })
	})
}

// chunkReader reads the values of a column in a row group. Its memory is used
// again for the next batch and the next row group.
type chunkReader struct {
	memory chunkMemory
	pages  onePage
	chunk  file.ColumnChunkReader
	vector vector
	levels []int16

	texts  []parquet.ByteArray
	ints   []int64
	floats []float64
	days   []int32
	bools  []bool
}

// onePage ends after each data page: arrow reads on into the next one, over the
// texts that it gave out of the page before.
type onePage struct {
	file.PageReader
	memory   *chunkMemory
	nullable bool
	given    bool // a data page was given
	ended    bool // there are no more
	err      error
}

func (p *onePage) Next() bool {
	if p.given || p.ended {
		return false
	}
	if !p.PageReader.Next() {
		p.ended = true
		if err := p.PageReader.Err(); !errors.Is(err, io.EOF) {
			p.err = err
		}
		return false
	}
	switch page := p.Page().(type) {
	case *file.DictionaryPage:
		p.memory.keep()
	case *file.DataPageV1:
		// In others arrow can look for values for ever where a page is damaged.
		how := parquet.Encoding(page.Encoding())
		if how != parquet.Encodings.Plain && how != parquet.Encodings.RLEDict && how != parquet.Encodings.PlainDict ||
			p.nullable && parquet.Encoding(page.DefinitionLevelEncoding()) != parquet.Encodings.RLE {
			p.err = fmt.Errorf("found values encoded as %s, which no table has; the file is damaged: build it again", how)
		} else if !p.whole(page) {
			p.err = fmt.Errorf("found a page without the null flags or the dictionary numbers of its %d rows; the file is damaged: build it again", page.NumValues())
		}
		p.given = true
	default:
		p.err = fmt.Errorf("found a page of %T, which this program does not write; build the file again", page)
	}
	if p.err != nil {
		p.ended = true
	}
	return p.err == nil
}

func (p *onePage) Err() error { return p.err }

// whole tells whether a page has a null flag for each row, and a number for each
// value of a dictionary. Where they are too few, arrow waits for more for ever.
func (p *onePage) whole(page *file.DataPageV1) bool {
	body, n := page.Data(), int64(page.NumValues())
	if p.nullable {
		if len(body) < 4 {
			return false
		}
		size := uint64(binary.LittleEndian.Uint32(body))
		if body = body[4:]; size > uint64(len(body)) {
			return false
		}
		flags, ok := runs(body[:size], 1, n)
		if !ok {
			return false
		}
		body, n = body[size:], flags
	}
	how := parquet.Encoding(page.Encoding())
	if n == 0 || how != parquet.Encodings.RLEDict && how != parquet.Encodings.PlainDict {
		return true
	}
	if len(body) == 0 || body[0] > 32 {
		return false
	}
	_, ok := runs(body[1:], int(body[0]), n)
	return ok
}

// runs tells whether a hybrid of runs, see appendRuns, holds n values; ones is
// how many of them are not 0, where their width is 1.
func runs(b []byte, width int, n int64) (ones int64, ok bool) {
	for n > 0 {
		header, k := binary.Uvarint(b)
		if k <= 0 || header>>1 == 0 || header>>1 > math.MaxInt32 {
			return 0, false
		}
		count, size := int64(header>>1), (width+7)/8
		packed := header&1 == 1
		if packed {
			count, size = count*8, int(count)*width
		}
		if b = b[k:]; size > len(b) {
			return 0, false
		}
		count = min(count, n)
		switch {
		case width != 1:
		case packed:
			for i := range count {
				ones += int64(b[i/8] >> (i % 8) & 1)
			}
		case b[0] != 0:
			ones += count
		}
		b = b[size:]
		n -= count
	}
	return ones, true
}

// more tells whether there are values left; pages.err says why not, where that
// is no end.
func (c *chunkReader) more() bool {
	for !c.pages.ended {
		if c.chunk.HasNext() {
			return true
		}
		// After an error arrow would go on with the page before.
		if err := c.chunk.Err(); err != nil && c.pages.err == nil {
			c.pages.err, c.pages.ended = err, true
		}
		c.pages.given = false
	}
	return false
}

// read sets the vector to the next n values.
func (c *chunkReader) read(f Field, n int) error {
	v := &c.vector
	v.reset(f, n)
	switch chunk := c.chunk.(type) {
	case *file.ByteArrayColumnChunkReader:
		return readValues(c, chunk, &c.texts, v.strs, setTexts)
	case *file.Int64ColumnChunkReader:
		return readValues(c, chunk, &c.ints, v.bits, setBits(bitsOfInt[int64]))
	case *file.Float64ColumnChunkReader:
		return readValues(c, chunk, &c.floats, v.bits, setBits(math.Float64bits))
	case *file.Int32ColumnChunkReader:
		return readValues(c, chunk, &c.days, v.bits, setBits(bitsOfInt[int32]))
	case *file.BooleanColumnChunkReader:
		return readValues(c, chunk, &c.bools, v.bits, setBits(bitsOfBool))
	}
	return fmt.Errorf("found values of %s", c.chunk.Type())
}

type typedReader[T any] interface {
	ReadBatch(n int64, values []T, defLevels, repLevels []int16) (total int64, read int, err error)
}

// readValues fills to, of the vector, page by page. set converts the values that
// are present: valid tells which of to they are, nil where all are.
func readValues[T, U any](c *chunkReader, chunk typedReader[T], held *[]T, to []U, set func(to []U, values []T, valid []bool)) error {
	*held = slices.Grow((*held)[:0], len(to))
	values, v := (*held)[:len(to)], &c.vector
	var levels []int16
	if v.valid != nil {
		c.levels = slices.Grow(c.levels[:0], len(to))[:len(to)]
		levels = c.levels
	}
	for at := 0; at < len(to); {
		if !c.more() {
			if err := c.pages.Err(); err != nil {
				return err
			}
			return fmt.Errorf("found %d values where its row group has %d rows or more; the file is damaged: build it again", at, len(to))
		}
		total, read, err := chunk.ReadBatch(int64(len(to)-at), values, levels, nil)
		if err != nil {
			return err
		}
		if total <= 0 || total > int64(len(to)-at) {
			return fmt.Errorf("found a page of %d values, expected at most %d; the file is damaged: build it again", total, len(to)-at)
		}
		end := at + int(total)
		present := int(total)
		var valid []bool
		if v.valid != nil {
			present, valid = 0, v.valid[at:end]
			for i, level := range levels[:total] {
				if level != 0 && level != 1 {
					return fmt.Errorf("found a null flag of %d; the file is damaged: build it again", level)
				}
				if valid[i] = level == 1; valid[i] {
					present++
				}
			}
			if present == len(valid) {
				valid = nil
			}
		}
		if read != present {
			return fmt.Errorf("found %d values in a page that says it has %d; the file is damaged: build it again", read, present)
		}
		set(to[at:end], values[:read], valid)
		at = end
	}
	return nil
}

func setBits[T any](conv func(T) uint64) func(to []uint64, values []T, valid []bool) {
	return func(to []uint64, values []T, valid []bool) {
		if valid == nil {
			for i, x := range values {
				to[i] = conv(x)
			}
			return
		}
		next := 0
		for i, ok := range valid {
			if ok {
				to[i] = conv(values[next])
				next++
			}
		}
	}
}

// setTexts copies the texts of a page, which the next page overwrites, into one
// string. Columns of few texts repeat them.
func setTexts(to []string, values []parquet.ByteArray, valid []bool) {
	size := 0
	for i, b := range values {
		if i == 0 || !sameText(b, values[i-1]) {
			size += len(b)
		}
	}
	var text strings.Builder
	text.Grow(size) // so that it never moves
	next, last := 0, ""
	for i := range to {
		if valid != nil && !valid[i] {
			continue
		}
		if b := values[next]; next == 0 || !sameText(b, values[next-1]) {
			from := text.Len()
			text.Write(b)
			last = text.String()[from:]
		}
		to[i] = last
		next++
	}
}

// sameText is bytes.Equal. Values of a dictionary are the same bytes.
func sameText(a, b parquet.ByteArray) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || bytes.Equal(a, b))
}
