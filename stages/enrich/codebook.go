package enrich

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// TopicsVersion is the version of how topics are found and compared; raised when
// the same texts and rules would give other rows.
const TopicsVersion = 1

// DefaultsVersion is the version of the codebook and the holidays that ship
// with the program.
const DefaultsVersion = 1

// DefaultTopics is the codebook of studies without a topics.csv: the topics
// that Amrina, Ozganbay and Bekbauova (2024) list for the posts of Kazakhstan's
// institutions, as thesis.*, and the four categories of Kazbek and Almash (2019)
// as Allamurodov (2023) gives them, as kazbek_almash.*. The words were chosen
// for this program; neither source prints any.
//
//go:embed codebook/topics.csv
var DefaultTopics []byte

// ReadTopics reads a codebook: CSV with the columns topic, language and rule,
// one rule a row. Language says for readers which language the words are of;
// every rule is looked for in every text, because posts mix languages and
// platforms mistake Kazakh, Kyrgyz and Uzbek for others. A topic is named in
// small letters, digits, _ and -; what stands before a full stop in it is the
// codebook that it is part of. Name is the file's, for errors, which give the
// line too.
func ReadTopics(name string, data []byte) ([]Rule, error) {
	s, err := readSheet(name, data, []string{"topic", "language", "rule"}, nil)
	if err != nil {
		return nil, err
	}
	var rules []Rule
	for i := range s.rows {
		row := &s.rows[i]
		topic, err := row.need("topic")
		if err != nil {
			return nil, err
		}
		if topic == NoTopic || strings.ContainsFunc(topic, notInTopic) {
			return nil, fmt.Errorf("%s: topic: found %q, expected small letters, digits, _, - and full stops, and not %q", row.at, topic, NoTopic)
		}
		words, err := row.need("rule")
		if err != nil {
			return nil, err
		}
		if _, err := wordsOf(words); err != nil {
			return nil, fmt.Errorf("%s: %w", row.at, err)
		}
		rules = append(rules, Rule{topic, words})
	}
	if len(rules) == 0 {
		return nil, fmt.Errorf("%s: found no rule, expected at least one; remove the file to use the codebook that ships", name)
	}
	return rules, nil
}

func notInTopic(r rune) bool {
	return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '_' || r == '-' || r == '.')
}

// TopicsOf returns the topics of the rules, sorted.
func TopicsOf(rules []Rule) []string {
	var topics []string
	for _, r := range rules {
		topics = append(topics, r.Topic)
	}
	slices.Sort(topics)
	return slices.Compact(topics)
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
