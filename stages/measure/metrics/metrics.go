// Package metrics is the shelf of metrics: one file a metric, named as the
// metric column names it. A metric turns what is known of one account into
// values; it knows nothing of other accounts, of countries or of files.
package metrics

import (
	"fmt"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Metric defines one metric. Name, unit, Doc and Source are what
// "diplometrics list metrics" prints.
type Metric struct {
	Name    string
	Unit    string
	Formula string // in plain Unicode; the letters that it uses are in Doc
	Doc     string // definition first, then caveats
	Source  string // where the formula comes from
	Version int    // raised whenever the same input would give other values
	Parts   []Part // every part that Of and OfPosts may emit, in the order of tables

	// Of emits the values of one account that its snapshots and counted windows
	// give, each with its own period and source. It leaves w as it is. Nil where
	// they give none.
	Of func(w *Window, emit func(part string, v Value))

	// OfPosts emits the values of one account and period that its posts give. It
	// leaves p as it is. Kind, From, To, Source and, where it is absent,
	// ExposureDays are filled in afterwards. Nil where posts give none.
	OfPosts func(p *Period, emit func(part string, v Value))
	// Shortest is the shortest kind of period that OfPosts is asked for: a Gini
	// coefficient of the three posts of a week says nothing.
	Shortest string
}

// Scales on which accounts are compared.
const (
	Ratio      = "ratio"      // of logarithms: countries differ by a factor
	Difference = "difference" // countries differ by an amount
)

// AnyPart is the name of a part that stands for all those which the study's own
// files name, such as the topics of its codebook.
const AnyPart = "*"

// PartOf returns the declared part of that name, nil where there is none.
func (m *Metric) PartOf(name string) *Part {
	var any *Part
	for i := range m.Parts {
		switch m.Parts[i].Name {
		case name:
			return &m.Parts[i]
		case AnyPart:
			any = &m.Parts[i]
		}
	}
	return any
}

// Shorter tells whether periods of kind a are shorter than those of kind b.
func Shorter(a, b string) bool {
	kinds := []string{Week, Month, Whole}
	return slices.Index(kinds, a) < slices.Index(kinds, b)
}

// Part is one way of measuring a metric, or one component of it.
type Part struct {
	Name, Doc string
	Unit      string // where it differs from the metric's
	Scale     string // on which countries are compared by it; "" where they are not
}

// Window is what is known of one account: its snapshots and counted windows,
// each sorted by its table's key.
type Window struct {
	Account   datasets.Account
	Snapshots []datasets.AccountSnapshot
	Counted   []datasets.AccountWindow
}

// Value is one value of a metric and what bounds it.
type Value struct {
	Kind         string // week, month or window
	From, To     datasets.Day
	V, Low, High datasets.Opt[float64] // value, and the bounds that rounding in print or on screen allows
	CI           sample.Interval       // 95 % interval
	Uncertainty  string                // method and assumption of the interval, or why there is none
	N, NObserved int64
	ExposureDays datasets.Opt[float64]
	Flag         string
	Source       string
}

// All lists the metrics.
var All = []Metric{
	ActiveDaysShare,
	Burstiness,
	Commitment,
	CrossPostingShare,
	Engagement,
	FollowerGrowth,
	Freshness,
	Gini,
	HIndex,
	Herfindahl,
	HolidayCoverage,
	HourOfDay,
	InterPostInterval,
	InteractionRate,
	InteractionRateByView,
	InteractionsPerPost,
	LanguageShare,
	LikesPerPost,
	LikesPerPostPer1000Followers,
	LogInteractionsPer1000Followers,
	LongestSilence,
	Popularity,
	PostTypeShare,
	PostsPerMonth,
	ResponseLatency,
	TopDecileShare,
	TopicShare,
	Virality,
	WeekdayShare,
	ZeroShare,
}

// Why a value has no interval; one spelling each, so that tables can be grouped.
const (
	noInterval        = "none: a single published or shown number; low and high bound its rounding"
	noIntervalCounted = "none: counted in full, nothing was sampled"
	noIntervalAbsent  = "none: there is no value"
	noIntervalPosts   = "none: every known post of the period was counted, and posts of one account depend on each other"
)

// absent is a value that cannot be computed, and why.
func absent(from, to datasets.Day, source, why string) Value {
	return Value{Kind: "window", From: from, To: to, Uncertainty: noIntervalAbsent, Flag: why, Source: source}
}

// minSpanDays is the shortest span between two snapshots whose change is read
// as growth: below it, the change is within what counts waver from hour to hour.
const minSpanDays = 7

// shortSpan is the flag of a value from too short a span.
func shortSpan(days float64) string {
	if days >= minSpanDays {
		return ""
	}
	return fmt.Sprintf("%s %.2f days between the snapshots, fewer than %d", datasets.ShortSpan, days, minSpanDays)
}

// plural is a number with its noun.
func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// join adds a flag to others.
func join(flags ...string) string {
	out := ""
	for _, f := range flags {
		if f == "" {
			continue
		}
		if out != "" {
			out += "; "
		}
		out += f
	}
	return out
}

// sources joins two source ids.
func sources(a, b string) string {
	if a == b {
		return a
	}
	return a + "+" + b
}

// counter is the source of a counted window, with the counter where the source
// names several.
func counter(c *datasets.AccountWindow) string {
	if c.CountedBy == c.Source {
		return c.Source
	}
	return c.Source + "/" + c.CountedBy
}

// ends returns the first and the last snapshot that shows a count, and how
// many do; ok is false below two moments.
func ends(snapshots []datasets.AccountSnapshot, count func(*datasets.AccountSnapshot) *datasets.Shown) (first, last *datasets.AccountSnapshot, n int64, ok bool) {
	for i := range snapshots {
		if !count(&snapshots[i]).V.OK {
			continue
		}
		n++
		if first == nil {
			first = &snapshots[i]
		}
		last = &snapshots[i]
	}
	return first, last, n, n >= 2 && first.ObservedAt < last.ObservedAt
}

// daysBetween is the time from a to b in days.
func daysBetween(a, b datasets.Micros) float64 { return float64(b-a) / 86_400e6 }

// spanBounds is the least and the greatest time between two snapshots, in days,
// that the precision of their times allows. The least is 0 where they may be of
// one moment.
func spanBounds(a, b *datasets.AccountSnapshot) (least, greatest float64) {
	days := daysBetween(a.ObservedAt, b.ObservedAt)
	return max(0, days-width[a.ObservedPrecision]), days + width[b.ObservedPrecision]
}

// width is how long the span is that a time of some precision begins, in days.
var width = map[string]float64{"second": 0, "day": 1, "month": 31, "year": 366}

// vague says that a time is known only to the month or year.
func vague(s ...*datasets.AccountSnapshot) string {
	for _, x := range s {
		if x.ObservedPrecision == "month" || x.ObservedPrecision == "year" {
			return "time of a snapshot known only to the " + x.ObservedPrecision
		}
	}
	return ""
}

// meanLikes is the mean of likes a post in a counted window, from the sum
// where it was counted, else as printed with the bounds of its rounding.
func meanLikes(w *datasets.AccountWindow) (v, low, high datasets.Opt[float64], flag string) {
	switch {
	case w.Likes.OK && w.LikesN.OK && w.LikesN.V > 0:
		m := datasets.Some(float64(w.Likes.V) / float64(w.LikesN.V))
		return m, m, m, ""
	case w.LikesMean.OK:
		v = w.LikesMean
		if w.LikesMeanText.OK {
			if p, err := sample.ParsePrinted(w.LikesMeanText.V, true); err == nil {
				low, high = datasets.Some(p.Low), datasets.Some(p.High)
			}
		}
		if v.V == 0 {
			flag = "a mean of 0 can be a platform without reactions, reactions hidden by the account, or a mean that rounds to 0"
		}
		return v, low, high, flag
	case w.Posts.OK && w.Posts.V == 0 || w.Likes.OK && w.LikesN.OK:
		return v, low, high, "no post in the window: there is no mean of likes"
	}
	return v, low, high, "likes were not counted"
}

// scale divides by f and multiplies by k; absent stays absent.
func scale(o datasets.Opt[float64], k, f float64) datasets.Opt[float64] {
	if !o.OK {
		return o
	}
	return datasets.Some(o.V * k / f)
}

func interval(i sample.Interval, k, f float64) sample.Interval {
	return sample.Interval{Low: scale(i.Low, k, f), High: scale(i.High, k, f)}
}
