package rules

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
)

var debit = Rule{
	Name:    "debit",
	Doc:     `Whether the printed mean m and standard deviation of a yes-or-no variable belong together (DEBIT): the deviation must be the square root of n/(n-1) m (1-m). One row a source: not applicable where no standard deviation is among its transcribed values, which is not a pass; not testable where there is one, because the transcription does not say that the variable is binary.`,
	Source:  "Heathers and Brown (2019), DEBIT: a simple consistency test for binary data, osf.io/5vb3u.",
	Version: 1,
	Group: func(g *Group) []datasets.AuditRow {
		row := datasets.AuditRow{
			Locator: wholeDocument, Subject: "study", Indicator: "standard_deviation",
			Verdict:     datasets.NotApplicable,
			Explanation: fmt.Sprintf("None of the %s is a standard deviation.", transcribed(g)),
		}
		for _, p := range g.Published {
			if p.Indicator == "sd" || p.Indicator == "standard_deviation" || strings.HasSuffix(p.Indicator, "_sd") {
				row.Verdict = datasets.NotTestable
				row.ValueText = asPrinted(p.ValueText)
				row.Explanation = fmt.Sprintf("%s is a standard deviation; whether its variable is binary is not transcribed. Check it by hand.", p.ID)
				break
			}
		}
		return []datasets.AuditRow{row}
	},
}

const wholeDocument = "whole document"

// transcribed says how much of a source was looked at.
func transcribed(g *Group) string {
	var parts []string
	if n := len(g.Published); n > 0 {
		parts = append(parts, fmt.Sprintf("transcribed values (%d)", n))
	}
	if n := len(g.Windows); n > 0 {
		parts = append(parts, fmt.Sprintf("counted windows (%d)", n))
	}
	return strings.Join(parts, " and ")
}
