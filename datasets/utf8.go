package datasets

// ValidUTF8 is utf8.Valid at an even pace, some five times as fast where letters
// are not Latin: nobody can guess how many bytes the next character has there. A
// state is the place in a row of the table at which the state after the byte
// stands.
func ValidUTF8[T string | []byte](b T) bool {
	// Addresses and ids have no other letters, and most texts have some soon.
	for len(b) >= 8 && b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7] < 0x80 {
		b = b[8:]
	}
	state := uint64(between)
	for ; len(b) >= 8; b = b[8:] {
		state = afterByte[b[0]] >> (state & 63)
		state = afterByte[b[1]] >> (state & 63)
		state = afterByte[b[2]] >> (state & 63)
		state = afterByte[b[3]] >> (state & 63)
		state = afterByte[b[4]] >> (state & 63)
		state = afterByte[b[5]] >> (state & 63)
		state = afterByte[b[6]] >> (state & 63)
		state = afterByte[b[7]] >> (state & 63)
	}
	for i := 0; i < len(b); i++ {
		state = afterByte[b[i]] >> (state & 63)
	}
	return state&63 == between
}

// The states, six bits each.
const (
	wrong     = 6 * iota
	between   // characters
	oneMore   // byte of 80 to BF
	twoMore   // bytes
	threeMore // bytes
	afterE0   // shorter forms are wrong
	afterED   // halves of surrogate pairs are wrong
	afterF0
	afterF4 // what is beyond the last character is wrong
)

var afterByte = func() (t [256]uint64) {
	set := func(from, to byte, state, next uint64) {
		for c := int(from); c <= int(to); c++ {
			t[c] |= next << state
		}
	}
	set(0x00, 0x7F, between, between)
	set(0xC2, 0xDF, between, oneMore)
	set(0xE0, 0xE0, between, afterE0)
	set(0xE1, 0xEC, between, twoMore)
	set(0xED, 0xED, between, afterED)
	set(0xEE, 0xEF, between, twoMore)
	set(0xF0, 0xF0, between, afterF0)
	set(0xF1, 0xF3, between, threeMore)
	set(0xF4, 0xF4, between, afterF4)
	set(0x80, 0xBF, oneMore, between)
	set(0x80, 0xBF, twoMore, oneMore)
	set(0x80, 0xBF, threeMore, twoMore)
	set(0xA0, 0xBF, afterE0, oneMore)
	set(0x80, 0x9F, afterED, oneMore)
	set(0x90, 0xBF, afterF0, twoMore)
	set(0x80, 0x8F, afterF4, twoMore)
	return t
}()
