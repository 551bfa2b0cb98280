package metrics

import (
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// 31 days, three posts of which one is a repost. Intervals by R 4.2.2
// poisson.test(3, T = 31/30.4375) and poisson.test(2, T = 31/30.4375).
func TestPostsPerMonthObserved(t *testing.T) {
	posts := posted("2024-01-03", "2024-01-05", "2024-01-08")
	posts[1].Type = datasets.Repost
	v := partsOf(t, PostsPerMonth, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-02-01"}, posts...))
	wantPart(t, v, "observed", 3*30.4375/31, 1e-12, "")
	wantPart(t, v, "observed_own", 2*30.4375/31, 1e-12, "")
	for _, c := range []struct {
		part      string
		low, high float64
	}{{"observed", 0.6074462174398346, 8.6081894858155472}, {"observed_own", 0.2378143521187721, 7.0935945447209026}} {
		ci := v[c.part].CI
		if d := max(ci.Low.V-c.low, c.low-ci.Low.V, ci.High.V-c.high, c.high-ci.High.V); d > 1e-9 {
			t.Errorf("%s: got the interval %v, want %v to %v", c.part, ci, c.low, c.high)
		}
	}
}

// An outage of ten days is no exposure, and a post in it does not count; an
// account that was observed and silent has a rate of 0. By hand: two posts in
// 21 days. R 4.2.2: poisson.test(0, T = 31/30.4375).
func TestPostsPerMonthOutageAndSilence(t *testing.T) {
	v := partsOf(t, PostsPerMonth, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-01-11", "2024-01-21", "2024-02-01"},
		posted("2024-01-03", "2024-01-15", "2024-01-31 23:59:59")...))
	wantPart(t, v, "observed", 2*30.4375/21, 1e-12, "1 post outside of observed time, not counted")
	if got := v["observed"]; got.N != 3 || got.NObserved != 2 {
		t.Errorf("got n %d and n_observed %d", got.N, got.NObserved)
	}
	p := watched(Week, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-02-01"})
	p.Coverage = datasets.InferredCoverage
	v = partsOf(t, PostsPerMonth, p)
	wantPart(t, v, "observed", 0, 0, datasets.InferredCoverage)
	if high := v["observed"].CI.High.V; high < 3.6219441 || high > 3.6219442 || !strings.HasPrefix(v["observed"].Uncertainty, "garwood_95") {
		t.Errorf("got %+v", v["observed"])
	}
}

// A remembered interval is the one that the count has, also of more counts than
// are remembered.
func TestIntervalsAreRemembered(t *testing.T) {
	var r Intervals
	for range 2 {
		for n := range int64(mostIntervals + 50) {
			if n > 60 && n < mostIntervals-10 {
				r.garwood[n] = sample.Interval{} // only the number of them matters
				continue
			}
			if got, want := r.of(n), sample.Garwood(n, 0.95); got != want || (*Intervals)(nil).of(n) != want {
				t.Fatalf("%d: got %v, want %v", n, got, want)
			}
		}
	}
	if len(r.garwood) != mostIntervals {
		t.Errorf("%d are remembered", len(r.garwood))
	}
}
