package sample

import (
	"math"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"

	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// panel returns the design (intercept, UZ, KG), counts, offset and clusters of
// the panel in testdata/rates.json.
func (c rateCases) panel() (x [][]float64, y []int64, offset []float64, cluster []int) {
	index := map[string]int{}
	for i, country := range c.Panel.Country {
		row := []float64{1, 0, 0}
		switch country {
		case "UZ":
			row[1] = 1
		case "KG":
			row[2] = 1
		}
		x = append(x, row)
		offset = append(offset, math.Log(c.Panel.Days[i]))
		account := c.Panel.Account[i]
		if _, ok := index[account]; !ok {
			index[account] = len(index)
		}
		cluster = append(cluster, index[account])
	}
	return x, c.Panel.Y, offset, cluster
}

func unit(k, j int) []float64 {
	w := make([]float64, k)
	w[j] = 1
	return w
}

func checkErrors(t *testing.T, what string, c Coefficients, want []float64, factor, tol float64) {
	t.Helper()
	for j, se := range want {
		near(t, what, math.Sqrt(c.Cov.At(j, j))*factor, se, tol)
	}
}

func checkRatio(t *testing.T, what string, c Contrast, want ratioCase, tol float64) {
	t.Helper()
	relative(t, what+" log", datasets.Some(c.Value), want.LogRR, tol)
	relative(t, what+" ratio", datasets.Some(math.Exp(c.Value)), want.RR, tol)
	relative(t, what+" se", c.SE, want.SE, tol)
	relative(t, what+" low", datasets.Some(math.Exp(c.Interval.Low.V)), want.CI[0], tol)
	relative(t, what+" high", datasets.Some(math.Exp(c.Interval.High.V)), want.CI[1], tol)
	// The relative error of a far tail is that of z times its square, 75 here.
	relative(t, what+" p", c.P, want.P, 100*tol)
}

func TestPoissonAgainstGLM(t *testing.T) {
	cases := loadRates(t)
	want := cases.Poisson
	x, y, offset, _ := cases.panel()
	f, err := Poisson(x, y, offset)
	if err != nil {
		t.Fatal(err)
	}
	for j := range want.Coef {
		relative(t, "coefficient", datasets.Some(f.Value[j]), want.Coef[j], want.Tolerance)
	}
	checkErrors(t, "se", f.Coefficients, want.SE, 1, want.Tolerance)
	relative(t, "log likelihood", datasets.Some(f.LogLik), want.LogLik, want.Tolerance)
	relative(t, "dispersion", f.Dispersion, want.Dispersion, want.Tolerance)
	relative(t, "Pearson", datasets.Some(f.Dispersion.V*float64(f.ResidualDF)), want.Pearson, want.Tolerance)
	if f.ResidualDF != want.ResidualDF || f.Alpha.OK {
		t.Errorf("df %d, alpha %v", f.ResidualDF, f.Alpha)
	}
	checkRatio(t, "UZ", f.Contrast(unit(3, 1), 0.95), want.UZ, want.Tolerance)
	checkRatio(t, "KG", f.Contrast(unit(3, 2), 0.95), want.KG, want.Tolerance)
}

func TestClusterRobustAgainstSandwich(t *testing.T) {
	cases := loadRates(t)
	want := cases.Cluster
	x, y, offset, cluster := cases.panel()
	f, err := Poisson(x, y, offset)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ClusterRobust(f, cluster)
	if err != nil {
		t.Fatal(err)
	}
	checkErrors(t, "HC1", c, want.HC1, 1, want.Tolerance)
	// Without its factors: G = 6 clusters, N = 30 rows, k = 3.
	checkErrors(t, "HC0 with G", c, want.HC0G, math.Sqrt(27.0/29), want.Tolerance)
	checkErrors(t, "HC0", c, want.HC0, math.Sqrt(27.0/29*5/6), want.Tolerance)
	for name, w := range map[string]struct {
		weights []float64
		want    [5]float64
	}{"UZ": {unit(3, 1), want.T.UZ}, "UZ less KG": {[]float64{0, 1, -1}, want.T.UZLessKG}} {
		k := c.Contrast(w.weights, 0.95)
		for i, got := range []datasets.Opt[float64]{datasets.Some(k.Value), k.SE, k.Interval.Low, k.Interval.High, k.P} {
			relative(t, name, got, w.want[i], want.Tolerance)
		}
	}
	if c.DF.V != 5 || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "6 clusters") {
		t.Errorf("df %v, warnings %q", c.DF, c.Warnings)
	}
	c.DF = datasets.None[float64]()
	checkRatio(t, "UZ", c.Contrast(unit(3, 1), 0.95), want.Normal.UZ, want.Tolerance)
	checkRatio(t, "KG", c.Contrast(unit(3, 2), 0.95), want.Normal.KG, want.Tolerance)
}

