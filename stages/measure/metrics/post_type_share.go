package metrics

import (
	"slices"

	"diplometrics/datasets"
)

// PostTypeShare is the share of reposts, replies and quotes among posts.
var PostTypeShare = Metric{
	Name: "post_type_share", Unit: "share", Version: 1, Shortest: Week,
	Formula: "share of type t = nₜ / n",
	Doc: "Share of an account's posts that repeat, answer or quote another. nₜ are the posts of the type and n all posts of the period, reposts included. " +
		"Every post has one type, the first that fits: repost, reply, quote, original; a reply that quotes is a reply. " +
		"A type counts where exports of the platform mark it: x marks all three; telegram reposts (forwards) and replies; facebook reposts and quotes (a shared post without and with words of the page's own); vk reposts. " +
		"Exports of other platforms mark none, and nothing is emitted there; where posts are so marked all the same, in a table of the study's own, the share is emitted and flagged as a least one. " +
		"Single exports mark less than their platform's best: CrowdTangle's history of a post marks nothing, and 4CAT's table of facebook neither; 0 is then what the file shows. " +
		"Replies are exported only where they were collected. Null without posts.",
	Source: "Share of a count by type; replies as dialogue: Kampf, Manor and Segev (2015), The Hague Journal of Diplomacy 10(4)",
	Parts: []Part{
		{Name: datasets.Repost, Doc: "posts of others that the account repeats without words of its own", Scale: Difference},
		{Name: datasets.Reply, Doc: "answers to a post, of others or of the account itself", Scale: Difference},
		{Name: datasets.Quoted, Doc: "posts that show another with words of the account's own", Scale: Difference},
	},
	OfPosts: postTypeShare,
}

// markedTypes returns the types of posts that exports of a platform mark.
func markedTypes(platform string) []string {
	switch platform {
	case "x":
		return []string{datasets.Repost, datasets.Reply, datasets.Quoted}
	case "telegram":
		return []string{datasets.Repost, datasets.Reply}
	case "facebook":
		return []string{datasets.Repost, datasets.Quoted}
	case "vk":
		return []string{datasets.Repost}
	}
	return nil
}

func postTypeShare(p *Period, emit func(string, Value)) {
	n := int64(len(p.Posts))
	if n == 0 && p.Kind != Whole {
		return
	}
	types := [...]string{datasets.Repost, datasets.Reply, datasets.Quoted}
	var count [len(types)]int64
	for _, q := range p.Posts {
		if i := slices.Index(types[:], q.Type); i >= 0 {
			count[i]++
		}
	}
	marked := markedTypes(p.Account.Platform)
	for i, t := range types {
		v := Value{N: n, NObserved: n, Uncertainty: noIntervalPosts}
		if !slices.Contains(marked, t) {
			if count[i] == 0 {
				continue
			}
			v.Flag = "not every export of " + p.Account.Platform + " marks a " + t + ": the share is at least this"
		}
		if n == 0 {
			v.Uncertainty, v.Flag = noIntervalAbsent, "no post in the period"
		} else {
			v.V = datasets.Some(float64(count[i]) / float64(n))
		}
		emit(t, v)
	}
}
