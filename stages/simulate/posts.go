package simulate

import (
	"cmp"
	"iter"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"diplometrics/datasets"
)

// post is one post as it was made. Counts are those that it ends up with.
type post struct {
	at        int64 // seconds since 1970, UTC; no two posts of an account share one
	n         int64 // number among the posts of its account, from 1
	kind      string
	media     string // photo, video, album, link, poll or text
	parts     int    // photos and videos of an album, else 1
	language  string
	topic     string
	event     *moment
	holiday   *Holiday
	seed      uint64          // of its text and of what befalls it
	counts    datasets.Counts // absent for reposts and what is hidden
	followers int64           // of its account when it was posted
	deleted   int64           // when; 0 for never
	edited    int64           // when; 0 for never
	joint     *Account        // that made a joint post; nil for one that is none
	made      int64           // when its maker made it, which its id tells

	message int64 // id of a Telegram message, the first of an album
	before  int   // service messages with the ids before that
}

// moment is an event in the window of a study.
type moment struct {
	*Event
	from, to int64 // seconds since 1970: while accounts respond
}

// rhythm is the posting of a country by local time.
type rhythm struct {
	country  *Country // nil for a body of no country, whose clock is UTC
	zone     *time.Location
	hours    [24]float64 // shares
	weekdays [7]float64  // from Monday; 1 on the mean
	holidays map[datasets.Day]*Holiday
	events   []moment
	factor   float64 // on a holiday
}

func (s *simulation) rhythmOf(c *Country) (*rhythm, error) {
	r := &rhythm{country: c, zone: time.UTC, holidays: map[datasets.Day]*Holiday{}, factor: s.p.Rhythm.Holiday}
	code := ""
	if c != nil {
		code = c.Code
		var err error
		if r.zone, err = time.LoadLocation(c.Zone); err != nil {
			return nil, err
		}
	}
	var sum float64
	for _, w := range s.p.Rhythm.Hours {
		sum += w
	}
	for i, w := range s.p.Rhythm.Hours {
		r.hours[i] = w / sum
	}
	sum = 0
	for _, w := range s.p.Rhythm.Weekdays {
		sum += w
	}
	for i, w := range s.p.Rhythm.Weekdays {
		r.weekdays[i] = 7 * w / sum
	}
	for i := range s.p.Holidays {
		h := &s.p.Holidays[i]
		if !slices.Contains(h.Countries, code) {
			continue
		}
		first, err := time.Parse("01-02", h.First)
		if err != nil {
			return nil, err
		}
		for y := s.from.Time().Year() - 1; y <= s.last.Time().Year(); y++ {
			day := datasets.DayOf(time.Date(y, first.Month(), first.Day(), 0, 0, 0, 0, time.UTC))
			for k := range h.Days {
				r.holidays[day+datasets.Day(k)] = h
			}
		}
	}
	for _, e := range s.events {
		if e.Country == "" || e.Country == code {
			r.events = append(r.events, e)
		}
	}
	return r, nil
}

// day is what a local day multiplies posting by, in all and by the hour.
func (r *rhythm) day(d datasets.Day) (all float64, hours [24]float64) {
	w := r.weekdays[(int(d)+3)%7] // 1970-01-01 was a Thursday
	if r.holidays[d] != nil {
		w *= r.factor
	}
	hours = r.hours
	t := d.Time()
	start := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, r.zone).Unix()
	for h := range hours {
		hours[h] *= w
		for i := range r.events {
			if e, at := &r.events[i], start+int64(h)*3600; at >= e.from && at < e.to {
				hours[h] *= e.Factor
			}
		}
		all += hours[h]
	}
	return all, hours
}

// mean is the mean of day over days from one to before another, without those
// that are left out.
func (r *rhythm) mean(from, to datasets.Day, without func(datasets.Day) bool) float64 {
	var sum, n float64
	for d := from; d < to; d++ {
		if without == nil || !without(d) {
			all, _ := r.day(d)
			sum, n = sum+all, n+1
		}
	}
	return sum / n
}

// draft is a post before its account has made it its own.
type draft struct {
	at       int64
	seed     uint64
	topic    string
	language string
	event    *moment
	cross    bool
}

