package plots

import (
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

// What figures of estimates say of where their numbers come from.

// provenance returns the ids of the sources of the values of whole windows that
// take part, and the first and last day of those windows in words: empty where
// there is none.
func (d *Data) provenance(takesPart func(datasets.Value) bool) (ids []string, span string) {
	var from, to datasets.Day
	for _, v := range d.Values {
		if v.PeriodKind != "window" || !v.Value.OK || !takesPart(v) {
			continue
		}
		if len(ids) == 0 {
			from, to = v.PeriodStart, v.PeriodEnd
		}
		from, to = min(from, v.PeriodStart), max(to, v.PeriodEnd)
		ids = append(ids, v.Source)
	}
	if len(ids) == 0 {
		return nil, ""
	}
	say := func(day datasets.Day) string {
		return strings.ReplaceAll(sayDate(day.Time(), "day"), " ", noBreak)
	}
	return sourceParts(ids), say(from) + " to " + say(to-1)
}

// citeKnown is cite, and nothing where no source is known.
func (d *Data) citeKnown(ids []string) string {
	if len(ids) == 0 {
		return ""
	}
	return d.cite(ids)
}

// clauses returns the distinct clauses with the given beginning of texts whose
// clauses a semicolon parts, sorted.
func clauses(texts []string, beginning string) []string {
	var out []string
	for _, text := range texts {
		for _, c := range strings.Split(text, "; ") {
			if strings.HasPrefix(c, beginning) {
				out = append(out, c)
			}
		}
	}
	return unique(out)
}

// calibrationNote repeats what flags say of how often such intervals held the
// truth in simulated studies.
func calibrationNote(flags []string) string {
	switch found := clauses(flags, "in simulated studies"); len(found) {
	case 0:
		return ""
	case 1:
		return capital(strings.ReplaceAll(found[0], " %", noBreak+"%")) + "."
	}
	return "How often such intervals held the truth in simulated studies is in the table beside the figure: not in 95" + noBreak + "%."
}

// overPlatforms names the platforms that a standardised estimate is a mean over,
// as its flag or uncertainty gives them ("over facebook and x, ..."); empty where
// they give none.
func overPlatforms(text string) string {
	found := clauses([]string{text}, "over ")
	if len(found) == 0 {
		return ""
	}
	names, _, _ := strings.Cut(strings.TrimPrefix(found[0], "over "), ", which")
	names, _, _ = strings.Cut(names, ", weight")
	var out []string
	for _, name := range strings.Split(strings.ReplaceAll(names, " and ", ", "), ", ") {
		out = append(out, platformName(name))
	}
	return list(out)
}

const countryKeyPitch = 14 // points; the height of a line of a key

// keyLines parts countries into lines of a key that fit the page.
func (d *Data) keyLines(countries []string) [][]string {
	var out [][]string
	x := vg.Length(0)
	for _, c := range countries {
		w := keyWidth(c)
		if len(out) == 0 || x+w > d.width() {
			out, x = append(out, nil), 0
		}
		out[len(out)-1] = append(out[len(out)-1], c)
		x += w + 14
	}
	return out
}

// keyWidth is the width of a country in a key.
func keyWidth(code string) vg.Length {
	return 9 + textWidth(countryName(datasets.Some(code)), boldType)
}

func (d *Data) countryKeyHeight(countries []string) vg.Length {
	return countryKeyPitch * vg.Length(len(d.keyLines(countries)))
}

// countryKey says at the upper edge of a canvas which mark is which country, and
// returns the rest of it.
func (d *Data) countryKey(c draw.Canvas, countries []string) draw.Canvas {
	for _, line := range d.keyLines(countries) {
		x, y := c.Min.X+3, c.Max.Y-5
		for _, code := range line {
			look := d.look(datasets.Some(code))
			drawMark(c, look.shape, x, y, 2.9, look.color, false)
			write(c, countryName(datasets.Some(code)), x+6, y-boldType.capHeight()/2, left, boldType.in(look.ink))
			x += keyWidth(code) + 11
		}
		c.Max.Y -= countryKeyPitch
	}
	return c
}

// dodged is how far above the middle of a row the mark i of n stands, so that
// marks of a row with the same value do not cover each other.
func dodged(i, n int) vg.Length { return dodge * (vg.Length(n-1)/2 - vg.Length(i)) }

const dodge = 5.7 // points
