package stages

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/plots"
	"diplometrics/stages/compare"
	"diplometrics/stages/normalize"
	"diplometrics/stages/publish"
	"diplometrics/stages/render"
	"diplometrics/stages/report"
	"diplometrics/stages/study"
	"diplometrics/stages/summarize"
)

// publishParams are what a package says that stands in no table.
type publishParams struct {
	Report  reportParams     `json:"report"`
	Package PackageOptions   `json:"package"`
	Key     string           `json:"key,omitempty"` // fingerprint; "" where no person appears
	Stages  map[string]maker `json:"stages"`
}

// maker is what a stage makes, from what.
type maker struct {
	Versions map[string]int `json:"versions"` // of the stage and its plug-ins
	Reads    []string       `json:"reads"`
	Writes   []string       `json:"writes"`
}

// makers are the stages that these units belong to. Tables go by their name,
// whatever the partition; of raw files only that they are read is said, and of
// counts that units leave for one another nothing.
func (f *flow) makers(units []pipeline.Unit) map[string]maker {
	raw := map[string]bool{}
	for _, s := range f.st.Sources {
		raw[s.File] = true
	}
	out := map[string]maker{}
	for _, u := range units {
		s := Stage(u.Name)
		m, ok := out[s]
		if !ok {
			m.Versions = map[string]int{}
		}
		maps.Copy(m.Versions, u.Versions)
		m.Reads = append(m.Reads, tablesOf(u.Inputs, raw)...)
		m.Writes = append(m.Writes, tablesOf(u.Outputs, raw)...)
		out[s] = m
	}
	for s, m := range out {
		m.Reads, m.Writes = slices.Compact(slices.Sorted(slices.Values(m.Reads))), slices.Compact(slices.Sorted(slices.Values(m.Writes)))
		out[s] = m
	}
	return out
}

func tablesOf(files []string, raw map[string]bool) (out []string) {
	for _, f := range files {
		switch dir, base := path.Split(filepath.ToSlash(f)); {
		case strings.HasPrefix(dir, normalize.TallyFolder):
		case raw[f]:
			out = append(out, "raw files")
		case strings.HasSuffix(base, ".parquet"):
			out = append(out, strings.TrimSuffix(base, ".parquet"))
		case dir == "" && strings.Contains(base, "."):
			out = append(out, base)
		}
	}
	return out
}

// publishUnit makes the package; units are all others.
func (f *flow) publishUnit(units []pipeline.Unit, parts []normalize.Part, tables []string) pipeline.Unit {
	p := publishParams{Report: f.reportParams(units), Package: f.options, Key: f.key.fingerprint, Stages: f.makers(units)}
	in := slices.Clone(tables)
	for _, fig := range plots.All {
		in = append(in, render.Outputs(fig.Name, plots.TwoColumn)...)
	}
	if f.options.Mode != publish.Aggregates {
		for _, part := range parts {
			in = append(in, part.Posts())
			if f.options.Mode == publish.Full {
				in = append(in, part.Snapshots(), contextFile(part), crossFile(part), topicFile(part))
			}
		}
	}
	own := f.ownFiles()
	in = append(in, own...)
	out := []string{"package/"}
	if f.options.Zip {
		out = append(out, "package.zip")
	}
	return pipeline.Unit{Name: "publish", Inputs: in, Outputs: out, Params: p, Versions: map[string]int{"publish": publish.Version, "report": report.Version},
		Run: func(ctx context.Context, io *pipeline.IO) error { return f.publish(ctx, io, parts, &p, own) }}
}

