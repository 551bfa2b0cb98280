package metrics

import (
	"slices"

	"diplometrics/datasets"
)

// HolidayCoverage is the share of its country's holidays on which an account
// posts.
var HolidayCoverage = Metric{
	Name: "holiday_coverage", Unit: "share", Version: 1, Shortest: Whole,
	Formula: "coverage = #{h : a post within the days of h ± 1} / m",
	Doc: "Share of the holidays of the account's country on which it posted. h are the holidays in the study window of which every day lies in observed time, m how many they are; a holiday of several days is one, and so is each of its years. " +
		"any_post takes posts of any kind and content, mentioned those that speak of the holiday by the words that it has in holidays.csv. " +
		"Both take reposts too, and posts from the day before the first day to the day after the last, since greetings come early and late; dates of posts are local where the zone of the account is known, else of UTC, and days are observed by UTC. " +
		"The holidays are those of the study's holidays.csv, else those that ship: the days off of fixed date of Kazakhstan, Uzbekistan and Kyrgyzstan as of 2024, without the feasts whose date moves. " +
		"Where a post of the days has no text and no other speaks of the holiday, mentioned leaves it out. A holiday without a post is one that was not marked on this account; another account of the organization may have. " +
		"Not emitted for countries without a holiday in the list. Null where no holiday lies in observed time. The column n is the number of holidays with a day in the window, n_observed that of those that the value rests on.",
	Source: "Share of a count; prompted by the observation of an embassy's month of Nauryz without a post in Amrina, Ozganbay and Bekbauova (2024), table 4",
	Parts: []Part{
		{Name: "any_post", Doc: "holidays with a post of any content", Scale: Difference},
		{Name: "mentioned", Doc: "holidays with a post that speaks of them", Scale: Difference},
	},
	OfPosts: func(p *Period, emit func(string, Value)) {
		country := p.Account.Country
		if !country.OK || !slices.ContainsFunc(p.Setting.Holidays, func(h Holiday) bool { return h.Country == country.V }) {
			return
		}
		v := Value{Uncertainty: noIntervalPosts}
		var posted, mentioned, unread int64
		for i := range p.Setting.Holidays {
			h := &p.Setting.Holidays[i]
			if h.Country != country.V || h.To <= p.From || h.From >= p.To {
				continue
			}
			v.N++
			if !slices.ContainsFunc(p.Covered, func(s Span) bool { return s.From <= h.From.Micros() && h.To.Micros() <= s.To }) {
				continue
			}
			v.NObserved++
			any, spoken, textless := around(p.Near, h)
			if any {
				posted++
			}
			switch {
			case spoken:
				mentioned++
			case textless:
				unread++
			}
		}
		why := ""
		switch {
		case v.N == 0:
			why = "no holiday of the country lies in the period"
		case v.NObserved == 0:
			why = join("no holiday lies in observed time", p.Coverage)
		default:
			v.Flag = join(p.Coverage, unwatched(v.N-v.NObserved))
		}
		emit("any_post", filled(v, shareOf(posted, v.NObserved), why))
		v.NObserved -= unread
		if why == "" && unread > 0 {
			v.Flag = join(v.Flag, plural(unread, "holiday")+" left out, near which posts have no text and no other speaks of it")
		}
		if why == "" && v.NObserved == 0 {
			why = "near every holiday there are posts without text, and none that speaks of it"
		}
		emit("mentioned", filled(v, shareOf(mentioned, v.NObserved), why))
	},
}

// around tells whether there is a post within a day of a holiday, whether one
// of them speaks of it, and whether one has no text to tell by.
func around(posts []*Post, h *Holiday) (any, spoken, textless bool) {
	topic := HolidayTopic + h.Name
	// A local date is at most a day off that of UTC.
	first, _ := slices.BinarySearchFunc(posts, (h.From - 2).Micros(), func(q *Post, t datasets.Micros) int {
		if q.At < t {
			return -1
		}
		return 1
	})
	for _, q := range posts[first:] {
		if q.At >= (h.To + 2).Micros() {
			break
		}
		if d := dayOf(q); d < h.From-1 || d > h.To {
			continue
		}
		any = true
		spoken = spoken || slices.Contains(q.Topics, topic)
		textless = textless || len(q.Topics) == 0
	}
	return any, spoken, textless
}

// unwatched flags holidays outside of observed time.
func unwatched(n int64) string {
	if n == 0 {
		return ""
	}
	return plural(n, "holiday") + " not wholly in observed time, left out"
}
