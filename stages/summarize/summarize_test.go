package summarize

import (
	"context"
	"math"
	"slices"
	"testing"

	"diplometrics/datasets"
	"diplometrics/stages/sample"

	"pgregory.net/rapid"
)

func study() *Input {
	from, err := date("2024-01-03") // a Wednesday
	if err != nil {
		panic(err)
	}
	in := &Input{Countries: []string{"KAZ", "UZB"}, From: from, To: from + 14}
	for _, a := range []struct{ id, country string }{{"1", "KAZ"}, {"2", "KAZ"}, {"3", "UZB"}, {"4", "FRA"}} {
		in.Accounts = append(in.Accounts, datasets.Account{Platform: "x", AccountID: a.id, Country: datasets.Some(a.country)})
	}
	in.Accounts = append(in.Accounts, datasets.Account{Platform: "x", AccountID: "5"})
	return in
}

func date(s string) (datasets.Day, error) {
	for d := datasets.Day(19_700); d < 19_800; d++ {
		if d.String() == s {
			return d, nil
		}
	}
	panic("no such day")
}

func run(t interface {
	Helper()
	Fatal(...any)
}, in *Input) []datasets.Curve {
	t.Helper()
	rows, err := Run(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// find returns the points of a curve in the order of the table.
func find(rows []datasets.Curve, curve, country, series string) (out []datasets.Curve) {
	for _, r := range rows {
		if r.Curve == curve && r.Country == country && r.Series == series {
			out = append(out, r)
		}
	}
	return out
}

// Of the posts of KAZ with 0, 0, 1, 3 and 3 interactions: by hand.
func TestInteractions(t *testing.T) {
	in := study()
	for _, c := range []struct {
		id   string
		x, n int64
	}{{"1", 0, 2}, {"1", 3, 1}, {"2", 1, 1}, {"2", 3, 1}, {"4", 100, 9}, {"5", 100, 9}} {
		in.Counts = append(in.Counts, datasets.InteractionCount{Platform: "x", AccountID: c.id, Interactions: c.x, Posts: c.n})
	}
	rows := run(t, in)
	check := func(what string, got []datasets.Curve, want ...[2]float64) {
		t.Helper()
		if len(got) != len(want) {
			t.Fatalf("%s: %+v", what, got)
		}
		for i, w := range want {
			if math.Abs(got[i].X-w[0]) > 1e-12 || math.Abs(got[i].Y.V-w[1]) > 1e-12 || got[i].N != 5 {
				t.Errorf("%s: point %d is %+v, want %v", what, i, got[i], w)
			}
		}
	}
	check("ccdf", find(rows, datasets.CCDF, "KAZ", ""), [2]float64{1, 0.6}, [2]float64{3, 0.4})
	check("zero", find(rows, datasets.ZeroPosts, "KAZ", ""), [2]float64{0, 0.4})
	check("lorenz", find(rows, datasets.LorenzCurve, "KAZ", ""), [2]float64{0, 0}, [2]float64{0.4, 0}, [2]float64{0.6, 1. / 7}, [2]float64{1, 1})
	// sum of (2i-n-1) x over n sum x: (0*1 + 2*3 + 4*3)/(5*7).
	check("gini", find(rows, datasets.PooledGini, "KAZ", ""), [2]float64{0, 18. / 35})
	if got := find(rows, datasets.CCDF, "FRA", ""); len(got) > 0 {
		t.Errorf("a country that is not of the study: %+v", got)
	}
}

// Gini's coefficient is that of package sample, curves fall or rise, and no curve
// has more points than it may.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := study()
		var all []float64
		for _, x := range slices.Sorted(slices.Values(rapid.SliceOfNDistinct(rapid.Int64Range(0, 5000), 1, 400, rapid.ID[int64]).Draw(t, "x"))) {
			n := rapid.Int64Range(1, 4).Draw(t, "n")
			in.Counts = append(in.Counts, datasets.InteractionCount{Platform: "x", AccountID: "3", Interactions: x, Posts: n})
			for range n {
				all = append(all, float64(x))
			}
		}
		rows := run(t, in)
		g, _ := sample.Gini(all)
		if got := find(rows, datasets.PooledGini, "UZB", ""); g.OK && math.Abs(got[0].Y.V-g.V) > 1e-9 {
			t.Errorf("gini %v, want %v", got[0].Y.V, g.V)
		}
		ccdf, lorenz := find(rows, datasets.CCDF, "UZB", ""), find(rows, datasets.LorenzCurve, "UZB", "")
		if len(ccdf) > most || len(lorenz) > most {
			t.Errorf("%d and %d points", len(ccdf), len(lorenz))
		}
		for i := 1; i < len(ccdf); i++ {
			if ccdf[i].Y.V >= ccdf[i-1].Y.V {
				t.Errorf("the ccdf rises at %v", ccdf[i].X)
			}
		}
		for i, p := range lorenz {
			if p.Y.V > p.X+1e-12 || i > 0 && p.Y.V < lorenz[i-1].Y.V {
				t.Errorf("no Lorenz curve at %+v", p)
			}
		}
		if n := len(lorenz); n > 0 && (lorenz[n-1].X != 1 || lorenz[n-1].Y.V != 1) {
			t.Errorf("it ends at %+v", lorenz[n-1])
		}
	})
}

