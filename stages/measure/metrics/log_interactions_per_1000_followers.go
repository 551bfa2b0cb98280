package metrics

// LogInteractionsPer1000Followers is the outcome on which the engagement of
// countries is compared.
var LogInteractionsPer1000Followers = Metric{
	Name: "log_interactions_per_1000_followers", Unit: "ln(1 + interactions/1000 followers)", Version: 1, Shortest: Week,
	Formula: "y = Σ ln(1 + 1000 · Iᵢ / Fᵢ) / n",
	Doc: "Mean over posts of the natural logarithm of 1 plus interactions by 1,000 followers. It is the primary measure of engagement: " +
		"the logarithm keeps one post from deciding the mean, and the 1 keeps posts without interactions in. " + interactionsDoc +
		"Fᵢ are the followers when post i was posted; in the part now, those at the last snapshot for every post. " +
		"ln(1 + x) depends on the scale of x, so it is taken after the division, and zero_share belongs beside it. " +
		"A difference of 0.1 between accounts is about ten per cent of 1 + x, not of x. Null without followers or with 0. " +
		"Without top leaves out the post with the most interactions (of several, the one with the most by follower); it is null for a single post.",
	Source: "Mean of log(1 + x) by account, the unit of analysis; not a published index",
	Parts: []Part{
		{Name: "at_posting", Doc: "by followers at posting", Scale: Difference},
		{Name: "now", Doc: "by followers at the last snapshot", Scale: Difference},
		{Name: "at_posting_without_top", Doc: "by followers at posting, without the post that has the most interactions"},
	},
	OfPosts: logInteractions,
}

func logInteractions(p *Period, emit func(string, Value)) {
	names, chosen := p.components()
	if len(names) == 0 || noOwnPosts(p) {
		return
	}
	known := interacting(p)
	followed := rated(p)
	var now float64
	if p.FollowersNow.OK {
		for _, q := range known {
			now += q.now.of(1000 * float64(q.Interactions.V) / p.FollowersNow.V)
		}
	}
	var sum, rest, topY float64 // rest is the sum without the top post
	var top *Post
	for _, q := range followed {
		v := q.atPosting.of(1000 * float64(q.Interactions.V) / q.Followers.V)
		if top == nil || q.Interactions.V > top.Interactions.V || q.Interactions.V == top.Interactions.V && v > topY {
			rest, top, topY = sum, q, v
		} else {
			rest += v
		}
		sum += v
	}
	none := whyUnknown(p, known, names)
	why := none
	if why == "" && len(followed) == 0 {
		why = noFollowersAtPosting
	}
	shared := join(chosen, lacking(p, known, names), unseenZeros(p, known, positive(known)))
	flag := join(shared, unfollowed(known, followed), p.immature(followed))
	n := float64(len(followed))
	emit("at_posting", ownValue(p, followed, sum/n, why, flag))
	nowWhy := none
	if nowWhy == "" && !p.FollowersNow.OK {
		nowWhy = noFollowersNow
	}
	emit("now", ownValue(p, known, now/float64(len(known)), nowWhy, join(shared, p.immature(known), p.rounded())))
	if why == "" && len(followed) == 1 {
		why = onePost
	}
	emit("at_posting_without_top", ownValue(p, followed, rest/(n-1), why, flag))
}
