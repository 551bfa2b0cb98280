package enrich

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/enrich/language"

	"pgregory.net/rapid"
)

func exact(n int64) datasets.Shown {
	return datasets.Shown{V: datasets.Some(n), Low: datasets.Some(n), High: datasets.Some(n)}
}

func shown(text string, n, low, high int64) datasets.Shown {
	return datasets.Shown{V: datasets.Some(n), Text: datasets.Some(text), Low: datasets.Some(low), High: datasets.Some(high)}
}

func snapshot(account, observed, precision string, followers datasets.Shown) datasets.AccountSnapshot {
	return datasets.AccountSnapshot{Platform: "x", AccountID: account, ObservedAt: at(observed), ObservedPrecision: precision, Followers: followers, Source: "sheet"}
}

// followers takes snapshots that are all at hand, sorted.
func followers(snapshots []datasets.AccountSnapshot) *Followers {
	f, err := NewFollowers(batches(snapshots))
	if err != nil {
		panic(err)
	}
	return f
}

// contexts finds the contexts of posts that are all at hand, sorted by key.
func contexts(posts []datasets.Post, snapshots []datasets.AccountSnapshot, accounts []datasets.Account, zones map[string]*time.Location) []datasets.PostContext {
	c := NewContexts(followers(sorted(&datasets.AccountSnapshots, snapshots)), accounts, zones)
	var out []datasets.PostContext
	for batch := range batches(sorted(&datasets.Posts, posts)) {
		out = append(out, c.Of(batch)...)
	}
	return out
}

// followersAt returns the context of a post of account 10 of x.
func followersAt(t *testing.T, created string, snapshots ...datasets.AccountSnapshot) datasets.PostContext {
	t.Helper()
	rows := contexts([]datasets.Post{post("x", "10", "1", created, "")}, snapshots, accounts(), zones(t))
	return rows[0]
}

