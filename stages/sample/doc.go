// Package sample holds the statistics: each is defined once, takes plain
// slices, leaves its arguments as they are, and returns an absent value where
// the data cannot carry an answer.
package sample

import (
	"diplometrics/datasets"
)

// Interval is a two-sided interval. An absent end is unbounded or unknown.
type Interval struct {
	Low, High datasets.Opt[float64]
}

// DaysPerMonth is the mean length of a month of the Gregorian calendar over
// four years, 1461/48 days. Every rate by month is a rate by so many days.
const DaysPerMonth = 30.4375
