package plots

import (
	"cmp"
	"fmt"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var coverage = Figure{
	Name: "coverage",
	Doc: "What can be compared at all: the accounts of every country and kind of institution on every platform, and the posts that are known of them in the study window; where a study has no posts, the windows that were counted. Read it before any other figure: a comparison within a platform needs tiles of two countries. " +
		"A hatched cell has no account. A dot marks a tile all of whose accounts are dormant at the end of the window, a ring one of which nothing was observed; 6 of 8 are six observed accounts of eight. " +
		"An account counts as observed where its posts are known, or a window of it was counted; that its followers were seen is not enough. Where there are more rows than a page holds, those of the compared countries and those with most accounts are drawn and the table has all.",
	Version: 1,
	Tables:  []string{"accounts", "sources", "values"},
	Metrics: []string{"freshness", "posts_per_month"},
	Draw:    drawCoverage,
}

// covered counts the accounts of a tile.
type covered struct {
	accounts, observed, dormant int
	n                           int64 // posts, or counted windows
}

// add counts an account.
func (c *covered) add(a accountCover) {
	c.accounts++
	c.n += a.n
	if a.observed {
		c.observed++
	}
	if a.dormant {
		c.dormant++
	}
}

// idle reports whether every account is dormant or was not observed.
func (c covered) idle() bool { return c.accounts > 0 && c.dormant+c.accounts-c.observed >= c.accounts }

// accountCover is an account and what is known of it.
type accountCover struct {
	account           datasets.Account
	observed, dormant bool
	n                 int64
}

// coverOf is what is known of every account, whether that is posts or counted
// windows, and over what time from which sources.
type coverOf struct {
	accounts []accountCover
	posts    bool
	from, to datasets.Day
	sources  []string
}

// cover reads what is known of the accounts. Adding up the posts of accounts is
// counting them.
func (d *Data) cover() coverOf {
	var out coverOf
	for _, v := range d.Values {
		out.posts = out.posts || isObserved(v)
	}
	for _, a := range d.Accounts {
		c := accountCover{account: a}
		for _, v := range d.Values {
			if v.Platform != a.Platform || v.AccountID != a.AccountID {
				continue
			}
			switch {
			case out.posts && isObserved(v):
				c.observed, c.n = true, c.n+v.N
			case !out.posts && v.Metric == "posts_per_month" && v.Part == "counted" && v.Value.OK:
				c.observed, c.n = true, c.n+1
			case v.Metric == "freshness" && v.Part == "dormant" && v.PeriodKind == "window":
				c.dormant = v.Value.OK && v.Value.V > 0
				continue
			default:
				continue
			}
			if len(out.sources) == 0 {
				out.from, out.to = v.PeriodStart, v.PeriodEnd
			}
			out.from, out.to = min(out.from, v.PeriodStart), max(out.to, v.PeriodEnd)
			out.sources = append(out.sources, v.Source)
		}
		out.accounts = append(out.accounts, c)
	}
	return out
}

// isObserved reports whether a value says how many posts of an account are
// known in the study window.
func isObserved(v datasets.Value) bool {
	return v.Metric == "posts_per_month" && v.Part == "observed" && v.PeriodKind == "window" && (v.Value.OK || v.N > 0)
}

// kinds are the kinds of account in the order of rows; others follow by name.
var kinds = []string{"ministry", "embassy", "mission", "president", "government", "regulator", "international"}

// kindRank is the place of a kind in the order of rows.
func kindRank(k string) int {
	if i := slices.Index(kinds, k); i >= 0 {
		return i
	}
	return len(kinds)
}

// coverRow is a country and kind of account on every platform, or allKinds
// together.
type coverRow struct {
	country datasets.Opt[string]
	kind    string
	tiles   []covered // in the order of platforms
}

// allKinds is the kind of a row of all accounts of a country, kindUnknown that
// of accounts of which no kind is given.
const (
	allKinds    = "all kinds"
	kindUnknown = "kind not given"
)

// accounts is the number of accounts of the row.
func (r coverRow) accounts() int {
	n := 0
	for _, t := range r.tiles {
		n += t.accounts
	}
	return n
}

// coverRows sets accounts in rows of country and kind, and columns of
// platform. Every country of the study has a row for each kind that one of
// them has.
func (d *Data) coverRows(all []accountCover) (rows []coverRow, platforms []string) {
	countries := make([]datasets.Opt[string], 0, len(d.Study.Countries))
	for _, c := range d.Study.Countries {
		countries = append(countries, datasets.Some(c))
	}
	kindOf := func(a datasets.Account) string { return a.OrganizationType.Or(kindUnknown) }
	var names []string
	for _, a := range all {
		platforms = append(platforms, a.account.Platform)
		if !slices.Contains(countries, a.account.Country) {
			countries = append(countries, a.account.Country)
		}
		if slices.Contains(d.Study.Countries, a.account.Country.V) {
			names = append(names, kindOf(a.account))
		}
	}
	platforms, names = unique(platforms), unique(names)
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(kindRank(a), kindRank(b)) })
	slices.SortStableFunc(countries, func(a, b datasets.Opt[string]) int {
		return cmp.Or(cmp.Compare(d.rank(a), d.rank(b)), cmp.Compare(a.V, b.V))
	})
	for _, country := range countries {
		own := names
		if !slices.Contains(d.Study.Countries, country.V) {
			own = nil
			for _, a := range all {
				if a.account.Country == country {
					own = append(own, kindOf(a.account))
				}
			}
			own = unique(own)
		}
		of := make([]coverRow, 0, len(own)+1)
		if len(own) > 1 {
			of = append(of, coverRow{country, allKinds, make([]covered, len(platforms))})
		}
		for _, k := range own {
			of = append(of, coverRow{country, k, make([]covered, len(platforms))})
		}
		for _, a := range all {
			if a.account.Country != country {
				continue
			}
			for i := range of {
				if of[i].kind == allKinds || of[i].kind == kindOf(a.account) {
					of[i].tiles[slices.Index(platforms, a.account.Platform)].add(a)
				}
			}
		}
		rows = append(rows, of...)
	}
	return rows, platforms
}

