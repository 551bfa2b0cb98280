package metrics

import "testing"

// Python 3.11 by the definition: 10, 50 and 3 are three posts with three or more.
func TestHIndex(t *testing.T) {
	wantPart(t, spreadOf(t, HIndex, earning(50, 0, 1, 0, 2, 10, 3, 0)...), "h", 3, 0, "")
	wantPart(t, spreadOf(t, HIndex, earning(5, 5, 5, 5)...), "h", 4, 0, "")
	wantPart(t, spreadOf(t, HIndex, earning(9)...), "h", 1, 0, "")
	wantPart(t, spreadOf(t, HIndex, earning(0, 0, 0)...), "h", 0, 0, "")
	wantNone(t, spreadOf(t, HIndex, Post{At: moment("2024-01-05"), Type: "original"}), "h", "the interactions of no own post are known")
}
