package rules

import (
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
	"pgregory.net/rapid"
)

// Reference: exact fractions in Python 3.11 over the cells of the thesis'
// Tables 2-5 (testdata/thesis_tables.csv).
func TestRateAgainstReference(t *testing.T) {
	for _, want := range readRows(t, "testdata/thesis_tables.csv") {
		n, err := strconv.ParseInt(want["posts"], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		got := checkRate(n, big.NewRat(5, 1), printed(t, want["per_month"]))
		if s := strings.Join(got.rounding, "|"); s != want["rounding"] {
			t.Errorf("%s: rounding: got %q, want %q", want["cell"], s, want["rounding"])
		}
		if low, high := got.posts.Low.RatString(), got.posts.High.RatString(); low != want["posts_low"] || high != want["posts_high"] {
			t.Errorf("%s: posts: got %s to %s, want %s to %s", want["cell"], low, high, want["posts_low"], want["posts_high"])
		}
		for i, name := range []string{"months_low", "months_high"} {
			months, err := strconv.ParseFloat(want[name], 64)
			if err != nil {
				t.Fatal(err)
			}
			// The reference is rounded to three decimals.
			if f, _ := got.months[i].Float64(); f < months-0.00051 || f > months+0.00051 {
				t.Errorf("%s: %s: got %v, want %v", want["cell"], name, f, months)
			}
		}
	}
}

// Reference: as above; the ratio is (10^D - n)/10^D of scrutiny 0.6.1.
func TestGRIMSumsAgainstReference(t *testing.T) {
	for _, want := range readRows(t, "testdata/thesis_tables.csv") {
		g := checkGRIM(printed(t, want["likes_mean"]), decimal(t, want["posts"]))
		if g.low.String() != want["sum_low"] || g.high.String() != want["sum_high"] {
			t.Errorf("%s: got sums %s to %s, want %s to %s", want["cell"], g.low, g.high, want["sum_low"], want["sum_high"])
		}
		if testable := decimal(t, want["grim_ratio"]).Sign() > 0; g.testable != testable {
			t.Errorf("%s: testable: got %t, want %t", want["cell"], g.testable, testable)
		}
	}
}

// Reference: scrutiny 0.6.1 grim() with rounding "up_or_down", R 4.2.2
// (testdata/grim.csv). The ratios of the three percentages are by its formula,
// (10^D - n)/10^D with two more decimals.
func TestGRIMControls(t *testing.T) {
	rows := readRows(t, "testdata/grim.csv")
	if len(rows) != 33 {
		t.Fatalf("got %d controls, want 30 means and 3 percentages", len(rows))
	}
	for _, want := range rows {
		mean := printed(t, want["mean"])
		if want["percent"] == "true" {
			mean.Row = &datasets.PublishedValue{Unit: datasets.Some("percent")}
		}
		n := Literal(want["n"])
		row, err := grimOfClaim(&Claim{Inputs: []Input{{Name: "mean", Number: mean}, {Name: "n", Number: n}}})
		if err != nil {
			t.Fatal(err)
		}
		// What scrutiny calls consistent without power is not testable here.
		verdict := verdict(want["consistent"] == "true")
		if decimal(t, want["ratio"]).Sign() <= 0 {
			verdict = datasets.NotTestable
		}
		if row.Verdict != verdict {
			t.Errorf("mean %s of %s: got %s, want %s (%s)", want["mean"], want["n"], row.Verdict, verdict, row.Explanation)
		}
	}
}

// 0.10 and 0.1 are different prints: 47 whole numbers have no mean that rounds
// to 0.10 (4/47 = 0.085, 5/47 = 0.106), whereas 0.1 is not testable.
func TestGRIMKeepsDecimalsAndItems(t *testing.T) {
	judge := func(mean, n, items string) string {
		c := Claim{Inputs: []Input{{Name: "mean", Number: printed(t, mean)}, {Name: "n", Number: Literal(n)}}}
		if items != "" {
			c.Inputs = append(c.Inputs, Input{Name: "items", Number: Literal(items)})
		}
		row, err := grimOfClaim(&c)
		if err != nil {
			t.Fatal(err)
		}
		return row.Verdict
	}
	if got := judge("0,10", "47", ""); got != datasets.Inconsistent {
		t.Errorf("0,10 of 47: got %s", got)
	}
	if got := judge("0,1", "47", ""); got != datasets.NotTestable {
		t.Errorf("0,1 of 47: got %s", got)
	}
	// 3.5 is no mean of 5 whole numbers, but one of 5 observations of 2 items: 35/10.
	if got := judge("3.5", "5", ""); got != datasets.Inconsistent {
		t.Errorf("3.5 of 5: got %s", got)
	}
	if got := judge("3.50", "5", "2"); got != datasets.Consistent {
		t.Errorf("3.50 of 5 with 2 items: got %s", got)
	}
}

// At the edges: 25/10 = 2.5 rounds to 2 or 3, and neither truncating nor
// rounding up moves a whole number.
func TestRateAtTheEdges(t *testing.T) {
	for _, c := range []struct {
		posts int64
		m     string
		want  string
	}{
		{25, "2", "nearest|floor"},
		{25, "3", "nearest|ceil"},
		{30, "2", ""},
		{30, "3", "nearest|floor|ceil"},
		{30, "4", ""},
		{30, "3.0", "nearest|floor|ceil"},
		{24, "2.5", ""},
	} {
		got := checkRate(c.posts, big.NewRat(10, 1), printed(t, c.m))
		if s := strings.Join(got.rounding, "|"); s != c.want {
			t.Errorf("%d posts in 10 months printed as %s: got %q, want %q", c.posts, c.m, s, c.want)
		}
	}
}

// 227/43 = 5.279 prints 5.27 only when truncated; between 0.9 and 1 there is
// no mean of 5 whole numbers at all.
func TestGRIMNamesTruncation(t *testing.T) {
	for _, c := range []struct {
		mean      string
		n         int64
		truncated bool
	}{{"5.27", 43, true}, {"0.9", 5, false}} {
		g := checkGRIM(printed(t, c.mean), big.NewRat(c.n, 1))
		if g.ok || g.truncated != c.truncated {
			t.Errorf("%s of %d: got ok %t, truncated %t, want false, %t", c.mean, c.n, g.ok, g.truncated, c.truncated)
		}
	}
}

// roundings are the ways of printing a fraction at D decimals that rules allow.
var roundings = map[string]func(*big.Rat) *big.Int{
	"half up":   func(r *big.Rat) *big.Int { return floor(new(big.Rat).Add(r, big.NewRat(1, 2))) },
	"half down": func(r *big.Rat) *big.Int { return ceil(new(big.Rat).Sub(r, big.NewRat(1, 2))) },
	"floor":     floor,
	"ceil":      ceil,
}

// printAs prints the fraction at the given decimals.
func printAs(t testing.TB, r *big.Rat, decimals int, round func(*big.Rat) *big.Int) Number {
	scaled := new(big.Rat).Quo(r, tenth(decimals))
	value := new(big.Rat).Mul(new(big.Rat).SetInt(round(scaled)), tenth(decimals))
	return printed(t, value.FloatString(decimals))
}

func TestRoundedAveragesAreConsistent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64Range(0, 100_000).Draw(rt, "posts")
		k := big.NewRat(rapid.Int64Range(1, 60).Draw(rt, "half months"), 2)
		d := rapid.IntRange(0, 3).Draw(rt, "decimals")
		how := rapid.SampledFrom([]string{"half up", "half down", "floor", "ceil"}).Draw(rt, "how")
		mean := new(big.Rat).Quo(new(big.Rat).SetInt64(n), k)
		m := printAs(t, mean, d, roundings[how])
		got := checkRate(n, k, m)
		want := map[string]string{"half up": "nearest", "half down": "nearest"}[how]
		if want == "" {
			want = how
		}
		if !strings.Contains(strings.Join(got.rounding, "|"), want) {
			rt.Fatalf("%d posts in %s months printed as %s by %s: got %v", n, k.RatString(), m.Text, how, got.rounding)
		}
	})
}

