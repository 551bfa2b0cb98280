// Package simulate writes a study that is simulated: raw files in the formats
// of real collectors, with everything that goes wrong in real collections, and
// the truth that the program has to get back from them.
//
// # The process
//
// Its numbers are in parameters.toml. Each country has institutions; each
// institution accounts on some platforms. Process says how accounts and their
// interactions are drawn. Posts of an account are a Poisson process whose rate
// follows the local hour and weekday, holidays and events; an institution makes
// some of its posts on all its platforms. Posts are reposts, replies, quotes or
// its own; some are edited, deleted, joint, or hide their likes. Counts grow for
// a week. Followers grow, and fall where a platform removed false ones.
//
// # The collections
//
// Ministries, bodies of no country and persons on x are collected as twarc2
// pages, embassies as flattened posts with a gap of some days, presidents by
// their last posts only; facebook and instagram by tables of CrowdTangle;
// telegram by exports of each channel. A sheet has the followers of all accounts
// as their pages show them, another what two people counted by hand. Some
// records are broken, twice there, or of accounts that nobody asked for.
//
// Every account has random numbers of its own, from the seed and its name, and
// every platform is written by itself, account by account, post by post: the
// same seed gives the same bytes on any number of cores, and memory does not
// grow with the number of posts.
package simulate

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// Version of the simulator; raised when the same seed would give other files.
const Version = 1

// Options are what a simulation is asked for.
type Options struct {
	Seed       uint64
	Accounts   int         // in all countries together
	Posts      int         // until the last collection, on the mean; 0: as the parameters have it
	Months     int         // of the study window
	Parameters *Parameters // nil: those that ship
}

// simulation is one simulation at work.
type simulation struct {
	o     Options
	p     *Parameters
	dir   string // where it is written before it is complete
	scale float64

	from, to  datasets.Day // study window
	last      datasets.Day // of the last collection
	read      datasets.Day // when people counted by hand
	gap       [2]datasets.Day
	sheetDays []datasets.Day
	dashboard *time.Location

	topics    []weighted
	languages [][]weighted // by country
	stock     map[string]stock
	events    []moment
	rhythms   map[string]*rhythm // by country, "" for none
	accounts  []*Account
	unlisted  map[string]*Account // by platform: whom nobody asked for
	families  map[string][]*collection

	mu    sync.Mutex // of what follows
	hands map[*Account]*census
	files []*FileTruth
	coded []coded
}

// layOut lays out a simulation without writing it: its accounts and calendar.
func layOut(o Options) (*simulation, error) {
	s := &simulation{o: o, p: o.Parameters, scale: 1, rhythms: map[string]*rhythm{}, unlisted: map[string]*Account{}, hands: map[*Account]*census{}}
	if s.p == nil {
		var err error
		if s.p, err = ReadParameters("parameters.toml", DefaultParameters); err != nil {
			return nil, err
		}
	}
	s.to = s.p.end()
	s.from = s.months()[0]
	if s.from < earliest {
		return nil, fmt.Errorf("%d months: the window would begin on %s; ids of posts on x tell their time from 2011 on, so begin it on %s or later", o.Months, s.from, earliest)
	}
	c := s.p.Collection
	s.last = s.to + datasets.Day(c.FinalDays)
	s.read = s.to + 3
	s.gap = s.breakdown()
	for d := s.from; d < s.last; d += datasets.Day(c.SheetDays) {
		s.sheetDays = append(s.sheetDays, d)
	}
	if n := o.Accounts * len(s.sheetDays); n > maxRows {
		return nil, fmt.Errorf("%d accounts: their followers on %d days are %d rows, more than the %d of a sheet; ask for fewer accounts or months, or raise sheet_days of the parameters", o.Accounts, len(s.sheetDays), n, maxRows)
	}
	var err error
	if s.dashboard, err = time.LoadLocation("America/New_York"); err != nil {
		return nil, err
	}
	if s.stock, err = readStock(); err != nil {
		return nil, err
	}
	s.topics = weigh(s.p.Topics)
	for i := range s.p.Events {
		e := &s.p.Events[i]
		at := unix(s.from+datasets.Day(e.Day*float64(s.to-s.from)), e.Hour)
		s.events = append(s.events, moment{e, at, at + int64(e.Hours*3600)})
	}
	for i := range s.p.Countries {
		x := &s.p.Countries[i]
		s.languages = append(s.languages, weigh(x.Languages))
		if s.rhythms[x.Code], err = s.rhythmOf(x); err != nil {
			return nil, err
		}
	}
	if s.rhythms[""], err = s.rhythmOf(nil); err != nil {
		return nil, err
	}
	for i, platform := range platforms {
		a := &Account{Platform: platform, Handle: "sim_unlisted", Organization: "Somebody else" + study.SimulatedMark, index: 900_000 + i}
		a.name()
		s.unlisted[platform] = a
	}
	if o.Posts > 0 {
		if err := s.populate(); err != nil {
			return nil, err
		}
		s.scale = float64(o.Posts) / s.expected()
		s.accounts = nil
	}
	if err := s.populate(); err != nil {
		return nil, err
	}
	for _, a := range s.accounts {
		if rate := a.Drawn.Rate; rate > maxRate {
			return nil, fmt.Errorf("%s %s would post %.0f times a day, more than the %d that are possible; ask for fewer posts, or more accounts or months", a.Platform, a.Handle, rate, maxRate)
		}
	}
	return s, nil
}

