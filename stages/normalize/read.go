package normalize

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// run is what one raw file gives, sorted.
type run struct {
	posts     []datasets.PostRun
	snapshots []datasets.AccountSnapshot
	beside    []datasets.AccountSnapshot // seen beside posts: no records
	windows   []datasets.AccountWindow
	published []datasets.PublishedValue
	rejects   []datasets.Reject
	source    datasets.Source // without what is kept and merged, which other files decide
	simulated string          // name of an account that the simulator invented; "" where there is none
}

// Read reads one raw file into a run. A wrong record is a reject, or an error
// where people fill the format in by hand; past st.MaxReject, the share of
// rejects among records of known accounts, the file fails.
func Read(ctx context.Context, st *study.Study, src study.Source, w *Files) error {
	p, err := w.IO.In(st.Accounts)
	if err != nil {
		return err
	}
	reg, err := readAccounts(p)
	if err != nil {
		return err
	}
	if p, err = w.IO.In(src.File); err != nil {
		return err
	}
	gone, err := readTakedown(takedownIn(w.IO))
	if err != nil {
		return err
	}
	r, err := readFile(ctx, src, p, reg, gone)
	if err != nil {
		return fmt.Errorf("%s:%w", src.File, err)
	}
	if r.simulated != "" && !st.Simulated {
		return fmt.Errorf("%s: %q was simulated; write simulated = true into study.toml, so that every table and figure says so", src.File, r.simulated)
	}
	unknown := int64(0)
	for _, x := range r.rejects {
		if x.Reason == unknownAccount {
			unknown++
		}
	}
	if bad, of := r.source.Rejected.V-unknown, r.source.Records.V-unknown; float64(bad) > st.MaxReject*float64(of) {
		first := r.rejects[slices.IndexFunc(r.rejects, func(x datasets.Reject) bool { return x.Reason != unknownAccount })]
		return fmt.Errorf("%s:%d: %d of %d records cannot be used, more than max_reject_share = %g; the first: %s%s", src.File, first.Record, bad, of, st.MaxReject, prefix(first.Field.V), first.Reason)
	}
	r.write(w, RunDir(src.File))
	return w.Close(ctx)
}

func prefix(field string) string {
	if field == "" {
		return ""
	}
	return field + ": "
}

const unknownAccount = "unknown account"

func readFile(ctx context.Context, src study.Source, file string, reg *registry, gone *takedown) (*run, error) {
	sum, err := hashFile(file)
	if err != nil {
		return nil, fmt.Errorf(" cannot be read: %w; check its permissions", pathless(err))
	}
	sheet := ""
	if src.Mapping != nil {
		sheet = src.Mapping.Sheet
	}
	in, err := adapters.Open(file, src.Encoding, sheet)
	if err != nil {
		return nil, said(err)
	}
	defer in.Close()
	adapter, err := choose(src, in.Head, in.Name)
	if err != nil {
		return nil, err
	}
	f, err := fileOf(src, in.Name)
	if err != nil {
		return nil, err
	}
	batch, err := adapter.Read(ctx, in, f, runtime.GOMAXPROCS(0))
	if err != nil {
		return nil, said(err)
	}
	inRows(in, batch)
	if err := adapters.CheckObserved(batch, f); err != nil {
		return nil, said(err)
	}
	gone.filter(batch, reg)
	return resolve(src, adapter, sum, batch, reg)
}

// takedownIn is where the takedown list lies; "" where the study has none.
func takedownIn(io *pipeline.IO) string {
	path, err := io.In(TakedownFile)
	if err != nil {
		return ""
	}
	return path
}

