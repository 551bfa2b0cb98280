package sample

import (
	"math"
	"slices"
	"strconv"
	"testing"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
)

// bcaCase is a statistic over fixed resamples; strict counts only the
// replicates below the estimate, mid half of the equal ones too.
type bcaCase struct {
	T0           float64
	Less         float64 `json:"prop_less"`
	Equal        float64 `json:"prop_equal"`
	A            float64
	Strict, Mid  bcaEnds
	Percentile95 [2]float64
	Jackknife    []float64
	First        []float64 `json:"tstar_first10"`
	Sum          float64   `json:"tstar_sum"`
}

type bcaEnds struct {
	Z0                   float64
	Levels, Type7, Order [2]float64
}

// bootCase is what R's boot.ci gives for the same resamples.
type bootCase struct {
	T0        float64
	A         float64 `json:"a_jack_L"`
	Z0        float64 `json:"z0_strict"`
	BCa       [2]float64
	Positions [2]float64 `json:"bca_order_positions"`
	Perc      [2]float64
	Basic     [2]float64
	Normal    [2]float64
	SE        float64 `json:"boot_se"`
	Sum       float64 `json:"tstar_sum"`
}

// splitMix64 is the generator of Steele, Lea and Flood (2014), by which the
// fixed resamples are defined.
type splitMix64 uint64

func (s *splitMix64) next() uint64 {
	*s += 0x9E3779B97F4A7C15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xBF58476D1CE4E5B9
	z = (z ^ z>>27) * 0x94D049BB133111EB
	return z ^ z>>31
}

// given are resamples of n clusters as multiplicities, from next() % n.
func given(seed uint64, draws, n int) [][]int {
	s := splitMix64(seed)
	out := make([][]int, draws)
	for i := range out {
		out[i] = make([]int, n)
		for range n {
			out[i][s.next()%uint64(n)]++
		}
	}
	return out
}

