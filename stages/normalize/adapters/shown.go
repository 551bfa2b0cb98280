package adapters

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"

	"diplometrics/datasets"
)

// ParseShown reads a count as a page shows it and keeps its text.
//
//   - Digits alone are exact, and so are digits in groups of three, set apart by
//     spaces, apostrophes, commas or points: a count has no fraction, so that
//     12,400 and 12.400 are both 12400. Any other fraction is an error.
//   - Before a word or letter for thousands, millions or billions, a comma or
//     point with one or two digits after it is the decimal mark: 50.8K, 1,2 тыс.
//     With three digits after a single mark it may be either, which is an error.
//   - An abbreviated count has the bounds of rounding to the last digit shown:
//     50.8K is 50750 to 50849.
//   - >, ≥, a + at the end, "more than", "over", "более" and "свыше" give a
//     lower bound and no upper one: >39 000 is 39000 or more.
//   - B is billions in English; behind a decimal comma it would be thousands in
//     Turkish, which is an error.
//
// Words are English, Russian, Kazakh, Kyrgyz and Uzbek. What does not read this
// way as a whole is an error.
func ParseShown(text string) (datasets.Shown, error) {
	if len(text) <= 18 && isDigits(text) { // no count so short is too large
		v, err := strconv.ParseInt(text, 10, 64)
		shown := exactly(datasets.Some(v))
		shown.Text = datasets.Some(text)
		return shown, err
	}
	return parseShown(text)
}

// parseShown is ParseShown of any text.
func parseShown(text string) (datasets.Shown, error) {
	s := spaces.ReplaceAllString(strings.ToLower(strings.TrimSpace(text)), " ")
	least := false
	for _, p := range lowerBounds {
		if rest, ok := strings.CutPrefix(s, p); ok {
			s, least = strings.TrimSpace(rest), true
			break
		}
	}
	if rest, ok := strings.CutSuffix(s, "+"); ok && !least {
		s, least = strings.TrimSpace(rest), true
	}
	m := shownNumber.FindStringSubmatch(s)
	if m == nil {
		return datasets.Shown{}, errShown
	}
	number, word := m[1], m[2]
	times := int64(1)
	if word != "" {
		if times = multipliers[word]; times == 0 {
			return datasets.Shown{}, errShown
		}
	}
	digits, fraction, err := readDigits(number, times > 1)
	if err != nil {
		return datasets.Shown{}, err
	}
	if word == "b" && fraction != "" && strings.Contains(number, ",") && !strings.Contains(number, ".") {
		return datasets.Shown{}, errors.New("B behind a decimal comma may mean thousands or billions; write the number out")
	}
	unit := times
	for range fraction {
		if unit%10 != 0 {
			return datasets.Shown{}, errShown
		}
		unit /= 10
	}
	v, err := strconv.ParseInt(digits+fraction, 10, 64)
	if err != nil || v > (math.MaxInt64-unit)/unit {
		return datasets.Shown{}, errors.New("expected a count that is less than 9 223 372 036 854 775 807")
	}
	v *= unit
	shown := datasets.Shown{V: datasets.Some(v), Text: datasets.Some(text), Low: datasets.Some(v)}
	switch {
	case least:
	case unit == 1:
		shown.High = datasets.Some(v)
	default:
		shown.Low, shown.High = datasets.Some(max(0, v-unit/2)), datasets.Some(v+unit/2-1)
	}
	return shown, nil
}

var (
	errShown    = errors.New("expected a count such as 12400, 12 400, 50.8K, 1,2 тыс. or >39 000, or an empty cell")
	spaces      = regexp.MustCompile(`[\s\x{a0}\x{2007}\x{2009}\x{202f}]+`)
	lowerBounds = []string{">=", ">", "≥", "more than ", "over ", "более ", "больше ", "свыше "}
	shownNumber = regexp.MustCompile(`^([0-9][0-9 .,'’]*?)(?: ?(\p{L}+)\.?)?$`)
)

// What stands behind an abbreviated count. The Cyrillic letters к and м are
// typed for the Latin ones.
var multipliers = map[string]int64{
	"k": 1e3, "к": 1e3, "thousand": 1e3, "тыс": 1e3, "тысяч": 1e3, "тысячи": 1e3, "тысяча": 1e3, "мың": 1e3, "миң": 1e3, "ming": 1e3, "минг": 1e3,
	"m": 1e6, "м": 1e6, "mln": 1e6, "million": 1e6, "млн": 1e6, "миллион": 1e6, "миллиона": 1e6, "миллионов": 1e6,
	"b": 1e9, "bn": 1e9, "billion": 1e9, "mlrd": 1e9, "млрд": 1e9, "миллиард": 1e9, "миллиарда": 1e9, "миллиардов": 1e9,
}

// readDigits tells the whole digits from the decimal ones.
func readDigits(s string, decimals bool) (whole, fraction string, err error) {
	marks := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, s)
	if marks == "" {
		return s, "", nil
	}
	last := []rune(marks)[len([]rune(marks))-1]
	at := strings.LastIndex(s, string(last))
	tail := s[at+len(string(last)):]
	if single := strings.Count(marks, string(last)) == 1; decimals && single && (last == '.' || last == ',') {
		alone := marks == string(last)
		if alone && len(tail) == 3 {
			return "", "", errors.New("the mark before its last three digits may set apart thousands or decimals; write the number out")
		}
		if len(tail) == 1 || len(tail) == 2 {
			whole, err := ungroup(s[:at])
			return whole, tail, err
		}
	}
	whole, err = ungroup(s)
	return whole, "", err
}

// ungroup joins digits that one kind of mark sets apart in groups of three.
func ungroup(s string) (string, error) {
	if !grouped.MatchString(s) {
		return "", errShown
	}
	mark := ""
	for _, r := range s {
		if r >= '0' && r <= '9' {
			continue
		}
		if mark != "" && mark != string(r) {
			return "", errShown
		}
		mark = string(r)
	}
	if mark != "" && s[0] == '0' {
		return "", errShown
	}
	if mark == "" {
		return s, nil
	}
	return strings.ReplaceAll(s, mark, ""), nil
}

var grouped = regexp.MustCompile(`^([0-9]+|[0-9]{1,3}([ .,'’][0-9]{3})+)$`)

// roundedDown is a count of which a platform shows that many digits and zeros for
// the rest: what has more digits is exact.
func roundedDown(n datasets.Opt[int64], digits int) datasets.Shown {
	shown, unit := exactly(n), int64(1)
	for rest := n.V; rest >= int64(math.Pow10(digits)); rest /= 10 {
		unit *= 10
	}
	if n.OK && n.V%unit == 0 && n.V <= math.MaxInt64-unit {
		shown.High = datasets.Some(n.V + unit - 1)
	}
	return shown
}

// roundedTo is a count that a platform rounds, up, down or to the nearest: from
// the first number of a step on to multiples of its second. What is none is exact.
func roundedTo(n datasets.Opt[int64], steps [][2]int64) datasets.Shown {
	s, unit := exactly(n), int64(1)
	for _, step := range steps {
		if n.V >= step[0] {
			unit = step[1]
		}
	}
	if unit > 1 && n.V%unit == 0 && n.V <= math.MaxInt64-unit {
		s.Text = datasets.Some(strconv.FormatInt(n.V, 10))
		s.Low, s.High = datasets.Some(n.V-unit+1), datasets.Some(n.V+unit-1)
	}
	return s
}
