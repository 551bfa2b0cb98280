package compare

import (
	"math"
	"testing"

	"diplometrics/datasets"
)

// A trend is of one source, one country and whole years; two points are none.
func TestTrends(t *testing.T) {
	row := func(source, country, period string, v float64) datasets.PublishedValue {
		return datasets.PublishedValue{ID: source + period, Source: source, Country: datasets.Some(country), Subject: "country", Indicator: "egdi",
			Period: datasets.Some(period), Value: datasets.Some(v), Unit: datasets.Some("index")}
	}
	published := []datasets.PublishedValue{row("un", "KAZ", "2018", .1), row("un", "KAZ", "2010", .3), row("un", "KAZ", "2014", .2),
		row("press", "KAZ", "2014", .9), row("un", "UZB", "2010", 1), row("un", "UZB", "2012", 2), row("un", "KAZ", "2016-05", 9), row("un", "FRA", "2010", 1)}
	estimates := run(t, params, Input{Published: published}).Estimates
	if len(estimates) != 1 {
		t.Fatalf("got %+v, want the one series of three years", estimates)
	}
	e := estimates[0]
	if math.Abs(e.Value.V+0.025) > 1e-12 || e.N != 3 || e.Part != "un" || e.Unit != "index/year" || e.Platform != "national" {
		t.Errorf("got %+v", e)
	}
}
