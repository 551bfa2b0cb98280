package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var largestPart = Rule{
	Name:    "largest_part",
	Doc:     `Whether a part named as the largest of k named parts can cover the printed total with them. None of the others is larger, so together they reach at most k times the largest, and the claim is consistent if the total is no more. A larger total counts people outside the named parts: it is inconsistent where the text says that it names them all, and not testable where it may leave some out. Implied is the range from the largest alone to that bound. People counted in several parts only widen the gap. A consistent verdict does not show that the part is the largest.`,
	Source:  "Bound of a union by the sum of its parts.",
	Version: 2,
	Inputs:  []string{"largest", "total", "named", "all?"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		largest, total, named := c.One("largest"), c.One("total"), c.One("named")
		bound := Interval{largest.Span().Low, largest.Span().times(named.Span()).High}
		bound.imply(&row, total.unit())
		fits := total.Span().Low.Cmp(bound.High) <= 0
		row.Verdict = verdict(fits)
		row.Explanation = fmt.Sprintf("%s parts of which the largest is %s reach at most %s together; the total is %s.",
			named, largest, show(bound.High, 0), total)
		if !fits && len(c.All("all")) == 0 {
			row.Verdict = datasets.NotTestable
			row.Explanation += " The text does not say that it names every part."
		}
		return row, nil
	},
}
