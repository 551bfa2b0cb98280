package enrich

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"iter"
	"math"
	"slices"
	"sort"

	"diplometrics/datasets"

	"github.com/zeebo/xxh3"
)

const (
	hour = datasets.Micros(3_600_000_000)

	// crossWindow is how far apart two posts may be.
	crossWindow = 48 * hour

	// A link that an account repeats in more than footerPosts posts within
	// footerWindow of one of them is its footer, and no post's own.
	footerPosts  = 3
	footerWindow = 30 * 24 * hour

	// Margin is how far before and after a time Crossing has to see posts to find
	// the same pairs as in the whole study.
	Margin = crossWindow + footerWindow
)

// leastSimilar is the similarity from which two texts are one.
const leastSimilar = 0.6

// Crossing finds the cross-posts of a time among posts. It holds the posts of 48
// hours of one organization at a time; all others lie packed in memory up to a
// bound, and beyond that in scratch.
//
// The work grows with the pairs within 48 hours, at a few nanoseconds each: see
// [mayBeSimilar].
type Crossing struct {
	members   []member // sorted by platform and account
	platforms int
	of        map[account]*member
	from, to  datasets.Micros
	scratch   string
	taken     sorter // records of links and posts
	shingler  shingler
	packed    [][]byte // by worker: records of a batch, each after its length
}

// member is an account of an organization with accounts on several platforms.
type member struct {
	account
	host  datasets.Opt[string]
	org   uint32
	rank  uint32 // among all members
	place int    // of its platform among those of all members
}

// NewCrossing returns a Crossing that has no posts yet, for the cross-posts from a
// moment until before another. Only organizations with accounts on several
// platforms have any; an organization is the accounts with the same country and
// organization, and those of them with different host countries are apart.
// Scratch is a folder for temporary files. The caller closes it.
func NewCrossing(accounts []datasets.Account, from, to datasets.Micros, scratch string) *Crossing {
	c := &Crossing{of: map[account]*member{}, from: from, to: to, scratch: scratch, taken: newSorter(scratch)}
	type name struct {
		country      datasets.Opt[string]
		organization string
	}
	of := map[name][]*datasets.Account{}
	for i := range accounts {
		n := name{accounts[i].Country, accounts[i].Organization}
		of[n] = append(of[n], &accounts[i])
	}
	orgs := uint32(0)
	for _, all := range of {
		if !slices.ContainsFunc(all, func(a *datasets.Account) bool { return a.Platform != all[0].Platform }) {
			continue
		}
		for _, a := range all {
			c.members = append(c.members, member{account: account{a.Platform, a.AccountID}, host: a.HostCountry, org: orgs})
		}
		orgs++
	}
	slices.SortFunc(c.members, func(a, b member) int { return cmp.Or(cmp.Compare(a.platform, b.platform), cmp.Compare(a.id, b.id)) })
	for i := range c.members {
		m := &c.members[i]
		if i == 0 || c.members[i-1].platform != m.platform {
			c.platforms++
		}
		m.rank, m.place = uint32(i), c.platforms-1
		c.of[m.account] = m
	}
	return c
}

// None tells that no posts can be cross-posts, whatever they are.
func (c *Crossing) None() bool { return len(c.members) == 0 || c.from >= c.to }

// Add takes posts, in any order. Reposts, posts without a time or a text, and
// those farther than [Margin] from the time are passed over. An error is one of
// writing to scratch, after which the Crossing is of no use.
func (c *Crossing) Add(posts []datasets.Post) error {
	if c.None() {
		return nil
	}
	if c.packed == nil {
		c.packed = make([][]byte, workers())
	}
	share(len(c.packed), len(posts), func(worker, from, to int) {
		b := c.packed[worker]
		for i := from; i < to; i++ {
			b = c.pack(b, &posts[i])
		}
		c.packed[worker] = b
	})
	for i, b := range c.packed {
		c.packed[i] = b[:0]
		for len(b) > 0 {
			size := 4 + binary.BigEndian.Uint32(b)
			if err := c.taken.add(b[4:size]); err != nil {
				return err
			}
			b = b[size:]
		}
	}
	return nil
}

// What a record of an organization is of.
const (
	ofLink = iota // that a post holds a link; these sort before the posts
	ofPost
)

