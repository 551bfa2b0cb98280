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
	Doc: "Followers or subscribers of every account, grouped by platform, on a logarithmic axis. The first and the last observation of an account carry their value and date; of each day between them the last is a small mark. " +
		"An arrow and a > mark a lower bound, a rail at the left holds zeros. Observations without a number are counted in the caption. " +
		"Where there are more accounts than a page holds, those with most followers are drawn and the table has all.",
	Version: 2,
	Tables:  []string{"account_snapshots", "accounts", "sources"},
	Draw:    drawFollowers,
}

// history is an account and its observations of followers, oldest first.
type history struct {
	account datasets.Account
	seen    []Observation
}

func (h history) first() Observation { return h.seen[0] }
func (h history) last() Observation  { return h.seen[len(h.seen)-1] }

// histories returns the accounts whose followers were seen, zeros included, by
// platform, country and last count downward.
func (d *Data) histories() (out []history) {
	rest := d.Followers.Seen
	for len(rest) > 0 {
		n := 1
		for n < len(rest) && ofOneAccount(&rest[n], &rest[0]) {
			n++
		}
		a, _ := d.account(rest[0].Platform, rest[0].AccountID)
		out = append(out, history{a, rest[:n]})
		rest = rest[n:]
	}
	slices.SortStableFunc(out, func(a, b history) int {
		return cmp.Or(cmp.Compare(a.account.Platform, b.account.Platform), cmp.Compare(d.rank(a.account.Country), d.rank(b.account.Country)),
			cmp.Compare(b.last().Followers.V.V, a.last().Followers.V.V), cmp.Compare(a.account.AccountID, b.account.AccountID))
	})
	return out
}

func lastFollowers(h history) float64 { return float64(h.last().Followers.V.V) }

// lowerBound reports whether the text of a count gives no upper end.
func lowerBound(s datasets.Shown) bool { return s.Low.OK && !s.High.OK }

func sayFollowers(s Observation) string {
	text := sayCount(float64(s.Followers.V.V))
	if lowerBound(s.Followers) {
		return ">" + noBreak + text
	}
	return text
}

func saySeen(s Observation) string {
	return sayDate(s.ObservedAt.Time(), s.ObservedPrecision)
}

func snapshotRow(a datasets.Account, s Observation) []string {
	return []string{a.Platform, a.AccountID, a.Organization, a.Country.V, s.ObservedAt.String(), s.ObservedPrecision,
		plainInt(s.Followers.V), s.Followers.Text.V, plainInt(s.Followers.Low), plainInt(s.Followers.High), s.Source, s.Locator.V}
}

func snapshotHeader() []string {
	return []string{"platform", "account_id", "organization", "country", "observed_at", "observed_precision",
		"followers", "followers_text", "followers_low", "followers_high", "source", "locator"}
}

func drawFollowers(d *Data) (*Page, error) {
	all := d.histories()
	if len(all) == 0 {
		return nil, noData("no account snapshot with followers")
	}
	var rows [][]string
	var ids []string
	for _, h := range all {
		for _, s := range h.seen {
			rows = append(rows, snapshotRow(h.account, s))
			ids = append(ids, s.Source)
		}
	}
	cited := d.cite(ids)
	return fitted(len(all), func(n int) *Page { return d.followersPage(all, n, rows, cited) }), nil
}

