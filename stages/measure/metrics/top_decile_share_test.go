package metrics

import "testing"

// Python 3.11 by the definition; of eleven posts the upper tenth is two, by hand.
func TestTopDecileShare(t *testing.T) {
	wantPart(t, spreadOf(t, TopDecileShare, earning(50, 0, 1, 0, 2, 10, 3, 0)...), "share", 0.7575757575757576, 1e-12, "")
	wantPart(t, spreadOf(t, TopDecileShare, earning(5, 5, 5, 5)...), "share", 0.25, 1e-12, "")
	wantPart(t, spreadOf(t, TopDecileShare, earning(9)...), "share", 1, 0, "")
	wantPart(t, spreadOf(t, TopDecileShare, earning(1, 1, 1, 1, 1, 1, 1, 1, 1, 5, 6)...), "share", 11.0/20, 1e-12, "")
	wantNone(t, spreadOf(t, TopDecileShare, earning(0, 0, 0)...), "share", "no post has an interaction")
}
