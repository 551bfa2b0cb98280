package metrics

import (
	"math"
	"testing"

	"diplometrics/datasets"
)

func shownOn(day string, followers int64) datasets.AccountSnapshot {
	n := datasets.Some(followers)
	return datasets.AccountSnapshot{Platform: "x", AccountID: "a", ObservedAt: moment(day), ObservedPrecision: "second",
		Followers: datasets.Shown{V: n, Low: n, High: n}, Source: "s"}
}

func growthOf(snapshots ...datasets.AccountSnapshot) map[string]Value {
	out := map[string]Value{}
	FollowerGrowth.Of(&Window{Snapshots: snapshots}, func(part string, v Value) { out[part] = v })
	return out
}

// 40 % purged between the third and the fourth snapshot. R 4.2.2: the median
// of outer(log F, log F, "-") by outer(t, t, "-"), times 30.4375. Sen's ranks
// (10 -+ qnorm(.975) sqrt(5*4*15/18))/2 are 1.0 and 9.0: the outermost slopes,
// as SciPy counts them.
func TestTheilSen(t *testing.T) {
	s := []datasets.AccountSnapshot{shownOn("2024-01-01", 1000), shownOn("2024-01-31", 1050), shownOn("2024-03-02", 1100), shownOn("2024-04-01", 600), shownOn("2024-05-02", 640)}
	got := growthOf(s...)
	wantPart(t, got, "theil_sen_per_month", -0.1375678458985524, 1e-12, "")
	wantPart(t, got, "log_rate_per_month", -0.1113431449692829, 1e-12, "")
	v := got["theil_sen_per_month"]
	if math.Abs(v.CI.Low.V+0.61497528403904911) > 1e-12 || math.Abs(v.CI.High.V-0.06336745926209096) > 1e-12 || v.N != 5 || v.NObserved != 5 {
		t.Errorf("got %+v", v)
	}
}

// A single wild count does not move the slope. By hand: 1 % more each day but
// for one, so that all but four of the ten slopes are ln 1.01 a day.
func TestTheilSenResists(t *testing.T) {
	var s []datasets.AccountSnapshot
	for i, day := range []string{"2024-01-01", "2024-01-11", "2024-01-21", "2024-01-31", "2024-02-10"} {
		s = append(s, shownOn(day, int64(math.Round(1e9*math.Pow(1.01, float64(10*i))))))
	}
	low := datasets.Some(int64(5))
	s[2].Followers = datasets.Shown{V: low, Low: low, High: low}
	wantPart(t, growthOf(s...), "theil_sen_per_month", math.Log(1.01)*30.4375, 1e-6, "")
}

// Four snapshots of one day are one day; the last of it counts. A count of 0
// has no logarithm, and a rounded one is flagged.
func TestTheilSenDays(t *testing.T) {
	s := []datasets.AccountSnapshot{shownOn("2024-01-01", 999), shownOn("2024-01-01 01:00:00", 1000), shownOn("2024-01-11", 1000), shownOn("2024-01-21", 1000)}
	wantNone(t, growthOf(s...), "theil_sen_per_month", "a slope needs snapshots of 4 days, there are 3")
	s = append(s, shownOn("2024-01-25", 0), shownOn("2024-01-31", 1000))
	s[2].Followers.High = datasets.Some(int64(1049))
	got := growthOf(s...)
	wantPart(t, got, "theil_sen_per_month", 0, 0, "1 snapshot of 0 followers left out: 0 has no logarithm; 1 snapshot with a count that was shown rounded")
	if v := got["theil_sen_per_month"]; v.CI.Low.OK || v.Uncertainty != "none: all counts are equal" || v.N != 6 || v.NObserved != 4 {
		t.Errorf("got %+v", v)
	}
}
