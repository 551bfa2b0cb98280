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

// shareFigure is a dot plot of the shares of posts that are of each of several
// kinds, by country: what the figures of topics and of languages have in common.
type shareFigure struct {
	metric  string
	kind    string // what a part is: topic or language
	kinds   string
	of      func(part string) (group, label string, ok bool) // ok: the part is drawn
	compare func(a, b shareRow) int                          // order of rows within their group; nil: by share downward
	note    string                                           // of the caption
}

// shareRow is a part and its estimates by country, in the order of countries;
// where a country has none, the estimate is zero.
type shareRow struct {
	group, label, part string
	of                 []datasets.Estimate
}

// most is the greatest share of a row.
func (r shareRow) most() float64 {
	v := 0.
	for _, e := range r.of {
		v = max(v, e.Value.Or(0))
	}
	return v
}

// platform returns the platform whose estimates are drawn: the one that alone
// has shares; else standardised, where two countries have such estimates; else
// the one with most accounts. It is empty where there is no share.
func (s shareFigure) platform(d *Data) string {
	countries := map[string][]string{} // by platform
	for _, e := range d.Estimates {
		if _, _, ok := s.of(e.Part); ok && s.takes(e) && !slices.Contains(countries[e.Platform], e.Country) {
			countries[e.Platform] = append(countries[e.Platform], e.Country)
		}
	}
	together := countries[standardised]
	delete(countries, standardised)
	var platforms []string
	for p := range countries {
		platforms = append(platforms, p)
	}
	slices.Sort(platforms)
	if len(platforms) != 1 && len(together) > 1 {
		return standardised
	}
	best, most := "", -1
	for _, p := range platforms {
		if n := s.accounts(d, p); n > most {
			best, most = p, n
		}
	}
	return best
}

// takes reports whether an estimate is one that the figure can draw.
func (s shareFigure) takes(e datasets.Estimate) bool {
	return e.Metric == s.metric && e.Method == "mean_of_accounts" && e.Value.OK
}

// accounts counts the accounts with a share on a platform.
func (s shareFigure) accounts(d *Data, platform string) int {
	var ids []string
	for _, v := range d.Values {
		if v.Metric == s.metric && v.Platform == platform && v.PeriodKind == "window" && v.Value.OK {
			ids = append(ids, v.AccountID)
		}
	}
	return len(unique(ids))
}

// rows returns the rows of a platform and the countries that they are of.
func (s shareFigure) rows(d *Data, platform string) (out []shareRow, countries []string) {
	for _, e := range d.Estimates {
		if _, _, ok := s.of(e.Part); ok && s.takes(e) && e.Platform == platform && !slices.Contains(countries, e.Country) {
			countries = append(countries, e.Country)
		}
	}
	slices.SortStableFunc(countries, func(a, b string) int {
		return cmp.Or(cmp.Compare(d.rank(datasets.Some(a)), d.rank(datasets.Some(b))), cmp.Compare(a, b))
	})
	for _, e := range d.Estimates {
		group, label, ok := s.of(e.Part)
		if !ok || !s.takes(e) || e.Platform != platform {
			continue
		}
		i := slices.IndexFunc(out, func(r shareRow) bool { return r.part == e.Part })
		if i < 0 {
			i = len(out)
			out = append(out, shareRow{group, label, e.Part, make([]datasets.Estimate, len(countries))})
		}
		out[i].of[slices.Index(countries, e.Country)] = e
	}
	within := s.compare
	if within == nil {
		within = func(a, b shareRow) int { return cmp.Compare(b.most(), a.most()) }
	}
	sizes := map[string]int{}
	for _, r := range out {
		sizes[r.group]++
	}
	slices.SortStableFunc(out, func(a, b shareRow) int {
		return cmp.Or(cmp.Compare(sizes[b.group], sizes[a.group]), cmp.Compare(a.group, b.group), within(a, b), cmp.Compare(a.part, b.part))
	})
	return out, countries
}

// draw draws the figure, or says that the study has no shares.
func (s shareFigure) draw(d *Data) (*Page, error) {
	platform := s.platform(d)
	if platform == "" {
		return nil, noData("no estimate of %s as a mean of accounts", s.metric)
	}
	rows, countries := s.rows(d, platform)
	return fitted(len(rows), func(n int) *Page { return s.page(d, platform, rows, countries, n) }), nil
}

// unknown are the labels of what no country has a value of, though its accounts
// were measured.
func (s shareFigure) unknown(d *Data, platform string, all []shareRow) []string {
	var out []string
	for _, e := range d.Estimates {
		_, label, ok := s.of(e.Part)
		if ok && e.Metric == s.metric && e.Method == "mean_of_accounts" && e.Platform == platform && !e.Value.OK &&
			!slices.ContainsFunc(all, func(r shareRow) bool { return r.part == e.Part }) {
			out = append(out, inTitle(label))
		}
	}
	return unique(out)
}

