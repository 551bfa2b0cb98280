// Package jsontape reads JSON in one pass and without a copy: a document becomes
// a row of small nodes without pointers, each of which says where in the
// document's own bytes its value stands and where the value after it begins.
// What is not asked for is validated and not looked at again; a text is decoded
// when it is read.
package jsontape

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"sync"
)

// MaxDepth is how deep values may stand in each other, the outermost being 1.
const MaxDepth = 300

// maxSize is the size of the largest document, in bytes: offsets have 32 bits.
const maxSize = 1<<32 - 1

// node is a value of the document. Offsets of texts and keys are those between
// the quotes. An object or list is followed by what stands in it.
type node struct {
	start, end  uint32
	key, keyEnd uint32 // of a member of an object
	next        uint32 // the node after all that stands in this one
	bits        uint16
	kind        Type
}

// What bits say of a value or its key.
const (
	escapes    = 1 << iota // the text has escapes
	notASCII               // the text may have bytes that are not ASCII
	keyEscapes             // the same of the key
)

// Parser reads one document after another into the same memory. It is not for
// several goroutines at once.
type Parser struct {
	raw     []byte
	nodes   []node
	decoded []byte  // texts with escapes that were read
	lists   []Value // lists that were read
	copied  []byte  // what ParseString read
	texts   Texts
}

// Pool keeps parsers that are not in use.
type Pool struct{ pool sync.Pool }

// Get takes a parser out of the pool, or makes one.
func (p *Pool) Get() *Parser {
	if q, ok := p.pool.Get().(*Parser); ok {
		return q
	}
	return &Parser{}
}

// Put gives a parser back. Its values are void.
func (p *Pool) Put(q *Parser) {
	q.raw = nil
	p.pool.Put(q)
}

// Parse reads a document with a parser of its own.
func Parse(raw []byte) (Value, error) { return new(Parser).Parse(raw) }

// Parse reads the one document that raw is. Its values are good until the next
// call and as long as nobody writes to raw. An error says that raw is no JSON as
// RFC 8259 has it, or nested too deeply; whether texts are UTF-8 is not looked at.
// NaN, which programs in Python write for what is missing, is null.
func (p *Parser) Parse(raw []byte) (Value, error) {
	p.raw, p.decoded, p.lists = raw, p.decoded[:0], p.lists[:0]
	if len(raw) > maxSize {
		return Value{}, fmt.Errorf("a document of %d bytes is too large", len(raw))
	}
	at, want := p.parse()
	if want != "" {
		return Value{}, fmt.Errorf("byte %d: expected %s", at, want)
	}
	return Value{p, 0}, nil
}

// ParseString is Parse for a text, which it copies.
func (p *Parser) ParseString(raw string) (Value, error) {
	p.copied = append(p.copied[:0], raw...)
	return p.Parse(p.copied)
}

// parse fills the tape. It returns what was expected where the document is
// wrong, "" where it is not.
func (p *Parser) parse() (at int, want string) {
	var (
		b                = p.raw
		nodes            = p.nodes[:0]
		open             int // containers that are not closed
		in               int // the innermost, whose next holds the one around it
		keyStart, keyEnd int
		keyBits          uint16
		end              int
		found            uint16
		n                *node
		i                = skip(b, 0)
	)

value:
	if i >= len(b) {
		return i, "a value"
	}
	if open == MaxDepth {
		return i, "no value so deep"
	}
	if len(nodes) == cap(nodes) {
		nodes = append(nodes, node{})
	} else {
		nodes = nodes[:len(nodes)+1]
	}
	n = &nodes[len(nodes)-1]
	n.start, n.key, n.keyEnd, n.next, n.bits = uint32(i), uint32(keyStart), uint32(keyEnd), uint32(len(nodes)), keyBits
	switch c := b[i]; c {
	case '"':
		if end, found = textEnd(b, i+1); end < 0 {
			return i, "a text that ends, with escapes that there are"
		}
		n.start, n.end, n.kind = uint32(i+1), uint32(end), String
		n.bits |= found
		i = end + 1
	case '{', '[':
		n.kind = Object
		if c == '[' {
			n.kind = Array
		}
		n.next = uint32(in)
		in = len(nodes) - 1
		open++
		if i = skip(b, i+1); i >= len(b) {
			return i, "a comma or the end of the list or object"
		}
		if b[i] == c+2 { // in ASCII the closing bracket
			goto after
		}
		if c == '{' {
			goto key
		}
		keyStart, keyEnd, keyBits = 0, 0, 0
		goto value
	case 't':
		if len(b)-i < 4 || string(b[i:i+4]) != "true" {
			return i, "a value"
		}
		i += 4
		n.end, n.kind = uint32(i), True
	case 'f':
		if len(b)-i < 5 || string(b[i:i+5]) != "false" {
			return i, "a value"
		}
		i += 5
		n.end, n.kind = uint32(i), False
	case 'n':
		if len(b)-i < 4 || string(b[i:i+4]) != "null" {
			return i, "a value"
		}
		i += 4
		n.end, n.kind = uint32(i), Null
	case 'N':
		if len(b)-i < 3 || string(b[i:i+3]) != "NaN" {
			return i, "a value"
		}
		i += 3
		n.end, n.kind = uint32(i), Null
	default:
		if end = number(b, i); end < 0 {
			return i, "a value"
		}
		i = end
		n.end, n.kind = uint32(i), Number
	}

after:
	for open > 0 {
		n = &nodes[in]
		if i+2 < len(b) && b[i] == ',' && b[i+1] == ' ' && b[i+2] == '"' && n.kind == Object {
			i += 2
			goto key
		}
		if i = skip(b, i); i >= len(b) {
			return i, "a comma or the end of the list or object"
		}
		switch {
		case b[i] == ',':
			i = skip(b, i+1)
			if n.kind == Object {
				goto key
			}
			keyStart, keyEnd, keyBits = 0, 0, 0
			goto value
		case b[i] == ']' && n.kind == Array, b[i] == '}' && n.kind == Object:
			i++
			in = int(n.next)
			n.end, n.next = uint32(i), uint32(len(nodes))
			open--
		default:
			return i, "a comma or the end of the list or object"
		}
	}
	if i = skip(b, i); i < len(b) {
		return i, "the end"
	}
	p.nodes = nodes
	return 0, ""

key:
	if i >= len(b) || b[i] != '"' {
		return i, "a key in quotes"
	}
	keyStart, keyBits = i+1, 0
	// Most keys end in their first sixteen bytes.
	if i+17 <= len(b) {
		c := (*[16]byte)(b[i+1:])
		w, x := binary.LittleEndian.Uint64(c[:8]), binary.LittleEndian.Uint64(c[8:])
		keyEnd = keyStart
		stop := stops(w)
		if stop == 0 {
			stop = stops(x)
			keyEnd += 8
		}
		if keyEnd += bits.TrailingZeros64(stop) / 8; stop != 0 && b[keyEnd] == '"' {
			goto colon
		}
	}
	if keyEnd, found = textEnd(b, keyStart); keyEnd < 0 {
		return i, "a text that ends, with escapes that there are"
	}
	if found&escapes != 0 {
		keyBits = keyEscapes
	}

colon:
	// As most programs write it.
	if i = keyEnd + 3; i < len(b) && b[i-2] == ':' && b[i-1] == ' ' && b[i] > ' ' {
		goto value
	}
	if i = skip(b, keyEnd+1); i >= len(b) || b[i] != ':' {
		return i, "a colon after the key"
	}
	i = skip(b, i+1)
	goto value
}

