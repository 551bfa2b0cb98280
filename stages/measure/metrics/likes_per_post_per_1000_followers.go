package metrics

import (
	"diplometrics/datasets"
)

// LikesPerPostPer1000Followers is Bonson and Ratkai's P3.
var LikesPerPostPer1000Followers = Metric{
	Name: "likes_per_post_per_1000_followers", Unit: "likes/post/1000 followers", Version: 2,
	Formula: "P3 = 1000 · Σℓᵢ / (n · F)",
	Doc: "Mean likes a post, times 1,000, divided by followers; Bonson and Ratkai's P3. ℓᵢ are the likes of post i of n, F the followers. " +
		"Followers are those of the last snapshot from the first day of the window to its end or the day of reading, whichever is later. " +
		"Null where there is no such snapshot or it shows 0 followers. Low and high bound the rounding of the mean and of the followers. " +
		"Comparable between accounts of one platform only. n is the number of posts.",
	Source: "Bonson and Ratkai (2013), Online Information Review 37(5):787-803, P3",
	Parts:  []Part{{Name: "now", Doc: "by followers when the page was read", Scale: Ratio}},
	Of: func(w *Window, emit func(string, Value)) {
		for i := range w.Counted {
			c := &w.Counted[i]
			v := Value{Kind: "window", From: c.WindowFrom, To: c.WindowTo, Source: counter(c), N: c.Posts.V, NObserved: c.LikesN.V, Uncertainty: noInterval}
			mean, low, high, flag := meanLikes(c)
			s := followersIn(w.Snapshots, c)
			switch {
			case !mean.OK:
				v.Uncertainty, v.Flag = noIntervalAbsent, flag
			case s == nil:
				v.Uncertainty, v.Flag = noIntervalAbsent, join("no follower count within the window", flag)
			case s.Followers.V.V == 0:
				v.Uncertainty, v.Flag = noIntervalAbsent, join("0 followers: nothing to divide by", flag)
			default:
				f := s.Followers
				v.Source = sources(counter(c), s.Source)
				v.V, v.Flag = scale(mean, 1000, float64(f.V.V)), flag
				if f.High.OK && f.High.V > 0 {
					v.Low = scale(low, 1000, float64(f.High.V))
				}
				if f.Low.OK && f.Low.V > 0 {
					v.High = scale(high, 1000, float64(f.Low.V))
				}
				if c.Likes.OK {
					v.Uncertainty = noIntervalCounted
				}
			}
			emit("now", v)
		}
	},
}

// followersIn returns the last snapshot with followers within the window, or
// on the day of reading, or nil.
func followersIn(snapshots []datasets.AccountSnapshot, c *datasets.AccountWindow) *datasets.AccountSnapshot {
	end := c.WindowTo
	if c.RetrievedOn.OK && c.RetrievedOn.V+1 > end {
		end = c.RetrievedOn.V + 1
	}
	var found *datasets.AccountSnapshot
	for i := range snapshots {
		if s := &snapshots[i]; s.Followers.V.OK && s.ObservedAt.Day() >= c.WindowFrom && s.ObservedAt.Day() < end {
			found = s
		}
	}
	return found
}
