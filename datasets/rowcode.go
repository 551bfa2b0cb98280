package datasets

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"strings"
)

// A row of a run file is one byte a presence bit of each of eight columns, then
// the values that are present in the order of the columns: text as its length
// and its bytes, numbers with a point as 8 bytes little-endian, all others as a
// zigzag varint. Lengths are varints too. Text need not be UTF-8 here.

// errRow says that bytes are no row of the table.
var errRow = errors.New("its rows do not end where they should; remove the file and run again")

// appendRow appends the row to b.
func (t *Table[R]) appendRow(b []byte, r *R) []byte {
	at := len(b)
	for range (len(t.Columns) + 7) / 8 {
		b = append(b, 0)
	}
	for i := range t.Columns {
		c, has := &t.Columns[i], true
		switch c.Kind {
		case String:
			s := ""
			if c.Nullable {
				o := c.optStr(r)
				s, has = o.V, o.OK
			} else {
				s = *c.str(r)
			}
			if has {
				b = append(binary.AppendUvarint(b, uint64(len(s))), s...)
			}
		case Float:
			var f float64
			if c.Nullable {
				o := c.optFloat(r)
				f, has = o.V, o.OK
			} else {
				f = *c.float(r)
			}
			if has {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(f))
			}
		default:
			var n int64
			if n, has = c.whole(r); has {
				b = binary.AppendVarint(b, n)
			}
		}
		if has {
			b[at+i/8] |= 1 << (i % 8)
		}
	}
	return b
}

// whole returns the value of a column that is stored as an integer.
func (c *Column[R]) whole(r *R) (int64, bool) {
	switch {
	case c.optInt != nil:
		o := c.optInt(r)
		return o.V, o.OK
	case c.int != nil:
		return *c.int(r), true
	case c.optTime != nil:
		o := c.optTime(r)
		return int64(o.V), o.OK
	case c.time != nil:
		return int64(*c.time(r)), true
	case c.bool != nil:
		return int64(bitsOfBool(*c.bool(r))), true
	case c.optBool != nil:
		o := c.optBool(r)
		return int64(bitsOfBool(o.V)), o.OK
	case c.day != nil:
		return int64(*c.day(r)), true
	}
	o := c.optDay(r)
	return int64(o.V), o.OK
}

func (c *Column[R]) setWhole(r *R, n int64) {
	switch {
	case c.optInt != nil:
		*c.optInt(r) = Some(n)
	case c.int != nil:
		*c.int(r) = n
	case c.optTime != nil:
		*c.optTime(r) = Some(Micros(n))
	case c.time != nil:
		*c.time(r) = Micros(n)
	case c.bool != nil:
		*c.bool(r) = n != 0
	case c.optBool != nil:
		*c.optBool(r) = Some(n != 0)
	case c.day != nil:
		*c.day(r) = Day(n)
	default:
		*c.optDay(r) = Some(Day(n))
	}
}

// takeRow sets r, which is zero, to the row at the start of s, whose memory its
// text shares, and returns what follows it.
func (t *Table[R]) takeRow(s string, r *R) (string, error) {
	n := (len(t.Columns) + 7) / 8
	if len(s) < n {
		return "", errRow
	}
	bits, s := s[:n], s[n:]
	for i := range t.Columns {
		if bits[i/8]&(1<<(i%8)) == 0 {
			continue
		}
		c := &t.Columns[i]
		if c.Kind == Float {
			if len(s) < 8 {
				return "", errRow
			}
			var u uint64
			for k := range 8 {
				u |= uint64(s[k]) << (8 * k)
			}
			s = s[8:]
			if f := math.Float64frombits(u); c.Nullable {
				*c.optFloat(r) = Some(f)
			} else {
				*c.float(r) = f
			}
			continue
		}
		u, size := uvarint(s)
		if size == 0 {
			return "", errRow
		}
		s = s[size:]
		if c.Kind != String {
			c.setWhole(r, int64(u>>1)^-int64(u&1))
			continue
		}
		if u > uint64(len(s)) {
			return "", errRow
		}
		text := s[:u]
		s = s[u:]
		if c.Nullable {
			*c.optStr(r) = Some(text)
		} else {
			*c.str(r) = text
		}
	}
	return s, nil
}

// uvarint returns the number at the start of s and its size, 0 where there is none.
func uvarint(s string) (u uint64, size int) {
	for i := 0; i < len(s) && i < binary.MaxVarintLen64; i++ {
		b := s[i]
		u |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			return u, i + 1
		}
	}
	return 0, 0
}

// Order is the order of rows by columns of their table, absent before present,
// text by its bytes.
type Order[R any] struct{ columns []*Column[R] }

// Order returns the order by the named columns. Floats have no order here. A name
// that is no column of the table panics.
func (t *Table[R]) Order(names ...string) Order[R] {
	var o Order[R]
	for _, n := range names {
		o.columns = append(o.columns, &t.Columns[t.pick([]string{n})[0]])
	}
	return o
}

// Append appends to b the bytes by which a row is put into the order:
// bytes.Compare of two of them is the order of their rows.
func (o Order[R]) Append(b []byte, r *R) []byte { return appendOrder(b, r, o.columns) }

// Compare compares two rows.
func (o Order[R]) Compare(a, b *R) int { return bytes.Compare(o.Append(nil, a), o.Append(nil, b)) }

func appendOrder[R any](b []byte, r *R, columns []*Column[R]) []byte {
	for _, c := range columns {
		switch {
		case c.str != nil:
			b = appendText(b, *c.str(r))
		case c.optStr != nil:
			if o := c.optStr(r); o.OK {
				b = appendText(append(b, 1), o.V)
			} else {
				b = append(b, 0)
			}
		default:
			n, ok := c.whole(r)
			if c.Nullable {
				b = append(b, byte(bitsOfBool(ok)))
			}
			if ok {
				b = binary.BigEndian.AppendUint64(b, uint64(n)^1<<63)
			}
		}
	}
	return b
}

// appendText appends a text so that it sorts before all that it begins. 0 is
// followed by 1 inside it and by 0 at its end.
func appendText(b []byte, s string) []byte {
	if strings.IndexByte(s, 0) < 0 {
		return append(append(b, s...), 0, 0)
	}
	for i := 0; i < len(s); i++ {
		if b = append(b, s[i]); s[i] == 0 {
			b = append(b, 1)
		}
	}
	return append(b, 0, 0)
}
