package sample

import (
	"slices"

	"diplometrics/datasets"
)

// Krippendorff returns Krippendorff's alpha, the agreement of coders beyond
// chance (Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability"): 1
// for perfect agreement, 0 for what chance gives, less for systematic
// disagreement. Each row is a unit, each column a coder; absent is not coded,
// and rows may differ in length. pairable counts the codes in units with at
// least two of them, which alone enter.
//
// The level says how far apart two codes c and k are: "nominal" 0 or 1,
// "ordinal" the square of the difference of their mid-ranks among the pairable
// codes, "interval" (c-k)^2, "ratio" ((c-k)/(c+k))^2. Any other level panics.
//
// Alpha is absent where no unit has two codes, where all pairable codes are
// equal (no disagreement could show, so agreement is not measured), where a
// code is not finite, and at level ratio where one is negative. Time grows with
// the square of the number of distinct codes.
func Krippendorff(units [][]datasets.Opt[float64], level string) (alpha datasets.Opt[float64], pairable int) {
	var rows [][]float64
	var codes []float64
	for _, unit := range units {
		var row []float64
		for _, c := range unit {
			if c.OK {
				row = append(row, c.V)
			}
		}
		if len(row) > 1 {
			rows = append(rows, row)
			codes = append(codes, row...)
		}
	}
	pairable = len(codes)
	if !allFinite(codes) || level == "ratio" && slices.ContainsFunc(codes, func(c float64) bool { return c < 0 }) {
		return alpha, pairable
	}
	slices.Sort(codes)
	far := distance(level, codes)
	values := slices.Compact(slices.Clone(codes))
	times := make([]float64, len(values)) // in codes
	for i, j := 0, 0; j < len(codes); j++ {
		if codes[j] != values[i] {
			i++
		}
		times[i]++
	}

	var observed, expected float64
	for _, row := range rows {
		slices.Sort(row)
		var within float64
		for i, c := range row {
			for _, k := range row[:i] {
				within += far(c, k)
			}
		}
		observed += within / float64(len(row)-1)
	}
	for i, c := range values {
		for j, k := range values[:i] {
			expected += times[i] * times[j] * far(c, k)
		}
	}
	if expected == 0 {
		return alpha, pairable
	}
	a := 1 - float64(pairable-1)*observed/expected
	if !finite(a) {
		return alpha, pairable
	}
	return datasets.Some(a), pairable
}

// distance returns the squared distance of two codes at the level, for the
// ascending pairable codes.
func distance(level string, codes []float64) func(c, k float64) float64 {
	switch level {
	case "nominal":
		return func(c, k float64) float64 {
			if c == k {
				return 0
			}
			return 1
		}
	case "ordinal":
		rank := make(map[float64]float64)
		for i, r := range MidRanks(codes) {
			rank[codes[i]] = r
		}
		return func(c, k float64) float64 { return (rank[c] - rank[k]) * (rank[c] - rank[k]) }
	case "interval":
		return func(c, k float64) float64 { return (c - k) * (c - k) }
	case "ratio":
		return func(c, k float64) float64 {
			if c == k {
				return 0
			}
			return (c - k) / (c + k) * ((c - k) / (c + k))
		}
	}
	panic("sample: no such level of measurement: " + level)
}
