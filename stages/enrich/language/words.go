package language

import (
	"encoding/binary"
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
	word    [longest + 1]uint8 // numbers of its letters, with an edge behind them; edges from there to its 16th place
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
		var known char
		switch {
		case c < 0x80:
			known = chars[c]
		case c >= 0xc2 && c < 0xe0 && r.at+1 < len(text):
			c, width = c&0x1f<<6|rune(text[r.at+1])&0x3f, 2
			if c < below {
				known = chars[c]
			} else if unicode.IsLetter(c) {
				known = charOf(isForeign, 0, 0)
			}
		default:
			c, width = utf8.DecodeRuneInString(text[r.at:])
			known = rare(c)
		}
		kind := known.kind()
		if kind == isLetter {
			if !r.letter(known) {
				return true // the word ends before it
			}
			r.at += width
			r.run()
			if r.at < len(text) && text[r.at] == ' ' { // as nearly all words end
				r.at++
				return true
			}
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
			if kind == isBetween {
				r.at += width
			}
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

// rare is char of code points of three bytes and more.
func rare(c rune) char {
	switch {
	case c == '’' || c == '‘' || c == '‛':
		return charOf(isMark, 0, 0)
	case c == '…':
		return charOf(isStop, 0, 0)
	case c >= '\u200b' && c <= '\u200f' || c == '\ufeff':
		return charOf(isSilent, 0, 0)
	case c >= 0x1f300 && c < 0x1fb00: // pictures
		return charOf(isBetween, 0, 0)
	}
	of := charOf(isLetter, latin, strange)
	switch {
	case unicode.Is(unicode.Cyrillic, c):
		of = charOf(isLetter, cyrillic, strange)
	case unicode.Is(unicode.Latin, c):
	case unicode.IsLetter(c):
		return charOf(isForeign, 0, 0)
	default:
		return charOf(isBetween, 0, 0)
	}
	if unicode.IsUpper(c) {
		of |= capital
	}
	return of
}

// run adds to a word the letters of its script that follow.
func (r *reader) run() {
	text, at, size := r.text, r.at, r.size
	same := charOf(isLetter, r.script, 0)
	for at < len(text) {
		c, width := uint(text[at]), 1
		if c >= 0x80 {
			if c < 0xc2 || c >= below>>6|0xc0 || at+1 == len(text) {
				break
			}
			c, width = c&0x1f<<6|uint(text[at+1])&0x3f, 2
		}
		known := chars[c]
		if known&kindAndScript != same {
			break
		}
		if size < longest {
			r.word[size] = known.number()
			size++
		}
		at += width
	}
	r.at, r.size = at, size
}

// name tells whether the word is written like a name: with a capital letter
// where no sentence begins. Names say little of the language around them.
func (r *reader) name() bool { return r.capital && !r.stop && !r.first }

// letter adds a letter to the word; false where it belongs to the next one.
func (r *reader) letter(known char) bool {
	n := known.number()
	if r.size == 0 {
		binary.LittleEndian.PutUint64(r.word[:], edge)
		binary.LittleEndian.PutUint64(r.word[8:], edge)
		r.script, r.capital = known.script(), known&capital != 0
	} else if s := known.script(); s != r.script && !r.join(s, &n) {
		return false
	}
	if r.size < longest {
		r.word[r.size] = n
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
	word := r.word[:r.size]
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
	last := &r.word[r.size-1]
	if r.script == latin {
		switch *last {
		case chars['o'].number():
			*last = chars['õ'].number()
			return
		case chars['g'].number():
			*last = chars['ğ'].number()
			return
		}
	}
	if r.size < longest && r.at+width < len(r.text) {
		if c, _ := utf8.DecodeRuneInString(r.text[r.at+width:]); unicode.IsLetter(c) {
			r.word[r.size] = mark
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
		end = UntilSpace(rest)
	}
	r.at += end
	return true
}

// UntilSpace is how much of a text stands before its first white space.
func UntilSpace(text string) int {
	for i := range len(text) {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			if space := strings.IndexFunc(text[i:], unicode.IsSpace); space >= 0 {
				return i + space
			}
			return len(text)
		case c == ' ' || '\t' <= c && c <= '\r':
			return i
		}
	}
	return len(text)
}
