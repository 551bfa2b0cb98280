package adapters

import (
	"bytes"
	"io"
	"sync/atomic"
)

// A file is read in blocks from firstBlock to blockSize bytes; a larger record
// takes what it needs.
const (
	firstBlock = 64 << 10
	blockSize  = 1 << 20
)

// block is memory that records lie in. The reader holds it while it fills it, and
// so does each chunk with records in it, until they are decoded; then it is used
// again. Where no chunk has records in it, as when somebody else reads them, it
// is not.
type block struct {
	buf    []byte
	held   atomic.Int32
	chunks bool
	free   chan *block // of the reader
}

func (b *block) release() {
	if b.held.Add(-1) == 0 && b.chunks && cap(b.buf) == blockSize {
		select {
		case b.free <- b:
		default:
		}
	}
}

// blocks reads a file piece by piece. Bytes that were handed out stay as they
// are while their block is held: what is read later goes behind them or into
// another block.
type blocks struct {
	r    io.Reader
	buf  []byte // of block
	pos  int    // buf[pos:] is not used yet
	err  error
	held *block
	free chan *block
}

// another goes on in a block of at least so many bytes.
func (s *blocks) another(size int) {
	if s.free == nil {
		s.free = make(chan *block, 16)
	}
	last, rest := s.held, s.rest()
	s.held = nil
	if size == blockSize {
		select {
		case s.held = <-s.free:
		default:
		}
	}
	if s.held == nil {
		s.held = &block{buf: make([]byte, 0, size), free: s.free}
	}
	s.held.held.Store(1)
	s.buf, s.pos = append(s.held.buf[:0], rest...), 0
	if last != nil {
		last.release()
	}
}

// rest is what was read and is not used yet.
func (s *blocks) rest() []byte { return s.buf[s.pos:] }

// more reads on; false says that there is no more.
func (s *blocks) more() bool {
	for s.err == nil {
		if len(s.buf) == cap(s.buf) {
			s.another(max(firstBlock, min(2*cap(s.buf), blockSize), 2*len(s.rest())))
		}
		n, err := s.r.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf, s.err = s.buf[:len(s.buf)+n], err
		if n > 0 {
			return true
		}
	}
	return false
}

// take hands out the next n bytes.
func (s *blocks) take(n int) []byte {
	b := s.buf[s.pos : s.pos+n : s.pos+n]
	s.pos += n
	return b
}

// ends says how the file ended, for the record in which it did.
func (s *blocks) ends(line int64, found []byte, where string) *RecordError {
	if s.err != io.EOF {
		where += ": " + s.err.Error()
	}
	return &RecordError{Line: line, Found: head(found), Want: where}
}

// splitJSON yields the documents of a file: one a line, one after another, or
// one spread over many lines. Of a document that is a list it yields the
// elements. A record's line is where it starts; elements that stand on the
// line of their list's bracket are numbered from 1 instead.
//
// A line that breaks off does not take the next ones with it. The last record
// of a file that ends early is a *RecordError; so is one above MaxRecord.
// Documents that share a line can come as one record, which eachJSON takes
// apart; what is no JSON at all comes line by line, for the decoder to reject.
func splitJSON(r io.Reader, yield func(Record, error) bool) {
	(&jsonSplitter{blocks: blocks{r: r}, line: 1}).run(yield)
}

type jsonSplitter struct {
	blocks
	line   int64
	single bool     // one document a record, also where several share a line
	lists  []string // keys of a page's lists, of which what is whole is a record though the page is cut
	list   bool     // inside a list
	open   int64
	number int64
}

func (s *jsonSplitter) run(yield func(Record, error) bool) {
	for len(s.rest()) < 3 && s.more() {
	}
	if bytes.HasPrefix(s.rest(), []byte("\xef\xbb\xbf")) {
		s.pos += 3
	}
	for {
		c := s.next()
		switch {
		case c == 0:
			if s.list {
				yield(Record{}, s.ends(s.line, nil, "the file ends before its list does"))
			} else if s.err != io.EOF {
				yield(Record{}, s.err)
			}
			return
		case c == ',':
			s.pos++
		case c == '[' && !s.list:
			s.pos++
			s.list, s.open, s.number = true, s.line, 0
		case c == ']' && s.list:
			s.pos++
			s.list = false
		default:
			if !s.value(c, yield) {
				return
			}
		}
	}
}

// next passes white space of any length and returns the byte after it; 0 at
// the end.
func (s *jsonSplitter) next() byte {
	for {
		at := space(s.rest())
		s.pass(at)
		if rest := s.rest(); len(rest) > 0 {
			return rest[0]
		}
		if !s.more() {
			return 0
		}
	}
}

// peek returns the first byte that is no white space at or after an offset
// without passing anything; 0 at the end, and ' ' where more white space
// follows than it looks through.
func (s *jsonSplitter) peek(at int) byte {
	for from := at; at-from < firstBlock; {
		b := s.rest()
		if at += space(b[at:]); at < len(b) {
			return b[at]
		}
		if !s.more() {
			return 0
		}
	}
	return ' '
}

