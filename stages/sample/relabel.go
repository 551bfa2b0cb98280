package sample

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"strings"
)

// Relabeling is a permutation test whose relabelings, where not all are counted,
// are still to be drawn: until then P is 0. Tests of one Shape can take the same
// draws, which costs less than draws for each.
type Relabeling struct {
	PermutationTest
	blocks []block
	least  float64 // what a statistic must reach, either way, to count
}

// Rounds is the number of rounds in which relabelings are drawn. Each has 10,000,
// the last one less, so that all are 99,999.
const (
	Rounds     = 10
	ofOneRound = (draws + 1) / Rounds
)

// Shape names the strata by the number of labels that are dealt, those of the
// smaller side, and the number of values: "25/60,10/20".
func (r *Relabeling) Shape() string {
	var b strings.Builder
	for i, block := range r.blocks {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%d/%d", block.k, len(block.scores))
	}
	return b.String()
}

// DrawRound draws one of the Rounds, from 0, with u, and returns for each of the
// tests how many of its relabelings are at least as far from 0 as the observed
// statistic. The tests must have one Shape. A relabeling takes, stratum after
// stratum, as many numbers from u as labels are dealt.
func DrawRound(round int, u Uniform, tests []*Relabeling) []int64 {
	if len(tests) == 0 {
		return nil
	}
	n := ofOneRound
	if round == Rounds-1 {
		n--
	}
	hands, beyond := deal(tests[0].blocks, n, u), make([]int64, len(tests))
	count := counter{hands: hands, sums: make([]uint64, n)}
	for from := 0; from < len(tests); from += lanes {
		to := min(from+lanes, len(tests))
		count.beyond(tests[from:to], beyond[from:to])
	}
	return beyond
}

// Drawn returns the test where so many of all draws are at least as far from 0
// as the observed statistic.
func (r *Relabeling) Drawn(beyond int64) PermutationTest {
	t := r.PermutationTest
	t.P = float64(beyond+1) / (draws + 1)
	return t
}

// with makes the draws that are needed with u, one round after the other.
func (r *Relabeling) with(u Uniform) PermutationTest {
	if r.Exact || r.blocks == nil {
		return r.PermutationTest
	}
	var beyond int64
	for round := range Rounds {
		beyond += DrawRound(round, u, []*Relabeling{r})[0]
	}
	return r.Drawn(beyond)
}

// deal deals n relabelings. The result has n words for every 64 places, eight for
// each begun eight of scores of a stratum, after those of the strata before: bit j
// of a word says that the score at place j of the 64 has the label.
func deal(blocks []block, n int, u Uniform) []uint64 {
	octets, most := 0, 0
	for _, b := range blocks {
		octets += b.octets()
		most = max(most, len(b.scores))
	}
	words := (octets + 7) / 8
	hands := make([]uint64, words*n)
	ascending, scratch := make([]int32, most), make([]int32, most)
	for i := range ascending {
		ascending[i] = int32(i)
	}
	picked := make([]byte, 64*words) // a byte a place: 1 where its score has the label
	for draw := range n {
		clear(picked)
		rest := picked
		for _, b := range blocks {
			cards := scratch[:len(b.scores)]
			copy(cards, ascending)
			shuffle(cards, rest, b.k, u)
			rest = rest[8*b.octets():]
		}
		for w := range words {
			var word uint64
			for o := range 8 {
				// The product has the lowest bit of byte j at bit 56+j.
				bits := binary.LittleEndian.Uint64(picked[64*w+8*o:]) * 0x0102040810204080 >> 56
				word |= bits << (8 * o)
			}
			hands[w*n+draw] = word
		}
	}
	return hands
}

// shuffle deals k of the cards, which ascend from 0, by a partial Fisher-Yates
// shuffle: the i-th number from u, from 0, picks one of the cards from i on, which
// changes places with the i-th. dealt becomes 1 at those that are dealt.
func shuffle(cards []int32, dealt []byte, k int, u Uniform) {
	for i := range k {
		j := i + below(u, len(cards)-i)
		dealt[cards[j]] = 1
		cards[j] = cards[i]
	}
}

func (b block) octets() int { return (len(b.scores) + 7) / 8 }

// statistic is that of one of n dealt relabelings.
func (r *Relabeling) statistic(hands []uint64, n, draw int) (t float64) {
	octet := 0
	for _, b := range r.blocks {
		for from := 0; from < len(b.scores); from += 8 {
			var eight float64
			for picked := byte(hands[octet/8*n+draw] >> (octet % 8 * 8)); picked != 0; picked &= picked - 1 {
				eight += b.unit * b.scores[from+bits.TrailingZeros8(picked)]
			}
			t += eight
			octet++
		}
	}
	return t
}
