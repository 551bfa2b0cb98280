package metrics

import (
	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// InterPostInterval is the time between consecutive posts.
var InterPostInterval = Metric{
	Name: "inter_post_interval", Unit: "hours", Version: 1, Shortest: Month,
	Formula: "τ_k = t_{k+1} − t_k;  IQR = Q₃ − Q₁;  CV = σ_τ / μ_τ",
	Doc: "Hours τ_k between consecutive posts of any type, t_k and t_{k+1}, within one stretch of observed time: an interval across a gap in coverage is not known. " +
		"Q₁ and Q₃ are the quartiles (type 7), μ_τ the mean and σ_τ the standard deviation with divisor n of the intervals. " +
		"Posts of the same second or, where a platform prints minutes, of the same minute have an interval of 0, which stays. " +
		"Posts that are parts of one thread are not merged, because the text is not looked at here: the number of pairs less than 60 s apart is flagged. " +
		"Where no coverage is stated, all known posts are taken as one stretch, flagged: a gap in collecting then counts as an interval. " +
		"Intervals that begin before the period or end after it are left out, which favours short ones: months have shorter intervals than the window that they make up. " +
		"The median is null without an interval, IQR and CV below two, CV where all are 0. " +
		"The column n is the number of posts, n_observed that of intervals.",
	Source: "Hyndman and Fan (1996), The American Statistician 50:361-365 (quantiles)",
	Parts: []Part{
		{Name: "median", Doc: "median interval", Scale: Ratio},
		{Name: "iqr", Doc: "interquartile range of the intervals"},
		{Name: "cv", Doc: "coefficient of variation: 0 is a clock, 1 independent posts at a constant rate, above it bursts", Unit: "1"},
	},
	OfPosts: func(p *Period, emit func(string, Value)) {
		if len(p.Posts) == 0 && p.Kind != Whole {
			return
		}
		hours, _, flag := intervals(p)
		v := Value{N: int64(len(p.Posts)), NObserved: int64(len(hours)), Uncertainty: noIntervalPosts, Flag: flag}
		quartiles := sample.Quantiles(hours, 0.25, 0.5, 0.75)
		spread := datasets.None[float64]()
		if len(hours) > 1 {
			spread = datasets.Some(quartiles[2].V - quartiles[0].V)
		}
		emit("median", filled(v, quartiles[1], fewIntervals(hours)))
		emit("iqr", filled(v, spread, fewIntervals(hours)))
		emit("cv", filled(v, sample.IntervalCV(hours), fewIntervals(hours)))
	},
}

// silences are the intervals between posts.
type silences struct {
	hours, longest []float64
	flag           string
}

// intervals returns the hours between consecutive posts of one stretch of
// observed time, in the order of time, and, as a part of them, those of the
// stretch with the most. Without observed time the period is one stretch. The
// flag says what is doubtful about them.
func intervals(p *Period) (hours, longest []float64, flag string) {
	if p.memory.silences == nil {
		s := &silences{}
		s.hours, s.longest, s.flag = findIntervals(p)
		p.memory.silences = s
	}
	return p.memory.silences.hours, p.memory.silences.longest, p.memory.silences.flag
}

func findIntervals(p *Period) (hours, longest []float64, flag string) {
	hours = make([]float64, 0, len(p.Posts))
	var before *Post
	var left, near int64
	spans, begin := p.Covered, 0
	endStretch := func() {
		if stretch := hours[begin:]; len(stretch) > len(longest) {
			longest = stretch
		}
		before, begin = nil, len(hours)
	}
	for _, q := range p.Posts {
		for len(spans) > 0 && q.At >= spans[0].To {
			spans = spans[1:]
			endStretch()
		}
		if len(p.Covered) > 0 && (len(spans) == 0 || q.At < spans[0].From) {
			left++
			continue
		}
		if before != nil {
			apart := q.At - before.At
			hours = append(hours, float64(apart)/3_600e6)
			if apart < 60e6 {
				near++
			}
		}
		before = q
	}
	endStretch()
	flag = p.Coverage
	if len(p.Covered) == 0 {
		flag = join(flag, "all known posts are taken as one stretch: a gap in collecting would count as an interval")
	}
	flag = join(flag, outside(left, 0))
	if near > 0 {
		flag = join(flag, plural(near, "pair")+" of posts less than 60 s apart, perhaps of one thread, not merged")
	}
	return hours, longest, flag
}

// fewIntervals says why intervals have no statistic.
func fewIntervals(hours []float64) string {
	switch len(hours) {
	case 0:
		return "no two posts in one stretch of observed time"
	case 1:
		return "1 interval, and it takes 2"
	}
	return "all intervals are 0"
}
