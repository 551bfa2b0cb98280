package rules

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
)

var sameStatement = Rule{
	Name:    "same_statement",
	Doc:     `Whether statements about the same thing say the same. Numbers agree if some value rounds to all of them; texts agree if they are equal but for case and spaces. The statements may stand in one document or in several; which of them holds is not judged. Where the numbers agree, implied is what all of them allow.`,
	Source:  "Comparison of the values as printed.",
	Version: 1,
	Inputs:  []string{"value+"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		values := c.All("value")
		if len(values) < 2 {
			return row, fmt.Errorf("inputs: one value, expected at least two to compare")
		}
		var said []string
		for _, v := range values {
			s := v.String()
			if v.Row != nil {
				s += fmt.Sprintf(" (%s, %s)", v.Row.Source, v.Row.Locator)
			}
			said = append(said, s)
		}
		agree := true
		if c.numbers() == nil {
			common := values[0].Span()
			for _, v := range values[1:] {
				common = intersection(common, v.Span())
			}
			agree = common.Low.Cmp(common.High) <= 0
			if agree {
				common.imply(&row, values[0].unit())
			}
		} else {
			for _, v := range values[1:] {
				agree = agree && folded(v.Text) == folded(values[0].Text)
			}
		}
		row.Verdict = verdict(agree)
		row.Explanation = "Compared: " + strings.Join(said, ", ") + "."
		return row, nil
	},
}

func folded(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
