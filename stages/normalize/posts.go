package normalize

import (
	"context"
	"os"
	"path/filepath"
	"slices"

	"diplometrics/datasets"
)

// seen is an observation of a post and the raw file that holds it.
type seen struct {
	datasets.PostRun
	file string
}

// merger makes posts of observations that come post by post, the latest last.
type merger struct {
	posts     *datasets.Writer[datasets.Post]
	snapshots *datasets.Writer[datasets.PostSnapshot] // nil where nobody wants them
	kept      map[string]int64                        // posts by the file of their latest observation
	group     []seen                                  // observations of one post
	out       []datasets.PostSnapshot
	err       error

	scratch string
	held    []datasets.Post // of one account, by id
	spilled *datasets.RunWriter[datasets.Post]
}

// mostHeld is how many posts of an account are sorted by time in memory; tests
// lower it.
var mostHeld = 50_000

// observation takes the next one.
func (m *merger) observation(ctx context.Context, x *datasets.PostRun, file string) error {
	if len(m.group) > 0 && datasets.Posts.Compare(&m.group[0].Post, &x.Post) != 0 {
		m.post(ctx)
	}
	m.group = append(m.group, seen{*x, file})
	return m.err
}

// post writes the post of the observations that came.
func (m *merger) post(ctx context.Context) {
	if len(m.group) == 0 || m.err != nil {
		return
	}
	latest := &m.group[len(m.group)-1]
	if n := len(m.held); n > 0 && (m.held[0].AccountID != latest.Post.AccountID || m.held[0].Platform != latest.Post.Platform) {
		m.account(ctx)
	} else if n == mostHeld {
		m.spill()
	}
	m.held = append(m.held, latest.Post)
	post := &m.held[len(m.held)-1]
	post.Observations = 0
	// What only an earlier observation says is not lost with a thinner later one.
	for i := len(m.group) - 2; i >= 0; i-- {
		fill(post, &m.group[i].Post)
	}
	m.out = m.out[:0]
	for i := range m.group {
		g := &m.group[i].Post
		// The same counts at the same time, from whatever file, are one observation.
		if i > 0 && g.ObservedAt == m.group[i-1].Post.ObservedAt && g.Counts == m.group[i-1].Post.Counts {
			continue
		}
		post.Observations++
		if post.PostType != datasets.Repost {
			m.out = append(m.out, datasets.PostSnapshot{Platform: post.Platform, AccountID: post.AccountID, PostID: post.PostID,
				Observation: post.Observations, CreatedAt: post.CreatedAt, ObservedAt: g.ObservedAt, TimeSource: g.TimeSource, Counts: g.Counts, Source: g.Source})
		}
	}
	m.kept[latest.file]++
	if m.err == nil && m.snapshots != nil {
		m.err = m.snapshots.Write(m.out)
	}
	clear(m.group)
	m.group = m.group[:0]
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
