package sample

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"testing"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"
)

// bootstrapFile is testdata/bootstrap.json: each part names the software its
// numbers come from.
type bootstrapFile struct {
	Fixed struct {
		Raw        []string
		Seed       uint64
		Draws      int
		X          []float64
		Statistics map[string]bcaCase
	}
	Boot struct {
		Statistics map[string]bootCase
	}
	Cluster struct {
		Seed     uint64
		Draws    int
		Clusters [][]float64
		bcaCase
		Exact struct {
			Mean      float64
			SD        float64 `json:"sd_pop"`
			Low       float64 `json:"q025_type7"`
			High      float64 `json:"q975_type7"`
			Multisets int     `json:"n_distinct_multisets"`
		}
	}
	Exact struct {
		Clusters     [][]float64
		Mean, Median exactCase
	}
	Terms struct {
		Cases []exactCase
	}
	T          struct{ Cases []tCase }
	Welch      struct{ Cases []tCase }
	Stratified tCase
	Pooled     tCase
}

// exactCase is a statistic over all ordered resamples.
type exactCase struct {
	Groups       [][]float64
	Weights      []float64
	N            int64
	Mean, SD     float64
	Percentile95 [2]float64
	Percentile66 [2]float64
	Jackknife    []float64
	Estimate     float64
	Z0, A        float64
	Levels, BCa  [2]float64
}

