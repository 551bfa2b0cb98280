package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var sumOfParts = Rule{
	Name:    "sum_of_parts",
	Doc:     `Whether printed parts add up to the printed total. Parts and total stand for all that rounds to their print; the claim is consistent if some sum of the parts is such a total. Implied is the range of sums. Parts that exceed the total are inconsistent with it. A smaller sum is inconsistent where the text presents the parts as the whole; where it may leave some out, nothing can be told.`,
	Source:  "Interval arithmetic on rounded values.",
	Version: 2,
	Inputs:  []string{"part+", "total", "all?"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		total, parts := c.One("total"), c.All("part")
		sum, named := parts[0].Span(), parts[0].String()
		for _, p := range parts[1:] {
			sum = sum.plus(p.Span())
			named += " + " + p.String()
		}
		sum.imply(&row, total.unit())
		row.Verdict = verdict(sum.meets(total.Span()))
		row.Explanation = fmt.Sprintf("%s add up to %s; the total is %s.", named, sum, total)
		if sum.High.Cmp(total.Span().Low) < 0 && len(c.All("all")) == 0 {
			row.Verdict = datasets.NotTestable
			row.Explanation += " The text does not say that it names every part."
		}
		return row, nil
	},
}
