package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"diplometrics/datasets"
	"diplometrics/plots"
)

func names(countries []string) []string {
	out := make([]string, len(countries))
	for i, c := range countries {
		out[i] = country(c)
	}
	return out
}

// country is the English name of a country of the tables.
func country(code string) string {
	if code == "all" {
		return "all countries"
	}
	return plots.CountryName(code)
}

// possessive is the name with its apostrophe.
func possessive(name string) string {
	if strings.HasSuffix(name, "s") {
		return name + "’"
	}
	return name + "’s"
}

// enumerate joins as "a, b and c".
func enumerate(items []string) string {
	if n := len(items); n > 1 {
		return strings.Join(items[:n-1], ", ") + " and " + items[n-1]
	}
	return strings.Join(items, "")
}

// count writes a whole number with commas between thousands.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// number writes how many there are of a thing.
func number(n int64, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + several
}

// say writes a number for a sentence: three digits, no exponent, a real minus.
func say(v float64) string {
	return strings.ReplaceAll(digits(v), "-", "−")
}

// apart writes a number with as many digits as tell it from the other.
func apart(v, from float64) string {
	for places := 3; v != from && say(v) == say(from) && places < 9; places++ {
		if s := strconv.FormatFloat(v, 'f', places, 64); s != strconv.FormatFloat(from, 'f', places, 64) {
			return strings.ReplaceAll(s, "-", "−")
		}
	}
	return say(v)
}

// digits writes a number with three digits, or all those before the point.
func digits(v float64) string {
	if v == 0 || math.IsInf(v, 0) || math.IsNaN(v) {
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	places := max(0, 2-int(math.Floor(math.Log10(math.Abs(v)))))
	s := strconv.FormatFloat(v, 'f', min(places, 12), 64)
	if math.Abs(v) >= 10_000 {
		return strings.Replace(count(int64(math.Round(v))), "-,", "-", 1)
	}
	return s
}

// sayP writes a p as papers do.
func sayP(p float64) string {
	switch {
	case p < 0.001:
		return "< 0.001"
	case p >= 0.9995:
		return "= 1"
	}
	return "= " + strconv.FormatFloat(p, 'f', min(3, max(2, 1-int(math.Floor(math.Log10(p))))), 64)
}

// date writes a day for a sentence.
func date(d datasets.Day) string { return d.Time().Format("2 January 2006") }

// window writes the days from the first to the one before the last.
func window(from, to datasets.Day) string {
	return fmt.Sprintf("%s to %s (%s)", date(from), date(to-1), number(int64(to-from), "day", "days"))
}

// upper is the text with its first letter in upper case.
func upper(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// sentence ends the text with a full stop.
func sentence(s string) string { return strings.TrimRight(s, ".") + "." }
