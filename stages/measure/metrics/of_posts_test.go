package metrics

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// hidden is a count or a number of followers that is not known.
const hidden = -1

func known(n int64) datasets.Opt[int64] {
	if n == hidden {
		return datasets.None[int64]()
	}
	return datasets.Some(n)
}

// ownPost is a post of a platform with likes, comments and shares, a week old.
func ownPost(likes, comments, shares int64, followers float64) *Post {
	q := &Post{Type: datasets.Original, Counts: datasets.Counts{Like: known(likes), Comment: known(comments), Share: known(shares)}, AgeDays: datasets.Some(7.0)}
	if followers != hidden {
		q.Followers = datasets.Some(followers)
	}
	return q
}

// periodOf is the study window of an account with these posts.
func periodOf(platform string, posts ...*Post) *Period {
	p := &Period{Account: datasets.Account{Platform: platform}, Kind: Whole, Posts: posts, Near: posts, Setting: &Setting{}}
	for i, q := range posts {
		q.ID, q.At = fmt.Sprint(i), datasets.Micros(i)
		if q.Own() {
			p.Own = append(p.Own, q)
			q.Interactions = q.Counts.Sum(datasets.Components(platform))
		}
	}
	return p
}

// fivePosts are those of the reference values of the engagement ratios: one
// hides its comments, one its shares.
func fivePosts(platform string) *Period {
	return periodOf(platform, ownPost(10, 2, 1, 1000), ownPost(0, 0, 0, 1010), ownPost(50, 5, 12, 1040), ownPost(7, hidden, 0, 1090), ownPost(3, 1, hidden, 1200))
}

// emitted is what a metric makes of a period. It fails where a part comes
// twice, is not declared, or is neither present nor absent with a reason.
func emitted(t interface {
	Helper()
	Fatalf(string, ...any)
}, m Metric, p *Period) map[string]Value {
	t.Helper()
	out := map[string]Value{}
	m.OfPosts(p, func(part string, v Value) {
		if _, twice := out[part]; twice || m.PartOf(part) == nil {
			t.Fatalf("%s emits %q twice, or does not declare it", m.Name, part)
		}
		switch {
		case v.V.OK && (math.IsNaN(v.V.V) || math.IsInf(v.V.V, 0) || v.Uncertainty != noIntervalPosts):
			t.Fatalf("%s %s: %+v", m.Name, part, v)
		case !v.V.OK && (v.Flag == "" || v.Uncertainty != noIntervalAbsent):
			t.Fatalf("%s %s is absent without a reason: %+v", m.Name, part, v)
		}
		out[part] = v
	})
	return out
}

// want checks a value, and how many posts it is of and rests on.
func want(t *testing.T, got map[string]Value, part string, v float64, n, observed int64) {
	t.Helper()
	g, ok := got[part]
	if !ok || !g.V.OK || math.Abs(g.V.V-v) > 1e-12*max(1, math.Abs(v)) || g.N != n || g.NObserved != observed {
		t.Errorf("%s: got %+v, want %v of %d posts, %d observed", part, g, v, n, observed)
	}
}

// wantAbsent checks that a value is absent and why.
func wantAbsent(t *testing.T, got map[string]Value, part, why string) {
	t.Helper()
	if g, ok := got[part]; !ok || g.V.OK || !strings.Contains(g.Flag, why) {
		t.Errorf("%s: got %+v (emitted: %v), want none because %q", part, g, ok, why)
	}
}

func wantFlag(t *testing.T, got map[string]Value, part, flag string) {
	t.Helper()
	if g := got[part]; !g.V.OK || !strings.Contains(g.Flag, flag) {
		t.Errorf("%s: got %+v, want the flag %q", part, g, flag)
	}
}

func wantNothing(t *testing.T, m Metric, p *Period) {
	t.Helper()
	if got := emitted(t, m, p); len(got) != 0 {
		t.Errorf("%s of %s in a %s: got %v, want nothing", m.Name, p.Account.Platform, p.Kind, got)
	}
}

var ofEngagement = []Metric{Popularity, Commitment, Virality, Engagement, InteractionRate, InteractionRateByView, InteractionsPerPost, LogInteractionsPer1000Followers, ZeroShare}

