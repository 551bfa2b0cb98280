package plan

import (
	"fmt"

	"diplometrics/datasets"
	"diplometrics/stages/template"
)

// Sheet is a collection sheet to fill in.
type Sheet struct {
	From, To datasets.Day // of the days on which the pages are looked at: the first, and one after the last
	Every    int          // days between two of them
	Accounts []Account
}

// Account is an account whose page is looked at.
type Account struct{ Platform, Handle, ID string }

// Expected are the accounts of a design that has no registry yet: their handles
// say what to fill in.
func (d *Design) Expected() []Account {
	var out []Account
	for _, platform := range d.Platforms {
		for _, s := range d.Countries {
			for i := range s.Accounts {
				out = append(out, Account{Platform: platform, Handle: fmt.Sprintf("FILL IN %s %d", s.Code, i+1)})
			}
		}
	}
	return out
}

// Write writes the sheet, the template of snapshots with a row for each day and
// account, and returns how many rows it has. A file that exists is left alone,
// with an error.
func (s *Sheet) Write(path string) (int, error) {
	var rows []map[string]any
	for day := s.From; day < s.To; day += datasets.Day(s.Every) {
		for _, a := range s.Accounts {
			row := map[string]any{"platform": a.Platform, "handle": a.Handle, "observed_at": day}
			if a.ID != "" {
				row["account_id"] = a.ID
			}
			rows = append(rows, row)
		}
	}
	if len(rows) > maxRows {
		return 0, fmt.Errorf("%d rows, more than the %d that a sheet holds; look at the pages less often", len(rows), maxRows)
	}
	return len(rows), template.Fill(path, "snapshots", rows)
}

// maxRows of a sheet that people can still fill in.
const maxRows = 100_000
