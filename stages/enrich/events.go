package enrich

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

// Event is a dated event of events.csv to which accounts may respond.
type Event struct {
	ID       string
	At       datasets.Micros
	Country  string   // whose accounts are expected to respond; "" for all
	Words    []string // rules by which a post speaks of it, as in Rule.Words
	HorizonH float64  // hours after which a response is no longer waited for
}

// defaultHorizonH is a week.
const defaultHorizonH = 168

// ReadEvents reads a list of events: CSV with the columns id, at and words, and
// optionally country and horizon_hours. at is a time with its offset
// (2024-03-21T15:00:00+05:00) or a date, which is taken at its start in UTC.
// words holds one or more rules parted by semicolons; country is a code of three
// letters, empty for all; horizon_hours is 168 where it is empty. Name is the
// file's, for errors, which give the line too. The events come sorted by time,
// then id.
func ReadEvents(name string, data []byte) ([]Event, error) {
	s, err := readSheet(name, data, []string{"id", "at", "words"}, []string{"country", "horizon_hours"})
	if err != nil {
		return nil, err
	}
	var events []Event
	seen := map[string]string{}
	for i := range s.rows {
		row := &s.rows[i]
		e := Event{HorizonH: defaultHorizonH}
		if e.ID, err = row.need("id"); err != nil {
			return nil, err
		}
		if other, twice := seen[e.ID]; twice {
			return nil, fmt.Errorf("%s: id: %q is the event of %s; give each event an id of its own", row.at, e.ID, other)
		}
		seen[e.ID] = row.at
		if e.At, err = row.moment("at"); err != nil {
			return nil, err
		}
		if e.Country, err = row.country(); err != nil {
			return nil, err
		}
		if e.Words, err = row.words(); err != nil {
			return nil, err
		}
		if h := row.cell("horizon_hours"); h != "" {
			e.HorizonH, err = strconv.ParseFloat(strings.Replace(h, ",", ".", 1), 64)
			if err != nil || !(e.HorizonH > 0 && e.HorizonH <= maxHorizonH) {
				return nil, fmt.Errorf("%s: horizon_hours: found %q, expected hours above 0 and at most %d", row.at, h, maxHorizonH)
			}
		}
		events = append(events, e)
	}
	slices.SortFunc(events, func(a, b Event) int { return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID)) })
	return events, nil
}

// maxHorizonH is ten years.
const maxHorizonH = 87_660

// moment returns a time with its offset, or the start of a date in UTC.
func (r *sheetRow) moment(column string) (datasets.Micros, error) {
	text, err := r.need(column)
	if err != nil {
		return 0, err
	}
	if day, err := study.ParseDay(text); err == nil {
		return day.Micros(), nil
	}
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return 0, fmt.Errorf("%s: %s: found %q, expected a date such as 2024-03-21 or a time with its offset such as 2024-03-21T15:00:00+05:00", r.at, column, text)
	}
	return datasets.MicrosOf(t), nil
}
