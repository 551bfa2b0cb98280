package metrics

// LikesPerPost is the mean of likes a post.
var LikesPerPost = Metric{
	Name: "likes_per_post", Unit: "likes/post", Version: 2,
	Formula: "P2 = Σℓᵢ / n",
	Doc: "Sum of likes or reactions divided by the posts behind it; Bonson and Ratkai's P2. ℓᵢ are the likes of post i of n. " +
		"From a counted window: the sum where it was counted, else the mean that the source prints, with the bounds of its rounding. " +
		"A single mean says nothing of the spread between posts, so there is no interval. " +
		"Likes of different platforms are different things and are never compared with each other. n is the number of posts.",
	Source: "Bonson and Ratkai (2013), Online Information Review 37(5):787-803, P2",
	Parts:  []Part{{Name: "mean", Doc: "mean over the posts of the window", Scale: Ratio}},
	Of: func(w *Window, emit func(string, Value)) {
		for i := range w.Counted {
			c := &w.Counted[i]
			v := Value{Kind: "window", From: c.WindowFrom, To: c.WindowTo, Source: counter(c), N: c.Posts.V, NObserved: c.LikesN.V}
			if v.V, v.Low, v.High, v.Flag = meanLikes(c); !v.V.OK {
				v.Uncertainty = noIntervalAbsent
			} else if v.Uncertainty = noInterval; c.Likes.OK {
				v.Uncertainty = noIntervalCounted
			}
			emit("mean", v)
		}
	},
}
