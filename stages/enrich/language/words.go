package language

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longest is how many letters of a word are looked at.
const longest = 48

// reader goes over the words of a text. A word is a run of letters of one
// script with apostrophes inside. Addresses, @names and #tags are passed over:
// they say little of the language around them.
type reader struct {
	text string
	at   int // what was read

	script  uint8              // of the word
	word    [longest + 4]uint8 // numbers of its letters, from 3 on, between edges
	size    int                // how many letters
	stop    bool               // whether a sentence ended before the word
	line    bool               // whether a line did
	first   bool               // whether the word is the first of the text
	capital bool               // whether it begins with a capital letter
	foreign int                // letters of other scripts so far
}

// newReader reads a text in any normal form.
func newReader(text string) reader {
	switch {
	case strings.Contains(text, "\xf0\x9d"): // bold and italic letters of mathematics
		text = norm.NFKC.String(text)
	case strings.IndexByte(text, 0xcc) >= 0 || strings.IndexByte(text, 0xcd) >= 0: // combining marks
		text = norm.NFC.String(text)
	}
	return reader{text: text}
}

// next goes to the next word; false at the end.
func (r *reader) next() bool {
	r.size, r.stop, r.line, r.first = 0, false, false, r.at == 0
	text := r.text
	for r.at < len(text) {
		c := rune(text[r.at])
		width := 1
		kind := uint8(isBetween)
		switch {
		case c < 0x80:
			kind = kinds[c]
		case c >= 0xc2 && c < 0xe0 && r.at+1 < len(text):
			c, width = c&0x1f<<6|rune(text[r.at+1])&0x3f, 2
			if c < below {
				kind = kinds[c]
			} else if unicode.IsLetter(c) {
				kind = isForeign
			}
		default:
			c, width = utf8.DecodeRuneInString(text[r.at:])
			switch {
			case c == '’' || c == '‘' || c == '‛':
				kind = isMark
			case c == '…' || c == ' ':
				kind = isStop
			case c >= '\u200b' && c <= '\u200f' || c == '\ufeff':
				kind = isSilent
			case unicode.Is(unicode.Latin, c) || unicode.Is(unicode.Cyrillic, c): // rare letters
				kind = isLetter
			case unicode.IsLetter(c):
				kind = isForeign
			}
		}
		if kind == isLetter {
			if r.size > 0 && c < below && script[c] == r.script { // most letters
				if r.size < longest {
					r.word[3+r.size] = numbers[r.script][c]
					r.size++
				}
				r.at += width
				continue
			}
			if !r.letter(c) {
				return true // the word ends before it
			}
			r.at += width
			continue
		}
		if kind == isSilent {
			r.at += width
			continue
		}
		if kind == isMark && r.size > 0 {
			r.mark(width)
			r.at += width
			continue
		}
		if kind == isAddress && r.address(c) {
			r.size = 0
			continue
		}
		if r.size > 0 {
			return true
		}
		r.at += width
		switch kind {
		case isForeign:
			r.foreign++
		case isStop:
			r.stop, r.line = true, r.line || c == '\n'
		case isAddress:
			r.stop = r.stop || c == '.'
		}
	}
	return r.size > 0
}

// name tells whether the word is written like a name: with a capital letter
// where no sentence begins. Names say little of the language around them.
func (r *reader) name() bool { return r.capital && !r.stop && !r.first }

// letter adds a letter to the word; false where it belongs to the next one.
func (r *reader) letter(c rune) bool {
	s, n := uint8(latin), uint8(strange)
	if c < below {
		s, n = script[c], numbers[script[c]][c]
	} else if unicode.Is(unicode.Cyrillic, c) {
		s = cyrillic
	}
	if r.size == 0 {
		r.script, r.capital = s, unicode.IsUpper(c)
	} else if s != r.script && !r.join(s, &n) {
		return false
	}
	if r.size < longest {
		r.word[3+r.size] = n
		r.size++
	}
	return true
}

// join makes a letter of the other script fit the word, or the word the letter,
// where they look alike.
func (r *reader) join(s uint8, n *uint8) bool {
	if same := alike[s][*n]; same != 0 {
		*n = same
		return true
	}
	word := r.word[3 : 3+r.size]
	for _, w := range word {
		if alike[r.script][w] == 0 {
			return false
		}
	}
	for i, w := range word {
		word[i] = alike[r.script][w]
	}
	r.script = s
	return true
}

// mark adds an apostrophe where a letter follows, or makes oʻ and gʻ of o and g.
func (r *reader) mark(width int) {
	last := &r.word[2+r.size]
	if r.script == latin {
		switch *last {
		case numbers[latin]['o']:
			*last = numbers[latin]['õ']
			return
		case numbers[latin]['g']:
			*last = numbers[latin]['ğ']
			return
		}
	}
	if r.size < longest && r.at+width < len(r.text) {
		if c, _ := utf8.DecodeRuneInString(r.text[r.at+width:]); unicode.IsLetter(c) {
			r.word[3+r.size] = mark
			r.size++
		}
	}
}

// address passes over an address, a @name or a #tag that begins at c, with the
// word before it where that is a part of it; false where none does.
func (r *reader) address(c rune) bool {
	rest := r.text[r.at:]
	end := 0
	switch {
	case c == '@' || c == '#':
		if r.size > 0 && c == '#' {
			return false
		}
		end = strings.IndexFunc(rest[1:], func(c rune) bool {
			return !(unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.Is(unicode.Mn, c) || c == '_' || c == '.' || c == '-' || c == '’' || c == 'ʻ')
		}) + 1
		if end == 1 || len(rest) == 1 {
			return false
		}
		if end == 0 {
			end = len(rest)
		}
	case c == ':' && !strings.HasPrefix(rest, "://"), r.size == 0 || r.script != latin:
		return false
	case c == '.' && (len(rest) == 1 || !(rest[1] >= 'a' && rest[1] <= 'z' || rest[1] >= '0' && rest[1] <= '9')):
		return false
	default:
		if end = strings.IndexFunc(rest, unicode.IsSpace); end < 0 {
			end = len(rest)
		}
	}
	r.at += end
	return true
}
