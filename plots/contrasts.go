package plots

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var contrasts = Figure{
	Name: "contrasts",
	Doc: "Countries against each other in three outcomes: posts per month (ratio of geometric means of accounts), interactions per post and 1,000 followers (difference of means of ln(1 + x)) and the share of posts without any interaction (difference of means). " +
		"The bold row of a pair is the mean over the platforms that both share, each of equal weight, which is the primary contrast; the rows below it are single platforms. Where a pair shares one platform alone, both are the same and drawn once. A line is the 95 % interval; the hollow mark below is the crude contrast, which mixes the platforms. The line across stands at no difference. " +
		"Beside: effect and interval, p adjusted by Holm within the primary family and by Benjamini and Hochberg (BH) among all others, Cliff's delta, accounts of each country. " +
		"A row without an interval or a test says why. Where a page cannot hold all, single platforms are left out, those without an effect or interval first; the table has all.",
	Version: 2,
	Tables:  []string{"comparisons"},
	Draw:    drawContrasts,
}

// outcome is a metric that countries are compared by.
type outcome struct{ metric, part, head, axis string }

// outcomes are what countries are compared by, in the order of panels: those of
// the primary family.
var (
	outcomePosting    = outcome{"posts_per_month", "observed", "Posts per month", "ratio of geometric means, logarithmic"}
	outcomeEngagement = outcome{"log_interactions_per_1000_followers", "at_posting", "Interactions per post and " + thousand + " followers", "difference of means of ln(1 + x)"}
	outcomeZeros      = outcome{"zero_share", "all", "Share of posts without interaction", "difference of means"}
	outcomes          = []outcome{outcomePosting, outcomeEngagement, outcomeZeros}
)

// contrastRow is a contrast with what belongs to it.
type contrastRow struct {
	mean  datasets.Comparison
	crude datasets.Opt[float64]
	delta datasets.Opt[float64]
	place int // among the rows of its outcome
}

// weight is by what rows are kept where a page is full: primary ones, then what
// has an interval, then what has an effect, and of equal ones as many of each
// outcome.
func (r contrastRow) weight() float64 {
	const rows = 1e6 // more than an outcome has
	behind := float64(r.place) / rows
	switch {
	case r.mean.Platform == standardised:
		return 3 - behind
	case r.mean.Low.OK && r.mean.High.OK:
		return 2 - behind
	case r.mean.Effect.OK:
		return 1 - behind
	}
	return -behind
}

// contrastRows returns the contrasts of the outcomes, the primary one of a
// pair before its platforms. Pairs without any effect have none.
func (d *Data) contrastRows() []contrastRow {
	var out []contrastRow
	for _, o := range outcomes {
		var of []datasets.Comparison
		for _, c := range d.Comparisons {
			if c.Metric == o.metric && c.Part == o.part {
				of = append(of, c)
			}
		}
		effect := func(like datasets.Comparison, method string) datasets.Opt[float64] {
			for _, c := range of {
				if c.Method == method && c.CountryA == like.CountryA && c.CountryB == like.CountryB && c.Platform == like.Platform {
					return c.Effect
				}
			}
			return datasets.None[float64]()
		}
		if !slices.ContainsFunc(of, func(c datasets.Comparison) bool { return c.Method == "mean_contrast" && c.Effect.OK }) {
			continue
		}
		for _, first := range []bool{true, false} {
			for _, c := range of {
				if c.Method == "mean_contrast" && (c.Platform == standardised) == first {
					out = append(out, contrastRow{mean: c, crude: effect(c, "crude_contrast"), delta: effect(c, "rank")})
				}
			}
		}
	}
	d.sortContrasts(out)
	for i := range out {
		if i > 0 && out[i-1].mean.Metric == out[i].mean.Metric {
			out[i].place = out[i-1].place + 1
		}
	}
	return out
}

// sortContrasts puts rows in the order of outcomes, pairs of countries, and
// platforms after the mean over them.
func (d *Data) sortContrasts(all []contrastRow) {
	key := func(r contrastRow) []int {
		last := 1
		if r.mean.Platform == standardised {
			last = 0
		}
		return []int{slices.IndexFunc(outcomes, func(o outcome) bool { return o.metric == r.mean.Metric }),
			d.rank(datasets.Some(r.mean.CountryA)), d.rank(datasets.Some(r.mean.CountryB)), last}
	}
	slices.SortStableFunc(all, func(a, b contrastRow) int { return slices.Compare(key(a), key(b)) })
}

