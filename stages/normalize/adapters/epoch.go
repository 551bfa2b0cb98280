package adapters

import (
	"strconv"

	"diplometrics/datasets"
)

// Units of times since 1970, in microseconds.
const (
	seconds      = 1_000_000
	milliseconds = 1_000
)

// The years in which there were posts; what lies outside is another unit, or no
// time.
const (
	year2000 = 946_684_800 * seconds
	year2100 = 4_102_444_800 * seconds
)

// epoch is the moment n units after the start of 1970. Want says what is wrong
// with it, "" where nothing is.
func epoch(n, unit int64) (at datasets.Micros, want string) {
	in := func(unit int64) bool { return n >= year2000/unit && n < year2100/unit }
	if in(unit) {
		return datasets.Micros(n * unit), ""
	}
	names := map[int64]string{seconds: "seconds", milliseconds: "milliseconds", 1: "microseconds"}
	want = "expected " + names[unit] + " since 1970"
	for other, name := range names {
		if in(other) {
			want += ", found " + name
		}
	}
	return 0, want
}

// epoch is the moment that a number means; absent where the number is.
func (f *jsonFields) epoch(n datasets.Opt[int64], unit int64, field string) (none datasets.Opt[datasets.Micros]) {
	if !n.OK || f.err != nil {
		return none
	}
	at, want := epoch(n.V, unit)
	if want != "" {
		f.fail(field, strconv.FormatInt(n.V, 10), want)
		return none
	}
	return datasets.Some(at)
}
