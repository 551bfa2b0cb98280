package datasets

import (
	"fmt"
	"time"
)

// Opt is a value that may be absent. Absent is not zero: it becomes null in
// Parquet, an empty cell in CSV and XLSX, and is left out of every sum.
type Opt[T any] struct {
	V  T
	OK bool
}

// Some returns a present value.
func Some[T any](v T) Opt[T] { return Opt[T]{V: v, OK: true} }

// None returns an absent value.
func None[T any]() Opt[T] { return Opt[T]{} }

// Or returns the value, or def where it is absent.
func (o Opt[T]) Or(def T) T {
	if o.OK {
		return o.V
	}
	return def
}

// Micros is a moment: microseconds since 1970-01-01T00:00:00Z, always UTC.
type Micros int64

// MicrosOf converts a time, dropping what is finer than a microsecond.
func MicrosOf(t time.Time) Micros { return Micros(t.UnixMicro()) }

// Time returns the moment in UTC.
func (m Micros) Time() time.Time { return time.UnixMicro(int64(m)).UTC() }

// String formats the moment as RFC 3339 in UTC, to the microsecond where it has one.
func (m Micros) String() string { return m.Time().Format("2006-01-02T15:04:05.999999Z07:00") }

// Day returns the UTC calendar day of the moment.
func (m Micros) Day() Day {
	d := int64(m) / 86_400_000_000
	if int64(m)%86_400_000_000 < 0 {
		d--
	}
	return Day(d)
}

// Day is a calendar day without a zone: days since 1970-01-01.
type Day int32

// DayOf returns the calendar day of a time in that time's own zone.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

// Time returns midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86_400, 0).UTC() }

// Micros returns midnight UTC of the day.
func (d Day) Micros() Micros { return Micros(int64(d) * 86_400_000_000) }

// String formats the day as 2006-01-02.
func (d Day) String() string { return d.Time().Format("2006-01-02") }

// MarshalText gives the day as String does, so that JSON has dates and not
// numbers of days.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText gives.
func (d *Day) UnmarshalText(text []byte) error {
	t, err := time.Parse(time.DateOnly, string(text))
	if err != nil {
		return fmt.Errorf("found %q, expected a date like 2024-01-31", text)
	}
	*d = DayOf(t)
	return nil
}
