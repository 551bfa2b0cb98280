package datasets

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// Pile holds rows in memory, to be sorted: first by a name, then by an order,
// then as they came. It holds them packed, without pointers. The zero Pile is
// not ready; see NewPile. It is not safe for concurrent use.
type Pile[R any] struct {
	table   *Table[R]
	order   func([]byte, *R) []byte
	data    []byte // of each row its order, then itself
	entries []entry
	groups  map[string]uint32
	names   []string
}

// entry is where a row lies and what decides most comparisons.
type entry struct {
	head  uint64 // the first 8 bytes of its order
	next  uint64 // the 8 bytes after
	start uint32
	order uint32 // where its order ends
	end   uint32
	group uint32
}

// NewPile returns an empty pile.
func NewPile[R any](t *Table[R], order func([]byte, *R) []byte) *Pile[R] {
	return &Pile[R]{table: t, order: order, groups: map[string]uint32{}}
}

// Add adds a row under a name.
func (p *Pile[R]) Add(name string, r *R) {
	g, ok := p.groups[name]
	if !ok {
		g = uint32(len(p.names))
		p.names = append(p.names, name)
		p.groups[name] = g
	}
	e := entry{start: uint32(len(p.data)), group: g}
	p.data = p.order(p.data, r)
	e.order = uint32(len(p.data))
	key := p.data[e.start:e.order]
	e.head = leading(key)
	e.next = leading(key[min(8, len(key)):])
	p.data = p.table.appendRow(p.data, r)
	e.end = uint32(len(p.data))
	p.entries = append(p.entries, e)
}

// leading is the first 8 bytes as a number that sorts as they do.
func leading(b []byte) uint64 {
	if len(b) >= 8 {
		return binary.BigEndian.Uint64(b)
	}
	var first [8]byte
	copy(first[:], b)
	return binary.BigEndian.Uint64(first[:])
}

// Size is the bytes of the rows.
func (p *Pile[R]) Size() int { return len(p.data) + len(p.entries)*40 }

// Empty tells whether there are no rows.
func (p *Pile[R]) Empty() bool { return len(p.entries) == 0 }

// Each calls f for every row, packed, in order.
func (p *Pile[R]) Each(f func(name string, row []byte)) {
	byName := make([]uint32, len(p.names))
	for i := range byName {
		byName[i] = uint32(i)
	}
	slices.SortFunc(byName, func(a, b uint32) int { return cmp.Compare(p.names[a], p.names[b]) })
	rank := make([]uint32, len(p.names))
	for i, g := range byName {
		rank[g] = uint32(i)
	}
	slices.SortFunc(p.entries, func(a, b entry) int {
		switch {
		case a.group != b.group:
			return cmp.Compare(rank[a.group], rank[b.group])
		case a.head != b.head:
			return cmp.Compare(a.head, b.head)
		case a.next != b.next:
			return cmp.Compare(a.next, b.next)
		}
		return cmp.Or(bytes.Compare(p.data[a.start:a.order], p.data[b.start:b.order]), cmp.Compare(a.start, b.start))
	})
	for _, e := range p.entries {
		f(p.names[e.group], p.data[e.order:e.end])
	}
}

// Reset empties the pile and keeps its memory.
func (p *Pile[R]) Reset() {
	p.data, p.entries, p.names = p.data[:0], p.entries[:0], p.names[:0]
	clear(p.groups)
}
