package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var sensitivity = Figure{
	Name: "sensitivity",
	Doc: "The primary comparisons of countries made in other ways: the main analysis (as_published), with ministries or embassies only, with the followers of now, without each account's top post, and without one account in turn, of which the least and the greatest effect are drawn as a bar. " +
		"One band a measure, one panel a pair of countries, a line at no difference; lines are 95 % intervals, a hollow mark has none. A finding that holds in one row only is none. " +
		"The title counts the comparisons that hold in the main analysis and in every other way that is tested, where holding means that p adjusted by Holm is at most 0.05 and the interval does not include no difference.",
	Version: 3,
	Tables:  []string{"sensitivity", "sources", "values"},
	Metrics: []string{"log_interactions_per_1000_followers", "posts_per_month", "zero_share"},
	Draw:    drawSensitivity,
}

// waysOfComparing are the variants with a row of their own, in their order.
var waysOfComparing = [][2]string{{"as_published", "Main analysis"}, {"ministries", "Ministries only"}, {"embassies", "Embassies only"},
	{"followers_now", "Followers of now"}, {"without_top_post", "Without top posts"}}

// withoutOne begins the variants that leave out one account.
const withoutOne = "without "

// contrast is a primary comparison and its variants.
type contrast struct {
	main    datasets.Variant // the first of them: what they share
	ways    []datasets.Variant
	leftOut []datasets.Variant // without one account each
	none    float64            // the effect of no difference
}

// waysOfContrasts returns the comparisons of the table with an effect, by measure and
// pair of countries.
func (d *Data) waysOfContrasts() []contrast {
	var out []contrast
	for _, v := range d.Sensitivity {
		if !v.Effect.OK {
			continue
		}
		same := func(c contrast) bool {
			a, b := c.main.Comparison, v.Comparison
			return a.Metric == b.Metric && a.Part == b.Part && a.CountryA == b.CountryA && a.CountryB == b.CountryB && a.Platform == b.Platform && a.Method == b.Method
		}
		i := slices.IndexFunc(out, same)
		if i < 0 {
			i = len(out)
			c := contrast{main: v}
			if strings.HasPrefix(v.EffectKind, "ratio") {
				c.none = 1
			}
			out = append(out, c)
		}
		if strings.HasPrefix(v.Variant, withoutOne) {
			out[i].leftOut = append(out[i].leftOut, v)
		} else {
			out[i].ways = append(out[i].ways, v)
		}
	}
	place := func(c contrast) (a, b int) {
		return d.rank(datasets.Some(c.main.CountryA)), d.rank(datasets.Some(c.main.CountryB))
	}
	slices.SortStableFunc(out, func(x, y contrast) int {
		xa, xb := place(x)
		ya, yb := place(y)
		return cmp.Or(cmp.Compare(x.main.Metric, y.main.Metric), cmp.Compare(x.main.Part, y.main.Part), cmp.Compare(x.main.Platform, y.main.Platform), cmp.Compare(xa, ya), cmp.Compare(xb, yb))
	})
	return out
}

// way returns a variant by name.
func (c contrast) way(name string) (datasets.Variant, bool) {
	i := slices.IndexFunc(c.ways, func(v datasets.Variant) bool { return v.Variant == name })
	if i < 0 {
		return datasets.Variant{}, false
	}
	return c.ways[i], true
}

// ends returns the variants without one account that have the least and the
// greatest effect; ok is false where there is none.
func (c contrast) ends() (least, greatest datasets.Variant, ok bool) {
	if len(c.leftOut) == 0 {
		return datasets.Variant{}, datasets.Variant{}, false
	}
	order := func(a, b datasets.Variant) int { return cmp.Compare(a.Effect.V, b.Effect.V) }
	return slices.MinFunc(c.leftOut, order), slices.MaxFunc(c.leftOut, order), true
}

// holds reports whether the comparison holds as published, and whether it does
// so, on the same side of no difference, in every other way that is tested.
func (c contrast) holds() (published, always bool) {
	main, ok := c.way("as_published")
	if !ok || !holds(main.Comparison, c.none) {
		return false, false
	}
	for _, v := range slices.Concat(c.ways, c.leftOut) {
		if v.PAdjusted.OK && (!holds(v.Comparison, c.none) || (v.Effect.V > c.none) != (main.Effect.V > c.none)) {
			return true, false
		}
	}
	return true, true
}

func drawSensitivity(d *Data) (*Page, error) {
	all := d.waysOfContrasts()
	if len(all) == 0 {
		return nil, noData("no primary comparison that was made in other ways")
	}
	bands := bandsOf(all)
	return fitted(len(bands), func(n int) *Page { return d.sensitivityPage(all, bands, n) }), nil
}

