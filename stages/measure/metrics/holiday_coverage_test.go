package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// festive is the study window of an account of Kazakhstan, days 0 to 99, with
// three holidays; those of another country lie beside them.
func festive(posts ...*Post) *Period {
	return &Period{Account: datasets.Account{Platform: "x", Country: datasets.Some("KAZ")}, Kind: Whole, From: 0, To: 100, Posts: posts, Near: posts,
		Covered: []Span{{0, datasets.Day(100).Micros()}},
		Setting: &Setting{Holidays: []Holiday{{"KAZ", "New Year", 0, 2}, {"KAZ", "Nauryz", 40, 43}, {"KAZ", "Unity Day", 80, 81}, {"UZB", "Navruz", 60, 61}}}}
}

func onDay(day float64, topics ...string) *Post {
	return &Post{Type: datasets.Original, At: datasets.Micros(day * micros), Topics: topics}
}

// By hand.
func TestHolidayCoverage(t *testing.T) {
	// The day before Nauryz, without a word of it; Unity Day's eve and the day
	// after the next, in words.
	p := festive(onDay(39.5, "none"), onDay(60, "none"), onDay(79.1, "holiday:Unity Day"), onDay(82.5, "holiday:Unity Day"))
	got := emitted(t, HolidayCoverage, p)
	want(t, got, "any_post", 2./3, 3, 3)
	want(t, got, "mentioned", 1./3, 3, 3)

	// Two days after is too late, and a word of another holiday is none of this one.
	got = emitted(t, HolidayCoverage, festive(onDay(44.5, "holiday:Nauryz"), onDay(81.9, "holiday:Nauryz")))
	want(t, got, "any_post", 1./3, 3, 3)
	want(t, got, "mentioned", 0, 3, 3)

	// Local dates count: 21 hours of UTC on day 43 are the next day.
	late := onDay(43.9, "holiday:Nauryz")
	late.Local, late.Date = true, 44
	want(t, emitted(t, HolidayCoverage, festive(late)), "any_post", 0, 3, 3)
	late.Date = 43
	want(t, emitted(t, HolidayCoverage, festive(late)), "any_post", 1./3, 3, 3)

	// A post without text may have been about it.
	got = emitted(t, HolidayCoverage, festive(onDay(40), onDay(41, "none"), onDay(80), onDay(80.5, "holiday:Unity Day")))
	want(t, got, "any_post", 2./3, 3, 3)
	want(t, got, "mentioned", 0.5, 3, 2)
	wantFlag(t, got, "mentioned", "1 holiday left out")

	// Nobody knows what was posted when nobody looked.
	p = festive(onDay(0.5, "none"))
	p.Covered = []Span{{0, datasets.Day(42).Micros()}, {datasets.Day(80).Micros(), datasets.Day(81).Micros()}}
	got = emitted(t, HolidayCoverage, p)
	want(t, got, "any_post", 0.5, 3, 2)
	wantFlag(t, got, "any_post", "1 holiday not wholly in observed time")

	// An account that was watched and did not post.
	want(t, emitted(t, HolidayCoverage, festive()), "any_post", 0, 3, 3)
}

func TestNoHolidays(t *testing.T) {
	p := festive()
	p.Covered, p.Coverage = nil, "study.toml states no coverage"
	got := emitted(t, HolidayCoverage, p)
	wantAbsent(t, got, "any_post", "no holiday lies in observed time; study.toml states no coverage")
	wantAbsent(t, got, "mentioned", "no holiday lies in observed time")
	p = festive(onDay(50))
	p.From, p.To = 50, 55
	wantAbsent(t, emitted(t, HolidayCoverage, p), "any_post", "no holiday of the country lies in the period")
	p = festive(onDay(0), onDay(40), onDay(80))
	wantAbsent(t, emitted(t, HolidayCoverage, p), "mentioned", "near every holiday there are posts without text")
	for _, country := range []datasets.Opt[string]{{}, datasets.Some("KGZ")} {
		p = festive(onDay(1))
		p.Account.Country = country
		wantNothing(t, HolidayCoverage, p)
	}
}
