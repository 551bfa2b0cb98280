package rules

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
)

var oneMeasure = Rule{
	Name:    "one_measure",
	Doc:     `Whether values that a text compares, or gives as one, measure the same thing: the same indicator in the same unit. A count of all embassies and a list of embassies named as examples are not comparable, nor are users and interactions. The indicator and unit are those under which the published values were transcribed; a literal stands for the indicator that a text claims, and is not compared by unit.`,
	Source:  "Comparison of indicators and units.",
	Version: 1,
	Inputs:  []string{"value+"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		values, err := c.several("value")
		if err != nil {
			return row, err
		}
		row.Verdict = datasets.Consistent
		var measures []string
		var first Number // the first that has a unit to compare
		for _, v := range values {
			if v.indicator() != values[0].indicator() {
				row.Verdict = datasets.Inconsistent
			}
			if v.Row == nil {
				measures = append(measures, "the text calls it "+v.Text)
				continue
			}
			if first.Row == nil {
				first = v
			}
			if v.unit() != first.unit() {
				row.Verdict = datasets.Inconsistent
			}
			measure := fmt.Sprintf("%s %q is %s", v.Name(), v.Text, v.indicator())
			if v.unit() != "" {
				measure += " in " + v.unit()
			}
			measures = append(measures, measure)
		}
		row.Explanation = strings.Join(measures, "; ") + "."
		return row, nil
	},
}

func (n Number) indicator() string {
	if n.Row == nil {
		return n.Text
	}
	return n.Row.Indicator
}
