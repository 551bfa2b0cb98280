package plots

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var burstiness = Figure{
	Name: "burstiness",
	Doc: "How far each account posts in bursts, against how many intervals between posts that is known from, a panel for each platform and a mark for each account. Burstiness A is -1 for a clock, about 0 for posts at random times and near 1 for extreme bursts, corrected for the number of intervals. " +
		"The grey band holds 95 % of what posts at random times give, and the line in it is their median: the fewer intervals, the wider. By chance alone one account in 40 lies above it and one below. " +
		"Day and night alone make posting bursty, so a mark above the band is no sign of a campaign. Accounts with fewer than two intervals have no A. Nothing here is a test of countries.",
	Version: 1,
	Tables:  []string{"accounts", "curves", "sources", "values"},
	Metrics: []string{"burstiness"},
	Draw:    drawBurstiness,
}

// bursty is an account with its burstiness and where that lies.
type bursty struct {
	datasets.Value
	account datasets.Account
	place   string // above, inside or below the band; "" where it does not reach
}

// bandAt is the band drawn at n intervals: straight between the points of the
// curve over the logarithm of n.
func bandAt(null []datasets.Curve, n float64) (low, mid, high float64, ok bool) {
	for i, b := range null {
		if b.X == n {
			return b.Low.V, b.Y.V, b.High.V, true
		}
		if i == 0 || null[i-1].X > n || b.X < n {
			continue
		}
		a := null[i-1]
		t := math.Log(n/a.X) / math.Log(b.X/a.X)
		between := func(u, v float64) float64 { return u + t*(v-u) }
		return between(a.Low.V, b.Low.V), between(a.Y.V, b.Y.V), between(a.High.V, b.High.V), true
	}
	return 0, 0, 0, false
}

// burstyAccounts returns the accounts of the study's countries that have a
// burstiness, by platform and country, and how many have none.
func (d *Data) burstyAccounts(null []datasets.Curve) (out []bursty, without int) {
	for _, v := range d.Values {
		if v.Metric != "burstiness" || v.Part != "finite" || v.PeriodKind != "window" {
			continue
		}
		a, ok := d.account(v.Platform, v.AccountID)
		if !ok || !a.Country.OK || !slices.Contains(d.Study.Countries, a.Country.V) {
			continue
		}
		if !v.Value.OK {
			without++
			continue
		}
		b := bursty{Value: v, account: a}
		if low, _, high, ok := bandAt(null, float64(v.NObserved)); ok {
			switch {
			case v.Value.V > high:
				b.place = "above"
			case v.Value.V < low:
				b.place = "below"
			default:
				b.place = "inside"
			}
		}
		out = append(out, b)
	}
	slices.SortStableFunc(out, func(a, b bursty) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(d.rank(a.account.Country), d.rank(b.account.Country)))
	})
	return out, without
}

func drawBurstiness(d *Data) (*Page, error) {
	var null []datasets.Curve
	for _, l := range d.curveLines(datasets.NullBurst) {
		null = append(null, l.points...)
	}
	all, without := d.burstyAccounts(null)
	if len(all) == 0 {
		return nil, noData("no account with two intervals between posts")
	}
	var groups [][]bursty
	for _, b := range all {
		if n := len(groups); n == 0 || groups[n-1][0].Platform != b.Platform {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], b)
	}
	return fitted(len(groups), func(n int) *Page {
		var shown []bursty
		for _, g := range greatest(groups, n, func(g []bursty) float64 { return float64(len(g)) }) {
			shown = append(shown, g...)
		}
		return d.burstinessPage(all, shown, null, without, moreNote(len(groups)-n, "platform", "platforms", "with fewer accounts"))
	}), nil
}

