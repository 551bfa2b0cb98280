package rules

import (
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"diplometrics/datasets"
)

// Number is a value as a source prints it. All arithmetic on it is exact.
type Number struct {
	Text  string                   // as printed
	Row   *datasets.PublishedValue // nil for a literal and for a cell of a window
	Value *big.Rat                 // nil where the print is text without a number
	Step  *big.Rat                 // what one unit of the last printed digit counts
	exact bool                     // a count printed to the last unit
}

// Interval is a closed range of values.
type Interval struct{ Low, High *big.Rat }

var digitRun = regexp.MustCompile(`\d+(?:[ \x{00A0}\x{202F}]\d{3})*(?:[.,]\d+)*`)

// Parse returns the number that a cell prints. The value is the parsed cell;
// the text gives the step: in "0,10", "15 100" and "47,7 million" the last
// digit counts 0.01, 1 and 100,000. A whole number in a text without its digits
// ("three", or a count that the text lists) is exact. An error says that the
// text does not print the value.
func Parse(text string, value float64) (Number, error) {
	n := Number{Text: text, Value: rat(value)}
	for _, run := range digitRun.FindAllString(text, -1) {
		step, ok := stepOf(run, n.Value)
		if ok && (n.Step == nil || step.Cmp(n.Step) < 0) {
			n.Step = step
		}
	}
	if n.Step == nil && n.Value.IsInt() {
		n.Step, n.exact = new(big.Rat), true
	}
	if n.Step == nil {
		return n, fmt.Errorf("text %q does not print the value %s", text, show(n.Value, 6))
	}
	return n, nil
}

// stepOf returns what the last digit of the run counts if the run prints the
// value: the value divided by the run's digits without separators, where that
// is a power of ten.
func stepOf(run string, value *big.Rat) (*big.Rat, bool) {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, run)
	whole, _ := new(big.Int).SetString(digits, 10)
	if whole.Sign() == 0 {
		decimals := 0
		if i := strings.LastIndexAny(run, ".,"); i >= 0 {
			decimals = len(run) - i - 1
		}
		return tenth(decimals), value.Sign() == 0
	}
	if value.Sign() == 0 {
		return nil, false
	}
	step := new(big.Rat).Quo(new(big.Rat).Abs(value), new(big.Rat).SetInt(whole))
	for d := -12; d <= 12; d++ {
		if step.Cmp(tenth(d)) == 0 {
			return step, true
		}
	}
	return nil, false
}

// tenth returns 10 to the power of -decimals.
func tenth(decimals int) *big.Rat {
	if decimals < 0 {
		return new(big.Rat).Inv(tenth(-decimals))
	}
	return new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
}

// Published returns the number of a published value; a value that is absent
// gives a number whose Value is nil. Counts, persons, ranks and places in an
// order printed to the last unit are exact; everything else was rounded at its last digit.
func Published(p *datasets.PublishedValue) (Number, error) {
	if !p.Value.OK {
		return Number{Text: p.ValueText, Row: p}, nil
	}
	n, err := Parse(p.ValueText, p.Value.V)
	if err != nil {
		return n, fmt.Errorf("published value %s: %w", p.ID, err)
	}
	n.Row = p
	switch p.Unit.Or("") {
	case "count", "persons", "rank", "order":
		n.exact = n.exact || n.Step.Cmp(one) == 0
	}
	return n, nil
}

// Literal returns the number of a literal in a claims list: exact where it is
// a plain decimal number, else text.
func Literal(text string) Number {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return Number{Text: text}
	}
	n, err := Parse(text, v)
	if err != nil {
		return Number{Text: text}
	}
	n.exact = true
	return n
}

// Span returns the values that the print stands for: the value itself where it
// is exact, else those that round to it at its last digit, both ends included.
func (n Number) Span() Interval {
	if n.exact {
		return Interval{n.Value, n.Value}
	}
	return n.Rounded()
}

// Rounded returns the values that round to the print at its last digit, both
// ends included, whatever the number counts.
func (n Number) Rounded() Interval {
	half := new(big.Rat).Quo(n.Step, big.NewRat(2, 1))
	return Interval{new(big.Rat).Sub(n.Value, half), new(big.Rat).Add(n.Value, half)}
}

// String shows the number without the words around it in print, or quotes the
// text where it is none.
func (n Number) String() string {
	switch {
	case n.Value == nil:
		return fmt.Sprintf("%q", n.Text)
	case n.unit() == "percent":
		return show(n.Value, 6) + " %"
	}
	return show(n.Value, 6)
}

// Name says what the number is, for an explanation: its platform, its country
// or its subject.
func (n Number) Name() string {
	if n.Row == nil {
		return n.Text
	}
	if n.Row.Platform.OK {
		return n.Row.Platform.V
	}
	if n.Row.Country.OK && n.Row.Subject == "country" {
		return n.Row.Country.V
	}
	return n.Row.Subject
}