// perBand is how many comparisons stand side by side.
const perBand = 3

// bandsOf parts comparisons into bands of one measure each.
func bandsOf(all []contrast) [][]contrast {
	var out [][]contrast
	for i, c := range all {
		same := i > 0 && all[i-1].main.Metric == c.main.Metric && all[i-1].main.Part == c.main.Part
		if !same || len(out[len(out)-1]) == perBand {
			out = append(out, nil)
		}
		out[len(out)-1] = append(out[len(out)-1], c)
	}
	return out
}

// measureNames say what the primary comparisons compare.
var measureNames = map[string]string{
	"posts_per_month":                     "Posts per month",
	"log_interactions_per_1000_followers": "Engagement: mean of ln(1 + interactions per " + thousand + " followers)",
	"zero_share":                          "Share of posts without an interaction",
}

// sensitivityPage draws the first n bands; its table has all.
func (d *Data) sensitivityPage(all []contrast, bands [][]contrast, n int) *Page {
	var grid specGrid
	bare, ranged := false, false
	cut := cutShareDifferences()
	for _, band := range bands[:n] {
		b := d.specBand(band, cut)
		for _, p := range b.panels {
			for _, m := range p.marks {
				bare, ranged = bare || m.bare && !m.absent, ranged || m.ranged && !m.absent
			}
		}
		grid.bands = append(grid.bands, b)
	}
	var table [][]string
	variants := 0
	for _, c := range all {
		for _, v := range slices.Concat(c.ways, c.leftOut) {
			variants++
			table = append(table, []string{v.Metric, v.Part, v.CountryA, v.CountryB, v.Platform, v.Method, v.Variant, plain(v.Effect), v.EffectKind, plain(v.Low), plain(v.High),
				plain(v.P), plain(v.PAdjusted), fmt.Sprint(v.NAccountsA), fmt.Sprint(v.NAccountsB), v.Uncertainty, v.Reason.V})
		}
	}
	ids, span := d.provenance(func(v datasets.Value) bool {
		return slices.ContainsFunc(all, func(c contrast) bool { return c.main.Metric == v.Metric && c.main.Part == v.Part })
	})
	title := d.sensitivityTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Difference of two countries by the way of comparing, mean over the platforms that they share%s; n = %s in %s",
			when(span != "", ", "+span), numberOf(countOf(bands[:n]), len(all), "comparison", "comparisons"), number(variants, "variant", "variants")),
		Caption: caption(d.citeKnown(ids), "Vertical line: no difference. Marks show the first country against the second; lines are 95"+noBreak+"% Welch t intervals of means of accounts, not adjusted for the number of comparisons.",
			when(slices.ContainsFunc(grid.bands, func(b specBand) bool { return b.log }), "Ratios: of geometric means of accounts of "+postsAndHalf+"."), cut.note(saySigned),
			when(bare, "Hollow: no interval, for fewer than four accounts on a side or too few organizations to tell."),
			when(ranged, "Bar: from the least to the greatest effect when one account is left out, each in turn; it is no interval."),
			when(slices.ContainsFunc(all, func(c contrast) bool { return c.main.PAdjusted.OK }), "A comparison holds where p adjusted by Holm is at most 0.05 and the interval does not include no difference."),
			"The main analysis is as_published in the table. No row where a way of comparing does not concern the measure.",
			moreNote(len(bands)-n, "band", "bands", "of comparisons")),
		Alt:    "Dot plots of the primary comparisons by the way in which they are made, with intervals and a line at no difference. " + title + ".",
		Header: []string{"metric", "part", "country_a", "country_b", "platform", "method", "variant", "effect", "effect_kind", "low", "high", "p", "p_adjusted", "n_accounts_a", "n_accounts_b", "uncertainty", "reason"},
		Rows:   table,
	}, grid.height(), func(c draw.Canvas) { grid.draw(c) })
}

func countOf(bands [][]contrast) int {
	n := 0
	for _, b := range bands {
		n += len(b)
	}
	return n
}

