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

// cover finds the time over which the sources say that they hold the posts of
// an account. It returns false where none holds a post of it or names it.
//
// A sample covers nothing; study.Coverage.Stretch says what the others do.
func (e *export) cover(sources []study.Source, s *subject, handle string) bool {
	var reasons, doubts []string
	for i := range sources {
		src := &sources[i]
		cov, named := src.CoverageOf(s.account.platform, s.account.id, handle)
		c := e.held[src.ID]
		if c == nil {
			if !named {
				continue
			}
			c = &study.Capture{}
			e.held[src.ID] = c
		}
		if cov.Completeness == "sample" {
			reasons = append(reasons, "a sample covers no period")
			continue
		}
		from, to, unsure, why := cov.Stretch(c)
		if why != "" {
			reasons = append(reasons, why)
			continue
		}
		doubts = append(doubts, unsure...)
		if from < to {
			e.spans = append(e.spans, stretch{from, to})
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