// burstinessPage draws some of the accounts; its table and title have all.
func (d *Data) burstinessPage(all, shown []bursty, null []datasets.Curve, without int, note string) *Page {
	least, most := math.Inf(1), 0.0
	for _, b := range shown {
		least, most = min(least, float64(b.NObserved)), max(most, float64(b.NObserved))
	}
	across := snugLog("intervals between posts of the account, logarithmic", least, most)
	band := bandFrom(null, across.lo, across.hi)
	lo, hi := 0.0, 0.0
	for _, b := range shown {
		lo, hi = min(lo, b.Value.Value.V), max(hi, b.Value.Value.V)
	}
	for _, p := range band {
		lo, hi = min(lo, p.Low.V), max(hi, p.High.V)
	}
	step := roundStep((hi - lo) / 5)
	lo, hi = step*math.Floor(lo/step-1e-9), step*math.Ceil(hi/step+1e-9)
	f := facets{
		x:    across,
		y:    facetAxis{name: "burstiness A: above 0 bursts, below 0 a steady rhythm", ticks: linearTicks(lo, hi, 5, func(v float64) string { return sayFixed(v, decimalsOf([]float64{step}, 2)) }), lo: lo, hi: hi},
		area: 105,
	}
	var panels []facet
	for i := 0; i < len(shown); {
		k := i
		for k < len(shown) && shown[k].Platform == shown[i].Platform {
			k++
		}
		panels = append(panels, d.burstyPanel(shown[i:k], band))
		i = k
	}
	f.panels = wrapped(panels, perRow(len(panels), d.width(), 130))
	var countries []datasets.Opt[string]
	var sources []string
	remarked := 0
	for _, b := range shown {
		countries = append(countries, b.account.Country)
		sources = append(sources, b.Source)
		if b.Flag.OK {
			remarked++
		}
	}
	title := burstinessTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Burstiness A of the times between posts of any type, by platform, %s to %s; n = %s",
			sayDay(all[0].PeriodStart), sayDay(all[0].PeriodEnd-1), numberOf(len(shown), len(all), "account", "accounts")),
		Caption: caption(d.cite(sourceParts(sources)), d.lookNote(countries),
			when(len(band) > 0, "Grey: median and middle 95 % of posts at random times, simulated; by chance alone one account in 40 lies above and one below."),
			"Day and night alone put an account above 0. A of Kim and Jo (2016) is corrected for the number of intervals; no test of countries is made.",
			note,
			when(remarked > 0, "The table beside the figure has remarks on "+number(remarked, "account", "accounts")+"."),
			when(without > 0, "Not drawn: "+number(without, "account", "accounts")+" with fewer than two intervals.")),
		Alt:    "Dot plots of burstiness by number of intervals, a panel for each platform, with the band of posts at random times. " + title + ".",
		Header: []string{"what", "country", "platform", "account_id", "organization", "intervals", "burstiness", "band_low", "band_high", "place", "flag"},
		Rows:   append(burstyRows(all), bandRows(null)...),
	}, f.height(d.width()), f.draw)
}

// bandFrom is the band from one number of intervals to another, with points at
// its ends where it reaches them.
func bandFrom(null []datasets.Curve, from, to float64) []datasets.Curve {
	var out []datasets.Curve
	end := func(n float64) {
		if low, mid, high, ok := bandAt(null, n); ok {
			out = append(out, datasets.Curve{X: n, Y: datasets.Some(mid), Low: datasets.Some(low), High: datasets.Some(high)})
		}
	}
	end(from)
	for _, p := range null {
		if p.X > from && p.X < to {
			out = append(out, p)
		}
	}
	end(to)
	return out
}

// burstyPanel is the panel of the accounts of a platform.
func (d *Data) burstyPanel(accounts []bursty, band []datasets.Curve) facet {
	return facet{
		head: platformName(accounts[0].Platform),
		draw: func(c draw.Canvas, x, y func(float64) vg.Length) {
			var upper, mid, lower []vg.Point
			for _, p := range band {
				upper = append(upper, vg.Point{X: x(p.X), Y: y(p.High.V)})
				mid = append(mid, vg.Point{X: x(p.X), Y: y(p.Y.V)})
				lower = append(lower, vg.Point{X: x(p.X), Y: y(p.Low.V)})
			}
			fillBetween(c, upper, lower, gridGrey)
			strokePath(c, mid, .8, grey)
			for _, b := range accounts {
				look := d.look(b.account.Country)
				drawMark(c, look.shape, x(float64(b.NObserved)), y(b.Value.Value.V), 2.6, look.color, false)
			}
		},
	}
}

func burstyRows(all []bursty) [][]string {
	var out [][]string
	for _, b := range all {
		out = append(out, []string{"account", b.account.Country.V, b.Platform, b.AccountID, b.account.Organization, strconv.FormatInt(b.NObserved, 10), plain(b.Value.Value), "", "", b.place, b.Flag.V})
	}
	return out
}

func bandRows(null []datasets.Curve) [][]string {
	var out [][]string
	for _, p := range null {
		out = append(out, []string{"band", "", "", "", "", strconv.FormatFloat(p.X, 'f', -1, 64), plain(p.Y), plain(p.Low), plain(p.High), "", ""})
	}
	return out
}

// burstinessTitle counts the accounts outside of the band.
func burstinessTitle(all []bursty) string {
	n := map[string]int{}
	for _, b := range all {
		n[b.place]++
	}
	judged := len(all) - n[""]
	const limits = "the 95" + noBreak + "% band of posts at random times"
	switch {
	case judged == 0:
		return fmt.Sprintf("Burstiness of %s, without a band to hold it against", number(len(all), "account", "accounts"))
	case judged == 1:
		for _, b := range all {
			if b.place != "" {
				return fmt.Sprintf("The burstiness of %s on %s, %s, lies %s %s", nameOf(b.account), platformName(b.Platform), sayFixed(b.Value.Value.V, 2), b.place, limits)
			}
		}
	case n["inside"] == judged:
		return fmt.Sprintf("The burstiness of each of %d accounts lies inside %s", judged, limits)
	}
	return fmt.Sprintf("The burstiness of %d of %d accounts lies above %s, that of %d below; by chance alone one in 40 would lie on either side", n["above"], judged, limits, n["below"])
}