// A week or month without an own post has no row; the study window has one with
// the reason; a platform without counts has none.
func TestEngagementOfNoPosts(t *testing.T) {
	for _, m := range ofEngagement {
		for _, kind := range []string{Week, Month} {
			p := periodOf("facebook", &Post{Type: datasets.Repost})
			p.Kind = kind
			wantNothing(t, m, p)
		}
		wantNothing(t, m, periodOf("website", ownPost(1, 1, 1, 10)))
		for why, p := range map[string]*Period{"no post in the period": periodOf("facebook"), "no post but reposts": periodOf("facebook", &Post{Type: datasets.Repost})} {
			got := emitted(t, m, p)
			if len(got) != len(m.Parts) {
				t.Errorf("%s: got %v, want every part", m.Name, got)
			}
			for part, v := range got {
				wantAbsent(t, got, part, why)
				if v.N != 0 || v.NObserved != 0 {
					t.Errorf("%s %s: got %+v, want 0 posts", m.Name, part, v)
				}
			}
		}
	}
}

// Where no post shows a count, the reason names it.
func TestNothingShown(t *testing.T) {
	p := periodOf("facebook", ownPost(4, hidden, hidden, 100), ownPost(5, hidden, hidden, 100))
	for _, m := range []Metric{InteractionRate, InteractionRateByView, InteractionsPerPost, LogInteractionsPer1000Followers, ZeroShare} {
		for _, v := range emitted(t, m, p) {
			if v.Flag != "shown by no post: comment_count and share_count" || v.N != 2 || v.NObserved != 0 {
				t.Errorf("%s: got %+v", m.Name, v)
			}
		}
	}
	p = periodOf("facebook", ownPost(4, hidden, 1, 100), ownPost(5, 1, hidden, 100))
	for _, v := range emitted(t, ZeroShare, p) {
		if v.Flag != "no post shows like_count, comment_count and share_count together" {
			t.Errorf("got %+v", v)
		}
	}
}

// Counts below 0 are none, and none of 0 followers is divided by.
func TestImpossibleCounts(t *testing.T) {
	p := periodOf("facebook", ownPost(-5, 1, 1, 100), ownPost(4, 2, 1, 100))
	want(t, emitted(t, Popularity, p), "P2", 4, 2, 1)
	p.Own[0].Interactions = datasets.Some[int64](-3)
	want(t, emitted(t, InteractionsPerPost, p), "mean", 7, 2, 1)
	want(t, emitted(t, InteractionsPerPost, p), "median", 7, 2, 1)
	want(t, emitted(t, ZeroShare, p), "all", 0, 2, 1)
	want(t, emitted(t, LogInteractionsPer1000Followers, p), "at_posting", math.Log1p(70), 2, 1)
}

// drawn is a period of any posts, with everything missing now and then.
func drawn(t *rapid.T) *Period {
	count := rapid.Custom(func(t *rapid.T) int64 {
		return rapid.OneOf(rapid.Just[int64](hidden), rapid.Just[int64](0), rapid.Int64Range(0, 20), rapid.Int64Range(0, 1<<40)).Draw(t, "count")
	})
	followers := rapid.OneOf(rapid.Just[float64](hidden), rapid.Float64Range(1, 1e7))
	post := rapid.Custom(func(t *rapid.T) *Post {
		q := ownPost(count.Draw(t, "likes"), count.Draw(t, "comments"), count.Draw(t, "shares"), followers.Draw(t, "followers"))
		q.Counts.Quote, q.Counts.View = known(count.Draw(t, "quotes")), known(count.Draw(t, "views"))
		if q.Type = rapid.SampledFrom([]string{datasets.Original, datasets.Repost, datasets.Reply, datasets.Quoted}).Draw(t, "type"); !q.Own() {
			q.Counts = datasets.Counts{}
		}
		q.Cross = slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom(crossPlatforms[:]), 0, 3).Draw(t, "cross"))))
		return q
	})
	platform := rapid.SampledFrom([]string{"x", "facebook", "instagram", "telegram", "youtube", "website", "linkedin"}).Draw(t, "platform")
	p := periodOf(platform, rapid.SliceOfN(post, 0, 12).Draw(t, "posts")...)
	p.Kind = rapid.SampledFrom([]string{Week, Month, Whole}).Draw(t, "kind")
	if f := followers.Draw(t, "now"); f != hidden {
		p.FollowersNow, p.FollowersMean = datasets.Some(f), datasets.Some(f/2+0.5)
	}
	return p
}

