package enrich

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"diplometrics/datasets"

	"golang.org/x/text/unicode/norm"
)

// Rule gives a topic to the texts that hold its words next to each other and in
// this order, whatever stands between them that is no letter or digit. A word
// that ends with * stands for all words that begin so, and for itself.
//
// Words are compared in Unicode's form NFC and without case. ё is е; Kazakh і is
// Latin i and ә is ə, which are typed for each other; apostrophes of every shape
// are left out, so that oʻzbek, o'zbek and ozbek are one word. Hyphens part
// words. A hashtag is words too: parted at _, and where a capital follows a
// small letter. Web addresses and @names are not read.
type Rule struct {
	Topic string
	Words string
}

// NoTopic is the topic of a text in which no rule finds one.
const NoTopic = "none"

// Matcher finds the topics of texts. It is for one goroutine at a time.
//
// All words of all rules are one trie, so that a text is read once however many
// rules there are.
type Matcher struct {
	topics []string         // sorted
	low    [lowRunes]symbol // of most letters; the others are looked up
	high   map[rune]symbol
	width  int       // symbols
	next   []int32   // by node and symbol: node, 0 for none
	ends   []int32   // by node: the word that ends here, -1 for none
	begins []int32   // by node: the beginning that ends here, -1 for none
	starts [][]int32 // by word: the rules that it opens
	rules  []wordRule

	// The state within one text.
	open, opened []openRule
	met          []int32 // words that the word at hand is
	found        []bool  // by topic
	out          []string
}

// Clone returns a matcher of the same rules, for another goroutine.
func (m *Matcher) Clone() *Matcher {
	c := *m
	c.open, c.opened, c.met, c.out, c.found = nil, nil, nil, nil, make([]bool, len(m.topics))
	return &c
}

// wordRule is a rule in numbers.
type wordRule struct {
	words []int32
	topic int
}

// openRule is a rule whose first words were just read.
type openRule struct{ rule, read int32 }

// symbol is a letter as the trie knows it.
type symbol uint16

const (
	separator symbol = iota // parts words
	mute                    // not there
	foreign                 // a letter of no rule
	firstOwn

	lowRunes = 0x600
)

// NewMatcher makes a matcher. An error names the rule.
func NewMatcher(rules []Rule) (*Matcher, error) {
	m := &Matcher{high: map[rune]symbol{}, width: int(firstOwn)}
	for _, r := range rules {
		m.topics = append(m.topics, r.Topic)
	}
	slices.Sort(m.topics)
	m.topics = slices.Compact(m.topics)
	m.found = make([]bool, len(m.topics))

	words := map[string]int32{}
	for _, r := range rules {
		parts, err := wordsOf(r.Words)
		if err != nil {
			return nil, fmt.Errorf("topic %s: %w", r.Topic, err)
		}
		topic, _ := slices.BinarySearch(m.topics, r.Topic)
		rule := wordRule{topic: topic}
		for _, p := range parts {
			n, ok := words[p]
			if !ok {
				n = int32(len(words))
				words[p] = n
				m.starts = append(m.starts, nil)
			}
			rule.words = append(rule.words, n)
		}
		m.starts[rule.words[0]] = append(m.starts[rule.words[0]], int32(len(m.rules)))
		m.rules = append(m.rules, rule)
	}
	m.alphabet(words)
	m.grow()
	for word, n := range words {
		m.plant(word, n)
	}
	return m, nil
}

// alphabet numbers the letters of the words.
func (m *Matcher) alphabet(words map[string]int32) {
	own := map[rune]symbol{}
	for word := range words {
		for _, r := range strings.TrimSuffix(word, "*") {
			own[r] = 0
		}
	}
	letters := make([]rune, 0, len(own))
	for r := range own {
		letters = append(letters, r)
	}
	slices.Sort(letters)
	for i, r := range letters {
		own[r] = firstOwn + symbol(i)
	}
	m.width += len(letters)
	of := func(r rune) symbol {
		letter, kind := folded(r)
		if kind != foreign {
			return kind
		}
		if s, ok := own[letter]; ok {
			return s
		}
		return foreign
	}
	for r := range rune(lowRunes) {
		m.low[r] = of(r)
	}
	// Letters beyond the table, and capitals of such letters.
	for _, r := range letters {
		for _, form := range []rune{r, unicode.ToUpper(r), unicode.ToTitle(r)} {
			if form >= lowRunes {
				m.high[form] = of(form)
			}
		}
	}
}

