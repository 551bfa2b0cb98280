package rules

import (
	"fmt"
	"math/big"

	"diplometrics/datasets"
)

var unitScale = Rule{
	Name:    "unit_scale",
	Doc:     `Whether a value means, in the unit that it is printed in, what the source of the quantity publishes. A percentage is worth a hundredth of its digits: "0.8628 %" of an index that runs from 0 to 1 is 0.008628. The claim is consistent if the value in its own unit and the reference in its own agree at the coarser of their last digits; where they disagree but the bare digits agree, the explanation says so. Implied is the reference, in the unit that the value is printed in. Values in per cent have the unit percent; every other unit is taken as it stands.`,
	Source:  "Definition of per cent; the index itself by its publisher.",
	Version: 1,
	Inputs:  []string{"value", "reference"},
	Claim: func(c *Claim) (datasets.AuditRow, error) {
		var row datasets.AuditRow
		if err := c.numbers(); err != nil {
			return row, err
		}
		value, reference := c.One("value"), c.One("reference")
		printed, published := value.Rounded().scaled(1, value.perUnit()), reference.Rounded().scaled(1, reference.perUnit())
		row.Verdict = verdict(printed.meets(published))
		published.scaled(value.perUnit(), 1).imply(&row, value.unit())
		row.Explanation = fmt.Sprintf("%s is %s; the publisher's value is %s.", value,
			show(new(big.Rat).Quo(value.Value, big.NewRat(value.perUnit(), 1)), 6), show(new(big.Rat).Quo(reference.Value, big.NewRat(reference.perUnit(), 1)), 6))
		if row.Verdict == datasets.Inconsistent && value.Rounded().meets(reference.Rounded()) {
			row.Explanation += " Without the unit the digits agree."
		}
		return row, nil
	},
}

// perUnit returns how many of the number's unit make 1.
func (n Number) perUnit() int64 {
	if n.unit() == "percent" {
		return 100
	}
	return 1
}
