package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var shrinkage = Figure{
	Name: "shrinkage",
	Doc: "Posting rate against engagement, one mark an account, one panel a platform: a hollow mark for the account's own values, and a line from it to the solid one, which is drawn towards the accounts of its country and platform (empirical Bayes), the more the fewer its posts. " +
		"The axis of posts is logarithmic; engagement is itself the mean of a logarithm. Accounts with both values take part; where one of them could not be drawn towards others, the hollow mark stands alone. " +
		"The accounts that move farthest and those with the greatest values are named where there is room. It is for reading ranks with care: no comparison uses shrunken values. Where there are more platforms than a page holds, those with most accounts are drawn and the table has all.",
	Version: 1,
	Tables:  []string{"accounts", "shrunken", "sources", "values"},
	Metrics: []string{"log_interactions_per_1000_followers", "posts_per_month"},
	Draw:    drawShrinkage,
}

// drawnIn is an account's posting rate and engagement, each with what it becomes
// by shrinkage.
type drawnIn struct {
	account          datasets.Account
	rate, engagement datasets.Shrunken
}

// both reports whether both values could be drawn towards others.
func (m drawnIn) both() bool { return m.rate.Shrunken.OK && m.engagement.Shrunken.OK }

// drawnIns returns the accounts with both values, by platform, country and id,
// with the ways of measuring that most accounts have.
func (d *Data) drawnIns() []drawnIn {
	var best []drawnIn
	for _, rate := range []string{"observed", "posts_total", "counted"} {
		for _, engagement := range []string{"at_posting", "now"} {
			if pairs := d.pairsOf(rate, engagement); len(pairs) > len(best) {
				best = pairs
			}
		}
	}
	slices.SortStableFunc(best, func(a, b drawnIn) int {
		return cmp.Or(cmp.Compare(a.account.Platform, b.account.Platform), cmp.Compare(d.rank(a.account.Country), d.rank(b.account.Country)),
			cmp.Compare(a.account.Country.V, b.account.Country.V), cmp.Compare(a.account.AccountID, b.account.AccountID))
	})
	return best
}

func (d *Data) pairsOf(rate, engagement string) []drawnIn {
	var out []drawnIn
	for _, r := range d.Shrunken {
		if r.Metric != "posts_per_month" || r.Part != rate || !r.Value.OK {
			continue
		}
		i := slices.IndexFunc(d.Shrunken, func(e datasets.Shrunken) bool {
			return e.Metric == "log_interactions_per_1000_followers" && e.Part == engagement && e.Platform == r.Platform && e.AccountID == r.AccountID && e.Value.OK
		})
		if i >= 0 {
			a, known := d.account(r.Platform, r.AccountID)
			if !known {
				a.Country = datasets.Some(r.Country)
			}
			out = append(out, drawnIn{a, r, d.Shrunken[i]})
		}
	}
	return out
}

func drawShrinkage(d *Data) (*Page, error) {
	all := d.drawnIns()
	if len(all) == 0 {
		return nil, noData("no account with a posting rate and engagement in the table of shrunken values")
	}
	var platforms []string
	sizes := map[string]int{}
	for _, m := range all {
		platforms = append(platforms, m.account.Platform)
		sizes[m.account.Platform]++
	}
	platforms = unique(platforms)
	return fitted(len(platforms), func(n int) *Page {
		return d.shrinkagePage(all, greatest(platforms, n, func(p string) float64 { return float64(sizes[p]) }), len(platforms)-n)
	}), nil
}

const (
	shrinkPanel = 168 // points; the height of a panel with its axis
	shrinkGap   = 14
)