// drafts draws the posts of a local day at a rate a day.
func (s *simulation) drafts(ry *rhythm, d datasets.Day, rate float64, r *rand.Rand, cross bool, out []draft) []draft {
	all, hours := ry.day(d)
	t := d.Time()
	for range Poisson(r, rate*all) {
		u := r.Float64() * all
		h := 0
		for h < 23 && u >= hours[h] {
			u -= hours[h]
			h++
		}
		at := time.Date(t.Year(), t.Month(), t.Day(), h, r.IntN(60), r.IntN(60), 0, ry.zone).Unix()
		x := draft{at: at, seed: r.Uint64(), cross: cross}
		x.language = choose(r, s.languagesOf(ry.country))
		s.subject(ry, d, r, &x)
		out = append(out, x)
	}
	return out
}

// subject draws what a post speaks of.
func (s *simulation) subject(ry *rhythm, d datasets.Day, r *rand.Rand, x *draft) {
	for i := range ry.events {
		if e := &ry.events[i]; x.at >= e.from && x.at < e.to && r.Float64() < e.Chance {
			x.event, x.topic = e, "political_news"
			return
		}
	}
	if h := ry.holidays[d]; h != nil && h.Names[x.language] != "" && r.Float64() < s.p.Rhythm.Greetings {
		x.topic = greetings
		return
	}
	if x.topic = choose(r, s.topics); x.topic == greetings {
		x.topic = "events" // there is nothing to congratulate on
	}
}

const greetings = "holiday_congratulations"

// weighted is what choose chooses from.
type weighted struct {
	name   string
	weight float64 // up to and with it; the last is 1
}

func weigh(weights map[string]float64) []weighted {
	var out []weighted
	var sum float64
	for name := range weights {
		out = append(out, weighted{name: name})
	}
	slices.SortFunc(out, func(a, b weighted) int { return cmp.Compare(a.name, b.name) })
	for i := range out {
		sum += weights[out[i].name]
		out[i].weight = sum
	}
	for i := range out {
		out[i].weight /= sum
	}
	return out
}

func choose(r *rand.Rand, from []weighted) string {
	u := r.Float64()
	for _, w := range from {
		if u < w.weight {
			return w.name
		}
	}
	return from[len(from)-1].name
}

// own yields the posts that an account makes, in the order of time, until the
// last collection. What it yields is overwritten by the next.
func (s *simulation) own(a *Account) iter.Seq[*post] {
	return func(yield func(*post) bool) {
		r := random(stream(s.o.Seed, "posts", a.Platform, a.Handle))
		ry, pl := s.rhythms[a.Country], s.p.Platforms[a.Platform]
		var day []draft
		p := &post{}
		last, message := int64(0), int64(2) // message 1 of a channel says that it was made
		for d := s.from - 1; d <= s.last; d++ {
			day = s.drafts(ry, d, a.Drawn.Rate-a.cross, r, false, day[:0])
			if a.cross > 0 {
				shared := len(day)
				day = s.drafts(ry, d, a.cross, random(mix(a.crowd^uint64(d))), true, day)
				t := d.Time()
				end := time.Date(t.Year(), t.Month(), t.Day(), 23, 59, 59, 0, ry.zone).Unix()
				for i := shared; i < len(day); i++ {
					day[i].at = min(end, day[i].at+int64(r.Float64()*pl.LagMinutes*60))
				}
			}
			slices.SortFunc(day, func(a, b draft) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.seed, b.seed)) })
			for i := range day {
				x := &day[i]
				x.at = max(x.at, last+1)
				last = x.at
				if x.at < s.from.Time().Unix() || x.at >= s.last.Time().Unix() {
					continue
				}
				*p = post{at: x.at, made: x.at, n: p.n + 1, language: x.language, topic: x.topic, event: x.event, seed: mix(x.seed), parts: 1}
				if x.topic == greetings {
					p.holiday = ry.holidays[d]
				}
				s.make(a, p, &pl, x.cross, r)
				if a.Platform == "telegram" {
					if p.n%50 == 1 {
						p.before = 1
						message++
					}
					p.message = message
					message += int64(p.parts)
				}
				if !yield(p) {
					return
				}
			}
		}
	}
}

