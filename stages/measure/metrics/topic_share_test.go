package metrics

import (
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// about is an own post on topics; one on none has no text.
func about(topics ...string) *Post { return &Post{Type: datasets.Original, Topics: topics} }

// By hand.
func TestTopicShare(t *testing.T) {
	p := periodOf("x", about("a", "b"), about("a", "event:e"), about("none"), about("holiday:h"), about(), &Post{Type: datasets.Repost, Topics: []string{"c"}})
	wantNothing(t, TopicShare, p) // a study without a codebook
	p.Setting = &Setting{Topics: []string{"a", "b", "c"}}
	got := emitted(t, TopicShare, p)
	want(t, got, "a", 0.5, 5, 4)
	want(t, got, "b", 0.25, 5, 4)
	want(t, got, "c", 0, 5, 4) // no own post, but one could have been
	wantFlag(t, got, "a", "1 post without text, left out")
	if len(got) != 3 {
		t.Errorf("got %v, want the topics of the codebook alone", got)
	}
	p = periodOf("x", about(), about())
	p.Setting = &Setting{Topics: []string{"a"}}
	wantAbsent(t, emitted(t, TopicShare, p), "a", "no own post has text")
	p = periodOf("x")
	p.Setting = &Setting{Topics: []string{"a"}}
	wantAbsent(t, emitted(t, TopicShare, p), "a", "no own post in the period")
	p.Kind = Month
	wantNothing(t, TopicShare, p)
}

// Shares lie in [0, 1], do not depend on the order of posts, and stay when every
// post stands twice.
func TestPropertiesOfTopics(t *testing.T) {
	topics := []string{"a", "b", "c"}
	rapid.Check(t, func(t *rapid.T) {
		one := rapid.Custom(func(t *rapid.T) *Post {
			some := slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom(append(topics, "none", "event:e")), 0, 3).Draw(t, "topics"))))
			q := about(some...)
			q.Language = rapid.SampledFrom([]string{"", "kk", "ru", "en", "und", "uz"}).Draw(t, "language")
			q.Shares = in(q.Language, 0).Shares
			return q
		})
		posts := rapid.SliceOfN(one, 0, 8).Draw(t, "posts")
		p := periodOf("x", posts...)
		p.Setting = &Setting{Topics: topics}
		var twice []*Post
		for _, q := range rapid.Permutation(posts).Draw(t, "order") {
			a, b := *q, *q
			twice = append(twice, &a, &b)
		}
		double := periodOf("x", twice...)
		double.Setting = p.Setting
		for _, m := range []Metric{TopicShare, LanguageShare} {
			again := emitted(t, m, double)
			for part, v := range emitted(t, m, p) {
				if v.V.V < 0 || part != "entropy" && v.V.V > 1 || v.NObserved > v.N {
					t.Fatalf("%s %s: %+v", m.Name, part, v)
				}
				if w := again[part]; w.V != v.V || w.N != 2*v.N || w.NObserved != 2*v.NObserved {
					t.Fatalf("%s %s: %+v of posts twice, %+v of posts once", m.Name, part, w, v)
				}
			}
		}
	})
}

// What the method section prints is there for every part.
func TestTopicsAreDeclared(t *testing.T) {
	for _, m := range []Metric{TopicShare, LanguageShare, ResponseLatency, HolidayCoverage} {
		if m.Formula == "" || m.Source == "" || !strings.HasSuffix(m.Doc, ".") || m.Version < 1 || m.Shortest == "" || len(m.Parts) == 0 {
			t.Errorf("%s is not wholly declared", m.Name)
		}
	}
}

// Half a year of an account: 1,667 posts as 6 months and the window, with 18
// topics, 14 holidays and 20 events. 600 such accounts are a million posts.
func BenchmarkOfTopics(b *testing.B) {
	const n = 1667
	s := &Setting{}
	for i := range 18 {
		s.Topics = append(s.Topics, "thesis."+string(rune('a'+i)))
	}
	for i := range 14 {
		s.Holidays = append(s.Holidays, Holiday{"KAZ", "h" + string(rune('a'+i)), datasets.Day(i * 12), datasets.Day(i*12 + 1)})
	}
	for i := range 20 {
		s.Events = append(s.Events, event("e"+string(rune('a'+i)), i*200))
	}
	posts := make([]*Post, n)
	for i := range posts {
		q := about("event:e"+string(rune('a'+i%40)), s.Topics[i%18], s.Topics[17-i%9])
		if i%5 > 0 {
			q.Topics = q.Topics[1:]
		}
		slices.Sort(q.Topics)
		q.At, q.Language, q.Local, q.Date = datasets.Micros(i)*182*micros/n, []string{"ru", "kk", "en"}[i%3], true, datasets.Day(i*182/n)
		q.Shares = in(q.Language, 0).Shares
		posts[i] = q
	}
	values := 0
	for b.Loop() {
		for _, parts := range []int{6, 1} {
			for i := range parts {
				kind := Whole
				if parts > 1 {
					kind = Month
				}
				p := &Period{Account: datasets.Account{Platform: "x", Country: datasets.Some("KAZ")}, Kind: kind, From: datasets.Day(i * 182 / parts), To: datasets.Day((i + 1) * 182 / parts),
					Posts: posts[i*n/parts : (i+1)*n/parts], Covered: []Span{{0, datasets.Day(182).Micros()}}, Setting: s}
				p.Own = p.Posts
				for _, m := range []Metric{TopicShare, LanguageShare, ResponseLatency, HolidayCoverage} {
					if !Shorter(kind, m.Shortest) {
						m.OfPosts(p, func(string, Value) { values++ })
					}
				}
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/post")
	if values == 0 {
		b.Fatal("no values")
	}
}
