package metrics

import "testing"

// By hand: of three posts with known interactions, one has none.
func TestZeroShare(t *testing.T) {
	got := emitted(t, ZeroShare, fivePosts("facebook"))
	want(t, got, "all", 1.0/3, 5, 3)
	wantFlag(t, got, "all", "2 of 5 posts left out")
	want(t, emitted(t, ZeroShare, periodOf("facebook", ownPost(0, 0, 0, hidden))), "all", 1, 1, 1)
}

// A share of 0 from an export that leaves zeros out is no share.
func TestZeroShareUnseen(t *testing.T) {
	p := periodOf("telegram", ownPost(4, hidden, hidden, 10), ownPost(hidden, hidden, hidden, 10))
	p.Setting = &Setting{Components: map[string][]string{"telegram": {"like_count"}}}
	for _, q := range p.Own {
		q.Interactions = q.Counts.Like
	}
	wantAbsent(t, emitted(t, ZeroShare, p), "all", "Telegram Desktop writes nothing")
}
