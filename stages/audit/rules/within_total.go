package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var withinTotal = Rule{
	Name:    "within_total",
	Doc:     `Whether a number in a list lies within the list: a rank among those ranked, a reference number among the references, a number of countries among all countries. The claim is consistent if the number is at least 1 and at most the number of entries. Implied is that range.`,
	Source:  "Counting.",
	Version: 1,
	Inputs:  []string{"number", "entries"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		number, entries := c.One("number"), c.One("entries")
		Interval{one, entries.Value}.imply(&row, entries.unit())
		row.Verdict = verdict(number.Value.Cmp(one) >= 0 && number.Value.Cmp(entries.Value) <= 0)
		row.Explanation = fmt.Sprintf("Number %s of a list with %s entries.", number, entries)
		return row, nil
	},
}
