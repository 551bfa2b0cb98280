package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"diplometrics/stages/enrich/language"
)

// measured is what a model made of texts that it did not see.
type measured struct {
	ours   []told
	others map[string]map[string]int // by language: what it was told to be
	pieces map[int]map[string]int    // of other languages, by number of words
	kazakh map[string]int            // in Latin letters
}

// told is a text in one of our languages and what it was told to be.
type told struct {
	is, got, text string
}

func (m *measured) add(model *language.Model, held []text) {
	if m.others == nil {
		m.others, m.pieces, m.kazakh = map[string]map[string]int{}, map[int]map[string]int{}, map[string]int{}
	}
	for _, t := range held {
		got := model.Identify(t.text).Language
		is, ok := ours[t.lang]
		switch {
		case t.source == transliterated && t.script == "Latn":
			m.kazakh[got]++
			continue
		case slices.Contains(made, t.source):
			continue
		case ok:
			m.ours = append(m.ours, told{is, got, t.text})
			continue
		}
		key := t.lang
		if t.source == "udhr" {
			key = "declarations in other languages"
		}
		if m.others[key] == nil {
			m.others[key] = map[string]int{}
		}
		m.others[key][got]++
		words := strings.Fields(t.text)
		for _, n := range []int{2, 3, 5} {
			if m.pieces[n] == nil {
				m.pieces[n] = map[string]int{}
			}
			m.pieces[n][model.Identify(strings.Join(words[:min(len(words), n)], " ")).Language]++
		}
	}
}

func (m *measured) print(w io.Writer) {
	langs := []string{language.Kazakh, language.Kyrgyz, language.Uzbek, language.Russian, language.English}
	for _, longest := range []int{1 << 30, 60, 30} {
		right, given, is, wrong := map[string]float64{}, map[string]float64{}, map[string]float64{}, map[string]int{}
		n := 0.0
		for _, t := range m.ours {
			if utf8.RuneCountInString(t.text) > longest {
				continue
			}
			is[t.is]++
			given[t.got]++
			n++
			if t.got == t.is {
				right[t.is]++
			} else {
				wrong[t.is+" as "+t.got]++
			}
		}
		f1 := 0.0
		for _, l := range langs {
			f1 += 2 * right[l] / (is[l] + given[l]) / float64(len(langs))
		}
		what := "all texts"
		if longest < 1<<30 {
			what = fmt.Sprintf("up to %d characters", longest)
		}
		fmt.Fprintf(w, "%s: %.0f, macro-F1 %.4f, und %.2f %%; wrong: %v\n", what, n, f1, 100*given[language.Undetermined]/n, wrong)
	}
	fmt.Fprintf(w, "Kazakh in Latin letters, transliterated: %s\n", shares(m.kazakh))
	for _, l := range slices.Sorted(maps.Keys(m.others)) {
		fmt.Fprintf(w, "%s: %s\n", l, shares(m.others[l]))
	}
	for _, n := range slices.Sorted(maps.Keys(m.pieces)) {
		fmt.Fprintf(w, "other languages, first %d words: %s\n", n, shares(m.pieces[n]))
	}
}

// shares prints how many there are and what part of them was told to be what.
func shares(of map[string]int) string {
	total := 0
	for _, n := range of {
		total += n
	}
	var out []string
	for _, l := range slices.Sorted(maps.Keys(of)) {
		out = append(out, fmt.Sprintf("%s %.2f %%", l, 100*float64(of[l])/float64(total)))
	}
	return fmt.Sprintf("%d, %s", total, strings.Join(out, ", "))
}
