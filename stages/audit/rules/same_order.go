package rules

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
)

var sameOrder = Rule{
	Name:    "same_order",
	Doc:     `Whether two sets of values order the same subjects alike, for example the ranks of two countries in two years. Values are matched by country, or by subject where they have none. The claim is consistent if no pair of subjects changes places; pairs that tie in either set are no change.`,
	Source:  "Definition of a discordant pair (Kendall).",
	Version: 1,
	Inputs:  []string{"first+", "second+"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		first, second := c.All("first"), c.All("second")
		if len(first) < 2 || len(first) != len(second) {
			return row, fmt.Errorf("inputs: %d first and %d second, expected as many of one as of the other, at least two", len(first), len(second))
		}
		matched := make([]Number, len(first))
		for i, a := range first {
			for _, b := range second {
				if a.Name() == b.Name() {
					matched[i] = b
				}
			}
			if matched[i].Value == nil {
				return row, fmt.Errorf("inputs: first has %s, second has not", a.Name())
			}
		}
		var swapped []string
		for i := range first {
			for j := range i {
				if first[i].Value.Cmp(first[j].Value)*matched[i].Value.Cmp(matched[j].Value) < 0 {
					swapped = append(swapped, fmt.Sprintf("%s and %s change places: %s and %s against %s and %s",
						first[j].Name(), first[i].Name(), first[j], first[i], matched[j], matched[i]))
				}
			}
		}
		row.Verdict = verdict(len(swapped) == 0)
		row.Explanation = "The order is the same in both."
		if len(swapped) > 0 {
			row.Explanation = strings.Join(swapped, "; ") + "."
		}
		return row, nil
	},
}
