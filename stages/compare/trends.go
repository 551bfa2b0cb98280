package compare

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// trendIndicators lists the national indicators that are measured on one scale
// over time. The Global Cybersecurity Index is not: its editions differ.
var trendIndicators = []string{"e_participation_index", "egdi", "internet_users_percent"}

var year = regexp.MustCompile(`^[0-9]{4}$`)

// trends fits a straight line through each national indicator of one source.
// Years that a source leaves out stay out: nothing is filled in.
func trends(countries []string, published []datasets.PublishedValue) []datasets.Estimate {
	type series struct{ indicator, source, country, unit string }
	points := map[series][][2]float64{}
	for _, p := range published {
		if !slices.Contains(trendIndicators, p.Indicator) || p.Subject != "country" || p.Platform.OK || !p.Value.OK ||
			!slices.Contains(countries, p.Country.V) || !year.MatchString(p.Period.V) {
			continue
		}
		y, _ := strconv.Atoi(p.Period.V)
		k := series{p.Indicator, p.Source, p.Country.V, p.Unit.V}
		points[k] = append(points[k], [2]float64{float64(y), p.Value.V})
	}
	var out []datasets.Estimate
	for k, pts := range points {
		slices.SortFunc(pts, func(a, b [2]float64) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
		x, y := make([]float64, len(pts)), make([]float64, len(pts))
		for i, pt := range pts {
			x[i], y[i] = pt[0], pt[1]
		}
		t := sample.LinearTrend(x, y, confidence)
		if t.N < 3 {
			continue // two statements of a country's figure are no series
		}
		e := datasets.Estimate{Metric: k.indicator, Part: k.source, Country: k.country, Platform: "national", Method: "trend_per_year",
			Value: t.Slope, Low: t.Interval.Low, High: t.Interval.High, Unit: k.unit + "/year", N: int64(t.N),
			Uncertainty: "t_95: least squares on the year; assumes independent errors of equal spread, which a short national series hardly has"}
		if t.Serial.OK && t.Serial.V > 0.3 {
			e.Flag = datasets.Some(fmt.Sprintf("each residual follows the one before (lag-1 autocorrelation %.2f): the series bends, and the interval is too narrow", t.Serial.V))
		}
		out = append(out, e)
	}
	return out
}