func TestNegativeBinomialAgainstStatsmodels(t *testing.T) {
	cases := loadRates(t)
	want := cases.NegativeBinomial
	x, y, offset, cluster := cases.panel()
	f, err := NegativeBinomial(x, y, offset)
	if err != nil {
		t.Fatal(err)
	}
	for j := range want.Coef {
		relative(t, "coefficient", datasets.Some(f.Value[j]), want.Coef[j], want.Tolerance)
		relative(t, "coefficient, MASS", datasets.Some(f.Value[j]), want.Mass.Coef[j], want.Mass.CoefTolerance)
	}
	checkErrors(t, "se", f.Coefficients, want.SE, 1, want.Tolerance)
	checkErrors(t, "se, MASS", f.Coefficients, want.Mass.SE, 1, want.Mass.SETolerance)
	relative(t, "alpha", f.Alpha, want.Alpha, want.Tolerance)
	relative(t, "alpha, MASS", f.Alpha, want.Mass.Alpha, want.Mass.CoefTolerance)
	relative(t, "alpha se", f.AlphaSE, want.AlphaSE, want.Tolerance)
	relative(t, "log likelihood", datasets.Some(f.LogLik), want.LogLik, 1e-9)
	relative(t, "log likelihood, MASS", datasets.Some(f.LogLik), want.Mass.LogLik, 1e-9)
	checkRatio(t, "UZ", f.Contrast(unit(3, 1), 0.95), want.UZ, want.Tolerance)
	checkRatio(t, "KG", f.Contrast(unit(3, 2), 0.95), want.KG, want.Tolerance)
	p, err := Poisson(x, y, offset)
	if err != nil {
		t.Fatal(err)
	}
	relative(t, "likelihood ratio", datasets.Some(2*(f.LogLik-p.LogLik)), want.LR.Value, want.LR.Tolerance)
	c, err := ClusterRobust(f, cluster)
	if err != nil {
		t.Fatal(err)
	}
	checkErrors(t, "cluster-robust", c, want.ClusterSE, 1, want.Tolerance)
	for _, w := range want.InterceptOnly {
		ones := make([][]float64, len(w.Y))
		for i := range ones {
			ones[i] = []float64{1}
		}
		f, err := NegativeBinomial(ones, w.Y, nil)
		if err != nil {
			t.Fatal(err)
		}
		relative(t, "intercept", datasets.Some(f.Value[0]), w.Coef, w.Tolerance)
		checkErrors(t, "intercept", f.Coefficients, []float64{w.SE}, 1, w.Tolerance)
		relative(t, "alpha", f.Alpha, w.Alpha, w.Tolerance)
		relative(t, "alpha se", f.AlphaSE, w.AlphaSE, w.Tolerance)
		relative(t, "log likelihood", datasets.Some(f.LogLik), w.LogLik, 1e-9)
	}
}

