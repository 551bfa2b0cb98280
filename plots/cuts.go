package plots

import "math"

// cuts cuts intervals at the ends of what their quantity can be, for drawing, and
// remembers where it did: an interval may be computed beyond them, such as a t
// interval of a share. Tables keep intervals as they were computed.
type cuts struct {
	least, most float64 // that the quantity can be
	low, high   bool    // an interval was cut there
}

// Quantities by what they can be.
func cutCounts() *cuts           { return &cuts{least: 0, most: math.Inf(1)} }
func cutShares() *cuts           { return &cuts{least: 0, most: 1} }
func cutShareDifferences() *cuts { return &cuts{least: -1, most: 1} }

// cut returns the interval as it is drawn.
func (c *cuts) cut(lo, hi float64) (from, to float64) {
	c.low, c.high = c.low || lo < c.least, c.high || hi > c.most
	return max(lo, c.least), min(hi, c.most)
}

// note says in a caption where intervals were cut; nothing where none was.
func (c *cuts) note(say func(float64) string) string {
	var at []string
	if c.low {
		at = append(at, say(c.least))
	}
	if c.high {
		at = append(at, say(c.most))
	}
	if len(at) == 0 {
		return ""
	}
	return "Intervals are cut at " + list(at) + " where they would reach beyond."
}

// sayBound writes an end of what a share can be.
func sayBound(v float64) string {
	if v == 0 {
		return "0"
	}
	return saySignificant(v*100, 3) + noBreak + "%"
}
