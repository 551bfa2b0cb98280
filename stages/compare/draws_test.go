package compare

import (
	"path/filepath"
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

// Rows and columns that Uses and ValueColumns leave out change nothing: nobody
// has to read them.
func TestUsesAllThatCounts(t *testing.T) {
	in := invented()
	more := in
	more.Values = nil
	for i, v := range in.Values {
		seven := datasets.Some(7.0)
		v.Low, v.High, v.CILow, v.CIHigh, v.Uncertainty, v.N = seven, seven, seven, seven, "seven", 7
		more.Values = append(more.Values, v)
		switch i % 4 {
		case 0:
			v.PeriodKind = "week"
		case 1:
			v.PeriodStart, v.PeriodEnd = params.From-9, params.From
		case 2:
			v.PeriodStart, v.PeriodEnd = params.To, params.To+9
		case 3:
			v.Part = "undeclared"
		}
		v.Value = datasets.Some(1e6)
		more.Values = append(more.Values, v)
	}
	slices.SortFunc(more.Values, func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) })
	path := filepath.Join(t.TempDir(), "values.parquet")
	if err := datasets.Values.Write(path, more.Values, datasets.WriteOptions{}); err != nil {
		t.Fatal(err)
	}
	few := more
	few.Values = nil
	for rows, err := range datasets.Values.Read(t.Context(), path, ValueColumns...) {
		if err != nil {
			t.Fatal(err)
		}
		few.Values = append(few.Values, slices.DeleteFunc(rows, func(v datasets.Value) bool { return !params.Uses(&v) })...)
	}
	want, got := run(t, params, more), run(t, params, few)
	if !slices.Equal(got.Estimates, want.Estimates) || !slices.Equal(got.Comparisons, want.Comparisons) || !slices.Equal(got.Sensitivity, want.Sensitivity) || !slices.Equal(got.Shrunken, want.Shrunken) {
		t.Error("what Uses leaves out changes the result")
	}
	if len(few.Values) != len(in.Values) {
		t.Errorf("%d values are used, want the first %d", len(few.Values), len(in.Values))
	}
}
