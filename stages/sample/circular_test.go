package sample

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"diplometrics/datasets"

	"pgregory.net/rapid"
)

// apart is the distance of two hours around the clock.
func apart(a, b float64) float64 {
	d := math.Mod(math.Abs(a-b), 24)
	return math.Min(d, 24-d)
}

func TestHoursOfDayAgainstRAndSciPy(t *testing.T) {
	var cases []struct {
		Name            string
		Tolerance       float64
		Hours           []float64
		Direction, R, P float64
		SD              float64 `json:"sd_rad"`
		Kappa, Z        *float64
	}
	described(t, "circular", &cases)
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			d := HoursOfDay(c.Hours, nil)
			near(t, "n", d.N, float64(len(c.Hours)), 0)
			near(t, "direction", d.Direction.V, c.Direction, c.Tolerance)
			near(t, "R", d.R.V, c.R, c.Tolerance)
			near(t, "variance", d.Variance.V, 1-c.R, c.Tolerance)
			near(t, "sd", d.SD.V*2*math.Pi/24, c.SD, c.Tolerance)
			near(t, "p", d.RayleighP.V, c.P, c.Tolerance)
			if c.Kappa != nil {
				near(t, "kappa", d.Kappa.V, *c.Kappa, c.Tolerance)
			}
			if c.Z != nil {
				near(t, "Z", d.RayleighZ.V, *c.Z, c.Tolerance)
			}
			if d.MeanHour.OK != (c.P <= 0.05) {
				t.Errorf("mean hour %v with p = %v", d.MeanHour, c.P)
			}
		})
	}
}

func TestHoursOfDayEdges(t *testing.T) {
	var e struct {
		Tolerance         float64
		WrapHours         []float64 `json:"wrap_hours"`
		WrapMean          float64   `json:"wrap_mean"`
		AntipodalHours    []float64 `json:"antipodal_hours"`
		AntipodalR        float64   `json:"antipodal_r"`
		Grouping          float64
		GroupingTolerance float64 `json:"grouping_tolerance"`
	}
	described(t, "circular_edges", &e)

	wrap := HoursOfDay(e.WrapHours, nil)
	near(t, "mean of 23 h and 1 h", apart(wrap.Direction.V, e.WrapMean), 0, e.Tolerance)
	if wrap.Direction.V < 0 || wrap.Direction.V >= 24 {
		t.Errorf("direction %v is outside of [0, 24)", wrap.Direction.V)
	}
	if wrap.MeanHour.OK {
		t.Error("two posts cannot tell a mean hour from chance")
	}

	opposite := HoursOfDay(e.AntipodalHours, nil)
	near(t, "R of 6 h and 18 h", opposite.R.V, e.AntipodalR, e.Tolerance)
	near(t, "kappa", opposite.Kappa.V, 0, 0)
	near(t, "variance", opposite.Variance.V, 1, 0)
	if opposite.Direction.OK || opposite.MeanHour.OK || opposite.SD.OK || !opposite.RayleighP.OK {
		t.Errorf("opposite hours have no direction: %+v", opposite)
	}

	// Binned and exact events in the middles of the bins differ by the correction alone.
	bins := make([]int64, 24)
	bins[9], bins[10], bins[14] = 5, 3, 2
	grouped := HourBins(bins, true)
	exact := HoursOfDay([]float64{9.5, 10.5, 14.5}, []float64{5, 3, 2})
	near(t, "grouping", grouped.R.V/exact.R.V, e.Grouping, e.GroupingTolerance)
	near(t, "direction", grouped.Direction.V, exact.Direction.V, e.Tolerance)
	near(t, "Z", grouped.RayleighZ.V, exact.RayleighZ.V, e.Tolerance)
	near(t, "R at the beginnings", HourBins(bins, false).R.V, exact.R.V, e.Tolerance)
	near(t, "direction at the beginnings", HourBins(bins, false).Direction.V, exact.Direction.V-0.5, e.Tolerance)

	same := HoursOfDay([]float64{7.3, 7.3, 7.3, 7.3}, nil)
	near(t, "R of one time", same.R.V, 1, 0)
	near(t, "sd of one time", same.SD.V, 0, 0)
	near(t, "mean hour of one time", same.MeanHour.V, 7.3, 1e-12)
	if same.Kappa.OK {
		t.Errorf("no finite kappa gives one time, got %v", same.Kappa.V)
	}
	one := HoursOfDay([]float64{7.3}, nil)
	if one.RayleighP.OK || one.MeanHour.OK || !one.Direction.OK {
		t.Errorf("one event has a time and no test: %+v", one)
	}
	heavy := HoursOfDay([]float64{9, 10}, []float64{1e200, 1e200})
	near(t, "p of heavy weights", heavy.RayleighP.V, 0, 0)
	near(t, "mean hour of heavy weights", heavy.MeanHour.V, 9.5, 1e-12)
	// By definition: one bin of 24 with 2.5 times the others has R = 1.5/25.5 times the correction.
	weak := slices.Repeat([]int64{100_000}, 24)
	weak[9] = 250_000
	if d := HourBins(weak, true); d.RayleighP.V > 1e-6 || d.MeanHour.OK || apart(d.Direction.V, 9.5) > 1e-9 || math.Abs(d.R.V-1.5/25.5*e.Grouping) > 1e-9 {
		t.Errorf("a weak preference in many posts has a direction and no mean hour: %+v", d)
	}
	full := make([]int64, 24)
	full[3] = 1_000_000
	near(t, "R stays at most 1", HourBins(full, true).R.V, 1, 0)
	for i := range full {
		full[i] = 1_000_000_007
	}
	if d := HourBins(full, true); d.R.V != 0 || d.Direction.OK {
		t.Errorf("uniform bins: %+v", d)
	}
}

