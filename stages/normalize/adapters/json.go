package adapters

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// head is the beginning of a record, to be shown.
func head(b []byte) string {
	return string(bytes.TrimSpace(bytes.ToValidUTF8(b[:min(len(b), 800)], []byte("\uFFFD"))))
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
	s := jsonSplitter{blocks: blocks{buf: rec.Raw[:len(rec.Raw):len(rec.Raw)], err: io.EOF}, line: rec.Line, single: true}
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
	if layouts[0] == time.RFC3339Nano || layouts[0] == time.RFC3339 {
		if at, ok := instant(v.GetStringBytes()); ok {
			return datasets.Some(at)
		}
	}
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
// anywhere; a broken line is left out. What is no JSON has no paths. The map is
// shared: every adapter in turn asks for that of one file.
func jsonPaths(head []byte) map[string]bool {
	if paths := seenPaths.of(head); paths != nil {
		return paths
	}
	paths := findPaths(head)
	seenPaths.keep(head, paths)
	return paths
}

// seenPaths has the paths of the heads that were asked for last: of more than the
// files that are usually opened at once.
var seenPaths headPaths

type headPaths struct {
	mu   sync.Mutex
	next int
	last [8]struct {
		head  []byte
		paths map[string]bool
	}
}

// of returns the paths of a head, nil where they are not kept.
func (h *headPaths) of(head []byte) map[string]bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := range h.last {
		if s := &h.last[i]; s.paths != nil && bytes.Equal(s.head, head) {
			return s.paths
		}
	}
	return nil
}

func (h *headPaths) keep(head []byte, paths map[string]bool) {
	if len(head) > headBytes {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &h.last[h.next]
	h.next = (h.next + 1) % len(h.last)
	s.head, s.paths = append(s.head[:0], head...), paths
}

func findPaths(head []byte) map[string]bool {
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
