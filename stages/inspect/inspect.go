// Package inspect says what a raw file is and what it holds, before any study
// names it: the format, what became of each record, and which metrics the file
// cannot support.
package inspect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"unicode"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// Options say of a file what its content does not, as the keys of a [[source]]
// in study.toml do. The zero value leaves everything to the content.
type Options struct {
	Adapter  string         // name on the shelf; "" to detect it
	Encoding string         // code page of a text that is not Unicode
	Sheet    string         // sheet of a workbook; "" for the first
	Mapping  *study.Mapping // columns of a table that no adapter knows
	File     adapters.File
}

// Report is what a file holds. A file that is refused has no records.
type Report struct {
	File    string // path as given
	Adapter string // "" where none recognizes the file
	Doc     string // what the format is
	Lacks   string // what the format cannot tell, and what would supply it
	Refused string // why the whole file is not read; "" where it is
	Note    string // what else a reader should know of the reading; "" for nothing

	// Records = Kept + Merged + the counts of Filtered + those of Rejected.
	// Kept are the different posts and rows; Merged are the other observations
	// of a post, the other parts of an album, and repeated rows.
	Records, Kept, Merged int64
	Filtered              []Reason // most frequent first
	Rejected              []Reason // most frequent first

	Posts            int64            // different posts
	PostTypes        map[string]int64 // of each type, by the latest observation
	PostSnapshots    int64            // different observations of posts that are no reposts
	AccountSnapshots int64            // different observations of accounts, those seen beside posts included
	AccountWindows   int64
	Published        int64
	Sources          []string // ids of sources that its rows name, sorted
	Sums             []Sum    // of each count over the latest observations, reposts left out
	Languages        []Reason // as given, of the posts; "" stands for none given
	Accounts         []Account
	Beside           int64 // accounts seen only beside posts: mentioned, answered, repeated

	Created  Span // of the posts
	Observed Span // of the posts
	Shown    Span // of account snapshots
	Windows  Span // of counted windows: first day, and the last

	Undated    int64 // posts without the time of posting
	Unobserved int64 // posts without the time of observation
	Followers  int64 // posts that say how many followers their account had then
	Untimed    int64 // accounts beside the posts whose counts lack only the time of collection
}

// Reason is a number of records that share a reason or a label.
type Reason struct {
	Name  string
	N     int64
	First adapters.Reject // of rejects, the first in the file
}

// Sum is the sum of a count. It is absent where no post shows the count.
type Sum struct {
	Name string
	V    datasets.Opt[int64]
	N    int64 // posts that show it
}

// Account is an account of posts, account snapshots or counted windows.
type Account struct {
	adapters.Ref
	Handles []string // handles that it has in the file, in the order of the file; Handle is the first
	Records int64    // posts, snapshots and windows that name it
	Posts   int64    // different posts
	Created Span     // of its posts
}

// Span is the time from the first to the last; both absent where there is none.
type Span struct {
	First, Last datasets.Opt[datasets.Micros]
}

// Include widens the span.
func (s *Span) Include(m datasets.Micros) {
	if !s.First.OK || m < s.First.V {
		s.First = datasets.Some(m)
	}
	if !s.Last.OK || m > s.Last.V {
		s.Last = datasets.Some(m)
	}
}

// Read inspects a file. A file that is no data, that nothing recognizes, or
// whose hand-filled rows are wrong is a report that says so; an error says that
// the file cannot be opened.
func Read(ctx context.Context, path string, o Options) (*Report, error) {
	r := &Report{File: path, PostTypes: map[string]int64{}}
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file", path)
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s: is a folder; name the files in it, or start a study from them with diplometrics init", path)
	}
	in, err := adapters.Open(path, o.Encoding, o.Sheet)
	var refused *adapters.Refused
	switch {
	case errors.As(err, &refused):
		r.Refused = refused.Reason
		return r, nil
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	defer in.Close()
	a, err := choose(in, o)
	if err != nil {
		r.Refused = err.Error()
		return r, nil
	}
	r.Adapter, r.Doc, r.Lacks = a.Name, a.Doc, a.Lacks
	f := o.File
	f.Name, f.Folder = in.Name, folderOf(path)
	b, err := a.Read(ctx, in, f, runtime.GOMAXPROCS(0))
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		var wrong *adapters.RecordError
		if errors.As(err, &wrong) {
			wrong.Line = in.Row(wrong.Line)
			err = fmt.Errorf("line %w", wrong)
		}
		r.Refused = err.Error()
		return r, nil
	}
	for i := range b.Rejects {
		b.Rejects[i].Line = in.Row(b.Rejects[i].Line)
	}
	if err := adapters.CheckObserved(b, f); err != nil {
		r.Refused = err.Error()
		return r, nil
	}
	r.count(b)
	if r.Posts > 0 && r.AccountSnapshots == 0 && !f.Observed.OK && r.Unobserved > 0 {
		r.Untimed, err = untimed(ctx, path, o, a, f)
	}
	return r, err
}