func TestMeansOfWholeNumbersAreNeverInconsistent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64Range(1, 400).Draw(rt, "n")
		sum := rapid.Int64Range(0, 100_000).Draw(rt, "sum")
		d := rapid.IntRange(0, 4).Draw(rt, "decimals")
		how := rapid.SampledFrom([]string{"half up", "half down"}).Draw(rt, "how")
		count := new(big.Rat).SetInt64(n)
		mean := printAs(t, new(big.Rat).Quo(new(big.Rat).SetInt64(sum), count), d, roundings[how])
		g := checkGRIM(mean, count)
		if !g.ok || g.low.Cmp(big.NewInt(sum)) > 0 || g.high.Cmp(big.NewInt(sum)) < 0 {
			rt.Fatalf("%d/%d printed as %s: sums %v to %v", sum, n, mean.Text, g.low, g.high)
		}
	})
}

func TestTruncatedMeansAreExplained(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64Range(1, 400).Draw(rt, "n")
		sum := rapid.Int64Range(0, 100_000).Draw(rt, "sum")
		d := rapid.IntRange(0, 4).Draw(rt, "decimals")
		count := new(big.Rat).SetInt64(n)
		mean := printAs(t, new(big.Rat).Quo(new(big.Rat).SetInt64(sum), count), d, floor)
		if g := checkGRIM(mean, count); !g.truncated {
			rt.Fatalf("%d/%d truncated to %s is not seen as truncated", sum, n, mean.Text)
		}
	})
}

