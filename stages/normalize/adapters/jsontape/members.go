package jsontape

// Keys are those of an object that are read together, in one pass over its
// members.
type Keys struct {
	names []string
	slots [128]uint8 // by hash, then in the next slot that is free: 1 + the place in names; 0 where no name is
	none  []Value
}

// KeysOf prepares at most 64 keys, which differ.
func KeysOf(names ...string) *Keys {
	if len(names) > len(Keys{}.slots)/2 {
		panic("jsontape: too many keys")
	}
	k := &Keys{names: names, none: make([]Value, len(names))}
	for i, name := range names {
		at := slotOf([]byte(name))
		for ; k.slots[at] != 0; at = (at + 1) % len(k.slots) {
			if names[k.slots[at]-1] == name {
				panic("jsontape: the key " + name + " stands twice")
			}
		}
		k.slots[at] = uint8(i + 1)
	}
	return k
}

// slotOf is where the slots of a key begin.
func slotOf(key []byte) int {
	n := len(key)
	if n == 0 {
		return 0
	}
	x := uint32(n)<<24 ^ uint32(key[0])<<16 ^ uint32(key[n/2])<<8 ^ uint32(key[n-1])
	return int(x * 0x9E3779B1 >> 25)
}

// place is that of a key in names, -1 where it is none of them.
func (k *Keys) place(key []byte) int {
	for at := slotOf(key); ; at = (at + 1) % len(k.slots) {
		i := int(k.slots[at]) - 1
		if i < 0 || k.names[i] == string(key) {
			return i
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
		key := d.raw[n.key:n.keyEnd]
		if n.bits&keyEscapes != 0 {
			key = appendDecoded(nil, key)
		}
		if at := keys.place(key); at >= 0 && members[at].doc == nil {
			members[at] = Value{d, i}
		}
		i = n.next
	}
	return members
}
