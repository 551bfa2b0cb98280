package report

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// significant is below what an adjusted p counts.
const significant = 0.05

// Platform and methods of the rows that sentences are made from.
const (
	standardised = "standardised"
	contrast     = "mean_contrast"
)

// outcome is a part of a metric that the first page tells of, and how its
// estimates and contrasts are said.
type outcome struct {
	metric, part string
	noun         string // of a country: its posting rate
	method       string // of the estimates

	times        bool                  // a contrast is said as a ratio
	contrast     func(float64) float64 // from the table to the sentence
	contrastUnit string                // of a difference
	estimate     func(float64) float64
	unit         string // of an estimate
	counted      string // what n counts
	back         string // how the estimates come from the table; "" where they are as they stand there
}

func same(v float64) float64       { return v }
func percent(v float64) float64    { return 100 * v }
func lessOne(v float64) float64    { return math.Expm1(v) }
func growthRate(v float64) float64 { return 100 * math.Expm1(v) }

// halfAPost says what geometric means of posting rates are of.
const halfAPost = "Means are of logarithms of (posts + ½) by days, turned back, so that an account without a post counts too; they lie below plain means"

// Outcomes by section: the first that has a value is told of.
var (
	growths = []outcome{
		{"follower_growth", "log_rate_per_month", "follower growth", "mean_of_accounts", false, percent, "log points (about per cent) a month", growthRate, "% a month", "snapshots", "Means are of logarithms of growth, turned back into per cent"},
		{"follower_growth", "theil_sen_per_month", "follower growth (Theil and Sen)", "mean_of_accounts", false, percent, "log points (about per cent) a month", growthRate, "% a month", "snapshots", "Means are of logarithms of growth, turned back into per cent"},
	}
	rates = []outcome{
		{"posts_per_month", "observed", "posting rate", "geometric_mean_of_accounts", true, same, "", same, "posts a month", "posts", halfAPost},
		{"posts_per_month", "counted", "posting rate (posts counted by hand)", "geometric_mean_of_accounts", true, same, "", same, "posts a month", "posts", halfAPost},
		{"posts_per_month", "posts_total", "posting rate (by the totals of the pages)", "geometric_mean_of_accounts", true, same, "", same, "posts a month", "snapshots", halfAPost},
	}
	engagements = []outcome{
		{"log_interactions_per_1000_followers", "at_posting", "engagement (1 + interactions by 1,000 followers a post)", "mean_of_accounts", true, math.Exp, "", lessOne, "interactions by 1,000 followers a post", "posts", "Means are of ln(1 + interactions by 1,000 followers), turned back, so that they lie below plain means"},
		{"likes_per_post_per_1000_followers", "now", "likes by 1,000 followers a post", "geometric_mean_of_accounts", true, same, "", same, "likes by 1,000 followers a post", "posts", ""},
		{"likes_per_post", "mean", "likes a post", "geometric_mean_of_accounts", true, same, "", same, "likes a post", "posts", ""},
	}
	zeros = []outcome{
		{"zero_share", "all", "share of posts without any interaction", "mean_of_accounts", false, percent, "percentage points", percent, "% of posts without any interaction", "posts", ""},
	}
)

// outcomeOf returns how a comparison is said.
func outcomeOf(c *datasets.Comparison) outcome {
	for _, all := range [][]outcome{growths, rates, engagements, zeros} {
		for _, o := range all {
			if o.metric == c.Metric && o.part == c.Part {
				return o
			}
		}
	}
	return outcome{metric: c.Metric, part: c.Part, noun: strings.ReplaceAll(c.Metric, "_", " ") + " (" + c.Part + ")", times: strings.HasPrefix(c.EffectKind, "ratio"), contrast: same, counted: "observations"}
}

// verdict is what a comparison may claim.
type verdict int