// followersPage draws the n accounts with most followers; its table has all, which
// are rows and from the cited sources.
func (d *Data) followersPage(all []history, n int, rows [][]string, cited string) *Page {
	shown := greatest(all, n, lastFollowers)
	plotted := dotRows{axis: "followers or subscribers, logarithmic"}
	var reach []float64
	observations := 0
	bounds := false
	for i, h := range shown {
		if i == 0 || shown[i-1].account.Platform != h.account.Platform {
			plotted.rows = append(plotted.rows, dotRow{head: true, label: platformName(h.account.Platform)})
		}
		look := d.look(h.account.Country)
		row := dotRow{label: d.accountLabel(h.account)}
		seen := h.seen
		var dots []dot
		for k, s := range seen {
			v := float64(s.Followers.V.V)
			reach = append(reach, v)
			m := dot{at: v, shape: look.shape, look: look}
			if k > 0 && k < len(seen)-1 {
				m.size = 1.8
			}
			if lowerBound(s.Followers) {
				bounds = true
				row.spans = append(row.spans, dotSpan{from: v, to: v, width: 1.2, look: look, open: true})
			}
			dots = append(dots, m)
			observations++
		}
		// The first and last are drawn over the small marks between them.
		slices.SortStableFunc(dots, func(a, b dot) int { return cmp.Compare(b.size, a.size) })
		row.dots = dots
		say := func(s Observation) tag {
			return tag{sayFollowers(s) + ", " + saySeen(s), labelType.in(look.ink)}
		}
		row.right = say(h.last())
		if len(seen) > 1 {
			row.left = say(h.first())
			if h.first().Followers.V.V > h.last().Followers.V.V {
				row.left, row.right = row.right, row.left
			}
			row.spans = append(row.spans, dotSpan{from: float64(h.first().Followers.V.V), to: float64(h.last().Followers.V.V), width: 1, look: look})
		}
		plotted.rows = append(plotted.rows, row)
	}
	lo, hi, zero := reachOf(reach)
	plotted.ticks, plotted.zero = logTicks(lo, hi), zero
	title := d.followersTitle(all)
	return newPage(d, Page{
		Title: title,
		Subtitle: fmt.Sprintf("Followers or subscribers by account and platform, %s; n = %s, %s",
			seenSpan(shown), numberOf(len(shown), len(all), "account", "accounts"), number(observations, "observation", "observations")),
		Caption: caption(cited, d.lookNote(accountCountries(shown)),
			when(d.Followers.Thinned, "Of several observations in a day the last is drawn, on the first day the first."),
			when(bounds, "Arrow and >: the source gives a lower bound."), when(zero, zeroNote),
			moreNote(len(all)-len(shown), "account", "accounts", "with fewer followers at the last observation"),
			when(d.Followers.Without > 0, "Not drawn: "+number(d.Followers.Without, "observation", "observations")+" without a number of followers.")),
		Alt:    "Dot plot of followers by account, grouped by platform. " + title + ".",
		Header: snapshotHeader(),
		Rows:   rows,
	}, plotted.height(d.width()), func(c draw.Canvas) { plotted.draw(c) })
}

// zeroNote explains the rail for zeros in a caption.
const zeroNote = "0 stands on the rail at the left, apart from the logarithmic scale."

func (d *Data) followersTitle(all []history) string {
	order := func(a, b history) int { return cmp.Compare(lastFollowers(a), lastFollowers(b)) }
	low, top := slices.MinFunc(all, order), slices.MaxFunc(all, order)
	who := func(h history) string {
		return fmt.Sprintf("%s on %s", nameOf(h.account), platformName(h.account.Platform))
	}
	switch {
	case len(all) == 1:
		return fmt.Sprintf("%s had %s followers at the last observation (%s)", who(top), sayFollowers(top.last()), saySeen(top.last()))
	case order(low, top) == 0:
		return fmt.Sprintf("Each of %d accounts had %s followers at the last observation", len(all), sayFollowers(top.last()))
	}
	return fmt.Sprintf("Followers at the last observation range from %s (%s) to %s (%s)", sayFollowers(low.last()), who(low), sayFollowers(top.last()), who(top))
}

func seenSpan(all []history) string {
	first, last := all[0].first(), all[0].last()
	for _, h := range all[1:] {
		if h.first().ObservedAt < first.ObservedAt {
			first = h.first()
		}
		if h.last().ObservedAt > last.ObservedAt {
			last = h.last()
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
	var others []datasets.Opt[string]
	for _, c := range slices.Compact(countries) {
		if d.rank(c) >= len(d.Study.Countries) {
			others = append(others, c)
			continue
		}
		parts = append(parts, d.look(c).shape.name()+" "+countryName(c))
	}
	switch len(others) {
	case 0:
	case 1:
		parts = append(parts, d.look(others[0]).shape.name()+" "+countryName(others[0]))
	default:
		parts = append(parts, d.look(others[0]).shape.name()+" others, which are not compared")
	}
	return "Marks: " + list(parts) + "."
}

func when(yes bool, text string) string {
	if yes {
		return text
	}
	return ""
}
