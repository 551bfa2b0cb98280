package plots

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"diplometrics/datasets"
)

// standInPosts adds the curves and values that a study with posts has, for the
// study's countries on the given platforms and all accounts, and events.
func standInPosts(t testing.TB, d *Data, platforms []string, events int) {
	first := float64(day(t, "2024-01-01"))
	add := func(c datasets.Curve) { d.Curves = append(d.Curves, c) }
	some := datasets.Some[float64]
	for i, country := range d.Study.Countries {
		for k, platform := range platforms {
			if (i+k)%5 == 4 {
				continue
			}
			at := func(curve, series string, x float64, y datasets.Opt[float64], n int64) datasets.Curve {
				return datasets.Curve{Curve: curve, Country: country, Platform: platform, Series: series, X: x, Y: y, N: n}
			}
			n := int64(123456 >> k)
			zero := .02 + .2*float64(i)
			add(at(datasets.ZeroPosts, "", 0, some(zero), n))
			add(at(datasets.PooledGini, "", 0, some(.9-.001*float64(i)), n))
			add(at(datasets.LorenzCurve, "", 0, some(0), n))
			for s := range 40 {
				x := math.Pow(1.4, float64(s))
				if s < 30+k {
					add(at(datasets.CCDF, "", math.Round(x*100), some((1-zero)*math.Pow(x, -.9)), n))
				}
				share := float64(s+1) / 40
				add(at(datasets.LorenzCurve, "", share, some(math.Pow(share, 19)), n))
			}
			for w := range 26 {
				from := first + 7*float64(w)
				rate := float64(w%7*w) * math.Pow(3, float64(k)) / 9
				y, low, high := some(rate), some(rate*.7), some(rate*1.3+.1)
				covered := min(1, float64(w)/4)
				if w == 0 {
					y, low, high = datasets.None[float64](), datasets.None[float64](), datasets.None[float64]()
				}
				p := at(datasets.PostsByWeek, "", from, y, n)
				p.Low, p.High = low, high
				add(p)
				add(at(datasets.CoverageShare, "", from, some(covered), 4))
			}
			for h := range 24 {
				add(at(datasets.HourByWeekday, fmt.Sprint(h%7+1), float64(h), some(1./24), n))
			}
		}
		for s := range 30 {
			add(datasets.Curve{Curve: datasets.Latency, Country: country, X: float64(s * s), Y: some(float64(s/2) / float64(20+10*i)), N: 12345})
		}
	}
	for e := range events {
		add(datasets.Curve{Curve: datasets.EventMoments, Series: fmt.Sprintf("a_visit_of_some_importance_%02d", e), X: first + 3 + 5*float64(e/3), N: 1})
	}
	for _, n := range []float64{2, 5, 10, 100, 1000} {
		add(datasets.Curve{Curve: datasets.NullBurst, X: n, Y: some(0), Low: some(-1 / math.Sqrt(n)), High: some(1 / math.Sqrt(n)), N: 2000})
	}
	sortCurves(d)
	for i, a := range d.Accounts {
		for _, m := range [][2]string{{"zero_share", "all"}, {"active_days_share", "share"}, {"hour_of_day", "mean_hour"}, {"response_latency", "within_1h"}, {"burstiness", "finite"}} {
			d.Values = append(d.Values, datasets.Value{Metric: m[0], Part: m[1], Platform: a.Platform, AccountID: a.AccountID, PeriodKind: "window",
				PeriodStart: day(t, "2024-01-01"), PeriodEnd: day(t, "2024-07-01"), Value: some(float64(i%9)/10 - .4), N: 1000, NObserved: int64(2 + i*i), Source: "survey"})
		}
	}
	slices.SortFunc(d.Values, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
}

func sortCurves(d *Data) {
	slices.SortFunc(d.Curves, func(a, b datasets.Curve) int { return datasets.Curves.Compare(&a, &b) })
}