func (f *flow) publish(ctx context.Context, io *pipeline.IO, parts []normalize.Part, p *publishParams, own []string) error {
	if what := f.st.Unfilled(); what != "" {
		io.Skip(unfilled(what))
		return nil
	}
	e, err := readBounded(ctx, io)
	if err != nil {
		return err
	}
	book, err := readCodebook(declared(io), f.has(eventsFile))
	if err != nil {
		return err
	}
	events := eventsOf(book)
	persons := publish.PersonsOf(e.accounts)
	persons.Use(f.key.bytes)
	aliases := publish.Aliases(e.sources)
	e.sources = publish.Rename(e.sources, aliases)
	linked := publish.Links(e.windows, e.audit)
	snapshots, led, err := packedSnapshots(ctx, io, persons)
	if err != nil {
		return err
	}
	linked = linked || led
	if persons.Appear() && f.key.bytes == nil {
		return f.key.missing()
	}
	values := stream(ctx, io, &datasets.Values, "metrics/values.parquet")
	if persons.Any() {
		e.redact(persons)
		if values, err = e.packedValues(ctx, io, persons, f.compareParams()); err != nil {
			return err
		}
		if e.derived, err = e.derive(ctx, f.compareParams(), events); err != nil {
			return err
		}
	}
	b := publish.New(ctx, f.st, io, f.options.Mode, persons)
	e.write(b, snapshots, values)
	m := f.manifest(p, e.sources, events)
	m.LeftOut = persons.Any()
	b.JSON("manifest.json", m)
	if err := f.packedFigures(ctx, io, b, persons.Any() || linked); err != nil {
		return err
	}
	if err := f.packedReport(ctx, io, b, &p.Report, own, aliases, persons.Any()); err != nil {
		return err
	}
	switch f.options.Mode {
	case publish.IDs:
		publish.WriteIDs(b, f.posts(ctx, io, parts), persons)
	case publish.Full:
		f.packPosts(ctx, io, b, parts, persons)
	}
	return b.Close(f.verify, f.options.Zip)
}

// packedSnapshots are the snapshots of a package, whose locators lead nowhere;
// linked tells whether one did.
func packedSnapshots(ctx context.Context, io *pipeline.IO, persons *publish.Persons) (rows iter.Seq2[[]datasets.AccountSnapshot, error], linked bool, err error) {
	r := reader{io: io}
	eachSnapshot(ctx, &r, []string{"locator"}, func(s *datasets.AccountSnapshot) {
		linked = linked || s.Locator.OK && publish.Leads(s.Locator.V)
	})
	rows = publish.Single(persons, &datasets.AccountSnapshots, scanSnapshots(ctx, io),
		func(s *datasets.AccountSnapshot) (string, string) { return s.Platform, s.AccountID })
	if linked {
		rows = publish.Of(rows, func(s *datasets.AccountSnapshot) bool {
			publish.Unlink(&s.Locator)
			return true
		})
	}
	return rows, linked, r.err
}

// packedValues are the values of a package with persons. Those that derive uses
// the edition holds.
func (e *edition) packedValues(ctx context.Context, io *pipeline.IO, persons *publish.Persons, p compare.Params) (iter.Seq2[[]datasets.Value, error], error) {
	kept := recurring{}
	var own []datasets.Value // of persons, whose pseudonyms sort elsewhere
	uses := func(v *datasets.Value) bool { return p.Uses(v) || summarize.Uses(v) }
	all := stream(ctx, io, &datasets.Values, "metrics/values.parquet")
	for batch, err := range all {
		if err != nil {
			return nil, err
		}
		var found []datasets.Value
		for i := range batch {
			switch v := &batch[i]; {
			case persons.Is(v.Platform, v.AccountID):
				found = append(found, *v)
			case uses(v):
				e.values = append(e.values, kept.value(v))
			}
		}
		for _, v := range persons.Values(found) {
			own = append(own, kept.value(&v))
		}
	}
	inOrder := func(a, b datasets.Value) int { return datasets.Values.Compare(&a, &b) }
	slices.SortFunc(own, inOrder)
	for i := range own {
		if uses(&own[i]) {
			e.values = append(e.values, own[i])
		}
	}
	slices.SortFunc(e.values, inOrder)
	others := publish.Of(all, func(v *datasets.Value) bool { return !persons.Is(v.Platform, v.AccountID) })
	return datasets.Values.Merge([]iter.Seq2[[]datasets.Value, error]{others, func(yield func([]datasets.Value, error) bool) { yield(own, nil) }}), nil
}