// grow adds a node to the trie.
func (m *Matcher) grow() int32 {
	m.next = append(m.next, make([]int32, m.width)...)
	m.ends, m.begins = append(m.ends, -1), append(m.begins, -1)
	return int32(len(m.ends) - 1)
}

// plant adds a word to the trie.
func (m *Matcher) plant(word string, n int32) {
	stem, beginning := strings.CutSuffix(word, "*")
	node := int32(0)
	for _, r := range stem {
		at := int(node)*m.width + int(m.symbol(r))
		if m.next[at] == 0 {
			m.next[at] = m.grow()
		}
		node = m.next[at]
	}
	if beginning {
		m.begins[node] = n
	} else {
		m.ends[node] = n
	}
}

func (m *Matcher) symbol(r rune) symbol {
	if r < lowRunes {
		return m.low[r]
	}
	if s, ok := m.high[r]; ok {
		return s
	}
	_, kind := folded(r)
	return kind
}

// folded returns a letter as it is compared, with kind foreign; what is no
// letter, digit or mark is a separator or mute.
func folded(r rune) (letter rune, kind symbol) {
	switch r {
	case '\'', '`', '´', 'ʹ', 'ʻ', 'ʼ', 'ʽ', 'ʾ', 'ʿ', 'ˈ', '‘', '’', '‛', '′', '＇':
		return 0, mute
	case 'ё', 'Ё':
		return 'е', foreign
	case 'і', 'І':
		return 'i', foreign
	case 'ə', 'Ə':
		return 'ә', foreign
	}
	switch {
	case visible(r) < 0:
		return 0, mute
	case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsMark(r):
		return unicode.ToLower(r), foreign
	}
	return 0, separator
}

// Topics returns the topics of a text, sorted, and whether there is a word in it
// at all. The caller keeps nothing of it beyond the next call.
func (m *Matcher) Topics(text string) (topics []string, words bool) {
	clear(m.found)
	m.open = m.open[:0]
	if strings.Contains(text, "&") {
		text = unescape.Replace(text)
	}
	if !composed(text) {
		text = norm.NFC.String(text)
	}
	for rest := text; ; {
		field, after, address := cutField(rest)
		if field == "" {
			break
		}
		if rest = after; address {
			field, _ = cutAddress(field)
		}
		if m.field(field) {
			words = true
		}
	}
	m.out = m.out[:0]
	for i, f := range m.found {
		if f {
			m.out = append(m.out, m.topics[i])
		}
	}
	return m.out, words
}

// cutField returns what stands before the next white space of a text, as
// strings.FieldsSeq does, and what follows; "" where nothing else does. It says
// whether there is a slash or a full stop in it, as in every address.
func cutField(text string) (field, after string, address bool) {
	from := 0
	for i := 0; i < len(text); {
		space, width := false, 1
		switch b := text[i]; b {
		case ' ', '\t', '\n', '\v', '\f', '\r':
			space = true
		case '/', '.':
			address = true
		case 0xC2, 0xE1, 0xE2, 0xE3: // with which all other white space begins
			var r rune
			r, width = utf8.DecodeRuneInString(text[i:])
			space = unicode.IsSpace(r)
		}
		switch i += width; {
		case space && i-width > from:
			return text[from : i-width], text[i:], address
		case space:
			from = i
		}
	}
	return text[from:], "", address
}

// composed tells whether the letters of a text are in form NFC for sure: there
// is nothing in it but characters below U+0580 without combining marks, general
// punctuation and pictures. That is nearly every text, and to look is many
// times faster than to normalize.
func composed(text string) bool {
	for i := 0; i < len(text); i++ {
		switch b := text[i]; {
		case b < 0xCC, 0xCD < b && b < 0xD6:
		case b == 0xE2 && i+1 < len(text) && text[i+1] == 0x80, b == 0xF0 && i+1 < len(text) && text[i+1] == 0x9F:
		default:
			return false
		}
	}
	return true
}

