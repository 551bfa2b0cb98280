package metrics

import (
	"math"
	"strings"

	"diplometrics/datasets"
)

// LanguageShare is the mix of languages in which an account posts.
var LanguageShare = Metric{
	Name: "language_share", Unit: "share", Version: 3, Shortest: Month,
	Formula: "share of language l = Σᵢ sᵢₗ / n; H = −Σₗ pₗ · log₂ pₗ, pₗ = Σᵢ sᵢₗ / Σᵢₗ sᵢₗ",
	Doc: "Languages of an account's own posts, as the program tells them by their texts, the same way on every platform; reposts take no part. " +
		"sᵢₗ is the share of the letters of post i that stand in language l, 1 for most, so that a post in Kazakh and Russian counts for both; n are the posts with a text. The shares of the parts kk to und add up to 1; und is what stands in another language, or is too short to tell. " +
		"entropy is H, in bits, over the five languages: 0 for one, log₂ k for k used alike. " +
		"multilingual is the share of days with a post in one of the languages on which there are two or more, in several posts, or in one that has at least a fifth of its letters in each. Days are local where the zone of the account is known, else of UTC. " +
		"On sentences of encyclopaedias, news and tests that it had not seen the identifier named the wrong language for 1 to 2 in 1,000, and none for 5 in 1,000; for more of headlines, lists of names and texts of two or three words. A part of a post in another language is seen from about two words of a line of its own, or five inside a sentence, on. What the platforms named stands beside it in posts, and the report compares the two. " +
		"Null where no own post has a text, entropy and multilingual also where no language was told. The column n is the number of own posts, n_observed that of those that the value rests on.",
	Source: "Shares of a count; entropy: Shannon (1948), Bell System Technical Journal 27:379-423",
	Parts:  languageParts(),
	OfPosts: func(p *Period, emit func(string, Value)) {
		if noOwnPosts(p) {
			return
		}
		m := languagesOf(p.Own)
		v := Value{N: int64(len(p.Own)), NObserved: m.texts, Uncertainty: noIntervalPosts}
		why := ""
		switch {
		case v.N == 0:
			why = "no own post in the period"
		case m.texts == 0:
			why = "no own post has a text"
		case m.texts < v.N:
			v.Flag = plural(v.N-m.texts, "post") + " without a text, left out"
		}
		share := func(sum float64) datasets.Opt[float64] {
			return datasets.Opt[float64]{V: sum / float64(max(1, m.texts)), OK: m.texts > 0}
		}
		rest := float64(m.texts)
		for i, l := range datasets.Languages {
			emit(l, filled(v, share(m.sums[i]), why))
			rest -= m.sums[i]
		}
		emit(datasets.Undetermined, filled(v, share(max(0, rest)), why))
		v.NObserved = m.told
		if why == "" && m.told == 0 {
			why = "the language of no own post could be told"
		}
		emit("entropy", filled(v, m.entropy(), why))
		emit("multilingual", filled(v, m.multilingual(), why))
	},
}

func languageParts() []Part {
	return []Part{
		{Name: "kk", Doc: "Kazakh", Scale: Difference},
		{Name: "ky", Doc: "Kyrgyz", Scale: Difference},
		{Name: "uz", Doc: "Uzbek", Scale: Difference},
		{Name: "ru", Doc: "Russian", Scale: Difference},
		{Name: "en", Doc: "English", Scale: Difference},
		{Name: datasets.Undetermined, Doc: "another language, or too short to tell", Scale: Difference},
		{Name: "entropy", Doc: "H", Unit: "bits", Scale: Difference},
		{Name: "multilingual", Doc: "days with posts in two or more of the languages, by days with a post in one", Scale: Difference},
	}
}

// inSeveral is the share of a post's letters from which a second language makes
// its day multilingual: a name or a quoted word does not.
const inSeveral = 0.2

// mix is what is counted of the languages of posts.
type mix struct {
	texts, told int64
	sums        [len(datasets.Languages)]float64
	days        map[datasets.Day]uint8 // bits of the languages of a day
}

func languagesOf(posts []*Post) *mix {
	m := &mix{days: map[datasets.Day]uint8{}}
	var today datasets.Day // of the post before, and its languages: posts of a day mostly follow each other
	var bits uint8
	for _, q := range posts {
		if q.Language == "" {
			continue
		}
		m.texts++
		if q.Language == datasets.Undetermined {
			continue // what it has of others is too little to tell
		}
		m.told++
		if day := dayOf(q); day != today {
			m.on(today, bits)
			today, bits = day, 0
		}
		for i, share := range q.Shares {
			m.sums[i] += share
			if share >= inSeveral || q.Language == datasets.Languages[i] {
				bits |= 1 << i
			}
		}
	}
	m.on(today, bits)
	return m
}

// on adds languages of a day, 0 for none.
func (m *mix) on(day datasets.Day, bits uint8) {
	if bits != 0 {
		m.days[day] |= bits
	}
}

func (m *mix) entropy() datasets.Opt[float64] {
	total, h := 0.0, 0.0
	for _, sum := range m.sums {
		total += sum
	}
	if total == 0 {
		return datasets.None[float64]()
	}
	for _, sum := range m.sums {
		if p := sum / total; p > 0 {
			h -= p * math.Log2(p)
		}
	}
	return datasets.Some(max(0, h))
}

func (m *mix) multilingual() datasets.Opt[float64] {
	var several int64
	for _, bits := range m.days {
		if bits&(bits-1) != 0 {
			several++
		}
	}
	return shareOf(several, int64(len(m.days)))
}

// GivenLanguage is the language that a platform gave, without region and script,
// in two letters where tables of platforms use three; und where it names none,
// and "" where it gave nothing.
func GivenLanguage(given string) string {
	if given == "" {
		return ""
	}
	code := given
	if i := strings.IndexAny(code, "-_"); i >= 0 {
		code = code[:i]
	}
	switch code = strings.ToLower(code); code {
	case "kaz":
		return "kk"
	case "kir", "kgz":
		return "ky"
	case "uzb":
		return "uz"
	case "rus":
		return "ru"
	case "eng":
		return "en"
	case "", "und", "unknown", "zxx", "mul", "mis", "art", "qam", "qct", "qht", "qme", "qst":
		return datasets.Undetermined
	}
	return code
}
