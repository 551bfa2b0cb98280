package plots

import (
	"cmp"
	"slices"
)

var languageShares = Figure{
	Name: "language_shares",
	Doc: "Share of own posts in each language, as their texts tell: the mean of accounts by country, one row a language, with 95 % t intervals from four accounts. " +
		"Drawn are the shares standardised over the platforms that the countries share, or else those on the platform with most accounts. " +
		"A post in two languages counts for both by its letters. The title counts the differences between two countries that stand out after adjustment. Entropy and multilingual days are left out.",
	Version: 4,
	Tables:  []string{"comparisons", "estimates", "sources", "values"},
	Metrics: []string{"language_share"},
	Draw:    sharesOfLanguages.draw,
}

var sharesOfLanguages = shareFigure{
	metric: "language_share", kind: "language", kinds: "languages", of: languageOf,
	compare: func(a, b shareRow) int { return cmp.Compare(languageRank(a.part), languageRank(b.part)) },
	note:    "Languages are told from the texts; a post in two counts for both by its letters, and what is in none of the five, or too short to tell, stands in the last row.",
}

// languages are the parts of language_share that add up to 1, with their names.
var languages = [][2]string{{"kk", "Kazakh"}, {"ky", "Kyrgyz"}, {"uz", "Uzbek"}, {"ru", "Russian"}, {"en", "English"}, {"und", "Other, or not told"}}

func languageRank(part string) int {
	return slices.IndexFunc(languages, func(l [2]string) bool { return l[0] == part })
}

// languageOf names the language of a part; ok is false for parts that are none.
func languageOf(part string) (group, label string, ok bool) {
	i := languageRank(part)
	if i < 0 {
		return "", "", false
	}
	return "", languages[i][1], true
}
