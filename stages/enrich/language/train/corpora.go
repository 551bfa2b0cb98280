package main

import (
	"fmt"
	"hash/fnv"
	"html"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"diplometrics/stages/enrich/language"
)

// text is a labelled text. Its language is as ISO 639-3 writes it.
type text struct {
	lang, script, source, text string
	of                         int // fold of the text that it was made of
}

// folds are the parts of the texts, of which each in turn is kept for the
// measurement.
const folds = 5

// fold is the part that a text is in, by its content, so that the same sentence
// is never on both sides.
func (t *text) fold() int {
	if slices.Contains(made, t.source) {
		return t.of
	}
	h := fnv.New32a()
	h.Write([]byte(t.text))
	return int(h.Sum32() % folds)
}

const transliterated = "transliterated"

// made are the sources of texts that were made of others, or made up.
var made = []string{transliterated, drawn, neutral, "phrases"}

// ours are the languages that are told, by ISO 639-3.
var ours = map[string]string{"kaz": language.Kazakh, "kir": language.Kyrgyz, "uzb": language.Uzbek, "uzn": language.Uzbek, "rus": language.Russian, "eng": language.English}

func corpora(labelled, others, udhr, lists, phrases string) ([]text, error) {
	var all []text
	rows, err := table(labelled, 5)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r[0] == "kaz" && r[1] == "Latn" {
			continue // Cyrillic
		}
		all = append(all, text{lang: r[0], script: r[1], source: r[2], text: r[4]})
	}
	if rows, err = table(others, 3); err != nil {
		return nil, err
	}
	for _, r := range rows {
		all = append(all, text{lang: r[0], source: r[1], text: r[2]})
	}
	for _, t := range slices.Clone(all) {
		if bare := bareOf[t.lang+t.script]; bare != nil && len(t.text) > 40 && t.fold() != 1 {
			if plain := bare.Replace(t.text); plain != t.text && len(t.text)%4 == 0 {
				all = append(all, text{lang: t.lang, script: t.script, source: transliterated, text: plain, of: t.fold()})
			}
		}
		if t.lang == "kaz" && len(t.text) > 20 {
			for _, a := range alphabets {
				all = append(all, text{lang: "kaz", script: "Latn", source: transliterated, text: a.Replace(t.text), of: t.fold()})
			}
		}
	}
	files, err := filepath.Glob(filepath.Join(udhr, "*.html"))
	if err != nil || len(files) == 0 {
		return nil, fmt.Errorf("%s: no declarations: %v", udhr, err)
	}
	for _, f := range files {
		code := strings.TrimSuffix(filepath.Base(f), ".html")
		lang, _, _ := strings.Cut(code, "_")
		if _, ok := ours[lang]; ok || len(lang) != 3 {
			continue
		}
		page, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		for _, m := range paragraph.FindAllSubmatch(page, -1) {
			p := html.UnescapeString(string(m[1]))
			for range 1 + neighbours[lang] {
				if len(p) > 20 {
					all = append(all, text{lang: lang, source: "udhr", text: p})
				}
			}
		}
	}
	words, err := drawWords(lists)
	if err != nil {
		return nil, err
	}
	posts, err := drawPhrases(phrases)
	return slices.Concat(all, words, drawNames(), posts), err
}

// neighbours are languages so near to ours, in place and in words, that their
// few texts are taken so many times more.
var neighbours = map[string]int{"kaa": 3, "bel": 2}

var paragraph = regexp.MustCompile(`(?s)<p>\s*(.*?)\s*</p>`)

// table reads a table with tabs, one row a line. Some sources left the quotes
// of a CSV around their texts.
func table(file string, columns int) ([][]string, error) {
	all, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var rows [][]string
	for i, line := range strings.Split(strings.TrimSuffix(string(all), "\n"), "\n") {
		cells := strings.Split(line, "\t")
		if len(cells) != columns {
			return nil, fmt.Errorf("%s:%d: %d cells, expected %d", file, i+1, len(cells), columns)
		}
		if t := cells[columns-1]; len(t) > 1 && t[0] == '"' && t[len(t)-1] == '"' {
			cells[columns-1] = strings.ReplaceAll(t[1:len(t)-1], `""`, `"`)
		}
		rows = append(rows, cells)
	}
	return rows[1:], nil
}

