package compare

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"diplometrics/datasets"
)

const indicative = "interval indicative: fewer than eight accounts on a side"

// warn adds doubts to a row; empty ones are none.
func warn(r *datasets.Comparison, doubts ...string) {
	for _, d := range doubts {
		switch {
		case d == "":
		case r.Warnings.OK:
			r.Warnings.V += "; " + d
		default:
			r.Warnings = datasets.Some(d)
		}
	}
}

// attainable warns where no data could have given a small p.
func attainable(r *datasets.Comparison) {
	if r.PAttainable.V > 1-confidence {
		warn(r, fmt.Sprintf("with %d and %d accounts no p below %.3g can be reached, whatever the data", r.NAccountsA, r.NAccountsB, r.PAttainable.V))
	}
}

var number = regexp.MustCompile(`[0-9]+([.,][0-9]+)*`)

// doubts are the flags of a country's values, each with the number of accounts
// that it is about. Flags that differ in their numbers only are one.
func doubts(country string, units []unit) []string {
	n := map[string]int{}
	averaged := 0
	for _, u := range units {
		if u.averaged {
			averaged++
		}
		seen := map[string]bool{}
		for _, f := range u.flags {
			for _, one := range strings.Split(f, "; ") {
				seen[number.ReplaceAllString(one, "N")] = true
			}
		}
		for f := range seen {
			n[f]++
		}
	}
	var out []string
	if averaged > 0 {
		out = append(out, fmt.Sprintf("%s: %s with several values in the window, averaged", country, plural(averaged, "account")))
	}
	for _, f := range slices.Sorted(maps.Keys(n)) {
		out = append(out, fmt.Sprintf("%s: %s: %s", country, plural(n[f], "account"), f))
	}
	return out
}

// repeated warns of organizations with accounts on several platforms.
func repeated(units []unit) string {
	n := map[string]int{}
	for _, u := range units {
		n[u.organization]++
	}
	several := 0
	for _, k := range n {
		if k > 1 {
			several++
		}
	}
	if several == 0 {
		return ""
	}
	return plural(several, "organization") + " with several accounts, which are taken as independent"
}

// simpson warns where the crude contrast and the standardised one point in
// opposite directions.
func simpson(p *part, crude, mean *datasets.Comparison) string {
	if !crude.Effect.OK || !mean.Effect.OK {
		return ""
	}
	zero := 0.0
	if p.scale == Ratio {
		zero = 1
	}
	if (crude.Effect.V-zero)*(mean.Effect.V-zero) >= 0 {
		return ""
	}
	return fmt.Sprintf("Simpson's paradox: over all accounts without regard to platform the effect is %.4g, in the opposite direction", crude.Effect.V)
}