// earliest is the first day of a window: 1 January 2011.
const earliest = datasets.Day(14_975)

// maxRows of the sheet of followers, which is held in memory.
const maxRows = 100_000

// maxRate bounds the posts of an account a day: no two of them share a second,
// and the busiest hour of the busiest day has few enough.
const maxRate = 5000

// expected is the mean number of posts of all accounts, and notes that of each.
func (s *simulation) expected() float64 {
	days := map[string]float64{}
	for code, r := range s.rhythms {
		for d := s.from; d < s.last; d++ {
			all, _ := r.day(d)
			days[code] += all
		}
	}
	var sum float64
	for _, a := range s.accounts {
		a.Expected = math.Round(100*a.Drawn.Rate*days[a.Country]) / 100
		sum += a.Expected
	}
	return sum
}

// Run writes a simulated study into a folder: study.toml, accounts.csv,
// events.csv, topics_coded.csv, raw/ and truth/. It replaces what an earlier
// simulation wrote there and nothing else: a file that was changed since, or
// that no simulation wrote, is an error. Until everything is written nothing is
// put in place; what an interrupted simulation left is cleared away.
// progress is called with the number of accounts that are done, of how many.
func Run(ctx context.Context, dir string, o Options, progress func(done, of int)) (*Truth, error) {
	s, err := layOut(o)
	if err != nil {
		return nil, err
	}
	s.expected()
	s.collect()
	if err := mayWrite(dir); err != nil {
		return nil, err
	}
	release, err := s.scratch(dir)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := os.Mkdir(filepath.Join(s.dir, "truth"), 0o755); err != nil {
		return nil, err
	}
	if err := s.write(ctx, progress); err != nil {
		return nil, err
	}
	truth := s.tell()
	if err := s.describe(truth); err != nil {
		return nil, err
	}
	return truth, s.place(dir)
}

// write writes everything into the folder of the simulation.
func (s *simulation) write(ctx context.Context, progress func(done, of int)) error {
	errs := make([]error, len(platforms))
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	done := 0
	for i, platform := range platforms {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			errs[i] = s.platform(ctx, platform, func() {
				s.mu.Lock()
				defer s.mu.Unlock()
				done++
				progress(done, len(s.accounts))
			})
		})
	}
	group.Wait()
	if err := cmp.Or(errs...); err != nil {
		return err
	}
	return s.sheets(ctx)
}

// create begins a raw file.
func (s *simulation) create(name, adapter string) *output {
	o := create(s.dir, name, adapter)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files = append(s.files, o.truth)
	return o
}

// platform writes the files of a platform and their truth.
func (s *simulation) platform(ctx context.Context, name string, done func()) (err error) {
	t := newTruth(s.dir, name)
	defer func() { err = cmp.Or(err, t.close()) }()
	var open []*collection
	defer func() {
		for _, c := range open {
			err = cmp.Or(err, s.shut(c))
		}
	}()
	for _, a := range s.accounts {
		if a.Platform != name {
			continue
		}
		cs := s.collectionsOf(a)
		for _, c := range cs {
			if c.out == nil {
				c.out = s.create(c.file, c.format.adapter())
				c.format.open(c.out, t)
				open = append(open, c)
			}
		}
		if err := s.account(ctx, a, cs, t); err != nil {
			return err
		}
		if name == "telegram" {
			for _, c := range open {
				err = cmp.Or(err, s.shut(c))
			}
			if open = nil; err != nil {
				return err
			}
		}
		done()
	}
	return nil
}

// shut ends a file.
func (s *simulation) shut(c *collection) error {
	c.format.close(c.out)
	return c.out.close()
}