// drawContrasts implements contrasts.
func drawContrasts(d *Data) (*Page, error) {
	all := d.contrastRows()
	if len(all) == 0 {
		return nil, noData("no contrast of two countries in posts_per_month/observed, log_interactions_per_1000_followers/at_posting or zero_share/all has an effect")
	}
	told, same := toldOnce(all)
	bold := 0
	for _, r := range told {
		if r.mean.Platform == standardised {
			bold++
		}
	}
	page := func(n int) *Page { return d.contrastsPage(all, told, same, n) }
	// What the title counts is drawn, in smaller type if need be.
	if p := page(bold); bold > 0 && !p.fits() && !d.leastType() {
		return p, nil
	}
	return fitted(len(told), page), nil
}

// toldOnce leaves out the row of a platform that is the only one that its pair
// shares, since the mean over one platform is that row again; the crude contrast
// mixes nothing there and is left out too. It returns those platforms.
func toldOnce(all []contrastRow) (told []contrastRow, platforms []string) {
	pair := func(a, b contrastRow) bool {
		return a.mean.Metric == b.mean.Metric && a.mean.CountryA == b.mean.CountryA && a.mean.CountryB == b.mean.CountryB
	}
	alone := func(r contrastRow) bool { // of its pair's platforms with an effect
		return r.mean.Effect.OK && !slices.ContainsFunc(all, func(o contrastRow) bool {
			return pair(o, r) && o.mean.Effect.OK && o.mean.Platform != standardised && o.mean.Platform != r.mean.Platform
		})
	}
	again := func(a, b datasets.Comparison) bool { return a.Effect == b.Effect && a.Low == b.Low && a.High == b.High }
	for _, r := range all {
		single := r.mean.Platform != standardised
		twin := func(o contrastRow) bool {
			return pair(o, r) && (o.mean.Platform == standardised) == single && again(o.mean, r.mean) && (single && alone(r) || !single && alone(o))
		}
		if slices.ContainsFunc(all, twin) {
			if single {
				platforms = append(platforms, r.mean.Platform)
				continue
			}
			r.crude = datasets.None[float64]()
		}
		told = append(told, r)
	}
	return told, unique(platforms)
}

// contrastsPage draws the n of the told rows that weigh most; its table has all.
// The same are the platforms whose rows are told once, as means.
func (d *Data) contrastsPage(all, told []contrastRow, same []string, n int) *Page {
	shown := greatest(told, n, contrastRow.weight)
	var panels []pointRows
	cut := cutShareDifferences()
	for _, o := range outcomes {
		var of []contrastRow
		for _, r := range shown {
			if r.mean.Metric == o.metric {
				of = append(of, r)
			}
		}
		if len(of) > 0 {
			panels = append(panels, d.forest(o, of, cut))
		}
	}
	const gap = 6
	body := vg.Length(0)
	for i := range panels {
		body += panels[i].height(d.width())
		if i > 0 {
			body += gap
		}
	}
	var rows [][]string
	accounts := int64(0)
	outside := 0
	hollow, lacksInterval, lacksTest := false, false, false
	for _, r := range shown {
		hollow = hollow || r.crude.OK
		lacksInterval = lacksInterval || strings.Contains(shortRange(r.mean), "<4")
		if r.mean.Platform == standardised && r.mean.Family != datasets.Primary && r.mean.Effect.OK {
			outside++
		}
		lacksTest = lacksTest || strings.Contains(shortP(r.mean), "<2")
	}
	for _, r := range all {
		c := r.mean
		accounts = max(accounts, c.NAccountsA+c.NAccountsB)
		rows = append(rows, []string{c.Metric, c.Part, c.CountryA, c.CountryB, c.Platform, plain(c.Effect), c.EffectKind, plain(c.Low), plain(c.High),
			plain(r.crude), plain(r.delta), plain(c.P), plain(c.PAdjusted), adjustment(c.Family), plain(c.PAttainable), fmt.Sprint(c.NAccountsA), fmt.Sprint(c.NAccountsB),
			fmt.Sprint(c.NA), fmt.Sprint(c.NB), c.Family, c.Uncertainty, c.Reason.V, c.Warnings.V})
	}
	title := contrastsTitle(all)
	rowsAre := "Bold: over all shared platforms; below: by platform"
	if len(same) == 1 && !slices.ContainsFunc(told, func(r contrastRow) bool { return r.mean.Platform != standardised }) {
		rowsAre = "Contrasts on " + platformName(same[0]) + ", the one platform that the countries share"
	}
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("%s; with 95 %% intervals; n = %s, up to %s a row",
			rowsAre, numberOf(len(shown), len(told), "contrast", "contrasts"), number(int(accounts), "account", "accounts")),
		Caption: caption("Source: table comparisons of this study.", "Intervals: Welch t over means of accounts, not adjusted for the number of contrasts.",
			when(slices.ContainsFunc(shown, func(r contrastRow) bool { return isRatio(r.mean) }), "Posts per month: geometric means of accounts of "+postsAndHalf+"."), cut.note(saySigned),
			sameNote(same), when(hollow, "Hollow, below: crude contrast, platforms mixed."),
			"p: permutation of countries within platforms, adjusted by Holm among the primary contrasts (H), among all others by Benjamini and Hochberg (B).",
			when(outside > 0, number(outside, "bold row is", "bold rows are")+" not primary: the coverage of accounts is inferred, their posts seem cut by the export, or posts have no time."),
			"Not distinguishable does not mean equal.",
			when(lacksInterval, "<4: an interval needs four accounts on each side."), when(lacksTest, "<2: a test needs two."),
			when(d.width() < narrow, "The table beside the figure has Cliff's delta and the accounts of each country too."),
			moreNote(len(told)-len(shown), "contrast", "contrasts", leftOut(told, shown))),
		Alt:    "Forest plot of contrasts of countries in " + number(len(panels), "outcome", "outcomes") + ". " + title + ".",
		Header: []string{"metric", "part", "country_a", "country_b", "platform", "effect", "effect_kind", "low", "high", "crude_effect", "cliffs_delta", "p", "p_adjusted", "adjustment", "p_attainable", "n_accounts_a", "n_accounts_b", "n_a", "n_b", "family", "uncertainty", "reason", "warnings"},
		Rows:   rows,
	}, body, func(c draw.Canvas) {
		for i := range panels {
			part := c
			part.Min.Y = c.Max.Y - panels[i].height(d.width())
			panels[i].draw(part)
			c.Max.Y = part.Min.Y - gap
		}
	})
}

