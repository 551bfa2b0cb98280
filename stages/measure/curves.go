package measure

import (
	"slices"
	"strconv"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/sample"
)

// quantiles of the rates of an account's posts: the median, and the middle 66
// and 95 %.
var quantiles = []float64{0.025, 0.17, 0.5, 0.83, 0.975}

// curves are the points of what an account was like in the study window, sorted
// by the key of the table. They lie in room where there is enough.
func curves(p *metrics.Period, room []datasets.Curve) []datasets.Curve {
	out := room[:0]
	point := func(curve, series string, x, y float64, n int64) {
		out = append(out, datasets.Curve{Curve: curve, Country: p.Account.Country.V, Platform: p.Account.Platform, AccountID: p.Account.AccountID,
			Series: series, X: x, Y: datasets.Some(y), N: n})
	}
	own := int64(len(p.Own))
	for _, c := range []struct {
		name string
		of   func(*datasets.Counts) datasets.Opt[int64]
	}{
		{"like", func(c *datasets.Counts) datasets.Opt[int64] { return c.Like }}, {"comment", func(c *datasets.Counts) datasets.Opt[int64] { return c.Comment }},
		{"share", func(c *datasets.Counts) datasets.Opt[int64] { return c.Share }}, {"quote", func(c *datasets.Counts) datasets.Opt[int64] { return c.Quote }},
		{"view", func(c *datasets.Counts) datasets.Opt[int64] { return c.View }},
	} {
		known := 0.0
		for _, q := range p.Own {
			if c.of(&q.Counts).OK {
				known++
			}
		}
		if own > 0 {
			point(datasets.CountsKnown, c.name, 0, known, own)
		}
	}
	var hours [7][24]int
	local := int64(0)
	for _, q := range p.Posts {
		if q.Local {
			hours[q.Weekday-1][q.Hour]++
			local++
		}
	}
	for d := range hours {
		for h, n := range hours[d] {
			if n > 0 {
				point(datasets.HourByWeekday, strconv.Itoa(d+1), float64(h), float64(n), local)
			}
		}
	}
	var rates []float64
	for _, q := range p.Own {
		if q.Interactions.OK && q.Followers.OK {
			rates = append(rates, 1000*float64(q.Interactions.V)/q.Followers.V)
		}
	}
	for i, v := range sample.Quantiles(rates, quantiles...) {
		if v.OK {
			point(datasets.RateQuantiles, "", quantiles[i], v.V, int64(len(rates)))
		}
	}
	type languages struct{ given, text string }
	posts := map[languages]float64{}
	both := int64(0)
	for _, q := range p.Own {
		if given := metrics.GivenLanguage(q.Given); given != "" && q.Language != "" {
			posts[languages{given, q.Language}]++
			both++
		}
	}
	for l, n := range posts {
		point(datasets.LanguagesGiven, l.given+" "+l.text, 0, n, both)
	}
	delays, answered := metrics.Latencies(p)
	for i, hours := range delays {
		y := 0.0
		if answered[i] {
			y = 1
		}
		point(datasets.Responses, strconv.Itoa(i+1), hours, y, 1)
	}
	slices.SortFunc(out, func(a, b datasets.Curve) int { return datasets.AccountCurves.Compare(&a, &b) })
	return out
}
