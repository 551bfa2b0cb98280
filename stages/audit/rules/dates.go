package rules

import (
	"strings"
	"time"

	"diplometrics/datasets"
)

// days returns the first and the last day of a year (2016), a month (2016-02),
// a day (2016-02-08), or the last part of a range (2015/2016).
func days(period string) (first, last datasets.Day, ok bool) {
	if i := strings.LastIndex(period, "/"); i >= 0 {
		period = period[i+1:]
	}
	for _, kind := range []struct {
		layout              string
		years, months, days int
	}{{"2006", 1, 0, 0}, {"2006-01", 0, 1, 0}, {"2006-01-02", 0, 0, 1}} {
		if t, err := time.Parse(kind.layout, period); err == nil {
			return datasets.DayOf(t), datasets.DayOf(t.AddDate(kind.years, kind.months, kind.days)) - 1, true
		}
	}
	return 0, 0, false
}
