package metrics

// Virality is Bonsón and Ratkai's V1 to V3.
var Virality = Metric{
	Name: "virality", Unit: "see part", Version: 1, Shortest: Week,
	Formula: "V1 = #{i : sᵢ > 0} / n; V2 = Σsᵢ / n; V3 at posting = 1000 · Σ(sᵢ / Fᵢ) / n; V3 now = 1000 · Σsᵢ / (n · F)",
	Doc: "How much the posts of an account are passed on: the share of posts that were shared, shares a post, and shares a post and 1,000 followers. " +
		"sᵢ are the shares (retweets, reposts, forwards) of post i, n the account's own posts that show them (for V3 at posting: and whose Fᵢ is known), " +
		"Fᵢ the followers when post i was posted, F those at the last snapshot, which is what Bonsón and Ratkai divide by. " + threeRatiosDoc +
		"Instagram, youtube and flickr show no shares. On x and threads, quotes are not among them.",
	Source: bonsonRatkai,
	Parts: []Part{
		{Name: "V1", Unit: "share", Doc: "share of posts that were shared at least once", Scale: Difference},
		{Name: "V2", Unit: "shares/post", Doc: "mean shares a post"},
		{Name: "V3_at_posting", Unit: "shares/post/1000 followers", Doc: "mean over posts of shares by followers at posting, times 1,000", Scale: Ratio},
		{Name: "V3_now", Unit: "shares/post/1000 followers", Doc: "V2 by followers at the last snapshot, times 1,000"},
	},
	OfPosts: ofCount("V", "share_count"),
}
