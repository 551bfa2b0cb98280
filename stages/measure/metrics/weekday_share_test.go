package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// onDays are posts at noon of days, with the weekday of the same date.
func onDays(days ...string) []Post {
	var out []Post
	for _, d := range days {
		at := moment(d)
		out = append(out, Post{ID: d, At: at + micros/2, Type: datasets.Original, Local: true, Date: at.Day(), Hour: 12, Weekday: int8(weekday(at.Day()) + 1)})
	}
	return out
}

// By hand: from Monday 1 to Monday 8 January 2024 there are two Mondays and one
// of each other day. Two posts on Mondays and one on a Tuesday are one a day
// each.
func TestWeekdayShare(t *testing.T) {
	span := []string{"2024-01-01", "2024-01-09"}
	v := partsOf(t, WeekdayShare, watched(Month, "2024-01-01", "2024-01-09", span, onDays("2024-01-01", "2024-01-08", "2024-01-02")...))
	wantPart(t, v, "monday", 0.5, 1e-15, "")
	wantPart(t, v, "tuesday", 0.5, 1e-15, "")
	wantPart(t, v, "sunday", 0, 0, "")
	// Two posts on Mondays alone: the account posts on Mondays.
	v = partsOf(t, WeekdayShare, watched(Month, "2024-01-01", "2024-01-09", span, onDays("2024-01-01", "2024-01-08")...))
	wantPart(t, v, "monday", 1, 0, "")
}

// By hand: the Monday was observed for six hours of 24, so its post weighs
// four times that of the Tuesday.
func TestWeekdayShareOfPartialDays(t *testing.T) {
	posts := append(onDays("2024-01-01", "2024-01-02"), posted("2024-01-03")...)
	v := partsOf(t, WeekdayShare, watched(Whole, "2024-01-01", "2024-01-08", []string{"2024-01-01 10:00:00", "2024-01-01 16:00:00", "2024-01-02", "2024-01-08"}, posts...))
	wantPart(t, v, "monday", 0.8, 1e-15, "1 post without a local time, left out")
	wantPart(t, v, "tuesday", 0.2, 1e-15, "1 post")
}

func TestWeekdayShareAbsent(t *testing.T) {
	six := []string{"2024-01-01", "2024-01-07"}
	v := partsOf(t, WeekdayShare, watched(Month, "2024-01-01", "2024-01-09", six, onDays("2024-01-01")...))
	wantNone(t, v, "monday", "no sunday was observed")
	v = partsOf(t, WeekdayShare, watched(Whole, "2024-01-01", "2024-01-09", []string{"2024-01-01", "2024-01-09"}))
	wantNone(t, v, "friday", "no post in observed time with a local date")
	if got := partsOf(t, WeekdayShare, watched(Month, "2024-01-01", "2024-01-09", []string{"2024-01-01", "2024-01-09"})); len(got) != 0 {
		t.Errorf("got %v for a month without posts", got)
	}
}

// 1 January 2024 was a Monday, 31 December 1969 a Wednesday.
func TestWeekday(t *testing.T) {
	if got := weekday(moment("2024-01-01").Day()); got != 0 {
		t.Errorf("got %d, want 0", got)
	}
	if got := weekday(-1); got != 2 {
		t.Errorf("got %d, want 2", got)
	}
}
