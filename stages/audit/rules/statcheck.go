package rules

import (
	"fmt"
	"regexp"

	"diplometrics/datasets"
)

var statcheck = Rule{
	Name:    "statcheck",
	Doc:     `Whether printed test statistics, degrees of freedom and p-values agree (statcheck). One row a source: not applicable where no transcribed value reads like a result in APA style ("t(28) = 2.20, p = .036"), which is not a pass; not testable where one does, because the statistic is not recomputed here: use the statcheck package of R.`,
	Source:  "Nuijten, Hartgerink, van Assen, Epskamp and Wicherts (2016), Behavior Research Methods 48, doi:10.3758/s13428-015-0664-2.",
	Version: 1,
	Group: func(g *Group) []datasets.AuditRow {
		row := datasets.AuditRow{
			Locator: wholeDocument, Subject: "study", Indicator: "test_statistic",
			Verdict:     datasets.NotApplicable,
			Explanation: fmt.Sprintf("None of the %s is a test statistic with its p.", transcribed(g)),
		}
		for _, p := range g.Published {
			if apaResult.MatchString(p.ValueText) {
				row.Verdict = datasets.NotTestable
				row.ValueText = asPrinted(p.ValueText)
				row.Explanation = fmt.Sprintf("%s is a test statistic; recompute its p with the statcheck package of R.", p.ID)
				break
			}
		}
		return []datasets.AuditRow{row}
	},
}

var apaResult = regexp.MustCompile(`(?i)(?:\b[tFrQz]|χ2|χ²|chi2)\s*(?:\([\d.,\s=N]+\))?\s*[=<>]\s*-?[\d.]+\s*,\s*p\s*[=<>]`)
