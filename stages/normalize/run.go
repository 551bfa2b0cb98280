package normalize

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unique"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// runMemory is how many bytes of rows a run holds before it writes a section of
// each of its files. As many again can be on their way to the disk.
const runMemory = 64 << 20

// run is what one raw file gives, on its way to files of sorted sections.
type run struct {
	src     study.Source
	adapter *adapters.Adapter
	reg     *registry
	w       *Files

	held    *piles // being filled
	spare   *piles // being written, or empty
	written chan error
	places  map[place]*placed
	posted  map[*datasets.Account]*placed // where the last post of an account lies
	seen    map[*datasets.Account]*placed // where its last snapshot lies
	loose   map[Part]bool

	posts     *parted[datasets.PostRun]
	snapshots *parted[datasets.SnapshotRun]
	rejects   *datasets.RunWriter[datasets.Reject]
	windows   []origin[datasets.AccountWindow]
	published []origin[datasets.PublishedValue]

	row   datasets.PostRun     // the one that is being packed; rows are too large to be made anew
	shown datasets.SnapshotRun // the same of snapshots

	records, filtered, rejected, unknown int64
	first                                datasets.Reject // of those that are of no unknown account, the first by its record
	simulated                            string          // name of an account that the simulator invented; "" where there is none
}

// place is where rows of an account lie.
type place struct {
	account *datasets.Account
	part    Part
}

// placed is the place of the rows of a year, absent where they have no time, and
// the name of its pile.
type placed struct {
	year datasets.Opt[int]
	part Part
	name unique.Handle[string]
}

// piles are the rows of a run that are in memory, those of accounts under their
// names.
type piles struct {
	posts     *datasets.Pile[datasets.PostRun]
	snapshots *datasets.Pile[datasets.SnapshotRun]
	rejects   *datasets.Pile[datasets.Reject]
}

// seenBy puts the observations of an account into the order of runs.
var seenBy = []string{"post_id", "observed_at", "like_count", "comment_count", "share_count", "quote_count", "view_count", "save_count", "digest", "source"}

// The orders of runs. Observations of a post come in the order of time: by
// observed_at, unknown first; ties by the counts, column by column; then by the
// record's bytes.
var (
	accountOrder = datasets.Accounts.Order("platform", "account_id")
	seenOrder    = datasets.PostRuns.Order(seenBy...)
	runOrder     = datasets.PostRuns.Order(append([]string{"platform", "account_id"}, seenBy...)...)
	snapOrder    = datasets.SnapshotRuns.Order("platform", "account_id", "observed_at", "source", "beside")
	atOrder      = datasets.SnapshotRuns.Order("observed_at", "beside") // of an account in one file
	rejectOrder  = datasets.Rejects.Order("record")
)

var noName = unique.Make("") // of rows that are sorted among all

func newPiles() *piles {
	return &piles{
		posts:     datasets.NewPile(&datasets.PostRuns, seenOrder),
		snapshots: datasets.NewPile(&datasets.SnapshotRuns, atOrder),
		rejects:   datasets.NewPile(&datasets.Rejects, rejectOrder),
	}
}

func (p *piles) size() int {
	return p.posts.Size() + p.snapshots.Size() + p.rejects.Size()
}

func newRun(src study.Source, reg *registry, w *Files) *run {
	dir := RunDir(src.File)
	r := &run{src: src, reg: reg, w: w, held: newPiles(), spare: newPiles(), written: make(chan error, 1), loose: map[Part]bool{},
		places: map[place]*placed{}, posted: map[*datasets.Account]*placed{}, seen: map[*datasets.Account]*placed{},
		posts:     newParted(w, &datasets.PostRuns, func(p Part) string { return dir + p.runFile() }),
		snapshots: newParted(w, &datasets.SnapshotRuns, func(p Part) string { return dir + p.snapshotsRun() })}
	r.written <- nil
	r.rejects = newRunWriter(w, &datasets.Rejects, dir+runRejects)
	return r
}

