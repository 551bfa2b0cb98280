package enrich

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Rows that lie over one another hold what each was given and nothing else.
func TestTrieAgainstSearch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.IntRange(1, 300).Draw(t, "letters")
		symbolOf := func(r rune) symbol { return firstOwn + symbol(r-'а') }
		letter := rapid.Map(rapid.IntRange(0, letters-1), func(n int) rune { return 'а' + rune(n) })
		stem := rapid.Map(rapid.SliceOfN(letter, 1, 5), func(r []rune) string { return string(r) })
		words := map[string]int32{}
		for _, w := range rapid.SliceOfN(stem, 0, 80).Draw(t, "words") {
			w += rapid.SampledFrom([]string{"", "*"}).Draw(t, "beginning")
			if _, known := words[w]; !known {
				words[w] = int32(len(words))
			}
		}
		trie := newTrie(words, symbolOf, int(firstOwn)+letters)
		for _, text := range rapid.SliceOfN(stem, 1, 20).Draw(t, "texts") {
			row, read := 0, ""
			for _, r := range text {
				read += string(r)
				begun := false
				for w := range words {
					begun = begun || strings.HasPrefix(w, read)
				}
				next := trie.at(row, symbolOf(r))
				if begun != (next != 0) {
					t.Fatalf("%v: %q is begun %t, the trie has %d", words, read, begun, next)
				}
				if !begun {
					break
				}
				row = int(next >> 1)
				word, isWord := words[read]
				beginning, isBeginning := words[read+"*"]
				got := fmt.Sprint(trie.at(row, endsHere), trie.at(row, beginsHere), next&1 == 1)
				if want := fmt.Sprint(number(word, isWord), number(beginning, isBeginning), isBeginning); got != want {
					t.Fatalf("%v: at %q the trie has %s, want %s", words, read, got, want)
				}
			}
		}
	})
}

// number is as a row has it.
func number(n int32, ok bool) int32 {
	if !ok {
		return 0
	}
	return n + 1
}
