package normalize

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"diplometrics/datasets"
	"diplometrics/pipeline"
	"diplometrics/stages/normalize/adapters"
	"diplometrics/stages/study"
)

// summary is what came out. "The step completed" does not say that the data are
// right.
type summary struct {
	accounts  []datasets.Account
	windows   []datasets.AccountWindow
	published []datasets.PublishedValue
	rejects   int
	reasons   map[string]int // at most mostCounted
	others    bool           // there are more
}

// reject counts a reject by what is wrong, an unknown account by account. The
// records themselves stand in the table.
func (t *summary) reject(r *datasets.Reject) {
	what := prefix(r.Field.V) + adapters.Reason(r.Reason)
	if r.Reason == unknownAccount {
		what = unknownAccount + ": " + r.Excerpt.V
	}
	if t.reasons == nil {
		t.reasons = map[string]int{}
	}
	t.rejects++
	what = strings.Join(strings.Fields(what), " ")
	if _, ok := t.reasons[what]; !ok && len(t.reasons) == mostCounted {
		t.others = true
		return
	}
	t.reasons[what]++
}

// note says rows, rejects, date spans and accounts by country.
func (t *summary) note(st *study.Study, files *pipeline.IO) {
	byCountry := map[string]int{}
	for _, a := range t.accounts {
		byCountry[a.Country.Or("international")]++
	}
	var parts []string
	for _, c := range append(append([]string{}, st.Countries...), "international") {
		parts = append(parts, fmt.Sprintf("%s %d", c, byCountry[c]))
		delete(byCountry, c)
	}
	others := 0
	for _, n := range byCountry {
		others += n
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("not compared %d", others))
	}
	files.Note("accounts: %d (%s)", len(t.accounts), strings.Join(parts, ", "))

	first, last := datasets.Day(0), datasets.Day(0)
	for i, w := range t.windows {
		if i == 0 || w.WindowFrom < first {
			first = w.WindowFrom
		}
		if i == 0 || w.WindowTo-1 > last {
			last = w.WindowTo - 1
		}
	}
	files.Note("account_windows: %d%s", len(t.windows), between(int64(len(t.windows)), first, last))

	numbers := 0
	documents := map[string]bool{}
	for _, p := range t.published {
		documents[p.Source] = true
		if p.Value.OK {
			numbers++
		}
	}
	files.Note("published: %d values from %d sources, %d of them numbers", len(t.published), len(documents), numbers)

	files.Note("rejects: %d", t.rejects)
	for _, line := range t.mostFrequent() {
		files.Note("  %s", line)
	}
}

// mostReasons is how many reasons of rejects the summary lists.
const mostReasons = 20

// mostCounted is how many it counts: a file of strangers has a reason for each.
const mostCounted = 100_000

// mostFrequent returns the reasons, the most frequent first.
func (t *summary) mostFrequent() []string {
	order := slices.SortedFunc(maps.Keys(t.reasons), func(a, b string) int { return cmp.Or(cmp.Compare(t.reasons[b], t.reasons[a]), cmp.Compare(a, b)) })
	var out []string
	for i, what := range order {
		if i == mostReasons {
			more := fmt.Sprint(len(order) - i)
			if t.others {
				more = "over " + more
			}
			return append(out, "and "+more+" more reasons or accounts; see normalized/rejects.parquet")
		}
		out = append(out, fmt.Sprintf("%s (%d)", what, t.reasons[what]))
	}
	return out
}

// span is how many rows there are and from when to when.
type span struct {
	rows        int64
	first, last datasets.Day
}

func (s *span) add(t *datasets.Tally) {
	if s.rows == 0 {
		s.first, s.last = t.First.V, t.Last.V
	}
	s.first, s.last = min(s.first, t.First.V), max(s.last, t.Last.V)
	s.rows += t.Rows
}

func between(n int64, first, last datasets.Day) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %s to %s", first, last)
}
