package plots

import (
	"cmp"
	"slices"
)

var languageShares = Figure{
	Name: "language_shares",
	Doc: "Share of own posts in each language, as the platform names it: the mean of accounts by country, one row a language, with 95 % t intervals from four accounts. " +
		"Drawn is the platform that alone names languages; where several do, the shares standardised over those that the countries share, or else the platform with most accounts. " +
		"Platforms guess, and X names no Kazakh, Kyrgyz or Uzbek. The title counts the differences between two countries that stand out after adjustment. Entropy and multilingual days are left out.",
	Version: 3,
	Tables:  []string{"comparisons", "estimates", "sources", "values"},
	Metrics: []string{"language_share"},
	Draw:    sharesOfLanguages.draw,
}

var sharesOfLanguages = shareFigure{
	metric: "language_share", kind: "language", kinds: "languages", of: languageOf,
	compare: func(a, b shareRow) int { return cmp.Compare(languageRank(a.part), languageRank(b.part)) },
	note:    "Languages are what the platform takes them for; X names no Kazakh, Kyrgyz or Uzbek, whose posts there come without a language or as another one.",
}

// languages are the parts of language_share that add up to 1, with their names.
var languages = [][2]string{{"kk", "Kazakh"}, {"ky", "Kyrgyz"}, {"uz", "Uzbek"}, {"ru", "Russian"}, {"en", "English"}, {"other", "Other languages"}, {"und", "No language named"}}

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