// count fills in the report from the rows of the file.
func (r *Report) count(b *adapters.Batch) {
	r.Records = b.Records()
	accounts := map[string]*Account{}
	r.posts(b.Posts, accounts)

	snapshots, sources := map[string]bool{}, map[string]bool{}
	for _, s := range b.Snapshots {
		sources[s.Row.Source] = true
		r.Shown.Include(s.Row.ObservedAt)
		account(accounts, s.Ref).Records++
		snapshots[fmt.Sprint(key(s.Ref), s.Row.ObservedAt)] = true
	}
	kept := r.Posts + int64(len(snapshots))
	windows := map[datasets.AccountWindow]bool{}
	for _, w := range b.Windows {
		r.Windows.Include(w.Row.WindowFrom.Micros())
		r.Windows.Include((w.Row.WindowTo - 1).Micros())
		account(accounts, w.Ref).Records++
		sources[w.Row.Source] = true
		w.Row.AccountID = key(w.Ref)
		windows[w.Row] = true
	}
	published := map[string]bool{}
	for _, p := range b.Published {
		sources[p.Row.Source] = true
		published[p.Row.ID] = true
	}
	delete(sources, "")
	r.Sources = slices.Sorted(maps.Keys(sources))
	r.AccountWindows, r.Published = int64(len(windows)), int64(len(published))
	kept += r.AccountWindows + r.Published

	beside := map[string]bool{}
	for _, s := range b.Accounts {
		r.Shown.Include(s.Row.ObservedAt)
		snapshots[fmt.Sprint(key(s.Ref), s.Row.ObservedAt)] = true
		if accounts[key(s.Ref)] == nil {
			beside[key(s.Ref)] = true
		}
	}
	r.AccountSnapshots, r.Beside = int64(len(snapshots)), int64(len(beside))

	for _, k := range slices.Sorted(maps.Keys(accounts)) {
		a := accounts[k]
		if len(a.Handles) > 0 {
			a.Handle = a.Handles[0]
		}
		r.Accounts = append(r.Accounts, *a)
	}
	slices.SortStableFunc(r.Accounts, func(a, b Account) int {
		return cmp.Or(cmp.Compare(a.Platform, b.Platform), cmp.Compare(b.Posts, a.Posts), cmp.Compare(b.Records, a.Records))
	})
	r.Filtered = ranked(b.Filtered)
	rejected, first := map[string]int64{}, map[string]adapters.Reject{}
	out := int64(0)
	for _, x := range b.Rejects {
		out++
		name := adapters.Reason(x.Reason)
		if x.Field != "" {
			name = x.Field + ": " + name
		}
		if was, ok := first[name]; !ok || x.Line < was.Line {
			first[name] = x
		}
		rejected[name]++
	}
	r.Rejected = ranked(rejected)
	for i := range r.Rejected {
		r.Rejected[i].First = first[r.Rejected[i].Name]
	}
	for _, f := range r.Filtered {
		out += f.N
	}
	r.Kept, r.Merged = kept, r.Records-out-kept
}

// counts are the counts of a post, in the order of the tables.
var counts = []struct {
	name string
	of   func(*datasets.Counts) datasets.Opt[int64]
}{
	{"like_count", func(c *datasets.Counts) datasets.Opt[int64] { return c.Like }},
	{"comment_count", func(c *datasets.Counts) datasets.Opt[int64] { return c.Comment }},
	{"share_count", func(c *datasets.Counts) datasets.Opt[int64] { return c.Share }},
	{"quote_count", func(c *datasets.Counts) datasets.Opt[int64] { return c.Quote }},
	{"view_count", func(c *datasets.Counts) datasets.Opt[int64] { return c.View }},
	{"save_count", func(c *datasets.Counts) datasets.Opt[int64] { return c.Save }},
}

