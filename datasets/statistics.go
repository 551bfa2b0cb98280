package datasets

import (
	"cmp"
	"encoding/binary"
	"math"

	"github.com/apache/arrow/go/v15/parquet/metadata"
)

// maxLimit is the longest text that a file states as a column's least or
// greatest, in bytes.
const maxLimit = 4096

// statistics returns what a file states of a column of a row group, by which
// readers pass over row groups: how many values are absent, and the least and
// the greatest of the others. Texts are ordered by their bytes; where one is longer
// than maxLimit, neither is stated.
func (v *vector) statistics(k Kind) (s metadata.EncodedStatistics) {
	absent := 0
	for _, ok := range v.valid {
		if !ok {
			absent++
		}
	}
	s.SetNullCount(int64(absent))
	if absent == v.rows() {
		return s
	}
	s.Signed = k != String
	switch k {
	case String:
		texts, at := v.strs, v
		if len(v.words) > 0 {
			texts, at = v.words, &vector{} // all of which are present
		}
		least, most := leastAndMost(at, texts, cmp.Less[string])
		// Both or neither: older readers take one that is not there for "".
		if len(least) <= maxLimit && len(most) <= maxLimit {
			s.SetMin([]byte(least)).SetMax([]byte(most))
		}
	case Float:
		a, b := leastAndMost(v, v.bits, func(a, b uint64) bool { return math.Float64frombits(a) < math.Float64frombits(b) })
		// The format asks for zeros that hold for both zeros.
		if math.Float64frombits(a) == 0 {
			a = math.Float64bits(math.Copysign(0, -1))
		}
		if math.Float64frombits(b) == 0 {
			b = 0
		}
		s.SetMin(binary.LittleEndian.AppendUint64(nil, a)).SetMax(binary.LittleEndian.AppendUint64(nil, b))
	default:
		a, b := leastAndMost(v, v.bits, func(a, b uint64) bool { return int64(a) < int64(b) })
		switch k {
		case Date:
			s.SetMin(binary.LittleEndian.AppendUint32(nil, uint32(a))).SetMax(binary.LittleEndian.AppendUint32(nil, uint32(b)))
		case Bool:
			s.SetMin([]byte{byte(a)}).SetMax([]byte{byte(b)})
		default:
			s.SetMin(binary.LittleEndian.AppendUint64(nil, a)).SetMax(binary.LittleEndian.AppendUint64(nil, b))
		}
	}
	return s
}

// leastAndMost returns the least and the greatest of the values that are
// present, of which there is one.
func leastAndMost[T any](v *vector, values []T, less func(a, b T) bool) (least, most T) {
	some := false
	for i, x := range values {
		switch {
		case !v.present(i):
		case !some:
			least, most, some = x, x, true
		case less(x, least):
			least = x
		case less(most, x):
			most = x
		}
	}
	return least, most
}
