package sample

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/mathext"
	"pgregory.net/rapid"
)

// rateCases is testdata/rates.json. Each group names its source.
type rateCases struct {
	Ratios []struct {
		Tolerance     float64
		X1, X2        int64
		T1, T2        float64
		Confidence    float64
		Ratio         *float64
		Interval      [2]*float64
		P             float64
		ScipyInterval []float64    `json:"scipy_interval"`
		ScipyP        float64      `json:"scipy_p"`
		Wald          []float64    `json:"wald"`
		GarwoodPerDay [][2]float64 `json:"garwood_per_day"`
	}
	Panel struct {
		Account, Country []string
		Days             []float64
		Y                []int64
	}
	Poisson struct {
		Tolerance           float64
		Coef, SE            []float64
		LogLik              float64
		ResidualDF          int `json:"residual_df"`
		Dispersion, Pearson float64
		UZ, KG              ratioCase
	}
	Cluster struct {
		Tolerance float64
		HC1, HC0  []float64
		HC0G      []float64 `json:"hc0_g"`
		Normal    struct{ UZ, KG ratioCase }
		T         struct {
			UZ       [5]float64
			UZLessKG [5]float64 `json:"UZ_less_KG"`
		}
	}
	NegativeBinomial struct {
		Tolerance float64
		Coef, SE  []float64
		Alpha     float64
		AlphaSE   float64 `json:"alpha_se"`
		LogLik    float64
		UZ, KG    ratioCase
		ClusterSE []float64 `json:"cluster_se"`
		Mass      struct {
			CoefTolerance float64 `json:"coef_tolerance"`
			SETolerance   float64 `json:"se_tolerance"`
			Coef, SE      []float64
			Alpha, LogLik float64
		}
		LR            struct{ Tolerance, Value float64 }
		InterceptOnly []struct {
			Tolerance       float64
			Y               []int64
			Coef, SE, Alpha float64
			AlphaSE         float64 `json:"alpha_se"`
			LogLik          float64
		} `json:"intercept_only"`
	} `json:"negative_binomial"`
	Standardised []struct {
		Tolerance         float64
		Events            []int64
		Exposure, Weights []float64
		Confidence, Rate  float64
		Variance          *float64
		Interval          [2]float64
	}
	EmpiricalBayes struct {
		Tolerance    float64
		MLETolerance float64 `json:"mle_tolerance"`
		Events       []int64
		Exposure     []float64
		Marshall     struct {
			M, A  float64
			Theta []float64
		}
		Gamma struct {
			Shape, Rate, NLL float64
			Mean             []float64
			Interval         [][2]float64
		}
	} `json:"empirical_bayes"`
	DerSimonianLaird struct {
		Tolerance         float64
		Y, V              []float64
		Tau2, Mean        float64
		Values, Low, High []float64
	} `json:"dersimonian_laird"`
}

// ratioCase is a coefficient and its rate ratio with normal quantiles.
type ratioCase struct {
	RR    float64
	CI    [2]float64
	LogRR float64
	SE, P float64
}

