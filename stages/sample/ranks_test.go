package sample

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/combin"
	"pgregory.net/rapid"
)

// rankCases reads the cases under key of testdata/ranks.json, which names the
// source of each, and their tolerance.
func rankCases[T any](t *testing.T, key string) (cases []T, tolerance float64) {
	t.Helper()
	data, err := os.ReadFile("testdata/ranks.json")
	if err != nil {
		t.Fatal(err)
	}
	var sections map[string]json.RawMessage
	if err := json.Unmarshal(data, &sections); err != nil {
		t.Fatal(err)
	}
	var section struct {
		Source    string
		Tolerance float64
		Cases     []T
	}
	if err := json.Unmarshal(sections[key], &section); err != nil {
		t.Fatalf("testdata/ranks.json: %s: %v", key, err)
	}
	if len(section.Cases) == 0 || section.Source == "" || section.Tolerance == 0 {
		t.Fatalf("testdata/ranks.json: %s is incomplete", key)
	}
	return section.Cases, section.Tolerance
}

// isInterval checks both ends; a nil end is expected to be absent.
func isInterval(t *testing.T, what string, got Interval, low, high *float64, tolerance float64) {
	t.Helper()
	if got.Low.OK != (low != nil) || got.High.OK != (high != nil) {
		t.Errorf("%s: got %v, want ends present: %v, %v", what, got, low != nil, high != nil)
		return
	}
	if low != nil {
		near(t, what+" low", got.Low.V, *low, tolerance)
	}
	if high != nil {
		near(t, what+" high", got.High.V, *high, tolerance)
	}
}

func TestMannWhitneyAgainstReferences(t *testing.T) {
	cases, tol := rankCases[struct {
		A, B                        []float64
		U, Exact, Corrected, Normal float64
	}](t, "mann_whitney")
	for _, c := range cases {
		got, ok := MannWhitney(c.A, c.B)
		if !ok {
			t.Fatalf("%v against %v cannot be tested", c.A, c.B)
		}
		near(t, "U", got.U, c.U, 0)
		near(t, "exact", got.Exact.V, c.Exact, tol)
		near(t, "corrected", got.Corrected.V, c.Corrected, tol)
		near(t, "normal", got.Normal.V, c.Normal, tol)
	}
	intervals, tol := rankCases[struct {
		A, B []float64
		P    float64
	}](t, "shift_interval")
	for _, c := range intervals {
		got, _ := MannWhitney(c.A, c.B)
		near(t, "exact without ties", got.Exact.V, c.P, tol)
	}
}

func TestMannWhitneyEdges(t *testing.T) {
	if _, ok := MannWhitney(nil, []float64{1}); ok {
		t.Error("an empty side cannot be tested")
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		if _, ok := MannWhitney([]float64{1, bad}, []float64{1}); ok {
			t.Errorf("%v cannot be tested", bad)
		}
	}
	// Every relabeling of equal values has the same U; there is no variance.
	got, ok := MannWhitney([]float64{5, 5}, []float64{5, 5, 5})
	if !ok || got.Exact.V != 1 || got.Attainable.V != 1 || got.Normal.OK || got.Corrected.OK {
		t.Errorf("equal values: got %+v", got)
	}
	// By hand: mid-ranks 4.5, 4.5, 2, 2, 2, ten pairs, their mean sum 6. The pair
	// of 9 is the farthest, and the only one.
	got, _ = MannWhitney([]float64{3, 3}, []float64{1, 1, 1})
	near(t, "attainable with ties", got.Attainable.V, 0.1, 1e-15)
	near(t, "exact with ties", got.Exact.V, 0.1, 1e-15)
	// U = nm/2 = 2, where the correction must not pass the mean: p is 1.
	got, _ = MannWhitney([]float64{1, 4}, []float64{2, 3})
	near(t, "corrected at the mean", got.Corrected.V, 1, 0)
	// Beyond the table only the normal approximation is left.
	long := make([]float64, 2000)
	for i := range long {
		long[i] = float64(i)
	}
	got, _ = MannWhitney(long, long)
	if got.Exact.OK || !got.Normal.OK || !got.Attainable.OK {
		t.Errorf("2,000 against 2,000: got %+v", got)
	}
}

// Counts of relabelings have to be whole, and not to overflow as gonum's
// combin.Binomial does. Python 3.11 math.comb has the numbers.
func TestChooseIsWhole(t *testing.T) {
	if got := choose(20, 10); got != 184756 {
		t.Errorf("choose(20, 10) = %v", got)
	}
	if got := choose(70, 35); math.Abs(got/112186277816662845432-1) > 1e-14 || combin.Binomial(70, 35) > 1e18 {
		t.Errorf("choose(70, 35) = %v, gonum %v", got, combin.Binomial(70, 35))
	}
	if got := choose(22, 12); got != 646646 {
		t.Errorf("choose(22, 12) = %v", got)
	}
	if got := choose(3000, 1500); !math.IsInf(got, 1) {
		t.Errorf("choose(3000, 1500) = %v", got)
	}
	// The ratio of two that are beyond the type: choose(n, k-1)/choose(n, k) = k/(n-k+1).
	near(t, "ratio", chooseRatio(3000, 1499, 3000, 1500), 1500.0/1501, 1e-9)
}