// field reads what stands between two white spaces, and says whether there is a
// word in it.
func (m *Matcher) field(text string) (words bool) {
	const nowhere = -1 // in a word with which no rule's word begins
	node, inWord, tag, name, small := int32(0), false, false, false, false
	for _, r := range text {
		s := m.symbol(r)
		switch {
		case s == mute:
			continue
		case s == separator:
			if inWord {
				m.word(node)
			}
			// An underscore parts the words of a hashtag and belongs to a name.
			inWord, tag, name = false, r == '#' || tag && r == '_', r == '@' && !inWord || name && r == '_'
			continue
		case name:
			continue
		case tag && inWord && small && unicode.IsUpper(r):
			m.word(node)
			inWord = false
		}
		if !inWord {
			node, inWord, words = 0, true, true
			m.met = m.met[:0]
		}
		small = tag && unicode.IsLower(r)
		if node == nowhere {
			continue
		}
		if node = m.next[int(node)*m.width+int(s)]; node == 0 {
			node = nowhere
		} else if b := m.begins[node]; b >= 0 {
			m.met = append(m.met, b)
		}
	}
	if inWord {
		m.word(node)
	}
	return words
}

// word ends a word of the text at a node of the trie.
func (m *Matcher) word(node int32) {
	if node > 0 && m.ends[node] >= 0 {
		m.met = append(m.met, m.ends[node])
	}
	m.opened = m.opened[:0]
	for _, o := range m.open {
		if slices.Contains(m.met, m.rules[o.rule].words[o.read]) {
			m.read(o.rule, o.read+1)
		}
	}
	for _, w := range m.met {
		for _, rule := range m.starts[w] {
			m.read(rule, 1)
		}
	}
	m.open, m.opened = m.opened, m.open
	m.met = m.met[:0]
}

// read notes that the first n words of a rule were just read.
func (m *Matcher) read(rule, n int32) {
	if r := &m.rules[rule]; int(n) == len(r.words) {
		m.found[r.topic] = true
	} else {
		m.opened = append(m.opened, openRule{rule, n})
	}
}

// Finder finds the topics of posts on all cores.
type Finder struct {
	matchers []*Matcher
	rows     [][]datasets.PostTopic // by matcher
}

// NewFinder makes a finder. An error names the rule.
func NewFinder(rules []Rule) (*Finder, error) {
	m, err := NewMatcher(rules)
	if err != nil {
		return nil, err
	}
	f := &Finder{matchers: []*Matcher{m}, rows: make([][]datasets.PostTopic, workers())}
	for range f.rows[1:] {
		f.matchers = append(f.matchers, m.Clone())
	}
	return f, nil
}

// Of returns the topics of posts, in the order of the posts and the table's key. A
// post with words of which no rule knows any has the topic [NoTopic]; one
// without a word has no row. The rows are valid until the next call.
func (f *Finder) Of(posts []datasets.Post) [][]datasets.PostTopic {
	share(len(f.rows), len(posts), func(worker, from, to int) {
		m, rows := f.matchers[worker], f.rows[worker][:0]
		for i := from; i < to; i++ {
			p := &posts[i]
			topics, words := m.Topics(p.Text.V)
			if words && len(topics) == 0 {
				topics = append(topics, NoTopic)
			}
			for _, t := range topics {
				rows = append(rows, datasets.PostTopic{Platform: p.Platform, AccountID: p.AccountID, PostID: p.PostID, Topic: t})
			}
		}
		f.rows[worker] = rows
	})
	return f.rows
}

// wordsOf returns the words of a rule as they are compared, beginnings with a *.
func wordsOf(rule string) ([]string, error) {
	if strings.HasPrefix(strings.TrimSpace(rule), "-") {
		return nil, fmt.Errorf("rule: found %q, expected words; no rule takes a topic away", rule)
	}
	parted := strings.FieldsFunc(norm.NFC.String(rule), func(r rune) bool {
		_, kind := folded(r)
		return kind == separator && r != '*'
	})
	var words []string
	for _, w := range parted {
		stem, beginning := strings.CutSuffix(w, "*")
		letters := 0
		stem = strings.Map(func(r rune) rune {
			letter, kind := folded(r)
			if kind == mute {
				return -1
			}
			letters++
			if r == '*' {
				return r
			}
			return letter
		}, stem)
		switch {
		case strings.Contains(stem, "*"):
			return nil, fmt.Errorf("rule: found %q, expected each * at the end of a word", rule)
		case beginning && letters < 2:
			return nil, fmt.Errorf("rule: found %q, expected at least two letters before each *", rule)
		case beginning:
			stem += "*"
		}
		if stem != "" {
			words = append(words, stem)
		}
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("rule: found %q, expected a word or several", rule)
	}
	return words, nil
}
