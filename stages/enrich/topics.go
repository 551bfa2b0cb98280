package enrich

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"diplometrics/stages/enrich/language"
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
	low    [lowRunes]symbol // of most letters
	high   map[rune]symbol  // of those that are beyond it or unsure there
	trie   trie
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
	unsure                  // may be another letter in form NFC
	mute                    // not there
	foreign                 // a letter of no rule
	firstOwn

	lowRunes = 0x600
)

// NewMatcher makes a matcher. An error names the rule.
func NewMatcher(rules []Rule) (*Matcher, error) {
	m := &Matcher{high: map[rune]symbol{}}
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
	m.trie = newTrie(words, m.symbol, m.alphabet(words))
	return m, nil
}

// alphabet numbers the letters of the words, and returns how many symbols there
// are.
func (m *Matcher) alphabet(words map[string]int32) (symbols int) {
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
		if s := of(r); settled(r) {
			m.low[r] = s
		} else {
			m.low[r], m.high[r] = unsure, s
		}
	}
	// Letters beyond the table, and capitals of such letters.
	for _, r := range letters {
		for _, form := range []rune{r, unicode.ToUpper(r), unicode.ToTitle(r)} {
			if form >= lowRunes {
				m.high[form] = of(form)
			}
		}
	}
	return int(firstOwn) + len(letters)
}

// symbol is that of a letter that stands in form NFC.
func (m *Matcher) symbol(r rune) symbol {
	if r < lowRunes && m.low[r] != unsure {
		return m.low[r]
	}
	if picture(r) {
		return separator
	}
	if s, ok := m.high[r]; ok {
		return s
	}
	_, kind := folded(r)
	return kind
}

// picture tells whether a character is one of the blocks of pictures, in which there
// are no letters, digits and marks, and nothing that is not seen.
func picture(r rune) bool { return 0x1F300 <= r && r < 0x1FB00 }

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
	text = unescape(text)
	words, ok := m.text(text, false)
	if !ok {
		words, _ = m.text(norm.NFC.String(text), true)
	}
	m.out = m.out[:0]
	for i, f := range m.found {
		if f {
			m.out = append(m.out, m.topics[i])
		}
	}
	return m.out, words
}

// text reads a text but for its addresses, and says whether there is a word in
// it. It is not ok, and to be read again in form NFC, where it may not be.
func (m *Matcher) text(text string, composed bool) (words, ok bool) {
	clear(m.found)
	m.open, m.met = m.open[:0], m.met[:0]
	slash := -1 // the next one, from at on
	for at := 0; at < len(text); {
		if slash < at {
			slash = len(text)
			if i := strings.IndexByte(text[at:], '/'); i >= 0 {
				slash = at + i
			}
		}
		// What stands between white space is an address only with a slash or www.
		from, to := len(text), len(text)
		if sign := at + untilSite(text[at:slash]); sign < len(text) {
			from, to = at+behindSpace(text[at:sign]), sign+language.UntilSpace(text[sign:])
		}
		before, _ := cutAddress(text[from:to])
		for _, part := range [...]string{text[at:from], before} {
			some, ok := m.part(part, composed)
			if !ok {
				return false, false
			}
			words = words || some
		}
		at = to
	}
	return words, true
}

// behindSpace is how much of a text there is up to the end of its last white space.
func behindSpace(text string) int {
	for i := len(text); i > 0; i-- {
		switch c := text[i-1]; {
		case c >= utf8.RuneSelf:
			return len(strings.TrimRightFunc(text[:i], func(r rune) bool { return !unicode.IsSpace(r) }))
		case asciiSpace(c):
			return i
		}
	}
	return 0
}

func asciiSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// untilSite is how much of a text stands before the full stop of www.
func untilSite(text string) int {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], '.')
		if i < 0 {
			return len(text)
		}
		if i += from; i >= 3 && strings.EqualFold(text[i-3:i], "www") {
			return i
		}
		from = i + 1
	}
}

// settled tells whether a character is in form NFC for sure, whatever stands
// around it that is as well: letters below U+0580, punctuation, signs and pictures,
// and what says how pictures look. Nearly every text has no others, and to look is
// many times faster than to normalize.
func settled(r rune) bool {
	switch {
	case r < 0x2000:
		return r < 0x300 || 0x380 <= r && r < 0x483 || 0x488 <= r && r < 0x580
	case r < 0x3000:
		return r < 0x20D0 || 0x2190 <= r && r < 0x2329 || 0x232B <= r && r < 0x2ADC
	}
	return 0xFE00 <= r && r < 0xFE10 || 0x1F000 <= r && r < 0x20000
}

