package rules

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
)

var onePeriod = Rule{
	Name:    "one_period",
	Doc:     `Whether values that a text sets side by side, or gives as one, are of the same period. Periods are those of the published values, as their sources give them; the claim is consistent if all are equal, and not testable if any value has none. A literal stands for the period that a text claims. The rule says nothing about the values themselves.`,
	Source:  "Comparison of the periods.",
	Version: 1,
	Inputs:  []string{"value+"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		values, err := c.several("value")
		if err != nil {
			return row, err
		}
		row.Verdict = datasets.Consistent
		var periods []string
		for _, v := range values {
			period := v.period()
			if period == "" {
				row.Verdict = datasets.NotTestable
				row.Explanation = fmt.Sprintf("%s has no period.", v.Row.ID)
				return row, nil
			}
			if period != values[0].period() {
				row.Verdict = datasets.Inconsistent
			}
			if v.Row == nil {
				periods = append(periods, "the period claimed is "+period)
			} else {
				periods = append(periods, fmt.Sprintf("%s %s (%s) is of %s", v.Name(), v, v.Row.Source, period))
			}
		}
		row.Explanation = strings.Join(periods, "; ") + "."
		return row, nil
	},
}

// period returns the period of a published value, or the text of a literal;
// "" where the source gives none.
func (n Number) period() string {
	if n.Row == nil {
		return n.Text
	}
	return n.Row.Period.Or("")
}
