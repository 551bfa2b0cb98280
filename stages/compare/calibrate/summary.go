package calibrate

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// Bounds of the coverage that an interval of 95 % should have, and the numbers
// of accounts at which the primary interval is judged.
const (
	low, high = 0.93, 0.97
)

var (
	sizes  = []int{4, 8, 20}
	judged = sizes[1:]
)

// candidates are the intervals of a difference of means of accounts, one of
// which is the primary.
var candidates = []string{welch, pooledT, percentile, bca}

// permutations are the tests that are exact where all accounts come from one
// distribution.
var permutations = []string{permutation, mannWhitney, vanElteren}

// Primary returns the interval of a contrast that covers between 93 and 97 % in
// most cells of 8 and of 20 accounts, of several the one that is narrower on
// the mean over cells, and the cells in which it does not. A cell in which it
// is missing in some studies is judged by the others. None is named, "", where
// none covers so in any cell, or the studies are too few to tell.
func Primary(rows []Row) (method string, outside []Row) {
	if coarse(rows) {
		return "", nil
	}
	type verdict struct {
		method  string
		within  int
		width   float64
		outside []Row
	}
	var verdicts []verdict
	for _, m := range candidates {
		v := verdict{method: m}
		for _, r := range rows {
			if r.Quantity != contrast || r.Kind != interval || r.Method != m || !slices.Contains(judged, r.Accounts) {
				continue
			}
			if r.covers() {
				v.within++
			} else {
				v.outside = append(v.outside, r)
			}
			v.width += r.Width.V
		}
		verdicts = append(verdicts, v)
	}
	best := slices.MinFunc(verdicts, func(a, b verdict) int {
		return cmp.Or(cmp.Compare(b.within, a.within), cmp.Compare(a.width, b.width))
	})
	if best.within == 0 {
		return "", nil
	}
	return best.method, best.outside
}

// fineStudies is the least number of studies a cell with which the Monte Carlo
// standard error of a coverage of 95 %, sqrt(0.95*0.05/n), is not above one point.
const fineStudies = 475

// coarse tells that there are fewer, so that chance decides which cells are
// within the bounds.
func coarse(rows []Row) bool {
	return slices.ContainsFunc(rows, func(r Row) bool { return r.Studies < fineStudies })
}

func (r Row) covers() bool { return r.Coverage.OK && r.Coverage.V >= low && r.Coverage.V <= high }

// TooOften returns the permutation tests that reject where there is no effect
// more often than 5 % and three Monte Carlo standard errors.
func TooOften(rows []Row) []Row {
	var out []Row
	for _, r := range rows {
		n := float64(r.Studies) * (1 - r.Without)
		if r.Effect == none && slices.Contains(permutations, r.Method) && r.Rejection.OK && r.Rejection.V > alpha+3*math.Sqrt(alpha*(1-alpha)/n) {
			out = append(out, r)
		}
	}
	return out
}

// String names the row's method and cell.
func (r Row) String() string {
	return fmt.Sprintf("%s of %s, %s posting, %s, effect %s, accounts %s", r.Method, r.Outcome, r.Posting, r.Distribution, r.Effect, r.Layout)
}