// take finds the account of every row of a batch and holds the rows.
func (r *run) take(b *adapters.Batch) error {
	r.records += b.Records()
	for _, n := range b.Filtered {
		r.filtered += n
	}
	for _, x := range b.Rejects {
		r.reject(&datasets.Reject{File: r.src.File, Record: x.Line, Field: some(x.Field), Reason: x.Reason, Excerpt: some(x.Excerpt)})
	}
	for i := range b.Posts {
		r.post(&b.Posts[i])
	}
	for i := range b.Snapshots {
		s := &b.Snapshots[i]
		if err := ownSource(&s.Row.Source, r.src, s.Line); err != nil {
			return err
		}
		if acc := r.account(s.Ref, s.Row.ObservedAt.Day(), s.Line); acc != nil {
			r.snapshot(acc, s, false)
		}
	}
	for i := range b.Accounts {
		if r.w.PostsOnly {
			break
		}
		// Accounts seen beside posts are no records: those that nobody asked for are passed over.
		s := &b.Accounts[i]
		if acc, ok := r.reg.lookup(s.Ref, s.Row.ObservedAt.Day()); ok {
			s.Row.Source = r.src.ID
			r.snapshot(acc, s, true)
		}
	}
	for _, w := range b.Windows {
		if err := ownSource(&w.Row.Source, r.src, w.Line); err != nil {
			return err
		}
		if acc := r.account(w.Ref, w.Row.WindowFrom, w.Line); acc != nil {
			w.Row.Platform, w.Row.AccountID = acc.Platform, acc.AccountID
			r.windows = append(r.windows, origin[datasets.AccountWindow]{file: r.src.File, line: w.Line, row: w.Row})
		}
	}
	for _, v := range b.Published {
		if err := ownSource(&v.Row.Source, r.src, v.Line); err != nil {
			return err
		}
		r.published = append(r.published, origin[datasets.PublishedValue]{file: r.src.File, line: v.Line, row: v.Row})
	}
	if r.held.size() < runMemory {
		return nil
	}
	return r.spill()
}

// account returns the account of a record; nil where it is unknown, which is
// noted.
func (r *run) account(ref adapters.Ref, day datasets.Day, line int64) *datasets.Account {
	acc, ok := r.reg.lookup(ref, day)
	if ok {
		return acc
	}
	r.unknown++
	r.reject(&datasets.Reject{File: r.src.File, Record: line, Field: datasets.Some("account"), Reason: unknownAccount, Excerpt: some(ref.String())})
	return nil
}

func (r *run) reject(x *datasets.Reject) {
	r.rejected++
	if x.Reason != unknownAccount && (r.first.Reason == "" || x.Record < r.first.Record) {
		r.first = *x
	}
	r.held.rejects.Add(noName, x)
}

func (r *run) post(p *adapters.Row[adapters.Post]) {
	if r.simulated == "" && strings.HasSuffix(p.Ref.Name, study.SimulatedMark) {
		r.simulated = strings.Clone(p.Ref.Name)
	}
	day := datasets.Day(0)
	if p.Row.CreatedAt.OK {
		day = p.Row.CreatedAt.V.Day()
	}
	acc := r.account(p.Ref, day, p.Line)
	if acc == nil {
		return
	}
	// The digest is ordered as it is, without a sign.
	x := &r.row
	x.Post, x.Digest = p.Row.Post, int64(p.Row.Digest^1<<63)
	post := &x.Post
	post.Platform, post.AccountID, post.Country, post.Source, post.Observations = acc.Platform, acc.AccountID, acc.Country, r.src.ID, 1
	if !post.URL.OK {
		post.URL = telegramURL(acc, post.PostID)
	}
	at := r.place(r.posted, acc, post.CreatedAt)
	if loose(post) {
		r.loose[at.part] = true
	}
	r.held.posts.Add(at.name, x)
}

// place is where a row of an account and a moment lies; latest has the places of
// the rows before.
func (r *run) place(latest map[*datasets.Account]*placed, acc *datasets.Account, t datasets.Opt[datasets.Micros]) *placed {
	var year datasets.Opt[int]
	if t.OK {
		year = datasets.Some(t.V.Time().Year())
	}
	p := latest[acc]
	if p == nil || p.year != year {
		at := place{acc, partOf(acc.Country, t)}
		if p = r.places[at]; p == nil {
			p = &placed{year, at.part, unique.Make(at.part.Name() + "\x00" + string(accountOrder.Append(nil, acc)))}
			r.places[at] = p
		}
		latest[acc] = p
	}
	return p
}

