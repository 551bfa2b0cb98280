package measure

import (
	"cmp"
	"iter"
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"
)

// Partition is one country and year of posts, with what enrich found out about
// them, each in the order of its table's key.
type Partition struct {
	Collected iter.Seq2[[]datasets.Post, error] // the same posts, of which CollectedColumns alone are used; no row is kept
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

	slab []metrics.Post // where the next posts come from: one allocation for many
}

// post returns a new post.
func (c *collected) post() *metrics.Post {
	if len(c.slab) == 0 {
		c.slab = make([]metrics.Post, min(max(16, len(c.posts)), 256))
	}
	p := &c.slab[0]
	c.slab = c.slab[1:]
	return p
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
// platform and id, the posts of each in the order of their ids. No more than one
// batch of each table and the posts of one account are held at a time.
func (p *Partition) accounts(setting *metrics.Setting) iter.Seq2[*collected, error] {
	return func(yield func(*collected, error) bool) {
		y := &year{open(p.Posts), open(p.Contexts), open(p.Snapshots), open(p.Cross), open(p.Topics)}
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
			c := least
			for _, h := range heads {
				if h.c == nil || h.c.platform != c.platform || h.c.id != c.id {
					continue
				}
				if h.c != c {
					c.add(h.c)
				}
				if err := advance(h); err != nil {
					yield(nil, err)
					return
				}
			}
			c.sort()
			if !yield(c, nil) {
				return
			}
		}
	}
}

// add adds what another partition holds of the same account.
func (c *collected) add(d *collected) {
	c.posts, c.sources, c.undated = append(c.posts, d.posts...), append(c.sources, d.sources...), c.undated+d.undated
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
	for {
		r := y.posts.row()
		if r == nil || r.Platform != c.platform || r.AccountID != c.id {
			return y.err()
		}
		c.hold(r.Source, r.CreatedAt, r.ObservedAt)
		p := c.post()
		*p = metrics.Post{ID: r.PostID, At: r.CreatedAt.V, Type: r.PostType, Media: r.MediaType.V, Given: r.LanguageGiven.V}
		y.context(r, p)
		y.others(r, p)
		y.observation(c, r, p)
		if err := y.err(); err != nil {
			return err
		}
		if p.Own() {
			p.Interactions = p.Counts.Sum(names)
		}
		if r.CreatedAt.OK {
			c.posts, c.sources = append(c.posts, p), append(c.sources, r.Source)
		} else {
			c.undated++
		}
		y.posts.advance()
	}
}

func (c *collected) hold(source string, created, observed datasets.Opt[datasets.Micros]) {
	h := c.held[source]
	if h == nil {
		h = &study.Capture{}
		c.held[source] = h
	}
	h.Include(created, observed)
}

// beside compares the key of a row with that of a post.
func beside(platform, account, post string, r *datasets.Post) int {
	if account != r.AccountID || platform != r.Platform {
		return cmp.Or(cmp.Compare(platform, r.Platform), cmp.Compare(account, r.AccountID))
	}
	return cmp.Compare(post, r.PostID)
}

// context takes followers, local time and language.
func (y *year) context(r *datasets.Post, p *metrics.Post) {
	for {
		x := y.contexts.row()
		if x == nil {
			return
		}
		switch o := beside(x.Platform, x.AccountID, x.PostID, r); {
		case o > 0:
			return
		case o == 0:
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
func (y *year) others(r *datasets.Post, p *metrics.Post) {
	for x := y.topics.row(); x != nil; x = y.topics.row() {
		o := beside(x.Platform, x.AccountID, x.PostID, r)
		if o > 0 {
			break
		}
		if o == 0 {
			p.Topics = append(p.Topics, x.Topic)
		}
		y.topics.advance()
	}
	for x := y.cross.row(); x != nil; x = y.cross.row() {
		o := beside(x.Platform, x.AccountID, x.PostID, r)
		if o > 0 {
			break
		}
		if o == 0 && !slices.Contains(p.Cross, x.OtherPlatform) {
			p.Cross = append(p.Cross, x.OtherPlatform)
		}
		y.cross.advance()
	}
	slices.Sort(p.Cross)
}

// observation takes the counts of the first observation at which the post had
// grown up, else of the latest.
func (y *year) observation(c *collected, r *datasets.Post, p *metrics.Post) {
	if p.Own() {
		p.Counts, p.AgeDays = r.Counts, age(r.CreatedAt, r.ObservedAt)
	}
	found := false
	for x := y.snapshots.row(); x != nil; x = y.snapshots.row() {
		o := beside(x.Platform, x.AccountID, x.PostID, r)
		if o > 0 {
			return
		}
		if o == 0 {
			c.hold(x.Source, x.CreatedAt, x.ObservedAt)
			if a := age(r.CreatedAt, x.ObservedAt); p.Own() && !found && a.OK && a.V >= metrics.MatureDays {
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

// sort orders the posts by time, then id.
func (c *collected) sort() {
	order := make([]int, len(c.posts))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(c.posts[i].At, c.posts[j].At), cmp.Compare(c.posts[i].ID, c.posts[j].ID))
	})
	posts, sources := make([]*metrics.Post, len(order)), make([]string, len(order))
	for to, from := range order {
		posts[to], sources[to] = c.posts[from], c.sources[from]
	}
	c.posts, c.sources = posts, sources
}
