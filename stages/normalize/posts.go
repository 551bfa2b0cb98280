package normalize

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"diplometrics/datasets"
)

// merger makes posts of observations that come post by post, the latest last.
type merger struct {
	posts     *datasets.Writer[datasets.Post]
	snapshots *datasets.Writer[datasets.PostSnapshot] // nil where nobody wants them
	kept      map[string]int64                        // posts by the file of their latest observation
	out       []datasets.PostSnapshot
	err       error

	scratch string
	held    []datasets.Post // of one account, by id
	spilled *datasets.RunWriter[datasets.Post]

	open    bool            // whether observations of the last one in held may follow
	by      string          // file of its latest observation, which it is until it ends
	earlier []datasets.Post // its observations before
}

// mostHeld is how many posts of an account are sorted by time in memory; tests
// lower it.
var mostHeld = 50_000

// observation takes the next one. Most posts have one, which is copied only to
// where its post is held.
func (m *merger) observation(ctx context.Context, x *datasets.Post, file string) error {
	if m.open {
		latest := &m.held[len(m.held)-1]
		if latest.PostID == x.PostID && latest.AccountID == x.AccountID && latest.Platform == x.Platform {
			m.earlier = append(m.earlier, *latest)
			*latest, m.by = *x, file
			return m.err
		}
		m.post()
	}
	if n := len(m.held); n > 0 && (m.held[0].AccountID != x.AccountID || m.held[0].Platform != x.Platform) {
		m.account(ctx)
	} else if n == mostHeld {
		m.spill()
	}
	if m.err == nil {
		m.held, m.by, m.open = append(m.held, *x), file, true
	}
	return m.err
}

// post ends the last post in held and writes its snapshots.
func (m *merger) post() {
	if !m.open {
		return
	}
	m.open = false
	m.kept[m.by]++
	post := &m.held[len(m.held)-1]
	// What only an earlier observation says is not lost with a thinner later one.
	for i := len(m.earlier) - 1; i >= 0; i-- {
		fill(post, &m.earlier[i])
	}
	post.Observations = 0
	m.out = m.out[:0]
	var before *datasets.Post
	for i := range m.earlier {
		m.seen(post, &m.earlier[i], before)
		before = &m.earlier[i]
	}
	m.seen(post, post, before)
	if m.err == nil && m.snapshots != nil {
		m.err = m.snapshots.Write(m.out)
	}
	clear(m.earlier)
	m.earlier = m.earlier[:0]
}

// seen counts an observation of a post, unless it is the one before: the same
// counts at the same time, from whatever file, are one.
func (m *merger) seen(post, g, before *datasets.Post) {
	if before != nil && g.ObservedAt == before.ObservedAt && g.Counts == before.Counts {
		return
	}
	post.Observations++
	if post.PostType != datasets.Repost {
		m.out = append(m.out, datasets.PostSnapshot{Platform: post.Platform, AccountID: post.AccountID, PostID: post.PostID,
			Observation: post.Observations, CreatedAt: post.CreatedAt, ObservedAt: g.ObservedAt, TimeSource: g.TimeSource, Counts: g.Counts, Source: g.Source})
	}
}

var timeOrder = datasets.Posts.Order("created_at", "post_id")

// account writes the posts of an account, by time.
func (m *merger) account(ctx context.Context) {
	switch {
	case m.err != nil:
	case m.spilled == nil:
		m.sort()
		m.err = m.posts.Write(m.held)
	default:
		if m.spill(); m.err == nil {
			m.err = m.merged(ctx)
		}
	}
	clear(m.held)
	m.held = m.held[:0]
}

// sort puts the posts that are held in the order of time, in which their ids
// almost always are already.
func (m *merger) sort() {
	for i := 1; i < len(m.held); i++ {
		if datasets.PostsByTime.Compare(&m.held[i-1], &m.held[i]) > 0 {
			slices.SortFunc(m.held, func(a, b datasets.Post) int { return datasets.PostsByTime.Compare(&a, &b) })
			return
		}
	}
}

// spill puts the posts that are held into a section of a scratch file.
func (m *merger) spill() {
	if m.spilled == nil && m.err == nil {
		m.spilled, m.err = datasets.Posts.NewRunWriter(m.file())
	}
	if m.err != nil {
		return
	}
	m.sort()
	m.spilled.Begin()
	for i := range m.held {
		m.spilled.Write(&m.held[i])
	}
	m.err = m.spilled.End()
	clear(m.held)
	m.held = m.held[:0]
}

func (m *merger) file() string { return filepath.Join(m.scratch, "account.run") }

// merged writes the posts of the sections, by time.
func (m *merger) merged(ctx context.Context) error {
	err := m.spilled.Close()
	m.spilled = nil
	if err != nil {
		return err
	}
	sections, err := datasets.Posts.Sections(ctx, m.file())
	if err != nil {
		return err
	}
	var one [1]datasets.Post
	for x, err := range datasets.MergeRuns(timeOrder, sections) {
		if err != nil {
			return err
		}
		one[0] = *x.Row
		if err := m.posts.Write(one[:]); err != nil {
			return err
		}
	}
	return os.Remove(m.file())
}

// fill takes from an earlier observation what the later one leaves out of the
// post itself. Counts are never mixed: they are those of one moment.
func fill(post, earlier *datasets.Post) {
	for _, f := range []struct{ to, from *datasets.Opt[string] }{
		{&post.Text, &earlier.Text}, {&post.LanguageGiven, &earlier.LanguageGiven}, {&post.MediaType, &earlier.MediaType}, {&post.URL, &earlier.URL},
		{&post.ReplyToID, &earlier.ReplyToID}, {&post.RepostOfID, &earlier.RepostOfID}, {&post.QuoteOfID, &earlier.QuoteOfID},
	} {
		if !f.to.OK {
			*f.to = *f.from
		}
	}
	if !post.CreatedAt.OK {
		post.CreatedAt = earlier.CreatedAt
	}
	if !post.EditedAt.OK {
		post.EditedAt = earlier.EditedAt
	}
	if !post.FollowersAtPosting.OK {
		post.FollowersAtPosting = earlier.FollowersAtPosting
	}
}