func (a Interval) plus(b Interval) Interval {
	return Interval{new(big.Rat).Add(a.Low, b.Low), new(big.Rat).Add(a.High, b.High)}
}

func (a Interval) minus(b Interval) Interval {
	return Interval{new(big.Rat).Sub(a.Low, b.High), new(big.Rat).Sub(a.High, b.Low)}
}

// times and over are for values that are not negative; over needs a divisor
// above 0.
func (a Interval) times(b Interval) Interval {
	return Interval{new(big.Rat).Mul(a.Low, b.Low), new(big.Rat).Mul(a.High, b.High)}
}

func (a Interval) over(b Interval) Interval {
	return Interval{new(big.Rat).Quo(a.Low, b.High), new(big.Rat).Quo(a.High, b.Low)}
}

func (a Interval) meets(b Interval) bool {
	return a.Low.Cmp(b.High) <= 0 && b.Low.Cmp(a.High) <= 0
}

// scaled returns the interval multiplied by a positive factor.
func (a Interval) scaled(num, den int64) Interval {
	f := big.NewRat(num, den)
	return Interval{new(big.Rat).Mul(a.Low, f), new(big.Rat).Mul(a.High, f)}
}

// imply writes the interval into the row.
func (a Interval) imply(row *datasets.AuditRow, unit string) {
	low, _ := a.Low.Float64()
	high, _ := a.High.Float64()
	row.ImpliedLow, row.ImpliedHigh, row.ImpliedUnit = datasets.Some(low), datasets.Some(high), opt(unit)
}

// String shows the interval to three decimals, as one number where its ends
// look the same.
func (a Interval) String() string {
	low, high := show(a.Low, 3), show(a.High, 3)
	if low == high {
		return low
	}
	return low + " to " + high
}

// rat returns the decimal number that v prints as, exactly.
func rat(v float64) *big.Rat {
	r, ok := new(big.Rat).SetString(strconv.FormatFloat(v, 'f', -1, 64))
	if !ok {
		panic("rules: not a finite number: " + strconv.FormatFloat(v, 'f', -1, 64))
	}
	return r
}

// show prints a number with at most the given decimals and commas between
// thousands.
func show(r *big.Rat, decimals int) string {
	s := r.FloatString(decimals)
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction != "" {
		whole += "." + fraction
	}
	if whole == "0" {
		sign = ""
	}
	return sign + whole
}

// floor returns the greatest integer that is not above r.
func floor(r *big.Rat) *big.Int {
	return new(big.Int).Div(r.Num(), r.Denom()) // Euclidean; Denom is positive
}

// ceil returns the least integer that is not below r.
func ceil(r *big.Rat) *big.Int {
	return new(big.Int).Neg(floor(new(big.Rat).Neg(r)))
}

// integersIn returns the integers in the interval that are not negative; ok is
// false where there is none.
func integersIn(a Interval) (low, high *big.Int, ok bool) {
	low, high = ceil(a.Low), floor(a.High)
	if low.Sign() < 0 {
		low.SetInt64(0)
	}
	return low, high, low.Cmp(high) <= 0
}

// cell returns the number of a window's cell: the text as printed where it was
// kept, else the shortest print of the value; ok is false where the cell is
// absent.
func cell(text datasets.Opt[string], value datasets.Opt[float64]) (n Number, ok bool, err error) {
	if !value.OK {
		return Number{}, false, nil
	}
	n, err = Parse(text.Or(strconv.FormatFloat(value.V, 'f', -1, 64)), value.V)
	return n, err == nil, err
}

var one = big.NewRat(1, 1)

func intersection(a, b Interval) Interval {
	if b.Low.Cmp(a.Low) > 0 {
		a.Low = b.Low
	}
	if b.High.Cmp(a.High) < 0 {
		a.High = b.High
	}
	return a
}

// hull returns the least interval that holds both.
func hull(a, b Interval) Interval {
	if b.Low.Cmp(a.Low) < 0 {
		a.Low = b.Low
	}
	if b.High.Cmp(a.High) > 0 {
		a.High = b.High
	}
	return a
}

// unit returns the unit of a published value, "" for a literal or text.
func (n Number) unit() string {
	if n.Row == nil {
		return ""
	}
	return n.Row.Unit.Or("")
}

// numbers reports the first input that is no number.
func (c *Claim) numbers() error {
	for _, in := range c.Inputs {
		if in.Number.Value == nil {
			return fmt.Errorf("inputs: %s is %q, expected a number", in.Name, in.Number.Text)
		}
	}
	return nil
}
