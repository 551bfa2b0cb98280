package normalize

import (
	"bytes"
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// seen is an observation of a post and the raw file that holds it.
type seen struct {
	datasets.PostRun
	file string
}

// Partition merges the observations of one country and year from the runs of
// the files. Each post comes out once, as its latest observation shows it, and
// every different observation of a post that is no repost as a snapshot.
// Observations whose post is at home in another year are there.
func (l *Layout) Partition(ctx context.Context, part Part, w *Files) error {
	posts := Create(w, &datasets.Posts, part.Posts())
	var snapshots *datasets.Writer[datasets.PostSnapshot]
	if !w.PostsOnly {
		snapshots = Create(w, &datasets.PostSnapshots, part.Snapshots())
	}
	kept := map[string]int64{}
	if w.err == nil {
		p := merger{posts: posts, snapshots: snapshots, kept: kept}
		w.err = l.merge(ctx, part, w, p.observation)
		p.post()
		w.err = cmp.Or(w.err, p.err)
	}
	CloseTable(w, posts)
	CloseTable(w, snapshots)
	Put(w, &datasets.Tallies, part.Tally(), tallies(kept))
	return w.Close(ctx)
}

// merger makes posts of observations that come post by post, the latest last.
type merger struct {
	posts     *datasets.Writer[datasets.Post]
	snapshots *datasets.Writer[datasets.PostSnapshot] // nil where nobody wants them
	kept      map[string]int64                        // posts by the file of their latest observation
	group     []seen                                  // observations of one post
	out       []datasets.PostSnapshot
	one       [1]datasets.Post
	err       error
}

// observation takes the next one.
func (m *merger) observation(x *datasets.PostRun, file string) error {
	if len(m.group) > 0 && datasets.Posts.Compare(&m.group[0].Post, &x.Post) != 0 {
		m.post()
	}
	m.group = append(m.group, seen{*x, file})
	return m.err
}

// post writes the post of the observations that came.
func (m *merger) post() {
	if len(m.group) == 0 || m.err != nil {
		return
	}
	latest := &m.group[len(m.group)-1]
	post := &m.one[0]
	*post = latest.Post
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
	m.err = m.posts.Write(m.one[:])
	if m.err == nil && m.snapshots != nil {
		m.err = m.snapshots.Write(m.out)
	}
	clear(m.group)
	m.group = m.group[:0]
}

// merge calls f for the observations that belong to a partition, post by post
// and in the order of runOrder; equal ones in the order of their files' names,
// never of study.toml.
func (l *Layout) merge(ctx context.Context, part Part, w *Files, f func(x *datasets.PostRun, file string) error) error {
	var (
		all  []iter.Seq2[[]datasets.PostRun, error]
		from []string // file of each sequence
		came []bool   // whether its observations moved here
		away = map[postKey]bool{}
	)
	files := slices.Sorted(slices.Values(l.files[part]))
	here := map[string][]datasets.PostRun{} // observations that move here, by file
	if l.moves(part) {
		p, err := w.IO.In(MovesFile(part.Country))
		if err != nil {
			return err
		}
		for rows, err := range datasets.Moves.ReadRun(ctx, p) {
			if err != nil {
				return err
			}
			for i := range rows {
				m := &rows[i]
				if m.From == part.Year {
					away[keyOf(&m.Run.Post).clone()] = true
				}
				if m.To == part.Year {
					file := strings.Clone(m.File)
					here[file] = append(here[file], m.Run)
				}
			}
		}
	}
	names := slices.Sorted(maps.Keys(here))
	for _, file := range slices.Compact(slices.Sorted(slices.Values(append(names, files...)))) {
		if rows := here[file]; len(rows) > 0 {
			slices.SortStableFunc(rows, func(a, b datasets.PostRun) int { return bytes.Compare(runOrder(nil, &a), runOrder(nil, &b)) })
			all, from = append(all, func(yield func([]datasets.PostRun, error) bool) { yield(rows, nil) }), append(from, file)
			came = append(came, true)
		}
		if !slices.Contains(files, file) {
			continue
		}
		p, err := w.IO.In(RunDir(file) + part.runFile())
		if err != nil {
			return err
		}
		sections, err := datasets.PostRuns.Sections(ctx, p)
		if err != nil {
			return err
		}
		for _, s := range sections {
			all, from, came = append(all, s), append(from, file), append(came, false)
		}
	}
	for m, err := range datasets.MergeRuns(runOrder, all) {
		if err != nil {
			return err
		}
		if len(away) > 0 && !came[m.From] && away[keyOf(&m.Row.Post)] {
			continue
		}
		if err := f(m.Row, from[m.From]); err != nil {
			return err
		}
	}
	return nil
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
