package normalize

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"
	"unique"

	"diplometrics/datasets"
)

// A partition is a country and year, and a post is at home in the year in which
// it was posted. Files can disagree about that year: one leaves the time out, or
// gives it in another zone. Observations that may have to move to the partition
// of their post are loose.

// newYear is how far from New Year, in UTC, the year of a post is certain: two
// clocks are never further apart.
const newYear = 48 * time.Hour

// loose tells whether another file may put the post into another year.
func loose(p *datasets.Post) bool {
	if !p.CreatedAt.OK {
		return true
	}
	t := p.CreatedAt.V.Time()
	return t.Add(-newYear).Year() != t.Add(newYear).Year()
}

// MovesFile is what Settle writes for a country.
func MovesFile(country string) string { return "normalized/loose/" + country + ".run" }

// looseParts returns the partitions of a country that hold loose observations.
func (l *Layout) looseParts(country string) []Part {
	return slices.DeleteFunc(slices.Clone(l.Parts), func(p Part) bool { return p.Country != country || len(l.loose[p]) == 0 })
}

// undated tells whether some observations of a country have no time at all, so
// that their posts may be at home in any year.
func (l *Layout) undated(country string) bool { return len(l.files[Part{country, unknownYear}]) > 0 }

// moves tells whether observations may move to or from a partition.
func (l *Layout) moves(p Part) bool {
	return slices.Contains(l.Loose, p.Country) && (l.undated(p.Country) || len(l.loose[p]) > 0)
}

// runPart is the part of one raw file's run that lies in a partition.
type runPart struct {
	file string
	part Part
}

func (r runPart) path() string { return RunDir(r.file) + r.part.runFile() }

// runParts returns the runs in which the posts of the loose observations of a
// country can be: those that hold loose ones, or all of the country's where some
// have no time.
func (l *Layout) runParts(country string) []runPart {
	var out []runPart
	of := l.loose
	if l.undated(country) {
		of = l.files
	}
	for _, p := range l.Parts {
		if p.Country != country {
			continue
		}
		for _, f := range of[p] {
			out = append(out, runPart{f, p})
		}
	}
	return out
}

// LooseInputs returns the files that Settle reads.
func (l *Layout) LooseInputs(country string) []string {
	var out []string
	for _, r := range l.runParts(country) {
		out = append(out, r.path())
	}
	return out
}

type postKey struct{ platform, account, post string }

func keyOf(p *datasets.Post) postKey { return postKey{p.Platform, p.AccountID, p.PostID} }

// clone returns a key that does not hold the batch of its row.
func (k postKey) clone() postKey {
	return postKey{strings.Clone(k.platform), strings.Clone(k.account), strings.Clone(k.post)}
}

// home is where the observations of a post lie.
type home struct {
	latest  []byte // that has a time: its order among those of the post, then its file
	created datasets.Micros
	year    string
	several bool
}

// Settle finds the home of every post of a country that has loose observations,
// the year of the latest one that has a time, and writes the observations that
// lie elsewhere.
func (l *Layout) Settle(ctx context.Context, country string, w *Files) error {
	homes, err := l.split(ctx, country, w)
	if err == nil && len(homes) > 0 {
		err = l.settle(ctx, country, homes, w)
	}
	if err != nil {
		return err
	}
	out := newRunWriter(w, &datasets.Moves, MovesFile(country))
	if out == nil {
		return w.Close(ctx)
	}
	moves := datasets.NewPile(&datasets.Moves, datasets.Moves.Order(seenBy...))
	for _, r := range l.runParts(country) {
		if len(homes) == 0 {
			break
		}
		err := each(ctx, w, r, func(x *datasets.PostRun) {
			if h := homes[keyOf(&x.Post)]; h != nil && h.year != r.part.Year {
				m := datasets.Move{Run: *x, File: r.file, From: r.part.Year, To: h.year}
				moves.Add(unique.Make(string(moveAccount.Append(nil, &m))), &m)
			}
			if moves.Size() > runMemory {
				w.err = cmp.Or(w.err, writePile(out, moves))
			}
		})
		if err = cmp.Or(err, w.err); err != nil {
			return err
		}
	}
	w.err = writePile(out, moves)
	closeRun(w, out)
	return w.Close(ctx)
}

var moveAccount = datasets.Moves.Order("platform", "account_id")

// split returns the posts of the loose observations that may lie in several
// years: they do already, or one has no time.
func (l *Layout) split(ctx context.Context, country string, w *Files) (map[postKey]*home, error) {
	years, split := map[postKey]string{}, map[postKey]*home{}
	for _, p := range l.looseParts(country) {
		for _, f := range l.loose[p] {
			err := each(ctx, w, runPart{f, p}, func(x *datasets.PostRun) {
				if !loose(&x.Post) {
					return
				}
				k := keyOf(&x.Post)
				was, ok := years[k]
				if !ok {
					years[k.clone()] = p.Year
				}
				if (ok && was != p.Year || p.Year == unknownYear) && split[k] == nil {
					split[k.clone()] = &home{}
				}
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return split, nil
}

// settle finds the home of each of the posts, and forgets those that lie in one
// year.
func (l *Layout) settle(ctx context.Context, country string, homes map[postKey]*home, w *Files) error {
	for _, r := range l.runParts(country) {
		err := each(ctx, w, r, func(x *datasets.PostRun) {
			h := homes[keyOf(&x.Post)]
			if h == nil {
				return
			}
			h.several = h.several || h.year != "" && h.year != r.part.Year
			h.year = r.part.Year
			if !x.Post.CreatedAt.OK {
				return
			}
			if at := append(seenOrder.Append(nil, x), r.file...); h.latest == nil || bytes.Compare(h.latest, at) <= 0 {
				h.latest, h.created = at, x.Post.CreatedAt.V
			}
		})
		if err != nil {
			return err
		}
	}
	maps.DeleteFunc(homes, func(_ postKey, h *home) bool { return !h.several })
	for _, h := range homes {
		h.year = yearOf(h.created)
	}
	return nil
}

// each calls f for every row of a run's part; its text stays.
func each(ctx context.Context, w *Files, r runPart, f func(*datasets.PostRun)) error {
	p, err := w.IO.In(r.path())
	if err != nil {
		return err
	}
	for rows, err := range datasets.PostRuns.ReadRun(ctx, p) {
		if err != nil {
			return err
		}
		for i := range rows {
			f(&rows[i])
		}
	}
	return nil
}
