package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var differenceClaim = Rule{
	Name:    "difference_claim",
	Doc:     `Whether a printed difference ("11 more posts") follows from the two values that it compares: first minus second. Both values stand for all that rounds to their print; the claim is consistent if some of the differences that they allow rounds to the claimed difference at its last printed digit. Implied is the range of differences.`,
	Source:  "Interval arithmetic on rounded values.",
	Version: 1,
	Inputs:  []string{"first", "second", "claimed"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		first, second, claimed := c.One("first"), c.One("second"), c.One("claimed")
		difference := first.Span().minus(second.Span())
		difference.imply(&row, first.unit())
		row.Verdict = verdict(difference.meets(claimed.Rounded()))
		row.Explanation = fmt.Sprintf("%s minus %s is %s; claimed is %s.", first, second, difference, claimed)
		return row, nil
	},
}
