package metrics

import (
	"math"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// Kinds of periods, the shortest first. Weeks begin on Monday; weeks and months
// are those of the UTC calendar, cut at the ends of the study window.
const (
	Week   = "week"
	Month  = "month"
	Whole  = "window"
	micros = 86_400_000_000 // a day
)

// Post is one post of an account, with what enrich found out about it.
type Post struct {
	ID      string
	At      datasets.Micros
	Type    string // datasets.Repost, Reply, Quoted or Original
	Media   string // "" where it is not known
	Covered bool   // whether it was posted in observed time, and counts towards rates

	// Counts are those of the first observation at least MatureDays after
	// posting, else of the latest. All are absent for reposts.
	Counts       datasets.Counts
	Interactions datasets.Opt[int64]   // see datasets.Components, or study.toml's own choice; absent unless all are known
	AgeDays      datasets.Opt[float64] // of the post at that observation

	Followers datasets.Opt[float64] // of the account when it posted; never 0
	Rounded   bool                  // whether Followers are only as exact as the page shows them

	Local    bool // whether the next three are known
	Date     datasets.Day
	Hour     int8                             // 0 to 23
	Weekday  int8                             // 1 is Monday
	Language string                           // of its text, und where none is told; "" where it has no text
	Shares   [len(datasets.Languages)]float64 // of its letters in each of datasets.Languages
	Given    string                           // language that the platform gave; "" where it gave none
	Topics   []string                         // sorted; of the codebook, and of events and holidays
	Cross    []string                         // other platforms on which the organization said the same within 48 hours, sorted

	atPosting, now logarithm // of interactions by 1,000 followers
}

// logarithm is ln(1 + x), remembered: a post is in a week, a month and the study
// window, of each of which two metrics ask for it. The zero value is that of 0.
type logarithm struct{ x, y float64 }

func (l *logarithm) of(x float64) float64 {
	if l.x != x {
		l.x, l.y = x, math.Log1p(x)
	}
	return l.y
}

// MatureDays is the age in days from which the counts of a post are taken as
// grown up, so that old and new posts are compared at a like age.
const MatureDays = 7

// Own tells whether what the post gathered is the account's: reposts show the
// counts of somebody else.
func (p *Post) Own() bool { return p.Type != datasets.Repost }

// Span is a stretch of time, From included, To not.
type Span struct{ From, To datasets.Micros }

// Days is the length of the span in days.
func (s Span) Days() float64 { return float64(s.To-s.From) / micros }

// Period is what one account posted in a week, a month or the study window.
// Everything in it is shared between metrics and must not be changed.
type Period struct {
	Account  datasets.Account
	Kind     string
	From, To datasets.Day // first day, and the day after the last
	Posts    []*Post      // posted in the period, by time, then id
	Near     []*Post      // the same with those of two days before and after, in the study window or not
	Own      []*Post      // those of them that are no reposts

	Covered  []Span // observed time within the period: disjoint, in order
	Coverage string // why Covered is empty, or a doubt about it; "" where it is stated and whole

	FollowersNow  datasets.Opt[float64] // at the account's last snapshot, whenever that was; never 0
	Rounded       bool                  // whether FollowersNow are only as exact as the page shows them
	FollowersMean datasets.Opt[float64] // averaged over the period, straight lines between snapshots; never 0
	Elsewhere     []string              // other platforms of which posts of the organization were collected around the period, sorted
	Setting       *Setting
	Intervals     *Intervals // of other periods; nil where nothing is remembered

	memory memory
}

// memory is what several metrics take from the posts of a period, once one of them
// has asked for it. The zero value remembers nothing yet.
type memory struct {
	interactions     []float64
	sorted           bool
	known, rated     []*Post
	isKnown, isRated bool
	gathered         []gathered
	silences         *silences
	young            []young
}

// young is what immature says of posts.
type young struct {
	posts []*Post
	flag  string
}

// Intervals remembers the intervals of counts: most weeks of most accounts have
// one of a few dozen counts, and an interval takes longer than all else of a
// posting rate. The zero value remembers nothing yet. It is not safe for
// concurrent use.
type Intervals struct{ garwood map[int64]sample.Interval }

// mostIntervals is how many are remembered.
const mostIntervals = 10_000

// of is the 95 % interval of a count.
func (r *Intervals) of(count int64) sample.Interval {
	if r == nil {
		return sample.Garwood(count, 0.95)
	}
	i, ok := r.garwood[count]
	if !ok {
		i = sample.Garwood(count, 0.95)
		if r.garwood == nil {
			r.garwood = map[int64]sample.Interval{}
		}
		if len(r.garwood) < mostIntervals {
			r.garwood[count] = i
		}
	}
	return i
}

// Setting is what the study says of all its accounts.
type Setting struct {
	Components map[string][]string // counts that make up interactions, by platform, where study.toml chooses them
	Topics     []string            // every topic of the codebook, sorted; empty where there is none
	Events     []Event             // sorted by time, then id
	Holidays   []Holiday           // sorted by country, first day, then name
}

// Event is a dated event to which accounts may respond. A post with the topic
// EventTopic and its id speaks of it.
type Event struct {
	ID       string
	At       datasets.Micros
	Country  string  // whose accounts are expected to respond; "" for all
	HorizonH float64 // hours after which a response is no longer waited for
}

// Holiday is a holiday of a country. A post with the topic HolidayTopic and its
// name speaks of it.
type Holiday struct {
	Country  string
	Name     string
	From, To datasets.Day // first day, and the day after the last
}

// What the topics begin with that are no categories of the codebook.
const (
	EventTopic   = "event:"
	HolidayTopic = "holiday:"
)

// Days is the observed time of the period, in days.
func (p *Period) Days() float64 {
	var d float64
	for _, s := range p.Covered {
		d += s.Days()
	}
	return d
}

// Interactions returns the interactions of the own posts that have them,
// sorted. The caller does not change it.
func (p *Period) Interactions() []float64 {
	if !p.memory.sorted {
		p.memory.interactions = make([]float64, 0, len(p.Own))
		for _, q := range p.Own {
			if q.Interactions.OK {
				p.memory.interactions = append(p.memory.interactions, float64(q.Interactions.V))
			}
		}
		slices.Sort(p.memory.interactions)
		p.memory.sorted = true
	}
	return p.memory.interactions
}

// components are the counts that make up interactions here, and a flag where
// study.toml chose fewer than the platform has.
func (p *Period) components() (names []string, flag string) {
	if c, ok := p.Setting.Components[p.Account.Platform]; ok {
		return c, "interactions are " + list(c) + " alone, as study.toml says"
	}
	return datasets.Components(p.Account.Platform), ""
}

// list joins names for a sentence.
func list(names []string) string {
	out := ""
	for i, n := range names {
		switch {
		case i > 0 && i == len(names)-1:
			out += " and "
		case i > 0:
			out += ", "
		}
		out += n
	}
	return out
}

// rounded flags followers that are known only as the page shows them.
func (p *Period) rounded() string {
	if !p.Rounded {
		return ""
	}
	return roundedFollowers
}

const roundedFollowers = "followers are rounded as the page shows them, and the value with them"

// immature flags counts that were seen too early to have grown up, or at an
// unknown age.
func (p *Period) immature(posts []*Post) string {
	if len(posts) == 0 {
		return ""
	}
	for _, y := range p.memory.young {
		if &y.posts[0] == &posts[0] && len(y.posts) == len(posts) {
			return y.flag
		}
	}
	flag := immature(posts)
	p.memory.young = append(p.memory.young, young{posts, flag})
	return flag
}

func immature(posts []*Post) string {
	var young, unknown int64
	for _, q := range posts {
		switch {
		case !q.AgeDays.OK:
			unknown++
		case q.AgeDays.V < MatureDays:
			young++
		}
	}
	var flags []string
	if young > 0 {
		flags = append(flags, plural(young, "post")+" seen less than 7 days after posting: the counts were still growing")
	}
	if unknown > 0 {
		flags = append(flags, plural(unknown, "post")+" of which it is not known when the counts were seen")
	}
	return join(flags...)
}
