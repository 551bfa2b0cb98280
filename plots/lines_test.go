package plots

import (
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"diplometrics/datasets"
)

// Tests of the figures of curves: titles say what is there and no more. The
// data are made up here; the expected texts follow from them.

// point is a point of a curve of a country on a platform.
func point(curve, country, platform string, x, y float64) datasets.Curve {
	return datasets.Curve{Curve: curve, Country: country, Platform: platform, X: x, Y: datasets.Some(y), N: 100}
}

// withCurves is a study that has only the curves, sorted as the table is.
func withCurves(points ...datasets.Curve) *Data {
	d := newStudy()
	d.Curves = points
	sortCurves(d)
	return d
}

// tidy makes texts with no-break spaces easy to compare.
func tidy(s string) string { return strings.ReplaceAll(s, noBreak, " ") }

func wantTitle(t *testing.T, f Figure, d *Data, want string) {
	t.Helper()
	if got := tidy(drawnPage(t, f, d).Title); got != want {
		t.Errorf("%s: got  %s\nwant %s", f.Name, got, want)
	}
}

func TestInteractionsTitle(t *testing.T) {
	zero := func(country, platform string, y float64) datasets.Curve {
		return point(datasets.ZeroPosts, country, platform, 0, y)
	}
	tail := func(country, platform string, x, y float64) datasets.Curve {
		return point(datasets.CCDF, country, platform, x, y)
	}
	wantTitle(t, interactionsCCDF, withCurves(zero("KAZ", "x", 1)), "No post had an interaction")
	wantTitle(t, interactionsCCDF, withCurves(zero("KAZ", "x", .4), tail("KAZ", "x", 1, .6), tail("KAZ", "x", 1234, .01)),
		"Posts of Kazakhstan without any interaction: 40 % on X; the most that a post had is 1 234 on X")
	wantTitle(t, interactionsCCDF, withCurves(zero("KAZ", "x", .4), tail("KAZ", "x", 5, .6), zero("UZB", "x", .062), tail("UZB", "x", 7, .9), zero("UZB", "vk", 0), tail("UZB", "vk", 3, 1)),
		"Posts of two countries without any interaction: 0 % on VK and 6.2 to 40 % on X; the most that a post had is 7 on X")
}

func TestLorenzTitle(t *testing.T) {
	d := withCurves(point(datasets.PooledGini, "KAZ", "x", 0, .5), point(datasets.PooledGini, "UZB", "x", 0, .501),
		point(datasets.LorenzCurve, "KAZ", "x", 0, 0), point(datasets.LorenzCurve, "KAZ", "x", 1, 1))
	wantTitle(t, lorenz, d, "Gini's coefficient of interactions over posts of two countries: 0.50 on X")
}

// TestLorenzAlone: a single panel takes more of the page, and its names the room
// at its side; where there is none, they stand in its corner.
func TestLorenzAlone(t *testing.T) {
	d := withCurves(point(datasets.PooledGini, "KAZ", "x", 0, .5), point(datasets.LorenzCurve, "KAZ", "x", 0, 0), point(datasets.LorenzCurve, "KAZ", "x", 1, 1))
	for _, c := range []struct {
		size   Size
		beside bool
		least  vg.Length // share of the width of the page at which the panel ends
	}{{TwoColumn, true, .5}, {OneColumn, false, .8}, {Slide, true, .32}} {
		d.Study.Size = c.size
		p := pageOf(t, lorenz, d)
		var end, name vg.Length
		for _, text := range p.drawing().Texts() {
			switch b := box(text); tidy(text.String) {
			case "100 %":
				end = max(end, b.Min.X)
			case "Kazakhstan 0.50":
				name = b.Min.X
			}
		}
		if name == 0 || (name > end) != c.beside {
			t.Errorf("%s: the name begins at %v, the panel ends at %v", c.size, name, end)
		}
		if share := end / p.Width; share < c.least {
			t.Errorf("%s: the panel ends at %.2f of the page", c.size, share)
		}
	}
}

// week is a week of posts from a day, with its interval and what was observed.
func week(t *testing.T, country, from string, y, low, high, observed float64) []datasets.Curve {
	p := point(datasets.PostsByWeek, country, "x", float64(day(t, from)), y)
	if high > 0 {
		p.Low, p.High = datasets.Some(low), datasets.Some(high)
	}
	if observed == 0 {
		p.Y = datasets.None[float64]()
	}
	return []datasets.Curve{p, point(datasets.CoverageShare, country, "x", float64(day(t, from)), observed)}
}

