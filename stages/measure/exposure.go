package measure

import (
	"cmp"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/stages/measure/metrics"
	"diplometrics/stages/study"
)

// Unseen is the doubt about an account of which a source of its list holds no
// post.
const Unseen = "a collection of the same list holds no post of the account, which is taken as silence; to be sure, name the account in [[source.coverage]]"

// covered returns the time over which the sources say that they hold the posts
// of an account, and why there is none, or what makes it doubtful.
//
// A sample covers nothing; study.Coverage.Stretch says what the others do. A
// source that holds no post of the account counts where study.toml names the
// account in it, or, with a doubt, where it is complete and a sister of one that
// does. What all tells of a source that seems cut is a doubt too, unless
// study.toml names the account there or its posts reach back before the study
// window, which begins at start.
func covered(sources []study.Source, a *datasets.Account, held map[string]*study.Capture, all *collection, start datasets.Micros) ([]metrics.Span, string) {
	sisters := all.sisters(held)
	var spans []metrics.Span
	var doubts, reasons []string
	doubt := func(s string) {
		if !slices.Contains(doubts, s) {
			doubts = append(doubts, s)
		}
	}
	reason := func(s string) {
		if !slices.Contains(reasons, s) {
			reasons = append(reasons, s)
		}
	}
	for i := range sources {
		src := &sources[i]
		cov, named := src.CoverageOf(a.Platform, a.AccountID, a.Handle.V)
		c := held[src.ID]
		if c == nil {
			if !named && !(sisters[src.ID] && cov.Completeness == "all") {
				continue
			}
			if !named {
				doubt(Unseen)
			}
			c = &study.Capture{}
		}
		if cov.Completeness == "sample" {
			reason("a sample has no exposure")
			continue
		}
		from, to, unsure, why := cov.Stretch(c)
		if why != "" {
			reason(why)
			continue
		}
		for _, d := range unsure {
			doubt(d)
		}
		if cov.Completeness == "all" && !named && c.First.OK && c.First.V >= max(start, from) {
			if d := all.cut(src.ID, account{a.Platform, a.AccountID}); d != "" {
				doubt(d)
			}
		}
		if from < to {
			spans = append(spans, metrics.Span{From: from, To: to})
		}
	}
	if len(spans) == 0 {
		if len(reasons) == 0 {
			reasons = []string{"study.toml states no coverage of the account"}
		}
		return nil, strings.Join(reasons, "; ")
	}
	return union(spans), strings.Join(doubts, "; ")
}

// union joins overlapping and touching spans, in order.
func union(spans []metrics.Span) []metrics.Span {
	slices.SortFunc(spans, func(a, b metrics.Span) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	out := spans[:1]
	for _, s := range spans[1:] {
		if last := &out[len(out)-1]; s.From <= last.To {
			last.To = max(last.To, s.To)
		} else {
			out = append(out, s)
		}
	}
	return out
}

// within cuts spans to a stretch of time.
func within(spans []metrics.Span, from, to datasets.Micros) []metrics.Span {
	var out []metrics.Span
	for _, s := range spans {
		if s.From, s.To = max(s.From, from), min(s.To, to); s.From < s.To {
			out = append(out, s)
		}
	}
	return out
}

// inside tells whether a moment lies in one of the spans.
func inside(spans []metrics.Span, at datasets.Micros) bool {
	for _, s := range spans {
		if s.From <= at && at < s.To {
			return true
		}
	}
	return false
}
