package datasets

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// All of one and two bytes, all characters, and all that begin like one of three
// or four bytes, at every place of eight bytes.
func TestValidUTF8(t *testing.T) {
	var b []byte
	check := func(s ...byte) {
		for before := range 8 {
			b = append(append(append(b[:0], "1234567"[:before]...), s...), "ab"...)
			if got := ValidUTF8(b); got != utf8.Valid(b) {
				t.Fatalf("%x: %v", b, got)
			}
			if got := ValidUTF8(b[:before+len(s)]); got != utf8.Valid(b[:before+len(s)]) {
				t.Fatalf("%x: %v", b[:before+len(s)], got)
			}
		}
	}
	edges := []byte{0x00, 0x22, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF}
	for x := range 256 {
		check(byte(x))
		for y := range 256 {
			check(byte(x), byte(y))
			if x < 0xE0 {
				continue
			}
			for _, z := range edges {
				check(byte(x), byte(y), z)
				for _, w := range edges {
					check(byte(x), byte(y), z, w)
				}
			}
		}
	}
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if s := string(r); !ValidUTF8([]byte(s)) {
			t.Fatalf("%x", s)
		}
	}
}

func TestValidUTF8OfTexts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(rapid.String().Draw(t, "text"))
		if len(b) > 0 && rapid.Bool().Draw(t, "damaged") {
			b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		if got := ValidUTF8(b); got != utf8.Valid(b) {
			t.Fatalf("%x: %v", b, got)
		}
	})
}

func BenchmarkValidUTF8(b *testing.B) {
	text := []byte(strings.Repeat("сегодня протест президент people https://t.co/qlXO9y4qsJ, министър ", 4))
	for name, valid := range map[string]func([]byte) bool{"here": ValidUTF8[[]byte], "unicode": utf8.Valid} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if !valid(text) {
					b.Fatal("wrong")
				}
			}
		})
	}
}
