package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"diplometrics/datasets"
	"diplometrics/plots/ink"
)

// Selecting rows and saying their numbers and dates.

// reading is a published number of a country that can be put on a time axis.
type reading struct {
	row datasets.PublishedValue
	at  float64 // decimal year of the period: 2016 for the year 2016, the middle of a range
}

// readings returns the numbers of an indicator about countries, in the order
// of countries, time and id, and how many numbers about countries have no
// period.
func (d *Data) readings(indicator string) (out []reading, undated int) {
	for _, r := range d.Published {
		if r.Indicator != indicator || !r.Country.OK || !r.Value.OK || r.Subject != "country" {
			continue
		}
		at, ok := decimalYear(r.Period.V)
		if !r.Period.OK || !ok {
			undated++
			continue
		}
		out = append(out, reading{r, at})
	}
	slices.SortStableFunc(out, func(a, b reading) int {
		return cmp.Or(cmp.Compare(d.rank(a.row.Country), d.rank(b.row.Country)), cmp.Compare(a.row.Country.V, b.row.Country.V),
			cmp.Compare(a.at, b.at), cmp.Compare(a.row.ID, b.row.ID))
	})
	return out, undated
}

// ofStudy keeps the readings of the study's own countries.
func (d *Data) ofStudy(all []reading) []reading {
	var out []reading
	for _, r := range all {
		if slices.Contains(d.Study.Countries, r.row.Country.V) {
			out = append(out, r)
		}
	}
	return out
}

// mainSource is the source with most readings: the one whose readings are
// joined by lines.
func mainSource(all []reading) string { return commonest(sourcesOf(all)) }

// splitSource parts readings into those of the main source and those of others
// that differ from it: a repetition of the same country, period and value says
// nothing new and is left out of both.
func splitSource(all []reading) (main, others []reading) {
	source := mainSource(all)
	type cell struct {
		country, period string
		value           float64
	}
	seen := map[cell]bool{}
	for _, r := range all {
		if r.row.Source == source {
			main = append(main, r)
			seen[cell{r.row.Country.V, r.row.Period.V, r.row.Value.V}] = true
		}
	}
	for _, r := range all {
		key := cell{r.row.Country.V, r.row.Period.V, r.row.Value.V}
		if r.row.Source != source && !seen[key] {
			seen[key] = true
			others = append(others, r)
		}
	}
	return main, others
}

// decimalYear places a period on a time axis: a year, month, day, or a range
// of two of them joined by a slash.
func decimalYear(period string) (float64, bool) {
	from, to, isRange := strings.Cut(period, "/")
	a, _, ok := parseDate(from)
	if !ok {
		return 0, false
	}
	at := yearsOf(a)
	if isRange {
		b, _, ok := parseDate(to)
		if !ok {
			return 0, false
		}
		at = (at + yearsOf(b)) / 2
	}
	return at, true
}

func yearsOf(t time.Time) float64 {
	start := time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	return float64(t.Year()) + float64(t.Sub(start))/float64(start.AddDate(1, 0, 0).Sub(start))
}

// parseDate reads 2006, 2006-01 or 2006-01-02 and says which.
func parseDate(s string) (t time.Time, precision string, ok bool) {
	for _, l := range []struct{ layout, precision string }{{"2006", "year"}, {"2006-01", "month"}, {"2006-01-02", "day"}} {
		if t, err := time.Parse(l.layout, s); err == nil {
			return t, l.precision, true
		}
	}
	return time.Time{}, "", false
}

// sayDate writes a date to the precision to which it is known.
func sayDate(t time.Time, precision string) string {
	switch precision {
	case "year":
		return t.Format("2006")
	case "month":
		return t.Format("Jan 2006")
	}
	return t.Format("2 Jan 2006")
}

// sayPeriod writes a period for a label; what is no date stays as it is.
func sayPeriod(period string) string {
	from, to, isRange := strings.Cut(period, "/")
	a, ap, ok := parseDate(from)
	if !ok {
		return period
	}
	if !isRange {
		return sayDate(a, ap)
	}
	b, bp, ok := parseDate(to)
	if !ok {
		return period
	}
	if a.Year() == b.Year() && ap == "month" && bp == "month" {
		return a.Format("Jan") + "–" + b.Format("Jan 2006")
	}
	return sayDate(a, ap) + "–" + sayDate(b, bp)
}

// sayFixed writes a number with the given decimals and its thousands apart:
// 50 800.0; decimals below 0 are as many as the number has.
func sayFixed(v float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	whole, rest, _ := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + noBreak + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	if v < 0 && strings.Trim(s, "0.") != "" {
		return "−" + whole
	}
	return whole
}

// sayCount writes a whole number with its thousands apart: 50 800.
func sayCount(v float64) string { return sayFixed(math.Round(v), 0) }

const noBreak = "\u00a0"

// sayShort writes a large number in few letters, for axes and rounded counts:
// 300, 10k, 1.3M.
func sayShort(v float64) string {
	switch a := math.Abs(v); {
	case a >= 1e9:
		return saySignificant(v/1e9, 4) + "B"
	case a >= 1e6:
		return saySignificant(v/1e6, 4) + "M"
	case a >= 1e3:
		return saySignificant(v/1e3, 4) + "k"
	}
	return saySignificant(v, 4)
}

// sayDigits writes a number to n significant digits for a column, zeros at the
// end included: 47.0 beside 35.4. Whole digits are never lost.
func sayDigits(v float64, n int) string {
	if v == 0 {
		return "0"
	}
	exponent := strconv.FormatFloat(math.Abs(v), 'e', n-1, 64)
	exponent = exponent[strings.IndexByte(exponent, 'e')+1:]
	power, _ := strconv.Atoi(exponent) // of the rounded number: 9.996 has the digits of 10.0
	return sayFixed(v, max(0, n-1-power))
}

