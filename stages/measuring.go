package stages

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"reflect"
	"slices"
	"sync"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/measure"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/normalize"
	"diplometrics/stages/study"
)

// measureParams are the settings of the study that measure uses.
type measureParams struct {
	From         datasets.Day        `json:"from"`
	To           datasets.Day        `json:"to"`
	Countries    []string            `json:"countries"`
	Interactions map[string][]string `json:"interactions,omitempty"`
	Coverage     []study.Source      `json:"coverage,omitempty"` // id and coverage only
	Simulated    bool                `json:"simulated"`
}

// coverage is what study.toml says of the coverage of the sources of posts. Files
// of one source that cover different days stand in it one by one.
func coverage(st *study.Study) []study.Source {
	var out []study.Source
	for _, s := range st.Sources {
		c := study.Source{ID: s.ID, Coverage: s.Coverage, Accounts: s.Accounts}
		same := func(o study.Source) bool { return reflect.DeepEqual(o, c) }
		if (s.Table == "" || s.Table == "posts") && !slices.ContainsFunc(out, same) {
			out = append(out, c)
		}
	}
	return out
}

// measureUnit measures the snapshots and counted windows of all accounts, and
// the posts of the partitions. seen are the files of the snapshots.
func (f *flow) measureUnit(parts []normalize.Part, seen []string) pipeline.Unit {
	in := append(parquet("normalized", "accounts", "account_windows"), seen...)
	out := parquet("metrics", "values", "account_periods", "interaction_counts", "account_curves")
	var countries []string
	for _, p := range parts {
		in = append(in, p.Posts(), p.Snapshots(), contextFile(p), crossFile(p), topicFile(p))
		if n := len(countries); n == 0 || countries[n-1] != p.Country {
			countries = append(countries, p.Country)
			out = append(out, scoreFile(p.Country))
		}
	}
	has, defaults := f.words()
	versions := measure.Versions()
	maps.Copy(versions, defaults)
	return pipeline.Unit{Name: "measure", Inputs: append(in, has...), Outputs: out, Versions: versions,
		Params: measureParams{f.st.From, f.st.To, f.st.Countries, f.st.Interactions, coverage(f.st), f.st.Simulated},
		Run:    func(ctx context.Context, io *pipeline.IO) error { return f.measure(ctx, parts, countries, has, io) }}
}

func scoreFile(country string) string {
	return "metrics/post_scores/" + normalize.CountryFolder(country) + "/post_scores.parquet"
}

