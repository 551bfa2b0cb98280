package plots

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var auditFigure = Figure{
	Name: "audit",
	Doc: "The audit of published values at a glance: one sign a check, in rows of source and rule, and the inconsistent ones in words. A check is one rule on one published cell or claim. " +
		"A rule that has nothing to apply to in a source has no row; the caption counts those. The figure never says which of two numbers is wrong. " +
		"Where there are more inconsistent ones than a page holds, the first are in words and the table has all.",
	Version: 2,
	Tables:  []string{"audit", "sources"},
	Draw:    drawAudit,
}

// verdicts in the order in which their signs stand in a row.
var verdicts = []string{datasets.Inconsistent, datasets.Consistent, datasets.NotTestable, datasets.NotApplicable}

// auditLine is one rule on one source, or the head of a source.
type auditLine struct {
	head   string
	source string
	rule   string
	count  map[string]int // by verdict
}

const (
	signPitch = 6.5 // width of a sign with its space
	linePitch = 11  // height of a row of signs
	columnGap = 14
)

func drawAudit(d *Data) (*Page, error) {
	all := auditLines(d.Audit)
	if len(all) == 0 {
		return nil, noData("no published cell or claim that a rule of the audit applies to")
	}
	words := entries(all, d.Audit)
	return fitted(len(words), func(n int) *Page { return d.auditPage(all, words, min(n, len(words))) }), nil
}

// auditLines returns the rules that apply to something, by source, those with
// most inconsistent verdicts first, each source after its head.
func auditLines(audit []datasets.AuditRow) []auditLine {
	var sources []string
	rowsOf := map[string]map[string]map[string]int{}
	for _, a := range audit {
		sources = append(sources, a.Source)
		if rowsOf[a.Source] == nil {
			rowsOf[a.Source] = map[string]map[string]int{}
		}
		if rowsOf[a.Source][a.Rule] == nil {
			rowsOf[a.Source][a.Rule] = map[string]int{}
		}
		rowsOf[a.Source][a.Rule][a.Verdict]++
	}
	var all []auditLine
	for _, s := range unique(sources) {
		var lines []auditLine
		for rule, count := range rowsOf[s] {
			if count[datasets.Inconsistent]+count[datasets.Consistent]+count[datasets.NotTestable] > 0 {
				lines = append(lines, auditLine{source: s, rule: rule, count: count})
			}
		}
		slices.SortFunc(lines, func(a, b auditLine) int {
			return cmp.Or(cmp.Compare(b.count[datasets.Inconsistent], a.count[datasets.Inconsistent]), cmp.Compare(a.rule, b.rule))
		})
		if len(lines) > 0 {
			all = append(append(all, auditLine{head: s}), lines...)
		}
	}
	return all
}

// auditPage draws the signs of all lines and the first n entries in words.
func (d *Data) auditPage(all []auditLine, words []entry, n int) *Page {
	more := len(words) - n
	words = words[:n]
	total := map[string]int{}
	var rows [][]string
	for _, a := range d.Audit {
		total[a.Verdict]++
		rows = append(rows, []string{a.Source, a.Locator, a.Rule, plainInt(a.Entry), a.Subject, a.Platform.V, a.Indicator, a.ValueText.V, a.Verdict,
			a.Rounding.V, plain(a.ImpliedLow), plain(a.ImpliedHigh), a.ImpliedUnit.V, plainInt(a.N), a.Explanation})
	}
	var ids []string
	signed := map[string]int{}
	for _, l := range all {
		for v, n := range l.count {
			signed[v] += n
		}
		if l.head != "" {
			ids = append(ids, l.head)
		}
	}
	signColumns, wordColumns := columnsIn(d.width(), 122, 3), columnsIn(d.width(), 230, 2)
	third, half := columnWidth(d.width(), signColumns), columnWidth(d.width(), wordColumns)
	signs := balanced(len(all), signColumns, func(i int) vg.Length { return all[i].height(third) }, func(i int) vg.Length {
		if all[i].head != "" {
			return 0
		}
		return auditLine{head: all[i].source}.height(third)
	}, func(i int) bool { return all[i].head != "" })
	list := balanced(len(words), wordColumns, func(i int) vg.Length { return words[i].height(half) }, func(int) vg.Length { return 0 }, func(int) bool { return false })
	checks := len(d.Audit) - total[datasets.NotApplicable]
	title := auditTitle(total, checks)
	body := keyHeight(signed, d.width()) + signs.height
	if len(words) > 0 {
		body += 24 + list.height
	}
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Verdict of each rule on each published cell or claim that it applies to, by source; n = %s of %s",
			number(checks, "check", "checks"), number(len(ids), "source", "sources")),
		Caption: caption(d.cite(ids), "Inconsistent: the statements compared cannot all hold; which of them is wrong is not said. The documentation of the audit defines its rules.",
			when(total[datasets.NotApplicable] > 0, "Not counted: "+number(total[datasets.NotApplicable], "rule", "rules")+" that a source prints nothing for."),
			when(more > 0, "Not in words for want of room: "+number(more, "more rule", "more rules")+"; the table beside the figure has every sentence."),
			when(cutShort(words, half), "…: the table beside the figure has the whole sentence.")),
		Alt: "Audit of published values: signs by source and rule, then the inconsistent ones as sentences. " + title + ".",
		Header: []string{"source", "locator", "rule", "entry", "subject", "platform", "indicator", "value_text", "verdict",
			"rounding", "implied_low", "implied_high", "implied_unit", "n", "explanation"},
		Rows: rows,
	}, body, func(c draw.Canvas) {
		p := newPanel()
		p.HideAxes()
		p.Y.Padding = 0
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
		p.Add(drawn(func(c draw.Canvas, _ *plot.Plot) {
			auditKey(c, signed)
			top := c.Max.Y - keyHeight(signed, d.width())
			for i, l := range all {
				at := signs.at[i]
				x := c.Min.X + vg.Length(at.column)*(third+columnGap)
				if l.head == "" && i > 0 && signs.at[i-1].column != at.column {
					auditLine{head: l.source + ", continued"}.draw(c, x, top, third)
				}
				l.draw(c, x, top-at.y, third)
			}
			if len(words) == 0 {
				return
			}
			top -= signs.height + 20
			write(c, "Inconsistent, in words", c.Min.X, top+4, left, headType)
			for i, e := range words {
				at := list.at[i]
				e.draw(c, c.Min.X+vg.Length(at.column)*(half+columnGap), top-4-at.y, half)
			}
		}))
		p.Draw(c)
	})
}