// Expected numbers are worked out by hand, beside each case.
func TestFollowersAtPosting(t *testing.T) {
	jan1 := snapshot("10", "2024-01-01T00:00:00Z", "day", exact(1000))
	jan11 := snapshot("10", "2024-01-11T00:00:00Z", "day", exact(2000))
	feb := snapshot("10", "2024-02-01T00:00:00Z", "month", exact(5000))
	type want struct {
		followers float64
		method    string
		gap       float64
		precision string
	}
	for _, c := range []struct {
		name, created string
		snapshots     []datasets.AccountSnapshot
		want          want
	}{
		// 3 days of 10, 1,000 more in 10 days.
		{"between two snapshots", "2024-01-04T00:00:00Z", []datasets.AccountSnapshot{jan1, jan11}, want{1300, "interpolated", 3, "day"}},
		{"order of snapshots does not matter", "2024-01-04T00:00:00Z", []datasets.AccountSnapshot{jan11, jan1}, want{1300, "interpolated", 3, "day"}},
		// 8.5 days of 10; the nearest snapshot is 1.5 days after.
		{"nearer to the later", "2024-01-09T12:00:00Z", []datasets.AccountSnapshot{jan1, jan11}, want{1850, "interpolated", 1.5, "day"}},
		// A tenth of a day of ten, from 1,000 to 1,005: half of one follower is no whole number.
		{"no whole number", "2024-01-02T00:00:00Z", []datasets.AccountSnapshot{jan1, snapshot("10", "2024-01-11T00:00:00Z", "second", exact(1005))}, want{1000.5, "interpolated", 1, "day"}},
		{"at the moment of a snapshot", "2024-01-11T00:00:00Z", []datasets.AccountSnapshot{jan1, jan11}, want{2000, "interpolated", 0, "day"}},
		{"after the last", "2024-01-21T12:00:00Z", []datasets.AccountSnapshot{jan1, jan11}, want{2000, "carried_forward", 10.5, "day"}},
		{"before the first", "2023-12-31T00:00:00Z", []datasets.AccountSnapshot{jan1, jan11}, want{1000, "carried_back", 1, "day"}},
		{"falling", "2024-01-06T00:00:00Z", []datasets.AccountSnapshot{snapshot("10", "2024-01-01T00:00:00Z", "day", exact(2000)), snapshot("10", "2024-01-11T00:00:00Z", "day", exact(0))}, want{1000, "interpolated", 5, "day"}},
		{"zero is zero", "2024-01-06T00:00:00Z", []datasets.AccountSnapshot{snapshot("10", "2024-01-01T00:00:00Z", "day", exact(0))}, want{0, "carried_forward", 5, "day"}},
		{"a snapshot without followers is none", "2024-01-04T00:00:00Z", []datasets.AccountSnapshot{jan1, snapshot("10", "2024-01-03T00:00:00Z", "day", datasets.Shown{}), jan11}, want{1300, "interpolated", 3, "day"}},
		// February 2024 has 29 days: its middle is the 15th at noon, 10 days before the 25th at noon.
		{"a month stands at its middle", "2024-02-25T12:00:00Z", []datasets.AccountSnapshot{feb}, want{5000, "carried_forward", 10, "month"}},
		{"a day is better than its month", "2024-02-25T00:00:00Z", []datasets.AccountSnapshot{feb, snapshot("10", "2024-02-29T00:00:00Z", "day", exact(7))}, want{7, "carried_back", 4, "day"}},
		// From noon of 31 January to noon of 15 February are 15 days; 3 of them are past: 2000 + 3000/5.
		{"a month between others", "2024-02-03T12:00:00Z", []datasets.AccountSnapshot{snapshot("10", "2024-01-31T12:00:00Z", "second", exact(2000)), feb}, want{2600, "interpolated", 3, "month"}},
		{"a year is not used", "2024-01-04T00:00:00Z", []datasets.AccountSnapshot{jan1, snapshot("10", "2024-01-02T00:00:00Z", "year", exact(9)), jan11}, want{1300, "interpolated", 3, "day"}},
		{"two at one moment: the better known time", "2024-01-01T00:00:00Z", []datasets.AccountSnapshot{jan1, snapshot("10", "2024-01-01T00:00:00Z", "second", exact(900))}, want{900, "interpolated", 0, "second"}},
		{"two at one moment: the narrower bounds", "2024-01-01T00:00:00Z", []datasets.AccountSnapshot{jan1, snapshot("10", "2024-01-01T00:00:00Z", "day", shown("1.1K", 1100, 1050, 1149))}, want{1000, "interpolated", 0, "day"}},
		{"two at one moment: the greater count", "2024-01-01T00:00:00Z", []datasets.AccountSnapshot{jan1, snapshot("10", "2024-01-01T00:00:00Z", "day", exact(1001))}, want{1001, "interpolated", 0, "day"}},
		{"of its own account", "2024-01-04T00:00:00Z", []datasets.AccountSnapshot{jan1, snapshot("11", "2024-01-04T00:00:00Z", "day", exact(9)), jan11}, want{1300, "interpolated", 3, "day"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := followersAt(t, c.created, c.snapshots...)
			if got := (want{x.Followers.V, x.FollowersMethod.V, x.FollowersGapDays.V, x.FollowersPrecision.V}); got != c.want || !x.Followers.OK || x.FollowersAbsent.OK {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
}

func TestFollowersGiven(t *testing.T) {
	p := post("x", "10", "1", "", "")
	p.FollowersAtPosting = datasets.Some[int64](800)
	s := []datasets.AccountSnapshot{snapshot("10", "2024-01-01T00:00:00Z", "day", exact(1000))}
	x := contexts([]datasets.Post{p}, s, accounts(), zones(t))[0]
	n := datasets.Some(800.0)
	if x.Followers != n || x.FollowersLow != n || x.FollowersHigh != n || x.FollowersMethod.V != "given" || x.FollowersGapDays.OK || x.FollowersPrecision.OK || x.FollowersAbsent.OK {
		t.Errorf("got %+v", x)
	}
}

func TestFollowersAbsent(t *testing.T) {
	year := snapshot("10", "2024-01-01T00:00:00Z", "year", exact(9))
	for _, c := range []struct {
		name, account, created string
		want                   string
	}{
		{"no snapshot", "14", "2024-01-01T00:00:00Z", noSnapshot},
		{"only a year", "10", "2024-01-01T00:00:00Z", onlyVague},
		{"no time", "11", "", noTime},
		{"unknown account", "99", "2024-01-01T00:00:00Z", noAccount},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := []datasets.AccountSnapshot{year, snapshot("11", "2024-01-01T00:00:00Z", "day", exact(9)), snapshot("99", "2024-01-01T00:00:00Z", "day", exact(9))}
			x := contexts([]datasets.Post{post("x", c.account, "1", c.created, "")}, s, accounts(), zones(t))[0]
			if x.FollowersAbsent != datasets.Some(c.want) || x.Followers.OK || x.FollowersLow.OK || x.FollowersHigh.OK || x.FollowersMethod.OK || x.FollowersGapDays.OK || x.FollowersPrecision.OK {
				t.Errorf("got %+v, want %q", x, c.want)
			}
		})
	}
}

// 50.8K is 50,750 to 50,849 and 51.2K is 51,150 to 51,249; half-way each is the
// mean. A text without an upper bound leaves the upper bound out.
func TestFollowersBounds(t *testing.T) {
	a := snapshot("10", "2024-01-01T00:00:00Z", "day", shown("50.8K", 50800, 50750, 50849))
	b := snapshot("10", "2024-01-11T00:00:00Z", "day", shown("51.2K", 51200, 51150, 51249))
	x := followersAt(t, "2024-01-06T00:00:00Z", a, b)
	if x.Followers.V != 51000 || x.FollowersLow != datasets.Some(50950.0) || x.FollowersHigh != datasets.Some(51049.0) {
		t.Errorf("got %+v", x)
	}
	b.Followers.High = datasets.None[int64]()
	if x = followersAt(t, "2024-01-06T00:00:00Z", a, b); x.FollowersLow != datasets.Some(50950.0) || x.FollowersHigh.OK {
		t.Errorf("got %+v", x)
	}
}

func TestLocalTime(t *testing.T) {
	for _, c := range []struct {
		name, account, created string
		date                   string
		hour, weekday          int64
		zone, of               string
	}{
		// Almaty kept UTC+6 until 29 February 2024 and keeps UTC+5 since 1 March:
		// at midnight the clocks went back to 23:00 of 29 February, a Thursday.
		{"before the change", "10", "2024-02-29T17:30:00Z", "2024-02-29", 23, 4, "Asia/Almaty", "country"},
		{"at the change, the hour that came twice", "10", "2024-02-29T18:00:00Z", "2024-02-29", 23, 4, "Asia/Almaty", "country"},
		{"after the change", "10", "2024-02-29T19:00:00Z", "2024-03-01", 0, 5, "Asia/Almaty", "country"},
		{"same hour UTC, winter", "10", "2024-01-15T12:00:00Z", "2024-01-15", 18, 1, "Asia/Almaty", "country"},
		{"same hour UTC, summer", "10", "2024-07-15T12:00:00Z", "2024-07-15", 17, 1, "Asia/Almaty", "country"},
		{"Sunday is 7", "12", "2024-03-24T00:00:00Z", "2024-03-24", 5, 7, "Asia/Tashkent", "country"},
		{"next year already", "12", "2023-12-31T19:00:00Z", "2024-01-01", 0, 1, "Asia/Tashkent", "country"},
		{"an embassy keeps the clock of its host", "11", "2024-07-15T12:00:00Z", "2024-07-15", 15, 1, "Africa/Addis_Ababa", "host_country"},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := contexts([]datasets.Post{post("x", c.account, "1", c.created, "")}, nil, accounts(), zones(t))[0]
			if x.LocalDate.V.String() != c.date || x.LocalHour != datasets.Some(c.hour) || x.LocalWeekday != datasets.Some(c.weekday) ||
				x.Zone != datasets.Some(c.zone) || x.ZoneOf != datasets.Some(c.of) || x.LocalAbsent.OK {
				t.Errorf("got %v %v %v %v %v %v", x.LocalDate.V, x.LocalHour.V, x.LocalWeekday.V, x.Zone.V, x.ZoneOf.V, x.LocalAbsent.V)
			}
		})
	}
	t.Run("an embassy whose host has no zone keeps the clock of its capital", func(t *testing.T) {
		x := contexts([]datasets.Post{post("facebook", "21", "1", "2024-07-15T12:00:00Z", "")}, nil, accounts(), zones(t))[0]
		if x.LocalHour != datasets.Some[int64](17) || x.ZoneOf != datasets.Some("country") {
			t.Errorf("got %+v", x)
		}
	})
}

