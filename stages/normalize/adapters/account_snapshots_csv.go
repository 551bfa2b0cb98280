package adapters

import (
	"fmt"
	"regexp"

	"diplometrics/datasets"
)

var snapshotsLayout = layout{
	required: []string{"platform", "handle", "observed_at", "followers"},
	optional: []string{"account_id", "observed_precision", "followers_text", "followers_low", "followers_high",
		"following", "following_text", "following_low", "following_high",
		"posts_total", "posts_total_text", "posts_total_low", "posts_total_high",
		"likes_total", "likes_total_text", "likes_total_low", "likes_total_high",
		"time_source", "source", "locator"},
}

var precisions = []string{"second", "day", "month", "year"}

// AccountSnapshotsCSV reads counts of accounts noted by hand or by a script.
var AccountSnapshotsCSV = Adapter{
	Name: "account_snapshots_csv", Table: "account_snapshots", Version: 1,
	Doc:    "Counts that the pages of accounts showed, one row an account and observation, in the columns of the table account_snapshots. A plain count without bounds is exact.",
	Detect: detectHeader("platform", "observed_at", "followers"),
	Split:  splitCSV,
	New: func(header []string) (Decoder, error) {
		at, err := snapshotsLayout.columns(header)
		if err != nil {
			return nil, err
		}
		return func(rec Record, into *Batch) error {
			c := &cells{rec: rec, at: at}
			ref := c.ref()
			precision := c.optOneOf("observed_precision", precisions).Or(precisionOf(c.raw("observed_at")))
			row := datasets.AccountSnapshot{
				Platform: ref.Platform, ObservedPrecision: precision, ObservedAt: c.moment("observed_at", precision),
				Followers: c.shown("followers"), Following: c.shown("following"),
				PostsTotal: c.shown("posts_total"), LikesTotal: c.shown("likes_total"),
				TimeSource: c.optText("time_source").Or("field"), Source: c.raw("source"), Locator: c.optText("locator"),
			}
			if c.err != nil {
				return c.err
			}
			into.Snapshots = append(into.Snapshots, Row[datasets.AccountSnapshot]{Ref: ref, Line: rec.Line, Row: row})
			return nil
		}, nil
	},
}

// precisionOf is the precision of a time that none is given for: a bare date is
// a day.
func precisionOf(observed string) string {
	if len(observed) == len("2024-01-31") {
		return "day"
	}
	return "second"
}

// plain is a count as text that says no more and no less than its digits.
var plain = regexp.MustCompile(`^[0-9]+([ \x{a0}\x{202f}][0-9]{3})*$`)

// shown reads a count with its text and bounds. Without bounds the count is
// exact, unless its text is not plain digits: then how it was rounded must be
// said. A lower bound alone means that the text gave no upper one.
func (c *cells) shown(field string) datasets.Shown {
	s := datasets.Shown{V: c.optCount(field), Text: c.optText(field + "_text"), Low: c.optCount(field + "_low"), High: c.optCount(field + "_high")}
	if !s.Low.OK && !s.High.OK && s.V.OK {
		if s.Text.OK && !plain.MatchString(s.Text.V) {
			c.fail(field+"_text", s.Text.V, fmt.Sprintf("rounded or inexact text needs its bounds: fill in %s_low and, where there is one, %s_high", field, field))
		}
		s.Low, s.High = s.V, s.V
	}
	if s.Low.OK && !s.V.OK || s.High.OK && !s.V.OK {
		c.fail(field, "", "expected the count beside its bounds")
	}
	if s.V.OK && s.Low.OK && s.Low.V > s.V.V {
		c.fail(field+"_low", c.raw(field+"_low"), "expected at most "+field)
	}
	if s.V.OK && s.High.OK && s.High.V < s.V.V {
		c.fail(field+"_high", c.raw(field+"_high"), "expected at least "+field)
	}
	return s
}