// leftOut says which contrasts a full page leaves out.
func leftOut(told, shown []contrastRow) string {
	bold := func(all []contrastRow) (n int) {
		for _, r := range all {
			if r.mean.Platform == standardised {
				n++
			}
		}
		return n
	}
	if n := bold(told) - bold(shown); n > 0 {
		return fmt.Sprintf("(all of single platforms and %d over all shared platforms)", n)
	}
	return "of single platforms, those without an effect or interval first"
}

// sameNote says that rows of platforms are not drawn again.
func sameNote(same []string) string {
	if len(same) == 0 {
		return ""
	}
	var names []string
	for _, p := range same {
		names = append(names, platformName(p))
	}
	return "Drawn once: where a pair shares one platform alone (" + list(names) + "), the mean over platforms is the contrast on it."
}

// forest is the panel of an outcome; differences of shares are cut.
func (d *Data) forest(o outcome, of []contrastRow, cut *cuts) pointRows {
	ratio := isRatio(of[0].mean)
	p := pointRows{axis: o.axis, linear: !ratio, rule: datasets.Some(noDifference(of[0].mean)), label: 140,
		heads: []string{"effect (95\u00a0% interval)", "adjusted p", "Cliff's δ", "accounts"}}
	if d.width() < narrow {
		p.label, p.heads = 84, p.heads[:2]
	}
	p.rows = append(p.rows, pointRow{level: groupHead, label: o.head})
	reach := []float64{p.rule.V}
	for _, r := range of {
		c := r.mean
		row := pointRow{label: noBreak + noBreak + noBreak + platformName(c.Platform)}
		look := contrastLook
		if c.Platform == standardised {
			row.label, row.style = pairLabel(c, p.label), pointBold
			look = primaryLook
		}
		if c.Effect.OK {
			solid := pointInterval{mid: c.Effect, thin: bounds(c.Low, c.High), look: look}
			if o == outcomeZeros {
				solid.thin.V[0], solid.thin.V[1] = cut.cut(solid.thin.V[0], solid.thin.V[1])
			}
			row.intervals = append(row.intervals, solid)
			if r.crude.OK {
				row.intervals = append(row.intervals, pointInterval{mid: r.crude, look: look, hollow: true, drop: crudeDrop})
				reach = append(reach, r.crude.V)
			}
			reach = append(reach, solid.values()...)
			row.cells = []string{sayEffect(c) + " (" + shortRange(c) + ")", shortP(c), shortDelta(r.delta), fmt.Sprintf("%d / %d", c.NAccountsA, c.NAccountsB)}[:len(p.heads)]
		} else {
			row.wide = noEffect(c)
		}
		p.rows = append(p.rows, row)
	}
	lo, hi := slices.Min(reach), slices.Max(reach)
	if ratio {
		p.ticks = logTicks(lo, hi)
	} else {
		p.ticks = enclosingTicks(lo, hi, 8)
	}
	return p
}

// crudeDrop is how far below its row a crude contrast stands, so that it is seen
// where it is the same.
const crudeDrop = vg.Length(4.8)

// Primary contrasts are black diamonds, those of single platforms grey circles.
var (
	primaryLook  = look{color: black, ink: black, shape: diamond}
	contrastLook = look{color: midGrey, ink: grey, shape: circle}
)

