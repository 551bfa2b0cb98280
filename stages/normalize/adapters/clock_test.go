package adapters

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"diplometrics/datasets"
)

// checkInstant compares with time.Parse: what instant reads is the same moment,
// and what it does not read is no usual time.
func checkInstant(t interface{ Fatalf(string, ...any) }, s string, usual bool) {
	got, ok := instant([]byte(s))
	want, err := time.Parse(time.RFC3339Nano, s)
	if ok && (err != nil || got != datasets.MicrosOf(want)) {
		t.Fatalf("%q: read as %s, want %s, %v", s, got, want, err)
	}
	if usual && !ok {
		t.Fatalf("%q: not read", s)
	}
}

func TestInstant(t *testing.T) {
	for year := 0; year <= 9999; year++ {
		for _, day := range []string{"01-01", "02-28", "02-29", "02-30", "03-01", "12-31"} {
			checkInstant(t, fmt.Sprintf("%04d-%sT23:59:59Z", year, day), day != "02-29" && day != "02-30")
		}
	}
	for day := time.Date(1999, 12, 1, 12, 30, 15, 0, time.UTC); day.Year() < 2005; day = day.AddDate(0, 0, 1) {
		checkInstant(t, day.Format(time.RFC3339), true)
	}
	for _, s := range []string{"", "2024-01-31", "2024-01-31T09:30:00", "2024-01-31T09:30:00z", "2024-01-31t09:30:00Z", "2024-01-31 09:30:00Z", "2024-01-31T24:00:00Z", "2024-01-31T09:60:00Z",
		"2024-01-31T09:30:60Z", "2024-00-31T09:30:00Z", "2024-13-31T09:30:00Z", "2024-04-31T09:30:00Z", "2024-01-00T09:30:00Z", "2024-01-32T09:30:00Z", "2024-01-31T09:30:00.Z", "2024-01-31T09:30:00,5Z",
		"2024-01-31T09:30:00.1234567891Z", "2024-01-31T09:30:00+0500", "2024-01-31T09:30:00+05", "2024-01-31T09:30:00+24:00", "2024-01-31T09:30:00+05:60", "2024-01-31T09:30:00ZZ", "2024-01-31T09:30:00Z ",
		"-024-01-31T09:30:00Z", "2024-1-031T09:30:00Z", "2024-01-31T9:30:000Z", "2024-01-31T09:30:00.5", "20240131T093000Z......"} {
		checkInstant(t, s, false)
		if _, ok := instant([]byte(s)); ok {
			t.Errorf("%q is read", s)
		}
	}
}

func TestInstantIsParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := time.Unix(rapid.Int64Range(-62167219200+86400, 253402300799-86400).Draw(t, "second"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanosecond"))
		at = at.In(time.FixedZone("", 60*rapid.IntRange(-23*60-59, 23*60+59).Draw(t, "minutes")))
		layout := rapid.SampledFrom([]string{time.RFC3339, time.RFC3339Nano, "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05.000000Z07:00"}).Draw(t, "layout")
		s := at.Format(layout)
		checkInstant(t, s, true)
		b := []byte(s)
		b[rapid.IntRange(0, len(b)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789:-+.TZ zt,")).Draw(t, "byte")
		checkInstant(t, string(b), false)
	})
}

func BenchmarkInstant(b *testing.B) {
	s := []byte("2024-11-29T15:36:40.000Z")
	for b.Loop() {
		if _, ok := instant(s); !ok {
			b.Fatal("not read")
		}
	}
}
