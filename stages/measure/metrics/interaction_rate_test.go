package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// The examples of CrowdTangle's help centre, article 1141064: 10 interactions
// by 800 followers; 100 interactions of 7 posts by 1,250, the middle of 1,000
// and 1,500.
func TestInteractionRateOfCrowdTangle(t *testing.T) {
	p := periodOf("facebook", ownPost(6, 3, 1, 800))
	want(t, emitted(t, InteractionRate, p), "post_mean", 1.25, 1, 1)

	seven := periodOf("facebook", ownPost(40, 0, 0, hidden), ownPost(20, 0, 0, hidden), ownPost(10, 0, 0, hidden), ownPost(10, 0, 0, hidden),
		ownPost(10, 0, 0, hidden), ownPost(5, 0, 0, hidden), ownPost(5, 0, 0, hidden))
	seven.FollowersMean = datasets.Some(1250.0)
	got := emitted(t, InteractionRate, seven)
	want(t, got, "account", 1.142857142857143, 7, 7)
	wantAbsent(t, got, "post_median", noFollowersAtPosting)
}

// engagement_metrics of the reference values (Python 3.11.2): rates of the
// complete posts and of the account; mean, median and ratio of sums of those by
// Python 3.11.
func TestInteractionRate(t *testing.T) {
	p := fivePosts("facebook")
	p.FollowersMean = datasets.Some(1100.0)
	got := emitted(t, InteractionRate, p)
	want(t, got, "post_mean", 2.580769230769231, 5, 3)
	want(t, got, "post_median", 1.3, 5, 3)
	want(t, got, "ratio_of_sums", 2.622950819672131, 5, 3)
	want(t, got, "account", 2.4242424242424243, 5, 3)
	wantFlag(t, got, "account", "2 of 5 posts left out, which do not show all of like_count, comment_count and share_count")
	p.FollowersMean = datasets.None[float64]()
	wantAbsent(t, emitted(t, InteractionRate, p), "account", noFollowersNow)
}

// A post whose followers are not known counts in the account's rate alone. By
// hand: 100*10/800, and 100*(10+40)/2/1000.
func TestInteractionRateFollowers(t *testing.T) {
	p := periodOf("facebook", ownPost(10, 0, 0, 800), ownPost(40, 0, 0, hidden))
	p.FollowersMean = datasets.Some(1000.0)
	got := emitted(t, InteractionRate, p)
	for _, part := range []string{"post_mean", "post_median", "ratio_of_sums"} {
		want(t, got, part, 1.25, 2, 1)
		wantFlag(t, got, part, "1 of 2 posts left out, whose followers at posting are not known")
	}
	want(t, got, "account", 2.5, 2, 2)
}
