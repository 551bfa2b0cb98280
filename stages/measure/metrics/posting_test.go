package metrics

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// moment reads a UTC time such as "2024-01-31" or "2024-01-31 12:30:00".
func moment(s string) datasets.Micros {
	if len(s) == len("2006-01-02") {
		s += " 00:00:00"
	}
	t, err := time.Parse(time.DateTime, s)
	if err != nil {
		panic(err)
	}
	return datasets.MicrosOf(t)
}

// watched is a period of an account on X of whose time the spans, given as
// pairs of moments, were observed.
func watched(kind, from, to string, spans []string, posts ...Post) *Period {
	p := &Period{Account: datasets.Account{Platform: "x", AccountID: "a"}, Kind: kind, From: moment(from).Day(), To: moment(to).Day(), Setting: &Setting{}}
	for i := 0; i < len(spans); i += 2 {
		p.Covered = append(p.Covered, Span{moment(spans[i]), moment(spans[i+1])})
	}
	if len(spans) == 0 {
		p.Coverage = "study.toml states no coverage"
	}
	for _, q := range posts {
		p.Posts = append(p.Posts, &q)
	}
	slices.SortStableFunc(p.Posts, func(a, b *Post) int { return int(a.At - b.At) })
	for _, q := range p.Posts {
		for _, s := range p.Covered {
			q.Covered = q.Covered || s.From <= q.At && q.At < s.To
		}
		if q.Own() {
			p.Own = append(p.Own, q)
		}
	}
	return p
}

// posted are original posts at some moments.
func posted(moments ...string) []Post {
	var out []Post
	for _, m := range moments {
		out = append(out, Post{ID: m, At: moment(m), Type: datasets.Original})
	}
	return out
}

// partsOf returns what a metric emits for a period, and fails where that breaks
// a rule which all metrics of posts keep.
func partsOf(t interface {
	Helper()
	Errorf(string, ...any)
}, m Metric, p *Period) map[string]Value {
	t.Helper()
	out := map[string]Value{}
	m.OfPosts(p, func(part string, v Value) {
		if _, twice := out[part]; twice {
			t.Errorf("%s emits %s twice", m.Name, part)
		}
		out[part] = v
		if m.PartOf(part) == nil {
			t.Errorf("%s emits %s, which it does not declare", m.Name, part)
		}
		for _, x := range []datasets.Opt[float64]{v.V, v.Low, v.High, v.CI.Low, v.CI.High} {
			if x.OK && (math.IsNaN(x.V) || math.IsInf(x.V, 0) || x.V == 0 && math.Signbit(x.V)) || !x.OK && x.V != 0 {
				t.Errorf("%s/%s: %v is no number: %+v", m.Name, part, x, v)
			}
		}
		if !v.V.OK && (v.Flag == "" || v.Uncertainty != noIntervalAbsent) {
			t.Errorf("%s/%s: absent without saying why: %+v", m.Name, part, v)
		}
		if v.V.OK && (v.Uncertainty == "" || v.Uncertainty == noIntervalAbsent) {
			t.Errorf("%s/%s: no word about its uncertainty: %+v", m.Name, part, v)
		}
		if v.N != int64(len(p.Posts)) && v.N != int64(len(p.Own)) || v.NObserved > v.N || v.NObserved < 0 {
			t.Errorf("%s/%s: n %d, n_observed %d of %d posts", m.Name, part, v.N, v.NObserved, len(p.Posts))
		}
	})
	return out
}

// wantPart checks a value and a part of its flag, "" for no flag at all.
func wantPart(t *testing.T, values map[string]Value, part string, want, tolerance float64, flag string) {
	t.Helper()
	v, ok := values[part]
	if !ok || !v.V.OK || math.Abs(v.V.V-want) > tolerance {
		t.Errorf("%s: got %v (%s), want %v", part, v.V, v.Flag, want)
	}
	if (flag == "") != (v.Flag == "") || !strings.Contains(v.Flag, flag) {
		t.Errorf("%s: got the flag %q, want %q", part, v.Flag, flag)
	}
}