func auditTitle(total map[string]int, checks int) string {
	of := number(checks, "check", "checks") + " of published numbers and claims"
	title := "No inconsistency in " + of
	if n := total[datasets.Inconsistent]; n > 0 {
		title = fmt.Sprintf("%s of %s %s inconsistent", sayCount(float64(n)), of, when(n == 1, "is")+when(n > 1, "are"))
	}
	if n := total[datasets.NotTestable]; n > 0 {
		title += fmt.Sprintf(", %d cannot be tested", n)
	}
	return title
}

// plainRule is a rule's name without underscores.
func plainRule(name string) string { return strings.ReplaceAll(name, "_", " ") }

// columnsIn is how many columns of a least width the given width holds, up to
// most.
func columnsIn(width, least vg.Length, most int) int { return max(1, min(most, int(width/least))) }

// columnWidth is the width of each of n columns.
func columnWidth(width vg.Length, n int) vg.Length {
	return (width - columnGap*vg.Length(n-1)) / vg.Length(n)
}

// keyItem is a sign and what it means, at its place from the upper left corner.
type keyItem struct {
	verdict, text string
	x, y          vg.Length
}

// keyItems sets the key of the signs, with their numbers, in lines no wider than
// width.
func keyItems(total map[string]int, width vg.Length) []keyItem {
	var out []keyItem
	x, y := vg.Length(0), vg.Length(9)
	for _, v := range verdicts {
		if total[v] == 0 {
			continue
		}
		text := fmt.Sprintf("%s %d", strings.ReplaceAll(v, "_", " "), total[v])
		w := 11 + textWidth(text, bodyType)
		if x > 0 && x+w > width {
			x, y = 0, y+linePitch
		}
		out = append(out, keyItem{v, text, x, y})
		x += w + 16
	}
	return out
}

// keyHeight is the height of the key with the space below it.
func keyHeight(total map[string]int, width vg.Length) vg.Length {
	items := keyItems(total, width)
	if len(items) == 0 {
		return 22
	}
	return items[len(items)-1].y + 13
}

// auditKey says what the signs mean, with their numbers.
func auditKey(c draw.Canvas, total map[string]int) {
	for _, k := range keyItems(total, c.Max.X-c.Min.X) {
		x, y := c.Min.X+k.x, c.Max.Y-k.y
		drawSign(c, k.verdict, x+4, y)
		write(c, k.text, x+11, y-bodyType.capHeight()/2, left, bodyType)
	}
}

// drawSign draws the sign of a verdict around a point.
func drawSign(c draw.Canvas, verdict string, x, y vg.Length) {
	const r = 2.5
	switch verdict {
	case datasets.Inconsistent:
		drawMark(c, saltire, x, y, r, black, false)
	case datasets.Consistent:
		drawTick(c, x, y, r, grey)
	case datasets.NotTestable:
		write(c, "?", x, y-boldType.capHeight()/2, centre, boldType.in(midGrey))
	default:
		drawDash(c, x, y, r, midGrey)
	}
}

const ruleWidth = 80 // points for the name of a rule

func (l auditLine) perLine(width vg.Length) int { return max(1, int((width-ruleWidth)/signPitch)) }

