package plan

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"
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
	fmt.Fprintf(w, "pair\tleast p\tposting: interval\tratio found\tin the family\tengagement: interval\tratio found\tin the family\tzero share: interval\n")
	for _, pair := range p.Pairs {
		o := pair.Outcomes
		fmt.Fprintf(w, "%s and %s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", pair.A.Code, pair.B.Code, least(pair.LeastP),
			times(o[0].Width), ratio(o[0].Alone), ratio(o[0].Family), plusMinus(o[1].Width, 1), ratio(o[1].Alone), ratio(o[1].Family), plusMinus(o[2].Width, 100))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(w, `
least p        the least p that relabeling these accounts can give, whatever the data
interval       expected 95 %% interval where two countries are alike: of the posting rate a factor
               up and down, of engagement (mean ln(1 + 1000 I/F)) and of the share of posts
               without an interaction (in points) what is added and taken away
ratio found    the least ratio of posting, or of interactions per follower, at which 80 %% of studies
               tell two countries apart at 5 %%
in the family  the same at %.2g %%, which Holm's correction asks of the least p of the %d primary
               comparisons
none           no ratio up to %d, or not with so few accounts

`, 100*alpha/float64(p.Tests), p.Tests, Most)
	fmt.Fprintf(w, "What more would buy, for the pair that can tell least:\n\ndesign\tpair\tleast p\tposting: interval\tratio found\tin the family\tengagement: interval\tratio found\tin the family\n")
	for _, m := range p.More {
		pair := weakest(m.Pairs)
		o := pair.Outcomes
		fmt.Fprintf(w, "%s\t%s %d, %s %d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", m.What, pair.A.Code, pair.A.Accounts, pair.B.Code, pair.B.Accounts, least(pair.LeastP),
			times(o[0].Width), ratio(o[0].Alone), ratio(o[0].Family), plusMinus(o[1].Width, 1), ratio(o[1].Alone), ratio(o[1].Family))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	var medians []string
	for _, platform := range d.Platforms {
		process := d.Parameters.Neutral(d.Kind, platform)
		medians = append(medians, fmt.Sprintf("%s %.0f followers, %.3g posts a month", platform, process.Followers, process.Rate*30.4375))
	}
	_, err := fmt.Fprintf(out, `
It rests on the parameters that diplometrics list parameters explains: of the median account
%s. Accounts that differ more than these ask for more of them.
Studies are judged by the interval of the comparison (Welch's t on account summaries), which the
permutation test follows closely. A third of a month without collection, or accounts that are
silent, cost what they cost here too: plan with a few accounts to spare.
`, strings.Join(medians, "; "))
	return err
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
func plusMinus(width, unit float64) string {
	if math.IsNaN(width) {
		return "none"
	}
	return fmt.Sprintf("± %.2g", unit*width/2)
}

func ratio(r float64) string {
	if math.IsInf(r, 1) {
		return "none"
	}
	return fmt.Sprintf("%.2g", r)
}
