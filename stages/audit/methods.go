package audit

import (
	"fmt"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// listed is how many cells a sentence names; of more it says how many.
const listed = 20

// Methods returns a paragraph for the methods section of a paper that had the
// windows of one file audited, and the references that it cites, each on a line
// of its own. Every number in it is counted from the rows. File and companion
// are names to print: of the audited file, and of the file that holds the rows;
// program is the name and version of the program.
func Methods(file, companion, program string, rows []datasets.AuditRow) string {
	m := methods{rows: rows}
	m.say("The %s of %s %s checked with %s for whether each printed number can be true together with the numbers printed beside it.",
		plural(len(m.of("observed_window")), "counted window"), file, was(len(m.of("observed_window"))), program)
	m.rate()
	m.grim()
	m.windows()
	m.precision()
	m.say("An inconsistency shows that numbers printed side by side cannot all be true; it does not show which of them is wrong, and no number was changed.")
	m.say("The verdict on every cell, with its arithmetic, is in %s.", companion)
	refs := []string{}
	if m.cited {
		refs = append(refs, "Brown, N. J. L., & Heathers, J. A. J. (2017). The GRIM test: A simple technique detects numerous anomalies in the reporting of results in psychology. Social Psychological and Personality Science, 8(4), 363-369. https://doi.org/10.1177/1948550616673876")
	}
	refs = append(refs, program+" [Computer software].")
	return strings.Join(m.sentences, " ") + "\n\nReferences\n" + strings.Join(refs, "\n") + "\n"
}

// methods collects the sentences of a paragraph.
type methods struct {
	rows      []datasets.AuditRow
	sentences []string
	cited     bool // GRIM was applied
}

func (m *methods) say(format string, args ...any) {
	m.sentences = append(m.sentences, fmt.Sprintf(format, args...))
}

// of returns the rows of a rule that had something to judge, and of those the
// ones with one of the verdicts where any is given.
func (m *methods) of(rule string, verdicts ...string) []datasets.AuditRow {
	var out []datasets.AuditRow
	for _, r := range m.rows {
		if r.Rule == rule && r.Verdict != datasets.NotApplicable && (len(verdicts) == 0 || slices.Contains(verdicts, r.Verdict)) {
			out = append(out, r)
		}
	}
	return out
}

func (m *methods) rate() {
	cells := m.of("rate")
	if len(cells) == 0 {
		m.say("No average of posts per month is printed.")
		return
	}
	tested := m.of("rate", datasets.Consistent, datasets.Inconsistent)
	m.say("Of %s of posts per month, %d could be tested against the number of posts n and the number of months k, as stated or, where it is not, as the calendar months of a window that holds whole ones.",
		plural(len(cells), "printed average"), len(tested))
	if n := len(cells) - len(tested); n > 0 {
		m.say("Not testable, for want of n, of k or of a print that can be read: %d.", n)
	}
	if len(tested) == 0 {
		return
	}
	m.say("An average counted as reproduced if n/k gives it at the decimals printed by rounding to nearest (an exact half either way), by truncation or by rounding up.")
	wrong := m.of("rate", datasets.Inconsistent)
	m.say("Inconsistent whichever way one rounds: %d%s.", len(wrong), list(wrong, func(r datasets.AuditRow) string {
		beside := fmt.Sprintf("%s printed beside %s", r.ValueText.V, plural(int(r.N.V), "post"))
		if r.ImpliedLow.OK {
			beside += fmt.Sprintf(", stands for %.0f to %.0f", r.ImpliedLow.V, r.ImpliedHigh.V)
		}
		return beside
	}))
	var nearest, floor, ceil []datasets.AuditRow
	for _, r := range m.of("rate", datasets.Consistent) {
		switch {
		case strings.Contains(r.Rounding.V, "nearest"):
			nearest = append(nearest, r)
		case strings.Contains(r.Rounding.V, "floor"):
			floor = append(floor, r)
		default:
			ceil = append(ceil, r)
		}
	}
	printed := func(r datasets.AuditRow) string { return r.ValueText.V + " printed" }
	m.say("Reproduced by rounding to nearest: %d; by truncation alone: %d%s; by rounding up alone: %d%s.",
		len(nearest), len(floor), list(floor, printed), len(ceil), list(ceil, printed))
}

func (m *methods) grim() {
	cells := m.of("grim")
	if len(cells) == 0 {
		return
	}
	m.cited = true
	tested := m.of("grim", datasets.Consistent, datasets.Inconsistent)
	m.say("Of %s of likes, %d could be tested by GRIM (Brown & Heathers, 2017): whether the sum of n whole numbers, divided by n, comes within half a unit of the last printed digit, both ends included.",
		plural(len(cells), "printed mean"), len(tested))
	coarse, blind := 0, 0
	for _, r := range m.of("grim", datasets.NotTestable) {
		if r.ImpliedLow.OK {
			coarse++
		} else {
			blind++
		}
	}
	if coarse > 0 {
		m.say("No power, as n is so large that every mean of these decimals fits some sum: %d.", coarse)
	}
	if blind > 0 {
		m.say("Not testable, for want of n or of a print that can be read: %d.", blind)
	}
	if len(tested) > 0 {
		wrong := m.of("grim", datasets.Inconsistent)
		m.say("Inconsistent: %d%s.", len(wrong), list(wrong, func(r datasets.AuditRow) string {
			return fmt.Sprintf("%s printed over %s", r.ValueText.V, plural(int(r.N.V), "post"))
		}))
	}
	if n := len(m.of("zero_or_hidden")); n > 0 {
		m.say("A mean of 0 is printed %s; print does not tell no likes from likes that are not shown.", times(n))
	}
	m.say("Tests of standard deviations and of test statistics (GRIMMER, DEBIT, statcheck) do not apply to such a table, which is no pass.")
}

func (m *methods) windows() {
	cells := m.of("observed_window")
	early, undated := m.of("observed_window", datasets.Inconsistent), m.of("observed_window", datasets.NotTestable)
	if n := len(cells) - len(undated); n > 0 {
		m.say("Of %s with a date of retrieval, %d ended after it%s.", plural(n, "window"), len(early), list(early, func(r datasets.AuditRow) string {
			return fmt.Sprintf("%.0f days observed", r.ImpliedLow.V)
		}))
	}
	if len(early) > 0 {
		m.say("Such a window was observed in part only, unless the numbers were taken on another day than the date says.")
	}
	if len(undated) > 0 {
		m.say("No date of retrieval is given for %s.", plural(len(undated), "window"))
	}
}

func (m *methods) precision() {
	if wrong := m.of("precision", datasets.Inconsistent); len(wrong) > 0 {
		m.say("Columns not printed to the same decimals throughout: %d%s.", len(wrong), list(wrong, func(r datasets.AuditRow) string {
			return strings.TrimSuffix(r.Explanation, ".")
		}))
	}
}

// list names cells by their locators, in brackets.
func list(rows []datasets.AuditRow, what func(datasets.AuditRow) string) string {
	if len(rows) == 0 {
		return ""
	}
	var names []string
	for i, r := range rows {
		if i == listed {
			names = append(names, fmt.Sprintf("and %d more", len(rows)-listed))
			break
		}
		names = append(names, r.Locator+": "+what(r))
	}
	return " (" + strings.Join(names, "; ") + ")"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func was(n int) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}
