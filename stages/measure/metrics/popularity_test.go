package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// engagement_metrics of the reference values (Python 3.11.2), followers at the
// last snapshot; at posting: Python 3.11, 1000*math.fsum(l/F)/5.
func TestPopularity(t *testing.T) {
	p := fivePosts("facebook")
	p.FollowersNow = datasets.Some(1200.0)
	got := emitted(t, Popularity, p)
	want(t, got, "P1", 0.8, 5, 5)
	want(t, got, "P2", 14, 5, 5)
	want(t, got, "P3_now", 11.666666666666668, 5, 5)
	want(t, got, "P3_at_posting", 13.399788285109386, 5, 5)
	for part, v := range got {
		if v.Flag != "" {
			t.Errorf("%s: got the flag %q, want none", part, v.Flag)
		}
	}
	p.FollowersNow = datasets.Some(1100.0)
	want(t, emitted(t, Popularity, p), "P3_now", 12.727272727272728, 5, 5)
}

// Posts without followers are left out of P3 at posting alone; without a
// snapshot there is no P3 now. By hand.
func TestPopularityFollowers(t *testing.T) {
	p := periodOf("youtube", ownPost(10, 0, hidden, 1000), ownPost(30, 0, hidden, hidden))
	p.Own[1].AgeDays = datasets.Some(2.0)
	got := emitted(t, Popularity, p)
	want(t, got, "P2", 20, 2, 2)
	want(t, got, "P3_at_posting", 10, 2, 1)
	wantFlag(t, got, "P3_at_posting", "1 of 2 posts left out, whose followers at posting are not known")
	wantFlag(t, got, "P2", "1 post seen less than 7 days after posting")
	if f := got["P3_at_posting"].Flag; f != "1 of 2 posts left out, whose followers at posting are not known" {
		t.Errorf("the young post is left out, and the flag is %q", f)
	}
	wantAbsent(t, got, "P3_now", noFollowersNow)
	got = emitted(t, Popularity, periodOf("youtube", ownPost(10, 0, hidden, hidden)))
	wantAbsent(t, got, "P3_at_posting", noFollowersAtPosting)
}

// Telegram Desktop writes nothing for a post without reactions: a share of
// posts with likes would be 1 by construction.
func TestPopularityUnseenZeros(t *testing.T) {
	got := emitted(t, Popularity, periodOf("telegram", ownPost(4, hidden, hidden, 100), ownPost(hidden, hidden, hidden, 100)))
	wantAbsent(t, got, "P1", "Telegram Desktop writes nothing")
	want(t, got, "P2", 4, 2, 1)
	wantFlag(t, got, "P2", "1 of 2 posts left out, which do not show like_count; posts with a count of 0 may be among those left out")
	// Another export shows zeros, and facebook hides counts.
	want(t, emitted(t, Popularity, periodOf("telegram", ownPost(4, 0, 0, 100), ownPost(0, 0, 0, 1), ownPost(hidden, 0, 0, 1))), "P1", 0.5, 3, 2)
	want(t, emitted(t, Popularity, periodOf("telegram", ownPost(4, 0, 0, 100))), "P1", 1, 1, 1)
	want(t, emitted(t, Popularity, periodOf("facebook", ownPost(4, 0, 0, 100), ownPost(hidden, 0, 0, 1))), "P1", 1, 2, 1)
}
