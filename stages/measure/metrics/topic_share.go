package metrics

import "diplometrics/datasets"

// TopicShare is the share of posts that speak of each topic of the codebook.
var TopicShare = Metric{
	Name: "topic_share", Unit: "share", Version: 1, Shortest: Month,
	Formula: "share of topic k = nₖ / n",
	Doc: "Share of an account's own posts in whose text a rule of the codebook finds the topic; reposts take no part. " +
		"nₖ are the posts with topic k and n those with text, which means at least one word besides web addresses and @names. A post may have several topics or none, so shares do not add up to 1. " +
		"The codebook is the study's topics.csv, else the one that ships: thesis.* for the topics that Amrina, Ozganbay and Bekbauova list, kazbek_almash.* for the categories of Kazbek and Almash, with words chosen for this program. " +
		"Rules find words, not subjects: a post can speak of a thing without naming it and name it in passing, and languages with fewer rules are found less often, so that accounts which write in different languages are compared with care. " +
		"How far the rules agree with people must be measured by coding posts by hand: topics_coded.csv gives the table topic_agreement. " +
		"Null where no own post has text. The column n is the number of own posts, n_observed that of those with text.",
	Source: "Share of a count; categories: Kazbek and Almash (2019), Proceedings of the 6th European Conference on Social Media, p. 156, as given by Allamurodov (2023), Russia & World 4(10):22-35; Amrina, Ozganbay and Bekbauova (2024), tables 2-5",
	Parts:  []Part{{Name: AnyPart, Doc: "a topic of the codebook, by its name", Scale: Difference}},
	OfPosts: func(p *Period, emit func(string, Value)) {
		topics := p.Setting.Topics
		if len(topics) == 0 || noOwnPosts(p) {
			return
		}
		counts := make([]int64, len(topics))
		number := make(map[string]int, len(topics))
		for i, t := range topics {
			number[t] = i
		}
		v := Value{N: int64(len(p.Own)), Uncertainty: noIntervalPosts}
		for _, q := range p.Own {
			if len(q.Topics) == 0 {
				continue
			}
			v.NObserved++
			for _, t := range q.Topics {
				if i, ok := number[t]; ok { // and no event or holiday
					counts[i]++
				}
			}
		}
		why := ""
		switch {
		case v.N == 0:
			why = "no own post in the period"
		case v.NObserved == 0:
			why = "no own post has text"
		default:
			v.Flag = withoutText(v.N - v.NObserved)
		}
		for i, t := range topics {
			emit(t, filled(v, shareOf(counts[i], v.NObserved), why))
		}
	},
}

// withoutText flags posts in which no topic can be found.
func withoutText(n int64) string {
	if n == 0 {
		return ""
	}
	return plural(n, "post") + " without text, left out"
}

// textless counts the posts in which no topic can be found.
func textless(posts []*Post) (n int64) {
	for _, q := range posts {
		if len(q.Topics) == 0 {
			n++
		}
	}
	return n
}

// dayOf is the local date of a post, and that of UTC where no zone is known.
func dayOf(q *Post) datasets.Day {
	if q.Local {
		return q.Date
	}
	return q.At.Day()
}
