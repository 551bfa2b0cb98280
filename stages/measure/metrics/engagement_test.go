package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// engagement_metrics of the reference values (Python 3.11.2): each term over
// the posts that show its count; at posting: the sum of the three in Python 3.11.
func TestEngagement(t *testing.T) {
	p := fivePosts("facebook")
	p.FollowersNow = datasets.Some(1200.0)
	got := emitted(t, Engagement, p)
	want(t, got, "now", 16.041666666666668, 5, 3)
	want(t, got, "at_posting", 18.444660079981183, 5, 3)
	wantFlag(t, got, "now", "of 5 posts P3 on 5, C3 on 4, V3 on 4")
	p.FollowersNow = datasets.Some(1100.0)
	want(t, emitted(t, Engagement, p), "now", 17.5, 5, 3)
}

// By hand: (10+2)/1000 and (0+4)/1000, times 1,000.
func TestEngagementWithoutShares(t *testing.T) {
	p := periodOf("instagram", ownPost(10, 2, hidden, 1000), ownPost(0, 4, hidden, 1000))
	got := emitted(t, Engagement, p)
	want(t, got, "at_posting", 8, 2, 2)
	if f := got["at_posting"].Flag; f != "instagram has no share_count: E is of like_count and comment_count alone, not comparable with other platforms" {
		t.Errorf("got the flag %q", f)
	}
	wantAbsent(t, got, "now", "P3 is null: "+noFollowersNow)
}

// One absent term makes E absent, and posts that lack the same counts are
// flagged once.
func TestEngagementAbsent(t *testing.T) {
	got := emitted(t, Engagement, periodOf("facebook", ownPost(1, hidden, 1, 100)))
	wantAbsent(t, got, "at_posting", "C3 is null: shown by no post: comment_count")
	got = emitted(t, Engagement, periodOf("facebook", ownPost(1, 1, 1, 100), ownPost(hidden, hidden, hidden, 100), ownPost(1, 1, 1, hidden)))
	want(t, got, "at_posting", 30, 3, 1)
	if f := got["at_posting"].Flag; f != "1 of 3 posts left out, which do not show all of like_count, comment_count and share_count; 1 of 2 posts left out, whose followers at posting are not known" {
		t.Errorf("got the flag %q", f)
	}
}

// What the study chooses as interactions leaves E as it is.
func TestEngagementOfChosenInteractions(t *testing.T) {
	p := fivePosts("facebook")
	p.FollowersNow = datasets.Some(1200.0)
	p.Setting = &Setting{Components: map[string][]string{"facebook": {"like_count"}}}
	want(t, emitted(t, Engagement, p), "now", 16.041666666666668, 5, 3)
}
