package metrics

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/sample"

	"pgregory.net/rapid"
)

const hourly = datasets.Micros(3_600_000_000)

// eventful is the study window of an account of Kazakhstan, 100 days wholly
// observed but for what is given, with events at these hours and posts on them.
func eventful(events []Event, posts ...*Post) *Period {
	p := &Period{Account: datasets.Account{Platform: "x", Country: datasets.Some("KAZ")}, Kind: Whole, From: 0, To: 100, Posts: posts, Own: posts,
		Covered: []Span{{0, datasets.Day(100).Micros()}}, Setting: &Setting{Events: events}}
	slices.SortStableFunc(p.Posts, func(a, b *Post) int { return int((a.At - b.At) / hourly) })
	return p
}

func event(id string, hour int) Event {
	return Event{ID: id, At: datasets.Micros(hour) * hourly, HorizonH: 168}
}

func onEvent(id string, hour float64) *Post {
	return &Post{Type: datasets.Original, At: datasets.Micros(hour * float64(hourly)), Topics: []string{EventTopic + id}}
}

// latency is what the metric makes of a period.
func latency(p *Period) map[string]Value {
	out := map[string]Value{}
	ResponseLatency.OfPosts(p, func(part string, v Value) { out[part] = v })
	return out
}

// By hand: delays of 0.5, 2, 5 and 30 hours and one event without an answer in
// 168. Before any censoring the curve falls by a fifth each time.
func TestResponseLatency(t *testing.T) {
	events := []Event{event("a", 100), event("b", 300), event("c", 500), event("d", 700), event("e", 900), {ID: "uz", At: 1000 * hourly, Country: "UZB", HorizonH: 168}}
	p := eventful(events, onEvent("a", 100.5), onEvent("a", 101), onEvent("b", 302), onEvent("c", 505), onEvent("d", 730), onEvent("b", 299), onEvent("e", 1069), onEvent("uz", 1001), onEvent("other", 500.1))
	got := latency(p)
	want(t, got, "median_h", 5, 5, 5)
	want(t, got, "within_1h", 0.2, 5, 5)
	want(t, got, "within_6h", 0.6, 5, 5)
	want(t, got, "within_24h", 0.6, 5, 5)
	want(t, got, "anticipated", 0.2, 5, 5)
	wantFlag(t, got, "median_h", "1 event not answered while it was watched")
	// R 4.2.2: survfit(Surv(c(.5,2,5,30,168), c(1,1,1,1,0)) ~ 1, conf.type = "log-log").
	for part, ci := range map[string]sample.Interval{
		"median_h":   {Low: datasets.Some(0.5)},
		"within_1h":  {Low: datasets.Some(0.0308202111332574), High: datasets.Some(0.796190736732361)},
		"within_24h": {Low: datasets.Some(1 - 0.752815791359), High: datasets.Some(1 - 0.0519757503775)},
	} {
		v := got[part]
		if v.CI.Low.OK != ci.Low.OK || v.CI.High.OK != ci.High.OK || math.Abs(v.CI.Low.V-ci.Low.V) > 1e-11 || math.Abs(v.CI.High.V-ci.High.V) > 1e-11 || v.Uncertainty != latencyInterval {
			t.Errorf("interval of %s: got %+v, want %+v", part, v, ci)
		}
	}
}

// An event is watched to its horizon or to the end of observed time; one that
// lies in no observed time is left out, and so are answers of others.
func TestCensoredLatency(t *testing.T) {
	events := []Event{event("a", 100), event("b", 300), event("gone", 600)}
	p := eventful(events, onEvent("a", 110), onEvent("b", 310), onEvent("gone", 601))
	p.Covered = []Span{{0, 305 * hourly}, {650 * hourly, 2400 * hourly}}
	got := latency(p)
	// b is censored after 5 hours, a answered after 10: the curve falls to 0 at 10.
	want(t, got, "median_h", 10, 3, 2)
	want(t, got, "within_6h", 0, 3, 2)
	want(t, got, "within_24h", 1, 3, 2)
	wantFlag(t, got, "median_h", "1 event outside of observed time")
	if v := got["median_h"]; v.Uncertainty != noIntervalFewEvents || v.CI != (sample.Interval{}) {
		t.Errorf("an interval from one answer: %+v", v)
	}

	got = latency(eventful([]Event{event("a", 100)}, onEvent("a", 100))) // at the very moment
	want(t, got, "median_h", 0, 1, 1)
	want(t, got, "anticipated", 0, 1, 1)
	got = latency(eventful([]Event{{ID: "a", At: 100 * hourly, HorizonH: 5}}, onEvent("a", 105)))
	want(t, got, "median_h", 5, 1, 1) // the horizon is included
	got = latency(eventful([]Event{{ID: "a", At: 100 * hourly, HorizonH: 5}}, onEvent("a", 105.01), onEvent("a", 94.9)))
	wantAbsent(t, got, "median_h", "fewer than half of the events")
	want(t, got, "within_1h", 0, 1, 1)
	wantAbsent(t, got, "within_24h", "no unanswered event was watched for 24 hours")
	want(t, got, "anticipated", 0, 1, 1) // more than the horizon before
}