// account writes the posts of an account into its collections.
func (s *simulation) account(ctx context.Context, a *Account, cs []*collection, t *truth) error {
	n, err := s.take(ctx, a, cs)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.hands[a] = n
	s.mu.Unlock()
	a.Posts = n.made
	for i, c := range cs {
		c.format.account(c.out, c, a, n.visible[i])
	}
	held := make([]int64, len(cs))
	var sights []sight
	var mine []coded
	for p := range s.posts(a) {
		if p.n%256 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		text, link, tags := s.text(a, p)
		sights = sights[:0]
		shown := text
		for i, c := range cs {
			if !c.sees(p) {
				continue
			}
			if held[i]++; c.last > 0 && held[i] <= n.visible[i]-int64(c.last) {
				continue
			}
			r := &record{a: a, p: p, text: text, link: link, tags: tags, edited: p.edited > 0 && p.edited <= c.at, times: 1}
			if r.edited {
				r.text = afterEdit(text)
			}
			if seen, ok := s.put(c, r, i, t); ok {
				sights = append(sights, seen)
				shown = r.text
			}
			s.strange(c, r, i, t)
		}
		if len(sights) == 0 {
			continue
		}
		a.Seen++
		if a.Platform == "facebook" && p.kind == datasets.Repost {
			shown = "" // a share without words of its own
		}
		t.post(a, p, sights, shown, link != "")
		if a.Platform == "facebook" || a.Platform == "instagram" {
			t.snapshot(a, a.family(), p.at, "second", "field", exactly(p.followers), datasets.Shown{}, datasets.Shown{})
		}
		if len(mine) <= s.p.Collection.Coded/len(s.accounts) && mix(p.seed)%7 == 0 && shown != "" {
			mine = append(mine, coded{a, a.postID(p), p.topic})
		}
	}
	for _, c := range cs {
		c.format.end(c.out, c)
		if c.out.err != nil {
			return c.out.err
		}
	}
	s.mu.Lock()
	s.coded = append(s.coded, mine...)
	s.mu.Unlock()
	return nil
}

// chance tells whether something befalls a record, of so many a share.
func (r *record) chance(purpose string, number int, share float64) bool {
	return float64(stream(r.p.seed, purpose, number, r.a.index)>>11)*0x1p-53 < share
}

// put writes a record, broken or twice where chance has it, and returns what the
// file shows; false where it is broken.
func (s *simulation) put(c *collection, r *record, number int, t *truth) (sight, bool) {
	x, f := &s.p.Collection, c.out.truth
	r.counts = s.shows(c, r.p)
	// Few enough in every file: past one record in a hundred it fails.
	if f.broken < int64(2*x.Malformed*float64(f.Records)) && r.p.parts == 1 && r.chance("broken", number, x.Malformed) {
		r.broken = 1 + int(r.p.seed>>20%6)
	} else if r.a.Platform != "telegram" && r.chance("repeated", number, x.Repeated) {
		r.times = 2
	}
	at, line := c.format.post(c.out, c, r)
	f.Records += int64(r.times * r.p.parts)
	if r.broken > 0 {
		f.broken++
		f.Rejected++
		t.reject(f.File, line, c.format.field(r), "malformed")
		return sight{}, false
	}
	return sight{at: at, counts: r.counts, source: c.source, edited: r.edited, file: f}, true
}

// strange writes a record of an account that nobody asked for behind one,
// where chance has it.
func (s *simulation) strange(c *collection, r *record, number int, t *truth) {
	if r.a.Platform == "telegram" || !r.chance("unlisted", number, s.p.Collection.Unlisted) {
		return
	}
	p := *r.p
	p.joint = nil
	other := &record{a: s.unlisted[r.a.Platform], p: &p, text: r.text, link: r.link, tags: r.tags, counts: s.shows(c, r.p), times: 1}
	_, line := c.format.post(c.out, c, other)
	c.out.truth.Records++
	c.out.truth.Rejected++
	t.reject(c.out.truth.File, line, "account", "unknown account")
}

// shows returns the counts that a collection shows of a post.
func (s *simulation) shows(c *collection, p *post) datasets.Counts {
	n := s.countsAt(p, c.at)
	switch {
	case c.source == fromTelegram && n.Like.V == 0:
		n.Like.OK = false // a message without reactions says nothing of them
	case (c.source == fromPages || c.source == fromFlat || c.source == fromCapped) && c.at < viewsSince:
		n.View, n.Save = datasets.None[int64](), datasets.None[int64]()
	}
	return n
}
