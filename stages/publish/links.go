package publish

import (
	"fmt"
	"regexp"
	"slices"

	"diplometrics/datasets"
)

// leading is what leads somewhere: an address, a path or name of a file. naming is
// a handle, which the audit's own locators have of institutions.
var (
	naming  = regexp.MustCompile(`(^|[\s(,;])@\w`)
	leading = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://|\bwww\.|[a-z]:[\\/]|[\\/][^\s\\/]*[a-z][^\s\\/]*[\\/]|\.(png|jpe?g|gif|webp|pdf|html?|docx?|xlsx?|csv|json|mp4|mov|heic|zip)\b`)
)

// Links takes off the tables what people wrote beside numbers that leads
// somewhere or names somebody: links, paths, files, handles. It tells whether a
// locator was among it, which figures and other tables repeat.
func Links(snapshots []datasets.AccountSnapshot, windows []datasets.AccountWindow, audit []datasets.AuditRow) (found bool) {
	clean := func(o *datasets.Opt[string]) bool {
		leads := o.OK && (leading.MatchString(o.V) || naming.MatchString(o.V))
		if leads {
			*o = datasets.None[string]()
		}
		return leads
	}
	for i := range snapshots {
		found = clean(&snapshots[i].Locator) || found
	}
	for i := range windows {
		found = clean(&windows[i].Locator) || found
		clean(&windows[i].Evidence)
	}
	numbers := map[string]int{} // so that rows that stood apart still do
	for i := range audit {
		if l := audit[i].Locator; leading.MatchString(l) {
			if numbers[l] == 0 {
				numbers[l] = len(numbers) + 1
			}
			audit[i].Locator, found = fmt.Sprintf("left out, %d", numbers[l]), true
		}
	}
	slices.SortFunc(audit, func(a, b datasets.AuditRow) int { return datasets.Audit.Compare(&a, &b) })
	return found
}