func TestLocalAbsent(t *testing.T) {
	for _, c := range []struct{ name, account, created, want string }{
		{"no time", "10", "", noTime},
		{"no zone", "14", "2024-01-01T00:00:00Z", noZoneFor + "KGZ"},
		{"no country", "13", "2024-01-01T00:00:00Z", noCountry},
		{"unknown account", "99", "2024-01-01T00:00:00Z", noAccount},
	} {
		t.Run(c.name, func(t *testing.T) {
			x := contexts([]datasets.Post{post("x", c.account, "1", c.created, "")}, nil, accounts(), zones(t))[0]
			if x.LocalAbsent != datasets.Some(c.want) || x.LocalDate.OK || x.LocalHour.OK || x.LocalWeekday.OK || x.Zone.OK || x.ZoneOf.OK {
				t.Errorf("got %+v, want %q", x, c.want)
			}
		})
	}
}

// However posts are cut into batches and however many cores there are, each has
// the context that it has alone.
func TestContextsByBatch(t *testing.T) {
	z := zones(t)
	texts := []string{"", "Бүгін министр Өзбекстан елшісін қабылдады.", "Сегодня министр принял посла.", "Bugun vazir elchini qabul qildi."}
	rapid.Check(t, func(t *rapid.T) {
		var snapshots []datasets.AccountSnapshot
		var posts []datasets.Post
		for i := range rapid.IntRange(0, 40).Draw(t, "posts") {
			a := rapid.SampledFrom(append(accounts(), datasets.Account{Platform: "vk", AccountID: "unknown"})).Draw(t, "account")
			p := post(a.Platform, a.AccountID, fmt.Sprint(i), "2024-01-20T00:00:00Z", rapid.SampledFrom(texts).Draw(t, "text"))
			p.CreatedAt.V += datasets.Micros(rapid.IntRange(-900, 900).Draw(t, "hours")) * hour
			p.CreatedAt.OK = rapid.IntRange(0, 5).Draw(t, "dated") > 0
			posts = append(posts, p)
			s := snapshot(a.AccountID, "2024-01-20T00:00:00Z", rapid.SampledFrom([]string{"second", "month", "year"}).Draw(t, "precision"), exact(int64(100*i)))
			s.Platform, s.Source = a.Platform, fmt.Sprint(i)
			s.ObservedAt += datasets.Micros(rapid.IntRange(-900, 900).Draw(t, "hours")) * hour
			snapshots = append(snapshots, s)
		}
		posts, snapshots = sorted(&datasets.Posts, posts), sorted(&datasets.AccountSnapshots, snapshots)
		c := NewContexts(followers(snapshots), accounts(), z)
		var got []datasets.PostContext
		for rest := posts; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(t, "batch")
			got, rest = append(got, c.Of(rest[:n])...), rest[n:]
		}
		for i := range posts {
			if want := contexts(posts[i:i+1], snapshots, accounts(), z)[0]; got[i] != want {
				t.Fatalf("got %+v, alone %+v", got[i], want)
			}
		}
	})
}

