package jsontape

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"diplometrics/datasets"
)

// Type is what kind of value a value is.
type Type uint8

// The types of values. What is absent is Null too.
const (
	Null Type = iota
	Object
	Array
	String
	Number
	True
	False
)

// String names the type as messages do.
func (t Type) String() string {
	return [...]string{"null", "object", "array", "string", "number", "true", "false"}[t]
}

// Value is a value of a document, or absent, which its zero is. Every method is
// good for an absent value, which has no type, no members and no text.
type Value struct {
	doc *Parser
	at  uint32
}

func (v Value) node() *node { return &v.doc.nodes[v.at] }

// Type is Null for what is absent; Exists tells that apart.
func (v Value) Type() Type {
	if v.doc == nil {
		return Null
	}
	return v.node().kind
}

// Exists tells whether there is a value at the keys, which can be null.
func (v Value) Exists(keys ...string) bool { return v.Get(keys...).doc != nil }

// Get follows keys, through lists by their elements' numbers from 0. Of members
// with the same key the first counts.
func (v Value) Get(keys ...string) Value {
	for _, key := range keys {
		switch v.Type() {
		case Object:
			v = v.member(key)
		case Array:
			v = v.element(key)
		default:
			return Value{}
		}
	}
	return v
}

func (v Value) member(key string) Value {
	raw, nodes := v.doc.raw, v.doc.nodes
	end := nodes[v.at].next
	for i := v.at + 1; i < end; {
		n := &nodes[i]
		if int(n.keyEnd-n.key) == len(key) && string(raw[n.key:n.keyEnd]) == key && n.bits&keyEscapes == 0 ||
			n.bits&keyEscapes != 0 && string(appendDecoded(nil, raw[n.key:n.keyEnd])) == key {
			return Value{v.doc, i}
		}
		i = n.next
	}
	return Value{}
}

func (v Value) element(key string) Value {
	number, err := strconv.Atoi(key)
	if err != nil || number < 0 {
		return Value{}
	}
	nodes := v.doc.nodes
	for i, end := v.at+1, nodes[v.at].next; i < end; i = nodes[i].next {
		if number == 0 {
			return Value{v.doc, i}
		}
		number--
	}
	return Value{}
}

// Len is the number of members of an object or elements of a list, 0 for others.
func (v Value) Len() (n int) {
	if v.doc == nil {
		return 0
	}
	nodes := v.doc.nodes
	for i, end := v.at+1, nodes[v.at].next; i < end; i = nodes[i].next {
		n++
	}
	return n
}

// GetArray returns the elements of the list at the keys, nil where none is there.
func (v Value) GetArray(keys ...string) []Value {
	v = v.Get(keys...)
	if v.Type() != Array {
		return nil
	}
	d := v.doc
	start := len(d.lists)
	for i, end := v.at+1, d.nodes[v.at].next; i < end; i = d.nodes[i].next {
		d.lists = append(d.lists, Value{d, i})
	}
	return d.lists[start:len(d.lists):len(d.lists)]
}

// Visit gives the members of an object in their order. A key is good as long as
// the document is.
func (v Value) Visit(f func(key []byte, member Value)) {
	if v.Type() != Object {
		return
	}
	d := v.doc
	for i, end := v.at+1, d.nodes[v.at].next; i < end; i = d.nodes[i].next {
		n := &d.nodes[i]
		key := d.raw[n.key:n.keyEnd]
		if n.bits&keyEscapes != 0 {
			key = d.decode(key)
		}
		f(key, Value{d, i})
	}
}

// GetStringBytes returns the text at the keys, nil where none is there. It is
// good as long as the document is, and not to be changed. Half of a surrogate
// pair alone stays the escape that it is.
func (v Value) GetStringBytes(keys ...string) []byte {
	v = v.Get(keys...)
	if v.Type() != String {
		return nil
	}
	n := v.node()
	b := v.doc.raw[n.start:n.end:n.end]
	if n.bits&escapes != 0 {
		return v.doc.decode(b)
	}
	return b
}

// Text returns the text at the keys, "" where none is there. It outlives the
// document.
func (v Value) Text(keys ...string) string {
	b := v.GetStringBytes(keys...)
	if len(b) == 0 {
		return ""
	}
	return v.doc.texts.Copy(b)
}

// ValidUTF8 tells whether a text is UTF-8; true for what is no text.
func (v Value) ValidUTF8() bool {
	if v.Type() != String {
		return true
	}
	n := v.node()
	return n.bits&notASCII == 0 || datasets.ValidUTF8(v.doc.raw[n.start:n.end])
}

