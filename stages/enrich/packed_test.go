package enrich

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// A series that was packed is the same again, behind what was there, whatever its
// numbers.
func TestPackedSeries(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.OneOf(rapid.Int64Range(-3, 3), rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64}))
		draw := func(label string) series {
			return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reading {
				r := reading{at: datasets.Micros(number.Draw(t, "at")), precision: precision(rapid.IntRange(0, int(month)).Draw(t, "precision")), count: number.Draw(t, "count")}
				bound := rapid.OneOf(rapid.Just(datasets.Opt[int64]{}), rapid.Just(datasets.Some(r.count)), rapid.Map(number, datasets.Some[int64]))
				r.low, r.high = bound.Draw(t, "low"), bound.Draw(t, "high")
				return r
			}), 0, 20).Draw(t, label)
		}
		before, s := draw("before"), draw("series")
		if got := slices.Clone(before).unpack(s.pack(nil)); !slices.Equal(got, slices.Concat(before, s)) {
			t.Fatalf("got %+v, want %+v and %+v", got, before, s)
		}
	})
}

func TestFollowersSayWhatCannotBeRead(t *testing.T) {
	broken := errors.New("the file is damaged")
	if _, err := NewFollowers(func(yield func([]datasets.AccountSnapshot, error) bool) { yield(nil, broken) }); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	// The second part would take the place of the first.
	jan := func(account string) datasets.AccountSnapshot {
		return snapshot(account, "2024-01-01T00:00:00Z", "day", exact(9))
	}
	if _, err := NewFollowers(batches([]datasets.AccountSnapshot{jan("10"), jan("11"), jan("10")})); err == nil {
		t.Error("an account that comes apart is no error")
	}
}

// However rows are cut into batches, the same followers come of them.
func TestFollowersByBatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []datasets.AccountSnapshot
		for i := range rapid.IntRange(0, 30).Draw(t, "snapshots") {
			s := snapshot(fmt.Sprint(rapid.IntRange(1, 4).Draw(t, "account")), "2024-01-01T00:00:00Z", rapid.SampledFrom([]string{"second", "month", "year"}).Draw(t, "precision"), exact(int64(i)))
			s.ObservedAt += datasets.Micros(i) * hour
			rows = append(rows, s)
		}
		rows = sorted(&datasets.AccountSnapshots, rows)
		f, err := NewFollowers(again(rows, rapid.IntRange(1, 9).Draw(t, "batch")))
		if err != nil {
			t.Fatal(err)
		}
		for n := range 5 {
			a := account{"x", fmt.Sprint(n + 1)}
			var want series
			wantVague := false
			for _, r := range rows {
				if p, ok := precisionOf(r.ObservedPrecision); r.AccountID == a.id && ok {
					want = append(want, reading{r.ObservedAt, p, r.Followers.V.V, r.Followers.Low, r.Followers.High})
				} else if r.AccountID == a.id {
					wantVague = true
				}
			}
			if got, vague := f.of(a, nil); !slices.Equal(got, newSeries(want)) || vague != wantVague {
				t.Fatalf("account %s: got %+v, vague %t, want %+v, %t", a.id, got, vague, newSeries(want), wantVague)
			}
		}
	})
}

// Three snapshots a day for two years, of a hundred accounts.
func BenchmarkFollowers(b *testing.B) {
	var rows []datasets.AccountSnapshot
	for a := range 100 {
		for i := range 2000 {
			s := snapshot(fmt.Sprint(1000+a), "2024-01-01T00:00:00Z", "second", exact(int64(1000+i)))
			s.ObservedAt += datasets.Micros(i) * 8 * hour
			rows = append(rows, s)
		}
	}
	for b.Loop() {
		if _, err := NewFollowers(func(yield func([]datasets.AccountSnapshot, error) bool) { yield(rows, nil) }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(rows)), "ns/snapshot")
}