// Weeks begin on Monday, the first and the last cut by the window; posts are by
// observed days, and coverage by the days of all accounts of the country.
func TestWeeks(t *testing.T) {
	in := study()
	week := func(id string, from datasets.Day, posts int64, days float64) {
		in.Values = append(in.Values, datasets.Value{Metric: "posts_per_month", Part: "observed", Platform: "x", AccountID: id, PeriodKind: "week",
			PeriodStart: from, NObserved: posts, ExposureDays: datasets.Some(days), Value: datasets.Some(1.0)})
	}
	week("1", in.From, 3, 5)
	week("2", in.From, 1, 2)
	week("1", in.From+5, 7, 7)
	rows := run(t, in)
	got, covered := find(rows, datasets.PostsByWeek, "KAZ", ""), find(rows, datasets.CoverageShare, "KAZ", "")
	if len(got) != 3 || len(covered) != 3 {
		t.Fatalf("%+v %+v", got, covered)
	}
	for i, want := range []struct{ x, y, cover float64 }{{float64(in.From), 4, 0.7}, {float64(in.From + 5), 7, 0.5}, {float64(in.From + 12), math.NaN(), 0}} {
		if got[i].X != want.x || got[i].Y.OK == math.IsNaN(want.y) || got[i].Y.OK && got[i].Y.V != want.y || covered[i].Y.V != want.cover {
			t.Errorf("week %d: %+v, covered %v, want %+v", i, got[i], covered[i].Y.V, want)
		}
	}
	if got[0].Low.V >= 4 || got[0].High.V <= 4 {
		t.Errorf("interval %v to %v", got[0].Low.V, got[0].High.V)
	}
}

// Answers, hours and known counts, by hand.
func TestAccountCurves(t *testing.T) {
	in := study()
	add := func(curve, id, series string, x, y float64, n int64) {
		in.AccountCurves = append(in.AccountCurves, datasets.Curve{Curve: curve, Platform: "x", AccountID: id, Series: series, X: x, Y: datasets.Some(y), N: n})
	}
	add(datasets.CountsKnown, "1", "like", 0, 2, 4)
	add(datasets.CountsKnown, "2", "like", 0, 6, 6)
	add(datasets.HourByWeekday, "1", "1", 9, 3, 4)
	add(datasets.HourByWeekday, "1", "2", 9, 1, 4)
	add(datasets.HourByWeekday, "2", "1", 9, 4, 4)
	add(datasets.Responses, "1", "1", 2, 1, 1)
	add(datasets.Responses, "1", "2", 5, 0, 1)
	add(datasets.Responses, "2", "1", 7, 1, 1)
	rows := run(t, in)
	if got := find(rows, datasets.CountsKnown, "KAZ", "like"); len(got) != 1 || got[0].Y.V != 0.8 || got[0].N != 10 {
		t.Errorf("known: %+v", got)
	}
	if got := find(rows, datasets.HourByWeekday, "KAZ", "1"); len(got) != 1 || got[0].Y.V != 7./8 || got[0].N != 8 {
		t.Errorf("hours: %+v", got)
	}
	// Of 3 at risk one answers at 2; the one at 5 was not seen to; the last answers at 7.
	got := find(rows, datasets.Latency, "KAZ", "")
	if len(got) != 4 || got[1].X != 2 || math.Abs(got[1].Y.V-1./3) > 1e-12 || math.Abs(got[2].Y.V-1./3) > 1e-12 || got[3].X != 7 || got[3].Y.V != 1 || got[3].N != 3 {
		t.Errorf("latency: %+v", got)
	}
}
