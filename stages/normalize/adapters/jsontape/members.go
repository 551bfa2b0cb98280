package jsontape

import "encoding/binary"

// Keys are those of an object that are read together, in one pass over its
// members.
type Keys struct {
	names []string
	sizes uint64    // has a bit for each size of a name, modulo 64
	slots [128]slot // each name at its hash, or in the next slot that is free
	none  []Value
}

// slot holds a name. Its first eight bytes, padded with zeros, and its last eight
// are compared at once; only names of more than sixteen have others.
type slot struct {
	first, last uint64
	size        int
	place       int // in names, from 1; 0 where no name is
}

// KeysOf prepares at most 64 keys, which differ.
func KeysOf(names ...string) *Keys {
	k := &Keys{names: names, none: make([]Value, len(names))}
	if len(names) > len(k.slots)/2 {
		panic("jsontape: too many keys")
	}
	for i, name := range names {
		first := firstBytes([]byte(name), 0, len(name))
		at := slotOf(first, len(name))
		for ; k.slots[at].place != 0; at = (at + 1) % len(k.slots) {
			if names[k.slots[at].place-1] == name {
				panic("jsontape: the key " + name + " stands twice")
			}
		}
		k.slots[at] = slot{first, lastBytes([]byte(name), 0, len(name)), len(name), i + 1}
		k.sizes |= 1 << (len(name) % 64)
	}
	return k
}

// firstBytes are the first eight bytes of b[start:end], the first being the lowest
// of the number.
func firstBytes(b []byte, start, end int) uint64 {
	if start+8 > len(b) {
		var padded [8]byte
		copy(padded[:], b[start:end])
		return binary.LittleEndian.Uint64(padded[:])
	}
	first := binary.LittleEndian.Uint64(b[start : start+8])
	if n := end - start; n < 8 {
		first &= 1<<(8*n) - 1
	}
	return first
}

// lastBytes are the last eight bytes of b[start:end], 0 where it has no more.
func lastBytes(b []byte, start, end int) uint64 {
	if end-start <= 8 {
		return 0
	}
	return binary.LittleEndian.Uint64(b[end-8 : end])
}

// slotOf is where the slots of a key begin.
func slotOf(first uint64, size int) int {
	return int((first ^ uint64(size)) * 0x9E3779B97F4A7C15 >> 57)
}

// place is that of the key b[start:end] in names, -1 where it is none of them.
func (k *Keys) place(b []byte, start, end int) int {
	first, last, size := firstBytes(b, start, end), lastBytes(b, start, end), end-start
	for at := slotOf(first, size); ; at++ {
		s := &k.slots[at%len(k.slots)]
		if s.place == 0 || s.first == first && s.last == last && s.size == size && (size <= 16 || k.names[s.place-1] == string(b[start:end])) {
			return s.place - 1
		}
	}
}

// Members returns the value of each of the keys in an object, absent where it has
// none, as Get does one by one. They are good as long as the document is, and not
// to be changed.
func (v Value) Members(keys *Keys) []Value {
	if v.Type() != Object {
		return keys.none
	}
	d := v.doc
	start := len(d.lists)
	d.lists = append(d.lists, keys.none...)
	members := d.lists[start:len(d.lists):len(d.lists)]
	for i, end := v.at+1, d.nodes[v.at].next; i < end; {
		n := &d.nodes[i]
		var at int
		switch {
		case n.bits&keyEscapes == 0 && keys.sizes>>((n.keyEnd-n.key)%64)&1 == 0:
			at = -1
		case n.bits&keyEscapes == 0:
			at = keys.place(d.raw, int(n.key), int(n.keyEnd))
		default:
			key := appendDecoded(nil, d.raw[n.key:n.keyEnd])
			at = keys.place(key, 0, len(key))
		}
		if at >= 0 && members[at].doc == nil {
			members[at] = Value{d, i}
		}
		i = n.next
	}
	return members
}
