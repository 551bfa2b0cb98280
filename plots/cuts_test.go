package plots

import (
	"slices"
	"strings"
	"testing"

	"diplometrics/datasets"
)

// TestCuts: intervals are cut at the ends of what is possible, and the note names
// the ends where one was.
func TestCuts(t *testing.T) {
	for name, c := range map[string]struct {
		cuts     *cuts
		lo, hi   float64
		from, to float64
		say      func(float64) string
		want     string
	}{
		"within":     {cutShares(), .1, .9, .1, .9, sayBound, ""},
		"at the end": {cutShares(), 0, 1, 0, 1, sayBound, ""},
		"below":      {cutShares(), -.1, .4, 0, .4, sayBound, "Intervals are cut at 0 where they would reach beyond."},
		"above":      {cutShares(), .1, 1.4, .1, 1, sayBound, "Intervals are cut at 100 % where they would reach beyond."},
		"both":       {cutShares(), -.4, 1.4, 0, 1, sayBound, "Intervals are cut at 0 and 100 % where they would reach beyond."},
		"a count":    {cutCounts(), -3, 1e9, 0, 1e9, sayBound, "Intervals are cut at 0 where they would reach beyond."},
		"difference": {cutShareDifferences(), -1.2, .3, -1, .3, saySigned, "Intervals are cut at −1.00 where they would reach beyond."},
	} {
		from, to := c.cuts.cut(c.lo, c.hi)
		if note := tidy(c.cuts.note(c.say)); from != c.from || to != c.to || note != c.want {
			t.Errorf("%s: got %v to %v, %q", name, from, to, note)
		}
	}
}

// TestImpossibleIntervals: figures cut intervals only where they must, say so only
// then, and their tables keep what was computed.
func TestImpossibleIntervals(t *testing.T) {
	share := func(metric, part string) func(lo, hi float64) *Data {
		return func(lo, hi float64) *Data {
			d := newStudy()
			for _, c := range d.Study.Countries {
				e := estimate(metric, part, c, "x", .4, true)
				e.Low, e.High = datasets.Some(lo), datasets.Some(hi)
				d.Estimates = append(d.Estimates, e)
			}
			return d
		}
	}
	for name, c := range map[string]struct {
		figure Figure
		study  func(lo, hi float64) *Data
		scale  float64 // of what is possible
	}{
		"topic_shares":    {topicShares, share("topic_share", "a.b"), 1},
		"language_shares": {languageShares, share("language_share", "en"), 1},
		"posting": {posting, func(lo, hi float64) *Data {
			d := newStudy()
			v := rateOf(.4)
			v.CILow, v.CIHigh = datasets.Some(lo), datasets.Some(hi)
			observed(t, d, "KAZ", "x", "a", v)
			return d
		}, 1e6},
		"posting_rates": {postingRates, func(lo, hi float64) *Data {
			d := newStudy()
			v := rateOf(.4)
			v.CILow, v.CIHigh = datasets.Some(lo), datasets.Some(hi)
			observed(t, d, "KAZ", "x", "a", v)
			d.Values[0].Part = "counted"
			return d
		}, 1e6},
		"contrasts": {contrasts, func(lo, hi float64) *Data {
			d := newStudy()
			c := contrastOf(outcomeZeros, .4, 2*lo-1, 2*hi-1, .5)
			d.Comparisons = append(d.Comparisons, c)
			return d
		}, 1},
	} {
		for _, ends := range [][2]float64{{.1, .9}, {-.3, .9}, {.1, 1.5}} {
			p := drawnPage(t, c.figure, c.study(ends[0], ends[1]))
			checkTexts(t, p)
			cut := ends[0] < 0 || ends[1] > c.scale
			if strings.Contains(p.Caption, "Intervals are cut at ") != cut {
				t.Errorf("%s, %v: cut in %q", name, ends, p.Caption)
			}
			want := ends
			if c.figure.Name == "contrasts" {
				want = [2]float64{2*ends[0] - 1, 2*ends[1] - 1}
			}
			for _, v := range want {
				if !slices.ContainsFunc(p.Rows, func(r []string) bool { return slices.Contains(r, plain(datasets.Some(v))) }) {
					t.Errorf("%s: the table lacks %v: %v", name, v, p.Rows)
				}
			}
		}
	}
}

// TestGeometricMeansSayWhatOf: a figure with a geometric mean of posting rates says
// that half a post is added.
func TestGeometricMeansSayWhatOf(t *testing.T) {
	d := newStudy()
	for _, c := range d.Study.Countries {
		observed(t, d, c, "x", c, rateOf(2))
		d.Estimates = append(d.Estimates, datasets.Estimate{Metric: "posts_per_month", Part: "observed", Country: c, Platform: standardised, Method: "geometric_mean_of_accounts", Value: datasets.Some(2.)})
	}
	d.Comparisons = append(d.Comparisons, contrastOf(outcomePosting, 2, .5, 3, .3))
	d.Sensitivity = append(d.Sensitivity, datasets.Variant{Variant: "as_published", Comparison: d.Comparisons[0]})
	for _, f := range []Figure{posting, contrasts, sensitivity} {
		p := drawnPage(t, f, d)
		checkTexts(t, p)
		if !strings.Contains(tidy(p.Caption), "geometric means of accounts of (posts + ½) per 30.4375 observed days") {
			t.Errorf("%s does not say what its geometric means are of: %q", f.Name, p.Caption)
		}
	}
}
