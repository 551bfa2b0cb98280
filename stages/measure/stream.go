package measure

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"sync"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"
)

// Partition is one country and year of posts, with what enrich found out about
// them, each in the order of its table's key; the posts of an account may come in
// any order. No row is kept: a batch is used until the next one comes.
type Partition struct {
	Collected iter.Seq2[[]datasets.Post, error] // the same posts, of which CollectedColumns alone are used
	Posts     iter.Seq2[[]datasets.Post, error]
	Contexts  iter.Seq2[[]datasets.PostContext, error]
	Snapshots iter.Seq2[[]datasets.PostSnapshot, error]
	Cross     iter.Seq2[[]datasets.CrossPost, error]
	Topics    iter.Seq2[[]datasets.PostTopic, error]
}

// Columns of the tables that this package uses; the others need not be read.
var (
	PostColumns      = []string{"platform", "account_id", "post_id", "created_at", "post_type", "language_given", "media_type", "like_count", "comment_count", "share_count", "quote_count", "view_count", "observed_at", "source"}
	ContextColumns   = []string{"platform", "account_id", "post_id", "followers_at_posting", "followers_low", "followers_high", "local_date", "local_hour", "local_weekday", "language", "kk_share", "ky_share", "uz_share", "ru_share", "en_share"}
	SnapshotColumns  = []string{"platform", "account_id", "post_id", "created_at", "observed_at", "like_count", "comment_count", "share_count", "quote_count", "view_count", "source"}
	CollectedColumns = []string{"platform", "account_id", "created_at", "source"}
	FollowerColumns  = []string{"platform", "account_id", "observed_at", "observed_precision", "followers", "followers_low", "followers_high", "posts_total", "posts_total_low", "posts_total_high", "source"}
	CrossColumns     = []string{"platform", "account_id", "post_id", "other_platform"}
)

// collected is everything that the partitions of a country hold of one account.
type collected struct {
	platform, id string
	posts        []*metrics.Post // by time, then id
	sources      []string        // of posts, in the same order
	held         map[string]*study.Capture
	undated      int64

	slabs []*slab // where the posts lie
	room  []metrics.Post
}

// slab is room for posts: one allocation for many, which is used again for
// another account.
type slab [64]metrics.Post

var slabs = sync.Pool{New: func() any { return new(slab) }}

// post returns a new post.
func (c *collected) post() *metrics.Post {
	if len(c.room) == 0 {
		s := slabs.Get().(*slab)
		c.slabs, c.room = append(c.slabs, s), s[:]
	}
	p := &c.room[0]
	c.room = c.room[1:]
	return p
}

// release gives the posts up, to which nothing may point any more.
func (c *collected) release() {
	for _, s := range c.slabs {
		clear(s[:]) // which would hold the texts of the file
		slabs.Put(s)
	}
	c.posts, c.slabs, c.room = nil, nil, nil
}

// cursor walks through the rows of a table.
type cursor[R any] struct {
	next func() ([]R, error, bool)
	stop func()
	rows []R
	err  error
}

func open[R any](seq iter.Seq2[[]R, error]) *cursor[R] {
	c := &cursor[R]{}
	c.next, c.stop = iter.Pull2(seq)
	return c
}

// row returns the row at the cursor, nil at the end or after an error.
func (c *cursor[R]) row() *R {
	for len(c.rows) == 0 {
		batch, err, ok := c.next()
		if !ok || err != nil {
			if err != nil {
				c.err = err
			}
			return nil
		}
		c.rows = batch
	}
	return &c.rows[0]
}

func (c *cursor[R]) advance() { c.rows = c.rows[1:] }

// year is an open partition.
type year struct {
	posts     *cursor[datasets.Post]
	contexts  *cursor[datasets.PostContext]
	snapshots *cursor[datasets.PostSnapshot]
	cross     *cursor[datasets.CrossPost]
	topics    *cursor[datasets.PostTopic]

	taken   []taken // posts of the account at hand
	list    []string
	lists   []string // where the next lists of posts come from
	source  string   // that capture is of; "" for none yet
	capture *study.Capture
}

// taken is a post that is still to be found in the other tables.
type taken struct {
	*metrics.Post
	created datasets.Opt[datasets.Micros]
}

func (y *year) close() {
	y.posts.stop()
	y.contexts.stop()
	y.snapshots.stop()
	y.cross.stop()
	y.topics.stop()
}

func (y *year) err() error {
	return cmp.Or(y.posts.err, y.contexts.err, y.snapshots.err, y.cross.err, y.topics.err)
}

