package rules

import (
	"fmt"
	"math/big"
	"strings"

	"diplometrics/datasets"
)

var leadsPerFollower = Rule{
	Name:    "leads_per_follower",
	Doc:     `Whether what a text calls the leading platform also leads in likes per post per 1,000 followers, the measure that does not grow with the audience (P3 of Bonson and Ratkai). For each platform the mean likes stand for all that rounds to their print and are divided by the followers. The claim is inconsistent if the leader's range lies below another's, consistent if it lies above all others, and not testable if the ranges overlap. Implied is the leader's range. The text may mean raw counts: this verdict stands beside that of leads_on_printed, not against it.`,
	Source:  "Bonson and Ratkai (2013), Online Information Review 37(5), doi:10.1108/OIR-03-2012-0054.",
	Version: 1,
	Inputs:  []string{"leader+", "other+"},
	Claim:   judgePerFollower,
}

func judgePerFollower(c *Claim) (datasets.AuditRow, error) {
	var row datasets.AuditRow
	if err := c.numbers(); err != nil {
		return row, err
	}
	leader, err := perFollower(c.All("leader"))
	if err != nil {
		return row, fmt.Errorf("inputs: leader: %w", err)
	}
	if len(leader) != 1 {
		return row, fmt.Errorf("inputs: leader has %d platforms, expected one", len(leader))
	}
	others, err := perFollower(c.All("other"))
	if err != nil {
		return row, fmt.Errorf("inputs: other: %w", err)
	}
	row.Verdict = datasets.Consistent
	said := []string{leader[0].String()}
	for _, o := range others {
		said = append(said, o.String())
		switch {
		case leader[0].High.Cmp(o.Low) < 0:
			row.Verdict = datasets.Inconsistent
		case leader[0].Low.Cmp(o.High) <= 0 && row.Verdict == datasets.Consistent:
			row.Verdict = datasets.NotTestable
		}
	}
	leader[0].imply(&row, "likes per post per 1000 followers")
	row.Explanation = "Likes per post per 1,000 followers: " + strings.Join(said, "; ") + "."
	if row.Verdict == datasets.NotTestable {
		row.Explanation += " The ranges overlap: rounding in print hides the order."
	}
	return row, nil
}

type reach struct {
	name string
	Interval
}

func (r reach) String() string { return r.name + " " + r.Interval.String() }

// perFollower pairs the mean likes and the followers of each platform, in the
// order of the mean likes.
func perFollower(numbers []Number) ([]reach, error) {
	var all []reach
	for _, likes := range numbers {
		if likes.indicator() != "likes_mean" {
			continue
		}
		found := false
		for _, followers := range numbers {
			if followers.indicator() != "followers" || followers.Name() != likes.Name() {
				continue
			}
			if followers.Span().Low.Sign() <= 0 {
				return nil, fmt.Errorf("%s has %s followers, expected more than 0", followers.Name(), followers.Text)
			}
			found = true
			span := likes.Span()
			if span.Low.Sign() < 0 {
				span.Low = new(big.Rat)
			}
			all = append(all, reach{likes.Name(), span.over(followers.Span()).scaled(1000, 1)})
		}
		if !found {
			return nil, fmt.Errorf("%s has likes_mean, expected followers beside it", likes.Name())
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no value has the indicator likes_mean")
	}
	return all, nil
}