// saySignificant is sayDigits without zeros at the end.
func saySignificant(v float64, n int) string {
	s := sayDigits(v, n)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// decimalsOf is the number of decimals that writes every value in full, most
// at the most.
func decimalsOf(values []float64, most int) int {
	n := 0
	for _, v := range values {
		_, rest, _ := strings.Cut(strconv.FormatFloat(v, 'f', -1, 64), ".")
		n = max(n, len(rest))
	}
	return min(n, most)
}

// sayNumber writes a small number as a word, as titles do.
func sayNumber(n int) string {
	words := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	if n < len(words) {
		return words[n]
	}
	return sayCount(float64(n))
}

// plain writes a number for the table of plotted values: all its digits.
func plain(v datasets.Opt[float64]) string {
	if !v.OK {
		return ""
	}
	return strconv.FormatFloat(v.V, 'f', -1, 64)
}

func plainInt(v datasets.Opt[int64]) string {
	if !v.OK {
		return ""
	}
	return strconv.FormatInt(v.V, 10)
}

func numeric(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// list joins words: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// number says how many of a thing there are, one thing or several things.
func number(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return sayCount(float64(n)) + " " + several
}

// numberOf is number with the total that the things drawn are of, where not all
// are drawn.
func numberOf(n, total int, one, several string) string {
	if n == total {
		return number(n, one, several)
	}
	return sayCount(float64(n)) + " of " + number(total, one, several)
}

func capital(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// cite names the sources with the given ids for a caption, in the order of
// ids: by author and year, or by title, where the study has one; the table of
// sources has the whole citation.
func (d *Data) cite(ids []string) string {
	var out []string
	for _, id := range unique(ids) {
		title := sourceName(id)
		for _, s := range d.Sources {
			if s.ID == id && s.Title != "" {
				title = s.Cite.Or(shortTitle(s.Title))
				break
			}
		}
		if !slices.Contains(out, title) {
			out = append(out, title)
		}
	}
	text := "Source: "
	if len(out) > 1 {
		text = "Sources: "
	}
	text += strings.Join(out, "; ")
	if strings.HasSuffix(text, "…") {
		return text
	}
	return text + "."
}

// shortTitle is the title of a source for a caption: up to the year in brackets
// where it is a citation that has one, else its beginning, to a semicolon or
// 120 letters.
func shortTitle(title string) string {
	for i := 1; i+6 <= len(title); i++ {
		if title[i] == '(' && title[i+5] == ')' && numeric(title[i+1:i+5]) {
			return title[:i+6]
		}
	}
	title, _, _ = strings.Cut(title, ";")
	title = strings.TrimRight(title, ". ")
	const most = 120
	if r := []rune(title); len(r) > most {
		title = string(r[:most])
		if space := strings.LastIndexByte(title, ' '); space > 0 {
			title = title[:space]
		}
		return strings.TrimRight(title, " ,;:.") + "…"
	}
	return title
}

// unique returns the distinct texts, sorted.
func unique(texts []string) []string {
	out := slices.Clone(texts)
	slices.Sort(out)
	return slices.Compact(out)
}

func sourcesOf(all []reading) []string {
	var ids []string
	for _, r := range all {
		ids = append(ids, r.row.Source)
	}
	return ids
}

// account finds an account; values and snapshots name it by platform and id.
func (d *Data) account(platform, id string) (datasets.Account, bool) {
	i, ok := slices.BinarySearchFunc(d.Accounts, [2]string{platform, id}, func(a datasets.Account, key [2]string) int {
		return cmp.Or(cmp.Compare(a.Platform, key[0]), cmp.Compare(a.AccountID, key[1]))
	})
	if !ok {
		return datasets.Account{Platform: platform, AccountID: id, Organization: id}, false
	}
	return d.Accounts[i], true
}

// accountLabel names an account within its platform: the organization, and the
// handle where the organization has several accounts there.
func (d *Data) accountLabel(a datasets.Account) string {
	for _, b := range d.Accounts {
		if b.Platform == a.Platform && b.Organization == a.Organization && b.AccountID != a.AccountID && a.Handle.OK {
			return nameOf(a) + " (@" + a.Handle.V + ")"
		}
	}
	return nameOf(a)
}

// nameOf is the organization of an account in the letters that the typeface has,
// such as without a flag behind it; where it has none of them, the handle, else
// the account's id. Tables have the name as it is.
func nameOf(a datasets.Account) string {
	kept, letters := "", false
	for _, r := range a.Organization {
		if ink.Has(r) {
			kept += string(r)
			letters = letters || unicode.IsLetter(r) || unicode.IsDigit(r)
		}
	}
	switch {
	case letters:
		return strings.Join(strings.Fields(kept), " ")
	case a.Handle.OK:
		return "@" + a.Handle.V
	case a.Organization == "":
		return ""
	}
	return a.AccountID
}

func noData(what string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrNoData, fmt.Sprintf(what, args...))
}

// sourceParts returns the ids of sources in the sources of values: two are
// joined by +, and a slash sets off who counted.
func sourceParts(ids []string) []string {
	var out []string
	for _, id := range ids {
		for _, part := range strings.Split(id, "+") {
			source, _, _ := strings.Cut(part, "/")
			out = append(out, source)
		}
	}
	return out
}

// commonest returns the text that occurs most, the first by name among equals.
func commonest(texts []string) string {
	n := map[string]int{}
	for _, t := range texts {
		n[t]++
	}
	best := ""
	for _, t := range unique(texts) {
		if best == "" || n[t] > n[best] {
			best = t
		}
	}
	return best
}