func TestWeekTitle(t *testing.T) {
	some := append(week(t, "KAZ", "2024-01-01", 2, 1, 3.5, 1), week(t, "KAZ", "2024-01-08", 9, 7, 11, 1)...)
	wantTitle(t, postsByWeek, withCurves(some...), "Posts an account and week of Kazakhstan on X range from 2 (95 % interval 1 to 3.5) to 9 (7 to 11)")
	some = append(some, week(t, "UZB", "2024-01-01", 50, 10, 90, .1)...)
	some = append(some, week(t, "UZB", "2024-01-08", 1, 0, 0, 1)...)
	wantTitle(t, postsByWeek, withCurves(some...), "Posts an account and week range from 1 to 9 (7 to 11) in weeks observed in full")
	wantTitle(t, postsByWeek, withCurves(week(t, "KAZ", "2024-01-01", 2, 1, 3, .5)...), "Posts an account and week of Kazakhstan on X: 2 (95 % interval 1 to 3) throughout, in weeks none of which was observed in full")
}

// TestShortWeeks: a week that the window cuts is as wide as it is long, gives no
// title, and a silent account that was observed counts among the accounts.
func TestShortWeeks(t *testing.T) {
	rate := func(from string, y float64) []datasets.Curve { return week(t, "KAZ", from, y, 0, 0, 1) }
	full := slices.Concat(rate("2024-01-01", 2), rate("2024-01-08", 9))
	for name, c := range map[string]struct {
		weeks []datasets.Curve
		to    string
		last  float64 // days
		title string
	}{
		"whole weeks":   {full, "2024-01-15", 7, "Posts an account and week of Kazakhstan on X range from 2 to 9"},
		"short last":    {slices.Concat(full, rate("2024-01-15", 0)), "2024-01-16", 1, "Posts an account and week of Kazakhstan on X range from 2 to 9 in weeks observed in full"},
		"short first":   {slices.Concat(rate("2023-12-30", 70), full), "2024-01-15", 7, "Posts an account and week of Kazakhstan on X range from 2 to 9 in weeks observed in full"},
		"only short":    {slices.Concat(rate("2023-12-30", 7), rate("2024-01-01", 0)), "2024-01-03", 2, "Posts an account and week of Kazakhstan on X range from 0 to 7, in weeks none of which was observed in full"},
		"window absent": {full, "", 7, "Posts an account and week of Kazakhstan on X range from 2 to 9"},
	} {
		d := withCurves(c.weeks...)
		if c.to != "" {
			for i, posts := range []int64{12, 0} {
				id := []string{"a", "silent"}[i]
				d.Accounts = append(d.Accounts, datasets.Account{Platform: "x", AccountID: id, Country: datasets.Some("KAZ")})
				d.Values = append(d.Values, datasets.Value{Metric: "active_days_share", Part: "share", Platform: "x", AccountID: id, PeriodKind: "window", PeriodEnd: day(t, c.to),
					NObserved: posts, Value: datasets.Some(float64(posts) / 100)})
			}
		}
		p := drawnPage(t, postsByWeek, d)
		if got := tidy(p.Title); got != c.title {
			t.Errorf("%s: got  %s\nwant %s", name, got, c.title)
		}
		if c.to == "" {
			continue
		}
		weeks := weekPoints(d.curveLines(datasets.PostsByWeek)[0], d.curveLines(datasets.CoverageShare), float64(day(t, c.to)))
		if got := weeks[len(weeks)-1].days(); got != c.last {
			t.Errorf("%s: the last week has %v days, want %v", name, got, c.last)
		}
		if short := name != "whole weeks"; strings.Contains(p.Caption, "A narrow step") != short {
			t.Errorf("%s: narrow steps in %q", name, p.Caption)
		}
		if !strings.Contains(tidy(p.Subtitle), "n = 12 posts of 2 accounts") {
			t.Errorf("%s: the silent account does not count: %q", name, p.Subtitle)
		}
	}
}

// TestWeeksNotObserved: a week without a rate parts the line, and is no zero.
func TestWeeksNotObserved(t *testing.T) {
	some := append(week(t, "KAZ", "2024-01-01", 2, 1, 3, 1), week(t, "KAZ", "2024-01-08", 0, 0, 0, 0)...)
	some = append(some, week(t, "KAZ", "2024-01-15", 3, 2, 5, 1)...)
	d := withCurves(some...)
	weeks := weekPoints(d.curveLines(datasets.PostsByWeek)[0], d.curveLines(datasets.CoverageShare), 0)
	if runs := observedRuns(weeks); len(runs) != 2 || len(runs[0]) != 1 || len(runs[1]) != 1 || weeks[1].observed != 0 {
		t.Errorf("got %+v", runs)
	}
	p := drawnPage(t, postsByWeek, d)
	if hasText(p, "0") || !strings.Contains(p.Caption, "Grey from above") || strings.Contains(p.Caption, "rail") {
		t.Errorf("a week that was not observed looks like a zero: %q", p.Caption)
	}
	some = append(some, week(t, "UZB", "2024-01-08", 0, 0, .5, 1)...)
	if p := drawnPage(t, postsByWeek, withCurves(some...)); !hasText(p, "0") || !strings.Contains(p.Caption, "rail") {
		t.Errorf("a week without a post has no rail: %q", p.Caption)
	}
}

