package compare

import (
	"runtime"
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// Tests of the same numbers of accounts share their draws, and still no row moves
// another: each metric alone, on one core, has the p that it has among all.
func TestDrawnTogetherAndAlone(t *testing.T) {
	in := invented()
	all := run(t, params, in)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	drawn, of := 0, map[string]bool{}
	for _, metric := range []string{postingRate, zeroShare, engagement} {
		alone := in
		alone.Values = slices.DeleteFunc(slices.Clone(in.Values), func(v datasets.Value) bool { return v.Metric != metric })
		out := run(t, params, alone)
		ps := map[rowName]datasets.Opt[float64]{}
		for i := range out.Comparisons {
			ps[nameOf(&out.Comparisons[i], "")] = out.Comparisons[i].P
		}
		for i := range out.Sensitivity {
			ps[nameOf(&out.Sensitivity[i].Comparison, out.Sensitivity[i].Variant)] = out.Sensitivity[i].P
		}
		check := func(c *datasets.Comparison, variant string) {
			if c.Metric != metric {
				return
			}
			if strings.Contains(c.Uncertainty, "p by 99999 of") {
				drawn++
				of[metric] = true
			}
			if p := ps[nameOf(c, variant)]; c.P != p {
				t.Errorf("%+v: p is %v among all, %v alone", nameOf(c, variant), c.P, p)
			}
		}
		for i := range all.Comparisons {
			check(&all.Comparisons[i], "")
		}
		for i := range all.Sensitivity {
			check(&all.Sensitivity[i].Comparison, all.Sensitivity[i].Variant)
		}
	}
	if drawn < 10 || len(of) != 3 {
		t.Errorf("%d tests of %d metrics were drawn", drawn, len(of))
	}
}
