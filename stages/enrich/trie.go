package enrich

import "strings"

// trie holds words and beginnings of words. A row is a node: by symbol it holds
// twice the place of the next row, and one more where a beginning of words ends
// there. No letter of a word is a separator or mute: by these it holds the word
// that ends at its node and the beginning that does, counted from 1.
//
// Rows are nearly empty. They lie over one another in one list of cells, each of
// which knows its row (J. Aoe, 1989, An efficient digital search algorithm by
// using a double-array structure), so that most of what texts need stays in the
// cache nearest to the core.
type trie []cell

type cell struct {
	row  int32 // where the row begins that it is of
	next int32 // what that holds; 0 in cells of no row
}

const (
	endsHere   = separator
	beginsHere = mute
)

// packing is how many cells before the end are looked over for room: enough to
// fill most, and few enough to be fast.
const packing = 256

// at is what a row holds by a symbol, 0 for nothing. The first row is 0.
func (t trie) at(row int, s symbol) int32 {
	if c := t[row+int(s)]; int(c.row) == row {
		return c.next
	}
	return 0
}

// newTrie makes a trie of numbered words, beginnings with a *, of symbols below
// width.
func newTrie(words map[string]int32, symbolOf func(rune) symbol, width int) trie {
	rows := [][]int32{make([]int32, width)} // with numbers of rows for places
	for word, n := range words {
		stem, beginning := strings.CutSuffix(word, "*")
		row := int32(0)
		var last *int32
		for _, r := range stem {
			last = &rows[row][symbolOf(r)]
			if *last == 0 {
				*last = int32(len(rows)) << 1
				rows = append(rows, make([]int32, width))
			}
			row = *last >> 1
		}
		if beginning {
			*last |= 1
			rows[row][beginsHere] = n + 1
		} else {
			rows[row][endsHere] = n + 1
		}
	}
	// By level, so that the beginnings of words lie together.
	order, used := []int32{0}, make([][]symbol, len(rows))
	for i := 0; i < len(order); i++ {
		n := order[i]
		for s, next := range rows[n] {
			if next == 0 {
				continue
			}
			used[n] = append(used[n], symbol(s))
			if symbol(s) >= firstOwn {
				order = append(order, next>>1)
			}
		}
	}
	var t trie
	place := make([]int32, len(rows))
	var begun []bool
	for _, n := range order {
		at := 0
		if len(used[n]) > 0 {
			at = max(0, len(t)-packing-int(used[n][0]))
		}
		for at < len(t) && (begun[at] || !t.fits(at, used[n])) {
			at++
		}
		if more := at + width - len(t); more > 0 {
			t, begun = append(t, make(trie, more)...), append(begun, make([]bool, more)...)
		}
		begun[at], place[n] = true, int32(at)
		for _, s := range used[n] {
			t[at+int(s)] = cell{int32(at), rows[n][s]}
		}
	}
	for _, n := range order {
		for _, s := range used[n] {
			if c := &t[place[n]+int32(s)]; s >= firstOwn {
				c.next = place[c.next>>1]<<1 | c.next&1
			}
		}
	}
	return t
}

// fits tells whether the cells of a row that begins there are free.
func (t trie) fits(at int, used []symbol) bool {
	for _, s := range used {
		if i := at + int(s); i < len(t) && t[i].next != 0 {
			return false
		}
	}
	return true
}