// Shares stand in the columns of their languages.
func TestLanguageColumns(t *testing.T) {
	if language.Languages != datasets.Languages {
		t.Errorf("languages %v, columns %v", language.Languages, datasets.Languages)
	}
}

func TestContextGolden(t *testing.T) {
	given := post("facebook", "20", "7", "2024-03-01T04:00:00Z", "")
	given.FollowersAtPosting = datasets.Some[int64](22107)
	repost := post("x", "10", "3", "2024-01-06T06:00:00Z", "")
	repost.PostType = datasets.Repost
	posts := []datasets.Post{
		repost, given,
		post("x", "10", "1", "2023-12-30T00:00:00Z", ""), post("x", "10", "2", "2024-02-29T18:30:00Z", ""), post("x", "10", "4", "", ""),
		post("x", "11", "5", "2024-03-01T04:00:00Z", ""), post("x", "13", "6", "2024-03-01T04:00:00Z", ""), post("x", "14", "8", "2024-03-01T04:00:00Z", ""),
	}
	posts[0].Text = datasets.Some("Бүгін министр Өзбекстан елшісін қабылдады.\nСегодня министр принял посла Узбекистана в столице.")
	posts[1].Text = datasets.Some("Bugun vazir Qozog‘iston elchisini qabul qildi.")
	posts[2].Text = datasets.Some("👍 https://example.org")
	snapshots := []datasets.AccountSnapshot{
		snapshot("10", "2024-01-01T00:00:00Z", "day", shown("50.8K", 50800, 50750, 50849)),
		snapshot("10", "2024-01-11T12:00:00Z", "second", exact(50870)),
		snapshot("11", "2024-03-01T00:00:00Z", "month", exact(295)),
		snapshot("13", "2024-01-01T00:00:00Z", "year", exact(694944)),
	}
	golden(t, &datasets.PostContexts, contexts(posts, snapshots, accounts(), zones(t)))
}

