package rules

import (
	"fmt"

	"diplometrics/datasets"
)

var observedWindow = Rule{
	Name:    "observed_window",
	Doc:     `Whether the page was read after the stated window had ended. A page read on an earlier day cannot have shown the posts of the days that followed, so the stated window is inconsistent with the retrieval date; the day of retrieval counts as observed. Implied are the days that were observed, of those the window has. Not testable where the retrieval date is not stated or lies before the window. The retrieval date is the one that the source gives for the page; the day on which the numbers were taken may be another.`,
	Source:  "Arithmetic of the definition.",
	Version: 2,
	Window: func(w *datasets.AccountWindow) (datasets.AuditRow, bool) {
		last := w.WindowTo - 1
		row := datasets.AuditRow{
			Indicator: "window",
			Verdict:   datasets.NotTestable,
			N:         w.Posts,
		}
		window := fmt.Sprintf("%s to %s", w.WindowFrom, last)
		if w.MonthsStated.OK {
			window += fmt.Sprintf(" (%s months)", show(rat(w.MonthsStated.V), 3))
		}
		row.ValueText = asPrinted(window)
		whole := int64(w.WindowTo) - int64(w.WindowFrom)
		if !w.RetrievedOn.OK {
			row.Explanation = "When the page was read is not stated."
			return row, true
		}
		read := w.RetrievedOn.V
		if read < w.WindowFrom {
			row.Explanation = fmt.Sprintf("The page was read on %s, before the window begins.", read)
			return row, true
		}
		observed := min(int64(read)+1-int64(w.WindowFrom), whole)
		row.Verdict = verdict(observed == whole)
		row.ImpliedLow, row.ImpliedHigh = datasets.Some(float64(observed)), datasets.Some(float64(observed))
		row.ImpliedUnit = datasets.Some("days")
		row.Explanation = fmt.Sprintf("By the retrieval date that the source gives, the page was read on %s: %d of the %d days of the window were observed, unless the numbers were taken on another day.", read, observed, whole)
		return row, true
	},
}
