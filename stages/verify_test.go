package stages

import (
	"strings"
	"testing"

	"diplometrics/stages/publish"
	"diplometrics/stages/simulate"
)

// The package that publish writes, as a folder and as a zip, passes every check,
// of the published record and of a small simulated study.
func TestVerifyPublishedPackagesLong(t *testing.T) {
	long(t)
	simulated, _ := simulateStudy(t, simulate.Options{Seed: 4, Accounts: 12, Months: 1})
	for _, dir := range []string{copyStudy(t, "../datasets/thesis"), simulated} {
		folder := packageOf(t, dir, publish.Aggregates, true)
		for _, path := range []string{folder, folder + ".zip"} {
			if r, text := checked(t, path); !r.Identical() || strings.Contains(text, "this program has no table") {
				t.Errorf("%s", text)
			}
		}
	}
}
