package adapters

import (
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/study"
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
	Name: "account_snapshots_csv", Tables: []string{"account_snapshots"}, Strict: true, Version: 2,
	Doc:    "Counts that the pages of accounts showed, one row an account and observation, in the columns of the table account_snapshots, as CSV or XLSX. A count may be typed as shown (50.8K, 1,2 тыс., >39 000): its text and bounds are kept. A plain count without bounds is exact.",
	Detect: detectHeader("platform", "observed_at", "followers"),
	Split:  splitCSV,
	New: func(f File) (Decoder, error) {
		at, err := snapshotsLayout.columns(f.Header)
		if err != nil {
			return nil, err
		}
		followers, following := shownAt(at, "followers"), shownAt(at, "following")
		posts, likes := shownAt(at, "posts_total"), shownAt(at, "likes_total")
		return func(rec Record, into *Batch) error {
			c := &cells{rec: rec, at: at, zone: f.Zone}
			ref := c.ref()
			precision := "second"
			if day := c.raw("observed_at"); len(day) == len(time.DateOnly) {
				if _, err := study.ParseDay(day); err == nil {
					precision = "day"
				}
			}
			precision = c.optOneOf("observed_precision", precisions).Or(precision)
			row := datasets.AccountSnapshot{
				Platform: ref.Platform, ObservedPrecision: precision, ObservedAt: c.moment("observed_at", precision),
				Followers: c.shown(followers), Following: c.shown(following),
				PostsTotal: c.shown(posts), LikesTotal: c.shown(likes),
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

// shownColumns are those of a count, with its text and bounds.
type shownColumns struct{ count, text, low, high column }

func shownAt(at map[string]int, name string) shownColumns {
	return shownColumns{columnAt(at, name), columnAt(at, name+"_text"), columnAt(at, name+"_low"), columnAt(at, name+"_high")}
}

// shown reads a count with its text and bounds. What other cells give for them
// wins over what the count itself, typed as a page shows it, says. Of plain
// digits without a lower bound the count is exact; with one and no upper bound
// the text gave only the lower.
func (c *cells) shown(in shownColumns) datasets.Shown {
	field := in.count.name
	s := datasets.Shown{Text: optString(c.cell(in.text)), Low: c.optCountOf(in.low), High: c.optCountOf(in.high)}
	found := c.cell(in.count)
	if found == "" {
		if s.Low.OK || s.High.OK {
			c.fail(field, "", "expected the count beside its bounds")
		}
		return s
	}
	typed, err := ParseShown(found)
	if err != nil {
		c.fail(field, found, err.Error())
	}
	s.V = typed.V
	if !s.Low.OK && !s.High.OK {
		s.Low, s.High = typed.Low, typed.High
		// A plain count beside the text that it was read from is as exact as that text.
		if s.Text.OK && isDigits(found) {
			text, err := ParseShown(s.Text.V)
			if err != nil {
				c.fail(in.text.name, s.Text.V, err.Error())
			}
			s.Low, s.High = text.Low, text.High
		}
	}
	if !s.Text.OK && !isDigits(found) {
		s.Text = typed.Text
	}
	if s.V.OK && s.Low.OK && s.Low.V > s.V.V {
		c.fail(in.low.name, c.cell(in.low), "expected at most "+field)
	}
	if s.V.OK && s.High.OK && s.High.V < s.V.V {
		c.fail(in.high.name, c.cell(in.high), "expected at least "+field)
	}
	return s
}
