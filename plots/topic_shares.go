package plots

import "strings"

var topicShares = Figure{
	Name: "topic_shares",
	Doc: "Share of own posts in whose text the rules of a codebook find a topic: the mean of accounts by country, one row a topic, grouped by codebook and sorted by share, with 95 % t intervals from four accounts. " +
		"Drawn are the shares standardised over the platforms that the countries share; where there are none, those on the platform with most accounts. A post may have several topics or none. " +
		"The title counts the differences between two countries that stand out after adjustment. Where there are more topics than a page holds, those with the greatest shares are drawn and the table has all.",
	Version: 3,
	Tables:  []string{"comparisons", "estimates", "sources", "values"},
	Metrics: []string{"topic_share"},
	Draw:    sharesOfTopics.draw,
}

var sharesOfTopics = shareFigure{
	metric: "topic_share", kind: "topic", kinds: "topics", of: topicOf,
	note: "A post may have several topics or none; rules find words and not subjects.",
}

// topicOf parts the name of a topic into its codebook and its name.
func topicOf(part string) (group, label string, ok bool) {
	book, topic, found := strings.Cut(part, ".")
	if !found {
		return "", sayName(part), part != ""
	}
	return "Codebook: " + strings.ReplaceAll(book, "_", " "), sayName(topic), true
}

// sayName writes an id as words.
func sayName(id string) string { return capital(strings.ReplaceAll(id, "_", " ")) }
