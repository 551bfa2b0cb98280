package plots

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"

	"diplometrics/datasets"
)

// Tests that figures show what is there and say what is not. The data are made
// up here; the expected texts follow from them.

// seen adds an account of Kazakhstan with a count of followers on each day.
func seen(t *testing.T, d *Data, platform, id string, counts map[string]int64) {
	t.Helper()
	d.Accounts = append(d.Accounts, datasets.Account{Platform: platform, AccountID: id, Country: datasets.Some("KAZ"), Organization: "Office " + id})
	slices.SortFunc(d.Accounts, func(a, b datasets.Account) int { return datasets.Accounts.Compare(&a, &b) })
	for date, n := range counts {
		d.Followers.Seen = append(d.Followers.Seen, Observation{Platform: platform, AccountID: id, ObservedAt: day(t, date).Micros(), ObservedPrecision: "day",
			Followers: datasets.Shown{V: datasets.Some(n), Low: datasets.Some(n), High: datasets.Some(n)}, Source: "sheet"})
	}
	d.Followers = shownOf(d.Followers.Seen)
}

func newStudy() *Data {
	return &Data{Study: Study{Name: "made up", Countries: []string{"KAZ", "UZB"}}}
}

func drawnPage(t *testing.T, f Figure, d *Data) *Page {
	t.Helper()
	p, err := f.Draw(d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func hasText(p *Page, want string) bool {
	for _, text := range p.drawing().Texts() {
		if text.String == want {
			return true
		}
	}
	return false
}

func TestZeroFollowersAreDrawn(t *testing.T) {
	d := newStudy()
	seen(t, d, "x", "a", map[string]int64{"2024-01-01": 0, "2024-06-01": 10})
	seen(t, d, "x", "b", map[string]int64{"2024-01-01": 0})
	p := drawnPage(t, followers, d)
	for _, want := range []string{"0, 1 Jan 2024", "10, 1 Jun 2024", "Office b"} {
		if !hasText(p, want) {
			t.Errorf("followers lacks %q", want)
		}
	}
	if len(p.Rows) != 3 {
		t.Errorf("followers: %d plotted values, want 3", len(p.Rows))
	}
	p = drawnPage(t, followerGrowth, d)
	for _, want := range []string{"No ratio: 1 account with a first count of 0.", "Not shown: 1 account seen once."} {
		if !strings.Contains(p.Caption, want) {
			t.Errorf("follower_growth: %q is not in the caption %q", want, p.Caption)
		}
	}
}

// TestSameObservations: both figures of followers take the first and the last
// observation, also of several in a day.
func TestSameObservations(t *testing.T) {
	d := newStudy()
	seen(t, d, "x", "a", map[string]int64{"2018-12-09": 22944, "2024-05-27": 50800})
	later := d.Followers.Seen[0]
	later.ObservedAt += 1e6
	later.Followers.V = datasets.Some(int64(22947))
	d.Followers = shownOf(append(d.Followers.Seen, later))
	if p := drawnPage(t, followers, d); !hasText(p, "22\u00a0944, 9 Dec 2018") || len(p.Rows) != 2 {
		t.Errorf("followers: want the first observation of the first day, got %q", p.Rows)
	}
	if p := drawnPage(t, followerGrowth, d); !hasText(p, "22\u00a0944") {
		t.Error("follower_growth: want the first observation of the first day")
	}
}

// TestShortSpanHasNoRate: a flagged short span is printed as a dash and counts
// for no title.
func TestShortSpanHasNoRate(t *testing.T) {
	d := newStudy()
	seen(t, d, "x", "a", map[string]int64{"2024-01-01": 100, "2024-06-01": 200})
	seen(t, d, "x", "b", map[string]int64{"2024-01-01": 300, "2024-01-02": 302})
	add := func(id string, v float64, flag string) {
		d.Values = append(d.Values, datasets.Value{Metric: "follower_growth", Part: "net_per_month", Platform: "x", AccountID: id, PeriodKind: "window", Value: datasets.Some(v), Flag: optional(flag)})
	}
	add("a", 20, "")
	add("b", 61, datasets.ShortSpan+" 1.00 days between the snapshots, fewer than 7")
	p := drawnPage(t, followerGrowth, d)
	if hasText(p, "+61") || !hasText(p, "+20") {
		t.Error("want a rate for the long span only")
	}
	if want := "Office a on X went from 100 followers (1 Jan 2024) to 200 (1 Jun 2024)"; p.Title != want {
		t.Errorf("got %q, want %q", p.Title, want)
	}
	d.Values[1].Flag = datasets.None[string]()
	if p, want := drawnPage(t, followerGrowth, d), "2 of 2 accounts had more followers at the last observation than at the first"; p.Title != want {
		t.Errorf("got %q, want %q", p.Title, want)
	}
}

func TestOneAccountTitle(t *testing.T) {
	d := newStudy()
	seen(t, d, "x", "a", map[string]int64{"2024-01-01": 10})
	if got, want := drawnPage(t, followers, d).Title, "Office a on X had 10 followers at the last observation (1 Jan 2024)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestManyAccountsFitAPage: a page holds what it can, says how many more there
// are, and its table has all.
func TestManyAccountsFitAPage(t *testing.T) {
	d := newStudy()
	for i := range 80 {
		seen(t, d, "x", fmt.Sprintf("%02d", i), map[string]int64{"2024-01-01": int64(i), "2024-06-01": int64(1000 + i)})
	}
	for _, f := range []Figure{followers, followerGrowth} {
		p := drawnPage(t, f, d)
		if p.Height > tallest {
			t.Errorf("%s is %v high, more than %v", f.Name, p.Height, tallest)
		}
		if !hasText(p, "Office 79") || hasText(p, "Office 00") {
			t.Errorf("%s: want the accounts with most followers", f.Name)
		}
		if !strings.Contains(p.Caption, "Not drawn for want of room: ") || !strings.Contains(p.Subtitle, " of 80 accounts") {
			t.Errorf("%s does not say what is left out: %q, %q", f.Name, p.Subtitle, p.Caption)
		}
		ids := map[string]bool{}
		for _, r := range p.Rows {
			ids[r[1]] = true
		}
		if len(ids) != 80 {
			t.Errorf("%s: %d accounts in the table, want 80", f.Name, len(ids))
		}
	}
}

func TestMinistryNo(t *testing.T) {
	d := newStudy()
	d.Published = []datasets.PublishedValue{{ID: "s.1", Source: "s", Country: datasets.Some("UZB"), Subject: "Ministry", Platform: datasets.Some("facebook"),
		Indicator: "ministry_on_platform", Period: datasets.Some("2024"), ValueText: "no"}}
	p := drawnPage(t, platformPresence, d)
	if !hasText(p, "no") {
		t.Error("a stated no is not drawn")
	}
	if want := "Foreign ministries named on platforms by sources of 2024: Uzbekistan on none of 1"; p.Title != want {
		t.Errorf("got %q, want %q", p.Title, want)
	}
}

// TestYearsKeepOffLines: the years of ministries stand clear of the line below
// them, at every size.
func TestYearsKeepOffLines(t *testing.T) {
	line := regexp.MustCompile(`<path d="M[\d.]+ ([\d.]+)L[\d.]+ ([\d.]+)" fill="none" stroke="#e2e2e2"`)
	year := regexp.MustCompile(`<text x="[\d.]+" y="([\d.]+)" font-size="([\d.]+)"[^>]*>20\d\d</text>`)
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	d := thesis(t)
	for _, size := range Sizes {
		d.Study.Size = size
		var svg bytes.Buffer
		if err := pageOf(t, platformPresence, d).Write(&svg, "svg"); err != nil {
			t.Fatal(err)
		}
		years, lines := year.FindAllStringSubmatch(svg.String(), -1), line.FindAllStringSubmatch(svg.String(), -1)
		if len(years) < 3 || len(lines) < 3 {
			t.Fatalf("%s: %d years and %d lines", size, len(years), len(lines))
		}
		for _, y := range years {
			for _, l := range lines {
				if below := number(l[1]) - number(y[1]); l[1] == l[2] && below > -1 && below < .4*number(y[2]) {
					t.Errorf("%s: a line stands %.1f points below a year of %s points", size, below, y[2])
				}
			}
		}
	}
}

// TestRanksThatStay: a rank that does not move is not said to move.
func TestRanksThatStay(t *testing.T) {
	d := newStudy()
	for _, year := range []string{"2016", "2017"} {
		d.Published = append(d.Published, datasets.PublishedValue{ID: "s." + year, Source: "s", Country: datasets.Some("KAZ"), Subject: "country",
			Indicator: "ddr_rank", Period: datasets.Some(year), Value: datasets.Some(50.), Unit: datasets.Some("rank")})
	}
	if got, want := drawnPage(t, ddrRank, d).Title, "Digital Diplomacy Review ranks did not change between 2016 and 2017: Kazakhstan 50 in both"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestZeroUsersAreDrawn: a published 0 is a value.
func TestZeroUsersAreDrawn(t *testing.T) {
	d := newStudy()
	d.Published = []datasets.PublishedValue{{ID: "s.1", Source: "s", Country: datasets.Some("UZB"), Subject: "country", Platform: datasets.Some("vk"),
		Indicator: "social_network_users", Period: datasets.Some("2024"), ValueText: "0", Value: datasets.Some(0.), Unit: datasets.Some("persons")}}
	if p := drawnPage(t, socialNetworkUsers, d); !hasText(p, "0, 2024, S") || !strings.Contains(p.Caption, "No number in these data: Kazakhstan.") {
		t.Errorf("want a 0 for Uzbekistan and none for Kazakhstan: %q", p.Caption)
	}
}

// TestRatesWithoutPrint: no column, mark or note for printed averages where a
// study has none, and no id of a method in words.
func TestRatesWithoutPrint(t *testing.T) {
	d := newStudy()
	seen(t, d, "x", "a", nil)
	d.Values = []datasets.Value{{Metric: "posts_per_month", Part: "counted", Platform: "x", AccountID: "a", PeriodKind: "window", PeriodStart: day(t, "2024-01-01"), PeriodEnd: day(t, "2024-06-01"),
		Value: datasets.Some(4.), CILow: datasets.Some(3.), CIHigh: datasets.Some(5.), Uncertainty: "garwood_95: exact interval of a Poisson count", Source: "sheet"}}
	p := drawnPage(t, postingRates, d)
	for _, not := range []string{"garwood_95", "mpossible", "ring"} {
		if strings.Contains(p.Subtitle+p.Caption, not) {
			t.Errorf("%q in %q, %q", not, p.Subtitle, p.Caption)
		}
	}
	if hasText(p, "printed") {
		t.Error("a column for printed averages that are not there")
	}
}

// TestAuditHeadings: no source stands over nothing.
func TestAuditHeadings(t *testing.T) {
	for n := 1; n < 12; n++ {
		d := newStudy()
		for _, source := range []string{"a", "b", "c"} {
			for i := range n {
				d.Audit = append(d.Audit, datasets.AuditRow{Source: source, Locator: "x", Rule: fmt.Sprintf("rule_%02d", i), Verdict: datasets.Consistent})
			}
		}
		all := auditLines(d.Audit)
		signs := balanced(len(all), 3, func(i int) vg.Length { return all[i].height(150) }, func(int) vg.Length { return 10 }, func(i int) bool { return all[i].head != "" })
		for i, l := range all {
			if l.head != "" && signs.at[i].column != signs.at[i+1].column {
				t.Errorf("%d rules: the head of %s is alone", n, l.head)
			}
		}
		if want := fmt.Sprintf("No inconsistency in %d checks of published numbers and claims", 3*n); drawnPage(t, auditFigure, d).Title != want {
			t.Errorf("got %q, want %q", drawnPage(t, auditFigure, d).Title, want)
		}
	}
}

// TestGrowthTitle: a title says nothing of growth over spans of fewer than seven
// days, which no mean uses.
func TestGrowthTitle(t *testing.T) {
	d := &Data{Study: Study{Countries: []string{"KAZ"}}}
	of := func(v float64, flag string) grown {
		return grown{value: datasets.Value{Value: datasets.Some(v), Flag: optional(flag)}}
	}
	short := of(.5, datasets.ShortSpan+" 0.88 days between the snapshots, fewer than 7")
	for want, all := range map[string][]grown{
		"Followers of one account changed by +1.01\u00a0% a month":                                {of(.01, ""), short},
		"Followers of 2 accounts changed by −1.00\u00a0% to +1.01\u00a0% a month":                 {of(.01, ""), short, of(-.01, "")},
		"No account was seen over seven days: growth a month cannot be told from these snapshots": {short},
	} {
		if got := d.growthRatesTitle(all); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
