package enrich

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// gramRunes is how many successive characters make a gram.
const gramRunes = 5

// shingles is the set of grams of a text, each as 64 bits: two different grams
// of a pair of texts are taken for one with a chance of about 1 in 10^13. It is
// empty where the text is shorter than a gram.
//
// Its sketch is a bit for each of a power of two of cells: whether an odd
// number of grams falls there. What two sets share cancels out when two
// sketches are combined by exclusive or, so that the bits left are at most as
// many as the grams that only one of them has. That bound rejects nearly every
// pair of different texts, and never one of similar texts.
type shingles struct {
	grams  []uint64 // each once; ascending where sorted
	sketch []uint64
	sorted bool
}

// shingler makes shingles. It keeps its memory from text to text, so each
// goroutine needs its own.
type shingler struct {
	runes []rune
	seen  []uint64 // hash table of grams; 0 is free
}

// of makes the set of a text, in the memory of another set, which is lost.
func (s *shingler) of(text []byte, old shingles) shingles {
	s.runes = s.runes[:0]
	for i := 0; i < len(text); {
		r, width := utf8.DecodeRune(text[i:])
		s.runes = append(s.runes, r)
		i += width
	}
	n := len(s.runes) - gramRunes + 1
	if n < 1 {
		return shingles{grams: old.grams[:0], sketch: old.sketch[:0]}
	}
	size := 1 << bits.Len(uint(2*n))
	if len(s.seen) < size {
		s.seen = make([]uint64, size)
	}
	seen := s.seen[:size]
	clear(seen)
	grams := slices.Grow(old.grams[:0], n)
	for i := range n {
		g := gramOf(s.runes[i : i+gramRunes])
		at := g % uint64(size)
		for seen[at] != 0 && seen[at] != g {
			at = (at + 1) % uint64(size)
		}
		if seen[at] == 0 {
			seen[at] = g
			grams = append(grams, g)
		}
	}
	words := 1
	for words*32 < len(grams) {
		words *= 2
	}
	sketch := slices.Grow(old.sketch[:0], words)[:words]
	clear(sketch)
	for _, g := range grams {
		sketch[g/64%uint64(words)] ^= 1 << (g % 64)
	}
	return shingles{grams: grams, sketch: sketch}
}

// gramOf returns the bits of a gram; they are never 0.
func gramOf(runes []rune) uint64 {
	var h uint64
	for _, r := range runes {
		h = (h + uint64(r)) * 0x9E3779B97F4A7C15
	}
	// The finalizer of MurmurHash3, which loses nothing.
	h = (h ^ h>>33) * 0xFF51AFD7ED558CCD
	h = (h ^ h>>33) * 0xC4CEB9FE1A85EC53
	return max(h^h>>33, 1)
}

func (s *shingles) sort() {
	if !s.sorted {
		slices.Sort(s.grams)
		s.sorted = true
	}
}

// similarity returns the Jaccard similarity of two sets that are not empty:
// grams in both by grams in either. It is the same number from both sides.
func similarity(a, b *shingles) float64 {
	a.sort()
	b.sort()
	both := 0
	for i, j := 0, 0; i < len(a.grams) && j < len(b.grams); {
		switch x, y := a.grams[i], b.grams[j]; {
		case x < y:
			i++
		case x > y:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	return float64(both) / float64(len(a.grams)+len(b.grams)-both)
}

// mayBeSimilar is false only where the similarity is below 0.6. With n grams in
// the two sets together, d of them in one only, it is (n-d)/(n+d): at least 0.6
// where d is at most a quarter of n.
func mayBeSimilar(a, b *shingles) bool {
	most := (len(a.grams) + len(b.grams)) / 4
	if len(a.grams) > len(b.grams) {
		a, b = b, a
	}
	if len(b.grams)-len(a.grams) > most {
		return false
	}
	// The lengths are within a factor of 5/3: the longer sketch has as many
	// words or twice as many, and then folds onto the shorter.
	d, n := 0, len(a.sketch)
	for i, w := range a.sketch {
		w ^= b.sketch[i]
		if len(b.sketch) > n {
			w ^= b.sketch[i+n]
		}
		if d += bits.OnesCount64(w); d > most {
			return false
		}
	}
	return true
}
