package rules

import (
	"fmt"
	"math/big"

	"diplometrics/datasets"
)

var zeroOrHidden = Rule{
	Name:    "zero_or_hidden",
	Doc:     `A printed mean of 0 likes has three readings: no post was liked, the mean was below half a unit of the last digit, or the page shows no likes at all because the platform has none or the owner hides them. The print does not tell them apart, so the cell is not testable; the total that rounding would allow is given. Cells that print another mean, or none, have no row.`,
	Source:  "Definition of missing in this project: hidden, absent and zero are three things.",
	Version: 1,
	Window: func(w *datasets.AccountWindow) (datasets.AuditRow, bool) {
		mean, ok, err := cell(w.LikesMeanText, w.LikesMean)
		if err != nil || !ok || mean.Value.Sign() != 0 {
			return datasets.AuditRow{}, false
		}
		row := datasets.AuditRow{
			Indicator:   "likes_mean",
			ValueText:   asPrinted(mean.Text),
			Verdict:     datasets.NotTestable,
			N:           w.LikesN,
			Explanation: "The print does not tell whether no post was liked, the mean rounds to 0, or likes are not shown.",
		}
		if w.LikesN.OK && w.LikesN.V > 0 {
			n := new(big.Rat).SetInt64(w.LikesN.V)
			if low, high, ok := integersIn(mean.Rounded().times(Interval{n, n})); ok {
				span := Interval{new(big.Rat).SetInt(low), new(big.Rat).SetInt(high)}
				span.imply(&row, "likes")
				row.Explanation += fmt.Sprintf(" If they are shown, %d posts had %s likes together.", w.LikesN.V, span)
			}
		}
		return row, true
	},
}
