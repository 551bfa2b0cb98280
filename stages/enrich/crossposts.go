package enrich

import (
	"cmp"
	"iter"
	"slices"
	"strings"

	"diplometrics/datasets"
)

const (
	hour = datasets.Micros(3_600_000_000)

	// crossWindow is how far apart two posts may be.
	crossWindow = 48 * hour

	// A link that an account repeats in more than footerPosts posts within
	// footerWindow of one of them is its footer, and no post's own.
	footerPosts  = 3
	footerWindow = 30 * 24 * hour

	// Margin is how far before and after a partition CrossPosts has to see posts
	// to find the same pairs as in the whole study.
	Margin = crossWindow + footerWindow
)

// leastSimilar is the similarity from which two texts are one.
const leastSimilar = 0.6

// candidate is a post that may be a cross-post.
type candidate struct {
	of     *member
	id     string
	at     datasets.Micros
	text   string
	links  []int    // numbers of the links within the organization
	set    shingles // of text, while posts are compared with it
	hasSet bool
}

// member is an account of an organization with accounts on several platforms.
type member struct {
	account
	host datasets.Opt[string]
	org  *organization
}

// organization is the posts of accounts whose country and organization are the
// same text.
type organization struct {
	posts    []candidate
	links    map[string]int // numbers
	shingler shingler
}

// CrossPosts returns the cross-posts among the posts, sorted by key. It keeps of
// the posts only the text of those that may take part: not reposts, with a time,
// of an organization on several platforms. Accounts with different host
// countries are not of one organization. The only error is one of reading.
//
// The work grows with the pairs within 48 hours, at a few nanoseconds each: see
// [mayBeSimilar]. The rows grow with the pairs that are similar.
func CrossPosts(posts iter.Seq2[[]datasets.Post, error], accounts []datasets.Account) ([]datasets.CrossPost, error) {
	orgs, members := organizations(accounts)
	for batch, err := range posts {
		if err != nil {
			return nil, err
		}
		for i := range batch {
			if m := members[account{batch[i].Platform, batch[i].AccountID}]; m != nil {
				m.take(&batch[i])
			}
		}
	}
	var rows []datasets.CrossPost
	for _, o := range orgs {
		rows = o.pairs(rows)
		*o = organization{}
	}
	slices.SortFunc(rows, func(a, b datasets.CrossPost) int { return datasets.CrossPosts.Compare(&a, &b) })
	return rows, nil
}

// organizations returns those with accounts on several platforms, and their
// accounts.
func organizations(accounts []datasets.Account) (orgs []*organization, members map[account]*member) {
	type name struct {
		country      datasets.Opt[string]
		organization string
	}
	of := map[name][]*datasets.Account{}
	for i := range accounts {
		n := name{accounts[i].Country, accounts[i].Organization}
		of[n] = append(of[n], &accounts[i])
	}
	members = map[account]*member{}
	for _, all := range of {
		if !slices.ContainsFunc(all, func(a *datasets.Account) bool { return a.Platform != all[0].Platform }) {
			continue
		}
		o := &organization{links: map[string]int{}}
		orgs = append(orgs, o)
		for _, a := range all {
			k := account{a.Platform, a.AccountID}
			members[k] = &member{k, a.HostCountry, o}
		}
	}
	return orgs, members
}

// take keeps a post that may be a cross-post.
func (m *member) take(p *datasets.Post) {
	if p.PostType == datasets.Repost || !p.CreatedAt.OK || !p.Text.OK {
		return
	}
	text, links := fold(p.Text.V)
	if text == "" && len(links) == 0 {
		return
	}
	c := candidate{of: m, id: strings.Clone(p.PostID), at: p.CreatedAt.V, text: strings.Clone(text)}
	for _, l := range links {
		n, ok := m.org.links[l]
		if !ok {
			n = len(m.org.links)
			m.org.links[strings.Clone(l)] = n
		}
		if !slices.Contains(c.links, n) {
			c.links = append(c.links, n)
		}
	}
	m.org.posts = append(m.org.posts, c)
}

// pairs appends the cross-posts of an organization. It goes through the posts in
// the order of time and keeps of each platform those of the last 48 hours.
func (o *organization) pairs(rows []datasets.CrossPost) []datasets.CrossPost {
	slices.SortFunc(o.posts, func(a, b candidate) int { return cmp.Compare(a.at, b.at) })
	o.dropFooters()
	recent := map[string][]*candidate{}
	for i := range o.posts {
		c := &o.posts[i]
		for platform, others := range recent {
			if platform == c.of.platform {
				continue
			}
			for len(others) > 0 && others[0].at < c.at-crossWindow {
				others[0].set = shingles{}
				others = others[1:]
			}
			recent[platform] = others
			for _, other := range others {
				o.shingle(c)
				o.shingle(other)
				if how, sim := compare(other, c); how != "" {
					rows = append(rows, row(other, c, how, sim), row(c, other, how, sim))
				}
			}
		}
		recent[c.of.platform] = append(recent[c.of.platform], c)
	}
	return rows
}

// dropFooters takes from every post the links that its account repeats.
func (o *organization) dropFooters() {
	type use struct {
		by   *member
		link int
	}
	times := map[use][]datasets.Micros{}
	for i := range o.posts {
		for _, l := range o.posts[i].links {
			u := use{o.posts[i].of, l}
			times[u] = append(times[u], o.posts[i].at)
		}
	}
	for i := range o.posts {
		c := &o.posts[i]
		c.links = slices.DeleteFunc(c.links, func(l int) bool {
			t := times[use{c.of, l}]
			from, _ := slices.BinarySearch(t, c.at-footerWindow)
			to, _ := slices.BinarySearch(t, c.at+footerWindow+1)
			return to-from > footerPosts
		})
	}
}

// shingle makes the set of a post, once.
func (o *organization) shingle(c *candidate) {
	if !c.hasSet {
		c.set, c.hasSet = o.shingler.of(c.text), true
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
	if a.text == b.text && len(a.set.grams) > 0 {
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

// row is the pair seen from post a.
func row(a, b *candidate, how string, sim datasets.Opt[float64]) datasets.CrossPost {
	return datasets.CrossPost{Platform: a.of.platform, AccountID: a.of.id, PostID: a.id,
		OtherPlatform: b.of.platform, OtherAccountID: b.of.id, OtherPostID: b.id,
		CreatedAt: a.at, Similarity: sim, LagS: float64(b.at-a.at) / 1e6, How: how}
}
