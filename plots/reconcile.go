package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var reconcile = Figure{
	Name: "reconcile",
	Doc: "Where two sources tell of one account and period: for each quantity and pair of kinds of source (hand count, page total, export, published), how many pairs agree, how many disagree and how many cannot be told, and each known difference in per cent of the mean of both. " +
		"Sources agree where the bounds of rounding and of time overlap; a stroke is a difference that is none, an x one that is; x that would touch stand above each other, and cover each other only where a row has no room for more. Below, the largest disagreement of each row in words. " +
		"It never says which source is wrong. Pairs of two zeros have no difference in per cent and no mark. " +
		"Where there are more rows than a page holds, those of most pairs are drawn and the table has all.",
	Version: 2,
	Tables:  []string{"accounts", "reconcile", "sources"},
	Draw:    drawReconcile,
}

// kindNames say what the kinds of source are called.
var kindNames = map[string]string{"hand": "hand count", "total": "page total", "export": "export", "published": "published"}

// quantities are the quantities that are reconciled, in their order.
var quantities = []string{"posts", "followers", "likes", "comments", "shares", "views"}

// sourceKind is the kind of a source of the table.
func sourceKind(source string) string {
	kind, _, _ := strings.Cut(source, ":")
	return kind
}

// sourcePair is a quantity, a pair of kinds of source and what is told.
type sourcePair struct {
	quantity, kinds string
	rows            []datasets.Reconciled
}

func (p sourcePair) count(verdict string) int {
	n := 0
	for _, r := range p.rows {
		if r.Verdict == verdict {
			n++
		}
	}
	return n
}

// largest returns the disagreement with the greatest difference in per cent.
func (p sourcePair) largest() (worst datasets.Reconciled, ok bool) {
	for _, r := range p.rows {
		if r.Verdict == datasets.Disagree && r.Percent.OK && (!ok || math.Abs(r.Percent.V) > math.Abs(worst.Percent.V)) {
			worst, ok = r, true
		}
	}
	return worst, ok
}

// sayKinds names a pair of kinds of source.
func sayKinds(a, b string) string {
	name := func(kind string) string {
		if n, ok := kindNames[kind]; ok {
			return n
		}
		return kind
	}
	switch {
	case a == b && a == "published":
		return "two published numbers"
	case a == b:
		return "two " + name(a) + "s"
	}
	return name(a) + " and " + name(b)
}

func (d *Data) sourcePairs() []sourcePair {
	var out []sourcePair
	for _, r := range d.Reconcile {
		kinds := sayKinds(sourceKind(r.SourceA), sourceKind(r.SourceB))
		i := slices.IndexFunc(out, func(p sourcePair) bool { return p.quantity == r.Quantity && p.kinds == kinds })
		if i < 0 {
			i = len(out)
			out = append(out, sourcePair{quantity: r.Quantity, kinds: kinds})
		}
		out[i].rows = append(out[i].rows, r)
	}
	place := func(quantity string) int {
		if i := slices.Index(quantities, quantity); i >= 0 {
			return i
		}
		return len(quantities)
	}
	slices.SortStableFunc(out, func(a, b sourcePair) int {
		return cmp.Or(cmp.Compare(place(a.quantity), place(b.quantity)), cmp.Compare(a.quantity, b.quantity), cmp.Compare(a.kinds, b.kinds))
	})
	return out
}

func drawReconcile(d *Data) (*Page, error) {
	all := d.sourcePairs()
	if len(all) == 0 {
		return nil, noData("no account and period that two sources tell of")
	}
	words := d.disagreements(all)
	return fitted(len(all)+len(words), func(n int) *Page {
		rows := min(n, len(all))
		return d.reconcilePage(all, words, rows, n-rows)
	}), nil
}

// disagreement is the largest one of a row in words.
type disagreement struct{ lead, text string }

// disagreements puts the largest disagreement of each pair of sources in words.
func (d *Data) disagreements(all []sourcePair) []disagreement {
	var out []disagreement
	for _, p := range all {
		r, ok := p.largest()
		if !ok {
			continue
		}
		a, _ := d.account(r.Platform, r.AccountID)
		period := sayDate(r.PeriodStart.Time(), "day")
		if r.PeriodEnd > r.PeriodStart+1 {
			period += " to " + sayDate((r.PeriodEnd-1).Time(), "day")
		}
		percent := saySignificant(math.Abs(r.Percent.V), 3) + noBreak + "%"
		if r.Percent.V < 0 {
			percent = "−" + percent
		}
		out = append(out, disagreement{fmt.Sprintf("%s, %s (%s): %s on %s, %s", capital(p.quantity), p.kinds, percent, d.accountLabel(a), platformName(r.Platform), period), r.Explanation})
	}
	return out
}

const (
	wordLines = 2 // of an explanation
	wordsGap  = 5 // points, between disagreements
)

func wordHeight() vg.Length {
	return boldType.leading() + wordLines*captionType.leading() + wordsGap
}

