package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var largestPart = Rule{
	Name:    "largest_part",
	Doc:     `Whether a part named as the largest of k named parts can cover the printed total with them. None of the others is larger, so together they reach at most k times the largest; a total above that means that people outside the named parts are counted, and the claim that they are the most used cannot be read off the total. The claim is consistent if the total is at most k times the largest. Implied is the range from the largest alone to that bound. People counted in several parts only widen the gap. A consistent verdict does not show that the part is the largest.`,
	Source:  "Bound of a union by the sum of its parts.",
	Version: 1,
	Inputs:  []string{"largest", "total", "named"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		largest, total, named := c.One("largest"), c.One("total"), c.One("named")
		bound := Interval{largest.Span().Low, largest.Span().times(named.Span()).High}
		bound.imply(&row, total.unit())
		row.Verdict = verdict(total.Span().Low.Cmp(bound.High) <= 0)
		row.Explanation = fmt.Sprintf("%s parts of which the largest is %s reach at most %s together; the total is %s.",
			named, largest, show(bound.High, 0), total)
		return row, nil
	},
}