// drawCoverage implements coverage.
func drawCoverage(d *Data) (*Page, error) {
	if len(d.Accounts) == 0 {
		return nil, noData("no account")
	}
	all := d.cover()
	rows, platforms := d.coverRows(all.accounts)
	return fitted(len(rows), func(n int) *Page { return d.coveragePage(all, rows, platforms, n) }), nil
}

// coveragePage draws n rows: those of compared countries before others, of each
// the sums first, then those with most accounts; its table has all.
func (d *Data) coveragePage(all coverOf, rows []coverRow, platforms []string, n int) *Page {
	shown := greatest(rows, n, func(r coverRow) float64 {
		before := float64(len(all.accounts) + 1)
		weight := float64(r.accounts())
		if r.kind == allKinds {
			weight += before
		}
		if slices.Contains(d.Study.Countries, r.country.V) {
			weight += 2 * before
		}
		return weight
	})
	m := matrix{pitch: 17, labelShare: .22, least: 27}
	for _, p := range platforms {
		m.columns = append(m.columns, matrixColumn{name: platformName(p)})
	}
	some := covered{}
	hatched, rings, dots, parts := false, false, false, false
	for i, r := range shown {
		if i == 0 || shown[i-1].country != r.country {
			m.rows = append(m.rows, matrixRow{head: true, label: capital(countryName(r.country))})
		}
		row := matrixRow{label: strings.ReplaceAll(r.kind, "_", " ")}
		for _, t := range r.tiles {
			hatched = hatched || t.accounts == 0
			rings = rings || t.idle() && t.observed == 0
			dots = dots || t.idle() && t.observed > 0
			parts = parts || t.observed > 0 && t.observed < t.accounts
			row.cells = append(row.cells, coverCell(t, d.look(r.country), r.kind == allKinds, all.posts))
		}
		m.rows = append(m.rows, row)
	}
	for _, a := range all.accounts {
		some.add(a)
	}
	unit := func(n int) string { return number(n, "post", "posts") }
	what := "the posts known of them"
	if !all.posts {
		unit = func(n int) string { return number(n, "counted window", "counted windows") }
		what = "their counted windows"
	}
	var table [][]string
	for _, r := range rows {
		for i, t := range r.tiles {
			table = append(table, []string{r.country.V, r.kind, platforms[i], fmt.Sprint(t.accounts), fmt.Sprint(t.observed), fmt.Sprint(t.dormant), fmt.Sprint(t.n)})
		}
	}
	counted := "posts"
	if !all.posts {
		counted = "windows"
	}
	title := d.coverageTitle(all)
	source := "Source: accounts.csv of this study."
	span := ""
	if len(all.sources) > 0 {
		source = d.cite(sourceParts(all.sources))
		span = fmt.Sprintf(", %s to %s", sayDate(all.from.Time(), "day"), sayDate((all.to-1).Time(), "day"))
	}
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Accounts (bold) by country, kind and platform, and %s%s; n = %s, %d of them observed, %s",
			what, span, number(some.accounts, "account", "accounts"), some.observed, unit(int(some.n))),
		Caption: caption(source, when(hatched, "Hatched: no account in this study, which does not say that the institution has none."),
			when(parts, "2 of 3: two observed accounts of three."), when(dots, "Dot: every account is dormant at the end of the window, or was not observed."),
			when(rings, "Ring: nothing observed but perhaps followers."), when(m.columnWidth(d.width()) < 60, "Narrow tiles round "+counted+" or leave them to the table."),
			"A test of two countries needs two accounts of each, an interval four.",
			when(slices.ContainsFunc(all.accounts, func(a accountCover) bool { return !a.account.Country.OK }), "International bodies are never compared."),
			moreNote(len(rows)-len(shown), "row", "rows", "of countries that are not compared or with fewest accounts")),
		Alt:    "Matrix of accounts by country, kind of institution and platform. " + title + ".",
		Header: []string{"country", "organization_type", "platform", "accounts", "observed", "dormant", counted},
		Rows:   table,
	}, m.height(d.width()), func(c draw.Canvas) { m.draw(c) })
}

