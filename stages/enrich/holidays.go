package enrich

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// DefaultHolidays is the holidays.csv of studies without one: the holidays of
// fixed date that the law makes days off in Kazakhstan (Law of 13 December 2001
// No. 267-II), Uzbekistan (Labour Code of 28 October 2022, and that of 1995
// before it) and Kyrgyzstan (Labour Code), as of 2024. Feasts of the Islamic
// calendar are not among them: their dates are set anew each year.
//
//go:embed codebook/holidays.csv
var DefaultHolidays []byte

// Holiday is a holiday of holidays.csv.
type Holiday struct {
	Country string
	Name    string
	Words   []string // rules by which a post speaks of it, as in Rule.Words

	month       time.Month // of its first day every year; 0 where it is one date
	day         int
	date        datasets.Day
	days        int
	since, till int // years in which it is one, both included
}

// ReadHolidays reads a list of holidays: CSV with the columns country, name,
// from and words, and optionally days and years. from is the first day, as
// month and day for every year (03-21) or as a date (2024-04-10); days is how
// many there are, 1 where it is empty; years bounds the years of a yearly one
// (2022-, -2021 or 2013-2021, both ends included). words holds one or more rules
// parted by semicolons. A holiday whose date moves has a row a year, under the
// same name. Name is the file's, for errors, which give the line too.
func ReadHolidays(name string, data []byte) ([]Holiday, error) {
	s, err := readSheet(name, data, []string{"country", "name", "from", "words"}, []string{"days", "years"})
	if err != nil {
		return nil, err
	}
	var holidays []Holiday
	for i := range s.rows {
		row := &s.rows[i]
		h := Holiday{days: 1, since: 0, till: 9999}
		if _, err = row.need("country"); err != nil {
			return nil, err
		}
		if h.Country, err = row.country(); err != nil {
			return nil, err
		}
		if h.Name, err = row.need("name"); err != nil {
			return nil, err
		}
		if h.Words, err = row.words(); err != nil {
			return nil, err
		}
		if err := h.dated(row); err != nil {
			return nil, err
		}
		holidays = append(holidays, h)
	}
	return holidays, nil
}

// dated reads the columns that say when the holiday is.
func (h *Holiday) dated(row *sheetRow) error {
	from, err := row.need("from")
	if err != nil {
		return err
	}
	if t, err := time.Parse("2006-01-02", "2000-"+from); err == nil { // a leap year
		h.month, h.day = t.Month(), t.Day()
	} else if h.date, err = study.ParseDay(from); err != nil {
		return fmt.Errorf("%s: from: found %q, expected month and day such as 03-21, or a date such as 2024-04-10", row.at, from)
	}
	if d := row.cell("days"); d != "" {
		if h.days, err = strconv.Atoi(d); err != nil || h.days < 1 || h.days > 31 {
			return fmt.Errorf("%s: days: found %q, expected a whole number from 1 to 31", row.at, d)
		}
	}
	years := row.cell("years")
	if years == "" {
		return nil
	}
	since, till, ok := strings.Cut(years, "-")
	for _, bound := range []struct {
		text string
		year *int
	}{{since, &h.since}, {till, &h.till}} {
		if bound.text == "" {
			continue
		}
		n, err := strconv.Atoi(bound.text)
		ok = ok && err == nil && len(bound.text) == 4
		*bound.year = n
	}
	if !ok || h.since > h.till || h.month == 0 {
		return fmt.Errorf("%s: years: found %q, expected 2022-, -2021 or 2013-2021 for a yearly holiday, and nothing for a date", row.at, years)
	}
	return nil
}

// Between returns the first days of the holiday, and the days after its last
// ones, for all times it has a day from one day to before another, in order. 29
// February is one only where there is one.
func (h *Holiday) Between(from, to datasets.Day) [][2]datasets.Day {
	var out [][2]datasets.Day
	add := func(first datasets.Day) {
		if after := first + datasets.Day(h.days); first < to && after > from {
			out = append(out, [2]datasets.Day{first, after})
		}
	}
	if h.month == 0 {
		add(h.date)
		return out
	}
	for year := max(h.since, from.Time().Year()-1); year <= min(h.till, to.Time().Year()); year++ {
		if t := time.Date(year, h.month, h.day, 0, 0, 0, 0, time.UTC); t.Month() == h.month {
			add(datasets.DayOf(t))
		}
	}
	return out
}
