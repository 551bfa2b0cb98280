package datasets

import (
	"math"
	"sync"
)

// vector is one column of a batch of rows. All formats are written and read
// through it, so that the accessors of a column are used in one place.
type vector struct {
	valid []bool   // which values are present; nil where the column is not nullable
	bits  []uint64 // every kind but String: the value's 64 bits; 0 where absent
	strs  []string // String only; "" where absent

	// A column of few texts is written by what it holds: instead of strs it has
	// the number of each row's text, 0 where absent, and the texts in the order
	// in which they come first.
	codes []uint32
	words []string
}

// newVector returns a vector of n values for a field.
func newVector(f Field, n int) *vector {
	v := &vector{}
	if f.Nullable {
		v.valid = make([]bool, n)
	}
	if f.Kind == String {
		v.strs = make([]string, n)
	} else {
		v.bits = make([]uint64, n)
	}
	return v
}

func (v *vector) present(i int) bool { return v.valid == nil || v.valid[i] }

// rows is the number of values, absent ones too.
func (v *vector) rows() int { return max(len(v.bits), len(v.strs), len(v.codes)) }

// text returns the text of row i.
func (v *vector) text(i int) string {
	if v.codes != nil {
		return v.words[v.codes[i]]
	}
	return v.strs[i]
}

// Integers, days and moments are stored as a sign-extended int64, floats as
// their IEEE 754 bits, booleans as 0 and 1.

func bitsOfInt[T ~int64 | ~int32](x T) uint64 { return uint64(int64(x)) }

func bitsOfBool(x bool) uint64 {
	if x {
		return 1
	}
	return 0
}

func intOfBits(b uint64) int64   { return int64(b) }
func dayOfBits(b uint64) Day     { return Day(int64(b)) }
func timeOfBits(b uint64) Micros { return Micros(int64(b)) }
func boolOfBits(b uint64) bool   { return b != 0 }

func same(s string) string { return s }

// gather returns the column of the rows.
func (c *Column[R]) gather(rows []R) *vector {
	v := newVector(c.Field, len(rows))
	switch {
	case c.str != nil:
		pack(rows, c.str, v.strs, same)
	case c.int != nil:
		pack(rows, c.int, v.bits, bitsOfInt[int64])
	case c.float != nil:
		pack(rows, c.float, v.bits, math.Float64bits)
	case c.bool != nil:
		pack(rows, c.bool, v.bits, bitsOfBool)
	case c.day != nil:
		pack(rows, c.day, v.bits, bitsOfInt[Day])
	case c.time != nil:
		pack(rows, c.time, v.bits, bitsOfInt[Micros])
	case c.optStr != nil:
		packOpt(rows, c.optStr, v.valid, v.strs, same)
	case c.optInt != nil:
		packOpt(rows, c.optInt, v.valid, v.bits, bitsOfInt[int64])
	case c.optFloat != nil:
		packOpt(rows, c.optFloat, v.valid, v.bits, math.Float64bits)
	case c.optBool != nil:
		packOpt(rows, c.optBool, v.valid, v.bits, bitsOfBool)
	case c.optDay != nil:
		packOpt(rows, c.optDay, v.valid, v.bits, bitsOfInt[Day])
	case c.optTime != nil:
		packOpt(rows, c.optTime, v.valid, v.bits, bitsOfInt[Micros])
	default:
		panic("datasets: column without accessor: " + c.Name)
	}
	return v
}

// gatherCoded is gather; a column of few texts has codes and words.
func (c *Column[R]) gatherCoded(rows []R) *vector {
	if !c.Few || len(rows) == 0 || c.Nullable != (c.optStr != nil) {
		return c.gather(rows)
	}
	v := &vector{codes: make([]uint32, len(rows))}
	book := newWordbook()
	if c.Nullable {
		v.valid = make([]bool, len(rows))
		for i := range rows {
			if o := c.optStr(&rows[i]); o.OK {
				v.valid[i], v.codes[i] = true, book.code(o.V)
			}
		}
	} else {
		for i := range rows {
			v.codes[i] = book.code(*c.str(&rows[i]))
		}
	}
	v.words = book.close()
	return v
}

// wordbook numbers texts as they come first.
type wordbook struct {
	index map[string]uint32
	words []string
	last  uint32
}

var indexes = sync.Pool{New: func() any { return map[string]uint32{} }}

func newWordbook() *wordbook { return &wordbook{index: indexes.Get().(map[string]uint32)} }

func (b *wordbook) code(s string) uint32 {
	// Columns of few texts repeat them.
	if len(b.words) > 0 && s == b.words[b.last] {
		return b.last
	}
	code, known := b.index[s]
	if !known {
		code = uint32(len(b.words))
		b.index[s] = code
		b.words = append(b.words, s)
	}
	b.last = code
	return code
}

// close returns the texts; the book is of no use after it.
func (b *wordbook) close() []string {
	clear(b.index)
	indexes.Put(b.index)
	return b.words
}

// scatter sets the column in the rows.
func (c *Column[R]) scatter(v *vector, rows []R) {
	switch {
	case c.str != nil:
		unpack(rows, c.str, v.strs, same)
	case c.int != nil:
		unpack(rows, c.int, v.bits, intOfBits)
	case c.float != nil:
		unpack(rows, c.float, v.bits, math.Float64frombits)
	case c.bool != nil:
		unpack(rows, c.bool, v.bits, boolOfBits)
	case c.day != nil:
		unpack(rows, c.day, v.bits, dayOfBits)
	case c.time != nil:
		unpack(rows, c.time, v.bits, timeOfBits)
	case c.optStr != nil:
		unpackOpt(rows, c.optStr, v.valid, v.strs, same)
	case c.optInt != nil:
		unpackOpt(rows, c.optInt, v.valid, v.bits, intOfBits)
	case c.optFloat != nil:
		unpackOpt(rows, c.optFloat, v.valid, v.bits, math.Float64frombits)
	case c.optBool != nil:
		unpackOpt(rows, c.optBool, v.valid, v.bits, boolOfBits)
	case c.optDay != nil:
		unpackOpt(rows, c.optDay, v.valid, v.bits, dayOfBits)
	case c.optTime != nil:
		unpackOpt(rows, c.optTime, v.valid, v.bits, timeOfBits)
	default:
		panic("datasets: column without accessor: " + c.Name)
	}
}

func pack[R, T, U any](rows []R, at func(*R) *T, to []U, conv func(T) U) {
	for i := range rows {
		to[i] = conv(*at(&rows[i]))
	}
}

func packOpt[R, T, U any](rows []R, at func(*R) *Opt[T], valid []bool, to []U, conv func(T) U) {
	for i := range rows {
		// What an absent value holds must not reach a file: it stays zero.
		if o := at(&rows[i]); o.OK {
			valid[i], to[i] = true, conv(o.V)
		}
	}
}

func unpack[R, T, U any](rows []R, at func(*R) *T, from []U, conv func(U) T) {
	for i := range rows {
		*at(&rows[i]) = conv(from[i])
	}
}

func unpackOpt[R, T, U any](rows []R, at func(*R) *Opt[T], valid []bool, from []U, conv func(U) T) {
	for i := range rows {
		if valid[i] {
			*at(&rows[i]) = Opt[T]{V: conv(from[i]), OK: true}
		}
	}
}