const (
	difference   verdict = iota // interval and adjusted p both leave out equality
	notShown                    // neither does
	intervalOnly                // the interval does, the adjusted p does not
	testOnly                    // the adjusted p does, the interval does not
	untested                    // the interval does, and there is no test
	noInterval                  // there is an effect without an interval
	refused                     // there is no effect
)

// equality is the effect of two countries that do not differ.
func equality(c *datasets.Comparison) float64 {
	if strings.HasPrefix(c.EffectKind, "ratio") {
		return 1
	}
	return 0
}

func judge(c *datasets.Comparison) verdict {
	if !c.Effect.OK {
		return refused
	}
	if !c.Low.OK || !c.High.OK {
		return noInterval
	}
	outside := c.Low.V > equality(c) || c.High.V < equality(c)
	tested := c.PAdjusted.OK
	passed := tested && c.PAdjusted.V < significant
	switch {
	case outside && passed:
		return difference
	case outside && !tested:
		return untested
	case outside:
		return intervalOnly
	case passed:
		return testOnly
	}
	return notShown
}

var labels = [...]struct{ class, label string }{
	difference: {"yes", "Difference"}, notShown: {"no", "No difference shown"}, intervalOnly: {"maybe", "Not established"},
	testOnly: {"maybe", "Not established"}, untested: {"maybe", "Not tested"}, noInterval: {"maybe", "Not known how sure"}, refused: {"none", "Not compared"},
}

// compared tells of one comparison; family is how many the adjusted p is for.
func compared(c *datasets.Comparison, family int) finding {
	v, o := judge(c), outcomeOf(c)
	f := finding{Class: labels[v].class, Label: labels[v].label, Notes: caveats(c.Warnings.V)}
	a, b := country(c.CountryA), country(c.CountryB)
	if v == refused {
		f.Text = fmt.Sprintf("%s of %s and %s: %s", upper(o.noun), a, b, sentence(reason(c.Reason.Or(c.Uncertainty))))
		return f
	}
	effect := o.effect(c, a, b)
	n := fmt.Sprintf("%s and %s accounts, %s and %s %s", count(c.NAccountsA), count(c.NAccountsB), count(c.NA), count(c.NB), o.counted)
	switch v {
	case difference:
		f.Text = fmt.Sprintf("%s, 95 %% interval %s (adjusted p %s; %s).", effect, o.interval(c), sayP(c.PAdjusted.V), n)
	case notShown:
		f.Text = fmt.Sprintf("%s; the 95 %% interval, %s, includes equality (%s; %s).", effect, o.interval(c), adjusted(c), n)
	case intervalOnly:
		f.Text = fmt.Sprintf("%s; the 95 %% interval, %s, leaves out equality, but p adjusted for %s is %s (%s).", effect, o.interval(c), ofFamily(c, family), strings.TrimPrefix(sayP(c.PAdjusted.V), "= "), n)
	case testOnly:
		f.Text = fmt.Sprintf("%s; adjusted p %s, but the 95 %% interval, %s, includes equality (%s).", effect, sayP(c.PAdjusted.V), o.interval(c), n)
	case untested:
		f.Text = fmt.Sprintf("%s; the 95 %% interval, %s, leaves out equality, but there is no test: %s (%s).", effect, o.interval(c), reason(c.Reason.Or("none was made")), n)
	case noInterval:
		f.Text = fmt.Sprintf("%s, without an interval: %s (%s; %s).", effect, reason(c.Uncertainty), adjusted(c), n)
	}
	for i, n := range f.Notes {
		if o.contrastUnit != "" && o.contrast(1) == 100 && strings.Contains(n, "opposite directions") {
			f.Notes[i] += " There 0.01 is one of the points of this sentence."
		}
	}
	if v != difference && c.PAttainable.OK && c.PAttainable.V >= significant {
		f.Notes = append(f.Notes, fmt.Sprintf("So few accounts could not have given a p below %s, whatever their numbers.", digits(c.PAttainable.V)))
	}
	return f
}