// write adds every table of the edition to a package, with those that it does not
// hold.
func (e *edition) write(b *publish.Builder, snapshots iter.Seq2[[]datasets.AccountSnapshot, error], values iter.Seq2[[]datasets.Value, error]) {
	publish.Add(b, &datasets.Accounts, e.accounts)
	publish.Add(b, &datasets.AccountPeriods, e.periods)
	publish.AddSheet(b, &datasets.AccountSnapshots, snapshots)
	publish.Add(b, &datasets.AccountWindows, e.windows)
	publish.Add(b, &datasets.Published, e.published)
	publish.Add(b, &datasets.Sources, e.sources)
	publish.AddSheet(b, &datasets.Values, values)
	publish.Add(b, &datasets.Estimates, e.Estimates)
	publish.Add(b, &datasets.Comparisons, e.Comparisons)
	publish.Add(b, &datasets.Sensitivity, e.Sensitivity)
	publish.Add(b, &datasets.ShrunkenValues, e.Shrunken)
	publish.Add(b, &datasets.InteractionCounts, e.counts)
	publish.Add(b, &datasets.AccountCurves, e.points)
	publish.Add(b, &datasets.Curves, e.curves)
	publish.Add(b, &datasets.Reconcile, e.reconcile)
	publish.Add(b, &datasets.CoderAgreements, e.coders)
	publish.Add(b, &datasets.TopicAgreements, e.topics)
	publish.Add(b, &datasets.Audit, e.audit)
}

// packedFigures adds the figures to a package: those of the study, or where
// persons were taken off the tables, figures of the package's own.
func (f *flow) packedFigures(ctx context.Context, io *pipeline.IO, b *publish.Builder, redacted bool) error {
	if err := b.Err(); err != nil {
		return err
	}
	if redacted {
		return f.drawnFigures(ctx, b, func(name string, content []byte) { b.File(name, content) })
	}
	for _, fig := range plots.All {
		for _, name := range render.Outputs(fig.Name, plots.TwoColumn) {
			path, err := io.In(name)
			if errors.Is(err, pipeline.ErrSkipped) {
				continue
			}
			if err != nil {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			b.File(name, content)
		}
	}
	return b.Err()
}

// drawnFigures draws every figure for which these tables have the data, on every
// core, and puts the files in the order of their names.
func (f *flow) drawnFigures(ctx context.Context, in inputs, put func(name string, content []byte)) error {
	made := make([]map[string][]byte, len(plots.All))
	errs := make([]error, len(plots.All))
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(plots.All)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(plots.All); i = int(next.Add(1)) - 1 {
				if errs[i] = ctx.Err(); errs[i] != nil {
					return
				}
				made[i], errs[i] = f.figureFiles(ctx, plots.All[i], in)
			}
		})
	}
	workers.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, files := range made {
		for _, name := range render.Outputs(plots.All[i].Name, plots.TwoColumn) {
			if content, ok := files[name]; ok {
				put(name, content)
			}
		}
	}
	return nil
}

// figureFiles draws a figure; what goes wrong in drawing is an error.
func (f *flow) figureFiles(ctx context.Context, fig plots.Figure, in inputs) (files map[string][]byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("figure %s: %v", fig.Name, r)
		}
	}()
	d, err := f.drawn(ctx, fig, plots.TwoColumn, in)
	if err != nil {
		return nil, err
	}
	return render.Files(fig, d)
}

