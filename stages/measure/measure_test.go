package measure

import (
	"context"
	"iter"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"

	"pgregory.net/rapid"
)

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) datasets.Day {
	return datasets.DayOf(at(s))
}

// The shelf holds what All lists: one file a metric.
func TestShelf(t *testing.T) {
	files, err := os.ReadDir("metrics")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range files {
		if n, ok := strings.CutSuffix(f.Name(), ".go"); ok && n != "metrics" && n != "period" && n != "conventions" && n != "sums" && !strings.HasSuffix(n, "_test") {
			want = append(want, n)
		}
	}
	for _, m := range metrics.All {
		got = append(got, m.Name)
		if m.Doc == "" || m.Formula == "" || m.Source == "" || m.Unit == "" || m.Version < 1 || len(m.Parts) == 0 {
			t.Errorf("metric %s lacks documentation, unit, version or parts", m.Name)
		}
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("All lists %v, the folder holds %v", got, want)
	}
}

func accountOf(handle string) datasets.Account {
	return datasets.Account{Platform: "x", AccountID: "@" + handle, Handle: datasets.Some(handle), Organization: handle, Country: datasets.Some("KAZ")}
}

func snapshot(handle, when string, followers, posts int64) datasets.AccountSnapshot {
	exact := func(n int64) datasets.Shown {
		if n < 0 {
			return datasets.Shown{}
		}
		return datasets.Shown{V: datasets.Some(n), Low: datasets.Some(n), High: datasets.Some(n)}
	}
	return datasets.AccountSnapshot{Platform: "x", AccountID: "@" + handle, ObservedAt: datasets.MicrosOf(at(when)), ObservedPrecision: "second",
		Followers: exact(followers), PostsTotal: exact(posts), TimeSource: "field", Source: "s"}
}

// run measures what snapshots and counted windows alone give.
func run(accounts []datasets.Account, snapshots []datasets.AccountSnapshot, windows []datasets.AccountWindow) ([]datasets.Value, error) {
	out, err := Run(context.Background(), &Input{Accounts: accounts, Snapshots: rows(snapshots...), Windows: windows, Setting: &metrics.Setting{}})
	if err != nil {
		return nil, err
	}
	return values(out), nil
}

// values are those of the output.
func values(out *Output) []datasets.Value {
	rows, err := collect(out.Values())
	if err != nil {
		panic(err)
	}
	return rows
}

func collect[R any](batches iter.Seq2[[]R, error]) (rows []R, err error) {
	for batch, err := range batches {
		if err != nil {
			return nil, err
		}
		rows = append(rows, batch...)
	}
	return rows, nil
}

func find(t *testing.T, values []datasets.Value, metric, part string) datasets.Value {
	t.Helper()
	for _, v := range values {
		if v.Metric == metric && v.Part == part {
			return v
		}
	}
	t.Fatalf("no value %s/%s in %v", metric, part, values)
	return datasets.Value{}
}

