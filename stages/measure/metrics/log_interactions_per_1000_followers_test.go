package metrics

import (
	"math"
	"testing"

	"diplometrics/datasets"
)

// Python 3.11, statistics.fmean(math.log1p(1000*i/f)) over the complete posts
// of the reference values: 13/1000, 0/1010, 67/1040.
func TestLogInteractions(t *testing.T) {
	p := fivePosts("facebook")
	p.FollowersNow = datasets.Some(1200.0)
	got := emitted(t, LogInteractionsPer1000Followers, p)
	want(t, got, "at_posting", 2.273310794663213, 5, 3)
	want(t, got, "now", 2.1703478052895737, 5, 3)
	want(t, got, "at_posting_without_top", 1.3195286648076294, 5, 3)
}

// The top is the post with the most interactions, not with the most by
// follower; of two it is the one with the most by follower. By hand.
func TestLogInteractionsTop(t *testing.T) {
	p := periodOf("facebook", ownPost(9, 0, 0, 10), ownPost(100, 0, 0, 1e6), ownPost(9, 0, 0, 1000))
	want(t, emitted(t, LogInteractionsPer1000Followers, p), "at_posting_without_top", (math.Log(901)+math.Log(10))/2, 3, 3)
	p = periodOf("facebook", ownPost(9, 0, 0, 1000), ownPost(9, 0, 0, 10), ownPost(9, 0, 0, 100))
	want(t, emitted(t, LogInteractionsPer1000Followers, p), "at_posting_without_top", (math.Log(10)+math.Log(91))/2, 3, 3)
	got := emitted(t, LogInteractionsPer1000Followers, periodOf("facebook", ownPost(0, 0, 0, 10), ownPost(4, 0, 0, hidden)))
	want(t, got, "at_posting", 0, 2, 1)
	wantAbsent(t, got, "at_posting_without_top", onePost)
	wantAbsent(t, got, "now", noFollowersNow)
}