// reconcilePage draws the counts of the n rows with most pairs and the first
// disagreements in words; its table has all.
func (d *Data) reconcilePage(all []sourcePair, words []disagreement, n, inWords int) *Page {
	more := len(words) - inWords
	words = words[:inWords]
	strip, far := stripOf(greatest(all, n, func(p sourcePair) float64 { return float64(len(p.rows)) }))
	var table [][]string
	var ids, accounts []string
	from, to := d.Reconcile[0].PeriodStart, d.Reconcile[0].PeriodEnd
	total := map[string]int{}
	for _, p := range all {
		for _, r := range p.rows {
			total[r.Verdict]++
			ids = append(ids, sourceOf(r.SourceA), sourceOf(r.SourceB))
			accounts = append(accounts, r.Platform+" "+r.AccountID)
			from, to = min(from, r.PeriodStart), max(to, r.PeriodEnd)
			table = append(table, []string{r.Quantity, p.kinds, r.Platform, r.AccountID, r.PeriodStart.String(), r.PeriodEnd.String(), r.SourceA, r.SourceB,
				plain(r.A), plain(r.ALow), plain(r.AHigh), plain(r.B), plain(r.BLow), plain(r.BHigh), plain(r.Difference), plain(r.Percent), r.Verdict, r.Explanation})
		}
	}
	title := reconcileTitle(all, total)
	body := strip.height(d.width())
	if len(words) > 0 {
		body += 22 + vg.Length(len(words))*wordHeight()
	}
	pairs := len(table)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("What two sources tell of one account and period, by quantity and kinds of source, %s to %s; n = %s of %s",
			sayDate(from.Time(), "day"), sayDate((to-1).Time(), "day"), number(pairs, "pair", "pairs"), number(len(unique(accounts)), "account", "accounts")),
		Caption: caption(d.cite(ids), "Agree: the bounds that rounding and precision of time allow overlap. Cannot tell: a value or a bound is missing, or the periods differ. A stroke is a pair that agrees, an x one that disagrees, above or below its row where it would touch another; which source is wrong is not said.",
			when(far, farNote), when(len(words) > 0, "Sentences that end in … are whole in the table beside the figure."),
			moreNote(len(all)-n, "row", "rows", "of fewer pairs"),
			when(more > 0, "Not in words for want of room: "+number(more, "row", "rows")+" more.")),
		Alt: "Counts of pairs of sources that agree, disagree or cannot be told by quantity and kinds of source, their differences in per cent, and the largest disagreements in words. " + title + ".",
		Header: []string{"quantity", "kinds", "platform", "account_id", "period_start", "period_end", "source_a", "source_b",
			"a", "a_low", "a_high", "b", "b_low", "b_high", "difference", "percent", "verdict", "explanation"},
		Rows: table,
	}, body, func(c draw.Canvas) {
		top := c
		top.Min.Y = c.Max.Y - strip.height(d.width())
		strip.draw(top)
		if len(words) == 0 {
			return
		}
		y := top.Min.Y - 16
		width := c.Max.X - c.Min.X
		write(c, "The largest disagreement of each row, in words", c.Min.X, y, left, headType)
		y -= 6
		for _, w := range words {
			below := paragraph(c, []string{elide(w.lead, width, boldType)}, c.Min.X, y, boldType)
			paragraph(c, wrapTo(w.text, width, wordLines, captionType), c.Min.X, below, captionType)
			y -= wordHeight()
		}
	})
}

// sourceOf is the id of a source of the table, without its kind and counter.
func sourceOf(source string) string {
	_, id, _ := strings.Cut(source, ":")
	id, _, _ = strings.Cut(id, "/")
	return id
}

// stripOf lays the rows out and says whether the axis is one for far values.
func stripOf(all []sourcePair) (s verdictStrip, far bool) {
	s = verdictStrip{heads: []string{"agree", "disagree", "cannot tell"}, axis: "first less second, % of their mean"}
	verdicts := []string{datasets.Agree, datasets.Disagree, datasets.NotTestable}
	for _, v := range verdicts {
		s.verdicts = append(s.verdicts, reconcileSigns[v])
	}
	reach := []float64{-1, 1}
	var differ []float64
	for i, p := range all {
		if i == 0 || all[i-1].quantity != p.quantity {
			s.rows = append(s.rows, stripRow{head: true, label: capital(p.quantity)})
		}
		row := stripRow{label: p.kinds}
		for _, v := range verdicts {
			row.counts = append(row.counts, p.count(v))
		}
		for _, r := range p.rows {
			switch {
			case !r.Percent.OK:
				continue
			case r.Verdict == datasets.Agree:
				row.same = append(row.same, r.Percent.V)
			case r.Verdict == datasets.Disagree:
				row.differ, differ = append(row.differ, r.Percent.V), append(differ, r.Percent.V)
			default:
				continue
			}
			reach = append(reach, r.Percent.V)
		}
		s.rows = append(s.rows, row)
	}
	s.ticks, s.scale, far = farAxis(differ, reach, 6)
	return s, far
}

// reconcileTitle says how many of the pairs that can be told disagree, in all and
// by quantity.
func reconcileTitle(all []sourcePair, total map[string]int) string {
	told := total[datasets.Agree] + total[datasets.Disagree]
	switch {
	case told == 0:
		return "Whether two sources agree can be told for none of " + number(total[datasets.NotTestable], "pair", "pairs")
	case total[datasets.Disagree] == 0:
		return "Two sources agree in " + when(told == 1, "the 1 pair") + when(told > 1, fmt.Sprintf("each of %s pairs", sayCount(float64(told)))) + " that can be told"
	}
	var parts []string
	for i := 0; i < len(all); {
		disagree, of, k := 0, 0, i
		for ; k < len(all) && all[k].quantity == all[i].quantity; k++ {
			disagree += all[k].count(datasets.Disagree)
			of += all[k].count(datasets.Disagree) + all[k].count(datasets.Agree)
		}
		if of > 0 {
			parts = append(parts, fmt.Sprintf("%s %s of %s", all[i].quantity, sayCount(float64(disagree)), sayCount(float64(of))))
		}
		i = k
	}
	title := fmt.Sprintf("Two sources disagree in %s of %s that can be told", sayCount(float64(total[datasets.Disagree])), number(told, "pair", "pairs"))
	if len(parts) > 1 {
		title += ": " + list(parts)
	}
	return title
}