func (l auditLine) height(width vg.Length) vg.Length {
	if l.head != "" {
		return headPitch + 2
	}
	n := 0
	for _, v := range verdicts {
		n += l.count[v]
	}
	per := l.perLine(width)
	return linePitch * vg.Length((n+per-1)/per)
}

func (l auditLine) draw(c draw.Canvas, x, top, width vg.Length) {
	if l.head != "" {
		write(c, elide(sourceName(l.head), width, headType), x, top-13, left, headType)
		strokeLine(c, x, top-17, x+width, top-17, .5, midGrey)
		return
	}
	y := top - linePitch/2
	write(c, elide(plainRule(l.rule), ruleWidth-6, bodyType), x, y-bodyType.capHeight()/2, left, bodyType)
	i := 0
	per := l.perLine(width)
	for _, v := range verdicts {
		for range l.count[v] {
			drawSign(c, v, x+ruleWidth+signPitch*(vg.Length(i%per)+.5), y-linePitch*vg.Length(i/per))
			i++
		}
	}
}

var entryType = typeStyle{7, false, black}

// entry is the inconsistent rows of one source and rule, in words.
type entry struct{ head, body string }

// entries puts the inconsistent rows of the same source and rule together: one
// with its explanation, several with their places.
func entries(lines []auditLine, rows []datasets.AuditRow) []entry {
	var out []entry
	for _, l := range lines {
		var own []datasets.AuditRow
		for _, a := range rows {
			if a.Source == l.source && a.Rule == l.rule && a.Verdict == datasets.Inconsistent {
				own = append(own, a)
			}
		}
		name := sourceName(l.source) + ", " + plainRule(l.rule)
		switch len(own) {
		case 0:
		case 1:
			out = append(out, entry{name + ":", own[0].Locator + ": " + own[0].Explanation})
		default:
			var places []string
			for _, a := range own {
				places = append(places, a.Locator)
			}
			out = append(out, entry{fmt.Sprintf("%s, %d places:", name, len(own)), strings.Join(places, "; ")})
		}
	}
	return out
}

const entryIndent = 11

// entryHead is the type of the head of an entry.
func entryHead() typeStyle {
	t := entryType
	t.bold = true
	return t
}

// lines returns the lines of the body; the first stands behind the head.
func (e entry) lines(width vg.Length) []string {
	width -= entryIndent
	words := strings.Fields(e.body)
	room := width - textWidth(e.head+" ", entryHead())
	n := 0
	for n < len(words) && textWidth(strings.Join(words[:n+1], " "), entryType) <= room {
		n++
	}
	return append([]string{strings.Join(words[:n], " ")}, wrap(strings.Join(words[n:], " "), width, entryType)...)
}

const entryMost = 6 // lines

// cutShort reports whether some entry is not whole.
func cutShort(words []entry, width vg.Length) bool {
	return slices.ContainsFunc(words, func(e entry) bool { return len(e.lines(width)) > entryMost })
}

func (e entry) height(width vg.Length) vg.Length {
	return vg.Length(min(len(e.lines(width)), entryMost))*entryType.leading() + 3
}

func (e entry) draw(c draw.Canvas, x, top, width vg.Length) {
	drawMark(c, saltire, x+3, top-4.5, 2.2, black, false)
	texts := e.lines(width)
	if len(texts) > entryMost {
		texts = texts[:entryMost]
		texts[entryMost-1] = elide(texts[entryMost-1]+" …", width-entryIndent, entryType)
	}
	baseline := top - vg.Length(entryType.size*.95)
	write(c, e.head, x+entryIndent, baseline, left, entryHead())
	if texts[0] != "" {
		write(c, texts[0], x+entryIndent+textWidth(e.head+" ", entryHead()), baseline, left, entryType)
	}
	paragraph(c, texts[1:], x+entryIndent, top-entryType.leading(), entryType)
}

// flow is items set in columns of about the same height.
type flow struct {
	at     []flowPlace
	height vg.Length
}

type flowPlace struct {
	column int
	y      vg.Length // from the top
}

// balanced sets n items of given heights, in their order, in columns. A column
// after the first starts with the given lead above its first item. An item that
// is a head is not parted from the next.
func balanced(n, columns int, height, lead func(int) vg.Length, head func(int) bool) flow {
	rest := vg.Length(0)
	for i := range n {
		rest += height(i)
	}
	var f flow
	column, y := 0, vg.Length(0)
	goal := rest / vg.Length(columns)
	for i := range n {
		h := height(i)
		if head(i) && i+1 < n {
			h += height(i + 1)
		}
		if column < columns-1 && y > 0 && y+h/2 > goal && (i == 0 || !head(i-1)) {
			column++
			goal, y = rest/vg.Length(columns-column), lead(i)
		}
		f.at = append(f.at, flowPlace{column, y})
		y += height(i)
		rest -= height(i)
		f.height = max(f.height, y)
	}
	return f
}
