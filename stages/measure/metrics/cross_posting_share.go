package metrics

import (
	"slices"

	"diplometrics/datasets"
)

// CrossPostingShare is the share of posts that the organization also made on
// another platform.
var CrossPostingShare = Metric{
	Name: "cross_posting_share", Unit: "share", Version: 1, Shortest: Week,
	Formula: "share to platform p = #{i : post i has a match on p} / n; any = #{i : post i has a match} / n",
	Doc: "Share of an account's posts that its organization also made on another platform. n are the own posts; reposts take no part. " +
		"A match is a post of the same organization on the other platform, at most 48 hours before or after, with a Jaccard similarity of at least 0.6 between the sets of five successive characters of the two texts, or with the same address that is no footer. " +
		"It counts for both posts: the share of x matched on facebook and that of facebook matched on x are two things. " +
		"A post matched on several platforms counts once in any and once in the part of each, so parts do not add up. " +
		"Translations are no matches, and posts without text have none: the share is a least one. " +
		"It can only find what was collected: any is null, and the part of a platform is not there, where no posts of the organization were collected on another platform from two days before the first post of the period to two days after the last.",
	Source:  "Share of near-duplicates; similarity by shingles: Broder (1997), On the resemblance and containment of documents",
	Parts:   crossParts(),
	OfPosts: crossPostingShare,
}

// crossPlatforms are the platforms that a match can be on.
var crossPlatforms = [...]string{"x", "facebook", "instagram", "linkedin", "telegram", "youtube", "vk", "ok", "mymir", "tiktok", "threads", "flickr", "periscope", "website"}

func crossParts() []Part {
	parts := []Part{{Name: "any", Scale: Difference, Doc: "posts matched on at least one other platform"}}
	for _, name := range crossPlatforms {
		parts = append(parts, Part{Name: "to_" + name, Scale: Difference, Doc: "posts matched on " + name})
	}
	return parts
}

func crossPostingShare(p *Period, emit func(string, Value)) {
	if noOwnPosts(p) {
		return
	}
	var matched int
	var on [len(crossPlatforms)]int
	for _, q := range p.Own {
		if len(q.Cross) > 0 {
			matched++
		}
		for _, name := range q.Cross {
			if i := slices.Index(crossPlatforms[:], name); i >= 0 {
				on[i]++
			}
		}
	}
	why := whyUnknown(p, p.Own, nil)
	if why == "" && matched == 0 && len(p.Elsewhere) == 0 {
		why = "no posts of the organization were collected on another platform"
	}
	n := float64(len(p.Own))
	emit("any", ownValue(p, p.Own, float64(matched)/n, why, ""))
	for i, name := range crossPlatforms {
		if on[i] > 0 || slices.Contains(p.Elsewhere, name) {
			emit("to_"+name, Value{V: datasets.Some(float64(on[i]) / n), N: int64(len(p.Own)), NObserved: int64(len(p.Own)), Uncertainty: noIntervalPosts})
		}
	}
}