func (r *run) snapshot(acc *datasets.Account, s *adapters.Row[datasets.AccountSnapshot], beside bool) {
	s.Row.Platform, s.Row.AccountID = acc.Platform, acc.AccountID
	r.shown.Snapshot, r.shown.Line, r.shown.Beside = s.Row, s.Line, beside
	r.held.snapshots.Add(r.place(r.seen, acc, datasets.Some(s.Row.ObservedAt)).name, &r.shown)
}

// spill writes what is held as a section of each file, while the next rows come.
func (r *run) spill() error {
	if err := <-r.written; err != nil {
		r.written <- err
		return err
	}
	r.held, r.spare = r.spare, r.held
	full := r.spare
	go func() {
		r.written <- r.section(full)
	}()
	return nil
}

// wait returns once nothing is being written.
func (r *run) wait() { r.written <- <-r.written }

// section writes the piles and empties them.
func (r *run) section(p *piles) error {
	return cmp.Or(r.posts.write(p.posts), r.snapshots.write(p.snapshots), writePile(r.rejects, p.rejects))
}

// close writes what is left of the run.
func (r *run) close(ctx context.Context) error {
	if err := r.spill(); err != nil {
		return err
	}
	err := <-r.written
	r.written <- err
	if err != nil {
		return err
	}
	sum, err := r.w.IO.SHA256(r.src.File)
	if err != nil {
		return err
	}
	dir := RunDir(r.src.File)
	r.posts.close()
	r.snapshots.close()
	closeRun(r.w, r.rejects)
	if r.adapter.Strict && r.w.err == nil {
		// People filled these in: two that differ are theirs to mend.
		for _, part := range r.snapshots.parts() {
			s := settler[datasets.AccountSnapshot]{table: &datasets.AccountSnapshots, strict: true, emit: func(*origin[datasets.AccountSnapshot]) {}}
			if err := eachSnapshot(ctx, r.w, []string{r.src.File}, part, s.add); err != nil {
				return err
			}
		}
	}
	windows, err := settle(&datasets.AccountWindows, r.windows)
	if err != nil {
		return err
	}
	published, err := settle(&datasets.Published, r.published)
	if err != nil {
		return err
	}
	putRun(r.w, &datasets.AccountWindows, dir+runWindows, bare(windows))
	putRun(r.w, &datasets.Published, dir+runPublished, bare(published))
	src, a := r.src, r.adapter
	putRun(r.w, &datasets.Sources, dir+runSource, []datasets.Source{{ID: src.ID, File: src.File, Table: src.Table, Adapter: a.Name, Title: src.Title, Cite: some(src.Cite),
		URL: some(src.URL), Licence: some(src.Licence), SHA256: sum, Records: datasets.Some(r.records), Filtered: datasets.Some(r.filtered), Rejected: datasets.Some(r.rejected)}})
	x := index{Parts: append([]Part{}, r.posts.parts()...), Loose: []Part{}, Snapshots: append([]Part{}, r.snapshots.parts()...)}
	for _, part := range x.Parts {
		if r.loose[part] {
			x.Loose = append(x.Loose, part)
		}
	}
	b, err := json.Marshal(x)
	if err != nil {
		panic("normalize: " + err.Error()) // strings always encode
	}
	r.w.Bytes(dir+runIndex, append(b, '\n'))
	return nil
}

// telegramURL is the address of a message; absent where accounts.csv gives no
// handle of the channel, and on other platforms, whose files have addresses.
func telegramURL(acc *datasets.Account, id string) datasets.Opt[string] {
	if acc.Platform != "telegram" || !letters(acc.Handle.V, true) || !letters(id, false) {
		return datasets.None[string]()
	}
	return datasets.Some("https://t.me/" + acc.Handle.V + "/" + id)
}

// letters tells whether a text is at least one digit and nothing else, or, in a
// word, Latin letter or underscore.
func letters(s string, word bool) bool {
	for _, c := range []byte(s) {
		if !(c >= '0' && c <= '9' || word && (c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z')) {
			return false
		}
	}
	return s != ""
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

func some(s string) datasets.Opt[string] {
	if s == "" {
		return datasets.None[string]()
	}
	return datasets.Some(s)
}
