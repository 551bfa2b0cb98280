package stages

import (
	"context"
	"iter"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"
	"weak"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/enrich"
	"diplometrics/stages/enrich/language"
	"diplometrics/stages/normalize"
)

// enrichUnits returns the units of enrich, one a partition, and those of the
// topics. Cross-posts at New Year need the posts of the neighbouring years of
// the country too.
func (f *flow) enrichUnits(layout *normalize.Layout) []pipeline.Unit {
	var units []pipeline.Unit
	parts := layout.Parts
	topics := f.topicUnits(parts)
	for i, part := range parts {
		near := neighbours(part, parts)
		in := parquet("normalized", "accounts")
		for _, p := range near {
			in = append(in, p.Posts())
		}
		// Followers at posting can be known from any year.
		for _, p := range layout.Seen {
			if p.Country == part.Country {
				in = append(in, p.AccountSnapshots())
			}
		}
		units = append(units, pipeline.Unit{Name: "enrich/" + part.Name(), Inputs: in, Outputs: []string{contextFile(part), crossFile(part)},
			Params: enrichParams{f.st.Zones, f.st.Simulated}, Versions: map[string]int{"enrich": enrich.Version, "language": language.Version},
			Run: func(ctx context.Context, io *pipeline.IO) error { return f.enrich(ctx, part, near, io) }})
		// By turns, so that topics are found while the followers are read.
		units = append(units, topics[i])
	}
	return append(units, topics[len(parts):]...)
}

type enrichParams struct {
	Zones     map[string]string `json:"zones"`
	Simulated bool              `json:"simulated"`
}

func contextFile(p normalize.Part) string {
	return "normalized/post_context/" + p.Folder() + "/post_context.parquet"
}

func crossFile(p normalize.Part) string {
	return "normalized/cross_posts/" + p.Folder() + "/cross_posts.parquet"
}

// neighbours returns the partition and those of the years before and after it.
func neighbours(part normalize.Part, all []normalize.Part) []normalize.Part {
	year, err := strconv.Atoi(part.Year)
	var out []normalize.Part
	for _, p := range all {
		other, otherErr := strconv.Atoi(p.Year)
		near := err == nil && otherErr == nil && other >= year-1 && other <= year+1
		if p.Country == part.Country && (p == part || near) {
			out = append(out, p)
		}
	}
	return out
}

// Columns of posts that contexts and cross-posts are found from.
var (
	contextColumns = []string{"platform", "account_id", "post_id", "created_at", "post_type", "text", "followers_at_posting"}
	crossColumns   = []string{"platform", "account_id", "post_id", "created_at", "post_type", "text"}
)

// enrich writes the context and the cross-posts of one partition.
func (f *flow) enrich(ctx context.Context, part normalize.Part, near []normalize.Part, io *pipeline.IO) error {
	zones := map[string]*time.Location{}
	for country, name := range f.st.Zones {
		zone, err := time.LoadLocation(name)
		if err != nil {
			return err
		}
		zones[country] = zone
	}
	r := reader{io: io}
	accounts := read(ctx, &r, &datasets.Accounts, "normalized")
	if r.err != nil {
		return r.err
	}
	followers, err := f.followers.read(ctx, io, part.Country)
	if err != nil {
		return err
	}
	contexts := enrich.NewContexts(followers, accounts, zones)
	from, to := year(part)
	cross := enrich.NewCrossing(accounts, from, to, io.Scratch())
	defer cross.Close()
	w := f.files(io)
	normalize.PutBatches(w, &datasets.PostContexts, contextFile(part), inContext(ctx, part, contexts, cross, io))
	normalize.PutBatches(w, &datasets.CrossPosts, crossFile(part), crossed(ctx, part, near, cross, io))
	return w.Close(ctx)
}

// chunk is how many posts are worked on at a time: the rows of so many stay in the
// caches of the cores until they are written, and are enough for all cores.
const chunk = 1024

// sharedFollowers are read by the first unit of a country that needs them, and held
// for the others of the run: each partition needs some of nearly every row group of
// a table that has as many rows as all partitions of the country together have
// posts. They go when no unit has them.
type sharedFollowers struct {
	mu sync.Mutex
	of map[string]heldFollowers // by country
}

// heldFollowers are the followers of the accounts of a country.
type heldFollowers struct {
	files []os.FileInfo // that they were read from
	held  weak.Pointer[enrich.Followers]
}

// read returns the followers of the accounts of a country, as the files of a unit
// that declared them show them.
func (s *sharedFollowers) read(ctx context.Context, in inputs, country string) (*enrich.Followers, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, err := snapshotFiles(in)
	if err != nil {
		return nil, err
	}
	var files []os.FileInfo
	for _, path := range at {
		file, err := os.Stat(path)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	had := s.of[country]
	if held := had.held.Value(); held != nil && slices.EqualFunc(files, had.files, sameFile) {
		return held, nil
	}
	all, err := enrich.NewFollowers(datasets.AccountSnapshots.ScanFiles(ctx, at, enrich.SnapshotColumns...))
	if err != nil {
		return nil, err
	}
	if s.of == nil {
		s.of = map[string]heldFollowers{}
	}
	s.of[country] = heldFollowers{files, weak.Make(all)}
	return all, nil
}

func sameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// inContext yields the contexts of the posts of a partition, which cross takes
// on the way.
func inContext(ctx context.Context, part normalize.Part, contexts *enrich.Contexts, cross *enrich.Crossing, io *pipeline.IO) iter.Seq2[[]datasets.PostContext, error] {
	return func(yield func([]datasets.PostContext, error) bool) {
		for batch, err := range enrich.ByKey(scan(ctx, io, &datasets.Posts, part.Posts(), contextColumns...)) {
			if err != nil {
				yield(nil, err)
				return
			}
			for posts := range slices.Chunk(batch, chunk) {
				if err := cross.Add(posts); err != nil {
					yield(nil, err)
					return
				}
				if !yield(contexts.Of(posts), nil) {
					return
				}
			}
		}
	}
}

// crossed yields the cross-posts of the year of a partition, of whose posts
// cross has those of the partition itself.
func crossed(ctx context.Context, part normalize.Part, near []normalize.Part, cross *enrich.Crossing, io *pipeline.IO) iter.Seq2[[]datasets.CrossPost, error] {
	return func(yield func([]datasets.CrossPost, error) bool) {
		if cross.None() {
			return
		}
		for _, p := range near {
			if p == part {
				continue
			}
			for batch, err := range scan(ctx, io, &datasets.Posts, p.Posts(), crossColumns...) {
				if err == nil {
					err = cross.Add(batch)
				}
				if err != nil {
					yield(nil, err)
					return
				}
			}
		}
		cross.Rows()(yield)
	}
}

// year returns the first moment of a partition's year and that of the next; the
// same where the time of its posts is not known.
func year(part normalize.Part) (from, to datasets.Micros) {
	n, err := strconv.Atoi(part.Year)
	if err != nil {
		return 0, 0
	}
	first := func(n int) datasets.Micros { return datasets.MicrosOf(time.Date(n, 1, 1, 0, 0, 0, 0, time.UTC)) }
	return first(n), first(n + 1)
}
