package reconcile

import (
	"cmp"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// stretch is a stretch of covered time; to is not part of it.
type stretch struct{ from, to datasets.Micros }

// clocks is how far a day that somebody stated may begin or end from that of UTC.
// A hand count is of the account's days and the coverage of an export is stated
// in days: where both name the same days, both mean the same.
const clocks = datasets.Micros(14 * 3600 * 1_000_000)

// begins is the earliest that a stretch may begin, and ends the latest that it
// may end: those of stated days, which are whole, are known to the clocks of the
// world only.
func (s stretch) begins() datasets.Micros {
	if s.from == s.from.Day().Micros() {
		return s.from - clocks
	}
	return s.from
}

func (s stretch) ends() datasets.Micros {
	if s.to == s.to.Day().Micros() {
		return s.to + clocks
	}
	return s.to
}

// capture is what one source holds of one account.
type capture struct {
	first, observed datasets.Opt[datasets.Micros] // created_at of its first post, and its latest observation
}

func (c *capture) include(created, observed datasets.Opt[datasets.Micros]) {
	if created.OK && (!c.first.OK || created.V < c.first.V) {
		c.first = created
	}
	if observed.OK && (!c.observed.OK || observed.V > c.observed.V) {
		c.observed = observed
	}
}

// cover finds the time over which the sources say that they hold the posts of
// an account. It returns false where none holds a post of it or names it.
//
// A whole source covers its stated days, which are days of UTC, as for every
// rate; where no end is stated, it ends with the last observation. A capped one covers
// the time from just after its first post to its last observation. A sample
// covers nothing.
func (e *export) cover(sources []study.Source, s *subject, handle string) bool {
	var reasons, doubts []string
	for i := range sources {
		src := &sources[i]
		cov, named := coverageOf(src, s.account, handle)
		c := e.held[src.ID]
		if c == nil {
			if !named {
				continue
			}
			c = &capture{}
			e.held[src.ID] = c
		}
		end := c.observed
		if cov.To.OK && (cov.Completeness != "capped" || !end.OK) {
			end = datasets.Some(cov.To.V.Micros())
		}
		var from datasets.Micros
		switch {
		case cov.Completeness == "sample":
			reasons = append(reasons, "a sample covers no period")
			continue
		case !end.OK:
			reasons = append(reasons, "study.toml gives no covered_to, and the file does not say when it was collected")
			continue
		case cov.Completeness == "capped" && !c.first.OK:
			reasons = append(reasons, "a capped collection without a dated post has no beginning")
			continue
		case cov.Completeness == "capped":
			from = c.first.V + 1
			if cov.From.OK {
				from = max(from, cov.From.V.Micros())
			}
		case cov.From.OK:
			from = cov.From.V.Micros()
		default:
			reasons = append(reasons, "study.toml gives no covered_from")
			continue
		}
		if cov.Completeness == "" {
			doubts = append(doubts, "study.toml does not say whether the collection is complete")
		}
		if cov.Inferred {
			doubts = append(doubts, datasets.InferredCoverage)
		}
		if from < end.V {
			e.spans = append(e.spans, stretch{from, end.V})
		}
	}
	if len(e.held) == 0 {
		return false
	}
	if len(reasons) == 0 {
		reasons = []string{"study.toml states no coverage"}
	}
	e.source, e.spans = e.names(), union(e.spans)
	e.reason, e.doubt = once(reasons), once(doubts)
	return true
}

// once joins different texts, in the order of the alphabet.
func once(texts []string) string {
	slices.Sort(texts)
	return strings.Join(slices.Compact(texts), ", ")
}

// coverageOf returns what study.toml says of an account in a source, and
// whether it names the account.
func coverageOf(src *study.Source, a account, handle string) (study.Coverage, bool) {
	for _, c := range src.Accounts {
		if c.Names(a.platform, a.id, handle) {
			return c, true
		}
	}
	return src.Coverage, false
}

// union joins stretches that overlap or touch, in order.
func union(spans []stretch) []stretch {
	slices.SortFunc(spans, func(a, b stretch) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	var out []stretch
	for _, s := range spans {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}
