package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// atHours are posts at hours of local time.
func atHours(hours ...int8) []Post {
	var out []Post
	for _, h := range hours {
		out = append(out, Post{At: moment("2024-01-10"), Type: datasets.Original, Local: true, Hour: h, Weekday: 3})
	}
	return out
}

func hoursOf(t *testing.T, posts ...Post) map[string]Value {
	t.Helper()
	return partsOf(t, HourOfDay, watched(Month, "2024-01-01", "2024-02-01", nil, posts...))
}

// R 4.2.2, by the formulas of Mardia and Jupp on the middles of the hours:
// sqrt(mean(cos)^2 + mean(sin)^2) * (pi/24)/sin(pi/24), uniroot of besselI(k, 1)/besselI(k, 0).
func TestHourOfDay(t *testing.T) {
	v := hoursOf(t, atHours(9, 10, 10, 11, 14, 15, 16, 17, 18, 9, 23, 0)...)
	wantPart(t, v, "resultant_length", 0.3981258301302413, 1e-12, "")
	wantPart(t, v, "circular_sd", 5.184097497317020, 1e-12, "")
	wantPart(t, v, "kappa", 0.8691854196441782, 1e-12, "")
	wantPart(t, v, "rayleigh_p", 0.1516367801376542, 1e-12, "")
	wantNone(t, v, "mean_hour", "no preferred hour")
	wantPart(t, v, "hour_10", 2.0/12, 1e-15, "")
	wantPart(t, v, "hour_03", 0, 0, "")
	wantPart(t, hoursOf(t, atHours(9, 9, 9, 10, 10, 10, 10, 11, 11)...), "mean_hour", 10.38806631486065, 1e-12, "")
}

// By hand: the mean of many posts from 23:00 to 00:59 is midnight, not noon;
// opposite hours have none; posts of one hour are as concentrated as can be.
func TestHourOfDayOnTheCircle(t *testing.T) {
	v := hoursOf(t, atHours(23, 23, 23, 23, 0, 0, 0, 0)...)
	if h := v["mean_hour"].V; !h.OK || h.V > 1e-9 && h.V < 24-1e-9 {
		t.Errorf("got the mean hour %v, want midnight", h)
	}
	v = hoursOf(t, atHours(6, 18)...)
	wantPart(t, v, "resultant_length", 0, 0, "")
	wantNone(t, v, "circular_sd", "R is 0")
	wantNone(t, v, "mean_hour", "no preferred hour")
	v = hoursOf(t, atHours(12, 12, 12, 12)...)
	wantPart(t, v, "mean_hour", 12.5, 1e-12, "")
	wantPart(t, v, "circular_sd", 0, 0, "")
	wantNone(t, v, "kappa", "R is 1")
	wantNone(t, hoursOf(t, atHours(12)...), "rayleigh_p", "1 post")
}

func TestHourOfDayWithoutLocalTime(t *testing.T) {
	v := hoursOf(t, append(atHours(12, 13), posted("2024-01-05")...)...)
	wantPart(t, v, "hour_12", 0.5, 0, "1 post without a local time, left out")
	v = hoursOf(t, posted("2024-01-05")...)
	wantNone(t, v, "mean_hour", "the local time of no post is known")
	wantNone(t, v, "hour_12", "the local time of no post is known")
}