// pairLabel names the pair of a contrast, by codes where the names do not fit.
func pairLabel(c datasets.Comparison, width vg.Length) string {
	sign := " − "
	if isRatio(c) {
		sign = " / "
	}
	label := countryName(datasets.Some(c.CountryA)) + sign + countryName(datasets.Some(c.CountryB))
	if textWidth(label, pointBold) > width {
		return c.CountryA + sign + c.CountryB
	}
	return label
}

// shortRange is the interval of a contrast, or in few letters why it has none.
func shortRange(c datasets.Comparison) string {
	switch {
	case c.Low.OK && c.High.OK:
		return sayRange(c)
	case strings.Contains(c.Uncertainty, "needs four"):
		return "no interval: <4"
	case strings.Contains(c.Uncertainty, "all alike"):
		return "no interval: no spread"
	}
	return "no interval"
}

// shortP is the adjusted p of a contrast, or in few letters why it has none.
func shortP(c datasets.Comparison) string {
	switch {
	case c.PAdjusted.OK:
		return sayP(c.PAdjusted.V) + " " + adjustment(c.Family)[:1]
	case strings.Contains(c.Reason.V, "organization"):
		return "no test: one body"
	case strings.Contains(c.Reason.V, "needs two"):
		return "no test: <2"
	}
	return "no test"
}

// shortDelta is Cliff's delta, or a dash.
func shortDelta(delta datasets.Opt[float64]) string {
	if !delta.OK {
		return "–"
	}
	return saySigned(delta.V)
}

// noEffect says in few words why a contrast has no effect.
func noEffect(c datasets.Comparison) string {
	var without []string
	for i, n := range []int64{c.NAccountsA, c.NAccountsB} {
		if n == 0 {
			without = append(without, countryName(datasets.Some([]string{c.CountryA, c.CountryB}[i])))
		}
	}
	switch len(without) {
	case 2:
		return "no effect: no account of either with a value"
	case 1:
		return "no effect: no account of " + without[0] + " with a value"
	}
	return strings.TrimSpace(strings.SplitN(c.Reason.Or("no effect"), ";", 2)[0])
}

// enclosingTicks are about n ticks at round numbers that enclose lo and hi.
func enclosingTicks(lo, hi float64, n int) plot.ConstantTicks {
	step := roundStep((hi - lo) / float64(n))
	var out plot.ConstantTicks
	for i := math.Floor(lo/step + 1e-9); ; i++ {
		out = append(out, plot.Tick{Value: i * step, Label: sayShort(i * step)})
		if i*step >= hi-step*1e-9 && len(out) > 1 {
			return out
		}
	}
}

// contrastsTitle says how many primary contrasts can be told from no
// difference after Holm, and which.
func contrastsTitle(all []contrastRow) string {
	var tested []datasets.Comparison
	var found []string
	primary := 0
	least := 1.
	for _, r := range all {
		if r.mean.Family != datasets.Primary {
			continue
		}
		primary++
		if r.mean.PAdjusted.OK {
			tested = append(tested, r.mean)
			least = min(least, r.mean.PAdjusted.V)
		}
	}
	for _, o := range outcomes {
		var pairs []string
		for _, c := range tested {
			if c.Metric == o.metric && distinguishable(c) {
				pairs = append(pairs, fmt.Sprintf("%s (%s, %s)", sayPair(c), sayEffect(c), sayRange(c)))
			}
		}
		switch {
		case len(pairs) > mostNamed:
			found = append(found, fmt.Sprintf("%d in %s", len(pairs), lower(o.head)))
		case len(pairs) > 0:
			found = append(found, lower(o.head)+" of "+list(pairs))
		}
	}
	apart := 0
	for _, c := range tested {
		if distinguishable(c) {
			apart++
		}
	}
	switch {
	case primary == 0:
		return "No contrast of countries here belongs to the primary family"
	case len(tested) == 0:
		return fmt.Sprintf("None of %s can be tested", number(primary, "primary contrast", "primary contrasts"))
	case apart == 0 && least < .05:
		return fmt.Sprintf("None of %s can be told from no difference after Holm by both interval and test", number(len(tested), "primary contrast", "primary contrasts"))
	case apart == 0:
		return fmt.Sprintf("None of %s can be told from no difference after Holm (least adjusted p %s)", number(len(tested), "primary contrast", "primary contrasts"), sayP(least))
	}
	return fmt.Sprintf("After Holm, %d of %s can be told from no difference: %s", apart, number(len(tested), "primary contrast", "primary contrasts"), strings.Join(found, "; "))
}

// lower begins a text in lower case.
func lower(s string) string { return strings.ToLower(s[:1]) + s[1:] }