// Counts that vary less than Poisson counts have their likeliest alpha at 0,
// where the model is Poisson's.
func TestNegativeBinomialAtTheBoundary(t *testing.T) {
	x := [][]float64{{1}, {1}, {1}, {1}, {1}}
	y := []int64{5, 5, 6, 5, 4}
	f, err := NegativeBinomial(x, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !f.Alpha.OK || f.Alpha.V != 0 || f.AlphaSE.OK || len(f.Warnings) != 1 {
		t.Errorf("alpha %v, se %v, warnings %q", f.Alpha, f.AlphaSE, f.Warnings)
	}
	near(t, "mean", math.Exp(f.Value[0]), 5, 1e-12)
	near(t, "se", math.Sqrt(f.Cov.At(0, 0)), 1/math.Sqrt(25), 1e-12)
}

// The way to this top leads over a place where the likelihood is not concave.
// statsmodels 0.15.0 NegativeBinomial nb2, method="newton", from the best of 16
// runs of SciPy 1.17.1 minimize(method="Nelder-Mead").
func TestNegativeBinomialWhereNotConcave(t *testing.T) {
	x := [][]float64{{1, 0}, {1, 1}, {1, 1}, {1, 1}, {1, 0}, {1, 0}}
	f, err := NegativeBinomial(x, []int64{3, 0, 9, 0, 0, 1}, []float64{0.8, -1, 0.8, -1.1, -0.3, 1.5})
	if err != nil {
		t.Fatal(err)
	}
	relative(t, "intercept", datasets.Some(f.Value[0]), -0.573293762517817, 1e-6)
	relative(t, "slope", datasets.Some(f.Value[1]), 1.5128281949079054, 1e-6)
	relative(t, "alpha", f.Alpha, 0.20883080039501015, 1e-6)
	relative(t, "log likelihood", datasets.Some(f.LogLik), -8.861790279879456, 1e-9)
}

// By the definition, term by term, on both sides of the change to Stirling's
// series: the sums of ln(1+j/r), 1/(r+j) and -1/(r+j)^2 over 0 <= j < y.
func TestLnRise(t *testing.T) {
	for _, y := range []float64{0, 1, 2, 15, 16, 17, 18, 64, 1000, 50_000} {
		for _, r := range []float64{1e-6, 0.01, 1, 17.3, 1e4, 1e9, 1e13} {
			var v, d1, d2 float64
			for j := range int(y) {
				v += math.Log1p(float64(j) / r)
				d1 += 1 / (r + float64(j))
				d2 -= 1 / (r + float64(j)) / (r + float64(j))
			}
			gv, g1, g2 := lnRise(y, r)
			near(t, "log gamma", gv, v, 1e-12*(1+y+v))
			near(t, "digamma", g1, d1, 1e-12*d1)
			near(t, "trigamma", g2, d2, 1e-12*math.Abs(d2))
		}
	}
	// The difference of log gammas, by contrast: at r = 1e13 the sum over j < 50
	// is 1225/r = 1.225e-10, and they are of the size 3e14.
	a, _ := math.Lgamma(50 + 1e13)
	b, _ := math.Lgamma(1e13)
	if off := math.Abs(a - b - 50*math.Log(1e13) - 1.225e-10); off < 1e-6 {
		t.Errorf("log gammas differ by %v only", off)
	}
}

func TestRegressionSaysWhyItCannot(t *testing.T) {
	ones := func(n int) [][]float64 {
		x := make([][]float64, n)
		for i := range x {
			x[i] = []float64{1}
		}
		return x
	}
	for _, c := range []struct {
		name   string
		x      [][]float64
		y      []int64
		offset []float64
		want   string
	}{
		{"nothing", nil, nil, nil, "no rows"},
		{"all zero", ones(3), []int64{0, 0, 0}, nil, "no row has an event"},
		{"negative", ones(3), []int64{1, -2, 0}, nil, "row 2: negative count -2"},
		{"no exposure", ones(2), []int64{1, 2}, []float64{0, math.Inf(-1)}, "row 2: offset -Inf"},
		{"not a number", [][]float64{{1}, {math.NaN()}}, []int64{1, 2}, nil, "row 2, column 1"},
		{"too few rows", [][]float64{{1, 0}}, []int64{1}, nil, "1 rows for 2 coefficients"},
		{"empty column", [][]float64{{1, 0}, {1, 0}}, []int64{1, 2}, nil, "column 2 is 0 or a combination"},
		{"dependent", [][]float64{{1, 1, 0}, {1, 0, 1}, {1, 1, 0}, {1, 0, 1}}, []int64{1, 2, 3, 4}, nil, "column 3 is 0 or a combination"},
		{"a group of zeros", [][]float64{{1, 0}, {1, 0}, {1, 1}, {1, 1}}, []int64{3, 4, 0, 0}, nil, "one is row 3"},
		{"reference of zeros", [][]float64{{1, 0}, {1, 0}, {1, 1}, {1, 1}}, []int64{0, 0, 4, 90}, []float64{3, 3, 0, 0}, "one is row 1"},
		{"a group of zeros beside large counts", [][]float64{{1, 0}, {1, 1}, {1, 0}, {1, 1}}, []int64{0, 2_254_888_596, 0, 0}, nil, "one is row 1"},
		{"zeros beyond a slope", [][]float64{{1, 0}, {1, 0}, {1, 1}, {1, 2}, {1, 9}}, []int64{3, 100_000, 0, 0, 0}, nil, "no finite fit"},
	} {
		for model, fit := range map[string]func([][]float64, []int64, []float64) (Fit, error){"poisson": Poisson, "negative binomial": NegativeBinomial} {
			_, err := fit(c.x, c.y, c.offset)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), model+" regression: ") {
				t.Errorf("%s, %s: error %v, want %q", c.name, model, err, c.want)
			}
		}
	}
}