// shrinkagePage draws the panels of the platforms; its table has all accounts.
func (d *Data) shrinkagePage(all []drawnIn, platforms []string, more int) *Page {
	var shown []drawnIn
	for _, m := range all {
		if slices.Contains(platforms, m.account.Platform) {
			shown = append(shown, m)
		}
	}
	grid := shrinkGrid{data: d, platforms: platforms, all: shown}
	grid.scale()
	var countries []string
	for _, m := range shown {
		if m.account.Country.OK && !slices.Contains(countries, m.account.Country.V) {
			countries = append(countries, m.account.Country.V)
		}
	}
	slices.SortStableFunc(countries, func(a, b string) int {
		return cmp.Or(cmp.Compare(d.rank(datasets.Some(a)), d.rank(datasets.Some(b))), cmp.Compare(a, b))
	})
	var table [][]string
	var flags []string
	for _, m := range all {
		row := []string{m.account.Platform, m.account.AccountID, m.account.Organization, m.account.Country.V}
		for _, s := range []datasets.Shrunken{m.rate, m.engagement} {
			row = append(row, s.Part, plain(s.Value), plain(s.Shrunken), plain(s.Low), plain(s.High), fmt.Sprint(s.NAccounts), fmt.Sprint(s.N), s.Flag.V)
			flags = append(flags, s.Flag.V)
		}
		table = append(table, row)
	}
	alone := 0
	for _, m := range shown {
		if !m.both() {
			alone++
		}
	}
	ids, span := d.provenance(func(v datasets.Value) bool {
		of := func(s datasets.Shrunken) bool { return v.Metric == s.Metric && v.Part == s.Part }
		return slices.Contains(platforms, v.Platform) && (of(all[0].rate) || of(all[0].engagement))
	})
	title := shrinkageTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Posts per 30.4375 days, and the mean of posts of ln(1 + interactions per %s followers), by account and platform%s; n = %s",
			thousand, when(span != "", ", "+span), numberOf(len(shown), len(all), "account", "accounts")),
		Caption: caption(d.citeKnown(ids), "Hollow: an account's own values. Solid, at the end of the line: the values drawn towards the accounts of its country and platform (empirical Bayes; the fewer posts, the farther).",
			when(grid.zero, zeroNote), when(alone > 0, fmt.Sprintf("Hollow alone: %s for which there are too few others or too few posts.", number(alone, "account", "accounts"))),
			when(len(clauses(flags, "posts of an account are taken as independent")) > 0, "Posts of an account are taken as independent, which draws engagement too little."),
			when(len(platforms) > 1, "Each platform has its own vertical axis: compare within a platform."), "No comparison of countries uses shrunken values.",
			moreNote(more, "platform", "platforms", "with fewer accounts")),
		Alt: "Scatter plots of posting rate against engagement by platform, with lines from the value of each account to its shrunken value. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country",
			"rate_part", "rate", "rate_shrunken", "rate_low", "rate_high", "rate_n_accounts", "rate_n", "rate_flag",
			"engagement_part", "engagement", "engagement_shrunken", "engagement_low", "engagement_high", "engagement_n_accounts", "engagement_n", "engagement_flag"},
		Rows: table,
	}, grid.height()+d.countryKeyHeight(countries), func(c draw.Canvas) { grid.draw(d.countryKey(c, countries)) })
}

// shrinkageTitle says for how many accounts the own values lie within the
// intervals of the shrunken ones, and which rate moves most.
func shrinkageTitle(all []drawnIn) string {
	within, judged := 0, 0
	var most *drawnIn
	far := 0.
	for i, m := range all {
		if !m.both() {
			continue
		}
		if known(m.rate) && known(m.engagement) {
			judged++
			if holdsOwn(m.rate) && holdsOwn(m.engagement) {
				within++
			}
		}
		if m.rate.Value.V > 0 && m.rate.Shrunken.V > 0 {
			if by := math.Abs(math.Log(m.rate.Shrunken.V / m.rate.Value.V)); by > far {
				most, far = &all[i], by
			}
		}
	}
	title := "Posting rate and engagement of " + number(len(all), "account", "accounts") + ", as they are: none could be drawn towards others"
	switch {
	case judged == 1:
		title = "Posting rate and engagement of 1 account: " + when(within == 1, "both lie") + when(within == 0, "not both lie") + " within the 95" + noBreak + "% intervals of the shrunken values"
	case judged > 1 && within == judged:
		title = fmt.Sprintf("For each of %d accounts posting rate and engagement lie within the 95"+noBreak+"%% intervals of the shrunken values", judged)
	case judged > 1:
		title = fmt.Sprintf("For %d of %d accounts posting rate and engagement both lie within the 95"+noBreak+"%% intervals of the shrunken values", within, judged)
	case slices.ContainsFunc(all, drawnIn.both):
		title = "Posting rate and engagement of " + number(len(all), "account", "accounts") + ", drawn towards those like them"
	}
	if most != nil {
		title += fmt.Sprintf("; the rate of %s on %s (%s) moves most, from %s to %s a month", nameOf(most.account), platformName(most.account.Platform),
			number(int(most.rate.N), "post", "posts"), sayDigits(most.rate.Value.V, 3), sayDigits(most.rate.Shrunken.V, 3))
	}
	return title
}