func adjusted(c *datasets.Comparison) string {
	if !c.PAdjusted.OK {
		return "no test: " + reason(c.Reason.Or("none was made"))
	}
	return "adjusted p " + sayP(c.PAdjusted.V)
}

func ofFamily(c *datasets.Comparison, family int) string {
	if c.Family == datasets.Primary {
		return number(int64(family), "primary comparison", "primary comparisons")
	}
	return "all exploratory comparisons"
}

// effect says what a country is against the other.
func (o *outcome) effect(c *datasets.Comparison, a, b string) string {
	v := o.contrast(c.Effect.V)
	if o.times {
		return fmt.Sprintf("%s %s was %s times %s", possessive(a), o.noun, say(v), possessive(b))
	}
	word := "higher"
	if v < 0 {
		word = "lower"
	}
	unit := ""
	if o.contrastUnit != "" {
		unit = " " + o.contrastUnit
	}
	if v == 0 {
		return fmt.Sprintf("%s %s was as high as %s", possessive(a), o.noun, possessive(b))
	}
	return fmt.Sprintf("%s %s was %s%s %s than %s", possessive(a), o.noun, say(math.Abs(v)), unit, word, possessive(b))
}

// interval writes the interval of a contrast in the unit of the sentence.
func (o *outcome) interval(c *datasets.Comparison) string {
	equal := o.contrast(equality(c))
	s := apart(o.contrast(c.Low.V), equal) + " to " + apart(o.contrast(c.High.V), equal)
	switch {
	case o.times:
		return s + " times"
	case strings.Contains(o.contrastUnit, "points"):
		return s + " points"
	}
	return s
}

// estimated tells of one estimate of a country; growth says whether its sign
// means something.
func (o *outcome) estimated(e *datasets.Estimate, growth bool) finding {
	where := country(e.Country)
	if e.Platform != standardised {
		where += " on " + platform(e.Platform)
	}
	f := finding{Label: where, Class: "country", Notes: caveats(e.Flag.V)}
	n := number(e.N, strings.TrimSuffix(o.counted, "s"), o.counted)
	if e.NAccounts.OK {
		n = number(e.NAccounts.V, "account", "accounts") + ", " + n
	}
	switch {
	case !e.Value.OK:
		f.Text = "no value: " + sentence(reason(e.Flag.Or(e.Uncertainty)))
		return f
	case !e.Low.OK || !e.High.OK:
		f.Text = fmt.Sprintf("%s %s, without an interval: %s (%s).", say(o.estimate(e.Value.V)), o.unit, reason(e.Uncertainty), n)
		return f
	}
	f.Text = fmt.Sprintf("%s %s (95 %% interval %s to %s; %s)", say(o.estimate(e.Value.V)), o.unit, say(o.estimate(e.Low.V)), say(o.estimate(e.High.V)), n)
	switch {
	case growth && e.Low.V > 0:
		f.Text += "; the interval holds growth only"
	case growth && e.High.V < 0:
		f.Text += "; the interval holds loss only"
	case growth:
		f.Text += "; the interval includes both growth and loss"
	}
	f.Text += "."
	return f
}

// reason is why something is absent, without the word that says that it is.
func reason(s string) string {
	for _, p := range []string{"no effect: ", "no test: ", "no value: ", "none: "} {
		s = strings.TrimPrefix(s, p)
	}
	first, _, _ := strings.Cut(s, "; p by ")
	first, _, _ = strings.Cut(first, "; p exact")
	return named(first)
}

// code is an ISO 3166-1 alpha-3 code that a table writes into a sentence.
var code = regexp.MustCompile(`\b[A-Z]{3}\b`)

// named is the text with the names of countries in place of their codes.
func named(s string) string { return code.ReplaceAllStringFunc(s, country) }

// Warnings that bear on how far an interval can be believed, which stand beside
// the sentence; all others are doubts about the data.
var grave = []string{"in simulated studies", "interval indicative", "interval reaches", "crude and standardised", "Simpson's paradox", "not in the primary family"}

