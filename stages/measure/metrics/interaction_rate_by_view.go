package metrics

import (
	"fmt"

	"diplometrics/stages/sample"
)

// InteractionRateByView is interactions by views.
var InteractionRateByView = Metric{
	Name: "interaction_rate_by_view", Unit: "% of views", Version: 1, Shortest: Week,
	Formula: "rᵢ = 100 · Iᵢ / vᵢ",
	Doc: "Interactions of a post in per cent of its views. " + interactionsDoc +
		"vᵢ are the views (plays, impressions) of post i; a post that shows none, or 0, is left out, and the flag says how many. " +
		"Facebook and instagram show views of videos only, so the value speaks of videos there. Views and interactions are counted at the same observation. " +
		"More interactions than views are possible (views can be counted otherwise than reactions) and flagged. " +
		"It answers another question than interaction_rate, what those did who saw the post, and the two cannot be compared. Platforms count a view differently.",
	Source: "Engagement rate by view; no single origin",
	Parts: []Part{
		{Name: "mean", Doc: "mean over posts", Scale: Ratio},
		{Name: "median", Doc: "median over posts (type 7 of Hyndman and Fan)"},
	},
	OfPosts: interactionRateByView,
}

func interactionRateByView(p *Period, emit func(string, Value)) {
	names, chosen := p.components()
	if len(names) == 0 || noOwnPosts(p) {
		return
	}
	known := interacting(p)
	seen := those(known, func(q *Post) bool { return q.Counts.View.OK && q.Counts.View.V > 0 })
	rates := make([]float64, len(seen))
	var sum float64
	var more int64
	for i, q := range seen {
		rates[i] = 100 * float64(q.Interactions.V) / float64(q.Counts.View.V)
		sum += rates[i]
		if q.Counts.View.V < q.Interactions.V {
			more++
		}
	}
	why := whyUnknown(p, known, names)
	if why == "" && len(seen) == 0 {
		why = "no post with known interactions shows more than 0 views"
	}
	var unseen, odd string
	if n := len(known) - len(seen); n > 0 {
		unseen = fmt.Sprintf("%d of %s left out, which show no views or 0", n, plural(int64(len(known)), "post"))
	}
	if more > 0 {
		odd = plural(more, "post") + " with more interactions than views"
	}
	flag := join(chosen, lacking(p, known, names), unseen, odd, unseenZeros(p, known, positive(known)), p.immature(seen))
	emit("mean", ownValue(p, seen, sum/float64(len(seen)), why, flag))
	emit("median", ownValue(p, seen, sample.Median(rates).V, why, flag))
}
