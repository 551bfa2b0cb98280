package reconcile

import (
	"iter"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diplometrics/datasets"
)

// timeline is an account whose posts, totals and hand count all tell the truth.
func timeline(t *rapid.T) *Input {
	from := date("2024-01-01").Micros()
	var posts []datasets.Post
	for range rapid.IntRange(0, 60).Draw(t, "posts") {
		p := post("1", "2024-01-01", rapid.SampledFrom([]string{"original", "original", "reply", "repost"}).Draw(t, "type"), rapid.Int64Range(0, 9).Draw(t, "likes"))
		p.CreatedAt.V = from + datasets.Micros(rapid.Int64Range(-10*day, 70*day).Draw(t, "created"))
		posts = append(posts, p)
	}
	shown := func(m datasets.Micros) int64 {
		n := int64(1000)
		for _, p := range posts {
			if p.CreatedAt.V < m {
				n++
			}
		}
		return n
	}
	var snapshots []datasets.AccountSnapshot
	for range rapid.IntRange(0, 4).Draw(t, "totals") {
		m := from + datasets.Micros(rapid.Int64Range(-5*day, 65*day).Draw(t, "observed"))
		s := datasets.AccountSnapshot{Platform: "x", AccountID: "1", ObservedAt: m, ObservedPrecision: "second", PostsTotal: exact(shown(m)), Source: "sheet"}
		if rapid.Bool().Draw(t, "only the day is known") {
			s.ObservedAt, s.ObservedPrecision = m.Day().Micros(), "day"
		}
		if !slices.ContainsFunc(snapshots, func(x datasets.AccountSnapshot) bool { return x.ObservedAt == s.ObservedAt }) {
			snapshots = append(snapshots, s)
		}
	}
	zone := rapid.SampledFrom([]*time.Location{nil, time.UTC, time.FixedZone("", 5*3600), time.FixedZone("", -7*3600)}).Draw(t, "zone")
	own := zone // the account's own zone, whether or not the study knows it
	if zone == nil {
		own = time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "unknown zone")*3600)
	}
	w := hand("1", "2024-01-01", "2024-03-01", "2024-03-01", "AB", 0)
	read := midnight(w.WindowTo, own).at
	if rapid.Bool().Draw(t, "read early") {
		w.RetrievedOn = datasets.Some(date(rapid.SampledFrom([]string{"2024-02-01", "2024-02-29"}).Draw(t, "day")))
		read = midnight(w.RetrievedOn.V, own).at + datasets.Micros(rapid.Int64Range(0, day-1).Draw(t, "hour"))
	}
	all := rapid.Bool().Draw(t, "reposts are counted")
	for _, p := range posts {
		if p.CreatedAt.V >= midnight(w.WindowFrom, own).at && p.CreatedAt.V < read && (all || p.PostType != "repost") {
			w.Posts.V++
		}
	}
	slices.SortFunc(snapshots, func(a, b datasets.AccountSnapshot) int { return datasets.AccountSnapshots.Compare(&a, &b) })
	in := &Input{Accounts: []datasets.Account{{Platform: "x", AccountID: "1", Country: datasets.Some("KAZ")}}, Windows: []datasets.AccountWindow{w}, Snapshots: batch(snapshots...),
		Sources: covers("2023-12-01", "2024-06-01", "all"), Zones: map[string]*time.Location{}, Posts: []iter.Seq2[[]datasets.Post, error]{batch(posts...)}}
	if zone != nil {
		in.Zones["KAZ"] = zone
	}
	return in
}

// Sources that tell the truth are never said to disagree with a full export,
// whatever the hours that are not known.
func TestTruthNeverDisagrees(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := timeline(rt)
		out, err := Run(t.Context(), in)
		if err != nil {
			rt.Fatal(err)
		}
		for _, r := range out.Pairs {
			if r.SourceB == "export:twarc" && r.Verdict != datasets.Agree {
				rt.Errorf("%+v", r)
			}
		}
	})
}

// Every row keeps to the definitions of its columns, and says why it is not
// testable exactly where it is not.
func TestRowsKeepTheirDefinitions(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := timeline(rt)
		in.Windows[0].Posts.V += rapid.Int64Range(0, 3).Draw(rt, "error")
		other := in.Windows[0]
		other.CountedBy, other.Posts.V = "CD", rapid.Int64Range(0, 9).Draw(rt, "other")
		in.Windows = append(in.Windows, other)
		if rapid.Bool().Draw(rt, "undated") {
			in.Posts = append(in.Posts, batch(datasets.Post{Platform: "x", AccountID: "1", PostType: "original", Source: "twarc"}))
		}
		out, err := Run(t.Context(), in)
		if err != nil {
			rt.Fatal(err)
		}
		for _, r := range out.Pairs {
			for _, x := range []datasets.Opt[float64]{r.A, r.ALow, r.AHigh, r.B, r.BLow, r.BHigh, r.Difference, r.Percent} {
				if math.IsNaN(x.V) || math.IsInf(x.V, 0) {
					rt.Fatalf("%+v", r)
				}
			}
			if r.A.OK && (r.ALow.V > r.A.V || r.A.V > r.AHigh.V) || r.B.OK && r.BLow.OK && r.BLow.V > r.B.V || r.B.OK && r.BHigh.OK && r.B.V > r.BHigh.V {
				rt.Errorf("a value outside of its bounds: %+v", r)
			}
			if r.Difference.OK != (r.A.OK && r.B.OK) || r.Difference.OK && r.Difference.V != r.A.V-r.B.V {
				rt.Errorf("difference: %+v", r)
			}
			overlap := r.ALow.OK && r.AHigh.OK && r.BLow.OK && r.BHigh.OK && r.ALow.V <= r.BHigh.V && r.BLow.V <= r.AHigh.V
			if r.Verdict == datasets.Agree && !overlap || r.Verdict == datasets.Disagree && overlap || r.SourceA == r.SourceB || r.PeriodStart >= r.PeriodEnd {
				rt.Errorf("%+v", r)
			}
		}
		for _, a := range out.Agreements {
			if a.Alpha.OK == a.Reason.OK || a.Alpha.V > 1 || a.Equal.V < 0 || a.Equal.V > 100 {
				rt.Errorf("%+v", a)
			}
		}
	})
}

// Neither the cut into partitions nor the order of the posts plays a part.
func TestOrderPlaysNoPart(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		in := timeline(rt)
		var posts []datasets.Post
		for b := range in.Posts[0] {
			posts = append(posts, b...)
		}
		want, err := Run(t.Context(), in)
		if err != nil {
			rt.Fatal(err)
		}
		posts = rapid.Permutation(posts).Draw(rt, "order")
		cut := rapid.IntRange(0, len(posts)).Draw(rt, "cut")
		in.Posts = []iter.Seq2[[]datasets.Post, error]{batch(posts[:cut]...), batch(posts[cut:]...)}
		got, err := Run(t.Context(), in)
		if err != nil {
			rt.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			rt.Errorf("got %+v, want %+v", got, want)
		}
	})
}