// seen is an observation of a post of an account.
type seen struct {
	by   *Account
	key  string // of the account
	post *adapters.Post
}

// posts counts the posts, each at its latest observation.
func (r *Report) posts(rows []adapters.Row[adapters.Post], accounts map[string]*Account) {
	sorted := make([]seen, len(rows))
	for i := range rows {
		by := account(accounts, rows[i].Ref)
		by.Records++
		sorted[i] = seen{by, key(rows[i].Ref), &rows[i].Row}
		if rows[i].Row.ObservedAt.OK {
			r.Observed.Include(rows[i].Row.ObservedAt.V)
		}
	}
	slices.SortStableFunc(sorted, func(a, b seen) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.post.PostID, b.post.PostID), observation(a.post, b.post))
	})
	for _, c := range counts {
		r.Sums = append(r.Sums, Sum{Name: c.name})
	}
	languages := map[string]int64{}
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[from].key == sorted[to].key && sorted[from].post.PostID == sorted[to].post.PostID {
			to++
		}
		r.post(sorted[from:to])
		languages[sorted[to-1].post.LanguageGiven.Or("")]++
		from = to
	}
	r.Languages = ranked(languages)
}

// post counts one post by its observations, the latest last.
func (r *Report) post(all []seen) {
	p, by := all[len(all)-1].post, all[0].by
	r.Posts++
	by.Posts++
	r.PostTypes[p.PostType]++
	var created datasets.Opt[datasets.Micros] // of the latest observation that has it
	for _, s := range all {
		if s.post.CreatedAt.OK {
			created = s.post.CreatedAt
		}
	}
	if created.OK {
		r.Created.Include(created.V)
		by.Created.Include(created.V)
	} else {
		r.Undated++
	}
	if !p.ObservedAt.OK {
		r.Unobserved++
	}
	if p.FollowersAtPosting.OK {
		r.Followers++
	}
	if p.PostType == datasets.Repost {
		return
	}
	for i, s := range all {
		// The same counts at the same time are one observation.
		if i == 0 || s.post.ObservedAt != all[i-1].post.ObservedAt || s.post.Counts != all[i-1].post.Counts {
			r.PostSnapshots++
		}
	}
	for i, c := range counts {
		if v := c.of(&p.Counts); v.OK {
			r.Sums[i].V = datasets.Some(r.Sums[i].V.V + v.V)
			r.Sums[i].N++
		}
	}
}

// observation orders observations of a post, the latest last: by observed_at,
// unknown first; then by the counts, column by column; then by the bytes.
func observation(a, b *adapters.Post) int {
	at := 0
	switch {
	case a.ObservedAt.OK && b.ObservedAt.OK:
		at = cmp.Compare(a.ObservedAt.V, b.ObservedAt.V)
	case a.ObservedAt.OK:
		at = 1
	case b.ObservedAt.OK:
		at = -1
	}
	return cmp.Or(at, a.Counts.Compare(&b.Counts), cmp.Compare(a.Digest, b.Digest))
}

// key tells accounts apart: by id, else by handle in whatever case.
func key(r adapters.Ref) string {
	if r.ID != "" {
		return r.Platform + " " + r.ID
	}
	return r.Platform + " @" + Fold(r.Handle)
}

// Fold is how handles are compared: platforms show them in any case.
func Fold(handle string) string {
	return strings.Map(unicode.ToLower, strings.TrimPrefix(strings.TrimSpace(handle), "@"))
}

// account returns the account of a reference and notes its handle.
func account(all map[string]*Account, ref adapters.Ref) *Account {
	k := key(ref)
	a := all[k]
	if a == nil {
		a = &Account{Ref: adapters.Ref{Platform: ref.Platform, ID: ref.ID}}
		all[k] = a
	}
	if a.Name == "" {
		a.Name = ref.Name
	}
	if ref.Handle != "" && !slices.ContainsFunc(a.Handles, func(h string) bool { return Fold(h) == Fold(ref.Handle) }) {
		a.Handles = append(a.Handles, ref.Handle)
	}
	return a
}

// ranked lists counts, the largest first, then by name.
func ranked(m map[string]int64) []Reason {
	var out []Reason
	for name, n := range m {
		out = append(out, Reason{Name: name, N: n})
	}
	slices.SortFunc(out, func(a, b Reason) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Name, b.Name)) })
	return out
}
