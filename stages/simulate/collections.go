package simulate

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"diplometrics/datasets"
)

// Sources of a simulated study, by the family of accounts that they hold.
const (
	fromPages    = "x_pages"     // twarc2 pages
	fromFlat     = "x_flat"      // twarc2 flatten
	fromCapped   = "x_timelines" // the last posts of each account only
	fromFacebook = "facebook"
	fromInsta    = "instagram"
	fromTelegram = "telegram"
	fromSheet    = "followers_sheet"
	fromWindows  = "hand_counts"
)

// collection is one time at which the posts of some accounts were collected.
type collection struct {
	source   string
	file     string // below the study
	from, at int64  // posts of this time, until the collector ran: seconds since 1970
	observed int64  // what the file says of at
	last     int    // at most so many posts, the last ones; 0 for all
	gap      [2]int64
	format   format
	out      *output
}

// sees tells whether a collection holds a post, but for how many it may hold.
func (c *collection) sees(p *post) bool {
	return c.from <= p.at && p.at < c.at && !(c.gap[0] <= p.at && p.at < c.gap[1]) && !(p.deleted > 0 && p.deleted <= c.at)
}

// unix is a moment of a day of UTC.
func unix(d datasets.Day, hour int) int64 { return d.Time().Unix() + int64(hour)*3600 }

// months are the days that part the window into months, its first day and its
// end included.
func (s *simulation) months() []datasets.Day {
	var out []datasets.Day
	end := s.to.Time()
	for i := s.o.Months; i >= 0; i-- {
		out = append(out, datasets.DayOf(end.AddDate(0, -i, 0)))
	}
	return out
}

// schedule returns the collections of a family, monthly, in the order of time;
// name makes their file of the moment.
func (s *simulation) schedule(source string, hour int, name func(at time.Time) string, f func() format) []*collection {
	months, c := s.months(), s.p.Collection
	var out []*collection
	add := func(from, on datasets.Day) {
		at := unix(on, hour)
		out = append(out, &collection{source: source, file: name(time.Unix(at, 0).UTC()), from: unix(from, 0), at: at, observed: at, format: f()})
	}
	for i := 1; i < len(months); i++ {
		add(months[max(0, i-2)], months[i]+datasets.Day(c.MonthEndsDays))
	}
	add(months[len(months)-2], s.to+datasets.Day(c.FinalDays))
	return out
}

// collect lays out all collections but those of telegram, where each account
// has files of its own.
func (s *simulation) collect() {
	s.families = map[string][]*collection{}
	day := func(folder string) func(time.Time) string {
		return func(at time.Time) string { return path.Join(folder, "twarc_"+at.Format("2006-01-02")+".jsonl") }
	}
	s.families[fromPages] = s.schedule(fromPages, 6, day("raw/x/timelines"), func() format { return &pages{tweets: tweets{s: s}} })
	flat := s.schedule(fromFlat, 6, day("raw/x/embassies_1"), func() format { return &flat{tweets: tweets{s: s}} })
	if s.gap[0] < s.gap[1] {
		for _, c := range flat {
			c.gap = [2]int64{unix(s.gap[0], 0), unix(s.gap[1], 0)}
			if c.at > c.gap[0] {
				c.file = path.Join("raw/x/embassies_2", path.Base(c.file))
			}
		}
	}
	s.families[fromFlat] = flat
	final := unix(s.to+datasets.Day(s.p.Collection.FinalDays), 6)
	s.families[fromCapped] = []*collection{{source: fromCapped, file: day("raw/x/last_posts")(time.Unix(final, 0).UTC()), at: final, observed: final,
		last: s.p.Collection.Capped, format: &pages{tweets: tweets{s: s}}}}
	for _, f := range []struct {
		source string
		hour   int
	}{{fromFacebook, 14}, {fromInsta, 15}} {
		s.families[f.source] = s.schedule(f.source, f.hour, func(at time.Time) string {
			return path.Join("raw", f.source, at.In(s.dashboard).Format("2006-01-02-15-04-05-MST")+"-search-csv-export.csv")
		}, func() format { return &crowdTangle{s: s, instagram: f.source == fromInsta} })
	}
}

// breakdown returns the days on which the collection of embassies on x stood
// still: none where no collection comes before them.
func (s *simulation) breakdown() [2]datasets.Day {
	c := s.p.Collection
	from := s.from + datasets.Day(c.GapFrom*float64(s.to-s.from))
	to := min(from+datasets.Day(c.GapDays), s.last-1)
	if first := s.months()[1] + datasets.Day(c.MonthEndsDays); from >= to || from <= first {
		return [2]datasets.Day{}
	}
	return [2]datasets.Day{from, to}
}

// family is the source that holds the posts of an account.
func (a *Account) family() string {
	switch {
	case a.Platform != "x":
		return a.Platform
	case a.OrganizationType == "president":
		return fromCapped
	case a.OrganizationType == "embassy":
		return fromFlat
	}
	return fromPages
}

// collectionsOf returns the collections that an account is in.
func (s *simulation) collectionsOf(a *Account) []*collection {
	if a.Platform != "telegram" {
		return s.families[a.family()]
	}
	var out []*collection
	for _, on := range []datasets.Day{s.from + (s.to-s.from)/2, s.to + datasets.Day(s.p.Collection.FinalDays)} {
		out = append(out, &collection{source: fromTelegram, file: fmt.Sprintf("raw/telegram/%s/ChatExport_%s/result.json", a.Handle, on),
			from: unix(s.from, 0), at: unix(on, 18), observed: unix(on, 0), format: &telegram{s: s}})
	}
	return out
}

// census is what the collections hold of an account, counted before they are
// written: what a page says of itself, and what people count on it.
type census struct {
	made    int64
	visible []int64 // by collection
	totals  []int64 // posts that the page shows, by day of the sheet
	counted hand    // in the window, as of the day of reading
	monthly hand    // in the second month
}

// hand is what a person counts on a page.
type hand struct{ posts, likes, likesN, comments int64 }

func (h *hand) add(c datasets.Counts, kind string) {
	h.posts++
	if kind == datasets.Repost {
		return
	}
	if c.Like.OK {
		h.likes += c.Like.V
		h.likesN++
	}
	h.comments += c.Comment.V
}

// take counts an account.
func (s *simulation) take(ctx context.Context, a *Account, cs []*collection) (*census, error) {
	n := &census{visible: make([]int64, len(cs)), totals: make([]int64, len(s.sheetDays))}
	months, read := s.months(), unix(s.read, 12)
	second := [2]int64{unix(months[min(1, len(months)-2)], 0), unix(months[min(2, len(months)-1)], 0)}
	for p := range s.posts(a) {
		if n.made%256 == 0 && ctx.Err() != nil {
			break
		}
		n.made++
		for i, c := range cs {
			if c.sees(p) {
				n.visible[i]++
			}
		}
		first, _ := slices.BinarySearchFunc(s.sheetDays, p.at, func(d datasets.Day, at int64) int { return cmp.Compare(unix(d, 0), at+1) })
		for i := first; i < len(s.sheetDays) && (p.deleted == 0 || p.deleted > unix(s.sheetDays[i], 0)); i++ {
			n.totals[i]++
		}
		if p.at >= unix(s.from, 0) && p.at < unix(s.to, 0) && !(p.deleted > 0 && p.deleted <= read) {
			c := s.countsAt(p, read)
			n.counted.add(c, p.kind)
			if p.at >= second[0] && p.at < second[1] {
				n.monthly.add(c, p.kind)
			}
		}
	}
	return n, ctx.Err()
}
