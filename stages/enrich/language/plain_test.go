package language

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// plainNext is reader.next rune by rune.
func plainNext(r *reader) bool {
	r.size, r.stop, r.line, r.first = 0, false, false, r.at == 0
	for r.at < len(r.text) {
		c, width := utf8.DecodeRuneInString(r.text[r.at:])
		known := rare(c)
		switch {
		case c < below:
			known = chars[c]
		case c < 0x800:
			known = charOf(isBetween, 0, 0)
			if unicode.IsLetter(c) {
				known = charOf(isForeign, 0, 0)
			}
		}
		switch kind := known.kind(); {
		case kind == isLetter:
			if !r.letter(known) {
				return true
			}
			r.at += width
		case kind == isSilent:
			r.at += width
		case kind == isMark && r.size > 0:
			r.mark(width)
			r.at += width
		case kind == isAddress && r.address(c):
			r.size = 0
		case r.size > 0:
			return true
		default:
			r.at += width
			switch kind {
			case isForeign:
				r.foreign++
			case isStop:
				r.stop, r.line = true, r.line || c == '\n'
			case isAddress:
				r.stop = r.stop || c == '.'
			}
		}
	}
	return r.size > 0
}

// plainWord is a word with what it speaks in lanes of their own.
type plainWord struct {
	script, letters int
	scores          [lanes]int32
	from            [told + 1]int // by state, the state of the word before
}

// plainIdentify is Identify word by word: nothing is packed or remembered.
func plainIdentify(m *Model, text string) Result {
	var list []plainWord
	var at [told + 1]int32
	r := newReader(text)
	for plainNext(&r) {
		w := plainWord{script: int(r.script), letters: r.size}
		for _, b := range r.buckets(nil) {
			for l := range w.scores {
				w.scores[l] += int32(m.buckets[r.script][b]>>(8*l)&0xff) - 128
			}
		}
		if r.name() {
			for l := range w.scores {
				w.scores[l] = w.scores[l] * ofName / ofWord
			}
		}
		change := m.midway
		switch {
		case r.line:
			change = m.newLine
		case r.stop:
			change = m.afterStop
		}
		best := 0
		for s := range at {
			if at[s] > at[best] {
				best = s
			}
		}
		top := at[best]
		for s, speaks := range m.states(w.script, w.scores) {
			if w.from[s] = s; at[s]-top < -change {
				at[s], w.from[s] = top-change, best
			}
			at[s] += speaks - top
		}
		list = append(list, w)
	}
	state := 0
	for s := range at {
		if at[s] > at[state] {
			state = s
		}
	}
	var letters [told + 1]int
	letters[und] = r.foreign
	for end := len(list); end > 0; {
		var sums [scripts][lanes]int64
		var sizes [scripts]int
		from, before := end, state
		for from > 0 && before == state {
			from--
			w := &list[from]
			for l, v := range w.scores {
				sums[w.script][l] += int64(v)
			}
			sizes[w.script] += w.letters
			before = w.from[state]
		}
		most := m.tell(cyrillic, &sums[cyrillic], sizes[cyrillic])
		letters[most] += sizes[cyrillic]
		if sizes[latin] > 0 {
			if most == und || most != state {
				most = m.tell(latin, &sums[latin], sizes[latin])
			}
			letters[most] += sizes[latin]
		}
		end, state = from, before
	}
	out := Result{Language: Undetermined}
	most := und
	for s, n := range letters {
		out.Letters += n
		if n > letters[most] || n == letters[most] && most == und {
			most = s
		}
	}
	for s := range told {
		if out.Letters > 0 {
			out.Shares[s] = float64(letters[s]) / float64(out.Letters)
		}
	}
	if most != und && out.Letters > 0 {
		out.Language = Languages[most]
	}
	return out
}

// What is read fast, packed and remembered is what is read rune by rune and added
// up: made-up posts with letters and marks put in, cut and joined.
func TestIdentifyAgainstPlain(t *testing.T) {
	file, err := os.ReadFile("testdata/posts.tsv")
	if err != nil {
		t.Fatal(err)
	}
	m := embedded()
	lines := strings.Split(string(file), "\n")
	line := rapid.SampledFrom(lines)
	letter := rapid.SampledFrom([]rune("абвгәіңYyoʻgQqaeIsł’\u00adПРԓԥ .\n'`@#:/.!?-_ΩЖḀⷠ՚א0😀ӓöÖ\u0306…\u2028\u200bꙮßȷ"))
	rapid.Check(t, func(t *rapid.T) {
		runes := []rune(line.Draw(t, "text") + rapid.SampledFrom([]string{"", " ", "\n", ". "}).Draw(t, "between") + line.Draw(t, "text"))
		for range rapid.IntRange(0, 8).Draw(t, "changes") {
			at := rapid.IntRange(0, len(runes)).Draw(t, "at")
			to := rapid.IntRange(at, min(at+3, len(runes))).Draw(t, "to")
			runes = slices.Concat(runes[:at], rapid.SliceOfN(letter, 0, 20).Draw(t, "letters"), runes[to:])
		}
		text := string(runes)
		if got, want := m.Identify(text), plainIdentify(m, text); got != want {
			t.Fatalf("%q: got %+v, want %+v", text, got, want)
		}
	})
	// More words than are summed at a time.
	long := strings.Repeat("Бүгін сегодня hello. ", 40_000)
	if got, want := m.Identify(long), plainIdentify(m, long); got != want {
		t.Fatalf("%d letters: got %+v, want %+v", len(long), got, want)
	}
}

// No picture is a letter.
func TestPicturesPartWords(t *testing.T) {
	for c := rune(0x1f300); c < 0x1fb00; c++ {
		if unicode.IsLetter(c) || rare(c).kind() != isBetween {
			t.Errorf("%U is of kind %d", c, rare(c).kind())
		}
	}
}

// Words that never come again, which no memory helps with.
func BenchmarkIdentifyNewWords(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	var texts []string
	for range 10_000 {
		var text strings.Builder
		for range 20 {
			for range 3 + r.IntN(8) {
				fmt.Fprintf(&text, "%c", 'а'+rune(r.IntN(32)))
			}
			text.WriteByte(' ')
		}
		texts = append(texts, text.String())
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Identify(texts[i%len(texts)])
	}
}
