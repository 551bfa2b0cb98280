package metrics

import "testing"

// By hand, of 13, 0, 67 and 2 interactions.
func TestInteractionsPerPost(t *testing.T) {
	p := periodOf("facebook", ownPost(10, 2, 1, hidden), ownPost(0, 0, 0, hidden), ownPost(50, 5, 12, hidden), ownPost(2, 0, 0, hidden), ownPost(7, hidden, 0, hidden))
	got := emitted(t, InteractionsPerPost, p)
	want(t, got, "mean", 20.5, 5, 4)
	want(t, got, "median", 7.5, 5, 4) // type 7, not gonum's 2
	want(t, got, "mean_without_top", 5, 5, 4)
	wantFlag(t, got, "median", "1 of 5 posts left out")

	got = emitted(t, InteractionsPerPost, periodOf("facebook", ownPost(3, 0, 0, hidden)))
	want(t, got, "mean", 3, 1, 1)
	wantAbsent(t, got, "mean_without_top", onePost)
}

// On x, quotes are interactions and have to be known.
func TestInteractionsPerPostOfX(t *testing.T) {
	a, b := ownPost(1, 1, 1, hidden), ownPost(1, 1, 1, hidden)
	a.Counts.Quote = known(4)
	want(t, emitted(t, InteractionsPerPost, periodOf("x", a, b)), "mean", 7, 2, 1)
}

// Interactions that the study chose are flagged.
func TestInteractionsPerPostChosen(t *testing.T) {
	p := periodOf("telegram", ownPost(4, hidden, hidden, 10), ownPost(0, hidden, hidden, 10))
	p.Setting = &Setting{Components: map[string][]string{"telegram": {"like_count"}}}
	for _, q := range p.Own {
		q.Interactions = q.Counts.Like
	}
	for _, m := range []Metric{InteractionsPerPost, ZeroShare, InteractionRate, LogInteractionsPer1000Followers} {
		wantFlag(t, emitted(t, m, p), m.Parts[0].Name, "interactions are like_count alone, as study.toml says")
	}
}
