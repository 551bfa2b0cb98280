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
	first   []*Column[R] // of the order: in these most rows differ
	rest    []*Column[R]
	blocks  [][]byte // of each row its order by the first columns, then itself
	last    int      // the block that is being filled
	size    int      // bytes in the blocks
	entries []entry
	groups  map[string]uint32
	names   []string
}

// entry is where a row lies and what decides most comparisons.
type entry struct {
	head  uint64 // the first 8 bytes of its order
	next  uint64 // the 8 bytes after
	group uint32
	block uint32
	start uint32 // in the block
	order uint32 // where its order by the first columns ends
	end   uint32
}

// A block of a pile does not grow, so that no row is copied: it holds rows as long
// as one of an ordinary size is certain to fit.
const (
	pileBlock   = 1 << 20
	ordinaryRow = 8 << 10
)

// NewPile returns an empty pile.
func NewPile[R any](t *Table[R], order Order[R]) *Pile[R] {
	n := min(2, len(order.columns))
	return &Pile[R]{table: t, first: order.columns[:n], rest: order.columns[n:], groups: map[string]uint32{}}
}

// Add adds a row under a name.
func (p *Pile[R]) Add(name string, r *R) {
	g, ok := p.groups[name]
	if !ok {
		g = uint32(len(p.names))
		p.names = append(p.names, name)
		p.groups[name] = g
	}
	if len(p.blocks) == 0 {
		p.blocks = append(p.blocks, make([]byte, 0, pileBlock))
	} else if b := p.blocks[p.last]; cap(b)-len(b) < ordinaryRow {
		if p.last++; p.last == len(p.blocks) {
			p.blocks = append(p.blocks, make([]byte, 0, pileBlock))
		}
	}
	b := p.blocks[p.last]
	e := entry{group: g, block: uint32(p.last), start: uint32(len(b))}
	b = appendOrder(b, r, p.first)
	e.order = uint32(len(b))
	key := b[e.start:e.order]
	e.head = leading(key)
	e.next = leading(key[min(8, len(key)):])
	b = p.table.appendRow(b, r)
	e.end = uint32(len(b))
	p.blocks[p.last] = b
	p.size += int(e.end - e.start)
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
func (p *Pile[R]) Size() int { return p.size + len(p.entries)*40 }

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
	var x, y []byte
	slices.SortFunc(p.entries, func(a, b entry) int {
		switch {
		case a.group != b.group:
			return cmp.Compare(rank[a.group], rank[b.group])
		case a.head != b.head:
			return cmp.Compare(a.head, b.head)
		case a.next != b.next:
			return cmp.Compare(a.next, b.next)
		}
		if c := bytes.Compare(p.blocks[a.block][a.start:a.order], p.blocks[b.block][b.start:b.order]); c != 0 {
			return c
		}
		x, y = p.appendRest(x[:0], a), p.appendRest(y[:0], b)
		return cmp.Or(bytes.Compare(x, y), cmp.Compare(a.block, b.block), cmp.Compare(a.start, b.start))
	})
	for _, e := range p.entries {
		f(p.names[e.group], p.blocks[e.block][e.order:e.end])
	}
}

// appendRest appends the order of a row by the other columns.
func (p *Pile[R]) appendRest(b []byte, e entry) []byte {
	if len(p.rest) == 0 {
		return b
	}
	var r R
	if _, err := p.table.takeRow(string(p.blocks[e.block][e.order:e.end]), &r); err != nil {
		panic("datasets: a pile does not hold what it was given") // it packed the row itself
	}
	return appendOrder(b, &r, p.rest)
}

// Reset empties the pile and keeps its memory, but for that of rows out of the
// ordinary.
func (p *Pile[R]) Reset() {
	p.blocks = slices.DeleteFunc(p.blocks, func(b []byte) bool { return cap(b) > pileBlock })
	for i, b := range p.blocks {
		p.blocks[i] = b[:0]
	}
	p.last, p.size = 0, 0
	p.entries, p.names = p.entries[:0], p.names[:0]
	clear(p.groups)
}
