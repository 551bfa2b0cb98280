package metrics

import (
	"slices"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

func crossed(platforms ...string) *Post { return &Post{Type: datasets.Original, Cross: platforms} }

// By hand: two of three own posts have a match, one of them on two platforms.
func TestCrossPostingShare(t *testing.T) {
	p := periodOf("x", crossed("facebook", "telegram"), crossed(), crossed("facebook"), &Post{Type: datasets.Repost})
	got := emitted(t, CrossPostingShare, p)
	want(t, got, "any", 2.0/3, 3, 3)
	want(t, got, "to_facebook", 2.0/3, 3, 3)
	want(t, got, "to_telegram", 1.0/3, 3, 3)
	if len(got) != 3 {
		t.Errorf("got %v, want three parts", got)
	}
	wantAbsent(t, emitted(t, CrossPostingShare, periodOf("x", crossed())), "any", "no posts of the organization were collected on another platform")
	p = periodOf("x", crossed(), crossed())
	p.Elsewhere = []string{"vk"}
	got = emitted(t, CrossPostingShare, p)
	want(t, got, "any", 0, 2, 2)
	want(t, got, "to_vk", 0, 2, 2)
	wantAbsent(t, emitted(t, CrossPostingShare, periodOf("x")), "any", "no post in the period")
	p = periodOf("x")
	p.Kind = Week
	wantNothing(t, CrossPostingShare, p)
}

// There is a part for each platform that a study can have.
func TestCrossPlatforms(t *testing.T) {
	if !slices.Equal(crossPlatforms[:], study.Platforms) {
		t.Errorf("got %v, want %v", crossPlatforms, study.Platforms)
	}
}
