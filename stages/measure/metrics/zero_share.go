package metrics

// ZeroShare is the share of posts without interactions.
var ZeroShare = Metric{
	Name: "zero_share", Unit: "share", Version: 1, Shortest: Week,
	Formula: "Z = #{i : Iᵢ = 0} / n",
	Doc: "Share of an account's posts to which nobody reacted. " + interactionsDoc +
		"It belongs beside every mean of interactions: a mean hides how many posts went unnoticed. " +
		"Where some posts on telegram have unknown interactions and none has 0, it is null: Telegram Desktop writes nothing for a post without reactions, so posts with 0 cannot be told from those that do not show it.",
	Source:  "Share of zeros of a count",
	Parts:   []Part{{Name: "all", Doc: "over all own posts whose interactions are known", Scale: Difference}},
	OfPosts: zeroShare,
}

func zeroShare(p *Period, emit func(string, Value)) {
	names, chosen := p.components()
	if len(names) == 0 || noOwnPosts(p) {
		return
	}
	known := interacting(p)
	zeros := 0
	for _, q := range known {
		if q.Interactions.V == 0 {
			zeros++
		}
	}
	why := whyUnknown(p, known, names)
	if why == "" {
		why = unseenZeros(p, known, len(known)-zeros)
	}
	emit("all", ownValue(p, known, float64(zeros)/float64(len(known)), why, join(chosen, lacking(p, known, names), p.immature(known))))
}
