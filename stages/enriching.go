package stages

import (
	"context"
	"iter"
	"slices"
	"strconv"
	"time"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/enrich"
	"diplometrics/stages/enrich/language"
	"diplometrics/stages/normalize"
)

// enrichUnits returns the units of enrich, one a partition, and those of the
// topics. Cross-posts at New Year need the posts of the neighbouring years of
// the country too.
func (f *flow) enrichUnits(parts []normalize.Part) []pipeline.Unit {
	var units []pipeline.Unit
	for _, part := range parts {
		near := neighbours(part, parts)
		in := parquet("normalized", "accounts", "account_snapshots")
		for _, p := range near {
			in = append(in, p.Posts())
		}
		units = append(units, pipeline.Unit{Name: "enrich/" + part.Name(), Inputs: in, Outputs: []string{contextFile(part), crossFile(part)},
			Params: enrichParams{f.st.Zones, f.st.Simulated}, Versions: map[string]int{"enrich": enrich.Version, "language": language.Version},
			Run: func(ctx context.Context, io *pipeline.IO) error { return f.enrich(ctx, part, near, io) }})
	}
	return append(units, f.topicUnits(parts)...)
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
	snapshots, err := io.In("normalized/account_snapshots.parquet")
	if err != nil {
		return err
	}
	contexts, err := enrich.NewContexts(datasets.AccountSnapshots.Read(ctx, snapshots), accounts, zones)
	if err != nil {
		return err
	}
	path, err := io.In(part.Posts())
	if err != nil {
		return err
	}
	var rows []datasets.PostContext
	for batch, err := range datasets.Posts.Read(ctx, path) {
		if err != nil {
			return err
		}
		for i := range batch {
			rows = append(rows, contexts.Of(&batch[i]))
		}
	}
	slices.SortFunc(rows, func(a, b datasets.PostContext) int { return datasets.PostContexts.Compare(&a, &b) })

	cross, err := enrich.CrossPosts(f.around(ctx, part, near, io), accounts)
	if err != nil {
		return err
	}
	cross = slices.DeleteFunc(cross, func(c datasets.CrossPost) bool { return c.CreatedAt.Time().Format("2006") != part.Year })
	w := f.files(io)
	normalize.Put(w, &datasets.PostContexts, contextFile(part), rows)
	normalize.Put(w, &datasets.CrossPosts, crossFile(part), cross)
	return w.Close(ctx)
}

// around yields the posts of a partition and those of its neighbours that lie
// within the margin of its year.
func (f *flow) around(ctx context.Context, part normalize.Part, near []normalize.Part, io *pipeline.IO) iter.Seq2[[]datasets.Post, error] {
	return func(yield func([]datasets.Post, error) bool) {
		year, err := strconv.Atoi(part.Year)
		if err != nil {
			return // posts without a time have no cross-posts
		}
		from := datasets.MicrosOf(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)) - enrich.Margin
		to := datasets.MicrosOf(time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC)) + enrich.Margin
		for _, p := range near {
			path, err := io.In(p.Posts())
			if err != nil {
				yield(nil, err)
				return
			}
			for batch, err := range datasets.Posts.Read(ctx, path) {
				if err != nil {
					yield(nil, err)
					return
				}
				batch = slices.DeleteFunc(batch, func(r datasets.Post) bool { return !r.CreatedAt.OK || r.CreatedAt.V < from || r.CreatedAt.V >= to })
				if !yield(batch, nil) {
					return
				}
			}
		}
	}
}
