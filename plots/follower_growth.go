package plots

import (
	"fmt"
	"strings"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var followerGrowth = Figure{
	Name: "follower_growth",
	Doc: "Followers of every account that was seen at least twice: first and last observation, dated, on a logarithmic axis, with the growth that the metric follower_growth gives for that span. " +
		"A bar of the same length is the same ratio. A rail at the left holds zeros, from which there is no ratio. Spans too short for a rate have a dash. " +
		"Accounts seen once are counted in the caption. Where there are more accounts than a page holds, those with most followers are drawn and the table has all.",
	Version: 2,
	Tables:  []string{"account_snapshots", "accounts", "sources", "values"},
	Metrics: []string{"follower_growth"},
	Draw:    drawFollowerGrowth,
}

func drawFollowerGrowth(d *Data) (*Page, error) {
	all := d.histories()
	var twice []history
	for _, h := range all {
		if len(h.seen) > 1 {
			twice = append(twice, h)
		}
	}
	if len(twice) == 0 {
		return nil, noData("no account with followers at two moments")
	}
	once := len(all) - len(twice)
	return fitted(len(twice), func(n int) *Page { return d.growthPage(twice, n, once) }), nil
}

// growthPage draws the n accounts with most followers of those seen twice; its
// table has all.
func (d *Data) growthPage(twice []history, n, once int) *Page {
	shown := greatest(twice, n, lastFollowers)
	plotted := dotRows{axis: "followers or subscribers, logarithmic", heads: []string{"net a month", "ratio"}}
	var reach []float64
	short, doubtful, fromZero := 0, 0, 0
	for i, h := range shown {
		if i == 0 || shown[i-1].account.Platform != h.account.Platform {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: platformName(h.account.Platform)})
		}
		look := d.look(h.account.Country)
		a, b := h.first(), h.last()
		from, to := float64(a.Followers.V.V), float64(b.Followers.V.V)
		reach = append(reach, from, to)
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
		if net.Value.OK && !tooShort(net) {
			row.cells[0] = signed(net.Value.V)
		}
		if ratio.Value.OK {
			row.cells[1] = sayDigits(ratio.Value.V, 3)
		}
		switch {
		case tooShort(net):
			short++
		case net.Flag.OK:
			doubtful++
		case net.Value.OK:
			row.style = boldType.in(look.ink)
		}
		if from == 0 {
			fromZero++
		}
		plotted.rows = append(plotted.rows, row)
	}
	lo, hi, zero := reachOf(reach)
	plotted.ticks, plotted.zero = logTicks(lo, hi), zero
	var rows [][]string
	var ids []string
	for _, h := range twice {
		a, b := h.first(), h.last()
		net, ratio := d.growth(h, "net_per_month"), d.growth(h, "ratio")
		rows = append(rows, []string{h.account.Platform, h.account.AccountID, h.account.Organization, h.account.Country.V,
			a.ObservedAt.String(), plainInt(a.Followers.V), b.ObservedAt.String(), plainInt(b.Followers.V),
			plain(net.Value), plain(net.Low), plain(net.High), net.Unit, plain(ratio.Value), plain(ratio.Low), plain(ratio.High), net.Flag.V})
		ids = append(ids, a.Source, b.Source)
	}
	title := d.growthTitle(twice)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Followers at the first (hollow) and last observation, %s; n = %s",
			seenSpan(shown), numberOf(len(shown), len(twice), "account seen at least twice", "accounts seen at least twice")),
		Caption: caption(d.cite(ids), d.lookNote(accountCountries(shown)), "A month is 30.4375 days; growth is net of followers who left or were removed.",
			when(short > 0, "No growth a month: "+number(short, "account", "accounts")+" whose observations lie too close together."),
			when(doubtful > 0, "Grey growth: "+number(doubtful, "account", "accounts")+" with a doubt that the table beside the figure states."),
			when(zero, zeroNote),
			when(fromZero > 0, "No ratio: "+number(fromZero, "account", "accounts")+" with a first count of 0."),
			moreNote(len(twice)-len(shown), "account", "accounts", "with fewer followers at the last observation"),
			when(once > 0, "Not shown: "+number(once, "account", "accounts")+" seen once.")),
		Alt:    "Dumbbell plot of followers at two moments by account. " + title + ".",
		Header: []string{"platform", "account_id", "organization", "country", "first_observed_at", "first_followers", "last_observed_at", "last_followers", "net_per_month", "net_per_month_low", "net_per_month_high", "net_per_month_unit", "ratio", "ratio_low", "ratio_high", "flag"},
		Rows:   rows,
	}, plotted.height(d.width()), func(c draw.Canvas) { plotted.draw(c) })
}

// growthTitle counts the accounts that grew among those whose growth has a
// value without a flag.
func (d *Data) growthTitle(twice []history) string {
	var sound []history
	grew := 0
	for _, h := range twice {
		net := d.growth(h, "net_per_month")
		if !net.Value.OK || net.Flag.OK {
			continue
		}
		sound = append(sound, h)
		if lastFollowers(h) > float64(h.first().Followers.V.V) {
			grew++
		}
	}
	switch len(sound) {
	case 0:
		return fmt.Sprintf("Followers of %s at two moments: none gives a growth without a doubt", number(len(twice), "account", "accounts"))
	case 1:
		h := sound[0]
		a, b := h.first(), h.last()
		who := fmt.Sprintf("%s on %s", nameOf(h.account), platformName(h.account.Platform))
		if a.Followers.V == b.Followers.V {
			return fmt.Sprintf("%s had %s followers at both observations (%s and %s)", who, sayFollowers(a), saySeen(a), saySeen(b))
		}
		return fmt.Sprintf("%s went from %s followers (%s) to %s (%s)", who, sayFollowers(a), saySeen(a), sayFollowers(b), saySeen(b))
	}
	title := fmt.Sprintf("%d of %d accounts had more followers at the last observation than at the first", grew, len(sound))
	if rest := len(twice) - len(sound); rest > 0 {
		title += fmt.Sprintf("; %d with a doubtful growth, such as a short span, not counted", rest)
	}
	return title
}

// tooShort reports whether the observations behind a growth lie too close
// together for a rate.
func tooShort(v datasets.Value) bool { return strings.HasPrefix(v.Flag.V, datasets.ShortSpan) }

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