func isGrave(w string) bool {
	return slices.ContainsFunc(grave, func(g string) bool { return strings.HasPrefix(w, g) })
}

// minus is the sign of a number as tables write it.
var minus = regexp.MustCompile(`(^|[ (])-([0-9])`)

func caveats(warnings string) (out []string) {
	for _, w := range separate(warnings) {
		if isGrave(w) {
			out = append(out, sentence(upper(minus.ReplaceAllString(named(w), "$1−$2"))))
		}
	}
	return out
}

// separate splits warnings.
func separate(warnings string) []string {
	return slices.DeleteFunc(strings.Split(warnings, "; "), func(w string) bool { return w == "" })
}

// pick returns the first outcome with an estimate that has a value, or nil.
func (b *builder) pick(all []outcome) *outcome {
	for i := range all {
		if slices.ContainsFunc(b.Estimates, func(e datasets.Estimate) bool { return all[i].has(&e) && e.Value.OK }) {
			return &all[i]
		}
	}
	return nil
}

func (o *outcome) has(e *datasets.Estimate) bool {
	return e.Metric == o.metric && e.Part == o.part && e.Method == o.method
}

// estimates returns the rows of an outcome that the first page tells of: over
// the shared platforms where there are such, else those of platforms on which the
// country has a value or at least accounts that were measured, in the order of the
// countries.
func (b *builder) estimates(o *outcome) (rows []datasets.Estimate) {
	over := false
	for _, e := range b.Estimates {
		over = over || o.has(&e) && e.Platform == standardised && e.Value.OK
	}
	for _, c := range b.Study.Countries {
		for _, e := range b.Estimates {
			if o.has(&e) && e.Country == c && (e.Platform == standardised) == over && (over || e.Value.OK || e.NAccounts.V > 0) {
				rows = append(rows, e)
			}
		}
	}
	return rows
}

// contrasts returns the comparisons of an outcome over the shared platforms.
func (b *builder) contrasts(o *outcome) (rows []datasets.Comparison) {
	for _, c := range b.Comparisons {
		if c.Metric == o.metric && c.Part == o.part && c.Platform == standardised && c.Method == contrast {
			rows = append(rows, c)
		}
	}
	return rows
}

// primary returns the comparisons of the primary family.
func (b *builder) primary() (rows []datasets.Comparison) {
	for _, c := range b.Comparisons {
		if c.Family == datasets.Primary {
			rows = append(rows, c)
		}
	}
	return rows
}

// family is for how many comparisons the p of the primary family is adjusted:
// those that could be tested.
func (b *builder) family() (n int) {
	for _, c := range b.primary() {
		if c.PAdjusted.OK {
			n++
		}
	}
	return n
}

// otherwise says how a comparison fares when it is made in other ways; "" where
// it was not.
func (b *builder) otherwise(c *datasets.Comparison) string {
	made, along, bounded, outside := int64(0), int64(0), int64(0), int64(0)
	for _, v := range b.Sensitivity {
		if v.Variant == "as_published" || v.Metric != c.Metric || v.Part != c.Part || v.CountryA != c.CountryA || v.CountryB != c.CountryB || v.Platform != c.Platform || v.Method != c.Method || !v.Effect.OK {
			continue
		}
		made++
		if (v.Effect.V > equality(c)) == (c.Effect.V > equality(c)) && v.Effect.V != equality(c) {
			along++
		}
		if v.Low.OK && v.High.OK {
			bounded++
			if v.Low.V > equality(c) || v.High.V < equality(c) {
				outside++
			}
		}
	}
	if made == 0 {
		return ""
	}
	return fmt.Sprintf("Made in %s (without one account at a time, with one kind of account, with other followers or posts), the effect points the same way in %s; there is an interval in %s, and it leaves out equality in %s.",
		number(made, "other way", "other ways"), count(along), count(bounded), count(outside))
}
