package sample

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// described reads one part of testdata/describe.json. Each case there names
// the software that its numbers come from, and the tolerance.
func described(t *testing.T, part string, cases any) {
	t.Helper()
	raw, err := os.ReadFile("testdata/describe.json")
	if err != nil {
		t.Fatal(err)
	}
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(raw, &parts); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(parts[part], cases); err != nil {
		t.Fatalf("%s: %v", part, err)
	}
}

// asDescribed checks a value against one of describe.json, where null is absent.
func asDescribed(t *testing.T, what string, got datasets.Opt[float64], want *float64, tol float64) {
	t.Helper()
	switch {
	case want == nil && got.OK:
		t.Errorf("%s: got %v, want it absent", what, got.V)
	case want != nil && !got.OK:
		t.Errorf("%s is absent, want %v", what, *want)
	case want != nil:
		near(t, what, got.V, *want, tol*math.Max(1, math.Abs(*want)))
	}
}

// nonsense are samples that carry no answer to any question about amounts.
var nonsense = map[string][]float64{
	"nothing": nil, "NaN": {1, math.NaN(), 2}, "infinite": {1, math.Inf(1)}, "minus infinite": {math.Inf(-1), 3},
}

func TestConcentrationAgainstDefinitions(t *testing.T) {
	var cases []struct {
		Name                            string
		Tolerance                       float64
		X                               []float64
		Gini, Unbiased, Herfindahl, Top *float64
		Lorenz                          []float64
		HIndex                          int64 `json:"h_index"`
	}
	described(t, "concentration", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			g, u := Gini(c.X)
			asDescribed(t, "gini", g, c.Gini, c.Tolerance)
			asDescribed(t, "unbiased", u, c.Unbiased, c.Tolerance)
			asDescribed(t, "herfindahl", Herfindahl(c.X), c.Herfindahl, c.Tolerance)
			asDescribed(t, "top tenth", TopShare(c.X, 0.1), c.Top, c.Tolerance)
			curve := Lorenz(c.X)
			if len(curve) != len(c.Lorenz) {
				t.Fatalf("%d points of Lorenz, want %d", len(curve), len(c.Lorenz))
			}
			for i, p := range curve {
				near(t, "share of the sample", p.P, float64(i)/float64(len(c.X)), 1e-15)
				near(t, "share of the sum", p.L, c.Lorenz[i], c.Tolerance)
			}
			if h := HIndex(counts(c.X)); h != c.HIndex {
				t.Errorf("h index %d, want %d", h, c.HIndex)
			}
		})
	}
}

func counts(x []float64) []int64 {
	k := make([]int64, len(x))
	for i, v := range x {
		k[i] = int64(v)
	}
	return k
}

func TestConcentrationAbsent(t *testing.T) {
	bad := map[string][]float64{"negative": {-1, 5}, "zeros": {0, 0}, "sum beyond floating point": {math.MaxFloat64, math.MaxFloat64}}
	for name, x := range nonsense {
		bad[name] = x
	}
	for name, x := range bad {
		g, u := Gini(x)
		if g.OK || u.OK || Herfindahl(x).OK || TopShare(x, 0.1).OK || Lorenz(x) != nil {
			t.Errorf("%s has no concentration", name)
		}
	}
	for _, share := range []float64{0, -0.1, 1.1, math.NaN()} {
		if TopShare([]float64{1, 2}, share).OK {
			t.Errorf("there is no top %v", share)
		}
	}
	if h := HIndex([]int64{-5, -1, 3}); h != 1 {
		t.Errorf("negative counts: h index %d, want 1", h)
	}
	if h := HIndex(nil); h != 0 {
		t.Errorf("no posts: h index %d, want 0", h)
	}
}

// By hand. Seven hundredths of 100 are 7 though 0.07*100 is above it in
// floating point; of the four values equal at the cut one is counted.
func TestTopShareCut(t *testing.T) {
	hundred := slices.Repeat([]float64{1}, 100)
	near(t, "0.07 of 100", TopShare(hundred, 0.07).V, 0.07, 1e-15)
	near(t, "all", TopShare(hundred, 1).V, 1, 0)
	near(t, "tie", TopShare([]float64{3, 3, 3, 3, 8}, 0.4).V, 11.0/20, 1e-15)
	near(t, "at least one", TopShare([]float64{1, 3}, 1e-9).V, 0.75, 1e-15)
}

func TestConcentrationProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.SliceOfN(rapid.Float64Range(0, 1e9), 1, 30).Draw(t, "x")
		keep := slices.Clone(x)
		g, u := Gini(x)
		if !g.OK {
			t.Skip("a sum of 0")
		}
		n := float64(len(x))
		h, top, hIndex := Herfindahl(x).V, TopShare(x, 0.2).V, HIndex(counts(x))
		if g.V < 0 || g.V > (n-1)/n || u.OK && (u.V < g.V || u.V > 1) {
			t.Fatalf("Gini %v, %v out of bounds", g, u)
		}
		if h < 1/n-1e-12 || h > 1 || top < math.Ceil(0.2*n)/n-1e-12 || top > 1 {
			t.Fatalf("Herfindahl %v or top share %v out of bounds", h, top)
		}
		if hIndex < 0 || hIndex > int64(len(x)) {
			t.Fatalf("h index %v", hIndex)
		}
		curve := Lorenz(x)
		for i, p := range curve[1:] {
			if p.L < curve[i].L || p.L > p.P+1e-12 {
				t.Fatalf("the curve falls or passes the diagonal at %v", p)
			}
		}
		if !slices.Equal(x, keep) {
			t.Fatal("the argument was changed")
		}
		// The order does not matter to the last bit; scale not beyond rounding.
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(x), func(i, j int) { x[i], x[j] = x[j], x[i] })
		if again, _ := Gini(x); again != g || Herfindahl(x).V != h || TopShare(x, 0.2).V != top || HIndex(counts(x)) != hIndex {
			t.Fatal("order matters")
		}
		for i := range x {
			x[i] *= 3.7
		}
		scaled, _ := Gini(x)
		if math.Abs(scaled.V-g.V) > 1e-12 || math.Abs(Herfindahl(x).V-h) > 1e-12 || math.Abs(TopShare(x, 0.2).V-top) > 1e-12 {
			t.Fatal("scale matters")
		}
		// Equal parts for everybody shrink it.
		for i := range x {
			x[i] += 1e9
		}
		if shifted, _ := Gini(x); shifted.V > scaled.V+1e-12 {
			t.Fatalf("a gift to everybody raised Gini from %v to %v", scaled.V, shifted.V)
		}
	})
}

func BenchmarkConcentrationOfAMillion(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	x := make([]float64, 1_000_000)
	for i := range x {
		x[i] = math.Floor(math.Exp(3 * rng.NormFloat64()))
	}
	k := counts(x)
	sorted := slices.Sorted(slices.Values(x))
	b.Run("Gini", func(b *testing.B) {
		for b.Loop() {
			Gini(x)
		}
	})
	b.Run("GiniSorted", func(b *testing.B) {
		for b.Loop() {
			Gini(sorted)
		}
	})
	b.Run("HIndex", func(b *testing.B) {
		for b.Loop() {
			HIndex(k)
		}
	})
}