func TestNoEvents(t *testing.T) {
	if got := latency(eventful(nil, onEvent("a", 1))); len(got) != 0 {
		t.Errorf("a study without events: got %v", got)
	}
	for part, v := range latency(eventful([]Event{{ID: "a", At: 1, Country: "UZB", HorizonH: 1}})) {
		wantAbsent(t, map[string]Value{part: v}, part, "no event of events.csv concerns the account")
	}
	p := eventful([]Event{event("a", 100)}, onEvent("a", 101))
	p.Covered, p.Coverage = nil, "study.toml states no coverage"
	got := latency(p)
	if len(got) != len(ResponseLatency.Parts) {
		t.Errorf("got %v, want every part", got)
	}
	for part, v := range got {
		wantAbsent(t, got, part, "no event lies in observed time; study.toml states no coverage")
		if v.N != 1 || v.NObserved != 0 || v.Uncertainty != noIntervalAbsent {
			t.Errorf("%s: %+v", part, v)
		}
	}
}

// Shares lie in [0, 1] and grow with the hours; intervals hold their value;
// posts in any order give the same.
func TestPropertiesOfLatency(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var events []Event
		var posts []*Post
		for i := range rapid.IntRange(0, 6).Draw(t, "events") {
			e := event(fmt.Sprint("e", i), rapid.IntRange(0, 2399).Draw(t, "at"))
			e.HorizonH = rapid.Float64Range(0.5, 300).Draw(t, "horizon")
			events = append(events, e)
		}
		for range rapid.IntRange(0, 12).Draw(t, "posts") {
			posts = append(posts, onEvent(fmt.Sprint("e", rapid.IntRange(0, 6).Draw(t, "of")), rapid.Float64Range(0, 2399).Draw(t, "hour")))
		}
		p := eventful(events, posts...)
		if rapid.Bool().Draw(t, "gap") {
			p.Covered = []Span{{0, 1000 * hourly}, {1200 * hourly, 2400 * hourly}}
		}
		got := latency(p)
		last := 0.0
		for _, part := range []string{"within_1h", "within_6h", "within_24h"} {
			v := got[part]
			if v.V.OK && v.V.V < last || v.V.V > 1 || v.NObserved > v.N {
				t.Fatalf("%s: %+v after %v", part, v, last)
			}
			if v.V.OK {
				last = v.V.V
			}
		}
		for part, v := range got {
			if v.CI.Low.OK && v.CI.Low.V > v.V.V || v.CI.High.OK && v.CI.High.V < v.V.V {
				t.Fatalf("%s: the interval leaves the value out: %+v", part, v)
			}
			if !v.V.OK && (v.Flag == "" || v.Uncertainty != noIntervalAbsent || v.CI != (sample.Interval{})) {
				t.Fatalf("%s is absent without a reason, or has an interval: %+v", part, v)
			}
			if v.V.OK && v.CI == (sample.Interval{}) && !strings.HasPrefix(v.Uncertainty, "none") {
				t.Fatalf("%s: no interval, and no reason: %+v", part, v)
			}
		}
		shuffled := *p
		shuffled.Own = rapid.Permutation(p.Own).Draw(t, "order")
		if again := latency(&shuffled); fmt.Sprint(again) != fmt.Sprint(got) {
			t.Fatalf("%v in one order, %v in another", got, again)
		}
	})
}
