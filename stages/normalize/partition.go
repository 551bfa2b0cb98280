package normalize

import (
	"cmp"
	"context"
	"slices"

	"diplometrics/datasets"
)

// seen is an observation of a post and the raw file that holds it.
type seen struct {
	datasets.PostRun
	file string
}

// compareSeen orders by post, and puts the latest observation of each last,
// never by the order of files in study.toml.
func compareSeen(a, b seen) int {
	return cmp.Or(datasets.Posts.Compare(&a.Post, &b.Post), compareObservation(&a.PostRun, &b.PostRun),
		cmp.Compare(a.Post.Source, b.Post.Source), cmp.Compare(a.file, b.file), cmp.Compare(a.Line, b.Line))
}

// Partition merges the observations of one country and year from the runs of
// the files. Each post comes out once, as its latest observation shows it, and
// every different observation of a post that is no repost as a snapshot.
// Observations whose post is at home in another year are there.
func (l *Layout) Partition(ctx context.Context, part Part, w *Files) error {
	all, err := l.observations(ctx, part, w)
	if err != nil {
		return err
	}
	slices.SortFunc(all, compareSeen)
	var posts []datasets.Post
	var snapshots []datasets.PostSnapshot
	kept := map[string]int64{}
	for from := 0; from < len(all); {
		to := from + 1
		for to < len(all) && datasets.Posts.Compare(&all[from].Post, &all[to].Post) == 0 {
			to++
		}
		group := all[from:to]
		latest := group[len(group)-1]
		post := latest.Post
		post.Observations = 0
		// What only an earlier observation says is not lost with a thinner later one.
		for i := len(group) - 2; i >= 0; i-- {
			fill(&post, &group[i].Post)
		}
		for i, g := range group {
			// The same counts at the same time, from whatever file, are one observation.
			if i > 0 && g.Post.ObservedAt == group[i-1].Post.ObservedAt && g.Post.Counts == group[i-1].Post.Counts {
				continue
			}
			post.Observations++
			if post.PostType == datasets.Repost {
				continue
			}
			snapshots = append(snapshots, datasets.PostSnapshot{Platform: post.Platform, AccountID: post.AccountID, PostID: post.PostID,
				Observation: post.Observations, CreatedAt: post.CreatedAt, ObservedAt: g.Post.ObservedAt, TimeSource: g.Post.TimeSource, Counts: g.Post.Counts, Source: g.Post.Source})
		}
		posts = append(posts, post)
		kept[latest.file]++
		from = to
	}
	Put(w, &datasets.Posts, part.Posts(), posts)
	Put(w, &datasets.PostSnapshots, part.Snapshots(), snapshots)
	Put(w, &datasets.Tallies, part.Tally(), tallies(kept))
	return w.Close(ctx)
}

// observations returns the rows of the runs that belong to a partition.
func (l *Layout) observations(ctx context.Context, part Part, w *Files) ([]seen, error) {
	var all []seen
	away := map[postKey]bool{}
	if l.moves(part) {
		p, err := w.IO.In(MovesFile(part.Country))
		if err != nil {
			return nil, err
		}
		for rows, err := range datasets.Moves.Read(ctx, p) {
			if err != nil {
				return nil, err
			}
			for _, m := range rows {
				if m.From == part.Year {
					away[keyOf(&m.Run.Post)] = true
				}
				if m.To == part.Year {
					all = append(all, seen{m.Run, m.File})
				}
			}
		}
	}
	for _, f := range l.files[part] {
		p, err := w.IO.In(RunDir(f) + part.runFile())
		if err != nil {
			return nil, err
		}
		for rows, err := range datasets.PostRuns.Read(ctx, p) {
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				if !away[keyOf(&r.Post)] {
					all = append(all, seen{r, f})
				}
			}
		}
	}
	return all, nil
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