// Whatever the posts: no value is less than 0, infinite or counted from more
// posts than there are, shares are at most 1, posts come in any order, and the
// period stays as it is.
func TestPropertiesOfPosts(t *testing.T) {
	all := append(slices.Clone(ofEngagement), PostTypeShare, CrossPostingShare)
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		order := rapid.Permutation(p.Posts).Draw(t, "order")
		other := *p
		other.memory, other.Own, other.Posts = memory{}, nil, order
		for _, q := range order {
			if q.Own() {
				other.Own = append(other.Own, q)
			}
		}
		shown := func() string {
			q := *p
			q.memory = memory{}
			return fmt.Sprintf("%+v", q)
		}
		before := shown()
		for _, m := range all {
			got := emitted(t, m, p)
			for part, v := range got {
				unit := m.PartOf(part).Unit
				if unit == "" {
					unit = m.Unit
				}
				if v.V.V < 0 || unit == "share" && v.V.V > 1 || v.NObserved > v.N || v.V.OK && v.N == 0 {
					t.Fatalf("%s %s: %+v", m.Name, part, v)
				}
			}
			again := emitted(t, m, &other)
			for part, v := range got {
				w := again[part]
				if v.V.OK != w.V.OK || math.Abs(v.V.V-w.V.V) > 1e-9*max(1, v.V.V) || v.N != w.N || v.NObserved != w.NObserved || v.Flag != w.Flag {
					t.Fatalf("%s %s: %+v in one order of posts, %+v in another", m.Name, part, v, w)
				}
			}
			if len(got) != len(again) {
				t.Fatalf("%s: %v in one order of posts, %v in another", m.Name, got, again)
			}
		}
		if after := shown(); after != before {
			t.Fatalf("the period was changed from %s to %s", before, after)
		}
	})
}

// Twice the counts and twice the followers are the same rate, and posts that
// stand twice change no mean.
func TestScaleOfPosts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawn(t)
		var doubled, twice []*Post
		for _, q := range p.Posts {
			d := *q
			for _, c := range []*datasets.Opt[int64]{&d.Counts.Like, &d.Counts.Comment, &d.Counts.Share, &d.Counts.Quote, &d.Counts.View} {
				c.V *= 2
			}
			d.Followers.V *= 2
			a, b := *q, *q
			doubled, twice = append(doubled, &d), append(twice, &a, &b)
		}
		same := func(what string, m Metric, q *Period, parts ...string) {
			got, other := emitted(t, m, p), emitted(t, m, q)
			for _, part := range parts {
				a, b := got[part].V, other[part].V
				if a.OK != b.OK || math.Abs(a.V-b.V) > 1e-9*max(1, a.V) {
					t.Fatalf("%s: %s %s from %v to %v", what, m.Name, part, a, b)
				}
			}
		}
		d := periodOf(p.Account.Platform, doubled...)
		d.Kind, d.FollowersNow, d.FollowersMean = p.Kind, p.FollowersNow, p.FollowersMean
		d.FollowersNow.V *= 2
		d.FollowersMean.V *= 2
		same("scaled", Popularity, d, "P1", "P3_at_posting", "P3_now")
		same("scaled", Engagement, d, "at_posting", "now")
		same("scaled", InteractionRate, d, "post_mean", "post_median", "ratio_of_sums", "account")
		same("scaled", InteractionRateByView, d, "mean", "median")
		same("scaled", LogInteractionsPer1000Followers, d, "at_posting", "now", "at_posting_without_top")
		same("scaled", ZeroShare, d, "all")
		w := periodOf(p.Account.Platform, twice...)
		w.Kind, w.FollowersNow, w.FollowersMean = p.Kind, p.FollowersNow, p.FollowersMean
		for _, m := range []Metric{Popularity, Commitment, Virality, Engagement, InteractionRate, InteractionRateByView, ZeroShare, PostTypeShare, CrossPostingShare} {
			for _, part := range m.Parts {
				same("twice", m, w, part.Name)
			}
		}
		same("twice", InteractionsPerPost, w, "mean", "median")
		same("twice", LogInteractionsPer1000Followers, w, "at_posting", "now")
	})
}

// A year of an account: 1,667 posts as 52 weeks, 12 months and the window. 600
// such accounts are a million posts.
func BenchmarkOfPosts(b *testing.B) {
	const n = 1667
	posts := make([]*Post, n)
	for i := range posts {
		posts[i] = ownPost(int64(i*7919%400), int64(i*104729%30), int64(i*31%50), 1e4+float64(i))
		posts[i].Counts.Quote, posts[i].Counts.View = datasets.Some(int64(i%3)), datasets.Some(int64(i%9000))
	}
	periodOf("x", posts...)
	all := append(slices.Clone(ofEngagement), PostTypeShare, CrossPostingShare)
	values := 0
	for b.Loop() {
		for _, parts := range []int{52, 12, 1} {
			for i := range parts {
				p := &Period{Account: datasets.Account{Platform: "x"}, Kind: Week, Posts: posts[i*n/parts : (i+1)*n/parts], Setting: &Setting{},
					FollowersNow: datasets.Some(2e4), FollowersMean: datasets.Some(1e4)}
				p.Own = p.Posts
				for _, m := range all {
					m.OfPosts(p, func(string, Value) { values++ })
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/post")
	if values == 0 {
		b.Fatal("no values")
	}
}
