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

// capture is what one source holds of one account.
type capture struct {
	first, last datasets.Opt[datasets.Micros] // created_at of its posts
	observed    datasets.Opt[datasets.Micros] // its latest observation
}

func (c *capture) include(created, observed datasets.Opt[datasets.Micros]) {
	if created.OK && (!c.first.OK || created.V < c.first.V) {
		c.first = created
	}
	if created.OK && (!c.last.OK || created.V > c.last.V) {
		c.last = created
	}
	if observed.OK && (!c.observed.OK || observed.V > c.observed.V) {
		c.observed = observed
	}
}

// covered returns the time over which the sources say that they hold the posts
// of an account, and why there is none, or what makes it doubtful.
//
// A whole source covers its stated days; where no end is stated, it ends with
// the last observation. A capped one (the last n posts) covers the time from
// just after its first post, which set the beginning, to its last observation:
// n-1 posts in observed_at less first. A sample covers nothing. A source that
// holds no post of the account counts where study.toml names the account in it,
// or, with a doubt, where it is complete and a sister of one that does.
func covered(sources []study.Source, a *datasets.Account, held map[string]*capture, sisters map[string]bool) ([]metrics.Span, string) {
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
		cov, named := coverageOf(src, a)
		c := held[src.ID]
		if c == nil {
			if !named && !(sisters[src.ID] && cov.Completeness == "all") {
				continue
			}
			if !named {
				doubt(Unseen)
			}
			c = &capture{}
		}
		var s metrics.Span
		end := c.observed
		if cov.To.OK && (cov.Completeness != "capped" || !end.OK) {
			end = datasets.Some(cov.To.V.Micros())
		}
		switch {
		case cov.Completeness == "sample":
			reason("a sample has no exposure")
			continue
		case !end.OK:
			reason("study.toml gives no covered_to, and the file does not say when it was collected")
			continue
		case cov.Completeness == "capped" && c.first.OK:
			s.From = c.first.V + 1
			if cov.From.OK {
				s.From = max(s.From, cov.From.V.Micros())
			}
		case cov.Completeness == "capped":
			reason("a capped collection without a dated post has no beginning")
			continue
		case cov.From.OK:
			s.From = cov.From.V.Micros()
		default:
			reason("study.toml gives no covered_from")
			continue
		}
		if cov.Completeness == "" {
			doubt("study.toml does not say whether the collection is complete")
		}
		if cov.Inferred {
			doubt(datasets.InferredCoverage)
		}
		if s.To = end.V; s.From < s.To {
			spans = append(spans, s)
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

// coverageOf returns what study.toml says of an account in a source, and
// whether it names the account.
func coverageOf(src *study.Source, a *datasets.Account) (study.Coverage, bool) {
	for _, c := range src.Accounts {
		if c.Platform != "" && c.Platform != a.Platform {
			continue
		}
		if c.Account != "" && c.Account == a.AccountID ||
			c.Handle != "" && a.Handle.OK && strings.EqualFold(strings.TrimPrefix(c.Handle, "@"), a.Handle.V) {
			return c, true
		}
	}
	return src.Coverage, false
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
