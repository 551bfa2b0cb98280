package datasets

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"maps"
	"slices"
	"unique"
)

// Pile holds rows in memory, to be sorted: first by a name, then by an order,
// then as they came. It holds them packed, without pointers. The zero Pile is
// not ready; see NewPile. It is not safe for concurrent use.
type Pile[R any] struct {
	table  *Table[R]
	first  []*Column[R] // of the order: in these most rows differ
	rest   []*Column[R]
	blocks [][]byte // of each row its order by the first columns, then itself
	last   int      // the block that is being filled
	size   int      // bytes in the blocks
	coder  coder
	rows   int
	groups map[unique.Handle[string]]int // of the rows of a name, their place in entries
	// Rows are sorted name by name: of each there are few, and often in order.
	entries [][]entry // past the groups, empty ones to be used again
}

// entry is where a row lies and what decides most comparisons.
type entry struct {
	head  uint64 // the first 8 bytes of its order
	next  uint64 // the 8 bytes after
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
	return &Pile[R]{table: t, first: order.columns[:n], rest: order.columns[n:], groups: map[unique.Handle[string]]int{}}
}

// Add adds a row under a name, which is found by its handle: hashing the name of
// every row costs as much as packing the row.
func (p *Pile[R]) Add(name unique.Handle[string], r *R) {
	g, ok := p.groups[name]
	if !ok {
		g = len(p.groups)
		p.groups[name] = g
		if g == len(p.entries) {
			p.entries = append(p.entries, nil)
		}
	}
	if len(p.blocks) == 0 {
		p.blocks = append(p.blocks, make([]byte, 0, pileBlock))
	} else if b := p.blocks[p.last]; cap(b)-len(b) < ordinaryRow {
		if p.last++; p.last == len(p.blocks) {
			p.blocks = append(p.blocks, make([]byte, 0, pileBlock))
		}
	}
	b := p.blocks[p.last]
	e := entry{block: uint32(p.last), start: uint32(len(b))}
	b = appendOrder(b, r, p.first)
	e.order = uint32(len(b))
	key := b[e.start:e.order]
	e.head = leading(key)
	e.next = leading(key[min(8, len(key)):])
	b = p.table.packRow(&p.coder, b, r)
	e.end = uint32(len(b))
	p.blocks[p.last] = b
	p.size += int(e.end - e.start)
	p.rows++
	p.entries[g] = append(p.entries[g], e)
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
func (p *Pile[R]) Size() int { return p.size + p.rows*32 }

// Empty tells whether there are no rows.
func (p *Pile[R]) Empty() bool { return p.rows == 0 }

// Names returns the names of the rows, in order.
func (p *Pile[R]) Names() []unique.Handle[string] {
	byName := func(a, b unique.Handle[string]) int { return cmp.Compare(a.Value(), b.Value()) }
	return slices.SortedFunc(maps.Keys(p.groups), byName)
}

// Each calls f for every row of the names, packed, name by name in the order of
// rows. Other names can be gone through at the same time.
func (p *Pile[R]) Each(names []unique.Handle[string], f func(row []byte)) {
	for _, name := range names {
		entries := p.entries[p.groups[name]]
		slices.SortFunc(entries, p.compare)
		for _, e := range entries {
			f(p.blocks[e.block][e.order:e.end])
		}
	}
}

func (p *Pile[R]) compare(a, b entry) int {
	switch {
	case a.head != b.head:
		return cmp.Compare(a.head, b.head)
	case a.next != b.next:
		return cmp.Compare(a.next, b.next)
	}
	if c := bytes.Compare(p.blocks[a.block][a.start:a.order], p.blocks[b.block][b.start:b.order]); c != 0 {
		return c
	}
	x, y := p.appendRest(nil, a), p.appendRest(nil, b)
	return cmp.Or(bytes.Compare(x, y), cmp.Compare(a.block, b.block), cmp.Compare(a.start, b.start))
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
	for i, e := range p.entries {
		p.entries[i] = e[:0]
	}
	p.last, p.size, p.rows = 0, 0, 0
	clear(p.groups)
}