// Whatever the snapshots: followers lie between the counts around the post, the
// bounds around the followers, and no order of rows changes a value.
func TestContextProperties(t *testing.T) {
	z := zones(t)
	rapid.Check(t, func(t *rapid.T) {
		var snapshots []datasets.AccountSnapshot
		for range rapid.IntRange(0, 8).Draw(t, "snapshots") {
			n := rapid.Int64Range(0, 2_000_000).Draw(t, "count")
			slack := rapid.Int64Range(0, 100).Draw(t, "slack")
			s := snapshot("10", "2024-01-01T00:00:00Z", rapid.SampledFrom([]string{"second", "day", "month", "year"}).Draw(t, "precision"), shown("", n, max(0, n-slack), n+slack))
			s.ObservedAt += datasets.Micros(rapid.IntRange(0, 400).Draw(t, "hours")) * 6 * hour
			snapshots = append(snapshots, s)
		}
		var posts []datasets.Post
		for i := range rapid.IntRange(1, 8).Draw(t, "posts") {
			p := post("x", "10", fmt.Sprint(i), "2023-12-20T00:00:00Z", "")
			p.CreatedAt.V += datasets.Micros(rapid.IntRange(0, 3000).Draw(t, "hours")) * hour
			posts = append(posts, p)
		}
		rows := contexts(posts, snapshots, accounts(), z)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		shuffled, other := slices.Clone(snapshots), slices.Clone(posts)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		r.Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		if again := contexts(other, shuffled, accounts(), z); !slices.Equal(again, rows) {
			t.Fatalf("another order gives\n%v\nnot\n%v", again, rows)
		}
		var least, greatest datasets.Opt[float64]
		for _, s := range snapshots {
			if s.ObservedPrecision == "year" {
				continue
			}
			n := float64(s.Followers.V.V)
			if !least.OK || n < least.V {
				least = datasets.Some(n)
			}
			if !greatest.OK || n > greatest.V {
				greatest = datasets.Some(n)
			}
		}
		for i := range rows {
			x := &rows[i]
			if x.Followers.OK != least.OK || x.Followers.OK == x.FollowersAbsent.OK || x.Followers.OK != x.FollowersMethod.OK {
				t.Fatalf("%d snapshots, %+v", len(snapshots), x)
			}
			if x.Followers.OK && (x.Followers.V < least.V || x.Followers.V > greatest.V || x.FollowersGapDays.V < 0 ||
				x.FollowersLow.V > x.Followers.V || x.FollowersHigh.V < x.Followers.V) {
				t.Fatalf("not between %v and %v: %+v", least.V, greatest.V, x)
			}
		}
	})
}

// Between two snapshots, followers lie between the two counts.
func TestInterpolatedLiesBetween(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		count := rapid.Int64Range(0, 1<<40)
		a, b := count.Draw(t, "a"), count.Draw(t, "b")
		span := datasets.Micros(rapid.Int64Range(2, 1<<50).Draw(t, "span"))
		s := newSeries([]reading{{at: 0, count: a}, {at: span, count: b}})
		var x datasets.PostContext
		s.at(datasets.Micros(rapid.Int64Range(1, int64(span)-1).Draw(t, "t")), &x)
		if x.FollowersMethod.V != datasets.FollowersInterpolated || x.Followers.V < float64(min(a, b)) || x.Followers.V > float64(max(a, b)) {
			t.Fatalf("between %d and %d: %+v", a, b, x)
		}
	})
}

func BenchmarkContexts(b *testing.B) {
	var snapshots []datasets.AccountSnapshot
	for i := range 365 {
		s := snapshot("10", "2024-01-01T00:00:00Z", "second", exact(int64(1000+i)))
		s.ObservedAt += datasets.Micros(i) * 24 * hour
		snapshots = append(snapshots, s)
	}
	posts := make([]datasets.Post, 8760)
	text := strings.Repeat("Бүгін Сыртқы істер министрі Өзбекстан елшісін қабылдады. ", 3)
	for i := range posts {
		posts[i] = post("x", "10", fmt.Sprint(i), noon, text)
		posts[i].CreatedAt.V = at0 + datasets.Micros(i)*hour
	}
	z := zones(b)
	b.ReportAllocs()
	for b.Loop() {
		NewContexts(followers(snapshots), accounts(), z).Of(posts)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(posts)), "ns/post")
}

const at0 = datasets.Micros(1_704_067_200_000_000) // 2024-01-01T00:00:00Z
