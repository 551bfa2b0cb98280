package adapters

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// splitTelegramDesktop yields the messages of a chat, or of all chats of a full
// account. Head is the chat with its type and id and without its messages,
// inside the list that holds it: {"type":…,"id":…} or
// {"chats":{"list":[{…}]}}. A single chat that is no channel is *Refused.
func splitTelegramDesktop(r io.Reader, yield func(Record, error) bool) {
	s := &chatScanner{in: bufio.NewReaderSize(r, 1<<16), line: 1, yield: yield}
	if bom, _ := s.in.Peek(3); string(bom) == "\xef\xbb\xbf" {
		s.in.Discard(3)
	}
	err := s.document()
	switch {
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
	case s.messages == 0:
		err = fmt.Errorf("it is cut before the end of its first message (%w); copy it or export the channel again", err)
	default:
		err = fmt.Errorf("inside its list of messages (%w); copy it or export the channel again", err)
	}
	if err != nil && err != errStopped {
		yield(Record{}, err)
	}
}

var errStopped = errors.New("stopped")

// chatScanner walks a document without holding more of it than one value. It
// only needs strings and brackets to be right, not what stands between.
type chatScanner struct {
	in    *bufio.Reader
	line  int64
	yield func(Record, error) bool

	messages int // yielded
}

func (s *chatScanner) document() error {
	b, err := s.peek()
	if err != nil {
		return err
	}
	if b == '<' {
		return &Refused{Reason: "it is an HTML export of Telegram Desktop; export the channel again with the format \"Machine-readable JSON\", which writes result.json"}
	}
	if err := s.chat("", ""); err != nil {
		return err
	}
	switch _, err := s.peek(); err {
	case io.EOF:
		return nil
	case nil:
		if s.messages == 0 {
			return &Refused{Reason: "it is no export of Telegram Desktop: its first object holds no messages, and more follows it"}
		}
		s.yield(Record{}, &RecordError{Line: s.line, Want: "expected the end of the file"})
		return errStopped
	default:
		return err
	}
}

// chat reads an object that is a chat, or at the top the whole account. Before
// and after are what encloses it in the heads of its messages, empty at the top.
func (s *chatScanner) chat(before, after string) error {
	var fields []string
	kind := ""
	return s.members(func(key string) error {
		switch {
		case key == "type" || key == "id":
			v, _, err := s.value(256)
			fields = append(fields, fmt.Sprintf("%q:%s", key, v))
			if key == "type" {
				kind = strings.Trim(string(v), `"`)
			}
			return err
		case key == "messages":
			if before == "" && notChannel(kind) != "" {
				return refuseChat(kind)
			}
			head := []byte(before + "{" + strings.Join(fields, ",") + "}" + after)
			return s.elements(func() error { return s.message(head) })
		case before == "" && (key == "chats" || key == "left_chats"):
			return s.members(func(inner string) error {
				if inner != "list" {
					return s.skip()
				}
				return s.elements(func() error { return s.chat(`{"`+key+`":{"list":[`, "]}}") })
			})
		}
		return s.skip()
	})
}

func (s *chatScanner) message(head []byte) error {
	if _, err := s.peek(); err != nil {
		return err
	}
	line := s.line
	raw, whole, err := s.value(MaxRecord)
	if err != nil {
		return err
	}
	rec, wrong := Record{Line: line, Raw: raw, Head: head}, error(nil)
	if !whole {
		rec, wrong = Record{}, &RecordError{Line: line, Want: fmt.Sprintf("larger than %d MiB", MaxRecord>>20)}
	}
	s.messages++
	if !s.yield(rec, wrong) {
		return errStopped
	}
	return nil
}

// members calls f for each member of an object; f reads the value.
func (s *chatScanner) members(f func(key string) error) error {
	return s.list('{', '}', func() error {
		if err := s.expect('"'); err != nil {
			return err
		}
		s.in.UnreadByte()
		key, _, err := s.value(256)
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		return f(strings.Trim(string(key), `"`))
	})
}

// elements calls f for each element of an array; f reads it.
func (s *chatScanner) elements(f func() error) error { return s.list('[', ']', f) }

func (s *chatScanner) list(open, close byte, f func() error) error {
	if err := s.expect(open); err != nil {
		return err
	}
	if b, err := s.peek(); err != nil {
		return err
	} else if b == close {
		return s.expect(close)
	}
	for {
		if err := f(); err != nil {
			return err
		}
		b, err := s.peek()
		if err != nil {
			return err
		}
		if b != ',' {
			return s.expect(close)
		}
		s.in.ReadByte()
	}
}

// peek skips white space and returns the next byte without reading it.
func (s *chatScanner) peek() (byte, error) {
	for {
		b, err := s.in.ReadByte()
		switch {
		case err != nil:
			return 0, err
		case b == '\n':
			s.line++
		case b != ' ' && b != '\t' && b != '\r':
			return b, s.in.UnreadByte()
		}
	}
}

// expect reads the next byte that is no white space.
func (s *chatScanner) expect(want byte) error {
	b, err := s.peek()
	if err != nil {
		return err
	}
	if b != want {
		return fmt.Errorf("line %d: found %q, expected %q", s.line, b, want)
	}
	_, err = s.in.ReadByte()
	return err
}

func (s *chatScanner) skip() error {
	_, _, err := s.value(0)
	return err
}

// value reads one value of any kind and returns its bytes, at most limit of
// them, and whether they are all.
func (s *chatScanner) value(limit int) (raw []byte, whole bool, err error) {
	first, err := s.peek()
	if err != nil {
		return nil, false, err
	}
	if strings.IndexByte(",:]}", first) >= 0 {
		return nil, false, fmt.Errorf("line %d: found %q, expected a value", s.line, first)
	}
	depth, quoted, escaped := 0, false, false
	whole = true
	for n := 0; ; n++ {
		b, err := s.in.ReadByte()
		if err != nil {
			return nil, false, err
		}
		end := false
		switch {
		case b == '\n' && depth == 0 && !quoted, depth == 0 && !quoted && strings.IndexByte(",]}", b) >= 0:
			return raw, whole, s.in.UnreadByte() // the end of a number or a word
		case escaped:
			escaped = false
		case quoted:
			escaped = b == '\\'
			quoted = b != '"'
			end = !quoted && depth == 0
		case b == '"':
			quoted = true
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
			end = depth == 0
		}
		if b == '\n' {
			s.line++
		}
		if n < limit {
			raw = append(raw, b)
		} else {
			whole = false
		}
		if end {
			return raw, whole, nil
		}
	}
}
