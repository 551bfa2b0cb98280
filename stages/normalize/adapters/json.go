package adapters

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// A file is read in blocks from firstBlock to blockSize bytes; a larger record
// takes what it needs.
const (
	firstBlock = 64 << 10
	blockSize  = 1 << 20
)

// blocks reads a file piece by piece. Bytes that were handed out stay as they
// are: what is read later goes behind them or into a new block.
type blocks struct {
	r   io.Reader
	buf []byte
	pos int // buf[pos:] is not used yet
	err error
}

// rest is what was read and is not used yet.
func (s *blocks) rest() []byte { return s.buf[s.pos:] }

// more reads on; false says that there is no more.
func (s *blocks) more() bool {
	for s.err == nil {
		if len(s.buf) == cap(s.buf) {
			rest := s.rest()
			size := max(firstBlock, min(2*cap(s.buf), blockSize), 2*len(rest))
			s.buf = append(make([]byte, 0, size), rest...)
			s.pos = 0
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

// head is the beginning of a record, to be shown.
func head(b []byte) string {
	return string(bytes.TrimSpace(bytes.ToValidUTF8(b[:min(len(b), 800)], []byte("\uFFFD"))))
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
			return yield(Record{Line: line, Raw: s.pass(n)}, nil)
		}
	}
	size, first, why := s.scan(c)
	switch {
	case why == "":
		return yield(Record{Line: line, Raw: bytes.TrimRight(s.pass(size), " \t\r")}, nil)
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
	b := bytes.TrimRight(s.rest()[at:end], " \t\r\x00")
	if len(b) == 0 || b[len(b)-1] != '}' {
		return 0
	}
	size := len(b)
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

const notJSON = "expected one JSON object, whole and nested at most 300 deep"

// maxValues bounds what a record takes once it is parsed, 24 bytes a value and
// what its rows take.
const maxValues = 4_000_000

const manyValues = "more than 4 million values in one record; export posts one a line, or in smaller pages"

// crowded tells whether a record might hold more values than that.
func crowded(raw []byte) bool {
	return len(raw) > maxValues && bytes.Count(raw, []byte{','}) > maxValues
}

// eachJSON parses the documents of a record, almost always one, and gives each
// with its bytes to decode. What decode gets is void once it returns. Where
// there are several, each is rejected by itself. All is UTF-8.
func eachJSON(pool *jsontape.Pool, rec Record, into *Batch, decode func(v jsontape.Value, rec Record) error) error {
	if !utf8.Valid(rec.Raw) {
		return &RecordError{Line: rec.Line, Found: head(rec.Raw), Want: "not UTF-8"}
	}
	return eachPage(pool, rec, into, decode)
}

// eachPage is eachJSON for documents that hold many records, of which one can
// be no UTF-8: jsonFields checks the texts that are read.
func eachPage(pool *jsontape.Pool, rec Record, into *Batch, decode func(v jsontape.Value, rec Record) error) error {
	if crowded(rec.Raw) {
		return &RecordError{Line: rec.Line, Found: head(rec.Raw), Want: manyValues}
	}
	p := pool.Get()
	defer pool.Put(p)
	if v, err := p.Parse(rec.Raw); err == nil {
		return decode(v, rec)
	}
	var parts []Record
	var bad []*RecordError
	s := jsonSplitter{blocks: blocks{r: bytes.NewReader(rec.Raw)}, line: rec.Line, single: true}
	s.run(func(part Record, err error) bool {
		var wrong *RecordError
		if errors.As(err, &wrong) {
			bad = append(bad, wrong)
		} else if err == nil {
			parts = append(parts, part)
		}
		return true
	})
	if len(parts)+len(bad) < 2 {
		return &RecordError{Line: rec.Line, Found: head(rec.Raw), Want: notJSON}
	}
	for _, part := range parts {
		part.Line = rec.Line
		err := error(&RecordError{Line: rec.Line, Found: head(part.Raw), Want: notJSON})
		if v, wrong := p.Parse(part.Raw); wrong == nil {
			err = decode(v, part)
		}
		var wrong *RecordError
		if errors.As(err, &wrong) {
			into.Reject(rec.Line, wrong.Field, wrong.reason(), head(part.Raw))
		} else if err != nil {
			return err
		}
	}
	for _, wrong := range bad {
		into.Reject(rec.Line, "", wrong.Want, wrong.Found)
	}
	return nil
}

// jsonFields reads values of one record and keeps the first error. What is
// missing or null is absent; what has another type than expected is an error.
type jsonFields struct {
	line int64
	err  *RecordError
}

func (f *jsonFields) fail(field, found, want string) {
	if f.err == nil {
		f.err = &RecordError{Line: f.line, Field: field, Found: found, Want: want}
	}
}

// is tells whether there is a value, and fails where its type is another.
func (f *jsonFields) is(v jsontape.Value, t jsontape.Type, field string) bool {
	if v.Type() == jsontape.Null {
		return false
	}
	if v.Type() != t {
		f.fail(field, head([]byte(v.String())), "expected "+t.String())
		return false
	}
	return true
}

// object returns v, or what is absent.
func (f *jsonFields) object(v jsontape.Value, field string) jsontape.Value {
	if f.is(v, jsontape.Object, field) {
		return v
	}
	return jsontape.Value{}
}

// list returns the elements of v.
func (f *jsonFields) list(v jsontape.Value, field string) []jsontape.Value {
	if f.is(v, jsontape.Array, field) {
		return v.GetArray()
	}
	return nil
}

// text returns a text, "" where it is absent. Only texts that are read have to
// be UTF-8.
func (f *jsonFields) text(v jsontape.Value, field string) string {
	if !f.is(v, jsontape.String, field) {
		return ""
	}
	s := v.Text()
	if !v.ValidUTF8() {
		f.fail(field, s, "expected UTF-8")
	}
	return s
}

// count returns a whole number from 0.
func (f *jsonFields) count(v jsontape.Value, field string) datasets.Opt[int64] {
	if !f.is(v, jsontape.Number, field) {
		return datasets.None[int64]()
	}
	n, whole := v.Int64()
	if !whole || n < 0 {
		f.fail(field, v.String(), "expected a whole number from 0")
	}
	return datasets.Some(n)
}

// time returns a moment in the first layout that fits; layouts without a zone
// are UTC.
func (f *jsonFields) time(v jsontape.Value, field string, layouts ...string) datasets.Opt[datasets.Micros] {
	s := f.text(v, field)
	if s == "" {
		return datasets.None[datasets.Micros]()
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, s); err == nil {
			return datasets.Some(datasets.MicrosOf(t))
		}
	}
	f.fail(field, s, "expected a time like "+time.Date(2024, 1, 31, 9, 30, 0, 0, time.UTC).Format(layouts[0]))
	return datasets.None[datasets.Micros]()
}

// has tells whether an object has a value other than null at a key.
func has(v jsontape.Value, key string) bool {
	w := v.Get(key)
	return w.Type() != jsontape.Null
}

// optString is a text that is absent where it is empty.
func optString(s string) datasets.Opt[string] { return datasets.Opt[string]{V: s, OK: s != ""} }

// jsonPaths lists the keys at the beginning of a JSON file, at most three deep,
// as "data.author.id"; lists leave no trace in a path. The text may break off
// anywhere; a broken line is left out. What is no JSON has no paths.
func jsonPaths(head []byte) map[string]bool {
	paths := map[string]bool{}
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for {
		head = bytes.TrimLeft(head, " \t\r\n")
		if len(head) == 0 {
			return paths
		}
		read := int64(0)
		if head[0] == '{' || head[0] == '[' {
			read = addPaths(paths, head)
		}
		next := bytes.IndexByte(head[read:], '\n')
		if next < 0 {
			return paths
		}
		head = head[read+int64(next):]
	}
}

// addPaths adds the paths of all documents up to the first error, and returns
// its offset.
func addPaths(paths map[string]bool, text []byte) int64 {
	type level struct {
		prefix string // path of what stands inside, with its dot
		key    string // path of the value that comes next; "" where a key does
		object bool
	}
	stack := []level{{}}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	for {
		t, err := d.Token()
		if err != nil || len(stack) > 300 {
			return d.InputOffset()
		}
		top := &stack[len(stack)-1]
		if s, ok := t.(string); ok && top.object && top.key == "" {
			top.key = top.prefix + s
			if strings.Count(top.key, ".") < 3 {
				paths[top.key] = true
			}
			continue
		}
		switch t {
		case json.Delim('{'), json.Delim('['):
			inside := level{prefix: top.prefix, object: t == json.Delim('{')}
			if top.object {
				inside.prefix, top.key = top.key+".", ""
			}
			stack = append(stack, inside)
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
		default:
			top.key = ""
		}
	}
}

// firstJSON is the first document of a JSON file, absent where its beginning does
// not hold it whole.
func firstJSON(head []byte) jsontape.Value {
	var raw json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))).Decode(&raw); err != nil {
		return jsontape.Value{}
	}
	v, err := jsontape.Parse(raw)
	if err != nil {
		return jsontape.Value{}
	}
	return v
}

// emptyList tells whether a list is there and holds nothing.
func emptyList(v jsontape.Value) bool {
	return v.Type() == jsontape.Array && len(v.GetArray()) == 0
}
