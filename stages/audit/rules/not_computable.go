package rules

import "diplometrics/datasets"

var notComputable = Rule{
	Name:    "not_computable",
	Doc:     `A claim or defect that no arithmetic on printed values can settle: a missing number, an ambiguous sentence, a reference to the wrong document. It is listed as not testable, with the reason, so that the list of doubts about a source is complete.`,
	Source:  "The study's claims list.",
	Version: 1,
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		return datasets.AuditRow{Verdict: datasets.NotTestable, Explanation: c.Reason}, nil
	},
}
