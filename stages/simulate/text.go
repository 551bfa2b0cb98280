package simulate

import (
	"embed"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"diplometrics/datasets"
)

// phrases holds a file a language, with the columns kind and text: sentences of
// each topic, general ones that can follow any, and what fills the {slots} in
// them. {number} and {holiday} are filled by the program.
//
//go:embed phrases/*.csv
var phrases embed.FS

// stock is what texts of one language are made of, by kind.
type stock map[string][]sentence

// sentence is one, cut at its slots: text, slot, text, and so on.
type sentence []string

// readStock reads the phrases of all languages. An error names file and line.
func readStock() (map[string]stock, error) {
	all := map[string]stock{}
	for _, language := range languages {
		name := "phrases/" + language + ".csv"
		f, err := phrases.Open(name)
		if err != nil {
			return nil, err
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		st := stock{}
		for i, row := range rows {
			if i == 0 {
				continue
			}
			cut, err := cutSlots(row[1])
			if err != nil {
				return nil, fmt.Errorf("%s: row %d: %w", name, i+1, err)
			}
			st[row[0]] = append(st[row[0]], cut)
		}
		for kind, sentences := range st {
			for _, t := range sentences {
				for i := 1; i < len(t); i += 2 {
					if t[i] != "{number}" && t[i] != "{holiday}" && len(st[t[i]]) == 0 {
						return nil, fmt.Errorf("%s: %s: nothing fills %s", name, kind, t[i])
					}
				}
			}
		}
		all[language] = st
	}
	return all, nil
}

// cutSlots cuts a sentence at its {slots}.
func cutSlots(s string) (sentence, error) {
	var out sentence
	for {
		before, rest, ok := strings.Cut(s, "{")
		out = append(out, before)
		if !ok {
			return out, nil
		}
		slot, after, ok := strings.Cut(rest, "}")
		if !ok {
			return nil, fmt.Errorf("found %q, expected } after {", s)
		}
		out = append(out, "{"+slot+"}")
		s = after
	}
}

// pick takes one of several.
func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// fill appends a sentence with its slots filled.
func (st stock) fill(b []byte, t sentence, holiday string, r *rand.Rand) []byte {
	for i, piece := range t {
		switch {
		case i%2 == 0:
			b = append(b, piece...)
		case piece == "{number}":
			b = strconv.AppendInt(b, int64(2+r.IntN(499)), 10)
		case piece == "{holiday}":
			b = append(b, holiday...)
		default:
			b = append(b, pick(r, st[piece])[0]...)
		}
	}
	return b
}

// text returns what a post says, the address that it ends with, and its
// hashtags. Posts that an institution makes on several platforms begin with the
// same words.
func (s *simulation) text(a *Account, p *post) (text, link string, tags []string) {
	r := random(p.seed)
	st := s.stock[p.language]
	sentences := st[p.topic]
	if len(sentences) == 0 {
		sentences = st["general"]
	}
	holiday := ""
	if p.holiday != nil {
		holiday = p.holiday.Names[p.language]
	}
	b := st.fill(nil, pick(r, sentences), holiday, r)
	for range 1 + r.IntN(2) {
		b = append(b, ' ')
		b = st.fill(b, pick(r, st["general"]), holiday, r)
	}
	if p.event != nil {
		tags = append(tags, p.event.Word)
	}
	if r.IntN(3) == 0 {
		tags = append(tags, hashtags[p.language])
	}
	for _, t := range tags {
		b = append(b, " #"...)
		b = append(b, t...)
	}
	if linked := r.IntN(8) == 0; p.kind != datasets.Repost && a.Platform != "instagram" && (linked || p.media == "link") {
		link = "https://sim.example/news/" + strconv.FormatUint(p.seed%1_000_000_007, 10)
	}
	switch {
	case link == "":
	case a.Platform == "x":
		b = append(b, ' ')
		b = append(b, shortLink(p)...)
	default:
		b = append(b, ' ')
		b = append(b, link...)
	}
	return string(b), link, tags
}

// hashtags that posts may end with, by language.
var hashtags = map[string]string{"en": "Diplomacy", "ru": "Дипломатия", "kk": "Дипломатия", "ky": "Дипломатия", "uz": "Diplomatiya", "uz-Cyrl": "Дипломатия"}

// shortLink is what X makes of an address.
func shortLink(p *post) string {
	return "https://t.co/" + strconv.FormatUint(p.seed|1<<63, 36)[:10]
}

// afterEdit is a text after it was edited.
func afterEdit(text string) string {
	if cut, link, ok := strings.Cut(text, " https://"); ok {
		return cut + " (2) https://" + link
	}
	return text + " (2)"
}

// languagesOf are the languages of a country's posts; a body of no country
// writes English.
func (s *simulation) languagesOf(c *Country) []weighted {
	if c == nil {
		return []weighted{{"en", 1}}
	}
	return s.languages[slices.IndexFunc(s.p.Countries, func(o Country) bool { return o.Code == c.Code })]
}