// make draws what becomes of a post.
func (s *simulation) make(a *Account, p *post, pl *Platform, cross bool, r *rand.Rand) {
	p.kind = datasets.Original
	if u := r.Float64(); !cross {
		switch {
		case u < pl.Repost:
			p.kind = datasets.Repost
		case u < pl.Repost+pl.Reply:
			p.kind = datasets.Reply
		case u < pl.Repost+pl.Reply+pl.Quoting:
			p.kind = datasets.Quoted
		}
	}
	p.media = media(r.Float64(), pl)
	if p.kind != datasets.Original && p.media != "photo" {
		p.media = "text"
	}
	if p.media == "album" && a.Platform == "telegram" {
		p.parts = 2 + r.IntN(5)
	}
	c := &s.p.Collection
	if r.Float64() < c.Deleted {
		p.deleted = p.at + 1 + int64(r.ExpFloat64()*c.DeletedDays*86400)
	}
	if edits := a.Platform == "x" || a.Platform == "telegram"; r.Float64() < c.Edited && edits {
		p.edited = p.at + 120 + int64(r.IntN(3000))
	}
	p.followers = s.followersOn(a, datasets.Day(p.at/86400))
	hidden, joint := r.Float64() < pl.HiddenLikes, r.Float64() < pl.Joint
	if joint && a.joined != nil {
		p.joint = a
	}
	mean := a.Drawn.Mean(r, float64(p.followers))
	if p.kind == datasets.Repost {
		return
	}
	count := func(share float64) datasets.Opt[int64] { return datasets.Some(Poisson(r, mean*share)) }
	x := &p.counts
	x.Like = count(pl.Like)
	total := x.Like.V
	if hidden {
		x.Like = datasets.None[int64]()
	}
	if a.Platform != "telegram" { // whose exports have no others
		x.Comment = count(pl.Comment)
		total += x.Comment.V
	}
	if pl.Share > 0 {
		x.Share = count(pl.Share)
		total += x.Share.V
	}
	if a.Platform == "x" {
		x.Quote, x.Save = count(pl.Quote), count(0.03)
		total += x.Quote.V
	}
	if a.Platform == "x" || a.Platform != "telegram" && p.media == "video" {
		x.View = datasets.Some(total + int64(r.Float64()*(2*pl.Views*float64(total)+0.1*float64(p.followers))))
	}
}

// media draws the medium of a post.
func media(u float64, pl *Platform) string {
	for _, m := range []struct {
		name  string
		share float64
	}{{"photo", pl.Photo}, {"video", pl.Video}, {"album", pl.Album}, {"link", pl.Link}, {"poll", pl.Poll}} {
		if u -= m.share; u < 0 {
			return m.name
		}
	}
	return "text"
}

// posts yields the posts of an account: its own, and the joint posts of another
// in place of as many of its own, so that it posts as often.
func (s *simulation) posts(a *Account) iter.Seq[*post] {
	if a.joint == nil {
		return s.own(a)
	}
	return func(yield func(*post) bool) {
		next, stop := iter.Pull(s.own(a.joint))
		defer stop()
		other, more := next()
		n, last, due := int64(0), int64(0), 0
		give := func(p *post) bool {
			n++
			p.n, p.at = n, max(p.at, last+1)
			last = p.at
			return yield(p)
		}
		joint := func(before int64) bool {
			for ; more && other.at < before; other, more = next() {
				if other.joint == nil {
					continue
				}
				shared := *other
				shared.followers = s.followersOn(a, datasets.Day(shared.at/86400))
				due++
				if !give(&shared) {
					return false
				}
			}
			return true
		}
		for p := range s.own(a) {
			if !joint(p.at) {
				return
			}
			if due > 0 {
				due--
				continue
			}
			if !give(p) {
				return
			}
		}
		joint(math.MaxInt64)
	}
}

// countsAt returns what a post showed at a moment: counts grow until it has
// matured.
func (s *simulation) countsAt(p *post, at int64) datasets.Counts {
	age := float64(at-p.at) / 86400 / s.p.Rhythm.MaturesDays
	if age >= 1 {
		return p.counts
	}
	left := 1 - max(0, age)
	grown := 1 - left*left*left
	c := p.counts
	for _, n := range []*datasets.Opt[int64]{&c.Like, &c.Comment, &c.Share, &c.Quote, &c.View, &c.Save} {
		n.V = int64(float64(n.V) * grown)
	}
	return c
}
