package enrich

import "diplometrics/datasets"

// Finder finds the topics of posts on all cores.
type Finder struct {
	matchers []*Matcher
	rows     [][]datasets.PostTopic // by matcher
}

// NewFinder makes a finder. An error names the rule.
func NewFinder(rules []Rule) (*Finder, error) {
	m, err := NewMatcher(rules)
	if err != nil {
		return nil, err
	}
	f := &Finder{matchers: []*Matcher{m}, rows: make([][]datasets.PostTopic, workers())}
	for range f.rows[1:] {
		f.matchers = append(f.matchers, m.Clone())
	}
	return f, nil
}

// Of returns the topics of posts, in the order of the posts and the table's key. A
// post with words of which no rule knows any has the topic [NoTopic]; one
// without a word has no row. The rows are valid until the next call.
func (f *Finder) Of(posts []datasets.Post) [][]datasets.PostTopic {
	share(len(f.rows), len(posts), func(worker, from, to int) {
		m, rows := f.matchers[worker], f.rows[worker][:0]
		for i := from; i < to; i++ {
			p := &posts[i]
			topics, words := m.Topics(p.Text.V)
			if words && len(topics) == 0 {
				topics = append(topics, NoTopic)
			}
			for _, t := range topics {
				rows = append(rows, datasets.PostTopic{Platform: p.Platform, AccountID: p.AccountID, PostID: p.PostID, Topic: t})
			}
		}
		f.rows[worker] = rows
	})
	return f.rows
}
