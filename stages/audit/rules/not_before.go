package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var notBefore = Rule{
	Name:    "not_before",
	Doc:     `Whether a document could know what it is cited for: its date is not before the period that the value is about. A page of February 2016 cannot report the end of 2016, nor an article of 2021 a ranking of 2022. Dates are years, months or days; the document is given its latest day and the period its first, so a document of the same year passes. Input document is a published value or a literal whose period is the date of the document; input about likewise gives the period of the value, a range counting from its last part.`,
	Source:  "Order of dates.",
	Version: 1,
	Inputs:  []string{"document", "about"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		document, about := c.One("document"), c.One("about")
		_, latest, ok := days(document.period())
		if !ok {
			return row, fmt.Errorf("inputs: document has the date %q, expected 2016, 2016-02 or 2016-02-08", document.period())
		}
		earliest, _, ok := days(about.period())
		if !ok {
			return row, fmt.Errorf("inputs: about has the period %q, expected 2016, 2016-12 or 2016-12-31", about.period())
		}
		row.Verdict = verdict(latest >= earliest)
		row.Explanation = fmt.Sprintf("The document is of %s; the value is about %s.", document.period(), about.period())
		return row, nil
	},
}