// specBand lays a band out; differences of shares are cut.
func (d *Data) specBand(band []contrast, cut *cuts) specBand {
	first := band[0]
	b := specBand{head: sayMeasure(first.main.Metric), none: first.none, log: first.none == 1, places: perBand, axis: "difference"}
	if b.log {
		b.axis = "ratio, logarithmic"
	}
	var names []string
	for _, w := range waysOfComparing {
		if slices.ContainsFunc(band, func(c contrast) bool { _, ok := c.way(w[0]); return ok }) {
			names = append(names, w[0])
			b.rows = append(b.rows, w[1])
		}
	}
	leftOut := slices.ContainsFunc(band, func(c contrast) bool { return len(c.leftOut) > 0 })
	if leftOut {
		b.rows = append(b.rows, "Without one account")
	}
	reach := []float64{first.none}
	for _, c := range band {
		p := specPanel{head: countryName(datasets.Some(c.main.CountryA)) + " : " + countryName(datasets.Some(c.main.CountryB))}
		if !b.log {
			p.head = countryName(datasets.Some(c.main.CountryA)) + " − " + countryName(datasets.Some(c.main.CountryB))
		}
		if v, ok := c.way("as_published"); ok {
			p.note = fmt.Sprintf("%s and %s", sayCount(float64(v.NAccountsA)), number(int(v.NAccountsB), "account", "accounts"))
		}
		for _, name := range names {
			v, ok := c.way(name)
			m := specMark{at: v.Effect.V, low: v.Low.V, high: v.High.V, absent: !ok, bare: !v.Low.OK || !v.High.OK, look: printedLook}
			m.look.shape = circle
			if name != "as_published" {
				m.look.color = grey
			}
			if ok {
				reach = append(reach, m.at)
			}
			if ok && !m.bare && first.main.Metric == outcomeZeros.metric {
				m.low, m.high = cut.cut(m.low, m.high)
			}
			if ok && !m.bare {
				reach = append(reach, m.low, m.high)
			}
			p.marks = append(p.marks, m)
		}
		if leftOut {
			least, most, ok := c.ends()
			p.marks = append(p.marks, specMark{low: least.Effect.V, high: most.Effect.V, absent: !ok, ranged: true, look: look{color: midGrey}})
			if ok {
				reach = append(reach, least.Effect.V, most.Effect.V)
			}
		}
		b.panels = append(b.panels, p)
	}
	if b.log {
		lo, hi, _ := reachOf(reach)
		b.ticks = logTicks(lo, hi)
	} else {
		b.ticks = enclosing(reach, 4)
	}
	return b
}

// enclosing are about n ticks at round numbers around all values.
func enclosing(values []float64, n int) plot.ConstantTicks {
	lo, hi := slices.Min(values), slices.Max(values)
	if hi == lo {
		lo, hi = lo-1, hi+1
	}
	step := roundStep((hi - lo) / float64(n))
	return linearTicks(step*math.Floor(lo/step+1e-9), step*math.Ceil(hi/step-1e-9), n+2, func(v float64) string {
		if v < 0 {
			return "−" + saySignificant(-v, 3)
		}
		return saySignificant(v, 3)
	})
}

func sayMeasure(metric string) string {
	if name, ok := measureNames[metric]; ok {
		return name
	}
	return sayName(metric)
}

// sensitivityTitle counts the comparisons that hold as published, and those that
// hold in every way.
func (d *Data) sensitivityTitle(all []contrast) string {
	published, tested := 0, 0
	var robust []string
	for _, c := range all {
		if v, ok := c.way("as_published"); ok && v.PAdjusted.OK {
			tested++
		}
		once, always := c.holds()
		if once {
			published++
		}
		if always {
			a, b := c.main.CountryA, c.main.CountryB
			if v, _ := c.way("as_published"); v.Effect.V < c.none {
				a, b = b, a
			}
			robust = append(robust, fmt.Sprintf("%s of %s above %s", shortMeasure(c.main.Metric), countryName(datasets.Some(a)), countryName(datasets.Some(b))))
		}
	}
	of := number(len(all), "primary comparison", "primary comparisons")
	switch {
	case tested == 0:
		return "None of " + of + " could be tested in the main analysis"
	case published == 0:
		return fmt.Sprintf("None of %s holds in the main analysis", of)
	}
	title := fmt.Sprintf("%d of %s %s in the main analysis", published, of, when(published == 1, "holds")+when(published > 1, "hold"))
	switch {
	case len(robust) == 0:
		return title + when(published > 1, ", none of them") + when(published == 1, ", but not") + " in every other way that could be tested"
	case len(robust) == published:
		title += " and in every other way that could be tested"
	default:
		title += fmt.Sprintf(", %d of them in every other way that could be tested", len(robust))
	}
	if len(robust) <= 2 {
		title += ": " + list(robust)
	}
	return title
}

// shortMeasure is a measure inside a sentence.
func shortMeasure(metric string) string {
	switch metric {
	case "posts_per_month":
		return "posts per month"
	case "log_interactions_per_1000_followers":
		return "engagement"
	case "zero_share":
		return "the share of posts without an interaction"
	}
	return strings.ReplaceAll(metric, "_", " ")
}
