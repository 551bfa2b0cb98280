package metrics

import (
	"math"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// LanguageShare is the mix of languages in which an account posts.
var LanguageShare = Metric{
	Name: "language_share", Unit: "share", Version: 2, Shortest: Month,
	Formula: "share of language l = nₗ / n; H = −Σₗ pₗ · log₂ pₗ, pₗ = nₗ / (n − n_und)",
	Doc: "Languages of an account's own posts as the platform names them; reposts take no part. " +
		"nₗ are the posts in language l, n those to which the platform gave any language, n_und those to which it gave none that can be named: und and the codes of x for texts without words. The shares of the parts kk to und that are not null add up to 1. " +
		"entropy is H, in bits, over the named languages, each by its own code: 0 for one, log₂ k for k used alike. " +
		"multilingual is the share of days with a post in a named language on which there are posts in two or more: the language of a post is one, so that a set of translations shows as several posts of a day. Days are local where the zone of the account is known, else of UTC. " +
		"Regions and scripts in a code are not looked at: en-GB is en, uz-Cyrl is uz. " +
		"Platforms guess: short texts are named wrong more often, and x has no Kazakh, Kyrgyz or Uzbek among its languages, whose posts come as und or as a neighbour; kk, ky and uz of x are null, which is not 0. Most other exports give no language. " +
		"Null where no own post has a language, entropy and multilingual also where none has one that is named. The column n is the number of own posts, n_observed that of those that the value rests on.",
	Source: "Shares of a count; entropy: Shannon (1948), Bell System Technical Journal 27:379-423",
	Parts:  languageParts(),
	OfPosts: func(p *Period, emit func(string, Value)) {
		if noOwnPosts(p) {
			return
		}
		m := languagesOf(p.Own)
		v := Value{N: int64(len(p.Own)), NObserved: m.given, Uncertainty: noIntervalPosts}
		why := ""
		switch {
		case v.N == 0:
			why = "no own post in the period"
		case m.given == 0:
			why = "the platform gave no language to any own post"
		case m.given < v.N:
			v.Flag = plural(v.N-m.given, "post") + " without a language, left out"
		}
		for i, name := range languageNames {
			if p.Account.Platform == "x" && i < unnamedByX && why == "" {
				emit(name, filled(v, datasets.None[float64](), "not known: x has no such language to name"))
				continue
			}
			emit(name, filled(v, shareOf(m.parts[i], m.given), why))
		}
		v.NObserved = m.given - m.parts[undetermined]
		if why == "" && v.NObserved == 0 {
			why = "the platform named the language of no own post"
		}
		emit("entropy", filled(v, m.entropy(v.NObserved), why))
		emit("multilingual", filled(v, m.multilingual(), why))
	},
}

// languageNames are the parts that add up to 1.
var languageNames = [...]string{"kk", "ky", "uz", "ru", "en", "other", "und"}

const (
	unnamedByX    = 3 // the first of languageNames, which x does not know
	otherLanguage = 5
	undetermined  = 6
)

func languageParts() []Part {
	return []Part{
		{Name: "kk", Doc: "Kazakh", Scale: Difference},
		{Name: "ky", Doc: "Kyrgyz", Scale: Difference},
		{Name: "uz", Doc: "Uzbek", Scale: Difference},
		{Name: "ru", Doc: "Russian", Scale: Difference},
		{Name: "en", Doc: "English", Scale: Difference},
		{Name: "other", Doc: "any other named language", Scale: Difference},
		{Name: "und", Doc: "no language that could be named", Scale: Difference},
		{Name: "entropy", Doc: "H", Unit: "bits", Scale: Difference},
		{Name: "multilingual", Doc: "days with posts in two or more named languages, by days with a post in one", Scale: Difference},
	}
}

// mix is what is counted of the languages of posts.
type mix struct {
	given int64
	parts [len(languageNames)]int64
	codes []codeCount             // by code, named languages alone
	days  map[datasets.Day]string // the one language of a day, "" for several
}

type codeCount struct {
	given, code string
	n           int64
}

func languagesOf(posts []*Post) *mix {
	m := &mix{days: map[datasets.Day]string{}}
	var codes []codeCount // by what was given
	for _, q := range posts {
		if q.Language == "" {
			continue
		}
		i := slices.IndexFunc(codes, func(c codeCount) bool { return c.given == q.Language })
		if i < 0 {
			i = len(codes)
			codes = append(codes, codeCount{given: q.Language, code: language(q.Language)})
		}
		codes[i].n++
		code := codes[i].code
		if code == "und" {
			continue
		}
		day := dayOf(q)
		if one, ok := m.days[day]; !ok {
			m.days[day] = code
		} else if one != code && one != "" {
			m.days[day] = ""
		}
	}
	for _, c := range codes {
		m.given += c.n
		switch i := slices.Index(languageNames[:otherLanguage], c.code); {
		case c.code == "und":
			m.parts[undetermined] += c.n
			continue
		case i >= 0:
			m.parts[i] += c.n
		default:
			m.parts[otherLanguage] += c.n
		}
		if i := slices.IndexFunc(m.codes, func(o codeCount) bool { return o.code == c.code }); i >= 0 {
			m.codes[i].n += c.n
		} else {
			m.codes = append(m.codes, c)
		}
	}
	return m
}

func (m *mix) entropy(n int64) datasets.Opt[float64] {
	if n == 0 {
		return datasets.None[float64]()
	}
	// In the order of the codes, so that the sum does not depend on that of the posts.
	slices.SortFunc(m.codes, func(a, b codeCount) int { return strings.Compare(a.code, b.code) })
	h := 0.0
	for _, c := range m.codes {
		share := float64(c.n) / float64(n)
		h -= share * math.Log2(share)
	}
	return datasets.Some(max(0, h))
}

func (m *mix) multilingual() datasets.Opt[float64] {
	var several int64
	for _, one := range m.days {
		if one == "" {
			several++
		}
	}
	return shareOf(several, int64(len(m.days)))
}

// language returns the code of a language without region and script, in two
// letters where the tables of platforms use three, und where it names none.
func language(given string) string {
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
		return "und"
	}
	return code
}
