package rules

import (
	"fmt"
	"math/big"

	"diplometrics/datasets"
)

var grim = Rule{
	Name: "grim",
	Doc: `Whether a printed mean of whole numbers can arise from n observations at all (GRIM, granularity-related inconsistency of means). The sum of n observations of L items each is a whole number S that is not negative, so the mean must be some S/(nL); the cell is consistent if some S/(nL) lies within half a unit of the mean's last printed digit, both ends included, so that an exact half may have been rounded either way.
With D printed decimals the test can fail only if 10^D > nL. Otherwise some integer always fits and the cell is not testable; the sums that it allows are given all the same, as bounds of the total. The decimals are those of the text as printed: "0.10" says more than "0.1". In a claims list, inputs are the mean, n and the number of items (one where it is not given); a mean in per cent of n is divided by 100 and gains two decimals.
A mean that was truncated rather than rounded fails; where truncation would reproduce it, the explanation says so.`,
	Source:  "Brown and Heathers (2017), Social Psychological and Personality Science 8(4), doi:10.1177/1948550616673876; verdicts as those of grim() in scrutiny 0.6.1 with rounding up_or_down.",
	Version: 1,
	Window:  grimOfWindow,
	Claim:   grimOfClaim,
	Inputs:  []string{"mean", "n", "items?"},
}

// granularity is what a printed mean says about the sum of nL whole numbers.
type granularity struct {
	testable  bool
	ok        bool     // some sum that is not negative rounds to the mean
	low, high *big.Int // the sums that do
	truncated bool     // some sum prints the mean when truncated
}

func checkGRIM(mean Number, n *big.Rat) granularity {
	var g granularity
	g.testable = new(big.Rat).Mul(mean.Step, n).Cmp(one) < 0
	times := Interval{n, n}
	g.low, g.high, g.ok = integersIn(mean.Rounded().times(times))
	least := ceil(new(big.Rat).Mul(mean.Value, n))
	above := new(big.Rat).Mul(new(big.Rat).Add(mean.Value, mean.Step), n)
	g.truncated = new(big.Rat).SetInt(least).Cmp(above) < 0
	return g
}

func (g granularity) row(row *datasets.AuditRow, mean Number, n *big.Rat, what string) {
	sums := "no sum"
	if g.ok {
		span := Interval{new(big.Rat).SetInt(g.low), new(big.Rat).SetInt(g.high)}
		span.imply(row, what)
		sums = "sums of " + span.String()
	}
	count := show(n, 0)
	switch {
	case !g.testable:
		row.Verdict = datasets.NotTestable
		row.Explanation = fmt.Sprintf("A mean of %s whole numbers printed in steps of %s always fits some sum: %s %s are possible.",
			count, show(mean.Step, 6), sums, what)
	case g.ok:
		row.Verdict, row.Rounding = datasets.Consistent, datasets.Some("nearest")
		row.Explanation = fmt.Sprintf("%s over %s observations round to %s.", sums, count, mean.Text)
	default:
		row.Verdict = datasets.Inconsistent
		row.Explanation = fmt.Sprintf("No whole number divided by %s rounds to %s.", count, mean.Text)
		if g.truncated {
			row.Explanation += " Truncation would print it."
		}
	}
}

func grimOfWindow(w *datasets.AccountWindow) (datasets.AuditRow, bool) {
	row := datasets.AuditRow{
		Indicator: "likes_mean",
		ValueText: asPrinted(w.LikesMeanText.V),
		N:         w.LikesN,
		Verdict:   datasets.NotApplicable,
	}
	mean, ok, err := cell(w.LikesMeanText, w.LikesMean)
	switch {
	case err != nil:
		row.Verdict, row.Explanation = datasets.NotTestable, "The printed mean cannot be read: "+err.Error()+"."
	case !ok:
		row.Explanation = "No mean is printed."
	case !w.LikesN.OK || w.LikesN.V <= 0:
		row.Verdict, row.Explanation = datasets.NotTestable, "The number of posts behind the mean is not printed."
	default:
		row.ValueText = asPrinted(mean.Text)
		n := new(big.Rat).SetInt64(w.LikesN.V)
		checkGRIM(mean, n).row(&row, mean, n, "likes")
	}
	return row, true
}

func grimOfClaim(c *Claim) (datasets.AuditRow, error) {
	var row datasets.AuditRow
	mean, n := c.One("mean"), c.One("n")
	if mean.Value == nil || n.Value == nil || !n.Value.IsInt() || n.Value.Sign() <= 0 {
		return row, fmt.Errorf("inputs: grim needs a number as mean and a positive whole number as n")
	}
	row.N = datasets.Some(n.Value.Num().Int64())
	total := n.Value
	if items := c.One("items"); items.Value != nil {
		if !items.Value.IsInt() || items.Value.Sign() <= 0 {
			return row, fmt.Errorf("inputs: items is %s, expected a positive whole number", items.Text)
		}
		total = new(big.Rat).Mul(total, items.Value)
	}
	if mean.Row != nil && mean.Row.Unit.Or("") == "percent" {
		hundredth := big.NewRat(1, 100)
		mean.Value, mean.Step = new(big.Rat).Mul(mean.Value, hundredth), new(big.Rat).Mul(mean.Step, hundredth)
	}
	checkGRIM(mean, total).row(&row, mean, total, "units")
	return row, nil
}