// TestEventsNamedOnce: an event has its number over the columns of the countries
// that it concerns, and its name in the caption.
func TestEventsNamedOnce(t *testing.T) {
	some := append(week(t, "KAZ", "2024-01-01", 2, 1, 3, 1), week(t, "UZB", "2024-01-01", 3, 2, 5, 1)...)
	some = append(some, datasets.Curve{Curve: datasets.EventMoments, Series: "summit", X: float64(day(t, "2024-01-03"))},
		datasets.Curve{Curve: datasets.EventMoments, Country: "UZB", Series: "visit", X: float64(day(t, "2024-01-05"))})
	p := drawnPage(t, postsByWeek, withCurves(some...))
	n := map[string]int{}
	for _, text := range p.drawing().Texts() {
		n[text.String]++
	}
	if n["1"] < 2 || n["2"] < 1 {
		t.Errorf("numbers over the panels: %v", n)
	}
	if want := "Upright lines, events: 1 summit (3 Jan) and 2 visit (5 Jan, Uzbekistan)."; !strings.Contains(tidy(p.Caption), want) {
		t.Errorf("%q is not in %q", want, tidy(p.Caption))
	}
}

func TestHoursTitle(t *testing.T) {
	hour := func(country, weekday string, x, y float64) datasets.Curve {
		p := point(datasets.HourByWeekday, country, "x", x, y)
		p.Series = weekday
		return p
	}
	wantTitle(t, hoursOfWeek, withCurves(hour("KAZ", "2", 10, .7), hour("KAZ", "7", 10, .3)),
		"The busiest hour of the week of Kazakhstan on X is Tue, 10–11 h; it holds 70 % of the posts, against 0.6 % if they were spread evenly")
	wantTitle(t, hoursOfWeek, withCurves(hour("KAZ", "2", 10, 1), hour("UZB", "6", 10, .6), hour("UZB", "7", 10, .4)),
		"The busiest hour of the week lies between Monday and Friday, 9 and 18 h, in 1 of 2 panels; it holds 60 to 100 % of the posts, against 0.6 % if they were spread evenly")
}

// TestLatencyTitle: the title speaks of a time that every line reaches.
func TestLatencyTitle(t *testing.T) {
	answered := func(country string, x, y float64) datasets.Curve {
		return point(datasets.Latency, country, "", x, y)
	}
	kaz := []datasets.Curve{answered("KAZ", 0, 0), answered("KAZ", 5, .25), answered("KAZ", 48, .5)}
	wantTitle(t, latency, withCurves(kaz...), "Within 24 hours accounts had posted on 25 % of the events that they were watched for, in Kazakhstan")
	wantTitle(t, latency, withCurves(append(kaz, answered("UZB", 0, 0), answered("UZB", 7, .1))...), "Within 6 hours accounts had posted on 0 to 25 % of the events that they were watched for, in two countries")
	wantTitle(t, latency, withCurves(answered("KAZ", 0, 0), answered("KAZ", .5, .1)), "Posts on events in Kazakhstan, watched for less than an hour")
	if p := drawnPage(t, latency, withCurves(kaz...)); !strings.Contains(p.Caption, "Without any case: Uzbekistan.") {
		t.Errorf("the country without a case is not named: %q", p.Caption)
	}
}

// TestBurstinessTitle counts the accounts outside of the band, and only where
// there is one.
func TestBurstinessTitle(t *testing.T) {
	study := func(band bool, values ...float64) *Data {
		d := newStudy()
		for i, v := range values {
			id := string(rune('a' + i))
			seen(t, d, "x", id, nil)
			d.Values = append(d.Values, datasets.Value{Metric: "burstiness", Part: "finite", Platform: "x", AccountID: id, PeriodKind: "window",
				PeriodStart: day(t, "2024-01-01"), PeriodEnd: day(t, "2024-07-01"), Value: datasets.Some(v), NObserved: 20, Source: "sheet"})
		}
		if band {
			for _, n := range []float64{10, 40} {
				p := point(datasets.NullBurst, "", "", n, 0)
				p.Low, p.High = datasets.Some(-4/n), datasets.Some(4/n)
				d.Curves = append(d.Curves, p)
			}
		}
		return d
	}
	// At 20 intervals, half way between 10 and 40 on the axis, the band is from -0.25 to 0.25.
	wantTitle(t, burstiness, study(true, .26, .24, -.26), "The burstiness of 1 of 3 accounts lies above the 95 % band of posts at random times, that of 1 below; by chance alone one in 40 would lie on either side")
	wantTitle(t, burstiness, study(true, .1, -.1), "The burstiness of each of 2 accounts lies inside the 95 % band of posts at random times")
	wantTitle(t, burstiness, study(true, .5), "The burstiness of Office a on X, 0.50, lies above the 95 % band of posts at random times")
	wantTitle(t, burstiness, study(false, .5, .1), "Burstiness of 2 accounts, without a band to hold it against")
}
