package metrics

import (
	"testing"

	"diplometrics/datasets"
)

func viewed(q *Post, views int64) *Post {
	q.Counts.View = known(views)
	return q
}

// By hand: 13/200 and 67/50; the post with 0 views and those without are left
// out, and 67 interactions of 50 views are flagged.
func TestInteractionRateByView(t *testing.T) {
	p := periodOf("telegram", viewed(ownPost(10, 2, 1, hidden), 200), viewed(ownPost(0, 0, 0, hidden), 0), viewed(ownPost(50, 5, 12, hidden), 50),
		ownPost(1, 1, 1, hidden), viewed(ownPost(1, 1, hidden, hidden), 10))
	got := emitted(t, InteractionRateByView, p)
	want(t, got, "mean", (6.5+134)/2, 5, 2)
	want(t, got, "median", (6.5+134)/2, 5, 2)
	if f := got["mean"].Flag; f != "1 of 5 posts left out, which do not show all of like_count, comment_count and share_count; 2 of 4 posts left out, which show no views or 0; 1 post with more interactions than views" {
		t.Errorf("got the flag %q", f)
	}
	got = emitted(t, InteractionRateByView, periodOf("telegram", viewed(ownPost(0, 0, 0, 1), 0), ownPost(0, 0, 0, 1)))
	wantAbsent(t, got, "mean", "no post with known interactions shows more than 0 views")
	wantAbsent(t, got, "median", "no post with known interactions shows more than 0 views")
	// As many interactions as views are nothing odd.
	if v := emitted(t, InteractionRateByView, periodOf("telegram", viewed(ownPost(1, 0, 0, 1), 1)))["mean"]; v.V.V != 100 || v.Flag != "" {
		t.Errorf("got %+v, want 100 without a flag", v)
	}
	p = periodOf("telegram", viewed(ownPost(0, 0, 0, 1), 7))
	p.Own[0].AgeDays = datasets.None[float64]()
	got = emitted(t, InteractionRateByView, p)
	want(t, got, "mean", 0, 1, 1)
	wantFlag(t, got, "mean", "it is not known when the counts were seen")
}
