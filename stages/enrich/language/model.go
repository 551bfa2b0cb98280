package language

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync"
)

// A model gives each word eight numbers, one a lane: how much its letters speak
// for each of our languages and for groups of others. It is a multinomial
// logistic regression on the numbers of 1, 2, 3 and 4 letters in a row, with
// the edges of the word, and on the word itself, hashed into buckets.

// What a name speaks, as parts of what another word does.
const (
	ofName = 3
	ofWord = 8
)

// lanes of a script.
const lanes = 8

// bits of the number of buckets of each script.
var bits = [scripts]uint{cyrillic: 16, latin: 15}

// Model holds, for each bucket, eight weights of one byte each: 128 more than
// the weight in units of scale.
type Model struct {
	scale   float64 // natural logarithm of odds in one unit
	buckets [scripts][]uint64
	pairs   [scripts][]pair // by the numbers of two letters in a row: of the second alone and of both

	scratch sync.Pool // of *scratch

	headStart, foreign, inPassing, misplaced, midway, afterStop, newLine int32 // the constants of that name, in units
}

// pair is weights in lanes of 16 bits: those of the even lanes and of the odd.
type pair struct{ low, high uint64 }

// odd is every second byte.
const odd = 0x00ff00ff00ff00ff

// magic begins the file of a model.
const magic = "dipl-lang-1\n"

// Parse reads a model: magic, the scale as a float of 32 bits, and the buckets
// of each script, little-endian.
func Parse(file []byte) (*Model, error) {
	size := len(magic) + 4
	for _, b := range bits {
		size += 8 << b
	}
	if len(file) != size || string(file[:len(magic)]) != magic {
		return nil, fmt.Errorf("language: the model has %d bytes, expected %d that begin with %q", len(file), size, magic)
	}
	m := &Model{scale: float64(math.Float32frombits(binary.LittleEndian.Uint32(file[len(magic):])))}
	if !(m.scale > 1e-6 && m.scale < 1e6) {
		return nil, fmt.Errorf("language: the model has the scale %g, expected a number between 1e-6 and 1e6", m.scale)
	}
	units := func(odds float64) int32 { return int32(math.Round(odds / m.scale)) }
	m.headStart, m.midway, m.afterStop, m.newLine = units(headStart), units(midway), units(afterStop), units(newLine)
	m.foreign, m.inPassing, m.misplaced = units(foreign), units(inPassing), units(misplaced)
	rest := file[len(magic)+4:]
	for s, b := range bits {
		m.buckets[s] = make([]uint64, 1<<b)
		for i := range m.buckets[s] {
			m.buckets[s][i] = binary.LittleEndian.Uint64(rest[8*i:])
		}
		rest = rest[8<<b:]
		m.pairs[s] = make([]pair, 1<<14)
		for key := range uint64(1 << 14) {
			one, two := m.buckets[s][bucket(key&(1<<7-1), 1, b)], m.buckets[s][bucket(key, 2, b)]
			m.pairs[s][key] = pair{one&odd + two&odd, one>>8&odd + two>>8&odd}
		}
	}
	return m, nil
}

// bucket of a run of letters; order is their number, 5 for a whole word.
func bucket(key uint64, order uint64, shift uint) uint32 {
	return uint32((key*8 + order) * 0x9E3779B97F4A7C15 >> (64 - shift))
}

// buckets appends the buckets of a word that a reader is at.
func (r *reader) buckets(into []uint32) []uint32 {
	shift := bits[r.script]
	word := r.word[:r.size+1]
	word[r.size] = edge
	whole := uint64(0)
	key := uint64(0)
	for _, n := range word {
		key = key<<7 | uint64(n)
		whole = whole*0x100000001B3 ^ uint64(n)
		into = append(into, bucket(key&(1<<7-1), 1, shift), bucket(key&(1<<14-1), 2, shift), bucket(key&(1<<21-1), 3, shift), bucket(key&(1<<28-1), 4, shift))
	}
	return append(into, bucket(whole, 5, shift))
}

// score is what a word's letters speak for each lane, in units of the model.
func (m *Model) score(r *reader) scores {
	shift := bits[r.script] & 63
	table, pairs := m.buckets[r.script], m.pairs[r.script]
	word := r.word[:r.size+1]
	word[r.size] = edge
	whole, key := uint64(0), uint64(0)
	var low, high uint64
	for _, n := range word {
		key = key<<7 | uint64(n)
		whole = whole*0x100000001B3 ^ uint64(n)
		ab := &pairs[key&(1<<14-1)]
		c := table[bucket(key&(1<<21-1), 3, shift)]
		d := table[bucket(key&(1<<28-1), 4, shift)]
		low += ab.low + c&odd + d&odd
		high += ab.high + c>>8&odd + d>>8&odd
	}
	a := table[bucket(whole, 5, shift)]
	// Each of the weights stands 128 above what it is.
	bias := (zero - 128*uint64(4*(r.size+1)+1)) * each
	return scores{low + a&odd + bias, high + a>>8&odd + bias}
}

// scores are those of the lanes, 16 bits each and zero above what they are: the
// even lanes and the odd. They are below 1<<15 for words of longest letters.
type scores struct{ low, high uint64 }

const (
	zero = 1 << 15
	each = 0x0001000100010001
	wide = 0x0000ffff0000ffff // every second lane of four
)

func (s scores) lanes() [lanes]int32 {
	return [...]int32{
		int32(s.low&0xffff) - zero, int32(s.high&0xffff) - zero,
		int32(s.low>>16&0xffff) - zero, int32(s.high>>16&0xffff) - zero,
		int32(s.low>>32&0xffff) - zero, int32(s.high>>32&0xffff) - zero,
		int32(s.low>>48) - zero, int32(s.high>>48) - zero,
	}
}

// ofName is what a name speaks.
func (s scores) ofName() (out scores) {
	for i, v := range s.lanes() {
		v = v*ofName/ofWord + zero
		if i%2 == 0 {
			out.low |= uint64(v) << (8 * i)
		} else {
			out.high |= uint64(v) << (8 * (i - 1))
		}
	}
	return out
}

// speech is what a word speaks for the lanes and for the states.
type speech struct {
	scores
	states [told + 1]int32
}

// speech finds what the word that a reader is at speaks.
func (m *Model) speech(r *reader) speech {
	s := m.score(r)
	if r.name() {
		s = s.ofName()
	}
	return speech{s, m.states(int(r.script), s.lanes())}
}

// memory holds what words that came before speak, one word a slot: most words of
// texts are among a few thousand, whose buckets lie far apart.
type memory [1 << memoryBits]struct {
	word [2]uint64 // letters, script and whether it is a name; 0 for none
	speech
}

const memoryBits = 12

// remembered are the letters of the longest word that fits in a memory.
const remembered = 15

// speech is Model.speech from memory, until the next call.
func (k *memory) speech(m *Model, r *reader) *speech {
	if r.size > remembered {
		slot := &k[0]
		slot.word, slot.speech = [2]uint64{}, m.speech(r)
		return &slot.speech
	}
	of := uint64(r.script) << 1
	if r.name() {
		of |= 1
	}
	head, tail := binary.LittleEndian.Uint64(r.word[:]), binary.LittleEndian.Uint64(r.word[8:])|of<<56
	slot := &k[(head^tail*0x9E3779B97F4A7C15)*0xD6E8FEB86659FD93>>(64-memoryBits)]
	if slot.word[0] != head || slot.word[1] != tail {
		slot.word, slot.speech = [2]uint64{head, tail}, m.speech(r)
	}
	return &slot.speech
}
