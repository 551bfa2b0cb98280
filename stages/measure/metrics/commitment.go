package metrics

// Commitment is Bonsón and Ratkai's C1 to C3.
var Commitment = Metric{
	Name: "commitment", Unit: "see part", Version: 1, Shortest: Week,
	Formula: "C1 = #{i : cᵢ > 0} / n; C2 = Σcᵢ / n; C3 at posting = 1000 · Σ(cᵢ / Fᵢ) / n; C3 now = 1000 · Σcᵢ / (n · F)",
	Doc: "How much the posts of an account are commented on: the share of posts with a comment, comments a post, and comments a post and 1,000 followers. " +
		"cᵢ are the comments (or replies) of post i, n the account's own posts that show them (for C3 at posting: and whose Fᵢ is known), " +
		"Fᵢ the followers when post i was posted, F those at the last snapshot, which is what Bonsón and Ratkai divide by. " + threeRatiosDoc +
		"Comments that the account has closed can be exported as 0. On x, replies can be the account's own: a thread answers itself.",
	Source: bonsonRatkai,
	Parts: []Part{
		{Name: "C1", Unit: "share", Doc: "share of posts with at least one comment", Scale: Difference},
		{Name: "C2", Unit: "comments/post", Doc: "mean comments a post"},
		{Name: "C3_at_posting", Unit: "comments/post/1000 followers", Doc: "mean over posts of comments by followers at posting, times 1,000", Scale: Ratio},
		{Name: "C3_now", Unit: "comments/post/1000 followers", Doc: "C2 by followers at the last snapshot, times 1,000"},
	},
	OfPosts: ofCount("C", "comment_count"),
}
