package plots

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"diplometrics/datasets"
)

// Followers has what thinning all observations of an account leaves.
func TestFollowersAreThinned(t *testing.T) {
	thinned := func(seen []Observation) (out []Observation) {
		for i, s := range seen {
			one := func(o Observation) bool { return onOneDay(&o, &s) }
			if i == 0 || i == len(seen)-1 || !one(seen[0]) && !slices.ContainsFunc(seen[i+1:], one) {
				out = append(out, s)
			}
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		var f Followers
		var want []Observation
		without, all := 0, 0
		for account := range rapid.IntRange(0, 3).Draw(t, "accounts") {
			type moment struct{ hour, source int }
			moments := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) moment {
				return moment{rapid.IntRange(0, 71).Draw(t, "hour"), rapid.IntRange(0, 2).Draw(t, "source")}
			}), 0, 20, rapid.ID[moment]).Draw(t, "moments")
			slices.SortFunc(moments, func(a, b moment) int { return a.hour*10 + a.source - b.hour*10 - b.source })
			var seen []Observation
			for i, m := range moments {
				s := Observation{Platform: "x", AccountID: fmt.Sprint(account), ObservedAt: datasets.Micros(m.hour) * 3_600_000_000, Source: fmt.Sprint(m.source)}
				s.Followers.V = datasets.Opt[int64]{V: int64(i), OK: rapid.IntRange(0, 5).Draw(t, "known") > 0}
				if f.add(&s); s.Followers.V.OK {
					seen = append(seen, s)
				} else {
					without++
				}
			}
			want, all = append(want, thinned(seen)...), all+len(seen)
		}
		if !slices.Equal(f.Seen, want) || f.Without != without || f.Thinned != (len(want) < all) {
			t.Fatalf("found %v, expected %v", f, want)
		}
	})
}

// shownOf is what figures show of these observations.
func shownOf(rows []Observation) (f Followers) {
	rows = slices.SortedFunc(slices.Values(rows), func(a, b Observation) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(a.AccountID, b.AccountID), cmp.Compare(a.ObservedAt, b.ObservedAt), cmp.Compare(a.Source, b.Source))
	})
	for i := range rows {
		f.add(&rows[i])
	}
	return f
}

func BenchmarkFollowersAdd(b *testing.B) {
	s := Observation{Platform: "x", AccountID: "1", Source: "s"}
	s.Followers.V = datasets.Some(int64(1))
	var f Followers
	for b.Loop() {
		s.ObservedAt += 600_000_000
		f.add(&s)
	}
}
