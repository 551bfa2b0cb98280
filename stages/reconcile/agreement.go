package reconcile

import (
	"slices"

	"diplometrics/datasets"
	"diplometrics/stages/sample"
)

// unit is a window of an account that people counted: what each of them, by
// counted_by, told; absent where that was two different numbers.
type unit struct {
	from, to datasets.Day
	told     map[string]datasets.Opt[int64]
}

// agreements compares the people who counted the same windows by hand, as far
// as they were observed: pair by pair, and all together where that is more than one pair. Printed counts take no
// part, nor do means, nor a person who gives two different numbers for one
// window. Rows come in the order of the table.
func agreements(subjects []*subject) []datasets.CoderAgreement {
	var out []datasets.CoderAgreement
	for _, q := range slices.Sorted(slices.Values(quantities)) {
		units := unitsOf(subjects, q)
		var coders []string
		for _, u := range units {
			for c := range u.told {
				coders = append(coders, c)
			}
		}
		slices.Sort(coders)
		coders = slices.Compact(coders)
		var rows []datasets.CoderAgreement
		for i, a := range coders {
			for _, b := range coders[i+1:] {
				if r := agreement(q, units, []string{a, b}); r.N > 0 {
					r.CoderA, r.CoderB = a, b
					rows = append(rows, r)
				}
			}
		}
		if len(rows) > 1 {
			r := agreement(q, units, coders)
			r.CoderA, r.CoderB = everybody, everybody
			rows = append(rows, r)
		}
		slices.SortFunc(rows, func(a, b datasets.CoderAgreement) int { return datasets.CoderAgreements.Compare(&a, &b) })
		out = append(out, rows...)
	}
	return out
}

// everybody stands for all who counted. No pair can bear it: a person is never
// compared with the same person.
const everybody = "all"

// unitsOf returns the windows for which a quantity was counted by hand.
func unitsOf(subjects []*subject, quantity string) []unit {
	var out []unit
	for _, s := range subjects {
		var units []unit
		for _, w := range s.windows {
			n := w.counted(quantity)
			if !n.OK || !w.byHand() {
				continue
			}
			i := slices.IndexFunc(units, func(u unit) bool { return u.from == w.from && u.to == w.to })
			if i < 0 {
				i = len(units)
				units = append(units, unit{w.from, w.to, map[string]datasets.Opt[int64]{}})
			}
			if before, ok := units[i].told[w.CountedBy]; ok && before != n {
				n = datasets.None[int64]()
			}
			units[i].told[w.CountedBy] = n
		}
		out = append(out, units...)
	}
	return out
}

// agreement is that of the coders over the units that two of them counted at
// least.
func agreement(quantity string, units []unit, coders []string) datasets.CoderAgreement {
	r := datasets.CoderAgreement{Quantity: quantity}
	var codes [][]datasets.Opt[float64]
	equal := 0
	for _, u := range units {
		var row []datasets.Opt[float64]
		same := true
		for _, c := range coders {
			if n := some(u.told[c]); n.OK {
				row = append(row, n)
				same = same && row[0] == n
			}
		}
		if len(row) < 2 {
			continue
		}
		codes = append(codes, row)
		r.N++
		if same {
			equal++
		}
	}
	if r.N == 0 {
		return r
	}
	r.Equal = datasets.Some(100 * float64(equal) / float64(r.N))
	if r.Alpha, _ = sample.Krippendorff(codes, "ratio"); !r.Alpha.OK {
		r.Reason = datasets.Some("all the numbers are the same, so that no disagreement could show")
	}
	return r
}