// skip goes over white space.
func skip(b []byte, i int) int {
	for i < len(b) && b[i] <= ' ' && white>>b[i]&1 != 0 {
		i++
	}
	return i
}

// white has a bit for each character that is white space.
const white = uint64(1<<' ' | 1<<'\n' | 1<<'\r' | 1<<'\t')

const (
	ones = 0x0101010101010101
	high = 0x8080808080808080
)

// stops has the highest bit of each byte of w that is a quote, a backslash or
// below a space, and after the first of them of others too. (A quote xor 2 is a
// space.)
func stops(w uint64) uint64 {
	return (((w ^ 0x02*ones) - 0x21*ones) | ((w ^ '\\'*ones) - ones)) & ^w & high
}

// textEnd returns where the quote stands that ends the text whose first byte is at
// i, and bits for it; -1 where it does not end, has a control
// character or an escape that there is not.
func textEnd(b []byte, i int) (end int, found uint16) {
	seen := uint64(0) // all bytes so far, one over the other
	for {
		// Eight bytes at a time: the lowest bit of stop is in the first byte that is
		// a quote, a backslash or below a space. (A quote xor 2 is a space.)
		stop := uint64(0)
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i : i+8])
			seen |= w
			if stop = stops(w); stop != 0 {
				i += bits.TrailingZeros64(stop) / 8
				break
			}
			i += 8
		}
		if stop == 0 {
			for ; ; i++ {
				if i >= len(b) {
					return -1, 0
				}
				if b[i] == '"' || b[i] == '\\' || b[i] < ' ' {
					break
				}
				seen |= uint64(b[i])
			}
		}
		if b[i] == '"' {
			if seen&high != 0 {
				found |= notASCII
			}
			return i, found
		}
		for found |= escapes; i < len(b) && b[i] == '\\'; {
			// Whole words are written like this.
			if len(b)-i >= 6 && b[i+1] == 'u' && hexDigit[b[i+2]]|hexDigit[b[i+3]]|hexDigit[b[i+4]]|hexDigit[b[i+5]] < 16 {
				i += 6
				continue
			}
			n := escape(b[i:])
			if n == 0 {
				return -1, 0
			}
			i += n
		}
		if i < len(b) && b[i] < ' ' {
			return -1, 0
		}
	}
}

// escape returns the size of the escape that b starts with, 0 where it is none.
func escape(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch b[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2
	case 'u':
		if _, ok := hex4(b[2:]); ok {
			return 6
		}
	}
	return 0
}

// hex4 reads four hexadecimal digits.
func hex4(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	x, y, z, w := hexDigit[b[0]], hexDigit[b[1]], hexDigit[b[2]], hexDigit[b[3]]
	return rune(x)<<12 | rune(y)<<8 | rune(z)<<4 | rune(w), x|y|z|w < 16
}

// hexDigit is the value of a hexadecimal digit, 255 for other bytes.
var hexDigit = func() (t [256]byte) {
	for i := range t {
		switch c := byte(i); {
		case c >= '0' && c <= '9':
			t[i] = c - '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			t[i] = c | 0x20 - 'a' + 10
		default:
			t[i] = 255
		}
	}
	return t
}()

// number returns where the number ends that starts at i, -1 where none does.
func number(b []byte, i int) int {
	if i < len(b) && b[i] == '-' {
		i++
	}
	whole := i
	if i = digits(b, i); i == whole || b[whole] == '0' && i > whole+1 {
		return -1
	}
	if i < len(b) && b[i] == '.' {
		fraction := i + 1
		if i = digits(b, fraction); i == fraction {
			return -1
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		exponent := i
		if i = digits(b, exponent); i == exponent {
			return -1
		}
	}
	return i
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	return i
}