// pack appends the records of a post, each after its length.
func (c *Crossing) pack(b []byte, p *datasets.Post) []byte {
	if p.PostType == datasets.Repost || !p.Text.OK || !p.CreatedAt.OK || p.CreatedAt.V < c.from-Margin || p.CreatedAt.V >= c.to+Margin {
		return b
	}
	m := c.of[account{p.Platform, p.AccountID}]
	if m == nil {
		return b
	}
	text, links := fold(p.Text.V)
	if text == "" && len(links) == 0 {
		return b
	}
	hashes := make([]uint64, 0, len(links))
	for _, l := range links {
		if h := xxh3.HashString(l); !slices.Contains(hashes, h) {
			hashes = append(hashes, h)
		}
	}
	for _, h := range hashes {
		b = binary.BigEndian.AppendUint32(b, 4+1+4+8+8)
		b = append(binary.BigEndian.AppendUint32(b, m.org), ofLink)
		b = binary.BigEndian.AppendUint32(b, m.rank)
		b = binary.BigEndian.AppendUint64(b, h)
		b = binary.BigEndian.AppendUint64(b, ordered(p.CreatedAt.V))
	}
	start := len(b)
	b = binary.BigEndian.AppendUint32(b, 0)
	b = append(binary.BigEndian.AppendUint32(b, m.org), ofPost)
	b = binary.BigEndian.AppendUint64(b, ordered(p.CreatedAt.V))
	b = binary.BigEndian.AppendUint32(b, m.rank)
	b = binary.AppendUvarint(b, uint64(len(p.PostID)))
	b = append(b, p.PostID...)
	b = binary.AppendUvarint(b, uint64(len(hashes)))
	for _, h := range hashes {
		b = binary.BigEndian.AppendUint64(b, h)
	}
	b = append(b, text...)
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

// ordered is a moment as a number that sorts as it does.
func ordered(t datasets.Micros) uint64 { return uint64(t) ^ 1<<63 }

func momentOf(n uint64) datasets.Micros { return datasets.Micros(n ^ 1<<63) }

// candidate is a post that may be a cross-post.
type candidate struct {
	of     *member
	id     string
	at     datasets.Micros
	text   []byte   // see fold
	links  []uint64 // 64 bits each of the links that are not the footer of its account
	set    shingles // of text, once it is compared
	hasSet bool
}

// Rows yields the rows of cross-posts whose created_at lies in the time, sorted by
// key. Nothing can be added after it. What it yields is the caller's.
func (c *Crossing) Rows() iter.Seq2[[]datasets.CrossPost, error] {
	return func(yield func([]datasets.CrossPost, error) bool) {
		found := newSorter(c.scratch)
		defer found.close()
		if err := c.pairs(&found); err != nil {
			yield(nil, err)
			return
		}
		const batch = 4096
		var rows []datasets.CrossPost
		for record, err := range found.sorted() {
			if err != nil {
				yield(nil, err)
				return
			}
			if rows = append(rows, c.unpack(record)); len(rows) == batch {
				if !yield(rows, nil) {
					return
				}
				rows = nil
			}
		}
		if len(rows) > 0 {
			yield(rows, nil)
		}
	}
}

// Close removes what lies in scratch.
func (c *Crossing) Close() error { return c.taken.close() }

// pairs finds the cross-posts of all organizations. It goes through the posts of
// each in the order of time and keeps of each platform those of the last 48
// hours.
func (c *Crossing) pairs(found *sorter) error {
	var (
		feet   = footers{dropped: map[use][]between{}}
		recent = make([][]*candidate, c.platforms)
		free   []*candidate // whose memory is used again
		record []byte
		org    = ^uint32(0) // none has this number
	)
	for r, err := range c.taken.sorted() {
		if err != nil {
			return err
		}
		if o := binary.BigEndian.Uint32(r); o != org {
			org = o
			feet.reset()
			for i := range recent {
				free = append(free, recent[i]...)
				recent[i] = nil
			}
		}
		if r[4] == ofLink {
			feet.add(r[5:])
			continue
		}
		feet.end()
		p := &candidate{}
		if n := len(free); n > 0 {
			p, free = free[n-1], free[:n-1]
		}
		c.open(p, r[5:], &feet)
		for i, others := range recent {
			for len(others) > 0 && others[0].at < p.at-crossWindow {
				free = append(free, others[0])
				others = others[1:]
			}
			recent[i] = others
			if i == p.of.place {
				continue
			}
			for _, other := range others {
				c.shingle(p)
				c.shingle(other)
				how, sim := compare(other, p)
				if how == "" {
					continue
				}
				for _, pair := range [][2]*candidate{{other, p}, {p, other}} {
					if at := pair[0].at; at < c.from || at >= c.to {
						continue
					}
					record = packRow(record[:0], pair[0], pair[1], how, sim)
					if err := found.add(record); err != nil {
						return err
					}
				}
			}
		}
		recent[p.of.place] = append(recent[p.of.place], p)
	}
	return nil
}

// open reads the record of a post, from its time on.
func (c *Crossing) open(p *candidate, r []byte, feet *footers) {
	p.at = momentOf(binary.BigEndian.Uint64(r))
	n := binary.BigEndian.Uint32(r[8:])
	p.of = &c.members[n]
	size, width := binary.Uvarint(r[12:])
	r = r[12+width:]
	p.id = string(r[:size])
	links, width := binary.Uvarint(r[size:])
	r = r[int(size)+width:]
	p.links = p.links[:0]
	for range links {
		if u := (use{n, binary.BigEndian.Uint64(r)}); !feet.has(u, p.at) {
			p.links = append(p.links, u.link)
		}
		r = r[8:]
	}
	p.text = append(p.text[:0], r...)
	p.hasSet = false
}

// use is a link in the posts of a member.
type use struct {
	by   uint32
	link uint64
}

// footers are the links of an organization that its accounts repeat.
type footers struct {
	dropped map[use][]between // sorted and apart
	group   use               // at hand
	times   []datasets.Micros // of its posts, sorted
}

// between is from a moment to a moment, both included.
type between struct{ from, to datasets.Micros }

func (f *footers) reset() {
	clear(f.dropped)
	f.times = f.times[:0]
}

// add takes the record of a link, from its account on.
func (f *footers) add(r []byte) {
	u := use{binary.BigEndian.Uint32(r), binary.BigEndian.Uint64(r[4:])}
	if u != f.group {
		f.end()
		f.group = u
	}
	f.times = append(f.times, momentOf(binary.BigEndian.Uint64(r[12:])))
}

// end finds when the link at hand is a footer: of successive posts that are to
// lose it, from the first to the last.
func (f *footers) end() {
	from, to := 0, 0 // the posts around one of them
	var found []between
	follows := false
	for _, at := range f.times {
		for f.times[from] < at-footerWindow {
			from++
		}
		for to < len(f.times) && f.times[to] <= at+footerWindow {
			to++
		}
		drop := to-from > footerPosts
		switch {
		case drop && follows:
			found[len(found)-1].to = at
		case drop:
			found = append(found, between{at, at})
		}
		follows = drop
	}
	if found != nil {
		f.dropped[f.group] = found
	}
	f.times = f.times[:0]
}

// has tells whether a link is a footer in a post of that time.
func (f *footers) has(u use, at datasets.Micros) bool {
	list := f.dropped[u]
	i := sort.Search(len(list), func(i int) bool { return list[i].to >= at })
	return i < len(list) && list[i].from <= at
}

// shingle makes the set of a post, once.
func (c *Crossing) shingle(p *candidate) {
	if !p.hasSet {
		p.set, p.hasSet = c.shingler.of(p.text, p.set), true
	}
}

func shareLink(a, b *candidate) bool {
	for _, l := range a.links {
		if slices.Contains(b.links, l) {
			return true
		}
	}
	return false
}

// compare says whether two posts are cross-posts of each other, "" where not,
// and how similar their texts are where that had to be found out. Both have
// their sets.
func compare(a, b *candidate) (how string, sim datasets.Opt[float64]) {
	link := shareLink(a, b)
	if !link && !mayBeSimilar(&a.set, &b.set) || a.of.host.OK && b.of.host.OK && a.of.host != b.of.host {
		return "", sim
	}
	if bytes.Equal(a.text, b.text) && len(a.set.grams) > 0 {
		sim = datasets.Some(1.0)
	} else if len(a.set.grams) > 0 && len(b.set.grams) > 0 {
		sim = datasets.Some(similarity(&a.set, &b.set))
	}
	switch {
	case sim.OK && sim.V >= leastSimilar:
		return datasets.CrossText, sim
	case link:
		return datasets.CrossLink, sim
	}
	return "", sim
}

// packRow appends the record of the pair seen from post a.
func packRow(r []byte, a, b *candidate, how string, sim datasets.Opt[float64]) []byte {
	r = appendText(binary.BigEndian.AppendUint32(r, a.of.rank), a.id)
	r = appendText(binary.BigEndian.AppendUint32(r, b.of.rank), b.id)
	r = binary.BigEndian.AppendUint64(r, ordered(a.at))
	r = binary.BigEndian.AppendUint64(r, ordered(b.at))
	if sim.OK {
		r = binary.BigEndian.AppendUint64(r, math.Float64bits(sim.V))
	}
	return append(r, how[0])
}

// unpack reads such a record.
func (c *Crossing) unpack(r []byte) datasets.CrossPost {
	a := &c.members[binary.BigEndian.Uint32(r)]
	id, r := cutText(r[4:])
	b := &c.members[binary.BigEndian.Uint32(r)]
	otherID, r := cutText(r[4:])
	at, otherAt := momentOf(binary.BigEndian.Uint64(r)), momentOf(binary.BigEndian.Uint64(r[8:]))
	row := datasets.CrossPost{Platform: a.platform, AccountID: a.id, PostID: id, OtherPlatform: b.platform, OtherAccountID: b.id, OtherPostID: otherID,
		CreatedAt: at, LagS: float64(otherAt-at) / 1e6, How: datasets.CrossText}
	if r = r[16:]; len(r) == 9 {
		row.Similarity = datasets.Some(math.Float64frombits(binary.BigEndian.Uint64(r)))
	}
	if r[len(r)-1] == datasets.CrossLink[0] {
		row.How = datasets.CrossLink
	}
	return row
}
