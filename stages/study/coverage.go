package study

import (
	"strings"

	"diplometrics/datasets"
)

// Names tells whether it is of the account with this platform, id and handle, in
// any case and without @; "" for no handle.
func (c *Coverage) Names(platform, id, handle string) bool {
	if c.Platform != "" && c.Platform != platform {
		return false
	}
	return c.Account != "" && c.Account == id || c.Handle != "" && strings.EqualFold(strings.TrimPrefix(c.Handle, "@"), handle)
}

// CoverageOf returns what study.toml says of an account in the source, and
// whether it names the account; "" for no handle.
func (s *Source) CoverageOf(platform, id, handle string) (c Coverage, named bool) {
	for _, c := range s.Accounts {
		if c.Names(platform, id, handle) {
			return c, true
		}
	}
	return s.Coverage, false
}

// Capture is what one source holds of one account.
type Capture struct {
	First    datasets.Opt[datasets.Micros] // created_at of its first post
	Observed datasets.Opt[datasets.Micros] // its latest observation
}

// Include adds a post, or another observation of one.
func (c *Capture) Include(created, observed datasets.Opt[datasets.Micros]) {
	if created.OK && (!c.First.OK || created.V < c.First.V) {
		c.First = created
	}
	if observed.OK && (!c.Observed.OK || observed.V > c.Observed.V) {
		c.Observed = observed
	}
}

// Stretch is the time that the coverage gives to an account of which the source
// holds this, from included and to not; to may lie before from, which is none.
// Reason says why there is no such time, "" where there is; doubts say what to
// know of it.
//
// A whole source covers its stated days, which are days of UTC; where no end is
// stated, it ends with the last observation. A capped one (the last n posts)
// covers the time from just after its first post, which set the beginning, to
// its last observation: n-1 posts in observed_at less first. A sample covers
// nothing: that is for the caller to say first.
func (c *Coverage) Stretch(held *Capture) (from, to datasets.Micros, doubts []string, reason string) {
	capped := c.Completeness == "capped"
	end := held.Observed
	if c.To.OK && (!capped || !end.OK) {
		end = datasets.Some(c.To.V.Micros())
	}
	switch {
	case !end.OK:
		return 0, 0, nil, "study.toml gives no covered_to, and the file does not say when it was collected"
	case capped && !held.First.OK:
		return 0, 0, nil, "a capped collection without a dated post has no beginning"
	case capped:
		from = held.First.V + 1
		if c.From.OK {
			from = max(from, c.From.V.Micros())
		}
	case c.From.OK:
		from = c.From.V.Micros()
	default:
		return 0, 0, nil, "study.toml gives no covered_from"
	}
	if c.Completeness == "" {
		doubts = append(doubts, "study.toml does not say whether the collection is complete")
	}
	if c.Inferred {
		doubts = append(doubts, datasets.InferredCoverage)
	}
	return from, end.V, doubts, ""
}
