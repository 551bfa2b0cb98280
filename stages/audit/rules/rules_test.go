package rules

import (
	"encoding/csv"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// A rule is one file with the rule's name; the shelf holds each once, in order.
func TestShelfHoldsEveryFile(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, f := range files {
		if !strings.HasSuffix(f, "_test.go") && f != "rules.go" && f != "number.go" && f != "dates.go" {
			want = append(want, strings.TrimSuffix(f, ".go"))
		}
	}
	var got []string
	for _, r := range All {
		got = append(got, r.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("All has\n%v\nthe files are\n%v", got, want)
	}
}

func TestRulesAreDocumented(t *testing.T) {
	for _, r := range All {
		if r.Version < 1 || r.Source == "" || !strings.HasSuffix(r.Doc, ".") {
			t.Errorf("%s: version %d, source %q, doc %q", r.Name, r.Version, r.Source, r.Doc)
		}
		if r.Window == nil && r.Group == nil && r.Claim == nil {
			t.Errorf("%s judges nothing", r.Name)
		}
		if (r.Claim == nil) != (len(r.Inputs) == 0) && r.Name != "not_computable" {
			t.Errorf("%s: inputs %v, claim %t", r.Name, r.Inputs, r.Claim != nil)
		}
	}
}

// readRows reads a file of reference values: its header names the fields.
func readRows(t *testing.T, path string) []map[string]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, name := range lines[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// printed returns the number of a text that prints nothing else, with a point
// or a comma before its decimals.
func printed(t testing.TB, text string) Number {
	t.Helper()
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", "."), 64)
	if err != nil {
		t.Fatal(err)
	}
	n, err := Parse(text, v)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		text      string
		value     float64
		low, high string // what rounds to the print
	}{
		{"17", 17, "16.5", "17.5"},
		{"0,1", 0.1, "0.05", "0.15"},
		{"0.10", 0.1, "0.095", "0.105"},
		{"0", 0, "-0.5", "0.5"},
		{"0,00", 0, "-0.005", "0.005"},
		{"15 100", 15100, "15099.5", "15100.5"},
		{"more than 39,000", 39000, "38999.5", "39000.5"},
		{"47,7 million attacks", 47700000, "47650000", "47750000"},
		{"1,945 million users", 1945000, "1944500", "1945500"},
		{"125,8 thousand", 125800, "125750", "125850"},
		{"0.8628%", 0.8628, "0.86275", "0.86285"},
		{"ranked 28th out of 193 countries", 28, "27.5", "28.5"},
		{"ranked 28th out of 193 countries", 193, "192.5", "193.5"},
		{"1 of 10", 10, "9.5", "10.5"},
		{"-3,5", -3.5, "-3.55", "-3.45"},
		{"five respondents", 5, "5", "5"},
		{"193 members and one state", 194, "194", "194"},
	} {
		n, err := Parse(c.text, c.value)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got := n.Rounded(); got.Low.Cmp(decimal(t, c.low)) != 0 || got.High.Cmp(decimal(t, c.high)) != 0 {
			t.Errorf("%q = %v: got %s to %s, want %s to %s", c.text, c.value, got.Low.FloatString(6), got.High.FloatString(6), c.low, c.high)
		}
	}
	if _, err := Parse("about 62 %", 61.5); err == nil {
		t.Error("a text that does not print its value: got no error")
	}
}

func decimal(t *testing.T, s string) *big.Rat {
	t.Helper()
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		t.Fatalf("%q is no number", s)
	}
	return r
}

func TestPublishedCountsAreExact(t *testing.T) {
	for _, c := range []struct {
		text  string
		value float64
		unit  string
		exact bool
	}{
		{"4 381", 4381, "count", true},
		{"44th", 44, "rank", true},
		{"19 million", 19e6, "persons", false},
		{"17", 17, "posts/month", false},
		{"28.4%", 28.4, "percent", false},
	} {
		n, err := Published(&datasets.PublishedValue{ID: "a.b", ValueText: c.text, Value: datasets.Some(c.value), Unit: datasets.Some(c.unit)})
		if err != nil {
			t.Fatal(err)
		}
		if span := n.Span(); (span.Low.Cmp(span.High) == 0) != c.exact {
			t.Errorf("%s %s: got %s to %s, want exact %t", c.text, c.unit, span.Low.RatString(), span.High.RatString(), c.exact)
		}
	}
	n, err := Published(&datasets.PublishedValue{ValueText: "the data is non-numeric"})
	if err != nil || n.Value != nil {
		t.Errorf("a text: got %v, %v", n.Value, err)
	}
}

func TestShow(t *testing.T) {
	for in, want := range map[string]string{"0": "0", "-0.0001": "0", "999": "999", "1000": "1,000", "-1234567.891": "-1,234,567.891", "126": "126", "15.60": "15.6", "100": "100"} {
		if got := show(decimal(t, in), 3); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}

func TestDays(t *testing.T) {
	for _, c := range []struct{ period, first, last string }{
		{"2016", "2016-01-01", "2016-12-31"},
		{"2016-02", "2016-02-01", "2016-02-29"},
		{"2016-02-08", "2016-02-08", "2016-02-08"},
		{"2015-12/2016-02", "2016-02-01", "2016-02-29"},
	} {
		first, last, ok := days(c.period)
		if !ok || first.String() != c.first || last.String() != c.last {
			t.Errorf("%s: got %s to %s, %t", c.period, first, last, ok)
		}
	}
	if _, _, ok := days("winter 2016"); ok {
		t.Error("a period in words: got a date")
	}
}
