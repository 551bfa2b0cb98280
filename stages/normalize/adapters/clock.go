package adapters

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"time"
	_ "time/tzdata" // zones are the same on every machine

	"diplometrics/datasets"
)

// wallTime returns the moment at which clocks in the zone showed the date and
// time of wall, whose own zone is ignored. An hour that clocks showed twice is
// an error unless abbreviation, such as CST, tells which; so is one that they
// skipped.
func wallTime(wall time.Time, zone *time.Location, abbreviation string) (time.Time, error) {
	utc := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), time.UTC)
	var found, named []time.Time
	last := 0
	for i, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := utc.Add(near).In(zone).Zone()
		if i > 0 && offset == last {
			continue
		}
		last = offset
		t := utc.Add(-time.Duration(offset) * time.Second)
		if name, at := t.In(zone).Zone(); at == offset {
			found = append(found, t)
			if name == abbreviation {
				named = append(named, t)
			}
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(named) == 1:
		return named[0], nil
	case len(found) == 0:
		return time.Time{}, fmt.Errorf("clocks in %s never showed this time: they were put forward over it; check the zone in study.toml", zone)
	}
	return time.Time{}, fmt.Errorf("clocks in %s showed this time twice: they were put back, and the export does not say which it is", zone)
}

// wallClock reads a time like 2021-07-05 18:02:45, in UTC, as time.Parse does.
func wallClock(s string) (time.Time, error) {
	const shape = "dddd-dd-dd dd:dd:dd"
	if len(s) != len(shape) {
		return time.Parse(time.DateTime, s)
	}
	var n [6]int // year, month, day, hour, minute, second
	at := 0
	for i := range len(shape) {
		switch c := s[i]; {
		case shape[i] != 'd' && shape[i] == c:
			at++
		case shape[i] != 'd' || c < '0' || c > '9':
			return time.Parse(time.DateTime, s)
		default:
			n[at] = 10*n[at] + int(c-'0')
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	if n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > 28 && t.Day() != n[2] || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return time.Parse(time.DateTime, s)
	}
	return t, nil
}

// zoneOffsets are the abbreviations of time zones that mean one offset from UTC,
// in minutes, wherever dashboards show them. IST, CST, BST, AST, AMT, ECT, GST
// and SST mean several and are missing on purpose.
var zoneOffsets = map[string]int{
	"UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 60, "CET": 60, "CEST": 120, "EET": 120, "EEST": 180, "TRT": 180,
	"EST": -300, "EDT": -240, "CDT": -300, "MST": -420, "MDT": -360, "PST": -480, "PDT": -420,
	"AKST": -540, "AKDT": -480, "HST": -600, "ADT": -180,
	"BRT": -180, "BRST": -120, "ART": -180, "UYT": -180, "CLT": -240, "CLST": -180, "COT": -300, "PET": -300,
	"WAT": 60, "CAT": 120, "SAST": 120, "EAT": 180, "IDT": 180, "IRST": 210, "IRDT": 270,
	"GET": 240, "AZT": 240, "AFT": 270, "UZT": 300, "TMT": 300, "TJT": 300, "PKT": 300, "NPT": 345, "KGT": 360,
	"ICT": 420, "WIB": 420, "WITA": 480, "HKT": 480, "SGT": 480, "MYT": 480, "PHT": 480, "AWST": 480,
	"JST": 540, "KST": 540, "WIT": 540, "ACST": 570, "AEST": 600, "ACDT": 630, "AEDT": 660, "NZST": 720, "NZDT": 780,
}

// zonePlaces are the abbreviations whose offset changed while CrowdTangle ran, with
// the zone that knows when.
var zonePlaces = map[string]string{
	"ALMT": "Asia/Almaty", "MSK": "Europe/Moscow", "SAMT": "Europe/Samara", "YEKT": "Asia/Yekaterinburg",
	"OMST": "Asia/Omsk", "KRAT": "Asia/Krasnoyarsk", "IRKT": "Asia/Irkutsk", "YAKT": "Asia/Yakutsk",
	"VLAT": "Asia/Vladivostok", "VET": "America/Caracas",
}

// zoneClock reads local times with the abbreviation of a zone, as dashboards
// print them.
type zoneClock struct {
	zone   *time.Location // from study.toml; nil where not given
	places map[string]func() (*time.Location, error)
}

func newZoneClock(zone *time.Location) *zoneClock {
	c := &zoneClock{zone: zone, places: map[string]func() (*time.Location, error){}}
	for name, place := range zonePlaces {
		c.places[name] = sync.OnceValues(func() (*time.Location, error) { return time.LoadLocation(place) })
	}
	return c
}

// errNoZone says that a time has no zone and study.toml gives none.
var errNoZone = errors.New("a time without a zone")

var (
	numericZone  = regexp.MustCompile(`^(?:GMT|UTC)?([+-])(\d{1,2}):?(\d{2})?$`)
	abbreviation = regexp.MustCompile(`^[A-Z]{3,5}$`) // AM and PM are none
)

// moment returns the moment of a local time in the zone of that abbreviation
// or numeric offset. Where it is empty, unknown or ambiguous, the zone of
// study.toml decides; without one it is an error, errNoZone where it is empty.
func (c *zoneClock) moment(wall time.Time, zone string) (datasets.Micros, error) {
	if minutes, ok := zoneOffsets[zone]; ok {
		return datasets.MicrosOf(wall.Add(-time.Duration(minutes) * time.Minute)), nil
	}
	if m := numericZone.FindStringSubmatch(zone); m != nil {
		h, _ := strconv.Atoi(m[2])
		minutes, _ := strconv.Atoi(m[3])
		if h > 14 || minutes > 59 {
			return 0, fmt.Errorf("%s is no offset from UTC", zone)
		}
		minutes += 60 * h
		if m[1] == "-" {
			minutes = -minutes
		}
		return datasets.MicrosOf(wall.Add(-time.Duration(minutes) * time.Minute)), nil
	}
	in := c.zone
	place, known := c.places[zone]
	switch {
	case known:
		var err error
		if in, err = place(); err != nil {
			return 0, err
		}
	case zone != "" && !abbreviation.MatchString(zone):
		return 0, fmt.Errorf("%s is no time zone", zone)
	case in == nil && zone == "":
		return 0, errNoZone
	case in == nil:
		return 0, fmt.Errorf("the zone %s is unknown or means several; write the zone of the file in study.toml, for instance zone = \"Asia/Almaty\"", zone)
	}
	t, err := wallTime(wall, in, zone)
	return datasets.MicrosOf(t), err
}

// instant reads a time as most APIs write it, 2024-01-31T09:30:00.000Z or with an
// offset such as +05:00, as time.RFC3339Nano does. False says that it is not
// written exactly so, and that time.Parse may know more.
func instant(s []byte) (datasets.Micros, bool) {
	if len(s) < len("2024-01-31T09:30:00Z") || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' {
		return 0, false
	}
	century, years := twoDigits(s, 0), twoDigits(s, 2)
	month, day := twoDigits(s, 5), twoDigits(s, 8)
	hour, minute, second := twoDigits(s, 11), twoDigits(s, 14), twoDigits(s, 17)
	year := 100*century + years
	if century > 99 || years > 99 || month < 1 || month > 12 || day < 1 || day > 28 && day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	s = s[19:]
	micros := 0
	if s[0] == '.' {
		n := 1
		for unit := 100_000; n < len(s) && s[n]-'0' <= 9; n++ {
			micros += int(s[n]-'0') * unit
			unit /= 10
		}
		if n == 1 || n > 10 {
			return 0, false
		}
		s = s[n:]
	}
	offset := 0
	switch {
	case len(s) == 1 && s[0] == 'Z':
	case len(s) == 6 && (s[0] == '+' || s[0] == '-') && s[3] == ':':
		hours, minutes := twoDigits(s, 1), twoDigits(s, 4)
		if hours > 23 || minutes > 59 {
			return 0, false
		}
		if offset = 3600*hours + 60*minutes; s[0] == '-' {
			offset = -offset
		}
	default:
		return 0, false
	}
	// Days since 1970: years begin in March, so that the day of a leap year is the
	// last of one.
	y, m := year, month-3
	if m < 0 {
		y, m = y-1, m+12
	}
	y += 400 // for the year 0
	days := 365*y + y/4 - y/100 + y/400 + (153*m+2)/5 + day - 1 - (719_468 + 146_097)
	seconds := 86_400*int64(days) + int64(3600*hour+60*minute+second-offset)
	return datasets.Micros(1_000_000*seconds + int64(micros)), true
}

// twoDigits is the number that two digits are; at least 100 where they are none.
func twoDigits(s []byte, at int) int {
	tens, ones := s[at]-'0', s[at+1]-'0'
	if tens > 9 || ones > 9 {
		return 10_000
	}
	return 10*int(tens) + int(ones)
}

func daysIn(year, month int) int {
	switch {
	case month != 2:
		return 30 + (month+month/8)%2
	case year%4 == 0 && (year%100 != 0 || year%400 == 0):
		return 29
	}
	return 28
}
