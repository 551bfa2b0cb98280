package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var impliedTotal = Rule{
	Name:    "implied_total",
	Doc:     `Whether several parts and their percentages belong to one total. Each pair implies a total, part / (percent / 100), as a range because both are rounded; the claim is consistent if every pair's range meets every other's. Pairs are matched in order: the first part with the first percent. The first pair is the one judged: implied is the part that its percentage makes of the totals that the other pairs allow. With one pair alone nothing can disagree, and the claim is not testable; its implied total is given. The pairs should be of one year or close to it: a population that grows between them is not allowed for.`,
	Source:  "Interval arithmetic on rounded values.",
	Version: 1,
	Inputs:  []string{"part+", "percent+"},
	Claim:   judgeImpliedTotal,
}

func judgeImpliedTotal(c *Claim) (datasets.AuditRow, error) {
	var row datasets.AuditRow
	if err := c.numbers(); err != nil {
		return row, err
	}
	parts, percents := c.All("part"), c.All("percent")
	if len(parts) != len(percents) {
		return row, fmt.Errorf("inputs: %d part and %d percent, expected as many of one as of the other", len(parts), len(percents))
	}
	totals := make([]Interval, len(parts))
	for i := range parts {
		percent := percents[i].Span()
		if percent.Low.Sign() <= 0 {
			return row, fmt.Errorf("inputs: percent %s may be 0, expected more", percents[i].Text)
		}
		totals[i] = parts[i].Span().over(percent).scaled(100, 1)
		if i > 0 {
			row.Explanation += "; "
		}
		row.Explanation += fmt.Sprintf("%s at %s implies a total of %s to %s", parts[i], percents[i], show(totals[i].Low, 0), show(totals[i].High, 0))
	}
	if len(parts) == 1 {
		row.Verdict = datasets.NotTestable
		totals[0].imply(&row, "total")
		row.Explanation += ". No second pair is printed to compare it with."
		return row, nil
	}
	agree := true
	others := totals[1]
	for i, a := range totals {
		for _, b := range totals[:i] {
			agree = agree && a.meets(b)
		}
		if i > 1 {
			others = hull(others, a)
		}
	}
	row.Verdict = verdict(agree)
	implied := others.times(percents[0].Span()).scaled(1, 100)
	implied.imply(&row, parts[0].unit())
	row.Explanation += fmt.Sprintf(". %s of what the other pairs allow is %s to %s.", percents[0], show(implied.Low, 0), show(implied.High, 0))
	return row, nil
}
