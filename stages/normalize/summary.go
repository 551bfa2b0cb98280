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

// summarize notes what came out: rows, rejects, date spans and accounts by
// country. "The step completed" does not say that the data are right.
func summarize(st *study.Study, files *pipeline.IO, t *small) {
	byCountry := map[string]int{}
	for _, a := range t.Accounts {
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
	files.Note("accounts: %d (%s)", len(t.Accounts), strings.Join(parts, ", "))

	first, last := span(t.Snapshots, func(s datasets.AccountSnapshot) (datasets.Day, datasets.Day) {
		return s.ObservedAt.Day(), s.ObservedAt.Day()
	})
	files.Note("account_snapshots: %d%s", len(t.Snapshots), between(len(t.Snapshots), first, last))
	first, last = span(t.Windows, func(w datasets.AccountWindow) (datasets.Day, datasets.Day) { return w.WindowFrom, w.WindowTo - 1 })
	files.Note("account_windows: %d%s", len(t.Windows), between(len(t.Windows), first, last))

	numbers := 0
	documents := map[string]bool{}
	for _, p := range t.Published {
		documents[p.Source] = true
		if p.Value.OK {
			numbers++
		}
	}
	files.Note("published: %d values from %d sources, %d of them numbers", len(t.Published), len(documents), numbers)

	files.Note("rejects: %d", len(t.Rejects))
	for _, line := range reasons(t.Rejects) {
		files.Note("  %s", line)
	}
}

// mostReasons is how many reasons of rejects the summary lists.
const mostReasons = 20

// reasons counts rejects by what is wrong, unknown accounts by account, the most
// frequent first. The records themselves stand in the table.
func reasons(rejects []datasets.Reject) []string {
	n := map[string]int{}
	for _, r := range rejects {
		what := prefix(r.Field.V) + adapters.Reason(r.Reason)
		if r.Reason == unknownAccount {
			what = unknownAccount + ": " + r.Excerpt.V
		}
		n[strings.Join(strings.Fields(what), " ")]++
	}
	order := slices.SortedFunc(maps.Keys(n), func(a, b string) int { return cmp.Or(cmp.Compare(n[b], n[a]), cmp.Compare(a, b)) })
	var out []string
	for i, what := range order {
		if i == mostReasons {
			return append(out, fmt.Sprintf("and %d more reasons or accounts; see normalized/rejects.parquet", len(order)-i))
		}
		out = append(out, fmt.Sprintf("%s (%d)", what, n[what]))
	}
	return out
}

func span[R any](rows []R, days func(R) (datasets.Day, datasets.Day)) (first, last datasets.Day) {
	for i, r := range rows {
		from, to := days(r)
		if i == 0 || from < first {
			first = from
		}
		if i == 0 || to > last {
			last = to
		}
	}
	return first, last
}

func between(n int, first, last datasets.Day) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %s to %s", first, last)
}
