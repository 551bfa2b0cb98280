package compare

import (
	"fmt"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// outcomes are the metrics and parts of the primary family.
var outcomes = [3][2]string{{engagement, "at_posting"}, {postingRate, "observed"}, {zeroShare, "all"}}

func isPrimary(p *part) bool {
	for _, o := range outcomes {
		if p.metric == o[0] && p.name == o[1] {
			return true
		}
	}
	return false
}

// primary puts a row into the primary family, unless the coverage of an account
// behind it is inferred.
func primary(r *datasets.Comparison, units []unit) {
	inferred := 0
	for _, u := range units {
		for _, f := range u.flags {
			if strings.Contains(f, datasets.InferredCoverage) {
				inferred++
				break
			}
		}
	}
	if inferred > 0 {
		warn(r, fmt.Sprintf("not in the primary family: the coverage of %s is inferred", plural(inferred, "account")))
		return
	}
	r.Family = datasets.Primary
}

// adjust fills in the adjusted p: Holm in the primary family, Benjamini and
// Hochberg in the other; those of dunn have theirs.
func adjust(rows []datasets.Comparison) {
	first, rest := make([]datasets.Opt[float64], len(rows)), make([]datasets.Opt[float64], len(rows))
	for i, r := range rows {
		switch {
		case r.Family == datasets.Primary:
			first[i] = r.P
		case r.Method != dunn:
			rest[i] = r.P
		}
	}
	first, rest = sample.Holm(first), sample.BenjaminiHochberg(rest)
	for i := range rows {
		switch {
		case first[i].OK:
			rows[i].PAdjusted = first[i]
		case rest[i].OK:
			rows[i].PAdjusted = rest[i]
		}
	}
}