// inRows turns lines of a sheet's text into the rows that a spreadsheet shows:
// they differ where cells hold line breaks.
func inRows(in *adapters.Input, b *adapters.Batch) {
	for i := range b.Posts {
		b.Posts[i].Line = in.Row(b.Posts[i].Line)
	}
	for i := range b.Snapshots {
		b.Snapshots[i].Line = in.Row(b.Snapshots[i].Line)
	}
	for i := range b.Windows {
		b.Windows[i].Line = in.Row(b.Windows[i].Line)
	}
	for i := range b.Published {
		b.Published[i].Line = in.Row(b.Published[i].Line)
	}
	for i := range b.Rejects {
		b.Rejects[i].Line = in.Row(b.Rejects[i].Line)
	}
}

// fileOf is what study.toml says of a file before its first record.
func fileOf(src study.Source, name string) (adapters.File, error) {
	f := adapters.File{Name: name, Folder: path.Base(path.Dir(src.File)), Observed: src.ObservedAt, ObservedPrecision: src.ObservedPrecision, Platform: src.Platform,
		Account: adapters.Ref{Platform: src.Platform, ID: src.Account, Handle: src.Handle}}
	if src.Zone != "" {
		zone, err := time.LoadLocation(src.Zone)
		if err != nil {
			return f, fmt.Errorf(" %w", err)
		}
		f.Zone = zone
	}
	return f, nil
}

// said turns an error of reading into the words after the file's name.
func said(err error) error {
	var record *adapters.RecordError
	if errors.As(err, &record) || errors.Is(err, context.Canceled) {
		return err
	}
	var refused *adapters.Refused
	if errors.As(err, &refused) {
		if refused.Line > 0 {
			return fmt.Errorf("%d: %w", refused.Line, err)
		}
		return fmt.Errorf(" refused: %w", err)
	}
	return fmt.Errorf("%w", err)
}

