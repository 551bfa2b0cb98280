package reconcile

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

var update = flag.Bool("update", false, "rewrite the golden file")

func date(s string) datasets.Day {
	t, err := time.Parse("2006-01-02", s)
	if err != nil {
		panic(err)
	}
	return datasets.DayOf(t)
}

func at(s string) datasets.Micros {
	t, err := time.Parse("2006-01-02T15:04Z", s)
	if err != nil {
		return date(s).Micros()
	}
	return datasets.MicrosOf(t)
}

// hand is a window of account id on x, counted by a person or, where by and
// source are the same, published.
func hand(id, from, to, read, by string, posts int64) datasets.AccountWindow {
	w := datasets.AccountWindow{Platform: "x", AccountID: id, WindowFrom: date(from), WindowTo: date(to), Posts: datasets.Some(posts), CountedBy: by, Source: "counts"}
	if read != "" {
		w.RetrievedOn = datasets.Some(date(read))
	}
	return w
}

func total(id, observed, precision, source string, posts datasets.Shown) datasets.AccountSnapshot {
	return datasets.AccountSnapshot{Platform: "x", AccountID: id, ObservedAt: at(observed), ObservedPrecision: precision, PostsTotal: posts, Source: source}
}

func exact(n int64) datasets.Shown {
	v := datasets.Some(n)
	return datasets.Shown{V: v, Low: v, High: v}
}

func rounded(text string, v, low, high int64) datasets.Shown {
	return datasets.Shown{V: datasets.Some(v), Text: datasets.Some(text), Low: datasets.Some(low), High: datasets.Some(high)}
}

func post(id, created, kind string, likes int64) datasets.Post {
	p := datasets.Post{Platform: "x", AccountID: id, CreatedAt: datasets.Some(at(created)), PostType: kind, ObservedAt: datasets.Some(at("2024-03-20T00:00Z")), Source: "twarc"}
	if likes >= 0 && kind != datasets.Repost {
		p.Counts.Like = datasets.Some(likes)
	}
	return p
}

func batch[R any](rows ...R) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) { yield(slices.Clone(rows), nil) }
}

func covers(from, to, completeness string) []study.Source {
	c := study.Coverage{Completeness: completeness}
	if from != "" {
		c.From = datasets.Some(date(from))
	}
	if to != "" {
		c.To = datasets.Some(date(to))
	}
	return []study.Source{{ID: "twarc", Coverage: c}}
}

