package simulate

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"unicode/utf8"
)

// output is a raw file while it is written. Its methods do nothing after the
// first error.
type output struct {
	file  *os.File
	w     *bufio.Writer
	line  int64 // on which the next byte stands, from 1
	truth *FileTruth
	err   error
}

func create(dir, name, adapter string) *output {
	path := filepath.Join(dir, filepath.FromSlash(name))
	o := &output{line: 1, truth: &FileTruth{File: name, Adapter: adapter, Filtered: map[string]int64{}}}
	if o.err = os.MkdirAll(filepath.Dir(path), 0o755); o.err != nil {
		return o
	}
	if o.file, o.err = os.Create(path); o.err == nil {
		o.w = bufio.NewWriterSize(o.file, 1<<16)
	}
	return o
}

func (o *output) write(b []byte) {
	if o.err == nil {
		o.line += int64(bytes.Count(b, []byte("\n")))
		_, o.err = o.w.Write(b)
	}
}

func (o *output) text(s string) { o.write([]byte(s)) }

func (o *output) close() error {
	if o.file == nil {
		return o.err
	}
	if o.err == nil {
		o.err = o.w.Flush()
	}
	if err := o.file.Close(); o.err == nil {
		o.err = err
	}
	return o.err
}

// appendJSON appends a JSON string. With ascii all other letters are escaped, as
// Python does.
func appendJSON(b []byte, s string, ascii bool) []byte {
	const hex = "0123456789abcdef"
	unit := func(r rune) {
		b = append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
	}
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r < 0x20:
			unit(r)
		case r < utf8.RuneSelf:
			b = append(b, byte(r))
		case !ascii:
			b = utf8.AppendRune(b, r)
		case r > 0xffff:
			r -= 0x10000
			unit(0xd800 + r>>10)
			unit(0xdc00 + r&0x3ff)
		default:
			unit(r)
		}
	}
	return append(b, '"')
}

// appendCell appends a cell of CSV, quoted where it must be.
func appendCell(b []byte, s string) []byte {
	if !bytes.ContainsAny([]byte(s), ",\"\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// group writes a count with commas between groups of three digits.
func group(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
