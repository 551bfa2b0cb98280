package metrics

import (
	"testing"
)

// By the definitions of Goh and Barabasi and of Kim and Jo, in Python 3.11
// with NumPy 1.24.2.
func TestBurstiness(t *testing.T) {
	v := partsOf(t, Burstiness, watched(Whole, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-02-01"}, bursty()...))
	wantPart(t, v, "b", 0.11554669926408068, 1e-12, "")
	wantPart(t, v, "finite", 0.2538720037802874, 1e-12, "")
	wantPart(t, v, "memory", -0.22657745067590845, 1e-12, "")
}

// By definition a clock has -1 and no memory, and one interval has neither.
func TestBurstinessOfFewAndEqual(t *testing.T) {
	span := []string{"2024-01-01", "2024-02-01"}
	clock := posted("2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05")
	v := partsOf(t, Burstiness, watched(Month, "2024-01-01", "2024-02-01", span, clock...))
	wantPart(t, v, "b", -1, 0, "")
	wantPart(t, v, "finite", -1, 0, "")
	wantNone(t, v, "memory", "fewer than 10 intervals in one stretch of observed time, or equal ones: there are 4")
	wantNone(t, partsOf(t, Burstiness, watched(Month, "2024-01-01", "2024-02-01", span, clock[:2]...)), "finite", "1 interval, and it takes 2")
}

// The memory of two stretches is that of the one with more intervals: the last
// interval before a gap is not followed by the first after it.
func TestMemoryAcrossAGap(t *testing.T) {
	posts := append(bursty(), posted("2024-01-21", "2024-01-22", "2024-01-25")...)
	v := partsOf(t, Burstiness, watched(Month, "2024-01-01", "2024-02-01", []string{"2024-01-01", "2024-01-11", "2024-01-21", "2024-02-01"}, posts...))
	wantPart(t, v, "memory", -0.22657745067590845, 1e-12, "2 intervals of other stretches of observed time left out")
	if v["memory"].NObserved != 10 || v["b"].NObserved != 12 {
		t.Errorf("got %d and %d intervals", v["memory"].NObserved, v["b"].NObserved)
	}
}