// packedReport adds the report of the package's own tables.
func (f *flow) packedReport(ctx context.Context, io *pipeline.IO, b *publish.Builder, p *reportParams, own []string, aliases map[string]string, withPersons bool) error {
	if err := b.Err(); err != nil {
		return err
	}
	in, err := f.reportInput(ctx, b)
	if err != nil {
		return err
	}
	r := &reader{io: io}
	in.Place = "data"
	in.Rejects = rejects(ctx, r)
	if r.err != nil {
		return r.err
	}
	for i := range in.Rejects {
		in.Rejects[i].File = aliases[in.Rejects[i].File]
	}
	for _, fig := range plots.All {
		rf := report.Figure{Name: fig.Name, Doc: fig.Doc}
		if rf.SVG, rf.CSV, err = b.Figure(fig.Name); err != nil {
			return err
		}
		if rf.SVG == nil {
			rf.LeftOut = f.leftOut(ctx, fig, b)
		}
		in.Figures = append(in.Figures, rf)
	}
	if in.Provenance, err = f.provenance(io, p, own); err != nil {
		return err
	}
	// Who is named one by one in study.toml may be a person.
	in.Provenance.Coverage = slices.DeleteFunc(in.Provenance.Coverage, func(c report.Coverage) bool { return c.Account != "all" })
	if withPersons { // a guess at the file could be confirmed
		in.Provenance.Inputs = slices.DeleteFunc(in.Provenance.Inputs, func(i report.InputFile) bool { return i.Name == filepath.ToSlash(f.st.Accounts) })
	}
	page, err := report.HTML(in)
	if err != nil {
		return err
	}
	b.File("report.html", page)
	return b.Err()
}

// leftOut says why a package has no such figure.
func (f *flow) leftOut(ctx context.Context, fig plots.Figure, in inputs) string {
	d, err := f.drawn(ctx, fig, plots.TwoColumn, in)
	if err == nil {
		_, err = fig.Page(d)
	}
	if err == nil {
		return "no data: the study has none"
	}
	return err.Error()
}

func eventsOf(book *codebook) (out []summarize.Event) {
	for _, e := range book.events {
		out = append(out, summarize.Event{ID: e.ID, At: e.At, Country: e.Country})
	}
	return out
}

// posts yields the posts of all partitions in the order of their key.
func (f *flow) posts(ctx context.Context, io *pipeline.IO, parts []normalize.Part) iter.Seq2[[]datasets.Post, error] {
	var all []iter.Seq2[[]datasets.Post, error]
	for _, p := range parts {
		all = append(all, datasets.ByKey(stream(ctx, io, &datasets.Posts, p.Posts())))
	}
	return datasets.Posts.Merge(all)
}

// merged yields the rows of a table's partitions, each of which is sorted, in
// the order of its key.
func merged[R any](ctx context.Context, io *pipeline.IO, t *datasets.Table[R], parts []normalize.Part, file func(normalize.Part) string) iter.Seq2[[]R, error] {
	var files []string
	for _, p := range parts {
		files = append(files, file(p))
	}
	at, err := paths(io, files)
	return unless(err, t.ScanFiles(ctx, at))
}

// packPosts adds posts with their counts, without texts, addresses, media and
// what they answer; those of persons stay out.
func (f *flow) packPosts(ctx context.Context, io *pipeline.IO, b *publish.Builder, parts []normalize.Part, persons *publish.Persons) {
	if err := b.Err(); err != nil {
		return
	}
	if err := publish.Allowed(f.posts(ctx, io, parts)); err != nil {
		b.Fail(err)
		return
	}
	publish.AddStream(b, &datasets.Posts, publish.Bare(f.posts(ctx, io, parts), persons))
	keep := func(platform, id string) bool { return !persons.Is(platform, id) }
	publish.AddStream(b, &datasets.PostSnapshots, publish.Of(merged(ctx, io, &datasets.PostSnapshots, parts, normalize.Part.Snapshots), func(r *datasets.PostSnapshot) bool { return keep(r.Platform, r.AccountID) }))
	publish.AddStream(b, &datasets.PostContexts, publish.Of(merged(ctx, io, &datasets.PostContexts, parts, contextFile), func(r *datasets.PostContext) bool { return keep(r.Platform, r.AccountID) }))
	publish.AddStream(b, &datasets.CrossPosts, publish.Of(merged(ctx, io, &datasets.CrossPosts, parts, crossFile), func(r *datasets.CrossPost) bool {
		return keep(r.Platform, r.AccountID) && keep(r.OtherPlatform, r.OtherAccountID)
	}))
	publish.AddStream(b, &datasets.PostTopics, publish.Of(merged(ctx, io, &datasets.PostTopics, parts, topicFile), func(r *datasets.PostTopic) bool { return keep(r.Platform, r.AccountID) }))
}