// Zeros on both sides of the rows with events hold the slope: by symmetry it is
// 0, and the rate is 12 events by 4 rows.
func TestPoissonWithOpposedZeros(t *testing.T) {
	f, err := Poisson([][]float64{{1, 0}, {1, 0}, {1, 1}, {1, -1}}, []int64{5, 7, 0, 0}, nil)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "intercept", f.Value[0], math.Log(3), 1e-12)
	near(t, "slope", f.Value[1], 0, 1e-12)
}

// One account settles KG's coefficient: its scores add up to 0, so that the
// sandwich alone would give it an error near 0. UZ has two accounts.
func TestClusterRobustRefusesSingleClusters(t *testing.T) {
	x := [][]float64{{1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 0, 0}, {1, 1, 0}, {1, 1, 0}, {1, 1, 0}, {1, 0, 1}, {1, 0, 1}}
	y := []int64{3, 5, 20, 18, 7, 9, 30, 4, 40}
	f, err := Poisson(x, y, nil)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ClusterRobust(f, []int{1, 1, 2, 2, 3, 3, 4, 5, 5})
	if err != nil {
		t.Fatal(err)
	}
	if k := c.Contrast(unit(3, 1), 0.95); !k.SE.OK || !k.P.OK || k.Reason != "" {
		t.Errorf("UZ has two accounts: %+v", k)
	}
	for _, w := range [][]float64{unit(3, 2), {0, 1, -1}} {
		k := c.Contrast(w, 0.95)
		if k.SE.OK || k.P.OK || k.Interval.Low.OK || !strings.Contains(k.Reason, "single cluster") {
			t.Errorf("%v rests on one account: %+v", w, k)
		}
	}
	// By hand: the ratio of the means 22 and 11.5.
	near(t, "value", c.Contrast(unit(3, 2), 0.95).Value, math.Log(22/11.5), 1e-12)
	if _, err := ClusterRobust(f, make([]int, len(y))); err == nil {
		t.Error("one cluster has no covariance")
	}
	// Clusters that are all alike leave residuals of rounding only.
	f, err = Poisson([][]float64{{1}, {1}, {1}}, []int64{7, 7, 7}, []float64{0.3, 0.3, 0.3})
	if err != nil {
		t.Fatal(err)
	}
	c, err = ClusterRobust(f, []int{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	if k := c.Contrast([]float64{1}, 0.95); k.SE.OK || k.Reason == "" {
		t.Errorf("no variation: %+v", k)
	}
}

func TestRegressionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.IntRange(1, 3).Draw(t, "groups")
		n := rapid.IntRange(2*groups, 20).Draw(t, "n")
		x, y, offset, cluster := make([][]float64, n), make([]int64, n), make([]float64, n), make([]int, n)
		events, exposure := make([]float64, groups), make([]float64, groups)
		for i := range n {
			g := i % groups
			x[i] = make([]float64, groups)
			x[i][0], x[i][g] = 1, 1
			y[i] = rapid.Int64Range(0, 60).Draw(t, "y")
			days := rapid.Float64Range(1, 90).Draw(t, "days")
			offset[i], cluster[i] = math.Log(days), i/2
			events[g] += float64(y[i])
			exposure[g] += days
		}
		f, err := Poisson(x, y, offset)
		if (err == nil) != (slices.Min(events) > 0) {
			t.Fatalf("events %v, error %v", events, err)
		}
		nb, nbErr := NegativeBinomial(x, y, offset)
		if err != nil {
			if nbErr == nil {
				t.Fatal("negative binomial fits what Poisson cannot")
			}
			return
		}
		if nbErr != nil {
			t.Fatalf("events %v: %v", events, nbErr)
		}
		if nb.LogLik < f.LogLik-1e-9 || !(nb.Alpha.V >= 0) {
			t.Fatalf("log likelihood %v, Poisson %v, alpha %v", nb.LogLik, f.LogLik, nb.Alpha)
		}
		// In closed form: the rate of a group is its events by its exposure,
		// and the variance of its log 1/events.
		for g := range groups {
			w := unit(groups, g)
			w[0] = 1
			c := f.Contrast(w, 0.95)
			if want := math.Log(events[g] / exposure[g]); math.Abs(c.Value-want) > 1e-9 || math.Abs(c.SE.V*math.Sqrt(events[g])-1) > 1e-9 {
				t.Fatalf("group %d: %v, want %v; se %v", g, c.Value, want, c.SE)
			}
		}
		// Exposure in other units and rows in another order change nothing but
		// the intercept.
		hours := slices.Clone(offset)
		for i := range hours {
			hours[i] += math.Log(24)
		}
		slices.Reverse(x)
		slices.Reverse(y)
		slices.Reverse(hours)
		slices.Reverse(cluster)
		for model, pair := range map[string][2]Fit{"poisson": {f, must(Poisson(x, y, hours))}, "nb": {nb, must(NegativeBinomial(x, y, hours))}} {
			a, b := pair[0], pair[1]
			for j := range a.Value {
				want := a.Value[j]
				if j == 0 {
					want -= math.Log(24)
				}
				if math.Abs(b.Value[j]-want) > 1e-6 {
					t.Fatalf("%s: coefficient %d: %v, want %v", model, j, b.Value[j], want)
				}
			}
			if n <= groups+1 {
				continue
			}
			r, err := ClusterRobust(b, cluster)
			if err != nil {
				continue
			}
			for j := range r.Value {
				c := r.Contrast(unit(groups, j), 0.95)
				if c.SE.OK == (c.Reason != "") || c.SE.OK && !(c.SE.V > 0 && c.P.V >= 0 && c.P.V <= 1) {
					t.Fatalf("%s: contrast %+v", model, c)
				}
			}
		}
	})
}

func must(f Fit, err error) Fit {
	if err != nil {
		panic(err)
	}
	return f
}

// R 4.2.2: 2*pnorm(-9) = 2.2571768119076812e-19; gonum's Normal.Survival takes
// 1 less the error function, which is 0 there.
func TestContrastKeepsFarTails(t *testing.T) {
	if s := distuv.UnitNormal.Survival(9); s != 0 {
		t.Errorf("gonum's Survival(9) is %v now", s)
	}
	x, y := make([][]float64, 81), make([]int64, 81)
	for i := range x {
		x[i], y[i] = []float64{1}, 1
	}
	// 81 events over an exposure of e each: the log rate is -1 with error 1/9.
	offset := make([]float64, 81)
	for i := range offset {
		offset[i] = 1
	}
	f, err := Poisson(x, y, offset)
	if err != nil {
		t.Fatal(err)
	}
	relative(t, "p", f.Contrast([]float64{1}, 0.95).P, 2.2571768119076812e-19, 1e-9)
}
