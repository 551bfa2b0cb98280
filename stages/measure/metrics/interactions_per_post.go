package metrics

import "diplometrics/stages/sample"

// InteractionsPerPost is how many interactions the posts of an account have.
var InteractionsPerPost = Metric{
	Name: "interactions_per_post", Unit: "interactions/post", Version: 1, Shortest: Week,
	Formula: "mean = ΣIᵢ / n; median = the middle Iᵢ; mean without top = (ΣIᵢ − max Iᵢ) / (n − 1)",
	Doc: "Interactions a post, whatever the number of followers. " + interactionsDoc +
		"The median is the mean of the two middle values where n is even (type 7 of Hyndman and Fan). " +
		"Interactions are heavy-tailed: one post can carry the mean, and the mean without the post that has the most shows whether it does; it is null for a single post. " +
		"Comparable between accounts of one platform only.",
	Source: "Mean and median: CrowdTangle help centre, article 4003674; quantile: Hyndman and Fan (1996)",
	Parts: []Part{
		{Name: "mean", Doc: "mean over posts"},
		{Name: "median", Doc: "median over posts", Scale: Ratio},
		{Name: "mean_without_top", Doc: "mean over posts but the one with the most interactions"},
	},
	OfPosts: interactionsPerPost,
}

// interactionsDoc says what Iᵢ and n are.
const interactionsDoc = "Iᵢ are the interactions of post i: likes, comments and shares, and quotes on x and threads; or what study.toml chooses of them, flagged. They are null unless every one that the platform has is known, " +
	"and n counts the own posts whose interactions are known; the flag says how many are not. A platform that has no shares has I = likes + comments: platforms are not comparable. Reposts are left out: their counts are the original's. " +
	"Counts are those of the first observation at least 7 days after posting; younger ones are flagged. Null without posts. The columns n and n_observed are the own posts and those behind the value. "

func interactionsPerPost(p *Period, emit func(string, Value)) {
	names, chosen := p.components()
	if len(names) == 0 || noOwnPosts(p) {
		return
	}
	known := interacting(p)
	x := p.Interactions()
	x = x[len(x)-len(known):] // sorted: interactions below 0 are no interactions
	var sum float64
	for _, v := range x {
		sum += v
	}
	why := whyUnknown(p, known, names)
	flag := join(chosen, lacking(p, known, names), unseenZeros(p, known, positive(known)), p.immature(known))
	n := float64(len(x))
	emit("mean", ownValue(p, known, sum/n, why, flag))
	emit("median", ownValue(p, known, sample.Median(x).V, why, flag))
	var top float64
	switch {
	case why != "":
	case len(x) == 1:
		why = onePost
	default:
		top = x[len(x)-1]
	}
	emit("mean_without_top", ownValue(p, known, (sum-top)/(n-1), why, flag))
}

// onePost is why a value without the top post is absent.
const onePost = "one post only: nothing is left without it"

// interacting returns the own posts whose interactions are known.
func interacting(p *Period) []*Post {
	if !p.memory.isKnown {
		p.memory.known, p.memory.isKnown = those(p.Own, func(q *Post) bool { return q.Interactions.OK && q.Interactions.V >= 0 }), true
	}
	return p.memory.known
}

// rated returns those of them whose followers at posting are known.
func rated(p *Period) []*Post {
	if !p.memory.isRated {
		p.memory.rated, p.memory.isRated = those(interacting(p), func(q *Post) bool { return q.Followers.OK }), true
	}
	return p.memory.rated
}

// positive counts the posts with interactions.
func positive(posts []*Post) int {
	n := 0
	for _, q := range posts {
		if q.Interactions.V > 0 {
			n++
		}
	}
	return n
}
