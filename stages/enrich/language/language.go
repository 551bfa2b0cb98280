// Package language tells the language of posts, Kazakh, Kyrgyz, Uzbek, Russian
// or English, in Cyrillic and in Latin letters, and how much of a post is in
// each.
package language

import (
	_ "embed"
	"slices"
	"sync"
)

// Languages, as ISO 639-1 writes them, and what is none of them or too little to
// tell.
const (
	Kazakh       = "kk"
	Kyrgyz       = "ky"
	Uzbek        = "uz"
	Russian      = "ru"
	English      = "en"
	Undetermined = "und"
)

// Languages are those that are told, in the order of Result.Shares.
var Languages = [...]string{Kazakh, Kyrgyz, Uzbek, Russian, English}

const (
	told = len(Languages)
	und  = told // the state of words in other languages
)

// Result is what a text is written in.
type Result struct {
	Language string        // that of most letters, or Undetermined
	Shares   [told]float64 // of letters in each language; what is missing to 1 is undetermined
	Letters  int           // in all; 0: no word
}

// Version is raised whenever the same text would get another result.
const Version = 3

// Of lanes of a script, the language that each speaks for; und for groups of
// others.
var stateOf = [scripts][lanes]int{
	cyrillic: {0, 1, 2, 3, und, und, und, und},
	latin:    {0, 4, 2, und, und, und, und, und},
}

// What was chosen so that texts of other languages are told to be one of ours
// about as often as ours are not told; see model/SOURCES.md for what came of it.
const (
	headStart = 2   // of our languages before others, which posts of our accounts seldom are in, in natural logarithms of odds
	sure      = 0.6 // probability above which a language is told
	fewest    = 3   // letters below which none is
	lead      = 3   // before the next of eight that alone makes the best surer than sure: 1/(1+7/e³) is 0.74
)

// Words in a language that does not use their script, and changes of language
// inside a text, in natural logarithms of odds.
const (
	foreign   = 8.0  // a word of another language in letters of the script: no word costs more
	inPassing = 8.0  // a name in Latin letters in a text in Cyrillic ones: nor this
	misplaced = 10.0 // a word in Cyrillic letters in an English text
	midway    = 14.0 // a change between two words
	afterStop = 6.0  // a change where a sentence ends
	newLine   = 4.0  // a change where a line does
)

//go:embed model/model.bin
var file []byte

var embedded = sync.OnceValue(func() *Model {
	m, err := Parse(file)
	if err != nil {
		panic(err) // the program was built with another model
	}
	return m
})

// Identify tells what a text is written in. Addresses, @names, #tags, digits and
// emoji take no part.
func Identify(text string) Result { return embedded().Identify(text) }

// word is what is kept of each word of a text.
type word struct {
	scores
	letters int32
	script  uint8
	best    uint8 // the best state before the word
	changed uint8 // bits of the states that are reached from there, and not from themselves
}

// scratch is used again from text to text.
type scratch struct {
	words  []word
	memory memory
}

// Identify is the package's Identify, by this model.
//
// It looks for the way through the states, one a word, that the words speak for
// most, less what its changes cost (Viterbi's algorithm), and then tells the
// language of each stretch of words in one state as a whole.
func (m *Model) Identify(text string) Result {
	kept, _ := m.scratch.Get().(*scratch)
	if kept == nil {
		kept = &scratch{}
	}
	defer m.scratch.Put(kept)
	list := kept.words[:0]
	r := newReader(text)
	var at [told + 1]int32 // what speaks for the best way to each state
	for r.next() {
		speaks := kept.memory.speech(m, &r)
		change := m.midway
		switch {
		case r.line:
			change = m.newLine
		case r.stop:
			change = m.afterStop
		}
		best, top := first(&at)
		// All less the best so far: only differences count, and they stay small.
		least := top - change
		var changed uint32
		for s := range at {
			changed |= uint32(at[s]-least) >> 31 << s
			at[s] = max(at[s], least) - top + speaks.states[s]
		}
		// Field by field: to copy what was just put together is to wait for it.
		list = append(list, word{})
		w := &list[len(list)-1]
		w.low, w.high = speaks.low, speaks.high
		w.letters, w.script, w.best, w.changed = int32(r.size), r.script, best, uint8(changed)
	}
	kept.words = list
	return m.result(list, at, r.foreign)
}

// first finds the first of the best states.
func first(at *[told + 1]int32) (best uint8, top int32) {
	top = max(at[0], at[1], at[2], at[3], at[4], at[5])
	for int(best) < told && at[best] != top {
		best++
	}
	return best, top
}