// manifest is what the package says of how it came about.
type manifest struct {
	Program string           `json:"program"`
	Mode    string           `json:"mode"`
	Key     string           `json:"pseudonym_key_fingerprint,omitempty"`
	LeftOut bool             `json:"persons_left_out"` // suppressed.csv says where
	Study   manifestStudy    `json:"study"`
	Inputs  []manifestInput  `json:"inputs"`
	Sources []study.Source   `json:"coverage,omitempty"` // what the sources cover, of packages with posts
	Stages  map[string]maker `json:"stages"`
}

// manifestStudy is what the tables are computed with.
type manifestStudy struct {
	Name         string              `json:"name"`
	Title        string              `json:"title"`
	Version      string              `json:"version,omitempty"`
	Countries    []string            `json:"countries"`
	From         string              `json:"from"`
	To           string              `json:"to"` // day after the last
	Seed         uint64              `json:"seed"`
	Simulated    bool                `json:"simulated"`
	MaxReject    float64             `json:"max_reject_share"`
	Zones        map[string]string   `json:"zones,omitempty"`
	Interactions map[string][]string `json:"interactions,omitempty"`
	Events       []manifestEvent     `json:"events,omitempty"`
}

type manifestEvent struct {
	ID      string          `json:"id"`
	At      datasets.Micros `json:"at"` // microseconds since 1970-01-01 UTC
	Country string          `json:"country,omitempty"`
}

// manifestInput is a raw file, under the name that the table sources has.
type manifestInput struct {
	File    string `json:"file"`
	Adapter string `json:"adapter"`
	SHA256  string `json:"sha256"`
}

func (f *flow) manifest(p *publishParams, sources []datasets.Source, events []summarize.Event) manifest {
	st := f.st
	m := manifest{Program: p.Report.Program, Mode: p.Package.Mode, Key: p.Key, Stages: p.Stages,
		Study: manifestStudy{Name: st.Name, Title: st.Title, Version: st.Version, Countries: st.Countries, From: st.From.String(), To: st.To.String(),
			Seed: st.Seed, Simulated: st.Simulated, MaxReject: st.MaxReject, Zones: st.Zones, Interactions: st.Interactions}}
	for _, e := range events {
		m.Study.Events = append(m.Study.Events, manifestEvent(e))
	}
	if p.Package.Mode == publish.Full {
		m.Sources = coverage(st)
	}
	for _, s := range sources {
		m.Inputs = append(m.Inputs, manifestInput{s.File, s.Adapter, s.SHA256})
	}
	return m
}

// PackageOptions are what whoever makes a package chooses.
type PackageOptions struct {
	Mode string `json:"mode"` // of publish.Modes
	Zip  bool   `json:"zip"`
	Key  string `json:"-"` // file of the key of pseudonyms; "" for the usual one
}

// Check says what is wrong with the options.
func (o PackageOptions) Check() error {
	if !slices.Contains([]string{publish.Aggregates, publish.IDs, publish.Full}, o.Mode) {
		return fmt.Errorf("found the mode %q; expected aggregates, ids or full", o.Mode)
	}
	return nil
}
