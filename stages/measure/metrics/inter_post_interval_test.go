package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// bursty are eleven posts in bursts, and their statistics by R 4.2.2:
// median(tau), IQR(tau), sqrt(mean((tau-mean(tau))^2))/mean(tau), tau in hours.
func bursty() []Post {
	var out []Post
	for _, s := range []datasets.Micros{0, 3600, 3700, 3760, 90000, 90100, 176400, 260000, 260060, 260120, 400000} {
		out = append(out, Post{At: moment("2024-01-01") + s*1e6, Type: datasets.Original})
	}
	return out
}

func TestInterPostInterval(t *testing.T) {
	v := partsOf(t, InterPostInterval, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-02-01"}, bursty()...))
	wantPart(t, v, "median", 0.5138888888888888, 1e-12, "")
	wantPart(t, v, "iqr", 23.75277777777778, 1e-12, "")
	wantPart(t, v, "cv", 1.2612838895347867, 1e-12, "")
	if got := v["median"]; got.N != 11 || got.NObserved != 10 {
		t.Errorf("got n %d and n_observed %d, want 11 posts and 10 intervals", got.N, got.NObserved)
	}
}

// By hand: intervals of 0 s, 59 s and 60 s; two of them are shorter than a
// minute.
func TestInterPostIntervalNear(t *testing.T) {
	v := partsOf(t, InterPostInterval, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-02-01"},
		posted("2024-01-01 10:00:00", "2024-01-01 10:00:00", "2024-01-01 10:00:59", "2024-01-01 10:01:59")...))
	wantPart(t, v, "median", 59.0/3600, 1e-15, "2 pairs of posts less than 60 s apart, perhaps of one thread, not merged")
	v = partsOf(t, InterPostInterval, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-02-01"},
		posted("2024-01-01 10:00:00", "2024-01-01 10:00:00", "2024-01-01 10:00:00")...))
	wantPart(t, v, "median", 0, 0, "2 pairs")
	wantNone(t, v, "cv", "all intervals are 0")
}

// By hand: 24 h in the first stretch and 48 h in the second; the ten days
// between are no interval, nor is anything about the post in the gap.
func TestInterPostIntervalAcrossAGap(t *testing.T) {
	v := partsOf(t, InterPostInterval, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-01-11", "2024-01-21", "2024-02-01"},
		posted("2024-01-01", "2024-01-02", "2024-01-15", "2024-01-21", "2024-01-23")...))
	wantPart(t, v, "median", 36, 0, "1 post outside of observed time, not counted")
	v = partsOf(t, InterPostInterval, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-01-11", "2024-01-21", "2024-02-01"}, posted("2024-01-02", "2024-01-23")...))
	wantNone(t, v, "median", "no two posts in one stretch of observed time")
	v = partsOf(t, InterPostInterval, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-01-11"}, posted("2024-01-02", "2024-01-03")...))
	wantPart(t, v, "median", 24, 0, "")
	wantNone(t, v, "iqr", "1 interval, and it takes 2")
}