// space is how many bytes of white space a text begins with.
func space(b []byte) int {
	for i, c := range b {
		if c != ' ' && c != '\n' && c != '\r' && c != '\t' && c != 0 {
			return i
		}
	}
	return len(b)
}

// pass goes over n bytes and counts their lines.
func (s *jsonSplitter) pass(n int) []byte {
	b := s.take(n)
	s.line += int64(bytes.Count(b, []byte{'\n'}))
	return b
}

// value yields what starts here with c; false says that it was the last.
func (s *jsonSplitter) value(c byte, yield func(Record, error) bool) bool {
	line := s.line
	if s.list {
		if s.number++; s.line == s.open {
			line = s.number
		}
	}
	if c == '{' && !s.list && !s.single {
		// A last line without its end may be cut behind a brace.
		if n := s.document(0); n > 0 && bytes.IndexByte(s.rest()[n:], '\n') >= 0 {
			return yield(Record{Line: line, Raw: s.take(n), block: s.held}, nil)
		}
	}
	size, first, why := s.scan(c)
	switch {
	case why == "":
		return yield(Record{Line: line, Raw: bytes.TrimRight(s.pass(size), " \t\r"), block: s.held}, nil)
	case why == endsInside:
		if whole, rest := wholePart(first, s.lists); whole != nil {
			if yield(Record{Line: line, Raw: whole, Cut: true}, nil) {
				yield(Record{}, s.ends(line, rest, cutPage))
			}
			return false
		}
		yield(Record{}, s.ends(line, first, why))
		return false
	}
	s.pass(size)
	return yield(Record{}, &RecordError{Line: line, Found: head(first), Want: why})
}

// document returns the size of the line at an offset where it holds whole
// documents and nothing else: it ends with a brace, and what follows is
// another document or nothing. No JSON that goes on over several lines looks
// like that, because lists have commas. 0 says that it does not.
func (s *jsonSplitter) document(at int) int {
	from, end := at, -1
	for end < 0 {
		b := s.rest()
		if i := bytes.IndexByte(b[from:], '\n'); i >= 0 {
			end = from + i
		} else if from = len(b); from-at > MaxRecord {
			return 0
		} else if !s.more() {
			end = from
		}
	}
	b := s.rest()[at:end]
	size := len(b)
	for size > 0 && (b[size-1] == '\r' || b[size-1] == ' ' || b[size-1] == '\t' || b[size-1] == 0) {
		size--
	}
	if size == 0 || b[size-1] != '}' {
		return 0
	}
	if next := s.peek(end); next != '{' && next != 0 || size > MaxRecord {
		return 0
	}
	return size
}

const (
	endsInside = "the file ends inside this record"
	cutPage    = "the file ends inside this page; what stands whole before that is read"
	brokenLine = "the line breaks off inside a text; this is not JSON"
	brokenOff  = "the record breaks off before the next one starts"
	tooLarge   = "larger than 64 MiB, the largest record that is read"
)

// scan finds the end of what starts here. It returns its size, or why it is no
// record, its first bytes and what to go over.
func (s *jsonSplitter) scan(c byte) (size int, first []byte, why string) {
	var (
		depth           int
		inText, escaped bool
		nested          = c == '{' || c == '['
		start           = s.rest()
		large           bool
	)
	start = start[:min(len(start), 800)]
	for at := 0; ; at++ {
		if at == len(s.rest()) {
			if at > MaxRecord {
				large = true
			}
			if large {
				s.pass(at)
				at = 0
			}
			if !s.more() {
				if large {
					return 0, start, tooLarge
				}
				if !nested && !inText && !s.list {
					return at, nil, "" // a last line that is no JSON
				}
				return at, s.rest(), endsInside
			}
		}
		b := s.rest()
		c := b[at]
		switch {
		case inText && escaped:
			escaped = false
		case inText && c == '\\':
			escaped = true
		case inText && c == '"':
			inText = false
		case inText && c == '\n' && nested:
			return at, b[:at], brokenLine
		case inText && c != '\n':
		case c == '\n' && !nested:
			return s.sized(at, start, large)
		case c == '"' && (nested || s.list):
			inText = true
		case nested && (c == '{' || c == '['):
			if depth > 0 && at > 0 && c == '{' && b[at-1] == '\n' && !large && s.document(at) > 0 {
				return at, b[:at], brokenOff
			}
			depth++
		case nested && (c == '}' || c == ']'):
			if depth--; depth == 0 {
				return s.sized(at+1, start, large)
			}
		case !nested && s.list && at > 0 && (c == ',' || c == ']'):
			return s.sized(at, start, large)
		}
	}
}

func (s *jsonSplitter) sized(at int, start []byte, large bool) (int, []byte, string) {
	if large || at > MaxRecord {
		return at, start, tooLarge
	}
	return at, nil, ""
}
