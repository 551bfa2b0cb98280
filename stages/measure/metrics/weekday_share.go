package metrics

import (
	"diplometrics/datasets"
)

// weekdays are the parts of WeekdayShare, Monday first.
var weekdays = [7]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}

// WeekdayShare is the profile of posting over the week.
var WeekdayShare = Metric{
	Name: "weekday_share", Unit: "share", Version: 1, Shortest: Month,
	Formula: "w_d = (n_d / T_d) / Σ_e (n_e / T_e)",
	Doc: "Share of a weekday in posting at equal exposure: a window with five Mondays and four Tuesdays does not make Mondays busier. " +
		"n_d is the number of posts of any type in observed time whose local date is a weekday d, T_d the observed time on weekdays d, and the sum is over the seven of them: the shares add up to 1, and 1/7 each is an even week. " +
		"T_d is counted in days of the UTC calendar, though posts are counted by the account's local date: the two differ only by some hours at the ends of observed time. " +
		"Null where a weekday was not observed at all, where no post in observed time has a local date, and where no coverage is stated. " +
		"Public holidays are not taken out: one in a short window moves its weekday. " +
		"The column n is the number of posts, n_observed that of posts in observed time whose local date is known.",
	Source: "Definition of this program; exposure as in posts_per_month",
	Parts: []Part{
		{Name: weekdays[0], Doc: "Mondays"},
		{Name: weekdays[1], Doc: "Tuesdays"},
		{Name: weekdays[2], Doc: "Wednesdays"},
		{Name: weekdays[3], Doc: "Thursdays"},
		{Name: weekdays[4], Doc: "Fridays"},
		{Name: weekdays[5], Doc: "Saturdays"},
		{Name: weekdays[6], Doc: "Sundays"},
	},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if uncovered(p, p.Posts, emit, weekdays[:]...) {
			return
		}
		var counts [7]int64
		v := Value{N: int64(len(p.Posts)), Uncertainty: noIntervalPosts}
		var observed int64
		for _, q := range p.Posts {
			if !q.Covered {
				continue
			}
			observed++
			if q.Local {
				v.NObserved++
				counts[q.Weekday-1]++
			}
		}
		if observed == 0 && p.Kind != Whole {
			return
		}
		v.Flag = join(p.Coverage, outside(v.N, observed), withoutLocalTime(observed-v.NObserved))

		var exposure [7]datasets.Micros
		for d, length := range days(p.Covered) {
			exposure[weekday(d)] += length
		}
		why := ""
		if v.NObserved == 0 {
			why = "no post in observed time with a local date"
		}
		for d, t := range exposure {
			if t == 0 && why == "" {
				why = "no " + weekdays[d] + " was observed"
			}
		}
		var rates [7]float64
		var sum float64
		if why == "" {
			for d := range rates {
				rates[d] = float64(counts[d]) / float64(exposure[d])
				sum += rates[d]
			}
		}
		for d, name := range weekdays {
			share := datasets.Opt[float64]{OK: why == ""}
			if share.OK {
				share.V = rates[d] / sum
			}
			emit(name, filled(v, share, why))
		}
	},
}

// weekday is 0 for a Monday.
func weekday(d datasets.Day) int {
	const thursday = 3 // 1970-01-01
	return int(((d+thursday)%7 + 7) % 7)
}