// nowhere stands for a row within a word with which no rule's word begins.
const nowhere = -1

// part reads a part of a text that begins and ends where fields of it do, as text
// does.
func (m *Matcher) part(text string, composed bool) (words, ok bool) {
	row, inWord, tag, name, small := 0, false, false, false, false
	for i := 0; i < len(text); {
		r, width := rune(text[i]), 1
		switch {
		case r < utf8.RuneSelf:
		case 0xC2 <= r && r < 0xC0+lowRunes>>6 && i+1 < len(text) && text[i+1]&0xC0 == 0x80:
			r, width = r&0x1F<<6|rune(text[i+1])&0x3F, 2
		default:
			r, width = utf8.DecodeRuneInString(text[i:])
		}
		i += width
		s := unsure
		if r < lowRunes {
			s = m.low[r]
		} else if settled(r) {
			s = m.symbol(r)
		}
		if s == unsure {
			if !composed {
				return false, false
			}
			s = m.symbol(r)
		}
		switch {
		case s == mute:
			continue
		case s == separator:
			if inWord && (row != nowhere || len(m.met) > 0 || len(m.open) > 0) {
				m.word(row)
			}
			// An underscore parts the words of a hashtag and belongs to a name.
			inWord, tag, name = false, r == '#' || tag && r == '_', r == '@' && !inWord || name && r == '_'
			continue
		case name:
			continue
		case tag:
			if inWord && small && unicode.IsUpper(r) {
				m.word(row)
				inWord = false
			}
			small = unicode.IsLower(r)
		}
		if !inWord {
			row, inWord, words = 0, true, true
		}
		if row != nowhere {
			next := m.trie.at(row, s)
			if row = int(next >> 1); next == 0 {
				row = nowhere
			} else if next&1 != 0 {
				m.met = append(m.met, m.trie.at(row, beginsHere)-1)
			}
		}
		if !tag {
			row, inWord, width = m.follow(text[i:], row)
			i += width
		}
	}
	if inWord {
		m.word(row)
	}
	return words, true
}

// follow reads on, from a row of the trie within a word, for as long as nothing but
// words comes, and returns the row, whether it is within a word, and how much it
// read. There are no hashtags and names in that.
func (m *Matcher) follow(text string, row int) (end int, inWord bool, read int) {
	trie := m.trie
	inWord = true
	for i := 0; i < len(text); {
		r, width := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			if r < 0xC2 || r >= 0xC0+lowRunes>>6 || i+1 == len(text) || text[i+1]&0xC0 != 0x80 {
				return row, inWord, i
			}
			r, width = r&0x1F<<6|rune(text[i+1])&0x3F, 2
		}
		s := m.low[r]
		switch {
		case s > mute:
			if !inWord {
				row, inWord = 0, true
			}
		case s == separator && r != '#' && r != '@':
			if inWord && (row != nowhere || len(m.met) > 0 || len(m.open) > 0) {
				m.word(row)
			}
			inWord = false
			i += width
			continue
		default:
			return row, inWord, i
		}
		i += width
		var next int32
		if row != nowhere {
			next = trie.at(row, s)
		}
		if next == 0 {
			row = nowhere
			i += m.pass(text[i:])
			continue
		}
		if row = int(next >> 1); next&1 != 0 {
			m.met = append(m.met, trie.at(row, beginsHere)-1)
		}
	}
	return row, inWord, len(text)
}

// pass is how much of a text belongs to the word at its beginning for sure.
func (m *Matcher) pass(text string) int {
	for i := 0; i < len(text); {
		r, width := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			if r < 0xC2 || r >= 0xC0+lowRunes>>6 || i+1 == len(text) || text[i+1]&0xC0 != 0x80 {
				return i
			}
			r, width = r&0x1F<<6|rune(text[i+1])&0x3F, 2
		}
		if m.low[r] < mute {
			return i
		}
		i += width
	}
	return len(text)
}

// word ends a word of the text at a row of the trie.
func (m *Matcher) word(row int) {
	if row != nowhere {
		if w := m.trie.at(row, endsHere); w > 0 {
			m.met = append(m.met, w-1)
		}
	}
	if len(m.met) == 0 {
		m.open = m.open[:0]
		return
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
