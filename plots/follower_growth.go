package plots

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var followerGrowth = Figure{
	Name: "follower_growth",
	Doc: "Followers of every account that was seen at least twice: first and last observation, dated, on a logarithmic axis, with the growth that the metric follower_growth gives for that span. " +
		"A bar of the same length is the same ratio. Accounts seen once are counted in the caption.",
	Version: 1,
	Tables:  []string{"account_snapshots", "accounts", "sources", "values"},
	Draw:    drawFollowerGrowth,
}

func drawFollowerGrowth(d *Data) (*Page, error) {
	plotted := dotRows{axis: "followers or subscribers, logarithmic", heads: []string{"net a month", "ratio"}}
	var twice []history
	once := 0
	for _, h := range d.histories(false) {
		if len(h.seen) > 1 {
			twice = append(twice, h)
		} else {
			once++
		}
	}
	if len(twice) == 0 {
		return nil, noData("no account with followers at two moments")
	}
	var rows [][]string
	var ids []string
	lo, hi := float64(twice[0].first().Followers.V.V), 0.
	grew, flagged := 0, 0
	for i, h := range twice {
		if i == 0 || twice[i-1].account.Platform != h.account.Platform {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: platformName(h.account.Platform)})
		}
		look := d.look(h.account.Country)
		a, b := h.first(), h.last()
		from, to := float64(a.Followers.V.V), float64(b.Followers.V.V)
		lo, hi = min(lo, from, to), max(hi, from, to)
		if to > from {
			grew++
		}
		row := dotRow{
			label: d.accountLabel(h.account),
			spans: []dotSpan{{from: from, to: to, width: 2, look: look}},
			dots:  []dot{{at: from, shape: look.shape, look: look, hollow: true}, {at: to, shape: look.shape, look: look}},
			left:  tag{sayFollowers(a) + "\n" + saySeen(a), labelType.in(look.ink)},
			right: tag{sayFollowers(b) + "\n" + saySeen(b), labelType.in(look.ink)},
			cells: []string{"–", "–"},
			style: labelType.in(grey),
		}
		if from > to {
			row.left, row.right = row.right, row.left
		}
		net, ratio := d.growth(h, "net_per_month"), d.growth(h, "ratio")
		if net.Value.OK {
			row.cells[0] = signed(net.Value.V)
		}
		if ratio.Value.OK {
			row.cells[1] = strconv.FormatFloat(ratio.Value.V, 'f', 2, 64)
		}
		switch {
		case net.Flag.OK:
			flagged++
		case net.Value.OK:
			row.style = boldType.in(look.ink)
		}
		plotted.rows = append(plotted.rows, row)
		rows = append(rows, []string{h.account.Platform, h.account.AccountID, h.account.Organization, h.account.Country.V,
			a.ObservedAt.String(), plainInt(a.Followers.V), b.ObservedAt.String(), plainInt(b.Followers.V),
			plain(net.Value), plain(net.Low), plain(net.High), net.Unit, plain(ratio.Value), plain(ratio.Low), plain(ratio.High), net.Flag.V})
		ids = append(ids, a.Source, b.Source)
	}
	plotted.ticks = logTicks(lo, hi)
	longest := slices.MaxFunc(twice, func(a, b history) int {
		return cmp.Compare(a.last().ObservedAt-a.first().ObservedAt, b.last().ObservedAt-b.first().ObservedAt)
	})
	title := fmt.Sprintf("%s on %s went from %s followers (%s) to %s (%s), the longest span between two observations",
		longest.account.Organization, platformName(longest.account.Platform), sayFollowers(longest.first()), saySeen(longest.first()),
		sayFollowers(longest.last()), saySeen(longest.last()))
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Followers at the first (hollow) and last observation, %s; n = %s, %d of them with more followers at the last",
			seenSpan(twice), number(len(twice), "account seen at least twice", "accounts seen at least twice"), grew),
		Caption: caption(d.cite(ids), d.lookNote(accountCountries(twice)), "A month is 30.4375 days; growth is net of followers who left or were removed.",
			when(flagged > 0, "Grey growth: "+number(flagged, "account", "accounts")+" with a doubt that the table beside the figure states, such as a short span."),
			when(once > 0, number(once, "account was", "accounts were")+" seen once and cannot be shown.")),
		Alt:    "Dumbbell plot of followers at two moments by account. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "first_observed_at", "first_followers", "last_observed_at", "last_followers", "net_per_month", "net_per_month_low", "net_per_month_high", "net_per_month_unit", "ratio", "ratio_low", "ratio_high", "flag"},
		Rows:   rows,
	}, plotted.height(), func(c draw.Canvas) { plotted.draw(c) }), nil
}

// growth returns a part of follower_growth for the longest span of an account;
// its value is absent where the metric has none.
func (d *Data) growth(h history, part string) (best datasets.Value) {
	found := false
	for _, v := range d.Values {
		if v.Metric != "follower_growth" || v.Part != part || v.Platform != h.account.Platform || v.AccountID != h.account.AccountID {
			continue
		}
		if !found || v.PeriodEnd-v.PeriodStart > best.PeriodEnd-best.PeriodStart {
			best, found = v, true
		}
	}
	return best
}

func signed(v float64) string {
	if v > 0 {
		return "+" + saySignificant(v, 3)
	}
	return saySignificant(v, 3)
}
