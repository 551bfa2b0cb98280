package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// engagement_metrics of the reference values (Python 3.11.2); at posting:
// Python 3.11, 1000*math.fsum(s/F)/4.
func TestVirality(t *testing.T) {
	p := fivePosts("facebook")
	p.FollowersNow = datasets.Some(1200.0)
	got := emitted(t, Virality, p)
	want(t, got, "V1", 0.5, 5, 4)
	want(t, got, "V2", 3.25, 5, 4)
	want(t, got, "V3_now", 2.7083333333333335, 5, 4)
	want(t, got, "V3_at_posting", 3.134615384615385, 5, 4)
	p.FollowersNow = datasets.Some(1100.0)
	want(t, emitted(t, Virality, p), "V3_now", 2.9545454545454546, 5, 4)
	wantNothing(t, Virality, fivePosts("instagram")) // which has no shares
}