// As many times the posts in as many times the months is the same average.
func TestRateScales(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.Int64Range(0, 5_000).Draw(rt, "posts")
		k := rapid.Int64Range(1, 24).Draw(rt, "months")
		factor := rapid.Int64Range(1, 50).Draw(rt, "factor")
		m := printed(t, strconv.FormatInt(rapid.Int64Range(0, 3_000).Draw(rt, "average"), 10))
		once, more := checkRate(n, big.NewRat(k, 1), m), checkRate(n*factor, big.NewRat(k*factor, 1), m)
		if a, b := strings.Join(once.rounding, "|"), strings.Join(more.rounding, "|"); a != b {
			rt.Fatalf("%d in %d months: %q, times %d: %q", n, k, a, factor, b)
		}
	})
}

func date(t *testing.T, s string) datasets.Day {
	t.Helper()
	d, err := time.Parse("2006-01-02", s)
	if err != nil {
		t.Fatal(err)
	}
	return datasets.DayOf(d)
}

func window(t *testing.T, from, to string) *datasets.AccountWindow {
	t.Helper()
	return &datasets.AccountWindow{WindowFrom: date(t, from), WindowTo: date(t, to)}
}

func TestRateWithoutStatedMonths(t *testing.T) {
	for _, c := range []struct{ from, to, verdict string }{
		{"2024-01-01", "2024-06-01", datasets.Consistent},  // five calendar months
		{"2024-01-15", "2024-06-15", datasets.Consistent},  // five calendar months
		{"2024-01-01", "2024-05-28", datasets.NotTestable}, // no whole number
		{"2024-01-31", "2024-03-02", datasets.NotTestable},
	} {
		w := window(t, c.from, c.to)
		w.Posts, w.PostsPerMonth, w.PostsPerMonthText = datasets.Some(int64(210)), datasets.Some(42.0), datasets.Some("42")
		row, ok := rateOfWindow(w)
		if !ok || row.Verdict != c.verdict {
			t.Errorf("%s to %s: got %s, want %s (%s)", c.from, c.to, row.Verdict, c.verdict, row.Explanation)
		}
	}
}

// Of no post the average is 0 over any number of months: none is suggested.
func TestRateOfNoPost(t *testing.T) {
	w := window(t, "2024-01-01", "2024-06-01")
	w.Posts, w.PostsPerMonth, w.PostsPerMonthText = datasets.Some(int64(0)), datasets.Some(0.0), datasets.Some("0")
	row, _ := rateOfWindow(w)
	if row.Verdict != datasets.Consistent || !strings.HasSuffix(row.Explanation, "Rounded to nearest, 0 stands for 0 to 2 posts.") {
		t.Errorf("got %s: %s", row.Verdict, row.Explanation)
	}
}