// WriteSummary writes what the table says, as Markdown.
func WriteSummary(w io.Writer, rows []Row) error {
	b := &strings.Builder{}
	fmt.Fprintf(b, "# Calibration\n\n")
	if len(rows) > 0 {
		fmt.Fprintf(b, "%d simulated studies a cell; the Monte Carlo standard error of a coverage of 95 %% is %.1f points, of one of 50 %% %.1f.\n",
			rows[0].Studies, 100*monteCarlo(0.95, rows[0].Studies), 100*monteCarlo(0.5, rows[0].Studies))
	}
	primary(b, rows)
	contrasts(b, rows)
	fmt.Fprintf(b, "\n## Other intervals: coverage in %%, least and greatest over cells\n")
	spans(b, rows, func(r Row) (datasets.Opt[float64], bool) {
		return r.Coverage, r.Kind == interval && !(r.Quantity == contrast && slices.Contains(candidates, r.Method))
	})
	fmt.Fprintf(b, "\n## Tests: share with p <= 0.05 where there is no effect, in %%, least and greatest over cells\n")
	spans(b, rows, func(r Row) (datasets.Opt[float64], bool) { return r.Rejection, r.Kind == test && r.Effect == none })
	fmt.Fprintf(b, "\n## Tests: power, share with p <= 0.05 where A has the double, in %%, least and greatest over cells\n")
	spans(b, rows, func(r Row) (datasets.Opt[float64], bool) { return r.Rejection, r.Kind == test && r.Effect != none })
	fmt.Fprintf(b, "\nNaive methods take every post for an independent observation. The program does not use them: their size is why.\n")
	fmt.Fprintf(b, "\n## Permutation tests\n\n")
	if bad := TooOften(rows); len(bad) > 0 {
		for _, r := range bad {
			fmt.Fprintf(b, "- %s: rejects %s %% without an effect\n", r, percent(r.Rejection))
		}
	} else {
		fmt.Fprintf(b, "No permutation test rejects more often than 5 %% and three Monte Carlo standard errors where there is no effect.\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func monteCarlo(share float64, n int) float64 { return math.Sqrt(share * (1 - share) / float64(n)) }

func primary(b *strings.Builder, rows []Row) {
	fmt.Fprintf(b, "\n## The primary interval of a contrast\n\n")
	fmt.Fprintf(b, "| interval | cells of 8 and 20 accounts with 93 to 97 %% | below | above | coverage at 4 accounts, %% | at 8 | at 20 | mean width at 8 by that of %s |\n|%s\n", welch, strings.Repeat(" --- |", 8))
	mine := func(m string, accounts int) []Row {
		return matching(rows, func(r Row) bool {
			return r.Quantity == contrast && r.Kind == interval && r.Method == m && r.Accounts == accounts
		})
	}
	for _, m := range candidates {
		within, below, above := 0, 0, 0
		for _, n := range judged {
			for _, r := range mine(m, n) {
				switch {
				case r.covers():
					within++
				case r.Coverage.OK && r.Coverage.V > high:
					above++
				default:
					below++
				}
			}
		}
		fmt.Fprintf(b, "| %s | %d | %d | %d |", m, within, below, above)
		for _, n := range sizes {
			fmt.Fprintf(b, " %s |", span(mine(m, n), Row.coverage))
		}
		var ratio float64
		of, base := mine(m, 8), mine(welch, 8)
		for i := range of {
			ratio += of[i].Width.V / base[i].Width.V / float64(len(of))
		}
		fmt.Fprintf(b, " %.2f |\n", ratio)
	}
	method, outside := Primary(rows)
	if method == "" {
		why := "no interval covers between 93 and 97 % in any cell of 8 or of 20 accounts a country"
		if coarse(rows) {
			why = "with so few studies a cell, chance decides which interval covers between 93 and 97 %: the Monte Carlo standard error exceeds one point"
		}
		fmt.Fprintf(b, "\nNo primary interval is named: %s.\n", why)
		return
	}
	fmt.Fprintf(b, "\nThe primary interval is %s: it covers between 93 and 97 %% in the most cells of 8 and of 20 accounts a country.\n", method)
	if len(outside) > 0 {
		fmt.Fprintf(b, "It does not in these, where the program says so beside the interval:\n\n")
		for _, r := range outside {
			fmt.Fprintf(b, "- %s: %s %%, standard error %s", r, percent(r.Coverage), percent(r.standardError()))
			if !slices.ContainsFunc(rows, func(o Row) bool {
				return o.sameCell(r) && o.Quantity == contrast && slices.Contains(candidates, o.Method) && o.covers()
			}) {
				fmt.Fprintf(b, "; no other interval does either")
			}
			fmt.Fprintln(b)
		}
	}
}

// standardError is that of the row's coverage; where the coverage is 0 or 1,
// that of (k+1)/(n+2), k of n intervals holding the truth: studies without
// exception do not show that there are none.
func (r Row) standardError() datasets.Opt[float64] {
	if !r.Coverage.OK || r.Coverage.V > 0 && r.Coverage.V < 1 {
		return r.StandardError
	}
	n := math.Round(float64(r.Studies) * (1 - r.Without))
	share := (r.Coverage.V*n + 1) / (n + 2)
	return datasets.Some(math.Sqrt(share * (1 - share) / n))
}

// sameCell says whether two rows are of the same outcome in the same studies.
func (r Row) sameCell(o Row) bool {
	return r.Outcome == o.Outcome && r.Layout == o.Layout && r.Posting == o.Posting && r.Distribution == o.Distribution && r.Effect == o.Effect
}

func (r Row) coverage() datasets.Opt[float64] { return r.Coverage }

// contrasts writes the coverage of every candidate in every cell, the cells
// with and without an effect together.
func contrasts(b *strings.Builder, rows []Row) {
	fmt.Fprintf(b, "\n## Intervals of a contrast: coverage in %%, without and with an effect\n\n| outcome | platforms | posting | distribution | accounts |")
	for _, m := range candidates {
		fmt.Fprintf(b, " %s |", m)
	}
	fmt.Fprintf(b, "\n|%s\n", strings.Repeat(" --- |", 5+len(candidates)))
	for _, first := range matching(rows, func(r Row) bool {
		return r.Quantity == contrast && r.Kind == interval && r.Method == candidates[0] && r.Effect == none
	}) {
		fmt.Fprintf(b, "| %s | %d | %s | %s | %s |", first.Outcome, first.Platforms, first.Posting, first.Distribution, first.Layout)
		for _, m := range candidates {
			var two []string
			for _, effect := range []string{none, doubled} {
				want := first
				want.Effect = effect
				two = append(two, span(matching(rows, func(r Row) bool {
					return r.Quantity == contrast && r.Kind == interval && r.Method == m && r.sameCell(want)
				}), Row.coverage))
			}
			fmt.Fprintf(b, " %s |", strings.Join(two, ", "))
		}
		fmt.Fprintln(b)
	}
}

// spans writes a line for each outcome and method, with the least and the
// greatest value over cells for each number of accounts.
func spans(b *strings.Builder, rows []Row, value func(Row) (datasets.Opt[float64], bool)) {
	fmt.Fprintf(b, "\n| outcome | method | 4 accounts | 8 | 20 |\n| --- | --- | --- | --- | --- |\n")
	type line struct{ outcome, quantity, method string }
	var lines []line
	chosen := matching(rows, func(r Row) bool { _, ok := value(r); return ok })
	for _, r := range chosen {
		if l := (line{r.Outcome, r.Quantity, r.Method}); !slices.Contains(lines, l) {
			lines = append(lines, l)
		}
	}
	for _, l := range lines {
		fmt.Fprintf(b, "| %s | %s |", l.outcome, l.method)
		for _, n := range sizes {
			fmt.Fprintf(b, " %s |", span(matching(chosen, func(r Row) bool {
				return line{r.Outcome, r.Quantity, r.Method} == l && r.Accounts == n
			}), func(r Row) datasets.Opt[float64] { v, _ := value(r); return v }))
		}
		fmt.Fprintln(b)
	}
}

func matching(rows []Row, keep func(Row) bool) []Row {
	var out []Row
	for _, r := range rows {
		if keep(r) {
			out = append(out, r)
		}
	}
	return out
}

// span is the least and the greatest value in per cent.
func span(rows []Row, value func(Row) datasets.Opt[float64]) string {
	least, greatest := math.Inf(1), math.Inf(-1)
	for _, r := range rows {
		if v := value(r); v.OK {
			least, greatest = min(least, v.V), max(greatest, v.V)
		}
	}
	switch a, z := percent(datasets.Some(least)), percent(datasets.Some(greatest)); {
	case least > greatest:
		return "none"
	case a == z:
		return a
	default:
		return a + " to " + z
	}
}

func percent(v datasets.Opt[float64]) string {
	if !v.OK {
		return "none"
	}
	return fmt.Sprintf("%.1f", 100*v.V)
}
