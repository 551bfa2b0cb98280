package datasets

import (
	"bytes"
	"fmt"
	"io"
	"math"

	"github.com/xitongsys/parquet-go/compress"
	"github.com/xitongsys/parquet-go/encoding"
	"github.com/xitongsys/parquet-go/layout"
	"github.com/xitongsys/parquet-go/parquet"
	"github.com/xitongsys/parquet-go/reader"
)

// secondPage is a page whose values the second library decodes. It is not asked
// for all of them at once: a slice of boxed values of a whole page costs several
// times what decoding does, and a run of equal ones need not be written out.
type secondPage struct {
	rows       int
	dictionary bool     // values are the dictionary of the pages that follow
	coded      bool     // codes are what rows have
	present    int      // rows that have a value
	valid      []bool   // which rows have one; nil where all have
	codes      []uint32 // numbers in the dictionary of those that have one

	in   *bytes.Reader // at the values that are not decoded yet
	kind parquet.Type
	left int // how many they are
}

// secondValues is how many values are decoded at a time.
const secondValues = 512

// read reads the next page of the column into the memory of the last.
func (p *secondPage) read(column *reader.ColumnBufferType, nullable bool) error {
	header, err := layout.ReadPageHeader(column.ThriftReader)
	if err != nil {
		return err
	}
	meta := column.ChunkHeader.MetaData
	if n := header.GetCompressedPageSize(); n < 0 || int64(n) > meta.GetTotalCompressedSize() {
		return fmt.Errorf("a page of %d bytes in a column of %d", n, meta.GetTotalCompressedSize())
	}
	body := make([]byte, header.GetCompressedPageSize())
	if _, err = io.ReadFull(column.ThriftReader, body); err != nil {
		return err
	}
	if body, err = compress.Uncompress(body, meta.GetCodec()); err != nil {
		return err
	}
	if n := header.GetUncompressedPageSize(); int(n) != len(body) {
		return fmt.Errorf("a page of %d bytes that says it has %d", len(body), n)
	}
	*p = secondPage{valid: p.valid[:0], codes: p.codes[:0], in: bytes.NewReader(body), kind: meta.GetType()}
	switch header.GetType() {
	case parquet.PageType_DICTIONARY_PAGE:
		p.rows, p.dictionary = int(header.DictionaryPageHeader.GetNumValues()), true
		p.left = p.rows
		return nil
	case parquet.PageType_DATA_PAGE:
	default:
		return fmt.Errorf("a page of type %s", header.GetType())
	}
	p.rows = int(header.DataPageHeader.GetNumValues())
	if p.rows <= 0 || p.rows > RowGroupRows {
		return fmt.Errorf("a page of %d values", p.rows)
	}
	p.present = p.rows
	if nullable {
		if err := p.levels(); err != nil {
			return err
		}
	}
	switch how := header.DataPageHeader.GetEncoding(); how {
	case parquet.Encoding_PLAIN: // the only one whose values can be decoded in pieces
		p.left = p.present
		return nil
	case parquet.Encoding_RLE_DICTIONARY, parquet.Encoding_PLAIN_DICTIONARY:
	default:
		return fmt.Errorf("values of encoding %s, which no table has", how)
	}
	p.coded = true
	if p.present == 0 {
		return nil
	}
	width, err := p.in.ReadByte()
	if err != nil {
		return err
	}
	return secondRuns(p.in, width, p.present, func(code uint32, n int) {
		for range n {
			p.codes = append(p.codes, code)
		}
	})
}

// levels reads which rows have a value.
func (p *secondPage) levels() error {
	size, err := encoding.ReadPlainINT32(p.in, 1)
	if err != nil {
		return err
	}
	n, ok := size[0].(int32)
	if !ok || n < 0 || int(n) > p.in.Len() {
		return fmt.Errorf("null flags of %v bytes in a page that has %d", size[0], p.in.Len())
	}
	flags := make([]byte, n)
	if _, err := io.ReadFull(p.in, flags); err != nil {
		return err
	}
	p.present = 0
	wrong := uint32(0)
	err = secondRuns(bytes.NewReader(flags), 1, p.rows, func(flag uint32, n int) {
		for range n {
			p.valid = append(p.valid, flag == 1)
		}
		switch flag {
		case 0:
		case 1:
			p.present += n
		default:
			wrong = flag
		}
	})
	if err == nil && wrong > 0 {
		return fmt.Errorf("a null flag of %d", wrong)
	}
	if p.present == p.rows {
		p.valid = p.valid[:0]
	}
	return err
}

// has tells whether row i of the page has a value.
func (p *secondPage) has(i int) bool { return len(p.valid) == 0 || p.valid[i] }

// values decodes the next values that are not coded, at most n; all booleans, of
// which the library takes a byte for each value that it is asked for.
func (p *secondPage) values(n int) ([]any, error) {
	if n = min(n, p.left); p.kind == parquet.Type_BOOLEAN {
		n = p.left
	}
	p.left -= n
	values, err := encoding.ReadPlain(p.in, p.kind, uint64(n), 0)
	if err == nil && len(values) != n {
		err = fmt.Errorf("%d values where %d rows have one", len(values), n)
	}
	return values, err
}

// secondRuns gives the first n values of a hybrid of runs, each with how often it
// comes. The second library decodes the headers and the values.
func secondRuns(in *bytes.Reader, width byte, n int, give func(value uint32, times int)) error {
	if width > 32 {
		return fmt.Errorf("values of %d bits", width)
	}
	bits, all := uint64(width), n
	one := func(values []any, times int) error {
		for _, value := range values[:min(len(values), n)] {
			x, ok := value.(int64)
			if !ok || x < 0 || x > math.MaxUint32 {
				return fmt.Errorf("found %v, expected a number of %d bits", value, width)
			}
			times = min(times, n)
			give(uint32(x), times)
			n -= times
		}
		return nil
	}
	for n > 0 {
		header, err := encoding.ReadUnsignedVarInt(in)
		if err != nil {
			return err
		}
		count := header >> 1
		if in.Len() == 0 || count == 0 || count > math.MaxInt32 {
			return fmt.Errorf("found %d of %d values", all-n, all)
		}
		if header&1 == 0 {
			// Its value once: the header of a run of one.
			values, err := encoding.ReadRLE(in, 1<<1, bits)
			if err == nil {
				err = one(values, int(count))
			}
			if err != nil {
				return err
			}
			continue
		}
		if count*bits > uint64(in.Len()) {
			return fmt.Errorf("found %d bytes where %d values of %d bits were announced", in.Len(), count*8, width)
		}
		for groups := uint64(0); count > 0 && n > 0; count -= groups {
			groups = min(count, secondValues/8)
			values, err := encoding.ReadBitPacked(in, groups<<1|1, bits)
			if err == nil && len(values) != int(groups)*8 {
				err = fmt.Errorf("found %d values in %d groups of 8", len(values), groups)
			}
			if err == nil {
				err = one(values, 1)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