func (f *flow) measure(ctx context.Context, parts []normalize.Part, countries, has []string, io *pipeline.IO) error {
	r := reader{io: io}
	w := f.files(io)
	in := &measure.Input{Accounts: read(ctx, &r, &datasets.Accounts, "normalized"),
		Snapshots: scanSnapshots(ctx, io, measure.FollowerColumns...),
		Windows:   read(ctx, &r, &datasets.AccountWindows, "normalized"), Sources: coverage(f.st), From: f.st.From, To: f.st.To,
		Countries: make([][]measure.Partition, len(countries)), Setting: &metrics.Setting{Components: f.st.Interactions}}
	if r.err != nil {
		return r.err
	}
	book, err := readCodebook(declared(io), has)
	if err != nil {
		return err
	}
	book.strange(f.st.Countries, io.Note)
	book.setting(in.Setting, f.st.From, f.st.To)
	at := -1
	for i, p := range parts {
		if i == 0 || parts[i-1].Country != p.Country {
			at++
		}
		in.Countries[at] = append(in.Countries[at], measure.Partition{
			Collected: scan(ctx, io, &datasets.Posts, p.Posts(), measure.CollectedColumns...),
			Posts:     scan(ctx, io, &datasets.Posts, p.Posts(), measure.PostColumns...),
			Contexts:  scan(ctx, io, &datasets.PostContexts, contextFile(p), measure.ContextColumns...),
			Snapshots: scan(ctx, io, &datasets.PostSnapshots, p.Snapshots(), measure.SnapshotColumns...),
			Cross:     scan(ctx, io, &datasets.CrossPosts, crossFile(p), measure.CrossColumns...),
			Topics:    scan(ctx, io, &datasets.PostTopics, topicFile(p)),
		})
	}
	scores := scoring{files: w, countries: countries}
	defer scores.discard()
	in.Scores, in.Scratch = scores.put, io.Scratch()
	out, err := measure.Run(ctx, in)
	if err != nil {
		return err
	}
	defer out.Close()
	io.Note("values: %d of %d metrics, %d of them absent with the reason", out.Rows, out.Metrics, out.Absent)
	if out.Undated > 0 {
		io.Note("posts without a time: %d; they belong to no period and no metric counts them", out.Undated)
	}
	if err := scores.close(); err != nil {
		return err
	}
	// One core unpacks and orders what the other writes, and reads back the one
	// file or the others.
	var wait sync.WaitGroup
	values := f.files(io)
	var written error
	wait.Go(func() {
		normalize.PutBatches(values, &datasets.Values, "metrics/values.parquet", during(ctx, out.Values()))
		written = values.Close(ctx)
	})
	normalize.PutBatches(w, &datasets.AccountPeriods, "metrics/account_periods.parquet", during(ctx, out.Periods()))
	normalize.PutBatches(w, &datasets.InteractionCounts, "metrics/interaction_counts.parquet", during(ctx, out.Counts()))
	normalize.PutBatches(w, &datasets.AccountCurves, "metrics/account_curves.parquet", during(ctx, out.Curves()))
	err = w.Close(ctx)
	wait.Wait()
	return cmp.Or(written, err)
}

// during ends rows with the error of a context once that has ended.
func during[R any](ctx context.Context, rows iter.Seq2[[]R, error]) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		for batch, err := range rows {
			if err == nil {
				err = ctx.Err()
			}
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// scoring writes the scores of posts, country by country, as they come.
type scoring struct {
	files     *normalize.Files
	countries []string
	begun     int // countries whose file was begun
	file      *datasets.Writer[datasets.PostScore]
}

// put writes scores of the country of that number.
func (s *scoring) put(country int, rows []datasets.PostScore) error {
	for s.begun <= country {
		if err := s.next(); err != nil {
			return err
		}
	}
	return s.file.Write(rows)
}

// next ends the file of a country and begins that of the next.
func (s *scoring) next() error {
	normalize.CloseTable(s.files, s.file)
	s.file = normalize.Create(s.files, &datasets.PostScores, scoreFile(s.countries[s.begun]))
	s.begun++
	return s.files.Err()
}

// close ends the last file, and gives countries without an account theirs.
func (s *scoring) close() error {
	for s.begun < len(s.countries) {
		if err := s.next(); err != nil {
			return err
		}
	}
	normalize.CloseTable(s.files, s.file)
	return s.files.Err()
}

func (s *scoring) discard() {
	if s.file != nil {
		s.file.Discard()
	}
}

// stream reads a file of a table, which is declared or of a package, when it is
// asked for its rows.
func stream[R any](ctx context.Context, in inputs, t *datasets.Table[R], name string, columns ...string) iter.Seq2[[]R, error] {
	return opened(in, name, func(path string) iter.Seq2[[]R, error] { return t.Read(ctx, path, columns...) })
}

// scan is stream for who keeps no row: a batch is valid until the next one.
func scan[R any](ctx context.Context, in inputs, t *datasets.Table[R], name string, columns ...string) iter.Seq2[[]R, error] {
	return opened(in, name, func(path string) iter.Seq2[[]R, error] { return t.Scan(ctx, path, columns...) })
}

func opened[R any](in inputs, name string, rows func(path string) iter.Seq2[[]R, error]) iter.Seq2[[]R, error] {
	return func(yield func([]R, error) bool) {
		path, err := in.In(name)
		if err != nil {
			yield(nil, err)
			return
		}
		rows(path)(yield)
	}
}