func loadRates(t *testing.T) rateCases {
	t.Helper()
	raw, err := os.ReadFile("testdata/rates.json")
	if err != nil {
		t.Fatal(err)
	}
	var c rateCases
	if err := json.Unmarshal(raw, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

// relative checks a present value to a relative tolerance.
func relative(t *testing.T, what string, got datasets.Opt[float64], want, tol float64) {
	t.Helper()
	if !got.OK {
		t.Errorf("%s: absent, want %.15g", what, want)
		return
	}
	near(t, what, got.V, want, tol*math.Abs(want)+1e-300)
}

// optional checks a value that the source may give as undefined.
func optional(t *testing.T, what string, got datasets.Opt[float64], want *float64, tol float64) {
	t.Helper()
	if want == nil {
		if got.OK {
			t.Errorf("%s: got %v, want absent", what, got.V)
		}
		return
	}
	relative(t, what, got, *want, tol)
}

func TestRateRatioAgainstPoissonTest(t *testing.T) {
	for _, c := range loadRates(t).Ratios {
		r, ok := RateRatio(c.X1, c.T1, c.X2, c.T2, c.Confidence)
		if !ok {
			t.Fatalf("%d, %d: not ok", c.X1, c.X2)
		}
		optional(t, "ratio", r.Ratio, c.Ratio, c.Tolerance)
		optional(t, "low", r.Interval.Low, c.Interval[0], c.Tolerance)
		optional(t, "high", r.Interval.High, c.Interval[1], c.Tolerance)
		relative(t, "p", datasets.Some(r.P), c.P, c.Tolerance)
		if c.ScipyInterval != nil {
			relative(t, "low, SciPy", r.Interval.Low, c.ScipyInterval[0], c.Tolerance)
			relative(t, "high, SciPy", r.Interval.High, c.ScipyInterval[1], c.Tolerance)
			relative(t, "p, SciPy", datasets.Some(r.P), c.ScipyP, c.Tolerance)
		}
		if c.Wald != nil {
			relative(t, "Wald low", r.Wald.Low, c.Wald[0], c.Tolerance)
			relative(t, "Wald high", r.Wald.High, c.Wald[1], c.Tolerance)
		}
		for i, g := range c.GarwoodPerDay {
			x, days := c.X1, c.T1
			if i == 1 {
				x, days = c.X2, c.T2
			}
			interval := Garwood(x, c.Confidence)
			relative(t, "Garwood low", datasets.Some(interval.Low.V/days), g[0], c.Tolerance)
			relative(t, "Garwood high", datasets.Some(interval.High.V/days), g[1], c.Tolerance)
		}
	}
}

func TestRateRatioZeroCells(t *testing.T) {
	r, ok := RateRatio(0, 60, 5, 131, 0.95)
	if !ok || !r.Ratio.OK || r.Ratio.V != 0 || r.Interval.Low.V != 0 || r.Wald.Low.OK {
		t.Errorf("no event in the first: %+v", r)
	}
	r, ok = RateRatio(5, 131, 0, 60, 0.95)
	if !ok || r.Ratio.OK || r.Interval.High.OK || !r.Interval.Low.OK || r.Wald.High.OK {
		t.Errorf("no event in the second has no bound above: %+v", r)
	}
	for _, c := range []struct {
		x1 int64
		t1 float64
		x2 int64
		t2 float64
	}{
		{0, 1, 0, 1}, {-1, 1, 3, 1}, {3, 1, -1, 1}, {3, 0, 3, 1}, {3, 1, 3, -2}, {3, math.NaN(), 3, 1},
		{3, math.Inf(1), 3, 1}, {3, 1e-300, 3, 1e300}, {math.MaxInt64, 1, 3, 1},
	} {
		if r, ok := RateRatio(c.x1, c.t1, c.x2, c.t2, 0.95); ok {
			t.Errorf("%+v gave %+v", c, r)
		}
	}
}

// SciPy 1.17.1: betaincinv(5, 1000000, .025) = 1.6234818253061523e-06, where
// gonum's InvRegIncBeta is off by 3e-10; betaincinv(3, 1e10, .025) =
// 6.18672122814596e-11, where it is off by 2e-6. R 4.2.2, poisson.test(c(5,
// 1e6)), has the lower end 1.6234828375227607e-06, the odds of a beta(5, 1000001).
func TestRateRatioKeepsDigitsThatGonumsBetaLoses(t *testing.T) {
	const right = 6.18672122814596e-11
	if off := math.Abs(mathext.InvRegIncBeta(3, 1e10, 0.025)/right - 1); off < 1e-9 {
		t.Errorf("gonum's InvRegIncBeta is right to %v now: lowerOdds can use it", off)
	}
	odds := lowerOdds(3, 1e10-1, 0.025)
	near(t, "odds", odds/(1+odds), right, 1e-12*right)
	// SciPy 1.17.1: binom.sf(505000, 1e6, .5), where gonum's RegIncBeta is off
	// by 3e-11.
	near(t, "tail", binomial{1e6, 1}.from(505001), 7.537006094116075e-24, 1e-12*7.5e-24)
}

func TestRateRatioProperties(t *testing.T) {
	count := rapid.OneOf(rapid.Int64Range(0, 30), rapid.Int64Range(0, 200_000))
	rapid.Check(t, func(t *rapid.T) {
		x1, x2 := count.Draw(t, "x1"), count.Draw(t, "x2")
		t1, t2 := rapid.Float64Range(0.1, 400).Draw(t, "t1"), rapid.Float64Range(0.1, 400).Draw(t, "t2")
		r, ok := RateRatio(x1, t1, x2, t2, 0.95)
		if ok != (x1+x2 > 0) {
			t.Fatalf("ok = %v for %d, %d", ok, x1, x2)
		}
		if !ok {
			return
		}
		if !(r.P >= 0 && r.P <= 1) {
			t.Fatalf("p = %v", r.P)
		}
		same := func(what string, a, b float64) {
			if math.Abs(a-b) > 1e-9*math.Abs(b)+1e-300 {
				t.Fatalf("%s: %v and %v", what, a, b)
			}
		}
		back, _ := RateRatio(x2, t2, x1, t1, 0.95)
		same("p of the exchange", back.P, r.P)
		if x1 > 0 && x2 > 0 {
			same("ratio of the exchange", 1/back.Ratio.V, r.Ratio.V)
			same("low of the exchange", 1/back.Interval.High.V, r.Interval.Low.V)
			if r.Interval.Low.V > r.Ratio.V || r.Interval.High.V < r.Ratio.V {
				t.Fatalf("ratio %v outside of %v", r.Ratio.V, r.Interval)
			}
		}
		scaled, _ := RateRatio(x1, t1*8, x2, t2*8, 0.95)
		if scaled != r {
			t.Fatalf("the unit of exposure matters: %v, %v", scaled, r)
		}
		if wide, _ := RateRatio(x1, t1, x2, t2, 0.99); wide.Interval.Low.V > r.Interval.Low.V {
			t.Fatalf("99 %% interval %v within %v", wide.Interval, r.Interval)
		}
	})
}