func known(s datasets.Shrunken) bool { return s.Low.OK && s.High.OK }

// holdsOwn reports whether the interval of a shrunken value holds the value that
// it was made of.
func holdsOwn(s datasets.Shrunken) bool { return s.Low.V <= s.Value.V && s.Value.V <= s.High.V }

// shrinkGrid is the panels of the platforms, two side by side. They share the
// axis of rates; engagement on different platforms is not the same measure.
type shrinkGrid struct {
	data      *Data
	platforms []string
	all       []drawnIn
	x         plot.ConstantTicks
	zero      bool
}

// scale sets the shared axis, so that every rate has room.
func (g *shrinkGrid) scale() {
	var rates []float64
	for _, m := range g.all {
		rates = append(rates, m.rate.Value.V, m.rate.Shrunken.Or(m.rate.Value.V))
	}
	from, to, zero := reachOf(rates)
	g.x, g.zero = logTicks(from, to), zero
}

// engagementTicks are round numbers that enclose the engagement of accounts.
func engagementTicks(here []drawnIn) plot.ConstantTicks {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, m := range here {
		for _, v := range []float64{m.engagement.Value.V, m.engagement.Shrunken.Or(m.engagement.Value.V)} {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	step := roundStep(max(hi-lo, .1) / 5)
	bottom, top := step*math.Floor(lo/step+1e-9), step*math.Ceil(hi/step-1e-9)
	if top <= bottom {
		top = bottom + step
	}
	return linearTicks(bottom, top, 6, func(v float64) string { return saySignificant(v, 3) })
}

func (g *shrinkGrid) perLine() int {
	if g.data.stacks(2) {
		return 1
	}
	return min(2, len(g.platforms))
}

func (g *shrinkGrid) height() vg.Length {
	lines := (len(g.platforms) + g.perLine() - 1) / g.perLine()
	return vg.Length(lines)*(shrinkPanel+shrinkGap) - shrinkGap
}

func (g *shrinkGrid) draw(c draw.Canvas) {
	shares := make([]float64, g.perLine())
	for i := range shares {
		shares[i] = 1
	}
	for i, p := range g.platforms {
		part := columns(c, 18, shares...)[i%len(shares)]
		part.Max.Y -= vg.Length(i/len(shares)) * (shrinkPanel + shrinkGap)
		part.Min.Y = part.Max.Y - shrinkPanel
		g.panel(part, p)
	}
}

// panel draws the accounts of a platform.
func (g *shrinkGrid) panel(c draw.Canvas, platform string) {
	var here []drawnIn
	for _, m := range g.all {
		if m.account.Platform == platform {
			here = append(here, m)
		}
	}
	c = heading(c, fmt.Sprintf("%s, %s", platformName(platform), number(len(here), "account", "accounts")))
	write(c, "mean ln(1 + interactions per "+thousand+" followers)", c.Min.X, c.Max.Y-6, left, tickType)
	c.Max.Y -= 14
	p := newPanel()
	y := engagementTicks(here)
	p.Y.Min, p.Y.Max = y[0].Value, y[len(y)-1].Value
	p.Y.Tick.Marker = y
	ticks, _ := along(p, g.x, false, g.zero)
	p.X.Tick.Marker = thinned(ticks, p.X, c.Max.X-c.Min.X-30)
	p.Add(gridLines{})
	p.Add(drawn(func(area draw.Canvas, pl *plot.Plot) { g.marks(area, pl, here) }))
	c.Min.Y += axisLabelRoom
	p.Draw(c)
	write(c, "posts per month, logarithmic", (c.Min.X+c.Max.X)/2, c.Min.Y-axisLabelRoom+2, centre, tickType)
}

// marks draws the accounts of a panel and names the outstanding ones.
func (g *shrinkGrid) marks(area draw.Canvas, pl *plot.Plot, here []drawnIn) {
	x, y := pl.Transforms(&area)
	if g.zero {
		axisBreak(area, area.X(.07))
	}
	type ends struct{ own, to vg.Point }
	var at []ends
	var taken []vg.Rectangle
	for _, m := range here {
		e := ends{own: vg.Point{X: x(m.rate.Value.V), Y: y(m.engagement.Value.V)}}
		e.to = e.own
		if m.both() {
			e.to = vg.Point{X: x(m.rate.Shrunken.V), Y: y(m.engagement.Shrunken.V)}
		}
		at = append(at, e)
		for k := range 5 { // along the line
			f := vg.Length(k) / 4
			taken = append(taken, around(vg.Point{X: e.own.X + f*(e.to.X-e.own.X), Y: e.own.Y + f*(e.to.Y-e.own.Y)}, 2.8))
		}
	}
	for i, m := range here {
		look := g.data.look(m.account.Country)
		strokeLine(area, at[i].own.X, at[i].own.Y, at[i].to.X, at[i].to.Y, .9, look.color)
		drawMark(area, look.shape, at[i].own.X, at[i].own.Y, 1.9, look.color, true)
	}
	for i, m := range here {
		if m.both() {
			look := g.data.look(m.account.Country)
			drawMark(area, look.shape, at[i].to.X, at[i].to.Y, 2.3, look.color, false)
		}
	}
	moved := func(i int) float64 {
		return math.Hypot(float64(at[i].to.X-at[i].own.X), float64(at[i].to.Y-at[i].own.Y))
	}
	var wanted []wantedLabel
	for _, i := range outstanding(here, moved) {
		m := here[i]
		wanted = append(wanted, wantedLabel{at[i].own, strings.Join(wrapTo(g.data.accountLabel(m.account), min(nameWidth, (area.Max.X-area.Min.X)*.5), 2, smallType), "\n"), smallType.in(g.data.look(m.account.Country).ink)})
	}
	bounds := area.Rectangle
	bounds.Max.Y += 6
	for _, l := range placeLabels(wanted, taken, bounds) {
		l.draw(area)
	}
}

const nameWidth = 92 // points of a line of a name

// smallType is for names inside a panel.
var smallType = typeStyle{7, false, black}

// outstanding returns the places of the accounts to be named, the first to be
// named first: those with the greatest engagement and rate, and the three that
// move farthest.
func outstanding(here []drawnIn, moved func(int) float64) []int {
	order := make([]int, len(here))
	for i := range order {
		order[i] = i
	}
	by := func(size func(int) float64) []int {
		sorted := slices.Clone(order)
		slices.SortStableFunc(sorted, func(a, b int) int { return cmp.Compare(size(b), size(a)) })
		return sorted
	}
	var out []int
	add := func(all []int) {
		for _, i := range all {
			if !slices.Contains(out, i) {
				out = append(out, i)
			}
		}
	}
	const named = 3
	farthest := by(moved)
	add(farthest[:min(named, len(farthest))])
	add(by(func(i int) float64 { return here[i].engagement.Value.V })[:1])
	add(by(func(i int) float64 { return here[i].rate.Value.V })[:1])
	return out
}