// page draws the n rows with the greatest shares; its table has all.
func (s shareFigure) page(d *Data, platform string, all []shareRow, countries []string, n int) *Page {
	shown := greatest(all, n, shareRow.most)
	plotted, cut, bare := s.plot(d, shown, countries)
	var table [][]string
	var flags []string
	for _, r := range all {
		for _, e := range r.of {
			if e.Metric == "" {
				continue
			}
			flags = append(flags, e.Flag.V)
			table = append(table, []string{e.Metric, e.Part, e.Country, e.Platform, e.Method, plain(e.Value), plain(e.Low), plain(e.High),
				e.Uncertainty, e.Unit, plainInt(e.NAccounts), fmt.Sprint(e.N), e.Flag.V})
		}
	}
	where := "on " + platformName(platform)
	if platform == standardised {
		where = "mean over the platforms that the countries share"
		if names := overPlatforms(strings.Join(flags, "; ")); names != "" {
			where = "mean over " + names + " with equal weight"
		}
	}
	ids, span := d.provenance(func(v datasets.Value) bool {
		_, _, ok := s.of(v.Part)
		return ok && v.Metric == s.metric && (platform == standardised || v.Platform == platform)
	})
	title, judged := s.title(d, platform, all, countries)
	unknown := s.unknown(d, platform, all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Share of own posts of each %s, mean of accounts, %%; %s%s; n = %s", s.kind, where,
			when(span != "", ", "+span), shareCounts(all, countries)),
		Caption: caption(d.citeKnown(ids), s.note,
			when(slices.ContainsFunc(shown, shareRow.interval), "Lines: 95"+noBreak+"% t intervals of the mean of accounts."), cut.note(sayBound),
			when(len(unknown) > 0, "Not known, which is not 0: "+list(unknown)+"."),
			when(bare, "No line: fewer than four accounts, or all of them alike."), calibrationNote(flags),
			when(judged, "Exploratory: they suggest what to look at and establish nothing. A difference stands out where p, adjusted over all exploratory comparisons (Benjamini and Hochberg), is at most 0.05 and the interval of the difference does not include 0; pairs are tested one by one and not read off the lines."),
			moreNote(len(all)-len(shown), s.kind, s.kinds, "with smaller shares")),
		Alt:    fmt.Sprintf("Dot plot of the share of posts of each %s by country, with intervals. %s.", s.kind, title),
		Header: []string{"metric", "part", "country", "platform", "method", "value", "low", "high", "uncertainty", "unit", "n_accounts", "n", "flag"},
		Rows:   table,
	}, plotted.height(d.width())+d.countryKeyHeight(countries), func(c draw.Canvas) { plotted.draw(d.countryKey(c, countries)) })
}

// interval reports whether a share of a row has an interval.
func (r shareRow) interval() bool {
	return slices.ContainsFunc(r.of, func(e datasets.Estimate) bool { return e.Low.OK && e.High.OK })
}

// columnsOfShares is for how many countries the shares stand in columns too.
const columnsOfShares = 3

// plot lays the rows out and says where intervals were cut at the ends of what a
// share can be, and whether a share has none.
func (s shareFigure) plot(d *Data, shown []shareRow, countries []string) (p dotRows, cut *cuts, bare bool) {
	cut = cutShares()
	p.axis, p.linear = "share of posts, %", true
	if len(countries) <= columnsOfShares {
		for _, c := range countries {
			p.heads = append(p.heads, countryName(datasets.Some(c)))
		}
	}
	top := 0.
	for i, r := range shown {
		if r.group != "" && (i == 0 || shown[i-1].group != r.group) {
			p.rows = append(p.rows, dotRow{head: true, label: r.group})
		}
		row := dotRow{label: r.label, least: dodge*vg.Length(len(countries)-1) + rowPitch - 2}
		for k, e := range r.of {
			cell := ""
			if e.Value.OK {
				look, rise := d.look(datasets.Some(e.Country)), dodged(k, len(countries))
				row.dots = append(row.dots, dot{at: e.Value.V * 100, shape: look.shape, look: look, rise: rise, size: 2.5})
				top = max(top, e.Value.V*100)
				if e.Low.OK && e.High.OK {
					lo, hi := cut.cut(e.Low.V, e.High.V)
					row.spans = append(row.spans, dotSpan{from: lo * 100, to: hi * 100, width: 1.2, look: look, rise: rise})
					top = max(top, hi*100)
				} else {
					bare = true
				}
				cell = sayShare(e.Value.V)
			}
			if len(p.heads) > 0 {
				row.cells = append(row.cells, cell)
			}
		}
		p.rows = append(p.rows, row)
	}
	if top == 0 {
		top = 1
	}
	step := roundStep(top / 5)
	p.ticks = linearTicks(0, step*math.Ceil(top/step-1e-9), 5, func(v float64) string { return saySignificant(v, 3) })
	if len(p.ticks) < 2 {
		p.ticks = plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: top, Label: saySignificant(top, 3)}}
	}
	return p, cut, bare
}

