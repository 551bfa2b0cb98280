package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var publishedRecomputed = Figure{
	Name: "published_recomputed",
	Doc: "What a source prints as posts per month against what comes out of the counts beside it, one line an account and window: printed, the posts by the months that the source states, and the posts by the days observed, on a logarithmic scale. " +
		"A level line is a printed average that can be recomputed. An x and a thick line mark an average that is impossible by the audit's rule `rate`: no way of rounding gives it from the posts and months beside it; which number is wrong is not known. " +
		"Windows without a printed average are left out. Where there are more than a page holds, those with the widest gaps are drawn and the table has all.",
	Version: 1,
	Tables:  []string{"account_windows", "accounts", "audit", "sources", "values"},
	Metrics: []string{"posts_per_month"},
	Draw:    drawPublishedRecomputed,
}

// recomputed is the value that a printed average is held against: the posts by
// the months stated, or else by the days observed.
func (r rate) recomputed() datasets.Opt[float64] {
	if r.stated.Value.OK {
		return r.stated.Value
	}
	return r.counted.Value
}

// gap is how far a printed average is from the recomputed one, by its order of
// magnitude; 0 where one of them is 0.
func (r rate) gap() float64 {
	a, b := r.printed.Value.Or(0), r.recomputed().Or(0)
	if a <= 0 || b <= 0 {
		return 0
	}
	return math.Abs(math.Log(a / b))
}

func drawPublishedRecomputed(d *Data) (*Page, error) {
	all := slices.DeleteFunc(d.rates(), func(r rate) bool { return !r.printed.Value.OK || !r.recomputed().OK })
	if len(all) == 0 {
		return nil, noData("no printed average of posts per month with counts to recompute it from")
	}
	return fitted(len(all), func(n int) *Page { return d.recomputedPage(all, n) }), nil
}

// recomputedPage draws the n windows with the widest gaps; its table has all.
func (d *Data) recomputedPage(all []rate, n int) *Page {
	shown := greatest(all, n, rate.gap)
	stated := slices.ContainsFunc(all, func(r rate) bool { return r.stated.Value.OK })
	counted := slices.ContainsFunc(all, func(r rate) bool { return r.counted.Value.OK })
	chart := slopes{heads: []string{"printed"}}
	if stated {
		chart.heads = append(chart.heads, "posts / months stated")
	}
	if counted {
		chart.heads = append(chart.heads, "per observed 30.4375 days")
	}
	named := namedRates(shown)
	var countries []datasets.Opt[string]
	rings, context := false, false
	from, to := shown[0].any().PeriodStart, shown[0].any().PeriodEnd
	for _, r := range shown {
		countries = append(countries, r.account.Country)
		from, to = min(from, r.any().PeriodStart), max(to, r.any().PeriodEnd)
		impossible := r.impossible()
		rings, context = rings || !impossible, context || !named(r)
		l := slopeLine{values: []datasets.Opt[float64]{r.printed.Value}, look: d.look(r.account.Country), strong: impossible, first: circle, hollow: true,
			left: d.accountLabel(r.account), tail: ", " + platformName(r.account.Platform) + noBreak + noBreak + sayFixed(r.printed.Value.V, -1)}
		if impossible {
			l.first, l.hollow = saltire, false
		}
		if stated {
			l.values = append(l.values, r.stated.Value)
		}
		if counted {
			l.values = append(l.values, r.counted.Value)
		}
		if last := l.values[len(l.values)-1]; last.OK {
			l.right = sayDigits(last.V, 3)
		}
		if !named(r) {
			l.left, l.tail, l.right = "", "", ""
		}
		chart.lines = append(chart.lines, l)
	}
	_, _, zero := chart.scale()
	var rows [][]string
	var ids []string
	for _, r := range all {
		key := r.any()
		ids = append(ids, key.Source)
		rows = append(rows, []string{r.account.Platform, r.account.AccountID, r.account.Organization, r.account.Country.V, key.PeriodStart.String(), key.PeriodEnd.String(),
			plain(r.printed.Value), plain(r.stated.Value), plain(r.counted.Value), fmt.Sprint(key.N), plain(r.counted.ExposureDays), r.verdict, key.Source})
	}
	title, impossible := recomputedTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Posts per month as printed and as recomputed from the posts counted beside it, logarithmic, %s to %s; n = %s",
			sayDate(from.Time(), "day"), sayDate((to-1).Time(), "day"), numberOf(len(shown), len(all), "account and window", "accounts and windows")),
		Caption: caption(d.cite(sourceParts(ids)), d.lookNote(countries),
			when(impossible, "x and thick line: impossible, no rounding of posts by the months stated gives the printed average; which number is wrong is not known."),
			when(rings, "Ring and thin line: possible or not judged."), when(context, "Lines without a name: the table beside the figure names them."), when(zero, "0 stands on the rail below, apart from the logarithmic scale."),
			when(counted, "The last axis divides by the days that were observed, which end at retrieval where the source says when."),
			moreNote(len(all)-len(shown), "window", "windows", "with narrower gaps")),
		Alt:    "Slope chart of posts per month by account, printed against recomputed. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "period_start", "period_end", "printed", "stated_months", "counted", "n_posts", "exposure_days", "verdict", "source"},
		Rows:   rows,
	}, chart.height(), func(c draw.Canvas) { chart.draw(c) })
}

// namedRates says which of the windows carry names: all where they are few, else
// the impossible ones, and where there is none, those with the widest gaps.
func namedRates(shown []rate) func(rate) bool {
	const few = 16
	if len(shown) <= few {
		return func(rate) bool { return true }
	}
	if slices.ContainsFunc(shown, rate.impossible) {
		return rate.impossible
	}
	widest := greatest(shown, few, rate.gap)
	least := slices.MinFunc(widest, func(a, b rate) int { return cmp.Compare(a.gap(), b.gap()) }).gap()
	return func(r rate) bool { return r.gap() >= least && r.gap() > 0 }
}

// impossible reports whether the audit finds that a printed average cannot be.
func (r rate) impossible() bool { return r.verdict == datasets.Inconsistent }

// recomputedTitle says how many printed averages are impossible, and where the
// gap is widest; impossible reports whether any is.
func recomputedTitle(all []rate) (title string, impossible bool) {
	judged, wrong := 0, 0
	for _, r := range all {
		if r.verdict == datasets.Inconsistent || r.verdict == datasets.Consistent {
			judged++
		}
		if r.verdict == datasets.Inconsistent {
			wrong++
		}
	}
	switch {
	case judged == 0:
		title = number(len(all), "printed average", "printed averages") + " of posts per month against the recomputed"
	case wrong == 0:
		title = fmt.Sprintf("Rounding explains each of %d printed averages of posts per month that could be judged", judged)
		if judged == 1 {
			title = "Rounding explains the one printed average of posts per month that could be judged"
		}
	default:
		title = fmt.Sprintf("%d of %s of posts per month cannot come from the posts and months beside them", wrong, number(judged, "printed average", "printed averages"))
		if judged == 1 {
			title = "The printed average of posts per month cannot come from the posts and months beside it"
		}
	}
	var widest rate
	for _, r := range all {
		if r.gap() > widest.gap() {
			widest = r
		}
	}
	if widest.gap() == 0 {
		return title, wrong > 0
	}
	return fmt.Sprintf("%s; the widest gap: %s printed, %s recomputed (%s on %s)", title, sayFixed(widest.printed.Value.V, -1), sayDigits(widest.recomputed().V, 3),
		nameOf(widest.account), platformName(widest.account.Platform)), wrong > 0
}
