// Package adapters is the shelf of collector formats: one file a format. An
// adapter says how a raw file falls into records and how one record becomes
// rows; it knows nothing of accounts.csv, of other files or of the study.
package adapters

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/normalize/adapters/jsontape"
)

// Adapter reads one format.
type Adapter struct {
	Name    string   // what study.toml and the sources table call it
	Doc     string   // what the format is
	Lacks   string   // what it cannot tell, which metrics that costs, and what would supply it; "" where it lacks nothing
	Tables  []string // tables that its records can become: posts, account_snapshots, account_windows, published
	Version int      // raised whenever the same file would give other rows

	// Strict says that people fill the file in by hand: its first wrong record
	// is an error that they can mend, not a reject.
	Strict bool
	// Detect tells from the first 64 KiB of the decompressed, UTF-8 text of a
	// file and from its name whether the format is this one.
	Detect func(head []byte, name string) bool
	// Sheet is the sheet of a workbook that the format is, where it is not the
	// first: it is read where it is there and Detect takes it. "" where it is.
	Sheet string
	// Split cuts the text into records, in order, until yield returns false. An
	// error ends it; what was yielded before stays good. It holds one record at
	// a time, of at most MaxRecord bytes; a longer one is yielded as a
	// *RecordError, and Split goes on with the next.
	Split func(r io.Reader, yield func(Record, error) bool)
	// New prepares the decoder of a file. Decoders are used by several
	// goroutines at once, so they keep no state between records.
	New func(f File) (Decoder, error)
	// Finish, where set, sees all posts of a file in file order and returns them
	// with those that are one post made one (an album); the number that became
	// part of another is merged.
	Finish func(posts []Row[Post]) (out []Row[Post], merged int64)
}

// MaxRecord is the size of the largest record that is read, in bytes. A longer
// one takes at most six times as much memory while it is passed over.
const MaxRecord = 64 << 20

// File is what is known of a file before its first record.
type File struct {
	Name              string                        // base name, without the ending of a compression
	Header            []string                      // cells of the first record of a delimited format, nil for others
	Zone              *time.Location                // zone of times without one, from study.toml; nil where not given
	Folder            string                        // base name of the folder that holds it; "" where not known
	Observed          datasets.Opt[datasets.Micros] // when it was collected, from study.toml; absent where not given
	ObservedPrecision string                        // how exactly Observed is known: day, then its start in UTC, or second, which "" stands for too
	ObservedSource    string                        // what says Observed: file name, or study.toml, which "" stands for too
	Platform          string                        // from study.toml, for formats that do not say; "" where not given
	Account           Ref                           // from study.toml, for formats that do not name their account
}

// Decoder turns one record into rows, filtered records and rejects of the
// batch. One record of a file can hold several records of the study (a page of
// tweets): each becomes exactly one post, one row of another table, one
// Filter, or one Reject. An error rejects the record as a whole.
type Decoder func(rec Record, into *Batch) error

// Record is one piece of a file as Split cuts it. Its bytes stay as they are
// until its decoder returns.
type Record struct {
	Line  int64    // line on which it starts, from 1; in a document without lines its number from 1
	Raw   []byte   // its bytes; nil for delimited formats, whose decoders see Cells alone
	Cells []string // its cells, for delimited formats; the header comes first. A decoder keeps the texts, not the list
	Head  []byte   // what encloses it in a document (the chat of a message); shared, not to be changed
	Cut   bool     // Raw is what was whole of a page that the file ends inside

	delimiter byte   // of a row that Split leaves whole in Raw, so that it is cut where it is decoded; 0 of others
	text      string // Cells, each followed by cellEnd; "" where they are not held so

	block *block // that Raw lies in; nil where Raw has memory of its own
}

// Ref names an account as a raw file does: by id, by handle, or by both. Name is
// what the platform shows above its posts; accounts share names and change
// them, so that it tells people which account is meant and is never matched.
type Ref struct {
	Platform, ID, Handle string
	Name                 string // "" where the file gives none
}

// String is how messages and rejects show the reference.
func (r Ref) String() string {
	switch {
	case r.ID != "" && r.Handle != "":
		return fmt.Sprintf("%s %s (@%s)", r.Platform, r.ID, r.Handle)
	case r.ID != "":
		return r.Platform + " " + r.ID
	}
	return r.Platform + " @" + r.Handle
}

// Row is a decoded row with the account that it names and where it stood. The
// account id of the row itself is empty until normalize has looked it up.
type Row[R any] struct {
	Ref  Ref
	Line int64
	Row  R
}

// Post is a post as one record shows it.
type Post struct {
	datasets.Post        // AccountID, Country, Observations and Source are empty, Parts is at least 1
	Digest        uint64 // xxh3 of the record's bytes: the last tie between two observations
	Album         string // what Finish joins by: the id of the album of which it is a part; "" where the format gives none
}

// Reject is a record that could not be used.
type Reject struct {
	Line                   int64
	Field, Reason, Excerpt string
}

