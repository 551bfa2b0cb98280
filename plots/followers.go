package plots

import (
	"cmp"
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg/draw"

	"diplometrics/datasets"
)

var followers = Figure{
	Name: "followers",
	Doc: "Followers or subscribers of every account, grouped by platform, on a logarithmic axis. Each mark is the last observation of a day; the first and the last of an account carry their value and date. " +
		"An arrow and a > mark a lower bound. Observations without a number are left out.",
	Version: 1,
	Tables:  []string{"account_snapshots", "accounts", "sources"},
	Draw:    drawFollowers,
}

// history is an account and its observations of followers, oldest first, one
// a day.
type history struct {
	account datasets.Account
	seen    []datasets.AccountSnapshot
}

func (h history) first() datasets.AccountSnapshot { return h.seen[0] }
func (h history) last() datasets.AccountSnapshot  { return h.seen[len(h.seen)-1] }

// histories returns the accounts whose followers were seen above zero, by
// platform, country and last count downward; daily keeps the last observation
// of each day only.
func (d *Data) histories(daily bool) []history {
	var out []history
	for _, s := range d.Snapshots {
		if !s.Followers.V.OK || s.Followers.V.V <= 0 {
			continue
		}
		n := len(out)
		if n == 0 || out[n-1].account.Platform != s.Platform || out[n-1].account.AccountID != s.AccountID {
			a, _ := d.account(s.Platform, s.AccountID)
			out = append(out, history{account: a})
			n++
		}
		h := &out[n-1]
		if daily && len(h.seen) > 0 && h.last().ObservedAt.Day() == s.ObservedAt.Day() && h.last().Source == s.Source {
			h.seen[len(h.seen)-1] = s
			continue
		}
		h.seen = append(h.seen, s)
	}
	slices.SortStableFunc(out, func(a, b history) int {
		return cmp.Or(cmp.Compare(a.account.Platform, b.account.Platform), cmp.Compare(d.rank(a.account.Country), d.rank(b.account.Country)),
			cmp.Compare(b.last().Followers.V.V, a.last().Followers.V.V), cmp.Compare(a.account.AccountID, b.account.AccountID))
	})
	return out
}

// lowerBound reports whether the text of a count gives no upper end.
func lowerBound(s datasets.Shown) bool { return s.Low.OK && !s.High.OK }

func sayFollowers(s datasets.AccountSnapshot) string {
	text := sayCount(float64(s.Followers.V.V))
	if lowerBound(s.Followers) {
		return ">" + noBreak + text
	}
	return text
}

func saySeen(s datasets.AccountSnapshot) string {
	return sayDate(s.ObservedAt.Time(), s.ObservedPrecision)
}

func snapshotRow(a datasets.Account, s datasets.AccountSnapshot) []string {
	return []string{a.Platform, a.AccountID, a.Organization, a.Country.V, s.ObservedAt.String(), s.ObservedPrecision,
		plainInt(s.Followers.V), s.Followers.Text.V, plainInt(s.Followers.Low), plainInt(s.Followers.High), s.Source, s.Locator.V}
}

func snapshotHeader() []string {
	return []string{"platform", "account_id", "organization", "country", "observed_at", "observed_precision",
		"followers", "followers_text", "followers_low", "followers_high", "source", "locator"}
}

func drawFollowers(d *Data) (*Page, error) {
	all := d.histories(true)
	if len(all) == 0 {
		return nil, noData("no account snapshot with followers")
	}
	plotted := dotRows{axis: "followers or subscribers, logarithmic"}
	var rows [][]string
	var ids []string
	observations := 0
	bounds := false
	lo, hi := float64(all[0].first().Followers.V.V), 0.
	for i, h := range all {
		if i == 0 || all[i-1].account.Platform != h.account.Platform {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: platformName(h.account.Platform)})
		}
		look := d.look(h.account.Country)
		row := dotRow{label: d.accountLabel(h.account)}
		for k, s := range h.seen {
			v := float64(s.Followers.V.V)
			lo, hi = min(lo, v), max(hi, v)
			m := dot{at: v, shape: look.shape, look: look}
			if k > 0 && k < len(h.seen)-1 {
				m.size = 1.8
			}
			if lowerBound(s.Followers) {
				bounds = true
				row.spans = append(row.spans, dotSpan{from: v, to: v, width: 1.2, look: look, open: true})
			}
			row.dots = append(row.dots, m)
			rows = append(rows, snapshotRow(h.account, s))
			ids = append(ids, s.Source)
			observations++
		}
		say := func(s datasets.AccountSnapshot) tag {
			return tag{sayFollowers(s) + ", " + saySeen(s), labelType.in(look.ink)}
		}
		row.right = say(h.last())
		if len(h.seen) > 1 {
			row.left = say(h.first())
			if h.first().Followers.V.V > h.last().Followers.V.V {
				row.left, row.right = row.right, row.left
			}
			row.spans = append(row.spans, dotSpan{from: float64(h.first().Followers.V.V), to: float64(h.last().Followers.V.V), width: 1, look: look})
		}
		plotted.rows = append(plotted.rows, row)
	}
	plotted.ticks = logTicks(lo, hi)
	top := slices.MaxFunc(all, func(a, b history) int { return cmp.Compare(a.last().Followers.V.V, b.last().Followers.V.V) })
	low := slices.MinFunc(all, func(a, b history) int { return cmp.Compare(a.last().Followers.V.V, b.last().Followers.V.V) })
	title := fmt.Sprintf("Followers at the last observation range from %s (%s on %s) to %s (%s on %s)",
		sayFollowers(low.last()), low.account.Organization, platformName(low.account.Platform),
		sayFollowers(top.last()), top.account.Organization, platformName(top.account.Platform))
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Followers or subscribers by account and platform, %s; n = %s, %s",
			seenSpan(all), number(len(all), "account", "accounts"), number(observations, "observation", "observations")),
		Caption: caption(d.cite(ids), d.lookNote(accountCountries(all)), "Of several observations in a day the last is drawn.",
			when(bounds, "Arrow and >: the source gives a lower bound.")),
		Alt:    "Dot plot of followers by account, grouped by platform. " + title + ".",
		Header: snapshotHeader(),
		Rows:   rows,
	}, plotted.height(), func(c draw.Canvas) { plotted.draw(c) }), nil
}

func seenSpan(all []history) string {
	first, last := all[0].first(), all[0].last()
	for _, h := range all {
		for _, s := range h.seen {
			if s.ObservedAt < first.ObservedAt {
				first = s
			}
			if s.ObservedAt > last.ObservedAt {
				last = s
			}
		}
	}
	if a, b := saySeen(first), saySeen(last); a != b {
		return a + " to " + b
	}
	return saySeen(first)
}

func accountCountries(all []history) []datasets.Opt[string] {
	var out []datasets.Opt[string]
	for _, h := range all {
		out = append(out, h.account.Country)
	}
	return out
}

// lookNote says which mark and colour is which country, for figures whose rows
// do not name it.
func (d *Data) lookNote(countries []datasets.Opt[string]) string {
	countries = slices.Clone(countries)
	slices.SortStableFunc(countries, func(a, b datasets.Opt[string]) int {
		return cmp.Or(cmp.Compare(d.rank(a), d.rank(b)), cmp.Compare(a.V, b.V))
	})
	var parts []string
	for _, c := range slices.Compact(countries) {
		parts = append(parts, d.look(c).shape.name()+" "+countryName(c))
	}
	return "Marks: " + list(parts) + "."
}

func when(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}