// shareCounts says how many accounts and posts are behind the shares of each
// country: of its part with most.
func shareCounts(all []shareRow, countries []string) string {
	var parts []string
	for k, c := range countries {
		var accounts, posts int64
		for _, r := range all {
			accounts, posts = max(accounts, r.of[k].NAccounts.V), max(posts, r.of[k].N)
		}
		parts = append(parts, fmt.Sprintf("%s and %s of %s", number(int(accounts), "account", "accounts"), number(int(posts), "post", "posts"), countryName(datasets.Some(c))))
	}
	return list(parts)
}

// title says how many of the tested differences between countries stand out, and
// whether it speaks of such tests at all.
func (s shareFigure) title(d *Data, platform string, all []shareRow, countries []string) (title string, judged bool) {
	if len(countries) == 1 {
		return s.rangeTitle(all, countries[0]), false
	}
	drawnHere := func(part string) bool {
		return slices.ContainsFunc(all, func(r shareRow) bool { return r.part == part })
	}
	var held []datasets.Comparison
	tested := 0
	for _, c := range d.Comparisons {
		if c.Metric != s.metric || c.Platform != platform || c.Method != "mean_contrast" || !c.PAdjusted.OK || !drawnHere(c.Part) {
			continue
		}
		tested++
		if holds(c, 0) {
			held = append(held, c)
		}
	}
	what := fmt.Sprintf("exploratory differences between two countries in the share of a %s", s.kind)
	switch {
	case tested == 0:
		return fmt.Sprintf("Shares of %s by country: no difference between them could be tested", number(len(all), s.kind, s.kinds)), false
	case len(held) == 0:
		return fmt.Sprintf("No difference between two countries in the share of a %s stands out after adjustment (%s, exploratory)", s.kind, number(tested, "test", "tests")), true
	}
	title = fmt.Sprintf("%d of %d %s %s after adjustment", len(held), tested, what, when(len(held) == 1, "stands out")+when(len(held) > 1, "stand out"))
	most := datasets.Comparison{}
	for _, c := range held {
		if c.Low.OK && c.High.OK && math.Abs(c.Effect.V) > math.Abs(most.Effect.V) {
			most = c
		}
	}
	if !most.Effect.OK {
		return title, true
	}
	more, less, effect, lo, hi := most.CountryA, most.CountryB, most.Effect.V, most.Low.V, most.High.V
	if effect < 0 {
		more, less, effect, lo, hi = less, more, -effect, -hi, -lo
	}
	_, label, _ := s.of(most.Part)
	point := func(v float64) string { return sayDigits(v*100, 2) }
	return fmt.Sprintf("%s; the largest: %s, %s above %s by %s percentage points (95"+noBreak+"%% interval %s to %s)", title, inTitle(label),
		countryName(datasets.Some(more)), countryName(datasets.Some(less)), point(effect), point(lo), point(hi)), true
}

// holds reports whether a tested difference holds: its adjusted p is at most
// 0.05 and its interval, where it has one, does not include no difference.
func holds(c datasets.Comparison, none float64) bool {
	if !c.PAdjusted.OK || c.PAdjusted.V > .05 || !c.Effect.OK {
		return false
	}
	return !c.Low.OK || !c.High.OK || c.Low.V > none || c.High.V < none
}

// rangeTitle is for one country, which is compared with none.
func (s shareFigure) rangeTitle(all []shareRow, country string) string {
	order := func(a, b shareRow) int { return cmp.Compare(a.most(), b.most()) }
	low, high := slices.MinFunc(all, order), slices.MaxFunc(all, order)
	say := func(r shareRow) string {
		e := r.of[0]
		text := sayDigits(e.Value.V*100, 3) + noBreak + "%"
		if e.Low.OK && e.High.OK {
			text += fmt.Sprintf(", interval %s to %s", sayDigits(max(0, e.Low.V)*100, 3), sayDigits(min(1, e.High.V)*100, 3))
		}
		return text
	}
	name := countryName(datasets.Some(country))
	if order(low, high) == 0 {
		return fmt.Sprintf("%s: %s, each with %s of posts", name, number(len(all), s.kind, s.kinds), say(high))
	}
	return fmt.Sprintf("%s: estimated shares of posts range from %s (%s) to %s (%s)", name, inTitle(low.label), say(low), inTitle(high.label), say(high))
}

// inTitle is a label of a row inside a sentence; names of languages keep their
// capital.
func inTitle(label string) string {
	if slices.ContainsFunc(languages, func(l [2]string) bool { return l[1] == label && l[0] != "und" }) {
		return label
	}
	return strings.ToLower(label[:1]) + label[1:]
}

// sayShare writes a share as a percentage with one decimal; 0 is none at all.
func sayShare(v float64) string {
	switch p := sayFixed(v*100, 1); {
	case v == 0:
		return "0"
	case p == "0.0":
		return "<0.1"
	default:
		return p
	}
}