func run(t *testing.T, in *Input) *Output {
	t.Helper()
	out, err := Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// find returns the row of a quantity and account whose sources are of these
// kinds.
func find(t *testing.T, out *Output, quantity, id, a, b string) datasets.Reconciled {
	t.Helper()
	for _, r := range out.Pairs {
		if r.Quantity == quantity && r.AccountID == id && strings.HasPrefix(r.SourceA, a) && strings.HasPrefix(r.SourceB, b) {
			return r
		}
	}
	t.Fatalf("no row of %s, %s, %s, %s in %+v", quantity, id, a, b, out.Pairs)
	return datasets.Reconciled{}
}

// example is a study in which every kind of pair occurs.
func example() *Input {
	almaty := time.FixedZone("UTC+6", 6*3600)
	snapshots := []datasets.AccountSnapshot{
		total("1", "2024-01-01", "day", "sheet", exact(500)),
		total("1", "2024-03-01", "day", "sheet", exact(505)),
		total("2", "2024-01-01", "day", "sheet", rounded("10.1K", 10100, 10050, 10149)),
		total("2", "2024-02-01", "day", "sheet", rounded("10.2K", 10200, 10150, 10249)),
		total("4", "2024-01-01", "day", "sheet", exact(90)),
		total("4", "2024-03-01", "day", "sheet", exact(80)),
		total("4", "2023-01-01", "year", "thesis", exact(10)),
		total("4", "2024-06-01", "month", "thesis", exact(95)),
	}
	in := &Input{
		Accounts: []datasets.Account{{Platform: "x", AccountID: "1", Country: datasets.Some("KAZ")}, {Platform: "x", AccountID: "2", Country: datasets.Some("KAZ")},
			{Platform: "x", AccountID: "3"}, {Platform: "x", AccountID: "4", Country: datasets.Some("KAZ")}},
		Windows: []datasets.AccountWindow{
			hand("1", "2024-01-01", "2024-03-01", "2024-03-04", "AB", 5),
			hand("1", "2024-01-01", "2024-03-01", "2024-03-05", "CD", 6),
			hand("1", "2024-01-01", "2024-03-01", "2024-02-10", "EF", 4),
			hand("1", "2024-01-01", "2024-03-01", "", "counts", 9),
			hand("2", "2024-01-01", "2024-02-01", "2024-02-01", "AB", 31),
			hand("3", "2024-01-01", "2024-03-01", "2024-03-01", "AB", 2),
			hand("4", "2024-01-01", "2024-03-01", "2024-03-01", "AB", 3),
		},
		Sources: covers("2023-12-31", "2024-03-20", "all"),
		Zones:   map[string]*time.Location{"KAZ": almaty},
		Posts: []iter.Seq2[[]datasets.Post, error]{batch(
			post("1", "2023-12-31T17:00Z", "original", 3), // 23:00 of New Year's Eve in UTC+6: before the window
			post("1", "2023-12-31T19:00Z", "original", 3), // 1:00 of New Year there: in it
			post("1", "2024-01-10T10:00Z", "reply", 0),
			post("1", "2024-01-20T10:00Z", "repost", 0),
			post("1", "2024-02-10T10:00Z", "original", 10), // on the day on which EF read the page
			post("1", "2024-02-20T10:00Z", "quote", 7),
			post("1", "2024-02-21T10:00Z", "original", 1),
			post("3", "2024-01-01T06:00Z", "original", 1), // of a country without a zone: perhaps still the old year
			post("3", "2024-02-01T06:00Z", "original", -1),
		)},
	}
	in.Windows[0].Likes = datasets.Some(int64(21))
	in.Windows[1].LikesMean, in.Windows[1].LikesMeanText, in.Windows[1].LikesN = datasets.Some(3.5), datasets.Some("3,5"), datasets.Some(int64(6))
	in.Windows[5].Likes = datasets.Some(int64(4))
	snapshots[0].Followers, snapshots[0].PostsTotal = exact(1000), exact(500)
	more := total("1", "2024-01-01T12:00Z", "second", "twarc", datasets.Shown{})
	more.Followers = exact(1003)
	snapshots = append(snapshots, more)
	slices.SortFunc(snapshots, func(a, b datasets.AccountSnapshot) int { return datasets.AccountSnapshots.Compare(&a, &b) })
	in.Snapshots = batch(snapshots...)
	slices.SortFunc(in.Windows, func(a, b datasets.AccountWindow) int { return datasets.AccountWindows.Compare(&a, &b) })
	return in
}

func TestGolden(t *testing.T) {
	var b strings.Builder
	out := run(t, example())
	show := func(o datasets.Opt[float64]) string {
		if !o.OK {
			return "-"
		}
		return number(o.V)
	}
	for _, r := range out.Pairs {
		fmt.Fprintf(&b, "%s %s/%s %s..%s  %s | %s\n\t%s [%s, %s] | %s [%s, %s]  difference %s, %s %%  %s\n\t%s\n", r.Quantity, r.Platform, r.AccountID, r.PeriodStart, r.PeriodEnd,
			r.SourceA, r.SourceB, show(r.A), show(r.ALow), show(r.AHigh), show(r.B), show(r.BLow), show(r.BHigh), show(r.Difference), show(r.Percent), r.Verdict, r.Explanation)
	}
	for _, r := range out.Agreements {
		fmt.Fprintf(&b, "%s %s/%s n=%d equal=%s %% alpha=%s %s\n", r.Quantity, r.CoderA, r.CoderB, r.N, show(r.Equal), show(r.Alpha), r.Reason.V)
	}
	const path = "testdata/example.txt"
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
}

// What each state of the exports lets them tell, for a hand count of two posts
// from 1 January to 29 February 2024 and exported posts of 10 January and 10
// February in UTC.
func TestCoverage(t *testing.T) {
	for _, c := range []struct {
		name    string
		sources []study.Source
		more    []datasets.Post
		b, low  datasets.Opt[float64]
		verdict string
		says    string
	}{
		{"whole", covers("2024-01-01", "2024-03-01", "all"), nil, datasets.Some(2.), datasets.Some(2.), datasets.Agree, ""},
		{"whole until it was collected", covers("2024-01-01", "", "all"), nil, datasets.Some(2.), datasets.Some(2.), datasets.Agree, ""},
		{"begins late", covers("2024-01-02", "", "all"), nil, datasets.None[float64](), datasets.Some(2.), datasets.NotTestable, "cover only 2024-01-02 00:00 to 2024-03-20 00:00 UTC"},
		{"ends early", covers("2024-01-01", "2024-02-29", "all"), nil, datasets.None[float64](), datasets.Some(2.), datasets.NotTestable, "cover only 2024-01-01 00:00 to 2024-02-29"},
		{"a sample", covers("2024-01-01", "2024-03-01", "sample"), nil, datasets.None[float64](), datasets.Some(2.), datasets.NotTestable, "a sample covers no period"},
		{"not stated", nil, nil, datasets.None[float64](), datasets.Some(2.), datasets.NotTestable, "study.toml states no coverage"},
		{"no beginning", covers("", "2024-03-01", "all"), nil, datasets.None[float64](), datasets.Some(2.), datasets.NotTestable, "no covered_from"},
		{"completeness unknown", covers("2024-01-01", "2024-03-01", ""), nil, datasets.Some(2.), datasets.Some(2.), datasets.Agree, "does not say whether the collection is complete"},
		{"capped in the window", covers("", "", "capped"), nil, datasets.None[float64](), datasets.Some(2.), datasets.NotTestable, "cover only 2024-01-10 00:00"},
		{"capped before it", covers("", "", "capped"), []datasets.Post{post("1", "2023-12-01", "original", 0)}, datasets.Some(2.), datasets.Some(2.), datasets.Agree, ""},
		{"capped, its first post at the beginning", covers("", "", "capped"), []datasets.Post{post("1", "2024-01-01", "original", 0)}, datasets.None[float64](), datasets.Some(3.), datasets.NotTestable, "cover only 2024-01-01 00:00"},
		{"an undated post", covers("2024-01-01", "2024-03-01", "all"), []datasets.Post{{Platform: "x", AccountID: "1", PostType: "original", Source: "twarc"}}, datasets.Some(2.), datasets.Some(2.), datasets.Agree, "1 post without a time"},
	} {
		w := hand("1", "2024-01-01", "2024-03-01", "2024-03-01", "AB", 2)
		in := &Input{Accounts: []datasets.Account{{Platform: "x", AccountID: "1", Country: datasets.Some("GBR")}}, Windows: []datasets.AccountWindow{w}, Sources: c.sources,
			Zones: map[string]*time.Location{"GBR": time.UTC},
			Posts: []iter.Seq2[[]datasets.Post, error]{batch(append(c.more, post("1", "2024-01-10", "original", 0), post("1", "2024-02-10", "original", 0))...)}}
		r := find(t, run(t, in), "posts", "1", "hand:", "export:twarc")
		if r.B != c.b || r.BLow != c.low || r.Verdict != c.verdict || !strings.Contains(r.Explanation, c.says) {
			t.Errorf("%s: got %+v", c.name, r)
		}
		if c.name == "an undated post" && r.BHigh.V != 3 {
			t.Errorf("it may lie in the window: %+v", r)
		}
	}
}

// Where study.toml and a hand count name the same days they mean the same, though
// at UTC+5 January begins on 31 December at 19:00 UTC; a day later is later.
func TestCoverageOfTheSameDays(t *testing.T) {
	almaty := time.FixedZone("", 5*3600)
	for _, c := range []struct {
		from, verdict, says string
	}{
		{"2024-01-01", datasets.Agree, ""},
		{"2024-01-02", datasets.NotTestable, "cover only 2024-01-02 00:00 to 2024-03-01 00:00 UTC, and the period may go from 2023-12-31 19:00 to 2024-02-29 19:00 UTC"},
	} {
		in := &Input{Accounts: []datasets.Account{{Platform: "x", AccountID: "1", Country: datasets.Some("KAZ")}}, Windows: []datasets.AccountWindow{hand("1", "2024-01-01", "2024-03-01", "2024-03-01", "AB", 1)},
			Sources: covers(c.from, "2024-03-01", "all"), Zones: map[string]*time.Location{"KAZ": almaty},
			Posts: []iter.Seq2[[]datasets.Post, error]{batch(post("1", "2023-12-31T20:00Z", "original", 0))}}
		if r := find(t, run(t, in), "posts", "1", "hand:", "export:twarc"); r.Verdict != c.verdict || !strings.Contains(r.Explanation, c.says) {
			t.Errorf("covered from %s: got %+v", c.from, r)
		}
	}
}

// Only what was read earlier can be lower for that.
func TestReadEarlier(t *testing.T) {
	for _, c := range []struct {
		first, second string
		says          bool
	}{{"2024-03-01", "2024-03-05", true}, {"2024-03-01", "", true}, {"2024-03-01", "2024-03-01", false}, {"2024-03-05", "2024-03-01", false}} {
		a, b := hand("1", "2024-01-01", "2024-03-01", c.first, "AB", 1), hand("1", "2024-01-01", "2024-03-01", c.second, "CD", 1)
		a.Likes, b.Likes = datasets.Some(int64(3)), datasets.Some(int64(9))
		r := find(t, run(t, &Input{Windows: []datasets.AccountWindow{a, b}}), "likes", "1", "hand:counts/AB", "hand:counts/CD")
		if r.Verdict != datasets.Disagree || strings.Contains(r.Explanation, "hand:counts/AB may have been read earlier") != c.says {
			t.Errorf("read on %s and %q: got %+v", c.first, c.second, r)
		}
	}
}

// Sums need the count of every own post; a repost has none and is not asked for.
func TestHiddenLikes(t *testing.T) {
	for _, c := range []struct {
		posts   []datasets.Post
		b       datasets.Opt[float64]
		verdict string
	}{
		{[]datasets.Post{post("1", "2024-01-10", "original", 4), post("1", "2024-01-11", "repost", 0)}, datasets.Some(4.), datasets.Agree},
		{[]datasets.Post{post("1", "2024-01-10", "original", 4), post("1", "2024-01-11", "original", -1)}, datasets.None[float64](), datasets.NotTestable},
		{[]datasets.Post{post("1", "2024-01-10", "original", 0)}, datasets.Some(0.), datasets.Disagree},
	} {
		w := hand("1", "2024-01-01", "2024-02-01", "2024-02-01", "AB", 1)
		w.Likes = datasets.Some(int64(4))
		in := &Input{Accounts: []datasets.Account{{Platform: "x", AccountID: "1"}}, Windows: []datasets.AccountWindow{w}, Sources: covers("2023-12-31", "2024-03-01", "all"),
			Posts: []iter.Seq2[[]datasets.Post, error]{batch(c.posts...)}}
		if r := find(t, run(t, in), "likes", "1", "hand:", "export:"); r.B != c.b || r.Verdict != c.verdict {
			t.Errorf("got %+v", r)
		}
	}
}

// The sums that a printed mean allows are those of the GRIM table of Tables 2-5:
// 78 x 30, 980 x 0 and 47 x 0,1 (Python 3.11, exact fractions).
func TestSumOfMean(t *testing.T) {
	for _, c := range []struct {
		mean      float64
		text      string
		n         int64
		low, high float64
	}{{30, "30", 78, 2301, 2379}, {0, "0", 980, 0, 490}, {0.1, "0,1", 47, 3, 7}} {
		w := &window{AccountWindow: &datasets.AccountWindow{LikesMean: datasets.Some(c.mean), LikesMeanText: datasets.Some(c.text), LikesN: datasets.Some(c.n)}}
		if got := w.tell("likes"); got.why != "" || got.low.V != c.low || got.high.V != c.high {
			t.Errorf("%s over %d: %+v", c.text, c.n, got)
		}
	}
	w := &window{AccountWindow: &datasets.AccountWindow{LikesMean: datasets.Some(0.1), LikesMeanText: datasets.Some("0,10"), LikesN: datasets.Some(int64(47))}}
	if got := w.tell("likes"); !strings.Contains(got.why, "no whole number of likes over 47 posts") || got.low.OK {
		t.Errorf("an impossible mean: %+v", got)
	}
	w.Likes, w.Posts = datasets.Some(int64(9)), datasets.Some(int64(50))
	if got := w.tell("likes"); strings.TrimSpace(got.why) != "counts the likes of 47 posts, and 50 posts in the window" {
		t.Errorf("likes of some posts: %+v", got)
	}
	w.Likes, w.LikesN = datasets.None[int64](), datasets.None[int64]()
	if got := w.tell("likes"); got.why == "" || got.v.OK {
		t.Errorf("a mean without n: %+v", got)
	}
}

func TestTotals(t *testing.T) {
	w := func() []datasets.AccountWindow {
		return []datasets.AccountWindow{hand("1", "2024-01-01", "2024-03-01", "2024-03-01", "AB", 60)}
	}
	check := func(name string, first, last datasets.AccountSnapshot, b, low, high datasets.Opt[float64], verdict, says string) {
		t.Helper()
		in := &Input{Accounts: []datasets.Account{{Platform: "x", AccountID: "1", Country: datasets.Some("GBR")}}, Windows: w(),
			Snapshots: batch(first, last), Zones: map[string]*time.Location{"GBR": time.UTC}}
		r := find(t, run(t, in), "posts", "1", "hand:", "total:sheet")
		if r.B != b || r.BLow != low || r.BHigh != high || r.Verdict != verdict || !strings.Contains(r.Explanation, says) {
			t.Errorf("%s: got %+v", name, r)
		}
	}
	none := datasets.None[float64]()
	check("to the second", total("1", "2024-01-01T00:00Z", "second", "sheet", exact(100)), total("1", "2024-03-01T00:00Z", "second", "sheet", exact(160)),
		datasets.Some(60.), datasets.Some(60.), datasets.Some(60.), datasets.Agree, "")
	// 61 posts in 60 days: two in the day at either end, rounded up.
	check("to the day", total("1", "2024-01-01", "day", "sheet", exact(100)), total("1", "2024-03-01", "day", "sheet", exact(161)),
		datasets.Some(61.), datasets.Some(57.), datasets.Some(65.), datasets.Agree, "4 posts at its mean pace")
	check("deleted", total("1", "2024-01-01T00:00Z", "second", "sheet", exact(100)), total("1", "2024-03-01T00:00Z", "second", "sheet", exact(158)),
		datasets.Some(58.), datasets.Some(58.), datasets.Some(58.), datasets.Disagree, "deleted posts make a difference of totals smaller")
	check("rounded", total("1", "2024-01-01T00:00Z", "second", "sheet", rounded("1.2K", 1200, 1150, 1249)), total("1", "2024-03-01T00:00Z", "second", "sheet", exact(1300)),
		datasets.Some(100.), datasets.Some(51.), datasets.Some(150.), datasets.Agree, "showed 1.2K posts")
	least := rounded(">1000", 1000, 1000, 0)
	least.High.OK = false
	check("a bound", total("1", "2024-01-01T00:00Z", "second", "sheet", least), total("1", "2024-03-01T00:00Z", "second", "sheet", exact(1060)),
		datasets.Some(60.), none, datasets.Some(60.), datasets.NotTestable, "shown only as a bound")
	check("fell", total("1", "2024-01-01", "day", "sheet", exact(100)), total("1", "2024-03-01", "day", "sheet", exact(99)), none, none, none, datasets.NotTestable, "fell by 1")
	check("other days", total("1", "2024-01-04", "day", "sheet", exact(100)), total("1", "2024-03-01", "day", "sheet", exact(160)),
		datasets.Some(60.), datasets.Some(60.), datasets.Some(60.), datasets.NotTestable, "the periods differ")
}

// One person who stated two ends and read on one day is told apart, and never
// compared with himself.
func TestOneCounterTwice(t *testing.T) {
	in := &Input{Accounts: []datasets.Account{{Platform: "x", AccountID: "1"}}, Windows: []datasets.AccountWindow{
		hand("1", "2024-01-01", "2024-03-01", "2024-02-01", "AB", 3), hand("1", "2024-01-01", "2024-04-01", "2024-02-01", "AB", 4)},
		Sources: covers("2023-12-01", "2024-06-01", "all"), Posts: []iter.Seq2[[]datasets.Post, error]{batch(post("1", "2024-01-10", "original", 0))}}
	out := run(t, in)
	if len(out.Pairs) != 2 || out.Pairs[0].SourceA != "hand:counts/AB until 2024-02-29" || out.Pairs[1].SourceA != "hand:counts/AB until 2024-03-31" || len(out.Agreements) != 0 {
		t.Errorf("got %+v", out)
	}
}

// Expected: Python 3.11, fractions, alpha as one less observed over expected
// disagreement of all ordered pairs (Krippendorff 2011), ratio level.
func TestAgreement(t *testing.T) {
	var windows []datasets.AccountWindow
	for id, told := range map[string][]int64{"1": {100, 100}, "2": {40, 44, 41}, "3": {0, 3, 0}} {
		for i, n := range told {
			windows = append(windows, hand(id, "2024-01-01", "2024-03-01", "2024-03-01", []string{"AB", "CD", "EF"}[i], n))
		}
		windows = append(windows, hand(id, "2024-01-01", "2024-03-01", "", "counts", 7)) // printed: nobody counted
	}
	twice := hand("1", "2024-01-01", "2024-03-01", "2024-03-01", "EF", 5)
	windows = append(windows, twice) // EF gives 5 and 6: neither
	twice.Source, twice.Posts = "more", datasets.Some(int64(6))
	windows = append(windows, twice)
	got := run(t, &Input{Windows: windows}).Agreements
	want := []struct {
		a, b         string
		n            int64
		equal, alpha float64
	}{{"AB", "CD", 3, 100. / 3, 0.4399011743810849}, {"AB", "EF", 2, 50, 0.9998856925128596}, {"CD", "EF", 2, 0, 0.3337009279354891}, {"all", "all", 3, 100. / 3, 0.5885621504427054}}
	if len(got) != len(want) {
		t.Fatalf("got %+v", got)
	}
	for i, w := range want {
		if g := got[i]; g.Quantity != "posts" || g.CoderA != w.a || g.CoderB != w.b || g.N != w.n || !near(g.Equal.V, w.equal) || !near(g.Alpha.V, w.alpha) || g.Reason.OK {
			t.Errorf("got %+v, want %+v", g, w)
		}
	}
	same := run(t, &Input{Windows: []datasets.AccountWindow{hand("1", "2024-01-01", "2024-03-01", "", "AB", 5), hand("1", "2024-01-01", "2024-03-01", "", "CD", 5)}}).Agreements
	if len(same) != 1 || same[0].Alpha.OK || !same[0].Reason.OK || same[0].Equal.V != 100 {
		t.Errorf("no disagreement could show: %+v", same)
	}
}

func near(a, b float64) bool { return a-b < 1e-12 && b-a < 1e-12 }

// Errors of reading come back, and so does a wish to stop.
func TestErrors(t *testing.T) {
	in := example()
	in.Observations = []iter.Seq2[[]datasets.PostSnapshot, error]{func(yield func([]datasets.PostSnapshot, error) bool) { yield(nil, errors.New("broken")) }}
	if _, err := Run(context.Background(), in); err == nil || err.Error() != "broken" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, example()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if out, err := Run(context.Background(), &Input{}); err != nil || len(out.Pairs)+len(out.Agreements) != 0 {
		t.Errorf("nothing to compare: %+v, %v", out, err)
	}
}

func TestInputIsLeftAlone(t *testing.T) {
	in, before := example(), example()
	run(t, in)
	if !reflect.DeepEqual(in.Windows, before.Windows) || !reflect.DeepEqual(in.Sources, before.Sources) {
		t.Error("the input was changed")
	}
}

// Pairs of followers are of one account and day, whatever comes before and after,
// and in whatever batches.
func TestPairsOfFollowers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type moment struct{ account, hour, source int }
		moments := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) moment {
			return moment{rapid.IntRange(1, 3).Draw(t, "account"), rapid.IntRange(0, 71).Draw(t, "hour"), rapid.IntRange(0, 2).Draw(t, "source")}
		}), 0, 30, rapid.ID[moment]).Draw(t, "moments")
		var rows []datasets.AccountSnapshot
		last := map[string]int64{} // of a source, account and day
		slices.SortFunc(moments, func(a, b moment) int {
			return cmp.Or(a.account-b.account, a.hour-b.hour, a.source-b.source)
		})
		for i, m := range moments {
			s := datasets.AccountSnapshot{Platform: "x", AccountID: fmt.Sprint(m.account), ObservedAt: datasets.Micros(m.hour) * 3_600_000_000, ObservedPrecision: "second", Source: fmt.Sprint(m.source), Followers: exact(int64(i))}
			rows = append(rows, s)
			last[fmt.Sprint(m.account, m.hour/24, m.source)] = int64(i)
		}
		cut := rapid.IntRange(0, len(rows)).Draw(t, "cut")
		out, err := Run(context.Background(), &Input{Snapshots: func(yield func([]datasets.AccountSnapshot, error) bool) {
			_ = yield(slices.Clone(rows[:cut]), nil) && yield(slices.Clone(rows[cut:]), nil)
		}})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for account := range 4 {
			for day := range 3 {
				for b := range 3 {
					for a := range b {
						x, okX := last[fmt.Sprint(account, day, a)]
						y, okY := last[fmt.Sprint(account, day, b)]
						if !okX || !okY {
							continue
						}
						n++
						if !slices.ContainsFunc(out.Pairs, func(p datasets.Reconciled) bool {
							return p.Quantity == "followers" && p.AccountID == fmt.Sprint(account) && p.PeriodStart == datasets.Day(day) && p.SourceA == fmt.Sprint("total:", a) && p.SourceB == fmt.Sprint("total:", b) &&
								p.A.V == float64(x) && p.B.V == float64(y)
						}) {
							t.Fatalf("no pair of account %d, day %d, sources %d and %d in %+v", account, day, a, b, out.Pairs)
						}
					}
				}
			}
		}
		if n != len(out.Pairs) {
			t.Fatalf("%d pairs, expected %d", len(out.Pairs), n)
		}
	})
}
