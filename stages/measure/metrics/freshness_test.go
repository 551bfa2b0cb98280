package metrics

import "testing"

// By hand: posts every ten days until 31 January; observed to 11 March 2024,
// 40 days later; three times the median interval is 30 days.
func TestFreshness(t *testing.T) {
	posts := posted("2024-01-01", "2024-01-11", "2024-01-21", "2024-01-31")
	v := partsOf(t, Freshness, watched(Whole, "2024-01-01", "2024-06-01", []string{"2024-01-01", "2024-03-11"}, posts...))
	wantPart(t, v, "days_since_last", 40, 0, "")
	wantPart(t, v, "dormant", 1, 0, "")
	v = partsOf(t, Freshness, watched(Whole, "2024-01-01", "2024-06-01", []string{"2024-01-01", "2024-03-01"}, posts...))
	wantPart(t, v, "days_since_last", 30, 0, "")
	wantPart(t, v, "dormant", 0, 0, "") // 30 days are not above 30
	// Every 14 days: the threshold is 42 days, not 30.
	posts = posted("2024-01-01", "2024-01-15", "2024-01-29")
	v = partsOf(t, Freshness, watched(Whole, "2024-01-01", "2024-06-01", []string{"2024-01-01", "2024-03-10"}, posts...))
	wantPart(t, v, "days_since_last", 41, 0, "")
	wantPart(t, v, "dormant", 0, 0, "")
}

// By hand: without a post the account was silent for the whole of the observed
// 152 days; for 20 days, nobody knows.
func TestFreshnessWithoutPosts(t *testing.T) {
	v := partsOf(t, Freshness, watched(Whole, "2024-01-01", "2024-06-01", []string{"2024-01-01", "2024-06-01"}))
	wantNone(t, v, "days_since_last", "no post in the study window: the last is at least 152.0 days back")
	wantPart(t, v, "dormant", 1, 0, "no interval between posts is known: the threshold is 30 days")
	v = partsOf(t, Freshness, watched(Whole, "2024-01-01", "2024-06-01", []string{"2024-01-01", "2024-01-21"}))
	wantNone(t, v, "dormant", "silent for the last 20.0 observed days, and what was before is not known: the threshold is 30.0 days")
}

// By hand: a gap in coverage lies between the last known post and the last
// stretch of 20, 40 or, after a later post, 5 days.
func TestFreshnessAcrossAGap(t *testing.T) {
	with := func(end string, posts ...string) map[string]Value {
		return partsOf(t, Freshness, watched(Whole, "2024-01-01", "2024-06-01", []string{"2024-01-01", "2024-01-11", "2024-03-01", end}, posted(posts...)...))
	}
	v := with("2024-03-21", "2024-01-05", "2024-01-06")
	wantPart(t, v, "days_since_last", 75, 0, "may be as short as 20.0 days")
	wantNone(t, v, "dormant", "silent for the last 20.0 observed days")
	wantPart(t, with("2024-04-10", "2024-01-05", "2024-01-06"), "dormant", 1, 0, "not observed throughout")
	v = with("2024-03-21", "2024-01-05", "2024-03-16", "2024-04-20") // the last one after observed time
	wantPart(t, v, "days_since_last", 5, 0, "")
	wantPart(t, v, "dormant", 0, 0, "no interval")
}