// bareOf writes what people type who have only the letters of Russian.
var bareOf = map[string]*strings.Replacer{
	"kazCyrl": replacer("әа ғг қк ңн өо ұу үу һх іи"),
	"kirCyrl": replacer("ңн өо үу"),
	"uzbCyrl": replacer("ўу қк ғг ҳх"),
}

// alphabets write Kazakh in Latin letters: that of 2021 and that of 2018.
var alphabets = []*strings.Replacer{
	replacer("аa әä бb вv гg ғğ дd еe ёio жj зz иi йi кk қq лl мm нn ңŋ оo өö пp рr сs тt уu ұū үü фf хh һh цts чtş шş щşş ъ ыy іı ь эe юiu яia"),
	replacer("аa әá бb вv гg ғǵ дd еe ёıo жj зz иı йı кk қq лl мm нn ңń оo өó пp рr сs тt уý ұu үú фf хh һh цts чch шsh щshch ъ ыy іi ь эe юıý яıa"),
}

func replacer(pairs string) *strings.Replacer {
	var list []string
	for _, p := range strings.Fields(pairs) {
		letter := []rune(p)
		to := string(letter[1:])
		list = append(list, string(letter[0]), to)
		capital := to
		if to != "" {
			first := []rune(to)
			up := strings.ToUpper(string(first[0]))
			if first[0] == 'i' && strings.Contains(pairs, "іı") {
				up = "İ"
			}
			capital = up + string(first[1:])
		}
		list = append(list, strings.ToUpper(string(letter[0])), capital)
	}
	return strings.NewReplacer(list...)
}

// groups of other languages, by lane of their script, from the first lane that
// is none of ours.
var groups = map[string]int{}

func init() {
	for lane, list := range []string{
		"tat bak kaa kum krc nog alt kjh tyv sah chv crh gag uig azj tuk tur", // Turkic in Cyrillic
		"tgk oss abk kbd ady che pes",                                         // of Persia and the Caucasus
		"khk bxr xal evn gld niv nio kpv koi mhr udm",                         // of Mongolia and the north
		"ukr bel bul mkd srp bos cnr rue",                                     // Slavic
	} {
		for _, l := range strings.Fields(list) {
			groups["Cyrl "+l] = 4 + lane
		}
	}
	for lane, list := range []string{
		"tur azj crh gag uig tat kmr",
		"tuk kaa",
		"deu nld swe dan nob nno isl afr ltz fao fri sco nds",
		"",
	} {
		for _, l := range strings.Fields(list) {
			groups["Latn "+l] = 4 + lane
		}
	}
	for _, l := range strings.Fields("fra spa ita por ron cat glg ast oci lat vec roh src cos fur ina") {
		groups["Latn "+l] = 3
	}
}

// examples are the texts as the fit takes them. Languages weigh alike, by lane,
// once they have many texts; words that were drawn from a list count a third.
func examples(texts []text) []language.Example {
	var out []language.Example
	var keys []string
	var weights []float64
	count := map[string]float64{}
	for _, t := range texts {
		script, lane, ok := laneOf(t)
		if !ok {
			continue
		}
		key := fmt.Sprint(script, lane, t.source == drawn, t.source == neutral)
		count[key]++
		keys = append(keys, key)
		weight := 1.0
		if t.source == drawn {
			weight = 1. / 3
		}
		weights = append(weights, weight)
		out = append(out, language.Example{Text: t.text, Lane: lane})
	}
	for i := range out {
		out[i].Weight = weights[i] * min(1, 1500/count[keys[i]])
	}
	return out
}

// laneOf is where the model keeps the language of a text; false where its
// letters are of no script of ours.
func laneOf(t text) (script string, lane int, ok bool) {
	l, isOurs := ours[t.lang]
	script, lane, ok = language.Lane(l, t.text)
	switch {
	case isOurs || script == "":
		return script, lane, ok
	case script == "Cyrl":
		lane, ok = groups["Cyrl "+t.lang]
		if !ok {
			lane = 4
		}
	default:
		lane, ok = groups["Latn "+t.lang]
		if !ok {
			lane = 7
		}
	}
	return script, lane, true
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
