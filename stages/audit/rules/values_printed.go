package rules

import (
	"fmt"
	"slices"
	"strings"

	"diplometrics/datasets"
)

var valuesPrinted = Rule{
	Name:    "values_printed",
	Doc:     `Whether a source prints numbers of the kind that it says it reports, or says it does not have. Counted are the source's transcribed values that hold a number and have one of the named indicators (all indicators where none is named). A claim with promised=#some is consistent if there is at least one, a claim with promised=#none if there is none. n is their number. The verdict is as complete as the transcription.`,
	Source:  "Counting.",
	Version: 1,
	Inputs:  []string{"promised", "indicator*"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		promised := c.One("promised").Text
		if promised != "some" && promised != "none" {
			return row, fmt.Errorf("inputs: promised is %q, expected #some or #none", promised)
		}
		var wanted []string
		for _, in := range c.All("indicator") {
			wanted = append(wanted, in.Text)
		}
		count := 0
		var example string
		for _, p := range c.Published {
			if p.Value.OK && (len(wanted) == 0 || slices.Contains(wanted, p.Indicator)) {
				if count == 0 {
					example = p.ID
				}
				count++
			}
		}
		row.Verdict = verdict((count > 0) == (promised == "some"))
		row.N = datasets.Some(int64(count))
		of := "any indicator"
		if len(wanted) > 0 {
			of = strings.Join(wanted, ", ")
		}
		row.Explanation = fmt.Sprintf("Of the %d transcribed values of the source, %d are numbers of %s", len(c.Published), count, of)
		if count > 0 {
			row.Explanation += " (the first is " + example + ")"
		}
		row.Explanation += "."
		return row, nil
	},
}