// wantNone checks that a part is there, absent, and says why.
func wantNone(t *testing.T, values map[string]Value, part, why string) {
	t.Helper()
	if v, ok := values[part]; !ok || v.V.OK || !strings.HasPrefix(v.Flag, why) {
		t.Errorf("%s: got %+v, want none because %q", part, v, why)
	}
}

// ofTime are the metrics of when an account posts, ofSpread those of how its
// interactions are spread over its posts.
var (
	ofTime   = []Metric{PostsPerMonth, ActiveDaysShare, LongestSilence, Freshness, InterPostInterval, Burstiness, HourOfDay, WeekdayShare}
	ofSpread = []Metric{Gini, TopDecileShare, HIndex, Herfindahl}
)

// anyPeriod draws a period with up to three stretches of observed time and
// posts of any kind inside and outside of them, some at the same moment.
func anyPeriod(t *rapid.T) *Period {
	const hour = 3_600_000_000
	from := moment("2024-01-01").Day() + datasets.Day(rapid.IntRange(0, 30).Draw(t, "first day"))
	p := &Period{Account: datasets.Account{Platform: rapid.SampledFrom([]string{"x", "instagram", "website"}).Draw(t, "platform")},
		Kind: rapid.SampledFrom([]string{Month, Whole}).Draw(t, "kind"), From: from, To: from + datasets.Day(rapid.IntRange(1, 40).Draw(t, "days")), Setting: &Setting{}}
	at := p.From.Micros()
	for range rapid.IntRange(0, 3).Draw(t, "stretches") {
		s := Span{From: at + datasets.Micros(rapid.Int64Range(1, 400*hour).Draw(t, "gap"))}
		s.To = min(p.To.Micros(), s.From+datasets.Micros(rapid.Int64Range(1, 900*hour).Draw(t, "length")))
		if s.From < s.To {
			p.Covered, at = append(p.Covered, s), s.To
		}
	}
	if len(p.Covered) == 0 {
		p.Coverage = "study.toml states no coverage"
	}
	for i := range rapid.IntRange(0, 30).Draw(t, "posts") {
		q := &Post{ID: fmt.Sprint(i), At: p.From.Micros() + datasets.Micros(rapid.Int64Range(0, int64(p.To-p.From)*24-1).Draw(t, "hour")*hour),
			Type:  rapid.SampledFrom([]string{datasets.Original, datasets.Repost, datasets.Reply}).Draw(t, "type"),
			Local: rapid.IntRange(0, 9).Draw(t, "local") > 0}
		if q.Own() && rapid.Bool().Draw(t, "known") {
			q.Interactions = datasets.Some(rapid.Int64Range(0, 50).Draw(t, "interactions"))
		}
		if q.Local {
			local := q.At + 5*hour
			q.Date, q.Hour, q.Weekday = local.Day(), int8(local.Time().Hour()), int8(weekday(local.Day())+1)
		}
		p.Posts = append(p.Posts, q)
	}
	finish(p)
	return p
}

// finish sorts the posts and fills in what follows from them.
func finish(p *Period) {
	slices.SortStableFunc(p.Posts, func(a, b *Post) int { return int(a.At - b.At) })
	p.Own = nil
	for _, q := range p.Posts {
		q.Covered = false
		for _, s := range p.Covered {
			q.Covered = q.Covered || s.From <= q.At && q.At < s.To
		}
		if q.Own() {
			p.Own = append(p.Own, q)
		}
	}
}

func all(metrics []Metric, t *rapid.T, p *Period) map[string]Value {
	out := map[string]Value{}
	for _, m := range metrics {
		for part, v := range partsOf(t, m, p) {
			out[m.Name+"/"+part] = v
		}
	}
	return out
}

// sum adds up the parts of a metric that begin so, and tells how many have a
// value.
func sum(values map[string]Value, prefix string) (total float64, n int) {
	for name, v := range values {
		if strings.HasPrefix(name, prefix) && v.V.OK {
			total += v.V.V
			n++
		}
	}
	return total, n
}

func TestPostingProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod(t)
		var before []Post
		for _, q := range p.Posts {
			before = append(before, *q)
		}
		got := all(append(slices.Clone(ofTime), ofSpread...), t, p)
		for i, q := range p.Posts {
			if !reflect.DeepEqual(before[i], *q) {
				t.Fatal("a post was changed")
			}
		}
		if again := all(append(slices.Clone(ofTime), ofSpread...), t, p); !reflect.DeepEqual(got, again) {
			t.Fatal("a second time gives other values")
		}
		bounds := map[string][2]float64{
			"posts_per_month/observed": {0, math.Inf(1)}, "active_days_share/share": {0, 1}, "longest_silence/longest": {0, p.Days()},
			"freshness/days_since_last": {0, float64(p.To - p.From)}, "freshness/dormant": {0, 1}, "inter_post_interval/median": {0, float64(p.To-p.From) * 24},
			"inter_post_interval/iqr": {0, float64(p.To-p.From) * 24}, "inter_post_interval/cv": {0, 30}, "burstiness/b": {-1, 1}, "burstiness/finite": {-1, 1}, "burstiness/memory": {-1, 1},
			"hour_of_day/mean_hour": {0, 24}, "hour_of_day/resultant_length": {0, 1}, "hour_of_day/rayleigh_p": {0, 1},
			"gini/g": {0, 1}, "gini/unbiased": {0, 1}, "top_decile_share/share": {0.1, 1}, "herfindahl/h": {1 / float64(len(p.Own)+1), 1}, "h_index/h": {0, float64(len(p.Own))},
		}
		for name, b := range bounds {
			if v := got[name].V; v.OK && (v.V < b[0]-1e-12 || v.V > b[1]+1e-12) {
				t.Fatalf("%s: %v lies outside of %v", name, v.V, b)
			}
		}
		if v := got["posts_per_month/observed"]; v.V.OK && (v.V.V < v.CI.Low.V || v.V.V > v.CI.High.V) {
			t.Fatalf("the rate lies outside of its interval: %+v", v)
		}
		for prefix, parts := range map[string]int{"hour_of_day/hour_": 24, "weekday_share/": 7} {
			if total, n := sum(got, prefix); n > 0 && (n != parts || math.Abs(total-1) > 1e-12) {
				t.Fatalf("%s: %d shares add up to %v", prefix, n, total)
			}
		}
	})
}

// A shift by whole weeks moves nothing; nor does who of two posts at the same
// moment comes first, nor which post has which interactions.
func TestPostingInvariance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyPeriod(t)
		times, spreads := all(ofTime, t, p), all(ofSpread, t, p)

		shifted := *p
		weeks := datasets.Day(7 * rapid.IntRange(1, 100).Draw(t, "weeks"))
		shifted.From, shifted.To, shifted.Covered, shifted.Posts = p.From+weeks, p.To+weeks, nil, nil
		for _, s := range p.Covered {
			shifted.Covered = append(shifted.Covered, Span{s.From + weeks.Micros(), s.To + weeks.Micros()})
		}
		for _, i := range rapid.Permutation(indices(len(p.Posts))).Draw(t, "order") {
			q := *p.Posts[i]
			q.At, q.Date = q.At+weeks.Micros(), q.Date+weeks
			shifted.Posts = append(shifted.Posts, &q)
		}
		finish(&shifted)
		if got := all(ofTime, t, &shifted); !reflect.DeepEqual(got, times) {
			t.Fatalf("got %v, want %v", got, times)
		}

		mixed := Period{Account: p.Account, Kind: p.Kind, From: p.From, To: p.To, Covered: p.Covered, Coverage: p.Coverage, Setting: p.Setting}
		order := rapid.Permutation(indices(len(p.Own))).Draw(t, "interactions")
		k := 0
		for _, q := range p.Posts {
			c := *q
			if c.Own() {
				c.Interactions = p.Own[order[k]].Interactions
				k++
			}
			mixed.Posts = append(mixed.Posts, &c)
		}
		finish(&mixed)
		if got := all(ofSpread, t, &mixed); !reflect.DeepEqual(got, spreads) {
			t.Fatalf("got %v, want %v", got, spreads)
		}
	})
}

