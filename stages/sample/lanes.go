package sample

import (
	"math"
	"math/bits"
)

// Statistics of three tests are added up at once, in whole steps, each in its
// part of a word: a step is about a millionth of what a statistic can be, so that
// nearly always the steps tell on which side of what it must reach it is.
const (
	lanes    = 3
	laneBits = 21
	laneMask = 1<<laneBits - 1
)

// counter counts dealt relabelings.
type counter struct {
	hands  []uint64
	sums   []uint64      // of every relabeling, in steps
	tables [][256]uint64 // for every octet, the steps of the subsets of its scores
}

// beyond adds to each count, for no more tests than there are lanes, how many of
// the relabelings are at least as far from 0 as the observed statistic. The steps
// leave a few of them open; those are added up in full.
func (c *counter) beyond(tests []*Relabeling, counts []int64) {
	n := len(c.sums)
	words := len(c.hands) / n
	if c.tables == nil {
		c.tables = make([][256]uint64, 8*words)
	}
	var steps [lanes]steps
	places := make([]uint64, 64*words)
	for i, t := range tests {
		steps[i] = t.steps(places, i*laneBits)
	}
	for octet := range c.tables {
		subsets := &c.tables[octet]
		for j, v := range places[8*octet:][:8] {
			for low := range 1 << j {
				subsets[1<<j|low] = subsets[low] + v
			}
		}
	}
	clear(c.sums)
	for w := range words {
		subsets := (*[8][256]uint64)(c.tables[8*w:])
		sums := c.sums
		for i, picked := range c.hands[w*n:][:len(sums)] {
			sums[i] += subsets[0][byte(picked)] + subsets[1][byte(picked>>8)] + subsets[2][byte(picked>>16)] + subsets[3][byte(picked>>24)] +
				subsets[4][byte(picked>>32)] + subsets[5][byte(picked>>40)] + subsets[6][byte(picked>>48)] + subsets[7][byte(picked>>56)]
		}
	}
	for i, t := range tests {
		// Without branches, which half of the draws would take: x is below size if
		// subtracting size borrows.
		open, near, beyond := steps[i].open, steps[i].near, uint64(n)
		for draw, sum := range c.sums {
			x := sum >> (i * laneBits) & laneMask
			_, isOpen := bits.Sub64(x-open.from, open.size, 0)
			_, isNear := bits.Sub64(x-near.from, near.size, 0)
			beyond -= isOpen
			if isOpen != isNear && math.Abs(t.statistic(c.hands, n, draw)) >= t.least {
				beyond++
			}
		}
		counts[i] += int64(beyond)
	}
}

// steps say of a statistic in steps whether it counts: not where it is in near,
// which is part of open; surely where it is not in open.
type steps struct{ open, near stretch }

// stretch is size numbers from one on.
type stretch struct{ from, size uint64 }

// between is what lies strictly between two numbers and can be in a lane.
func between(a, b float64) stretch {
	from, to := max(0, math.Floor(a)+1), min(laneMask+1, math.Ceil(b))
	if !(from < to) {
		return stretch{}
	}
	return stretch{uint64(from), uint64(to - from)}
}

// steps adds the scores in steps to the places, that many bits up. They are taken
// from the lowest of their stratum, of which every relabeling has as many.
func (r *Relabeling) steps(places []uint64, shift int) steps {
	if r.least <= 0 { // every relabeling is as far
		return steps{}
	}
	var base, width float64 // a statistic of nothing but lowest scores, and how much more one can be
	picked := 0
	for _, b := range r.blocks {
		lowest := b.scores[0]
		base += float64(b.k) * b.unit * lowest
		for _, v := range b.scores[len(b.scores)-b.k:] {
			width += b.unit * (v - lowest)
		}
		picked += b.k
	}
	size := width / float64(laneMask-picked) // what is rounded up takes half a step each at most
	if !(size > 0x1p-900 && size < 0x1p900) {
		return steps{open: stretch{0, laneMask + 1}}
	}
	less, more := 1.0, 1.0 // steps by which rounding can be wrong: one for that of the arithmetic
	for _, b := range r.blocks {
		for j, v := range b.scores {
			exact := b.unit * (v - b.scores[0]) / size
			whole := math.Floor(exact + 0.5)
			less, more = less+max(0, whole-exact), more+max(0, exact-whole)
			places[j] += uint64(whole) << shift
		}
		places = places[8*b.octets():]
	}
	up, down := (r.least-base)/size, (-r.least-base)/size
	return steps{open: between(down-more, up+less), near: between(down+less, up-more)}
}