func hashFile(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// resolve finds the account of every row and sorts the rows.
func resolve(src study.Source, a *adapters.Adapter, sum string, b *adapters.Batch, reg *registry) (*run, error) {
	r := &run{source: datasets.Source{ID: src.ID, File: src.File, Table: src.Table, Adapter: a.Name, Title: src.Title, Cite: some(src.Cite),
		URL: some(src.URL), Licence: some(src.Licence), SHA256: sum, Records: datasets.Some(b.Records())}}
	filtered := int64(0)
	for _, n := range b.Filtered {
		filtered += n
	}
	r.source.Filtered = datasets.Some(filtered)
	for _, x := range b.Rejects {
		r.rejects = append(r.rejects, datasets.Reject{File: src.File, Record: x.Line, Field: some(x.Field), Reason: x.Reason, Excerpt: some(x.Excerpt)})
	}
	unknown := func(line int64, ref adapters.Ref) {
		r.rejects = append(r.rejects, datasets.Reject{File: src.File, Record: line, Field: datasets.Some("account"), Reason: unknownAccount, Excerpt: some(ref.String())})
	}
	for _, p := range b.Posts {
		if strings.HasSuffix(p.Ref.Name, study.SimulatedMark) {
			r.simulated = p.Ref.Name
		}
		day := datasets.Day(0)
		if p.Row.CreatedAt.OK {
			day = p.Row.CreatedAt.V.Day()
		}
		acc, ok := reg.lookup(p.Ref, day)
		if !ok {
			unknown(p.Line, p.Ref)
			continue
		}
		post := p.Row.Post
		post.Platform, post.AccountID, post.Country, post.Source, post.Observations = acc.Platform, acc.AccountID, acc.Country, src.ID, 1
		if !post.URL.OK {
			post.URL = telegramURL(acc, post.PostID)
		}
		r.posts = append(r.posts, datasets.PostRun{Post: post, Digest: int64(p.Row.Digest), Line: p.Line})
	}
	// Equal records with equal times are one observation, however often a file repeats them.
	slices.SortStableFunc(r.posts, comparePosts)
	r.posts = slices.CompactFunc(r.posts, func(a, b datasets.PostRun) bool {
		return a.Digest == b.Digest && a.Post == b.Post
	})
	renumber(r.posts)

	var snaps, beside []origin[datasets.AccountSnapshot]
	for _, s := range b.Snapshots {
		if err := ownSource(&s.Row.Source, src, s.Line); err != nil {
			return nil, err
		}
		acc, ok := reg.lookup(s.Ref, s.Row.ObservedAt.Day())
		if !ok {
			unknown(s.Line, s.Ref)
			continue
		}
		s.Row.Platform, s.Row.AccountID = acc.Platform, acc.AccountID
		snaps = append(snaps, origin[datasets.AccountSnapshot]{file: src.File, line: s.Line, row: s.Row})
	}
	for _, s := range b.Accounts {
		// Accounts seen beside posts are no records: those that nobody asked for are passed over.
		if acc, ok := reg.lookup(s.Ref, s.Row.ObservedAt.Day()); ok {
			s.Row.Platform, s.Row.AccountID, s.Row.Source = acc.Platform, acc.AccountID, src.ID
			beside = append(beside, origin[datasets.AccountSnapshot]{file: src.File, line: s.Line, row: s.Row})
		}
	}
	var windows []origin[datasets.AccountWindow]
	for _, w := range b.Windows {
		if err := ownSource(&w.Row.Source, src, w.Line); err != nil {
			return nil, err
		}
		acc, ok := reg.lookup(w.Ref, w.Row.WindowFrom)
		if !ok {
			unknown(w.Line, w.Ref)
			continue
		}
		w.Row.Platform, w.Row.AccountID = acc.Platform, acc.AccountID
		windows = append(windows, origin[datasets.AccountWindow]{file: src.File, line: w.Line, row: w.Row})
	}
	var published []origin[datasets.PublishedValue]
	for _, v := range b.Published {
		if err := ownSource(&v.Row.Source, src, v.Line); err != nil {
			return nil, err
		}
		published = append(published, origin[datasets.PublishedValue]{file: src.File, line: v.Line, row: v.Row})
	}
	var errs [4]error
	r.snapshots, errs[0] = settled(&datasets.AccountSnapshots, snaps, a.Strict, largerFollowers)
	r.beside, errs[1] = settled(&datasets.AccountSnapshots, beside, false, largerFollowers)
	r.windows, errs[2] = settled(&datasets.AccountWindows, windows, true, nil)
	r.published, errs[3] = settled(&datasets.Published, published, true, nil)
	if err := cmp.Or(errs[:]...); err != nil {
		return nil, err
	}

	slices.SortStableFunc(r.rejects, func(a, b datasets.Reject) int { return datasets.Rejects.Compare(&a, &b) })
	numberRejects(r.rejects)
	r.source.Rejected = datasets.Some(int64(len(r.rejects)))
	return r, nil
}

// telegramURL is the address of a message; absent where accounts.csv gives no
// handle of the channel, and on other platforms, whose files have addresses.
func telegramURL(acc *datasets.Account, id string) datasets.Opt[string] {
	if acc.Platform != "telegram" || !telegramMessage.MatchString(acc.Handle.V+"/"+id) {
		return datasets.None[string]()
	}
	return datasets.Some("https://t.me/" + acc.Handle.V + "/" + id)
}

var telegramMessage = regexp.MustCompile(`^[A-Za-z0-9_]+/[0-9]+$`)

// settled is settle without where the rows came from.
func settled[R comparable](t *datasets.Table[R], rows []origin[R], strict bool, better func(a, b *R) bool) ([]R, error) {
	out, err := settle(t, rows, strict, better)
	return bare(out), err
}

// comparePosts orders observations of a run: by post, then by everything that
// tells one observation from another, the line last.
func comparePosts(a, b datasets.PostRun) int {
	return cmp.Or(datasets.Posts.Compare(&a.Post, &b.Post), cmp.Compare(a.Digest, b.Digest), compareObservation(&a, &b), cmp.Compare(a.Line, b.Line))
}

// compareObservation puts the latest observation last: by observed_at, unknown
// first; ties by the counts, column by column; then by the record's bytes.
func compareObservation(a, b *datasets.PostRun) int {
	return cmp.Or(datasets.CompareOpt(a.Post.ObservedAt, b.Post.ObservedAt), a.Post.Counts.Compare(&b.Post.Counts), cmp.Compare(uint64(a.Digest), uint64(b.Digest)))
}

// renumber gives equal records of one line their order, so that keys are unique.
func renumber(posts []datasets.PostRun) {
	for i := 1; i < len(posts); i++ {
		if datasets.PostRuns.Compare(&posts[i-1], &posts[i]) >= 0 {
			posts[i].Line = posts[i-1].Line + 1
		}
	}
}

// write writes the run's files.
func (r *run) write(w *Files, dir string) {
	parts := map[Part][]datasets.PostRun{}
	order, isLoose := []Part{}, []Part{}
	for _, p := range r.posts {
		k := partOf(&p.Post)
		if parts[k] == nil {
			order = append(order, k)
		}
		parts[k] = append(parts[k], p)
	}
	slices.SortFunc(order, Part.compare)
	for _, k := range order {
		if slices.ContainsFunc(parts[k], func(p datasets.PostRun) bool { return loose(&p.Post) }) {
			isLoose = append(isLoose, k)
		}
		Put(w, &datasets.PostRuns, dir+k.runFile(), parts[k])
	}
	Put(w, &datasets.AccountSnapshots, dir+runSnapshots, r.snapshots)
	Put(w, &datasets.AccountSnapshots, dir+runBeside, r.beside)
	Put(w, &datasets.AccountWindows, dir+runWindows, r.windows)
	Put(w, &datasets.Published, dir+runPublished, r.published)
	Put(w, &datasets.Rejects, dir+runRejects, r.rejects)
	Put(w, &datasets.Sources, dir+runSource, []datasets.Source{r.source})
	b, err := json.Marshal(index{order, isLoose})
	if err != nil {
		panic("normalize: " + err.Error()) // strings always encode
	}
	w.Bytes(dir+runIndex, append(b, '\n'))
}

// numberRejects numbers the rejects of each record.
func numberRejects(rejects []datasets.Reject) {
	for i := range rejects {
		rejects[i].Item = 1
		if i > 0 && rejects[i-1].Record == rejects[i].Record {
			rejects[i].Item = rejects[i-1].Item + 1
		}
	}
}

func some(s string) datasets.Opt[string] {
	if s == "" {
		return datasets.None[string]()
	}
	return datasets.Some(s)
}

// ownSource fills in or checks the source column of a row.
func ownSource(source *string, src study.Source, line int64) error {
	if *source == "" {
		*source = src.ID
	}
	if *source != src.ID {
		return &adapters.RecordError{Line: line, Field: "source", Found: *source, Want: fmt.Sprintf("study.toml calls this file's source %q", src.ID)}
	}
	return nil
}

func pathless(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// choose finds the adapter of a file: the one that study.toml names, else the
// first that recognizes it.
func choose(src study.Source, head []byte, name string) (*adapters.Adapter, error) {
	if src.Mapping != nil {
		return adapters.Mapped(src.Mapping), nil
	}
	var names []string
	for i := range adapters.All() {
		a := &adapters.All()[i]
		if src.Adapter == a.Name || src.Adapter == "" && a.Detect(head, name) && (src.Table == "" || slices.Contains(a.Tables, src.Table)) {
			return a, nil
		}
		names = append(names, a.Name)
	}
	if src.Adapter != "" {
		return nil, fmt.Errorf(" there is no adapter %q, which study.toml names; %s", src.Adapter, study.Nearest(src.Adapter, names))
	}
	if src.Table != "" && src.Table != "posts" {
		// The template's own header check says which column is missing.
		for i := range adapters.All() {
			if a := &adapters.All()[i]; a.Strict && slices.Contains(a.Tables, src.Table) {
				return a, nil
			}
		}
	}
	return nil, errors.New(" " + adapters.Unrecognized(head))
}
