package compare

import (
	"fmt"
	"math"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// shrunken draws the accounts of each country and platform towards each other:
// posting rates by a gamma distribution of rates, the log engagement by a
// normal distribution of means. Other parts give no rows.
func (s *study) shrunken(p *part) []datasets.Shrunken {
	if !p.rate() && !(p.metric == engagement && isPrimary(p)) {
		return nil
	}
	var out []datasets.Shrunken
	for _, country := range s.p.Countries {
		for _, platform := range p.platforms {
			units := p.cells[cell{country, platform}]
			if len(units) == 0 {
				continue
			}
			rows := make([]datasets.Shrunken, len(units))
			for i, u := range units {
				rows[i] = datasets.Shrunken{Metric: p.metric, Part: p.name, Platform: platform, AccountID: u.of.AccountID, Country: country,
					Value: datasets.Some(u.value), Unit: p.unit, N: u.n}
			}
			if p.rate() {
				shrinkRates(rows, units)
			} else {
				s.shrinkMeans(rows, units)
			}
			out = append(out, rows...)
		}
	}
	return out
}

func shrinkRates(rows []datasets.Shrunken, units []unit) {
	events, exposure := make([]int64, len(units)), make([]float64, len(units))
	for i, u := range units {
		events[i], exposure[i] = u.posts, u.days
	}
	g := sample.GammaPoisson(events, exposure, confidence)
	fill(rows, "gamma_poisson", g.Shrinkage, sample.DaysPerMonth)
}

// shrinkMeans needs the variance of each account's mean of log(1 + 1000 I/F).
// The followers F of each post are not in the tables that compare reads: they
// are taken as the one number with which the account's interactions give its
// value, which the mean itself defines.
func (s *study) shrinkMeans(rows []datasets.Shrunken, units []unit) {
	y, v := make([]float64, len(units)), make([]float64, len(units))
	for i, u := range units {
		y[i], v[i] = u.value, varianceOfMean(s.counts[account{u.of.Platform, u.of.AccountID}], u.value)
	}
	fill(rows, "normal_normal", sample.ShrinkMeans(y, v, confidence), 1)
}

// varianceOfMean is the variance of the mean of log(1 + I c) over the posts of
// an account, with c such that the mean is the one given; 0 where there is no
// such c, or no spread.
func varianceOfMean(counts []datasets.InteractionCount, mean float64) float64 {
	var n float64
	for _, c := range counts {
		n += float64(c.Posts)
	}
	at := func(c float64) (m float64) {
		for _, k := range counts {
			m += float64(k.Posts) * math.Log1p(float64(k.Interactions)*c) / n
		}
		return m
	}
	// The mean grows with c; halving its logarithm between 1e-12 and 1e12 sixty
	// times leaves nothing to find.
	low, high := math.Log(1e-12), math.Log(1e12)
	if n < 2 || !(at(math.Exp(low)) < mean) || !(at(math.Exp(high)) > mean) {
		return 0
	}
	least, most := around(counts, n, mean, at)
	for range 60 {
		if mid := (low + high) / 2; mid <= least || mid < most && at(math.Exp(mid)) < mean {
			low = mid
		} else {
			high = mid
		}
	}
	var squares float64
	for _, k := range counts {
		d := math.Log1p(float64(k.Interactions)*math.Exp(low)) - mean
		squares += float64(k.Posts) * d * d
	}
	return squares / (n - 1) / n
}

// around returns two logarithms of c, close together, below and above which there
// is no need to ask on which side of the mean the values at c lie: Newton's method
// is there in a few steps, since the mean is convex in the logarithm. It returns
// -Inf and Inf where it cannot tell.
func around(counts []datasets.InteractionCount, n, mean float64, at func(c float64) float64) (least, most float64) {
	x := math.Log(1e12)
	for range 40 {
		c := math.Exp(x)
		var m, slope float64
		for _, k := range counts {
			i := float64(k.Interactions) * c
			m += float64(k.Posts) * math.Log1p(i)
			slope += float64(k.Posts) * i / (1 + i)
		}
		step := (m - mean*n) / slope
		x -= step
		if !(math.Abs(step) > 1e-11) {
			break
		}
	}
	const apart = 1e-10
	dust := float64(len(counts)) * 0x1p-50 * mean // more than rounding can do to a mean
	if at(math.Exp(x-apart)) < mean-dust && at(math.Exp(x+apart)) > mean+dust {
		return x - apart, x + apart
	}
	return math.Inf(-1), math.Inf(1)
}

// fill puts what was shrunken into the rows, times scale.
func fill(rows []datasets.Shrunken, method string, s sample.Shrinkage, scale float64) {
	times := func(v datasets.Opt[float64]) datasets.Opt[float64] {
		v.V *= scale
		return v
	}
	for i := range rows {
		r := &rows[i]
		r.Method, r.NAccounts = method, int64(s.Used)
		r.Shrunken = times(s.Values[i])
		var flags []string
		if s.Intervals != nil && r.Shrunken.OK {
			r.Low, r.High = times(s.Intervals[i].Low), times(s.Intervals[i].High)
		}
		switch {
		case s.Used < 2:
			flags = append(flags, fmt.Sprintf("not drawn towards others: that needs two accounts of the country on the platform with usable data, and there is %s", plural(s.Used, "account")))
		case !s.Mean.OK:
			flags = append(flags, "not drawn towards others: "+s.Warnings[len(s.Warnings)-1])
		case s.Used < sample.FewUnits:
			flags = append(flags, fmt.Sprintf("drawn towards a mean of %d accounts only, too few to know how far such accounts lie apart", s.Used))
		}
		if method == "gamma_poisson" && s.Between.OK && s.Between.V == 0 {
			flags = append(flags, "the rates differ no more than chance gives: every account has the rate of all posts by all days")
		}
		switch {
		case !r.Shrunken.OK && method == "normal_normal":
			flags = append(flags, "not shrunken: its posts do not spread, or too few have known interactions")
		case !r.Shrunken.OK && s.Mean.OK:
			flags = append(flags, "not shrunken: the days observed are not known")
		case method == "normal_normal":
			flags = append(flags, "posts of an account are taken as independent, so that it is drawn too little")
		}
		if len(flags) > 0 {
			r.Flag = datasets.Some(strings.Join(flags, "; "))
		}
	}
}
