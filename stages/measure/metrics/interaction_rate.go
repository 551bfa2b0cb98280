package metrics

import "diplometrics/stages/sample"

// InteractionRate is interactions by followers, as CrowdTangle counted them.
var InteractionRate = Metric{
	Name: "interaction_rate", Unit: "% of followers", Version: 1, Shortest: Week,
	Formula: "post rate rᵢ = 100 · Iᵢ / Fᵢ; ratio of sums = 100 · ΣIᵢ / ΣFᵢ; account rate = 100 · (ΣIᵢ / n) / F̄",
	Doc: "Interactions of a post in per cent of the account's followers. " + interactionsDoc +
		"Fᵢ are the followers when post i was posted; F̄ is their mean over the period, along straight lines between snapshots. " +
		"The mean of ratios is not the ratio of means: it weighs every post alike, the ratio of sums weighs posts by followers, and they part where followers changed. " +
		"CrowdTangle's account rate divides interactions a post by the mean size of the account in the period. " +
		"Where a platform has no quotes and every count is known, the mean of post rates is a tenth of engagement at posting, which is by 1,000 followers. Null without followers or with 0.",
	Source: "Post and account rate: CrowdTangle help centre, article 1141064 (its examples: 10/800 is 1.25 %; 100/7/1250 is 1.14 %)",
	Parts: []Part{
		{Name: "post_mean", Doc: "mean of post rates", Scale: Ratio},
		{Name: "post_median", Doc: "median of post rates (type 7 of Hyndman and Fan)"},
		{Name: "ratio_of_sums", Doc: "interactions of all posts by the sum of the followers at each"},
		{Name: "account", Doc: "interactions a post by the mean of followers over the period"},
	},
	OfPosts: interactionRate,
}

func interactionRate(p *Period, emit func(string, Value)) {
	names, chosen := p.components()
	if len(names) == 0 || noOwnPosts(p) {
		return
	}
	known := interacting(p)
	followed := rated(p)
	rates := make([]float64, len(followed))
	var all, sum, followers, rate float64
	for _, q := range known {
		all += float64(q.Interactions.V)
	}
	for i, q := range followed {
		x := float64(q.Interactions.V)
		rates[i] = 100 * x / q.Followers.V
		sum, followers, rate = sum+x, followers+q.Followers.V, rate+rates[i]
	}
	none := whyUnknown(p, known, names)
	why := none
	if why == "" && len(followed) == 0 {
		why = noFollowersAtPosting
	}
	shared := join(chosen, lacking(p, known, names), unseenZeros(p, known, positive(known)))
	flag := join(shared, unfollowed(known, followed), p.immature(followed))
	emit("post_mean", ownValue(p, followed, rate/float64(len(followed)), why, flag))
	emit("post_median", ownValue(p, followed, sample.Median(rates).V, why, flag))
	emit("ratio_of_sums", ownValue(p, followed, 100*sum/followers, why, flag))
	if why = none; why == "" && !p.FollowersMean.OK {
		why = noFollowersNow
	}
	emit("account", ownValue(p, known, 100*all/float64(len(known))/p.FollowersMean.V, why, join(shared, p.immature(known), p.rounded())))
}
