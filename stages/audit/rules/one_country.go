package rules

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
)

var oneCountry = Rule{
	Name:    "one_country",
	Doc:     `Whether values that a text gives as one, such as a figure's caption and the source beneath it, are about the same country. Countries are those under which the published values were transcribed; the claim is consistent if all are equal, and not testable if any value has none.`,
	Source:  "Comparison of the countries.",
	Version: 1,
	Inputs:  []string{"value+"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		values, err := c.several("value")
		if err != nil {
			return row, err
		}
		row.Verdict = datasets.Consistent
		var countries []string
		for _, v := range values {
			if v.Row == nil {
				return row, fmt.Errorf("inputs: value is %q, expected the id of a published value", v.Text)
			}
			if !v.Row.Country.OK {
				row.Verdict = datasets.NotTestable
				row.Explanation = fmt.Sprintf("%s is about no single country.", v.Row.ID)
				return row, nil
			}
			if v.Row.Country != values[0].Row.Country {
				row.Verdict = datasets.Inconsistent
			}
			countries = append(countries, fmt.Sprintf("%q (%s) is about %s", v.Text, v.Row.Locator, v.Row.Country.V))
		}
		row.Explanation = strings.Join(countries, "; ") + "."
		return row, nil
	},
}
