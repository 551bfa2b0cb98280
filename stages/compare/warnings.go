package compare

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
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

// attainable warns where no small p could be had, and says whether that is for
// the numbers of accounts or for their values.
func attainable(r *datasets.Comparison, strata []sample.Stratum) {
	p := r.PAttainable.V
	if p <= 1-confidence {
		return
	}
	var sizes [][2]int
	same, tied := true, false
	for _, st := range strata {
		sizes = append(sizes, [2]int{len(st.A), len(st.B)})
		x := slices.Sorted(slices.Values(slices.Concat(st.A, st.B)))
		distinct := len(slices.Compact(slices.Clone(x)))
		same, tied = same && distinct == 1, tied || distinct < len(x)
	}
	least := sample.LeastAttainable(sizes...)
	where := "all values are equal"
	if len(strata) > 1 {
		where = "all values on each platform are equal"
	}
	numbers := fmt.Sprintf("with %d and %d accounts no p below %.3g can be reached, whatever the data", r.NAccountsA, r.NAccountsB, least)
	switch {
	case same && least > 1-confidence:
		warn(r, where+", so that p can only be 1; "+numbers)
	case same:
		warn(r, where+", so that p can only be 1")
	case least > 1-confidence && p > least*(1+1e-9):
		warn(r, numbers+fmt.Sprintf(", and with these values none below %.3g", p))
	case least > 1-confidence:
		warn(r, numbers)
	case tied:
		warn(r, fmt.Sprintf("so many values are equal that no p below %.3g can be reached; the numbers of accounts alone would allow %.3g", p, least))
	default:
		warn(r, fmt.Sprintf("with these values no p below %.3g can be reached; the numbers of accounts alone would allow %.3g", p, least))
	}
}

var number = regexp.MustCompile(`[0-9]+([.,][0-9]+)*`)

// doubts are the flags of a country's values, each with the number of accounts
// that it is about. Flags that differ in their numbers only are one, of which
// the first is given as an example.
func doubts(country string, units []unit) []string {
	type kind struct {
		accounts int
		example  string
		several  bool
	}
	kinds := map[string]*kind{}
	averaged, persons := 0, 0
	for i := range units {
		u := &units[i]
		if u.averaged {
			averaged++
		}
		if u.of.Person {
			persons++
		}
		if len(u.flags) == 0 {
			continue
		}
		seen := map[string]bool{}
		for _, f := range u.flags {
			for _, text := range strings.Split(f, "; ") {
				key := number.ReplaceAllString(text, "0")
				k := kinds[key]
				if k == nil {
					k = &kind{example: text}
					kinds[key] = k
				}
				if !seen[key] {
					k.accounts++
				}
				seen[key] = true
				k.several = k.several || text != k.example
			}
		}
	}
	var out []string
	if persons > 0 {
		out = append(out, fmt.Sprintf("%s: %s of a person, compared like an institution", country, plural(persons, "account")))
	}
	if averaged > 0 {
		out = append(out, fmt.Sprintf("%s: %s with several values in the window, averaged", country, plural(averaged, "account")))
	}
	for _, key := range slices.Sorted(maps.Keys(kinds)) {
		k := kinds[key]
		text := k.example
		if k.several {
			text = "such as: " + text
		}
		out = append(out, fmt.Sprintf("%s: %s: %s", country, plural(k.accounts, "account"), text))
	}
	return out
}

// repeated warns of organizations with several accounts among those of two
// sides.
func repeated(x, y []unit) string {
	type organization struct{ country, name string }
	n := make(map[organization]int, len(x)+len(y))
	for _, units := range [...][]unit{x, y} {
		for i := range units {
			of := units[i].of
			n[organization{of.Country.V, of.Organization}]++
		}
	}
	several, accounts := 0, 0
	for _, k := range n {
		if k > 1 {
			several++
			accounts += k
		}
	}
	if several == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d accounts belong to %s with several accounts, which are taken as independent", accounts, len(x)+len(y), plural(several, "organization"))
}

// opposite warns where the crude contrast and the standardised one point in
// opposite directions, and says whether that may be noise.
func opposite(p *part, crude *crudely, mean *datasets.Comparison) string {
	if !crude.row.Effect.OK || !mean.Effect.OK {
		return ""
	}
	c, m, none := crude.row.Effect.V, mean.Effect.V, 0.0
	dust := crude.dust
	if p.scale == Ratio {
		c, m = math.Log(c), math.Log(m)
		none = 1
	}
	if !(math.Abs(c) > dust && math.Abs(m) > dust) || (c > 0) == (m > 0) {
		return ""
	}
	text := fmt.Sprintf("crude and standardised effects point in opposite directions: %.4g over all accounts without regard to platform, %.4g standardised", crude.row.Effect.V, mean.Effect.V)
	low, high := p.back(crude.interval.Low), p.back(crude.interval.High)
	if !low.OK || !high.OK || !mean.Low.OK || !mean.High.OK {
		return text + ", and there is no interval of both to tell whether that is more than noise"
	}
	text = fmt.Sprintf("crude and standardised effects point in opposite directions: %.4g over all accounts without regard to platform (Welch's 95 %% interval %.4g to %.4g), %.4g standardised (%.4g to %.4g)",
		crude.row.Effect.V, low.V, high.V, mean.Effect.V, mean.Low.V, mean.High.V)
	noiseC := low.V <= none && high.V >= none
	noiseM := mean.Low.V <= none && mean.High.V >= none
	switch {
	case noiseC && noiseM:
		return text + fmt.Sprintf(", both of which include %g (no difference), so that this may be noise", none)
	case noiseC:
		return text + fmt.Sprintf(", of which the crude one includes %g (no difference)", none)
	case noiseM:
		return text + fmt.Sprintf(", of which the standardised one includes %g (no difference)", none)
	}
	return "Simpson's paradox: " + text + ", each beyond its 95 % interval"
}
