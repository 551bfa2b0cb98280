package metrics

import "testing"

const mayBegin, mayGoOn = "may have begun before observed time: at least so long", "may go on after observed time: at least so long"

// By hand: 2 days to the first post, 6 between, 2 days to the end.
func TestLongestSilence(t *testing.T) {
	span := []string{"2024-01-01", "2024-01-11"}
	v := partsOf(t, LongestSilence, watched(Whole, "2024-01-01", "2024-02-01", span, posted("2024-01-03", "2024-01-09")...))
	wantPart(t, v, "longest", 6, 0, "")
	v = partsOf(t, LongestSilence, watched(Whole, "2024-01-01", "2024-02-01", span, posted("2024-01-03", "2024-01-04 12:00:00")...))
	wantPart(t, v, "longest", 6.5, 0, mayGoOn)
	v = partsOf(t, LongestSilence, watched(Whole, "2024-01-01", "2024-02-01", span, posted("2024-01-06")...))
	wantPart(t, v, "longest", 5, 0, mayBegin+"; "+mayGoOn)
	v = partsOf(t, LongestSilence, watched(Whole, "2024-01-01", "2024-02-01", span))
	wantPart(t, v, "longest", 10, 0, mayBegin+"; "+mayGoOn)
}

// By hand: nobody looked from 11 to 21 January. Of the two stretches the first
// has 9 days after its post, the second 3 before and 8 after its own.
func TestLongestSilenceAcrossAGap(t *testing.T) {
	v := partsOf(t, LongestSilence, watched(Whole, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-01-11", "2024-01-21", "2024-02-01"},
		posted("2024-01-02", "2024-01-24")...))
	wantPart(t, v, "longest", 9, 0, mayGoOn)
	// Two stretches of ten days, equally silent: after the first post, and
	// before the second. The post between them is in nobody's sight.
	v = partsOf(t, LongestSilence, watched(Whole, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-01-11", "2024-01-21", "2024-01-31"},
		posted("2024-01-02", "2024-01-15", "2024-01-30")...))
	wantPart(t, v, "longest", 9, 0, mayBegin+"; "+mayGoOn+"; 1 post outside of observed time, not counted")
	v = partsOf(t, LongestSilence, watched(Whole, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-01-11", "2024-01-21", "2024-01-31"},
		posted("2024-01-10", "2024-01-22")...))
	wantPart(t, v, "longest", 9, 0, mayBegin+"; "+mayGoOn)
}
