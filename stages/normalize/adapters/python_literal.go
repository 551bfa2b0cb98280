package adapters

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxNesting is how deep the values of a cell may stand in each other.
const maxNesting = 100

var errPython = errors.New("expected a value as Python prints it, such as {'likeCount': 5, 'name': None}")

// pythonJSON makes JSON of a value as Python prints it: what a script leaves in
// a cell when it writes a table of nested records. Read are dictionaries, lists,
// tuples, texts in either quotes, numbers, None, True and False. What is called,
// such as datetime.datetime(2024, 1, 31), becomes null, as do nan and inf. JSON
// is read too.
func pythonJSON(text string) ([]byte, error) {
	p := pythonReader{in: text, out: make([]byte, 0, len(text)+16)}
	p.value(0)
	p.space()
	if p.bad || p.in != "" || !utf8.Valid(p.out) {
		return nil, errPython
	}
	return p.out, nil
}

// pythonReader takes values off the front of a text.
type pythonReader struct {
	in  string
	out []byte // JSON
	bad bool
}

func (p *pythonReader) space() { p.in = strings.TrimLeft(p.in, " \t\r\n") }

// next takes a character where it comes next, after white space.
func (p *pythonReader) next(c byte) bool {
	p.space()
	if p.in == "" || p.in[0] != c {
		return false
	}
	p.in = p.in[1:]
	return true
}

func (p *pythonReader) value(depth int) {
	p.space()
	if p.in == "" || depth > maxNesting {
		p.bad = true
		return
	}
	switch c := p.in[0]; {
	case c == '{':
		p.items('{', '}', '}', depth)
	case c == '[':
		p.items('[', ']', ']', depth)
	case c == '(':
		p.items('[', ')', ']', depth)
	case c == '\'' || c == '"':
		p.text()
	case c >= '0' && c <= '9' || c == '-':
		p.number()
	default:
		p.word(depth)
	}
}

// items reads what stands between brackets, and writes it between those of JSON.
// A comma may follow the last item.
func (p *pythonReader) items(open, end, closing byte, depth int) {
	p.in = p.in[1:]
	p.out = append(p.out, open)
	for n := 0; !p.bad && !p.next(end); n++ {
		if n > 0 {
			if !p.next(',') {
				p.bad = true
				return
			}
			if p.next(end) {
				break
			}
			p.out = append(p.out, ',')
		}
		if open == '{' {
			p.key(depth)
		}
		p.value(depth + 1)
	}
	p.out = append(p.out, closing)
}

// key reads the key of a dictionary and its colon. Keys of JSON are texts.
func (p *pythonReader) key(depth int) {
	p.space()
	if p.in != "" && strings.IndexByte(`{[(`, p.in[0]) >= 0 {
		p.bad = true
		return
	}
	start := len(p.out)
	p.value(depth + 1)
	if p.bad || !p.next(':') {
		p.bad = true
		return
	}
	if p.out[start] != '"' {
		bare := string(p.out[start:])
		p.out = append(append(append(p.out[:start], '"'), bare...), '"')
	}
	p.out = append(p.out, ':')
}

// pythonNumber is a number in decimals; JSON has no point at its end.
var pythonNumber = regexp.MustCompile(`^(-?(?:0|[1-9][0-9]*))(?:(\.[0-9]+)|\.)?([eE][+-]?[0-9]+)?`)

func (p *pythonReader) number() {
	m := pythonNumber.FindStringSubmatch(p.in)
	if m == nil {
		if strings.HasPrefix(p.in, "-") {
			p.in = p.in[1:]
			p.word(0) // -inf
			return
		}
		p.bad = true
		return
	}
	p.in = p.in[len(m[0]):]
	p.out = append(p.out, m[1]+m[2]+m[3]...)
}

// pythonWord is a name, with points where it is one of a module.
var pythonWord = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*`)

// word reads None, True, False, nan, inf, or what is called.
func (p *pythonReader) word(depth int) {
	name := pythonWord.FindString(p.in)
	p.in = p.in[len(name):]
	switch name {
	case "None", "null", "nan", "NaN", "inf", "Infinity":
		p.out = append(p.out, "null"...)
		return
	case "True", "true":
		p.out = append(p.out, "true"...)
		return
	case "False", "false":
		p.out = append(p.out, "false"...)
		return
	}
	start := len(p.out)
	if name != "" && strings.HasPrefix(p.in, "(") {
		p.arguments(depth)
	} else if !strings.Contains(name, ".") { // datetime.timezone.utc is a constant
		p.bad = true
	}
	p.out = append(p.out[:start], "null"...)
}

// argument is the name before a value that is given by name.
var argument = regexp.MustCompile(`^\s*[A-Za-z_][A-Za-z0-9_]*\s*=`)

// arguments reads over what stands between parentheses.
func (p *pythonReader) arguments(depth int) {
	p.in = p.in[1:]
	for n := 0; !p.bad && !p.next(')'); n++ {
		if n > 0 && !p.next(',') {
			p.bad = true
			return
		}
		p.in = p.in[len(argument.FindString(p.in)):]
		p.value(depth + 1)
	}
}

// text reads a text in quotes.
func (p *pythonReader) text() {
	quote := p.in[0]
	var s []rune
	var high rune // the first half of a character beyond the first 65536
	add := func(r rune) {
		if high != 0 {
			if both := utf16.DecodeRune(high, r); both != utf8.RuneError {
				s[len(s)-1], high = both, 0
				return
			}
		}
		if high = 0; utf16.IsSurrogate(r) {
			high, r = r, utf8.RuneError
		}
		s = append(s, r)
	}
	for i := 1; i < len(p.in); {
		r, size := utf8.DecodeRuneInString(p.in[i:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		i += size
		switch {
		case r == rune(quote):
			p.in = p.in[i:]
			p.out = appendJSONText(p.out, s)
			return
		case r == '\\' && i < len(p.in):
			r, size, ok := pythonEscape(p.in[i:])
			if !ok {
				p.bad = true
				return
			}
			if i += size; r >= 0 {
				add(r)
			}
		default:
			add(r)
		}
	}
	p.bad = true
}

// pythonEscape reads what follows a backslash; the character is negative where
// there is none. A backslash before another character is one itself.
func pythonEscape(s string) (r rune, size int, ok bool) {
	if i := strings.IndexByte("abfnrtv\\'\"/", s[0]); i >= 0 {
		return rune("\a\b\f\n\r\t\v\\'\"/"[i]), 1, true
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[0]]
	switch {
	case s[0] == '\n':
		return -1, 1, true
	case s[0] == '0':
		return 0, 1, true
	case digits == 0:
		return '\\', 0, true
	case len(s) <= digits:
		return 0, 0, false
	}
	n, err := strconv.ParseUint(s[1:1+digits], 16, 32)
	return rune(n), 1 + digits, err == nil && n <= utf8.MaxRune
}

// appendJSONText writes a text in the quotes of JSON.
func appendJSONText(out []byte, s []rune) []byte {
	const hex = "0123456789abcdef"
	out = append(out, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r < ' ':
			out = append(out, '\\', 'u', '0', '0', hex[r>>4], hex[r&15])
		default:
			out = utf8.AppendRune(out, r)
		}
	}
	return append(out, '"')
}
