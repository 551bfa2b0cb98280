package metrics

import (
	"fmt"
	"slices"

	"diplometrics/datasets"
)

// Engagement is Bonsón, Royo and Ratkai's E.
var Engagement = Metric{
	Name: "engagement", Unit: "interactions/post/1000 followers", Version: 1, Shortest: Week,
	Formula: "E = P3 + C3 + V3",
	Doc: "Likes, comments and shares a post and 1,000 followers, added up. P3, C3 and V3 are those of popularity, commitment and virality, which are published beside it: " +
		"each is over the own posts that show its count, and the flag says where these are not the same posts. " +
		"Null where one that the platform has is null. A platform that has no shares (instagram, youtube, flickr) has E = P3 + C3, flagged: " +
		"E is comparable between accounts of one platform, never between platforms. Quotes on x are no part of E; they are part of interaction_rate. " +
		"What study.toml chooses as interactions does not change E. n is the number of own posts, n_observed of those that show every count.",
	Source: "Bonsón, Royo and Ratkai (2015), Government Information Quarterly 32:52-62",
	Parts: []Part{
		{Name: "at_posting", Doc: "by followers at posting, post by post", Scale: Ratio},
		{Name: "now", Doc: "by followers at the last snapshot", Scale: Ratio},
	},
	OfPosts: engagement,
}

func engagement(p *Period, emit func(string, Value)) {
	components := datasets.Components(p.Account.Platform)
	if len(components) == 0 || noOwnPosts(p) {
		return
	}
	var columns []string
	var terms []term
	var lacks string
	for _, c := range [][2]string{{"P3", "like_count"}, {"C3", "comment_count"}, {"V3", "share_count"}} {
		if !slices.Contains(components, c[1]) {
			lacks = join(lacks, p.Account.Platform+" has no "+c[1])
			continue
		}
		columns, terms = append(columns, c[1]), append(terms, term{c[0], gather(p, c[1])})
	}
	if lacks != "" {
		lacks += ": E is of " + list(columns) + " alone, not comparable with other platforms"
	}
	all := p.Own
	for i := range terms {
		if len(terms[i].shown) < len(p.Own) { // else every post shows the count
			all = those(all, func(q *Post) bool { return shows(q, columns[i]) })
		}
	}
	followed := those(all, func(q *Post) bool { return q.Followers.OK })

	sum, why, rests := add(p, terms, len(followed), (*gathered).atPosting, func(g *gathered) []*Post { return g.followed })
	if rests == "" {
		rests = join(lacking(p, all, columns), unfollowed(all, followed))
	}
	emit("at_posting", ownValue(p, followed, sum, why, join(lacks, rests, unseen(p, terms), p.immature(followed))))

	sum, why, rests = add(p, terms, len(all), (*gathered).now, func(g *gathered) []*Post { return g.shown })
	if rests == "" {
		rests = lacking(p, all, columns)
	}
	emit("now", ownValue(p, all, sum, why, join(lacks, rests, unseen(p, terms), p.immature(all), p.rounded())))
}

// term is one of those that E adds up.
type term struct {
	name string
	gathered
}

// add adds up the terms, says why one of them is absent, and says what each
// rests on where that is not the posts that show every count.
func add(p *Period, terms []term, every int, of func(*gathered, *Period) (float64, string), posts func(*gathered) []*Post) (sum float64, why, rests string) {
	same := true
	for i := range terms {
		t := &terms[i]
		v, none := of(&t.gathered, p)
		sum += v
		if none != "" && why == "" {
			why = t.name + " is null: " + none
		}
		same = same && len(posts(&t.gathered)) == every
	}
	if same {
		return sum, why, ""
	}
	for i := range terms {
		if rests != "" {
			rests += ", "
		}
		rests += fmt.Sprintf("%s on %d", terms[i].name, len(posts(&terms[i].gathered)))
	}
	return sum, why, "of " + plural(int64(len(p.Own)), "post") + " " + rests
}

// unseen flags the first term that may miss posts with 0.
func unseen(p *Period, terms []term) string {
	for i := range terms {
		if flag := unseenZeros(p, terms[i].shown, terms[i].positive); flag != "" {
			return flag
		}
	}
	return ""
}