// coverCell draws a tile: accounts in bold, what is known of them, and a mark
// where none of them is active.
func coverCell(t covered, l look, sum, posts bool) cellDrawer {
	return func(c draw.Canvas, x, y, width vg.Length) {
		const half = vg.Length(7)
		r := vg.Rectangle{Min: vg.Point{X: x - width/2 + 1.5, Y: y - half}, Max: vg.Point{X: x + width/2 - 1.5, Y: y + half}}
		if t.accounts == 0 {
			hatch(c, r, 4)
			return
		}
		tint := .86
		if sum {
			tint = .7
		}
		fillRect(c, r.Min.X, r.Min.Y, r.Max.X, r.Max.Y, paler(l.color, tint))
		room := width - 3
		if t.idle() {
			room -= 9
			drawMark(c, circle, r.Max.X-6, y, 2.4, l.ink, t.observed == 0)
		}
		head := sayCount(float64(t.accounts))
		if t.observed > 0 && t.observed < t.accounts {
			head = fmt.Sprintf("%d of %d", t.observed, t.accounts)
		}
		texts := []string{""}
		if t.observed > 0 {
			one, several := "post", "posts"
			if !posts {
				one, several = "window", "windows"
			}
			texts = []string{number(int(t.n), one, several), sayShort(float64(t.n)), ""}
		}
		black := boldType.in(black)
		for _, text := range texts {
			apart, t := vg.Length(6), labelType
			if text != texts[0] {
				apart, t = 3.5, captionType
			}
			number, unit := textWidth(head, black), textWidth(text, t)
			if text == "" {
				write(c, head, r.Min.X+room/2, y-black.capHeight()/2, centre, black)
				return
			}
			if number+apart+unit+4 > room {
				continue
			}
			// Numbers stand under each other where there is room for that.
			end := r.Min.X + max(number+2, min(room*.4, room-unit-apart-2))
			write(c, head, end, y-black.capHeight()/2, right, black)
			write(c, text, end+apart, y-t.capHeight()/2, left, t.in(labelType.color))
			return
		}
	}
}

// paler mixes a colour with so large a share of white.
func paler(c color.NRGBA, white float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(float64(v)*(1-white) + 255*white + .5) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}

// coverageTitle says on which platforms countries have accounts enough to be
// compared.
func (d *Data) coverageTitle(all coverOf) string {
	const interval = 4 // accounts on each side, below which comparisons have no interval
	countries := d.Study.Countries
	what, compared := "observed accounts", "posts"
	if !all.posts {
		what, compared = "accounts with counted windows", "posting"
	}
	var platforms []string
	for _, a := range all.accounts {
		platforms = append(platforms, a.account.Platform)
	}
	platforms = unique(platforms)
	observed := func(country, platform string) int {
		n := 0
		for _, a := range all.accounts {
			if a.observed && a.account.Platform == platform && a.account.Country == datasets.Some(country) {
				n++
			}
		}
		return n
	}
	if len(countries) < 2 {
		return fmt.Sprintf("%s on %s; with one country there is nothing to compare", number(len(all.accounts), "account", "accounts"), number(len(platforms), "platform", "platforms"))
	}
	var enough, short []string
	pairs, some := 0, 0
	for _, p := range platforms {
		least := observed(countries[0], p)
		for _, c := range countries {
			least = min(least, observed(c, p))
		}
		if least >= interval {
			enough = append(enough, platformName(p))
		} else {
			short = append(short, platformName(p))
		}
	}
	total := 0
	for i, a := range countries {
		for _, b := range countries[i+1:] {
			total++
			if slices.ContainsFunc(platforms, func(p string) bool { return min(observed(a, p), observed(b, p)) >= interval }) {
				pairs++
			}
			if slices.ContainsFunc(platforms, func(p string) bool { return min(observed(a, p), observed(b, p)) >= 1 }) {
				some++
			}
		}
	}
	each := "all " + sayNumber(len(countries)) + " countries"
	if len(countries) == 2 {
		each = "both countries"
	}
	switch {
	case len(enough) > 0:
		return fmt.Sprintf("%s have the four %s that an interval needs on %s%s", capital(each), what, list(enough), when(len(short) > 0, ", but not on "+list(short)))
	case pairs > 0:
		return fmt.Sprintf("No platform has the four %s that an interval needs of %s; %d of %s %s them on one", what, each, pairs, number(total, "pair", "pairs"), when(pairs == 1, "has")+when(pairs > 1, "have"))
	case some > 0:
		return fmt.Sprintf("No two countries have, on the same platform, the four %s each that an interval needs", what)
	}
	return fmt.Sprintf("No platform has %s of two countries: their %s cannot be compared", what, compared)
}
