package adapters

import (
	"fmt"
	"io"

	"diplometrics/datasets"
	"diplometrics/stages/study"
)

var accountsLayout = layout{
	required: []string{"platform", "country"},
	optional: []string{"account_id", "handle", "organization", "organization_type", "host_country", "person", "valid_from", "valid_to"},
}

// ReadAccounts reads accounts.csv, the registry of a study. It is no adapter:
// its rows are not records of a collection but the terms by which those are
// read, so the first wrong row is an error. Account ids of rows without one
// are empty.
func ReadAccounts(r io.Reader) ([]Row[datasets.Account], error) {
	var (
		rows []Row[datasets.Account]
		at   map[string]int
		err  error
	)
	splitCSV(r, func(rec Record, e error) bool {
		if err = e; err != nil {
			return false
		}
		if at == nil {
			at, err = accountsLayout.columns(rec.Cells)
			return err == nil
		}
		c := &cells{rec: rec, at: at}
		ref := c.ref()
		a := datasets.Account{
			Platform: ref.Platform, AccountID: ref.ID, Country: c.optCountry("country"), Organization: c.raw("organization"),
			OrganizationType: c.optText("organization_type"), HostCountry: c.optCountry("host_country"),
			Person:    c.optOneOf("person", []string{"true", "false"}).Or("false") == "true",
			ValidFrom: c.optDay("valid_from"), ValidTo: c.optDay("valid_to"),
		}
		if ref.Handle != "" {
			a.Handle = datasets.Some(ref.Handle)
		}
		if a.ValidFrom.OK && a.ValidTo.OK && a.ValidFrom.V > a.ValidTo.V {
			c.fail("valid_to", c.raw("valid_to"), "expected a day from valid_from on")
		}
		if slip := study.Slip(a.OrganizationType.V, study.OrganizationTypes); slip != "" {
			c.fail("organization_type", a.OrganizationType.V, fmt.Sprintf("did you mean %q?", slip))
		}
		if err = c.err; err != nil {
			return false
		}
		rows = append(rows, Row[datasets.Account]{Ref: ref, Line: rec.Line, Row: a})
		return true
	})
	if err == nil && at == nil {
		err = &RecordError{Line: 1, Field: "header", Want: "expected a header with at least platform, country and handle or account_id"}
	}
	return rows, err
}
