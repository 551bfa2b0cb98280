package plots

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/plot/vg"
)

// beeswarm returns how far above the line each of several dots of a diameter
// stands, negative below it, so that all are seen: from the left, each takes the
// height nearest to the line at which it touches none before it, above rather
// than below. No dot rises or falls more than reach; where there is no free
// height within it, a dot takes the one where it covers least.
func beeswarm(at []vg.Length, diameter, reach vg.Length) []vg.Length {
	rise := make([]vg.Length, len(at))
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
	for k, i := range order {
		near := order[:k]
		for len(near) > 0 && at[i]-at[near[0]] >= diameter {
			near = near[1:]
		}
		heights := []vg.Length{0, reach, -reach}
		for _, j := range near {
			apart := vg.Length(math.Sqrt(max(0, float64(diameter*diameter-(at[i]-at[j])*(at[i]-at[j])))))
			heights = append(heights, rise[j]+apart, rise[j]-apart)
		}
		slices.SortStableFunc(heights, func(a, b vg.Length) int {
			return cmp.Or(cmp.Compare(math.Abs(float64(a)), math.Abs(float64(b))), cmp.Compare(b, a))
		})
		most := vg.Length(-1)
		for _, h := range heights {
			if h > reach || h < -reach {
				continue
			}
			room := diameter // to the nearest dot before it
			for _, j := range near {
				room = min(room, vg.Length(math.Hypot(float64(at[i]-at[j]), float64(h-rise[j]))))
			}
			if room > most+1e-6 {
				rise[i], most = h, room
			}
			if room > diameter-1e-6 {
				break
			}
		}
	}
	return rise
}
