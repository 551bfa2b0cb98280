package metrics

import "testing"

// Python 3.11 by the definition.
func TestHerfindahl(t *testing.T) {
	wantPart(t, spreadOf(t, Herfindahl, earning(50, 0, 1, 0, 2, 10, 3, 0)...), "h", 0.6000918273645546, 1e-12, "")
	wantPart(t, spreadOf(t, Herfindahl, earning(5, 5, 5, 5)...), "h", 0.25, 1e-12, "")
	wantPart(t, spreadOf(t, Herfindahl, earning(0, 0, 0, 0, 7)...), "h", 1, 0, "")
	wantNone(t, spreadOf(t, Herfindahl, earning(0, 0, 0)...), "h", "no post has an interaction")
}