func TestKruskalAndDunnAgainstReferences(t *testing.T) {
	cases, tol := rankCases[struct {
		Groups        [][]float64
		H, P, Epsilon float64
		DF            int
		Dunn          []float64
	}](t, "kruskal")
	for _, c := range cases {
		got, ok := KruskalWallis(c.Groups...)
		if !ok || got.DF != c.DF {
			t.Fatalf("%v: got %+v, %v", c.Groups, got, ok)
		}
		near(t, "H", got.H, c.H, tol)
		near(t, "p", got.P, c.P, tol)
		near(t, "epsilon", got.Epsilon, c.Epsilon, tol)
		pairs := Dunn(c.Groups...)
		if len(pairs) != len(c.Dunn) {
			t.Fatalf("%d pairs, want %d", len(pairs), len(c.Dunn))
		}
		for i, want := range c.Dunn {
			near(t, "dunn", pairs[i].P.V, want, tol)
		}
	}
	// Signs and adjusted values of the first case: SciPy 1.10.1 and R 4.2.2
	// p.adjust over Dunn's z (1964), to ten digits.
	pairs := Dunn(cases[0].Groups...)
	var p []datasets.Opt[float64]
	for i, want := range []float64{-1.0015360807815705, 1.3355290273827989, 2.3115972086323917} {
		near(t, "z", pairs[i].Z.V, want, tol)
		p = append(p, pairs[i].P)
	}
	for i, want := range []float64{0.3634065227673071, 0.3634065227673071, 0.06239967183594476} {
		near(t, "holm", Holm(p)[i].V, want, tol)
	}
}

func TestKruskalEdges(t *testing.T) {
	for _, groups := range [][][]float64{nil, {{1, 2}}, {{1, 2}, nil}, {{3, 3}, {3}}, {{1}, {math.NaN()}}, {{1}, {math.Inf(-1), 2}}} {
		if got, ok := KruskalWallis(groups...); ok {
			t.Errorf("%v: got %+v", groups, got)
		}
		for _, pair := range Dunn(groups...) {
			if pair.Z.OK || pair.P.OK {
				t.Errorf("%v: got %+v", groups, pair)
			}
		}
	}
	got, ok := KruskalWallis([]float64{1, 2}, nil, []float64{3, 4})
	if !ok || got.DF != 1 {
		t.Errorf("an empty group takes no part: got %+v", got)
	}
	pairs := Dunn([]float64{1, 2}, nil, []float64{3, 4})
	if pairs[0].Z.OK || !pairs[1].Z.OK || pairs[2].Z.OK || pairs[1].I != 0 || pairs[1].J != 2 {
		t.Errorf("got %+v", pairs)
	}
}

// tied draws values with many ties.
func tied(t *rapid.T, name string, least, most int) []float64 {
	var x []float64
	for _, v := range rapid.SliceOfN(rapid.IntRange(-4, 4), least, most).Draw(t, name) {
		x = append(x, float64(v))
	}
	return x
}

func TestRankProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := tied(t, "a", 1, 9), tied(t, "b", 1, 9)
		got, _ := MannWhitney(a, b)
		back, _ := MannWhitney(b, a)
		if got.U+back.U != float64(len(a)*len(b)) {
			t.Fatalf("U %v and %v do not sum to the pairs", got.U, back.U)
		}
		if got.Exact != back.Exact || got.Normal != back.Normal || got.Corrected != back.Corrected || got.Attainable != back.Attainable {
			t.Fatalf("p depends on which side comes first: %+v, %+v", got, back)
		}
		if got.Exact.V > 1 || got.Exact.V < got.Attainable.V-1e-12 {
			t.Fatalf("p out of bounds: %+v", got)
		}
		// Ranks know order alone: any increasing map of the values, and any
		// order of them, gives the same.
		moved := func(x []float64) []float64 {
			y := make([]float64, len(x))
			for i, v := range x {
				y[len(x)-1-i] = math.Exp(v/3) + 7
			}
			return y
		}
		if same, _ := MannWhitney(moved(a), moved(b)); same != got {
			t.Fatalf("an increasing map changes %+v to %+v", got, same)
		}
		// The same relabelings counted one by one.
		r, ok := VanElteren([]Stratum{{A: a, B: b}}, nil)
		if !ok || math.Abs(r.P-got.Exact.V) > 1e-12 || math.Abs(r.Attainable-got.Attainable.V) > 1e-12 {
			t.Fatalf("enumeration gives %+v, the shift algorithm %+v", r, got)
		}
		k, ok := KruskalWallis(a, b)
		if ok && got.Normal.OK && math.Abs(k.P-got.Normal.V) > 1e-9 {
			t.Fatalf("two groups: Kruskal-Wallis p %v, Mann-Whitney p %v", k.P, got.Normal.V)
		}
		if ok && (k.Epsilon < 0 || k.Epsilon > 1+1e-12) {
			t.Fatalf("epsilon squared %v", k.Epsilon)
		}
		d := Dunn(a, b)[0]
		e := Dunn(b, a)[0]
		if d.Z.OK != e.Z.OK || math.Abs(d.Z.V+e.Z.V) > 1e-12 {
			t.Fatalf("z %v and %v are not opposite", d.Z, e.Z)
		}
		if ranks := MidRanks(a); math.Abs(sum(ranks)-float64(len(a)*(len(a)+1))/2) > 1e-9 || slices.Min(ranks) < 1 {
			t.Fatalf("mid-ranks %v", ranks)
		}
	})
}