func TestHoursOfDayAbsent(t *testing.T) {
	for name, d := range map[string]DayCircle{
		"nothing":          HoursOfDay(nil, nil),
		"NaN":              HoursOfDay([]float64{math.NaN(), 3}, nil),
		"infinite":         HoursOfDay([]float64{math.Inf(1)}, nil),
		"negative weight":  HoursOfDay([]float64{3, 4}, []float64{1, -1}),
		"no weight":        HoursOfDay([]float64{3, 4}, []float64{0, 0}),
		"infinite weight":  HoursOfDay([]float64{3, 4}, []float64{1, math.Inf(1)}),
		"no bins":          HourBins(nil, true),
		"two bins":         HourBins([]int64{1, 2}, true),
		"empty bins":       HourBins(make([]int64, 24), false),
		"a negative count": HourBins([]int64{1, 2, -1}, false),
	} {
		if d != (DayCircle{}) {
			t.Errorf("%s: got %+v, want everything absent", name, d)
		}
	}
}

func TestKappaAgainstSciPy(t *testing.T) {
	var c struct {
		Tolerance float64
		R, Kappa  []float64
	}
	described(t, "kappa", &c)
	for i, r := range c.R {
		near(t, "kappa", kappa(r).V/c.Kappa[i], 1, c.Tolerance)
	}
	near(t, "kappa of 0", kappa(0).V, 0, 0)
	// The two ways to the ratio meet where they change over.
	near(t, "ratio at 500", besselRatio(500), besselRatio(math.Nextafter(500, 501)), 1e-15)
}

func TestHoursOfDayProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := rapid.SliceOfN(rapid.IntRange(0, 1439), 2, 40).Draw(t, "minutes")
		turn := rapid.IntRange(1, 1439).Draw(t, "turn")
		hours, turned, bins := make([]float64, len(minutes)), make([]float64, len(minutes)), make([]int64, 1440)
		for i, m := range minutes {
			hours[i], turned[i] = float64(m)/60, float64(m+turn)/60
			bins[m]++
		}
		d := HoursOfDay(hours, nil)
		same := func(what string, a, b datasets.Opt[float64], tol float64) {
			if a.OK != b.OK || math.Abs(a.V-b.V) > tol*math.Max(1, math.Abs(a.V)) {
				t.Fatalf("%s: %v and %v", what, a, b)
			}
		}
		if d.R.V < 0 || d.R.V > 1 || d.RayleighP.V < 0 || d.RayleighP.V > 1 || d.Direction.OK && (d.Direction.V < 0 || d.Direction.V >= 24) {
			t.Fatalf("out of bounds: %+v", d)
		}
		// Bins, another order and another clock tell the same.
		b := HourBins(bins, false)
		rand.New(rand.NewPCG(3, 4)).Shuffle(len(hours), func(i, j int) { hours[i], hours[j] = hours[j], hours[i] })
		e, r := HoursOfDay(hours, nil), HoursOfDay(turned, nil)
		for _, other := range []DayCircle{b, e, r} {
			same("R", d.R, other.R, 1e-11)
			same("Z", d.RayleighZ, other.RayleighZ, 1e-10)
			same("p", d.RayleighP, other.RayleighP, 1e-10)
		}
		if d.R.V > 1e-6 && (apart(d.Direction.V, b.Direction.V) > 1e-7 || apart(d.Direction.V+float64(turn)/60, r.Direction.V) > 1e-7) {
			t.Fatalf("directions %v, %v, %v", d.Direction, b.Direction, r.Direction)
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		r := rapid.Float64Range(1e-9, 0.999999).Draw(t, "r")
		if k := kappa(r); math.Abs(besselRatio(k.V)-r) > 1e-13 {
			t.Fatalf("I1/I0 at %v is %v, want %v", k.V, besselRatio(k.V), r)
		}
	})
}
