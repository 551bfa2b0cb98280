package sample

import (
	"cmp"
	"math"
	"math/big"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func TestCliffDeltaAgainstReferences(t *testing.T) {
	cases, tol := rankCases[struct {
		A, B                         []float64
		Confidence, Delta, Low, High float64
	}](t, "cliff")
	for _, c := range cases {
		delta, interval, note := CliffDelta(c.A, c.B, c.Confidence)
		near(t, "delta", delta.V, c.Delta, tol)
		isInterval(t, "cliff", interval, &c.Low, &c.High, tol)
		if note != "" {
			t.Errorf("an interval with the note %q", note)
		}
	}
}

// The intervals that a set of reference values prints for the first three cases
// come from the variance with the sizes exchanged, which is not that of delta
// (see below): the numbers are reproduced here, so that the difference is known.
func TestCliffDeltaWithSizesExchanged(t *testing.T) {
	cases, _ := rankCases[struct {
		A, B       []float64
		Confidence float64
	}](t, "cliff")
	for i, want := range [][2]float64{{-.8535515686991674, .25194806391277114}, {-.7016994064533213, .34505096178560773}, {-.7323228051218211, -.05661973810572415}} {
		a, b := slices.Sorted(slices.Values(cases[i].A)), slices.Sorted(slices.Values(cases[i].B))
		n, m := float64(len(a)), float64(len(b))
		delta, _, _ := CliffDelta(a, b, .95)
		var v float64
		for _, x := range a {
			var row float64
			for _, y := range b {
				sign := float64(cmp.Compare(x, y))
				row += sign / m
				v -= (sign - delta.V) * (sign - delta.V)
			}
			v += n * n * (row - delta.V) * (row - delta.V)
		}
		for _, y := range b {
			var column float64
			for _, x := range a {
				column += float64(cmp.Compare(x, y)) / n
			}
			v += m * m * (column - delta.V) * (column - delta.V)
		}
		d, z := delta.V, distuv.UnitNormal.Quantile(.975)
		v = math.Max(v/(n*m*(n-1)*(m-1)), (1-d*d)/(n*m-1))
		half, scale := z*math.Sqrt(v)*math.Sqrt((1-d*d)*(1-d*d)+z*z*v), 1-d*d+z*z*v
		near(t, "low", (d-d*d*d-half)/scale, want[0], 1e-9)
		near(t, "high", (d-d*d*d+half)/scale, want[1], 1e-9)
	}
}

// Over all samples of 2 from {0, 1, 3} and of 3 from {0, 2}, drawn with
// replacement, the mean of the variance is the variance of delta.
func TestDominanceVarianceIsUnbiased(t *testing.T) {
	first, second := samples([]float64{0, 1, 3}, 2), samples([]float64{0, 2}, 3)
	var n, sum, squares, variance float64
	for _, a := range first {
		for _, b := range second {
			won, decided := dominance(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
			lost, _ := dominance(slices.Sorted(slices.Values(b)), slices.Sorted(slices.Values(a)))
			var d float64
			for _, w := range won {
				d += float64(w) / 6
			}
			n, sum, squares = n+1, sum+d, squares+d*d
			variance += dominanceVariance(won, lost, decided)
		}
	}
	near(t, "mean variance", variance/n, squares/n-sum/n*sum/n, 1e-12)
}

// samples are all ordered samples of so many values, with replacement.
func samples(from []float64, size int) [][]float64 {
	if size == 0 {
		return [][]float64{nil}
	}
	var out [][]float64
	for _, s := range samples(from, size-1) {
		for _, v := range from {
			out = append(out, append(slices.Clone(s), v))
		}
	}
	return out
}

func TestCliffDeltaSaysWhyThereIsNoInterval(t *testing.T) {
	for _, c := range []struct {
		a, b       []float64
		confidence float64
		delta      float64 // NaN: absent
	}{
		{nil, []float64{1}, .95, math.NaN()},
		{[]float64{1}, nil, .95, math.NaN()},
		{[]float64{math.NaN()}, []float64{1, 2}, .95, math.NaN()},
		{[]float64{1, 2}, []float64{math.Inf(1), 2}, .95, math.NaN()},
		{[]float64{1}, []float64{0, 2}, .95, 0},
		{[]float64{1, 2}, []float64{3, 4}, .95, -1},
		{[]float64{3, 4}, []float64{1, 2}, .95, 1},
		{[]float64{3, 3}, []float64{3, 3}, .95, 0},
		{[]float64{1, 3}, []float64{2, 4}, 1, -.5},
	} {
		delta, interval, note := CliffDelta(c.a, c.b, c.confidence)
		if delta.OK == math.IsNaN(c.delta) || delta.OK && delta.V != c.delta {
			t.Errorf("%v against %v: delta %v, want %v", c.a, c.b, delta, c.delta)
		}
		isInterval(t, "absent", interval, nil, nil, 0)
		if note == "" {
			t.Errorf("%v against %v: no reason", c.a, c.b)
		}
	}
}

func TestHodgesLehmannAgainstReferences(t *testing.T) {
	cases, tol := rankCases[struct {
		A, B  []float64
		Shift float64
	}](t, "mann_whitney")
	for _, c := range cases {
		near(t, "shift", HodgesLehmann(c.A, c.B).V, c.Shift, tol)
	}
	intervals, tol := rankCases[struct {
		A, B              []float64
		Confidence, Shift float64
		Low, High         *float64
	}](t, "shift_interval")
	for _, c := range intervals {
		near(t, "shift", HodgesLehmann(c.A, c.B).V, c.Shift, tol)
		isInterval(t, "shift", HodgesLehmannInterval(c.A, c.B, c.Confidence), c.Low, c.High, tol)
	}
}

func TestHodgesLehmannEdges(t *testing.T) {
	for _, c := range [][2][]float64{
		{nil, {1}}, {{1}, nil}, {{math.NaN()}, {1}}, {{1}, {math.Inf(-1)}},
		{{math.MaxFloat64}, {-math.MaxFloat64}}, // the difference is no number
	} {
		if got := HodgesLehmann(c[0], c[1]); got.OK {
			t.Errorf("%v: got %v", c, got)
		}
		isInterval(t, "absent", HodgesLehmannInterval(c[0], c[1], .5), nil, nil, 0)
	}
	four := []float64{1, 2, 4, 8}
	isInterval(t, "no confidence", HodgesLehmannInterval(four, four, 1), nil, nil, 0)
	// 3 and 4 give 2/35 > .05 at the least: no interval at 95 %; 4 and 4 give
	// 2/70: from the least difference to the greatest.
	isInterval(t, "3 and 4", HodgesLehmannInterval(four[:3], four, .95), nil, nil, 0)
	low, high := -7.0, 7.0
	isInterval(t, "4 and 4", HodgesLehmannInterval(four, four, .95), &low, &high, 0)
	if got := HodgesLehmann([]float64{0, math.Copysign(0, -1)}, []float64{0}); !got.OK || got.V != 0 || math.Signbit(got.V) {
		t.Errorf("0 less 0 is 0, got %v", got)
	}
}

// Beyond the exact distribution: c = floor(45000 - 1.959964 * 2123.087) by hand.
// R 4.2.2 wilcox.test(0:299, 0:299+.5, exact=FALSE, correct=FALSE, conf.int=TRUE)
// searches the same ends as roots and gives -14.5000475634, 13.5000475634.
func TestHodgesLehmannIntervalOfManyValues(t *testing.T) {
	var a, b []float64
	for i := range 300 {
		a = append(a, float64(i))
		b = append(b, float64(i)+.5)
	}
	if got := shiftRank(300, 300, .025); got != 40838 {
		t.Errorf("c = %d, want 40838", got)
	}
	low, high := -14.5, 13.5
	isInterval(t, "300 and 300", HodgesLehmannInterval(a, b, .95), &low, &high, 0)
}

// The counts are those of the shift algorithm, and add up to n+m over n.
func TestShiftCounts(t *testing.T) {
	same := func(n, m int) {
		t.Helper()
		units := make([]int, n+m)
		for i := range units {
			units[i] = i
		}
		k := min(n, m)
		want := rankSumCounts(units, k)[k*(k-1)/2:][:n*m+1]
		got, _ := shiftCounts(n, m)
		if len(got) != n*m/2+1 {
			t.Fatalf("%d and %d: %d counts", n, m, len(got))
		}
		for u, c := range got {
			for _, w := range []float64{want[u], want[n*m-u]} {
				if math.Abs(c-w) > 1e-12*w {
					t.Fatalf("%d and %d: %v ways to have U = %d, want %v", n, m, c, u, w)
				}
			}
		}
	}
	for n := 1; n <= 20; n++ {
		for m := 1; m <= 20; m++ {
			same(n, m)
		}
	}
	for _, c := range [][2]int{{1, 300}, {3, 200}, {60, 80}, {90, 70}} {
		same(c[0], c[1])
	}
	// Plain floating-point numbers come to 2e-11 of the last two.
	for _, c := range [][2]int{{7, 9}, {60, 80}, {5, 5000}, {177, 177}, {163, 232}, {166, 217}} {
		_, all := shiftCounts(c[0], c[1])
		want, _ := new(big.Float).SetInt(new(big.Int).Binomial(int64(c[0]+c[1]), int64(c[0]))).Float64()
		if math.Abs(all-want) > 1e-13*want {
			t.Errorf("%v: %v ways, want %v", c, all, want)
		}
	}
}

func TestEffectProperties(t *testing.T) {
	values := rapid.SliceOfN(rapid.Float64Range(-100, 100), 1, 9)
	rapid.Check(t, func(t *rapid.T) {
		a, b := tied(t, "a", 1, 9), tied(t, "b", 1, 9)
		if rapid.Bool().Draw(t, "untied") {
			a, b = values.Draw(t, "x"), values.Draw(t, "y")
		}
		keepA, keepB := slices.Clone(a), slices.Clone(b)
		delta, interval, _ := CliffDelta(a, b, .95)
		back, mirror, _ := CliffDelta(b, a, .95)
		// By the definition, over all pairs.
		won := 0
		var all []float64
		for _, x := range a {
			for _, y := range b {
				won += cmp.Compare(x, y)
				all = append(all, x-y)
			}
		}
		if delta.V != float64(won)/float64(len(all)) || delta.V != -back.V {
			t.Fatalf("delta %v, back %v, of %d/%d", delta.V, back.V, won, len(all))
		}
		if interval.Low.OK {
			if !(-1 <= interval.Low.V && interval.Low.V <= delta.V && delta.V <= interval.High.V && interval.High.V <= 1) {
				t.Fatalf("delta %v in %v", delta.V, interval)
			}
			if math.Abs(interval.Low.V+mirror.High.V) > 1e-12 {
				t.Fatalf("%v does not mirror %v", interval, mirror)
			}
		}
		if u, _ := MannWhitney(a, b); math.Abs((delta.V+1)/2-u.U/float64(len(all))) > 1e-12 {
			t.Fatalf("(delta+1)/2 is U/nm: %v, %v", delta.V, u.U)
		}

		shift := HodgesLehmann(a, b)
		if math.Abs(shift.V-Median(all).V) > 1e-12 {
			t.Fatalf("shift %v, median of the differences %v", shift.V, Median(all).V)
		}
		if math.Abs(shift.V+HodgesLehmann(b, a).V) > 1e-12 {
			t.Fatal("the shift back is the opposite")
		}
		confidence := rapid.Float64Range(.01, .99).Draw(t, "confidence")
		i := HodgesLehmannInterval(a, b, confidence)
		if i.Low.OK && !(i.Low.V <= shift.V+1e-12 && shift.V <= i.High.V+1e-12) {
			t.Fatalf("shift %v in %v", shift.V, i)
		}
		scaled := func(x []float64, by float64) []float64 {
			y := slices.Clone(x)
			slices.Reverse(y)
			for k := range y {
				y[k] = 4*y[k] + by
			}
			return y
		}
		j := HodgesLehmannInterval(scaled(a, 3), scaled(b, 1), confidence)
		if i.Low.OK != j.Low.OK || math.Abs(4*i.Low.V+2-j.Low.V) > 1e-9 && i.Low.OK {
			t.Fatalf("4x+3 against 4y+1: %v became %v", i, j)
		}
		if !slices.Equal(a, keepA) || !slices.Equal(b, keepB) {
			t.Fatal("the arguments were changed")
		}
	})
	// Every order statistic of the differences, over signs, zeros and scales.
	rapid.Check(t, func(t *rapid.T) {
		wide := rapid.SliceOfN(rapid.Float64Range(-1e300, 1e300), 1, 6)
		x, y := wide.Draw(t, "x"), wide.Draw(t, "y")
		slices.Sort(x)
		slices.Sort(y)
		var all []float64
		for _, v := range x {
			for _, w := range y {
				all = append(all, v-w)
			}
		}
		slices.Sort(all)
		for k := range all {
			if got := difference(x, y, k+1); got != all[k] {
				t.Fatalf("difference %d: got %v, want %v", k+1, got, all[k])
			}
		}
	})
}
