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

	// For a column of few texts, once code was called: the number of each row's
	// text, 0 where absent, and the texts in the order in which they come first.
	codes []uint32
	words []string
}

// newVector returns a vector of n values for a field.
func newVector(f Field, n int) *vector {
	v := &vector{}
	v.reset(f, n)
	return v
}

// reset makes the vector one of n absent or zero values for a field, in the
// memory that it has.
func (v *vector) reset(f Field, n int) {
	v.codes, v.words = v.codes[:0], v.words[:0]
	if f.Nullable {
		v.valid = zeros(v.valid, n)
	}
	if f.Kind == String {
		v.strs = zeros(v.strs, n)
	} else {
		v.bits = zeros(v.bits, n)
	}
}

func zeros[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}

func (v *vector) present(i int) bool { return v.valid == nil || v.valid[i] }

// rows is the number of values, absent ones too.
func (v *vector) rows() int { return max(len(v.bits), len(v.strs)) }

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
	c.take(v, 0, rows)
	return v
}

// take sets the values from at on, which are absent or zero, to those of the rows.
func (c *Column[R]) take(v *vector, at int, rows []R) {
	switch {
	case c.str != nil:
		pack(rows, c.str, v.strs[at:], same)
	case c.int != nil:
		pack(rows, c.int, v.bits[at:], bitsOfInt[int64])
	case c.float != nil:
		pack(rows, c.float, v.bits[at:], math.Float64bits)
	case c.bool != nil:
		pack(rows, c.bool, v.bits[at:], bitsOfBool)
	case c.day != nil:
		pack(rows, c.day, v.bits[at:], bitsOfInt[Day])
	case c.time != nil:
		pack(rows, c.time, v.bits[at:], bitsOfInt[Micros])
	case c.optStr != nil:
		packOpt(rows, c.optStr, v.valid[at:], v.strs[at:], same)
	case c.optInt != nil:
		packOpt(rows, c.optInt, v.valid[at:], v.bits[at:], bitsOfInt[int64])
	case c.optFloat != nil:
		packOpt(rows, c.optFloat, v.valid[at:], v.bits[at:], math.Float64bits)
	case c.optBool != nil:
		packOpt(rows, c.optBool, v.valid[at:], v.bits[at:], bitsOfBool)
	case c.optDay != nil:
		packOpt(rows, c.optDay, v.valid[at:], v.bits[at:], bitsOfInt[Day])
	case c.optTime != nil:
		packOpt(rows, c.optTime, v.valid[at:], v.bits[at:], bitsOfInt[Micros])
	default:
		panic("datasets: column without accessor: " + c.Name)
	}
}

var indexes = sync.Pool{New: func() any { return map[string]uint32{} }}

// code sets codes and words.
func (v *vector) code() {
	index := indexes.Get().(map[string]uint32)
	last := uint32(0)
	for i, s := range v.strs {
		if !v.present(i) {
			v.codes = append(v.codes, 0)
			continue
		}
		// Columns of few texts repeat them.
		if len(v.words) == 0 || s != v.words[last] {
			code, known := index[s]
			if !known {
				code = uint32(len(v.words))
				index[s] = code
				v.words = append(v.words, s)
			}
			last = code
		}
		v.codes = append(v.codes, last)
	}
	clear(index)
	indexes.Put(index)
}

// scatter sets the column in the rows to the values from at on.
func (c *Column[R]) scatter(v *vector, at int, rows []R) {
	switch {
	case c.str != nil:
		unpack(rows, c.str, v.strs[at:], same)
	case c.int != nil:
		unpack(rows, c.int, v.bits[at:], intOfBits)
	case c.float != nil:
		unpack(rows, c.float, v.bits[at:], math.Float64frombits)
	case c.bool != nil:
		unpack(rows, c.bool, v.bits[at:], boolOfBits)
	case c.day != nil:
		unpack(rows, c.day, v.bits[at:], dayOfBits)
	case c.time != nil:
		unpack(rows, c.time, v.bits[at:], timeOfBits)
	case c.optStr != nil:
		unpackOpt(rows, c.optStr, v.valid[at:], v.strs[at:], same)
	case c.optInt != nil:
		unpackOpt(rows, c.optInt, v.valid[at:], v.bits[at:], intOfBits)
	case c.optFloat != nil:
		unpackOpt(rows, c.optFloat, v.valid[at:], v.bits[at:], math.Float64frombits)
	case c.optBool != nil:
		unpackOpt(rows, c.optBool, v.valid[at:], v.bits[at:], boolOfBits)
	case c.optDay != nil:
		unpackOpt(rows, c.optDay, v.valid[at:], v.bits[at:], dayOfBits)
	case c.optTime != nil:
		unpackOpt(rows, c.optTime, v.valid[at:], v.bits[at:], timeOfBits)
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

// blockRows is the number of rows that are turned into columns, or back, column
// by column: so many stay in a core's cache while they are.
const blockRows = 512

// blocks calls f for the rows from to to of n on all cores, a block at a time.
func blocks(n int, f func(from, to int)) {
	_ = sideBySide((n+blockRows-1)/blockRows, func(i int) error {
		f(i*blockRows, min(n, (i+1)*blockRows))
		return nil
	})
}