func indices(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// Without observed time, what needs exposure is absent in the study window and
// not there in shorter periods; what does not need it says what it assumes.
func TestPostingWithoutCoverage(t *testing.T) {
	posts := posted("2024-01-03", "2024-01-05", "2024-01-08")
	for _, m := range []Metric{PostsPerMonth, ActiveDaysShare, LongestSilence, Freshness, WeekdayShare} {
		for part, v := range partsOf(t, m, watched(Whole, "2024-01-01", "2024-06-01", nil, posts...)) {
			if v.V.OK || v.Flag != "study.toml states no coverage" {
				t.Errorf("%s/%s: got %+v", m.Name, part, v)
			}
		}
		if got := partsOf(t, m, watched(Month, "2024-01-01", "2024-02-01", nil, posts...)); len(got) != 0 {
			t.Errorf("%s: got %v for a month without coverage", m.Name, got)
		}
	}
	// By hand: intervals of 48 and 72 hours.
	v := partsOf(t, InterPostInterval, watched(Month, "2024-01-01", "2024-02-01", nil, posts...))
	wantPart(t, v, "median", 60, 0, "study.toml states no coverage; all known posts are taken as one stretch: a gap in collecting would count as an interval")
}

// Without posts, the study window says so and shorter periods have no row.
func TestPostingWithoutPosts(t *testing.T) {
	for _, m := range append([]Metric{InterPostInterval, Burstiness, HourOfDay}, ofSpread...) {
		values := partsOf(t, m, watched(Whole, "2024-01-01", "2024-06-01", []string{"2024-01-01", "2024-06-01"}))
		if len(values) != len(m.Parts) {
			t.Errorf("%s: %d of %d parts", m.Name, len(values), len(m.Parts))
		}
		for part, v := range values {
			if v.V.OK {
				t.Errorf("%s/%s: got %+v without posts", m.Name, part, v)
			}
		}
		if got := partsOf(t, m, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-02-01"})); len(got) != 0 {
			t.Errorf("%s: got %v for a month without posts", m.Name, got)
		}
	}
}

// A year of an account: 1,667 posts as 52 weeks, 12 months and the window. 600
// such accounts are a million posts.
func BenchmarkPosting(b *testing.B) {
	const n = 1667
	year := Span{moment("2024-01-01"), moment("2024-12-30")}
	var posts []*Post
	for i := range datasets.Micros(n) {
		at := year.From + (year.To-year.From)/n*i + i*i%7919*1e6
		posts = append(posts, &Post{At: at, Type: datasets.Original, Covered: true, Local: true, Hour: int8(at / 3600e6 % 24), Weekday: int8(weekday(at.Day()) + 1),
			Interactions: datasets.Some(int64(i * i % 4001)), AgeDays: datasets.Some(8.0)})
	}
	for _, m := range append(slices.Clone(ofTime), ofSpread...) {
		b.Run(m.Name, func(b *testing.B) {
			values := 0
			for b.Loop() {
				for kind, parts := range map[string]int{Week: 52, Month: 12, Whole: 1} {
					for i := range parts {
						if Shorter(kind, m.Shortest) {
							continue
						}
						span := Span{year.From + (year.To-year.From)/datasets.Micros(parts)*datasets.Micros(i), year.From + (year.To-year.From)/datasets.Micros(parts)*datasets.Micros(i+1)}
						p := &Period{Account: datasets.Account{Platform: "x"}, Kind: kind, Posts: posts[i*n/parts : (i+1)*n/parts], Covered: []Span{span}, Setting: &Setting{}}
						p.Own = p.Posts
						m.OfPosts(p, func(string, Value) { values++ })
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/post")
			if values == 0 {
				b.Fatal("no values")
			}
		})
	}
}
