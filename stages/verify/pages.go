package verify

import (
	"errors"
	"fmt"
	"io"
)

// page is the header of a page.
type page struct {
	kind, unpacked, packed int64
	values, encoding       int64
	header                 int64 // bytes of the header itself
}

// The kinds of pages and encodings of parquet.thrift that the profile uses.
const (
	dataPage       = 0
	dictionaryPage = 2
	plainEncoding  = 0
)

// checkChunks walks the pages of all columns: they must fill what the footer
// gives to each column, hold as many values as it has rows, and announce no more
// bytes than it has.
func (f *footer) checkChunks(r io.ReaderAt) error {
	packed := int64(0)
	for i, g := range f.groups {
		for j, c := range g.columns {
			at := fmt.Sprintf("row group %d, column %s", i+1, f.Fields[j].Name)
			start := c.data
			if c.dictionary >= 0 {
				start = c.dictionary
			}
			if start < 4 || start > c.data || c.packed < 0 || c.packed > f.end-start {
				return fmt.Errorf("%s: it is said to lie from byte %d to %d, outside of the %d bytes before the footer", at, start, start+c.packed, f.end)
			}
			// Columns that share bytes would unpack the same ones over and over.
			if packed += c.packed; packed > f.end {
				return fmt.Errorf("%s: the columns up to this one have %d bytes, and the file %d before its footer", at, packed, f.end)
			}
			if err := c.checkPages(r, start); err != nil {
				return fmt.Errorf("%s: %w", at, err)
			}
		}
	}
	return nil
}

func (c chunk) checkPages(r io.ReaderAt, start int64) error {
	values, unpacked, dictionary := int64(0), int64(0), false
	for at := start; at < start+c.packed; {
		p, err := readPage(r, at, start+c.packed)
		if err != nil {
			return fmt.Errorf("page at byte %d: %w", at, err)
		}
		switch {
		case p.packed < 0 || p.packed > start+c.packed-at-p.header:
			return fmt.Errorf("page at byte %d: found %d bytes, more than are left of its column", at, p.packed)
		case p.unpacked < 0 || p.unpacked > maxPage:
			return fmt.Errorf("page at byte %d: found %d bytes unpacked, at most %d are read", at, p.unpacked, maxPage)
		case p.values < 0 || p.values > maxGroupRows:
			return fmt.Errorf("page at byte %d: found %d values, at most %d are read", at, p.values, maxGroupRows)
		case p.kind == dictionaryPage && (at != start || c.dictionary != start || p.encoding != plainEncoding && p.encoding != 2):
			return fmt.Errorf("page at byte %d: found a dictionary where none is expected, or one that is encoded", at)
		case p.kind == dictionaryPage:
			dictionary = true
		case p.kind != dataPage:
			return fmt.Errorf("page at byte %d: found a page of kind %d, expected data pages (0) after at most one dictionary (2)", at, p.kind)
		case at < c.data || values == 0 && at != c.data:
			return fmt.Errorf("page at byte %d: found data there, expected the first at byte %d", at, c.data)
		case p.encoding != plainEncoding && !(dictionary && (p.encoding == 2 || p.encoding == 8)) && !(c.typ == 0 && p.encoding == 3):
			return fmt.Errorf("page at byte %d: found encoding %d, expected plain or a dictionary", at, p.encoding)
		case p.values == 0:
			return fmt.Errorf("page at byte %d: found no values in it", at)
		default:
			values += p.values
		}
		at += p.header + p.packed
		if unpacked += p.header + p.unpacked; unpacked > maxGroupBytes {
			return fmt.Errorf("page at byte %d: found more than %d bytes unpacked up to it, no more are read", at, maxGroupBytes)
		}
	}
	if values != c.values {
		return fmt.Errorf("found %d values in its pages, expected %d", values, c.values)
	}
	return nil
}

// readPage reads the header of the page at a byte, which ends before end.
func readPage(r io.ReaderAt, at, end int64) (page, error) {
	for size := int64(1 << 10); ; size *= 32 {
		b := make([]byte, min(size, maxPageHeader, end-at))
		if _, err := r.ReadAt(b, at); err != nil {
			return page{}, err
		}
		t := &thrift{b: b}
		p := t.page()
		if errors.Is(t.err, errShort) && int64(len(b)) == size {
			continue
		}
		p.header = int64(t.at)
		return p, t.err
	}
}

func (t *thrift) page() page {
	p := page{kind: -1, values: -1, encoding: -1}
	t.structure(thriftStruct, func(id int, typ byte) bool {
		switch {
		case id == 1:
			p.kind = t.int(typ)
		case id == 2:
			p.unpacked = t.int(typ)
		case id == 3:
			p.packed = t.int(typ)
		case id == 5 && p.kind == dataPage, id == 7 && p.kind == dictionaryPage:
			t.structure(typ, func(id int, typ byte) bool {
				switch id {
				case 1:
					p.values = t.int(typ)
				case 2:
					p.encoding = t.int(typ)
				default:
					return false
				}
				return true
			})
		default:
			return false
		}
		return true
	})
	return p
}
