package publish

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"diplometrics/datasets"
)

// leading is what leads somewhere: an address, a path or name of a file. naming is
// a handle, which the audit's own locators have of institutions.
var (
	naming  = regexp.MustCompile(`(^|[\s(,;])@\w`)
	leading = regexp.MustCompile(`(?i)[a-z][a-z0-9+.-]*://|\bwww\.|[a-z]:[\\/]|[\\/][^\s\\/]*[a-z][^\s\\/]*[\\/]|\.(png|jpe?g|gif|webp|pdf|html?|docx?|xlsx?|csv|json|mp4|mov|heic|zip)\b`)
)

// Leads tells whether a text leads somewhere or names somebody.
func Leads(text string) bool {
	// What leading and naming find has one of these.
	return strings.ContainsAny(text, `:/\.@`) && (leading.MatchString(text) || naming.MatchString(text))
}

// Unlink takes off a cell what leads somewhere or names somebody, and tells
// whether it did.
func Unlink(o *datasets.Opt[string]) bool {
	leads := o.OK && Leads(o.V)
	if leads {
		*o = datasets.None[string]()
	}
	return leads
}

// Links takes off the tables what people wrote beside numbers that leads
// somewhere or names somebody: links, paths, files, handles. It tells whether a
// locator was among it, which figures and other tables repeat.
func Links(windows []datasets.AccountWindow, audit []datasets.AuditRow) (found bool) {
	for i := range windows {
		found = Unlink(&windows[i].Locator) || found
		Unlink(&windows[i].Evidence)
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
