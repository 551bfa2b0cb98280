package rules

import (
	"fmt"
	"math/big"

	"diplometrics/datasets"
)

var partOfTotal = Rule{
	Name:    "part_of_total",
	Doc:     `Whether a printed percentage is the printed part of a printed total: part / total x 100, where the total is given, or is the part and the rest together. All values stand for what rounds to their print; the claim is consistent if some percentage that they allow rounds to the printed one. Implied is the range of percentages. The rule takes for granted that part and percentage are meant to be of the same whole and time.`,
	Source:  "Interval arithmetic on rounded values.",
	Version: 1,
	Inputs:  []string{"percent", "part", "rest*", "total?"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		percent, part, rests, total := c.One("percent"), c.One("part"), c.All("rest"), c.One("total")
		if (len(rests) > 0) == (total.Value != nil) {
			return row, fmt.Errorf("inputs: expected either rest or total")
		}
		p := part.Span()
		least, greatest, name := p, p, part.String() // totals that go with the least and the greatest part
		if total.Value != nil {
			t := total.Span()
			least, greatest, name = t, t, total.String()
		}
		for _, r := range rests {
			least, greatest = least.plus(r.Span()), greatest.plus(r.Span())
			name += " + " + r.String()
		}
		if total.Value == nil {
			// The part is in the total too: both are at the same end together.
			width := new(big.Rat).Sub(p.High, p.Low)
			least = Interval{least.Low, new(big.Rat).Sub(least.High, width)}
			greatest = Interval{new(big.Rat).Add(greatest.Low, width), greatest.High}
		}
		if least.Low.Sign() <= 0 || greatest.Low.Sign() <= 0 {
			return row, fmt.Errorf("inputs: the total %s may be 0, expected more", name)
		}
		share := Interval{new(big.Rat).Quo(p.Low, least.High), new(big.Rat).Quo(p.High, greatest.Low)}.scaled(100, 1)
		share.imply(&row, "percent")
		row.Verdict = verdict(share.meets(percent.Rounded()))
		row.Explanation = fmt.Sprintf("%s of %s is %s %%; printed is %s.", part, name, share, percent)
		return row, nil
	},
}
