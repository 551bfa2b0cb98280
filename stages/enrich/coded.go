package enrich

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// Coded is a post as somebody coded it.
type Coded struct {
	Platform  string
	AccountID string
	PostID    string
	Coder     string
	Topics    []string // sorted; empty where none of the topics fits
	At        string   // file and line
}

// ReadCoded reads what people coded by hand: CSV with the columns platform,
// account_id, post_id, coder and topics, one post and coder a row. topics holds
// topics of the codebook parted by semicolons, and is empty where none fits. An
// account can be given by its handle instead of its id: see ByAccount.
// Name is the file's, for errors, which give the line too.
func ReadCoded(name string, data []byte, codebook []string) ([]Coded, error) {
	s, err := readSheet(name, data, []string{"platform", "account_id", "post_id", "coder", "topics"}, nil)
	if err != nil {
		return nil, err
	}
	type key struct{ platform, account, post, coder string }
	seen := map[key]string{}
	var coded []Coded
	for i := range s.rows {
		row := &s.rows[i]
		c := Coded{At: row.at}
		for _, f := range []struct {
			column string
			into   *string
		}{{"platform", &c.Platform}, {"account_id", &c.AccountID}, {"post_id", &c.PostID}, {"coder", &c.Coder}} {
			if *f.into, err = row.need(f.column); err != nil {
				return nil, err
			}
		}
		if !slices.Contains(study.Platforms, c.Platform) {
			return nil, fmt.Errorf("%s: platform: found %q; %s", row.at, c.Platform, study.Nearest(c.Platform, study.Platforms))
		}
		if shortened.MatchString(c.PostID) {
			return nil, fmt.Errorf("%s: post_id: found %q, an id that a spreadsheet rounded; keep the column as text and copy the ids anew", row.at, c.PostID)
		}
		if c.Coder == datasets.RulesCoder {
			return nil, fmt.Errorf("%s: coder: found %q, which stands for the rules of the codebook; name the coder otherwise", row.at, c.Coder)
		}
		k := key{c.Platform, c.AccountID, c.PostID, c.Coder}
		if other, twice := seen[k]; twice {
			return nil, fmt.Errorf("%s: post_id: %s coded %s in %s already; keep one of the rows", row.at, c.Coder, c.PostID, other)
		}
		seen[k] = row.at
		for topic := range strings.SplitSeq(row.cell("topics"), ";") {
			topic = strings.TrimSpace(topic)
			if topic == "" {
				continue
			}
			if !slices.Contains(codebook, topic) {
				return nil, fmt.Errorf("%s: topics: found %q, which the codebook does not have; %s", row.at, topic, study.Nearest(topic, codebook))
			}
			c.Topics = append(c.Topics, topic)
		}
		slices.Sort(c.Topics)
		c.Topics = slices.Compact(c.Topics)
		coded = append(coded, c)
	}
	return coded, nil
}

// shortened is a number as a spreadsheet writes it that has lost its last digits.
var shortened = regexp.MustCompile(`^[0-9]+([.,][0-9]+)?[eE]\+?[0-9]+$`)

// rounded is a whole number of which a spreadsheet, which keeps 15 digits, may
// have lost the last ones.
var rounded = regexp.MustCompile(`^[1-9][0-9]{14}0{2,}$`)

// LooksRounded tells whether an id may have lost its last digits in a
// spreadsheet. Of true ids with 17 digits one in a hundred looks so, of longer
// ones fewer.
func LooksRounded(id string) bool { return rounded.MatchString(id) }

// ByAccount returns the coded posts under the ids of their accounts: an
// account_id that no account of the platform has, and that is the handle of one
// of them, with or without @ and in any case, stands for the id of that one.
// Others stay as they are. An error says where one coder coded a post under two
// names.
func ByAccount(coded []Coded, accounts []datasets.Account) ([]Coded, error) {
	ids := map[account]bool{}
	byHandle := map[account][]string{}
	for _, a := range accounts {
		ids[account{a.Platform, a.AccountID}] = true
		if a.Handle.OK {
			h := account{a.Platform, strings.ToLower(a.Handle.V)}
			byHandle[h] = append(byHandle[h], a.AccountID)
		}
	}
	type key struct {
		postKey
		coder string
	}
	seen := map[key]string{}
	out := slices.Clone(coded)
	for i := range out {
		c := &out[i]
		if named := byHandle[account{c.Platform, strings.ToLower(strings.TrimPrefix(c.AccountID, "@"))}]; !ids[account{c.Platform, c.AccountID}] && len(named) == 1 {
			c.AccountID = named[0]
		}
		k := key{postKey{c.Platform, c.AccountID, c.PostID}, c.Coder}
		if other, twice := seen[k]; twice {
			return nil, fmt.Errorf("%s: post_id: %s coded %s in %s already, where the account has another name; keep one of the rows", c.At, c.Coder, c.PostID, other)
		}
		seen[k] = c.At
	}
	return out, nil
}