func near(t *testing.T, what string, got datasets.Opt[float64], want, tol float64) {
	t.Helper()
	if !got.OK || math.Abs(got.V-want) > tol {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// From 22,947 followers to 50,800 over 1995.2 days: the change that the thesis
// and a reading of December 2018 imply. By hand: ln(50800/22947) = 0.794694,
// 1996 days, 65.5770 months.
func TestFollowerGrowth(t *testing.T) {
	vs, err := run([]datasets.Account{accountOf("mfa")}, []datasets.AccountSnapshot{
		snapshot("mfa", "2018-12-09T00:00:00Z", 22947, -1), snapshot("mfa", "2024-05-27T00:00:00Z", 50800, -1)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := find(t, vs, "follower_growth", "log_rate_per_month")
	near(t, "log rate", v.Value, math.Log(50800.0/22947)/(1996/30.4375), 1e-12)
	near(t, "exposure", v.ExposureDays, 1996, 1e-9)
	if v.N != 2 || v.CILow.OK || !strings.HasPrefix(v.Uncertainty, "none") || v.Flag.OK {
		t.Errorf("got %+v", v)
	}
	near(t, "ratio", find(t, vs, "follower_growth", "ratio").Value, 50800.0/22947, 1e-12)
}

// A fall of posts_total is no posting; a fall of followers is one.
func TestNegativeDifferences(t *testing.T) {
	vs, err := run([]datasets.Account{accountOf("a")}, []datasets.AccountSnapshot{
		snapshot("a", "2024-01-01T00:00:00Z", 100, 50), snapshot("a", "2024-02-01T00:00:00Z", 90, 47)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	v := find(t, vs, "posts_per_month", "posts_total")
	if v.Value.OK || !strings.Contains(v.Flag.V, "fell by 3") {
		t.Errorf("posts_total: got %+v, want null and flagged", v)
	}
	near(t, "net", find(t, vs, "follower_growth", "net_per_month").Value, -10*30.4375/31, 1e-12)
}

func TestShortSpansAreFlagged(t *testing.T) {
	vs, err := run([]datasets.Account{accountOf("a")}, []datasets.AccountSnapshot{
		snapshot("a", "2018-12-09T00:00:00Z", 560, 272), snapshot("a", "2018-12-10T00:00:00Z", 561, 273)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range [][2]string{{"follower_growth", "log_rate_per_month"}, {"posts_per_month", "posts_total"}} {
		if v := find(t, vs, m[0], m[1]); !strings.HasPrefix(v.Flag.V, datasets.ShortSpan) {
			t.Errorf("%v: flag %q", m, v.Flag.V)
		}
	}
}

func TestNothingGivesNothing(t *testing.T) {
	zero := snapshot("a", "2024-05-10T00:00:00Z", 0, 0)
	w := datasets.AccountWindow{Platform: "x", AccountID: "@a", WindowFrom: day("2024-01-01T00:00:00Z"), WindowTo: day("2024-06-01T00:00:00Z"),
		Posts: datasets.Some(int64(0)), CountedBy: "k", Source: "s"}
	vs, err := run([]datasets.Account{accountOf("a")}, []datasets.AccountSnapshot{zero}, []datasets.AccountWindow{w})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range [][2]string{{"likes_per_post", "mean"}, {"likes_per_post_per_1000_followers", "now"}} {
		if v := find(t, vs, m[0], m[1]); v.Value.OK || !v.Flag.OK {
			t.Errorf("%v: got %+v, want null and the reason", m, v)
		}
	}
	// No posts in 152 days: the rate is 0, and Garwood's upper end for 0 is 3.68888.
	v := find(t, vs, "posts_per_month", "counted")
	near(t, "rate", v.Value, 0, 0)
	near(t, "upper", v.CIHigh, 3.6888794541139354*30.4375/152, 1e-9)
	w.LikesMean, w.LikesMeanText = datasets.Some(3.0), datasets.Some("3")
	vs, _ = run([]datasets.Account{accountOf("a")}, []datasets.AccountSnapshot{zero}, []datasets.AccountWindow{w})
	if v := find(t, vs, "likes_per_post_per_1000_followers", "now"); v.Value.OK || !strings.Contains(v.Flag.V, "0 followers") {
		t.Errorf("got %+v", v)
	}
}

// Whatever the counts: no NaN, no infinity, bounds on their sides, the
// arguments untouched.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var snaps []datasets.AccountSnapshot
		when := int64(1_700_000_000_000_000)
		for range rapid.IntRange(0, 4).Draw(t, "snapshots") {
			when += rapid.Int64Range(1, 90*86_400_000_000).Draw(t, "gap")
			s := snapshot("a", "2024-01-01T00:00:00Z", rapid.Int64Range(-1, 50).Draw(t, "followers"), rapid.Int64Range(-1, 50).Draw(t, "posts"))
			s.ObservedAt = datasets.Micros(when)
			if s.Followers.V.OK && rapid.Bool().Draw(t, "rounded") {
				s.Followers.Low, s.Followers.High = datasets.Some(max(0, s.Followers.V.V-3)), datasets.Some(s.Followers.V.V+3)
			}
			snaps = append(snaps, s)
		}
		var windows []datasets.AccountWindow
		if rapid.Bool().Draw(t, "window") {
			from := datasets.Micros(1_700_000_000_000_000).Day()
			windows = append(windows, datasets.AccountWindow{Platform: "x", AccountID: "@a", WindowFrom: from, WindowTo: from + datasets.Day(rapid.IntRange(1, 200).Draw(t, "days")),
				RetrievedOn: datasets.Opt[datasets.Day]{V: from + datasets.Day(rapid.IntRange(0, 300).Draw(t, "read")), OK: rapid.Bool().Draw(t, "dated")},
				Posts:       datasets.Some(rapid.Int64Range(0, 1000).Draw(t, "n")), MonthsStated: datasets.Some(5.0),
				PostsPerMonth: datasets.Some(7.0), PostsPerMonthText: datasets.Some("7"),
				LikesMean: datasets.Some(0.1), LikesMeanText: datasets.Some("0,1"), LikesN: datasets.Some(rapid.Int64Range(0, 1000).Draw(t, "likes_n")), CountedBy: "s", Source: "s"})
		}
		keep := [2]any{slices.Clone(snaps), slices.Clone(windows)}
		vs, err := run([]datasets.Account{accountOf("a")}, snaps, windows)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(keep[0], any(snaps)) || !reflect.DeepEqual(keep[1], any(windows)) {
			t.Fatal("arguments were changed")
		}
		for _, v := range vs {
			for _, x := range []datasets.Opt[float64]{v.Value, v.Low, v.High, v.CILow, v.CIHigh} {
				if x.OK && (math.IsNaN(x.V) || math.IsInf(x.V, 0)) {
					t.Fatalf("not a number in %+v", v)
				}
			}
			const dust = 1e-9
			if v.Value.OK && (v.Low.OK && v.Low.V > v.Value.V+dust || v.High.OK && v.High.V < v.Value.V-dust ||
				v.CILow.OK && v.CILow.V > v.Value.V+dust || v.CIHigh.OK && v.CIHigh.V < v.Value.V-dust) {
				t.Fatalf("the value is outside of its bounds: %+v", v)
			}
			if !v.Value.OK && !v.Flag.OK {
				t.Fatalf("absent without a reason: %+v", v)
			}
			if v.Uncertainty == "" {
				t.Fatalf("neither an interval nor a reason: %+v", v)
			}
		}
	})
}