// states are what a word of a script with these scores speaks for each state.
func (m *Model) states(script int, x [lanes]int32) [told + 1]int32 {
	others := max(x[4], x[5], x[6], x[7])
	if script == latin {
		others = max(others, x[3]) - m.headStart
		top := max(x[0], x[1], x[2], others)
		name, floor := top-m.inPassing, top-m.foreign
		return [...]int32{max(x[0], name), name, max(x[2], name), name, max(x[1], floor), max(others, name)}
	}
	others -= m.headStart
	top := max(x[0], x[1], x[2], x[3], others)
	floor := top - m.foreign
	return [...]int32{max(x[0], floor), max(x[1], floor), max(x[2], floor), max(x[3], floor), top - m.misplaced, max(others, floor)}
}

// result goes back over the words and tells the language of each stretch.
func (m *Model) result(list []word, at [told + 1]int32, foreign int) (out Result) {
	best, _ := first(&at)
	state := int(best)
	var letters [told + 1]int
	letters[und] = foreign
	end := len(list)
	for i := len(list) - 1; i >= 0; i-- {
		before := state
		if list[i].changed>>state&1 != 0 {
			before = int(list[i].best)
		}
		if i == 0 || before != state {
			m.stretch(list[i:end], state, &letters)
			end = i
		}
		state = before
	}
	out.Language = Undetermined
	most := und
	for s, n := range letters {
		out.Letters += n
		if n > letters[most] || n == letters[most] && most == und {
			most = s
		}
	}
	if out.Letters == 0 {
		return out
	}
	for s := range told {
		out.Shares[s] = float64(letters[s]) / float64(out.Letters)
	}
	if most != und {
		out.Language = Languages[most]
	}
	return out
}

// stretch counts the letters of words in a row, which stand in one state, by the
// language of their script. What stands in Latin letters among words of a
// language with Cyrillic ones are names, and counts for it.
func (m *Model) stretch(list []word, state int, letters *[told + 1]int) {
	var sums [scripts][lanes]int64
	var sizes [scripts]int
	for some := range slices.Chunk(list, 1<<16) {
		var packed [scripts][4]uint64 // sums of two lanes each
		var n [scripts]int64
		for i := range some {
			w := &some[i]
			s := w.script & 1
			packed[s][0] += w.low & wide
			packed[s][1] += w.high & wide
			packed[s][2] += w.low >> 16 & wide
			packed[s][3] += w.high >> 16 & wide
			n[s]++
			sizes[s] += int(w.letters)
		}
		for s := range sums {
			for i, p := range packed[s] {
				sums[s][i] += int64(p&0xffffffff) - zero*n[s]
				sums[s][i+4] += int64(p>>32) - zero*n[s]
			}
		}
	}
	most := m.tell(cyrillic, &sums[cyrillic], sizes[cyrillic])
	letters[most] += sizes[cyrillic]
	if sizes[latin] == 0 {
		return
	}
	if among := most != und && most == state; !among {
		most = m.tell(latin, &sums[latin], sizes[latin])
	}
	letters[most] += sizes[latin]
}

// tell tells the language of words of one script by what they speak together.
func (m *Model) tell(script int, sums *[lanes]int64, letters int) (state int) {
	if letters < fewest {
		return und
	}
	var sum [lanes]float64
	for l, v := range sums {
		if sum[l] = float64(v) * m.scale; stateOf[script][l] == und {
			sum[l] -= headStart
		}
	}
	best, next := 0, 1
	for l := range sum {
		if sum[l] > sum[best] {
			best, next = l, best
		} else if l != best && sum[l] > sum[next] {
			next = l
		}
	}
	if sum[best]-sum[next] > lead {
		return stateOf[script][best]
	}
	p := softmax(sum)
	best = 0
	for l := range p {
		if p[l] > p[best] {
			best = l
		}
	}
	if p[best] < sure {
		return und
	}
	return stateOf[script][best]
}

// Lane returns where a model keeps a language of ours in a text, and false where
// most letters of the text are of a script that it is not written in; the
// script is "" where no letters are Cyrillic or Latin.
func Lane(language, text string) (script string, lane int, ok bool) {
	var n [scripts]int
	r := newReader(text)
	for r.next() {
		n[r.script] += r.size
	}
	s := cyrillic
	switch {
	case n[cyrillic]+n[latin] == 0 || r.foreign > n[cyrillic]+n[latin]:
		return "", 0, false
	case n[latin] > n[cyrillic]:
		s = latin
	}
	lane = -1
	for l, state := range stateOf[s] {
		if state != und && Languages[state] == language {
			lane = l
		}
	}
	return []string{"Cyrl", "Latn"}[s], lane, lane >= 0
}
