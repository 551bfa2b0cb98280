package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// engagement_metrics of the reference values (Python 3.11.2); at posting:
// Python 3.11, 1000*math.fsum(c/F)/4.
func TestCommitment(t *testing.T) {
	p := fivePosts("facebook")
	p.FollowersNow = datasets.Some(1200.0)
	got := emitted(t, Commitment, p)
	want(t, got, "C1", 0.75, 5, 4)
	want(t, got, "C2", 2, 5, 4)
	want(t, got, "C3_now", 1.6666666666666667, 5, 4)
	want(t, got, "C3_at_posting", 1.9102564102564104, 5, 4)
	wantFlag(t, got, "C2", "1 of 5 posts left out, which do not show comment_count")
	p.FollowersNow = datasets.Some(1100.0)
	want(t, emitted(t, Commitment, p), "C3_now", 1.8181818181818181, 5, 4)
}
