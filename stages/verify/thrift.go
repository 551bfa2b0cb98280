package verify

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// The compact protocol of Thrift, in which Parquet writes its footer and the
// headers of its pages
// (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
const (
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftStruct = 12
)

// errShort says that the bytes end inside a value.
var errShort = errors.New("it ends in the middle of a value")

// thrift reads values from bytes of any origin: it allocates nothing that they
// only announce, and follows structures only so deep. After the first error,
// which it keeps, every value is zero.
type thrift struct {
	b    []byte
	at   int
	deep int
	err  error
}

func (t *thrift) fail(format string, args ...any) {
	if t.err == nil {
		t.err = fmt.Errorf(format, args...)
	}
}

func (t *thrift) byte() byte {
	if t.err != nil {
		return 0
	}
	if t.at >= len(t.b) {
		t.err = errShort
		return 0
	}
	t.at++
	return t.b[t.at-1]
}

func (t *thrift) uvarint() uint64 {
	if t.err != nil {
		return 0
	}
	x, n := binary.Uvarint(t.b[t.at:])
	switch {
	case n == 0:
		t.err = errShort
	case n < 0:
		t.fail("found a number of more than 64 bits")
	default:
		t.at += n
		return x
	}
	return 0
}

// int reads a number of type typ, as the wire tells it.
func (t *thrift) int(typ byte) int64 {
	switch typ {
	case thriftByte:
		return int64(int8(t.byte()))
	case thriftI16, thriftI32, thriftI64:
		x := t.uvarint()
		v := int64(x>>1) ^ -int64(x&1)
		if typ == thriftI32 && v != int64(int32(v)) || typ == thriftI16 && v != int64(int16(v)) {
			t.fail("found %d in a number of fewer bits", v)
		}
		return v
	}
	t.fail("found a value of type %d, expected a number", typ)
	return 0
}

// bool reads a boolean field, whose value is its type.
func (t *thrift) bool(typ byte) bool {
	if typ != thriftTrue && typ != thriftFalse {
		t.fail("found a value of type %d, expected a boolean", typ)
	}
	return typ == thriftTrue
}

// text reads a text, of which the bytes stay part of the input.
func (t *thrift) text(typ byte) []byte {
	if typ != thriftBinary {
		t.fail("found a value of type %d, expected a text", typ)
	}
	n := t.uvarint()
	if t.err == nil && n > uint64(len(t.b)-t.at) {
		t.err = errShort
	}
	if t.err != nil {
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

// enter counts how deep values lie in each other.
func (t *thrift) enter() bool {
	if t.deep++; t.deep > maxThriftDeep {
		t.fail("found structures more than %d deep", maxThriftDeep)
	}
	return t.err == nil
}

// structure calls field for every field of a structure. Field reads the value,
// or returns false for one that is of no interest.
func (t *thrift) structure(typ byte, field func(id int, typ byte) bool) {
	if typ != thriftStruct {
		t.fail("found a value of type %d, expected a structure", typ)
	}
	if !t.enter() {
		return
	}
	defer func() { t.deep-- }()
	id := int64(0)
	for {
		head := t.byte()
		typ := head & 0x0f
		if t.err != nil || typ == 0 {
			return
		}
		last := id
		if head>>4 != 0 {
			id += int64(head >> 4)
		} else {
			id = t.int(thriftI16)
		}
		if id <= last { // writers go upwards; of two equal ones readers take different ones
			t.fail("found field %d after field %d", id, last)
			return
		}
		if !field(int(id), typ) {
			t.skip(typ)
		}
	}
}

// list calls one for every element, of which there may be at most most.
func (t *thrift) list(typ byte, most int, one func(typ byte)) {
	if typ != thriftList && typ != thriftSet {
		t.fail("found a value of type %d, expected a list", typ)
	}
	if !t.enter() {
		return
	}
	defer func() { t.deep-- }()
	head := t.byte()
	n := uint64(head >> 4)
	if n == 15 {
		n = t.uvarint()
	}
	if t.err == nil && n > uint64(most) {
		t.fail("found a list of %d elements, at most %d are read", n, most)
	}
	for range n {
		if t.err != nil {
			return
		}
		one(head & 0x0f)
	}
}

// skip passes over a value.
func (t *thrift) skip(typ byte) {
	switch typ {
	case thriftTrue, thriftFalse:
	case thriftByte, thriftI16, thriftI32, thriftI64:
		t.int(typ)
	case thriftDouble:
		for range 8 {
			t.byte()
		}
	case thriftBinary:
		t.text(typ)
	case thriftList, thriftSet:
		t.list(typ, len(t.b)-t.at, t.element)
	case thriftStruct:
		t.structure(typ, func(int, byte) bool { return false })
	default: // maps too, which Parquet has none of
		t.fail("found a value of unknown type %d", typ)
	}
}

// element passes over an element of a list, where a boolean is a byte.
func (t *thrift) element(typ byte) {
	if typ == thriftTrue || typ == thriftFalse {
		t.byte()
		return
	}
	t.skip(typ)
}
