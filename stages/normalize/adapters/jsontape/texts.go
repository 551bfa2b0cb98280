package jsontape

import (
	"encoding/binary"
	"strings"
)

// piece is how much memory texts share, in bytes: no text that is kept holds
// more than that of others that are not.
const piece = 16 << 10

// Texts copies texts into memory that they share, so that hundreds take one
// allocation. The texts are good for ever.
type Texts struct {
	b      strings.Builder
	recent [256]string // short texts, by hash: handles and languages come again and again
}

// Copy returns a text with these bytes.
func (t *Texts) Copy(b []byte) string {
	switch {
	case len(b) > piece/8:
		return string(b)
	case len(b) > 32:
		return t.copy(b)
	}
	hash := uint64(len(b))
	if len(b) >= 8 {
		hash ^= binary.LittleEndian.Uint64(b) ^ binary.LittleEndian.Uint64(b[len(b)-8:])<<7
	} else if len(b) > 0 {
		hash ^= uint64(b[0])<<24 | uint64(b[len(b)/2])<<16 | uint64(b[len(b)-1])<<8
	}
	recent := &t.recent[hash*0x9E3779B97F4A7C15>>56]
	if *recent != string(b) {
		*recent = t.copy(b)
	}
	return *recent
}

func (t *Texts) copy(b []byte) string {
	t.room(len(b))
	start := t.b.Len()
	t.b.Write(b)
	return t.b.String()[start:]
}

// Join returns the parts one behind the other.
func (t *Texts) Join(parts ...string) string {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if size > piece/8 {
		return strings.Join(parts, "")
	}
	t.room(size)
	start := t.b.Len()
	for _, p := range parts {
		t.b.WriteString(p)
	}
	return t.b.String()[start:]
}

// room begins another piece where n bytes have no place in this one: what a
// builder has written does not move otherwise.
func (t *Texts) room(n int) {
	if t.b.Cap()-t.b.Len() < n {
		t.b.Reset()
		t.b.Grow(piece)
	}
}