// Batch collects what decoders make of records.
type Batch struct {
	Posts     []Row[Post]
	Accounts  []Row[datasets.AccountSnapshot] // seen beside posts: no records of their own
	Snapshots []Row[datasets.AccountSnapshot] // records that are account snapshots
	Windows   []Row[datasets.AccountWindow]
	Published []Row[datasets.PublishedValue] // Ref is empty
	Filtered  map[string]int64               // records left out on purpose, by reason
	Rejects   []Reject
	Merged    int64 // records that Finish made part of another post

	texts *jsontape.Texts // what joined made; nil where it made nothing
}

// joined returns the parts one behind the other.
func (b *Batch) joined(parts ...string) string {
	if b.texts == nil {
		b.texts = &jsontape.Texts{}
	}
	return b.texts.Join(parts...)
}

// nextPost is where the next post goes: empty, and no part of the batch before
// Posts is one longer.
func (b *Batch) nextPost() *Row[Post] {
	n := len(b.Posts)
	b.Posts = slices.Grow(b.Posts, 1)
	p := &b.Posts[:n+1][n]
	*p = Row[Post]{}
	return p
}

// Filter counts a record that is left out on purpose.
func (b *Batch) Filter(reason string) {
	if b.Filtered == nil {
		b.Filtered = map[string]int64{}
	}
	b.Filtered[reason]++
}

// Reject notes a record that could not be used; the excerpt is shortened.
func (b *Batch) Reject(line int64, field, reason, excerpt string) {
	reason, excerpt = strings.ToValidUTF8(reason, "\uFFFD"), strings.ToValidUTF8(excerpt, "\uFFFD")
	b.Rejects = append(b.Rejects, Reject{line, field, withoutSecrets(reason), shorten(withoutSecrets(withoutQueries(excerpt)), 200)})
}

// Records is the number of records of the batch.
func (b *Batch) Records() int64 {
	n := b.Merged + int64(len(b.Posts)+len(b.Snapshots)+len(b.Windows)+len(b.Published)+len(b.Rejects))
	for _, f := range b.Filtered {
		n += f
	}
	return n
}

// Refused is why a whole file is not read, in a sentence for a researcher:
// a personal chat, a list of followers, a format of another tool.
type Refused struct {
	Reason string
	Line   int64 // where that shows first; 0: of the whole file
}

// Error returns the reason.
func (r *Refused) Error() string { return r.Reason }

// All lists the adapters, in the order in which they are tried: those in code,
// then the presets, which are read when they are first asked for: most processes
// of the program read no raw file. The list must not be changed.
func All() []Adapter { return shelf() }

var shelf = sync.OnceValue(func() []Adapter {
	return append([]Adapter{
		AccountSnapshotsCSV,
		AccountWindowsCSV,
		PublishedCSV,
		TelegramDesktop,
		TelegramTelethon,
		TelegramPyrogram,
		VKWall,
		VKGroups,
		YouTubeAPI,
		OKGroupStatistics,
		CrowdTangleFacebook,
		CrowdTangleInstagram,
		CrowdTangleHistory,
		XV2,
		TwarcCSV,
		XV11,
		InstagramInstaloader,
		InstagramZeeschuimer,
		LinkedInZeeschuimer,
		CrowdTangleAPI,
		CrowdTangleAPICSV,
		MetaBusinessPosts,
		FacebookScraper,
		FacebookScraperCSV,
		XZeeschuimer,
		XGraphQL,
		Twscrape,
		Snscrape,
		TikTokZeeschuimer,
	}, presets(presetFiles)...)
})

// RecordError tells what is wrong with one record.
type RecordError struct {
	Line  int64
	Field string // "" where the whole record is wrong
	Found string // what stands there, shortened
	Want  string // what was expected, or what to do

	// All is why a file is not read where none of its records is and this is one
	// of them; nil where it says nothing of the file.
	All *Refused
}

// Error is the message without the file, which the caller knows.
func (e *RecordError) Error() string {
	where := fmt.Sprintf("%d: ", e.Line)
	if e.Field != "" {
		where += e.Field + ": "
	}
	if e.Found == "" {
		return where + "empty; " + e.Want
	}
	return fmt.Sprintf("%sfound %q; %s", where, shorten(e.Found, 80), e.Want)
}

// found is what begins a reason that says what stood in the record.
var found = regexp.MustCompile(`^found "(?:[^"\\]|\\.)*"; `)

// Reason is the reason of a reject without what was found in its record, so that
// equal mistakes can be counted.
func Reason(reason string) string { return found.ReplaceAllString(reason, "") }

// shorten returns a text of at most n characters, the last of which says where
// more was.
func shorten(s string, n int) string {
	end := 0 // of the first n-1 characters
	for i := range s {
		if n--; n == 0 {
			end = i
		} else if n < 0 {
			return s[:end] + "…"
		}
	}
	return s
}