func TestAbsentCells(t *testing.T) {
	w := window(t, "2024-01-01", "2024-06-01")
	check := func(name, want string) {
		t.Helper()
		for _, r := range All {
			if r.Name != name {
				continue
			}
			row, ok := r.Window(w)
			if got := row.Verdict; ok && got != want || !ok && want != "" {
				t.Errorf("%s: got %q, want %q", name, got, want)
			}
			if row.ImpliedLow.OK {
				t.Errorf("%s: implies %v from nothing", name, row.ImpliedLow.V)
			}
		}
	}
	check("rate", datasets.NotApplicable)
	check("grim", datasets.NotApplicable)
	check("grimmer", "")
	check("zero_or_hidden", "")
	check("observed_window", datasets.NotTestable)
	w.PostsPerMonth, w.LikesMean = datasets.Some(5.0), datasets.Some(2.0) // but no posts
	check("rate", datasets.NotTestable)
	check("grim", datasets.NotTestable)
	check("grimmer", datasets.NotApplicable)
	check("zero_or_hidden", "")
	w.LikesMean = datasets.Some(0.0)
	check("zero_or_hidden", datasets.NotTestable)
	w.PostsPerMonthText, w.Posts = datasets.Some("5.25"), datasets.Some(int64(26)) // the text is another number
	w.PostsPerMonth = datasets.Some(5.2)
	check("rate", datasets.NotTestable)
}

func TestObservedWindow(t *testing.T) {
	for _, c := range []struct {
		read, verdict string
		days          float64
	}{
		{"2024-05-10", datasets.Inconsistent, 131}, // 31+29+31+30+10
		{"2024-05-27", datasets.Inconsistent, 148},
		{"2024-05-30", datasets.Inconsistent, 151},
		{"2024-05-31", datasets.Consistent, 152},
		{"2024-07-01", datasets.Consistent, 152},
	} {
		w := window(t, "2024-01-01", "2024-06-01")
		w.RetrievedOn = datasets.Some(date(t, c.read))
		row, _ := observedWindow.Window(w)
		if row.Verdict != c.verdict || row.ImpliedLow != datasets.Some(c.days) {
			t.Errorf("read on %s: got %s, %v days, want %s, %v", c.read, row.Verdict, row.ImpliedLow.V, c.verdict, c.days)
		}
	}
	w := window(t, "2024-01-01", "2024-06-01")
	w.RetrievedOn = datasets.Some(date(t, "2023-12-31"))
	if row, _ := observedWindow.Window(w); row.Verdict != datasets.NotTestable || row.ImpliedLow.OK {
		t.Errorf("read before the window: got %+v", row)
	}
}

func TestPrecision(t *testing.T) {
	cells := func(locator string, texts ...string) []datasets.AccountWindow {
		var windows []datasets.AccountWindow
		for _, text := range texts {
			n := printed(t, text)
			v, _ := n.Value.Float64()
			windows = append(windows, datasets.AccountWindow{Locator: datasets.Some(locator), LikesMean: datasets.Some(v), LikesMeanText: datasets.Some(text)})
		}
		return windows
	}
	g := &Group{Source: "doc", Windows: append(append(cells("Table 1, X", "2", "3", "0,1"), cells("Table 2, X", "10", "7")...), cells("Table 3, X", "5")...)}
	got := map[string]string{}
	for _, r := range precisionOfColumns(g) {
		got[r.Locator] = r.Verdict
	}
	if len(got) != 2 || got["Table 1, column likes_mean"] != datasets.Inconsistent || got["Table 2, column likes_mean"] != datasets.Consistent {
		t.Errorf("got %v", got)
	}
}

func TestStatisticsInPrint(t *testing.T) {
	g := &Group{Source: "doc", Published: []datasets.PublishedValue{
		{ID: "doc.t", Indicator: "test", ValueText: "t(28) = 2.20, p = .036"},
		{ID: "doc.sd", Indicator: "age_sd", ValueText: "4.1"},
	}}
	for _, r := range []Rule{debit, statcheck} {
		if rows := r.Group(g); len(rows) != 1 || rows[0].Verdict != datasets.NotTestable {
			t.Errorf("%s: got %+v", r.Name, rows)
		}
	}
}
