package compare

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// outcomes are the metrics and parts of the primary family.
var outcomes = [3][2]string{{engagement, "at_posting"}, {postingRate, "observed"}, {zeroShare, "all"}}

func isPrimary(p *part) bool { return slices.Contains(outcomes[:], [2]string{p.metric, p.name}) }

// PrimaryFamily returns the rows that Run puts into the primary family, and
// those that doubts keep out of it, without everything else, which takes many
// times as long.
func PrimaryFamily(ctx context.Context, p Params, in Input) ([]datasets.Comparison, error) {
	calibration, err := readCalibration(calibrationCSV)
	if err != nil {
		return nil, err
	}
	s := collect(p, in)
	s.calibration = calibration
	var out Output
	for _, part := range s.parts {
		if !isPrimary(part) {
			continue
		}
		s.pairs(func(a, b string) {
			strata, _ := part.shared(p.Countries, a, b)
			out.Comparisons = append(out.Comparisons, s.means(part, a, b, standardised, strata, "", true))
		})
	}
	drawn, err := s.draw(ctx)
	if err != nil {
		return nil, err
	}
	for i := range out.Comparisons {
		fillIn(&out.Comparisons[i], "", drawn)
	}
	adjust(out.Comparisons)
	out.finish()
	return out.Comparisons, nil
}

// outside says which flags keep a row out of the primary family, and why.
var outside = []struct{ flag, why string }{
	{datasets.InferredCoverage, "the coverage of %s is inferred"},
	{datasets.SeemsCut, "%s with as many posts as the export seems to have been cut at, so that rates are lower bounds"},
	{datasets.Undated, "%s with posts without a time, which may lie in the window or not"},
}

// primary puts a row into the primary family, unless the exposure or the posts
// of an account behind it are not known.
func primary(r *datasets.Comparison, x, y []unit) {
	r.Family = datasets.Primary
	for _, o := range outside {
		n := 0
		for _, units := range [...][]unit{x, y} {
			for i := range units {
				if slices.ContainsFunc(units[i].flags, func(f string) bool { return strings.Contains(f, o.flag) }) {
					n++
				}
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
