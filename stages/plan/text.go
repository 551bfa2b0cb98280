package plan

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"diplometrics/stages/sample"
	"diplometrics/stages/simulate"
)

// WriteText writes the plan in words and tables. Equal plans are equal bytes.
func (p *Plan) WriteText(out io.Writer) error {
	d := &p.Design
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	var sides []string
	for _, s := range d.Countries {
		sides = append(sides, fmt.Sprintf("%s %d", s.Code, s.Accounts))
	}
	fmt.Fprintf(w, "SIMULATED: what a study of %g months could find, by %d simulated studies for each number.\n", d.Months, d.Studies)
	fmt.Fprintf(w, "Accounts of the kind %s on each of %s: %s.\n\n", d.Kind, strings.Join(d.Platforms, ", "), strings.Join(sides, ", "))
	fmt.Fprintf(w, "pair\tleast p\toutcome\tinterval\tratio found\tin the family\n")
	for i := range p.Pairs {
		pair := &p.Pairs[i]
		pair.rows(w, pair.A.Code+" and "+pair.B.Code)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, `
least p        the least p that relabeling these accounts can give, whatever the data
interval       expected 95 %% interval where two countries are alike: of the posting rate
               a factor up and down; of engagement, mean ln(1 + 1000 I/F), and of the
               share of posts without an interaction what is added and taken away
ratio found    the least ratio of posting, or of interactions per follower, at which
               80 %% of studies tell two countries apart at 5 %%
in the family  the same at %.2g %%, which Holm's correction asks of the least p of the
               %d primary comparisons
none           no ratio up to %d, or not with so few accounts, or not on platforms whose
               exports do not tell all interactions (telegram)

`, 100*alpha/float64(p.Tests), p.Tests, Most)
	fmt.Fprintf(w, "What more would buy, for the pair that can tell least:\n\ndesign and pair\tleast p\toutcome\tinterval\tratio found\tin the family\n")
	for _, m := range p.More {
		pair := weakest(m.Pairs)
		pair.rows(w, m.What, fmt.Sprintf("  %s %d, %s %d", pair.A.Code, pair.A.Accounts, pair.B.Code, pair.B.Accounts))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var medians []string
	for _, platform := range d.Platforms {
		process := d.Parameters.Neutral(d.Kind, platform)
		medians = append(medians, fmt.Sprintf("%s %.0f followers, %.3g posts a month", platform, process.Followers, process.Rate*sample.DaysPerMonth))
	}
	_, err := fmt.Fprintf(out, `
The median account has, by the parameters that diplometrics list parameters prints:
%s.
Accounts that differ more than those of the parameters ask for more of them. Studies
are judged by the interval of the comparison (Welch's t on summaries of accounts),
which the permutation test follows closely. Days without collection and accounts that
are silent are not reckoned with: plan with a few accounts to spare.
`, strings.Join(medians, ";\n"))
	return err
}

// rows writes the outcomes of a pair, a row each, of which the first rows bear
// the names.
func (p *Pair) rows(w io.Writer, names ...string) {
	for i, o := range p.Outcomes {
		name, leastP := "", ""
		if i < len(names) {
			name = names[i]
		}
		if i == 0 {
			leastP = least(p.LeastP)
		}
		switch o.Metric {
		case simulate.PostingRate:
			fmt.Fprintf(w, "%s\t%s\tposting\t%s\t%s\t%s\n", name, leastP, times(o.Width), ratio(o.Alone), ratio(o.Family))
		case simulate.Engagement:
			fmt.Fprintf(w, "%s\t%s\tengagement\t%s\t%s\t%s\n", name, leastP, plusMinus(o.Width, 1, ""), ratio(o.Alone), ratio(o.Family))
		case simulate.ZeroShare:
			fmt.Fprintf(w, "%s\t%s\tzero share\t%s\n", name, leastP, plusMinus(o.Width, 100, " points"))
		}
	}
}

func least(p float64) string {
	if p < 0.001 {
		return fmt.Sprintf("%.1e", p)
	}
	return fmt.Sprintf("%.3f", p)
}

// times is half an interval of a log ratio, as a factor.
func times(width float64) string {
	if math.IsNaN(width) {
		return "none"
	}
	return fmt.Sprintf("×/÷ %.3g", math.Exp(width/2))
}

// plusMinus is half an interval of a difference.
func plusMinus(width, times float64, unit string) string {
	if math.IsNaN(width) {
		return "none"
	}
	return fmt.Sprintf("± %.2g", times*width/2) + unit
}

func ratio(r float64) string {
	if math.IsInf(r, 1) {
		return "none"
	}
	return fmt.Sprintf("%.2g", r)
}
