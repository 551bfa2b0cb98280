package enrich

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"diplometrics/datasets"
	"diplometrics/stages/enrich/language"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func matcher(t testing.TB, rules ...string) *Matcher {
	t.Helper()
	var all []Rule
	for _, r := range rules {
		topic, words, _ := strings.Cut(r, ":")
		all = append(all, Rule{topic, words})
	}
	m, err := NewMatcher(all)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// What each text has is read off it by hand.
func TestTopics(t *testing.T) {
	m := matcher(t, "nauryz:nauryz*", "nauryz:наурыз мейрам*", "visa:visa-free", "visa:безвиз*", "lesson:урок", "nomad:world nomad games",
		"uz:oʻzbek*", "uz:ўзбек*", "hero:герой", "science:білім*", "cat:cat", "a:new new year")
	for _, c := range []struct{ text, want string }{
		{"Happy NAURYZ to all", "nauryz"},
		{"#Nauryz2024", "nauryz"},
		{"#HappyNauryz and more", "nauryz"}, // a capital after a small letter parts a hashtag
		{"HappyNauryz", ""},                 // and no other word
		{"Kettynauryz", ""},                 // a word begins so or not
		{"#Наурыз_мейрамы құтты болсын", "nauryz"},
		{"наурыз айында мейрам", ""}, // the words stand apart
		{"Visa free for 30 days", "visa"},
		{"VISA-FREE!", "visa"},
		{"visa, freedom", ""}, // free is a word of the rule, not its beginning
		{"free visa", ""},     // and in this order
		{"Безвизовый режим", "visa"},
		{"уроки", ""}, // урок is a whole word
		{"урок.", "lesson"},
		{"(World\nNomad — Games)", "nomad"},
		{"#WorldNomadGames", "nomad"},
		{"O'zbekiston", "uz"}, {"O‘zbekiston", "uz"}, {"Oʻzbekiston", "uz"}, {"OZBEKISTON", "uz"}, {"ЎЗБЕКИСТОН", "uz"},
		{"Герои и герои\u0306", "hero"}, // й typed as и and a breve
		{"бiлiм", "science"},            // Latin i for Kazakh і
		{"ви\u00adsa vi\u200bsa\u00ad-free", "visa"},
		{"https://example.org/visa-free/nauryz", ""},
		{"see www.nauryz.example and nauryz.example/a", ""},
		{"from @nauryz_kz and (@visa-free)", ""}, // a name ends at the hyphen, and free alone is nothing
		{"mail cat@example", "cat"},
		{"&lt;nauryz&gt;", "nauryz"},
		{"new new new year", "a"},
		{"visa-free Nauryz cat", "cat nauryz visa"},
		{"", ""}, {"🎉 — !!!", ""},
	} {
		topics, _ := m.Topics(c.text)
		if got := strings.Join(topics, " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

func TestPostTopics(t *testing.T) {
	f, err := NewFinder([]Rule{{"b", "bb"}, {"a", "aa"}})
	if err != nil {
		t.Fatal(err)
	}
	post := func(id, text string) datasets.Post {
		return datasets.Post{Platform: "x", AccountID: "1", PostID: id, Text: datasets.Some(text)}
	}
	rows := slices.Concat(f.Of([]datasets.Post{post("1", "bb aa aa"), post("2", "other"), post("3", "https://example.org/aa @aa 🎉"), {Platform: "x", AccountID: "1", PostID: "4"}})...)
	want := []datasets.PostTopic{{Platform: "x", AccountID: "1", PostID: "1", Topic: "a"}, {Platform: "x", AccountID: "1", PostID: "1", Topic: "b"}, {Platform: "x", AccountID: "1", PostID: "2", Topic: NoTopic}}
	if !slices.Equal(rows, want) {
		t.Errorf("got %v, want %v", rows, want)
	}
	if err := datasets.PostTopics.Sorted(rows); err != nil {
		t.Error(err)
	}
}

func TestRulesThatSayNothing(t *testing.T) {
	for rule, want := range map[string]string{
		"":       "a word or several",
		" — ":    "a word or several",
		"-visa":  "no rule takes a topic away",
		"a*":     "at least two letters",
		"visa *": "at least two letters",
		"vi*sa":  "at the end of a word",
		"visa**": "at the end of a word",
	} {
		if _, err := NewMatcher([]Rule{{"t", rule}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("rule %q: got %v, want an error with %q", rule, err, want)
		}
	}
}

// Posts that several matchers share have the topics that one finds.
func TestFinderAgainstMatcher(t *testing.T) {
	rules := []Rule{{"a", "aa*"}, {"b", "bb aa"}, {"c", "cc"}}
	f, err := NewFinder(rules)
	if err != nil {
		t.Fatal(err)
	}
	m := matcher(t, "a:aa*", "b:bb aa", "c:cc")
	rapid.Check(t, func(t *rapid.T) {
		var posts []datasets.Post
		var want []datasets.PostTopic
		for i := range rapid.IntRange(0, 20).Draw(t, "posts") {
			p := datasets.Post{PostID: fmt.Sprint(i), Text: datasets.Some(rapid.StringOfN(rapid.SampledFrom([]rune("aabc ")), 0, 12, -1).Draw(t, "text"))}
			posts = append(posts, p)
			topics, words := m.Topics(p.Text.V)
			if words && len(topics) == 0 {
				topics = []string{NoTopic}
			}
			for _, topic := range topics {
				want = append(want, datasets.PostTopic{PostID: p.PostID, Topic: topic})
			}
		}
		if got := slices.Concat(f.Of(posts)...); !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// The trie finds what a search for the words one by one finds.
func TestMatcherAgainstSearch(t *testing.T) {
	letters := rapid.SampledFrom([]rune("аЕёbB "))
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringOfN(rapid.SampledFrom([]rune("аеb")), 2, 3, -1)
		var rules []Rule
		for i := range rapid.IntRange(1, 5).Draw(t, "rules") {
			var words []string
			for range rapid.IntRange(1, 3).Draw(t, "words") {
				words = append(words, word.Draw(t, "word")+rapid.SampledFrom([]string{"", "*"}).Draw(t, "star"))
			}
			rules = append(rules, Rule{fmt.Sprint("t", i), strings.Join(words, " ")})
		}
		text := rapid.StringOfN(letters, 0, 40, -1).Draw(t, "text")
		m, err := NewMatcher(rules)
		if err != nil {
			t.Fatal(err)
		}
		folded := " " + strings.Join(strings.Fields(strings.ReplaceAll(strings.ToLower(norm.NFC.String(text)), "ё", "е")), " ") + " "
		var want []string
		for _, r := range rules {
			pattern := " " + strings.ReplaceAll(r.Words, "*", `[^ ]*`) + " "
			if regexp.MustCompile(pattern).MatchString(folded) {
				want = append(want, r.Topic)
			}
		}
		got, words := m.Topics(text)
		if !slices.Equal(got, want) || words != (strings.TrimSpace(text) != "") {
			t.Errorf("%q by %v: got %v %v, want %v", text, rules, got, words, want)
		}
	})
}

// plainWords are the words of a text, found field by field in form NFC.
func plainWords(text string) (words []string) {
	for field := range strings.FieldsSeq(norm.NFC.String(escapes.Replace(text))) {
		before, _ := cutAddress(field)
		word, tag, name, small := "", false, false, false
		end := func() {
			if word != "" {
				words = append(words, word)
			}
			word = ""
		}
		for _, r := range before {
			letter, kind := folded(r)
			switch {
			case kind == mute:
			case kind == separator:
				tag, name = r == '#' || tag && r == '_', r == '@' && word == "" || name && r == '_'
				end()
			case !name:
				if tag && small && unicode.IsUpper(r) {
					end()
				}
				word, small = word+string(letter), unicode.IsLower(r)
			}
		}
		end()
	}
	return words
}

// plainTopics are the topics whose rules have their words in the list.
func plainTopics(t *rapid.T, rules []Rule, words []string) (topics []string) {
	for _, r := range rules {
		want, err := wordsOf(r.Words)
		if err != nil {
			t.Fatal(err)
		}
		for at := range words {
			if slices.EqualFunc(want, words[at:min(at+len(want), len(words))], func(want, word string) bool {
				stem, beginning := strings.CutSuffix(want, "*")
				return word == stem || beginning && strings.HasPrefix(word, stem)
			}) {
				topics = append(topics, r.Topic)
				break
			}
		}
	}
	slices.Sort(topics)
	return slices.Compact(topics)
}

// One pass over bytes finds what fields, normalization and comparison find: texts
// with addresses, hashtags, names, marks, odd letters and white space of all kinds.
func TestTopicsAgainstPlain(t *testing.T) {
	rules := []Rule{{"a", "visa*"}, {"b", "new year"}, {"c", "ўзбек*"}, {"d", "й"}, {"e", "www"}, {"f", "k"}, {"g", "org path*"}, {"h", "наурыз"}, {"i", "e\u0331*"}, {"j", "ͱ"}, {"k", "ֆ"}, {"l", "ꙩ"}, {"m", "year year"}}
	m, err := NewMatcher(rules)
	if err != nil {
		t.Fatal(err)
	}
	piece := rapid.SampledFrom([]string{"visa", "Visa", "new", "year", "Year", "ўзбек", "Ўзбекистон", "и\u0306", "й", "org", "path", "наурыз", "Наурыз", "e\u0331", "é",
		"https://", "HTTP://x", "www.", "WWW.a", "wwW", "example.org", "a.b/", "24.03", "/", "://", ".", "..", "@", "#", "_", "-", "'", "ʻ", "&amp;", "&lt;", "&", "\u00ad", "\u200b", "(", "!",
		" ", " ", " ", "\n", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u3000", "\u212a", "\u037e", "\u0306", "\u0338", "ſ", "Ͱ", "ͱ", "ֆ", "Ꙩ", "ꙩ", "🎉", "👨‍👩‍👧", "❤\ufe0f", "⫝̸", "Å", "한", "\xff", "\xe2\x80", "\xd0", "\ufffd", "1", "²"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 30).Draw(t, "text"), "")
		list := plainWords(text)
		want := plainTopics(t, rules, list)
		if got, words := m.Topics(text); !slices.Equal(got, want) || words != (len(list) > 0) {
			t.Fatalf("%q of words %q: got %q %v, want %q", text, list, got, words, want)
		}
	})
}

// All white space parts words, as the reading of parts of a text takes for granted.
func TestWhiteSpaceIsSeparator(t *testing.T) {
	m := matcher(t, "a:aa")
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if unicode.IsSpace(r) && m.symbol(r) != separator {
			t.Errorf("%U is white space and the symbol %d", r, m.symbol(r))
		}
	}
}

// A picture is what it is by its properties.
func TestPictureIsSeparator(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if _, kind := folded(r); picture(r) && kind != separator {
			t.Errorf("%U is of kind %d", r, kind)
		}
	}
}

// White space is found where a look at each character finds it.
func TestSpaces(t *testing.T) {
	piece := rapid.SampledFrom([]string{"a", "/", ".", "й", "🎉", " ", "\n", "\v", "\x1c", "\u0085", "\u00a0", "\u2003", "\u3000", "\xff", "\xe2\x80", "\x85"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(piece, 0, 8).Draw(t, "text"), "")
		first := strings.IndexFunc(text, unicode.IsSpace)
		if first < 0 {
			first = len(text)
		}
		last := len(strings.TrimRightFunc(text, func(r rune) bool { return !unicode.IsSpace(r) }))
		if language.UntilSpace(text) != first || behindSpace(text) != last {
			t.Fatalf("%q: got %d and %d, want %d and %d", text, language.UntilSpace(text), behindSpace(text), first, last)
		}
	})
}

// What is taken for settled has the same letters after normalization.
func TestSettled(t *testing.T) {
	for r := rune(0); r <= 0x1FFFF; r++ {
		text := "a" + string(r)
		if !settled(r) {
			continue
		}
		if !norm.NFC.PropertiesString(string(r)).BoundaryBefore() {
			t.Errorf("%U may join what stands before it", r)
		}
		for _, n := range norm.NFC.String(text)[1:] {
			before, kind := folded(r)
			after, kindAfter := folded(n)
			if before != after || kind != kindAfter {
				t.Errorf("%U is %U when normalized", r, n)
			}
		}
	}
}

func FuzzTopics(f *testing.F) {
	m := matcher(f, "a:nauryz*", "b:new year", "c:ўзбек*")
	for _, s := range []string{"#HappyNauryz", "a\xff\xfe", "http://", "@", "new\u0300 year"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		topics, words := m.Topics(text)
		if !slices.IsSorted(topics) || len(topics) > 0 && !words {
			t.Errorf("%q: %v, words %v", text, topics, words)
		}
	})
}

// Texts of about 200 letters in four languages, by the codebook that ships.
func BenchmarkTopics(b *testing.B) {
	rules, err := ReadTopics("topics.csv", DefaultTopics)
	if err != nil {
		b.Fatal(err)
	}
	m, err := NewMatcher(rules)
	if err != nil {
		b.Fatal(err)
	}
	texts := []string{
		"Президент Республики принял участие в церемонии открытия международного форума, на котором обсуждались вопросы сотрудничества в сфере торговли и инвестиций между двумя странами региона https://example.org/ru/press/1 #форум",
		"Қазақстан Республикасының Сыртқы істер министрі ресми сапармен келген әріптесімен кездесіп, екіжақты ынтымақтастықтың өзекті мәселелерін, сауда-экономикалық байланыстарды дамыту жолдарын талқылады. Наурыз мейрамы құтты болсын!",
		"The Minister of Foreign Affairs met with the Ambassador to discuss bilateral cooperation, trade and investment, and the schedule of upcoming high-level visits in the second half of the year https://t.example/abc #Diplomacy @mfa",
		"Oʻzbekiston Respublikasi tashqi ishlar vaziri hamkasbi bilan uchrashuv oʻtkazdi, unda ikki tomonlama hamkorlikni rivojlantirish, savdo va investitsiya aloqalarini kengaytirish masalalari muhokama qilindi. Navroʻz muborak!",
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if topics, _ := m.Topics(texts[i%len(texts)]); len(topics) == 0 {
			b.Fatal("no topic")
		}
	}
}

func BenchmarkNewMatcher(b *testing.B) {
	rules, err := ReadTopics("topics.csv", DefaultTopics)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := NewMatcher(rules); err != nil {
			b.Fatal(err)
		}
	}
}
