package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var ratioClaim = Rule{
	Name:    "ratio_claim",
	Doc:     `Whether a printed ratio ("10 times more") follows from the two values that it compares: first divided by second. Both values stand for all that rounds to their print; the claim is consistent if some of the ratios that they allow rounds to the claimed ratio at its last printed digit. Implied is the range of ratios. "Almost" and "about" are not read: 9.57 supports "almost 10 times", because it rounds to 10. "N times more" is read as N times as many.`,
	Source:  "Interval arithmetic on rounded values.",
	Version: 1,
	Inputs:  []string{"first", "second", "claimed"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		first, second, claimed := c.One("first"), c.One("second"), c.One("claimed")
		if second.Span().Low.Sign() <= 0 {
			row.Verdict = datasets.NotTestable
			row.Explanation = fmt.Sprintf("%s may be 0, which nothing can be divided by.", second.Text)
			return row, nil
		}
		ratio := first.Span().over(second.Span())
		ratio.imply(&row, "ratio")
		row.Verdict = verdict(ratio.meets(claimed.Rounded()))
		row.Explanation = fmt.Sprintf("%s divided by %s is %s; claimed is %s.", first, second, ratio, claimed)
		return row, nil
	},
}
