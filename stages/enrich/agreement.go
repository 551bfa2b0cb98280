package enrich

import (
	"iter"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// postKey names a post among those of all accounts.
type postKey struct{ platform, account, id string }

// judge is a coder, or the rules.
type judge struct {
	name  string
	of    map[postKey][]string // topics, sorted, of every post that was coded
	books map[string]bool      // codebooks of which a topic was given; nil for all
}

// judges tells whether a topic is of a codebook that the coder used.
func (j *judge) judges(topic string) bool { return j.books == nil || j.books[bookOf(topic)] }

// bookOf is the codebook that a topic is part of.
func bookOf(topic string) string {
	book, _, _ := strings.Cut(topic, ".")
	return book
}

// Agreement compares what people coded with what the rules found, and the
// coders with each other, topic by topic. Found are the rows of post_topics, in
// any order, and codebook its topics. The rows come sorted by key; silent are the
// ids of the coded posts that the rules have no word of, because their text has
// none or no collected post has that id: they take part between coders alone.
// The only error is one of reading.
func Agreement(coded []Coded, found iter.Seq2[[]datasets.PostTopic, error], codebook []string) (rows []datasets.TopicAgreement, silent []string, err error) {
	byName := map[string]*judge{}
	posts := map[postKey]bool{}
	for _, c := range coded {
		j := byName[c.Coder]
		if j == nil {
			j = &judge{c.Coder, map[postKey][]string{}, map[string]bool{}}
			byName[c.Coder] = j
		}
		p := postKey{c.Platform, c.AccountID, c.PostID}
		j.of[p] = c.Topics
		posts[p] = true
		for _, t := range c.Topics {
			j.books[bookOf(t)] = true
		}
	}
	rules := &judge{name: datasets.RulesCoder, of: map[postKey][]string{}}
	for batch, err := range found {
		if err != nil {
			return nil, nil, err
		}
		for i := range batch {
			r := &batch[i]
			if p := (postKey{r.Platform, r.AccountID, r.PostID}); posts[p] {
				rules.of[p] = append(rules.of[p], r.Topic)
			}
		}
	}
	for p := range posts {
		if rules.of[p] == nil {
			silent = append(silent, p.id)
		}
	}
	slices.Sort(silent)
	coders := make([]*judge, 0, len(byName))
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		coders = append(coders, byName[name])
	}
	for _, topic := range codebook {
		for i, b := range coders {
			for _, a := range append([]*judge{rules}, coders[:i]...) {
				if a.judges(topic) && b.judges(topic) {
					rows = append(rows, agree(topic, a, b))
				}
			}
		}
	}
	slices.SortFunc(rows, func(a, b datasets.TopicAgreement) int { return datasets.TopicAgreements.Compare(&a, &b) })
	return rows, silent, nil
}

// agree compares two coders on a topic.
func agree(topic string, a, b *judge) datasets.TopicAgreement {
	r := datasets.TopicAgreement{Topic: topic, CoderA: a.name, CoderB: b.name}
	var units [][]datasets.Opt[float64]
	for p, given := range b.of {
		others, ok := a.of[p]
		if !ok {
			continue
		}
		inA, inB := slices.Contains(others, topic), slices.Contains(given, topic)
		r.N++
		switch {
		case inA && inB:
			r.Both++
		case inA:
			r.OnlyA++
		case inB:
			r.OnlyB++
		default:
			r.Neither++
		}
		units = append(units, []datasets.Opt[float64]{code(inA), code(inB)})
	}
	r.Agreement, _, _ = shareOf(r.Both+r.Neither, r.N)
	r.Alpha, _ = sample.Krippendorff(units, "nominal")
	if a.name == datasets.RulesCoder {
		r.Precision, r.PrecisionLow, r.PrecisionHigh = shareOf(r.Both, r.Both+r.OnlyA)
		r.Recall, r.RecallLow, r.RecallHigh = shareOf(r.Both, r.Both+r.OnlyB)
	}
	switch {
	case r.Alpha.OK:
	case r.N == 0:
		r.Absent = datasets.Some("no post was coded by both")
	case r.Neither == r.N:
		r.Absent = datasets.Some("neither gave the topic to any post: no disagreement could show")
	default:
		r.Absent = datasets.Some("both gave the topic to every post: no disagreement could show")
	}
	return r
}

func code(given bool) datasets.Opt[float64] {
	if given {
		return datasets.Some(1.0)
	}
	return datasets.Some(0.0)
}

// shareOf is a share and its interval, absent of nothing.
func shareOf(k, n int64) (share, low, high datasets.Opt[float64]) {
	if n == 0 {
		return share, low, high
	}
	ci := sample.Wilson(k, n, 0.95)
	return datasets.Some(float64(k) / float64(n)), ci.Low, ci.High
}
