package rules

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
)

var leadsOnPrinted = Rule{
	Name:    "leads_on_printed",
	Doc:     `Whether what a text calls the leading (main, most active, most popular) platform has the greatest printed value in every indicator. Each value of the leader is compared with the values of the others for the same indicator; the claim is consistent if none of them is equal or greater. The values are compared as printed: platforms with more followers lead on raw counts (see leads_per_follower).`,
	Source:  "Comparison of the values as printed.",
	Version: 1,
	Inputs:  []string{"leader+", "other+"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		var behind, ahead []string
		leads := 0
		for _, leader := range c.All("leader") {
			compared := false
			for _, other := range c.All("other") {
				if other.indicator() != leader.indicator() {
					continue
				}
				compared = true
				pair := fmt.Sprintf("%s %s %s against %s %s", leader.indicator(), leader.Name(), leader.Text, other.Name(), other.Text)
				if leader.Value.Cmp(other.Value) > 0 {
					ahead = append(ahead, pair)
					leads++
				} else {
					behind = append(behind, pair)
				}
			}
			if !compared {
				return row, fmt.Errorf("inputs: leader has the indicator %s, no other has it", leader.indicator())
			}
		}
		row.Verdict = verdict(len(behind) == 0)
		row.N = datasets.Some(int64(len(ahead) + len(behind)))
		row.Explanation = fmt.Sprintf("Leads in %d of %d comparisons. ", leads, len(ahead)+len(behind))
		if len(behind) > 0 {
			row.Explanation += "Does not lead: " + strings.Join(behind, "; ") + "."
		} else {
			row.Explanation += "Leads: " + strings.Join(ahead, "; ") + "."
		}
		return row, nil
	},
}