// accounts yields what the partition holds, account by account in the order of
// platform and id. No more than one batch of each table and the posts of one
// account are held at a time.
func (p *Partition) accounts(setting *metrics.Setting) iter.Seq2[*collected, error] {
	return func(yield func(*collected, error) bool) {
		y := &year{posts: open(p.Posts), contexts: open(p.Contexts), snapshots: open(p.Snapshots), cross: open(p.Cross), topics: open(p.Topics)}
		defer y.close()
		for {
			r := y.posts.row()
			if err := y.err(); err != nil {
				yield(nil, err)
				return
			}
			if r == nil {
				return
			}
			c := &collected{platform: r.Platform, id: r.AccountID, held: map[string]*study.Capture{}}
			if err := y.take(c, setting); err != nil {
				yield(nil, err)
				return
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// accounts yields what the partitions of one country hold, account by account
// in the order of platform and id. One partition is open at a time: what the
// others hold is put into files in the scratch folder first. Without one, all
// are open.
func accounts(partitions []Partition, setting *metrics.Setting, scratch string) iter.Seq2[*collected, error] {
	return func(yield func(*collected, error) bool) {
		type head struct {
			next func() (*collected, error, bool)
			c    *collected // nil at the end
		}
		var heads []*head
		advance := func(h *head) (err error) {
			h.c, err, _ = h.next()
			return err
		}
		for i := range partitions {
			part := partitions[i].accounts(setting)
			if scratch != "" && i < len(partitions)-1 {
				file, err := spill(part, scratch)
				if err != nil {
					yield(nil, err)
					return
				}
				defer file.remove()
				part = file.accounts()
			}
			next, stop := iter.Pull2(part)
			defer stop()
			heads = append(heads, &head{next: next})
		}
		for _, h := range heads {
			if err := advance(h); err != nil {
				yield(nil, err)
				return
			}
		}
		for {
			var least *collected
			for _, h := range heads {
				if h.c != nil && (least == nil || cmp.Or(cmp.Compare(h.c.platform, least.platform), cmp.Compare(h.c.id, least.id)) < 0) {
					least = h.c
				}
			}
			if least == nil {
				return
			}
			c, parts := least, 0
			for _, h := range heads {
				if h.c == nil || h.c.platform != c.platform || h.c.id != c.id {
					continue
				}
				if parts++; h.c != c {
					c.add(h.c)
				}
				if err := advance(h); err != nil {
					yield(nil, err)
					return
				}
			}
			c.sort()
			if parts > 1 { // in one each post stands once
				if err := c.once(); err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

// once reports a post that stands in two years. Those whose files disagree by a
// time zone are settled before; these disagree by more.
func (c *collected) once() error {
	at := make(map[string]int, len(c.posts))
	for i, p := range c.posts {
		if k, known := at[p.ID]; known {
			return fmt.Errorf("post %s of %s account %s would count twice: source %s says it is of %s, source %s of %s; correct the time that is wrong in its file, or leave the post out there",
				p.ID, c.platform, c.id, c.sources[k], c.posts[k].At, c.sources[i], p.At)
		}
		at[p.ID] = i
	}
	return nil
}

// add adds what another partition holds of the same account.
func (c *collected) add(d *collected) {
	c.posts, c.sources, c.undated = append(c.posts, d.posts...), append(c.sources, d.sources...), c.undated+d.undated
	c.slabs = append(c.slabs, d.slabs...)
	for source, h := range d.held {
		if c.held[source] == nil {
			c.held[source] = h
		} else {
			c.held[source].Include(h.First, h.Observed)
		}
	}
}

// take adds what a partition holds of the account.
func (y *year) take(c *collected, setting *metrics.Setting) error {
	names, chosen := setting.Components[c.platform]
	if !chosen {
		names = datasets.Components(c.platform)
	}
	y.taken, y.source = y.taken[:0], ""
	for r := y.posts.row(); r != nil && r.AccountID == c.id && r.Platform == c.platform; r = y.posts.row() {
		y.hold(c, r.Source, r.CreatedAt, r.ObservedAt)
		p := c.post()
		*p = metrics.Post{ID: r.PostID, At: r.CreatedAt.V, Type: r.PostType, Media: r.MediaType.V, Given: r.LanguageGiven.V}
		if p.Own() {
			p.Counts, p.AgeDays = r.Counts, age(r.CreatedAt, r.ObservedAt)
		}
		y.taken = append(y.taken, taken{p, r.CreatedAt})
		if r.CreatedAt.OK {
			c.posts, c.sources = append(c.posts, p), append(c.sources, r.Source)
		} else {
			c.undated++
		}
		y.posts.advance()
	}
	byID := func(a, b taken) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(y.taken, byID) {
		slices.SortFunc(y.taken, byID)
	}
	for _, p := range y.taken {
		y.context(c, p)
		y.others(c, p)
		y.observation(c, p)
		if p.Own() {
			p.Interactions = p.Counts.Sum(names)
		}
	}
	clear(y.taken)
	return y.err()
}

// hold notes that a source holds a post of the account. Mostly it is that of the
// post before.
func (y *year) hold(c *collected, source string, created, observed datasets.Opt[datasets.Micros]) {
	if y.source == "" || source != y.source {
		if c.held[source] == nil {
			c.held[source] = &study.Capture{}
		}
		y.source, y.capture = source, c.held[source]
	}
	y.capture.Include(created, observed)
}

// beside compares the key of a row with that of a post of the account.
func (c *collected) beside(platform, account, post string, p taken) int {
	if account != c.id || platform != c.platform {
		return cmp.Or(cmp.Compare(platform, c.platform), cmp.Compare(account, c.id))
	}
	return cmp.Compare(post, p.ID)
}

// context takes followers, local time and language.
func (y *year) context(c *collected, p taken) {
	for x := y.contexts.row(); x != nil; x = y.contexts.row() {
		o := c.beside(x.Platform, x.AccountID, x.PostID, p)
		if o > 0 {
			return
		}
		if o == 0 {
			if x.Followers.OK && x.Followers.V > 0 {
				p.Followers = x.Followers
				p.Rounded = x.FollowersLow.OK && x.FollowersHigh.OK && x.FollowersLow.V < x.FollowersHigh.V
			}
			if x.LocalDate.OK && x.LocalHour.OK && x.LocalWeekday.OK {
				p.Local, p.Date, p.Hour, p.Weekday = true, x.LocalDate.V, int8(x.LocalHour.V), int8(x.LocalWeekday.V)
			}
			p.Language = x.Language.V
			for i, share := range x.LanguageShares {
				p.Shares[i] = share.V
			}
		}
		y.contexts.advance()
	}
}

// others takes topics and the platforms of cross-posts.
func (y *year) others(c *collected, p taken) {
	y.list = y.list[:0]
	for x := y.topics.row(); x != nil; x = y.topics.row() {
		o := c.beside(x.Platform, x.AccountID, x.PostID, p)
		if o > 0 {
			break
		}
		if o == 0 {
			y.list = append(y.list, x.Topic)
		}
		y.topics.advance()
	}
	p.Topics = y.keep()
	for x := y.cross.row(); x != nil; x = y.cross.row() {
		o := c.beside(x.Platform, x.AccountID, x.PostID, p)
		if o > 0 {
			break
		}
		if o == 0 && !slices.Contains(y.list, x.OtherPlatform) {
			y.list = append(y.list, x.OtherPlatform)
		}
		y.cross.advance()
	}
	slices.Sort(y.list)
	p.Cross = y.keep()
}

// keep empties the list and returns what it held, nil for nothing.
func (y *year) keep() []string {
	n := len(y.list)
	if n == 0 {
		return nil
	}
	if len(y.lists) < n {
		y.lists = make([]string, max(1024, n))
	}
	kept := y.lists[:n:n]
	y.lists = y.lists[n:]
	copy(kept, y.list)
	y.list = y.list[:0]
	return kept
}

// observation takes the counts of the first observation at which the post had
// grown up, else of the latest, which are those that it has.
func (y *year) observation(c *collected, p taken) {
	found := false
	for x := y.snapshots.row(); x != nil; x = y.snapshots.row() {
		o := c.beside(x.Platform, x.AccountID, x.PostID, p)
		if o > 0 {
			return
		}
		if o == 0 {
			y.hold(c, x.Source, x.CreatedAt, x.ObservedAt)
			if a := age(p.created, x.ObservedAt); p.Own() && !found && a.OK && a.V >= metrics.MatureDays {
				p.Counts, p.AgeDays, found = x.Counts, a, true
			}
		}
		y.snapshots.advance()
	}
}

func age(created, observed datasets.Opt[datasets.Micros]) datasets.Opt[float64] {
	if !created.OK || !observed.OK {
		return datasets.None[float64]()
	}
	return datasets.Some(metrics.Span{From: created.V, To: observed.V}.Days())
}

// sort orders the posts by time, then id, as those of a partition mostly come.
func (c *collected) sort() {
	compare := func(p, q *metrics.Post) int { return cmp.Or(cmp.Compare(p.At, q.At), cmp.Compare(p.ID, q.ID)) }
	if slices.IsSortedFunc(c.posts, compare) {
		return
	}
	order := make([]int, len(c.posts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return compare(c.posts[i], c.posts[j]) })
	posts, sources := make([]*metrics.Post, len(order)), make([]string, len(order))
	for to, from := range order {
		posts[to], sources[to] = c.posts[from], c.sources[from]
	}
	c.posts, c.sources = posts, sources
}
