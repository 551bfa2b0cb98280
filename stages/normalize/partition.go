package normalize

import (
	"cmp"
	"context"
	"slices"

	"diplometrics/datasets"
)

// Partition merges the observations of one country and year from the runs of
// the files. Each post comes out once, as its latest observation shows it, and
// every different observation of a post that is no repost as a snapshot.
func Partition(ctx context.Context, part Part, files []string, w *Files) error {
	type seen struct {
		datasets.PostRun
		file string
	}
	var all []seen
	for _, f := range files {
		p, err := w.IO.In(RunDir(f) + part.runFile())
		if err != nil {
			return err
		}
		rows, err := datasets.PostRuns.ReadAll(ctx, p)
		if err != nil {
			return err
		}
		for _, r := range rows {
			all = append(all, seen{r, f})
		}
	}
	slices.SortFunc(all, func(a, b seen) int {
		return cmp.Or(datasets.Posts.Compare(&a.Post, &b.Post), compareObservation(&a.PostRun, &b.PostRun),
			cmp.Compare(a.Post.Source, b.Post.Source), cmp.Compare(a.file, b.file), cmp.Compare(a.Line, b.Line))
	})
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
				Observation: post.Observations, CreatedAt: g.Post.CreatedAt, ObservedAt: g.Post.ObservedAt, Counts: g.Post.Counts, Source: g.Post.Source})
		}
		// What only an earlier observation says is not lost with a thinner later one.
		for i := len(group) - 2; i >= 0; i-- {
			fill(&post, &group[i].Post)
		}
		posts = append(posts, post)
		kept[latest.file]++
		from = to
	}
	var tally []datasets.Tally
	for f, n := range kept {
		tally = append(tally, datasets.Tally{File: f, Kept: n})
	}
	slices.SortFunc(tally, func(a, b datasets.Tally) int { return datasets.Tallies.Compare(&a, &b) })
	Put(w, &datasets.Posts, part.Posts(), posts)
	Put(w, &datasets.PostSnapshots, part.Snapshots(), snapshots)
	Put(w, &datasets.Tallies, part.Tally(), tally)
	return w.Close(ctx)
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
	if !post.EditedAt.OK {
		post.EditedAt = earlier.EditedAt
	}
	if !post.FollowersAtPosting.OK {
		post.FollowersAtPosting = earlier.FollowersAtPosting
	}
}
