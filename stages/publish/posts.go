package publish

import (
	"bufio"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// MostIDs is how many ids a file holds: x lets nobody give more than 1,500,000
// ids of posts to one party in 30 days without its written permission.
const MostIDs = 1_500_000

// WriteIDs adds the ids of posts on x as bare lists, one a line, sorted as text,
// with nothing beside them; those of persons stay out. No other platform lets its
// ids be of use to others.
func WriteIDs(b *Builder, posts iter.Seq2[[]datasets.Post, error], persons *Persons) {
	ids, err := idsOf(posts, persons)
	b.Fail(err)
	if b.err != nil {
		return
	}
	n := 0
	for part := range slices.Chunk(ids, MostIDs) {
		n++
		path := b.Path(fmt.Sprintf("ids/x_posts_%03d.txt", n))
		if b.err != nil {
			return
		}
		b.Fail(writeLines(path, part))
	}
}

// idsOf are the ids of posts on x that are of no person, sorted as text.
func idsOf(posts iter.Seq2[[]datasets.Post, error], persons *Persons) (ids []string, err error) {
	for batch, err := range posts {
		if err != nil {
			return nil, err
		}
		for i := range batch {
			if r := &batch[i]; r.Platform == "x" && !persons.Is(r.Platform, r.AccountID) {
				ids = append(ids, strings.Clone(r.PostID))
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

func writeLines(path string, lines []string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for _, l := range lines {
		w.WriteString(l) // Flush returns the first error
		w.WriteByte('\n')
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// forbidden says why posts of a platform may not be shared.
var forbidden = map[string]string{
	"x":         "X allows bare ids alone, with --mode ids",
	"facebook":  "Meta allows aggregates alone",
	"instagram": "Meta allows aggregates alone",
	"threads":   "Meta allows aggregates alone",
}

// Allowed tells whether the terms of the platforms allow their posts to be
// shared; the error names every platform that does not, with its posts.
func Allowed(posts iter.Seq2[[]datasets.Post, error]) error {
	n := map[string]int{}
	for batch, err := range posts {
		if err != nil {
			return err
		}
		for i := range batch {
			if _, no := forbidden[batch[i].Platform]; no {
				n[strings.Clone(batch[i].Platform)]++
			}
		}
	}
	var why []string
	for _, p := range slices.Sorted(maps.Keys(n)) {
		why = append(why, fmt.Sprintf("%d of %s (%s)", n[p], p, forbidden[p]))
	}
	if len(why) > 0 {
		return errors.New("mode full would share posts that the terms of their platforms forbid to share: " + strings.Join(why, "; ") + ". Use --mode aggregates or ids, or a study without them")
	}
	return nil
}

// What a mapping may put into these two columns can be anything.
var (
	kindsOfMedia = []string{"photo", "video", "album", "link", "poll", "text", "other"}
	languageCode = regexp.MustCompile(`^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$`)
)

// Bare returns posts without what they say and whom they speak to: text, address,
// and the ids of what they answer, repeat or quote. Those of persons are left out.
func Bare(posts iter.Seq2[[]datasets.Post, error], persons *Persons) iter.Seq2[[]datasets.Post, error] {
	none := datasets.None[string]()
	return Of(posts, func(r *datasets.Post) bool {
		if !slices.Contains(kindsOfMedia, r.MediaType.V) {
			r.MediaType = none
		}
		if !languageCode.MatchString(r.LanguageGiven.V) {
			r.LanguageGiven = none
		}
		r.Text, r.URL, r.ReplyToID, r.RepostOfID, r.QuoteOfID = none, none, none, none, none
		return !persons.Is(r.Platform, r.AccountID)
	})
}

// Of returns the rows that keep keeps, and may change; the batches stay as they
// are.
func Of[R any](rows iter.Seq2[[]R, error], keep func(*R) bool) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		for batch, err := range rows {
			kept := make([]R, 0, len(batch))
			for _, r := range batch {
				if keep(&r) {
					kept = append(kept, r)
				}
			}
			if !yield(kept, err) {
				return
			}
		}
	}
}
