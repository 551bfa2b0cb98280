package metrics

import (
	"fmt"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// HourOfDay is when in the day an account posts.
var HourOfDay = Metric{
	Name: "hour_of_day", Unit: "see part", Version: 1, Shortest: Month,
	Formula: "C = Σcos θᵢ / n;  S = Σsin θᵢ / n;  R = 1.00286 · √(C² + S²);  mean hour = (24/2π) · atan2(S, C) mod 24;  s = (24/2π) · √(−2 ln R);  I₁(κ)/I₀(κ) = R;  Z = n · (C² + S²)",
	Doc: "When in the day posts of any type appear, on a circle of 24 hours of the account's local time: 23:30 and 00:30 are an hour apart, and their mean is 0. " +
		"θᵢ is 2π/24 times the local hour of post i of n, taken in the middle of the hour: hours and not minutes are used, which shortens R, and (π/24)/sin(π/24) = 1.00286 makes up for it (R stays at most 1). " +
		"R is 0 where posts are spread over the day, or balanced, and 1 where all share one hour; κ is the concentration of the von Mises distribution, by maximum likelihood. " +
		"The mean hour is null where R is below 0.1 or Rayleigh's p above 0.05: two opposite peaks have no mean. " +
		"Rayleigh's p is that of hours spread evenly, by Z without the correction; it takes posts for independent, which posts in bursts are not, and is descriptive. " +
		"Local time is by the zone of the account with its changes of offset (Kazakhstan moved to UTC+5 on 1 March 2024); posts without one are left out, flagged. " +
		"Needs no exposure: observed time is taken to cover all hours alike. " +
		"The column n is the number of posts, n_observed that of posts whose local time is known.",
	Source: "Mardia and Jupp (2000), Directional Statistics, Wiley; Fisher (1993), Statistical Analysis of Circular Data, Cambridge University Press",
	Parts:  hourParts(),
	OfPosts: func(p *Period, emit func(string, Value)) {
		if len(p.Posts) == 0 && p.Kind != Whole {
			return
		}
		var counts [24]int64
		v := Value{N: int64(len(p.Posts)), Uncertainty: noIntervalPosts}
		for _, q := range p.Posts {
			if q.Local {
				v.NObserved++
				counts[q.Hour]++
			}
		}
		v.Flag = withoutLocalTime(v.N - v.NObserved)
		why := noneLocal(v)
		c := sample.HourBins(counts[:], true)
		because := func(reason string) string {
			if why != "" {
				return why
			}
			return reason
		}
		emit("mean_hour", filled(v, c.MeanHour, because("no preferred hour: R is below 0.1 or Rayleigh's p above 0.05 or, of one post, unknown")))
		emit("resultant_length", filled(v, c.R, why))
		emit("circular_sd", filled(v, c.SD, because("R is 0: the hours balance, and their spread has no bound")))
		emit("kappa", filled(v, c.Kappa, because("R is 1: no concentration is high enough")))
		emit("rayleigh_p", filled(v, c.RayleighP, because("1 post, and it takes 2")))
		for h, k := range counts {
			emit(hourNames[h], filled(v, shareOf(k, v.NObserved), why))
		}
	},
}

// hourNames are the parts of the hours.
var hourNames = func() (names [24]string) {
	for h := range names {
		names[h] = fmt.Sprintf("hour_%02d", h)
	}
	return names
}()

func hourParts() []Part {
	parts := []Part{
		{Name: "mean_hour", Doc: "mean direction, in hours since local midnight", Unit: "hour of the day"},
		{Name: "resultant_length", Doc: "R, mean resultant length in [0, 1]", Unit: "1"},
		{Name: "circular_sd", Doc: "s, circular standard deviation", Unit: "hours"},
		{Name: "kappa", Doc: "κ, concentration of the von Mises distribution", Unit: "1"},
		{Name: "rayleigh_p", Doc: "Rayleigh's p of an even spread; descriptive", Unit: "probability"},
	}
	for h := range 24 {
		parts = append(parts, Part{Name: hourNames[h], Doc: fmt.Sprintf("share of posts from %02d:00 to %02d:59 local time", h, h), Unit: "share"})
	}
	return parts
}

// withoutLocalTime flags posts of which the local time is not known.
func withoutLocalTime(n int64) string {
	if n == 0 {
		return ""
	}
	return plural(n, "post") + " without a local time, left out"
}

// noneLocal says why a value that needs local times has none, "" where some of
// its posts have one.
func noneLocal(v Value) string {
	switch {
	case v.NObserved > 0:
		return ""
	case v.N == 0:
		return "no post"
	}
	return "the local time of no post is known"
}

// shareOf is absent where the whole is 0.
func shareOf(part, whole int64) datasets.Opt[float64] {
	if whole == 0 {
		return datasets.None[float64]()
	}
	return datasets.Some(float64(part) / float64(whole))
}
