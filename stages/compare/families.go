package compare

import (
	"fmt"
	"slices"
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

// outside says which flags keep a row out of the primary family, and why.
var outside = []struct{ flag, why string }{
	{datasets.InferredCoverage, "the coverage of %s is inferred"},
	{datasets.Undated, "%s with posts without a time, which may lie in the window or not"},
}

// primary puts a row into the primary family, unless the exposure or the posts
// of an account behind it are not known.
func primary(r *datasets.Comparison, units []unit) {
	r.Family = datasets.Primary
	for _, o := range outside {
		n := 0
		for _, u := range units {
			if slices.ContainsFunc(u.flags, func(f string) bool { return strings.Contains(f, o.flag) }) {
				n++
			}
		}
		if n > 0 {
			r.Family = datasets.Exploratory
			warn(r, "not in the primary family: "+fmt.Sprintf(o.why, plural(n, "account")))
		}
	}
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