func readBootstrap(t testing.TB) (f bootstrapFile) {
	t.Helper()
	text, err := os.ReadFile("testdata/bootstrap.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// within compares at 1e-9, relative where the number is large.
func within(t *testing.T, what string, got, want float64) {
	t.Helper()
	near(t, what, got, want, 1e-9*math.Max(1, math.Abs(want)))
}

func sameInterval(t *testing.T, what string, got Interval, want [2]float64) {
	t.Helper()
	if !got.Low.OK || !got.High.OK {
		t.Errorf("%s: absent, want %v", what, want)
		return
	}
	within(t, what+" low", got.Low.V, want[0])
	within(t, what+" high", got.High.V, want[1])
}

// momentsOf are the mean of a distribution and its standard deviation over all.
func momentsOf(r Resample) (mean, sd float64) {
	weight := func(i int) float64 {
		if r.Counts == nil {
			return 1 / float64(len(r.Values))
		}
		return float64(r.Counts[i]) / float64(r.Total-r.Absent)
	}
	for i, v := range r.Values {
		mean += weight(i) * v
	}
	for i, v := range r.Values {
		sd += weight(i) * (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd)
}

// meanOf is the mean of one value for each cluster.
func meanOf(values []float64) Term {
	return Term{Weight: 1, Clusters: len(values), Statistic: func(times []int) datasets.Opt[float64] {
		var sum, taken float64
		for i, n := range times {
			sum += float64(n) * values[i]
			taken += float64(n)
		}
		return datasets.Some(sum / taken)
	}}
}

func checkExact(t *testing.T, what string, want exactCase, terms ...Term) {
	t.Helper()
	r := Bootstrap(0, terms...)
	if !r.Exact || r.Total != want.N || r.Absent != 0 {
		t.Errorf("%s: exact %v, total %d, absent %d, want all %d", what, r.Exact, r.Total, r.Absent, want.N)
	}
	mean, sd := momentsOf(r)
	within(t, what+" mean", mean, want.Mean)
	within(t, what+" sd", sd, want.SD)
	sameInterval(t, what+" percentile 95", Percentile(r, .95), want.Percentile95)
	estimate := Estimate(terms...)
	within(t, what+" estimate", estimate.V, want.Estimate)
	jackknife := Jackknife(terms...)
	for i, v := range want.Jackknife {
		within(t, what+" jackknife", jackknife[0][i], v)
	}
	a := Acceleration(jackknife...)
	within(t, what+" a", a.V, want.A)
	low, high, _ := bcaLevels(want.Z0, want.A, .95)
	within(t, what+" level 1", low, want.Levels[0])
	within(t, what+" level 2", high, want.Levels[1])
	i, note := BCa(r, estimate.V, .95, jackknife...)
	sameInterval(t, what+" BCa", i, want.BCa)
	if note != "" {
		t.Errorf("%s: note %q", what, note)
	}
}

func TestBootstrapCountsAllResamples(t *testing.T) {
	f := readBootstrap(t)
	c := NewClusters(f.Exact.Clusters)
	mean := Term{Weight: 1, Clusters: c.Len(), Statistic: c.Mean}
	median := Term{Weight: 1, Clusters: c.Len(), Statistic: c.Median}
	checkExact(t, "mean", f.Exact.Mean, mean)
	checkExact(t, "median", f.Exact.Median, median)
	sameInterval(t, "mean 66", Percentile(Bootstrap(0, mean), .66), f.Exact.Mean.Percentile66)
	sameInterval(t, "median 66", Percentile(Bootstrap(0, median), .66), f.Exact.Median.Percentile66)
	for i, c := range f.Terms.Cases {
		var terms []Term
		for j, g := range c.Groups {
			term := meanOf(g)
			term.Weight = c.Weights[j]
			terms = append(terms, term)
		}
		checkExact(t, []string{"difference", "standardised"}[i], c, terms...)
	}
}

// Python 3.11: math.comb(2*g-1, g); 462 * 462 = 213,444 is within the bound
// together, 1716 * 462 = 792,792 is not.
func TestBootstrapBounds(t *testing.T) {
	for g, want := range map[int]int{1: 1, 2: 3, 4: 35, 6: 462, 8: 6435, 9: 24310, 16: 300540195} {
		if got := multisets(g); got != want {
			t.Errorf("multisets(%d) = %d, want %d", g, got, want)
		}
	}
	for _, c := range []struct {
		sizes []int
		exact bool
	}{
		{[]int{1}, true}, {[]int{8}, true}, {[]int{9}, false}, {[]int{200}, false}, {[]int{6, 6}, true},
		{[]int{7, 6}, false}, {[]int{8, 4}, true}, {[]int{3, 3, 3, 3, 3, 3}, false}, {[]int{200, 2}, false},
	} {
		var terms []Term
		for i, n := range c.sizes {
			term := meanOf(make([]float64, n))
			term.Source = NewLEcuyer(fmt.Sprint(i))
			terms = append(terms, term)
		}
		if r := Bootstrap(10, terms...); r.Exact != c.exact {
			t.Errorf("%v: exact %v, want %v", c.sizes, r.Exact, c.exact)
		}
	}
}

// Drawn resamples of five clusters have the moments of all 3125 of them, within
// four standard errors of 20,000 draws.
func TestDrawnResamplesFollowTheExact(t *testing.T) {
	f := readBootstrap(t)
	c := NewClusters(f.Exact.Clusters)
	const n = 20_000
	r := drawResamples(n, []Term{{1, c.Len(), c.Mean, NewLEcuyer("20240527")}})
	mean, sd := momentsOf(r)
	near(t, "mean", mean, f.Exact.Mean.Mean, 4*f.Exact.Mean.SD/math.Sqrt(n))
	near(t, "sd", sd, f.Exact.Mean.SD, 4*f.Exact.Mean.SD/math.Sqrt(n))
	if r.Exact || r.Counts != nil || r.Total != n || !slices.IsSorted(r.Values) {
		t.Errorf("drawn: exact %v, counts %v, total %d", r.Exact, r.Counts != nil, r.Total)
	}
}

// Each of 7 clusters is taken once in a resample on average; the number of times
// in 20,000 resamples has variance 20,000 * 6/7. Four standard errors.
func TestTakeIsUniform(t *testing.T) {
	u := NewLEcuyer("1")
	const n = 20_000
	times, total := make([]int, 7), make([]int, 7)
	for range n {
		take(times, u)
		sum := 0
		for i, k := range times {
			total[i] += k
			sum += k
		}
		if sum != len(times) {
			t.Fatalf("%v: %d taken", times, sum)
		}
	}
	for i, k := range total {
		near(t, fmt.Sprint("cluster ", i), float64(k), n, 4*math.Sqrt(n*6/7.))
	}
}

// A term's draws depend on its own source alone, in whatever company and on
// however many cores.
func TestDrawsAreTheTermsOwn(t *testing.T) {
	values := make([]float64, 12)
	for i := range values {
		values[i] = float64(i * i)
	}
	run := func(more ...Term) (seen [][]int) {
		term := meanOf(values)
		term.Source = NewLEcuyer("7")
		inner := term.Statistic
		term.Statistic = func(times []int) datasets.Opt[float64] {
			seen = append(seen, slices.Clone(times))
			return inner(times)
		}
		Bootstrap(50, append([]Term{term}, more...)...)
		return seen
	}
	other := meanOf(values[:10])
	other.Source = NewLEcuyer("9")
	alone, inCompany := run(), run(other)
	if len(alone) != 50 || !slices.EqualFunc(alone, inCompany, slices.Equal) {
		t.Error("another term moved the draws")
	}
	want := drawResamples(50, []Term{withSource(meanOf(values), 7)}).Values
	got := make(chan []float64)
	for range 4 {
		go func() { got <- drawResamples(50, []Term{withSource(meanOf(values), 7)}).Values }()
	}
	for range 4 {
		if !slices.Equal(<-got, want) {
			t.Error("the same stream gave other values")
		}
	}
}

func withSource(t Term, seed uint64) Term {
	t.Source = NewLEcuyer(fmt.Sprint(seed))
	return t
}

// By hand: of the 4 ordered resamples of {no posts, one post}, one has no post.
func TestAbsentResamplesAreCounted(t *testing.T) {
	c := NewClusters([][]float64{nil, {5}})
	term := Term{Weight: 1, Clusters: 2, Statistic: c.Mean}
	r := Bootstrap(0, term)
	if r.Total != 4 || r.Absent != 1 || !slices.Equal(r.Values, []float64{5}) || !slices.Equal(r.Counts, []int64{3}) {
		t.Errorf("got %+v", r)
	}
	// Together with a side of 4 resamples, a quarter of 16 is absent.
	r = Bootstrap(0, term, Term{Weight: -1, Clusters: 2, Statistic: meanOf([]float64{1, 2}).Statistic})
	if r.Total != 16 || r.Absent != 4 || !slices.Equal(r.Values, []float64{3, 3.5, 4}) || !slices.Equal(r.Counts, []int64{3, 6, 3}) {
		t.Errorf("got %+v", r)
	}
	r = drawResamples(1000, []Term{withSource(term, 3)})
	if r.Absent < 200 || r.Absent > 300 || int(r.Total-r.Absent) != len(r.Values) {
		t.Errorf("drawn: %d of %d absent, %d values", r.Absent, r.Total, len(r.Values))
	}
	r = drawResamples(1000, []Term{withSource(term, 3), withSource(meanOf([]float64{1, 2}), 4)})
	if r.Absent < 200 || r.Absent > 300 || int(r.Total-r.Absent) != len(r.Values) {
		t.Errorf("drawn together: %d of %d absent, %d values", r.Absent, r.Total, len(r.Values))
	}
	r = NewResample([]datasets.Opt[float64]{datasets.Some(math.NaN()), datasets.Some(2.0), {}, datasets.Some(math.Inf(1)), datasets.Some(1.0)})
	if r.Total != 5 || r.Absent != 3 || !slices.Equal(r.Values, []float64{1, 2}) {
		t.Errorf("got %+v", r)
	}
}

func TestBootstrapOfNothing(t *testing.T) {
	none := func([]int) datasets.Opt[float64] { return datasets.None[float64]() }
	for what, r := range map[string]Resample{
		"no term":      Bootstrap(100),
		"no cluster":   Bootstrap(100, Term{Weight: 1, Statistic: none}),
		"no draw":      Bootstrap(0, withSource(meanOf(make([]float64, 20)), 1)),
		"negative":     Bootstrap(-5, withSource(meanOf(make([]float64, 20)), 1)),
		"no value":     Bootstrap(100, Term{Weight: 1, Clusters: 3, Statistic: none}),
		"none drawn":   drawResamples(100, []Term{withSource(Term{Weight: 1, Clusters: 3, Statistic: none}, 1)}),
		"NaN weight":   Bootstrap(100, Term{Weight: math.NaN(), Clusters: 3, Statistic: meanOf(make([]float64, 3)).Statistic}),
		"no replicate": NewResample(nil),
	} {
		if len(r.Values) != 0 || r.Quantile(.5).OK {
			t.Errorf("%s: %+v", what, r)
		}
		if i, note := BCa(r, 1, .95, []float64{1, 2}); i.Low.OK || i.High.OK || note != "no resample has a value" {
			t.Errorf("%s: %+v, %q", what, i, note)
		}
	}
	if Estimate().OK || Estimate(Term{Weight: 1, Clusters: 2, Statistic: none}).OK {
		t.Error("the estimate of nothing is absent")
	}
	if j := Jackknife(Term{Weight: 1, Clusters: 2, Statistic: none}); j != nil {
		t.Errorf("jackknife of nothing: %v", j)
	}
	one := NewClusters([][]float64{{1, 2}})
	if j := Jackknife(Term{Weight: 1, Clusters: 1, Statistic: one.Mean}); j != nil {
		t.Errorf("jackknife of one cluster: %v", j)
	}
}

// gonum's stat.Quantile takes weights, but its LinInterp is type 4: it says 2
// for the median of 1, 2, 3, 4, where type 7 says 2.5.
func TestGonumWeightedQuantileIsType4(t *testing.T) {
	values, counts := []float64{1, 2, 3, 4}, []float64{1, 1, 1, 1}
	near(t, "gonum", stat.Quantile(.5, stat.LinInterp, values, counts), 2, 0)
	near(t, "ours", Resample{Values: values, Counts: []int64{1, 1, 1, 1}, Total: 4}.Quantile(.5).V, 2.5, 0)
}

// The weighted quantile is Quantile of the values written out.
func TestWeightedQuantileIsOfValuesWrittenOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Resample{}
		var out []float64
		v := 0.0
		for range rapid.IntRange(1, 8).Draw(t, "values") {
			v += rapid.Float64Range(.1, 5).Draw(t, "step")
			n := rapid.Int64Range(1, 6).Draw(t, "count")
			r.Values, r.Counts, r.Total = append(r.Values, v), append(r.Counts, n), r.Total+n
			for range n {
				out = append(out, v)
			}
		}
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		if got, want := r.Quantile(p), Quantile(out, p); math.Abs(got.V-want.V) > 1e-12*want.V {
			t.Fatalf("got %v, want %v", got, want)
		}
		if r.Quantile(-.1).OK || r.Quantile(1.1).OK || r.Quantile(math.NaN()).OK {
			t.Fatal("no quantile outside 0 to 1")
		}
	})
}

func TestBootstrapProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tenths := rapid.Map(rapid.IntRange(-1000, 1000), func(i int) float64 { return float64(i) / 10 })
		values := rapid.SliceOfN(tenths, 2, 5)
		x, y := values.Draw(t, "x"), values.Draw(t, "y")
		both := func(x, y []float64, wx, wy float64) (p, b Interval) {
			a, c := meanOf(x), meanOf(y)
			a.Weight, c.Weight = wx, wy
			r := Bootstrap(0, a, c)
			var total int64
			for _, n := range r.Counts {
				total += n
			}
			if total != r.Total || !slices.IsSorted(r.Values) {
				t.Fatalf("%d of %d resamples, sorted %v", total, r.Total, slices.IsSorted(r.Values))
			}
			b, _ = BCa(r, Estimate(a, c).V, .9, Jackknife(a, c)...)
			return Percentile(r, .9), b
		}
		same := func(what string, got, want Interval, size float64) {
			if got.Low.OK != want.Low.OK || got.High.OK != want.High.OK ||
				math.Abs(got.Low.V-want.Low.V) > 1e-7*size || math.Abs(got.High.V-want.High.V) > 1e-7*size {
				t.Fatalf("%s: got %+v, want %+v", what, got, want)
			}
		}
		p, b := both(x, y, 1, -1)
		if !p.Low.OK {
			return
		}
		highest, lowest := slices.Max(x)-slices.Min(y), slices.Min(x)-slices.Max(y)
		if p.Low.V > p.High.V || p.Low.V < lowest-1e-9 || p.High.V > highest+1e-9 {
			t.Fatalf("%+v is outside of %v to %v", p, lowest, highest)
		}
		p2, b2 := both(shuffled(t, x), shuffled(t, y), 1, -1)
		same("percentile shuffled", p2, p, 100)
		same("BCa shuffled", b2, b, 100)
		p2, b2 = both(x, y, -1, 1)
		same("percentile turned", p2, scaled(p, -1, 0), 100)
		same("BCa turned", b2, scaled(b, -1, 0), 100)
		p2, b2 = both(affine(x, 3, 7), affine(y, 3, 2), 1, -1)
		same("percentile scaled", p2, scaled(p, 3, 5), 300)
		same("BCa scaled", b2, scaled(b, 3, 5), 300)
	})
}

func shuffled(t *rapid.T, x []float64) []float64 { return rapid.Permutation(x).Draw(t, "order") }

func affine(x []float64, scale, shift float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = scale*v + shift
	}
	return out
}

// scaled is the interval of scale*x + shift.
func scaled(i Interval, scale, shift float64) Interval {
	i.Low.V, i.High.V = scale*i.Low.V+shift, scale*i.High.V+shift
	if scale < 0 {
		i.Low, i.High = i.High, i.Low
	}
	return i
}