func TestSplitMix64(t *testing.T) {
	f := readBootstrap(t).Fixed
	s := splitMix64(f.Seed)
	for _, want := range f.Raw {
		if got := strconv.FormatUint(s.next(), 10); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// trimmed drops the tenth part at each end.
func trimmed(x []float64) func(times []int) datasets.Opt[float64] {
	return func(times []int) datasets.Opt[float64] {
		var out []float64
		for i, n := range times {
			out = append(out, slices.Repeat([]float64{x[i]}, n)...)
		}
		slices.Sort(out)
		cut := len(out) / 10
		var sum float64
		for _, v := range out[cut : len(out)-cut] {
			sum += v
		}
		return datasets.Some(sum / float64(len(out)-2*cut))
	}
}

func TestIntervalsOfFixedResamples(t *testing.T) {
	f := readBootstrap(t)
	var single [][]float64
	for _, x := range f.Fixed.X {
		single = append(single, []float64{x})
	}
	c := NewClusters(single)
	statistics := map[string]func([]int) datasets.Opt[float64]{
		"mean": c.Mean, "median": c.Median, "trimmed_mean_10pct": trimmed(f.Fixed.X),
	}
	for name, want := range f.Fixed.Statistics {
		term := Term{Weight: 1, Clusters: len(single), Statistic: statistics[name]}
		var replicates []datasets.Opt[float64]
		for _, times := range given(f.Fixed.Seed, f.Fixed.Draws, len(single)) {
			replicates = append(replicates, term.Statistic(times))
		}
		for i, v := range want.First {
			within(t, name+" replicate", replicates[i].V, v)
		}
		r := NewResample(replicates)
		checkBCa(t, name, want, term, r)
		var sum float64
		for _, v := range r.Values {
			sum += v
		}
		within(t, name+" sum", sum, want.Sum)
		if boot, ok := f.Boot.Statistics[name]; ok {
			checkBoot(t, name, boot, r, Acceleration(Jackknife(term)...).V)
		}
	}
	g := NewClusters(f.Cluster.Clusters)
	term := Term{Weight: 1, Clusters: g.Len(), Statistic: g.Mean}
	var replicates []datasets.Opt[float64]
	for _, times := range given(f.Cluster.Seed, f.Cluster.Draws, g.Len()) {
		replicates = append(replicates, g.Mean(times))
	}
	checkBCa(t, "cluster", f.Cluster.bcaCase, term, NewResample(replicates))
}

func checkBCa(t *testing.T, name string, want bcaCase, term Term, r Resample) {
	t.Helper()
	jackknife := Jackknife(term)
	for i, v := range want.Jackknife {
		within(t, name+" jackknife", jackknife[0][i], v)
	}
	t0 := Estimate(term).V
	within(t, name+" estimate", t0, want.T0)
	a := Acceleration(jackknife...).V
	within(t, name+" a", a, want.A)
	below, equal := r.shares(t0)
	within(t, name+" less", below, want.Less)
	within(t, name+" equal", equal, want.Equal)
	for convention, w := range map[string]bcaEnds{"strict": want.Strict, "mid": want.Mid} {
		share := below
		if convention == "mid" {
			share += equal / 2
		}
		what := name + " " + convention
		z0 := distuv.UnitNormal.Quantile(share)
		within(t, what+" z0", z0, w.Z0)
		low, high, _ := bcaLevels(z0, a, .95)
		within(t, what+" level 1", low, w.Levels[0])
		within(t, what+" level 2", high, w.Levels[1])
		sameInterval(t, what+" type 7", Interval{r.Quantile(low), r.Quantile(high)}, w.Type7)
		order := func(level float64) float64 {
			k := int(math.Floor(float64(len(r.Values)+1) * level))
			return r.Values[min(max(k, 1), len(r.Values))-1]
		}
		within(t, what+" order statistic 1", order(low), w.Order[0])
		within(t, what+" order statistic 2", order(high), w.Order[1])
	}
	sameInterval(t, name+" percentile", Percentile(r, .95), want.Percentile95)
	i, note := BCa(r, t0, .95, jackknife...)
	sameInterval(t, name+" BCa", i, want.Mid.Type7)
	if note != "" {
		t.Errorf("%s: note %q", name, note)
	}
}

// checkBoot takes from our replicates what boot.ci takes from its own: order
// statistics at (R+1)level, interpolated on the normal scale between them.
func checkBoot(t *testing.T, name string, want bootCase, r Resample, a float64) {
	t.Helper()
	n := float64(len(r.Values))
	phi := distuv.UnitNormal
	order := func(level float64) float64 {
		at := (n + 1) * level
		k := int(at + 1e-9)
		if k < 1 || k >= len(r.Values) {
			return r.Values[min(max(k, 1), len(r.Values))-1]
		}
		lo, hi := phi.Quantile(float64(k)/(n+1)), phi.Quantile(float64(k+1)/(n+1))
		return r.Values[k-1] + (phi.Quantile(level)-lo)/(hi-lo)*(r.Values[k]-r.Values[k-1])
	}
	within(t, name+" boot a", a, want.A)
	below, _ := r.shares(want.T0)
	z0 := phi.Quantile(below)
	within(t, name+" boot z0", z0, want.Z0)
	low, high, _ := bcaLevels(z0, a, .95)
	// boot.ci prints the positions to two decimals.
	near(t, name+" boot position 1", (n+1)*low, want.Positions[0], .00501)
	near(t, name+" boot position 2", (n+1)*high, want.Positions[1], .00501)
	within(t, name+" boot bca 1", order(low), want.BCa[0])
	within(t, name+" boot bca 2", order(high), want.BCa[1])
	within(t, name+" boot perc 1", order(.025), want.Perc[0])
	within(t, name+" boot perc 2", order(.975), want.Perc[1])
	within(t, name+" boot basic 1", 2*want.T0-order(.975), want.Basic[0])
	within(t, name+" boot basic 2", 2*want.T0-order(.025), want.Basic[1])
	mean, sd := momentsOf(r)
	se := sd * math.Sqrt(n/(n-1))
	within(t, name+" boot se", se, want.SE)
	z := phi.Quantile(.975)
	within(t, name+" boot normal 1", 2*want.T0-mean-z*se, want.Normal[0])
	within(t, name+" boot normal 2", 2*want.T0-mean+z*se, want.Normal[1])
}

func TestExactClusterBootstrapOfFourAccounts(t *testing.T) {
	f := readBootstrap(t).Cluster
	c := NewClusters(f.Clusters)
	term := Term{Weight: 1, Clusters: c.Len(), Statistic: c.Mean}
	seen := 0
	counted := term
	counted.Statistic = func(times []int) datasets.Opt[float64] { seen++; return c.Mean(times) }
	r := Bootstrap(0, counted)
	if seen != f.Exact.Multisets || r.Total != 256 || !r.Exact {
		t.Errorf("%d multisets of %d resamples, want %d of 256", seen, r.Total, f.Exact.Multisets)
	}
	mean, sd := momentsOf(r)
	within(t, "mean", mean, f.Exact.Mean)
	within(t, "sd", sd, f.Exact.SD)
	sameInterval(t, "percentile", Percentile(r, .95), [2]float64{f.Exact.Low, f.Exact.High})
}

func TestBCaRefuses(t *testing.T) {
	some := NewResample([]datasets.Opt[float64]{datasets.Some(1.0), datasets.Some(2.0), datasets.Some(3.0), datasets.Some(4.0)})
	equal := NewResample([]datasets.Opt[float64]{datasets.Some(2.0), datasets.Some(2.0)})
	dusty := NewResample([]datasets.Opt[float64]{datasets.Some(.1 + .2), datasets.Some(.3)})
	undefined := "the acceleration is undefined: the statistic does not change, or is absent, when a cluster is left out"
	outside := "the estimate lies outside of all resamples, so its bias cannot be corrected"
	for _, c := range []struct {
		what       string
		r          Resample
		estimate   float64
		confidence float64
		jackknife  [][]float64
		note       string
	}{
		{"no values", Resample{}, 1, .95, [][]float64{{1, 2}}, "no resample has a value"},
		{"all equal", equal, 2, .95, [][]float64{{1, 2}}, "all resamples give the same value"},
		{"equal but for rounding", dusty, .3, .95, [][]float64{{1, 2}}, "all resamples give the same value"},
		{"no jackknife", some, 2.5, .95, nil, undefined},
		{"one cluster", some, 2.5, .95, [][]float64{{2}}, undefined},
		{"constant jackknife", some, 2.5, .95, [][]float64{{.1 + .2, .3, .3}}, undefined},
		{"jackknife NaN", some, 2.5, .95, [][]float64{{1, math.NaN()}}, undefined},
		{"jackknife Inf", some, 2.5, .95, [][]float64{{1, math.Inf(1)}}, undefined},
		{"estimate below", some, 0, .95, [][]float64{{1, 2}}, outside},
		{"estimate above", some, 5, .95, [][]float64{{1, 2}}, outside},
		{"estimate NaN", some, math.NaN(), .95, [][]float64{{1, 2}}, "the estimate is not finite"},
		{"confidence 1", some, 2.5, 1, [][]float64{{1, 2}}, "the confidence is not between 0 and 1"},
		{"confidence NaN", some, 2.5, math.NaN(), [][]float64{{1, 2}}, "the confidence is not between 0 and 1"},
		// One of 2001 clusters alone moves the statistic: a is near sqrt(2001)/6 = 7.5, and 1 - az is negative.
		{"far off", some, 2.5, .9999999999, [][]float64{append(make([]float64, 2000), -1)}, "bias and acceleration are too large to correct for"},
	} {
		i, note := BCa(c.r, c.estimate, c.confidence, c.jackknife...)
		if i.Low.OK || i.High.OK || note != c.note {
			t.Errorf("%s: %+v, %q, want absent with %q", c.what, i, note, c.note)
		}
	}
	if i, note := BCa(some, 2.5, .95, []float64{1, 2, 4}); !i.Low.OK || note != "an end is the outermost of the resamples drawn: draw more" {
		t.Errorf("four draws: %+v, %q", i, note)
	}
	for what, i := range map[string]Interval{
		"nothing": Percentile(Resample{}, .95), "all equal": Percentile(equal, .95), "confidence 0": Percentile(some, 0),
	} {
		if i.Low.OK || i.High.OK {
			t.Errorf("percentile of %s: %+v", what, i)
		}
	}
}
