package metrics

import (
	"testing"

	"diplometrics/datasets"
)

// By hand: three days, posts on two of them.
func TestActiveDaysShare(t *testing.T) {
	v := partsOf(t, ActiveDaysShare, watched(Week, "2024-01-01", "2024-01-08", []string{"2024-01-01", "2024-01-04"},
		posted("2024-01-01", "2024-01-01 12:00:00", "2024-01-03 23:59:59")...))
	wantPart(t, v, "share", 2.0/3, 1e-15, "")
}

// By hand: 6 hours of the first day, all of the second, and 6 + 6 hours of the
// third in two stretches, with a post in the second and in the last stretch:
// (24 + 12) / (6 + 24 + 12).
func TestActiveDaysShareOfPartialDays(t *testing.T) {
	v := partsOf(t, ActiveDaysShare, watched(Week, "2024-01-01", "2024-01-08",
		[]string{"2024-01-01 18:00:00", "2024-01-03 06:00:00", "2024-01-03 18:00:00", "2024-01-04"},
		posted("2024-01-01 12:00:00", "2024-01-02 10:00:00", "2024-01-03 20:00:00")...))
	wantPart(t, v, "share", 36.0/42, 1e-15, "1 post outside of observed time, not counted")
	wantPart(t, partsOf(t, ActiveDaysShare, watched(Week, "2024-01-01", "2024-01-08", []string{"2024-01-01", "2024-01-04"})), "share", 0, 0, "")
	full := watched(Week, "2024-01-01", "2024-01-08", []string{"2024-01-01 07:00:00.1", "2024-01-01 07:00:01"}, posted("2024-01-01 07:00:00.5")...)
	full.Coverage = datasets.InferredCoverage
	wantPart(t, partsOf(t, ActiveDaysShare, full), "share", 1, 0, datasets.InferredCoverage)
}