// GetBool tells whether the value at the keys is true.
func (v Value) GetBool(keys ...string) bool { return v.Get(keys...).Type() == True }

// number returns the number as it is written, nil where there is none.
func (v Value) number() []byte {
	if v.Type() != Number {
		return nil
	}
	n := v.node()
	return v.doc.raw[n.start:n.end]
}

// Int64 returns the whole number that is written without point and exponent;
// false where there is none, or one that is too large.
func (v Value) Int64() (int64, bool) {
	b := v.number()
	if len(b) == 0 {
		return 0, false
	}
	if len(b) > 18 { // may be too large
		n, err := strconv.ParseInt(string(b), 10, 64)
		return n, err == nil
	}
	minus := b[0] == '-'
	if minus {
		b = b[1:]
	}
	n := int64(0)
	for _, c := range b {
		if c -= '0'; c > 9 {
			return 0, false
		}
		n = n*10 + int64(c)
	}
	if minus {
		n = -n
	}
	return n, true
}

// Float64 returns the number that is closest, 0 where there is none and an
// infinity where it is too large.
func (v Value) Float64() float64 {
	x, _ := strconv.ParseFloat(string(v.number()), 64)
	return x
}

// AppendTo appends the value as JSON without white space; texts and numbers
// stay as they are written.
func (v Value) AppendTo(b []byte) []byte {
	if v.doc == nil {
		return b
	}
	n := v.node()
	raw := v.doc.raw[n.start:n.end]
	switch n.kind {
	case String:
		return append(append(append(b, '"'), raw...), '"')
	case Object, Array:
		b = append(b, raw[0])
		nodes := v.doc.nodes
		for i := v.at + 1; i < n.next; i = nodes[i].next {
			if i > v.at+1 {
				b = append(b, ',')
			}
			if n.kind == Object {
				b = append(append(append(b, '"'), v.doc.raw[nodes[i].key:nodes[i].keyEnd]...), `":`...)
			}
			b = Value{v.doc, i}.AppendTo(b)
		}
		return append(b, raw[len(raw)-1])
	}
	return append(b, raw...)
}

// String shows the value to people: a text decoded and in quotes, anything else
// as AppendTo has it.
func (v Value) String() string {
	if v.Type() != String {
		return string(v.AppendTo(nil))
	}
	b := v.GetStringBytes()
	for _, c := range b {
		if c == '"' || c == '\\' || c < ' ' {
			return strconv.Quote(string(b))
		}
	}
	return `"` + string(b) + `"`
}

// decode returns a text without its escapes.
func (p *Parser) decode(b []byte) []byte {
	start := len(p.decoded)
	p.decoded = appendDecoded(p.decoded, b)
	return p.decoded[start:len(p.decoded):len(p.decoded)]
}

// plain is what an escape of one letter stands for.
var plain = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// appendDecoded appends a text, whose escapes are valid, without them. Half of a
// surrogate pair stays as it is; before another escape the two are U+FFFD.
func appendDecoded(to, b []byte) []byte {
	for i := 0; i < len(b); {
		if b[i] != '\\' {
			n := bytes.IndexByte(b[i:], '\\')
			if n < 0 {
				return append(to, b[i:]...)
			}
			to = append(to, b[i:i+n]...)
			i += n
		}
		if b[i+1] != 'u' {
			to = append(to, plain[b[i+1]])
			i += 2
			continue
		}
		r, _ := hex4(b[i+2:])
		i += 6
		if r >= 0x80 && r < 0x800 { // letters of most alphabets
			to = append(to, 0xC0|byte(r>>6), 0x80|byte(r)&0x3F)
			continue
		}
		if !utf16.IsSurrogate(r) {
			to = utf8.AppendRune(to, r)
			continue
		}
		if len(b)-i >= 6 && b[i] == '\\' && b[i+1] == 'u' {
			second, _ := hex4(b[i+2:])
			to = utf8.AppendRune(to, utf16.DecodeRune(r, second))
			i += 6
			continue
		}
		to = append(to, b[i-6:i]...)
	}
	return to
}

// AppendText appends a text as JSON. Bytes that are not UTF-8 stay as they are.
func AppendText(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c < ' ':
			b = append(append(b, `\u00`...), "0123456789abcdef"[c>>4], "0123456789abcdef"[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
