package adapters

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// splitTelethon yields messages, one a line or in a list. Of an answer, an
// object with a list of messages that may be larger than any record, it yields
// each message, and then the list of chats as an object of its own.
func splitTelethon(r io.Reader, yield func(Record, error) bool) {
	in := bufio.NewReaderSize(r, headBytes)
	start, _ := in.Peek(headBytes)
	start = bytes.TrimSpace(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")))
	if p := jsonPaths(start); !bytes.HasPrefix(start, []byte("{")) || !p["messages"] || p["peer_id"] || p["to_id"] {
		splitJSON(in, yield)
		return
	}
	if bom, _ := in.Peek(3); string(bom) == "\xef\xbb\xbf" {
		in.Discard(3)
	}
	s := &chatScanner{in: in, line: 1, yield: yield}
	for {
		_, err := s.peek()
		if err == io.EOF {
			return
		}
		if err == nil {
			err = s.answer()
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("the file ends inside an answer (%w); copy it or collect it again", err)
		}
		if err != nil {
			if err != errStopped {
				yield(Record{}, err)
			}
			return
		}
	}
}

// answer yields the messages of one answer, and its chats.
func (s *chatScanner) answer() error {
	return s.members(func(key string) error {
		switch key {
		case "messages":
			open, number := s.line, int64(0)
			return s.elements(func() error {
				number++
				return s.part(open, number, "", "")
			})
		case "chats":
			return s.part(s.line, s.line, `{"chats":`, "}")
		}
		return s.skip()
	})
}

// part yields a value with what is put around it. Its line is where it starts,
// or its number where that is the line on which its list opened.
func (s *chatScanner) part(open, number int64, before, after string) error {
	if _, err := s.peek(); err != nil {
		return err
	}
	line := s.line
	if line == open {
		line = number
	}
	raw, whole, err := s.value(MaxRecord)
	if err != nil {
		return err
	}
	rec, wrong := Record{Line: line, Raw: raw}, error(nil)
	if before != "" {
		rec.Raw = []byte(before + string(raw) + after)
	}
	if !whole {
		rec, wrong = Record{}, &RecordError{Line: line, Found: head(raw[:min(len(raw), 800)]), Want: tooLarge}
	}
	s.messages++
	if !s.yield(rec, wrong) {
		return errStopped
	}
	return nil
}
