package metrics

import (
	"testing"

	"diplometrics/datasets"
)

func typed(platform string, types ...string) *Period {
	var posts []*Post
	for _, x := range types {
		posts = append(posts, &Post{Type: x})
	}
	return periodOf(platform, posts...)
}

// By hand.
func TestPostTypeShare(t *testing.T) {
	got := emitted(t, PostTypeShare, typed("x", datasets.Repost, datasets.Original, datasets.Repost, datasets.Reply))
	want(t, got, "repost", 0.5, 4, 4)
	want(t, got, "reply", 0.25, 4, 4)
	want(t, got, "quote", 0, 4, 4)
	if got = emitted(t, PostTypeShare, typed("telegram", datasets.Original)); len(got) != 2 {
		t.Errorf("got %v, want reposts and replies", got)
	}
	wantNothing(t, PostTypeShare, typed("instagram", datasets.Original))
	// Marked in a table of the study's own.
	got = emitted(t, PostTypeShare, typed("instagram", datasets.Original, datasets.Repost))
	want(t, got, "repost", 0.5, 2, 2)
	wantFlag(t, got, "repost", "the share is at least this")
	if len(got) != 1 {
		t.Errorf("got %v, want reposts alone", got)
	}
	wantAbsent(t, emitted(t, PostTypeShare, typed("x")), "quote", "no post in the period")
	p := typed("x")
	p.Kind = Month
	wantNothing(t, PostTypeShare, p)
}
