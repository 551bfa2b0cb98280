package enrich

import (
	"fmt"
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
}

// ReadCoded reads what people coded by hand: CSV with the columns platform,
// account_id, post_id, coder and topics, one post and coder a row. topics holds
// topics of the codebook parted by semicolons, and is empty where none fits.
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
		var c Coded
		for _, f := range []struct {
			column string
			into   *string
		}{{"platform", &c.Platform}, {"account_id", &c.AccountID}, {"post_id", &c.PostID}, {"coder", &c.Coder}} {
			if *f.into, err = row.need(f.column); err != nil {
				return nil, err
			}
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
